#include "base/error.h"

namespace whydown::base {

std::string Error::message() const {
  std::string line = where;
  if (!found.empty()) line += ": found " + found;
  if (!expected.empty()) line += "; expected " + expected;
  if (!advice.empty()) line += "; " + advice;
  return line;
}

}  // namespace whydown::base
