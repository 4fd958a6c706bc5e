#include "pipeline/evidence_frames.h"

#include <algorithm>
#include <memory>
#include <span>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace whydown::pipeline {
namespace {

bool by_number(const base::Place& a, const base::Place& b) {
  return std::tie(a.input, a.number) < std::tie(b.input, b.number);
}

bool is_words(const capture::Frame& frame) {
  return frame.link_type == capture::LinkType::tcpdump_text ||
         frame.link_type == capture::LinkType::wireshark_row;
}

base::FrameDirection direction_of(capture::Direction direction) {
  switch (direction) {
    case capture::Direction::inbound:
      return base::FrameDirection::inbound;
    case capture::Direction::outbound:
      return base::FrameDirection::outbound;
    case capture::Direction::unknown:
      break;
  }
  return base::FrameDirection::unknown;
}

class Keeper {
 public:
  explicit Keeper(EvidenceFrames& out) : out_(out) {}

  void keep(const capture::Frame& frame, const base::Place& place) {
    if (is_words(frame)) {
      ++out_.without_bytes;
    } else if (frame.bytes.size() > kMostFrameBytes - bytes_) {
      ++out_.beyond_limit;
    } else {
      bytes_ += frame.bytes.size();
      out_.frames.push_back({place,
                             {frame.bytes.begin(), frame.bytes.end()},
                             frame.wire_length,
                             static_cast<std::uint16_t>(frame.link_type),
                             direction_of(frame.direction),
                             frame.has_time});
    }
  }

 private:
  EvidenceFrames& out_;
  std::size_t bytes_ = 0;
};

base::Error changed(const std::string& path, std::uint64_t number) {
  return {path, fmt::format("packet {} is not the one that was read before", number),
          "the same input as in the first pass", "do not write to it while it is read"};
}

// `wanted` are all of the one input at `path`, by number.
std::expected<void, base::Error> read_input(const std::string& path,
                                            const capture::OpenOptions& options,
                                            std::span<const base::Place> wanted, Keeper& keeper) {
  auto source = capture::open({path}, options);
  if (!source) return std::unexpected(source.error());
  while (!wanted.empty()) {
    const base::Place& place = wanted.front();
    const capture::Frame* frame = (*source)->next();
    if (frame == nullptr || frame->place.number > place.number) {
      return std::unexpected(changed(path, place.number));
    }
    if (frame->place.number < place.number) continue;
    if (frame->place.time != place.time) return std::unexpected(changed(path, place.number));
    keeper.keep(*frame, place);
    wanted = wanted.subspan(1);
  }
  return {};
}

}  // namespace

std::expected<EvidenceFrames, base::Error> evidence_frames(const Request& request,
                                                           std::vector<base::Place> places) {
  std::erase_if(places, [&](const base::Place& place) {
    return !place.is_set() || place.input >= request.paths.size();
  });
  std::ranges::sort(places, by_number);
  const auto doubles = std::ranges::unique(places);
  places.erase(doubles.begin(), doubles.end());

  capture::OpenOptions options = request.open;
  options.hash = false;
  EvidenceFrames out;
  Keeper keeper(out);
  std::span<const base::Place> left = places;
  while (!left.empty()) {
    const std::uint16_t input = left.front().input;
    const auto end =
        std::ranges::find_if(left, [&](const base::Place& place) { return place.input != input; });
    const auto count = static_cast<std::size_t>(end - left.begin());
    const auto read = read_input(request.paths[input], options, left.first(count), keeper);
    if (!read) return std::unexpected(read.error());
    left = left.subspan(count);
  }
  return out;
}

}  // namespace whydown::pipeline
