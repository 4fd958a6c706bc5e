// Puts a tcpdump log's records together from its lines: wrapped, indented, quoted, with prose
// between them.
//
// A record begins where a time (or, of `tcpdump -t`, an unmistakable head) stands, and goes on over
// the next lines as long as it is not whole and they look like more of it. Everything else is
// prose, or was meant to be a record and could not be read; both are counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "capture/text/hexdump.h"
#include "capture/text/lines.h"
#include "capture/text/repair.h"
#include "capture/text/session.h"
#include "capture/text/shape.h"
#include "capture/text/time.h"

namespace whydown::capture::text {

struct Record {
  std::string words;  // normal form
  std::string head;   // of its first line, to be shown if it cannot be read
  HexDump hex;
  std::optional<Stamp> stamp;
  RepairSet repairs;
  std::uint32_t line = 0;
  std::uint32_t line_count = 0;
  unsigned quote_marks = 0;
  Direction direction = Direction::unknown;
  bool readable = true;

  void swap(Record& other) noexcept;
  void clear();
};

// A line to be shown to the user.
struct ShownLine {
  std::uint32_t number = 0;
  std::string text;  // cut
};

struct RecordCounts {
  std::uint64_t prose_lines = 0;
  std::uint64_t unread_lines = 0;
  std::vector<ShownLine> unread;   // the first few
  std::uint64_t left_out = 0;      // lines such as "...<a lot of traffic>..."
  std::vector<ShownLine> fillers;  // the first few
  RepairCounts repairs;
};

// "7. ", "7) ", "[7] ", "#7 ", "Line 7: ", or "7" and a tab in front of a line.
struct ListNumber {
  std::uint64_t value = 0;
  char style = 0;  // 0: the line has none
};
// Takes it off the front.
ListNumber take_list_number(std::string_view& text);

class RecordReader {
 public:
  explicit RecordReader(Input& input);
  // The next readable record, finished; false at the end.
  bool next(Record& record);
  const RecordCounts& counts() const { return counts_; }
  const Session& session() const { return session_; }
  const LineReader& lines() const { return lines_; }

 private:
  void take_line(const Line& line);
  std::string_view without_number(std::string_view raw);
  bool is_quote_of_open(const CleanLine& clean, const Start& start) const;
  void begin(const Start& start);
  void append(std::string_view part, const CleanLine& clean);
  void go_on(std::string_view text);
  bool finish(Record& record);

  LineReader lines_;
  Session session_;
  RecordCounts counts_;
  Record open_;
  bool active_ = false;
  bool timed_ = false;  // some record had a time
  std::string buffer_;
  CleanLine clean_;            // the current line,
  std::string_view pending_;   // what is left of it,
  bool line_is_fresh_ = true;  // and whether that is all of it
  std::uint32_t number_ = 0;
  ListNumber listed_;  // of the line before
};

// A line of a table or a heading that holds no words: |---|:--:|, =====, +----+.
bool is_rule(std::string_view raw);

// "...<a lot of traffic on the port 80>...", "[...]", "<snip>": the text says that it leaves out.
bool says_left_out(std::string_view text);

// The first kShownText characters, cut between characters.
std::string shown(std::string_view text);

}  // namespace whydown::capture::text
