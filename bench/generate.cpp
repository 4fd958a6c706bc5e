// Writes a large capture for the benchmark, the same for the same seed.
//
//   web       each client looks a name up, opens a connection, exchanges TLS-like records, closes
//   dns       queries and their answers; three of a hundred names do not exist
//   synflood  spoofed SYNs overwhelm one server after a while of normal service; its real clients
//             then get nothing, those of another server go on
//
// Traffic is a set of sessions. A queue holds each session's next moment; the earliest one sends
// one packet and says when it goes on, so that thousands of sessions interleave as on a real link.
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "wire.h"

namespace bench {
namespace {

constexpr std::uint32_t kClients = 0x0a000000;    // 10.0.0.0/8
constexpr std::uint32_t kServers = 0xc6120000;    // 198.18.0.0/15, RFC 2544: for benchmarks
constexpr std::uint32_t kResolvers = 0x0a350001;  // 10.53.0.1 and .2
constexpr std::uint32_t kServerCount = 400;
constexpr std::uint16_t kSegment = 1448;
constexpr std::uint64_t kDone = 0;

// What stands in for encrypted data: arbitrary bytes, the same for every packet.
const std::vector<std::uint8_t>& filler() {
  static const std::vector<std::uint8_t> bytes = [] {
    Random random{77};
    std::vector<std::uint8_t> made(kSegment);
    for (auto& byte : made) byte = static_cast<std::uint8_t>(random.next());
    return made;
  }();
  return bytes;
}

// A TLS record header (RFC 8446 5.1) in front of the filler. `size` is at most kSegment.
std::span<const std::uint8_t> tls_record(std::uint8_t type, std::size_t size) {
  static std::vector<std::uint8_t> bytes = filler();
  const auto body = static_cast<std::uint16_t>(size - 5);
  bytes[0] = type;
  bytes[1] = 3;
  bytes[2] = 3;
  bytes[3] = static_cast<std::uint8_t>(body >> 8U);
  bytes[4] = static_cast<std::uint8_t>(body);
  return std::span(bytes).first(size);
}

std::string name_of(std::uint32_t server) {
  return "www.site" + std::to_string(server) + ".example.com";
}

std::uint16_t client_port(Random& random) {
  return static_cast<std::uint16_t>(32768 + random.below(28000));
}

class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;
  // Sends one packet; microseconds until the next one, or kDone.
  virtual std::uint64_t step(std::uint64_t now, Writer& writer, Random& random) = 0;
};

class DnsSession final : public Session {
 public:
  explicit DnsSession(Random& random)
      : client_{kClients | random.below(50000), client_port(random)},
        resolver_{kResolvers + random.below(2), 53} {
    message_.id = static_cast<std::uint16_t>(random.next());
    message_.nx_domain = random.percent(3);
    message_.type = random.percent(30) ? 28 : 1;
    const std::uint32_t server = random.below(kServerCount);
    name_ = message_.nx_domain ? "typo" + std::to_string(random.next() >> 40U) + ".example.net"
                               : name_of(server);
    if (message_.type == 1 && !message_.nx_domain) address_ = kServers + server;
  }

  std::uint64_t step(std::uint64_t now, Writer& writer, Random& random) override {
    if (!message_.response) {
      writer.udp(now, client_, resolver_, dns_bytes(message_, name_));
      message_.response = true;
      message_.address = address_;
      return 200 + random.below(random.percent(10) ? 60'000 : 2'000);
    }
    writer.udp(now, resolver_, client_, dns_bytes(message_, name_));
    return kDone;
  }

 private:
  Endpoint client_;
  Endpoint resolver_;
  DnsMessage message_;
  std::uint32_t address_ = 0;
  std::string name_;
};

class WebSession final : public Session {
 public:
  explicit WebSession(Random& random)
      : client_{kClients | random.below(20000), client_port(random)},
        resolver_{kResolvers + random.below(2), 53},
        number_(random.below(kServerCount)),
        server_{kServers + number_, 443},
        segments_left_(1 + random.below(random.percent(20) ? 40 : 8)),
        client_sequence_(static_cast<std::uint32_t>(random.next())),
        server_sequence_(static_cast<std::uint32_t>(random.next())) {
    query_.id = static_cast<std::uint16_t>(random.next());
  }

