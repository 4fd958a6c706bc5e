#include "report/words.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <set>

#include <fmt/format.h>

namespace whydown::report {
namespace {

// "13:24:32": the fraction is for tables.
std::string to_second(base::Time time) { return base::clock_time(time).substr(0, 8); }

// "1:24 pm" of "1:24:32 pm".
std::string to_minute_12h(base::Time time) {
  const std::string full = base::clock_time_12h(time);
  const std::size_t colon = full.rfind(':');
  const std::size_t blank = full.find(' ');
  return full.substr(0, colon) + full.substr(blank);
}

}  // namespace

std::string joined(const std::vector<std::string>& items, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += i + 1 == items.size() ? last : ", ";
    out += items[i];
  }
  return out;
}

std::string first_few(const std::vector<std::string>& items, std::size_t most) {
  if (items.size() <= most) return joined(items);
  std::vector<std::string> shown(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(most));
  shown.push_back(fmt::format("{} more", items.size() - most));
  return joined(shown);
}

std::string upper_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::string capitalised(std::string_view text) {
  return upper_case(text.substr(0, 1)) +
         std::string(text.substr(std::min<std::size_t>(1, text.size())));
}

std::string without_stop(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  return std::string(text);
}

std::vector<std::uint32_t> shares(const std::vector<diagnosis::RankedCause>& causes,
                                  std::uint32_t whole) {
  std::vector<std::uint32_t> result;
  std::vector<double> remainders;
  double total = 0;
  for (const diagnosis::RankedCause& cause : causes) {
    const double p = std::isfinite(cause.probability) ? std::clamp(cause.probability, 0.0, 1.0) : 0;
    const double exact = p * whole;
    total += exact;
    result.push_back(static_cast<std::uint32_t>(exact));
    remainders.push_back(exact - std::floor(exact));
  }
  std::vector<std::size_t> order(causes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  const auto given = std::accumulate(result.begin(), result.end(), std::uint32_t{0});
  const auto aim = static_cast<std::uint32_t>(std::lround(std::min<double>(total, whole)));
  for (std::size_t i = 0; i < order.size() && given + i < aim; ++i) ++result[order[i]];
  return result;
}

std::vector<std::string> percents(const std::vector<diagnosis::RankedCause>& causes) {
  std::vector<std::string> result;
  for (const std::uint32_t share : shares(causes, 100)) {
    result.push_back(share == 0 ? std::string("under 1 %") : fmt::format("{} %", share));
  }
  return result;
}

Citation::Citation(const diagnosis::Diagnosis& diagnosis) : inputs_(&diagnosis.inputs) {
  bool dated = false;
  std::set<std::string> days;
  for (const base::InputInfo& input : *inputs_) {
    any_text_ = any_text_ || input.is_text;
    if (!input.first_time) continue;
    dated = dated || input.date_known;
    zone_known_ = zone_known_ && input.zone_known;
    days.insert(base::calendar_date(*input.first_time));
    days.insert(base::calendar_date(input.last_time.value_or(*input.first_time)));
  }
  if (dated && days.size() == 1) only_day_ = *days.begin();
  // A dated and an undated input side by side: the dates are shown, 1970-01-01 for the other.
  date_known_ = dated;
}

const base::InputInfo* Citation::input_of(const base::Place& place) const {
  return place.input < inputs_->size() ? &(*inputs_)[place.input] : nullptr;
}

bool Citation::is_text(const base::Place& place) const {
  const base::InputInfo* input = input_of(place);
  return place.line != 0 && input != nullptr && input->is_text;
}

std::string Citation::packets(const std::vector<base::Place>& places) const {
  struct Group {
    std::uint16_t input;
    bool lines;
    std::vector<std::uint64_t> numbers;
  };
  std::vector<Group> groups;
  for (const base::Place& place : places) {
    if (!place.is_set()) continue;
    const bool lines = is_text(place);
    auto group = std::ranges::find_if(
        groups, [&](const Group& g) { return g.input == place.input && g.lines == lines; });
    if (group == groups.end()) group = groups.insert(group, {place.input, lines, {}});
    const std::uint64_t number = lines ? place.line : place.number;
    if (std::ranges::find(group->numbers, number) == group->numbers.end()) {
      group->numbers.push_back(number);
    }
  }
  std::string out;
  for (const Group& group : groups) {
    const char* noun = group.lines ? "line" : "packet";
    if (!out.empty()) out += ", ";
    out += fmt::format("{}{} {}", noun, group.numbers.size() == 1 ? "" : "s",
                       fmt::join(group.numbers, ", "));
    if (several_inputs()) out += fmt::format(" of input {}", group.input + 1);
  }
  return out;
}

std::string Citation::bracketed(const std::vector<base::Place>& places) const {
  const std::string list = packets(places);
  return list.empty() ? list : " [" + list + "]";
}

std::string Citation::number(const base::Place& place) const {
  const std::string plain = std::to_string(is_text(place) ? place.line : place.number);
  return several_inputs() ? fmt::format("{}:{}", place.input + 1, plain) : plain;
}

bool Citation::has_time(const base::Place& place) const {
  const base::InputInfo* input = input_of(place);
  return place.is_set() && input != nullptr && input->first_time.has_value();
}

std::string Citation::time(const base::Place& place) const {
  return has_time(place) ? time(place.time) : std::string();
}

std::string Citation::time(base::Time time) const {
  const std::string clock = base::clock_time(time);
  const bool with_day = date_known_ && base::calendar_date(time) != only_day_;
  return with_day ? base::calendar_date(time) + " " + clock : clock;
}

std::string Citation::time_scope() const {
  return only_day_.empty() ? time_basis() : only_day_ + ", " + time_basis();
}

std::string Citation::span(base::Time first, base::Time last) const {
  std::string out = date_known_ ? base::calendar_date(first) + " " : "";
  out += to_second(first);
  const std::string begin_12h = to_minute_12h(first);
  std::string words = begin_12h;
  if (to_second(last) != to_second(first) ||
      base::calendar_date(last) != base::calendar_date(first)) {
    out += " to ";
    if (base::calendar_date(last) != base::calendar_date(first)) {
      out += base::calendar_date(last) + " ";
    }
    out += to_second(last);
    const std::string end_12h = to_minute_12h(last);
    if (end_12h != begin_12h) words += " to " + end_12h;
  }
  return fmt::format("{} ({}; {})", out, words, time_basis());
}

std::string Citation::window(const diagnosis::Incident& incident) const {
  return incident.has_time ? span(incident.first, incident.last) : "time not known";
}

std::string Citation::time_basis() const {
  if (date_known_) return zone_known_ ? "UTC" : "time zone not known";
  return zone_known_ ? "UTC, date not known" : "date and time zone not known";
}

std::string_view verdict_id(diagnosis::Verdict verdict) {
  switch (verdict) {
    case diagnosis::Verdict::incident:
      return "incident";
    case diagnosis::Verdict::healthy:
      return "healthy";
    case diagnosis::Verdict::inconclusive:
      break;
  }
  return "inconclusive";
}

}  // namespace whydown::report
