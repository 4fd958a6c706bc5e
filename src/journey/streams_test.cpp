// A listener of lines: "abc." is a message, "+9." skips the nine bytes behind it, "?" wants what is
// left to be five bytes, "=" is another protocol from here on, "!" is the end of interest.
#include "journey/streams.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace whydown::journey {
namespace {

using packet::Field;
using packet::Packet;
namespace flag = packet::tcp_flag;

char letter(Side side) { return side == Side::client ? 'c' : 's'; }

class Lines final : public Listener {
 public:
  Lines(std::vector<std::string>& log, std::string first) : log_(log), first_(std::move(first)) {}
  bool claims(const Conversation&, Side, std::span<const std::uint8_t> bytes) const override {
    return first_.find(static_cast<char>(bytes[0])) != std::string::npos;
  }
  bool claims_words(const Conversation&, Side, std::string_view words) const override {
    return first_.find(words[0]) != std::string::npos;
  }
  void on_begin(Conversation&) override { tell("begin " + first_); }
  Taken on_bytes(Conversation& conversation, Side side, std::span<const std::uint8_t> bytes,
                 const Packet&) override {
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    if (text[0] == '?' && text.size() < 5) return {.wants = 5};
    if (text[0] == '%' && !conversation.is_cut(side)) return {.wants = 9};
    if (text[0] == '%') {
      tell(std::string{letter(side)} + " " + std::string{text});
      return {.read = static_cast<std::uint32_t>(text.size()), .skip = 3};
    }
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) return {};
    const std::string line{text.substr(0, dot)};
    const auto read = static_cast<std::uint32_t>(dot + 1);
    tell(std::string{letter(side)} + " " + (line.size() > 40 ? std::to_string(line.size()) : line));
    if (line == "!") return {.read = read, .done = true};
    if (line == "=") return {.read = read, .over = true};
    if (line[0] == '+') return {.read = read, .skip = std::stoul(line.substr(1))};
    return {.read = read};
  }
  Taken on_words(Conversation&, Side side, std::string_view words, const Packet&) override {
    tell(std::string{letter(side)} + " says " + std::string{words});
    return {.done = words == "!"};
  }
  void on_gap(Conversation&, Side side) override { tell(std::string{letter(side)} + " gap"); }
  bool on_close(Conversation& conversation, Side side, bool reset, const Packet&) override {
    EXPECT_TRUE(conversation.closed_by(side).is_set());
    tell(std::string{letter(side)} + (reset ? " reset" : " fin"));
    return true;
  }
  void on_late(Conversation&) override { tell("late"); }
  void on_end(Conversation& conversation, End end) override {
    static constexpr const char* kEnds[] = {"closed", "idle", "pushed", "over", "capture"};
    tell(std::string{"end "} + kEnds[static_cast<int>(end)] + " " +
         std::to_string(conversation.bytes_of(Side::client)) + " " +
         std::to_string(conversation.bytes_of(Side::server)));
  }

 private:
  void tell(std::string what) { log_.push_back(std::move(what)); }
  std::vector<std::string>& log_;
  std::string first_;
};

struct NoSink final : Sink {
  void attempt(const Outline&, const Packets&) override {}
  void observation(const Observation&) override {}
};

struct Segment {
  Side side;
  std::uint32_t sequence;
  std::string text;
  std::uint8_t flags = flag::ack;
  std::uint32_t acknowledgment = 0;
  std::uint32_t missing = 0;  // bytes that the snap length cut off
  int seconds = 0;
  bool said = false;
};
constexpr Side c = Side::client;
constexpr Side s = Side::server;

// Feeds connections by hand: `flow` stands for the caller's slot.
class Feeder {
 public:
  Feeder() {
    streams.add(lines);
    streams.add(others);
  }
  void feed(const Segment& segment, Slot flow = 1) {
    Packet packet;
    packet.place.number = ++number_;
    packet.place.time = base::time_from_ns(1'700'000'000'000'000'000 + segment.seconds * kSecond);
    context.now = packet.place.time;
    packet.tcp.flags = segment.flags;
    packet.tcp.sequence = segment.sequence;
    const std::uint32_t nothing_yet = segment.side == c ? 90 : 10;
    packet.tcp.acknowledgment = segment.acknowledgment != 0 ? segment.acknowledgment : nothing_yet;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(segment.text.data());
    if (segment.said) {
      packet.said = segment.text;
    } else {
      packet.known.set(Field::tcp_sequence);
      packet.payload = {bytes, segment.text.size()};
    }
    packet.payload_length = static_cast<std::uint32_t>(segment.text.size()) + segment.missing;
    streams.advance();
    if (slot_ == kNoSlot && !segment.text.empty()) {
      const base::IpAddress address;
      slot_ = streams.begin({.client = address,
                             .server = address,
                             .client_port = 1,
                             .server_port = 2,
                             .client_first = false,
                             .mid_stream = false,
                             .flow = flow},
                            segment.side, packet);
      if (slot_ == Streams::kHeard) slot_ = kNoSlot;
    } else if (slot_ != kNoSlot) {
      (void)streams.packet(slot_, flow, segment.side, packet);
    }
  }
  void forget() { slot_ = kNoSlot; }

