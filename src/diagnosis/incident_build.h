// One case and its facts, put into words: the incident of the report.
#pragma once

#include <span>

#include "diagnosis/diagnosis.h"
#include "diagnosis/impact.h"
#include "diagnosis/subjects.h"
#include "diagnosis/words.h"

namespace whydown::diagnosis {

// The web's ports as far as the inputs can tell.
struct WebUse {
  bool http = false;     // TCP 80 was tried
  bool https = false;    // TCP or UDP 443 was tried
  bool is_known = true;  // false when a capture filter or a full table may hide them
};
WebUse web_use(const evidence::Store& store);

// What incidents of both kinds are made of.
std::string transport_of(const evidence::Service& service);  // "udp"
// A fault of any application's protocol shows the name of the one that it is about.
std::string protocol_of(const Fault& fault, const evidence::Service& service);
std::vector<KnownFact> known_facts(std::span<const evidence::Fact> facts);
void fill_causes(std::vector<RankedCause>& causes, const Values& values);
// Pairs that the facts known here leave about where their priors put them.
std::vector<InseparablePair> pairs_left(const Fault& fault, const std::vector<RankedCause>& causes,
                                        const Values& values);
std::vector<Check> checks_of(const Fault& fault, const Values& values);
std::vector<std::string> not_shown_of(const Fault& fault, std::span<const evidence::Fact> facts,
                                      const Values& values);
// The parts of an incident that follow from its facts: causes, pairs, what is not shown.
void weigh_incident(Incident& incident, const Fault& fault, std::span<const evidence::Fact> facts);

// `id` is left at 0. `facts` are those of found.subject.
Incident build_incident(const evidence::Store& store, const Case& found,
                        std::span<const evidence::Fact> facts, const Tally& tally,
                        const base::Interner& names);

}  // namespace whydown::diagnosis
