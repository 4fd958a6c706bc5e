// What holds of every packet, whatever its layers.
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "packet/limits.h"
#include "packet/testing.h"

namespace whydown::packet {
namespace {

using namespace testing;

const Bytes kMessage =
    hex("abcd 8180 0001 0001 0000 0001 03'www' 07'example' 03'com' 00 0001 0001 "
        "c00c 0001 0001 0000003c 0004 c0000201  00 0029 04d0 00000000 0000");
const Bytes kSynOptions = hex("020405b4 0402080a 0000000100000000 01 030307");

struct Sample {
  const char* name;
  Bytes bytes;
};

const Sample kSamples[] = {
    {"DNS answer", ethernet(0x0800, ipv4(17, udp_datagram(53, 40000, kMessage)))},
    {"DNS answer over TCP, IPv6, tagged",
     ethernet(0x8100, join({hex("0064 86dd"),
                            ipv6(6, tcp_segment(53, 40000, 0x18, hex("0101080a0000000100000002"),
                                                join({be16(kMessage.size()), kMessage})))}))},
    {"SYN", ethernet(0x0800, ipv4(6, tcp_segment(40000, 443, 2, kSynOptions)))},
    {"ICMP error", ethernet(0x0800, ipv4(1, join({hex("0303 0000 00000000"),
                                                  ipv4(17, udp_datagram(40000, 53, kMessage))})))},
    {"ICMPv6 error",
     ethernet(0x86dd, ipv6(58, join({hex("0104 0000 00000000"),
                                     ipv6(17, udp_datagram(40000, 53, kMessage))})))},
    {"fragment of IPv6", ethernet(0x86dd, ipv6(44, join({hex("1100 0001 000004d2"),
                                                         udp_datagram(40000, 53, kMessage)})))},
    {"ARP", ethernet(0x0806, hex("0001 0800 06 04 0001  020000000001 c0000207  000000000000 "
                                 "cb007102"))},
};

// A field known of the cut packet must be what the whole one says.
void expect_no_contradiction(const Packet& cut, const Packet& whole) {
  const std::uint32_t invented = cut.known.bits & ~whole.known.bits;
  EXPECT_EQ(invented, 0U);
  if (cut.known.has(Field::mac)) {
    EXPECT_EQ(cut.link.source, whole.link.source);
  }
  if (cut.network == Network::ipv4 || cut.network == Network::ipv6) {
    EXPECT_EQ(cut.ip.source, whole.ip.source);
    EXPECT_EQ(cut.ip.destination, whole.ip.destination);
    EXPECT_EQ(cut.ip.ttl, whole.ip.ttl);
    EXPECT_EQ(cut.ip.total_length, whole.ip.total_length);
  }
  if (cut.network == Network::arp) {
    EXPECT_EQ(cut.arp.target, whole.arp.target);
  }
  if (cut.transport != Transport::none) {
    EXPECT_EQ(cut.transport, whole.transport);
    EXPECT_EQ(cut.source_port, whole.source_port);
    EXPECT_EQ(cut.destination_port, whole.destination_port);
  }
  if (cut.known.has(Field::tcp_sequence)) {
    EXPECT_EQ(cut.tcp.sequence, whole.tcp.sequence);
    EXPECT_EQ(cut.tcp.flags, whole.tcp.flags);
  }
  if (cut.known.has(Field::payload_length)) {
    EXPECT_EQ(cut.payload_length, whole.payload_length);
  }
  if (cut.known.has(Field::quote)) {
    EXPECT_EQ(show(cut.icmp.quoted.ip).substr(0, 20), show(whole.icmp.quoted.ip).substr(0, 20));
  }
  if (cut.known.has(Field::quote_source_port)) {
    EXPECT_EQ(cut.icmp.quoted.destination_port, whole.icmp.quoted.destination_port);
  }
  if (cut.known.has(Field::dns_id)) {
    EXPECT_EQ(cut.dns.id, whole.dns.id);
    EXPECT_EQ(cut.dns.length, whole.dns.length);
  }
}

// Cut at every byte, by the snaplen and by the wire.
TEST(Decoder, CutAnywhere) {
  for (const Sample& sample : kSamples) {
    SCOPED_TRACE(sample.name);
    const auto size = static_cast<std::uint32_t>(sample.bytes.size());
    const Decoded whole = decode(sample.bytes);
    EXPECT_EQ(broken_rule(whole.frame, *whole.packet), "");
    for (std::uint32_t kept = 0; kept < size; ++kept) {
      SCOPED_TRACE(kept);
      const Bytes part(sample.bytes.begin(), sample.bytes.begin() + kept);
      const Decoded by_snaplen = decode(part, LinkType::ethernet, size);
      EXPECT_EQ(broken_rule(by_snaplen.frame, *by_snaplen.packet), "");
      expect_no_contradiction(*by_snaplen.packet, *whole.packet);
      // Never the sender's fault.
      for (const Note note :
           {Note::truncated_link, Note::truncated_network, Note::truncated_transport,
            Note::ip_length_mismatch, Note::dns_malformed}) {
        EXPECT_FALSE(by_snaplen.has(note)) << note_id(note);
      }
      const Decoded by_wire = decode(part);
      EXPECT_EQ(broken_rule(by_wire.frame, *by_wire.packet), "");
      expect_no_contradiction(*by_wire.packet, *whole.packet);
      EXPECT_FALSE(by_wire.has(Note::truncated_capture));
    }
  }
}

// A packet is reused: whatever it held, the next frame decodes as into a fresh one.
TEST(Decoder, NothingOfTheFrameBeforeShows) {
  Packet used;
  for (const Sample& before : kSamples) {
    for (const Sample& sample : kSamples) {
      SCOPED_TRACE(std::string(before.name).append(", then ").append(sample.name));
      capture::Frame frame;
      frame.bytes = before.bytes;
      decode_into(frame, used);
      const Decoded fresh = decode(sample.bytes);
      decode_into(fresh.frame, used);
      EXPECT_EQ(show(used), show(*fresh.packet));
    }
  }
}

// Bytes changed at random, always the same ones.
TEST(Decoder, BentPacketsKeepTheRules) {
  std::mt19937 random(20);
  for (const Sample& sample : kSamples) {
    for (int run = 0; run < 2000; ++run) {
      Bytes bent = sample.bytes;
      for (unsigned changes = random() % 4 + 1; changes > 0; --changes) {
        bent[random() % bent.size()] = static_cast<std::uint8_t>(random());
      }
      bent.resize(random() % 4 == 0 ? random() % (bent.size() + 1) : bent.size());
      const Decoded got =
          decode(bent, LinkType::ethernet, static_cast<std::uint32_t>(bent.size() + random() % 3));
      ASSERT_EQ(broken_rule(got.frame, *got.packet), "") << sample.name << '\n'
                                                         << show(*got.packet);
    }
  }
}

TEST(Decoder, CommonFields) {
  capture::Frame frame;
  frame.bytes = kSamples[0].bytes;
  frame.place.number = 7;
  frame.wire_length = 4000;
  frame.direction = capture::Direction::outbound;
  frame.has_time = false;
  Packet packet;
  decode_into(frame, packet);
  EXPECT_EQ(packet.place.number, 7U);
  EXPECT_EQ(packet.wire_length, 4000U);
  EXPECT_EQ(packet.captured_length, kSamples[0].bytes.size());
  EXPECT_EQ(packet.direction, capture::Direction::outbound);
  EXPECT_FALSE(packet.has_time);
  EXPECT_TRUE(packet.known.has(Field::bytes));
  EXPECT_TRUE(packet.known.has(Field::length));
}

TEST(Decoder, WireLengthIsNeverLessThanCaptured) {
  const Decoded got = decode(kSamples[0].bytes, LinkType::ethernet, 10);
  EXPECT_EQ(got->wire_length, kSamples[0].bytes.size());
  EXPECT_EQ(got->application, Application::dns);
}

TEST(Decoder, EmptyFrame) {
  const capture::Frame frame;
  Packet packet;
  decode_into(frame, packet);
  EXPECT_EQ(packet.network, Network::none);
  EXPECT_EQ(broken_rule(frame, packet), "");
}

TEST(Decoder, LayersAreBounded) {
  Bytes tags;
  for (std::size_t i = 0; i < 5000; ++i) tags = join({tags, hex("0001 8100")});
  const Decoded got = decode(ethernet(0x8100, tags));
  EXPECT_EQ(got->link.vlan_count, 2);
  EXPECT_EQ(got->network, Network::none);
  EXPECT_TRUE(got.has(Note::too_many_vlans));
}

}  // namespace
}  // namespace whydown::packet