  std::vector<std::string> log;
  Lines lines{log, "abcdefgh+?!=%"};
  Lines others{log, "xyz"};
  NoSink sink;
  base::Interner names;
  Context context{.sink = sink, .names = names};
  Streams streams{context};

 private:
  static constexpr std::int64_t kSecond = 1'000'000'000;
  std::uint64_t number_ = 0;
  Slot slot_ = kNoSlot;
};

struct Row {
  const char* what;
  std::vector<Segment> segments;
  std::vector<std::string> log;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.what; }

class Bytes : public ::testing::TestWithParam<Row> {};

TEST_P(Bytes, Order) {
  Feeder feeder;
  for (const Segment& segment : GetParam().segments) feeder.feed(segment);
  feeder.streams.finish();
  EXPECT_EQ(feeder.log, GetParam().log);
}

const std::string kBegin = "begin abcdefgh+?!=%";
const std::vector<Row> kOrder{
    {"in order, both sides, closed by both",
     {{c, 10, "a."},
      {s, 90, "bc.d."},
      {c, 12, "e.", flag::ack | flag::fin},
      {s, 95, "", flag::ack | flag::fin}},
     {kBegin, "c a", "s bc", "s d", "c e", "c fin", "s fin", "end closed 4 5"}},
    {"nobody claims it", {{c, 10, "Q."}, {c, 12, "Q."}}, {}},
    {"a reset ends it",
     {{c, 10, "a."}, {s, 90, "", flag::rst}},
     {kBegin, "c a", "s reset", "end closed 2 0"}},
    {"a message in three segments",
     {{c, 10, "a"}, {c, 11, "b"}, {c, 12, "c.d."}},
     {kBegin, "c abc", "c d", "end capture 6 0"}},
    {"repeated and overlapping segments",
     {{c, 10, "a.b"}, {c, 10, "a.b"}, {c, 11, ".bc.d"}, {c, 15, "d."}},
     {kBegin, "c a", "c bc", "c d", "end capture 7 0"}},
    {"out of order",
     {{c, 10, "a."}, {c, 14, "c."}, {c, 18, "e."}, {c, 16, "d."}, {c, 12, "b."}},
     {kBegin, "c a", "c b", "c c", "c d", "c e", "end capture 10 0"}},
    {"a hole that the other side acknowledges three times",
     {{c, 10, "a."},
      {c, 14, "c."},
      {s, 90, "", flag::ack, 16},
      {s, 90, "", flag::ack, 16},
      {s, 90, "", flag::ack, 16},
      {c, 16, "d."}},
     {kBegin, "c a", "c gap", "c c", "c d", "end capture 8 0"}},
    {"acknowledgments before the hole say nothing",
     {{c, 10, "a."},
      {c, 14, "c."},
      {s, 90, "", flag::ack, 12},
      {s, 90, "", flag::ack, 12},
      {s, 90, "", flag::ack, 12},
      {c, 12, "b."}},
     {kBegin, "c a", "c b", "c c", "end capture 6 0"}},
    {"a FIN before the bytes in front of it",
     {{c, 10, "a."}, {c, 14, "c.", flag::ack | flag::fin}, {c, 12, "b."}},
     {kBegin, "c a", "c b", "c c", "c fin", "end capture 6 0"}},
    {"a FIN behind bytes that were never captured",
     {{c, 10, "a."}, {c, 14, "", flag::ack | flag::fin}, {s, 90, "", flag::ack, 15}},
     {kBegin, "c a", "c gap", "c fin", "end capture 4 0"}},
    {"skipped bytes are not seen, also in the middle of segments",
     {{c, 10, "+4.zz"}, {c, 15, "zzb."}},
     {kBegin, "c +4", "c b", "end capture 9 0"}},
    {"a hole in skipped bytes is none",
     {{c, 10, "+4."}, {c, 15, "zzb."}},
     {kBegin, "c +4", "c b", "end capture 9 0"}},
    {"skipped bytes behind a hole",
     {{c, 10, "a."}, {c, 16, "zzb."}, {c, 12, "+3.z"}},
     {kBegin, "c a", "c +3", "c b", "end capture 10 0"}},
    {"wants: not asked again before there are enough",
     {{c, 10, "?"}, {c, 11, "b"}, {c, 12, "."}, {c, 13, "cd."}},
     {kBegin, "c ?b", "c cd", "end capture 6 0"}},
    {"done: no end is told", {{c, 10, "!."}, {c, 12, "Q"}}, {kBegin, "c !"}},
    {"cut by the snap length",
     {{c, 10, "a.b", flag::ack, 0, 5}, {c, 18, "c."}},
     {kBegin, "c a", "c gap", "c c", "end capture 10 0"}},
    {"cut by the snap length: what is there of a message may be read",
     {{c, 10, "%4", flag::ack, 0, 3}, {c, 15, "c."}},
     {kBegin, "c %4", "c c", "end capture 7 0"}},
    {"cut by the snap length in skipped bytes",
     {{c, 10, "+4.z", flag::ack, 0, 3}, {c, 17, "c."}},
     {kBegin, "c +4", "c c", "end capture 9 0"}},
    {"another protocol from here on",
     {{c, 10, "=."}, {s, 90, "x."}, {c, 12, "y."}},
     {kBegin, "c =", "end over 2 0", "begin xyz", "s x", "c y", "end capture 2 2"}},
    {"the words of text lines",
     {{.side = c, .sequence = 0, .text = "a", .said = true},
      {.side = s, .sequence = 0, .text = "!", .said = true}},
     {kBegin, "c says a", "s says !"}},
    {"late, then idle",
     {{.side = c, .sequence = 10, .text = "a."},
      {.side = s, .sequence = 90, .text = "", .seconds = 11},
      {.side = c, .sequence = 12, .text = "Q", .seconds = 200}},
     {kBegin, "c a", "late", "end idle 2 0"}},
};
INSTANTIATE_TEST_SUITE_P(Streams, Bytes, ::testing::ValuesIn(kOrder));

