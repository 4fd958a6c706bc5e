// DNS answers in fragments: in any order, overlapping, and without the rest.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "journey/testing.h"
#include "packet/dns/dns.h"

namespace whydown::journey {
namespace {

using packet::Field;
using packet::Packet;
using Bytes = std::vector<std::uint8_t>;

struct Cut {
  std::uint32_t begin;
  std::uint32_t end;
};

// Queries of c1 to s1 for TXT big.test, and pieces of the answer.
class Wire {
 public:
  // Without other traffic it is as a capture filter for port 53 leaves it.
  explicit Wire(bool has_others = true) : has_others_(has_others) {
    if (!has_others) return;
    Packet other = start(-5, true, 1);
    other.destination_port = 123;
    tracker_.packet(other);
  }
  void query(double seconds, int id = 7, int port = 5000, int size = 4096, bool tcp = false,
             const char* server = "s1") {
    Packet packet = start(seconds, true, port);
    packet.ip.destination = testing::host(server);
    if (tcp) packet.transport = packet::Transport::tcp;
    packet.application = packet::Application::dns;
    packet.known.set(Field::dns_id);
    packet.dns.id = static_cast<std::uint16_t>(id);
    packet.dns.over_tcp = tcp;
    packet.dns.question_type = 16;
    packet.dns.question_count = 1;
    packet.dns.set_question_name("big.test");
    packet.dns.udp_payload_size = static_cast<std::uint16_t>(size);
    tracker_.packet(packet);
  }
  // The bytes from `begin` to `end` of the datagram; `captured` of them where that is less.
  void piece(double seconds, Cut cut, int ip_id = 100, int id = 7, int port = 5000,
             std::size_t captured = SIZE_MAX) {
    const Bytes all = datagram(id, port);
    Packet packet = start(seconds, false, port);
    packet.ip.id = static_cast<std::uint32_t>(ip_id);
    packet.ip.fragment_offset = static_cast<std::uint16_t>(cut.begin);
    packet.ip.more_fragments = cut.end < all.size();
    packet.fragment_length = cut.end - cut.begin;
    const std::size_t size = std::min<std::size_t>(captured, packet.fragment_length);
    packet.fragment = std::span(all).subspan(cut.begin, size);
    if (cut.begin != 0) {
      packet.transport = packet::Transport::none;
      packet.source_port = packet.destination_port = 0;
    } else if (size >= 20) {
      packet.payload = packet.fragment.subspan(8);
      packet::dns::parse(packet.payload, all.size() - 8, packet.dns);
      packet.application = packet::Application::dns;
      packet.known.set(Field::dns_id);
    }
    tracker_.packet(packet);
  }
  // "7 ok 40", and the signs of pieces.
  std::vector<std::string> end(double seconds = 60) {
    Packet later = start(seconds, true, 1);
    later.destination_port = has_others_ ? 9 : 53;
    tracker_.packet(later);
    tracker_.finish();
    std::vector<std::string> lines;
    for (const Attempt& attempt : recorder_.attempts) {
      if (!attempt.question.is_set) continue;
      std::string line = std::to_string(attempt.request.is_set() ? attempt.request.dns_id : 0);
      line += " " + std::string{outcome_id(attempt.outcome)};
      if (attempt.answer.is_set()) line += " " + std::to_string(attempt.answer.dns_answers);
      if (attempt.healed) line += " healed";
      lines.push_back(line);
    }
    for (const Observation& seen : recorder_.observations) {
      if (seen.sign == Sign::joined_answer) lines.push_back("joined");
      if (seen.sign == Sign::first_piece_only) lines.push_back("first only");
    }
    return lines;
  }
  std::uint64_t noted(packet::Note note) const {
    return tracker_.totals().notes[static_cast<std::size_t>(note)];
  }
  static std::uint32_t size() { return static_cast<std::uint32_t>(datagram(7, 5000).size()); }

