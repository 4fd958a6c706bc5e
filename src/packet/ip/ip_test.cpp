#include "packet/ip/ip.h"

#include <gtest/gtest.h>

#include "packet/limits.h"
#include "packet/testing.h"

namespace whydown::packet {
namespace {

using namespace testing;

TEST(Ip, Version4Fields) {
  Bytes bytes = ipv4(17, udp_datagram(1, 2, {}));
  bytes[1] = 0xc0;
  const Decoded got = decode(bytes, LinkType::raw);
  EXPECT_EQ(show(got->ip),
            "192.0.2.7>203.0.113.2 ttl64 tos192 p17 dftrue mffalse off0 id4660 len28");
  EXPECT_EQ(got.notes(), "bad_ip_checksum");  // the TOS was changed
  for (const Field field : {Field::ttl, Field::tos, Field::ip_id, Field::dont_fragment}) {
    EXPECT_TRUE(got->known.has(field));
  }
  EXPECT_FALSE(got->known.has(Field::mac));
}

TEST(Ip, Version6Fields) {
  Bytes bytes = ipv6(17, udp_datagram(1, 2, {}));
  bytes[0] = 0x6b;
  bytes[1] = 0x8f;
  const Decoded got = decode(bytes, LinkType::raw);
  EXPECT_EQ(show(got->ip),
            "2001:db8::7>2001:db8::2 ttl64 tos184 p17 dffalse mffalse off0 id0 len48");
  EXPECT_TRUE(got->known.has(Field::ttl));
  EXPECT_FALSE(got->known.has(Field::ip_id));
  EXPECT_FALSE(got->known.has(Field::dont_fragment));
  EXPECT_EQ(got.notes(), "");
}

struct BytesRow {
  const char* name;
  std::size_t offset;  // of the byte changed in an IPv4 packet of 20 + 13 bytes
  std::uint8_t value;
  Network network;
  Transport transport;
  std::size_t payload;
  const char* notes;  // bad_ip_checksum left out
};

const BytesRow kBytes[] = {
    {"untouched", 8, 64, Network::ipv4, Transport::udp, 5, ""},
    {"version 5", 0, 0x55, Network::none, Transport::none, 0, "bad_ip_version"},
    {"header of 16 bytes", 0, 0x44, Network::ipv4, Transport::none, 0, "bad_ip_header_length"},
    {"header beyond the packet", 0, 0x4f, Network::ipv4, Transport::none, 0, "truncated_network"},
    {"header of 24 bytes", 0, 0x46, Network::ipv4, Transport::udp, 1, "bad_udp_length"},
    {"length below the header", 3, 19, Network::ipv4, Transport::none, 0, "bad_ip_header_length"},
    {"length beyond the frame", 3, 34, Network::ipv4, Transport::udp, 5, "ip_length_mismatch"},
    {"length 0: offload", 3, 0, Network::ipv4, Transport::udp, 5, "segment_above_mtu"},
    {"header only", 3, 20, Network::ipv4, Transport::none, 0, "truncated_transport"},
    {"first fragment", 6, 0x20, Network::ipv4, Transport::udp, 5, "fragment"},
    {"later fragment", 7, 0x01, Network::ipv4, Transport::none, 0, "fragment"},
    {"GRE", 9, 47, Network::ipv4, Transport::other, 0, ""},
    {"a protocol of tomorrow", 9, 200, Network::ipv4, Transport::other, 0, ""},
};

TEST(Ip, Version4Odd) {
  for (const BytesRow& row : kBytes) {
    SCOPED_TRACE(row.name);
    Bytes bytes = ipv4(17, udp_datagram(1000, 2000, hex("'hello'")));
    bytes[row.offset] = row.value;
    const Decoded got = decode(bytes, LinkType::ipv4);
    EXPECT_EQ(got->network, row.network);
    EXPECT_EQ(got->transport, row.transport);
    EXPECT_EQ(got->payload.size(), row.payload);
    std::string notes = got.notes();
    if (const auto at = notes.find("bad_ip_checksum"); at != std::string::npos) {
      notes.erase(at, std::min<std::size_t>(16, notes.size() - at));
    }
    EXPECT_EQ(notes, row.notes);
  }
}

TEST(Ip, FragmentsOfVersion4) {
  const Decoded got = decode(ipv4(17, Bytes(16, 'x'), 36, 0x20b9), LinkType::raw);
  EXPECT_TRUE(got->ip.more_fragments);
  EXPECT_EQ(got->ip.fragment_offset, 1480);
  EXPECT_FALSE(got->is_first_fragment_or_whole());
  EXPECT_FALSE(got->known.has(Field::payload_length));
}

// The checksum of one header, by RFC 1071's example arithmetic, and each of its bits flipped.
TEST(Ip, ChecksumSeesEveryBit) {
  const Bytes good = ipv4(17, udp_datagram(1, 2, {}));
  EXPECT_EQ(decode(good, LinkType::ipv4).notes(), "");
  for (std::size_t bit = 8; bit < 160; ++bit) {
    Bytes bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << bit % 8));
    EXPECT_TRUE(decode(bad, LinkType::ipv4).has(Note::bad_ip_checksum)) << bit;
  }
}

struct ChainRow {  // NOLINT(clang-analyzer-optin.performance.Padding): in reading order
  const char* name;
  std::uint8_t first;
  const char* chain;  // before the UDP datagram
  int protocol;
  Transport transport;
  bool knows_id;
  const char* notes;
};

