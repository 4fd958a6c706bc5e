// Wireshark's and tshark's packet lists: CSV, tabs, pipes, Markdown, columns aligned by blanks, and
// tshark's own lines without a header.
//
//     No.  Time      Source         Destination   Protocol  Length  Info
//     1    0.000000  192.51.100.15  203.0.113.2   DNS       81      Standard query 0x890c A ...
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "capture/text/limits.h"
#include "capture/text/lines.h"
#include "capture/text/records.h"
#include "capture/text/repair.h"
#include "capture/text/time.h"

namespace whydown::capture::text {

enum class Column : std::uint8_t {
  other,
  number,
  time,
  source,
  destination,
  protocol,
  length,
  info,
  count_,
};

enum class Separator : std::uint8_t { none, comma, semicolon, tab, pipe, blanks, tshark };

struct TableShape {
  Separator separator = Separator::none;
  std::array<Column, kMaxColumns> columns{};
  std::size_t count = 0;
  bool has(Column column) const;
};

// The shape, if the line names columns: at least source, destination and protocol or info.
std::optional<TableShape> header_of(std::string_view line);

struct Row {
  std::string words;  // normal form: source \t destination \t protocol \t length \t info
  std::string source;
  std::string destination;
  std::optional<Stamp> stamp;
  std::uint64_t number = 0;  // as the table says; 0 = not said
  std::uint32_t wire_length = 0;
  std::uint32_t line = 0;
  std::uint32_t line_count = 1;
  RepairSet repairs;
};

// Appends a cell without its quotes, blanks single.
void append_cell(std::string& out, std::string_view cell);

enum class RowAnswer : std::uint8_t {
  row,
  damaged,  // begins like one, but is not whole
  no,
};
// `line` is clean of odd characters; blanks, tabs and pipes are as they were.
RowAnswer read_row(const TableShape& shape, std::string_view line, Row& row);

class RowReader {
 public:
  explicit RowReader(Input& input);
  bool next(Row& row);
  const RecordCounts& counts() const { return counts_; }
  const LineReader& lines() const { return lines_; }

 private:
  bool take_line(const Line& line);
  bool join_quoted(std::string_view text, std::uint32_t number);
  RowAnswer try_row(std::string_view text);
  void go_on(std::string_view text, std::uint32_t number);
  bool finish(Row& row);

  LineReader lines_;
  RecordCounts counts_;
  TableShape shape_;
  Row open_;
  Row fresh_;
  bool active_ = false;
  std::string buffer_;
  std::string quoted_;  // a CSV row whose quotes are not closed yet
  std::uint32_t quoted_line_ = 0;
  std::uint32_t quoted_count_ = 0;
};

}  // namespace whydown::capture::text
