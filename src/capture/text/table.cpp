#include "capture/text/table.h"

#include <algorithm>
#include <utility>

#include "base/address.h"
#include "capture/text/scan.h"
#include "capture/text/shape.h"

namespace whydown::capture::text {
namespace {

struct ColumnName {
  std::string_view name;
  Column column;
};
constexpr ColumnName kNames[] = {
    {"no.", Column::number},           {"no", Column::number},
    {"number", Column::number},        {"#", Column::number},
    {"frame", Column::number},         {"frame.number", Column::number},
    {"packet", Column::number},        {"ip.src", Column::source},
    {"ipv6.src", Column::source},      {"src", Column::source},
    {"eth.src", Column::other},        {"ip.dst", Column::destination},
    {"ipv6.dst", Column::destination}, {"dst", Column::destination},
    {"dest", Column::destination},     {"protocol", Column::protocol},
    {"proto", Column::protocol},       {"_ws.col.protocol", Column::protocol},
    {"length", Column::length},        {"len", Column::length},
    {"frame.len", Column::length},     {"info", Column::info},
    {"_ws.col.info", Column::info},    {"information", Column::info},
};

std::string_view unquoted(std::string_view cell) {
  cell = trimmed(cell);
  while (!cell.empty() && (cell[0] == '"' || cell[0] == '*' || cell[0] == '`'))
    cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == '"' || cell.back() == '*' || cell.back() == '`')) {
    cell.remove_suffix(1);
  }
  return trimmed(cell);
}

Column column_of(std::string_view cell) {
  cell = unquoted(cell);
  for (const ColumnName& entry : kNames) {
    if (equal_ignoring_case(cell, entry.name)) return entry.column;
  }
  // "Time (in seconds & milliseconds)", "Source (x = redacted)", "frame.time_relative".
  const auto begins = [&](std::string_view word) {
    return starts_ignoring_case(cell, word) &&
           (cell.size() == word.size() || !is_alpha(cell[word.size()]));
  };
  if (cell.find("ort") != npos || cell.find("elta") != npos) return Column::other;
  if (begins("time") || begins("frame.time") || cell == "_ws.col.Time") return Column::time;
  if (begins("source") || cell == "_ws.col.Source" || cell == "_ws.col.def_src")
    return Column::source;
  if (begins("destination") || cell == "_ws.col.Destination" || cell == "_ws.col.def_dst") {
    return Column::destination;
  }
  return Column::other;
}

// The cells of a line; the last one takes the rest when the table is full.
class Cells {
 public:
  Cells(Separator separator, std::size_t count, std::string_view line) {
    if (separator == Separator::blanks) {
      split_blanks(line);
    } else {
      split(line, character(separator), count);
    }
  }
  std::size_t size() const { return size_; }
  std::string_view operator[](std::size_t i) const { return cells_[i]; }

 private:
  static char character(Separator separator) {
    switch (separator) {
      case Separator::comma:
        return ',';
      case Separator::semicolon:
        return ';';
      case Separator::pipe:
        return '|';
      default:
        return '\t';
    }
  }
  void add(std::string_view cell) {
    if (size_ < kMaxColumns) cells_[size_++] = cell;
  }
  void split(std::string_view line, char separator, std::size_t count) {
    if (separator == '|') {
      line = trimmed(line);
      (void)take(line, "|");
      if (line.ends_with('|')) line.remove_suffix(1);
    }
    while (true) {
      std::size_t end = npos;
      if (line.starts_with('"') && separator != '|') {
        // A doubled quote is one; the cell keeps both, its reader does not mind.
        end = line.find('"', 1);
        while (end != npos && end + 1 < line.size() && line[end + 1] == '"') {
          end = line.find('"', end + 2);
        }
        if (end != npos) end = line.find(separator, end);
      } else if (count == 0 || size_ + 1 < count) {
        end = line.find(separator);
      }
      add(line.substr(0, end));
      if (end == npos || size_ == kMaxColumns) return;
      line.remove_prefix(end + 1);
    }
  }
  void split_blanks(std::string_view line) {
    line = trimmed(line);
    while (!line.empty()) {
      const std::size_t end = line.find("  ");
      add(line.substr(0, end));
      if (end == npos) return;
      line.remove_prefix(end);
      skip_blanks(line);
    }
  }

  std::array<std::string_view, kMaxColumns> cells_;
  std::size_t size_ = 0;
};

bool is_sufficient(const TableShape& shape) {
  return shape.has(Column::source) && shape.has(Column::destination) &&
         (shape.has(Column::info) || shape.has(Column::protocol));
}

