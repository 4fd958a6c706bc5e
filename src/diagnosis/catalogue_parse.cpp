#include "diagnosis/catalogue_parse.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "diagnosis/limits.h"
#include "diagnosis/toml_file.h"
#include "diagnosis/vocabulary.h"

namespace whydown::diagnosis {

namespace {

using std::string_view;

// Every {word} of a text must be one that is filled in later.
void check_placeholders(TomlTable& table, const std::string& text, string_view key) {
  for (std::size_t open = text.find('{'); open != std::string::npos;
       open = text.find('{', open + 1)) {
    const std::size_t close = text.find('}', open);
    const std::string name = close == std::string::npos ? text.substr(open + 1)
                                                        : text.substr(open + 1, close - open - 1);
    if (close == std::string::npos || !contains(placeholders(), name)) {
      table.complaints().misspelt(table.source_of(key), table.what() + ": placeholder", name,
                                  placeholders());
    }
  }
}

// A text with placeholders.
std::string sentence(TomlTable& table, string_view key) {
  std::string value = table.text(key);
  check_placeholders(table, value, key);
  return value;
}

Weight read_weight(TomlTable& table) {
  Weight weight;
  weight.fact = table.word("fact", fact_ids());
  weight.is = table.optional_bool("is", true);
  weight.db = table.decibans("db", limits::kLargestDb);
  weight.runs = table.optional_count("runs", limits::kMostRuns);
  weight.start_db = table.optional_decibans("start_db", limits::kLargestDb);
  if (weight.runs.has_value() != weight.start_db.has_value()) {
    table.complaints().add(table.source_of(weight.runs ? "runs" : "start_db"),
                           "weight: only one of runs and start_db",
                           "both for a fitted weight, neither for one as first set");
  }
  weight.group = table.optional_text("group");
  weight.because = sentence(table, "because");
  weight.source = table.text("source");
  table.finish();
  return weight;
}

CatalogueCause read_cause(TomlTable& table) {
  CatalogueCause cause;
  cause.id = table.word("id", cause_ids());
  cause.title = sentence(table, "title");
  cause.prior_db = table.decibans("prior_db", limits::kLargestDb);
  for (TomlTable& entry : table.tables("weight", false)) {
    Weight weight = read_weight(entry);
    const bool is_double = std::ranges::any_of(cause.weights, [&](const Weight& other) {
      return other.fact == weight.fact && other.is == weight.is;
    });
    if (is_double) {
      entry.complaints().add(entry.source_of("fact"),
                             "cause: the fact \"" + weight.fact + "\" is weighed twice",
                             "one weight per fact and truth");
    }
    cause.weights.push_back(std::move(weight));
  }
  table.finish();
  return cause;
}

void read_causes(TomlTable& file, Fault& fault) {
  for (TomlTable& table : file.tables("cause", true)) {
    CatalogueCause cause = read_cause(table);
    if (std::ranges::find(fault.causes, cause.id, &CatalogueCause::id) != fault.causes.end()) {
      table.complaints().add(table.source_of("id"), "the cause \"" + cause.id + "\" comes twice",
                             "each cause once");
    }
    fault.causes.push_back(std::move(cause));
  }
}

// What an answer makes known, as { "yes" = [...], "no" = [...] } of fact ids.
std::vector<FactValue> read_facts(TomlTable& answer) {
  std::vector<FactValue> out;
  for (std::string& fact : answer.optional_words("yes", fact_ids())) {
    out.push_back({std::move(fact), true});
  }
  for (std::string& fact : answer.optional_words("no", fact_ids())) {
    out.push_back({std::move(fact), false});
  }
  return out;
}

// A check that a probe makes by itself says what it costs, and what an answer makes known.
void read_sends(TomlTable& table, CatalogueCheck& check) {
  check.sends = table.optional_word("sends", send_ids());
  const std::optional<std::uint32_t> cost = table.optional_count("cost", limits::kMostCost);
  const bool is_telling = std::ranges::any_of(
      check.answers, [](const CatalogueAnswer& answer) { return !answer.facts.empty(); });
  const bool is_machine = !check.sends.empty();
  if (is_machine != cost.has_value() || is_machine != is_telling) {
    table.complaints().add(table.source_of("command"),
                           "check: only some of sends, cost and an answer's facts",
                           "all of them for a check that a probe makes, none for a person's");
  }
  check.cost = cost.value_or(0);
}

CatalogueCheck read_check(TomlTable& table, std::span<const string_view> causes) {
  CatalogueCheck check;
  check.command = sentence(table, "command");
  check.where = sentence(table, "where");
  check.separates = table.words("separates", causes);
  for (TomlTable& answer : table.tables("answer", true)) {
    CatalogueAnswer read;
    read.see = sentence(answer, "see");
    read.then = sentence(answer, "then");
    read.facts = read_facts(answer);
    answer.finish();
    check.answers.push_back(std::move(read));
  }
  read_sends(table, check);
  check.protocol = table.optional_text("protocol");
  table.finish();
  return check;
}

NotShown read_not_shown(TomlTable& table) {
  NotShown out;
  out.text = sentence(table, "text");
  out.unless_fact = table.optional_text("unless_fact");
  if (!out.unless_fact.empty() && !contains(fact_ids(), out.unless_fact)) {
    table.complaints().misspelt(table.source_of("unless_fact"), "not_shown: unknown fact",
                                out.unless_fact, fact_ids());
  }
  table.finish();
  return out;
}

// The parts that speak of the causes.
void read_about_causes(TomlTable& file, Fault& fault) {
  std::vector<string_view> causes;
  causes.reserve(fault.causes.size());
  for (const CatalogueCause& cause : fault.causes) causes.push_back(cause.id);
  for (TomlTable& table : file.tables("inseparable", false)) {
    CataloguePair pair;
    pair.first = table.word("first", causes);
    pair.second = table.word("second", causes);
    pair.because = sentence(table, "because");
    table.finish();
    fault.inseparable.push_back(std::move(pair));
  }
  for (TomlTable& table : file.tables("check", true))
    fault.checks.push_back(read_check(table, causes));
  for (TomlTable& table : file.tables("not_shown", false)) {
    fault.not_shown.push_back(read_not_shown(table));
  }
}

std::string read_id(TomlTable& file) {
  std::string id = file.text("id");
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  };
  if (!id.empty() && (!std::ranges::all_of(id, is_good) || std::ranges::count(id, '.') != 1)) {
    file.complaints().add(file.source_of("id"), "the id \"" + id + "\"",
                          "an id like \"dns.servfail\": small letters, digits, _ and one dot");
  }
  return id;
}

// "T1499" or "T1499.001".
std::string read_technique(TomlTable& raised_by, bool is_needed) {
  std::string technique =
      is_needed ? raised_by.text("technique") : raised_by.optional_text("technique");
  const auto are_digits = [&](std::size_t from, std::size_t count) {
    return technique.size() >= from + count &&
           std::ranges::all_of(technique.substr(from, count),
                               [](char c) { return c >= '0' && c <= '9'; });
  };
  const bool is_whole =
      technique.size() == 5 || (technique.size() == 9 && technique[5] == '.' && are_digits(6, 3));
  if (!technique.empty() && !(is_whole && technique[0] == 'T' && are_digits(1, 4))) {
    raised_by.complaints().add(raised_by.source_of("technique"),
                               "raised_by: the technique \"" + technique + "\"",
                               "an id of MITRE ATT&CK like \"T1499.001\"");
  }
  return technique;
}

Fault read_fault(TomlTable& file) {
  Fault fault;
  fault.id = read_id(file);
  fault.kind = file.word("kind", kind_ids());
  fault.step = file.word("step", step_ids());
  fault.protocol = file.text("protocol");
  fault.severity = file.word("severity", severity_ids());
  fault.title = sentence(file, "title");
  fault.meaning = sentence(file, "meaning");
  fault.supervisor = sentence(file, "supervisor");
  fault.student = sentence(file, "student");
  if (auto raised_by = file.table("raised_by")) {
    // Failed attempts raise a fault, a pattern of traffic an attack.
    if (fault.kind == "attack") {
      fault.raised_by_pattern = raised_by->word("pattern", pattern_ids());
      fault.technique = read_technique(*raised_by, true);
    } else if (raised_by->optional_bool("probe", false)) {
      fault.raised_by_protocol = raised_by->word("protocol", protocol_ids());
    } else {
      fault.raised_by_protocol = raised_by->word("protocol", protocol_ids());
      fault.raised_by_symptoms = raised_by->words("symptoms", symptom_ids());
      fault.technique = read_technique(*raised_by, false);
    }
    raised_by->finish();
  }
  fault.sources = file.texts("sources");
  read_causes(file, fault);
  read_about_causes(file, fault);
  file.finish();
  return fault;
}

}  // namespace

std::expected<Fault, base::Error> parse_fault(string_view toml, const std::string& file_name) {
  Fault fault;
  auto read = read_toml(toml, file_name, limits::kCatalogueFileBytes,
                        [&](TomlTable& file) { fault = read_fault(file); });
  if (!read) return std::unexpected(std::move(read.error()));
  return fault;
}

}  // namespace whydown::diagnosis
