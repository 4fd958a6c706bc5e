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

}  // namespace

const std::size_t Exemplars::kBytes = sizeof(Kept);

bool Exemplars::is_before(const Kept& a, const Kept& b) {
  return evidence::is_before(a.outline(), b.outline());
}

void Exemplars::offer(const Outline& attempt, const Packets& packets, std::size_t first_limit,
                      std::size_t last_limit) {
  const bool may_be_first = first_size_ < first_limit || attempt.begin <= first_end_;
  if (may_be_first) {
    offer_first(attempt, packets, first_limit, last_limit);
  } else {
    offer_last(attempt, packets, last_limit);
  }
}

// Apart from offer(), whose way it would be in.
[[gnu::noinline]] void Exemplars::offer_first(const Outline& attempt, const Packets& packets,
                                              std::size_t first_limit, std::size_t last_limit) {
  const bool is_first = first_.size() < first_limit ||
                        (!first_.empty() && evidence::is_before(attempt, first_.back().outline()));
  if (!is_first) {
    offer_last(attempt, packets, last_limit);
    return;
  }
  Kept kept;
  kept.set(attempt, packets);
  first_.insert(std::ranges::upper_bound(first_, kept, is_before), kept);
  if (first_.size() > first_limit) {
    const Attempt pushed_out = first_.back().attempt();
    first_.pop_back();
    offer_last(pushed_out, journey::WholePackets{pushed_out}, last_limit);
  }
  first_size_ = first_.size();
  first_end_ = first_.back().outline().begin;
}

// last_ holds the latest attempts that are not among the first, in no order: of a busy service
// nearly every attempt takes the place of the oldest one there.
[[gnu::always_inline]] inline void Exemplars::offer_last(const Outline& attempt,
                                                         const Packets& packets,
                                                         std::size_t limit) {
  if (last_size_ < limit) {
    last_begins_[last_size_] = attempt.begin;
    last_.emplace_back().set(attempt, packets);
    last_size_ = last_.size();
  } else if (limit != 0 && (last_begins_[oldest_] < attempt.begin ||
                            evidence::is_before(last_[oldest_].outline(), attempt))) {
    last_begins_[oldest_] = attempt.begin;
    last_[oldest_].set(attempt, packets);
  } else {
    return;
  }
  // The places beyond last_size_ hold the end of time. No loop: it would read two times at once of
  // which one was just written, and the processor waits for that.
  static_assert(kMostLast == 4);
  const auto& [a, b, c, d] = last_begins_;
  const std::size_t first = b < a ? 1 : 0;
  const std::size_t second = d < c ? 3 : 2;
  oldest_ = last_begins_[second] < last_begins_[first] ? second : first;
  const base::Time begin = last_begins_[oldest_];
  if ((a == begin) + (b == begin) + (c == begin) + (d == begin) == 1) return;
  oldest_ = static_cast<std::size_t>(std::ranges::min_element(last_, is_before) - last_.begin());
}

std::vector<const Attempt*> Exemplars::all() const {
  std::vector<const Attempt*> all;
  all.reserve(size());
  for (const Kept& kept : first_) all.push_back(&kept.attempt());
  for (const Kept& kept : last_) all.push_back(&kept.attempt());
  std::ranges::stable_sort(
      all, [](const Attempt* a, const Attempt* b) { return evidence::is_before(*a, *b); });
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

}  // namespace

void Row::add(const Outline& attempt, const Packets& packets, std::size_t first_limit,
              std::size_t last_limit) {
  ++attempts;
  tries += attempt.tries;
  server_spoke += attempt.server_spoke ? 1U : 0U;
  const bool odd = attempt.is_probe | attempt.is_noise | attempt.mid_stream | attempt.open_at_end |
                   attempt.half_open | attempt.answered_by_other_server | !attempt.request_seen;
  if (odd) {
    count_oddities(attempt);
  } else {
    ++counted;
  }
  first = std::min(first, attempt.begin);
  last = std::max(last, attempt.end);
  times.add(attempt.begin);
  if (attempt.decided_by != journey::Kind::none) answer_times.add(attempt.end);
  if (attempt.decided_by != journey::Kind::none && attempt.latency.count() >= 0) {
    latency.add(attempt.latency);
    latency_trend.add(attempt.begin, attempt.latency);
  } else if (attempt.healed) {
    latency.add(attempt.latency);
  }
  names.add(attempt.question.name);
  // Statuses are many, and their packets are those of the attempt; alerts are few, and their
  // packets are shown.
  const bool is_alert = attempt.code != 0 && attempt.service.protocol == journey::Protocol::tls;
  if (attempt.code != 0 && !is_alert) {
    codes.add(attempt.code,
              {.time = attempt.begin, .number = attempt.number, .line = 0, .input = attempt.input});
  }
  retry_after += attempt.has_retry_after ? 1U : 0U;
  if (attempt.decided_by == journey::Kind::icmp_error || attempt.extended_error != 0 || is_alert) {
    count_answer(attempt, packets);
  }
  exemplars_.offer(attempt, packets, std::min(first_limit, kFirst), std::min(last_limit, kLast));
}

// What few attempts have.
void Row::count_oddities(const Outline& attempt) {
  counted += !attempt.is_probe && !attempt.is_noise && !attempt.mid_stream ? 1U : 0U;
  open_at_end += attempt.open_at_end ? 1U : 0U;
  mid_stream += attempt.mid_stream ? 1U : 0U;
  half_open += attempt.half_open ? 1U : 0U;
  probes += attempt.is_probe ? 1U : 0U;
  noise += attempt.is_noise ? 1U : 0U;
  answered_by_other_server += attempt.answered_by_other_server ? 1U : 0U;
  request_unseen += attempt.request_seen ? 0U : 1U;
}

// What of an answer is counted beside the outline; few answers have it.
void Row::count_answer(const Outline& attempt, const Packets& packets) {
  Attempt whole;
  packets.show(whole);
  if (attempt.decided_by == journey::Kind::icmp_error) count_error(*this, whole.answer);
  if (attempt.code != 0) codes.add(attempt.code, whole.answer.place);
  if (attempt.extended_error == 0) return;
  const auto code = static_cast<std::uint16_t>(attempt.extended_error - 1);
  extended_errors.add(code, whole.answer.place);
}

void Row::count_source(const Outline& attempt) {
  const bool is_begun = !top_.empty();
  if (!is_begun) top_.emplace_back();
  // What came before the counting is the only client's, or nobody knows whose.
  const bool is_all_of_one = !is_begun && clients.is_exact() && clients.count() == 1;
  top_.front().add(attempt.client, is_all_of_one ? tries : attempt.tries);
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
  codes.merge(other.codes);
  retry_after += other.retry_after;
  if (top_.empty()) {
    top_ = other.top_;
  } else if (!other.top_.empty()) {
    top_.front().merge(other.top_.front());
  }
  for (const Attempt* attempt : other.exemplars()) {
    exemplars_.offer(*attempt, journey::WholePackets{*attempt}, std::min(first_limit, kFirst),
                     std::min(last_limit, kLast));
  }
}

}  // namespace whydown::evidence
