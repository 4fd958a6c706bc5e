#include "packet/tcp/tcp.h"

#include <gtest/gtest.h>

#include "packet/testing.h"

namespace whydown::packet {
namespace {

using namespace testing;

struct OptionRow {
  const char* name;
  const char* options;
  int mss;
  int window_scale;
  bool sack_permitted;
  bool has_timestamps;
};

const OptionRow kOptions[] = {
    {"none", "", 0, 0xff, false, false},
    {"Linux SYN", "020405b4 0402080a 0000000100000000 01 030307", 1460, 7, true, true},
    {"Windows SYN", "020405b4 01 030308 0101 0402", 1460, 8, true, false},
    {"open connection", "0101080a 0000000100000002", 0, 0xff, false, true},
    {"selective acknowledgment", "0101080a 0000000100000002 0101050a 0000000100000002", 0, 0xff,
     false, true},
    {"scale 0", "03030000", 0, 0, false, false},
    {"end hides what follows", "00020405", 0, 0xff, false, false},
    {"an option of tomorrow is skipped", "fd04ffff 020405b4", 1460, 0xff, false, false},
    {"length 0 ends reading", "020405b4 fe000000 03030700", 1460, 0xff, false, false},
    {"length 1 ends reading", "020405b4 fe010000 03030700", 1460, 0xff, false, false},
    {"length beyond the header ends reading", "020405b4 03ff0700", 1460, 0xff, false, false},
    {"wrong length of a known option", "0203ff00", 0, 0xff, false, false},
    {"kind without length", "01010102", 0, 0xff, false, false},
};

TEST(Tcp, Options) {
  for (const OptionRow& row : kOptions) {
    SCOPED_TRACE(row.name);
    const Decoded got =
        decode(ipv4(6, tcp_segment(40000, 443, tcp_flag::syn, hex(row.options), hex("'xyz'"))),
               LinkType::raw);
    EXPECT_EQ(got->tcp.mss, row.mss);
    EXPECT_EQ(got->tcp.window_scale, row.window_scale);
    EXPECT_EQ(got->tcp.sack_permitted, row.sack_permitted);
    EXPECT_EQ(got->tcp.has_timestamps, row.has_timestamps);
    EXPECT_EQ(got->payload_length, 3U);
    EXPECT_EQ(got->payload.size(), 3U);
    EXPECT_EQ(got.notes(), "");
  }
}

TEST(Tcp, FixedHeader) {
  const Decoded got =
      decode(ipv6(6, tcp_segment(40000, 443, tcp_flag::psh | tcp_flag::ack, {}, hex("'hello'"))),
             LinkType::raw);
  EXPECT_EQ(got->transport, Transport::tcp);
  EXPECT_EQ(got->source_port, 40000);
  EXPECT_EQ(got->destination_port, 443);
  EXPECT_EQ(got->tcp.sequence, 0x01020304U);
  EXPECT_EQ(got->tcp.acknowledgment, 0x05060708U);
  EXPECT_EQ(got->tcp.window, 0x2000);
  EXPECT_EQ(got->tcp.flags, tcp_flag::psh | tcp_flag::ack);
  EXPECT_TRUE(got->known.has(Field::tcp_sequence));
  EXPECT_EQ(std::string(got->payload.begin(), got->payload.end()), "hello");
}

struct LengthRow {
  const char* name;
  std::uint8_t words;  // header length in 32-bit words
  std::size_t there;   // bytes of the segment that were captured, of 44
  Transport transport;
  bool knows_length;
  std::uint32_t payload_length;
  std::size_t payload;
  const char* notes;
};

const LengthRow kLengths[] = {
    {"whole", 8, 44, Transport::tcp, true, 12, 12, ""},
    {"header too short", 4, 44, Transport::tcp, false, 0, 0, "bad_tcp_header_length"},
    {"header longer than the segment", 12, 44, Transport::tcp, false, 0, 0,
     "bad_tcp_header_length"},
    {"header as long as the segment", 11, 44, Transport::tcp, true, 0, 0, ""},
    {"payload cut", 8, 40, Transport::tcp, true, 12, 8, ""},
    {"options cut", 8, 26, Transport::tcp, true, 12, 0, "truncated_capture"},
    {"flags cut", 8, 13, Transport::none, false, 0, 0, "truncated_capture"},
    {"window cut", 8, 19, Transport::none, false, 0, 0, "truncated_capture"},
};

TEST(Tcp, Lengths) {
  for (const LengthRow& row : kLengths) {
    SCOPED_TRACE(row.name);
    Bytes segment = tcp_segment(1, 2, 0x10, hex("020405b4 0101080a 01010101"), Bytes(12, 'x'));
    segment[12] = static_cast<std::uint8_t>(row.words << 4U);
    Bytes packet = ipv4(6, segment);
    packet.resize(20 + row.there);
    const Decoded got = decode(packet, LinkType::raw, 64);
    EXPECT_EQ(got->transport, row.transport);
    EXPECT_EQ(got->known.has(Field::payload_length), row.knows_length);
    EXPECT_EQ(got->payload_length, row.payload_length);
    EXPECT_EQ(got->payload.size(), row.payload);
    EXPECT_EQ(got.notes(), row.notes);
    if (row.there > 24 && row.words >= 6 && row.words <= 11) {
      EXPECT_EQ(got->tcp.mss, 1460);
    }
  }
}

TEST(Tcp, EthernetPaddingIsNoPayload) {
  const Decoded got =
      decode(join({ethernet(0x0800, ipv4(6, tcp_segment(1, 2, 0x10))), Bytes(6, 0)}));
  EXPECT_EQ(got->payload_length, 0U);
  EXPECT_TRUE(got->payload.empty());
}

}  // namespace
}  // namespace whydown::packet
