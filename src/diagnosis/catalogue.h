// The catalogue: faults as data. One TOML file per fault under catalogue/, compiled in.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "evidence/evidence.h"

namespace whydown::diagnosis {

// `fact` being `is` moves the cause by `db` decibans. Of the weights of one cause that share a
// `group` (views of the same packets) only the one that moves it most counts. `runs` is the number
// of lab runs that `db` was fitted on, `start_db` the value that it was first set to.
struct Weight {
  std::string fact;
  bool is = true;
  double db = 0;
  std::string group;  // may be empty
  std::string because;
  std::string source;
  std::optional<std::uint32_t> runs = {};  // none: as first set, not fitted
  std::optional<double> start_db = {};
  friend bool operator==(const Weight&, const Weight&) = default;
};

struct CatalogueCause {
  std::string id;  // of the closed list of the contract
  std::string title;
  double prior_db = 0;
  std::vector<Weight> weights;
  friend bool operator==(const CatalogueCause&, const CatalogueCause&) = default;
};

struct CataloguePair {
  std::string first;
  std::string second;
  std::string because;
  friend bool operator==(const CataloguePair&, const CataloguePair&) = default;
};

struct FactValue {
  std::string fact;
  bool is = true;
  friend bool operator==(const FactValue&, const FactValue&) = default;
};

struct CatalogueAnswer {
  std::string see;
  std::string then;
  std::vector<FactValue> facts;  // what this answer makes known; of checks with `sends`
  friend bool operator==(const CatalogueAnswer&, const CatalogueAnswer&) = default;
};

struct CatalogueCheck {
  std::string command;  // with placeholders {server} {port} {name} {client}
  std::string where;
  std::vector<std::string> separates;
  std::vector<CatalogueAnswer> answers;
  // What a probe sends to make this check by itself, of vocabulary's send_ids(); empty where it
  // takes a person. `cost` is the number of packets at most.
  std::string sends = {};
  std::uint32_t cost = 0;
  // Only for incidents of this protocol, as they show it ("QUIC"); empty: for all of the fault's.
  std::string protocol = {};
  friend bool operator==(const CatalogueCheck&, const CatalogueCheck&) = default;
};

// A sentence the report owes the reader unless a fact removes the reason for it.
struct NotShown {
  std::string text;
  std::string unless_fact;  // left out when this fact is known to be true; may be empty
  friend bool operator==(const NotShown&, const NotShown&) = default;
};

struct Fault {
  std::string id;
  std::string kind;  // "fault" or "attack"
  std::string step;
  std::string protocol;  // as shown: "DNS"
  std::string severity;
  std::string title;
  std::string meaning;     // technical, one paragraph
  std::string supervisor;  // plain, one paragraph, with placeholders
  std::string student;     // every term explained, common misreadings named
  // What raises it: attempts of this protocol (journey::protocol_id) that end in this symptom.
  std::string raised_by_protocol;               // "any" matches all
  std::vector<std::string> raised_by_symptoms;  // none where only a probe's own sockets raise it
  std::string raised_by_pattern;  // of traffic, evidence::pattern_id; then the two are empty
  std::string technique;          // of an attack: "T1499.001", MITRE ATT&CK
  std::vector<CatalogueCause> causes;
  std::vector<CataloguePair> inseparable;
  std::vector<CatalogueCheck> checks;
  std::vector<NotShown> not_shown;
  std::vector<std::string> sources;
  friend bool operator==(const Fault&, const Fault&) = default;
};

class Catalogue {
 public:
  // The built-in faults, sorted by id. An error here is one of the build.
  static std::expected<Catalogue, base::Error> built_in();
  // Adds the *.toml files of a folder; a fault of the same id replaces the built-in one. The error
  // names file, line, key, and what was expected.
  std::expected<void, base::Error> add_folder(const std::string& folder);
  std::expected<void, base::Error> add_text(std::string_view toml, const std::string& file_name);

  const std::vector<Fault>& faults() const { return faults_; }
  const Fault* find(std::string_view id) const;

 private:
  std::vector<Fault> faults_;
};

}  // namespace whydown::diagnosis
