#include "probe/resolve.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include <ares.h>
#include <arpa/nameser.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>

#include "probe/address.h"
#include "probe/connect.h"
#include "probe/dns_ask.h"
#include "probe/limits.h"
#include "probe/lookup.h"
#include "probe/target.h"

namespace whydown::probe {

namespace {

using evidence::Outcome;
using evidence::Step;
using report::ProbePhase;

constexpr int kClassIn = 1;  // RFC 1035 3.2.4

// c-ares tells of a server that answered with an error, and of none that follows, that the
// connection was refused. The answer itself says which error it was.
int status_of(const DnsReply& reply) {
  if (!reply.is_answer) {
    return reply.is_refused || reply.icmp ? ARES_ECONNREFUSED : ARES_ETIMEOUT;
  }
  if (reply.is_truncated) return kTruncatedOnly;
  switch (reply.rcode) {
    case ns_r_formerr:
      return ARES_EFORMERR;
    case ns_r_servfail:
      return ARES_ESERVFAIL;
    case ns_r_nxdomain:
      return ARES_ENOTFOUND;
    case ns_r_notimpl:
      return ARES_ENOTIMP;
    case ns_r_refused:
      return ARES_EREFUSED;
    default:
      return ARES_ECONNREFUSED;  // it changed its mind
  }
}

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

bool is_worth_a_retry(int status) { return status == ARES_ECONNREFUSED || status == ARES_ETIMEOUT; }

int rounds_after(int status) {
  return status == ARES_ECONNREFUSED ? limits::kRefusedRounds : limits::kDnsRounds;
}

std::vector<Resolver> servers_of(ares_channel channel) {
  std::vector<Resolver> out;
  ares_addr_port_node* list = nullptr;
  if (ares_get_servers_ports(channel, &list) != ARES_SUCCESS) return out;
  for (const auto* node = list; node != nullptr; node = node->next) {
    if (const auto address = address_of(node->family, &node->addr)) {
      const auto port = static_cast<std::uint16_t>(node->udp_port != 0 ? node->udp_port : 53);
      out.push_back({*address, port});
    }
  }
  ares_free_data(list);
  return out;
}

}  // namespace

void Lookup::ask(ares_channel channel, const std::string& name) {
  ++rounds;
  is_done = false;
  addresses.clear();
  ares_addrinfo_hints hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  ares_getaddrinfo(channel, name.c_str(), nullptr, &hints, take_addresses, this);
}

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
  // Where there is nobody else to ask, an answer that is an error is the answer.
  const bool is_only_one = !servers.empty() || system_resolvers().size() == 1;
  if (is_only_one) options.flags |= ARES_FLAG_NOCHECKRESP;
  const int wanted = ARES_OPT_TRIES | ARES_OPT_TIMEOUTMS | ARES_OPT_FLAGS;
  if (const int status = ares_init_options(&channel_, &options, wanted); status != ARES_SUCCESS) {
    return failed(status);
  }
  if (!servers.empty()) {
    const int status = ares_set_servers_ports_csv(channel_, servers.c_str());
    if (status != ARES_SUCCESS) return failed(status);
  }
  if (const int status = ares_dup(&second_, channel_); status != ARES_SUCCESS) {
    return failed(status);
  }
  for (ares_channel channel : {channel_, second_}) {
    ares_set_socket_configure_callback(
        channel,
        [](ares_socket_t socket, int /*type*/, void* ports) {
          return static_cast<OwnPorts*>(ports)->bind(socket) ? 0 : -1;
        },
        ports_);
  }
  read_resolvers();
  return {};
}

Resolving::~Resolving() {
  if (second_ != nullptr) ares_destroy(second_);
  if (channel_ != nullptr) ares_destroy(channel_);
  ares_library_cleanup();
}

void Resolving::read_resolvers() { resolvers_ = servers_of(channel_); }

std::vector<Resolver> system_resolvers() {
  ares_channel channel = nullptr;
  if (ares_init(&channel) != ARES_SUCCESS) return {};
  std::vector<Resolver> found = servers_of(channel);
  ares_destroy(channel);
  return found;
}

