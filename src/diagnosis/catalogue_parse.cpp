#include "diagnosis/catalogue_parse.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "diagnosis/limits.h"
#include "diagnosis/vocabulary.h"

namespace whydown::diagnosis {

namespace {

using std::string_view;

// The first thing wrong in a file; what comes later is not looked at by the user anyway.
class Complaints {
 public:
  explicit Complaints(std::string file) : file_(std::move(file)) {}

  void add(const toml::source_region& at, std::string found, std::string expected,
           std::string advice = {}) {
    const auto line = at.begin.line;
    if (error_) return;
    error_ = base::Error{line > 0 ? file_ + ":" + std::to_string(line) : file_, std::move(found),
                         std::move(expected), std::move(advice)};
  }
  void misspelt(const toml::source_region& at, const std::string& what, string_view word,
                std::span<const string_view> list) {
    const string_view near = nearest(list, word);
    std::string expected = "one of";
    for (const string_view id : list) expected.append(" ").append(id);
    add(at, what + " \"" + std::string(word) + "\"", std::move(expected),
        near.empty() ? std::string{} : "did you mean \"" + std::string(near) + "\"?");
  }
  const std::optional<base::Error>& first() const { return error_; }

 private:
  std::string file_;
  std::optional<base::Error> error_;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Lines wrapped in the file become one; an empty line stays a new paragraph.
std::string unwrapped(string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_blank(text[i])) {
      out.push_back(text[i++]);
      continue;
    }
    std::size_t newlines = 0;
    for (; i < text.size() && is_blank(text[i]); ++i) newlines += text[i] == '\n' ? 1U : 0U;
    if (!out.empty() && i < text.size()) out.append(newlines > 1 ? "\n\n" : " ");
  }
  return out;
}

// A table whose keys are asked for one by one; `finish` complains about those nobody asked for.
class Table {
 public:
  Table(const toml::table& table, std::string what, Complaints& complaints)
      : table_(&table), what_(std::move(what)), complaints_(&complaints) {}

  std::string text(string_view key) {
    const toml::node* node = required(key, "a text");
    if (node == nullptr) return {};
    return text_of(*node, key);
  }
  std::string optional_text(string_view key) {
    const toml::node* node = get(key);
    return node == nullptr ? std::string{} : text_of(*node, key);
  }
  // A text of a closed list.
  std::string word(string_view key, std::span<const string_view> list) {
    std::string value = text(key);
    if (!value.empty()) check_word(*table_->get(key), key, value, list);
    return value;
  }
  double decibans(string_view key) {
    const toml::node* node = required(key, "a number of decibans");
    if (node == nullptr) return 0;
    const auto value = node->value<double>();
    if (!node->is_number() || !value || !(std::abs(*value) <= limits::kLargestDb)) {
      complaints_->add(node->source(), what_ + ": " + std::string(key) + " is no usable number",
                       "decibans between -40 and 40");
      return 0;
    }
    return *value;
  }
  std::optional<double> optional_decibans(string_view key) {
    if (get(key) == nullptr) return std::nullopt;
    return decibans(key);
  }
  bool optional_bool(string_view key, bool otherwise) {
    const toml::node* node = get(key);
    if (node == nullptr) return otherwise;
    if (!node->is_boolean()) {
      complaints_->add(node->source(), what_ + ": " + std::string(key) + " is no truth value",
                       "true or false");
    }
    return node->value<bool>().value_or(otherwise);
  }
  std::optional<std::uint32_t> optional_count(string_view key) {
    const toml::node* node = get(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value<std::int64_t>();
    if (!node->is_integer() || !value || *value < 1 || *value > limits::kMostRuns) {
      complaints_->add(node->source(), what_ + ": " + std::string(key) + " is no usable count",
                       "a whole number between 1 and " + std::to_string(limits::kMostRuns));
      return std::nullopt;
    }
    return static_cast<std::uint32_t>(*value);
  }
  // At least one text.
  std::vector<std::string> texts(string_view key) {
    std::vector<std::string> out;
    const toml::node* node = required(key, "a list of texts");
    if (node == nullptr) return out;
    const toml::array* items = node->as_array();
    if (items == nullptr || items->empty()) {
      complaints_->add(node->source(), what_ + ": " + std::string(key) + " is no list of texts",
                       "a list with at least one text");
      return out;
    }
    for (const toml::node& item : *items) out.push_back(text_of(item, key));
    return out;
  }
  std::vector<std::string> words(string_view key, std::span<const string_view> list) {
    std::vector<std::string> values = texts(key);
    const toml::array* items = table_->get_as<toml::array>(key);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!values[i].empty()) check_word((*items)[i], key, values[i], list);
    }
    return values;
  }
  std::optional<Table> table(string_view key) {
    const toml::node* node = required(key, "a table");
    if (node == nullptr) return std::nullopt;
    if (!node->is_table()) {
      complaints_->add(node->source(), what_ + ": " + std::string(key) + " is no table",
                       "a table [" + std::string(key) + "]");
      return std::nullopt;
    }
    return Table{*node->as_table(), std::string(key), *complaints_};
  }
  // [[key]], as often as it comes.
  std::vector<Table> tables(string_view key, bool at_least_one) {
    std::vector<Table> out;
    const toml::node* node = at_least_one ? required(key, "tables [[...]]") : get(key);
    if (node == nullptr) return out;
    const toml::array* items = node->as_array();
    if (items == nullptr || (at_least_one && items->empty())) {
      complaints_->add(node->source(), what_ + ": " + std::string(key) + " is no list of tables",
                       "tables [[" + std::string(key) + "]]");
      return out;
    }
    for (const toml::node& item : *items) {
      if (const toml::table* table = item.as_table()) {
        out.emplace_back(*table, std::string(key), *complaints_);
      } else {
        complaints_->add(item.source(), what_ + ": " + std::string(key) + " holds no tables",
                         "tables [[" + std::string(key) + "]]");
      }
    }
    return out;
  }
  // Every {word} of a text must be one that is filled in later.
  void check_placeholders(const std::string& text, string_view key) {
    for (std::size_t open = text.find('{'); open != std::string::npos;
         open = text.find('{', open + 1)) {
      const std::size_t close = text.find('}', open);
      const std::string name = close == std::string::npos ? text.substr(open + 1)
                                                          : text.substr(open + 1, close - open - 1);
      if (close == std::string::npos || !contains(placeholders(), name)) {
        complaints_->misspelt(source_of(key), what_ + ": placeholder", name, placeholders());
      }
    }
  }
  // A text with placeholders.
  std::string sentence(string_view key) {
    std::string value = text(key);
    check_placeholders(value, key);
    return value;
  }
  toml::source_region source_of(string_view key) const {
    const toml::node* node = table_->get(key);
    return node != nullptr ? node->source() : table_->source();
  }
  Complaints& complaints() { return *complaints_; }

