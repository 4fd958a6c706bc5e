#include "probe/resolve.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include <ares.h>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>

#include "probe/limits.h"
#include "probe/target.h"

namespace whydown::probe {
namespace {

using evidence::Outcome;
using evidence::Step;
using report::ProbePhase;

constexpr int kClassIn = 1;  // RFC 1035 3.2.4

std::optional<base::IpAddress> address_of(int family, const void* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_ntop(family, bytes, text.data(), text.size()) == nullptr) return std::nullopt;
  return base::IpAddress::parse(text.data());
}

// What a code of c-ares is in our words. Its texts are for programmers.
struct Ending {
  int status;
  Outcome outcome;
  const char* fault;
  const char* title;
  const char* text;
};

constexpr std::array kEndings{
    Ending{ARES_ENOTFOUND, Outcome::failed, "dns.nxdomain", "The name does not exist",
           "the resolver says that the name does not exist (NXDOMAIN)"},
    Ending{ARES_ESERVFAIL, Outcome::failed, "dns.servfail", "The resolver fails to resolve",
           "the resolver answers that it failed (SERVFAIL)"},
    Ending{ARES_EREFUSED, Outcome::refused, "dns.refused", "The resolver refuses to answer",
           "the resolver refuses to answer (REFUSED)"},
    Ending{ARES_EFORMERR, Outcome::failed, "dns.format_error",
           "The resolver does not understand the question",
           "the resolver calls the question malformed (FORMERR)"},
    Ending{ARES_ENOTIMP, Outcome::failed, "dns.format_error",
           "The resolver does not understand the question",
           "the resolver does not implement the question (NOTIMP)"},
    Ending{ARES_ECONNREFUSED, Outcome::refused, "dns.port_unreachable",
           "The DNS server's port is unreachable",
           "the question could not be delivered: the port is refused or unreachable"},
    Ending{ARES_ETIMEOUT, Outcome::silent, "dns.no_response", "The DNS server does not answer",
           "nobody answered"},
    Ending{ARES_EBADRESP, Outcome::failed, "dns.wrong_answer",
           "The resolver's answer cannot be read", "the answer is no valid DNS message"}};

void set_ending(ProbePhase& phase, int status, const std::string& asked) {
  const auto known = std::ranges::find(kEndings, status, &Ending::status);
  if (known != kEndings.end()) {
    phase.outcome = known->outcome;
    phase.fault = known->fault;
    phase.title = known->title;
    phase.text = fmt::format("{}: {}.", asked, known->text);
  } else if (status == ARES_ENODATA) {
    phase.text = asked + ": the name has no such record.";
  } else if (status == ARES_ECANCELLED || status == ARES_EDESTRUCTION) {
    phase.outcome = Outcome::unknown;
    phase.text = asked + ": given up before an answer came.";
  } else {
    phase.outcome = Outcome::unknown;
    phase.text = fmt::format("{}: {}.", asked, ares_strerror(status));
  }
}

// One lookup on its way.
struct Lookup {
  int family = AF_UNSPEC;
  const char* type = "";
  int status = ARES_ECANCELLED;
  bool is_done = false;
  int rounds = 0;
  Clock::Steady::time_point begin = Clock::Steady::now();
  Clock::Steady::time_point end = begin;
  std::vector<base::IpAddress> addresses = {};

