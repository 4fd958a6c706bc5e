#include <algorithm>

#include <unistd.h>

#include "capture/merge.h"
#include "capture/sniff.h"
#include "capture/test_files.h"

namespace whydown::capture {
namespace {

using namespace testing;
using Ids = std::vector<std::string>;

Bytes capture_at(const std::vector<std::uint32_t>& seconds) {
  Bytes file = pcap_header();
  for (const auto second : seconds) file = joined({file, pcap_record(second, 0, 4, 4)});
  return file;
}

struct Read {
  std::vector<Seen> frames;
  std::vector<base::InputInfo> infos;
};

Read read(const std::vector<std::string>& paths, bool hash = false) {
  OpenOptions options;
  options.hash = hash;
  auto source = open(paths, options);
  if (!source) {
    ADD_FAILURE() << source.error().message();
    return {};
  }
  Read result;
  result.frames = all_frames(**source);
  EXPECT_EQ((*source)->next(), nullptr) << "must stay at its end";
  result.infos = (*source)->inputs();
  return result;
}

TEST(Open, FindsOutWhatAFileHolds) {
  const Bytes pcap = capture_at({1, 2, 3});
  const Bytes pcapng =
      joined({section(true), interface_block(1, 0, {}, true),
              enhanced(0, 1'000'000, 4, 4, {}, true), enhanced(0, 3'000'000, 4, 4, {}, true)});
  struct Row {
    Bytes stored;
    const char* format;
    const char* compression;
    std::uint64_t packets;
  };
  const Row rows[] = {
      {pcap, "pcap", "", 3},
      {gzipped(pcap), "pcap", "gzip", 3},
      {zstd_packed(pcap), "pcap", "zstd", 3},
      {pcapng, "pcapng", "", 2},
      {gzipped(pcapng), "pcapng", "gzip", 2},
      {pcap_header(), "pcap", "", 0},
      {section(), "pcapng", "", 0},
  };
  for (const auto& row : rows) {
    const TempFile file(row.stored, "some.name");
    const auto [frames, infos] = read({file.path()}, true);
    ASSERT_EQ(infos.size(), 1U);
    EXPECT_EQ(frames.size(), row.packets);
    EXPECT_EQ(infos[0].path, file.path());
    EXPECT_EQ(infos[0].format, row.format);
    EXPECT_EQ(infos[0].compression, row.compression);
    EXPECT_EQ(infos[0].packets, row.packets);
    EXPECT_EQ(infos[0].bytes, row.stored.size());
    EXPECT_EQ(infos[0].sha256.size(), 64U);
    EXPECT_FALSE(infos[0].is_text);
    EXPECT_TRUE(infos[0].remarks.empty());
  }
}

TEST(Open, ReadsStandardInput) {
  const TempFile file(capture_at({1, 2}));
  const int kept = dup(STDIN_FILENO);
  ASSERT_NE(std::freopen(file.path().c_str(), "rb", stdin), nullptr);
  const auto [frames, infos] = read({"-"}, true);
  EXPECT_EQ(frames.size(), 2U);
  ASSERT_EQ(infos.size(), 1U);
  EXPECT_EQ(infos[0].path, "-");
  EXPECT_EQ(infos[0].bytes, 64U);
  if (kept >= 0) {
    dup2(kept, STDIN_FILENO);
    close(kept);
  }
}

TEST(Open, WhatIsNotReadableIsNamed) {
  const auto text = [](std::string_view words) { return Writer().text(words).bytes(); };
  Bytes header_cut = pcap_header();
  header_cut.resize(10);
  struct Row {
    const char* name;
    Bytes stored;
    const char* found;
    const char* advice;
  };
  const Row rows[] = {
      {"empty", {}, "an empty file", "stopped before it wrote"},
      {"empty gzip", gzipped({}), "an empty file (packed with gzip)", "stopped"},
      {"PNG", text("\x89PNG\r\n\x1a\n...."), "a PNG image", "plain text"},
      {"JPEG", {0xff, 0xd8, 0xff, 0xe0}, "a JPEG image", "plain text"},
      {"PDF", text("%PDF-1.7\n"), "a PDF document", "plain text"},
      {"DOCX", text("PK\x03\x04...."), "a ZIP archive", "unpack"},
      {"ELF",
       text("\x7f"
            "ELF"),
       "an ELF program", ""},
      {"snoop", Writer(true).text("snoop").fill(3, 0).u32(2).u32(4).bytes(), "a snoop capture",
       "editcap"},
      {"netmon", text("GMBU...."), "Network Monitor", "tshark -r IN -w OUT.pcapng"},
      {"bzip2", text("BZh91AY"), "packed with bzip2", "bunzip2"},
      {"tar", Writer().text("file").fill(253, 0).text("ustar").fill(250, 0).bytes(),
       "a tar archive", "unpack"},
      {"gzip in gzip", gzipped(gzipped(capture_at({1}))), "within the compressed file", "unpack"},
      {"wrong magic", Writer().u32(0xa1b2c3d5).u32(0x00040002).fill(100, 0).bytes(),
       "beginning d5 c3 b2 a1 02 00 04 00 00 00 00 00 00 00 00 00", "damaged"},
      {"a few bytes", {0, 1, 2}, "beginning 00 01 02", "damaged"},
      {"pcap header cut", header_cut, "cut within its file header, after 10 bytes", "again"},
      {"pcapng of version 9", section(false, 9), "version 9.0", "again"},
      {"gzip of nothing readable",
       {0x1f, 0x8b, 8, 0, 0},
       "the gzip stream ends at stored byte 5",
       "again"},
      {"zstd with a huge window", zstd_packed(capture_at({1, 2, 3}), 27), "more than 8 MiB",
       "again"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const TempFile file(row.stored);
    const auto source = open({file.path()}, {});
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().where, file.path());
    EXPECT_NE(source.error().found.find(row.found), std::string::npos) << source.error().found;
    EXPECT_FALSE(source.error().expected.empty());
    EXPECT_NE(source.error().advice.find(row.advice), std::string::npos) << source.error().advice;
  }
}

TEST(Open, SniffingLeavesTextAlone) {
  const std::string_view rows[] = {
      "13:24:32.192571 IP 192.0.2.1.5 > 192.0.2.2.53: 1+ A? example.com. (29)\n",
      "\xef\xbb\xbfNo.,Time,Source\r\n",
      "\x1b[32m12:00:00 IP\x1b[0m",
      "na\xc3\xafve caf\xe9 in Latin-1",
      "{\"_index\": \"packets\"}",
      "<html><body>",
  };
  for (const auto row : rows) {
    EXPECT_FALSE(known_as_other(Writer().text(row).bytes())) << row;
  }
  EXPECT_FALSE(known_as_other(Bytes{0xff, 0xfe, 'a', 0, 'b', 0, 'c', 0})) << "UTF-16";
  Bytes one_zero(100, 'a');
  one_zero[50] = 0;
  EXPECT_FALSE(known_as_other(one_zero));
}

TEST(Open, FailsWithTheFirstInputThatHoldsNothing) {
  const TempFile good(capture_at({1}), "good");
  const TempFile empty({}, "empty");
  const auto source = open({good.path(), "/nowhere", empty.path()}, {});
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().where, "/nowhere");
  EXPECT_FALSE(open({}, {}));
  EXPECT_FALSE(open({"-", good.path(), "-"}, {}));
  EXPECT_EQ(open(std::vector<std::string>(10'000, good.path()), {}).error().found, "10000 inputs");
}

TEST(Open, MergesByTime) {
  struct Row {
    const char* name;
    std::vector<std::vector<std::uint32_t>> inputs;
    std::vector<std::pair<int, int>> expected;  // input, packet
  };
  const Row rows[] = {
      {"one after the other", {{1, 2}, {3}}, {{0, 1}, {0, 2}, {1, 1}}},
      {"given in the wrong order", {{3}, {1, 2}}, {{1, 1}, {1, 2}, {0, 1}}},
      {"interleaved", {{1, 4}, {2, 3}, {0, 9}}, {{2, 1}, {0, 1}, {1, 1}, {1, 2}, {0, 2}, {2, 2}}},
      {"equal times keep the order of the inputs",
       {{5, 5}, {5}, {5, 5}},
       {{0, 1}, {0, 2}, {1, 1}, {2, 1}, {2, 2}}},
      {"an input whose times go back keeps its order",
       {{5, 1, 6}, {2, 7}},
       {{1, 1}, {0, 1}, {0, 2}, {0, 3}, {1, 2}}},
      {"one without packets", {{}, {1}, {}}, {{1, 1}}},
      {"all without packets", {{}, {}}, {}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    std::vector<std::unique_ptr<TempFile>> files;
    std::vector<std::string> paths;
    for (const auto& seconds : row.inputs) {
      files.push_back(
          std::make_unique<TempFile>(capture_at(seconds), "input" + std::to_string(files.size())));
      paths.push_back(files.back()->path());
    }
    const auto [frames, infos] = read(paths);
    std::vector<std::pair<int, int>> order;
    for (const auto& frame : frames) {
      order.emplace_back(frame.input, static_cast<int>(frame.number));
    }
    EXPECT_EQ(order, row.expected);
    ASSERT_EQ(infos.size(), row.inputs.size());
    for (std::size_t i = 0; i < infos.size(); ++i) {
      EXPECT_EQ(infos[i].path, paths[i]);
      EXPECT_EQ(infos[i].packets, row.inputs[i].size());
      EXPECT_EQ(infos[i].bytes, 24 + 20 * row.inputs[i].size());
    }
  }
}

// The frame shown stays whole while the others' next ones are already read.
TEST(Open, MergedBytesStayValid) {
  std::vector<std::unique_ptr<TempFile>> files;
  std::vector<std::string> paths;
  constexpr std::uint32_t packets = 600;
  for (std::uint8_t i = 0; i < 3; ++i) {
    Writer file;
    file.add(pcap_header());
    for (std::uint32_t n = 0; n < packets; ++n) {
      file.add(pcap_record(n, i, 1500, 1500, false, static_cast<std::uint8_t>(3 * n + i)));
    }
    files.push_back(std::make_unique<TempFile>(file.bytes(), "input" + std::to_string(i)));
    paths.push_back(files.back()->path());
  }
  auto source = open(paths, {});
  ASSERT_TRUE(source);
  std::size_t count = 0;
  while (const Frame* frame = (*source)->next()) {
    const auto expected =
        static_cast<std::uint8_t>(3 * (frame->place.number - 1) + frame->place.input);
    ASSERT_EQ(frame->place.input, count % 3);
    ASSERT_TRUE(std::all_of(frame->bytes.begin(), frame->bytes.end(),
                            [expected](std::uint8_t b) { return b == expected; }));
    ++count;
  }
  EXPECT_EQ(count, 3U * packets);
}

TEST(Open, DamageOfTheCompressionIsARemark) {
  Bytes plain = pcap_header();
  for (std::uint32_t i = 0; i < 2000; ++i) {
    plain = joined({plain, pcap_record(i, 0, i % 251, 251, false, static_cast<std::uint8_t>(i))});
  }
  for (Bytes stored : {gzipped(plain), zstd_packed(plain)}) {
    const bool is_gzip = stored[0] == 0x1f;
    // Cut in the middle where the format gives bytes before its end; else only the checksum.
    stored.resize(is_gzip ? stored.size() / 2 : stored.size() - 2);
    const TempFile file(stored);
    const auto [frames, infos] = read({file.path()}, true);
    ASSERT_EQ(infos.size(), 1U);
    EXPECT_GT(frames.size(), 100U);
    const auto* remark = remark_of(infos[0], "capture.damaged_compression");
    ASSERT_NE(remark, nullptr);
    EXPECT_EQ(remark->severity, base::Severity::warning);
    EXPECT_NE(remark->text.find("Read up to packet " + std::to_string(frames.size()) + " only"),
              std::string::npos);
    EXPECT_EQ(remark_of(infos[0], "capture.truncated_file"), nullptr) << "said once";
  }
}

TEST(Open, DamageIsNoReasonToSkipTheHash) {
  const Bytes stored = joined({capture_at({1}), Bytes(1'000'000, 0xff)});
  const TempFile file(stored);
  for (const bool hash : {false, true}) {
    const auto [frames, infos] = read({file.path()}, hash);
    EXPECT_EQ(infos[0].bytes, stored.size());
    EXPECT_EQ(infos[0].sha256.empty(), !hash);
    EXPECT_EQ(remark_ids(infos[0]), Ids{"capture.damaged"});
  }
}

// A reader that only has something to say about itself.
class FakeReader final : public Reader {
 public:
  FakeReader(std::unique_ptr<Input> input, base::InputInfo info)
      : input_(std::move(input)), info_(std::move(info)) {}
  const Frame* next() override { return nullptr; }
  base::InputInfo info() const override { return info_; }

 private:
  std::unique_ptr<Input> input_;
  base::InputInfo info_;
};

TEST(Open, UnknownDatesAndZonesAreSaidWhenOthersAreKnown) {
  struct Row {
    const char* name;
    std::vector<std::string> inputs;  // "d" date known, "z" zone known, "t" any time at all
    std::vector<Ids> expected;
  };
  const Ids dates{"capture.dates_unknown"};
  const Ids zones{"capture.zones_unknown"};
  const Row rows[] = {
      {"all known", {"tdz", "tdz"}, {{}, {}}},
      {"a log without a date", {"tdz", "t"}, {{}, dates}},
      {"a log without a zone", {"td", "tdz"}, {zones, {}}},
      {"two logs without a date", {"t", "t"}, {{}, {}}},
      {"two logs without a zone", {"td", "td"}, {{}, {}}},
      {"a log without any time", {"tdz", ""}, {{}, {}}},
      {"alone", {"t"}, {{}}},
      {"three", {"t", "td", "tdz"}, {dates, zones, {}}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    std::vector<OpenInput> inputs;
    for (const auto& known : row.inputs) {
      const auto has = [&known](char c) { return known.find(c) != std::string::npos; };
      base::InputInfo info;
      info.date_known = has('d');
      info.zone_known = has('z');
      if (has('t')) info.first_time = base::Time{};
      auto input = Input::of_bytes({});
      OpenInput opened;
      opened.input = input.get();
      opened.reader = std::make_unique<FakeReader>(std::move(input), info);
      inputs.push_back(std::move(opened));
    }
    const auto source = make_source(std::move(inputs));
    EXPECT_EQ(source->next(), nullptr);
    const auto infos = source->inputs();
    ASSERT_EQ(infos.size(), row.expected.size());
    for (std::size_t i = 0; i < infos.size(); ++i) {
      EXPECT_EQ(remark_ids(infos[i]), row.expected[i]) << i;
    }
  }
}

}  // namespace
}  // namespace whydown::capture
