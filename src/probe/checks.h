// Goes on where the load ended: asks what separates the causes still standing, one question at a
// time, until one cause stands above limits::kSettled, no question would tell more, or the bounds
// are met. Which question comes next follows from the catalogue's weights alone
// (diagnosis/reweigh.h), so the same answers give the same checks.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "diagnosis/catalogue.h"
#include "diagnosis/diagnosis.h"
#include "pipeline/pipeline.h"
#include "probe/check_actions.h"
#include "report/probe_part.h"

namespace whydown::probe {

// What the checks need of the probe.
struct CheckContext {
  const diagnosis::Catalogue& catalogue;
  const Clock& clock;
  // The name and type that the target asks for; empty where it asks for none.
  std::string name;
  std::uint16_t type = 1;
  std::string type_name = "A";
  // The facts about a subject, of all that was captured so far.
  std::function<std::expected<pipeline::Facts, base::Error>(const evidence::Subject&)> facts;
  std::function<void(const std::string& line)> tell;
};

class Checks {
 public:
  Checks(CheckContext context, Actions actions)
      : context_(std::move(context)), actions_(std::move(actions)) {}
  // Weighs the incidents of `diagnosis` anew after each check.
  std::expected<void, base::Error> run(diagnosis::Diagnosis& diagnosis, report::ProbePart& part);

 private:
  struct Choice {
    const diagnosis::CatalogueCheck* check = nullptr;
    double worth = 0;
    std::string plan;
    bool is_late = false;  // there is no time for it
  };
  bool fits(const std::string& sends) const;
  std::expected<void, base::Error> settle(diagnosis::Incident& incident,
                                          const diagnosis::Fault& fault, report::ProbePart& part);
  std::expected<void, base::Error> make(const Choice& choice, diagnosis::Incident& incident,
                                        const diagnosis::Fault& fault, report::ProbePart& part);
  Choice choose(const diagnosis::Incident& incident, const diagnosis::Fault& fault) const;
  Subject subject_of(const diagnosis::Incident& incident) const;
  void keep_other_facts(std::vector<evidence::Fact>& facts, const diagnosis::Incident& was,
                        const diagnosis::CatalogueCheck& check);
  void add_facts(report::ProbeCheck& check, const diagnosis::Incident& incident,
                 const std::vector<evidence::Fact>& before) const;

  CheckContext context_;
  Actions actions_;
  std::set<std::string> made_;              // plans
  std::vector<evidence::Fact> of_sockets_;  // of the incident at hand
  std::set<std::string> asked_;             // its facts that the checks so far are about
};

}  // namespace whydown::probe
