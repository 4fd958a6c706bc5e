#include "diagnosis/toml_file.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "diagnosis/vocabulary.h"

namespace whydown::diagnosis {

namespace {

using std::string_view;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

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

void TomlComplaints::add(const toml::source_region& at, std::string found, std::string expected,
                         std::string advice) {
  const auto line = at.begin.line;
  if (error_) return;
  error_ = base::Error{line > 0 ? file_ + ":" + std::to_string(line) : file_, std::move(found),
                       std::move(expected), std::move(advice)};
}

void TomlComplaints::misspelt(const toml::source_region& at, const std::string& what,
                              string_view word, std::span<const string_view> list) {
  const string_view near = nearest(list, word);
  std::string expected = "one of";
  for (const string_view id : list) expected.append(" ").append(id);
  add(at, what + " \"" + std::string(word) + "\"", std::move(expected),
      near.empty() ? std::string{} : "did you mean \"" + std::string(near) + "\"?");
}

std::string TomlTable::text(string_view key) {
  const toml::node* node = required(key, "a text");
  if (node == nullptr) return {};
  return text_of(*node, key);
}

std::string TomlTable::optional_text(string_view key) {
  const toml::node* node = get(key);
  return node == nullptr ? std::string{} : text_of(*node, key);
}

std::string TomlTable::optional_moment(string_view key) {
  const toml::node* node = get(key);
  if (node == nullptr) return {};
  std::ostringstream out;
  if (const auto* date = node->as_date()) {
    out << date->get();
  } else if (const auto* time = node->as_time()) {
    out << time->get();
  } else if (const auto* both = node->as_date_time()) {
    out << both->get();
  } else {
    return text_of(*node, key);
  }
  return out.str();
}

std::string TomlTable::word(string_view key, std::span<const string_view> list) {
  std::string value = text(key);
  if (!value.empty()) check_word(*table_->get(key), key, value, list);
  return value;
}

double TomlTable::decibans(string_view key, double most) {
  const toml::node* node = required(key, "a number of decibans");
  if (node == nullptr) return 0;
  const auto value = node->value<double>();
  if (!node->is_number() || !value || !(std::abs(*value) <= most)) {
    complaints_->add(node->source(), what_ + ": " + std::string(key) + " is no usable number",
                     fmt::format("decibans between -{} and {}", most, most));
    return 0;
  }
  return *value;
}

std::optional<double> TomlTable::optional_decibans(string_view key, double most) {
  if (get(key) == nullptr) return std::nullopt;
  return decibans(key, most);
}

bool TomlTable::optional_bool(string_view key, bool otherwise) {
  const toml::node* node = get(key);
  if (node == nullptr) return otherwise;
  if (!node->is_boolean()) {
    complaints_->add(node->source(), what_ + ": " + std::string(key) + " is no truth value",
                     "true or false");
  }
  return node->value<bool>().value_or(otherwise);
}

std::optional<std::uint32_t> TomlTable::optional_count(string_view key, std::int64_t most) {
  const toml::node* node = get(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->value<std::int64_t>();
  if (!node->is_integer() || !value || *value < 1 || *value > most) {
    complaints_->add(node->source(), what_ + ": " + std::string(key) + " is no usable count",
                     "a whole number between 1 and " + std::to_string(most));
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(*value);
}

std::vector<std::string> TomlTable::texts(string_view key) {
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

std::vector<std::string> TomlTable::words(string_view key, std::span<const string_view> list) {
  std::vector<std::string> values = texts(key);
  const toml::array* items = table_->get_as<toml::array>(key);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].empty()) check_word((*items)[i], key, values[i], list);
  }
  return values;
}

std::vector<std::string> TomlTable::optional_words(string_view key,
                                                   std::span<const string_view> list) {
  return get(key) == nullptr ? std::vector<std::string>{} : words(key, list);
}

std::string TomlTable::optional_word(string_view key, std::span<const string_view> list) {
  return get(key) == nullptr ? std::string{} : word(key, list);
}

std::optional<TomlTable> TomlTable::table(string_view key) {
  const toml::node* node = required(key, "a table");
  if (node == nullptr) return std::nullopt;
  if (!node->is_table()) {
    complaints_->add(node->source(), what_ + ": " + std::string(key) + " is no table",
                     "a table [" + std::string(key) + "]");
    return std::nullopt;
  }
  return TomlTable{*node->as_table(), std::string(key), *complaints_};
}

std::vector<TomlTable> TomlTable::tables(string_view key, bool at_least_one) {
  std::vector<TomlTable> out;
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

toml::source_region TomlTable::source_of(string_view key) const {
  const toml::node* node = table_->get(key);
  return node != nullptr ? node->source() : table_->source();
}

void TomlTable::finish() {
  for (const auto& [key, node] : *table_) {
    if (contains(asked_, key.str())) continue;
    complaints_->misspelt(key.source(), what_ + ": unknown key", key.str(), asked_);
  }
}

const toml::node* TomlTable::get(string_view key) {
  asked_.push_back(key);
  return table_->get(key);
}

const toml::node* TomlTable::required(string_view key, const char* expected) {
  const toml::node* node = get(key);
  if (node == nullptr) report_missing(key, expected);
  return node;
}

void TomlTable::report_missing(string_view key, const char* expected) {
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

std::string TomlTable::text_of(const toml::node& node, string_view key) {
  std::string value = unwrapped(node.value<std::string>().value_or(""));
  if (!node.is_string() || value.empty()) {
    complaints_->add(node.source(), what_ + ": " + std::string(key) + " holds no text",
                     "a text that is not empty");
  }
  return value;
}

void TomlTable::check_word(const toml::node& node, string_view key, const std::string& value,
                           std::span<const string_view> list) {
  if (contains(list, value)) return;
  complaints_->misspelt(node.source(), what_ + ": unknown " + std::string(key), value, list);
}

std::expected<void, base::Error> read_toml(string_view toml, const std::string& file_name,
                                           std::size_t most_bytes,
                                           const std::function<void(TomlTable&)>& read) {
  if (toml.size() > most_bytes) {
    return std::unexpected(base::Error{file_name,
                                       fmt::format("a file of more than {} KiB", most_bytes / 1024),
                                       "a file of a few pages",
                                       {}});
  }
  TomlComplaints complaints(file_name);
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
  TomlTable file(result.table(), "the file", complaints);
  read(file);
  if (const auto& first = complaints.first()) return std::unexpected(*first);
  return {};
}

}  // namespace whydown::diagnosis
