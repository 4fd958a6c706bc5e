// Steps before the incident's own tell what worked for the same clients; those after it, that they
// were not reached. From the connection on only what they did with the same service counts.
#include "diagnosis/steps.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "base/numbers.h"
#include "diagnosis/vocabulary.h"
#include "diagnosis/weigh.h"
#include "diagnosis/words.h"

namespace whydown::diagnosis {

namespace {

using evidence::Outcome;
using evidence::Step;
using evidence::Symptom;

using OutcomeCounts = std::array<std::uint64_t, journey::kOutcomes>;

std::uint64_t of(const OutcomeCounts& counts, Outcome outcome) {
  return counts[static_cast<std::size_t>(outcome)];
}

// Whose journey it is, and where it went.
struct Scope {
  const evidence::Store& store;
  const Case& found;
  evidence::AddressSketch clients;
  std::set<std::uint32_t> names;

  // The same server and port, whatever is spoken there.
  bool is_same_end(const evidence::Service& service) const {
    return std::ranges::any_of(found.subject.services, [&](const evidence::Service& own) {
      return own.server == service.server && own.port == service.port &&
             own.transport == service.transport;
    });
  }
  bool is_same_client(const base::IpAddress& client) const {
    return clients.kept().contains(client);
  }
};

Scope scope_of(const evidence::Store& store, const Case& found) {
  Scope scope{.store = store, .found = found, .clients = clients_of(found), .names = {}};
  for (const evidence::Row* row : found.failing) add_names(*row, scope.names);
  for (const evidence::Row* row : found.absorbed) add_names(*row, scope.names);
  return scope;
}

// What the incident's clients got at a step; where `since` is given, only of those who came to it
// then or later.
OutcomeCounts counts_at(const Scope& scope, Step step, base::Time since = base::Time::min()) {
  OutcomeCounts sum{};
  for (const auto& [key, row] : scope.store.service_clients()) {
    if (std::max(row.last_ok, row.last_failed) < since) continue;
    if (key.step != step || !scope.is_same_client(key.client)) continue;
    if (step >= Step::connect && !scope.is_same_end(key.service)) continue;
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += row.attempts[i];
  }
  return sum;
}

std::string_view noun_of(Step step) {
  switch (step) {
    case Step::link:
    case Step::address:
      return "hardware address request";
    case Step::route:
      return "ping";
    case Step::name:
      return "lookup";
    case Step::connect:
      return "connection attempt";
    case Step::secure:
      return "TLS handshake";
    case Step::request:
      return "request";
    case Step::transfer:
      break;
  }
  return "transfer";
}

// A step other than the incident's own.
JourneyStep other_step(Step step, const OutcomeCounts& counts) {
  const std::uint64_t ok = of(counts, Outcome::ok) + of(counts, Outcome::slow);
  constexpr std::array kBad = {Outcome::refused, Outcome::failed, Outcome::silent, Outcome::cut};
  std::uint64_t bad = 0;
  Outcome worst = Outcome::failed;
  for (const Outcome outcome : kBad) {
    bad += of(counts, outcome);
    if (of(counts, outcome) > of(counts, worst)) worst = outcome;
  }
  if (ok + bad == 0) return {step, Outcome::unknown, {}};
  const std::string text =
      bad == 0 ? fmt::format("{} by the same clients worked", share_words(ok, ok, noun_of(step)))
               : fmt::format("{} by the same clients worked",
                             ok == 0 ? "none of " + count_words(bad, noun_of(step))
                                     : share_words(ok, ok + bad, noun_of(step)));
  return {step, ok >= bad ? Outcome::ok : worst, sentence(text)};
}

// Whether packets reach the server and come back, from what it sent itself.
JourneyStep route_step(const Case& found, std::span<const evidence::Fact> facts,
                       const std::string& server) {
  const Symptom symptom = found.subject.symptom;
  const bool is_rcode = symptom >= Symptom::nx_domain && symptom <= Symptom::other_rcode;
  const bool is_answered = found.subject.step > Step::connect;  // on a connection that stands
  if (is_rcode || is_answered || symptom == Symptom::reset ||
      is_yes(facts, "icmp.source_is_server") || is_yes(facts, "host.alive")) {
    return {Step::route, Outcome::ok,
            fmt::format("Packets reach {} and come back: it sent answers itself.", server)};
  }
  return {Step::route, Outcome::unknown,
          fmt::format("Since the first failure {} itself answered nothing, so the way there is not "
                      "shown to work.",
                      server)};
}

// Which of the incident's names the same clients were given an address for.
std::vector<std::string> resolved_names(const Scope& scope, const base::Interner& names) {
  std::set<std::uint32_t> ids;
  for (const auto& [key, row] : scope.store.rows()) {
    if (key.step != Step::name || !is_served(row)) continue;
    const bool is_theirs = std::ranges::any_of(
        row.clients.kept(), [&](const auto& client) { return scope.is_same_client(client); });
    if (!is_theirs) continue;
    for (const std::uint32_t id : row.names.kept()) {
      if (scope.names.contains(id)) ids.insert(id);
    }
  }
  std::vector<std::string> out;
  out.reserve(ids.size());
  for (const std::uint32_t id : ids) out.push_back(names.shown(id));
  return out;
}

// Where the incident is about names that resolved, other lookups that failed are another story.
JourneyStep name_step(const Scope& scope, Step own, const base::Interner& names) {
  JourneyStep step = other_step(Step::name, counts_at(scope, Step::name));
  if (step.outcome == Outcome::unknown || own < Step::name) return step;
  const std::vector<std::string> resolved = resolved_names(scope, names);
  if (resolved.empty()) return step;
  constexpr std::size_t kListed = 3;
  step.outcome = Outcome::ok;
  step.text = fmt::format("{} {} resolved. {}", list_words(resolved, kListed, resolved.size()),
                          resolved.size() == 1 ? "was" : "were", step.text);
  return step;
}

// "all 3 lookups met ...", or of several symptoms "all 9 lookups failed: 2 met ..., 7 got ...".
std::string own_words(const Case& found, const Tally& tally, std::string_view noun) {
  std::vector<std::pair<Symptom, std::uint64_t>> counts;
  const auto count = [&](const RowList& rows) {
    for (const evidence::Row* row : rows) {
      if (!std::ranges::binary_search(found.subject.services, row->key.service)) continue;
      const auto at =
          std::ranges::find(counts, row->key.symptom, &decltype(counts)::value_type::first);
      if (at != counts.end()) {
        at->second += judged(*row);
      } else {
        counts.emplace_back(row->key.symptom, judged(*row));
      }
    }
  };
  count(found.failing);
  // What goes round is a packet of an attempt that failed for it.
  if (found.subject.symptom != Symptom::looping) count(found.absorbed);
  std::string text = share_words(tally.failed, tally.total, noun);
  const bool is_rescue = found.is_slow && found.subject.symptom != Symptom::slow_answer;
  if (is_rescue && counts.size() == 1) {
    return fmt::format("{} {} here, and an answer of another server after a long wait", text,
                       symptom_words(counts.front().first, tally.failed));
  }
  if (counts.size() == 1)
    return fmt::format("{} {}", text, symptom_words(counts.front().first, tally.failed));
  text.append(found.is_slow ? " took too long" : " failed");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    text.append(fmt::format("{} {} {}", i == 0 ? ":" : ",", base::thousands(counts[i].second),
                            symptom_words(counts[i].first, counts[i].second)));
  }
  return text;
}

JourneyStep own_step(Step step, const Case& found, const Tally& tally) {
  const auto most = std::ranges::max_element(found.failing, {},
                                             [](const evidence::Row* row) { return judged(*row); });
  const evidence::RowKey& key = (*most)->key;
  const Outcome outcome = found.is_slow ? Outcome::slow : key.outcome;
  return {step, outcome, sentence(own_words(found, tally, attempt_noun(key)))};
}

bool is_any_port(const Case& found, std::initializer_list<std::uint16_t> ports) {
  return std::ranges::all_of(found.subject.services, [&](const evidence::Service& service) {
    return std::ranges::find(ports, service.port) != ports.end();
  });
}

// Services that begin with a TLS handshake, and others that take requests (IANA).
bool speaks_tls(const Case& found) {
  return is_any_port(found, {443, 465, 636, 853, 990, 993, 995, 8443});
}
bool takes_requests(const Case& found) {
  return is_any_port(found, {21, 22, 25, 80, 110, 143, 587, 8000, 8080});
}

// A client without an address of its own comes no further.
bool is_addressless(const Scope& scope) {
  return scope.found.subject.services.front().protocol == evidence::Protocol::dhcp;
}

// To anything at all, at any time.
bool have_connected(const Scope& scope) {
  return std::ranges::any_of(scope.store.service_clients(), [&](const auto& entry) {
    const auto& [key, row] = entry;
    return key.step == Step::connect && key.service.transport == packet::Transport::tcp &&
           scope.is_same_client(key.client);
  });
}

// Of a step that the same clients did not come to, or that is not in the capture: why. Empty where
// there is nothing to say.
std::string never(const Scope& scope, Step step, Step own) {
  const bool is_connect = own == Step::connect && !scope.found.is_folded;
  switch (step) {
    case Step::name:
      if (is_addressless(scope)) return "Not reached: without an address nothing is looked up.";
      return "No name was looked up in this capture: the clients knew the address, or asked "
             "earlier.";
    case Step::connect:
      if (is_addressless(scope)) return "Not reached: without an address nothing is connected to.";
      if (own > Step::connect) return "The connections were open before the capture began.";
      if (have_connected(scope)) {
        return "The connections that these clients did attempt in this capture are not of this "
               "journey.";
      }
      return own == Step::name ? "No connection was attempted in this capture: a client asks for "
                                 "the address first, and did not get it."
                               : "No connection was attempted in this capture.";
    case Step::secure:
      return is_connect && speaks_tls(scope.found)
                 ? "Not reached: encryption is agreed upon once the connection stands."
                 : "";
    case Step::request:
      if (own == Step::secure) return "Not reached: nothing is asked for before TLS stands.";
      if (is_connect && speaks_tls(scope.found)) {
        return "Not reached: nothing is asked for before TLS stands.";
      }
      return is_connect && takes_requests(scope.found)
                 ? "Not reached: nothing is asked for before the connection stands."
                 : "";
    default:
      return {};
  }
}

}  // namespace