bool run_channel(ares_channeldata* channel, const Clock& clock, const bool& is_done) {
  while (!is_done) {
    if (clock.is_over()) {
      ares_cancel(channel);
      return false;
    }
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const int mask = ares_getsock(channel, sockets.data(), ARES_GETSOCK_MAXNUM);
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
      ares_process_fd(channel, can_read ? one.fd : ARES_SOCKET_BAD,
                      can_write ? one.fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // timeouts
  }
  return true;
}

std::vector<base::IpAddress> Resolving::addresses(const std::string& name, const Clock& clock,
                                                  std::vector<ProbePhase>& phases) {
  std::array<Lookup, 2> lookups{Lookup{AF_INET, "A"}, Lookup{AF_INET6, "AAAA"}};
  const auto begun = clock.elapsed();
  lookups[0].ask(channel_, name);
  lookups[1].ask(second_, name);
  run_channel(channel_, clock, lookups[0].is_done);
  run_channel(second_, clock, lookups[1].is_done);
  tell_apart(lookups[0], name, ns_t_a, clock);
  if (!is_worth_a_retry(lookups[0].status)) tell_apart(lookups[1], name, ns_t_aaaa, clock);
  // One family tells of a resolver what both would.
  Lookup& first = lookups[0];
  while (!first.is_settled && is_worth_a_retry(first.status) &&
         first.rounds < rounds_after(first.status) && !clock.is_over()) {
    clock.sleep(limits::kBetweenPackets);
    first.ask(channel_, name);
    run_channel(channel_, clock, first.is_done);
    if (!first.again.icmp) tell_apart(first, name, ns_t_a, clock);
  }
  const bool is_slow = ask_again_where_slow(lookups, name, clock);
  std::vector<base::IpAddress> found;
  for (const Lookup& lookup : lookups) {
    found.insert(found.end(), lookup.addresses.begin(), lookup.addresses.end());
    phases.push_back(lookup.phase(name, begun));
    add_refusal(phases.back(), lookup);
    if (is_slow && !lookup.addresses.empty()) set_slow(phases.back());
  }
  const bool is_without = lookups[0].status == ARES_ENODATA && lookups[1].status == ARES_ENODATA;
  if (is_without) {
    ProbePhase& last = phases.back();
    last.outcome = Outcome::failed;
    last.fault = "dns.no_address";
    last.title = "The name exists, and has no address";
    last.facts = {{"dns.plain_answers", evidence::Truth::yes, "answered without EDNS", {}}};
  }
  return found;
}

// A resolver that starts cold takes long once: only what is slow twice is slow.
bool Resolving::ask_again_where_slow(std::span<Lookup> lookups, const std::string& name,
                                     const Clock& clock) {
  for (Lookup& lookup : lookups) {
    const bool is_late = !lookup.addresses.empty() && lookup.took() >= limits::kSlowName;
    if (!is_late || lookup.rounds > 1 || clock.is_over()) continue;
    clock.sleep(limits::kBetweenPackets);
    Lookup again{lookup.family, lookup.type};
    again.ask(channel_, name);
    const bool is_done = run_channel(channel_, clock, again.is_done);
    return is_done && !again.addresses.empty() && again.took() >= limits::kSlowName;
  }
  return false;
}

void Resolving::add_refusal(ProbePhase& phase, const Lookup& lookup) const {
  if (!lookup.again.icmp || lookup.status != ARES_ECONNREFUSED || resolvers_.empty()) return;
  add_icmp(phase, *lookup.again.icmp, resolvers_.front().address, "dns.port_unreachable");
}

void Resolving::tell_apart(Lookup& lookup, const std::string& name, std::uint16_t type,
                           const Clock& clock) {
  if (!is_worth_a_retry(lookup.status) || resolvers_.empty()) return;
  clock.sleep(limits::kBetweenPackets);
  if (clock.is_over()) return;
  ++lookup.rounds;
  DnsQuestion question;
  question.server = resolvers_.front().address;
  question.port = resolvers_.front().port;
  question.name = name;
  question.type = type;
  question.patience = limits::kDnsPatience;
  const bool was_silent = lookup.status == ARES_ETIMEOUT;
  lookup.again = ask_dns(question, clock, *ports_);
  lookup.is_settled = was_silent && lookup.again.icmp.has_value();
  // That it is silent now does not undo that it said no.
  const int status = status_of(lookup.again);
  if (status != ARES_ETIMEOUT) lookup.status = status;
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
    run_channel(channel_, clock, lookup.is_done);
    if (!lookup.again.icmp) tell_apart(lookup, name, type, clock);
  } while (!lookup.is_settled && is_worth_a_retry(lookup.status) &&
           lookup.rounds < rounds_after(lookup.status) && !clock.is_over());
  phase.took = clock.elapsed() - phase.begin;
  const std::string asked = fmt::format("{} of {}{}", type_name, name, times_asked(lookup.rounds));
  if (lookup.status == ARES_SUCCESS) {
    phase.outcome = Outcome::ok;
    phase.text = asked + ": answered.";
  } else {
    set_ending(phase, lookup.status, asked);
    if (lookup.status == ARES_ENODATA) phase.outcome = Outcome::ok;
  }
  add_refusal(phase, lookup);
  phases.push_back(std::move(phase));
}

}  // namespace whydown::probe
