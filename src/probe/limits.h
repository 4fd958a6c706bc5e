// Every limit of a probe.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace whydown::probe::limits {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr seconds kDeadline{30};  // --deadline, and the most it may be:
inline constexpr seconds kLongestDeadline{600};
inline constexpr std::uint64_t kPackets = 20'000;           // --max-packets
inline constexpr std::uint64_t kMostPackets = 1'000'000;    // ... and the most it may be
inline constexpr std::uint64_t kCaptureBytes = 64U << 20U;  // kept of all packets together
// The kernel's buffer is cut into places of kSnaplen: a thousand packets may wait.
inline constexpr int kSnaplen = 16'384;
inline constexpr int kKernelBuffer = 16 << 20;

// Own source ports, below those that Linux gives to others (ip_local_port_range, from 32768).
inline constexpr std::uint16_t kFirstPort = 20'000;
inline constexpr std::uint16_t kLastPort = 32'000;
inline constexpr std::uint16_t kPorts = 64;

// As long as glibc's stub waits (resolv.conf(5), options timeout and attempts). The diagnosis
// calls nothing silent earlier.
inline constexpr milliseconds kDnsPatience{5'000};
inline constexpr int kDnsRounds = 2;
inline constexpr int kRefusedRounds = 3;  // a second apart
// Two repeated SYNs (after 1 and 3 s), and what may come of them.
inline constexpr milliseconds kConnectPatience{6'800};
inline constexpr milliseconds kAnswerPatience{8'000};  // accepted, and nothing comes
// A server that answers with errors limits how many it sends: RFC 1812 4.3.2.8.
inline constexpr milliseconds kBetweenPackets{1'050};
// The capture goes on this long after the last step: for late errors, and before silence is judged.
inline constexpr milliseconds kLinger{300};
inline constexpr milliseconds kLingerSilent{2'500};
// Checks: how many, what one may take, and what makes one worth while.
inline constexpr std::size_t kChecks = 8;
// What a check may take, with the pause before it: with less time left it is not begun.
inline constexpr milliseconds kCheckTime{5'000};
inline constexpr milliseconds kCheckTimeLong{7'000};  // of DNS over TCP, sizes, pages and the path
inline constexpr milliseconds kCheckConnect{3'300};
inline constexpr milliseconds kCheckDatagram{2'300};
inline constexpr milliseconds kCheckDns{3'000};
// The diagnosis calls a query over TCP unanswered after five seconds.
inline constexpr milliseconds kCheckDnsTcp{5'300};
inline constexpr double kWorthBits = 0.02;
inline constexpr double kSettled = 0.9;
inline constexpr std::uint16_t kClosedPort = 5301;  // that hardly anybody uses
inline constexpr int kTypeOfService = 0x20;         // CS1, RFC 2474 4.2.2.2: harmless, and not 0
inline constexpr std::uint16_t kEdnsSize = 1232;    // DNS flag day 2020
// Sizes that a question offers one after the other, the largest first; 0: without EDNS.
inline constexpr std::array<std::uint16_t, 4> kEdnsSizes{4096, 1232, 512, 0};
inline constexpr milliseconds kSizePatience{1'500};
inline constexpr int kMostHops = 24;
inline constexpr milliseconds kHopPatience{600};
inline constexpr int kReferrals = 4;
inline constexpr std::size_t kNameServers = 4;
inline constexpr milliseconds kUdpPatience{5'600};
inline constexpr milliseconds kSlice{50};  // how soon an interrupt is seen

inline constexpr std::size_t kResultBytes = std::size_t{16} << 20U;  // of a probe's JSON
inline constexpr std::size_t kAddresses = 8;
inline constexpr int kRedirects = 5;
inline constexpr std::size_t kBodyBytes = 1U << 20U;
// As the packets' own limit (journey/limits.h): from there on an answer is called late.
inline constexpr seconds kSlowRequest{2};
inline constexpr seconds kSlowName{1};
inline constexpr std::size_t kAuthorityBytes = std::size_t{4} << 20U;  // of --ca
inline constexpr std::size_t kNameBytes = 200;                         // shown of a certificate's

// A server that speaks first does so soon; the others wait for their clients.
inline constexpr milliseconds kGreetingPatience{1'500};
inline constexpr std::size_t kGreetingBytes = 512;

}  // namespace whydown::probe::limits
