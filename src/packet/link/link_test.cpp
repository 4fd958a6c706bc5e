#include "packet/link/link.h"

#include <gtest/gtest.h>

#include "packet/testing.h"

namespace whydown::packet {
namespace {

using namespace testing;

// An IPv4 packet to be found behind each link header.
const Bytes kInner = ipv4(17, udp_datagram(1000, 2000, hex("'hello'")));
constexpr const char* kMacs = "02 00 00 00 00 02  02 00 00 00 00 01 ";

struct Row {  // NOLINT(clang-analyzer-optin.performance.Padding): in reading order
  const char* name;
  LinkType link_type;
  const char* header;
  Network network;
  std::uint16_t ethertype;
  std::vector<std::uint16_t> vlans;
  const char* notes;
};

const Row kRows[] = {
    {"ethernet", LinkType::ethernet, "0800", Network::ipv4, 0x0800, {}, ""},
    {"one tag", LinkType::ethernet, "8100 a00a 0800", Network::ipv4, 0x0800, {10}, ""},
    {"two tags",
     LinkType::ethernet,
     "88a8 0064 8100 0065 0800",
     Network::ipv4,
     0x0800,
     {100, 101},
     ""},
    {"old two tags",
     LinkType::ethernet,
     "9100 0064 8100 0fff 0800",
     Network::ipv4,
     0x0800,
     {100, 4095},
     ""},
    {"three tags",
     LinkType::ethernet,
     "8100 0001 8100 0002 8100 0003 0800",
     Network::ipv4,
     0x0800,
     {1, 2},
     "too_many_vlans"},
    {"pppoe", LinkType::ethernet, "8864 1100 0001 0023 0021", Network::ipv4, 0x0800, {}, ""},
    {"pppoe that claims too much",
     LinkType::ethernet,
     "8864 1100 0001 ffff 0021",
     Network::ipv4,
     0x0800,
     {},
     ""},
    {"pppoe echo", LinkType::ethernet, "8864 1100 0001 000a c021", Network::none, 0x8864, {}, ""},
    {"pppoe discovery", LinkType::ethernet, "8863", Network::none, 0x8863, {}, ""},
    {"snap", LinkType::ethernet, "0029 aaaa03000000 0800", Network::ipv4, 0x0800, {}, ""},
    {"spanning tree", LinkType::ethernet, "0026 424203", Network::none, 0x0026, {}, ""},
    {"lldp", LinkType::ethernet, "88cc", Network::none, 0x88cc, {}, ""},
    {"802.1X", LinkType::ethernet, "888e", Network::none, 0x888e, {}, ""},
    {"mpls", LinkType::ethernet, "8847", Network::none, 0x8847, {}, "unknown_ethertype"},
    {"sll",
     LinkType::linux_sll,
     "0000 0001 0006 020000000001 0000 0800",
     Network::ipv4,
     0x0800,
     {},
     ""},
    {"sll tagged",
     LinkType::linux_sll,
     "0000 0001 0006 020000000001 0000 8100 0007 0800",
     Network::ipv4,
     0x0800,
     {7},
     ""},
    {"sll llc",
     LinkType::linux_sll,
     "0001 0001 0006 020000000001 0000 0004",
     Network::none,
     4,
     {},
     ""},
    {"sll2",
     LinkType::linux_sll2,
     "0800 0000 00000003 0001 00 06 020000000001 0000",
     Network::ipv4,
     0x0800,
     {},
     ""},
    {"null little", LinkType::null, "02000000", Network::ipv4, 0x0800, {}, ""},
    {"null big", LinkType::null, "00000002", Network::ipv4, 0x0800, {}, ""},
    {"null osi", LinkType::null, "07000000", Network::none, 0, {}, "unknown_ethertype"},
    {"null of no family", LinkType::null, "ffffffff", Network::none, 0, {}, "unknown_ethertype"},
    {"null that lies", LinkType::null, "1e000000", Network::none, 0x86dd, {}, "bad_ip_version"},
    {"loop", LinkType::loop, "00000002", Network::ipv4, 0x0800, {}, ""},
    {"ppp", LinkType::ppp, "ff03 0021", Network::ipv4, 0x0800, {}, ""},
    {"ppp bare", LinkType::ppp, "0021", Network::ipv4, 0x0800, {}, ""},
    {"ppp compressed", LinkType::ppp, "21", Network::ipv4, 0x0800, {}, ""},
    {"ppp control", LinkType::ppp, "ff03 c021", Network::none, 0, {}, ""},
    {"ppp unknown", LinkType::ppp, "ff03 0029", Network::none, 0, {}, "unknown_ethertype"},
    {"ppp that lies", LinkType::ppp, "ff03 0057", Network::none, 0x86dd, {}, "bad_ip_version"},
    {"raw", LinkType::raw, "", Network::ipv4, 0x0800, {}, ""},
    {"raw of no version", LinkType::raw, "00", Network::none, 0, {}, "bad_ip_version"},
    {"raw, in old files", static_cast<LinkType>(12), "", Network::ipv4, 0x0800, {}, ""},
    {"ppp in hdlc framing", static_cast<LinkType>(50), "ff03 0021", Network::ipv4, 0x0800, {}, ""},
    {"ipv4", LinkType::ipv4, "", Network::ipv4, 0, {}, ""},
    {"ipv6 that lies", LinkType::ipv6, "", Network::none, 0, {}, "bad_ip_version"},
    {"a number of tomorrow",
     static_cast<LinkType>(300),
     "",
     Network::none,
     0,
     {},
     "unknown_link_type"},
};

TEST(Link, FindsTheNetworkLayer) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const Bytes macs = row.link_type == LinkType::ethernet ? hex(kMacs) : Bytes{};
    const Decoded got = decode(join({macs, hex(row.header), kInner}), row.link_type);
    EXPECT_EQ(got->network, row.network);
    EXPECT_EQ(got->link.ethertype, row.ethertype);
    ASSERT_EQ(got->link.vlan_count, row.vlans.size());
    for (std::size_t i = 0; i < row.vlans.size(); ++i) EXPECT_EQ(got->link.vlan[i], row.vlans[i]);
    EXPECT_EQ(got.notes(), row.notes);
    EXPECT_EQ(got->known.has(Field::mac), row.link_type == LinkType::ethernet);
    if (row.network == Network::ipv4) {
      EXPECT_EQ(got->destination_port, 2000);
      EXPECT_EQ(got->payload.size(), 5U);
    }
  }
}

