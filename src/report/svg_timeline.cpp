#include "report/svg_timeline.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "report/escape.h"
#include "report/incident_words.h"

namespace whydown::report {
namespace {

using diagnosis::Incident;
using diagnosis::Role;

// In units of the view box.
constexpr double kWidth = 720;
constexpr double kLeft = 84;
constexpr double kRight = 24;
constexpr double kFlag = 20;  // height of one row of flags
constexpr double kBars = 72;  // height of the attempts' bars
constexpr double kLane = 38;
constexpr double kMark = 6;
constexpr double kLetter = 7;  // advance of one digit at 12 px, on the wide side
constexpr std::size_t kFlagRows = 3;

class Timeline {
 public:
  Timeline(const Incident& incident, const Citation& cite) : incident_(incident), cite_(cite) {
    for (const diagnosis::EvidencePacket& packet : incident.evidence) {
      if (!cite.has_time(packet.place)) continue;
      widen(packet.place.time, packet.place.time);
      if (std::ranges::find(lanes_, packet.role) == lanes_.end()) lanes_.push_back(packet.role);
    }
    for (const diagnosis::Mark& mark : incident.marks) widen(mark.place.time, mark.place.time);
    const diagnosis::Activity& activity = incident.activity;
    if (!activity.slots.empty()) {
      widen(activity.slots.front().begin,
            base::add(activity.slots.back().begin, activity.slot_width));
    }
    std::ranges::sort(lanes_);
    place_flags();
  }
  bool worth_drawing() const { return first_ < last_ && !lanes_.empty(); }
  std::string draw();

 private:
  struct Flag {
    double x;
    std::size_t row;
  };
  void widen(base::Time first, base::Time last) {
    first_ = std::min(first_, first);
    last_ = std::max(last_, last);
  }
  double x_of(base::Time time) const {
    const auto total = static_cast<double>(base::between(first_, last_).count());
    const auto part = static_cast<double>(base::between(first_, time).count());
    return kLeft + std::clamp(part / total, 0.0, 1.0) * (kWidth - kLeft - kRight);
  }
  bool has_bars() const { return !incident_.activity.slots.empty(); }
  double bars_top() const { return 6 + kFlag * static_cast<double>(flag_rows_); }
  double lanes_top() const { return bars_top() + (has_bars() ? kBars + 30 : 8); }
  double height() const { return lanes_top() + kLane * static_cast<double>(lanes_.size()) + 12; }
  void place_flags();
  void draw_window();
  void draw_bars();
  void draw_flags();
  void draw_axis();
  void draw_lane(Role role, double y);
  void draw_mark(Role role, double x, double y);
  void text(const char* css, double x, double y, const char* anchor, const std::string& words);

