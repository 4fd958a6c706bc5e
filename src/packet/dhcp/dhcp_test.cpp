#include "packet/dhcp/dhcp.h"

#include <gtest/gtest.h>

#include "packet/testing.h"

namespace whydown::packet {
namespace {

using namespace testing;

// op htype hlen hops, xid, secs, flags, then ciaddr yiaddr siaddr giaddr and chaddr.
constexpr const char* kFromClient =
    "01 01 06 00  3d1d0a0b  0004 8000  00000000 00000000 00000000 00000000"
    "020000000001 00000000000000000000";
constexpr const char* kFromServer =
    "02 01 06 01  3d1d0a0b  0000 0000  00000000 c0a80164 c0a80101 c0a80201"
    "020000000001 00000000000000000000";

Bytes message(const char* fixed, const char* options, const char* sname = "",
              const char* file = "") {
  Bytes names = hex(sname);
  names.resize(64);
  Bytes files = hex(file);
  files.resize(128);
  return join({hex(fixed), names, files, hex("63825363"), hex(options)});
}

struct Row {
  const char* name;
  Bytes message;
  const char* shown;
  const char* notes;
};

const Row kRows[] = {
    {"discover",
     message(kFromClient, "35 01 01  32 04 c0a80164  0c 05 'alice'  37 03 010306  ff 0000"),
     "dhcp 1025313291 type1 reason0 hops0 secs4 btrue 02:00:00:00:00:01 ci:: yi:: gi:: "
     "req192.168.1.100 srv:: lease0",
     ""},
    {"offer through a relay",
     message(kFromServer, "35 01 02  36 04 c0a80101  33 04 00000e10  01 04 ffffff00  ff"),
     "dhcp reply 1025313291 type2 reason0 hops1 secs0 bfalse 02:00:00:00:00:01 ci:: "
     "yi192.168.1.100 gi192.168.2.1 req:: srv192.168.1.1 lease3600",
     ""},
    {"no for another network",
     message(kFromServer, "35 01 06  36 04 c0a80101  38 0d 'wrong network' ff"),
     "dhcp reply 1025313291 type6 reason1 hops1 secs0 bfalse 02:00:00:00:00:01 ci:: "
     "yi192.168.1.100 gi192.168.2.1 req:: srv192.168.1.1 lease0",
     ""},
    {"no for a taken address",
     message(kFromServer, "35 01 06  38 1f 'requested address not available' ff"),
     "dhcp reply 1025313291 type6 reason2 hops1 secs0 bfalse 02:00:00:00:00:01 ci:: "
     "yi192.168.1.100 gi192.168.2.1 req:: srv:: lease0",
     ""},
    {"no for reasons of its own", message(kFromServer, "35 01 06  38 03 'foo' ff"),
     "dhcp reply 1025313291 type6 reason3 hops1 secs0 bfalse 02:00:00:00:00:01 ci:: "
     "yi192.168.1.100 gi192.168.2.1 req:: srv:: lease0",
     ""},
    {"options go on in the file name",
     message(kFromClient, "34 01 01 ff", "35 01 04 ff", "35 01 03  32 04 c0a80164 ff"),
     "dhcp 1025313291 type3 reason0 hops0 secs4 btrue 02:00:00:00:00:01 ci:: yi:: gi:: "
     "req192.168.1.100 srv:: lease0",
     ""},
    {"options go on in the server's name", message(kFromClient, "34 01 02 ff", "35 01 04 ff"),
     "dhcp 1025313291 type4 reason0 hops0 secs4 btrue 02:00:00:00:00:01 ci:: yi:: gi:: "
     "req:: srv:: lease0",
     ""},
    {"a type of tomorrow", message(kFromClient, "35 01 63 ff"),
     "dhcp 1025313291 type99 reason0 hops0 secs4 btrue 02:00:00:00:00:01 ci:: yi:: gi:: "
     "req:: srv:: lease0",
     ""},
    {"sizes that do not fit are passed over", message(kFromClient, "35 02 0101  32 03 c0a801 ff"),
     "dhcp 1025313291 type0 reason0 hops0 secs4 btrue 02:00:00:00:00:01 ci:: yi:: gi:: "
     "req:: srv:: lease0",
     ""},
    {"no end", message(kFromClient, "35 01 01 0000"),
     "dhcp 1025313291 type1 reason0 hops0 secs4 btrue 02:00:00:00:00:01 ci:: yi:: gi:: "
     "req:: srv:: lease0",
     "dhcp_malformed"},
    {"an option longer than the message", message(kFromClient, "35 01 01 32 ff c0a8"),
     "dhcp 1025313291 type1 reason0 hops0 secs4 btrue 02:00:00:00:00:01 ci:: yi:: gi:: "
     "req:: srv:: lease0",
     "dhcp_malformed"},
    {"BOOTP has a vendor's area of its own",
     join({hex(kFromClient), Bytes(192), hex("01020304 350101"), Bytes(57)}),
     "dhcp 1025313291 type0 reason0 hops0 secs4 btrue 02:00:00:00:00:01 ci:: yi:: gi:: "
     "req:: srv:: lease0",
     ""},
    {"shorter than BOOTP", hex(kFromClient),
     "dhcp 1025313291 type0 reason0 hops0 secs4 btrue 02:00:00:00:00:01 ci:: yi:: gi:: "
     "req:: srv:: lease0",
     "dhcp_malformed"},
    {"another medium has other addresses",
     message("01 20 00 00 3d1d0a0b 0004 8000 00000000 00000000 00000000 00000000"
             "020000000001 00000000000000000000",
             "35 01 01 ff"),
     "dhcp 1025313291 type1 reason0 hops0 secs4 btrue 00:00:00:00:00:00 ci:: yi:: gi:: "
     "req:: srv:: lease0",
     ""},
    {"neither request nor reply", hex("03 01 06 00 3d1d0a0b"), nullptr, ""},
    {"too short to tell who asks", hex("01 01 06 00 3d1d0a0b"), nullptr, ""},
};

TEST(Dhcp, Fields) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const Decoded got = decode(ipv4(17, udp_datagram(68, 67, row.message)), LinkType::raw);
    EXPECT_EQ(got.notes(), row.notes);
    EXPECT_EQ(got->application, row.shown == nullptr ? Application::none : Application::dhcp);
    if (row.shown == nullptr) continue;
    EXPECT_EQ(show(got->dhcp), row.shown);
  }
}