  void finish(int how) {
    status = how;
    is_done = true;
    end = Clock::Steady::now();
  }
  void ask(ares_channel channel, const std::string& name);
  ProbePhase phase(const std::string& name, base::Duration begun) const;
};

void take_addresses(void* self, int status, int /*timeouts*/, ares_addrinfo* found) {
  auto& lookup = *static_cast<Lookup*>(self);
  lookup.finish(status);
  for (auto* node = found != nullptr ? found->nodes : nullptr; node != nullptr;
       node = node->ai_next) {
    const void* bytes =
        node->ai_family == AF_INET
            ? static_cast<const void*>(&reinterpret_cast<sockaddr_in*>(node->ai_addr)->sin_addr)
            : &reinterpret_cast<sockaddr_in6*>(node->ai_addr)->sin6_addr;
    if (const auto address = address_of(node->ai_family, bytes)) {
      lookup.addresses.push_back(*address);
    }
  }
  if (found != nullptr) ares_freeaddrinfo(found);
}

void take_answer(void* self, int status, int /*timeouts*/, unsigned char* /*answer*/,
                 int /*size*/) {
  static_cast<Lookup*>(self)->finish(status);
}

void Lookup::ask(ares_channel channel, const std::string& name) {
  ++rounds;
  is_done = false;
  addresses.clear();
  ares_addrinfo_hints hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  ares_getaddrinfo(channel, name.c_str(), nullptr, &hints, take_addresses, this);
}

std::string times(int rounds) {
  return rounds > 1 ? fmt::format(", asked {} times", rounds) : std::string();
}

ProbePhase Lookup::phase(const std::string& name, base::Duration begun) const {
  ProbePhase out;
  out.step = Step::name;
  out.address = type;
  out.begin = begun;
  out.took = end - begin;
  const std::string asked = fmt::format("{} of {}{}", type, name, times(rounds));
  if (status != ARES_SUCCESS || addresses.empty()) {
    set_ending(out, status == ARES_SUCCESS ? ARES_ENODATA : status, asked);
    return out;
  }
  std::vector<std::string> texts;
  for (const base::IpAddress& address : addresses) texts.push_back(address.to_string());
  out.outcome = Outcome::ok;
  out.text = fmt::format("{}: {}.", asked, fmt::join(texts, ", "));
  return out;
}

bool is_worth_a_retry(int status) { return status == ARES_ECONNREFUSED || status == ARES_ETIMEOUT; }

int rounds_after(int status) {
  return status == ARES_ECONNREFUSED ? limits::kRefusedRounds : limits::kDnsRounds;
}

}  // namespace

std::expected<std::unique_ptr<Resolving>, base::Error> Resolving::open(const std::string& resolver,
                                                                       OwnPorts& ports) {
  std::unique_ptr<Resolving> out(new Resolving);
  out->ports_ = &ports;
  std::string servers;
  if (!resolver.empty()) {
    const auto endpoint = parse_endpoint(resolver, 53);
    if (!endpoint) return std::unexpected(endpoint.error());
    const auto address = base::IpAddress::parse(endpoint->host);
    if (!address) {
      return std::unexpected(base::Error{"--resolver", '"' + resolver + '"',
                                         "an address such as 192.0.2.53 or [2001:db8::53]:53", ""});
    }
    servers = address->kind() == base::AddressKind::v6
                  ? fmt::format("[{}]:{}", endpoint->host, endpoint->port)
                  : fmt::format("{}:{}", endpoint->host, endpoint->port);
  }
  if (auto started = out->start(servers, false); !started) {
    return std::unexpected(started.error());
  }
  return out;
}

std::expected<void, base::Error> Resolving::start(const std::string& servers, bool is_tcp) {
  const auto failed = [&](int status) {
    return std::unexpected(base::Error{"resolver", ares_strerror(status),
                                       "a resolver that can be asked", "name one with --resolver"});
  };
  if (const int status = ares_library_init(ARES_LIB_INIT_ALL); status != ARES_SUCCESS) {
    return failed(status);
  }
  ares_options options{};
  options.tries = 1;  // repeated by us, so that a server that refuses is not asked at once again
  options.timeout = static_cast<int>(limits::kDnsPatience.count());
  options.flags = is_tcp ? ARES_FLAG_USEVC : 0;
  const int wanted = ARES_OPT_TRIES | ARES_OPT_TIMEOUTMS | ARES_OPT_FLAGS;
  if (const int status = ares_init_options(&channel_, &options, wanted); status != ARES_SUCCESS) {
    return failed(status);
  }
  if (!servers.empty()) {
    const int status = ares_set_servers_ports_csv(channel_, servers.c_str());
    if (status != ARES_SUCCESS) return failed(status);
  }
  ares_set_socket_configure_callback(
      channel_,
      [](ares_socket_t socket, int /*type*/, void* ports) {
        return static_cast<OwnPorts*>(ports)->bind(socket) ? 0 : -1;
      },
      ports_);
  read_resolvers();
  return {};
}

Resolving::~Resolving() {
  if (channel_ != nullptr) ares_destroy(channel_);
  ares_library_cleanup();
}

