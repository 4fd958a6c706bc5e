#include "pipeline/explain_run.h"

#include <memory>
#include <string_view>

#include <fmt/format.h>

#include "base/interner.h"
#include "capture/limits.h"
#include "packet/packet.h"

namespace whydown::pipeline {
namespace {

bool is_text(const capture::Frame& frame) {
  return frame.link_type == capture::LinkType::tcpdump_text ||
         frame.link_type == capture::LinkType::wireshark_row;
}

std::string_view words_of(const capture::Frame& frame) {
  if (!is_text(frame)) return {};
  return {reinterpret_cast<const char*>(frame.bytes.data()), frame.bytes.size()};
}

// By what people cite it.
std::uint64_t number_of(const base::Place& place) {
  return place.line != 0 ? place.line : place.number;
}

class Picker {
 public:
  explicit Picker(const std::optional<Pick>& pick) : pick_(pick) {}

  bool wants(const base::Place& place) {
    if (!pick_) return true;
    if (pick_->input && *pick_->input != place.input) return false;
    const std::uint64_t number = number_of(place);
    if (number < pick_->first) before_ = place;
    if (number > pick_->last && !after_.is_set()) after_ = place;
    return number >= pick_->first && number <= pick_->last;
  }
  // Whether nothing that comes after this packet can be wanted.
  bool is_done(const base::Place& place, bool several) const {
    return pick_ && !several && number_of(place) >= pick_->last;
  }
  // Why nothing was picked, with the nearest packet that could have been.
  base::Error nothing(const std::vector<std::string>& paths) const {
    const std::string where = paths.size() == 1 ? paths[0] : "the inputs";
    const base::Place& nearest = before_.is_set() ? before_ : after_;
    const bool lines = nearest.line != 0;
    const char* noun = lines ? "line" : "packet";
    const std::string range = pick_->first == pick_->last
                                  ? fmt::format("{} {}", noun, pick_->first)
                                  : fmt::format("{}s {} to {}", noun, pick_->first, pick_->last);
    const std::string advice =
        nearest.is_set()
            ? fmt::format("the nearest {} is {} {}", before_.is_set() ? "before" : "after", noun,
                          number_of(nearest))
            : "whydown explain without --packet shows what there is";
    return {where, lines ? "no packet that begins in " + range : "no " + range,
            lines ? "a line that a packet begins in" : "the number of a packet", advice};
  }

 private:
  const std::optional<Pick>& pick_;
  base::Place before_;
  base::Place after_;
};

// Inputs are asked once what their times mean, when their first packet has shown it.
class Introductions {
 public:
  Introductions(const capture::Source& source, const CheckInput& check,
                explain::Explainer& explainer)
      : source_(source), check_(check), explainer_(explainer) {}
  std::expected<void, base::Error> meet(std::uint16_t input) {
    if (input < met_.size() && met_[input]) return {};
    if (met_.size() <= input) met_.resize(input + std::size_t{1});
    met_[input] = true;
    const std::vector<base::InputInfo> infos = source_.inputs();
    if (input >= infos.size()) return {};
    explainer_.input(input, infos[input]);
    return check_(infos[input]);
  }

 private:
  const capture::Source& source_;
  const CheckInput& check_;
  explain::Explainer& explainer_;
  std::vector<bool> met_;
};

bool is_whole(const Request& request) {
  return !request.since && !request.until && request.open.filter.empty();
}

std::vector<std::string> closing_of(std::vector<std::string> closing,
                                    const std::vector<base::InputInfo>& inputs) {
  for (const base::InputInfo& input : inputs) {
    for (const base::QualityRemark& remark : input.remarks) {
      closing.push_back(inputs.size() > 1 ? input.path + ": " + remark.text : remark.text);
    }
  }
  return closing;
}

bool in_time(const capture::Frame& frame, const Request& request) {
  if (!frame.has_time) return true;
  if (request.since && frame.place.time < *request.since) return false;
  return !request.until || frame.place.time <= *request.until;
}

}  // namespace

std::expected<Explained, base::Error> explain_run(const Request& request,
                                                  const std::optional<Pick>& pick,
                                                  const CheckInput& check,
                                                  const TakeExplanation& take,
                                                  const StandIns& stand_ins) {
  auto source = capture::open(request.paths, request.open);
  if (!source) return std::unexpected(source.error());

  const bool several = request.paths.size() > 1;
  base::Interner names;
  packet::Decoder decoder(names);
  const auto packet = std::make_unique<packet::Packet>();
  const auto explainer = std::make_unique<explain::Explainer>(names, several);
  Introductions introductions(**source, check, *explainer);
  Picker picker(pick);
  Explained result;

  capture::Frame stand_in;
  while (const capture::Frame* frame = (*source)->next()) {
    if (auto met = introductions.meet(frame->place.input); !met) {
      return std::unexpected(met.error());
    }
    if (!in_time(*frame, request)) continue;
    if (stand_ins.frame) {
      stand_in = stand_ins.frame(*frame);
      frame = &stand_in;
    }
    decoder.decode(*frame, *packet);
    if (picker.wants(frame->place)) {
      ++result.packets;
      if (!take(explainer->explain(*packet, words_of(*frame)))) return result;
    } else {
      explainer->follow(*packet);
    }
    if (picker.is_done(frame->place, several)) break;
  }
  if (pick && result.packets == 0) return std::unexpected(picker.nothing(request.paths));
  result.inputs = (*source)->inputs();
  for (std::size_t i = 0; stand_ins.input && i < result.inputs.size(); ++i) {
    stand_ins.input(result.inputs[i], i);
  }
  if (!pick) result.closing = closing_of(explainer->closing(is_whole(request)), result.inputs);
  return result;
}

std::size_t explain_memory_bytes() {
  return capture::capture_memory_bytes() + sizeof(packet::Packet) +
         base::Interner().memory_bytes() + explain::Explainer::memory_bytes();
}

}  // namespace whydown::pipeline