TEST(Dhcp, BothPorts) {
  const Bytes offer = message(kFromServer, "35 01 02 ff");
  for (const auto& [from, to] : {std::pair{67, 68}, {67, 67}, {68, 67}, {4000, 67}}) {
    const Decoded got = decode(ipv4(17, udp_datagram(static_cast<std::uint16_t>(from),
                                                     static_cast<std::uint16_t>(to), offer)),
                               LinkType::raw);
    EXPECT_EQ(got->application, Application::dhcp) << from << " to " << to;
  }
}

TEST(Dhcp, LoginPages) {
  struct Portal {
    const char* options;
    bool is_named;
  };
  const Portal kPortals[] = {
      {"35 01 05 72 11 'https://a.example' ff", true},
      {"35 01 05 a0 10 'http://10.0.0.1/' ff", true},
      {"35 01 05 72 25 'urn:ietf:params:capport:unrestricted' 20 ff", false},
      {"35 01 05 a0 04 01020304 ff", false},
      {"35 01 05 72 00 ff", false},
      {"35 01 05 ff", false},
  };
  for (const Portal& portal : kPortals) {
    const Decoded got =
        decode(ipv4(17, udp_datagram(67, 68, message(kFromServer, portal.options))), LinkType::raw);
    EXPECT_EQ(got->dhcp.names_portal, portal.is_named) << portal.options;
    EXPECT_EQ(got.notes(), "") << portal.options;
  }
}

// Of 96 bytes the client is there, and the type is not.
TEST(Dhcp, CutAnywhere) {
  const Bytes whole =
      ethernet(0x0800, ipv4(17, udp_datagram(68, 67, message(kFromClient, "35 01 01 ff"))));
  for (std::size_t size = 42; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    const Bytes cut(whole.begin(), whole.begin() + static_cast<long>(size));
    const Decoded got = decode(cut, LinkType::ethernet, static_cast<std::uint32_t>(whole.size()));
    EXPECT_EQ(got->application, size < 42 + 34 ? Application::none : Application::dhcp);
    if (got->application == Application::none) continue;
    EXPECT_EQ(got.notes(), "truncated_capture");
    EXPECT_EQ(got->dhcp.client.to_string(), "02:00:00:00:00:01");
    EXPECT_EQ(got->dhcp.type,
              size == whole.size() - 1 ? dhcp::Type::discover : dhcp::Type::unknown);
  }
}

}  // namespace
}  // namespace whydown::packet
