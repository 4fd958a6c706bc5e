#include "packet/udp/udp.h"

#include <gtest/gtest.h>

#include "packet/testing.h"

namespace whydown::packet {
namespace {

using namespace testing;

struct Row {
  const char* name;
  const char* datagram;
  std::size_t ip_payload;  // as the IP header claims
  Transport transport;
  bool knows_length;
  std::uint32_t payload_length;
  std::size_t payload;
  const char* notes;
};

const Row kRows[] = {
    {"five bytes", "03e8 07d0 000d 0000 'hello'", 13, Transport::udp, true, 5, 5, ""},
    {"empty", "03e8 07d0 0008 0000", 8, Transport::udp, true, 0, 0, ""},
    {"bytes after the datagram", "03e8 07d0 000a 0000 'hello'", 13, Transport::udp, true, 2, 2, ""},
    {"longer than its packet", "03e8 07d0 0010 0000 'hello'", 13, Transport::udp, true, 8, 5,
     "bad_udp_length"},
    {"shorter than its header", "03e8 07d0 0007 0000 'hello'", 13, Transport::udp, false, 0, 0,
     "bad_udp_length"},
    {"no length", "03e8 07d0 0000 0000 'hello'", 13, Transport::udp, false, 0, 0, "bad_udp_length"},
    {"half a header", "03e8 07d0", 4, Transport::none, false, 0, 0, "truncated_transport"},
    {"Ethernet's padding is no payload", "03e8 07d0 0009 0000 'h' 000000000000", 9, Transport::udp,
     true, 1, 1, ""},
};

TEST(Udp, Fields) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const Decoded got = decode(ethernet(0x0800, ipv4(17, hex(row.datagram), row.ip_payload + 20)));
    EXPECT_EQ(got->transport, row.transport);
    EXPECT_EQ(got->known.has(Field::payload_length), row.knows_length);
    EXPECT_EQ(got->payload_length, row.payload_length);
    EXPECT_EQ(got->payload.size(), row.payload);
    EXPECT_EQ(got.notes(), row.notes);
    EXPECT_EQ(got->source_port, row.transport == Transport::udp ? 1000 : 0);
    EXPECT_EQ(got->destination_port, row.transport == Transport::udp ? 2000 : 0);
    EXPECT_EQ(got->application, Application::none);
  }
}

TEST(Udp, FirstFragmentClaimsTheWholeDatagram) {
  const Decoded got =
      decode(ipv4(17, hex("03e8 07d0 0400 0000 'hello'"), 33, 0x2000), LinkType::raw);
  EXPECT_EQ(got.notes(), "fragment");
  EXPECT_EQ(got->payload_length, 1016U);
  EXPECT_EQ(got->payload.size(), 5U);
}

TEST(Udp, SnaplenKeepsTheClaimedLength) {
  const Bytes whole = ipv4(17, udp_datagram(1000, 2000, Bytes(400, 'x')));
  const Decoded got = decode({whole.begin(), whole.begin() + 68}, LinkType::raw, 428);
  EXPECT_EQ(got->payload_length, 400U);
  EXPECT_EQ(got->payload.size(), 40U);
  EXPECT_EQ(got.notes(), "");
}

}  // namespace
}  // namespace whydown::packet
