#include "capture/pcapng.h"

#include <limits>

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
  auto reader = make_pcapng_reader(Input::of_bytes(file), {"test.pcapng", 0, {}});
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

Bytes ethernet_section(const std::vector<Bytes>& blocks) {
  return joined({section(), interface_block(1), joined(blocks)});
}

TEST(Pcapng, BothByteOrdersInOneFile) {
  Bytes file;
  for (const bool big : {false, true, false}) {
    file = joined({file, section(big), interface_block(113, 0, {}, big),
                   enhanced(0, 1'700'000'000'250'000, 5, 1514, {}, big)});
  }
  const auto [frames, info] = read(file);
  ASSERT_EQ(frames.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(frames[i].number, i + 1);
    EXPECT_EQ(frames[i].time_ns, 1'700'000'000'250'000'000);
    EXPECT_EQ(frames[i].captured, 5U);
    EXPECT_EQ(frames[i].length, 1514U);
    EXPECT_EQ(frames[i].link_type, LinkType::linux_sll);
  }
  EXPECT_EQ(info.format, "pcapng");
  EXPECT_EQ(info.link_type, "LINUX_SLL");
  EXPECT_EQ(remark_ids(info), Ids{"capture.snaplen"});
}

TEST(Pcapng, TimeScales) {
  struct Row {
    const char* name;
    std::uint8_t resolution;
    std::int64_t offset;
    std::uint64_t ticks;
    std::optional<std::int64_t> ns;
  };
  constexpr std::uint64_t huge = ~std::uint64_t{0};
  const Row rows[] = {
      {"microseconds", 6, 0, 1'700'000'000'000'001, 1'700'000'000'000'001'000},
      {"nanoseconds", 9, 0, 1'700'000'000'000'000'001, 1'700'000'000'000'000'001},
      {"seconds", 0, 0, 7, 7'000'000'000},
      {"milliseconds", 3, 0, 7, 7'000'000},
      {"picoseconds", 12, 0, 7'999, 7},
      {"10^-19 s", 19, 0, 20'000'000'000, 2},
      {"finer than 64 bits hold", 127, 0, huge, 0},
      {"binary seconds", 0x80, 0, 7, 7'000'000'000},
      {"half seconds", 0x81, 0, 7, 3'500'000'000},
      {"2^-20 s", 0x94, 0, (std::uint64_t{3} << 20U) + (1U << 19U), 3'500'000'000},
      {"2^-32 s, as NTP", 0xa0, 0, (std::uint64_t{3} << 32U) + (1U << 30U), 3'250'000'000},
      {"2^-63 s", 0xbf, 0, std::uint64_t{3} << 62U, 1'500'000'000},
      {"2^-64 s", 0xc0, 0, std::uint64_t{1} << 63U, 500'000'000},
      {"2^-127 s", 0xff, 0, huge, 0},
      {"offset", 6, 1'700'000'000, 5, 1'700'000'000'000'005'000},
      {"before 1970", 6, -2, 500'000, -1'500'000'000},
      {"too late", 6, 0, huge, std::nullopt},
      {"too late in seconds", 0, 0, 10'000'000'000, std::nullopt},
      {"too late by its offset", 9, 1'000'000'000'000, 0, std::nullopt},
      {"too early by its offset", 9, std::numeric_limits<std::int64_t>::min(), 0, std::nullopt},
      {"the last that is", 9, 0, 0x7fffffffffffffff, 0x7fffffffffffffff},
      {"one more", 9, 0, 0x8000000000000000, std::nullopt},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    TimeScale scale(row.resolution);
    scale.set_offset(row.offset);
    const auto time = scale.time(row.ticks);
    ASSERT_EQ(time.has_value(), row.ns.has_value());
    EXPECT_EQ(time ? base::ns_of(*time) : 0, row.ns.value_or(0));

    const auto options =
        joined({option(9, {row.resolution}),
                option(14, Writer().u64(static_cast<std::uint64_t>(row.offset)).bytes())});
    const auto [frames, info] =
        read(joined({section(), interface_block(1, 0, options), enhanced(0, row.ticks, 1, 1)}));
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].has_time, row.ns.has_value());
    EXPECT_EQ(frames[0].time_ns, row.ns.value_or(0));
    EXPECT_EQ(info.first_time.has_value(), row.ns.has_value());
    EXPECT_EQ(remark_ids(info), row.ns ? Ids{} : Ids{"capture.bad_timestamp"});
  }
}

TEST(Pcapng, InterfacesHaveLinkTypesOfTheirOwn) {
  const auto [frames, info] = read(
      joined({section(), interface_block(1, 96), interface_block(101, 200), interface_block(0xff00),
              enhanced(1, 1, 4, 4), enhanced(0, 2, 4, 4), enhanced(2, 3, 4, 4)}));
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(frames[0].link_type, LinkType::raw);
  EXPECT_EQ(frames[1].link_type, LinkType::ethernet);
  EXPECT_EQ(static_cast<int>(frames[2].link_type), 0xfeff);
  EXPECT_EQ(info.link_type, "mixed");
  EXPECT_EQ(info.snaplen, 96U);
}

TEST(Pcapng, UnusedInterfacesDoNotMix) {
  const auto [frames, info] =
      read(joined({section(), interface_block(1), interface_block(113), enhanced(1, 1, 4, 4)}));
  EXPECT_EQ(info.link_type, "LINUX_SLL");
}

TEST(Pcapng, SimpleAndObsoletePackets) {
  const Bytes obsolete = Writer()
                             .u16(1)  // interface
                             .u16(3)  // drops
                             .u32(0)
                             .u32(2'000'000)
                             .u32(4)
                             .u32(60)
                             .fill(4)
                             .add(option(2, Writer().u32(2).bytes()))
                             .bytes();
  const auto [frames, info] = read(joined(
      {section(), interface_block(1, 6), interface_block(101), block(2, obsolete),
       block(3, Writer().u32(5).fill(5).bytes()), block(3, Writer().u32(900).fill(6).bytes())}));
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(frames[0].time_ns, 2'000'000'000);
  EXPECT_EQ(frames[0].link_type, LinkType::raw);
  EXPECT_EQ(frames[0].direction, Direction::outbound);
  EXPECT_EQ(frames[0].length, 60U);
  EXPECT_FALSE(frames[1].has_time);
  EXPECT_EQ(frames[1].captured, 5U) << "without the padding";
  EXPECT_EQ(frames[1].link_type, LinkType::ethernet);
  EXPECT_EQ(frames[1].time_ns, 2'000'000'000) << "keeps the order";
  EXPECT_EQ(frames[2].captured, 6U) << "the snap length of interface 0";
  EXPECT_EQ(frames[2].length, 900U);
  EXPECT_EQ(info.capture_drops, 3U);
  EXPECT_EQ(info.first_time, info.last_time);
}

TEST(Pcapng, DirectionFromFlags) {
  struct Row {
    std::uint32_t flags;
    Direction expected;
  };
  const Row rows[] = {{0, Direction::unknown},
                      {1, Direction::inbound},
                      {2, Direction::outbound},
                      {3, Direction::unknown},
                      {0xfffffffd, Direction::inbound}};
  for (const auto& row : rows) {
    for (const bool big : {false, true}) {
      const auto options =
          joined({option(1, {'h', 'i', '!'}, big),
                  option(2, Writer(big).u32(row.flags).bytes(), big), option(0, {}, big)});
      const auto [frames, info] =
          read(joined({section(big), interface_block(1, 0, {}, big),
                       enhanced(0, 1, 3, 3, options, big), enhanced(0, 2, 3, 3, {}, big)}));
      ASSERT_EQ(frames.size(), 2U);
      EXPECT_EQ(frames[0].direction, row.expected);
      EXPECT_EQ(frames[1].direction, Direction::unknown) << "not the one before's";
    }
  }
}

Bytes statistics(std::uint32_t interface, std::optional<std::uint64_t> interface_drops,
                 std::optional<std::uint64_t> system_drops) {
  Writer body;
  body.u32(interface).u64(0);
  if (interface_drops) body.add(option(5, Writer().u64(*interface_drops).bytes()));
  if (system_drops) body.add(option(7, Writer().u64(*system_drops).bytes()));
  return block(5, body.add(option(0, {})).bytes());
}

TEST(Pcapng, Drops) {
  const auto dropped = [](std::uint64_t count) {
    return enhanced(0, 1, 4, 4, option(4, Writer().u64(count).bytes()));
  };
  constexpr auto none = std::nullopt;
  struct Row {
    const char* name;
    Bytes blocks;
    std::optional<std::uint64_t> expected;
    std::size_t named;
  };
  const Row rows[] = {
      {"nothing said", statistics(0, none, none), none, 0},
      {"none", statistics(0, 0, none), 0, 0},
      {"by interface and system", statistics(0, 3, 4), 7, 0},
      {"counters grow, the last one holds", joined({statistics(0, 3, 4), statistics(0, 5, 4)}), 9,
       0},
      {"by packets", joined({dropped(2), dropped(0), dropped(5)}), 7, 2},
      {"both count the same losses", joined({dropped(2), statistics(0, 3, none)}), 3, 1},
      {"no such interface", statistics(9, 3, 4), none, 0},
      {"over sections",
       joined({statistics(0, 3, none), section(), interface_block(1), statistics(0, 4, none)}), 7,
       0},
      {"saturates", joined({statistics(0, ~std::uint64_t{0}, 5)}), ~std::uint64_t{0}, 0},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto [frames, info] = read(ethernet_section({row.blocks}));
    EXPECT_EQ(info.capture_drops, row.expected);
    const auto* remark = remark_of(info, "capture.drops");
    ASSERT_EQ(remark != nullptr, row.expected.value_or(0) != 0);
    if (remark == nullptr) continue;
    EXPECT_EQ(remark->count, *row.expected);
    EXPECT_EQ(remark->severity, base::Severity::warning);
    EXPECT_EQ(remark->packets.size(), row.named);
  }
}

TEST(Pcapng, FiltersAreKeptAsPlainText) {
  const auto filter = [](std::uint8_t kind, std::string_view words) {
    return interface_block(1, 0, option(11, Writer().u8(kind).text(words).bytes()));
  };
  const auto [frames, info] =
      read(joined({section(), filter(0, "port 53"), filter(0, "port 53"), filter(1, "bpf code"),
                   filter(0, "icmp\x1b[31m\xff"), filter(0, std::string(5000, 'x'))}));
  EXPECT_EQ(info.filter, "port 53; icmp?[31m?");
}

TEST(Pcapng, OtherBlocksAreSkipped) {
  std::vector<Bytes> blocks;
  for (const std::uint32_t type : {4U, 9U, 10U, 0xbadU, 0x40000badU, 77U, 0x80000001U}) {
    blocks.push_back(block(type, Bytes(100, 1)));
    blocks.push_back(enhanced(0, 1, 4, 4));
  }
  blocks.push_back(block(10, Bytes(3'000'000, 1)));
  blocks.push_back(enhanced(0, 1, 4, 4));
  const auto [frames, info] = read(ethernet_section(blocks));
  EXPECT_EQ(frames.size(), 8U);
  EXPECT_TRUE(info.remarks.empty());
}

TEST(Pcapng, ReadableWithoutPackets) {
  for (const auto& file : {section(), joined({section(), interface_block(1)})}) {
    const auto [frames, info] = read(file);
    EXPECT_TRUE(frames.empty());
    EXPECT_TRUE(info.remarks.empty());
    EXPECT_EQ(info.packets, 0U);
  }
}

TEST(Pcapng, FirstBlockThatCannotBeReadIsAnError) {
  struct Row {
    const char* name;
    Bytes file;
    const char* words;
  };
  Bytes cut = section();
  cut.resize(20);
  Bytes no_order = section();
  no_order[8] = 0;
  Bytes huge = section();
  huge[7] = 0x7f;
  const Row rows[] = {
      {"cut", cut, "8 of the 28 bytes of its block are missing"},
      {"no byte order", no_order, "without a byte-order magic"},
      {"version 2", section(false, 2), "version 2.0; expected version 1"},
      {"2 GB", huge, "claims a length of 2130706460 bytes"},
      {"too short", block(0x0a0d0d0a, Writer().u32(0x1a2b3c4d).bytes()), "is 16 bytes long"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto reader = make_pcapng_reader(Input::of_bytes(row.file), {"test.pcapng", 0, {}});
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().where, "test.pcapng");
    EXPECT_NE(reader.error().found.find(row.words), std::string::npos) << reader.error().found;
  }
}

TEST(Pcapng, DamageEndsTheInputAndIsSaid) {
  Bytes cut = enhanced(0, 3, 60, 60);
  cut.resize(50);
  Bytes bad_trailer = enhanced(0, 3, 60, 60);
  bad_trailer[bad_trailer.size() - 4] ^= 4;
  Bytes no_order = section();
  no_order[8] = 0;
  Bytes large_cut = block(10, Bytes(2'000'000, 1));
  large_cut.resize(1'500'000);
  Bytes large_bad = block(10, Bytes(2'000'000, 1));
  large_bad.back() = 1;
  struct Row {
    const char* name;
    Bytes tail;
    const char* id;
    const char* words;
  };
  const Row rows[] = {
      {"cut in a block", cut, "capture.truncated_file", "42 of the 92 bytes of its block"},
      {"cut in a header",
       {6, 0, 0, 0, 92, 0, 0},
       "capture.truncated_file",
       "5 of the 12 bytes of its header"},
      {"a block of 4 GB", Writer().u32(6).u32(0xfffffffc).fill(100).bytes(), "capture.damaged",
       "claims a length of 4294967292 bytes; expected a multiple of 4"},
      {"a block of no bytes", Bytes(100, 0), "capture.damaged", "claims a length of 0 bytes"},
      {"an odd length", Writer().u32(6).u32(45).fill(100).bytes(), "capture.damaged", "45 bytes"},
      {"lengths that differ before garbage", joined({bad_trailer, Bytes(50, 0xee)}),
       "capture.damaged", "as 92 where it begins and as 88 where it ends"},
      {"a section without its order", no_order, "capture.damaged", "byte-order magic"},
      {"a section of version 3", section(true, 3), "capture.damaged", "version 3.0"},
      {"a large block cut", large_cut, "capture.truncated_file", "500012 of the 2000012 bytes"},
      {"a large block's end", large_bad, "capture.damaged", "as 2000012 where it begins"},
  };
  const Bytes good = ethernet_section({enhanced(0, 1, 4, 4), enhanced(0, 2, 4, 4)});
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto [frames, info] = read(joined({good, row.tail}));
    EXPECT_EQ(frames.size(), 2U);
    ASSERT_EQ(info.remarks.size(), 1U);
    EXPECT_EQ(info.remarks[0].id, row.id);
    EXPECT_NE(info.remarks[0].text.find(row.words), std::string::npos) << info.remarks[0].text;
    EXPECT_NE(info.remarks[0].text.find("fter packet 2"), std::string::npos);
    ASSERT_EQ(info.remarks[0].packets.size(), 1U);
    EXPECT_EQ(info.remarks[0].packets[0].number, 2U);
  }
}

TEST(Pcapng, DamageThatCanBePassedIsSaidAndPassed) {
  Bytes bad_trailer = enhanced(0, 2, 60, 60);
  bad_trailer[bad_trailer.size() - 4] ^= 4;
  Bytes clipped = enhanced(0, 2, 8, 90);
  clipped[20] = 80;
  const Bytes far_options = enhanced(0, 2, 4, 4, Writer().u16(2).u16(400).u32(0).bytes());
  struct Row {
    const char* name;
    Bytes middle;
    std::size_t frames;
    const char* words;
  };
  const Row rows[] = {
      {"lengths that differ", bad_trailer, 3, "two different lengths"},
      {"before a section of the other order",
       joined({bad_trailer, section(true), interface_block(1, 0, {}, true), section(),
               interface_block(1)}),
       3, "two different lengths"},
      {"captured length past the block", clipped, 3, "shorter in the file"},
      {"options past the block", far_options, 3, "run past the block's end"},
      {"no such interface", enhanced(7, 2, 4, 4), 2, "could not be read"},
      {"a packet block of 20 bytes", block(6, Bytes(8, 0)), 2, "could not be read"},
      {"a simple packet of nothing", block(3, {}), 2, "could not be read"},
      {"a record of 300 KB", enhanced(0, 2, 300'000, 300'000), 2, "could not be read"},
      {"a record of 1 MB", enhanced(0, 2, 1'000'000, 1'000'000), 2, "could not be read"},
      {"an interface too short", block(1, Bytes(4, 0)), 2, "options, or an interface"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto [frames, info] =
        read(ethernet_section({enhanced(0, 1, 4, 4), row.middle, enhanced(0, 3, 4, 4)}));
    EXPECT_EQ(frames.size(), row.frames);
    const auto* remark = remark_of(info, "capture.damaged");
    ASSERT_NE(remark, nullptr);
    EXPECT_NE(remark->text.find(row.words), std::string::npos) << remark->text;
    EXPECT_EQ(info.packets, frames.empty() ? 0 : frames.back().number);
  }
}

// The number counts although there is no frame: Wireshark's numbers must stay ours.
TEST(Pcapng, LostPacketsKeepTheirNumber) {
  const auto [frames, info] =
      read(ethernet_section({enhanced(0, 1, 4, 4), enhanced(7, 2, 4, 4), enhanced(0, 3, 4, 4)}));
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[1].number, 3U);
  EXPECT_EQ(info.packets, 3U);
}

TEST(Pcapng, InterfacesAreLimited) {
  Bytes file = section();
  for (std::size_t i = 0; i < kMaxInterfaces + 5; ++i) file = joined({file, interface_block(1)});
  file = joined({file, enhanced(kMaxInterfaces - 1, 1, 4, 4), enhanced(kMaxInterfaces, 2, 4, 4)});
  const auto [frames, info] = read(file);
  EXPECT_EQ(frames.size(), 1U);
  EXPECT_EQ(remark_ids(info), (Ids{"capture.damaged", "capture.damaged"}));
}

TEST(Pcapng, EveryCutGivesTheWholePacketsBefore) {
  const Bytes start = joined({section(), interface_block(1)});
  const Bytes one = enhanced(0, 1, 5, 5, option(2, Writer().u32(1).bytes()));
  const Bytes file = joined({start, one, one});
  for (std::size_t size = start.size(); size <= file.size(); ++size) {
    const auto [frames, info] =
        read(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)));
    EXPECT_EQ(frames.size(), (size - start.size()) / one.size());
    EXPECT_EQ(info.remarks.empty(), (size - start.size()) % one.size() == 0) << size;
  }
}

TEST(Pcapng, LooksAtTheMagicOnly) {
  for (const bool big : {false, true}) EXPECT_TRUE(is_pcapng(section(big)));
  Bytes head = section();
  head.resize(11);
  EXPECT_FALSE(is_pcapng(head));
  EXPECT_FALSE(is_pcapng(Writer().u32(0x0a0d0d0a).u32(28).u32(0x1a2b3c4e).bytes()));
}

}  // namespace
}  // namespace whydown::capture
