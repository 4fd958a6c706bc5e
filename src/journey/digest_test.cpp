#include "journey/digest.h"

#include <gtest/gtest.h>

#include "journey/testing.h"

namespace whydown::journey {
namespace {

using testing::Builder;

struct LengthRow {
  const char* name;
  bool edns;
  int additional;
  std::uint32_t length;
};

TEST(Digest, LengthOfAPlainQuery) {
  const LengthRow rows[] = {
      {"yummyrecipesforme.com", false, 0, 39}, {".", false, 0, 17},
      {"a\\046b.example", false, 0, 29},       {"yummyrecipesforme.com", true, 0, 0},
      {"yummyrecipesforme.com", false, 1, 0},  {"", false, 0, 0}};
  for (const LengthRow& row : rows) {
    packet::Packet packet = Builder{}.build("0 query c1:5000 s1 7 A x");
    packet.dns.question_name.assign(row.name);
    packet.dns.has_edns = row.edns;
    packet.dns.additional_count = static_cast<std::uint16_t>(row.additional);
    packet.known.clear(packet::Field::bytes);  // as text
    EXPECT_EQ(digest_of(packet, Kind::dns_query, 0).expected_length, row.length) << row.name;
  }
}

TEST(Digest, TakesTheFirstExtendedErrorAndTheSoa) {
  packet::Packet packet = Builder{}.build("0 answer c1:5000 s1 7 A x.example nx");
  packet.dns.extended_errors.push_back({.code = 0, .text_offset = 0, .text_length = 0});
  packet.dns.extended_errors.push_back({.code = 22, .text_offset = 0, .text_length = 0});
  packet::dns::Record record;
  packet.dns.authority_count = 1;
  record.section = packet::dns::Section::authority;
  record.type = packet::dns::type::soa;
  packet.dns.records.push_back(record);
  const Digest digest = digest_of(packet, Kind::dns_answer, 3);
  EXPECT_EQ(digest.extended_error, 1);
  EXPECT_TRUE(digest.has_soa);
  EXPECT_EQ(digest.name, 3U);
  EXPECT_EQ(digest.dns_rcode, 3);
}

struct WordsRow {
  const char* line;
  Kind kind;
  const char* words;
};

TEST(Describe, EveryKind) {
  const WordsRow rows[] = {
      {"0 query c1:5000 s1 7 A a.example", Kind::dns_query,
       "192.0.2.1:5000 > 203.0.113.1:53 DNS query A a.example (id 7)"},
      {"0 tquery c1:5000 s1 7 HTTPS a.example", Kind::dns_query,
       "192.0.2.1:5000 > 203.0.113.1:53 DNS query over TCP HTTPS a.example (id 7)"},
      {"0 answer c1:5000 s1 7 A a.example ok", Kind::dns_answer,
       "203.0.113.1:53 > 192.0.2.1:5000 DNS answer A a.example: 1 record (id 7)"},
      {"0 answer c1:5000 s1 7 A a.example nx", Kind::dns_answer,
       "203.0.113.1:53 > 192.0.2.1:5000 DNS answer A a.example: NXDOMAIN (id 7)"},
      {"0 answer c1:5000 s1 7 A a.example nodata", Kind::dns_answer,
       "203.0.113.1:53 > 192.0.2.1:5000 DNS answer A a.example: no error, no records (id 7)"},
      {"0 icmp port s1 udp c1:5000 s1:53", Kind::icmp_error,
       "203.0.113.1 > 192.0.2.1 ICMP destination unreachable, port unreachable (type 3 code 3): "
       "UDP "
       "to 203.0.113.1 port 53 was not delivered"},
      {"0 icmp host r1 any c1 s1", Kind::icmp_error, nullptr},
      {"0 echo c1 s1 1 2", Kind::icmp_echo_request,
       "192.0.2.1 > 203.0.113.1 ICMP echo request (id 1, sequence 2)"},
      {"0 reply c1x s1x 1 2", Kind::icmp_echo_reply, nullptr},
      {"0 syn c1:4000 s1:80", Kind::tcp_syn,
       "192.0.2.1:4000 > 203.0.113.1:80 TCP SYN: asks to connect"},
      {"0 synack c1:4000 s1:80", Kind::tcp_syn_ack,
       "203.0.113.1:80 > 192.0.2.1:4000 TCP SYN, ACK: accepts the connection"},
      {"0 rst c1:4000 s1:80", Kind::tcp_reset, nullptr},
      {"0 data c1:4000 s1:80 len=9", Kind::tcp_segment, nullptr},
      {"0 udp c1:4000 s1:514 len=9", Kind::udp_datagram,
       "192.0.2.1:4000 > 203.0.113.1:514 UDP datagram, 9 bytes"},
      {"0 arp c1 c2", Kind::arp_request, "192.0.2.1 ARP request: who has 192.0.2.2?"},
      {"0 arpreply c1 c2", Kind::arp_reply, "192.0.2.2 ARP reply: 192.0.2.2 is here"},
      {"0 ns c1x c2x", Kind::nd_solicitation,
       "2001:db8:c::1 neighbour solicitation: who has 2001:db8:c::2?"},
      {"0 na c1x c2x", Kind::nd_advertisement,
       "2001:db8:c::2 neighbour advertisement: 2001:db8:c::2 is here"},
  };
  for (const WordsRow& row : rows) {
    base::Interner names{{.names = 16, .bytes = 256}};
    const packet::Packet packet = Builder{}.build(row.line);
    const std::uint32_t name =
        packet.application == packet::Application::dns ? names.add("a.example") : 0;
    const std::string words = describe(digest_of(packet, row.kind, name), names);
    if (row.words != nullptr) {
      EXPECT_EQ(words, row.words);
    } else {
      EXPECT_FALSE(words.empty());
      EXPECT_EQ(words.find("  "), std::string::npos) << words;
    }
  }
  EXPECT_EQ(describe(Digest{}, base::Interner{{.names = 1, .bytes = 1}}), "no packet");
}

}  // namespace
}  // namespace whydown::journey
