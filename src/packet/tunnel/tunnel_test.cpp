#include "packet/tunnel/tunnel.h"

#include <gtest/gtest.h>

#include "packet/testing.h"

namespace whydown::packet {
namespace {

using namespace testing;

Bytes outer4(std::uint8_t protocol, const Bytes& payload) {
  Bytes bytes = ipv4(protocol, payload);
  bytes[12] = 198;  // from another network than the inner packet
  bytes[10] = bytes[11] = 0;
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 20; i += 2) sum += base::load_be16(bytes.data() + i);
  sum = (sum & 0xffffU) + (sum >> 16U);
  sum = (sum & 0xffffU) + (sum >> 16U);
  bytes[10] = be16(~sum)[0];
  bytes[11] = be16(~sum)[1];
  return bytes;
}

const Bytes& inner4() {
  static const Bytes bytes = ipv4(17, udp_datagram(40000, 5000, hex("'hello'")));
  return bytes;
}
const Bytes& inner6() {
  static const Bytes bytes = ipv6(17, udp_datagram(40000, 5000, hex("'hello'")));
  return bytes;
}
Bytes gre(const char* header, const Bytes& payload) {
  return outer4(47, join({hex(header), payload}));
}
Bytes vxlan(const char* header, const Bytes& payload) {
  return outer4(17, udp_datagram(51000, 4789, join({hex(header), payload})));
}

struct Row {
  const char* name;
  Bytes bytes;
  LinkType link_type;
  const char* source;
  Network network;
  Transport transport;
  std::uint16_t port;
  const char* notes;
};

constexpr const char* kIn4 = "192.0.2.7";
constexpr const char* kIn6 = "2001:db8::7";
constexpr const char* kOut4 = "198.0.2.7";

const Row kRows[] = {
    {"4in4", outer4(4, inner4()), LinkType::raw, kIn4, Network::ipv4, Transport::udp, 5000, ""},
    {"6in4", outer4(41, inner6()), LinkType::raw, kIn6, Network::ipv6, Transport::udp, 5000, ""},
    {"4in6", ipv6(4, inner4()), LinkType::raw, kIn4, Network::ipv4, Transport::udp, 5000, ""},
    {"twice", outer4(4, outer4(4, inner4())), LinkType::raw, kIn4, Network::ipv4, Transport::udp,
     5000, ""},
    {"GRE", gre("0000 0800", inner4()), LinkType::raw, kIn4, Network::ipv4, Transport::udp, 5000,
     ""},
    {"GRE with checksum, key and sequence", gre("b000 86dd 12340000 00000007 00000001", inner6()),
     LinkType::raw, kIn6, Network::ipv6, Transport::udp, 5000, ""},
    {"GRE with a frame", gre("2000 6558 00000007", ethernet(0x0800, inner4())), LinkType::raw, kIn4,
     Network::ipv4, Transport::udp, 5000, ""},
    {"VXLAN", vxlan("08000000 00000100", ethernet(0x86dd, inner6())), LinkType::raw, kIn6,
     Network::ipv6, Transport::udp, 5000, ""},
    {"VXLAN with a tag inside",
     vxlan("08000000 00000100", ethernet(0x8100, join({hex("0064 0800"), inner4()}))),
     LinkType::raw, kIn4, Network::ipv4, Transport::udp, 5000, ""},
    {"VXLAN with ARP",
     vxlan(
         "08000000 00000100",
         ethernet(0x0806, hex("0001 0800 06 04 0001 020000000001 c0000207 000000000000 cb007102"))),
     LinkType::raw, kOut4, Network::arp, Transport::none, 0, ""},
    {"MPLS", ethernet(0x8847, join({hex("00010040 00020140"), inner4()})), LinkType::ethernet, kIn4,
     Network::ipv4, Transport::udp, 5000, ""},
    {"MPLS in a VLAN", ethernet(0x8100, join({hex("0064 8847 00020140"), inner6()})),
     LinkType::ethernet, kIn6, Network::ipv6, Transport::udp, 5000, ""},
    {"MPLS, what is below is not said",
     ethernet(0x8847, join({hex("00020140 00000000"), inner4()})), LinkType::ethernet, nullptr,
     Network::none, Transport::none, 0, "unknown_ethertype"},
    {"MPLS cut", ethernet(0x8847, hex("0001 00")), LinkType::ethernet, nullptr, Network::none,
     Transport::none, 0, "truncated_link"},
    {"not the version that was promised", outer4(4, inner6()), LinkType::raw, kOut4, Network::ipv4,
     Transport::other, 0, ""},
    {"cut in the inner header", outer4(4, hex("4500 0030")), LinkType::raw, kOut4, Network::ipv4,
     Transport::other, 0, ""},
    {"GRE that carries PPP", gre("3001 880b 0010 0001 00000001", hex("ff03 0021")), LinkType::raw,
     kOut4, Network::ipv4, Transport::other, 0, ""},
    {"GRE cut", outer4(47, hex("3000 08")), LinkType::raw, kOut4, Network::ipv4, Transport::other,
     0, ""},
    {"another thing on VXLAN's port", vxlan("18000000 00000100", ethernet(0x0800, inner4())),
     LinkType::raw, kOut4, Network::ipv4, Transport::udp, 4789, ""},
};

TEST(Tunnel, TheInnermostPacketIsTold) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const Decoded got = decode(row.bytes, row.link_type);
    EXPECT_EQ(got->network, row.network);
    EXPECT_EQ(got->transport, row.transport);
    EXPECT_EQ(got->destination_port, row.port);
    EXPECT_EQ(got.notes(), row.notes);
    if (row.source != nullptr && row.network != Network::arp) {
      EXPECT_EQ(got->ip.source.to_string(), row.source);
    }
    EXPECT_EQ(broken_rule(got.frame, *got.packet), "");
  }
}

TEST(Tunnel, DnsInside) {
  const Bytes query =
      hex("8911 0100 0001 0000 0000 0000 03 'www' 07 'example' 03 'com' 00 0001 0001");
  const Decoded got =
      decode(vxlan("08000000 00000100", ethernet(0x0800, ipv4(17, udp_datagram(40000, 53, query)))),
             LinkType::raw);
  EXPECT_EQ(got->application, Application::dns);
  EXPECT_EQ(got->dns.question_name.view(), "www.example.com");
}

}  // namespace
}  // namespace whydown::packet
