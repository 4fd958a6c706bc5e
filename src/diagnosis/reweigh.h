// What more facts make of an incident, and which check would tell most.
//
// A check's answers say in the catalogue which facts they make known. With p(c) the probability of
// a cause now and w(c, a) the decibans that answer a would add to it, cause c gives answer a with
// the probability P(a|c) = 10^(w(c, a) / 10), scaled so that the answers of each cause sum to 1.
// The worth of a check is the expected drop of the causes' entropy under this model, sum over c and
// a of p(c) P(a|c) log2(P(a|c) / P(a)). Example: of two causes at 0.5 each, a check whose two
// answers move them by +-13 dB is worth about 0.95 bit; one whose answers move both alike is worth
// nothing.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "diagnosis/catalogue.h"
#include "diagnosis/diagnosis.h"
#include "evidence/evidence.h"

namespace whydown::diagnosis {

// Weighs the incident anew: causes, facts, inseparable pairs, what is not shown, and the sentence
// of its summary that names the cause. `facts` are those of incident.subject, of more packets.
void reweigh(Incident& incident, const Fault& fault, std::span<const evidence::Fact> facts);

// The same incident under another name, where more was learnt than what it was named after: words,
// checks and causes are those of `fault` then, which is not the one that it had.
void recast(Incident& incident, const Fault& had, const Fault& fault,
            std::span<const evidence::Fact> facts);

// An incident that no packets show, of a service's own words: its words, checks and, where facts
// are known, causes. Values and subject must be set.
void cast(Incident& incident, const Fault& fault, std::span<const evidence::Fact> facts);

// The facts of the incident as they are now, for reweigh() and worth_of().
std::vector<evidence::Fact> facts_of(const Incident& incident);

// In bits: of the causes, "other" among them.
double entropy(std::span<const RankedCause> causes);
// In bits; 0 for a check whose answers tell nothing new. Never negative.
double worth_of(const CatalogueCheck& check, const Fault& fault, const Incident& incident);
// The answer whose facts are all known to be so, the one with the most of them; null where none is.
const CatalogueAnswer* answer_seen(const CatalogueCheck& check,
                                   std::span<const evidence::Fact> facts);

}  // namespace whydown::diagnosis
