// Stand-ins for names, label by label: equal names get equal stand-ins, names below one domain stay
// below one domain, and a label keeps its length, its hyphens and underscores, so that a message's
// sizes stay true and the stand-in fits into the packet in the original's place.
//
// A label's stand-in hangs on the labels to its right: "www" below two domains becomes two things.
// Kept as they are: the public top-level domain, the names set aside for special use (localhost,
// local, test ...), and in-addr.arpa, ip6.arpa, home.arpa. What stands below in-addr.arpa is masked
// as labels, not as an address.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "redact/cipher.h"

namespace whydown::redact {

class NameMask {
 public:
  explicit NameMask(const Key& key) : key_(key_for(key, "name")) {}

  // A name as packets' names are spelt: lower case, dots between labels, other bytes as \DDD.
  std::string name(std::string_view original) const;
  // The bytes of one label; `parent` is what stands to its right, as suffix() builds it.
  std::string label(std::string_view original, std::string_view parent) const;
  // The label and what stands to its right, unambiguous and in lower case.
  static std::string suffix(std::string_view label, std::string_view parent);

 private:
  Key key_;
};

}  // namespace whydown::redact
