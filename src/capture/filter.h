// A filter in libpcap's words (pcap-filter(7)) over the frames of captures.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "capture/frame.h"

namespace whydown::capture {

// One per run. A filter is compiled anew for each link type that comes along.
class Filter {
 public:
  static std::expected<Filter, base::Error> compile(const std::string& text);
  Filter(Filter&&) noexcept;
  Filter& operator=(Filter&&) noexcept;
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  ~Filter();

  // no_sense: the filter asks for what frames of this link type do not have.
  enum class Verdict : std::uint8_t { passes, left_out, no_sense };
  Verdict look_at(const Frame& frame);
  const std::string& text() const { return text_; }

 private:
  struct Program;
  explicit Filter(std::string text);
  Program& program_for(LinkType link_type);

  std::string text_;
  std::vector<std::unique_ptr<Program>> programs_;  // one per link type; few
};

// The frames of `source` that pass; how many did not is a remark on each input.
std::unique_ptr<Source> filtered(std::unique_ptr<Source> source, Filter filter);

}  // namespace whydown::capture
