#include "diagnosis/reweigh.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "diagnosis/incident_build.h"
#include "diagnosis/summary.h"
#include "diagnosis/weigh.h"
#include "diagnosis/words.h"

namespace whydown::diagnosis {

namespace {

using evidence::Fact;
using evidence::Truth;

Truth truth_of(const FactValue& value) { return value.is ? Truth::yes : Truth::no; }

// That a machine or a program was silent wherever it was asked rests on what did not come, and one
// packet of it undoes that.
bool is_of_silence(const Fact& fact) {
  return (fact.id == "host.alive" && fact.truth == Truth::no) ||
         (fact.id == "http.others_answered" && fact.truth == Truth::no) ||
         (fact.id == "host.silent_everywhere" && fact.truth == Truth::yes);
}

// What was known, and what the answer adds. What is known already stays, but for silence: a check
// answers no question that the packets have answered.
std::vector<Fact> with(std::vector<Fact> facts, const CatalogueAnswer& answer) {
  for (const FactValue& value : answer.facts) {
    const auto known = std::ranges::find(facts, std::string_view(value.fact), &Fact::id);
    if (known == facts.end()) {
      facts.push_back({value.fact, truth_of(value), {}, {}});
    } else if (known->truth == Truth::unknown || is_of_silence(*known)) {
      known->truth = truth_of(value);
    }
    if (value.fact != "host.alive" || !value.is) continue;
    const auto silent = std::ranges::find(facts, "host.silent_everywhere", &Fact::id);
    if (silent != facts.end()) silent->truth = Truth::no;
  }
  return facts;
}

// Whether the packets rule the answer out.
bool is_contradicted(const CatalogueAnswer& answer, std::span<const Fact> facts) {
  return std::ranges::any_of(answer.facts, [&](const FactValue& value) {
    const auto known = std::ranges::find(facts, std::string_view(value.fact), &Fact::id);
    return known != facts.end() && known->truth != Truth::unknown && !is_of_silence(*known) &&
           known->truth != truth_of(value);
  });
}

double probability_of(std::span<const RankedCause> causes, std::string_view id) {
  const auto found = std::ranges::find(causes, id, &RankedCause::id);
  return found == causes.end() ? 0 : found->probability;
}

void replace_first(std::string& text, const std::string& what, const std::string& with) {
  const std::size_t at = what.empty() ? std::string::npos : text.find(what);
  if (at != std::string::npos) text.replace(at, what.size(), with);
}

double likelihood(double db) { return std::pow(10.0, db / 10.0); }

}  // namespace

void reweigh(Incident& incident, const Fault& fault, std::span<const Fact> facts) {
  const std::string before = cause_sentence(incident);
  weigh_incident(incident, fault, facts);
  replace_first(incident.summary, before, cause_sentence(incident));
}

void recast(Incident& incident, const Fault& had, const Fault& fault, std::span<const Fact> facts) {
  const Values& values = incident.values;
  replace_first(incident.summary, fill(had.supervisor, values), fill(fault.supervisor, values));
  replace_first(incident.explanation, fill(had.meaning, values), fill(fault.meaning, values));
  incident.fault = fault.id;
  incident.title = fill(fault.title, values);
  incident.student = fill(fault.student, values);
  incident.checks = checks_of(fault, values);
  reweigh(incident, fault, facts);
}

void cast(Incident& incident, const Fault& fault, std::span<const Fact> facts) {
  const Values& values = incident.values;
  incident.severity = fault.severity;
  incident.explanation = fill(fault.meaning, values);
  incident.student = fill(fault.student, values);
  incident.checks = checks_of(fault, values);
  if (!facts.empty()) weigh_incident(incident, fault, facts);
}

std::vector<Fact> facts_of(const Incident& incident) {
  std::vector<Fact> facts;
  facts.reserve(incident.facts.size());
  for (const KnownFact& known : incident.facts) {
    facts.push_back({known.id, known.is ? Truth::yes : Truth::no, known.detail, known.packets});
  }
  return facts;
}

double entropy(std::span<const RankedCause> causes) {
  double bits = 0;
  for (const RankedCause& cause : causes) {
    if (cause.probability > 0) bits -= cause.probability * std::log2(cause.probability);
  }
  return bits;
}

double worth_of(const CatalogueCheck& check, const Fault& fault, const Incident& incident) {
  const std::vector<Fact> now = facts_of(incident);
  std::vector<double> causes;  // p(c), by fault.causes, "other" the last
  causes.reserve(fault.causes.size() + 1);
  for (const CatalogueCause& cause : fault.causes) {
    causes.push_back(probability_of(incident.causes, cause.id));
  }
  causes.push_back(probability_of(incident.causes, "other"));
  std::vector<std::vector<double>> answers;  // P(a|c), not scaled yet
  std::vector<double> sums(causes.size(), 0);
  for (const CatalogueAnswer& answer : check.answers) {
    if (is_contradicted(answer, now)) continue;
    const std::vector<Fact> then = with(now, answer);
    std::vector<double> likelihoods;
    likelihoods.reserve(causes.size());
    for (const CatalogueCause& cause : fault.causes) {
      likelihoods.push_back(likelihood(decibans(cause, then) - decibans(cause, now)));
    }
    likelihoods.push_back(1);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += likelihoods[i];
    answers.push_back(std::move(likelihoods));
  }
  double bits = 0;
  for (std::vector<double>& answer : answers) {
    double chance = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) chance += causes[i] * (answer[i] /= sums[i]);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      if (causes[i] > 0) bits += causes[i] * answer[i] * std::log2(answer[i] / chance);
    }
  }
  return std::max(bits, 0.0);
}

const CatalogueAnswer* answer_seen(const CatalogueCheck& check, std::span<const Fact> facts) {
  const CatalogueAnswer* best = nullptr;
  for (const CatalogueAnswer& answer : check.answers) {
    const bool is_so =
        !answer.facts.empty() && std::ranges::all_of(answer.facts, [&](const FactValue& value) {
          const auto known = std::ranges::find(facts, std::string_view(value.fact), &Fact::id);
          return known != facts.end() && known->truth == truth_of(value);
        });
    const std::size_t most = best == nullptr ? 0 : best->facts.size();
    if (is_so && answer.facts.size() > most) best = &answer;
  }
  return best;
}

}  // namespace whydown::diagnosis