  const Incident& incident_;
  const Citation& cite_;
  base::Time first_ = base::Time::max();
  base::Time last_ = base::Time::min();
  std::vector<Role> lanes_;
  std::vector<Flag> flags_;
  std::size_t flag_rows_ = 0;
  std::string out_;
};

void Timeline::text(const char* css, double x, double y, const char* anchor,
                    const std::string& words) {
  out_ += fmt::format(
      "<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" font-size=\"12\" "
      "font-family=\"sans-serif\" fill=\"#333333\">{}</text>",
      css, x, y, anchor, html_escaped(words));
}

// Flags that would cover each other go to rows above.
void Timeline::place_flags() {
  if (first_ >= last_) return;
  std::array<double, kFlagRows> row_end{};
  row_end.fill(-std::numeric_limits<double>::infinity());
  for (const diagnosis::Mark& mark : incident_.marks) {
    const double x = x_of(mark.place.time);
    std::size_t row = 0;
    while (row + 1 < kFlagRows && x < row_end[row]) ++row;
    row_end[row] = x + 20;
    flags_.push_back({x, row});
    flag_rows_ = std::max(flag_rows_, row + 1);
  }
}

void Timeline::draw_window() {
  if (!incident_.has_time || incident_.first > last_ || incident_.last < first_) return;
  const double from = x_of(incident_.first);
  const double to = x_of(incident_.last);
  out_ += fmt::format(
      "<rect class=\"window\" fill=\"#fdecec\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
      "height=\"{:.1f}\"/>",
      from - kMark, bars_top(), to - from + 2 * kMark, height() - 26 - bars_top());
}

void Timeline::draw_bars() {
  if (!has_bars()) return;
  const diagnosis::Activity& activity = incident_.activity;
  std::uint64_t most = 1;
  for (const diagnosis::ActivitySlot& slot : activity.slots) {
    most = std::max(most, slot.ok + slot.failed);
  }
  const double bottom = bars_top() + kBars;
  const auto bar = [&](const char* css, const char* colour, const diagnosis::ActivitySlot& slot,
                       std::uint64_t count, double base) {
    const double x = x_of(slot.begin);
    const double end = x_of(base::add(slot.begin, activity.slot_width));
    const double tall = kBars * static_cast<double>(count) / static_cast<double>(most);
    out_ += fmt::format(
        "<rect class=\"{}\" fill=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
        "height=\"{:.1f}\"/>",
        css, colour, x, base - tall, std::max(end - x - 0.5, 2.0), tall);
    return base - tall;
  };
  for (const diagnosis::ActivitySlot& slot : activity.slots) {
    double base = bottom;
    if (slot.failed > 0) base = bar("failed", "#a3171f", slot, slot.failed, base);
    if (slot.ok > 0) bar("ok", "#17663a", slot, slot.ok, base);
  }
  out_ += fmt::format(
      "<line class=\"axis\" stroke=\"#999999\" x1=\"{}\" y1=\"{:.1f}\" x2=\"{}\" y2=\"{:.1f}\"/>",
      kLeft, bottom, kWidth - kRight, bottom);
  text("soft", 0, bars_top() + 12, "start", "Attempts");
  text("soft", kLeft - 6, bars_top() + 12, "end", thousands(most));
  text("soft", kLeft - 6, bottom, "end", "0");
}

void Timeline::draw_flags() {
  std::size_t number = 0;
  for (const Flag& flag : flags_) {
    const double y = bars_top() - 12 - kFlag * static_cast<double>(flag.row);
    out_ += fmt::format(
        "<line class=\"flag-line\" stroke=\"#51606f\" stroke-dasharray=\"2 3\" x1=\"{:.1f}\" "
        "y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>",
        flag.x, y + 8, flag.x, height() - 26);
    out_ += fmt::format(
        "<circle class=\"flag\" fill=\"#1c4f8f\" cx=\"{:.1f}\" cy=\"{:.1f}\" "
        "r=\"8\"/>",
        flag.x, y);
    out_ += fmt::format(
        "<text class=\"flag-number\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" "
        "font-size=\"11\" font-family=\"sans-serif\" fill=\"#ffffff\">{}</text>",
        flag.x, y + 4, ++number);
  }
}

// The shape says the role as well as the colour does.
void Timeline::draw_mark(Role role, double x, double y) {
  if (role == Role::symptom) {
    out_ += fmt::format(
        "<path class=\"symptom\" fill=\"#a3171f\" d=\"M{:.1f} {:.1f}l{} {}l-{} {}l-{} -{}z\"/>", x,
        y - kMark - 1, kMark + 1, kMark + 1, kMark + 1, kMark + 1, kMark + 1, kMark + 1);
  } else if (role == Role::cause) {
    out_ += fmt::format(
        "<rect class=\"cause\" fill=\"#7a4b00\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" "
        "height=\"{}\"/>",
        x - kMark + 1, y - kMark + 1, 2 * kMark - 2, 2 * kMark - 2);
  } else {
    out_ += fmt::format(
        "<circle class=\"context\" fill=\"#1c4f8f\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"/>", x, y,
        kMark - 1);
  }
}

void Timeline::draw_lane(Role role, double y) {
  text("soft", 0, y + 4, "start", capitalised(role_id(role)));
  out_ += fmt::format(
      "<line class=\"axis\" stroke=\"#999999\" x1=\"{}\" y1=\"{:.1f}\" x2=\"{}\" y2=\"{:.1f}\"/>",
      kLeft, y, kWidth - kRight, y);
  double label_end = -std::numeric_limits<double>::infinity();
  for (const diagnosis::EvidencePacket& packet : incident_.evidence) {
    if (packet.role != role || !cite_.has_time(packet.place)) continue;
    const double x = x_of(packet.place.time);
    draw_mark(role, x, y);
    const std::string label = cite_.number(packet.place);
    const double half = static_cast<double>(label.size()) * kLetter / 2;
    // Crowded marks keep the first number only; the table has them all.
    if (x - half < label_end) continue;
    text("packet", x, y - 11, "middle", label);
    label_end = x + half + 4;
  }
}

void Timeline::draw_axis() {
  const double y = height() - 26;
  constexpr std::array<double, 3> shares{0, 0.5, 1};
  constexpr std::array<const char*, 3> anchors{"start", "middle", "end"};
  out_ += fmt::format(
      "<line class=\"axis\" stroke=\"#999999\" x1=\"{}\" y1=\"{:.1f}\" x2=\"{}\" y2=\"{:.1f}\"/>",
      kLeft, y, kWidth - kRight, y);
  const base::Duration total = base::between(first_, last_);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const auto offset = static_cast<std::int64_t>(static_cast<double>(total.count()) * shares[i]);
    const base::Time time = base::add(first_, base::Duration{offset});
    // Within a second or two only the fraction tells two ticks apart.
    const bool fine = total < std::chrono::seconds{3};
    text("soft", kLeft + shares[i] * (kWidth - kLeft - kRight), y + 18, anchors[i],
         base::clock_time(time).substr(0, fine ? 15 : 8));
  }
}

std::string Timeline::draw() {
  out_ = fmt::format(
      "<svg class=\"timeline\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
      "viewBox=\"0 0 {} {:.0f}\" width=\"{}\" height=\"{:.0f}\" aria-label=\"Timeline of the "
      "incident. {}\">",
      kWidth, height(), kWidth, height(), html_escaped(timeline_caption(incident_)));
  draw_window();
  draw_bars();
  draw_flags();
  double y = lanes_top();
  for (const Role role : lanes_) {
    draw_lane(role, y);
    y += kLane;
  }
  draw_axis();
  return out_ + "</svg>\n";
}

}  // namespace

