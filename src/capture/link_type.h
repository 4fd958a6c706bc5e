// Link types of captures: which are ours to trust, and what they are called.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "capture/frame.h"

namespace whydown::capture {

// Of the number a capture file carries. Numbers that are ours (text) become one that nobody reads,
// so that no file can pass bytes off as a text reader's work; raw IP under the numbers that old
// libpcaps wrote into files (12, 14) becomes LINKTYPE_RAW.
LinkType link_type_of_file(std::uint16_t number);

// As pcap_datalink_val_to_name() of libpcap names it; "LINKTYPE_n" when not in our table.
std::string link_type_name(LinkType type);

// The link types of the packets of one input, as one word.
class LinkTypes {
 public:
  void add(LinkType type) {
    if (type == last_) return;
    mixed_ = mixed_ || last_.has_value();
    last_ = type;
  }
  bool empty() const { return !last_.has_value(); }
  std::string name() const;  // "mixed" for several, empty for none

 private:
  std::optional<LinkType> last_;
  bool mixed_ = false;
};

}  // namespace whydown::capture
