#include "diagnosis/steps.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "diagnosis/vocabulary.h"
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

// What the incident's clients got at a step, over all services.
OutcomeCounts counts_at(const evidence::Store& store, const evidence::AddressSketch& clients,
                        Step step) {
  OutcomeCounts sum{};
  for (const auto& [key, row] : store.service_clients()) {
    if (key.step != step || !clients.kept().contains(key.client)) continue;
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
    default:
      return "connection attempt";
  }
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

bool is_yes(std::span<const evidence::Fact> facts, std::string_view id) {
  return std::ranges::any_of(facts, [&](const evidence::Fact& fact) {
    return fact.id == id && fact.truth == evidence::Truth::yes;
  });
}

// Whether packets reach the server and come back, from what it sent itself.
JourneyStep route_step(const Case& found, std::span<const evidence::Fact> facts,
                       const std::string& server) {
  const Symptom symptom = found.subject.symptom;
  const bool is_rcode = symptom >= Symptom::nx_domain;
  if (is_rcode || symptom == Symptom::reset || is_yes(facts, "icmp.source_is_server") ||
      is_yes(facts, "host.alive")) {
    return {Step::route, Outcome::ok,
            fmt::format("Packets reach {} and come back: it sent answers itself.", server)};
  }
  return {Step::route, Outcome::unknown,
          fmt::format("Since the first failure {} itself answered nothing, so the way there is not "
                      "shown to work.",
                      server)};
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
  count(found.absorbed);
  std::string text = share_words(tally.failed, tally.total, noun);
  if (counts.size() == 1) return fmt::format("{} {}", text, symptom_words(counts.front().first));
  text.append(" failed");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    text.append(fmt::format("{} {} {}", i == 0 ? ":" : ",", counts[i].second,
                            symptom_words(counts[i].first)));
  }
  return text;
}

JourneyStep own_step(Step step, const Case& found, const Tally& tally) {
  const auto most = std::ranges::max_element(found.failing, {},
                                             [](const evidence::Row* row) { return judged(*row); });
  const evidence::RowKey& key = (*most)->key;
  return {step, key.outcome, sentence(own_words(found, tally, attempt_noun(key.service.protocol)))};
}

std::string never(Step step, Step own) {
  if (step > own && step == Step::connect) {
    return own == Step::name ? "No connection was attempted in this capture: a client asks for the "
                               "address first, and did not get it."
                             : "No connection was attempted in this capture.";
  }
  if (step == Step::name) {
    return "No name was looked up in this capture: the clients knew the address, or asked earlier.";
  }
  return {};
}

}  // namespace

std::vector<JourneyStep> journey_steps(const evidence::Store& store, const Case& found,
                                       std::span<const evidence::Fact> facts, const Tally& tally,
                                       const std::string& server) {
  const Step own = step_from(found.fault->step).value_or(found.subject.step);
  const evidence::AddressSketch clients = clients_of(found);
  std::vector<JourneyStep> steps;
  for (const Step step : {Step::address, Step::route, Step::name, Step::connect}) {
    if (step == own) {
      steps.push_back(own_step(step, found, tally));
      continue;
    }
    if (step == Step::route) {
      if (step < own) steps.push_back(route_step(found, facts, server));
      continue;
    }
    JourneyStep other = other_step(step, counts_at(store, clients, step));
    if (other.outcome == Outcome::unknown) other.text = never(step, own);
    if (!other.text.empty()) steps.push_back(std::move(other));
  }
  if (own > Step::connect) steps.push_back(own_step(own, found, tally));
  return steps;
}

}  // namespace whydown::diagnosis
