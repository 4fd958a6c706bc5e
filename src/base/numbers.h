// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace whydown::base {

std::string thousands(std::uint64_t number);  // "1,234,567"
std::string counted(std::uint64_t number, std::string_view one,
                    std::string_view many);  // "1 packet"

// To two significant digits, for what was estimated: 1234 is "about 1,200".
std::uint64_t rounded(std::uint64_t number);

}  // namespace whydown::base
