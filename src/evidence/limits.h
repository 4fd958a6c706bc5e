// Every bound of evidence/. Over a bound the store keeps what it has, counts what it refused
// (Store::overflow and its sisters), and quality() says so.
#pragma once

#include <cstddef>
#include <cstdint>

namespace whydown::evidence::limits {

// One row per service, step, outcome, symptom. Rows of attempts that did not fail may take only
// kMaxQuietRows: a failure that comes late in a capture of very many services still finds room.
inline constexpr std::size_t kMaxRows = 8192;
inline constexpr std::size_t kMaxQuietRows = 6144;
// Attempts kept whole, over all rows. When they are spent, a row keeps its first and its last only.
inline constexpr std::size_t kMaxExemplars = 24576;
inline constexpr std::size_t kMaxServiceClients = 16384;
// Clients whose first attempt was one that nobody meant to finish may take only so many: a flood of
// invented sources leaves room for the real ones.
inline constexpr std::size_t kMaxUnmeantClients = 12288;
inline constexpr std::size_t kMaxObservationRows = 1024;
inline constexpr std::size_t kObservationsKept = 4;
inline constexpr std::size_t kMaxCodes = 32;
// Who sent most is kept of rows with so many request packets.
inline constexpr std::uint64_t kBusyRow = 64;
// ... and of rows of refused logins with so many.
inline constexpr std::uint64_t kBusyLogins = 8;
inline constexpr std::size_t kMaxBusyRows = 512;
// Linux sends up to 7 SYNs for one connection, others up to 11.
inline constexpr std::uint32_t kMostSyns = 12;
// HyperLogLog with 2^10 registers: a standard error of 3.3 %.
inline constexpr unsigned kRegisterBits = 10;

// Rows of each kind of DNS traffic that is odd in its mass (dns_usage.h).
inline constexpr std::size_t kMaxUsageRows = 32;

// Of a pattern of traffic: services listed, and sources named.
inline constexpr std::size_t kPatternServices = 64;
inline constexpr std::size_t kPatternSources = 16;

// Packets that one fact or one remark names.
inline constexpr std::size_t kCited = 4;
// Addresses, names and ports that one sentence lists.
inline constexpr std::size_t kListed = 4;

}  // namespace whydown::evidence::limits
