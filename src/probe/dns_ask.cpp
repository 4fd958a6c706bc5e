#include "probe/dns_ask.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <random>
#include <span>

#include <ares.h>
#include <arpa/nameser.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "probe/address.h"
#include "probe/limits.h"
#include "probe/resolve.h"

namespace whydown::probe {
namespace {

struct Waiting {
  DnsReply reply;
  bool is_done = false;
};

void take(void* self, int status, int /*timeouts*/, unsigned char* bytes, int size) {
  auto& waiting = *static_cast<Waiting*>(self);
  waiting.is_done = true;
  waiting.reply.is_refused = status == ARES_ECONNREFUSED;
  constexpr int kHeader = 12;  // RFC 1035 4.1.1
  if (status != ARES_SUCCESS || bytes == nullptr || size < kHeader) return;
  waiting.reply.is_answer = true;
  waiting.reply.bytes.assign(bytes, bytes + size);
  waiting.reply.rcode = bytes[3] & 0x0fU;
  waiting.reply.is_authoritative = (bytes[2] & 0x04U) != 0;
  waiting.reply.is_truncated = (bytes[2] & 0x02U) != 0;
}

// c-ares sets neither CD nor DO: RFC 4035 3.1.6 has the one in the header, RFC 3225 3 the other in
// the OPT record's TTL, which ends four bytes before the end of a query without options.
void set_bits(const DnsQuestion& question, std::span<std::uint8_t> query) {
  if (question.is_checking_disabled) query[3] |= 0x10U;
  if (question.wants_signatures && question.edns_size > 0) query[query.size() - 4] |= 0x80U;
}

// The sockets of one question, made here and not by c-ares, so that what an ICMP error says can be
// read before c-ares closes the socket that it came to.
class Sockets {
 public:
  Sockets(OwnPorts& ports, std::optional<IcmpTold>& icmp) : ports_(&ports), icmp_(&icmp) {}

  static const ares_socket_functions& functions() {
    static const ares_socket_functions all{
        [](int family, int kind, int protocol, void* self) {
          return static_cast<Sockets*>(self)->open(family, kind, protocol);
        },
        [](ares_socket_t socket, void* /*self*/) { return ::close(socket); },
        [](ares_socket_t socket, const sockaddr* to, ares_socklen_t size, void* /*self*/) {
          return ::connect(socket, to, size);
        },
        [](ares_socket_t socket, void* into, std::size_t size, int flags, sockaddr* from,
           ares_socklen_t* from_size, void* self) -> ares_ssize_t {
          const ares_ssize_t got = ::recvfrom(socket, into, size, flags, from, from_size);
          return static_cast<Sockets*>(self)->looked_at(socket, got);
        },
        [](ares_socket_t socket, const iovec* parts, int count, void* self) -> ares_ssize_t {
          return static_cast<Sockets*>(self)->looked_at(socket, ::writev(socket, parts, count));
        }};
    return all;
  }