std::vector<JourneyStep> journey_steps(const evidence::Store& store, const Case& found,
                                       std::span<const evidence::Fact> facts, const Tally& tally,
                                       const std::string& server, const base::Interner& names) {
  const Step own = step_from(found.fault->step).value_or(found.subject.step);
  const Scope scope = scope_of(store, found);
  std::vector<JourneyStep> steps;
  for (const Step step : {Step::link, Step::address, Step::route, Step::name, Step::connect,
                          Step::secure, Step::request, Step::transfer}) {
    if (step == own) {
      steps.push_back(own_step(step, found, tally));
      continue;
    }
    if (step == Step::route) {
      if (step < own) steps.push_back(route_step(found, facts, server));
      continue;
    }
    // What they came to in better days is not how far they come now.
    const base::Time since = step > own ? window_of(found.failing).first : base::Time::min();
    JourneyStep other = step == Step::name ? name_step(scope, own, names)
                                           : other_step(step, counts_at(scope, step, since));
    if (other.outcome == Outcome::unknown) {
      other.text = never(scope, step, own);
      // A name need not be looked up to get as far as a neighbour or a router.
      other.is_reached = step < own || (step == Step::name && !is_addressless(scope));
    }
    if (!other.text.empty()) steps.push_back(std::move(other));
  }
  return steps;
}

}  // namespace whydown::diagnosis