void add_column(TableShape& shape, Column column) {
  if (shape.count < kMaxColumns) shape.columns[shape.count++] = column;
}

// "Protocol Length Info" stand one blank apart where the others are wider.
void add_blank_columns(TableShape& shape, std::string_view cell) {
  const Column whole_cell = column_of(cell);
  if (whole_cell != Column::other || cell.find(' ') == npos) {
    add_column(shape, whole_cell);
    return;
  }
  while (!cell.empty()) {
    const std::string_view word = take_token(cell);
    if (!word.empty()) add_column(shape, column_of(word));
  }
}

// Blanks also stand between the words of prose, which may speak of source and destination.
bool is_blank_header(const TableShape& shape) {
  constexpr std::size_t least = 4;
  const auto* const end = shape.columns.begin() + shape.count;
  const auto others =
      static_cast<std::size_t>(std::count(shape.columns.begin(), end, Column::other));
  return shape.count - others >= least && others * 2 < shape.count;
}

// An address cell: blanks inside taken out where that makes it an address, and of several values
// (an ICMP error and the datagram in it) the first.
void read_address_cell(std::string_view cell, std::string& address, RepairSet& repairs) {
  cell = unquoted(cell);
  if (const std::size_t comma = cell.find(','); comma != npos) cell = cell.substr(0, comma);
  address.assign(cell);
  if (cell.find(' ') == npos) return;
  std::erase(address, ' ');
  if (base::IpAddress::parse(address) || base::MacAddress::parse(address)) {
    repairs.add(Repair::split_word);
  } else {
    address.assign(cell);
  }
}

// What a row is read into first.
struct Parts {
  std::array<std::string_view, static_cast<std::size_t>(Column::count_)> cells;
  std::string_view& operator[](Column column) { return cells[static_cast<std::size_t>(column)]; }
};

bool is_plausible_address(std::string_view text) {
  if (text.empty() || text.size() > 80 || text.find('\t') != npos) return false;
  if (digits_and_dots(text)) return base::IpAddress::parse(text).has_value();
  return std::count(text.begin(), text.end(), ' ') <= 1 && !is_rule(text);
}

// Cooked captures show no receiver of an ARP packet.
bool is_for_nobody(Parts& parts, const Row& row) {
  return row.destination.empty() && unquoted(parts[Column::protocol]) == "ARP";
}

// "ARP 44 Who has": what stands where the address should is the protocol, as a length follows it.
bool lacks_address(std::string_view line) {
  (void)take_token(line);
  skip_blanks(line);
  return all_digits(take_token(line));
}

RowAnswer build(Parts& parts, const TableShape& shape, Row& row) {
  const std::string_view number = unquoted(parts[Column::number]);
  const auto stamp = parse_time_cell(unquoted(parts[Column::time]));
  const bool numbered = !number.empty() && number.size() < 10 && all_digits(number);
  // A row shows its number or its time; where the table has neither, its addresses must do.
  const bool begun = shape.has(Column::number) ? numbered : !shape.has(Column::time) || stamp;
  if (!begun) return RowAnswer::no;
  const bool has_receiver = is_plausible_address(row.destination) || is_for_nobody(parts, row);
  if (!is_plausible_address(row.source) || !has_receiver || (shape.has(Column::time) && !stamp) ||
      (parts[Column::info].empty() && parts[Column::protocol].empty())) {
    return numbered || stamp ? RowAnswer::damaged : RowAnswer::no;
  }
  row.number = 0;
  std::string_view digits = number;
  if (numbered) row.number = take_number(digits).value_or(0);
  row.stamp = stamp;
  std::string_view length = unquoted(parts[Column::length]);
  const std::string_view shown_length = length;
  row.wire_length = static_cast<std::uint32_t>(take_number(length, 0xffffff).value_or(0));
  row.words.assign(row.source);
  row.words += '\t';
  row.words += row.destination;
  row.words += '\t';
  append_cell(row.words, parts[Column::protocol]);
  row.words += '\t';
  if (row.wire_length > 0 && length.empty()) row.words += shown_length;
  row.words += '\t';
  append_cell(row.words, parts[Column::info]);
  return row.words.size() <= kMaxRecordBytes ? RowAnswer::row : RowAnswer::damaged;
}

// Blank-separated words, column by column; for rows whose cells do not stand two blanks apart.
std::string_view take_address_words(std::string_view& line, std::string& address,
                                    RepairSet& repairs) {
  skip_blanks(line);
  address.assign(take_token(line));
  for (int pieces = 0; pieces < 3 && digits_and_dots(address) && !base::IpAddress::parse(address);
       ++pieces) {
    skip_blanks(line);
    std::string_view rest = line;
    const std::string_view next = take_token(rest);
    if (!digits_and_dots(next)) break;
    address += next;
    line = rest;
    repairs.add(Repair::split_word);
  }
  return line;
}

