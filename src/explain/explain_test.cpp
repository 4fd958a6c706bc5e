#include "explain/explain.h"

#include <gtest/gtest.h>

#include "explain/testing.h"

namespace whydown::explain {
namespace {

using testing::joined;
using testing::meaning;
using testing::Reader;

constexpr double kOne = 48272.192571;  // 13:24:32.192571

constexpr std::string_view kQuery =
    "IP 192.51.100.15.52444 > 203.0.113.2.domain: 35084+ A? yummyrecipesforme.com. (24)";
constexpr std::string_view kError =
    "IP 203.0.113.2 > 192.51.100.15: ICMP 203.0.113.2 udp port 53 unreachable, length 254";

void expect_has(const std::string& text, const char* owed) {
  EXPECT_NE(text.find(owed), std::string::npos) << owed << "\nis not in\n" << text;
}

TEST(Explain, TheQueryOfTheSixLines) {
  Reader reader;
  const Explanation query = reader.line(kQuery, kOne);
  EXPECT_EQ(query.where, "line 1");
  EXPECT_EQ(query.when, "13:24:32.192571 (1:24:32 pm)");
  EXPECT_EQ(query.title, "DNS query");
  EXPECT_EQ(query.gist,
            "192.51.100.15 asks the DNS server 203.0.113.2 for the A record of "
            "yummyrecipesforme.com: the IPv4 address.");
  struct Row {
    const char* shows;
    const char* means;
  };
  const Row rows[] = {{"13:24:32.192571", "1:24 pm and 32.192571 seconds"},
                      {"192.51.100.15.52444", "sender"},
                      {"203.0.113.2.domain", "port 53 (domain: turning names into addresses)"},
                      {">", "from the sender to the receiver"},
                      {"35084", "query's id, 35084"},
                      {"+", "recursion desired"},
                      {"A?", "type A, the IPv4 address"},
                      {"yummyrecipesforme.com.", "name in question"},
                      {"(24)",
                       "24 bytes of DNS message. That cannot be: a query for this name "
                       "takes 39"}};
  for (const Row& row : rows) expect_has(meaning(query, row.shows), row.means);
  EXPECT_TRUE(query.before.empty());
  EXPECT_EQ(query.grade, Grade::normal);
}

TEST(Explain, TheErrorOfTheSixLines) {
  Reader reader;
  (void)reader.line(kQuery, kOne);
  const Explanation error = reader.line(kError, kOne + 3.905993);
  EXPECT_EQ(error.title, "ICMP destination unreachable, port unreachable");
  expect_has(meaning(error, "ICMP 203.0.113.2 udp port 53 unreachable"),
             "Nothing accepted the datagram at that port");
  expect_has(meaning(error, "type 3 code 3"), "not an echo reply (type 0)");
  expect_has(meaning(error, "length 254"), "with the whole query quoted it would be 75");
  EXPECT_EQ(joined(error.before), "It is about line 1, sent 3.91 s before.\n");
  EXPECT_EQ(error.grade, Grade::failure);
  expect_has(error.normal, "the very address that was asked");
  expect_has(error.normal, "That it took 3.91 s is odd");
}

TEST(Explain, TheSixLinesAllInAll) {
  Reader reader;
  const double errors[] = {3.905993, 43.741555, 17.830396};
  for (int i = 0; i < 3; ++i) {
    const Explanation query = reader.line(kQuery, kOne + i * 120);
    if (i == 2) {
      expect_has(joined(query.before), "Repeats the query of line 3, 2 min before: try number 3.");
      expect_has(joined(query.before), "the error of line 4");
      EXPECT_EQ(query.grade, Grade::notable);
    }
    (void)reader.line(kError, kOne + i * 120 + errors[i]);
  }
  const std::string all = joined(reader.explainer().closing());
  expect_has(all,
             "6 packets, line 1 to line 6, from 13:24:32 to 13:28:50, over 4 min 18 s: 3 DNS "
             "queries and 3 ICMP errors.");
  expect_has(all,
             "This happened 3 times: 192.51.100.15 asked 203.0.113.2 for the A record of "
             "yummyrecipesforme.com and got the ICMP error \"port unreachable\"");
  expect_has(all, "line 3 and line 4, 43.7 s apart");
  expect_has(all, "No DNS answer is in this");
  expect_has(all, "no connection to a web server (port 80 or 443) was tried");
}

TEST(Explain, ALessonIsGivenOnce) {
  Reader reader;
  const std::string first = meaning(reader.line(kQuery, kOne), "+");
  const std::string second = meaning(reader.line(kQuery, kOne + 5), "+");
  expect_has(first, second.c_str());
  EXPECT_GT(first.size(), second.size());
  EXPECT_EQ(second, "The client wants the server to find the answer.");
}

TEST(Explain, NothingIsSaidOfFieldsThatTextDoesNotShow) {
  Reader reader;
  const Explanation row = reader.line(
      "192.51.100.15\t203.0.113.2\tDNS\t66\tStandard query 0x890c A yummyrecipesforme.com", 1,
      testing::LinkType::wireshark_row);
  for (const char* absent : {"+", "RD (+)", "(24)", "ttl 0", "id 0", "tos 0x0", "A?"}) {
    EXPECT_EQ(meaning(row, absent), "(not shown)") << absent;
  }
  EXPECT_NE(meaning(row, "0x890c"), "(not shown)");
  const Explanation terse = reader.line("IP 192.0.2.1.40000 > 192.0.2.2.80: tcp 0", 2);
  for (const Item& item : terse.items) {
    EXPECT_EQ(item.shows.find("seq"), std::string::npos) << item.shows;
    EXPECT_EQ(item.shows.find("Flags"), std::string::npos) << item.shows;
  }
  EXPECT_EQ(terse.grade, Grade::unknown);
}

struct Step {
  double seconds;
  const char* words;
};
struct Row {
  const char* what;
  std::vector<Step> steps;
  Grade grade;  // of the last
  const char* before;
  const char* normal;
};

// Each row is a log; what is said about its last line is held to.
const Row kRows[] = {
    {"an answer",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.53.53: 7+ A? www.example.org. (33)"},
      {0.004, "IP 192.0.2.53.53 > 192.0.2.7.4000: 7 1/0/0 A 192.0.2.80 (49)"}},
     Grade::normal,
     "Answers the query of line 1, after 4 ms.",
     "a good answer"},
    {"a late answer to the second try",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.53.53: 7+ A? www.example.org. (33)"},
      {5, "IP 192.0.2.7.4000 > 192.0.2.53.53: 7+ A? www.example.org. (33)"},
      {7.5, "IP 192.0.2.53.53 > 192.0.2.7.4000: 7 1/0/0 A 192.0.2.80 (49)"}},
     Grade::notable,
     "Answers the query of line 2, after 2.5 s. It was sent 2 times.",
     "late"},
    {"no query",
     {{0, "IP 192.0.2.53.53 > 192.0.2.7.4000: 7 1/0/0 A 192.0.2.80 (49)"}},
     Grade::notable,
     "The query it answers is not shown before it.",
     "an answer needs a query"},
    {"a second answer",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.53.53: 7+ A? www.example.org. (33)"},
      {1, "IP 192.0.2.53.53 > 192.0.2.7.4000: 7 1/0/0 A 192.0.2.80 (49)"},
      {2, "IP 192.0.2.53.53 > 192.0.2.7.4000: 7 1/0/0 A 192.0.2.80 (49)"}},
     Grade::notable,
     "A second answer to the same query; the first came in line 2, 1 s before.",
     "one answer is enough"},
    {"SERVFAIL",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.53.53: 7+ A? www.example.org. (33)"},
      {1, "IP 192.0.2.53.53 > 192.0.2.7.4000: 7 ServFail 0/0/0 (33)"}},
     Grade::failure,
     "Answers the query of line 1, after 1 s.",
     "could not find the answer"},
    {"NXDOMAIN",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.53.53: 7+ A? ww.example.org. (32)"},
      {0.1, "IP 192.0.2.53.53 > 192.0.2.7.4000: 7 NXDomain 0/1/0 (94)"}},
     Grade::notable,
     "Answers the query",
     "there is no such name"},
    {"the same question after an error answer, under a new id",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.53.53: 7+ A? www.example.org. (33)"},
      {1, "IP 192.0.2.53.53 > 192.0.2.7.4000: 7 ServFail 0/0/0 (33)"},
      {2, "IP 192.0.2.7.4001 > 192.0.2.54.53: 8+ A? www.example.org. (33)"}},
     Grade::normal,
     "asked this already in line 1, 2 s before, of another server, and got the error of line 2.",
     "looked up"},
    {"SYN",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.80.443: Flags [S], seq 100, win 64240, length 0"}},
     Grade::normal,
     "The first packet of this conversation",
     "every connection begins"},
    {"SYN again",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.80.443: Flags [S], seq 100, win 64240, length 0"},
      {1, "IP 192.0.2.7.4000 > 192.0.2.80.443: Flags [S], seq 100, win 64240, length 0"},
      {3, "IP 192.0.2.7.4000 > 192.0.2.80.443: Flags [S], seq 100, win 64240, length 0"}},
     Grade::notable,
     "Repeats the SYN of line 2, 2 s before: try number 3.",
     "only when nothing comes back"},
    {"SYN-ACK",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.80.443: Flags [S], seq 100, win 64240, length 0"},
      {0.02,
       "IP 192.0.2.80.443 > 192.0.2.7.4000: Flags [S.], seq 9, ack 101, win 65160, length "
       "0"}},
     Grade::normal,
     "Answers the SYN of line 1, after 20 ms.",
     "a server accepts"},
    {"handshake",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.80.443: Flags [S], seq 100, win 64240, length 0"},
      {0.02, "IP 192.0.2.80.443 > 192.0.2.7.4000: Flags [S.], seq 9, ack 101, win 65160, length 0"},
      {0.03, "IP 192.0.2.7.4000 > 192.0.2.80.443: Flags [.], ack 1, win 502, length 0"}},
     Grade::normal,
     "Completes the handshake begun in line 1 (SYN) and line 2 (SYN and ACK), after 30 ms.",
     "the connection stands"},
    {"refusal",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.80.443: Flags [S], seq 100, win 64240, length 0"},
      {0.02, "IP 192.0.2.80.443 > 192.0.2.7.4000: Flags [R.], seq 0, ack 101, win 0, length 0"}},
     Grade::failure,
     "Answers the SYN of line 1 with a refusal, after 20 ms.",
     "the connection is refused"},
    {"a connection cut",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.80.443: Flags [P.], seq 1:10, ack 1, win 502, length 9"},
      {4, "IP 192.0.2.80.443 > 192.0.2.7.4000: Flags [R], seq 1, win 0, length 0"}},
     Grade::notable,
     "The connection is shown here since line 1, for 4 s.",
     "should end with FIN"},
    {"both FINs",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.80.443: Flags [F.], seq 1, ack 1, win 502, length 0"},
      {1, "IP 192.0.2.80.443 > 192.0.2.7.4000: Flags [F.], seq 1, ack 2, win 502, length 0"}},
     Grade::normal,
     "The other side ended its direction in line 1, 1 s before: both have now.",
     "connections end"},
    {"an HTTP error",
     {{0,
       "IP 192.0.2.80.80 > 192.0.2.7.4000: Flags [P.], seq 1:99, ack 1, win 502, length 98: "
       "HTTP: HTTP/1.1 503 Service Unavailable"}},
     Grade::failure,
     "",
     "an error of the server"},
    {"host unreachable",
     {{0, "IP 192.0.2.7.4000 > 198.51.100.9.443: Flags [S], seq 100, win 64240, length 0"},
      {3, "IP 192.0.2.1 > 192.0.2.7: ICMP host 198.51.100.9 unreachable, length 68"}},
     Grade::failure,
     "It is about line 1, sent 3 s before.",
     "It does not come from 198.51.100.9 itself but from 192.0.2.1"},
    {"ping",
     {{0, "IP 192.0.2.7 > 192.0.2.9: ICMP echo request, id 7, seq 1, length 64"},
      {0.001, "IP 192.0.2.9 > 192.0.2.7: ICMP echo reply, id 7, seq 1, length 64"}},
     Grade::normal,
     "Answers the ping of line 1, after 1 ms.",
     "the machine is up"},
    {"ARP again",
     {{0, "ARP, Request who-has 192.0.2.9 tell 192.0.2.7, length 28"},
      {1, "ARP, Request who-has 192.0.2.9 tell 192.0.2.7, length 28"}},
     Grade::notable,
     "Asks again after line 1, 1 s before: try number 2",
     "a machine that is there answers at once"},
    {"ARP by another machine is no repetition",
     {{0, "ARP, Request who-has 192.0.2.9 tell 192.0.2.7, length 28"},
      {1, "ARP, Request who-has 192.0.2.9 tell 192.0.2.8, length 28"}},
     Grade::normal,
     "",
     "machines ask like this"},
    {"traceroute",
     {{0,
       "IP (tos 0x0, ttl 1, id 5, offset 0, flags [none], proto UDP (17), length 60) "
       "192.0.2.7.4000 > 198.51.100.9.40000: UDP, length 32"},
      {0.001,
       "IP (tos 0xc0, ttl 64, id 6, offset 0, flags [none], proto ICMP (1), length 88) 192.0.2.1 > "
       "192.0.2.7: ICMP time exceeded in-transit, length 68 IP (tos 0x0, ttl 1, id 5, offset 0, "
       "flags [none], proto UDP (17), length 60) 192.0.2.7.4000 > 198.51.100.9.40000: UDP, length "
       "32"}},
     Grade::normal,
     "It is about line 1, sent 1 ms before.",
     "traceroute waits for"},
    {"a TTL that ran out on a long way is no traceroute",
     {{0,
       "IP (tos 0x0, ttl 64, id 5, offset 0, flags [none], proto UDP (17), length 60) "
       "192.0.2.7.4000 > 198.51.100.9.40000: UDP, length 32"},
      {0.001,
       "IP (tos 0xc0, ttl 64, id 6, offset 0, flags [none], proto ICMP (1), length 88) 192.0.2.1 > "
       "192.0.2.7: ICMP time exceeded in-transit, length 68 IP (tos 0x0, ttl 1, id 5, offset 0, "
       "flags [none], proto UDP (17), length 60) 192.0.2.7.4000 > 198.51.100.9.40000: UDP, length "
       "32"}},
     Grade::failure,
     "It is about line 1",
     "an error"},
    {"a server that takes its time",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.80.80: Flags [P.], seq 1:74, ack 1, win 502, length 73"},
      {4, "IP 192.0.2.80.80 > 192.0.2.7.4000: Flags [P.], seq 1:74, ack 74, win 502, length 73"}},
     Grade::notable,
     "after the other side's data in line 1, after 4 s",
     "had to wait this long"},
    {"a client that takes its time",
     {{0, "IP 192.0.2.80.80 > 192.0.2.7.4000: Flags [P.], seq 1:74, ack 1, win 502, length 73"},
      {4, "IP 192.0.2.7.4000 > 192.0.2.80.80: Flags [P.], seq 1:74, ack 74, win 502, length 73"}},
     Grade::normal,
     "",
     "data on its way"},
    {"ARP reply",
     {{0, "ARP, Request who-has 192.0.2.9 tell 192.0.2.7, length 28"},
      {0.001, "ARP, Reply 192.0.2.9 is-at 02:00:00:00:00:09, length 28"}},
     Grade::normal,
     "Answers the question of line 1, after 1 ms.",
     "find each other"},
    {"a zone that changed",
     {{0, "IP 192.0.2.53.40000 > 192.0.2.54.53: 7 notify [b2&3=0x2400] SOA? example.org. (29)"}},
     Grade::normal,
     "",
     ""},
    {"UDP there and back",
     {{0, "IP 192.0.2.7.4000 > 192.0.2.9.123: NTPv4, Client, length 48"},
      {0.01, "IP 192.0.2.9.123 > 192.0.2.7.4000: NTPv4, Server, length 48"}},
     Grade::normal,
     "Goes the other way than line 1, 10 ms before",
     ""},
};

