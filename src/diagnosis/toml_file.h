// One of our TOML files, read key by key: those of the catalogue and the case files. The first
// thing wrong in it becomes an error that names file and line, what was found and what was meant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#ifndef TOML_EXCEPTIONS
#define TOML_EXCEPTIONS 0
#endif
#include <toml++/toml.h>

#include "base/error.h"

namespace whydown::diagnosis {

// The first thing wrong in a file; what comes later is not looked at by the user anyway.
class TomlComplaints {
 public:
  explicit TomlComplaints(std::string file) : file_(std::move(file)) {}

  void add(const toml::source_region& at, std::string found, std::string expected,
           std::string advice = {});
  void misspelt(const toml::source_region& at, const std::string& what, std::string_view word,
                std::span<const std::string_view> list);
  const std::optional<base::Error>& first() const { return error_; }

 private:
  std::string file_;
  std::optional<base::Error> error_;
};

// A table whose keys are asked for one by one; `finish` complains about those nobody asked for.
// Keys are string literals: they are kept as views.
class TomlTable {
 public:
  TomlTable(const toml::table& table, std::string what, TomlComplaints& complaints)
      : table_(&table), what_(std::move(what)), complaints_(&complaints) {}

  // Lines wrapped in the file become one; an empty line stays a new paragraph.
  std::string text(std::string_view key);
  std::string optional_text(std::string_view key);
  // A text, or a date, a time or both as TOML writes them, as text.
  std::string optional_moment(std::string_view key);
  // A text of a closed list.
  std::string word(std::string_view key, std::span<const std::string_view> list);
  // A number between -most and most.
  double decibans(std::string_view key, double most);
  std::optional<double> optional_decibans(std::string_view key, double most);
  bool optional_bool(std::string_view key, bool otherwise);
  std::optional<std::uint32_t> optional_count(std::string_view key, std::int64_t most);
  // At least one text.
  std::vector<std::string> texts(std::string_view key);
  std::vector<std::string> words(std::string_view key, std::span<const std::string_view> list);
  // Nothing where the key is missing.
  std::vector<std::string> optional_words(std::string_view key,
                                          std::span<const std::string_view> list);
  std::string optional_word(std::string_view key, std::span<const std::string_view> list);
  std::optional<TomlTable> table(std::string_view key);
  // [[key]], as often as it comes.
  std::vector<TomlTable> tables(std::string_view key, bool at_least_one);
  toml::source_region source_of(std::string_view key) const;
  const std::string& what() const { return what_; }
  TomlComplaints& complaints() { return *complaints_; }

  void finish();

 private:
  const toml::node* get(std::string_view key);
  const toml::node* required(std::string_view key, const char* expected);
  // A missing key is often a misspelt one: then the misspelling is what helps.
  void report_missing(std::string_view key, const char* expected);
  std::string text_of(const toml::node& node, std::string_view key);
  void check_word(const toml::node& node, std::string_view key, const std::string& value,
                  std::span<const std::string_view> list);

  const toml::table* table_;
  std::string what_;
  TomlComplaints* complaints_;
  std::vector<std::string_view> asked_;
};

// Parses and hands the file's table to `read`. The error is the syntax error, or the first
// complaint.
std::expected<void, base::Error> read_toml(std::string_view toml, const std::string& file_name,
                                           std::size_t most_bytes,
                                           const std::function<void(TomlTable&)>& read);

}  // namespace whydown::diagnosis
