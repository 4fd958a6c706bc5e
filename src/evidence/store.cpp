// The store: bounded tables of rows, and one hash lookup per table and attempt.
#include <algorithm>
#include <tuple>
#include <utility>

#include "base/hash.h"
#include "evidence/dns_usage.h"
#include "evidence/evidence.h"
#include "evidence/limits.h"

namespace whydown::evidence {

namespace {

std::uint64_t hash_of(const Service& service) {
  const std::uint64_t rest = std::uint64_t{service.port} << 16U |
                             static_cast<std::uint64_t>(service.transport) << 8U |
                             static_cast<std::uint64_t>(service.protocol);
  return base::fold(service.server.low() + rest, service.server.high());
}

std::uint64_t hash_of(const RowKey& key) {
  const std::uint64_t rest =
      static_cast<std::uint64_t>(key.step) << 24U | static_cast<std::uint64_t>(key.outcome) << 16U |
      static_cast<std::uint64_t>(key.symptom) << 8U |
      static_cast<std::uint64_t>(key.unmeant) << 2U | static_cast<std::uint64_t>(key.healed) << 1U |
      static_cast<std::uint64_t>(key.noise);
  return base::fold(hash_of(key.service), rest);
}

// Of a ServiceClientKey; `service` is the service's hash.
std::uint64_t hash_of(std::uint64_t service, const base::IpAddress& client, Step step) {
  return base::fold(service + client.low(), client.high() + static_cast<std::uint64_t>(step));
}

bool is_quiet(Outcome outcome) {
  return outcome == Outcome::ok || outcome == Outcome::slow || outcome == Outcome::unknown;
}

bool is_key_of(const Outline& attempt, bool unmeant, const RowKey& key) {
  return key.outcome == attempt.outcome && key.symptom == attempt.symptom &&
         key.step == attempt.step && key.healed == attempt.healed &&
         key.noise == attempt.is_noise && key.unmeant == unmeant && key.service == attempt.service;
}

bool is_left_out_of_clients(const Outline& attempt) {
  // What was healed did not hurt the client; what healed it counts. Who never took the answer up
  // (a spoofed source, for one) was not served by it.
  return attempt.is_probe | attempt.is_noise | attempt.mid_stream | attempt.healed |
         attempt.half_open;
}

void add_to(ServiceClientRow& row, const Outline& attempt, bool unmeant) {
  row.unmeant += unmeant && attempt.symptom != Symptom::none ? 1U : 0U;
  ++row.attempts[static_cast<std::size_t>(attempt.outcome)];
  if (attempt.outcome == Outcome::ok || attempt.outcome == Outcome::slow) {
    row.first_ok = std::min(row.first_ok, attempt.begin);
    row.last_ok = std::max(row.last_ok, attempt.begin);
  } else if (attempt.outcome != Outcome::unknown) {
    row.first_failed = std::min(row.first_failed, attempt.begin);
    row.last_failed = std::max(row.last_failed, attempt.begin);
  }
}

void merge_into(ServiceClientRow& row, const ServiceClientRow& other) {
  for (std::size_t i = 0; i < journey::kOutcomes; ++i) row.attempts[i] += other.attempts[i];
  row.unmeant += other.unmeant;
  row.first_ok = std::min(row.first_ok, other.first_ok);
  row.last_ok = std::max(row.last_ok, other.last_ok);
  row.first_failed = std::min(row.first_failed, other.first_failed);
  row.last_failed = std::max(row.last_failed, other.last_failed);
}

bool is_before(const Observation& a, const Observation& b) {
  return a.packet.place < b.packet.place;
}

void keep_earliest(std::vector<Observation>& kept, const Observation& observation) {
  if (kept.size() == limits::kObservationsKept) {
    if (!is_before(observation, kept.back())) return;
    kept.pop_back();
  }
  kept.insert(std::ranges::upper_bound(kept, observation, is_before), observation);
}

void keep_latest(std::vector<Observation>& kept, const Observation& observation) {
  if (kept.size() == limits::kObservationsKept) {
    if (!is_before(kept.front(), observation)) return;
    kept.erase(kept.begin());
  }
  kept.insert(std::ranges::upper_bound(kept, observation, is_before), observation);
}

void keep_earlier(base::Place& kept, const base::Place& other) {
  if (other.is_set() && (!kept.is_set() || other < kept)) kept = other;
}

void merge_into(journey::Totals& totals, const journey::Totals& other) {
  totals.packets += other.packets;
  totals.ip_packets += other.ip_packets;
  totals.tcp_flows += other.tcp_flows;
  totals.tcp_flows_one_way += other.tcp_flows_one_way;
  totals.udp_flows += other.udp_flows;
  totals.udp_flows_one_way += other.udp_flows_one_way;
  totals.quic_unread += other.quic_unread;
  keep_earlier(totals.quic_unread_first, other.quic_unread_first);
  totals.later_pieces += other.later_pieces;
  totals.beyond_dns |= other.beyond_dns;
  totals.evicted += other.evicted;
  totals.malformed += other.malformed;
  keep_earlier(totals.malformed_first, other.malformed_first);
  for (std::size_t i = 0; i < std::size(totals.notes); ++i) {
    totals.notes[i] += other.notes[i];
    keep_earlier(totals.note_first[i], other.note_first[i]);
  }
  keep_earlier(totals.first, other.first);
  if (other.last.is_set() && (!totals.last.is_set() || totals.last < other.last)) {
    totals.last = other.last;
  }
}

}  // namespace

bool is_unmeant(const Outline& attempt) {
  if (attempt.service.transport != packet::Transport::tcp || !attempt.request_seen) return false;
  if (attempt.half_open) return true;
  const bool is_unanswered = attempt.symptom == Symptom::no_response || attempt.open_at_end;
  // Handshakes only: what is asked on a connection is asked once.
  const bool is_handshake = attempt.service.protocol == Protocol::tcp ||
                            (attempt.service.protocol == Protocol::dns && !attempt.question.is_set);
  // A source of a flood heals its own attempts, each time that one of them is answered.
  if (!is_unanswered || !is_handshake || attempt.is_probe) return false;
  return attempt.tries <= 1 || attempt.tries > limits::kMostSyns;
}

Store::Store() : row_index_(limits::kMaxRows), dns_usage_(std::make_unique<DnsUsageTable>()) {}

Store::~Store() = default;

Row* Store::row_of(const RowKey& key) {
  const std::uint64_t hash = hash_of(key);
  const auto is_it = [&](const RowKey& known) { return known == key; };
  if (auto* node = row_index_.find(hash, is_it)) return &node->second;
  const bool quiet = is_quiet(key.outcome);
  if (rows_.size() == limits::kMaxRows || (quiet && quiet_rows_ == limits::kMaxQuietRows)) {
    return nullptr;
  }
  quiet_rows_ += quiet ? 1U : 0U;
  const auto at = rows_.try_emplace(key).first;
  at->second.key = key;
  row_index_.insert(&*at, hash);
  return &at->second;
}

ServiceClientRow* Store::service_client_of(const Outline& attempt, std::uint64_t hash,
                                           bool unmeant) {
  const auto is_it = [&](const ServiceClientKey& known) {
    return known.client == attempt.client && known.step == attempt.step &&
           known.service == attempt.service;
  };
  if (ServiceClientRow* row = service_clients_.find(hash, is_it)) return row;
  // A question sent once and not answered may be a flood's, under an invented address.
  const bool is_single =
      attempt.service.protocol == Protocol::dns && attempt.tries <= 1 && !attempt.server_spoke;
  if ((unmeant || is_single) && service_clients_.size() >= limits::kMaxUnmeantClients)
    return nullptr;
  return service_clients_.add({attempt.service, attempt.client, attempt.step}, hash);
}

// Once the exemplars are spent, a row's may still be replaced, and its first and last are kept.
template <typename Add>
void Store::add_to_row(Row& row, Add add) {
  const std::size_t first = row.kept().first_size();
  const std::size_t last = row.kept().last_size();
  if (exemplars_ < limits::kMaxExemplars) {
    add(Row::kFirst, Row::kLast);
  } else {
    add(std::max<std::size_t>(first, 1), std::max<std::size_t>(last, 1));
  }
  exemplars_ += row.kept().size() - first - last;
}

// Traffic that may be a flood. Of what is answered, service_clients() tells who asked.
void Store::count_source(Row& row, const Outline& attempt) {
  const bool is_unanswered_udp = is_datagrams(row.key.service.protocol) &&
                                 row.key.outcome != Outcome::ok && row.key.outcome != Outcome::slow;
  const bool is_login = row.key.symptom == Symptom::denied;
  const bool may_be_flood =
      row.key.unmeant || is_unanswered_udp || row.key.service.protocol == Protocol::icmp;
  if (!may_be_flood && !is_login) return;
  if (row.tries < (is_login ? limits::kBusyLogins : limits::kBusyRow)) return;
  if (row.sources() == nullptr && busy_rows_++ >= limits::kMaxBusyRows) {
    --busy_rows_;
    return;
  }
  row.count_source(attempt);
}

void Store::add_to_row(Row& row, const Outline& attempt, const Packets& packets) {
  add_to_row(row,
             [&](std::size_t first, std::size_t last) { row.add(attempt, packets, first, last); });
}

// All clients of a service mostly get the same, and each one the same as the last time.
Row* Store::row_of(const Outline& attempt, const ServiceClientRow* client, bool unmeant) {
  if (client != nullptr && client->latest_ != nullptr) {
    const RowKey& key = client->latest_->key;
    if (key.outcome == attempt.outcome && key.symptom == attempt.symptom &&
        key.unmeant == unmeant) {
      return client->latest_;
    }
  }
  return row_of({attempt.service, attempt.step, attempt.outcome, attempt.symptom, attempt.healed,
                 attempt.is_noise, unmeant});
}

// First its places in the index; with the next one, when they have come, the row they lead to.
void Store::expect(const Service& service, const base::IpAddress& client, Step step) {
  const std::uint64_t hash = hash_of(hash_of(service), client, step);
  service_clients_.prefetch_places(hash);
  service_clients_.prefetch(std::exchange(expected_, hash));
}

// Of many clients the row of one is far away: while it comes, the attempt is added to the row of
// all, where that is known without it.
void Store::attempt(const Outline& attempt, const Packets& packets) {
  const std::uint64_t service_hash = hash_of(attempt.service);
  const bool unmeant = is_unmeant(attempt);
  const bool has_client = !is_left_out_of_clients(attempt);
  const std::uint64_t client_hash = hash_of(service_hash, attempt.client, attempt.step);
  if (has_client) service_clients_.prefetch(client_hash);
  Row*& recent = recent_rows_[(service_hash >> 32U ^ static_cast<std::uint64_t>(attempt.symptom)) &
                              (recent_rows_.size() - 1)];
  Row* row = recent != nullptr && is_key_of(attempt, unmeant, recent->key) ? recent : nullptr;
  if (row != nullptr) add_to_row(*row, attempt, packets);

  ServiceClientRow* client = nullptr;
  if (has_client) {
    client = service_client_of(attempt, client_hash, unmeant);
    if (client == nullptr) ++client_overflow_;
  }
  if (row == nullptr) {
    row = recent = row_of(attempt, client, unmeant);
    if (row != nullptr) add_to_row(*row, attempt, packets);
  }
  if (row == nullptr) {
    ++overflow_;
  } else {
    if (client == nullptr || client->latest_ != row) row->clients.add(attempt.client);
    count_source(*row, attempt);
  }
  if (client == nullptr) return;
  client->latest_ = row;
  add_to(*client, attempt, unmeant);
}

ObservationRow* Store::observation_row_of(Sign sign, const Service& service) {
  const auto key_of = [](const ObservationRow& row) { return std::tie(row.sign, row.service); };
  const auto key = std::tie(sign, service);
  const auto at = std::ranges::lower_bound(observations_, key, {}, key_of);
  if (at != observations_.end() && key_of(*at) == key) return &*at;
  if (observations_.size() == limits::kMaxObservationRows) return nullptr;
  return &*observations_.insert(at, ObservationRow{sign, service, 0, {}, {}, {}});
}

void Store::observation(const Observation& observation) {
  ++observed_[static_cast<std::size_t>(observation.sign)];
  ObservationRow* row = observation_row_of(observation.sign, observation.service);
  if (row == nullptr) return;
  ++row->count;
  row->latency.add(observation.latency);
  keep_earliest(row->first, observation);
  keep_latest(row->last, observation);
}

void Store::usage(const DnsUse& use, const Outline& outline, const Packets& packets) {
  dns_usage_->add(use, outline, packets);
}

void Store::set_totals(const journey::Totals& totals) { totals_ = totals; }

void Store::set_inputs(std::vector<base::InputInfo> inputs) { inputs_ = std::move(inputs); }

void Store::merge(const Store& other) {
  for (const auto& [key, added] : other.rows_) {
    Row* row = row_of(key);
    if (row == nullptr) {
      overflow_ += added.attempts;
      continue;
    }
    busy_rows_ += row->sources() == nullptr && added.sources() != nullptr ? 1U : 0U;
    add_to_row(*row, [&, &other_row = added](std::size_t first, std::size_t last) {
      row->merge(other_row, first, last);
    });
  }
  for (const auto& [key, added] : other.service_clients_) {
    const std::uint64_t hash = hash_of(hash_of(key.service), key.client, key.step);
    const auto is_it = [&](const ServiceClientKey& known) { return known == key; };
    ServiceClientRow* row = service_clients_.find(hash, is_it);
    if (row == nullptr) row = service_clients_.add(key, hash);
    if (row != nullptr) merge_into(*row, added);
    if (row == nullptr) client_overflow_ += added.total();
  }
  for (const ObservationRow& added : other.observations_) {
    ObservationRow* row = observation_row_of(added.sign, added.service);
    if (row == nullptr) continue;
    row->count += added.count;
    row->latency.merge(added.latency);
    for (const Observation& observation : added.first) keep_earliest(row->first, observation);
    for (const Observation& observation : added.last) keep_latest(row->last, observation);
  }
  for (std::size_t i = 0; i < observed_.size(); ++i) observed_[i] += other.observed_[i];
  dns_usage_->merge(*other.dns_usage_);
  merge_into(totals_, other.totals_);
  // Inputs are known by their number: those this store knows stay as they are.
  for (std::size_t i = inputs_.size(); i < other.inputs_.size(); ++i) {
    inputs_.push_back(other.inputs_[i]);
  }
  overflow_ += other.overflow_;
  client_overflow_ += other.client_overflow_;
}

// Every table full at once, which no capture does: a row's sketches at their largest, exemplars
// spent, and the headers that std::map and std::set put around their values.
std::size_t Store::memory_bytes() {
  constexpr std::size_t node = 48;  // tree node and allocator, per value
  constexpr std::size_t registers = std::size_t{2} << limits::kRegisterBits;
  constexpr std::size_t row = sizeof(std::pair<const RowKey, Row>) + node + registers +
                              AddressSketch::Kept::most_bytes() + NameSketch::Kept::most_bytes() +
                              limits::kMaxCodes * sizeof(CodeCounts::Entry);
  constexpr std::size_t exemplars = limits::kMaxExemplars + 2 * limits::kMaxRows;
  return limits::kMaxRows * row + limits::kMaxBusyRows * sizeof(TopSources) +
         exemplars * Exemplars::kBytes + ServiceClients::memory_bytes() +
         limits::kMaxObservationRows *
             (sizeof(ObservationRow) + 2 * limits::kObservationsKept * sizeof(Observation)) +
         DnsUsageTable::memory_bytes() + decltype(row_index_)::memory_bytes(limits::kMaxRows);
}

}  // namespace whydown::evidence