TEST(Streams, AMessageLongerThanABufferIsGivenUp) {
  Feeder feeder;
  feeder.feed({c, 10, "a."});
  const std::string kilobyte(1024, 'a');
  for (std::uint32_t i = 0; i < 40; ++i) feeder.feed({c, 12 + i * 1024, kilobyte});
  feeder.feed({c, 12 + 40 * 1024, ".b."});
  feeder.streams.finish();
  const std::vector<std::string> expected{
      kBegin, "c a", "c gap", "c gap", "c 8192", "c b", "end capture 40965 0"};
  EXPECT_EQ(feeder.log, expected);
}

TEST(Streams, TooManyHolesAreGivenUp) {
  Feeder feeder;
  feeder.feed({c, 10, "a."});
  for (std::uint32_t i = 0; i <= limits::kIslands; ++i) feeder.feed({c, 20 + i * 10, "b."});
  feeder.streams.finish();
  const std::vector<std::string> expected{kBegin, "c a", "c gap", "c b", "end capture 52 0"};
  EXPECT_EQ(feeder.log, expected);
}

TEST(Streams, BuffersUsedUpGiveUpTheOldest) {
  Feeder feeder;
  for (Slot flow = 1; flow <= limits::kStreamBuffers + 1; ++flow) {
    feeder.feed({c, 10, "a"}, flow);
    feeder.forget();
  }
  EXPECT_EQ(std::ranges::count(feeder.log, "c gap"), 1);
  EXPECT_EQ(feeder.context.totals.evicted, 1U);
}

TEST(Streams, AFullTableGivesUpTheOldest) {
  Feeder feeder;
  for (Slot flow = 1; flow <= limits::kConversations + 2; ++flow) {
    feeder.feed({c, 10, "a."}, flow);
    feeder.forget();
  }
  EXPECT_EQ(std::ranges::count(feeder.log, "end pushed 2 0"), 2);
  EXPECT_EQ(feeder.context.totals.evicted, 2U);
  feeder.streams.finish();
}

}  // namespace
}  // namespace whydown::journey
