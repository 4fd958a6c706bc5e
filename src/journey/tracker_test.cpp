// The tracker as a whole: duplicates, totals, bounds, and what must hold for any packets at all.
#include <atomic>
#include <new>
#include <random>

#include <gtest/gtest.h>

#include "journey/limits.h"
#include "journey/testing.h"

namespace {

std::atomic<std::uint64_t> allocations{0};

}  // namespace

// Counts what the whole test program allocates.
void* operator new(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc{};
  return memory;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size, std::align_val_t align) {
  ++allocations;
  const std::size_t unit = static_cast<std::size_t>(align);
  void* memory = std::aligned_alloc(unit, (size + unit - 1) / unit * unit);
  if (memory == nullptr) throw std::bad_alloc{};
  return memory;
}
// g++ takes the new expressions that it inlines for another allocator.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#pragma GCC diagnostic pop

namespace whydown::journey {
namespace {

using testing::Builder;
using testing::play;
using testing::Recorder;

class Counter final : public Sink {
 public:
  void attempt(const Outline& outline, const Packets&) override {
    ++attempts;
    open += outline.open_at_end ? 1U : 0U;
  }
  void observation(const Observation&) override { ++observations; }
  std::uint64_t attempts = 0;
  std::uint64_t open = 0;
  std::uint64_t observations = 0;
};

struct DuplicateRow {
  const char* what;
  std::vector<std::string> script;
  std::vector<std::string> attempts;
  std::vector<std::string> observations;
};

TEST(Duplicates, AreNoRetransmissions) {
  const std::vector<DuplicateRow> rows{
      {"a mirror port shows each frame twice",
       {"0 query c1:5000 s1 7 A a.example ip=9", "0.001 query c1:5000 s1 7 A a.example ip=9",
        "0.1 answer c1:5000 s1 7 A a.example ok ip=8",
        "0.101 answer c1:5000 s1 7 A a.example ok ip=8"},
       {"dns c1>s1:53/udp ok none 1"},
       {"duplicate_frame c1>s1", "duplicate_frame c1>s1"}},
      {"IPv6: the same question at once after its answer is the next one",
       {"0 query c1x:5000 s1x 7 A a.example", "0.0001 answer c1x:5000 s1x 7 A a.example formerr",
        "0.0003 query c1x:5000 s1x 7 A a.example",
        "0.0004 answer c1x:5000 s1x 7 A a.example formerr"},
       {"dns c1x>s1x:53/udp failed format_error 1", "dns c1x>s1x:53/udp failed format_error 1"},
       {}},
      {"IPv6: before its answer it is the same frame",
       {"0 query c1x:5000 s1x 7 A a.example", "0.0001 query c1x:5000 s1x 7 A a.example",
        "0.0003 answer c1x:5000 s1x 7 A a.example ok",
        "0.0004 answer c1x:5000 s1x 7 A a.example ok"},
       {"dns c1x>s1x:53/udp ok none 1"},
       {"duplicate_frame c1x>s1x", "duplicate_frame c1x>s1x"}},
      {"another IP id is another packet",
       {"0 query c1:5000 s1 7 A a.example ip=9", "1 query c1:5000 s1 7 A a.example ip=10",
        "1.1 answer c1:5000 s1 7 A a.example ok"},
       {"dns c1>s1:53/udp slow slow_answer 2"},
       {}},
      {"the same IP id a second later is a retransmission",
       {"0 syn c1:4000 s1:80 ip=9", "1 syn c1:4000 s1:80 ip=9", "1.1 rst c1:4000 s1:80"},
       {"tcp c1>s1:80/tcp refused reset 2"},
       {}},
      {"IP id 0 proves nothing for data",
       {"0 udp c1:4000 s1:514 ip=0", "0.001 udp c1:4000 s1:514 ip=0"},
       {"udp c1>s1:514/udp unknown none 2"},
       {}},
      {"no stack repeats a SYN within a millisecond, whatever its IP id",
       {"0 syn c1:4000 s1:80 ip=0 seq=5", "0.001 syn c1:4000 s1:80 ip=0 seq=5",
        "0.1 rst c1:4000 s1:80"},
       {"tcp c1>s1:80/tcp refused reset 1"},
       {"duplicate_frame c1>s1"}},
      {"two vantage points show one packet",
       {"0 syn c1:4000 s1:80 ip=9 seq=5 in=0", "0.03 syn c1:4000 s1:80 ip=9 seq=5 ttl=57 in=1",
        "0.1 rst c1:4000 s1:80 ip=3 in=1", "0.13 rst c1:4000 s1:80 ip=3 in=0"},
       {"tcp c1>s1:80/tcp refused reset 1"},
       {}},
      {"text rounds its times",
       {"0 query c1:5000 s1 7 A a.example text", "0 query c1:5000 s1 7 A a.example text",
        "9 later"},
       {"dns c1>s1:53/udp silent no_response 2"},
       {}},
  };
  for (const DuplicateRow& row : rows) {
    const auto played = play(row.script);
    EXPECT_EQ(played.lines, row.attempts) << row.what;
    EXPECT_EQ(played.observations, row.observations) << row.what;
  }
}

// The packet `line` so many times, `gap` seconds apart, with " ttl=..." from `ttl` down by `step`.
std::vector<std::string> again(const std::string& line, int times, double gap, int ttl = 0,
                               int step = 0) {
  std::vector<std::string> script;
  for (int i = 0; i < times; ++i) {
    std::string each = std::to_string(i * gap) + " " + line;
    if (ttl > 0) each += " ttl=" + std::to_string(ttl - i * step);
    script.push_back(each);
  }
  return script;
}

struct LoopRow {
  const char* what;
  std::vector<std::string> script;
  std::vector<std::string> attempts;  // at the step link
  std::size_t rounds;                 // sightings from the one on that proves it
};

std::vector<std::string> interleaved(int routers) {
  std::vector<std::string> script;
  for (int i = 0; i < 14; ++i) {
    script.push_back(std::to_string(i * 0.001) + " syn c1:4000 s1:80 ip=9 ttl=" +
                     std::to_string(64 - i) + " mac=" + std::to_string(i % routers + 1));
  }
  return script;
}

TEST(Duplicates, LinesOfOneSynAreNoTries) {
  const std::string syn = "syn c1:4000 s1:80 seq=0 text";
  const auto tries = [](std::vector<std::string> script) {
    script.emplace_back("99 later text");
    return play(script).lines;
  };
  // A table shows neither TTL nor identification: a loop of routers, or somebody's flood.
  EXPECT_EQ(tries(again(syn + " stamped", 60, 0.0001)),
            std::vector<std::string>{"tcp c1>s1:80/tcp silent no_response 1"});
  EXPECT_EQ(tries(again(syn + " stamped", 7, 1)),
            std::vector<std::string>{"tcp c1>s1:80/tcp silent no_response 7"});
  EXPECT_EQ(tries(again(syn, 60, 0.0001)),
            std::vector<std::string>{"tcp c1>s1:80/tcp silent no_response 60"})
      << "what floods are made of";
  EXPECT_EQ(tries(again(syn + " stamped", 900, 0.0001)),
            std::vector<std::string>{"tcp c1>s1:80/tcp silent no_response 645"})
      << "more than a TTL can count";
}

TEST(Duplicates, AgainAndAgainAreALoop) {
  const std::string syn = "syn c1:4000 s1:80 ip=9";
  const std::vector<LoopRow> rows{
      {"two routers send a SYN to each other",
       again(syn, 20, 0.0001, 63, 2),
       {"tcp c1>s1:80/tcp failed looping 1"},
       15},
      {"over a slow line", again(syn, 20, 0.12, 63, 2), {"tcp c1>s1:80/tcp failed looping 1"}, 15},
      {"seen on both ways of the link", interleaved(2), {"tcp c1>s1:80/tcp failed looping 1"}, 4},
      {"every router of a long way in one capture is none", interleaved(9), {}, 0},
      {"IPv6 has no identification",
       again("udp c1x:4000 s1x:514", 20, 0.001, 63, 2),
       {"udp c1x>s1x:514/udp failed looping 1"},
       15},
      {"a ping",
       again("echo c1 s1 1 2 ip=5", 20, 0.001, 63, 2),
       {"icmp c1>s1:0 failed looping 1"},
       15},
      {"in text with its headers",
       again(syn + " text", 20, 0.0001, 63, 2),
       {"tcp c1>s1:80/tcp failed looping 1"},
       15},
      {"a router captured on both sides", again(syn, 2, 0.0001, 64, 1), {}, 0},
      {"five routers in one capture", again(syn, 5, 0.0001, 64, 1), {}, 0},
      {"traceroute counts up", again("udp c1:4000 s1:33434 ip=9", 20, 0.05, 1, -1), {}, 0},
      {"one that counts down, a second apart",
       again("udp c1:4000 s1:33434 ip=9", 20, 1, 30, 1),
       {},
       0},
      {"a mirror port that shows all frames four times", again(syn, 4, 0.0001, 64, 0), {}, 0},
      {"retransmissions", again("syn c1:4000 s1:80 ip=0 seq=5", 7, 1, 64, 0), {}, 0},
      {"a stream of voice", again("udp c1:4000 s1:5004 ip=0 len=172", 60, 0.02, 64, 0), {}, 0},
      {"a request for everybody, copied by switches",
       again("arp c1 c2 by=1", 80, 0.0005),
       {"ethernet m1>ff:ff:ff:ff:ff:ff:0 failed looping 1"},
       50},
      {"a machine that asks each second", again("arp c1 c2 by=1", 60, 1), {}, 0},
      {"one that asks twenty times a second", again("arp c1 c2 by=1", 60, 0.05), {}, 0},
      {"copies of a datagram for everybody",
       again("udp c1:4000 all:67 ip=9", 80, 0.0005, 64),
       {"ethernet c1>ff:ff:ff:ff:ff:ff:0 failed looping 1"},
       50},
      {"the same datagram to one machine is some program's",
       again("udp c1:4000 s1:67 ip=9", 80, 0.0005, 64),
       {},
       0},
      {"other datagrams for everybody", again("udp c1:4000 all:67 ip=0", 80, 0.0005, 64), {}, 0},
  };
  for (const LoopRow& row : rows) {
    const auto played = play(row.script);
    std::vector<std::string> attempts;
    for (const std::string& line : played.lines) {
      if (line.find(" looping ") != std::string::npos) attempts.push_back(line);
    }
    EXPECT_EQ(attempts, row.attempts) << row.what;
    const auto rounds = std::ranges::count_if(played.observations, [](const std::string& line) {
      return line.find("_round ") != std::string::npos;
    });
    EXPECT_EQ(static_cast<std::size_t>(rounds), row.rounds) << row.what;
  }
}

// Whatever goes round is one packet of its sender's.
// Programs that make packets send different ones under one id.
TEST(Duplicates, OtherContentIsNoCopy) {
  for (const bool is_same : {true, false}) {
    Recorder recorder;
    base::Interner names{{.names = 16, .bytes = 256}};
    Tracker tracker{recorder, names};
    Builder builder;
    std::array<std::uint8_t, 8> content{};
    for (int i = 0; i < 80; ++i) {
      packet::Packet packet =
          builder.build(std::to_string(i * 0.0005) + " udp c1:4000 all:67 ip=9 len=8");
      if (!is_same) content[0] = static_cast<std::uint8_t>(i);
      packet.payload = content;
      tracker.packet(packet);
    }
    tracker.finish();
    const bool is_loop = std::ranges::any_of(recorder.attempts, [](const Attempt& attempt) {
      return attempt.symptom == Symptom::looping;
    });
    EXPECT_EQ(is_loop, is_same);
  }
}

TEST(Duplicates, LoopsCountOnce) {
  std::vector<std::string> script = again("syn c1:4000 s1:80 ip=9", 30, 0.0001, 63, 2);
  script.emplace_back("0.1 icmp ttl r1 tcp c1:4000 s1:80");
  script.emplace_back("9 later");
  EXPECT_EQ(play(script).lines, (std::vector<std::string>{"tcp c1>s1:80/tcp failed ttl_exceeded 1",
                                                          "tcp c1>s1:80/tcp failed looping 1"}));
}

TEST(Totals, CountPacketsAndNotes) {
  Recorder recorder;
  base::Interner names{{.names = 16, .bytes = 256}};
  Tracker tracker{recorder, names};
  Builder builder;
  tracker.packet(builder.build("0 arp c1 c2 notime"));
  packet::Packet packet = builder.build("1 udp c1:4000 s1:514");
  packet.notes.push_back({.note = packet::Note::bad_ip_checksum, .offset = 24});
  tracker.packet(packet);
  packet = builder.build("2 udp c1:4000 s1:514");
  packet.notes.push_back({.note = packet::Note::bad_ip_checksum, .offset = 24});
  tracker.packet(packet);
  tracker.finish();
  const Totals& totals = tracker.totals();
  const auto note = static_cast<std::size_t>(packet::Note::bad_ip_checksum);
  EXPECT_EQ(totals.packets, 3U);
  EXPECT_EQ(totals.ip_packets, 2U);
  EXPECT_EQ(totals.udp_flows, 1U);
  EXPECT_EQ(totals.udp_flows_one_way, 1U);
  EXPECT_EQ(totals.notes[note], 2U);
  EXPECT_EQ(totals.note_first[note].number, 2U);
  EXPECT_EQ(totals.first.number, 2U);
  EXPECT_EQ(totals.last.number, 3U);
}

TEST(Tracker, LaterFragmentsSayNothing) {
  Recorder recorder;
  base::Interner names{{.names = 16, .bytes = 256}};
  Tracker tracker{recorder, names};
  Builder builder;
  packet::Packet packet = builder.build("0 udp c1:0 s1:514");
  packet.ip.fragment_offset = 1480;
  tracker.packet(packet);
  tracker.finish();
  EXPECT_TRUE(recorder.attempts.empty());
}

TEST(Tracker, StaysWithinItsMemory) { EXPECT_LE(Tracker::memory_bytes(), std::size_t{126} << 20U); }

packet::Packet tcp_packet(std::uint32_t client, std::uint16_t port, std::uint8_t flags) {
  Builder builder;
  packet::Packet packet = builder.build("0 syn c1:4000 s1:80");
  packet.ip.source = base::IpAddress::v4(client);
  packet.source_port = port;
  packet.tcp.flags = flags;
  return packet;
}

TEST(Tracker, AFloodEvictsTheOldestAndSaysSo) {
  Counter counter;
  base::Interner names{{.names = 16, .bytes = 256}};
  Tracker tracker{counter, names};
  constexpr std::uint32_t kSources = limits::kTcpFlows + 1000;
  packet::Packet packet = tcp_packet(0, 1, packet::tcp_flag::syn);
  for (std::uint32_t i = 0; i < kSources; ++i) {
    packet.ip.source = base::IpAddress::v4(0x10000000 + i);
    packet.ip.id = 1 + (i & 0x7fff);
    tracker.packet(packet);
  }
  EXPECT_EQ(counter.attempts, 1000U);
  EXPECT_EQ(tracker.totals().evicted, 1000U);
  tracker.finish();
  EXPECT_EQ(counter.attempts, kSources);
  EXPECT_EQ(counter.open, kSources);
}

TEST(Tracker, AFloodLeavesConnectionsInUseAlone) {
  Recorder recorder;
  base::Interner names{{.names = 16, .bytes = 256}};
  Tracker tracker{recorder, names};
  Builder builder;
  for (const char* line :
       {"0 syn c1:4000 s1:80", "0.1 synack c1:4000 s1:80", "0.2 ack c1:4000 s1:80"}) {
    tracker.packet(builder.build(line));
  }
  packet::Packet packet = tcp_packet(0, 1, packet::tcp_flag::syn);
  for (std::uint32_t i = 0; i < 2 * limits::kTcpFlows; ++i) {
    packet.ip.source = base::IpAddress::v4(0x10000000 + i);
    packet.ip.id = 1 + (i & 0x7fff);
    tracker.packet(packet);
  }
  recorder.attempts.clear();
  tracker.packet(builder.build("9 data c1:4000 s1:80 len=5"));
  tracker.finish();
  for (const Attempt& attempt : recorder.attempts) EXPECT_FALSE(attempt.mid_stream);
}

// Any sequence of packets, small enough in addresses that they meet.
std::string random_line(std::mt19937& random, double time) {
  static const char* const kKinds[] = {"syn",   "synack", "ack",  "rst",
                                       "sdata", "data",   "crst", "fin"};
  static const char* const kErrors[] = {"port", "host", "admin", "ttl", "frag"};
  static const char* const kAnswers[] = {"ok", "nodata", "nx", "servfail", "refused", "tc"};
  static const char* const kTypes[] = {"A", "AAAA", "HTTPS"};
  static const char* const kNames[] = {"a.example", "b.example", "a.example.lan", "wpad"};
  const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  const auto number = [&](std::size_t n) { return std::to_string(1 + pick(n)); };
  const std::string client = "c" + number(3);
  const std::string server = "s" + number(3);
  const std::string port = std::to_string(4000 + pick(4));
  std::string line = std::to_string(time) + " ";
  switch (pick(9)) {
    case 0:
    case 1:
      line += std::string{kKinds[pick(8)]} + " " + client + ":" + port + " " + server + ":" +
              (pick(4) == 0 ? "53" : "80");
      break;
    case 2:
    case 3:
      line += "query " + client + ":" + port + " " + server + " " + number(4) + " " +
              kTypes[pick(3)] + " " + kNames[pick(4)];
      break;
    case 4:
      line += "answer " + client + ":" + port + " " + server + " " + number(4) + " " +
              kTypes[pick(3)] + " " + kNames[pick(4)] + " " + kAnswers[pick(6)];
      break;
    case 5: {
      const char* const transports[] = {"udp", "tcp", "icmp", "any"};
      const char* const ports[] = {"53", "80", "514"};
      line += std::string{"icmp "} + kErrors[pick(5)] + " r" + number(2) + " " +
              transports[pick(4)] + " " + client + (pick(3) == 0 ? "" : ":" + port) + " " + server +
              ":" + ports[pick(3)];
      break;
    }
    case 6:
      line += std::string{pick(2) == 0 ? "udp " : "sudp "} + client + ":" + port + " " + server +
              ":514";
      break;
    case 7:
      line += std::string{pick(2) == 0 ? "echo " : "reply "} + client + " " + server + " 1 " +
              number(5);
      break;
    default:
      line += std::string{pick(3) == 0 ? "arpreply " : "arp "} + client + " " + server;
      break;
  }
  if (pick(4) == 0) line += " text";
  return line;
}

bool is_failure(const Attempt& attempt) {
  return attempt.outcome == Outcome::refused || attempt.outcome == Outcome::failed ||
         attempt.outcome == Outcome::silent;
}

void expect_sound(const Attempt& attempt) {
  const std::string what = testing::summary(attempt);
  const bool is_slow = attempt.outcome == Outcome::slow;
  EXPECT_TRUE(is_slow || is_failure(attempt) == (attempt.symptom != Symptom::none)) << what;
  EXPECT_TRUE(attempt.symptom != Symptom::slow_answer || is_slow) << what;
  EXPECT_EQ(attempt.outcome == Outcome::silent, attempt.symptom == Symptom::no_response) << what;
  if (attempt.open_at_end) {
    EXPECT_EQ(attempt.outcome, Outcome::unknown) << what;
  }
  if (attempt.healed) {
    EXPECT_TRUE(is_failure(attempt)) << what;
  }
  if (attempt.answered_by_other_server) {
    EXPECT_TRUE(attempt.healed) << what;
  }
  if (attempt.mid_stream) {
    EXPECT_EQ(attempt.outcome, Outcome::unknown) << what;
  }
  if (attempt.half_open) {
    EXPECT_TRUE(!is_failure(attempt)) << what;
  }
  EXPECT_EQ(attempt.request_seen, attempt.tries != 0) << what;
  EXPECT_EQ(attempt.last_request.is_set(), attempt.tries > 1) << what;
  if (attempt.request_seen) {
    EXPECT_TRUE(attempt.request.is_set()) << what;
  }
  if (!attempt.request_seen && !attempt.mid_stream) {
    EXPECT_TRUE(attempt.answer.is_set()) << what;
  }
  EXPECT_LE(attempt.begin, attempt.end) << what;
  EXPECT_NE(attempt.client.kind(), base::AddressKind::none) << what;
}

TEST(Tracker, EveryRequestIsAccountedForOnce) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    std::mt19937 random{seed};
    Recorder recorder;
    base::Interner names{{.names = 64, .bytes = 4096}};
    Tracker tracker{recorder, names};
    Builder builder;
    std::map<Protocol, std::uint64_t> requests;
    double time = 0;
    for (int i = 0; i < 400; ++i) {
      time += static_cast<double>(random() % 1000) * (random() % 20 == 0 ? 0.05 : 0.001);
      const std::string line = random_line(random, time);
      const packet::Packet packet = builder.build(line);
      tracker.packet(packet);
      const bool dns = packet.application == packet::Application::dns;
      const bool syn =
          packet.transport == packet::Transport::tcp && packet.tcp.flags == packet::tcp_flag::syn;
      if (dns && !packet.dns.response) ++requests[Protocol::dns];
      if (syn) ++requests[packet.destination_port == 53 ? Protocol::dns : Protocol::tcp];
      if (line.find(" echo ") != std::string::npos) ++requests[Protocol::icmp];
      if (line.find(" arp ") != std::string::npos) ++requests[Protocol::arp];
    }
    tracker.finish();
    std::map<Protocol, std::uint64_t> tries;
    for (const Attempt& attempt : recorder.attempts) {
      expect_sound(attempt);
      if (attempt.service.protocol != Protocol::udp && attempt.tries != 0) {
        tries[attempt.service.protocol] += attempt.tries;
      }
    }
    EXPECT_EQ(tries, requests) << "seed " << seed;
    EXPECT_EQ(tracker.totals().evicted, 0U);
  }
}

