// Rows: what is summed of attempts, and which attempts are kept whole.
#include <algorithm>
#include <tuple>

#include "evidence/evidence.h"
#include "evidence/limits.h"

namespace whydown::evidence {

namespace {

using packet::Field;

// The order of exemplars; the place decides between attempts that began together.
bool is_before(const Outline& a, const Outline& b) {
  if (a.begin != b.begin) return a.begin < b.begin;
  return std::tie(a.input, a.number) < std::tie(b.input, b.number);
}

void show_in(Attempt& kept, const Outline& attempt, const Packets& packets) {
  static_cast<Outline&>(kept) = attempt;
  packets.show(kept);
}

void insert(std::vector<Attempt>& kept, const Outline& attempt, const Packets& packets) {
  const auto at = kept.emplace(std::ranges::upper_bound(kept, attempt, is_before));
  show_in(*at, attempt, packets);
}

}  // namespace

void Exemplars::offer(const Outline& attempt, const Packets& packets, std::size_t first_limit,
                      std::size_t last_limit) {
  const bool is_first =
      first_.size() < first_limit || (!first_.empty() && is_before(attempt, first_.back()));
  if (!is_first) {
    offer_last(attempt, packets, last_limit);
    return;
  }
  insert(first_, attempt, packets);
  if (first_.size() <= first_limit) return;
  const Attempt pushed_out = first_.back();
  first_.pop_back();
  offer_last(pushed_out, journey::WholePackets{pushed_out}, last_limit);
}

// last_ holds the latest attempts that are not among the first, in no order: of a busy service
// nearly every attempt takes the place of the oldest one there.
void Exemplars::offer_last(const Outline& attempt, const Packets& packets, std::size_t limit) {
  if (last_.size() < limit) {
    show_in(last_.emplace_back(), attempt, packets);
  } else if (limit != 0 && is_before(last_[oldest_], attempt)) {
    show_in(last_[oldest_], attempt, packets);
  } else {
    return;
  }
  oldest_ = 0;
  for (std::size_t i = 1; i < last_.size(); ++i) {
    if (is_before(last_[i], last_[oldest_])) oldest_ = i;
  }
}

std::vector<const Attempt*> Exemplars::all() const {
  std::vector<const Attempt*> all;
  all.reserve(size());
  for (const Attempt& attempt : first_) all.push_back(&attempt);
  for (const Attempt& attempt : last_) all.push_back(&attempt);
  std::ranges::stable_sort(all,
                           [](const Attempt* a, const Attempt* b) { return is_before(*a, *b); });
  return all;
}

namespace {

void count_error(Row& row, const Digest& error) {
  if (error.known.has(Field::quote) && error.quoted_destination.is_known()) {
    ++(error.source == error.quoted_destination ? row.error_from_server : row.error_from_other);
  }
  const bool is_header_known = error.network == packet::Network::ipv4 &&
                               error.known.has(Field::tos) && error.known.has(Field::ip_id) &&
                               error.known.has(Field::dont_fragment);
  if (!is_header_known) return;
  constexpr std::uint8_t internetwork_control = 0xc0;  // RFC 1812 4.3.2.5; Linux icmp.c sets it
  ++row.error_header_known;
  row.error_header_crafted += error.tos == 0 && error.ip_id == 0 && error.dont_fragment ? 1U : 0U;
  row.error_header_kernel += error.tos == internetwork_control && !error.dont_fragment ? 1U : 0U;
}

void note_code(std::map<std::uint16_t, base::Place>& first, std::uint16_t code,
               const base::Place& place) {
  const auto [at, is_new] = first.try_emplace(code, place);
  if (!is_new) at->second = std::min(at->second, place);
  if (first.size() > limits::kMaxCodes) first.erase(std::prev(first.end()));
}

}  // namespace

void Row::add(const Outline& attempt, const Packets& packets, std::size_t first_limit,
              std::size_t last_limit) {
  ++attempts;
  counted += !attempt.is_probe && !attempt.is_noise && !attempt.mid_stream ? 1U : 0U;
  tries += attempt.tries;
  open_at_end += attempt.open_at_end ? 1U : 0U;
  mid_stream += attempt.mid_stream ? 1U : 0U;
  half_open += attempt.half_open ? 1U : 0U;
  probes += attempt.is_probe ? 1U : 0U;
  noise += attempt.is_noise ? 1U : 0U;
  answered_by_other_server += attempt.answered_by_other_server ? 1U : 0U;
  server_spoke += attempt.server_spoke ? 1U : 0U;
  request_unseen += attempt.request_seen ? 0U : 1U;
  first = std::min(first, attempt.begin);
  last = std::max(last, attempt.end);
  times.add(attempt.begin);
  if (attempt.decided_by != journey::Kind::none) answer_times.add(attempt.end);
  if (attempt.decided_by != journey::Kind::none && attempt.latency.count() >= 0) {
    latency.add(attempt.latency);
    latency_trend.add(attempt.begin, attempt.latency);
  }
  clients.add(attempt.client);
  names.add(attempt.question.name);
  if (attempt.decided_by == journey::Kind::icmp_error || attempt.extended_error != 0) {
    count_answer(attempt, packets);
  }
  exemplars_.offer(attempt, packets, std::min(first_limit, kFirst), std::min(last_limit, kLast));
}

// What of an answer is counted beside the outline; few answers have it.
void Row::count_answer(const Outline& attempt, const Packets& packets) {
  Attempt whole;
  show_in(whole, attempt, packets);
  if (attempt.decided_by == journey::Kind::icmp_error) count_error(*this, whole.answer);
  if (attempt.extended_error == 0) return;
  const auto code = static_cast<std::uint16_t>(attempt.extended_error - 1);
  extended_errors.add(code);
  note_code(extended_error_first, code, whole.answer.place);
}

void Row::merge(const Row& other, std::size_t first_limit, std::size_t last_limit) {
  attempts += other.attempts;
  counted += other.counted;
  tries += other.tries;
  open_at_end += other.open_at_end;
  mid_stream += other.mid_stream;
  half_open += other.half_open;
  probes += other.probes;
  noise += other.noise;
  answered_by_other_server += other.answered_by_other_server;
  server_spoke += other.server_spoke;
  request_unseen += other.request_unseen;
  error_from_server += other.error_from_server;
  error_from_other += other.error_from_other;
  error_header_known += other.error_header_known;
  error_header_crafted += other.error_header_crafted;
  error_header_kernel += other.error_header_kernel;
  first = std::min(first, other.first);
  last = std::max(last, other.last);
  times.merge(other.times);
  answer_times.merge(other.answer_times);
  latency.merge(other.latency);
  latency_trend.merge(other.latency_trend);
  clients.merge(other.clients);
  names.merge(other.names);
  extended_errors.merge(other.extended_errors);
  for (const auto& [code, place] : other.extended_error_first) {
    note_code(extended_error_first, code, place);
  }
  for (const Attempt* attempt : other.exemplars()) {
    exemplars_.offer(*attempt, journey::WholePackets{*attempt}, std::min(first_limit, kFirst),
                     std::min(last_limit, kLast));
  }
}

}  // namespace whydown::evidence