  std::uint64_t step(std::uint64_t now, Writer& writer, Random& random) override {
    const std::uint64_t wait = 100 + random.below(3'000);
    switch (state_) {
      case State::query:
        writer.udp(now, resolver_client(), resolver_, dns_bytes(query_, name_of(number_)));
        return go(State::answer, wait);
      case State::answer:
        query_.response = true;
        query_.address = server_.address;
        writer.udp(now, resolver_, resolver_client(), dns_bytes(query_, name_of(number_)));
        return go(State::syn, wait);
      case State::syn:
        writer.tcp(now, client_, server_, {client_sequence_++, 0, flag::syn, true}, {});
        return go(State::syn_ack, 1'000 + random.below(30'000));
      case State::syn_ack:
        from_server(now, writer, flag::syn | flag::ack, {}, true);
        ++server_sequence_;
        return go(State::established, wait);
      case State::established:
        from_client(now, writer, flag::ack, {});
        return go(State::hello, wait);
      case State::hello:
        from_client(now, writer, flag::psh | flag::ack, tls_record(22, 517));
        return go(State::data, wait);
      case State::data:
        return send_data(now, writer, random);
      case State::acknowledge:
        from_client(now, writer, flag::ack, {});
        return go(segments_left_ == 0 ? State::client_fin : State::data, 50 + random.below(500));
      case State::client_fin:
        from_client(now, writer, flag::fin | flag::ack, {});
        ++client_sequence_;
        return go(State::server_fin, wait);
      case State::server_fin:
        from_server(now, writer, flag::fin | flag::ack, {});
        ++server_sequence_;
        return go(State::last_ack, wait);
      case State::last_ack:
        from_client(now, writer, flag::ack, {});
        return kDone;
    }
    return kDone;
  }

 private:
  enum class State : std::uint8_t {
    query,
    answer,
    syn,
    syn_ack,
    established,
    hello,
    data,
    acknowledge,
    client_fin,
    server_fin,
    last_ack
  };

  std::uint64_t go(State next, std::uint64_t wait) {
    state_ = next;
    return wait;
  }

  // The query's port differs from the connection's.
  Endpoint resolver_client() const {
    return {client_.address, static_cast<std::uint16_t>(client_.port ^ 1U)};
  }

  std::uint64_t send_data(std::uint64_t now, Writer& writer, Random& random) {
    const std::size_t size = segments_left_ == 1 ? 40 + random.below(kSegment - 40) : kSegment;
    from_server(now, writer, flag::psh | flag::ack, tls_record(23, size));
    --segments_left_;
    const bool acknowledge = segments_left_ % 2 == 0;
    return go(acknowledge ? State::acknowledge : State::data, 20 + random.below(400));
  }

  void from_client(std::uint64_t now, Writer& writer, unsigned flags,
                   std::span<const std::uint8_t> payload) {
    writer.tcp(now, client_, server_,
               {client_sequence_, server_sequence_, static_cast<std::uint8_t>(flags), false},
               payload);
    client_sequence_ += static_cast<std::uint32_t>(payload.size());
  }

  void from_server(std::uint64_t now, Writer& writer, unsigned flags,
                   std::span<const std::uint8_t> payload, bool with_mss = false) {
    writer.tcp(now, server_, client_,
               {server_sequence_, client_sequence_, static_cast<std::uint8_t>(flags), with_mss},
               payload);
    server_sequence_ += static_cast<std::uint32_t>(payload.size());
  }

  State state_ = State::query;
  DnsMessage query_;
  Endpoint client_;
  Endpoint resolver_;
  std::uint32_t number_;
  Endpoint server_;
  std::uint32_t segments_left_;
  std::uint32_t client_sequence_;
  std::uint32_t server_sequence_;
};

constexpr Endpoint kVictim{0xc6130001, 443};     // 198.19.0.1
constexpr Endpoint kBystander{0xc6130002, 443};  // 198.19.0.2

// One SYN from an address that does not exist; the victim answers while its queue has room.
class SpoofedSession final : public Session {
 public:
  SpoofedSession(Random& random, bool answered)
      : source_{0x0b000000 + random.below(0xb0000000), client_port(random)},
        sequence_(static_cast<std::uint32_t>(random.next())),
        answered_(answered) {}

  std::uint64_t step(std::uint64_t now, Writer& writer, Random& random) override {
    if (!sent_) {
      writer.tcp(now, source_, kVictim, {sequence_, 0, flag::syn, true}, {});
      sent_ = true;
      return answered_ ? 50 + random.below(200) : kDone;
    }
    writer.tcp(now, kVictim, source_,
               {sequence_ ^ 0x5a5a5a5aU, sequence_ + 1, flag::syn | flag::ack, true}, {});
    return kDone;
  }

 private:
  Endpoint source_;
  std::uint32_t sequence_;
  bool answered_;
  bool sent_ = false;
};

// A real client: a handshake and a close where it is served, else SYNs after 1, 2 and 4 s.
class LegitimateSession final : public Session {
 public:
  LegitimateSession(Random& random, Endpoint server, bool served)
      : client_{kClients | random.below(300), client_port(random)},
        server_(server),
        sequence_(static_cast<std::uint32_t>(random.next())),
        served_(served) {}

  std::uint64_t step(std::uint64_t now, Writer& writer, Random& random) override {
    return served_ ? served_step(now, writer, random) : unserved_step(now, writer);
  }

