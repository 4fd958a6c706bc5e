#include "evidence/dns_usage.h"

#include <algorithm>

#include "evidence/limits.h"

namespace whydown::evidence {

void LeadingQuestion::add(std::uint32_t name, std::uint16_t type) {
  if (votes_ == 0) {
    name_ = name;
    type_ = type;
  }
  if (name == name_ && type == type_) {
    ++votes_;
  } else {
    --votes_;
  }
}

void LeadingQuestion::merge(const LeadingQuestion& other) {
  if (name_ == other.name_ && type_ == other.type_) {
    votes_ += other.votes_;
  } else if (votes_ >= other.votes_) {
    votes_ -= other.votes_;
  } else {
    const std::uint64_t mine = votes_;
    *this = other;
    votes_ -= mine;
  }
}

double LeadingQuestion::share(std::uint64_t total) const {
  if (total == 0) return 0;
  return (1 + static_cast<double>(votes_) / static_cast<double>(total)) / 2;
}

void DnsUsageRow::add(const DnsUse& use, const Outline& attempt, const Packets& packets) {
  row.add(attempt, packets, kFirst, kLast);
  row.clients.add(attempt.client);
  senders.add(use.usage == Usage::unasked_answers ? attempt.service.server : attempt.client, 1);
  servers.add(attempt.service.server);
  ++outcomes[static_cast<std::size_t>(attempt.outcome)];
  nx_domain += attempt.symptom == Symptom::nx_domain ? 1U : 0U;
  name_bytes += use.name_bytes;
  query_bytes += use.query_bytes;
  answer_bytes += use.answer_bytes;
  name_sizes.add(use.name_bytes);
  if (use.answer_bytes != 0) {
    const auto data =
        static_cast<std::size_t>(use.answer_bytes - std::min(use.answer_bytes, use.query_bytes));
    data_bytes += data;
    data_sizes.add(data);
  }
  types.add(attempt.question.type,
            {.time = attempt.begin, .number = attempt.number, .line = 0, .input = attempt.input});
  question.add(attempt.question.name, attempt.question.type);
}

void DnsUsageRow::merge(const DnsUsageRow& other) {
  row.merge(other.row, kFirst, kLast);
  senders.merge(other.senders);
  servers.merge(other.servers);
  for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i] += other.outcomes[i];
  nx_domain += other.nx_domain;
  name_bytes += other.name_bytes;
  query_bytes += other.query_bytes;
  answer_bytes += other.answer_bytes;
  data_bytes += other.data_bytes;
  name_sizes.merge(other.name_sizes);
  data_sizes.merge(other.data_sizes);
  types.merge(other.types);
  question.merge(other.question);
}

namespace {

DnsUsageKey key_of(const DnsUse& use, const Outline& attempt) {
  switch (use.usage) {
    case Usage::new_names:
      return {use.usage, attempt.service, {}, use.domain};
    case Usage::long_names:
      return {use.usage, {}, attempt.client, use.domain};
    case Usage::large_answers:
      return {use.usage, attempt.service, attempt.client, 0};
    default:
      return {use.usage, {}, attempt.client, 0};
  }
}

}  // namespace

DnsUsageRow* DnsUsageTable::row_of(const DnsUsageKey& key) {
  const auto known = rows_.find(key);
  if (known != rows_.end()) return &known->second;
  std::size_t& count = counts_[static_cast<std::size_t>(key.usage)];
  if (count == limits::kMaxUsageRows) {
    auto least = rows_.end();
    for (auto at = rows_.begin(); at != rows_.end(); ++at) {
      if (at->first.usage != key.usage) continue;
      if (least == rows_.end() || at->second.row.attempts < least->second.row.attempts) least = at;
    }
    rows_.erase(least);
    --count;
  }
  ++count;
  DnsUsageRow& made = rows_[key];
  made.row.key.service = key.service;
  made.row.key.step = Step::name;
  return &made;
}

void DnsUsageTable::add(const DnsUse& use, const Outline& attempt, const Packets& packets) {
  DnsUsageRow* row = row_of(key_of(use, attempt));
  row->row.key.service = attempt.service;
  row->add(use, attempt, packets);
}

void DnsUsageTable::merge(const DnsUsageTable& other) {
  for (const auto& [key, added] : other.rows_) {
    DnsUsageRow* row = row_of(key);
    row->row.key.service = added.row.key.service;
    row->merge(added);
  }
}

std::size_t DnsUsageTable::memory_bytes() {
  constexpr std::size_t node = 48;  // tree node and allocator
  constexpr std::size_t registers = std::size_t{1} << limits::kRegisterBits;
  // Sketches of clients, servers and names.
  constexpr std::size_t sketches = 3 * registers + 2 * AddressSketch::Kept::most_bytes() +
                                   NameSketch::Kept::most_bytes() +
                                   2 * limits::kMaxCodes * sizeof(CodeCounts::Entry);
  const std::size_t exemplars = (DnsUsageRow::kFirst + DnsUsageRow::kLast) * Exemplars::kBytes;
  return limits::kMaxUsageRows * static_cast<std::size_t>(Usage::count_) *
         (sizeof(Rows::value_type) + node + sketches + exemplars);
}

}  // namespace whydown::evidence