  void finish() {
    for (const auto& [key, node] : *table_) {
      if (contains(asked_, key.str())) continue;
      complaints_->misspelt(key.source(), what_ + ": unknown key", key.str(), asked_);
    }
  }

 private:
  const toml::node* get(string_view key) {
    asked_.push_back(key);
    return table_->get(key);
  }
  const toml::node* required(string_view key, const char* expected) {
    const toml::node* node = get(key);
    if (node == nullptr) report_missing(key, expected);
    return node;
  }
  // A missing key is often a misspelt one: then the misspelling is what helps.
  void report_missing(string_view key, const char* expected) {
    const std::vector<string_view> one{key};
    for (const auto& [present, node] : *table_) {
      if (contains(asked_, present.str()) || nearest(one, present.str()).empty()) continue;
      complaints_->add(
          present.source(), what_ + ": unknown key \"" + std::string(present.str()) + "\"",
          "the key \"" + std::string(key) + "\"", "did you mean \"" + std::string(key) + "\"?");
    }
    complaints_->add(table_->source(), what_ + ": the key \"" + std::string(key) + "\" is missing",
                     expected);
  }
  std::string text_of(const toml::node& node, string_view key) {
    std::string value = unwrapped(node.value<std::string>().value_or(""));
    if (!node.is_string() || value.empty()) {
      complaints_->add(node.source(), what_ + ": " + std::string(key) + " holds no text",
                       "a text that is not empty");
    }
    return value;
  }
  void check_word(const toml::node& node, string_view key, const std::string& value,
                  std::span<const string_view> list) {
    if (contains(list, value)) return;
    complaints_->misspelt(node.source(), what_ + ": unknown " + std::string(key), value, list);
  }

  const toml::table* table_;
  std::string what_;
  Complaints* complaints_;
  std::vector<string_view> asked_;  // literals of this file
};

Weight read_weight(Table& table) {
  Weight weight;
  weight.fact = table.word("fact", fact_ids());
  weight.is = table.optional_bool("is", true);
  weight.db = table.decibans("db");
  weight.runs = table.optional_count("runs");
  weight.start_db = table.optional_decibans("start_db");
  if (weight.runs.has_value() != weight.start_db.has_value()) {
    table.complaints().add(table.source_of(weight.runs ? "runs" : "start_db"),
                           "weight: only one of runs and start_db",
                           "both for a fitted weight, neither for one as first set");
  }
  weight.group = table.optional_text("group");
  weight.because = table.sentence("because");
  weight.source = table.text("source");
  table.finish();
  return weight;
}