TEST(Tracker, TheSamePacketsGiveTheSameAttemptsInTheSameOrder) {
  const auto run = [] {
    std::mt19937 random{99};
    Recorder recorder;
    base::Interner names{{.names = 64, .bytes = 4096}};
    Tracker tracker{recorder, names};
    Builder builder;
    for (int i = 0; i < 2000; ++i) tracker.packet(builder.build(random_line(random, i * 0.05)));
    tracker.finish();
    std::string all;
    for (const Attempt& attempt : recorder.attempts) {
      all += testing::summary(attempt) + "\n" + describe(attempt.request, names) + "\n";
    }
    return all;
  };
  EXPECT_EQ(run(), run());
}

// What is fetched ahead is only read sooner: with packets held back, each through all steps,
// nothing else comes out.
TEST(Tracker, ExpectingPacketsChangesNothing) {
  const auto run = [](std::size_t ahead) {
    std::mt19937 random{17};
    Recorder recorder;
    base::Interner names{{.names = 64, .bytes = 4096}};
    Tracker tracker{recorder, names};
    Builder builder;
    std::vector<packet::Packet> packets;
    for (int i = 0; i < 2000; ++i) packets.push_back(builder.build(random_line(random, i * 0.05)));
    std::vector<Expected> expected(packets.size());
    for (std::size_t i = 0; i < packets.size() + ahead; ++i) {
      const std::size_t due = i - ahead;
      if (ahead == 0) {
        tracker.packet(packets[i]);
        continue;
      }
      if (i < packets.size()) expected[i] = tracker.expect(packets[i]);
      if (due < packets.size()) tracker.packet(packets[due], expected[due]);
    }
    tracker.finish();
    std::string all;
    for (const Attempt& attempt : recorder.attempts) {
      all += testing::summary(attempt) + "\n" + describe(attempt.request, names) + "\n";
    }
    return all + std::to_string(recorder.observations.size());
  };
  const std::string plain = run(0);
  EXPECT_EQ(run(3), plain);
  EXPECT_EQ(run(8), plain);
}