TEST(Explain, WhatIsSaidOfTheLastLine) {
  for (const Row& row : kRows) {
    Reader reader;
    Explanation last;
    for (const Step& step : row.steps) last = reader.line(step.words, step.seconds);
    SCOPED_TRACE(row.what);
    EXPECT_EQ(last.grade, row.grade) << last.normal;
    expect_has(joined(last.before), row.before);
    expect_has(last.normal, row.normal);
  }
}

testing::Bytes query_frame() {
  using packet::testing::hex;
  const testing::Bytes query = packet::testing::join(
      {hex("0007 0100 0001 0000 0000 0000"), hex("03 'www' 02 'de' 00"), hex("0001 0001")});
  return packet::testing::ethernet(
      0x0800, packet::testing::ipv4(17, packet::testing::udp_datagram(4000, 53, query)));
}

TEST(Explain, APacketCapturedTwiceIsNoRetry) {
  Reader reader;
  testing::Bytes frame = query_frame();
  (void)reader.bytes(frame, 1);
  const Explanation again = reader.bytes(frame, 1.0001);
  EXPECT_EQ(joined(again.before),
            "The same packet as packet 1, 0.1 ms before: captured twice, not sent twice.\n");
  EXPECT_EQ(again.grade, Grade::normal);
  frame[14 + 8] = 63;  // the time to live, and the checksum to match
  ++frame[14 + 10];
  expect_has(joined(reader.bytes(frame, 1.0002).before), "A router passed it on in between.");
  const Explanation later = reader.bytes(query_frame(), 6);
  expect_has(joined(later.before), "Repeats the query of packet 1, 5 s before: try number 2.");
}

