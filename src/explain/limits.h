// Every limit of explain/. Tables grow up to these and no further; then the entry that was used
// longest ago is given up, counted, and the end of the explanation says so.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace whydown::explain::limits {

// Conversations (UDP and TCP, by both ends) that later packets are set in relation to.
inline constexpr std::size_t kConversations = std::size_t{1} << 15U;
// DNS queries that wait for an answer, or whose second answer may come.
inline constexpr std::size_t kQueries = std::size_t{1} << 14U;
// Who asked which DNS question last.
inline constexpr std::size_t kQuestions = std::size_t{1} << 13U;
inline constexpr std::size_t kEchoes = std::size_t{1} << 13U;      // pings
inline constexpr std::size_t kNeighbours = std::size_t{1} << 12U;  // ARP and neighbour discovery
inline constexpr std::size_t kErrors = std::size_t{1} << 12U;      // ICMP errors, by what about
// Packets of each direction of a conversation that an error or a repetition can be tied to.
inline constexpr std::size_t kRemembered = 4;

// Records of a DNS answer that are explained one by one.
inline constexpr std::size_t kRecordsShown = 12;
// Different exchanges that the closing summary tells apart, and how many of them it tells.
inline constexpr std::size_t kPatterns = 256;
inline constexpr std::size_t kPatternsShown = 5;
inline constexpr std::size_t kExamples = 3;  // of each

// The same bytes again this soon were captured twice: within one input, and in two.
inline constexpr base::Duration kSameFrame = std::chrono::milliseconds{2};
inline constexpr base::Duration kOtherVantage = std::chrono::milliseconds{50};
// A refusal that takes longer than any round trip is odd.
inline constexpr base::Duration kLateRefusal = std::chrono::seconds{1};
inline constexpr base::Duration kSlowAnswer = std::chrono::seconds{1};
// A search for a neighbour goes on when it is repeated within this time.
inline constexpr base::Duration kSameSearch = std::chrono::seconds{10};
inline constexpr std::uint8_t kLongWay = 40;  // hops; ways through the Internet are shorter
inline constexpr std::uint8_t kFewHops = 10;  // no system begins with so small a TTL

}  // namespace whydown::explain::limits
