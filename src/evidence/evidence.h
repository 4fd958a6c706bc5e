// Boundary of evidence/: attempts summed into mergeable rows, and the facts read off them.
//
// A row stands for one service, step, outcome and symptom: counts that add, sketches that merge, a
// coarse histogram of time, and the first and last attempts as exemplars. Nothing after this stage
// sees a packet that is no exemplar. Rows are the seam for scale: two stores of two captures (or
// two threads) merge into the store of both.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/input_info.h"
#include "base/quality.h"
#include "evidence/index.h"
#include "evidence/service_clients.h"
#include "evidence/sketch.h"
#include "evidence/top_sources.h"
#include "journey/journey.h"
#include "journey/tls_alerts.h"

namespace whydown::evidence {

using journey::Attempt;
using journey::Digest;
using journey::DnsUse;
using journey::is_datagrams;
using journey::kQuicVersions;
using journey::Observation;
using journey::Outcome;
using journey::Outline;
using journey::Packets;
using journey::Protocol;
using journey::Service;
using journey::Sign;
using journey::Step;
using journey::Symptom;
using journey::Traces;
using journey::Usage;

struct RowKey {
  Service service;
  Step step = Step::connect;
  Outcome outcome = Outcome::unknown;
  Symptom symptom = Symptom::none;
  bool healed = false;
  bool noise = false;  // Attempt::is_noise: apart, so that its names and times blur no real failure
  bool unmeant = false;  // is_unmeant(): apart, so that a flood blurs nobody's real attempts
  friend auto operator<=>(const RowKey&, const RowKey&) = default;
};

// A TCP handshake that nobody meant to finish, as far as it shows: left half open, or not answered
// and either not repeated, as every real client does within seconds (RFC 6298 2.1), or repeated
// more often than any system does. A client that gives up within a second looks the same.
bool is_unmeant(const Outline& attempt);

// The earliest and the latest attempts of a row by begin, never the same twice. Which they are does
// not depend on the order they came in.
//
// Of a busy service nearly every attempt is the latest one for a moment: so they are kept in short.
class Exemplars {
 public:
  static constexpr std::size_t kMostLast = 4;
  // `last_limit` is at most kMostLast.
  void offer(const Outline& attempt, const Packets& packets, std::size_t first_limit,
             std::size_t last_limit);
  std::size_t first_size() const { return first_size_; }
  std::size_t last_size() const { return last_size_; }
  std::size_t size() const { return first_size_ + last_size_; }
  // In order of time.
  std::vector<const Attempt*> all() const;
  static const std::size_t kBytes;  // of one

 private:
  using Kept = journey::KeptAttempt;
  static bool is_before(const Kept& a, const Kept& b);
  void offer_first(const Outline& attempt, const Packets& packets, std::size_t first_limit,
                   std::size_t last_limit);
  void offer_last(const Outline& attempt, const Packets& packets, std::size_t limit);
  std::vector<Kept> first_;
  std::vector<Kept> last_;
  // Sizes of the two, and what each attempt is compared with, close together: when the latest of
  // first_ and each of last_ began, and which of these is the oldest.
  std::size_t first_size_ = 0;
  std::size_t last_size_ = 0;
  base::Time first_end_{base::Time::min()};
  std::array<base::Time, kMostLast> last_begins_{base::Time::max(), base::Time::max(),
                                                 base::Time::max(), base::Time::max()};
  std::size_t oldest_ = 0;
};

struct Row {
  static constexpr std::size_t kFirst = 8;
  static constexpr std::size_t kLast = Exemplars::kMostLast;

  RowKey key;
  std::uint64_t attempts = 0;
  std::uint64_t counted = 0;  // of them neither probe nor noise nor joined in mid-stream
  std::uint64_t tries = 0;    // request packets
  std::uint64_t open_at_end = 0;
  std::uint64_t mid_stream = 0;
  std::uint64_t half_open = 0;
  std::uint64_t probes = 0;
  std::uint64_t noise = 0;
  std::uint64_t answered_by_other_server = 0;
  std::uint64_t server_spoke = 0;
  std::uint64_t request_unseen = 0;
  // Of attempts decided by an ICMP error: whether its source is the destination it quotes.
  std::uint64_t error_from_server = 0;
  std::uint64_t error_from_other = 0;
  // ... and how its IPv4 header was made, where tos, id and DF are known.
  std::uint64_t error_header_known = 0;
  std::uint64_t error_header_crafted = 0;  // tos 0, id 0, DF set
  std::uint64_t error_header_kernel = 0;   // tos 0xc0, DF clear
  base::Time first{base::Time::max()};     // earliest begin
  base::Time last{base::Time::min()};      // latest end
  TimeHistogram times;                     // of begin
  TimeHistogram answer_times;              // of end, of attempts with an answer
  LatencyHistogram latency;                // of attempts with an answer; healed silences' waits
  LatencyTrend latency_trend;              // the same over time (of begin)
  AddressSketch clients;
  NameSketch names;               // interner ids
  CodeCounts extended_errors;     // EDE codes
  CodeCounts codes;               // TLS alerts, HTTP statuses, reply codes
  std::uint64_t retry_after = 0;  // of answers that say when to come again

