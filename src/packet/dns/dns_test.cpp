#include "packet/dns/dns.h"

#include <gtest/gtest.h>

#include "packet/dns/dns_reference.h"
#include "packet/testing.h"

namespace whydown::packet {
namespace {

using namespace testing;
using dns::Completeness;

// "www.example.com A IN"; the name is at offset 12, "example.com" at 16.
constexpr const char* kQuestion = "03'www' 07'example' 03'com' 00 0001 0001";

const Bytes kQuery = hex(std::string("abcd 0100 0001 0000 0000 0000 ") + kQuestion);

// CNAME, A, AAAA; NS; A of it, OPT with an extended error and a cookie.
const Bytes kAnswer = hex(std::string("abcd 85b3 0001 0003 0001 0002 ") + kQuestion +
                          "c00c 0005 0001 0000003c 0002 c010 "
                          "c010 0001 0001 0000003c 0004 c0000201 "
                          "c010 001c 0001 00000e10 0010 20010db8000000000000000000000001 "
                          "c010 0002 0001 00015180 0005 02'ns' c010 "
                          "c067 0001 0001 00015180 0004 c0000235 "
                          "00 0029 04d0 01008000 0018 000a 0008 0102030405060708 000f 0008 0012 "
                          "'nobody'");

// A message as it comes: behind UDP, port 53.
Decoded over_udp(const Bytes& message) {
  return decode(ipv4(17, udp_datagram(40000, 53, message)), LinkType::raw);
}

TEST(Dns, Query) {
  const Decoded got = over_udp(kQuery);
  EXPECT_EQ(got->application, Application::dns);
  EXPECT_EQ(got.notes(), "");
  EXPECT_TRUE(got->known.has(Field::dns_id));
  EXPECT_TRUE(got->known.has(Field::dns_sections));
  const dns::Message& message = got->dns;
  EXPECT_EQ(message.completeness, Completeness::whole);
  EXPECT_EQ(message.id, 0xabcd);
  EXPECT_FALSE(message.response);
  EXPECT_TRUE(message.recursion_desired);
  EXPECT_EQ(message.question_name.view(), "www.example.com");
  EXPECT_EQ(message.question_type, dns::type::a);
  EXPECT_EQ(message.question_class, 1);
  EXPECT_EQ(message.length, kQuery.size());
  EXPECT_TRUE(message.records.empty());
  EXPECT_FALSE(message.has_edns);
  EXPECT_FALSE(message.over_tcp);
}

TEST(Dns, Answer) {
  const Decoded got = over_udp(kAnswer);
  const dns::Message& message = got->dns;
  ASSERT_EQ(got.notes(), "");
  EXPECT_EQ(message.completeness, Completeness::whole);
  EXPECT_TRUE(message.response);
  EXPECT_TRUE(message.authoritative);
  EXPECT_TRUE(message.recursion_desired);
  EXPECT_TRUE(message.recursion_available);
  EXPECT_TRUE(message.authentic_data);
  EXPECT_TRUE(message.checking_disabled);
  EXPECT_FALSE(message.truncated);
  EXPECT_EQ(static_cast<int>(message.rcode), 0x13);  // 3 in the header, 1 in the OPT record
  EXPECT_TRUE(message.has_edns);
  EXPECT_TRUE(message.dnssec_ok);
  EXPECT_EQ(message.udp_payload_size, 1232);
  struct Expected {
    dns::Section section;
    std::uint16_t type;
    std::uint32_t ttl;
    const char* address;
    const char* name;
  };
  static constexpr Expected kRecords[] = {
      {dns::Section::answer, dns::type::cname, 60, "::", "www.example.com"},
      {dns::Section::answer, dns::type::a, 60, "192.0.2.1", "example.com"},
      {dns::Section::answer, dns::type::aaaa, 3600, "2001:db8::1", "example.com"},
      {dns::Section::authority, dns::type::ns, 86400, "::", "example.com"},
      {dns::Section::additional, dns::type::a, 86400, "192.0.2.53", "ns.example.com"},
      {dns::Section::additional, dns::type::opt, 0x01008000, "::", "."},
  };
  ASSERT_EQ(message.records.size(), std::size(kRecords));
  const auto bytes = dns::message_bytes(*got.packet);
  ASSERT_EQ(bytes.size(), kAnswer.size());
  for (std::size_t i = 0; i < std::size(kRecords); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(message.records[i].section, kRecords[i].section);
    EXPECT_EQ(message.records[i].type, kRecords[i].type);
    EXPECT_EQ(message.records[i].ttl, kRecords[i].ttl);
    EXPECT_EQ(message.records[i].address.to_string(), kRecords[i].address);
    base::ShortText name;
    EXPECT_TRUE(dns::read_name(bytes, message.records[i].name_offset, name));
    EXPECT_EQ(name.view(), kRecords[i].name);
  }
  ASSERT_EQ(message.extended_errors.size(), 1U);
  const dns::ExtendedError& error = message.extended_errors[0];
  const auto text = bytes.subspan(error.text_offset, error.text_length);
  EXPECT_EQ(error.code, 18);
  EXPECT_EQ(std::string(text.begin(), text.end()), "nobody");
  base::ShortText target;
  EXPECT_TRUE(dns::read_name(bytes, message.records[0].rdata_offset, target));
  EXPECT_EQ(target.view(), "example.com");
}

std::string label(std::size_t size, char c) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text{kDigits[size / 16], kDigits[size % 16], '\''};
  return text.append(size, c).append("'");
}

struct NameRow {
  const char* name;
  std::string wire;
  std::string expected;
  Completeness completeness;
  const char* notes;
};

const NameRow kNames[] = {
    {"root", "00", ".", Completeness::whole, ""},
    {"one label", "03'com' 00", "com", Completeness::whole, ""},
    {"upper case", "03'WwW' 07'ExAmPlE' 00", "www.example", Completeness::whole, ""},
    {"underscore and digits", "05'_srv1' 00", "_srv1", Completeness::whole, ""},
    {"dot in a label", "03'a.b' 00", "a\\046b", Completeness::whole, ""},
    {"backslash", "03'a\\b' 00", "a\\092b", Completeness::whole, ""},
    {"blank, NUL, DEL, 8 bit", "04 20 00 7f ff 00", "\\032\\000\\127\\255", Completeness::whole,
     ""},
    {"63 bytes", label(63, 'a') + "00", std::string(63, 'a'), Completeness::whole, ""},
    {"255 bytes on the wire",
     label(63, 'a') + label(63, 'b') + label(63, 'c') + label(61, 'd') + "00",
     std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." +
         std::string(61, 'd'),
     Completeness::whole, ""},
    {"256 bytes on the wire",
     label(63, 'a') + label(63, 'b') + label(63, 'c') + label(62, 'd') + "00", "",
     Completeness::malformed, "dns_malformed dns_name_too_long"},
    {"too long once escaped", label(63, '.') + "01'a' 00",
     [] {
       std::string text;
       for (int i = 0; i < 63; ++i) text += "\\046";
       return text + ".a";
     }(),
     Completeness::whole, ""},
    {"much too long once escaped", label(63, '.') + "05'a.bcd' 00",
     [] {
       std::string text;
       for (int i = 0; i < 63; ++i) text += "\\046";
       return text + ".a";
     }(),
     Completeness::whole, "dns_name_too_long"},
    {"a dot of a length, a length of a dot", label(46, 'a') + "02'..' 00",
     std::string(46, 'a') + ".\\046\\046", Completeness::whole, ""},
    {"a length that a label holds", "02'a' 01 01'b' 00", "a\\001.b", Completeness::whole, ""},
    {"what stands beside the letters", "04'@[`{' 04'/:!~' 00", "@[`{./:!~", Completeness::whole,
     ""},
    {"label type 0x40", "41'a' 00", "", Completeness::malformed, "dns_malformed"},
    {"label type 0x80", "81'a' 00", "", Completeness::malformed, "dns_malformed"},
    {"pointer at itself", "c00c", "", Completeness::malformed, "dns_malformed dns_name_loop"},
    {"pointer at its own name", "01'a' c00c", "", Completeness::malformed,
     "dns_malformed dns_name_loop"},
    {"pointer forward", "c012 0000 0000 03'com' 00", "", Completeness::malformed,
     "dns_malformed dns_name_loop"},
    {"pointer into the header", "c000", "", Completeness::malformed, "dns_malformed"},
};

TEST(Dns, QuestionNames) {
  for (const NameRow& row : kNames) {
    SCOPED_TRACE(row.name);
    const Decoded got = over_udp(hex("0001 0100 0001 0000 0000 0000 " + row.wire + " 0001 0001"));
    EXPECT_EQ(got->dns.question_name.view(), row.expected);
    EXPECT_EQ(got->dns.completeness, row.completeness);
    EXPECT_EQ(got.notes(), row.notes);
    EXPECT_EQ(got->known.has(Field::dns_sections), row.completeness == Completeness::whole);
  }
}

// A query for a name of `size` characters in labels of up to `most`, with `more` after it.
Bytes query_for(std::size_t size, std::size_t most, const Bytes& more) {
  Bytes message = hex("0001 0100 0001 0000 0000 0000");
  while (size > 0) {
    std::size_t length = std::min(size, most);
    if (size == length + 1) --length;  // no dot may end the name
    if (length == 0) length = size;
    message.push_back(static_cast<std::uint8_t>(length));
    for (std::size_t i = 0; i < length; ++i) {
      message.push_back(static_cast<std::uint8_t>("aZ0-_z"[i % 6]));
    }
    size -= std::min(size, length + 1);
  }
  return join({message, hex("00 0001 0001"), more});
}

// Around the sizes of a block of the fast speller, with and without room behind the name for one:
// every byte of the name replaced in turn. The message is on the heap at its exact size.
TEST(Dns, NamesOfEverySizeAgreeWithTheReference) {
  static constexpr std::uint8_t kValues[] = {0,   1,   31,  32,   33,   '.',  'A',
                                             'Z', '[', '~', '\\', 0x7f, 0x80, 0xff};
  for (const std::size_t most : {1U, 3U, 30U, 31U, 32U, 33U, 45U, 46U, 47U, 63U}) {
    for (std::size_t size = 1; size <= 255; size += size < 66 ? 1 : size < 240 ? 29 : 1) {
      for (const Bytes& more : {Bytes{}, hex("00 00 29 04d0"), Bytes(40, 0x20)}) {
        const Bytes message = query_for(size, most, more);
        ASSERT_EQ(dns::reference::disagreement(message, message.size()), "") << size << '/' << most;
        if (size > 36 && size != 64 && size != 253) continue;
        for (std::size_t at = 12; at < 12 + size + 2; ++at) {
          for (const std::uint8_t value : kValues) {
            Bytes bent = message;
            bent[at] = value;
            ASSERT_EQ(dns::reference::disagreement(bent, bent.size()), "")
                << size << '/' << most << ' ' << at << '=' << static_cast<int>(value);
          }
        }
      }
    }
  }
}

TEST(Dns, NamesOfTinyMessages) {
  base::ShortText name;
  EXPECT_TRUE(dns::read_name(hex("01'A' 00"), 0, name));
  EXPECT_EQ(name.view(), "a");
  EXPECT_TRUE(dns::read_name(hex("ffff 03'cOm' 01'x' 00"), 2, name));
  EXPECT_EQ(name.view(), "com.x");
  EXPECT_TRUE(dns::read_name(hex("00000000000000000000000000 01'A' 00"), 13, name));
  EXPECT_EQ(name.view(), "a");
  EXPECT_FALSE(dns::read_name(hex("01'a'"), 0, name));
  EXPECT_FALSE(dns::read_name(hex("01'a' 00"), 4, name));
  EXPECT_EQ(name.view(), "");
}

TEST(Dns, NamesByPointer) {
  // At 12 "a", at 15 -> 12, at 17 -> 15, ... a chain of 40 pointers, each to the one before.
  Bytes message = hex("0001 0100 0000 0000 0000 0000 01'a' 00");
  for (std::size_t i = 0; i < 40; ++i) {
    const std::size_t target = i == 0 ? 12 : 13 + 2 * i;
    message.push_back(static_cast<std::uint8_t>(0xc0U | target >> 8U));
    message.push_back(static_cast<std::uint8_t>(target));
  }
  base::ShortText name;
  for (std::size_t hops = 1; hops <= 40; ++hops) {
    SCOPED_TRACE(hops);
    EXPECT_EQ(dns::read_name(message, 13 + 2 * hops, name), hops <= 32);
    EXPECT_EQ(name.view(), hops <= 32 ? "a" : "");
  }
  EXPECT_FALSE(dns::read_name(message, message.size(), name));
  EXPECT_FALSE(dns::read_name(message, message.size() - 1, name));
  EXPECT_FALSE(dns::read_name({}, 0, name));
}

struct OddRow {
  const char* name;
  std::string bytes;
  Completeness completeness;
  std::size_t records;
  const char* notes;
};

const OddRow kOdd[] = {
    {"no question", "0001 8001 0000 0000 0000 0000", Completeness::whole, 0, ""},
    {"two questions", std::string("0001 0100 0002 0000 0000 0000 ") + kQuestion + "c00c 001c 0001",
     Completeness::whole, 0, ""},
    {"a question less than counted", std::string("0001 0100 0002 0000 0000 0000 ") + kQuestion,
     Completeness::malformed, 0, "dns_malformed"},
    {"a record less than counted",
     std::string("0001 8100 0001 0002 0000 0000 ") + kQuestion +
         "c00c 0001 0001 00000000 0004 c0000201",
     Completeness::malformed, 1, "dns_malformed"},
    {"data beyond the message",
     std::string("0001 8100 0001 0001 0000 0000 ") + kQuestion +
         "c00c 0001 0001 00000000 0005 c0000201",
     Completeness::malformed, 0, "dns_malformed"},
    {"owner name that points at itself",
     std::string("0001 8100 0001 0001 0000 0000 ") + kQuestion +
         "c021 0001 0001 00000000 0004 c0000201",
     Completeness::malformed, 0, "dns_malformed dns_name_loop"},
    {"an address of three bytes is data",
     std::string("0001 8100 0001 0001 0000 0000 ") + kQuestion +
         "c00c 0001 0001 00000000 0003 c00002",
     Completeness::whole, 1, ""},
    {"option beyond its record",
     "0001 8100 0000 0000 0000 0001  00 0029 1000 00000000 0006 000f 0003 0001",
     Completeness::malformed, 1, "dns_malformed"},
    {"three bytes of an option", "0001 8100 0000 0000 0000 0001  00 0029 1000 00000000 0003 000f00",
     Completeness::malformed, 1, "dns_malformed"},
    {"bytes after the message", "0001 8100 0000 0000 0000 0000 'tail'", Completeness::whole, 0, ""},
    {"counts of 65535", "0001 8100 ffff ffff ffff ffff", Completeness::malformed, 0,
     "dns_malformed"},
};

TEST(Dns, OddMessages) {
  for (const OddRow& row : kOdd) {
    SCOPED_TRACE(row.name);
    const Decoded got = over_udp(hex(row.bytes));
    EXPECT_EQ(got->dns.completeness, row.completeness);
    EXPECT_EQ(got->dns.records.size(), row.records);
    for (const dns::Record& record : got->dns.records)
      EXPECT_FALSE(record.address.is_known() && record.rdata_length == 3);
    EXPECT_EQ(got.notes(), row.notes);
    EXPECT_EQ(got->dns.id, 1);
  }
}

TEST(Dns, MoreRecordsThanKept) {
  Bytes message = hex(std::string("0001 8180 0001 001e 0000 0001 ") + kQuestion);
  for (int i = 0; i < 30; ++i) {
    message = join({message, hex("c00c 0001 0001 00000000 0004 c0000201")});
  }
  message = join({message, hex("00 0029 1000 01000000 0000")});
  const Decoded got = over_udp(message);
  EXPECT_EQ(got->dns.records.size(), dns::Message::kRecords);
  EXPECT_EQ(got->dns.records.refused(), 31 - dns::Message::kRecords);
  EXPECT_EQ(got.notes(), "dns_too_many_records");
  EXPECT_EQ(got->dns.rcode, dns::Rcode::bad_vers);  // what comes after still counts
}

TEST(Dns, CutBySnaplen) {
  const Bytes whole = ipv4(17, udp_datagram(53, 40000, kAnswer));
  for (std::size_t size = 28; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    const Decoded got = decode({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)},
                               LinkType::raw, static_cast<std::uint32_t>(whole.size()));
    const bool has_header = size >= 28 + 12;
    EXPECT_EQ(got->application, has_header ? Application::dns : Application::none);
    EXPECT_EQ(got->known.has(Field::dns_id), has_header);
    EXPECT_FALSE(got->known.has(Field::dns_sections));
    EXPECT_EQ(got->dns.completeness, Completeness::cut);
    EXPECT_EQ(got.notes(), "dns_truncated");
    if (has_header) {
      EXPECT_EQ(got->dns.id, 0xabcd);
    }
    if (size >= 28 + kQuery.size()) {
      EXPECT_EQ(got->dns.question_name.view(), "www.example.com");
    }
  }
}

