#include "packet/arp/arp.h"

#include <gtest/gtest.h>

#include "packet/testing.h"

namespace whydown::packet {
namespace {

using namespace testing;

constexpr const char* kRequest =
    "0001 0800 06 04 0001  020000000001 c0000207  000000000000 cb007102";

struct Row {
  const char* name;
  const char* bytes;
  Network network;
  int operation;
  const char* sender_mac;
  const char* sender;
  const char* target_mac;
  const char* target;
  const char* notes;
};

constexpr const char* kNoMac = "00:00:00:00:00:00";

const Row kRows[] = {
    {"request", kRequest, Network::arp, 1, "02:00:00:00:00:01", "192.0.2.7", kNoMac, "203.0.113.2",
     ""},
    {"reply", "0001 0800 06 04 0002  020000000002 cb007102  020000000001 c0000207", Network::arp, 2,
     "02:00:00:00:00:02", "203.0.113.2", "02:00:00:00:00:01", "192.0.2.7", ""},
    {"an operation of tomorrow",
     "0001 0800 06 04 00ff  020000000002 cb007102  020000000001 c0000207", Network::arp, 255,
     "02:00:00:00:00:02", "203.0.113.2", "02:00:00:00:00:01", "192.0.2.7", ""},
    {"padded to Ethernet's least",
     "0001 0800 06 04 0001  020000000001 c0000207  000000000000 cb007102 "
     "000000000000000000000000000000000000",
     Network::arp, 1, "02:00:00:00:00:01", "192.0.2.7", kNoMac, "203.0.113.2", ""},
    {"eight-byte hardware addresses",
     "0018 0800 08 04 0001  0200000000000001 c0000207  0000000000000000 cb007102", Network::arp, 1,
     kNoMac, "192.0.2.7", kNoMac, "203.0.113.2", ""},
    {"another protocol", "0001 809b 06 04 0001  020000000001 c0000207  000000000000 cb007102",
     Network::arp, 1, "02:00:00:00:00:01", "::", kNoMac, "::", ""},
    {"no addresses at all", "0001 0800 00 00 0001", Network::arp, 1, kNoMac, "::", kNoMac,
     "::", ""},
    {"sizes beyond the frame", "0001 0800 ff ff 0001  020000000001 c0000207", Network::none, 0,
     kNoMac, "::", kNoMac, "::", "truncated_network"},
};

TEST(Arp, Fields) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const Decoded got = decode(ethernet(0x0806, hex(row.bytes)));
    EXPECT_EQ(got->network, row.network);
    EXPECT_EQ(got.notes(), row.notes);
    EXPECT_EQ(got->transport, Transport::none);
    if (row.network != Network::arp) continue;
    EXPECT_EQ(got->arp.operation, row.operation);
    EXPECT_EQ(got->arp.sender_mac.to_string(), row.sender_mac);
    EXPECT_EQ(got->arp.sender.to_string(), row.sender);
    EXPECT_EQ(got->arp.target_mac.to_string(), row.target_mac);
    EXPECT_EQ(got->arp.target.to_string(), row.target);
  }
}

TEST(Arp, CutAnywhereIsNoArp) {
  const Bytes whole = hex(kRequest);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    const Bytes cut = ethernet(0x0806, {whole.begin(), whole.begin() + static_cast<long>(size)});
    EXPECT_EQ(decode(cut).notes(), "truncated_network");
    const Decoded by_snaplen = decode(cut, LinkType::ethernet, 60);
    EXPECT_EQ(by_snaplen.notes(), "truncated_capture");
    EXPECT_EQ(by_snaplen->network, Network::none);
  }
}

}  // namespace
}  // namespace whydown::packet
