// Words that tcpdump 4.99 does not print of every capture: names for addresses and ports, older
// versions, truncation, and damage.
#include <memory>

#include <gtest/gtest.h>

#include "packet/tcpdump_text/endpoint.h"
#include "packet/tcpdump_text/text_reading.h"

namespace whydown::packet {
namespace {

struct Decoded {
  base::Interner names;
  std::unique_ptr<Packet> packet = std::make_unique<Packet>();

  explicit Decoded(std::string_view record) {
    capture::Frame frame;
    frame.bytes = {reinterpret_cast<const std::uint8_t*>(record.data()), record.size()};
    frame.link_type = capture::LinkType::tcpdump_text;
    Decoder(names).decode(frame, *packet);
  }
};

const struct {
  const char* record;
  const char* told;
} kRows[] = {
    {"IP your.machine.52444 > dns.google.domain: 35084+ A? yummyrecipesforme.com. (39)",
     "your.machine:52444 > dns.google:53 udp dns query 35084 type 1 yummyrecipesforme.com (39)"},
    {"IP dns.google > your.machine: ICMP dns.google udp port domain unreachable, length 75",
     "dns.google > your.machine icmp 3/3 of your.machine > dns.google:53 udp (67)"},
    {"IP your.machine.36086 > yummyrecipesforme.com.http: Flags [S], seq 2873951608, win 65495, "
     "options [mss 65495,sackOK,TS val 3302576859 ecr 0,nop,wscale 7], length 0",
     "your.machine:36086 > yummyrecipesforme.com:80 tcp [SYN] seq 2873951608 mss 65495 (0)"},
    {"IP a.example.54321 > b.example.unlisted-service: UDP, length 12",
     "a.example:54321 > b.example udp (12)"},
    {"IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com (29)",
     "192.0.2.7:5000 > 192.0.2.53:53 udp dns query 7 type 1 example.com (29)"},
    {"IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (24)",
     "192.0.2.7:5000 > 192.0.2.53:53 udp dns query 7 type 1 example.com (24) "
     "!text_length_impossible"},
    {"IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? . (17)",
     "192.0.2.7:5000 > 192.0.2.53:53 udp dns query 7 type 1 . (17)"},
    {"IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ TXT CHAOS? version.bind. (30)",
     "192.0.2.7:5000 > 192.0.2.53:53 udp dns query 7 type 16 version.bind (30)"},
    {"IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ [1au] A? example.com. (39)",
     "192.0.2.7:5000 > 192.0.2.53:53 udp dns query 7 type 1 example.com (39) "
     "!text_length_impossible"},
    {"IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? [|domain]",
     "192.0.2.7:5000 > 192.0.2.53:53 udp dns query 7 type 1 !dns_truncated"},
    {"IP 192.0.2.7.5000 > 192.0.2.53.53: [|domain]",
     "192.0.2.7:5000 > 192.0.2.53:53 udp !truncated_capture"},
    {"IP 192.0.2.7.5000 > 192.0.2.53.53: 7 notify+ SOA? example.com. (29)",
     "192.0.2.7:5000 > 192.0.2.53:53 udp dns query 7 type 6 example.com (29)"},
    {"IP 192.0.2.53.53 > 192.0.2.7.5000: 7*-|$ 1/0/0 A 192.0.2.80 (45)",
     "192.0.2.53:53 > 192.0.2.7:5000 udp dns answer 7 1/0/0 aa tc = 192.0.2.80 (45)"},
    {"IP 192.0.2.53.53 > 192.0.2.7.5000: 7 NotImp- 0/0/0 (29)",
     "192.0.2.53:53 > 192.0.2.7:5000 udp dns answer 7 rcode 4 0/0/0 (29)"},
    {"IP 192.0.2.53.53 > 192.0.2.7.5000: 7 3/0/0 CNAME www.example.net., A 192.0.2.80, TXT \"a, "
     "b\" (120)",
     "192.0.2.53:53 > 192.0.2.7:5000 udp dns answer 7 3/0/0 = 192.0.2.80 (120)"},
    {"IP 192.0.2.53.53 > 192.0.2.7.5000: 7 ServFail q: A? example.com. 0/0/1 ar: . OPT "
     "UDPsize=1232 DO [EDE 22] (50)",
     "192.0.2.53:53 > 192.0.2.7:5000 udp dns answer 7 rcode 2 type 1 example.com 0/0/1 ede 22 "
     "(50)"},
    {"10.0.0.2.1030 > 10.0.0.53.53: 5+ A? www.example.com. (33) (DF)",
     "10.0.0.2:1030 > 10.0.0.53:53 udp dns query 5 type 1 www.example.com (33)"},
    {"IP 10.0.0.2.1031 > 10.0.0.80.80: S 1382726990:1382726990(0) win 4096 <mss 1024>",
     "10.0.0.2:1031 > 10.0.0.80:80 tcp [SYN] seq 1382726990 mss 1024 (0)"},
    {"IP 10.0.0.80.80 > 10.0.0.2.1031: R 0:0(0) ack 1382726991 win 0",
     "10.0.0.80:80 > 10.0.0.2:1031 tcp [RST, ACK] (0)"},
    {"IP 10.0.0.2.1031 > 10.0.0.80.80: . ack 1 win 4096",
     "10.0.0.2:1031 > 10.0.0.80:80 tcp [ACK] (0)"},
    {"IP 10.0.0.2.1031 > 10.0.0.80.80: P 1:30(29) ack 1 win 4096",
     "10.0.0.2:1031 > 10.0.0.80:80 tcp [PSH, ACK] (29)"},
    {"IP 10.0.0.1 > 10.0.0.2: icmp: 10.0.0.53 udp port 53 unreachable",
     "10.0.0.1 > 10.0.0.2 icmp 3/3 of 10.0.0.2 > 10.0.0.53:53 udp"},
    {"IP 10.0.0.1 > 10.0.0.2: ICMP 10.0.0.53 udp port 53",
     "10.0.0.1 > 10.0.0.2 icmp 3/3 of 10.0.0.2 > 10.0.0.53:53 udp"},
    {"IP 10.0.0.1 > 10.0.0.2: ICMP host 10.0.0.9 unreachable - admin prohibited (filter), length "
     "36",
     "10.0.0.1 > 10.0.0.2 icmp 3/13 of 10.0.0.2 > 10.0.0.9 none (28)"},
    {"IP 10.0.0.1 > 10.0.0.2: ICMP 10.0.0.9 unreachable - #99, length 36",
     "10.0.0.1 > 10.0.0.2 icmp 3/99 of 10.0.0.2 > 10.0.0.9 none (28)"},
    {"IP 10.0.0.1 > 10.0.0.2: ICMP 10.0.0.9 protocol 132 port 5000 unreachable, length 36",
     "10.0.0.1 > 10.0.0.2 icmp 3/3 of 10.0.0.2 > 10.0.0.9:5000 other (28)"},
    {"IP 10.0.0.1 > 10.0.0.2: ICMP something new, length 36",
     "10.0.0.1 > 10.0.0.2 other (28) !text_unreadable"},
    {"arp who-has 10.0.0.1 tell 10.0.0.2", "arp who-has 10.0.0.1 tell 10.0.0.2"},
    {"arp reply 10.0.0.1 is-at 02:00:5e:10:00:01", "arp is-at 10.0.0.1 02:00:5e:10:00:01"},
    {"ARP, Request who-has 10.0.0.1 (02:00:5e:10:00:01) tell 10.0.0.2, length 46",
     "arp who-has 10.0.0.1 tell 10.0.0.2"},
    {"02:00:5e:10:00:01 ethertype IPv4 (0x0800), length 83: 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? "
     "example.com. (29)",
     "192.0.2.7:5000 > 192.0.2.53:53 udp dns query 7 type 1 example.com (29)"},
    {"IP truncated-ip - 20 bytes missing! 10.0.0.2.1030 > 10.0.0.53.53: 5+ A? www.example.com. "
     "(33)",
     "10.0.0.2:1030 > 10.0.0.53:53 udp dns query 5 type 1 www.example.com (33)"},
    {"IP 10.0.0.2.1030 > 10.0.0.53.80: Flags [S seq 5, win 502, length 0",
     "10.0.0.2:1030 > 10.0.0.53:80 tcp [SYN] seq 5 (0)"},
    {"STP 802.1d, Config, Flags [none], bridge-id 8000.00:1c:0e:87:85:00.8004, length 43",
     ":: > :: none !unknown_ethertype"},
    {"IP", ":: > :: none !unknown_ethertype"},
    {"IP 10.0.0.2", ":: > :: none !text_unreadable"},
    {"IP 10.0.0.2 >", ":: > :: none !text_unreadable"},
    {"IP (tos 0x0, ttl", ":: > :: none !text_unreadable"},
    {"IP 10.0.0.1.5 > 10.0.0.2.6:", "10.0.0.1:5 > 10.0.0.2:6 udp"},
    {"IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? example.com. (29) and then some prose",
     "192.0.2.7:5000 > 192.0.2.53:53 udp dns query 7 type 1 example.com (29)"},
    {"IP 192.0.2.7.5000 > 192.0.2.53.53: 99999+ A? example.com. (29)",
     "192.0.2.7:5000 > 192.0.2.53:53 udp !text_unreadable"},
    {"IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ Nonsense? example.com. (29)",
     "192.0.2.7:5000 > 192.0.2.53:53 udp !text_unreadable"},
    {"IP 192.0.2.53.53 > 192.0.2.7.5000: 7 1/0/0 A 192.0.2.300 (45)",
     "192.0.2.53:53 > 192.0.2.7:5000 udp dns answer 7 1/0/0 (45)"},
    {"IP 192.0.2.7.5000 > 192.0.2.53.53: 7+ A? WWW.Example.COM. (33)",
     "192.0.2.7:5000 > 192.0.2.53:53 udp dns query 7 type 1 www.example.com (33)"},
};

TEST(TcpdumpWords, ReadOrSayThatTheyAreNot) {
  for (const auto& row : kRows) {
    const Decoded decoded(row.record);
    EXPECT_EQ(testing::told(*decoded.packet, decoded.names), row.told) << row.record;
  }
}

TEST(TcpdumpWords, FieldsAreKnownOnlyWhereShown) {
  const struct {
    const char* record;
    std::vector<Field> known;
  } rows[] = {
      {"IP 192.0.2.7.5 > 192.0.2.53.53: 7+ A? a.b. (21)", {Field::payload_length, Field::dns_id}},
      {"IP 192.0.2.53.53 > 192.0.2.7.5: 7 0/0/0 (21)",
       {Field::payload_length, Field::dns_id, Field::dns_sections}},
      {"IP 192.0.2.53.53 > 192.0.2.7.5: 7 NXDomain 0/1/0 (96)",
       {Field::payload_length, Field::dns_id}},
      {"IP 192.0.2.53.53 > 192.0.2.7.5: 7 1/1/0 A 192.0.2.9 (96)",
       {Field::payload_length, Field::dns_id}},
      {"IP (tos 0x0, ttl 64, id 101, offset 0, flags [DF], proto UDP (17), length 39) 192.0.2.7.5 "
       "> "
       "192.0.2.9.6: UDP, length 11",
       {Field::payload_length, Field::tos, Field::ttl, Field::ip_id, Field::dont_fragment}},
      {"02:00:5e:10:00:01 > 02:00:5e:10:00:02, ethertype IPv4 (0x0800), length 53: 192.0.2.7.5 > "
       "192.0.2.9.6: UDP, length 11",
       {Field::payload_length, Field::mac, Field::length}},
      {"IP 192.0.2.7.5 > 192.0.2.9.6: Flags [S], seq 9, win 1, length 0",
       {Field::payload_length, Field::tcp_sequence, Field::tcp_told}},
      {"IP 192.0.2.7.5 > 192.0.2.9.6: Flags [.], ack 1, win 1, length 0",
       {Field::payload_length, Field::tcp_told}},
      {"IP 192.0.2.7.5 > 192.0.2.9.6: Flags [P.], seq 1:31, ack 1, win 1, length 30",
       {Field::payload_length, Field::tcp_told}},
      {"IP 192.0.2.7.5 > 192.0.2.9.6: . 1:31(30) ack 1 win 1",
       {Field::payload_length, Field::tcp_told}},
      // A number is missing, of which there should be one.
      {"IP 192.0.2.7.5 > 192.0.2.9.6: Flags [P.], ack 1, win 1, length 30",
       {Field::payload_length}},
      {"IP 192.0.2.7.5 > 192.0.2.9.6: Flags [F.], ack 1, win 1, length 0", {Field::payload_length}},
      {"IP 192.0.2.7.5 > 192.0.2.9.6: Flags [.], win 1, length 0", {Field::payload_length}},
      {"IP 192.0.2.7.5 > 192.0.2.9.6: Flags [.], ack 1, length 0", {Field::payload_length}},
      {"IP 192.0.2.7.5 > 192.0.2.9.6: Flags [.], ack 1, win 1", {}},
      {"IP 192.0.2.9 > 192.0.2.7: ICMP 192.0.2.9 udp port 6 unreachable", {Field::quote}},
      {"IP 192.0.2.9 > 192.0.2.7: ICMP time exceeded in-transit, length 36",
       {Field::payload_length}},
  };
  for (const auto& row : rows) {
    Fields expected;
    for (const Field field : row.known) expected.set(field);
    EXPECT_EQ(Decoded(row.record).packet->known.bits, expected.bits) << row.record;
  }
}

TEST(TcpdumpWords, TheVerboseHeader) {
  const Decoded decoded(
      "IP (tos 0x2,ECT(0), ttl 57, id 4711, offset 1480, flags [+], proto UDP (17), length 1500) "
      "192.0.2.7.5 > 192.0.2.9.6: UDP, length 3000");
  const Ip& ip = decoded.packet->ip;
  EXPECT_EQ(ip.tos, 2);
  EXPECT_EQ(ip.ttl, 57);
  EXPECT_EQ(ip.id, 4711U);
  EXPECT_EQ(ip.fragment_offset, 1480);
  EXPECT_TRUE(ip.more_fragments);
  EXPECT_FALSE(ip.dont_fragment);
  EXPECT_EQ(ip.protocol, 17);
  EXPECT_EQ(ip.total_length, 1500U);
}

TEST(TcpdumpWords, TheTagsOfAVlan) {
  const Decoded decoded(
      "02:00:5e:10:00:01 > 02:00:5e:10:00:02, ethertype 802.1Q (0x8100), length 85: vlan 7, p 0, "
      "ethertype IPv4 (0x0800), 192.0.2.7.5 > 192.0.2.9.6: UDP, length 11");
  EXPECT_EQ(decoded.packet->link.vlan_count, 1);
  EXPECT_EQ(decoded.packet->link.vlan[0], 7);
  EXPECT_EQ(decoded.packet->wire_length, 85U);
}

TEST(Endpoint, PortsByNumberAndName) {
  const struct {
    const char* word;
    int port;  // -1: none
  } rows[] = {{"53", 53},       {"domain", 53}, {"http", 80}, {"https", 443}, {"bootps", 67},
              {"bootpc", 68},   {"ntp", 123},   {"ssh", 22},  {"smtp", 25},   {"mdns", 5353},
              {"65535", 65535}, {"65536", -1},  {"", -1},     {"dom", -1},    {"Domain", -1}};
  for (const auto& row : rows) {
    const auto port = text::read_port(row.word);
    EXPECT_EQ(port ? static_cast<int>(*port) : -1, row.port) << row.word;
  }
}

TEST(Endpoint, NamesAsTheWireHasThem) {
  const struct {
    const char* word;
    const char* name;
    std::uint32_t length;
  } rows[] = {{"example.com.", "example.com", 13},
              {"Example.COM", "example.com", 13},
              {".", ".", 1},
              {"a.", "a", 3},
              {"a\\b.", "a\\092b", 5}};
  for (const auto& row : rows) {
    base::ShortText name;
    EXPECT_TRUE(text::write_name(row.word, name)) << row.word;
    EXPECT_EQ(name.view(), row.name);
    EXPECT_EQ(text::wire_name_length(name.view()), row.length) << row.word;
  }
  base::ShortText name;
  EXPECT_FALSE(text::write_name(std::string(300, 'a'), name));
}

}  // namespace
}  // namespace whydown::packet
