// What the JSON report is put together from. Internal to json*.cpp.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "report/renderers.h"
#include "report/words.h"

namespace whydown::report::json {

using Json = nlohmann::ordered_json;
using diagnosis::Incident;

// Nothing where there is nothing to say.
inline void put(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}
inline void put(Json& object, const char* key, const std::vector<std::string>& texts) {
  if (!texts.empty()) object[key] = texts;
}

class Writer {
 public:
  explicit Writer(const diagnosis::Diagnosis& diagnosis) : cite_(diagnosis) {}

  Json input(const base::InputInfo& input) const;
  Json incident(const Incident& incident) const;
  Json attack(const diagnosis::Attack& attack) const;
  static Json suspicion(const Incident& incident);
  static void put_sources(Json& out, const std::vector<diagnosis::AttackSource>& sources);
  Json remark(const base::QualityRemark& remark) const;
  // "packets", and "places" where a number alone does not say of which input it is.
  void put_packets(Json& object, const std::vector<base::Place>& places) const;

 private:
  Json place(const base::Place& place) const;
  Json arguments(const std::vector<diagnosis::Argument>& arguments) const;
  void put_causes(Json& object, const Incident& incident) const;
  void put_facts(Json& object, const Incident& incident) const;
  void put_evidence(Json& object, const Incident& incident) const;
  void put_timeline(Json& object, const Incident& incident) const;

  Citation cite_;
};

Json case_of(const Case& supplied);
Json complaints_of(const diagnosis::Diagnosis& diagnosis, const Case& supplied);
// What the probe did and saw itself, beside its packets.
Json probe_of(const ProbePart& part, const Writer& writer);

}  // namespace whydown::report::json