 private:
  int open(int family, int kind, int protocol) {
    const int socket = ::socket(family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (socket < 0) return socket;
    if (kind == SOCK_DGRAM) ask_for_icmp(socket, family);
    if (ports_->bind(socket)) return socket;
    ::close(socket);
    return -1;
  }
  ares_ssize_t looked_at(int socket, ares_ssize_t done) {
    if (done >= 0) return done;
    const int error = errno;
    if (!*icmp_) *icmp_ = take_icmp(socket);
    errno = error;
    return done;
  }

  OwnPorts* ports_;
  std::optional<IcmpTold>* icmp_;
};

class Channel {
 public:
  Channel(const DnsQuestion& question, Sockets& sockets) {
    ares_options options{};
    options.tries = 1;
    options.timeout = static_cast<int>(question.patience.count());
    options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_IGNTC | ARES_FLAG_NOSEARCH;
    if (question.is_tcp) options.flags |= ARES_FLAG_USEVC;
    constexpr int kWanted = ARES_OPT_TRIES | ARES_OPT_TIMEOUTMS | ARES_OPT_FLAGS;
    if (ares_init_options(&channel_, &options, kWanted) != ARES_SUCCESS) return;
    const bool is_v6 = question.server.kind() == base::AddressKind::v6;
    const std::string server =
        is_v6 ? fmt::format("[{}]:{}", question.server.to_string(), question.port)
              : fmt::format("{}:{}", question.server.to_string(), question.port);
    is_ready_ = ares_set_servers_ports_csv(channel_, server.c_str()) == ARES_SUCCESS;
    ares_set_socket_functions(channel_, &Sockets::functions(), &sockets);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() {
    if (channel_ != nullptr) ares_destroy(channel_);
  }
  bool is_ready() const { return is_ready_; }
  ares_channel get() const { return channel_; }

 private:
  ares_channel channel_ = nullptr;
  bool is_ready_ = false;
};

std::optional<base::IpAddress> address_of_record(const ns_rr& record) {
  const int family = ns_rr_type(record) == ns_t_a ? AF_INET : AF_INET6;
  const std::size_t wanted = family == AF_INET ? 4 : 16;
  if (ns_rr_rdlen(record) != wanted) return std::nullopt;
  return address_of(family, ns_rr_rdata(record));
}

// Calls `see` with each record of a section; stops where the message cannot be read on.
template <typename See>
void each_record(const DnsReply& reply, ns_sect section, See see) {
  ns_msg message{};
  const auto size = static_cast<int>(reply.bytes.size());
  if (reply.bytes.empty() || ns_initparse(reply.bytes.data(), size, &message) != 0) return;
  for (int i = 0; i < ns_msg_count(message, section); ++i) {
    ns_rr record{};
    if (ns_parserr(&message, section, i, &record) != 0) return;
    see(message, record);
  }
}

}  // namespace

DnsReply ask_dns(const DnsQuestion& question, const Clock& clock, OwnPorts& ports) {
  Waiting waiting;
  std::optional<IcmpTold> icmp;
  Sockets sockets(ports, icmp);
  const Channel channel(question, sockets);
  if (!channel.is_ready()) return waiting.reply;
  std::random_device random;
  std::uint8_t* query = nullptr;
  int size = 0;
  const int made = ares_create_query(
      question.name.c_str(), ns_c_in, question.type, static_cast<unsigned short>(random()),
      question.is_recursive ? 1 : 0, &query, &size, question.edns_size);
  if (made != ARES_SUCCESS) return waiting.reply;
  set_bits(question, {query, static_cast<std::size_t>(size)});
  ares_send(channel.get(), query, size, take, &waiting);
  run_channel(channel.get(), clock, waiting.is_done);
  ares_free_string(query);
  if (!waiting.reply.is_answer) waiting.reply.icmp = icmp;
  return waiting.reply;
}

std::vector<base::IpAddress> addresses_in(const DnsReply& reply) {
  std::vector<base::IpAddress> out;
  each_record(reply, ns_s_an, [&](const ns_msg& /*message*/, const ns_rr& record) {
    if (ns_rr_type(record) != ns_t_a && ns_rr_type(record) != ns_t_aaaa) return;
    if (const auto address = address_of_record(record)) out.push_back(*address);
  });
  return out;
}

std::vector<NameServer> name_servers_in(const DnsReply& reply) {
  std::vector<NameServer> out;
  const auto take_server = [&](const ns_msg& message, const ns_rr& record) {
    if (ns_rr_type(record) != ns_t_ns || out.size() >= limits::kNameServers) return;
    std::array<char, NS_MAXDNAME> name{};
    const int read = ns_name_uncompress(ns_msg_base(message), ns_msg_end(message),
                                        ns_rr_rdata(record), name.data(), name.size());
    if (read >= 0) out.push_back({name.data(), {}});
  };
  each_record(reply, ns_s_an, take_server);
  if (out.empty()) each_record(reply, ns_s_ns, take_server);
  each_record(reply, ns_s_ar, [&](const ns_msg& /*message*/, const ns_rr& record) {
    if (ns_rr_type(record) != ns_t_a && ns_rr_type(record) != ns_t_aaaa) return;
    const auto owner =
        std::ranges::find(out, std::string_view(ns_rr_name(record)), &NameServer::name);
    const auto address = address_of_record(record);
    if (owner != out.end() && address) owner->addresses.push_back(*address);
  });
  return out;
}

}  // namespace whydown::probe
