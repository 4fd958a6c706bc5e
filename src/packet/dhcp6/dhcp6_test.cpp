#include "packet/dhcp6/dhcp6.h"

#include <gtest/gtest.h>

#include "packet/testing.h"

namespace whydown::packet {
namespace {

using namespace testing;
using dhcp::Reason;
using dhcp::Type;

// Client and server, by a DUID with a time and by one without.
constexpr const char* kClient = "0001 000e 0001 0001 2c000000 020000000001 ";
constexpr const char* kServer = "0002 000a 0003 0001 0200000000ff ";
constexpr const char* kAsked = "0003 000c 00000001 00000000 00000000 ";
// An IA with the address 2001:db8::100, for 300 s and 600 s.
constexpr const char* kGiven =
    "0003 0028 00000001 00000096 000000f0  0005 0018 20010db8000000000000000000000100 0000012c "
    "00000258 ";
constexpr const char* kTakenAway =
    "0003 0028 00000001 00000096 000000f0  0005 0018 20010db8000000000000000000000100 00000000 "
    "00000000 ";
constexpr const char* kPrefix =
    "0019 0029 00000001 00000096 000000f0  001a 0019 0000012c 00000258 38 "
    "20010db8000100000000000000000000 ";
constexpr const char* kNone = "0003 001c 00000001 00000000 00000000  000d 000c 0002 'none left!' ";

struct Row {
  const char* name;
  std::string bytes;
  Type type;
  bool is_reply;
  const char* address;
  Reason reason;
  std::uint16_t status;
};

const Row kRows[] = {
    {"solicit", "01 3d1d0a " + (kClient + std::string(kAsked)) + "0008 0002 0000", Type::discover,
     false, "::", Reason::none, 0},
    {"advertise", "02 3d1d0a " + (kClient + std::string(kServer)) + kGiven, Type::offer, true,
     "2001:db8::100", Reason::none, 0},
    {"advertise a prefix", "02 3d1d0a " + (kClient + std::string(kServer)) + kPrefix, Type::offer,
     true, "2001:db8:1::", Reason::none, 0},
    {"advertise nothing", "02 3d1d0a " + (kClient + std::string(kServer)) + kNone, Type::offer,
     true, "::", Reason::not_available, 2},
    {"advertise nothing, said for all",
     "02 3d1d0a " + (kClient + std::string(kServer)) + "000d 0002 0002", Type::offer, true,
     "::", Reason::not_available, 2},
    {"request", "03 3d1d0a " + (kClient + std::string(kServer)) + kGiven, Type::request, false,
     "2001:db8::100", Reason::none, 0},
    {"renew", "05 3d1d0a " + (kClient + std::string(kServer)) + kGiven, Type::request, false,
     "2001:db8::100", Reason::none, 0},
    {"rebind", "06 3d1d0a " + (kClient + std::string(kGiven)), Type::request, false,
     "2001:db8::100", Reason::none, 0},
    {"reply", "07 3d1d0a " + (kClient + std::string(kServer)) + kGiven, Type::ack, true,
     "2001:db8::100", Reason::none, 0},
    {"reply that takes it away", "07 3d1d0a " + (kClient + std::string(kServer)) + kTakenAway,
     Type::inform, true, "::", Reason::none, 0},
    {"reply: no binding",
     "07 3d1d0a " + (kClient + std::string(kServer)) +
         "0003 0012 00000001 00000000 00000000 000d 0002 0003",
     Type::nak, true, "::", Reason::other, 3},
    {"reply: another link", "07 3d1d0a " + (kClient + std::string(kServer)) + "000d 0002 0004",
     Type::nak, true, "::", Reason::other_network, 4},
    {"reply: none left", "07 3d1d0a " + (kClient + std::string(kServer)) + kNone, Type::offer, true,
     "::", Reason::not_available, 2},
    {"reply: use multicast", "07 3d1d0a " + (kClient + std::string(kServer)) + "000d 0002 0005",
     Type::inform, true, "::", Reason::other, 5},
    {"reply to a release", "07 3d1d0a " + (kClient + std::string(kServer)) + "000d 0002 0000",
     Type::inform, true, "::", Reason::none, 0},
    {"release", "08 3d1d0a " + (kClient + std::string(kServer)) + kGiven, Type::release, false,
     "2001:db8::100", Reason::none, 0},
    {"decline", "09 3d1d0a " + (kClient + std::string(kServer)) + kGiven, Type::decline, false,
     "2001:db8::100", Reason::none, 0},
    {"settings only", "0b 3d1d0a " + (kClient + std::string("0006 0004 00170018")), Type::inform,
     false, "::", Reason::none, 0},
};

Bytes frame_of(const Bytes& message, bool is_reply) {
  return ethernet(0x86dd,
                  ipv6(17, udp_datagram(is_reply ? 547 : 546, is_reply ? 546 : 547, message)));
}

TEST(Dhcp6, Messages) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const Decoded got = decode(frame_of(hex(row.bytes.c_str()), row.is_reply));
    ASSERT_EQ(got->application, Application::dhcp);
    const dhcp::Message& message = got->dhcp;
    EXPECT_TRUE(message.is_v6);
    EXPECT_EQ(message.type, row.type);
    EXPECT_EQ(message.is_reply, row.is_reply);
    EXPECT_EQ(message.id, 0x3d1d0aU);
    EXPECT_EQ(message.client.to_string(), "02:00:00:00:00:01");
    EXPECT_EQ((row.is_reply ? message.yours : message.requested).to_string(), row.address);
    EXPECT_EQ(message.reason, row.reason);
    EXPECT_EQ(message.status, row.status);
    EXPECT_EQ(got.notes(), "");
  }
}