 private:
  std::uint64_t served_step(std::uint64_t now, Writer& writer, Random& random) {
    const std::uint32_t theirs = sequence_ ^ 0x5a5a5a5aU;
    const std::uint32_t after_syn = sequence_ + 1;
    switch (++sent_) {
      case 1:
        writer.tcp(now, client_, server_, {sequence_, 0, flag::syn, true}, {});
        break;
      case 2:
        writer.tcp(now, server_, client_, {theirs, after_syn, flag::syn | flag::ack, true}, {});
        break;
      case 3:
        writer.tcp(now, client_, server_, {after_syn, theirs + 1, flag::ack, false}, {});
        break;
      case 4:
        writer.tcp(now, client_, server_, {after_syn, theirs + 1, flag::fin | flag::ack, false},
                   {});
        break;
      case 5:
        writer.tcp(now, server_, client_, {theirs + 1, after_syn + 1, flag::fin | flag::ack, false},
                   {});
        break;
      default:
        writer.tcp(now, client_, server_, {after_syn + 1, theirs + 2, flag::ack, false}, {});
        return kDone;
    }
    return 200 + random.below(2'000);
  }

  std::uint64_t unserved_step(std::uint64_t now, Writer& writer) {
    writer.tcp(now, client_, server_, {sequence_, 0, flag::syn, true}, {});
    return ++sent_ == 4 ? kDone : 1'000'000ULL << (sent_ - 1U);
  }

  Endpoint client_;
  Endpoint server_;
  std::uint32_t sequence_;
  bool served_;
  unsigned sent_ = 0;
};

// How a kind of traffic begins its sessions.
struct Plan {
  std::uint32_t gap_us;  // between two sessions' beginnings, on average
  std::function<std::unique_ptr<Session>(std::uint64_t begun, Random&)> begin;
};

Plan plan_of(const std::string& kind, std::uint64_t packets) {
  if (kind == "web") {
    return {400,
            [](std::uint64_t, Random& random) { return std::make_unique<WebSession>(random); }};
  }
  if (kind == "dns") {
    return {100,
            [](std::uint64_t, Random& random) { return std::make_unique<DnsSession>(random); }};
  }
  if (kind != "synflood") return {0, {}};
  const std::uint64_t calm = packets / 100;  // sessions before the flood, about 6 packets each
  constexpr std::uint64_t kBacklog = 256;
  return {40, [calm](std::uint64_t begun, Random& random) -> std::unique_ptr<Session> {
            if (begun < calm || random.percent(2)) {
              const bool victim = random.percent(50);
              return std::make_unique<LegitimateSession>(random, victim ? kVictim : kBystander,
                                                         !victim || begun < calm);
            }
            return std::make_unique<SpoofedSession>(random, begun < calm + kBacklog);
          }};
}

struct Moment {
  std::uint64_t time_us;
  std::uint64_t order;  // of equal times, the older session first
  std::shared_ptr<Session> session;
  bool operator>(const Moment& other) const {
    return time_us != other.time_us ? time_us > other.time_us : order > other.order;
  }
};

// Sessions begin until `packets` are written; those under way then still end, so that no session is
// cut. So the file holds some more packets than asked for.
void generate(const Plan& plan, std::uint64_t packets, std::uint64_t seed, Writer& writer) {
  Random random{seed};
  std::priority_queue<Moment, std::vector<Moment>, std::greater<>> queue;
  std::uint64_t next_begin = 0;
  std::uint64_t begun = 0;
  while (writer.packets() < packets || !queue.empty()) {
    const bool more = writer.packets() < packets;
    if (more && (queue.empty() || next_begin <= queue.top().time_us)) {
      queue.push({next_begin, begun, plan.begin(begun, random)});
      ++begun;
      next_begin += 1 + random.below(2 * plan.gap_us);
      continue;
    }
    Moment moment = queue.top();
    queue.pop();
    const std::uint64_t wait = moment.session->step(moment.time_us, writer, random);
    if (wait == kDone) continue;
    moment.time_us += wait;
    queue.push(std::move(moment));
  }
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: %s web|dns|synflood PACKETS SEED OUTPUT.pcap\n", argv[0]);
    return 2;
  }
  const std::uint64_t packets = std::strtoull(argv[2], nullptr, 10);
  const bench::Plan plan = bench::plan_of(argv[1], packets);
  if (!plan.begin || packets == 0) {
    std::fprintf(stderr, "%s: unknown kind of traffic, or no packets asked for\n", argv[1]);
    return 2;
  }
  bench::Writer writer{argv[4]};
  bench::generate(plan, packets, std::strtoull(argv[3], nullptr, 10), writer);
  std::printf("%llu\n", static_cast<unsigned long long>(writer.packets()));
  return 0;
}
