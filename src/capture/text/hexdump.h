// The bytes of tcpdump's -x, -xx, -X and -XX: "\t0x0010:  c033 640f ...  .3d...".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "capture/frame.h"

namespace whydown::capture::text {

class HexDump {
 public:
  HexDump();
  void clear();
  bool empty() const { return bytes_.empty(); }
  // True when the line is one of a dump. Offsets must follow on each other; else the dump is broken
  // and never complete.
  bool add(std::string_view line);
  // What the bytes are, if they are a whole packet: raw from the IP header on (-x, -X) or with
  // their Ethernet header (-xx, -XX).
  std::optional<LinkType> complete() const;
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }
  void swap(HexDump& other) noexcept;

 private:
  std::vector<std::uint8_t> bytes_;
  bool broken_ = false;
};

}  // namespace whydown::capture::text
