#include "capture/text/table.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "capture/reader.h"

namespace whydown::capture::text {
namespace {

struct Reading {
  std::vector<std::string> words;
  std::vector<std::uint64_t> numbers;
  std::vector<std::uint32_t> lines;
  std::vector<std::uint32_t> lengths;
  std::vector<std::int64_t> ms;
  base::InputInfo info;
};

Reading read(std::string_view text) {
  Reading reading;
  auto input = Input::of_bytes({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  auto reader = make_text_reader(std::move(input), {"table.txt", 0, {}});
  if (!reader) return reading;
  while (const Frame* frame = (*reader)->next()) {
    EXPECT_EQ(frame->link_type, LinkType::wireshark_row);
    reading.words.emplace_back(reinterpret_cast<const char*>(frame->bytes.data()),
                               frame->bytes.size());
    reading.numbers.push_back(frame->place.number);
    reading.lines.push_back(frame->place.line);
    reading.lengths.push_back(frame->wire_length);
    reading.ms.push_back(base::ns_of(frame->place.time) / 1'000'000);
  }
  reading.info = (*reader)->info();
  return reading;
}

constexpr const char* kRow = "192.0.2.7\t192.0.2.53\tDNS\t71\tStandard query 0x0007 A example.com";

// Each holds the row above, numbered 4, at 3.144521 s.
TEST(Table, ReadsEveryLayout) {
  const struct {
    const char* name;
    const char* text;
  } rows[] = {
      {"CSV",
       "\"No.\",\"Time\",\"Source\",\"Destination\",\"Protocol\",\"Length\",\"Info\"\n"
       "\"4\",\"3.144521\",\"192.0.2.7\",\"192.0.2.53\",\"DNS\",\"71\",\"Standard query 0x0007 A "
       "example.com\"\n"},
      {"CSV without quotes",
       "No.,Time,Source,Destination,Protocol,Length,Info\n"
       "4,3.144521,192.0.2.7,192.0.2.53,DNS,71,Standard query 0x0007 A example.com\n"},
      {"commas without a heading",
       "4,3.144521,192.0.2.7,192.0.2.53,DNS,71,Standard query 0x0007 A example.com\n"},
      {"quoted commas without a heading",
       "\"4\",\"3.144521\",\"192.0.2.7\",\"192.0.2.53\",\"DNS\",\"71\",\"Standard query 0x0007 A "
       "example.com\"\n"},
      {"pipes without a heading",
       "4|3.144521|192.0.2.7|192.0.2.53|DNS|71|Standard query 0x0007 A example.com\n"},
      {"aligned without a heading",
       "   4   3.144521000   192.0.2.7  192.0.2.53  DNS  71    Standard query 0x0007 A "
       "example.com\n"},
      {"semicolons",
       "No.;Time;Source;Destination;Protocol;Length;Info\n"
       "4;3.144521;192.0.2.7;192.0.2.53;DNS;71;Standard query 0x0007 A example.com\n"},
      {"a CSV row over two lines",
       "\"No.\",\"Time\",\"Source\",\"Destination\",\"Protocol\",\"Length\",\"Info\"\n"
       "\"4\",\"3.144521\",\"192.0.2.7\",\"192.0.2.53\",\"DNS\",\"71\",\"Standard query\n0x0007 A "
       "example.com\"\n"},
      {"tabs",
       "No.\tTime\tSource\tDestination\tProtocol\tLength\tInfo\n"
       "4\t3.144521\t192.0.2.7\t192.0.2.53\tDNS\t71\tStandard query 0x0007 A example.com\n"},
      {"tabs without a header",
       "4\t3.144521\t192.0.2.7\t192.0.2.53\tDNS\t71\tStandard query 0x0007 A example.com\n"},
      {"tshark -T tabs",
       "    4\t  3.144521\t192.0.2.7\t\xe2\x86\x92\t192.0.2.53 \tDNS\t71\tStandard query 0x0007 A "
       "example.com\n"},
      {"tshark -T fields",
       "frame.number\tframe.time_relative\tip.src\tip.dst\t_ws.col.Protocol\tframe.len\t_ws.col."
       "Info\n"
       "4\t3.144521000\t192.0.2.7,10.0.0.1\t192.0.2.53,10.0.0.2\tDNS\t71\tStandard query 0x0007 A "
       "example.com\n"},
      {"tshark",
       "    4   3.144521    192.0.2.7 \xe2\x86\x92 192.0.2.53   DNS 71 Standard query 0x0007 "
       "A example.com\n"},
      {"pipes",
       "No. | Time | Source | Destination | Protocol | Length | Info\n"
       "4 | 3.144521 | 192.0.2.7 | 192.0.2.53 | DNS | 71 | Standard query 0x0007 A example.com\n"},
      {"Markdown, other names, more columns",
       "| Color as text | No. | Time (in seconds & milliseconds) | Source (x = redacted) | "
       "Destination "
       "(x = redacted) | Protocol | Length | Info |\n|---|:--|---|---|---|---|---|---|\n"
       "| green | 4 | 3.144521 | 192.0.2.7 | 192.0.2.53 | DNS | 71 | Standard query 0x0007 A "
       "example.com |\n"},
      {"Markdown in a quote, bold header",
       "> | **No.** | **Time** | **Source** | **Destination** | **Protocol** | **Length** | "
       "**Info** "
       "|\n> |---|---|---|---|---|---|---|\n> | 4 | 3.144521 | 192.0.2.7 | 192.0.2.53 | DNS | 71 | "
       "Standard query 0x0007 A example.com |\n"},
      {"aligned by blanks",
       "No.     Time           Source                Destination           Protocol Length Info\n"
       "      4 3.144521       192.0.2.7             192.0.2.53            DNS      71     "
       "Standard "
       "query 0x0007 A example.com\n"},
      {"blanks inside the addresses",
       "| No. | Time | Source | Destination | Protocol | Length | Info |\n"
       "| 4 | 3.144521 | 192.0. 2.7 | 192.0.2 .53 | DNS | 71 | Standard query 0x0007 A example.com "
       "|\n"},
      {"blanks inside aligned addresses",
       "No.     Time           Source                Destination           Protocol Length Info\n"
       "      4 3.144521       192.0. 2.7            192.0.2. 53           DNS      71     "
       "Standard "
       "query 0x0007 A example.com\n"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const Reading reading = read(row.text);
    ASSERT_EQ(reading.words, std::vector<std::string>{kRow});
    EXPECT_EQ(reading.numbers[0], 4U);
    EXPECT_EQ(reading.lengths[0], 71U);
    EXPECT_EQ(reading.ms[0], 3144);
    EXPECT_EQ(reading.info.format, "wireshark-table");
    EXPECT_FALSE(reading.info.date_known);
  }
}

TEST(Table, CookedCapturesShowNoReceiverOfArp) {
  const std::string expected = "02:00:00:00:01:01\t\tARP\t44\tWho has 192.0.2.7? Tell 192.0.2.1";
  for (const char* text :
       {"    4   3.144521 02:00:00:00:01:01 \xe2\x86\x92              ARP 44 Who has 192.0.2.7? "
        "Tell 192.0.2.1\n",
        "\"No.\",\"Time\",\"Source\",\"Destination\",\"Protocol\",\"Length\",\"Info\"\n"
        "\"4\",\"3.144521\",\"02:00:00:00:01:01\",\"\",\"ARP\",\"44\",\"Who has 192.0.2.7? Tell "
        "192.0.2.1\"\n"}) {
    EXPECT_EQ(read(text).words, std::vector<std::string>{expected}) << text;
  }
}

TEST(Table, RepeatedNumbersGiveWayToTheOrderOfRows) {
  const Reading reading = read(
      "No. | Time | Source | Destination | Protocol | Info\n"
      "47 | 3.1 | 192.0.2.7 | 192.0.2.9 | TCP | 1->443 [SYN]\n"
      "47 | 3.2 | 192.0.2.9 | 192.0.2.7 | TCP | 443->1 [SYN, ACK]\n"
      "46 | 3.3 | 192.0.2.7 | 192.0.2.9 | TCP | 1->443 [ACK]\n");
  EXPECT_EQ(reading.numbers, (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST(Table, DatesClocksAndHalfDays) {
  const Reading reading = read(
      "No. | Time | Source | Destination | Protocol | Info\n"
      "1 | 2026-01-02 13:24:32.5 | 192.0.2.7 | 192.0.2.9 | TCP | 1->443 [SYN]\n");
  EXPECT_TRUE(reading.info.date_known);
  EXPECT_EQ(reading.ms, std::vector<std::int64_t>{1'767'360'272'500});
  EXPECT_EQ(read("No. | Time | Source | Destination | Protocol | Info\n"
                 "1 | 1:24:32 PM | 192.0.2.7 | 192.0.2.9 | TCP | 1->443 [SYN]\n")
                .ms,
            std::vector<std::int64_t>{48'272'000});
}

TEST(Table, InfoThatIsWrappedGoesOn) {
  const Reading reading = read(
      "No.     Time           Source                Destination           Protocol Length Info\n"
      "      4 3.144521       192.0.2.7             192.0.2.9             TCP      71     1 -> 443 "
      "[SYN]\n"
      "Seq=0 Win=5792 Len=0\n"
      "Some words of the analyst follow here.\n");
  EXPECT_EQ(reading.words,
            (std::vector<std::string>{
                "192.0.2.7\t192.0.2.9\tTCP\t71\t1 -> 443 [SYN] Seq=0 Win=5792 Len=0"}));
}

TEST(Table, DamagedRowsAreCountedAndShown) {
  const Reading reading = read(
      "No. | Time | Source | Destination | Protocol | Info\n"
      "1 | 3.1 | 192.0.2.7 | 192.0.2.9 | TCP | 1->443 [SYN]\n"
      "2 | later | 192.0.2.9 | 192.0.2.7 | TCP | 443->1 [SYN, ACK]\n"
      "3 | 3.3 |\n"
      "...<more>...\n"
      "That is all.\n");
  EXPECT_EQ(reading.words.size(), 1U);
  ASSERT_EQ(reading.info.remarks.size(), 3U);
  EXPECT_EQ(reading.info.remarks[0].id, "text.unread_lines");
  EXPECT_EQ(reading.info.remarks[0].count, 2U);
  EXPECT_NE(reading.info.remarks[0].text.find("line 3 \"2 | later"), std::string::npos);
  EXPECT_EQ(reading.info.remarks[1].id, "text.omitted");
  EXPECT_EQ(reading.info.remarks[2].id, "text.prose_lines");
}

TEST(Table, NamesOfColumns) {
  const struct {
    const char* header;
    bool found;
  } rows[] = {
      {"No.,Time,Source,Destination,Protocol,Length,Info", true},
      {"ip.src\tip.dst\t_ws.col.Protocol", true},
      {"Source | Destination | Info", true},
      {"No. | Time | Source port | Destination port | Info", false},
      {"The source and the destination of the packet", false},
      {"", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(header_of(row.header).has_value(), row.found) << row.header;
  }
}

}  // namespace
}  // namespace whydown::capture::text
