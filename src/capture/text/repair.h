// Undoes what pasting does to a line: entities, odd blanks, smart quotes, Markdown and table
// decoration. What is done is noted, so that the report can say what was repaired.
//
//     "> - `13:24:32.1 IP&nbsp;192.0.2.1.53 &gt; ...`  \"   ->   "13:24:32.1 IP 192.0.2.1.53 > ..."
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace whydown::capture::text {

enum class Repair : std::uint8_t {
  entities,    // &gt;
  blanks,      // non-breaking and other odd blanks, zero-width marks
  quotes,      // smart quotes, dashes, arrows
  decoration,  // Markdown, bullets, numbers, table pipes, HTML tags, trailing backslashes
  prose,       // words before the record on its line
  wraps,       // a record over several lines
  split_word,  // a blank inside a name or an address
  comma,       // no comma before "length"
  final_dot,   // no dot after a name asked for
  count_,
};

// What people call it: "HTML entities".
std::string_view repair_words(Repair repair);

class RepairSet {
 public:
  void add(Repair repair) { bits_ = static_cast<std::uint16_t>(bits_ | bit(repair)); }
  bool has(Repair repair) const { return (bits_ & bit(repair)) != 0; }
  void merge(RepairSet other) { bits_ = static_cast<std::uint16_t>(bits_ | other.bits_); }
  bool empty() const { return bits_ == 0; }

 private:
  static unsigned bit(Repair repair) { return 1U << static_cast<unsigned>(repair); }
  std::uint16_t bits_ = 0;
};

// How many records needed each kind.
struct RepairCounts {
  std::array<std::uint64_t, static_cast<std::size_t>(Repair::count_)> records{};
  std::uint64_t total = 0;
  void add(RepairSet set);
  // "HTML entities (6 records), wrapped lines (3 records)"; empty when there were none.
  std::string words() const;
};

struct CleanLine {
  std::string_view text;     // decoration off, blanks single; into the raw line or the buffer
  unsigned quote_marks = 0;  // Markdown '>' taken off the front
  bool indented = false;
  RepairSet repairs;
};

// Of a tcpdump log. `raw` and `buffer` must outlive the result.
CleanLine clean_line(std::string_view raw, std::string& buffer);

// The characters only (entities, blanks, quotes), blanks and pipes kept: for tables. `repairs` gets
// what was done.
std::string_view clean_characters(std::string_view raw, std::string& buffer, RepairSet& repairs);

}  // namespace whydown::capture::text
