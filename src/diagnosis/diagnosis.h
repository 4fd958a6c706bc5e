// Boundary of diagnosis/: incidents with ranked causes, ready to be written down.
//
// Everything a report says is decided here, in plain data and finished sentences; report/ only
// lays it out. Member names follow the JSON contract (docs/report.schema.json).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/input_info.h"
#include "base/interner.h"
#include "base/place.h"
#include "base/quality.h"
#include "diagnosis/catalogue.h"
#include "diagnosis/values.h"
#include "evidence/evidence.h"

namespace whydown::diagnosis {

enum class Verdict : std::uint8_t { incident, healthy, inconclusive };

// One fact speaking for or against one cause.
struct Argument {
  std::string fact;
  double weight_db = 0;  // as in the catalogue: positive speaks for, negative against
  std::string because;   // a full sentence, placeholders filled
  std::string detail;    // what the fact measured here; may be empty
  std::vector<base::Place> packets;
  std::string source;
};

// A fact that the capture shows one way or the other, whether a cause weighs it or not.
struct KnownFact {
  std::string id;
  bool is = true;
  std::string detail;                // what it measured here; may be empty
  std::vector<base::Place> packets;  // the first few it rests on
};

struct RankedCause {
  std::string id;
  std::string title;
  double probability = 0;
  std::vector<Argument> arguments_for;
  std::vector<Argument> arguments_against;
};

struct InseparablePair {
  std::string first;
  std::string second;
  std::string because;
};

struct CheckAnswer {
  std::string see;
  std::string then;
};

struct Check {
  std::string command;
  std::string where;  // "on the server", "from the client"
  std::vector<std::string> separates;
  std::vector<CheckAnswer> answers;
};

enum class Role : std::uint8_t { symptom, cause, context };

struct PacketField {
  std::string name;  // of a closed list: "TTL", "TCP flags", "ICMP code" ...
  std::string value;
};

struct EvidencePacket {
  base::Place place;
  std::string text;
  Role role = Role::symptom;
  std::vector<PacketField> fields;  // those that the input shows
};

// Attempts over time: slots of equal width, the first one not empty.
struct ActivitySlot {
  base::Time begin{};
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
};

struct Activity {
  base::Duration slot_width{0};
  std::vector<ActivitySlot> slots;  // empty where packets carry no times
};

// A moment of an incident: "served_before", "onset", "first_error", "flood", "last_failure",
// "served_after".
struct Mark {
  std::string id;
  base::Place place;
  std::string text;  // one sentence
};

struct JourneyStep {
  evidence::Step step;
  evidence::Outcome outcome;
  std::string text;        // one sentence: "3 of 3 queries were refused", "never attempted"
  bool is_reached = true;  // false: `outcome` is unknown because the journey ended before
};

struct Service {
  std::string name;  // "domain", "https"; empty when the port has no common name
  std::optional<std::uint16_t> port;
  std::vector<std::string> servers;
  std::vector<std::string> names;  // DNS names concerned
};

struct Clients {
  std::uint64_t count = 0;
  bool exact = true;                   // false: an estimate, within some 3 %
  std::vector<std::string> addresses;  // the first few
};

// Who was served at the service, by client: ok and failed attempts.
struct ClientImpact {
  std::string address;
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  bool served_before = false;  // before the incident's first failure, and after its last
  bool served_after = false;
};

// What others than the sources got, at the services concerned.
struct AttackOutcome {
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
};

struct AttackSource {
  std::string address;
  std::uint64_t packets = 0;
  bool is_exact = true;  // else at least so many
};

// Of an incident of kind "attack": who sent how much, and what became of the others.
struct Attack {
  std::string pattern;                // "syn_flood"
  std::string technique;              // of MITRE ATT&CK; empty unless `attack` is the first cause
  std::string role;                   // of a reflection: by whom it is seen, "victim", "reflector"
  std::vector<AttackSource> sources;  // those that sent most, the largest first
  std::uint64_t source_count = 0;
  bool is_count_exact = true;
  std::uint64_t packets = 0;
  double per_second = 0;              // at its fullest; at least so many
  std::optional<bool> caused_outage;  // nothing: cannot be told from these packets
  AttackOutcome before;
  AttackOutcome during;
  AttackOutcome after;
  std::string outcome;              // why so, in sentences
  std::vector<base::Place> places;  // the packets that this rests on
};

struct Incident {
  int id = 0;  // counts from 1, by impact
  std::string fault;
  std::string kind;  // "fault" or "attack"
  std::string title;
  std::string summary;      // one paragraph for a supervisor
  std::string explanation;  // what the symptom means technically, one paragraph
  std::string student;      // the same for a student: every term, and common misreadings
  evidence::Step step = evidence::Step::name;
  std::string protocol;   // "DNS", "TCP", "UDP", "ICMP", "ARP"
  std::string transport;  // "udp", "tcp", "icmp", "arp", "none"
  std::string severity;
  Service service;
  Clients clients;
  std::vector<ClientImpact> impact;
  base::Time first{};
  base::Time last{};
  bool has_time = true;
  bool ongoing_at_end = false;
  std::uint64_t attempts_total = 0;  // by anyone at this service within the window, probes left out
  std::uint64_t attempts_failed = 0;
  std::uint64_t healed = 0;     // further ones that failed, and a retry was served soon
  std::uint64_t ok_before = 0;  // attempts served before the window, and after it
  std::uint64_t ok_after = 0;
  std::vector<RankedCause> causes;  // by probability; sums to 1 with "other"
  std::vector<KnownFact> facts;  // what the causes were weighed by, in the order of the fact list
  std::vector<InseparablePair> inseparable;
  std::vector<Check> checks;
  std::vector<std::string> not_shown;
  std::vector<EvidencePacket> evidence;  // in order of time
  std::uint64_t evidence_left_out = 0;   // further packets of the same kinds
  std::vector<JourneyStep> journey;
  Activity activity;
  std::vector<Mark> marks;  // in order of time
  std::optional<Attack> attack;
  // Of other incidents whose first cause is an attack: of MITRE ATT&CK, else empty; and who it was.
  std::string technique;
  std::vector<AttackSource> suspects;
  int explained_by = 0;  // the id of the incident that explains this one; 0: none does
  std::vector<int> explains;
  // What it was made from, to weigh it again when more is known (diagnosis/reweigh.h). Not shown.
  evidence::Subject subject;
  Values values;
};

struct Diagnosis {
  Verdict verdict = Verdict::inconclusive;
  std::string verdict_text;  // one sentence: why healthy or inconclusive
  std::vector<Incident> incidents;
  std::vector<base::QualityRemark> data_quality;
  std::vector<std::string> not_attempted;  // "HTTP (TCP port 80)"
  std::vector<base::InputInfo> inputs;
};

Diagnosis diagnose(const evidence::Store& store, const Catalogue& catalogue,
                   const base::Interner& names);

}  // namespace whydown::diagnosis
