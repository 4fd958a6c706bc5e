// What could not be used, in four parts that make one line: where, found, expected, advice.
#pragma once

#include <string>

namespace whydown::base {

struct Error {
  std::string where;     // the file, and the packet or line where there is one
  std::string found;     // "an empty file", "a PNG image"
  std::string expected;  // "a pcap or pcapng capture, or tcpdump text"
  std::string advice;    // what to do; may be empty

  // "where: found; expected ...; advice"
  std::string message() const;
};

}  // namespace whydown::base