 private:
  static Bytes datagram(int id, int port) {
    Bytes bytes{0,
                53,
                static_cast<std::uint8_t>(port >> 8),
                static_cast<std::uint8_t>(port),
                0,
                0,
                0,
                0,
                0,
                static_cast<std::uint8_t>(id),
                0x81,
                0x80,
                0,
                1,
                0,
                20,
                0,
                0,
                0,
                0};
    const Bytes question{3, 'b', 'i', 'g', 4, 't', 'e', 's', 't', 0, 0, 16, 0, 1};
    bytes.insert(bytes.end(), question.begin(), question.end());
    for (int i = 0; i < 20; ++i) {
      const Bytes head{0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 151, 150};
      bytes.insert(bytes.end(), head.begin(), head.end());
      bytes.insert(bytes.end(), 150, 'x');
    }
    bytes[4] = static_cast<std::uint8_t>(bytes.size() >> 8U);
    bytes[5] = static_cast<std::uint8_t>(bytes.size() & 0xffU);
    return bytes;
  }
  Packet start(double seconds, bool by_client, int port) {
    Packet packet;
    packet.place.number = ++number_;
    packet.place.time =
        base::time_from_ns(testing::Builder::kStart + static_cast<std::int64_t>(seconds * 1e9));
    packet.network = packet::Network::ipv4;
    packet.transport = packet::Transport::udp;
    packet.ip.protocol = 17;
    packet.ip.source = testing::host(by_client ? "c1" : "s1");
    packet.ip.destination = testing::host(by_client ? "s1" : "c1");
    packet.ip.id = static_cast<std::uint32_t>(1000 + number_);
    packet.source_port = static_cast<std::uint16_t>(by_client ? port : 53);
    packet.destination_port = static_cast<std::uint16_t>(by_client ? 53 : port);
    packet.known.set(Field::bytes);
    packet.known.set(Field::ip_id);
    return packet;
  }

