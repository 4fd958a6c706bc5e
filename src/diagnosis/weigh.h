// How the causes of one fault are weighed against each other by the facts known.
//
// Each cause's score is its prior plus the weights of the facts that are known, in decibans; the
// scores of all causes and of "other" become probabilities that sum to 1 (softmax). Example: of two
// causes, one with prior 0 and a weight of +7 and one with prior -3 and none, the first is ten
// times (10 dB) as likely. A fact that is unknown weighs nothing.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "diagnosis/catalogue.h"
#include "diagnosis/diagnosis.h"
#include "evidence/evidence.h"

namespace whydown::diagnosis {

// What a symptom rests on: an answer (ICMP, RST, rcode), or that none came.
enum class Nature : std::uint8_t { act, silence };

Nature nature_of(evidence::Symptom symptom);

// Whether the fact is known, and so.
bool is_yes(std::span<const evidence::Fact> facts, std::string_view id);

// The decibans that the facts known add to the cause's prior.
double decibans(const CatalogueCause& cause, std::span<const evidence::Fact> facts);

// The causes by probability, "other" among them; equal ones in the catalogue's order. Arguments
// keep their placeholders. A silence without a second fact carries no cause above
// limits::kSilenceCap: the excess goes to "other".
std::vector<RankedCause> weigh(const Fault& fault, std::span<const evidence::Fact> facts,
                               Nature nature);

}  // namespace whydown::diagnosis