// RFC 8415 11.3, 11.5: identifiers without a hardware address.
TEST(Dhcp6, ClientsWithoutAMac) {
  const Bytes message =
      hex("01 3d1d0a 0001 0006 0002 00000009 0003 000c 00000001 00000000 00000000");
  const Bytes cut(message.begin(), message.begin() + 4);
  EXPECT_EQ(decode(frame_of(cut, false))->dhcp.client.to_string(), "02:00:00:00:00:01");
  const Bytes own = hex("01 3d1d0a 0001 0006 0004 01020304");
  EXPECT_EQ(decode(frame_of(own, false))->dhcp.client.to_string(), "02:00:00:00:00:01");
}

TEST(Dhcp6, Relayed) {
  const Bytes inner = hex(kRows[0].bytes.c_str());
  Bytes message = inner;
  for (int depth = 0; depth < 9; ++depth) {
    const Bytes frame = ethernet(0x86dd, ipv6(17, udp_datagram(547, 547, message)));
    const Decoded got = decode(frame);
    const bool is_read = depth < 8;
    EXPECT_EQ(got->application == Application::dhcp, is_read) << depth;
    if (is_read) {
      EXPECT_EQ(got->dhcp.type, Type::discover) << depth;
      EXPECT_EQ(got->dhcp.client.to_string(), "02:00:00:00:00:01");
      EXPECT_EQ(got->dhcp.relay.is_known(), depth != 0);
    }
    message = join({hex("0c 00 20010db8000000000000000000000001 fe800000000000000000000000000001"),
                    hex("0012 0002 6531"), hex("0009"), be16(message.size()), message});
  }
}

// Cut at every byte: by the snap length it is read as far as it goes; otherwise it is none.
TEST(Dhcp6, Cut) {
  for (const Row& row : kRows) {
    const Bytes whole = hex(row.bytes.c_str());
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      (void)decode(frame_of(cut, row.is_reply));
      Bytes frame = frame_of(whole, row.is_reply);
      const auto wire = static_cast<std::uint32_t>(frame.size());
      frame.resize(frame.size() - (whole.size() - size));
      const Decoded got = decode(frame, LinkType::ethernet, wire);
      if (size >= 4) {
        EXPECT_EQ(got->application, Application::dhcp) << row.name << size;
      }
      // What is cut off may have said the opposite.
      EXPECT_FALSE(got->dhcp.type == Type::nak && got.has(Note::truncated_capture)) << row.name;
    }
  }
}

TEST(Dhcp6, WhatIsNone) {
  for (const char* bytes : {"", "01", "00 3d1d0a", "0e 3d1d0a", "0a 3d1d0a", "41414141 41414141",
                            "01 3d1d0a 0001 ffff 00", "0c 00", "01 3d1d0a 00"}) {
    EXPECT_EQ(decode(frame_of(hex(bytes), false))->application, Application::none) << bytes;
  }
}

TEST(Dhcp6, Names) {
  EXPECT_EQ(dhcp6::type_name(1), "SOLICIT");
  EXPECT_EQ(dhcp6::type_name(7), "REPLY");
  EXPECT_EQ(dhcp6::type_name(200), "");
  EXPECT_EQ(dhcp6::status_name(2), "NoAddrsAvail");
  EXPECT_EQ(dhcp6::status_name(77), "");
}

}  // namespace
}  // namespace whydown::packet
