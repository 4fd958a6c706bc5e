// Frames with stand-ins for what identifies, before anything reads them: `explain --redact`
// explains these, so that nothing it says can hold an original.
//
// Captured bytes are rewritten field by field (redact/). A text record is read first: what it names
// gets its stand-in, further words that may be names, addresses or paths too, and a record that was
// not understood is withheld.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/interner.h"
#include "base/kept_frame.h"
#include "capture/frame.h"
#include "packet/packet.h"
#include "redact/redact.h"

namespace whydown::cli {

class RedactedFrames {
 public:
  explicit RedactedFrames(const redact::Redactor& redactor);
  // Valid until the next call.
  capture::Frame operator()(const capture::Frame& original);

 private:
  std::string record(const capture::Frame& original);
  std::string word(std::string_view word, bool after_method) const;
  std::string own(std::string_view word) const;

  const redact::Redactor& redactor_;
  base::Interner names_;
  packet::Decoder decoder_{names_};
  std::unique_ptr<packet::Packet> packet_;
  base::KeptFrame kept_;
  std::string text_;
};

}  // namespace whydown::cli
