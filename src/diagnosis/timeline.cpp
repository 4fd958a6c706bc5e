#include "diagnosis/timeline.h"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "diagnosis/impact.h"

namespace whydown::diagnosis {

namespace {

using evidence::Attempt;
using evidence::Digest;
using evidence::Row;
using evidence::TimeHistogram;

// Exact where the exemplars are all there is, as the counts of the incident are.
TimeHistogram judged_times(const Row& row) {
  if (!is_exact(row)) return row.times;
  TimeHistogram out;
  for (const Attempt* attempt : judged_exemplars(row)) out.add(attempt->begin);
  return out;
}

void add_slots(const TimeHistogram& from, Activity& activity, bool is_ok) {
  for (std::size_t i = 0; i < TimeHistogram::kSlots; ++i) {
    const std::uint64_t count = from.slots()[i];
    if (count == 0) continue;
    // Narrow slots lie within wider ones: all start at multiples of their width.
    const auto index = static_cast<std::size_t>(
        base::between(activity.slots.front().begin, from.slot_start(i)) / activity.slot_width);
    if (index >= activity.slots.size()) continue;
    (is_ok ? activity.slots[index].ok : activity.slots[index].failed) += count;
  }
}

bool concerns(const RowList& rows, const Row& row) {
  return std::ranges::find(rows, &row) != rows.end();
}

const Digest* request_of(const Attempt& attempt) {
  return attempt.request.place.is_set() ? &attempt.request : nullptr;
}

// The earliest and the latest packet of the rows, by what `pick` takes from an attempt.
template <typename Pick>
std::pair<const Digest*, const Digest*> ends_of(const RowList& rows, Pick pick) {
  std::pair<const Digest*, const Digest*> ends{};
  for (const Row* row : rows) {
    for (const Attempt* attempt : judged_exemplars(*row)) {
      const Digest* packet = pick(*attempt);
      if (packet == nullptr || !attempt->timed) continue;
      if (ends.first == nullptr || packet->place < ends.first->place) ends.first = packet;
      if (ends.second == nullptr || ends.second->place < packet->place) ends.second = packet;
    }
  }
  return ends;
}

const Digest* answer_of(const Attempt& attempt) {
  return attempt.answer.is_set() && attempt.answer.place.is_set() ? &attempt.answer : nullptr;
}

// The first act against the client, whoever did it.
std::string first_error_words(const Digest& answer, const base::AddressBook& book) {
  using journey::Kind;
  const std::string sender = book.text(answer.source);
  switch (answer.kind) {
    case Kind::icmp_error:
      return fmt::format("The first ICMP error comes, from {}.", sender);
    case Kind::tcp_reset:
      return fmt::format("The first reset comes, from {}.", sender);
    case Kind::dns_answer:
      return fmt::format("The first error answer comes, from {}.", sender);
    default:
      break;
  }
  return fmt::format("The first answer that turns an attempt down comes, from {}.", sender);
}

const evidence::Fact* flood_of(std::span<const evidence::Fact> facts) {
  const auto found = std::ranges::find(facts, "traffic.flood_visible", &evidence::Fact::id);
  const bool seen =
      found != facts.end() && found->truth == evidence::Truth::yes && !found->packets.empty();
  return seen ? &*found : nullptr;
}

}  // namespace

ServedAround served_around(const evidence::Store& store, const Case& found) {
  const Window window = window_of(found);
  ServedAround out;
  for (const Row* row : rows_at(store, found)) {
    if (!is_served(*row) || concerns(found.failing, *row)) continue;
    for (const Attempt* attempt : judged_exemplars(*row)) {
      const Digest* answer = answer_of(*attempt);
      if (answer == nullptr || !attempt->timed) continue;
      const base::Place& place = answer->place;
      if (place.time < window.first && (out.before == nullptr || out.before->place < place)) {
        out.before = answer;
      }
      if (place.time > window.last && (out.after == nullptr || place < out.after->place)) {
        out.after = answer;
      }
    }
  }
  return out;
}

Activity activity_of(const evidence::Store& store, const Case& found) {
  TimeHistogram ok;
  TimeHistogram failed;
  for (const Row* row : rows_at(store, found)) {
    if (row->key.noise) continue;
    if (concerns(found.failing, *row) || concerns(found.absorbed, *row)) {
      failed.merge(judged_times(*row));
    } else if (is_served(*row)) {
      ok.merge(judged_times(*row));
    }
  }
  TimeHistogram all = ok;
  all.merge(failed);
  Activity out;
  if (all.empty()) return out;
  out.slot_width = all.slot_width();
  std::size_t used = TimeHistogram::kSlots;
  while (used > 1 && all.slots()[used - 1] == 0) --used;
  for (std::size_t i = 0; i < used; ++i) out.slots.push_back({all.slot_start(i), 0, 0});
  add_slots(ok, out, true);
  add_slots(failed, out, false);
  return out;
}

std::vector<Mark> marks_of(const evidence::Store& store, const Case& found,
                           std::span<const evidence::Fact> facts, const base::Interner& names) {
  const base::AddressBook book(names);
  std::vector<Mark> out;
  const auto add = [&](const char* id, const Digest* packet, std::string text) {
    if (packet != nullptr) out.push_back({id, packet->place, std::move(text)});
  };
  RowList failing = found.failing;
  failing.insert(failing.end(), found.absorbed.begin(), found.absorbed.end());
  const ServedAround served = served_around(store, found);
  const bool slow = found.is_slow;
  add("served_before", served.before,
      slow ? "The last answer in time." : "The last answer before the failures.");
  const auto requests = ends_of(failing, request_of);
  const bool once = requests.first == requests.second;
  add("onset", requests.first,
      slow   ? "The first attempt that takes too long begins."
      : once ? "The attempt that fails begins."
             : "The first attempt that fails begins.");
  const auto errors = ends_of(found.failing, answer_of);
  if (errors.first != nullptr && !slow) {
    add("first_error", errors.first, first_error_words(*errors.first, book));
  }
  if (const evidence::Fact* flood = flood_of(facts)) {
    out.push_back({"flood", flood->packets.front(),
                   fmt::format("A flood of requests is seen from here: {}.", flood->detail)});
  }
  if (!once) {
    add("last_failure", requests.second,
        slow ? "The last attempt that takes too long begins."
             : "The last attempt that fails begins.");
  }
  add("served_after", served.after,
      slow ? "The first answer in time again." : "The first answer after the failures.");
  std::ranges::stable_sort(out, {}, &Mark::place);
  return out;
}

}  // namespace whydown::diagnosis
