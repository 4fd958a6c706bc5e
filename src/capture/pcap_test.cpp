#include "capture/pcap.h"

#include "capture/limits.h"
#include "capture/reader.h"
#include "capture/test_files.h"

namespace whydown::capture {
namespace {

using namespace testing;
using Ids = std::vector<std::string>;

struct Read {
  std::vector<Seen> frames;
  base::InputInfo info;
};

Read read(const Bytes& file) {
  auto reader = make_pcap_reader(Input::of_bytes(file), {"test.pcap", 0, {}});
  if (!reader) {
    ADD_FAILURE() << reader.error().message();
    return {};
  }
  Read result;
  result.frames = all_frames(**reader);
  EXPECT_EQ((*reader)->next(), nullptr) << "must stay at its end";
  result.info = (*reader)->info();
  return result;
}

TEST(Pcap, ReadsEveryMagic) {
  struct Row {
    const char* name;
    std::uint32_t magic;
    bool big;
    std::int64_t fraction_ns;
  };
  const Row rows[] = {
      {"microseconds, little-endian", 0xa1b2c3d4, false, 250'000},
      {"microseconds, big-endian", 0xa1b2c3d4, true, 250'000},
      {"nanoseconds, little-endian", 0xa1b23c4d, false, 250},
      {"nanoseconds, big-endian", 0xa1b23c4d, true, 250},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto [frames, info] =
        read(joined({pcap_header({.big = row.big, .magic = row.magic, .network = 113}),
                     pcap_record(1'700'000'000, 250, 60, 1514, row.big),
                     pcap_record(1'700'000'001, 0, 0, 0, row.big)}));
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_EQ(frames[0].number, 1U);
    EXPECT_EQ(frames[0].time_ns, 1'700'000'000'000'000'000 + row.fraction_ns);
    EXPECT_EQ(frames[0].captured, 60U);
    EXPECT_EQ(frames[0].length, 1514U);
    EXPECT_EQ(frames[0].link_type, LinkType::linux_sll);
    EXPECT_TRUE(frames[0].has_time);
    EXPECT_EQ(frames[1].number, 2U);
    EXPECT_EQ(frames[1].captured, 0U) << "a record of no bytes is a packet too";
    EXPECT_EQ(info.format, "pcap");
    EXPECT_EQ(info.link_type, "LINUX_SLL");
    EXPECT_EQ(info.packets, 2U);
    EXPECT_EQ(base::ns_of(*info.first_time), frames[0].time_ns);
    EXPECT_EQ(base::ns_of(*info.last_time), frames[1].time_ns);
    EXPECT_EQ(remark_ids(info), Ids{"capture.snaplen"});
  }
}

TEST(Pcap, ReadsTheModifiedFormat) {
  for (const bool big : {false, true}) {
    Writer file(big);
    file.add(pcap_header({.big = big, .magic = 0xa1b2cd34}));
    for (const unsigned packet_type : {0U, 3U, 4U}) {
      file.u32(5).u32(6).u32(4).u32(4).u32(2).u16(0x800).u8(packet_type).u8(0).fill(4);
    }
    const auto [frames, info] = read(file.bytes());
    ASSERT_EQ(frames.size(), 3U);
    EXPECT_EQ(frames[0].direction, Direction::inbound);
    EXPECT_EQ(frames[1].direction, Direction::unknown);
    EXPECT_EQ(frames[2].direction, Direction::outbound);
    EXPECT_EQ(frames[2].captured, 4U);
    EXPECT_EQ(frames[2].time_ns, 5'000'006'000);
    EXPECT_TRUE(info.remarks.empty());
  }
}

TEST(Pcap, LooksAtTheMagicOnly) {
  EXPECT_FALSE(pcap_magic({}));
  EXPECT_FALSE(pcap_magic(Bytes{0xd4, 0xc3, 0xb2}));
  EXPECT_FALSE(pcap_magic(Bytes{0xd4, 0xc3, 0xb2, 0xa2}));
  ASSERT_TRUE(pcap_magic(Bytes{0xd4, 0xc3, 0xb2, 0xa1}));
  EXPECT_NE(pcap_magic(Bytes{0xd4, 0xc3, 0xb2, 0xa1})->swapped,
            pcap_magic(Bytes{0xa1, 0xb2, 0xc3, 0xd4})->swapped);
}

TEST(Pcap, HeaderWithoutPacketsIsAnInput) {
  const auto [frames, info] = read(pcap_header());
  EXPECT_TRUE(frames.empty());
  EXPECT_EQ(info.packets, 0U);
  EXPECT_EQ(info.link_type, "EN10MB");
  EXPECT_FALSE(info.first_time);
  EXPECT_TRUE(info.remarks.empty());
}

TEST(Pcap, HeaderThatIsCutIsNone) {
  for (std::size_t size = 4; size < 24; ++size) {
    auto file = pcap_header();
    file.resize(size);
    const auto reader = make_pcap_reader(Input::of_bytes(file), {"test.pcap", 0, {}});
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().where, "test.pcap");
    EXPECT_NE(reader.error().found.find("cut within its file header"), std::string::npos);
  }
}

TEST(Pcap, SnapLength) {
  struct Row {
    std::uint32_t snaplen;
    std::optional<std::uint32_t> expected;
    Ids remarks;
  };
  const Row rows[] = {
      {0, std::nullopt, {}},
      {0xffffffff, std::nullopt, {}},
      {262144, std::nullopt, {}},
      {65535, 65535, {}},
      {100, 100, {}},
      {99, 99, {"capture.beyond_snaplen"}},
  };
  for (const auto& row : rows) {
    const auto [frames, info] =
        read(joined({pcap_header({.snaplen = row.snaplen}), pcap_record(1, 0, 100, 100)}));
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].captured, 100U);
    EXPECT_EQ(info.snaplen, row.expected);
    EXPECT_EQ(remark_ids(info), row.remarks);
  }
}

TEST(Pcap, LinkTypes) {
  struct Row {
    std::uint32_t network;
    std::uint16_t type;
    const char* name;
  };
  const Row rows[] = {
      {0, 0, "NULL"},
      {1, 1, "EN10MB"},
      {0x24000001, 1, "EN10MB"},  // FCS of 4 bytes at the end, says the upper half
      {9, 9, "PPP"},
      {12, 101, "RAW"},
      {14, 101, "RAW"},
      {101, 101, "RAW"},
      {105, 105, "IEEE802_11"},
      {108, 108, "LOOP"},
      {127, 127, "IEEE802_11_RADIO"},
      {228, 228, "IPV4"},
      {229, 229, "IPV6"},
      {276, 276, "LINUX_SLL2"},
      {999, 999, "LINKTYPE_999"},
      {0xff00, 0xfeff, "LINKTYPE_65279"},  // no file may claim to be our text
      {0xffff, 0xfeff, "LINKTYPE_65279"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.network);
    const auto [frames, info] =
        read(joined({pcap_header({.network = row.network}), pcap_record(1, 0, 4, 4)}));
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(static_cast<std::uint16_t>(frames[0].link_type), row.type);
    EXPECT_EQ(info.link_type, row.name);
  }
}

TEST(Pcap, DamageEndsTheInputAndIsSaid) {
  const Bytes good = joined({pcap_header(), pcap_record(1, 0, 60, 60), pcap_record(2, 0, 60, 60)});
  struct Row {
    const char* name;
    Bytes tail;
    const char* id;
    const char* words;
  };
  const Row rows[] = {
      {"cut in a record's header", Bytes(5, 1), "capture.truncated_file",
       "within packet 3, whose record begins at byte 176: 11 of the 16 bytes of its header"},
      {"cut in a record's bytes", Writer().u32(3).u32(0).u32(98).u32(98).fill(55).bytes(),
       "capture.truncated_file", "43 of the 114 bytes of its record are missing"},
      {"cut before a record's bytes", Writer().u32(3).u32(0).u32(98).u32(98).bytes(),
       "capture.truncated_file", "98 of the 114 bytes of its record are missing"},
      {"a record of 4 GB", Writer().u32(3).u32(0).u32(0xffffffff).u32(0xffffffff).fill(99).bytes(),
       "capture.damaged", "Packet 3 (at byte 176) claims a length of 4294967295 bytes"},
      {"one byte too large", Writer().u32(3).u32(0).u32(262145).u32(262145).fill(300000).bytes(),
       "capture.damaged", "claims a length of 262145 bytes; expected at most 262144"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto [frames, info] = read(joined({good, row.tail}));
    EXPECT_EQ(frames.size(), 2U);
    EXPECT_EQ(info.packets, 2U);
    ASSERT_EQ(info.remarks.size(), 1U);
    EXPECT_EQ(info.remarks[0].id, row.id);
    EXPECT_EQ(info.remarks[0].severity, base::Severity::warning);
    EXPECT_NE(info.remarks[0].text.find(row.words), std::string::npos) << info.remarks[0].text;
    ASSERT_EQ(info.remarks[0].packets.size(), 1U);
    EXPECT_EQ(info.remarks[0].packets[0].number, 2U) << "the last packet that is whole";
  }
}

TEST(Pcap, EveryCutGivesTheWholePacketsBefore) {
  const Bytes file = joined(
      {pcap_header(), pcap_record(1, 0, 10, 10), pcap_record(2, 0, 0, 0), pcap_record(3, 0, 7, 7)});
  const std::size_t ends[] = {24, 50, 66, 89};
  for (std::size_t size = 24; size <= file.size(); ++size) {
    const auto [frames, info] =
        read(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)));
    const auto whole = std::count_if(std::begin(ends), std::end(ends),
                                     [size](std::size_t end) { return end <= size; });
    const bool at_end = std::find(std::begin(ends), std::end(ends), size) != std::end(ends);
    EXPECT_EQ(frames.size() + 1, static_cast<std::size_t>(whole)) << size;
    EXPECT_EQ(remark_of(info, "capture.truncated_file") == nullptr, at_end) << size;
  }
}

TEST(Pcap, LargestRecordIsRead) {
  const auto [frames, info] =
      read(joined({pcap_header(), pcap_record(1, 0, kMaxRecord, kMaxRecord),
                   pcap_record(2, 0, kMaxRecord, kMaxRecord), pcap_record(3, 0, 1, 1)}));
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(frames[1].captured, kMaxRecord);
  EXPECT_TRUE(info.remarks.empty());
}

TEST(Pcap, OddTimes) {
  const auto [frames, info] =
      read(joined({pcap_header(), pcap_record(10, 0, 1, 1), pcap_record(10, 1'500'000, 1, 1),
                   pcap_record(9, 999'999, 1, 1), pcap_record(0xffffffff, 0xffffffff, 1, 1),
                   pcap_record(8, 0, 1, 1)}));
  ASSERT_EQ(frames.size(), 5U);
  EXPECT_EQ(frames[1].time_ns, 11'500'000'000);
  EXPECT_EQ(frames[2].time_ns, 9'999'999'000) << "the file's order is kept";
  EXPECT_EQ(base::ns_of(*info.first_time), 8'000'000'000);
  EXPECT_EQ(base::ns_of(*info.last_time), frames[3].time_ns);
  const auto* backwards = remark_of(info, "capture.time_backwards");
  ASSERT_NE(backwards, nullptr);
  EXPECT_EQ(backwards->count, 2U);
  ASSERT_EQ(backwards->packets.size(), 2U);
  EXPECT_EQ(backwards->packets[0].number, 3U);
  EXPECT_EQ(backwards->packets[1].number, 5U);
  const auto* bad = remark_of(info, "capture.bad_timestamp");
  ASSERT_NE(bad, nullptr);
  EXPECT_EQ(bad->count, 2U);
  EXPECT_EQ(bad->packets[0].number, 2U);
}

TEST(Pcap, RemarksNameOnlyTheFirstPackets) {
  Writer file;
  file.add(pcap_header());
  for (std::uint32_t i = 0; i < 100; ++i) file.add(pcap_record(i, 0, 4, 100));
  const auto [frames, info] = read(file.bytes());
  const auto* cut = remark_of(info, "capture.snaplen");
  ASSERT_NE(cut, nullptr);
  EXPECT_EQ(cut->count, 100U);
  EXPECT_EQ(cut->packets.size(), kMaxRemarkPlaces);
  EXPECT_EQ(cut->packets[7].number, 8U);
}

TEST(Pcap, OldVersionsSwappedTheLengths) {
  struct Row {
    std::uint16_t minor;
    std::uint32_t first;
    std::uint32_t second;
    std::uint32_t captured;
    std::uint32_t length;
  };
  const Row rows[] = {
      {2, 100, 4, 4, 100}, {3, 100, 4, 4, 100}, {3, 4, 100, 4, 100}, {4, 4, 100, 4, 100}};
  for (const auto& row : rows) {
    const auto [frames, info] =
        read(joined({pcap_header({.minor = row.minor}),
                     Writer().u32(1).u32(0).u32(row.first).u32(row.second).fill(4).bytes()}));
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].captured, row.captured);
    EXPECT_EQ(frames[0].length, row.length);
  }
}

TEST(Pcap, OtherVersionsAreSaid) {
  const auto [frames, info] =
      read(joined({pcap_header({.major = 7, .minor = 7}), pcap_record(1, 0, 4, 4)}));
  EXPECT_EQ(frames.size(), 1U);
  EXPECT_EQ(remark_ids(info), Ids{"capture.damaged"});
}

TEST(Pcap, WireLengthIsNeverLessThanTheBytes) {
  const auto [frames, info] = read(joined({pcap_header(), pcap_record(1, 0, 20, 0)}));
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].length, 20U);
}

// Across many refills of the buffer every byte is where it belongs.
TEST(Pcap, BytesSurviveRefills) {
  Writer file;
  file.add(pcap_header());
  constexpr std::uint32_t count = 3000;
  for (std::uint32_t i = 0; i < count; ++i) {
    file.add(pcap_record(i, 0, i % 1500, i % 1500, false, static_cast<std::uint8_t>(i)));
  }
  auto reader = make_pcap_reader(Input::of_bytes(file.bytes()), {"test.pcap", 3, {}});
  ASSERT_TRUE(reader);
  std::uint32_t i = 0;
  while (const Frame* frame = (*reader)->next()) {
    ASSERT_EQ(frame->bytes.size(), i % 1500);
    const bool same = std::all_of(frame->bytes.begin(), frame->bytes.end(), [i](std::uint8_t b) {
      return b == static_cast<std::uint8_t>(i);
    });
    ASSERT_TRUE(same) << i;
    ASSERT_EQ(frame->place.input, 3U);
    ++i;
  }
  EXPECT_EQ(i, count);
}

}  // namespace
}  // namespace whydown::capture
