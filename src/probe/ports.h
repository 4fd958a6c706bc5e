// The probe's own source ports: a narrow range, so that the capture's filter admits the probe's
// packets and nobody else's.
#pragma once

#include <cstdint>

namespace whydown::probe {

class OwnPorts {
 public:
  OwnPorts();  // a range at random
  std::uint16_t first() const { return first_; }
  std::uint16_t last() const;
  // Binds a socket that is not connected yet to the next free one; false where none is.
  bool bind(int socket);

 private:
  std::uint16_t first_;
  std::uint16_t next_ = 0;
};

}  // namespace whydown::probe
