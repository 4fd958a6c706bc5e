// RowReader; the second half of table.h.
#include <algorithm>
#include <utility>

#include "base/address.h"
#include "capture/text/scan.h"
#include "capture/text/shape.h"
#include "capture/text/table.h"

namespace whydown::capture::text {
namespace {

constexpr TableShape shape_of(Separator separator) {
  TableShape shape;
  shape.separator = separator;
  for (const Column column : {Column::number, Column::time, Column::source, Column::destination,
                              Column::protocol, Column::length, Column::info}) {
    shape.columns[shape.count++] = column;
  }
  return shape;
}
constexpr TableShape kTshark = shape_of(Separator::tshark);
constexpr TableShape kTabs = shape_of(Separator::tab);
// `tshark -T fields -E separator=,` without its header.
constexpr TableShape kCommas = shape_of(Separator::comma);
constexpr TableShape kSemicolons = shape_of(Separator::semicolon);
constexpr TableShape kPipes = shape_of(Separator::pipe);
constexpr TableShape kBlanks = shape_of(Separator::blanks);
// `tshark -T tabs` keeps the arrow as a column.
constexpr TableShape kArrowTabs = [] {
  TableShape shape = kTabs;
  for (std::size_t i = shape.count++; i > 3; --i) shape.columns[i] = shape.columns[i - 1];
  shape.columns[3] = Column::other;
  return shape;
}();

bool has_open_quote(std::string_view text) {
  return std::count(text.begin(), text.end(), '"') % 2 != 0;
}

bool is_unmistakable(const Row& row) {
  const auto is_address = [](const std::string& text) {
    return base::IpAddress::parse(text) || base::MacAddress::parse(text);
  };
  const bool is_cast = is_address(row.destination) || row.destination == "Broadcast";
  return row.number > 0 && row.wire_length > 0 && is_address(row.source) && is_cast;
}

// Whether Info could go on over the next line.
bool is_unfinished(std::string_view words, std::string_view part) {
  if (part.find('=') != npos) return true;
  const auto count = [&](char c) { return std::count(words.begin(), words.end(), c); };
  return words.ends_with('\t') || words.ends_with('=') || count('[') > count(']') ||
         count('(') > count(')');
}

}  // namespace

RowReader::RowReader(Input& input) : lines_(input) {}

bool RowReader::next(Row& row) {
  Line line;
  while (lines_.next(line)) {
    if (!take_line(line)) continue;
    // fresh_ holds a new row; the one before is now whole.
    std::swap(open_, fresh_);
    if (std::exchange(active_, true)) {
      std::swap(row, fresh_);
      counts_.repairs.add(row.repairs);
      return true;
    }
  }
  return std::exchange(active_, false) && finish(row);
}

bool RowReader::finish(Row& row) {
  counts_.repairs.add(open_.repairs);
  std::swap(row, open_);
  return true;
}

// True when a row was read into fresh_.
bool RowReader::take_line(const Line& line) {
  RepairSet repairs;
  std::string_view text = clean_characters(line.text, buffer_, repairs);
  while (text.starts_with('>')) {
    text.remove_prefix(1);
    skip_blanks(text);
  }
  if (trimmed(text).empty() || is_rule(text) || text.starts_with("```")) return false;
  if (join_quoted(text, line.number)) return false;
  std::uint32_t number = line.number;
  std::uint32_t count = 1;
  if (!quoted_.empty()) {
    number = quoted_line_;
    count = quoted_count_;
    text = quoted_;
    repairs.add(Repair::wraps);
  }
  if (const auto shape = header_of(text)) {
    shape_ = *shape;
    quoted_.clear();
    return false;
  }
  const RowAnswer answer = try_row(text);
  if (answer == RowAnswer::row) {
    fresh_.line = number;
    fresh_.line_count = count;
    fresh_.repairs.merge(repairs);
  } else if (answer == RowAnswer::damaged) {
    ++counts_.unread_lines;
    if (counts_.unread.size() < kShownLines)
      counts_.unread.push_back({number, shown(trimmed(text))});
  } else {
    go_on(trimmed(text), number);
  }
  quoted_.clear();
  return answer == RowAnswer::row;
}

// Keeps a CSV line whose quotes are not closed, for the next one to close them.
bool RowReader::join_quoted(std::string_view text, std::uint32_t number) {
  if (shape_.separator != Separator::comma && shape_.separator != Separator::semicolon)
    return false;
  if (quoted_.empty()) {
    if (!has_open_quote(text)) return false;
    quoted_line_ = number;
    quoted_count_ = 1;
    quoted_.assign(text);
    return true;
  }
  ++quoted_count_;
  quoted_ += ' ';
  quoted_ += text;
  return has_open_quote(quoted_) && quoted_count_ < kMaxRecordLines &&
         quoted_.size() < kMaxRecordBytes;
}

RowAnswer RowReader::try_row(std::string_view text) {
  if (shape_.separator != Separator::none) return read_row(shape_, text, fresh_);
  if (text.find(" -> ") != npos && text.find('\t') == npos) {
    if (read_row(kTshark, text, fresh_) == RowAnswer::row) {
      shape_ = kTshark;
      return RowAnswer::row;
    }
  }
  if (text.find('\t') != npos) {
    for (const TableShape* shape : {&kArrowTabs, &kTabs}) {
      if (read_row(*shape, text, fresh_) == RowAnswer::row && fresh_.wire_length > 0) {
        shape_ = *shape;
        return RowAnswer::row;
      }
    }
    return RowAnswer::no;
  }
  // Without a heading only a line that begins with a number, a time and two addresses is a row.
  const std::size_t first = text.find_first_not_of(" |\"`");
  if (first == npos || !is_digit(text[first])) return RowAnswer::no;
  for (const TableShape* shape : {&kCommas, &kSemicolons, &kPipes, &kBlanks}) {
    if (read_row(*shape, text, fresh_) != RowAnswer::row || !is_unmistakable(fresh_)) continue;
    shape_ = *shape;
    return RowAnswer::row;
  }
  return RowAnswer::no;
}

void RowReader::go_on(std::string_view text, std::uint32_t number) {
  if (says_left_out(text)) {
    ++counts_.left_out;
    if (counts_.fillers.size() < kShownLines) counts_.fillers.push_back({number, shown(text)});
    return;
  }
  const bool wraps =
      active_ && shape_.separator != Separator::comma && open_.line_count < kMaxRecordLines &&
      number == open_.line + open_.line_count && !looks_like_prose(text) &&
      is_unfinished(open_.words, text) && open_.words.size() + text.size() < kMaxRecordBytes;
  if (!wraps) {
    ++counts_.prose_lines;
    return;
  }
  if (!open_.words.ends_with('\t')) open_.words += ' ';
  append_cell(open_.words, text);
  ++open_.line_count;
  open_.repairs.add(Repair::wraps);
}

}  // namespace whydown::capture::text
