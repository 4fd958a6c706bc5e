// What stands around the records of a tcpdump session: the command, the banner, the closing counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace whydown::capture::text {

struct Session {
  std::optional<std::uint64_t> captured;
  std::optional<std::uint64_t> drops;  // "N packets dropped by kernel" and by interface
  std::optional<std::uint32_t> snaplen;
  std::string filter;
};

// True when the line (blanks single, decoration off) is one of these; it then went into `session`.
bool read_session_line(std::string_view line, Session& session);

}  // namespace whydown::capture::text
