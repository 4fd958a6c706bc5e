#include "report/svg_timeline.h"

#include <algorithm>
#include <array>
#include <limits>

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
constexpr double kTop = 26;
constexpr double kLane = 38;
constexpr double kMark = 6;
constexpr double kLetter = 7;  // advance of one digit at 12 px, on the wide side

class Timeline {
 public:
  Timeline(const Incident& incident, const Citation& cite) : incident_(incident), cite_(cite) {
    for (const diagnosis::EvidencePacket& packet : incident.evidence) {
      if (!cite.has_time(packet.place)) continue;
      first_ = std::min(first_, packet.place.time);
      last_ = std::max(last_, packet.place.time);
      if (std::ranges::find(lanes_, packet.role) == lanes_.end()) lanes_.push_back(packet.role);
    }
    std::ranges::sort(lanes_);
  }
  bool worth_drawing() const { return first_ < last_; }
  std::string draw();

 private:
  double x_of(base::Time time) const {
    const auto total = static_cast<double>(base::between(first_, last_).count());
    const auto part = static_cast<double>(base::between(first_, time).count());
    return kLeft + std::clamp(part / total, 0.0, 1.0) * (kWidth - kLeft - kRight);
  }
  double height() const { return kTop + kLane * static_cast<double>(lanes_.size()) + 12; }
  void draw_axis();
  void draw_lane(Role role, double y);
  void draw_mark(Role role, double x, double y);

  const Incident& incident_;
  const Citation& cite_;
  base::Time first_ = base::Time::max();
  base::Time last_ = base::Time::min();
  std::vector<Role> lanes_;
  std::string out_;
};

// The shape says the role as well as the colour does.
void Timeline::draw_mark(Role role, double x, double y) {
  if (role == Role::symptom) {
    out_ += fmt::format("<path class=\"symptom\" d=\"M{:.1f} {:.1f}l{} {}l-{} {}l-{} -{}z\"/>", x,
                        y - kMark - 1, kMark + 1, kMark + 1, kMark + 1, kMark + 1, kMark + 1,
                        kMark + 1);
  } else if (role == Role::cause) {
    out_ +=
        fmt::format("<rect class=\"cause\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\"/>",
                    x - kMark + 1, y - kMark + 1, 2 * kMark - 2, 2 * kMark - 2);
  } else {
    out_ += fmt::format("<circle class=\"context\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"/>", x, y,
                        kMark - 1);
  }
}

void Timeline::draw_lane(Role role, double y) {
  out_ += fmt::format("<text class=\"soft\" x=\"0\" y=\"{:.1f}\">{}</text>", y + 4,
                      capitalised(role_id(role)));
  out_ += fmt::format("<line class=\"axis\" x1=\"{}\" y1=\"{:.1f}\" x2=\"{}\" y2=\"{:.1f}\"/>",
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
    out_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", x,
                        y - 11, html_escaped(label));
    label_end = x + half + 4;
  }
}

void Timeline::draw_axis() {
  const double y = height() - 26;
  constexpr std::array<double, 3> shares{0, 0.5, 1};
  constexpr std::array<const char*, 3> anchors{"start", "middle", "end"};
  out_ += fmt::format("<line class=\"axis\" x1=\"{}\" y1=\"{:.1f}\" x2=\"{}\" y2=\"{:.1f}\"/>",
                      kLeft, y, kWidth - kRight, y);
  const base::Duration total = base::between(first_, last_);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const auto offset = static_cast<std::int64_t>(static_cast<double>(total.count()) * shares[i]);
    const base::Time time = base::add(first_, base::Duration{offset});
    // Within a second or two only the fraction tells two ticks apart.
    const bool fine = total < std::chrono::seconds{3};
    out_ +=
        fmt::format("<text class=\"soft\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>",
                    kLeft + shares[i] * (kWidth - kLeft - kRight), y + 18, anchors[i],
                    base::clock_time(time).substr(0, fine ? 15 : 8));
  }
}

std::string Timeline::draw() {
  const std::string id = fmt::format("timeline-{}", incident_.id);
  out_ = fmt::format(
      "<svg class=\"timeline\" role=\"img\" viewBox=\"0 0 {} {:.0f}\" aria-labelledby=\"{}-t "
      "{}-d\">",
      kWidth, height(), id, id);
  out_ += fmt::format("<title id=\"{}-t\">Timeline of the evidence packets</title>", id);
  out_ += fmt::format(
      "<desc id=\"{}-d\">{} over {}; the numbers are those of the evidence table."
      "</desc>",
      id, counted(incident_.evidence.size(), "packet", "packets"),
      base::human_duration(base::between(first_, last_)));
  if (incident_.has_time && incident_.first <= last_ && incident_.last >= first_) {
    const double from = x_of(incident_.first);
    const double to = x_of(incident_.last);
    out_ += fmt::format(
        "<rect class=\"window\" x=\"{:.1f}\" y=\"4\" width=\"{:.1f}\" height=\"{:.1f}\"/>",
        from - kMark, to - from + 2 * kMark, height() - 28);
  }
  double y = kTop;
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

}  // namespace whydown::report
