#include "packet/wireless/wireless.h"

#include <gtest/gtest.h>

#include "packet/testing.h"

namespace whydown::packet {
namespace {

using namespace testing;

const Bytes kInner = ipv4(17, udp_datagram(1000, 2000, hex("'hello'")));
constexpr const char* kSnap = "aaaa03000000 0800";
// Three addresses: the receiver, the transmitter, and a third; then the sequence control field.
constexpr const char* kThree = "020000000001 020000000002 020000000003 1000";

struct Row {
  const char* name;
  const char* control;  // frame control and duration
  const char* after;    // what comes between the addresses and LLC
  Network network;
  const char* macs;
  const char* notes;
};

const Row kRows[] = {
    {"from the access point", "0802 0000", "", Network::ipv4, "02:00:00:00:00:03>02:00:00:00:00:01",
     ""},
    {"to the access point", "0801 0000", "", Network::ipv4, "02:00:00:00:00:02>02:00:00:00:00:03",
     ""},
    {"from one to the other", "0800 0000", "", Network::ipv4, "02:00:00:00:00:02>02:00:00:00:00:01",
     ""},
    {"between access points", "0803 0000", "020000000004", Network::ipv4,
     "02:00:00:00:00:04>02:00:00:00:00:03", ""},
    {"with quality of service", "8801 0000", "0500", Network::ipv4,
     "02:00:00:00:00:02>02:00:00:00:00:03", ""},
    {"with HT control", "8881 0000", "0500 00000000", Network::ipv4,
     "02:00:00:00:00:02>02:00:00:00:00:03", ""},
    {"sent again", "8809 0000", "0500", Network::ipv4, "02:00:00:00:00:02>02:00:00:00:00:03",
     "wireless_retry"},
    {"encrypted", "8841 0000", "0500", Network::none, "02:00:00:00:00:02>02:00:00:00:00:03",
     "wireless_protected"},
    {"several in one", "8801 0000", "8500", Network::none, "02:00:00:00:00:02>02:00:00:00:00:03",
     ""},
    {"without data", "4801 0000", "", Network::none, "02:00:00:00:00:02>02:00:00:00:00:03", ""},
    {"a beacon", "8000 0000", "", Network::none, "", ""},
    {"deauthentication", "c000 3a01", "0700", Network::none, "", "wireless_leave"},
    {"disassociation", "a000 3a01", "0800", Network::none, "", "wireless_leave"},
    {"an acknowledgment", "d400 0000", "", Network::none, "", ""},
    {"another version", "0902 0000", "", Network::none, "", ""},
};

std::string macs(const Packet& packet) {
  if (!packet.known.has(Field::mac)) return "";
  return packet.link.source.to_string() + ">" + packet.link.destination.to_string();
}

Bytes frame_of(const Row& row) {
  return join({hex(row.control), hex(kThree), hex(row.after), hex(kSnap), kInner});
}

TEST(Wireless, Frames) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const Decoded got = decode(frame_of(row), LinkType::ieee802_11);
    EXPECT_EQ(got->network, row.network);
    EXPECT_EQ(macs(*got.packet), row.macs);
    EXPECT_EQ(got.notes(), row.notes);
    if (row.network == Network::ipv4) {
      EXPECT_EQ(got->payload.size(), 5U);
    }
  }
}

TEST(Wireless, LaterPartsOfAFrame) {
  const Bytes later =
      join({hex("0802 0000 020000000001 020000000002 020000000003 1100"), hex(kSnap), kInner});
  EXPECT_EQ(decode(later, LinkType::ieee802_11)->network, Network::none);
}

TEST(Wireless, Radiotap) {
  struct Header {
    const char* name;
    const char* bytes;
    bool has_checksum;
    bool is_padded;
  };
  const Header headers[] = {
      {"empty", "00 00 0800 00000000", false, false},
      {"flags, no checksum", "00 00 0900 02000000 00", false, false},
      {"flags, checksum", "00 00 0900 02000000 10", true, false},
      {"timer and flags", "00 00 1100 03000000 1122334455667788 10", true, false},
      {"two words and the timer", "00 00 1900 030000a0 20080000 00000000 1122334455667788 10", true,
       false},
      {"padded", "00 00 0900 02000000 20", false, true},
      {"flags beyond the end", "00 00 0800 02000000", false, false},
  };
  for (const Header& header : headers) {
    SCOPED_TRACE(header.name);
    const Bytes between = hex(header.is_padded ? "0500 0000" : "0500");
    const Bytes sum = hex(header.has_checksum ? "01020304" : "");
    const Bytes frame =
        join({hex(header.bytes), hex("8801 0000"), hex(kThree), between, hex(kSnap), kInner, sum});
    const Decoded got = decode(frame, LinkType::radiotap);
    EXPECT_EQ(got->network, Network::ipv4);
    EXPECT_EQ(got->payload.size(), 5U);
    EXPECT_EQ(got.notes(), "");
  }
}

TEST(Wireless, RadiotapThatLies) {
  for (const char* bytes : {"", "00 00 08", "00 00 0700 00000000 0801", "00 00 ff00 00000000 0801",
                            "00 00 0c00 02000080 ffffffff"}) {
    EXPECT_EQ(decode(hex(bytes), LinkType::radiotap)->network, Network::none) << bytes;
  }
}

// Cut at every byte: no crash, and a cut is noted as one.
TEST(Wireless, Cut) {
  for (const Row& row : kRows) {
    if (row.network != Network::ipv4) continue;
    const Bytes whole = frame_of(row);
    const std::size_t headers = whole.size() - kInner.size();
    for (std::size_t size = 0; size < headers; ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_TRUE(decode(cut, LinkType::ieee802_11).has(Note::truncated_link)) << row.name << size;
      EXPECT_TRUE(decode(cut, LinkType::ieee802_11, 200).has(Note::truncated_capture)) << row.name;
    }
  }
}

TEST(Wireless, NoSnap) {
  const Bytes frame = join({hex("0802 0000"), hex(kThree), hex("424203 0000000000")});
  EXPECT_EQ(decode(frame, LinkType::ieee802_11).notes(), "unknown_ethertype");
}

}  // namespace
}  // namespace whydown::packet
