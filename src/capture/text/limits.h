// Every limit of capture/text.
#pragma once

#include <cstddef>

namespace whydown::capture::text {

// A longer line is cut, and counted.
inline constexpr std::size_t kMaxLine = std::size_t{64} << 10U;
// Lines of one record that are joined: its own, its wrapped parts, an ICMP error's quote.
inline constexpr std::size_t kMaxRecordLines = 8;
inline constexpr std::size_t kMaxRecordBytes = std::size_t{64} << 10U;
// Bytes of one record's hex dump: the largest IPv4 packet with its link header.
inline constexpr std::size_t kMaxHexBytes = (std::size_t{64} << 10U) + 64;
// Columns of a table; more are left unread.
inline constexpr std::size_t kMaxColumns = 32;
// Of lines that could not be read: how many are shown, and how much of each.
inline constexpr std::size_t kShownLines = 5;
inline constexpr std::size_t kShownText = 60;

}  // namespace whydown::capture::text
