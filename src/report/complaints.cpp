#include "report/complaints.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "report/incident_words.h"
#include "report/words.h"

namespace whydown::report {
namespace {

using diagnosis::Diagnosis;
using diagnosis::Incident;

// People round, and their clocks are not the capture's.
constexpr base::Duration kClockSlack = std::chrono::minutes{2};
// They complain after they have tried again.
constexpr base::Duration kLate = std::chrono::minutes{10};

// What the inputs cover, and how a complaint's time is put on their scale.
class Scale {
 public:
  Scale(const Diagnosis& diagnosis, const Case& supplied) {
    bool zone_known = true;
    for (const base::InputInfo& input : diagnosis.inputs) {
      if (!input.first_time) continue;
      dated_ = dated_ || input.date_known;
      zone_known = zone_known && input.zone_known;
      first_ = std::min(first_, *input.first_time);
      last_ = std::max(last_, input.last_time.value_or(*input.first_time));
    }
    // Without a zone the log shows wall clock time, as people do.
    if (zone_known) zone_ = supplied.zone.value_or(base::Duration{0});
    is_zone_known_ = zone_known;
  }

  bool has_time() const { return first_ <= last_; }
  base::Time first() const { return first_; }
  base::Time last() const { return last_; }

  // A time without a date is the one nearest to `near`.
  base::Time place(const base::PointInTime& point, base::Time near) const {
    const base::Duration zone = is_zone_known_ ? point.zone.value_or(zone_) : base::Duration{0};
    if (point.date && dated_) return *point.date + point.clock - zone;
    // A hostile capture may carry any time; a century more or less matters to nobody.
    constexpr base::Duration reach = std::chrono::days{100 * 365};
    const base::Time epoch{};
    const base::Time day{std::chrono::floor<std::chrono::days>(
        std::clamp(near, base::add(epoch, -reach), base::add(epoch, reach)))};
    base::Time best = day + point.clock - zone;
    for (const int shift : {-1, 1}) {
      const base::Time other = day + std::chrono::days{shift} + point.clock - zone;
      if (distance(other, near) < distance(best, near)) best = other;
    }
    return best;
  }

 private:
  static base::Duration distance(base::Time a, base::Time b) {
    return a < b ? base::between(a, b) : base::between(b, a);
  }

