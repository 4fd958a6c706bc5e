#include "packet/icmp/icmp.h"

#include <gtest/gtest.h>

#include "packet/testing.h"

namespace whydown::packet {
namespace {

using namespace testing;

const Bytes kQuery = hex("abcd 0100 0001 0000 0000 0000 01 'a' 00 0001 0001");
const Bytes kDnsDatagram = ipv4(17, udp_datagram(40000, 53, kQuery));
const Bytes kTcpSyn = ipv4(6, tcp_segment(40000, 443, tcp_flag::syn));

Bytes icmp_message(std::uint8_t type, std::uint8_t code, const char* rest, const Bytes& body) {
  return join({{type, code}, hex("0000"), hex(rest), body});
}

Bytes cut(const Bytes& bytes, std::size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

struct QuoteRow {
  const char* name;
  Bytes message;
  bool is_v6;
  bool has_quote;
  bool has_ports;
  Transport transport;
  int destination_port;
  bool has_dns_id;
  std::size_t bytes;
  std::uint32_t mtu;
  const char* notes;
};

const QuoteRow kQuotes[] = {
    {"port unreachable, the whole query", icmp_message(3, 3, "00000000", kDnsDatagram), false, true,
     true, Transport::udp, 53, true, 47, 0, ""},
    {"port unreachable, eight bytes", icmp_message(3, 3, "00000000", cut(kDnsDatagram, 28)), false,
     true, true, Transport::udp, 53, false, 28, 0, ""},
    {"eleven bytes hold no DNS id", icmp_message(3, 3, "00000000", cut(kDnsDatagram, 31)), false,
     true, true, Transport::udp, 53, false, 31, 0, ""},
    {"twelve bytes do", icmp_message(3, 3, "00000000", cut(kDnsDatagram, 32)), false, true, true,
     Transport::udp, 53, true, 32, 0, ""},
    {"a query that is not DNS",
     icmp_message(3, 3, "00000000", ipv4(17, udp_datagram(40000, 123, kQuery))), false, true, true,
     Transport::udp, 123, false, 47, 0, ""},
    {"an answer sent to a closed port",
     icmp_message(3, 3, "00000000", ipv4(17, udp_datagram(53, 40000, kQuery))), false, true, true,
     Transport::udp, 40000, true, 47, 0, ""},
    {"TTL exceeded, a SYN", icmp_message(11, 0, "00000000", cut(kTcpSyn, 28)), false, true, true,
     Transport::tcp, 443, false, 28, 0, ""},
    {"fragmentation needed", icmp_message(3, 4, "00000578", kTcpSyn), false, true, true,
     Transport::tcp, 443, false, 40, 1400, ""},
    {"host unreachable, an echo",
     icmp_message(3, 1, "00000000", ipv4(1, hex("0800 0000 0001 0002"))), false, true, false,
     Transport::icmp, 0, false, 28, 0, ""},
    {"protocol unreachable", icmp_message(3, 2, "00000000", ipv4(132, Bytes(8, 0))), false, true,
     false, Transport::other, 0, false, 28, 0, ""},
    {"a code of tomorrow", icmp_message(3, 99, "00000000", kTcpSyn), false, true, true,
     Transport::tcp, 443, false, 40, 0, ""},
    {"RFC 4884 padding and extension",
     icmp_message(3, 1, "00200000",
                  join({kDnsDatagram, Bytes(128 - 47, 0), hex("2000 0000 0008 0101 ffff")})),
     false, true, true, Transport::udp, 53, true, 47, 0, ""},
    {"RFC 4884 length beyond the message", icmp_message(3, 1, "00ff0000", kTcpSyn), false, true,
     true, Transport::tcp, 443, false, 40, 0, ""},
    {"a length no extension follows", icmp_message(3, 1, "00010000", kTcpSyn), false, true, true,
     Transport::tcp, 443, false, 40, 0, ""},
    {"redirect", icmp_message(5, 1, "c0000201", kTcpSyn), false, true, true, Transport::tcp, 443,
     false, 40, 0, ""},
    {"source quench", icmp_message(4, 0, "00000000", kTcpSyn), false, true, true, Transport::tcp,
     443, false, 40, 0, ""},
    {"parameter problem", icmp_message(12, 0, "00000000", kTcpSyn), false, true, true,
     Transport::tcp, 443, false, 40, 0, ""},
    {"no quote", icmp_message(3, 3, "00000000", {}), false, false, false, Transport::none, 0, false,
     0, 0, "icmp_quote_truncated"},
    {"half an IP header", icmp_message(3, 3, "00000000", cut(kTcpSyn, 19)), false, false, false,
     Transport::none, 0, false, 0, 0, "icmp_quote_truncated"},
    {"an IP header and no more", icmp_message(3, 3, "00000000", cut(kTcpSyn, 20)), false, true,
     false, Transport::none, 0, false, 20, 0, "icmp_quote_truncated"},
    {"one port", icmp_message(3, 3, "00000000", cut(kTcpSyn, 23)), false, true, false,
     Transport::none, 0, false, 23, 0, "icmp_quote_truncated"},
    {"ports only", icmp_message(3, 3, "00000000", cut(kTcpSyn, 24)), false, true, true,
     Transport::tcp, 443, false, 24, 0, ""},
    {"a quote of a later fragment",
     icmp_message(11, 1, "00000000", ipv4(17, Bytes(8, 0), 28, 0x00b9)), false, true, false,
     Transport::none, 0, false, 28, 0, ""},
    {"garbage for a quote", icmp_message(3, 3, "00000000", Bytes(40, 0xff)), false, false, false,
     Transport::none, 0, false, 0, 0, "icmp_quote_truncated"},
    {"v6 port unreachable",
     icmp_message(1, 4, "00000000", ipv6(17, udp_datagram(40000, 53, kQuery))), true, true, true,
     Transport::udp, 53, true, 67, 0, ""},
    {"v6 packet too big", icmp_message(2, 0, "00000500", ipv6(6, tcp_segment(40000, 443, 0x10))),
     true, true, true, Transport::tcp, 443, false, 60, 1280, ""},
    {"v6 hop limit", icmp_message(3, 0, "00000000", ipv6(58, hex("8000 0000 0001 0002"))), true,
     true, false, Transport::icmp6, 0, false, 48, 0, ""},
    {"v6 through extension headers",
     icmp_message(1, 0, "00000000",
                  ipv6(0, join({hex("1100050200000100"), udp_datagram(40000, 53, kQuery)}))),
     true, true, true, Transport::udp, 53, true, 75, 0, ""},
    {"v6 cut in an extension header", icmp_message(1, 0, "00000000", ipv6(0, hex("11000502"))),
     true, true, false, Transport::none, 0, false, 44, 0, "icmp_quote_truncated"},
};

TEST(Icmp, Quotes) {
  for (const QuoteRow& row : kQuotes) {
    SCOPED_TRACE(row.name);
    const Decoded got =
        decode(row.is_v6 ? ipv6(58, row.message) : ipv4(1, row.message), LinkType::raw);
    EXPECT_EQ(got->transport, row.is_v6 ? Transport::icmp6 : Transport::icmp);
    EXPECT_EQ(got->icmp.type, row.message[0]);
    EXPECT_EQ(got->icmp.code, row.message[1]);
    EXPECT_EQ(got->icmp.mtu, row.mtu);
    EXPECT_EQ(got.notes(), row.notes);
    EXPECT_EQ(got->payload_length, row.message.size() - 8);
    const Quoted& quoted = got->icmp.quoted;
    EXPECT_EQ(got->known.has(Field::quote), row.has_quote);
    EXPECT_EQ(got->known.has(Field::quote_header), row.has_quote);
    EXPECT_EQ(got->known.has(Field::quote_source_port), row.has_ports);
    EXPECT_EQ(quoted.transport, row.transport);
    EXPECT_EQ(quoted.destination_port, row.destination_port);
    EXPECT_EQ(quoted.bytes, row.bytes);
    EXPECT_EQ(quoted.has_dns_id, row.has_dns_id);
    EXPECT_EQ(quoted.dns_id, row.has_dns_id ? 0xabcd : 0);
    EXPECT_FALSE(got->known.has(Field::dns_id));
  }
}

TEST(Icmp, QuotedHeader) {
  const Decoded got = decode(ipv4(1, icmp_message(11, 0, "00000000", kTcpSyn)), LinkType::raw);
  const Quoted& quoted = got->icmp.quoted;
  EXPECT_EQ(show(quoted.ip),
            "192.0.2.7>203.0.113.2 ttl64 tos0 p6 dftrue mffalse off0 id4660 len40");
  EXPECT_EQ(quoted.source_port, 40000);
  EXPECT_EQ(quoted.tcp_sequence, 0x01020304U);
}

struct PlainRow {
  const char* name;
  Bytes message;
  bool is_v6;
  int identifier;
  int sequence;
  const char* target;
  const char* notes;
};

constexpr const char* kTarget = "fe800000000000000000000000000001";

const PlainRow kPlain[] = {
    {"echo", icmp_message(8, 0, "0007 0001", hex("'ping'")), false, 7, 1, "::", ""},
    {"echo reply", icmp_message(0, 0, "0007 0001", hex("'ping'")), false, 7, 1, "::", ""},
    {"a type of tomorrow", icmp_message(200, 7, "01020304", {}), false, 0, 0, "::", ""},
    {"v6 echo", icmp_message(128, 0, "0007 0001", hex("'ping'")), true, 7, 1, "::", ""},
    {"v6 echo reply", icmp_message(129, 0, "0007 0002", {}), true, 7, 2, "::", ""},
    {"solicitation", icmp_message(135, 0, "00000000", hex(kTarget)), true, 0, 0, "fe80::1", ""},
    {"advertisement", icmp_message(136, 0, "60000000", hex(kTarget)), true, 0, 0, "fe80::1", ""},
    {"solicitation without all of its target", icmp_message(135, 0, "00000000", Bytes(15, 1)), true,
     0, 0, "::", "truncated_transport"},
    {"router advertisement", icmp_message(134, 0, "40800708", Bytes(8, 0)), true, 0x4080, 0,
     "::", ""},
};

TEST(Icmp, WithoutQuote) {
  for (const PlainRow& row : kPlain) {
    SCOPED_TRACE(row.name);
    const Decoded got =
        decode(row.is_v6 ? ipv6(58, row.message) : ipv4(1, row.message), LinkType::raw);
    EXPECT_EQ(got->icmp.type, row.message[0]);
    EXPECT_EQ(got->icmp.code, row.message[1]);
    EXPECT_EQ(got->icmp.identifier, row.identifier);
    EXPECT_EQ(got->icmp.sequence, row.sequence);
    EXPECT_EQ(got->icmp.target.to_string(), row.target);
    EXPECT_EQ(got.notes(), row.notes);
    EXPECT_FALSE(got->known.has(Field::quote));
    EXPECT_EQ(got->payload_length, row.message.size() - 8);
  }
}

TEST(Icmp, ShorterThanItsHeader) {
  for (std::size_t size = 0; size < 8; ++size) {
    const Bytes message = cut(icmp_message(3, 3, "00000000", {}), size);
    const Decoded got = decode(ipv4(1, message), LinkType::raw);
    EXPECT_EQ(got->transport, Transport::none);
    EXPECT_EQ(got.notes(), "truncated_transport");
  }
}

}  // namespace
}  // namespace whydown::packet