struct PortRow {
  std::uint16_t source;
  std::uint16_t destination;
  Application application;
};

TEST(Dns, PortsThatSpeakIt) {
  static constexpr PortRow kPorts[] = {
      {40000, 53, Application::dns},    {53, 40000, Application::dns},
      {53, 53, Application::dns},       {53, 5353, Application::dns},
      {5355, 53, Application::dns},     {5353, 5353, Application::none},
      {40000, 5355, Application::none}, {40000, 54, Application::none},
  };
  for (const PortRow& row : kPorts) {
    SCOPED_TRACE(std::to_string(row.source) + ">" + std::to_string(row.destination));
    const Decoded got =
        decode(ipv4(17, udp_datagram(row.source, row.destination, kQuery)), LinkType::raw);
    EXPECT_EQ(got->application, row.application);
    EXPECT_EQ(got->known.has(Field::dns_id), row.application == Application::dns);
    if (row.source == 5353 || row.destination == 5355) {
      EXPECT_EQ(got->dns.question_name.view(), "www.example.com");
    }
  }
}

struct TcpRow {
  const char* name;
  Bytes payload;
  Application application;
  int offset;
  Completeness completeness;
  const char* notes;
};

Bytes first_bytes(const Bytes& bytes, std::size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

const TcpRow kTcp[] = {
    {"length and message", join({be16(kAnswer.size()), kAnswer}), Application::dns, 2,
     Completeness::whole, ""},
    {"length alone", be16(kAnswer.size()), Application::none, 0, Completeness::whole, ""},
    {"message alone", kAnswer, Application::dns, 0, Completeness::whole, ""},
    {"two messages", join({be16(kQuery.size()), kQuery, be16(kQuery.size()), kQuery}),
     Application::dns, 2, Completeness::whole, ""},
    {"goes on in the next segment", join({be16(kAnswer.size()), first_bytes(kAnswer, 60)}),
     Application::dns, 2, Completeness::cut, ""},
    {"its question goes on too", join({be16(kAnswer.size()), first_bytes(kAnswer, 30)}),
     Application::none, 0, Completeness::whole, ""},
    {"the rest of one", Bytes(kAnswer.begin() + 60, kAnswer.end()), Application::none, 0,
     Completeness::whole, ""},
    {"a transfer's later answer",
     join({be16(28), hex("0001 8400 0000 0001 0000 0000 00 0001 0001 00000000 0005 0102030405")}),
     Application::dns, 2, Completeness::whole, ""},
    {"malformed, but as long as it says",
     join({be16(kQuery.size()), hex("abcd 8100 0001 0009 0000 0000"), hex(kQuestion)}),
     Application::dns, 2, Completeness::malformed, "dns_malformed"},
    {"malformed, without its length", join({hex("abcd 8100 0001 0009 0000 0000"), hex(kQuestion)}),
     Application::none, 0, Completeness::whole, ""},
    {"web traffic on port 53", hex("'GET / HTTP/1.1' 0d0a 'Host: www.example.com' 0d0a0d0a"),
     Application::none, 0, Completeness::whole, ""},
    {"zeros", Bytes(64, 0), Application::none, 0, Completeness::whole, ""},
    {"nothing", {}, Application::none, 0, Completeness::whole, ""},
};

TEST(Dns, OverTcp) {
  for (const TcpRow& row : kTcp) {
    SCOPED_TRACE(row.name);
    const Decoded got =
        decode(ipv4(6, tcp_segment(40000, 53, 0x18, {}, row.payload)), LinkType::raw);
    EXPECT_EQ(got->application, row.application);
    EXPECT_EQ(got.notes(), row.notes);
    if (row.application == Application::none) continue;
    EXPECT_TRUE(got->dns.over_tcp);
    EXPECT_EQ(got->dns.payload_offset, row.offset);
    EXPECT_EQ(got->dns.completeness, row.completeness);
    const auto bytes = dns::message_bytes(*got.packet);
    EXPECT_EQ(base::load_be16(bytes.data()), got->dns.id);
    EXPECT_LE(bytes.size(), got->dns.length);
  }
}

TEST(Dns, SegmentCutBySnaplen) {
  Bytes packet = ipv4(6, tcp_segment(53, 40000, 0x18, {}, join({be16(kAnswer.size()), kAnswer})));
  const auto wire = static_cast<std::uint32_t>(packet.size());
  packet.resize(100);
  const Decoded got = decode(packet, LinkType::raw, wire);
  EXPECT_EQ(got->application, Application::dns);
  EXPECT_EQ(got->dns.completeness, Completeness::cut);
  EXPECT_EQ(got->dns.length, kAnswer.size());
  EXPECT_EQ(got.notes(), "dns_truncated");
}

// The fast reader against the slow one: cut anywhere, any byte changed to a few telling values.
TEST(Dns, AgreesWithTheReference) {
  static constexpr std::uint8_t kValues[] = {0, 1, 2, 12, 16, 41, 63, 64, 0x80, 0xc0, 0xff};
  for (const Bytes* message : {&kQuery, &kAnswer}) {
    for (std::size_t size = 0; size <= message->size(); ++size) {
      const Bytes part = first_bytes(*message, size);
      ASSERT_EQ(dns::reference::disagreement(part, message->size()), "") << size;
      ASSERT_EQ(dns::reference::disagreement(part, size), "") << size;
    }
    for (std::size_t at = 0; at < message->size(); ++at) {
      for (const std::uint8_t value : kValues) {
        Bytes bent = *message;
        bent[at] = value;
        ASSERT_EQ(dns::reference::disagreement(bent, bent.size()), "")
            << at << '=' << static_cast<int>(value);
      }
    }
  }
  for (const NameRow& row : kNames) {
    const Bytes message = hex("0001 0100 0001 0000 0000 0000 " + row.wire + " 0001 0001");
    EXPECT_EQ(dns::reference::disagreement(message, message.size()), "") << row.name;
  }
}

}  // namespace
}  // namespace whydown::packet