std::string_view take_time_words(std::string_view& line) {
  skip_blanks(line);
  // "2026-01-02 13:24:32.19" and "1:24:32 PM" are two words.
  if (const auto stamp = parse_stamp(line)) {
    const std::string_view text = line.substr(0, stamp->length);
    line.remove_prefix(stamp->length);
    return text;
  }
  return take_token(line);
}

RowAnswer read_words(const TableShape& shape, std::string_view line, Row& row) {
  Parts parts;
  for (std::size_t i = 0; i < shape.count; ++i) {
    const Column column = shape.columns[i];
    skip_blanks(line);
    if (column == Column::destination && shape.separator == Separator::tshark &&
        lacks_address(line)) {
      row.destination.clear();
    } else if (column == Column::source || column == Column::destination) {
      (void)take_address_words(line, column == Column::source ? row.source : row.destination,
                               row.repairs);
      skip_blanks(line);
      if (shape.separator == Separator::tshark && column == Column::source && !take(line, "-> ")) {
        return RowAnswer::no;
      }
    } else if (column == Column::time) {
      parts[column] = take_time_words(line);
    } else if (column == Column::info && i + 1 == shape.count) {
      parts[column] = line;
    } else {
      parts[column] = take_token(line);
    }
  }
  return build(parts, shape, row);
}

RowAnswer read_cells(const TableShape& shape, const Cells& cells, Row& row) {
  Parts parts;
  row.source.clear();
  row.destination.clear();
  for (std::size_t i = 0; i < std::min(shape.count, cells.size()); ++i) {
    const Column column = shape.columns[i];
    if (unquoted(cells[i]).empty()) continue;
    if (column == Column::source) {
      if (row.source.empty()) read_address_cell(cells[i], row.source, row.repairs);
    } else if (column == Column::destination) {
      if (row.destination.empty()) read_address_cell(cells[i], row.destination, row.repairs);
    } else {
      parts[column] = cells[i];
    }
  }
  return build(parts, shape, row);
}

}  // namespace

void append_cell(std::string& out, std::string_view cell) {
  cell = unquoted(cell);
  char last = ' ';
  for (const char c : cell) {
    const char shown = c == '\t' ? ' ' : c;
    if (shown == ' ' && last == ' ') continue;
    out.push_back(shown);
    last = shown;
  }
}

bool TableShape::has(Column column) const {
  return std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(count), column) !=
         columns.begin() + static_cast<std::ptrdiff_t>(count);
}

std::optional<TableShape> header_of(std::string_view line) {
  // Cheap: every header names its source column.
  if (line.find("ource") == npos && line.find("src") == npos && line.find("SOURCE") == npos) {
    return std::nullopt;
  }
  struct Try {
    Separator separator;
    char character;
  };
  static constexpr Try kTries[] = {{Separator::tab, '\t'},
                                   {Separator::pipe, '|'},
                                   {Separator::comma, ','},
                                   {Separator::semicolon, ';'},
                                   {Separator::blanks, ' '}};
  for (const Try& attempt : kTries) {
    if (line.find(attempt.character) == npos) continue;
    TableShape shape;
    shape.separator = attempt.separator;
    const Cells cells(attempt.separator, 0, line);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (attempt.separator == Separator::blanks) {
        add_blank_columns(shape, cells[i]);
      } else {
        add_column(shape, column_of(cells[i]));
      }
    }
    if (attempt.separator == Separator::blanks && !is_blank_header(shape)) return std::nullopt;
    if (is_sufficient(shape)) return shape;
    if (attempt.separator == Separator::tab || attempt.separator == Separator::pipe) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

RowAnswer read_row(const TableShape& shape, std::string_view line, Row& row) {
  row.repairs = {};
  if (shape.separator == Separator::tshark) return read_words(shape, line, row);
  const bool open_ended = shape.count > 0 && shape.columns[shape.count - 1] == Column::info;
  const Cells cells(shape.separator, open_ended ? shape.count : 0, line);
  if (shape.separator != Separator::blanks) return read_cells(shape, cells, row);
  if (cells.size() == shape.count && read_cells(shape, cells, row) == RowAnswer::row) {
    return RowAnswer::row;
  }
  row.repairs = {};
  return read_words(shape, line, row);
}

}  // namespace whydown::capture::text