CatalogueCause read_cause(Table& table) {
  CatalogueCause cause;
  cause.id = table.word("id", cause_ids());
  cause.title = table.sentence("title");
  cause.prior_db = table.decibans("prior_db");
  for (Table& entry : table.tables("weight", false)) {
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

void read_causes(Table& file, Fault& fault) {
  for (Table& table : file.tables("cause", true)) {
    CatalogueCause cause = read_cause(table);
    if (std::ranges::find(fault.causes, cause.id, &CatalogueCause::id) != fault.causes.end()) {
      table.complaints().add(table.source_of("id"), "the cause \"" + cause.id + "\" comes twice",
                             "each cause once");
    }
    fault.causes.push_back(std::move(cause));
  }
}

CatalogueCheck read_check(Table& table, std::span<const string_view> causes) {
  CatalogueCheck check;
  check.command = table.sentence("command");
  check.where = table.sentence("where");
  check.separates = table.words("separates", causes);
  for (Table& answer : table.tables("answer", true)) {
    CatalogueAnswer read;
    read.see = answer.sentence("see");
    read.then = answer.sentence("then");
    answer.finish();
    check.answers.push_back(std::move(read));
  }
  table.finish();
  return check;
}

NotShown read_not_shown(Table& table) {
  NotShown out;
  out.text = table.sentence("text");
  out.unless_fact = table.optional_text("unless_fact");
  if (!out.unless_fact.empty() && !contains(fact_ids(), out.unless_fact)) {
    table.complaints().misspelt(table.source_of("unless_fact"), "not_shown: unknown fact",
                                out.unless_fact, fact_ids());
  }
  table.finish();
  return out;
}

// The parts that speak of the causes.
void read_about_causes(Table& file, Fault& fault) {
  std::vector<string_view> causes;
  causes.reserve(fault.causes.size());
  for (const CatalogueCause& cause : fault.causes) causes.push_back(cause.id);
  for (Table& table : file.tables("inseparable", false)) {
    CataloguePair pair;
    pair.first = table.word("first", causes);
    pair.second = table.word("second", causes);
    pair.because = table.sentence("because");
    table.finish();
    fault.inseparable.push_back(std::move(pair));
  }
  for (Table& table : file.tables("check", true)) fault.checks.push_back(read_check(table, causes));
  for (Table& table : file.tables("not_shown", false)) {
    fault.not_shown.push_back(read_not_shown(table));
  }
}

std::string read_id(Table& file) {
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

Fault read_fault(Table& file) {
  Fault fault;
  fault.id = read_id(file);
  fault.kind = file.word("kind", kind_ids());
  fault.step = file.word("step", step_ids());
  fault.protocol = file.text("protocol");
  fault.severity = file.word("severity", severity_ids());
  fault.title = file.sentence("title");
  fault.meaning = file.sentence("meaning");
  fault.supervisor = file.sentence("supervisor");
  fault.student = file.sentence("student");
  if (auto raised_by = file.table("raised_by")) {
    fault.raised_by_protocol = raised_by->word("protocol", protocol_ids());
    fault.raised_by_symptoms = raised_by->words("symptoms", symptom_ids());
    raised_by->finish();
  }
  fault.sources = file.texts("sources");
  read_causes(file, fault);
  read_about_causes(file, fault);
  file.finish();
  return fault;
}

bool is_ascii(string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::string in_ascii(string_view toml) {
  constexpr string_view byte_order_mark = "\xef\xbb\xbf";
  if (toml.starts_with(byte_order_mark)) toml.remove_prefix(byte_order_mark.size());
  std::string copy(toml);
  std::ranges::replace_if(copy, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return copy;
}

}  // namespace

std::expected<Fault, base::Error> parse_fault(string_view toml, const std::string& file_name) {
  if (toml.size() > limits::kCatalogueFileBytes) {
    return std::unexpected(
        base::Error{file_name, "a file of more than 1 MiB", "a catalogue file of a few pages", {}});
  }
  Complaints complaints(file_name);
  const auto complain = [&](const toml::parse_error& error) {
    complaints.add(error.source(), std::string(error.description()), "TOML 1.0", {});
    return std::unexpected(*complaints.first());
  };
  // toml++ 3.3 runs into undefined behaviour on some letters beyond ASCII outside texts and
  // comments, so the first look is at a copy in which they all are a sign that may not stand there.
  if (!is_ascii(toml)) {
    const toml::parse_result outline = toml::parse(in_ascii(toml), file_name);
    if (!outline) return complain(outline.error());
  }
  const toml::parse_result result = toml::parse(toml, file_name);
  if (!result) return complain(result.error());
  Table file(result.table(), "the file", complaints);
  Fault fault = read_fault(file);
  if (const auto& first = complaints.first()) return std::unexpected(*first);
  return fault;
}

}  // namespace whydown::diagnosis
