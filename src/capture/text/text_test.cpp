// The reader from end to end: what is cut out of a text as records, in their normal form.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/time.h"
#include "capture/reader.h"
#include "capture/text/limits.h"

namespace whydown::capture::text {
namespace {

struct Reading {
  std::vector<std::string> words;
  std::vector<Frame> frames;  // their bytes are gone
  base::InputInfo info;
  std::string error;
};

Reading read(std::string_view text, const OpenOptions& options = {}) {
  Reading reading;
  auto input = Input::of_bytes({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  auto reader = make_text_reader(std::move(input), {"log.txt", 3, options});
  if (!reader) {
    reading.error = reader.error().message();
    return reading;
  }
  while (const Frame* frame = (*reader)->next()) {
    reading.words.emplace_back(reinterpret_cast<const char*>(frame->bytes.data()),
                               frame->bytes.size());
    reading.frames.push_back(*frame);
  }
  reading.info = (*reader)->info();
  return reading;
}

std::string remark_text(const Reading& reading, std::string_view id) {
  for (const auto& remark : reading.info.remarks) {
    if (remark.id == id) return remark.text;
  }
  return "";
}

constexpr const char* kQuery = "IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)";
constexpr const char* kError =
    "IP 192.0.2.53 > 192.0.2.7: ICMP 192.0.2.53 udp port 53 unreachable, length 65";

// Each text holds exactly the query, and then the error where there is a second record.
TEST(Text, BringsRecordsIntoTheirNormalForm) {
  const struct {
    const char* name;
    std::string text;
  } rows[] = {
      {"plain", "13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)"},
      {"wrapped between the addresses",
       "13:24:32.1 IP 192.0.2.7.5000\n> 192.0.2.53.53: 7+ A? example.com. (29)\n"},
      {"wrapped inside an address",
       "13:24:32.1 IP 192.0.2.7.50\n00 > 192.0.2.53.53: 7+ A? example.com. (29)\n"},
      {"wrapped before the colon",
       "13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53\n: 7+ A? example.com. (29)\n"},
      {"wrapped after the id",
       "13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7\n+ A? example.com. (29)"},
      {"wrapped at the flags",
       "13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+\nA? example.com. (29)\n"},
      {"wrapped inside the name",
       "13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? exam\nple.com. (29)\n"},
      {"wrapped inside the length",
       "13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (2\n9)\n"},
      {"wrapped with empty lines",
       "13:24:32.1 IP 192.0.2.7.5000 >\n\n192.0.2.53.53: 7+ A?\n\nexample.com. (29)\n"},
      {"wrapped inside a Markdown quote",
       "> 13:24:32.1 IP 192.0.2.7.5000\n> > 192.0.2.53.53: 7+ A?\n> example.com. (29)\n"},
      {"time on a line of its own",
       "13:24:32.1\nIP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)\n"},
      {"fence and line number",
       "```text\n12  13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)\n```\n"},
      {"JSON string",
       "[\n  \"13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)\",\n]"},
      {"list number", "(1) 13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)"},
      {"wrapped lines, numbered",
       "  1\t13:24:32.1 IP 192.0.2.7.5000 >\n  2\t192.0.2.53.53: 7+ A?\n  3\texample.com. (29)\n"},
      {"wrapped at an arrow",
       "13:24:32.1 IP 192.0.2.7.5000 \xe2\x86\x92\n192.0.2.53.53: 7+ A?\nexample.com. (29)\n"},
      {"grep -n", "3:13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)"},
      {"grep -Hn",
       "a/dns.log:3:13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)"},
      {"a link of a mail program",
       "13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com<http://example.com/>. "
       "(29)"},
      {"Markdown's escapes",
       R"(13:24:32\.1 IP 192\.0\.2\.7\.5000 \> 192\.0\.2\.53\.53: 7\+ A? example\.com\. (29))"},
      {"bold", "**13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)**"},
      {"entities",
       "13:24:32.1 IP 192.0.2.7.5000 &#x3E; 192.0.2.53.53: 7+ A? example.com. (29)<br/>"},
      {"blanks and tabs",
       "\t13:24:32.1  IP\t192.0.2.7.5000  >  192.0.2.53.53:  7+ A? example.com. (29)  "},
      {"zero width",
       "13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? exam\xe2\x80\x8bple.com. (29)"},
      {"arrow", "13:24:32.1 IP 192.0.2.7.5000 \xe2\x86\x92 192.0.2.53.53: 7+ A? example.com. (29)"},
      {"blank in an address",
       "13:24:32.1 IP 192.0. 2.7.5000 > 192.0.2.53 .53: 7+ A? example.com. (29)"},
      {"blank in the name",
       "13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? exam ple .com (29)"},
      {"no blank after the colon",
       "13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53:7+ A? example.com. (29)"},
      {"prose in front",
       "Look: 13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)"},
      {"a sentence that ends with a time",
       "It broke at 13:24:31\nas follows:\n13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? "
       "example.com. (29)"},
      {"two records of a line", std::string("13:24:32.1 ") + kQuery + " 13:24:33.1 " + kError},
      {"no comma", std::string("13:24:32.1 ") + kQuery +
                       "\n13:24:33.1 IP 192.0.2.53 > 192.0.2.7: ICMP 192.0.2.53 udp port 53 "
                       "unreachable length 65"},
      {"wrapped inside words", std::string("13:24:32.1 ") + kQuery +
                                   "\n13:24:33.1 IP 192.0.2.53 > 192.0.2.7: ICMP 192.0.2.53 udp "
                                   "port 53 unreach\nable, length 65"},
      {"wrapped before the length", std::string("13:24:32.1 ") + kQuery +
                                        "\n13:24:33.1 IP 192.0.2.53 > 192.0.2.7: ICMP 192.0.2.53 "
                                        "udp port 53 unreachable,\nlength 65\n"},
      {"blank in the quoted address", std::string("13:24:32.1 ") + kQuery +
                                          "\n13:24:33.1 IP 192.0.2.53 > 192.0.2.7: ICMP 192.0. "
                                          "2.53 udp port 53 unreachable, length 65"},
      {"prose between", std::string("13:24:32.1 ") + kQuery +
                            "\nThen came this answer.\n13:24:33.1 " + kError +
                            "\nAnd that was all there is to see\n"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const Reading reading = read(row.text);
    ASSERT_FALSE(reading.words.empty());
    EXPECT_EQ(reading.words[0], kQuery);
    if (reading.words.size() > 1) {
      EXPECT_EQ(reading.words[1], kError);
    }
    EXPECT_LE(reading.words.size(), 2U);
    EXPECT_EQ(remark_text(reading, "text.unread_lines"), "");
    EXPECT_EQ(reading.frames[0].place.input, 3);
    EXPECT_EQ(reading.frames[0].link_type, LinkType::tcpdump_text);
  }
}

TEST(Text, AnAnswerWrappedBehindItsId) {
  const struct {
    const char* text;
    const char* words;
  } rows[] = {
      {"13:24:32.1 IP 192.0.2.53.53 > 192.0.2.7.5000: 46993\n1/0/0 A 198.51.100.80 (48)",
       "IP 192.0.2.53.53 > 192.0.2.7.5000: 46993 1/0/0 A 198.51.100.80 (48)"},
      {"13:24:32.1 IP 192.0.2.53.53 > 192.0.2.7.5000: 46993|\n0/0/0 (33)",
       "IP 192.0.2.53.53 > 192.0.2.7.5000: 46993| 0/0/0 (33)"},
      {"13:24:32.1 IP 192.0.2.53.53 > 192.0.2.7.5000: 46\n993 1/0/0 A 198.51.100.80 (48)",
       "IP 192.0.2.53.53 > 192.0.2.7.5000: 46993 1/0/0 A 198.51.100.80 (48)"},
  };
  for (const auto& row : rows) {
    const Reading reading = read(row.text);
    ASSERT_EQ(reading.words.size(), 1U) << row.text;
    EXPECT_EQ(reading.words[0], row.words);
  }
}

TEST(Text, WrapsThatAskForJoining) {
  const struct {
    const char* text;
    const char* words;
  } rows[] = {
      {"13:24:32.1 ARP, Request who-has\n192.0.2.15 tell 192.0.2.1, length 28",
       "ARP, Request who-has 192.0.2.15 tell 192.0.2.1, length 28"},
      {"13:24:32.1 ARP, Reply 19\n2.0.2.15 is-at 02:00:00:00:00:01, length\n 28",
       "ARP, Reply 192.0.2.15 is-at 02:00:00:00:00:01, length 28"},
      {"13:24:32.1 02:00:00:00:01:00 > 02:00:00:00:00:01,\nethertype ARP (0x0806), length 42: "
       "Request who-has\n192.0.2.15 tell 192.0.2.1, length 28",
       "02:00:00:00:01:00 > 02:00:00:00:00:01, ethertype ARP (0x0806), length 42: Request who-has "
       "192.0.2.15 tell 192.0.2.1, length 28"},
      {"13:24:32.1 IP6 (hlim 64, next-header UDP (17) payload\nlength: 41) 2001:db8:1::15.5000 > "
       "2001:db8:3::2.53: [bad udp cksum 0x5bc7 ->\n0x8ff9!] 60210+ AAAA? example.com. (29)",
       "IP6 (hlim 64, next-header UDP (17) payload length: 41) 2001:db8:1::15.5000 > "
       "2001:db8:3::2.53: [bad udp cksum 0x5bc7 -> 0x8ff9!] 60210+ AAAA? example.com. (29)"},
      {"13:24:32.1 IP6 (hlim 63, next-header ICMPv6 (58) payload length: 90) 2001:db8:3::2 > "
       "2001:db8:1::15: [icmp6 sum ok] ICMP6, destination unreachable, unreachable port, "
       "2001:db8:3\n::2 udp port 53",
       "IP6 (hlim 63, next-header ICMPv6 (58) payload length: 90) 2001:db8:3::2 > "
       "2001:db8:1::15: [icmp6 sum ok] ICMP6, destination unreachable, unreachable port, "
       "2001:db8:3::2 udp port 53"},
      {"13:24:32.1 IP6 2001:db8:3::2 > 2001:db8:1::1\n5: ICMP6, destination unreachable, "
       "unreachable port, 2001:db\n8:3::2 udp port 53, length 90",
       "IP6 2001:db8:3::2 > 2001:db8:1::15: ICMP6, destination unreachable, unreachable port, "
       "2001:db8:3::2 udp port 53, length 90"},
      {"13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 46144+ [\n1au] AAAA? example.com. (40)",
       "IP 192.0.2.7.5000 > 192.0.2.53.53: 46144+ [1au] AAAA? example.com. (40)"},
      {"13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.9.80: Flags [S], seq 1, win 2, options [mss\n1460,"
       "nop], length 0",
       "IP 192.0.2.7.5000 > 192.0.2.9.80: Flags [S], seq 1, win 2, options [mss 1460,nop], length "
       "0"},
  };
  for (const auto& row : rows) {
    const Reading reading = read(row.text);
    ASSERT_EQ(reading.words.size(), 1U) << row.text;
    EXPECT_EQ(reading.words[0], row.words);
  }
}

TEST(Text, AnErrorCutInsideTheAddressItNames) {
  for (
      const char* text :
      {"13:24:33.1 IP 192.0.2.53 > 192.0.2.7: ICMP 192.0.2\n.53 udp port 53 unreachable, length 65",
       "13:24:33.1 IP 192.0.2.53 > 192.0.2.7: ICMP 192.0.\n2.53 udp port 53 unreachable, length 65",
       "13:24:33.1 IP 192.0.2.53 > 192.0.2.7: ICMP 192.0.2.5\n3 udp port 53 unreachable, length 65",
       "13:24:33.1 IP 192.0.2.53 > 192.0.2.7: ICMP 192.0.2.53\nudp port 53 unreachable, length 65",
       "13:24:33.1 IP 192.0.2.53 > 192.0.2.7: ICMP 192.0.2.53 udp port 5\n3 unreachable, length "
       "65"}) {
    const Reading reading = read(text);
    ASSERT_EQ(reading.words.size(), 1U) << text;
    EXPECT_EQ(reading.words[0], kError) << text;
  }
}

TEST(Text, JoinsWhatVerbosePrintsOverSeveralLines) {
  const std::string text =
      "13:24:32.1 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto UDP (17), length 57)\n"
      "    192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)\n"
      "13:24:33.1 IP (tos 0xc0, ttl 64, id 2, offset 0, flags [none], proto ICMP (1), length 85)\n"
      "    192.0.2.53 > 192.0.2.7: ICMP 192.0.2.53 udp port 53 unreachable, length 65\n"
      "\tIP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto UDP (17), length 57)\n"
      "    192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)\n"
      "13:24:34.1 IP (tos 0x0, ttl 64, id 3, offset 0, flags [DF], proto TCP (6), length 87)\n"
      "    192.0.2.7.36088 > 192.0.2.1.80: Flags [P.], seq 1:48, ack 1, win 9, length 47: HTTP, "
      "length: 47\n"
      "\tGET / HTTP/1.1\n"
      "\tHost: example.com\n"
      "\t\n";
  const std::vector<std::string> expected = {
      "IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto UDP (17), length 57) 192.0.2.7.5000 "
      "> "
      "192.0.2.53.53: 7+ A? example.com. (29)",
      "IP (tos 0xc0, ttl 64, id 2, offset 0, flags [none], proto ICMP (1), length 85) 192.0.2.53 > "
      "192.0.2.7: ICMP 192.0.2.53 udp port 53 unreachable, length 65 IP (tos 0x0, ttl 64, id 1, "
      "offset "
      "0, flags [DF], proto UDP (17), length 57) 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? "
      "example.com. (29)",
      "IP (tos 0x0, ttl 64, id 3, offset 0, flags [DF], proto TCP (6), length 87) 192.0.2.7.36088 "
      "> "
      "192.0.2.1.80: Flags [P.], seq 1:48, ack 1, win 9, length 47: HTTP, length: 47 GET / "
      "HTTP/1.1 "
      "Host: example.com"};
  const Reading reading = read(text);
  EXPECT_EQ(reading.words, expected);
  EXPECT_TRUE(reading.info.remarks.empty());
  // The same without times: -t -v.
  std::string untimed = text;
  for (const char* time : {"13:24:32.1 ", "13:24:33.1 ", "13:24:34.1 "}) {
    untimed.erase(untimed.find(time), 11);
  }
  EXPECT_EQ(read(untimed).words, expected);
}

constexpr const char* kHexX =
    "13:24:32.192571 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? a. (19)\n"
    "\t0x0000:  4500 002f 0001 0000 4011 f68a c000 0207  E../....@.......\n"
    "\t0x0010:  c000 0235 1388 0035 001b 0000 0007 0100  ...5...5........\n"
    "\t0x0020:  0001 0000 0000 0000 0161 0000 0100 01    .........a.....\n";

TEST(Text, CompleteHexDumpsBecomeBytes) {
  const struct {
    const char* name;
    std::string text;
    LinkType link;
    std::size_t bytes;
  } rows[] = {
      {"-X", kHexX, LinkType::raw, 47},
      {"-xx",
       "13:24:32.192571 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? a. (19)\n"
       "\t0x0000:  0200 5e10 0002 0200 5e10 0001 0800 4500\n"
       "\t0x0010:  002f 0001 0000 4011 f68a c000 0207 c000\n"
       "\t0x0020:  0235 1388 0035 001b 0000 0007 0100 0001\n"
       "\t0x0030:  0000 0000 0000 0161 0000 0100 01\n",
       LinkType::ethernet, 61},
      {"the last line is missing", std::string(kHexX).substr(0, 190), LinkType::tcpdump_text, 0},
      {"a line in the middle is missing",
       std::string(kHexX).erase(std::string(kHexX).find("\t0x0010"), 69), LinkType::tcpdump_text,
       0},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const Reading reading = read(row.text);
    ASSERT_EQ(reading.frames.size(), 1U);
    EXPECT_EQ(reading.frames[0].link_type, row.link);
    EXPECT_EQ(reading.frames[0].wire_length, row.bytes);
    EXPECT_TRUE(reading.info.remarks.empty());
  }
}

TEST(Text, InterfacesAndDirections) {
  const Reading reading = read(
      "13:24:32.1 eth0  Out IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)\n"
      "13:24:32.2 lo    In  IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)\n"
      "13:24:32.3   In IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)\n"
      "13:24:32.4 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)\n"
      "13:24:32.5 02:00:5e:10:00:01 > 02:00:5e:10:00:02, ethertype IPv4 (0x0800), length 71: "
      "192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)\n"
      "? In IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)\n"
      "  17  13:24:32.6 eth0  Out IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)\n");
  ASSERT_EQ(reading.frames.size(), 7U);
  EXPECT_EQ(reading.frames[0].direction, Direction::outbound);
  EXPECT_EQ(reading.frames[1].direction, Direction::inbound);
  EXPECT_EQ(reading.frames[2].direction, Direction::inbound);
  EXPECT_EQ(reading.frames[3].direction, Direction::unknown);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(reading.words[static_cast<std::size_t>(i)], kQuery);
  EXPECT_EQ(reading.frames[4].wire_length, 71U);
  EXPECT_EQ(reading.frames[5].direction, Direction::inbound);
  EXPECT_EQ(reading.frames[6].direction, Direction::outbound);
  EXPECT_EQ(reading.words[6], kQuery);
}

TEST(Text, WhatIsNoRecordIsCountedAndShown) {
  const Reading reading = read(
      "$ sudo tcpdump -ni eth0 -s 96 'udp port 53' -c 10\n"
      "tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n"
      "listening on eth0, link-type EN10MB (Ethernet), capture size 96 bytes\n"
      "13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29)\n"
      "13:24:33.1 ??? garbage\n"
      "...<more of it>...\n"
      "Some words of the analyst.\n"
      "13:24:34.1 IP 192.0\n"
      "5 packets captured\n"
      "9 packets received by filter\n"
      "3 packets dropped by kernel\n"
      "1 packet dropped by interface\n");
  EXPECT_EQ(reading.words.size(), 1U);
  EXPECT_EQ(reading.info.filter, "udp port 53");
  EXPECT_EQ(reading.info.snaplen, 96U);
  EXPECT_EQ(reading.info.capture_drops, 4U);
  EXPECT_EQ(remark_text(reading, "text.unread_lines"),
            "2 lines looked like records but could not be read, and are missing from this report: "
            "line 5 \"13:24:33.1 ??? garbage\", line 8 \"13:24:34.1 IP 192.0\".");
  EXPECT_EQ(remark_text(reading, "text.prose_lines"), "1 line is no record and was passed over.");
  EXPECT_NE(remark_text(reading, "text.omitted"), "");
  EXPECT_NE(remark_text(reading, "capture.drops"), "");
}

TEST(Text, NothingReadableIsAnErrorThatShowsTheFirstLine) {
  for (const char* text :
       {"", "\n\n", "Dear all, IP addresses are > numbers: see below.", "13:24:32",
        "No. Time Source Destination Protocol Info\n", "GET / HTTP/1.1\r\nHost: example.com\r\n"}) {
    const Reading reading = read(text);
    EXPECT_NE(reading.error.find("text without a tcpdump record or a Wireshark row"),
              std::string::npos)
        << text;
  }
  const Reading reading = read("\n" + std::string(100, 'x'));
  EXPECT_NE(reading.error.find("\"" + std::string(60, 'x') + "...\""), std::string::npos);
}

TEST(Text, LongLinesAreCutAndCounted) {
  const std::string record = std::string("13:24:32.1 ") + kQuery + "\n";
  const Reading reading = read(record + std::string(3 * kMaxLine, 'x') + "\n" + record);
  EXPECT_EQ(reading.words.size(), 2U);
  EXPECT_EQ(reading.frames[1].place.line, 3U);
  EXPECT_NE(remark_text(reading, "text.cut_lines"), "");
}

TEST(Text, ARecordEndsAfterEightLines) {
  std::string text = "13:24:32.1 IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A?";
  for (int i = 0; i < 20; ++i) text += "\nlabel" + std::to_string(i) + ".";
  const Reading reading = read(text);
  ASSERT_EQ(reading.words.size(), 1U);
  EXPECT_NE(reading.words[0].find("label6"), std::string::npos);
  EXPECT_EQ(reading.words[0].find("label7"), std::string::npos);
}

}  // namespace
}  // namespace whydown::capture::text
