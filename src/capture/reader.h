// Inside capture/: the reader of one input of one format.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/input_info.h"
#include "capture/frame.h"
#include "capture/input.h"

namespace whydown::capture {

class Reader {
 public:
  Reader() = default;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  virtual ~Reader() = default;
  // As Source::next(), for one input. Sets every member of the frame; place.input is `index`.
  virtual const Frame* next() = 0;
  // Without the members that Input knows (bytes, sha256, compression, path).
  virtual base::InputInfo info() const = 0;
};

struct ReaderContext {
  std::string path;
  std::uint16_t index = 0;  // of the input on the command line
  OpenOptions options;
};

// Each takes the input at its first byte. The error is for inputs in which nothing is readable.
std::expected<std::unique_ptr<Reader>, base::Error> make_pcap_reader(std::unique_ptr<Input> input,
                                                                     const ReaderContext& context);
std::expected<std::unique_ptr<Reader>, base::Error> make_pcapng_reader(
    std::unique_ptr<Input> input, const ReaderContext& context);
// tcpdump text and Wireshark tables (src/capture/text/). Looks as far ahead as kMaxWindow to find a
// record; an input whose first kMaxWindow bytes hold none is an error.
std::expected<std::unique_ptr<Reader>, base::Error> make_text_reader(std::unique_ptr<Input> input,
                                                                     const ReaderContext& context);

}  // namespace whydown::capture