std::string svg_timeline(const Incident& incident, const Citation& cite) {
  Timeline timeline(incident, cite);
  return timeline.worth_drawing() ? timeline.draw() : std::string();
}

std::string timeline_caption(const Incident& incident) {
  std::string out;
  const diagnosis::Activity& activity = incident.activity;
  if (!activity.slots.empty()) {
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    for (const diagnosis::ActivitySlot& slot : activity.slots) {
      ok += slot.ok;
      failed += slot.failed;
    }
    out += fmt::format(
        "Bars: attempts at this service per {}, {} failed (red, below) and {} served "
        "(green, above). ",
        base::human_duration(activity.slot_width), thousands(failed), thousands(ok));
  }
  out += "Shaded: from the first failure to the last. ";
  if (!incident.marks.empty()) out += "Numbers in circles: as in the table that follows.  ";
  return out + "Lanes: the evidence packets by their number.";
}

std::string cause_bar(double probability) {
  return fmt::format(
      "<svg class=\"bar\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 4\" width=\"100\" "
      "height=\"4\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"rest\" "
      "fill=\"#dddddd\" width=\"100\" height=\"4\"/><rect class=\"part\" fill=\"#3f77b8\" "
      "width=\"{:.1f}\" height=\"4\"/></svg>\n",
      std::clamp(probability, 0.0, 1.0) * 100);
}

}  // namespace whydown::report
