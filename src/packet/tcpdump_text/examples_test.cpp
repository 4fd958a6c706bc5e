// The incident's six packets, out of every form in which people paste them.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/time.h"
#include "packet/tcpdump_text/text_reading.h"

namespace whydown::packet {
namespace {

constexpr const char* kLogs = WHYDOWN_SOURCE_DIR "/examples/logs/";

testing::Reading read_example(const std::string& name) {
  auto input = capture::Input::open(kLogs + name, false);
  EXPECT_TRUE(input) << name;
  return input ? testing::read(std::move(*input)) : testing::Reading{};
}

const std::vector<std::string> kTimes = {"13:24:32.192571", "13:24:36.098564", "13:26:32.192571",
                                         "13:27:15.934126", "13:28:32.192571", "13:28:50.022967"};

std::vector<std::string> six(const std::string& client, const std::string& server,
                             const std::string& quote) {
  std::vector<std::string> packets;
  for (const char* length : {"246", "312", "142"}) {
    packets.push_back(client + ":52444 > " + server +
                      ":53 udp dns query 35084 type 1 yummyrecipesforme.com (24) "
                      "!text_length_impossible");
    packets.push_back(server + " > " + client + " icmp 3/3 of " + quote + " (" + length + ")");
  }
  return packets;
}

const std::string kClient = "192.51.100.15";
const std::string kServer = "203.0.113.2";
const std::string kQuote = "192.51.100.15 > 203.0.113.2:53 udp";

struct Example {
  const char* file;
  std::vector<std::uint32_t> lines;  // where the records begin
  std::vector<std::string> remarks;
};

const Example kExamples[] = {
    {"dns-port-unreachable.log", {4, 5, 6, 7, 8, 9}, {}},
    {"missing-comma.log", {1, 2, 3, 4, 5, 6}, {"text.repaired"}},
    {"wrapped-72.log", {1, 3, 5, 7, 9, 11}, {"text.repaired"}},
    {"wrapped-mid-word.log", {1, 3, 5, 7, 9, 11}, {"text.repaired"}},
    {"wrapped-narrow.log", {}, {"text.repaired"}},
    {"paragraph.txt", {1, 2, 3, 4, 5, 7}, {"text.repaired"}},
    {"markdown-quote.md", {}, {"text.repaired", "text.prose_lines"}},
    {"html-entities.txt", {1, 2, 3, 4, 5, 6}, {"text.repaired"}},
    {"html-numeric.txt", {2, 3, 4, 5, 6, 7}, {"text.repaired"}},
    {"bullets.md", {3, 4, 5, 6, 7, 8}, {"text.repaired", "text.prose_lines"}},
    {"numbered.md", {1, 2, 3, 4, 5, 6}, {"text.repaired"}},
    {"table.md", {3, 4, 5, 6, 7, 8}, {"text.repaired", "text.prose_lines"}},
    {"nbsp.txt", {1, 2, 3, 4, 5, 6}, {"text.repaired"}},
    {"smart-quotes.txt", {3, 4, 5, 6, 7, 8}, {"text.repaired", "text.prose_lines"}},
    {"crlf-utf16.txt", {1, 2, 3, 4, 5, 6}, {}},
    {"bom-crlf.txt", {1, 2, 3, 4, 5, 6}, {}},
    {"prose.txt", {3, 5, 8, 9, 11, 12}, {"text.repaired", "text.prose_lines"}},
    {"tttt.log", {1, 2, 3, 4, 5, 6}, {}},
    {"link-level.log", {1, 2, 3, 4, 5, 6}, {}},
    {"any-interface.log", {1, 2, 3, 4, 5, 6}, {}},
    {"12-hour.txt", {1, 2, 3, 4, 5, 6}, {}},
    {"no-final-dot.txt", {1, 2, 3, 4, 5, 6}, {"text.repaired"}},
    {"backslash.txt", {1, 2, 3, 4, 5, 6}, {"text.repaired"}},
    {"blank-in-name.txt", {1, 2, 3, 4, 5, 6}, {"text.repaired"}},
    {"blank-in-address.txt", {1, 2, 3, 4, 5, 6}, {"text.repaired"}},
    {"filler.txt", {1, 2, 6, 7, 11, 12}, {"text.omitted", "text.repaired"}},
    {"half-unreadable.log", {1, 3, 5, 7, 9, 11}, {"text.unread_lines"}},
};

TEST(Examples, EveryManglingHoldsTheSameSixPackets) {
  const auto expected = six(kClient, kServer, kQuote);
  for (const Example& example : kExamples) {
    SCOPED_TRACE(example.file);
    const auto reading = read_example(example.file);
    EXPECT_EQ(reading.packets, expected);
    std::vector<std::string> times;
    std::vector<std::uint32_t> lines;
    for (std::size_t i = 0; i < reading.places.size(); ++i) {
      times.push_back(base::clock_time(reading.places[i].time));
      lines.push_back(reading.places[i].line);
      EXPECT_EQ(reading.places[i].number, i + 1);
    }
    EXPECT_EQ(times, kTimes);
    EXPECT_TRUE(example.lines.empty() || lines == example.lines);
    std::vector<std::string> remarks;
    for (const auto& remark : reading.info.remarks) remarks.push_back(remark.id);
    EXPECT_EQ(remarks, example.remarks);
  }
}

TEST(Examples, HostNamesStandForAddresses) {
  const auto reading = read_example("hostnames.log");
  EXPECT_EQ(reading.packets, six("your.machine", "dns.google", "your.machine > dns.google:53 udp"));
}

TEST(Examples, VerboseAlsoShowsTheQuotedQuery) {
  const auto reading = read_example("verbose.log");
  EXPECT_EQ(reading.packets,
            six(kClient, kServer, "192.51.100.15:52444 > 203.0.113.2:53 udp ttl 58 dns 35084"));
  EXPECT_TRUE(reading.info.remarks.empty());
}

TEST(Examples, WiresharkTablesShowTheSameWithoutQuoteAndClientPort) {
  const std::vector<std::string> expected = {
      "192.51.100.15 > 203.0.113.2:53 udp dns query 35084 type 1 yummyrecipesforme.com",
      "203.0.113.2 > 192.51.100.15 icmp 3/3"};
  for (const char* file : {"wireshark-incident.csv", "wireshark-incident.txt",
                           "wireshark-incident.md", "tshark-incident.txt"}) {
    SCOPED_TRACE(file);
    const auto reading = read_example(file);
    ASSERT_EQ(reading.packets.size(), 6U);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(reading.packets[i], expected[i % 2]);
    EXPECT_EQ(base::between(reading.places[0].time, reading.places[5].time),
              std::chrono::nanoseconds{257'830'396'000});
    EXPECT_EQ(reading.info.format, "wireshark-table");
    EXPECT_FALSE(reading.info.date_known);
  }
}

TEST(Examples, TheSessionAroundTheRecordsIsRead) {
  const auto reading = read_example("dns-port-unreachable.log");
  EXPECT_EQ(reading.info.filter, "host 192.51.100.15");
  EXPECT_EQ(reading.info.capture_drops, 0U);
  EXPECT_FALSE(reading.info.date_known);
  EXPECT_FALSE(reading.info.zone_known);
  EXPECT_TRUE(read_example("tttt.log").info.date_known);
}

TEST(Examples, TheOthersReadWithoutANoteOfDamage) {
  const struct {
    const char* file;
    std::size_t packets;
  } rows[] = {{"healthy-two-sites.log", 16}, {"tcp-refused.log", 8}, {"nxdomain.log", 6}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.file);
    const auto reading = read_example(row.file);
    EXPECT_EQ(reading.packets.size(), row.packets);
    for (const std::string& packet : reading.packets) {
      EXPECT_EQ(packet.find('!'), std::string::npos) << packet;
    }
    EXPECT_EQ(
        std::ranges::count(reading.info.remarks, "text.unread_lines", &base::QualityRemark::id), 0);
  }
}

}  // namespace
}  // namespace whydown::packet