TEST(Tracker, DoesNotAllocatePerPacket) {
  std::mt19937 random{7};
  Builder builder;
  std::vector<packet::Packet> packets;
  for (int i = 0; i < 3000; ++i) packets.push_back(builder.build(random_line(random, i * 0.05)));
  Counter counter;
  base::Interner names{{.names = 64, .bytes = 4096}};
  Tracker tracker{counter, names};
  const std::uint64_t before = allocations;
  for (const packet::Packet& packet : packets) tracker.packet(packet);
  tracker.finish();
  EXPECT_EQ(allocations, before);
  EXPECT_GT(counter.attempts, 500U);
}

TEST(Tracker, BearsAnyTime) {
  Recorder recorder;
  base::Interner names{{.names = 16, .bytes = 256}};
  Tracker tracker{recorder, names};
  Builder builder;
  const std::int64_t times[] = {0,         INT64_MAX, INT64_MIN,     5,
                                INT64_MAX, -1,        1'700'000'000, INT64_MIN};
  for (const std::int64_t time : times) {
    for (const char* line :
         {"0 query c1:5000 s1 7 A a.example", "0 syn c1:4000 s1:80",
          "0 icmp port s1 udp c1:5000 s1:53", "0 synack c1:4000 s1:80", "0 udp c1:4000 s1:514",
          "0 echo c1 s1 1 1", "0 arp c1 s1", "0 answer c1:5000 s1 7 A a.example ok"}) {
      packet::Packet packet = builder.build(line);
      packet.place.time = base::time_from_ns(time);
      tracker.packet(packet);
    }
  }
  tracker.finish();
  EXPECT_FALSE(recorder.attempts.empty());
}

}  // namespace
}  // namespace whydown::journey