  // Adds all but the client, which goes to `clients` where it is a new one. `first_limit` and
  // `last_limit` bound the exemplars (at most kFirst and kLast).
  void add(const Outline& attempt, const Packets& packets, std::size_t first_limit = kFirst,
           std::size_t last_limit = kLast);
  void merge(const Row& other, std::size_t first_limit = kFirst, std::size_t last_limit = kLast);
  const Exemplars& kept() const { return exemplars_; }
  // Who sent most; of busy rows of traffic that may be a flood only, else null.
  const TopSources* sources() const { return top_.empty() ? nullptr : &top_.front(); }
  // Counts the attempt's client among them; not before the attempt is added.
  void count_source(const Outline& attempt);
  std::vector<const Attempt*> exemplars() const { return exemplars_.all(); }

 private:
  void count_oddities(const Outline& attempt);
  void count_answer(const Outline& attempt, const Packets& packets);
  Exemplars exemplars_;
  std::vector<TopSources> top_;  // one or none
};

struct ObservationRow {
  Sign sign = Sign::late_answer;
  Service service;
  std::uint64_t count = 0;
  LatencyHistogram latency;
  std::vector<Observation> first;  // the earliest, up to limits::kObservationsKept
  std::vector<Observation> last;   // the latest ones; the same packets again where they are few
};

class DnsUsageTable;  // dns_usage.h

// Merging two stores gives the store of both, exactly as long as no table overflowed. Both must
// number their inputs alike: places are not renumbered.
class Store final : public journey::Sink {
 public:
  Store();
  ~Store() override;
  using journey::Sink::attempt;
  void expect(const Service& service, const base::IpAddress& client, Step step) override;
  void attempt(const Outline& attempt, const Packets& packets) override;
  void observation(const Observation& observation) override;
  void usage(const DnsUse& use, const Outline& outline, const Packets& packets) override;
  // Call after the tracker has finished.
  void set_totals(const journey::Totals& totals);
  void set_inputs(std::vector<base::InputInfo> inputs);
  void merge(const Store& other);

  const std::map<RowKey, Row>& rows() const { return rows_; }
  const std::vector<ObservationRow>& observations() const { return observations_; }
  const ServiceClients& service_clients() const { return service_clients_; }
  const DnsUsageTable& dns_usage() const { return *dns_usage_; }
  const journey::Totals& totals() const { return totals_; }
  const std::vector<base::InputInfo>& inputs() const { return inputs_; }
  // Attempts not kept in a row of their own because a table was full.
  std::uint64_t overflow() const { return overflow_; }
  // Attempts whose client was not kept in service_clients() because it was full.
  std::uint64_t client_overflow() const { return client_overflow_; }
  // Observations of one sign, those included whose service found no room in observations().
  std::uint64_t observed(Sign sign) const { return observed_[static_cast<std::size_t>(sign)]; }
  static std::size_t memory_bytes();

 private:
  Row* row_of(const RowKey& key);
  Row* row_of(const Outline& attempt, const ServiceClientRow* client, bool unmeant);
  template <typename Add>
  void add_to_row(Row& row, Add add);
  void add_to_row(Row& row, const Outline& attempt, const Packets& packets);
  void count_source(Row& row, const Outline& attempt);
  ServiceClientRow* service_client_of(const Outline& attempt, std::uint64_t hash, bool unmeant);
  ObservationRow* observation_row_of(Sign sign, const Service& service);

  std::map<RowKey, Row> rows_;
  std::vector<ObservationRow> observations_;  // sorted by sign and service
  std::uint64_t expected_ = 0;                // hash of a ServiceClientKey
  ServiceClients service_clients_;
  Index<std::pair<const RowKey, Row>> row_index_;
  std::unique_ptr<DnsUsageTable> dns_usage_;
  journey::Totals totals_;
  std::vector<base::InputInfo> inputs_;
  std::array<std::uint64_t, static_cast<std::size_t>(Sign::count_)> observed_{};
  std::array<Row*, 64> recent_rows_{};  // by service and symptom, those of the latest attempts
  std::size_t quiet_rows_ = 0;
  std::size_t exemplars_ = 0;
  std::size_t busy_rows_ = 0;  // that keep who sent most
  std::uint64_t overflow_ = 0;
  std::uint64_t client_overflow_ = 0;
};

// --- Facts -------------------------------------------------------------------------------------

struct Pattern;  // traffic.h

// What a diagnosis is about: services that failed in one way, and how; or (no symptom) a pattern.
struct Subject {
  std::vector<Service> services;  // sorted, at least one
  Step step = Step::connect;
  Symptom symptom = Symptom::none;
  const Pattern* pattern = nullptr;  // of a failure: the flood that it began with
};

enum class Truth : std::uint8_t { unknown, no, yes };

struct Fact {
  std::string_view id;  // "icmp.source_is_server"
  Truth truth = Truth::unknown;
  std::string detail;                // "10.7.1.1 answers for 203.0.113.2"; may be empty
  std::vector<base::Place> packets;  // the first few it rests on; never empty unless unknown, but
                                     // for facts about what is absent
};

// One line of the generated fact list.
struct FactInfo {
  std::string_view id;
  std::string_view question;  // "Does the ICMP error come from the very address that was queried?"
  std::string_view source;    // "RFC 1122 3.2.2.1"
};

std::span<const FactInfo> fact_list();
// The list as a Markdown page (docs/facts.md is generated from it).
std::string facts_markdown();
// Every fact of the list, in its order, for one subject.
std::vector<Fact> facts(const Store& store, const Subject& subject, const base::Interner& names);
// Remarks on the data as a whole: journeys' and packets' oddities, impossible numbers of text logs,
// one-sided or lossy captures. Inputs' own remarks are not repeated.
std::vector<base::QualityRemark> quality(const Store& store, const base::Interner& names);
// Records of text logs of which at most the addresses could be read.
std::uint64_t unread_records(const Store& store);

}  // namespace whydown::evidence
