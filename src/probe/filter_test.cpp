#include "probe/filter.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <pcap/pcap.h>

namespace whydown::probe {
namespace {

using base::IpAddress;

IpAddress address(const char* text) { return IpAddress::parse(text).value(); }

// Whether a raw IP packet passes; libpcap compiles and runs the filter.
bool passes(const std::string& filter, std::vector<std::uint8_t> packet) {
  pcap_t* dead = pcap_open_dead(DLT_RAW, 65535);
  bpf_program program{};
  const int compiled = pcap_compile(dead, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN);
  EXPECT_EQ(compiled, 0) << pcap_geterr(dead) << ": " << filter;
  bool passed = false;
  if (compiled == 0) {
    pcap_pkthdr header{};
    header.caplen = header.len = static_cast<bpf_u_int32>(packet.size());
    passed = pcap_offline_filter(&program, &header, packet.data()) != 0;
    pcap_freecode(&program);
  }
  pcap_close(dead);
  return passed;
}

using Bytes = std::vector<std::uint8_t>;

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Of 10.0.0.1 to 10.0.0.2.
Bytes v4(std::uint8_t protocol, std::uint8_t last = 2) {
  return {0x45, 0, 0, 64, 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, last};
}
Bytes v6(std::uint8_t next) {
  Bytes out(40, 0);
  out[0] = 0x60;
  out[6] = next;
  out[8] = out[24] = 0x20;  // 2000:: ...
  out[23] = 1;
  out[39] = 2;
  return out;
}
Bytes ports(std::uint16_t from, std::uint16_t to) {
  const auto high = [](std::uint16_t port) { return static_cast<std::uint8_t>(port >> 8U); };
  const auto low = [](std::uint16_t port) { return static_cast<std::uint8_t>(port & 0xffU); };
  return {high(from), low(from), high(to), low(to), 0, 8, 0, 0};
}

TEST(Filter, AdmitsOwnPacketsOnly) {
  const std::vector<IpAddress> hosts{address("10.0.0.2"), address("2000::2")};
  const std::string filter = capture_filter(hosts, {}, 20000, 20063, 0x1234);
  constexpr std::uint8_t icmp = 1, tcp = 6, udp = 17, icmp6 = 58;
  const Bytes unreachable{3, 3, 0, 0, 0, 0, 0, 0};
  const Bytes unreachable6{1, 4, 0, 0, 0, 0, 0, 0};
  const Bytes advertisement{136, 0, 0, 0, 0, 0, 0, 0};
  const Bytes target{0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
  struct Row {
    const char* what;
    Bytes packet;
    bool passes;
  };
  const Row rows[] = {
      {"own UDP", v4(udp) + ports(20000, 53), true},
      {"own TCP, last port", v4(tcp) + ports(20063, 80), true},
      {"another program's", v4(udp) + ports(40000, 53), false},
      {"to another host", v4(udp, 3) + ports(20000, 53), false},
      {"own, IPv6", v6(udp) + ports(20001, 53), true},
      {"an error about it", v4(icmp) + unreachable + v4(udp) + ports(20000, 53), true},
      {"an error about another's", v4(icmp) + unreachable + v4(udp) + ports(40000, 53), false},
      {"an error about another host", v4(icmp) + unreachable + v4(udp, 3) + ports(20000, 53),
       false},
      {"an ICMPv6 error about it", v6(icmp6) + unreachable6 + v6(udp) + ports(20000, 53), true},
      {"about another's", v6(icmp6) + unreachable6 + v6(udp) + ports(40000, 53), false},
      {"a neighbour", v6(icmp6) + advertisement + target, true},
      {"somebody's ping", v4(icmp) + Bytes{8, 0, 0, 0, 0, 0, 0, 0}, false},
      {"own echo", v4(icmp) + Bytes{8, 0, 0, 0, 0x12, 0x34, 0, 1}, true},
      {"own echo's reply", v4(icmp) + Bytes{0, 0, 0, 0, 0x12, 0x34, 0, 1}, true},
      {"own echo, IPv6", v6(icmp6) + Bytes{128, 0, 0, 0, 0x12, 0x34, 0, 1}, true},
      {"somebody's ping, IPv6", v6(icmp6) + Bytes{128, 0, 0, 0, 0x12, 0x35, 0, 1}, false},
      {"an error about own echo",
       v4(icmp) + unreachable + v4(icmp) + Bytes{8, 0, 0, 0, 0x12, 0x34, 0, 1}, true},
      {"an error about somebody's",
       v4(icmp) + unreachable + v4(icmp) + Bytes{8, 0, 0, 0, 0x12, 0x35, 0, 1}, false},
      {"an ICMPv6 error about own echo",
       v6(icmp6) + unreachable6 + v6(icmp6) + Bytes{128, 0, 0, 0, 0x12, 0x34, 0, 1}, true}};
  for (const Row& row : rows) EXPECT_EQ(passes(filter, row.packet), row.passes) << row.what;
}

TEST(Filter, WithoutHostsNothingPasses) {
  EXPECT_FALSE(passes(capture_filter({}, {}, 20000, 20063, 0x1234), v4(17) + ports(20000, 53)));
}

}  // namespace
}  // namespace whydown::probe
