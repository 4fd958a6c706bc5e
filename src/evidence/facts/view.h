// What the facts about one subject are read off: its rows, its host's rows, its window of time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "evidence/evidence.h"

namespace whydown::evidence::facts_detail {

using RowList = std::vector<const Row*>;

struct Finding {
  Truth truth = Truth::unknown;
  std::string detail;
  std::vector<base::Place> packets;
};

// Other services of a host count when they were tried this close to the failure.
inline constexpr base::Duration kNear = std::chrono::seconds{60};
// Somebody served this soon after a short failure was served during it. A longer one shows by
// itself who is served meanwhile.
inline constexpr base::Duration kAfterLast = std::chrono::seconds{2};

struct View {
  View(const Store& the_store, const Subject& the_subject, const base::Interner& the_names);

  const Store& store;
  const Subject& subject;
  const base::Interner& names;
  base::AddressBook book;
  std::vector<base::IpAddress> servers;  // of the subject, sorted
  RowList service;                       // every row of the subject's services
  RowList host;    // every row of the subject's servers, those of the service included
  RowList failed;  // attempts at the services that ended in the subject's symptom, healed ones too
  RowList
      errors;  // `failed` where the symptom is an ICMP error, else all ICMP errors at the services
  AddressSketch failing_clients;
  base::Time first{base::Time::max()};       // begin of the first failed attempt
  base::Time last{base::Time::min()};        // end of the last one
  base::Time last_begin{base::Time::min()};  // begin of the last one
  // How long the failure may have gone on: a minute after its last attempt, but no further than
  // that attempt where the service was used again later. What came after that is of better days.
  base::Time until{base::Time::min()};
  base::Time meanwhile{
      base::Time::min()};  // who is served from `first` to here is served meanwhile

  std::string endpoint(const Service& service) const;  // "203.0.113.2 UDP port 53"
  std::string name(std::uint32_t id) const;            // "(unknown name)" for 0
};

// --- rows ----------------------------------------------------------------------------------------

bool is_icmp_error(Symptom symptom);
bool is_rcode(Symptom symptom);
bool is_neighbour(Protocol protocol);  // ARP or ND
bool is_ok(const Row& row);            // ok or slow
bool is_dns(const View& view);
bool is_http(const View& view);  // all its services
// The service did its work, as far as the subject's symptom goes: ok, slow, and for a symptom that
// is no rcode any DNS answer (NXDOMAIN comes from a running server).
bool is_served(const Row& row, Symptom subject_symptom);
// DNS over TCP: its rows hold handshakes beside queries, and the system completes handshakes for a
// program that serves nobody.
bool may_be_handshakes(const Row& row);
bool is_handshake(const Attempt& attempt);
bool is_refused_by_act(const Row& row);  // reset, ICMP unreachable or prohibited

std::uint64_t sum(const RowList& rows, std::uint64_t Row::* counter);
LatencyHistogram latencies(const RowList& rows);
base::Time latest_begin(const Row& row);
// Whether an attempt of the row is known to have begun in [from, to]. False means "not known".
bool began_between(const Row& row, base::Time from, base::Time to);
// ... while the failure lasted, from the first one on (View::until).
bool is_during(const View& view, const Row& row);
bool is_during(const View& view, base::Time time);
// The names that attempts of the row are known to have asked for in [from, to].
NameSketch names_between(const Row& row, base::Time from, base::Time to);
// Whether an answer to an attempt of the row is known to have come in [from, to].
bool answered_between(const Row& row, base::Time from, base::Time to);

// --- findings ------------------------------------------------------------------------------------

Finding yes(std::string detail, std::vector<base::Place> packets = {});
Finding no(std::string detail, std::vector<base::Place> packets = {});
Finding unknown(std::string detail = {});

// The earliest few places of the packets that `pick` (const Digest* of an Attempt, or nullptr)
// chooses among the rows' exemplars.
template <typename Pick>
std::vector<base::Place> cite(const RowList& rows, Pick pick);
std::vector<base::Place> cite_answers(const RowList& rows);
// The answer, or, where it passed by who captured, the client's last words, which show it.
const Digest& proof_of(const Attempt& attempt);
std::vector<base::Place> cite_requests(const RowList& rows);  // answers where no request was seen
// Every exemplar of these rows.
std::vector<const Attempt*> kept(const RowList& rows);
// The earliest few answers to these.
std::vector<base::Place> answers_of(const std::vector<const Attempt*>& attempts);
// The earliest few requests of these that were seen.
std::vector<base::Place> requests_of(const std::vector<const Attempt*>& attempts);
// The earliest few, each once.
std::vector<base::Place> earliest(std::vector<base::Place> places);
// Some of each, for a fact that compares two kinds of packets.
std::vector<base::Place> both(std::vector<base::Place> some, std::vector<base::Place> others);

// "a, b, c and 4 more"
std::string list(const std::vector<std::string>& items, std::uint64_t total);
// At least four of five.
constexpr bool is_most(std::uint64_t part, std::uint64_t whole) { return part * 5 >= whole * 4; }
std::string percent(std::uint64_t part, std::uint64_t whole);
// "1 attempt", "3 attempts"
std::string counted(std::uint64_t count, std::string_view noun);
std::string times(base::Duration span);  // human_duration

template <typename Pick>
std::vector<base::Place> cite(const RowList& rows, Pick pick) {
  std::vector<base::Place> places;
  for (const Row* row : rows) {
    for (const Attempt* attempt : row->exemplars()) {
      const Digest* digest = pick(*attempt);
      if (digest != nullptr && digest->is_set()) places.push_back(digest->place);
    }
  }
  return earliest(std::move(places));
}

template <typename Test>
RowList rows_where(const RowList& rows, Test test) {
  RowList out;
  for (const Row* row : rows) {
    if (test(*row)) out.push_back(row);
  }
  return out;
}

}  // namespace whydown::evidence::facts_detail
