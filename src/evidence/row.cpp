// Rows: what is summed of attempts, and which attempts are kept whole.
#include <algorithm>
#include <tuple>

#include "evidence/evidence.h"
#include "evidence/limits.h"

namespace whydown::evidence {

namespace {

using packet::Field;

const base::Place& place_of(const Attempt& attempt) {
  return attempt.request.is_set() ? attempt.request.place : attempt.answer.place;
}

// The order of exemplars; the place decides between attempts that began together.
bool is_before(const Attempt& a, const Attempt& b) {
  if (a.begin != b.begin) return a.begin < b.begin;
  const base::Place& left = place_of(a);
  const base::Place& right = place_of(b);
  return std::tie(left.input, left.number) < std::tie(right.input, right.number);
}

// `kept` holds the latest attempts that are not among the first, in order of time.
void offer_last(std::vector<Attempt>& kept, const Attempt& attempt, std::size_t limit) {
  if (kept.size() >= limit) {
    if (limit == 0 || !is_before(kept.front(), attempt)) return;
    kept.erase(kept.begin());
  }
  if (kept.empty() || !is_before(attempt, kept.back())) {
    kept.push_back(attempt);
    return;
  }
  kept.insert(std::ranges::upper_bound(kept, attempt, is_before), attempt);
}

void offer(Row& row, const Attempt& attempt, std::size_t first_limit, std::size_t last_limit) {
  std::vector<Attempt>& first = row.first_attempts;
  if (first.size() < first_limit || (!first.empty() && is_before(attempt, first.back()))) {
    first.insert(std::ranges::upper_bound(first, attempt, is_before), attempt);
    if (first.size() <= first_limit) return;
    const Attempt pushed_out = first.back();
    first.pop_back();
    offer_last(row.last_attempts, pushed_out, last_limit);
    return;
  }
  offer_last(row.last_attempts, attempt, last_limit);
}

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

void Row::add(const Attempt& attempt, std::size_t first_limit, std::size_t last_limit) {
  const bool is_answered = attempt.answer.is_set() && attempt.latency.count() >= 0;
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
  if (is_answered) {
    latency.add(attempt.latency);
    latency_trend.add(attempt.begin, attempt.latency);
  }
  clients.add(attempt.client);
  names.add(attempt.request.name != 0 ? attempt.request.name : attempt.answer.name);
  if (attempt.answer.kind == journey::Kind::icmp_error) count_error(*this, attempt.answer);
  if (attempt.answer.extended_error != 0) {
    const auto code = static_cast<std::uint16_t>(attempt.answer.extended_error - 1);
    extended_errors.add(code);
    note_code(extended_error_first, code, attempt.answer.place);
  }
  offer(*this, attempt, std::min(first_limit, kFirst), std::min(last_limit, kLast));
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
  latency.merge(other.latency);
  latency_trend.merge(other.latency_trend);
  clients.merge(other.clients);
  names.merge(other.names);
  extended_errors.merge(other.extended_errors);
  for (const auto& [code, place] : other.extended_error_first) {
    note_code(extended_error_first, code, place);
  }
  for (const Attempt* attempt : other.exemplars()) {
    offer(*this, *attempt, std::min(first_limit, kFirst), std::min(last_limit, kLast));
  }
}

std::vector<const Attempt*> Row::exemplars() const {
  std::vector<const Attempt*> all;
  all.reserve(first_attempts.size() + last_attempts.size());
  for (const Attempt& attempt : first_attempts) all.push_back(&attempt);
  for (const Attempt& attempt : last_attempts) all.push_back(&attempt);
  return all;
}

}  // namespace whydown::evidence
