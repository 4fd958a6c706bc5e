#include "base/numbers.h"

#include <fmt/format.h>

namespace whydown::base {

std::string thousands(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3;) {
    i -= 3;
    digits.insert(i, ",");
  }
  return digits;
}

std::uint64_t rounded(std::uint64_t number) {
  std::uint64_t unit = 1;
  while (number / unit >= 100) unit *= 10;
  const std::uint64_t rest = number % unit;
  return number - rest + (rest * 2 >= unit && unit > 1 ? unit : 0);
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", thousands(number), number == 1 ? one : many);
}

}  // namespace whydown::base