TEST(Explain, AnErrorCapturedTwiceCountsOnce) {
  using packet::testing::hex;
  Reader reader;
  (void)reader.bytes(query_frame(), 1);
  const testing::Bytes whole = query_frame();
  const testing::Bytes quote(whole.begin() + 14, whole.end());
  const testing::Bytes error = packet::testing::ethernet(
      0x0800, packet::testing::ipv4(1, packet::testing::join({hex("0303 0000 00000000"), quote})));
  expect_has(joined(reader.bytes(error, 1.001).before), "It is about packet 1, sent 1 ms before.");
  const Explanation again = reader.bytes(error, 1.0011);
  expect_has(joined(again.before), "captured twice");
  EXPECT_EQ(again.grade, Grade::normal);
  expect_has(joined(reader.explainer().closing()), "This happened once: ");
}

TEST(Explain, ManyConversationsAreForgottenAndThatIsSaid) {
  Reader reader;
  packet::Packet packet;
  packet.network = packet::Network::ipv4;
  packet.transport = packet::Transport::tcp;
  packet.known.set(packet::Field::bytes);
  packet.known.set(packet::Field::tcp_sequence);
  packet.tcp.flags = packet::tcp_flag::syn;
  base::Interner names({.names = 16, .bytes = 1024});
  Explainer explainer(names, false);
  for (std::uint32_t i = 0; i < 3 * limits::kConversations; ++i) {
    packet.place.number = i + 1;
    packet.ip.source = base::IpAddress::v4(0x0a000000U + i);
    packet.ip.destination = base::IpAddress::v4(0xc0000201U);
    packet.source_port = 4000;
    packet.destination_port = 80;
    explainer.follow(packet);
  }
  expect_has(joined(explainer.closing()), "65536 conversations, queries or the like were given up");
}

}  // namespace
}  // namespace whydown::explain