void Resolving::read_resolvers() {
  ares_addr_port_node* list = nullptr;
  if (ares_get_servers_ports(channel_, &list) != ARES_SUCCESS) return;
  for (const auto* node = list; node != nullptr; node = node->next) {
    if (const auto address = address_of(node->family, &node->addr)) {
      const auto port = static_cast<std::uint16_t>(node->udp_port != 0 ? node->udp_port : 53);
      resolvers_.push_back({*address, port});
    }
  }
  ares_free_data(list);
}

bool Resolving::run(const Clock& clock, const bool& is_done) {
  while (!is_done) {
    if (clock.is_over()) {
      ares_cancel(channel_);
      return false;
    }
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const int mask = ares_getsock(channel_, sockets.data(), ARES_GETSOCK_MAXNUM);
    std::array<pollfd, ARES_GETSOCK_MAXNUM> waiting{};
    nfds_t count = 0;
    for (unsigned i = 0; i < sockets.size(); ++i) {
      short events = 0;
      if (ARES_GETSOCK_READABLE(mask, i)) events |= POLLIN;
      if (ARES_GETSOCK_WRITABLE(mask, i)) events |= POLLOUT;
      if (events != 0) waiting[count++] = {sockets[i], events, 0};
    }
    (void)::poll(waiting.data(), count, static_cast<int>(limits::kSlice.count()));
    for (nfds_t i = 0; i < count; ++i) {
      const pollfd& one = waiting[i];
      const bool can_read = (one.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
      const bool can_write = (one.revents & POLLOUT) != 0;
      ares_process_fd(channel_, can_read ? one.fd : ARES_SOCKET_BAD,
                      can_write ? one.fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // timeouts
  }
  return true;
}

std::vector<base::IpAddress> Resolving::addresses(const std::string& name, const Clock& clock,
                                                  std::vector<ProbePhase>& phases) {
  std::array<Lookup, 2> lookups{Lookup{AF_INET, "A"}, Lookup{AF_INET6, "AAAA"}};
  const auto begun = clock.elapsed();
  for (Lookup& lookup : lookups) lookup.ask(channel_, name);
  for (Lookup& lookup : lookups) run(clock, lookup.is_done);
  // One family tells of a resolver what both would.
  Lookup& first = lookups[0];
  while (is_worth_a_retry(first.status) && first.rounds < rounds_after(first.status) &&
         !clock.is_over()) {
    clock.sleep(limits::kBetweenPackets);
    first.ask(channel_, name);
    run(clock, first.is_done);
  }
  std::vector<base::IpAddress> found;
  for (const Lookup& lookup : lookups) {
    found.insert(found.end(), lookup.addresses.begin(), lookup.addresses.end());
    phases.push_back(lookup.phase(name, begun));
  }
  const bool is_without = lookups[0].status == ARES_ENODATA && lookups[1].status == ARES_ENODATA;
  if (is_without) {
    ProbePhase& last = phases.back();
    last.outcome = Outcome::failed;
    last.fault = "dns.no_address";
    last.title = "The name exists, and has no address";
  }
  return found;
}

void Resolving::ask(const std::string& name, std::uint16_t type, const std::string& type_name,
                    const Clock& clock, std::vector<ProbePhase>& phases) {
  ProbePhase phase;
  phase.step = Step::name;
  phase.address = type_name;
  phase.begin = clock.elapsed();
  Lookup lookup;
  do {
    if (lookup.rounds > 0) clock.sleep(limits::kBetweenPackets);
    ++lookup.rounds;
    lookup.is_done = false;
    ares_query(channel_, name.c_str(), kClassIn, type, take_answer, &lookup);
    run(clock, lookup.is_done);
  } while (is_worth_a_retry(lookup.status) && lookup.rounds < rounds_after(lookup.status) &&
           !clock.is_over());
  phase.took = clock.elapsed() - phase.begin;
  const std::string asked = fmt::format("{} of {}{}", type_name, name, times(lookup.rounds));
  if (lookup.status == ARES_SUCCESS) {
    phase.outcome = Outcome::ok;
    phase.text = asked + ": answered.";
  } else {
    set_ending(phase, lookup.status, asked);
    if (lookup.status == ARES_ENODATA) phase.outcome = Outcome::ok;
  }
  phases.push_back(std::move(phase));
}

}  // namespace whydown::probe