  testing::Recorder recorder_;
  base::Interner names_{{.names = 1024, .bytes = 65536}};
  Tracker tracker_{recorder_, names_};
  std::uint64_t number_ = 0;
  bool has_others_;
};

using Lines = std::vector<std::string>;
const Cut kFirst{0, 1480};
const Cut kSecond{1480, 2960};
Cut third() { return {2960, Wire::size()}; }

TEST(Fragments, AllInOrder) {
  Wire wire;
  wire.query(0);
  wire.piece(0.01, kFirst);
  wire.piece(0.01, kSecond);
  wire.piece(0.02, third());
  EXPECT_EQ(wire.end(), (Lines{"7 ok 20", "joined"}));
}

TEST(Fragments, AnyOrder) {
  const std::vector<std::vector<Cut>> orders{{third(), kSecond, kFirst},
                                             {kSecond, kFirst, third()},
                                             {kFirst, third(), kSecond},
                                             {third(), kFirst, third(), kSecond},
                                             {kFirst, kFirst, kSecond, third()}};
  for (const std::vector<Cut>& order : orders) {
    Wire wire;
    wire.query(0);
    double seconds = 0.01;
    for (const Cut& cut : order) wire.piece(seconds += 0.01, cut);
    const Lines lines = wire.end();
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines[0], "7 ok 20");
    EXPECT_EQ(wire.noted(packet::Note::fragments_overlap), 0U);
  }
}

// Only the first piece: lost, if the client asks again in a way that shows it.
TEST(Fragments, OnlyTheFirst) {
  struct Row {
    const char* name;
    int id;
    int port;
    int size;
    bool tcp;
    const char* server;
    Lines lines;
  };
  const Row rows[] = {
      {"the same query", 7, 5000, 4096, false, "s1", {"7 silent", "first only"}},
      {"the same id", 7, 5001, 4096, false, "s1", {"7 silent", "7 silent", "first only"}},
      {"over TCP", 8, 5001, 0, true, "s1", {"7 silent", "8 silent", "first only"}},
      {"less over UDP", 8, 5001, 1232, false, "s1", {"7 silent", "8 silent", "first only"}},
      {"another server", 8, 5001, 4096, false, "s2", {"7 silent", "8 silent", "first only"}},
      // Whoever has the answer may ask once more later.
      {"a new query", 8, 5001, 4096, false, "s1", {"7 ok 20", "8 silent"}},
  };
  for (const Row& row : rows) {
    Wire wire;
    wire.query(0);
    wire.piece(0.01, kFirst);
    wire.query(5, row.id, row.port, row.size, row.tcp, row.server);
    EXPECT_EQ(wire.end(), row.lines) << row.name;
  }
}

TEST(Fragments, TheLastTryIsLostLikeThoseBefore) {
  Wire wire;
  wire.query(0);
  wire.piece(0.01, kFirst, 100);
  wire.query(5);
  wire.piece(5.01, kFirst, 101);
  EXPECT_EQ(wire.end(), (Lines{"7 silent", "first only", "first only"}));
}

// A capture of port 53 alone holds no later piece, whether the client gets them or not.
TEST(Fragments, HiddenByAFilter) {
  Wire wire(false);
  wire.query(0);
  wire.piece(0.01, kFirst);
  wire.query(5, 8, 5001, 1232);
  wire.piece(5.01, kFirst, 101, 8, 5001);
  EXPECT_EQ(wire.end(), (Lines{"7 ok 20", "8 ok 20"}));
}

// Of IPv6 that filter does not even admit the first one.
TEST(Fragments, NothingOfIpv6PassesTheFilter) {
  struct Row {
    bool has_others;
    int size;
    const char* line;
  };
  const Row rows[] = {
      {false, 4096, "7 unknown"}, {false, 1232, "7 silent"}, {true, 4096, "7 silent"}};
  for (const Row& row : rows) {
    Wire wire(row.has_others);
    wire.query(0, 7, 5000, row.size, false, "s1x");
    EXPECT_EQ(wire.end(), Lines{row.line}) << row.size;
  }
}

TEST(Fragments, NobodyAsksAgain) {
  Wire wire;
  wire.query(0);
  wire.piece(0.01, kFirst);
  EXPECT_EQ(wire.end(), Lines{"7 ok 20"});
}

TEST(Fragments, TheRestComesForTheSecondTry) {
  Wire wire;
  wire.query(0);
  wire.piece(0.01, kFirst, 100);
  wire.query(2);
  wire.piece(2.01, kFirst, 101);
  wire.piece(2.01, kSecond, 101);
  wire.piece(2.01, third(), 101);
  EXPECT_EQ(wire.end(), (Lines{"7 slow 20", "first only", "joined"}));
}

TEST(Fragments, OverlapsAreGivenUp) {
  for (const Cut& bad : {Cut{1472, 2960}, Cut{800, 1600}, Cut{2960, 2976}}) {
    Wire wire;
    wire.query(0);
    wire.piece(0.01, kFirst);
    if (bad.begin == 2960) {
      wire.piece(0.01, third());
      wire.piece(0.01, kSecond, 100, 9);
      EXPECT_EQ(wire.end(), (Lines{"7 ok 20", "joined"}));
      continue;
    }
    wire.piece(0.01, bad);
    wire.piece(0.01, kSecond);
    wire.piece(0.02, third());
    EXPECT_EQ(wire.end(), Lines{"7 ok 20"});  // as far as anybody can tell
    EXPECT_EQ(wire.noted(packet::Note::fragments_overlap), 1U);
  }
}

TEST(Fragments, WithoutTheFirst) {
  Wire wire;
  wire.query(0);
  wire.piece(0.01, kSecond);
  wire.piece(0.01, third());
  EXPECT_EQ(wire.end(), Lines{"7 silent"});
  EXPECT_EQ(wire.noted(packet::Note::fragments_without_first), 1U);
}

TEST(Fragments, CutBySnapLength) {
  Wire wire;
  wire.query(0);
  wire.piece(0.01, kFirst, 100, 7, 5000, 60);
  wire.piece(0.01, kSecond, 100, 7, 5000, 60);
  wire.piece(0.02, third(), 100, 7, 5000, 60);
  EXPECT_EQ(wire.end(), (Lines{"7 ok 20", "joined"}));
}

// Nobody asked in this capture: the whole answer counts, a piece of it does not.
TEST(Fragments, WithoutTheQuery) {
  Wire whole;
  whole.piece(0.01, kFirst);
  whole.piece(0.01, kSecond);
  whole.piece(0.02, third());
  EXPECT_EQ(whole.end(), (Lines{"0 ok 20"}));
  Wire alone;
  alone.piece(0.01, kFirst);
  EXPECT_EQ(alone.end(), Lines{});
}

// More datagrams than the table holds, none of them whole.
TEST(Fragments, AFloodStaysInItsBounds) {
  Wire wire;
  wire.query(0);
  for (int i = 0; i < 3000; ++i) wire.piece(0.01 + i * 0.0001, kSecond, i + 200);
  wire.piece(0.5, kFirst);
  wire.piece(0.5, kSecond);
  wire.piece(0.5, third());
  EXPECT_EQ(wire.end(), (Lines{"7 ok 20", "joined"}));
  EXPECT_GE(wire.noted(packet::Note::fragments_without_first), 2900U);
}

}  // namespace
}  // namespace whydown::journey