  base::Time first_ = base::Time::max();
  base::Time last_ = base::Time::min();
  base::Duration zone_{0};
  bool dated_ = false;
  bool is_zone_known_ = false;
};

struct Look {
  const Complaint& complaint;
  const Incident& incident;
  const Scale& scale;
  std::optional<base::Time> at;  // absent where either side has no time
};

std::string clock(base::Time time) { return base::clock_time(time).substr(0, 8); }
std::string span_words(const Incident& incident) {
  std::string out = clock(incident.first);
  if (clock(incident.last) != out) out += " to " + clock(incident.last);
  return out + (incident.ongoing_at_end ? ", not seen working again after it" : "");
}

std::string name_of(const Incident& incident) { return fmt::format("incident {}", incident.id); }

// --- What the complaint names: a machine, words ------------------------------------------------

// A clause where the machine cannot be among the failing ones.
std::optional<std::string> address_excludes(const Look& look) {
  const std::string& address = look.complaint.address;
  if (address.empty()) return std::nullopt;
  const diagnosis::Clients& clients = look.incident.clients;
  const auto impact =
      std::ranges::find(look.incident.impact, address, &diagnosis::ClientImpact::address);
  if (impact != look.incident.impact.end()) {
    if (impact->failed > 0) return std::nullopt;
    return fmt::format("{} was served {} there and never turned away", address,
                       counted(impact->ok, "time", "times"));
  }
  const bool listed = std::ranges::find(clients.addresses, address) != clients.addresses.end();
  if (listed || !clients.exact || clients.count > clients.addresses.size()) return std::nullopt;
  return fmt::format("no attempt from {} is among its packets", address);
}

bool is_seen_failing(const Look& look) {
  const std::string& address = look.complaint.address;
  const auto& clients = look.incident.clients.addresses;
  const auto impact =
      std::ranges::find(look.incident.impact, address, &diagnosis::ClientImpact::address);
  if (impact != look.incident.impact.end()) return impact->failed > 0;
  return !address.empty() && std::ranges::find(clients, address) != clients.end();
}

struct WordsFit {
  bool known = false;  // the words name something
  bool fits = false;
  std::string because;  // a clause
};

WordsFit words_fit(const Look& look) {
  WordsFit out;
  std::string against;
  bool only_outage = true;
  for (const Sight sight : sights_in(look.complaint.saw)) {
    out.known = true;
    if (is_seen_as(look.incident, sight)) {
      out.fits = true;
      only_outage = only_outage && sight == Sight::outage;
    } else if (against.empty()) {
      against = why_not(look.incident, sight);
    }
  }
  // A finer word that does not fit outweighs "does not work".
  if (out.fits && only_outage && !against.empty()) out.fits = false;
  out.because = out.fits ? (only_outage ? "its words fit any failure of this kind"
                                        : "its words are what such a failure looks like to a user")
                         : against;
  return out;
}

// --- When ---------------------------------------------------------------------------------------

enum class When : std::uint8_t { unknown, before_capture, before, during, after, after_capture };

When when_of(const Look& look) {
  if (!look.at || !look.incident.has_time) return When::unknown;
  const base::Time at = *look.at;
  const Incident& incident = look.incident;
  if (at < base::add(incident.first, -kClockSlack)) {
    return at < base::add(look.scale.first(), -kClockSlack) ? When::before_capture : When::before;
  }
  if (at <= base::add(incident.last, kLate)) return When::during;
  if (!incident.ongoing_at_end) return When::after;
  return at <= base::add(look.scale.last(), kLate) ? When::during : When::after_capture;
}

std::string early_words(const Look& look) {
  const base::Time at = look.at.value_or(look.incident.first);
  const std::string gap = base::human_duration(base::between(at, look.incident.first));
  if (when_of(look) == When::before_capture) {
    return fmt::format(
        "It came {} before the first failure of {} (at {}), and the capture begins at {} only: "
        "whether the same failure was there already, these packets cannot tell.",
        gap, name_of(look.incident), clock(look.incident.first), clock(look.scale.first()));
  }
  return fmt::format(
      "It came {} before the first failure of {} (at {}). The capture covers that time and shows "
      "no "
      "such failure then: look for another reason, or ask for the time again.",
      gap, name_of(look.incident), clock(look.incident.first));
}

// --- Together -----------------------------------------------------------------------------------

ComplaintFinding decide_by_time(const Look& look, const WordsFit& words) {
  const base::Time at = look.at.value_or(look.incident.first);
  const int id = look.incident.id;
  const std::string name = name_of(look.incident);
  switch (when_of(look)) {
    case When::unknown:
      return {Finding::undecided, id,
              fmt::format("{}, but {}: the packets cannot say whether it belongs to {}.",
                          capitalised(words.because),
                          look.complaint.time ? "the input carries no times"
                                              : "it is not said when it was seen",
                          name)};
    case When::before_capture:
    case When::before:
      return {Finding::before, id, early_words(look)};
    case When::after:
      return {
          Finding::not_explained, id,
          fmt::format("It came {} after the last failure of {} (at {}), and the service was seen "
                      "working again by then.",
                      base::human_duration(base::between(look.incident.last, at)), name,
                      clock(look.incident.last))};
    case When::after_capture:
      return {Finding::undecided, id,
              fmt::format("It came {} after the capture ended (at {}). {} was not over then, so it "
                          "may well be the same, but these packets cannot tell.",
                          base::human_duration(base::between(look.scale.last(), at)),
                          clock(look.scale.last()), capitalised(name))};
    case When::during:
      break;
  }
  const std::string machine =
      is_seen_failing(look)
          ? fmt::format(", attempts from {} are among those that failed", look.complaint.address)
          : std::string();
  return {Finding::explained, id,
          fmt::format("It falls into the time of the failures ({}){}, and {}.",
                      span_words(look.incident), machine, words.because)};
}

ComplaintFinding judge(const Look& look) {
  const int id = look.incident.id;
  if (const auto excluded = address_excludes(look)) {
    return {Finding::not_explained, id, capitalised(*excluded) + "."};
  }
  const WordsFit words = words_fit(look);
  if (!words.known) {
    return {Finding::undecided, id,
            "Its words name nothing that packets could show, so it is left open whether it belongs "
            "to " +
                name_of(look.incident) + "."};
  }
  if (!words.fits) {
    return {Finding::not_explained, id, capitalised(words.because) + "."};
  }
  return decide_by_time(look, words);
}

std::size_t rank(Finding finding) {
  // Explained by any is explained; what one leaves open is not denied by another.
  constexpr Finding order[] = {Finding::explained, Finding::before, Finding::undecided,
                               Finding::not_explained};
  return static_cast<std::size_t>(std::ranges::find(order, finding) - std::begin(order));
}

ComplaintFinding without_incident(const Diagnosis& diagnosis) {
  if (diagnosis.verdict == diagnosis::Verdict::healthy) {
    return {Finding::not_explained, 0,
            "The packets show no failure at all that it could be about: what failed is not in this "
            "capture."};
  }
  return {Finding::undecided, 0, "These packets do not show enough to say."};
}

ComplaintFinding best_of(const Diagnosis& diagnosis, const Complaint& complaint,
                         const Scale& scale) {
  std::optional<ComplaintFinding> best;
  for (const Incident& incident : diagnosis.incidents) {
    Look look{complaint, incident, scale, std::nullopt};
    if (complaint.time && scale.has_time()) look.at = scale.place(*complaint.time, incident.first);
    ComplaintFinding found = judge(look);
    if (!best || rank(found.finding) < rank(best->finding)) best = std::move(found);
  }
  if (!best) return without_incident(diagnosis);
  if (best->finding == Finding::not_explained && diagnosis.incidents.size() > 1) {
    best->because += " Nor does any other incident of this report.";
  }
  return *best;
}

}  // namespace

std::optional<base::Time> place_on_scale(const Diagnosis& diagnosis, const Case& supplied,
                                         const std::optional<base::PointInTime>& point,
                                         const Incident& incident) {
  const Scale scale(diagnosis, supplied);
  if (!point || !scale.has_time() || !incident.has_time) return std::nullopt;
  return scale.place(*point, incident.first);
}

std::string_view finding_id(Finding finding) {
  switch (finding) {
    case Finding::explained:
      return "explained";
    case Finding::before:
      return "before";
    case Finding::not_explained:
      return "not_explained";
    case Finding::undecided:
      break;
  }
  return "undecided";
}

std::vector<ComplaintFinding> judge_complaints(const Diagnosis& diagnosis, const Case& supplied) {
  std::vector<ComplaintFinding> out;
  out.reserve(supplied.complaints.size());
  const Scale scale(diagnosis, supplied);
  for (const Complaint& complaint : supplied.complaints) {
    out.push_back(best_of(diagnosis, complaint, scale));
  }
  return out;
}

}  // namespace whydown::report