// Every header, cut at every byte before its end, and nothing beyond it.
TEST(Link, ShortHeadersAreNoted) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    if (row.network != Network::ipv4 || row.header[0] == '\0') continue;
    const Bytes macs = row.link_type == LinkType::ethernet ? hex(kMacs) : Bytes{};
    const Bytes header = join({macs, hex(row.header)});
    for (std::size_t size = 0; size < header.size(); ++size) {
      const Bytes cut(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(size));
      const Decoded got = decode(cut, row.link_type);
      EXPECT_EQ(got->network, Network::none);
      // A length without SNAP is LLC, and FF 03 alone is PPP's protocol 0x03ff in the making.
      EXPECT_NE(got.notes() + std::to_string(got->link.ethertype), "0") << size;
      const Decoded cut_by_snaplen = decode(cut, row.link_type, 100);
      EXPECT_FALSE(cut_by_snaplen.has(Note::truncated_link)) << size;
    }
  }
}

TEST(Link, Macs) {
  const Decoded got = decode(ethernet(0x0800, kInner));
  EXPECT_EQ(got->link.destination.to_string(), "02:00:00:00:00:02");
  EXPECT_EQ(got->link.source.to_string(), "02:00:00:00:00:01");
}

TEST(Link, CookedDirection) {
  using capture::Direction;
  struct DirectionRow {
    std::uint8_t packet_type;
    Direction given;
    Direction expected;
  };
  static constexpr DirectionRow kDirections[] = {
      {0, Direction::unknown, Direction::inbound},  {1, Direction::unknown, Direction::inbound},
      {2, Direction::unknown, Direction::inbound},  {3, Direction::unknown, Direction::unknown},
      {4, Direction::unknown, Direction::outbound}, {0, Direction::outbound, Direction::outbound},
  };
  for (const DirectionRow& row : kDirections) {
    SCOPED_TRACE(static_cast<int>(row.packet_type));
    const Bytes v1 = join({{0, row.packet_type}, hex("0001 0006 020000000001 0000 0800"), kInner});
    const Bytes v2 = join(
        {hex("0800 0000 00000003 0001"), {row.packet_type}, hex("06 020000000001 0000"), kInner});
    for (const auto& [bytes, type] :
         {std::pair{&v1, LinkType::linux_sll}, std::pair{&v2, LinkType::linux_sll2}}) {
      capture::Frame frame;
      frame.bytes = *bytes;
      frame.link_type = type;
      frame.direction = row.given;
      Packet packet;
      decode_into(frame, packet);
      EXPECT_EQ(packet.direction, row.expected);
      EXPECT_EQ(packet.network, Network::ipv4);
    }
  }
}

TEST(Link, LargerThanTheWire) {
  const Bytes big(1490, 'x');
  EXPECT_EQ(
      decode(ethernet(0x0800, ipv4(6, tcp_segment(1, 2, 0x10, {}, Bytes(1460, 'x'))))).notes(), "");
  EXPECT_EQ(decode(ethernet(0x0800, ipv4(6, tcp_segment(1, 2, 0x10, {}, big)))).notes(),
            "segment_above_mtu");
  // Cooked captures have no Ethernet frame to be too large for.
  EXPECT_EQ(decode(join({hex("0800 0000 00000003 0001 00 06 020000000001 0000"),
                         ipv4(6, tcp_segment(1, 2, 0x10, {}, big))}),
                   LinkType::linux_sll2)
                .notes(),
            "");
}

}  // namespace
}  // namespace whydown::packet
