// How what identifies a network is shown: as it is, or by stand-ins (redact/). The core decides by
// the originals and speaks in what the mask gives; the only places where originals become words are
// Interner::shown(), AddressBook and shown_filter().
#pragma once

#include <string>
#include <string_view>

#include "base/address.h"

namespace whydown::base {

class Mask {
 public:
  Mask() = default;
  Mask(const Mask&) = delete;
  Mask& operator=(const Mask&) = delete;
  virtual ~Mask() = default;

  virtual IpAddress address(const IpAddress& original) const = 0;
  // A DNS name as packets' names are spelt, or a host name.
  virtual std::string name(std::string_view original) const = 0;
  // The words of a capture filter.
  virtual std::string filter(std::string_view original) const = 0;
};

}  // namespace whydown::base
