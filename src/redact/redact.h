// Boundary of redact/: stand-ins for all that identifies a network, the same in every output.
//
// The core decides by the originals; what it says is said behind the mask (base/mask.h), and the
// frames handed over as evidence are rewritten field by field (frame_mask.h). With the same key the
// same original always gets the same stand-in; without the key there is no way back.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/input_info.h"
#include "base/kept_frame.h"
#include "base/mask.h"
#include "redact/address_mask.h"
#include "redact/cipher.h"
#include "redact/name_mask.h"

namespace whydown::redact {

class Redactor final : public base::Mask {
 public:
  explicit Redactor(const Key& key);

  base::IpAddress address(const base::IpAddress& original) const override;
  std::string name(std::string_view original) const override;
  std::string filter(std::string_view original) const override;
  // Words of people: the addresses, hardware addresses and names in it by stand-ins. A name is what
  // looks like one (labels with dots), or was shown by this redactor before.
  std::string text(std::string_view original) const;
  // One label of a name in a packet; see NameMask::label().
  std::string label(std::string_view original, std::string_view parent) const {
    return names_.label(original, parent);
  }
  base::MacAddress mac(const base::MacAddress& original) const { return addresses_.mac(original); }

  // The same frame with stand-ins; what is not understood becomes zeros.
  base::KeptFrame frame(const base::KeptFrame& original) const;
  // The input without its path, its hash and what it quotes of a log. `index` counts from 0.
  void input(base::InputInfo& info, std::size_t index) const;
  // In the place of a file's SHA-256, which tells whoever guesses the file that he is right.
  std::string keyed_hash(std::string_view sha256) const;

 private:
  std::string word_of_text(std::string_view word) const;

  AddressMask addresses_;
  NameMask names_;
  Key hash_key_;
  mutable std::set<std::string, std::less<>> names_shown_;
};

// "input-1": in the place of a path.
std::string input_name(std::size_t index);

}  // namespace whydown::redact