const ChainRow kChains[] = {
    {"none", 17, "", 17, Transport::udp, false, ""},
    {"hop-by-hop", 0, "11 00 0502 0000 0100", 17, Transport::udp, false, ""},
    {"destination options of 16 bytes", 60, "11 01 0000 00000000 0000000000000000", 17,
     Transport::udp, false, ""},
    {"routing, then destination", 43, "3c 00 0000 00000000  11 00 0104 00000000", 17,
     Transport::udp, false, ""},
    {"authentication", 51, "11 04 0000 00000001 00000001 000000000000000000000000", 17,
     Transport::udp, false, ""},
    {"first fragment", 44, "11 00 0001 000004d2", 17, Transport::udp, true, "fragment"},
    {"later fragment", 44, "11 00 05a9 000004d2", 17, Transport::none, true, "fragment"},
    {"atomic fragment", 44, "11 00 0000 000004d2", 17, Transport::udp, true, ""},
    {"encrypted", 50, "", 50, Transport::other, false, ""},
    {"no next header", 59, "", 59, Transport::none, false, ""},
    {"header beyond the packet", 0, "11 ff 0502 0000 0100", 0, Transport::none, false,
     "truncated_network"},
    {"eight headers", 60,
     "3c00010400000000 3c00010400000000 3c00010400000000 3c00010400000000 3c00010400000000 "
     "3c00010400000000 3c00010400000000 1100010400000000",
     17, Transport::udp, false, ""},
    {"nine headers", 60,
     "3c00010400000000 3c00010400000000 3c00010400000000 3c00010400000000 3c00010400000000 "
     "3c00010400000000 3c00010400000000 3c00010400000000 1100010400000000",
     60, Transport::none, false, "extension_chain_too_long"},
};

TEST(Ip, ExtensionHeaders) {
  static_assert(kMaxExtensionHeaders == 8, "the rows above count on it");
  for (const ChainRow& row : kChains) {
    SCOPED_TRACE(row.name);
    const Decoded got =
        decode(ipv6(row.first, join({hex(row.chain), udp_datagram(1000, 2000, hex("'hello'"))})),
               LinkType::raw);
    EXPECT_EQ(got->ip.protocol, row.protocol);
    EXPECT_EQ(got->transport, row.transport);
    EXPECT_EQ(got->known.has(Field::ip_id), row.knows_id);
    EXPECT_EQ(got.notes(), row.notes);
    EXPECT_EQ(got->ip.id, row.knows_id ? 1234U : 0U);
    EXPECT_EQ(got->payload_length, row.transport == Transport::udp ? 5U : 0U);
  }
}

TEST(Ip, FragmentOffsetOfVersion6) {
  const Decoded got =
      decode(ipv6(44, join({hex("11 00 05a9 000004d2"), Bytes(32, 'x')})), LinkType::raw);
  EXPECT_EQ(got->ip.fragment_offset, 1448);
  EXPECT_TRUE(got->ip.more_fragments);
}

TEST(Ip, Version6WithoutLengthIsOffload) {
  Bytes bytes = ipv6(6, tcp_segment(1, 2, 0x10, {}, Bytes(3000, 'x')));
  bytes[4] = bytes[5] = 0;
  const Decoded got = decode(bytes, LinkType::raw);
  EXPECT_EQ(got.notes(), "segment_above_mtu");
  EXPECT_EQ(got->payload_length, 3000U);
}

// RFC 1071 by its letter: 16 bits at a time, each carry added at once.
bool is_good_by_the_letter(const Bytes& header) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < header.size(); i += 2) {
    sum += base::load_be16(header.data() + i);
    sum = (sum & 0xffffU) + (sum >> 16U);
  }
  return sum == 0xffff;
}

// Headers of every length, their bytes at random or at the ends of their range; of each one with
// its checksum put right, and one beside it. 0xffff and 0 are the same number there; 0 may also be
// one that is still to be computed.
TEST(Ip, ChecksumAgreesWithTheReference) {
  std::uint32_t seed = 1;
  const auto random = [&seed] {
    return static_cast<std::uint8_t>((seed = seed * 69069U + 1) >> 24U);
  };
  for (int round = 0; round < 4000; ++round) {
    Bytes header(20 + 4 * (static_cast<std::size_t>(round) % 11), 0);
    for (std::uint8_t& byte : header) {
      byte = round % 3 == 0 ? random() : round % 3 == 1 ? (random() & 1U) * 0xff : 0;
    }
    header[0] = static_cast<std::uint8_t>(0x40 + header.size() / 4);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < header.size(); i += 2) {
      if (i != 10) sum += base::load_be16(header.data() + i);
    }
    sum = (sum & 0xffffU) + (sum >> 16U);
    sum = (sum & 0xffffU) + (sum >> 16U);
    for (const std::uint32_t checksum : {~sum, ~sum + 1, ~sum - 1, 0U, 0xffffU}) {
      header[10] = be16(checksum & 0xffffU)[0];
      header[11] = be16(checksum & 0xffffU)[1];
      ASSERT_EQ(decode(header, LinkType::ipv4).has(Note::bad_ip_checksum),
                !is_good_by_the_letter(header) && base::load_be16(header.data() + 10) != 0)
          << round;
    }
  }
}

// The range in which base::IpAddress keeps host names must not be reachable from packets.
TEST(Ip, NoPacketNamesAHost) {
  Bytes bytes = ipv6(17, udp_datagram(1, 2, {}));
  const Bytes forged = hex("01000000000000000000000000000001");
  std::copy(forged.begin(), forged.end(), bytes.begin() + 8);
  const Decoded got = decode(bytes, LinkType::raw);
  EXPECT_EQ(got->ip.source.kind(), base::AddressKind::none);
  EXPECT_EQ(got->ip.destination.kind(), base::AddressKind::v6);
}

}  // namespace
}  // namespace whydown::packet
