#include "capture/text/records.h"

#include <algorithm>
#include <array>
#include <utility>

#include "capture/text/limits.h"
#include "capture/text/scan.h"

namespace whydown::capture::text {
namespace {

bool is_fence(std::string_view raw) {
  const std::size_t at = raw.find_first_not_of(" \t>");
  if (at == npos) return false;
  raw.remove_prefix(at);
  return raw.starts_with("```") || raw.starts_with("~~~");
}

bool is_hex_line(std::string_view raw) {
  const std::size_t at = raw.find_first_not_of(" \t>");
  return at != npos && raw.substr(at).starts_with("0x") && raw.find(": ", at) != npos;
}

// Not a time in front, but two addresses: a record whose time is damaged.
bool was_meant_as_record(std::string_view text) {
  return find_arrow(text, 0) != npos &&
         (text.find(" IP ") != npos || text.starts_with("IP ") || text.find(" IP6 ") != npos);
}

// An IP record shows at least who sent to whom.
bool has_addresses(std::string_view words) {
  if (words == "IP" || words == "IP6") return false;
  if (!words.starts_with("IP ") && !words.starts_with("IP6 ")) return !words.empty();
  const std::size_t begin = addresses_begin(words);
  if (begin >= words.size()) return false;
  const std::size_t arrow = find_arrow(words, begin);
  return arrow != npos && arrow > begin && arrow + 3 < words.size();
}

// `tcpdump -v` breaks the line itself behind the header's parentheses.
bool is_header_only(std::string_view words) {
  const std::size_t v4 = words.rfind(" IP (");
  const std::size_t v6 = words.rfind(" IP6 (");
  if (v4 != npos || v6 != npos) {
    words.remove_prefix((v4 == npos ? v6 : v6 == npos ? v4 : std::max(v4, v6)) + 1);
  }
  return words.ends_with(')') && addresses_begin(words) >= words.size();
}

void show(std::vector<ShownLine>& list, std::string_view text, std::uint32_t number) {
  if (list.size() < kShownLines) list.push_back({number, shown(text)});
}

// Of an HTTP message that -v prints line by line: the start line, and the host.
bool is_http_line(std::string_view words, std::string_view line) {
  if (words.find(": HTTP, length: ") == npos) return false;
  const bool has_start = words.find("HTTP/1.") != npos;
  if (!has_start) return line.find("HTTP/1.") != npos;
  return line.starts_with("Host: ") && words.find(" Host: ") == npos;
}

}  // namespace

bool is_rule(std::string_view raw) {
  return raw.find_first_not_of("|-+=: \t_*>") == npos && raw.find_first_of("-=_") != npos;
}

bool says_left_out(std::string_view text) {
  if (text.starts_with("<snip") || text.starts_with("[snip")) return true;
  if (text.starts_with('[') || text.starts_with('(')) text.remove_prefix(1);
  if (!take(text, "...")) return false;
  skip_blanks(text);
  // Not the dots that -A prints for bytes.
  return text.empty() || text[0] == '<' || text[0] == ']' || text[0] == ')' ||
         (is_alpha(text[0]) && text.find(' ') != npos);
}

std::string shown(std::string_view text) {
  if (text.size() <= kShownText) return std::string(text);
  std::size_t end = kShownText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

void Record::swap(Record& other) noexcept {
  words.swap(other.words);
  head.swap(other.head);
  hex.swap(other.hex);
  std::swap(stamp, other.stamp);
  std::swap(repairs, other.repairs);
  std::swap(line, other.line);
  std::swap(line_count, other.line_count);
  std::swap(quote_marks, other.quote_marks);
  std::swap(direction, other.direction);
  std::swap(readable, other.readable);
}

void Record::clear() {
  words.clear();
  hex.clear();
  stamp.reset();
  repairs = {};
  line = line_count = 0;
  quote_marks = 0;
  direction = Direction::unknown;
  readable = true;
}

RecordReader::RecordReader(Input& input) : lines_(input) {}

bool RecordReader::next(Record& record) {
  while (true) {
    if (pending_.empty()) {
      Line line;
      if (!lines_.next(line)) return active_ && finish(record);
      take_line(line);
      continue;
    }
    auto start = start_of(pending_);
    if (start && is_quote_of_open(clean_, *start)) {
      append(pending_, clean_);
      pending_ = {};
      continue;
    }
    if (!start) {
      start = start_within(pending_, 0);
      if (!start) {
        go_on(pending_);
        pending_ = {};
        continue;
      }
      const std::size_t offset = start->offset;
      if (offset > 0) {
        go_on(trimmed(pending_.substr(0, offset)));
        line_is_fresh_ = false;
        pending_.remove_prefix(offset);
        start->body -= offset;
        start->offset = 0;
      }
    }
    // The record before ends here; the line is looked at again on the next call.
    if (active_) {
      if (finish(record)) return true;
      continue;
    }
    begin(*start);
  }
}

ListNumber take_list_number(std::string_view& text) {
  constexpr std::uint64_t most = 9'999'999;
  std::string_view rest = text;
  while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\t' || rest[0] == '>')) {
    rest.remove_prefix(1);
  }
  const bool line = take(rest, "Line ") || take(rest, "line ");
  const char open =
      !line && !rest.empty() && std::string_view("([#").find(rest[0]) != npos ? rest[0] : '\0';
  if (open != '\0') rest.remove_prefix(1);
  const auto value = take_number(rest, most);
  if (!value || rest.empty()) return {};
  const char close = rest[0];
  const bool closed = std::string_view("]).:").find(close) != npos;
  if (closed) rest.remove_prefix(1);
  const bool blank = rest.empty() || rest[0] == ' ' || rest[0] == '\t';
  const bool marked = closed || open == '#' || (line && blank) || close == '\t';
  if (!blank || !marked) return {};
  text = rest;
  return {*value, closed ? close : open != '\0' ? open : '\t'};
}

// A wrapped log that was numbered line by line: the numbers rise by one, so they are none of the
// log's own.
std::string_view RecordReader::without_number(std::string_view raw) {
  std::string_view rest = raw;
  const ListNumber number = take_list_number(rest);
  const bool follows =
      number.style != 0 && number.style == listed_.style && number.value == listed_.value + 1;
  if (number.style != 0 || raw.find_first_not_of(" \t\r") != npos) listed_ = number;
  return follows ? rest : raw;
}

void RecordReader::take_line(const Line& line) {
  number_ = line.number;
  if (is_hex_line(line.text)) {
    if (active_ && open_.hex.add(line.text)) return;
    if (active_) return;
  }
  if (is_fence(line.text) || is_rule(line.text)) return;
  clean_ = clean_line(without_number(line.text), buffer_);
  if (clean_.text.empty() || read_session_line(clean_.text, session_)) return;
  pending_ = clean_.text;
  line_is_fresh_ = true;
}

// The quoted datagram of an ICMP error under -v, or the words under a time that stands alone.
bool RecordReader::is_quote_of_open(const CleanLine& clean, const Start& start) const {
  if (!active_ || start.stamp || !line_is_fresh_) return false;
  if (open_.words.empty()) return true;
  if (!pending_.starts_with("IP (") && !pending_.starts_with("IP6 (")) return false;
  const bool carries = open_.words.find("ICMP") != npos || open_.words.find("GRE") != npos;
  return carries && (clean.indented || timed_) && open_.line_count < kMaxRecordLines;
}

void RecordReader::begin(const Start& start) {
  open_.clear();
  open_.stamp = start.stamp;
  open_.direction = start.direction;
  open_.line = number_;
  open_.line_count = 1;
  open_.quote_marks = clean_.quote_marks;
  open_.repairs = clean_.repairs;
  if (start.offset > 0) open_.repairs.add(Repair::decoration);
  if (!line_is_fresh_) open_.repairs.add(Repair::prose);
  line_is_fresh_ = false;
  timed_ = timed_ || start.stamp.has_value();
  open_.head.assign(pending_.substr(start.offset, kShownText + 1));
  const auto following = start_within(pending_, start.body + 1);
  const std::size_t end = following ? following->offset : pending_.size();
  if (!start.readable) {
    ++counts_.unread_lines;
    show(counts_.unread, pending_.substr(0, end), number_);
    pending_.remove_prefix(end);
    return;
  }
  open_.words.assign(trimmed(pending_.substr(start.body, end - start.body)));
  active_ = true;
  pending_.remove_prefix(end);
}

void RecordReader::append(std::string_view part, const CleanLine& clean) {
  if (open_.words.size() + part.size() + 3 > kMaxRecordBytes) return;
  ++open_.line_count;
  open_.repairs.merge(clean.repairs);
  if (part.starts_with("IP") && !open_.words.empty()) {
    open_.words += ' ';
    open_.words += part;
    return;
  }
  if (!open_.words.empty() && !is_header_only(open_.words)) open_.repairs.add(Repair::wraps);
  const bool eaten = clean.quote_marks > open_.quote_marks && open_.words.find(" > ") == npos;
  if (eaten) {
    open_.words += " > ";
    open_.words += part;
  } else {
    join(open_.words, part);
  }
}

namespace {

// What -v says of a DHCP message, one field or option to a line: those that are read.
bool is_dhcp_field(std::string_view text) {
  constexpr std::array<std::string_view, 9> kFields{
      "Client-IP ",    "Your-IP ",   "Gateway-IP ",   "Client-Ethernet-Address ",
      "DHCP-Message ", "Server-ID ", "Requested-IP ", "Lease-Time ",
      "MSG "};
  return std::ranges::any_of(kFields,
                             [&](std::string_view field) { return text.starts_with(field); });
}

}  // namespace

// A piece of text at which no record begins: more of the open one, or not part of any.
void RecordReader::go_on(std::string_view text) {
  if (text.empty()) return;
  const bool is_dhcp =
      active_ && clean_.indented && line_is_fresh_ && open_.words.find("BOOTP/DHCP, ") != npos;
  if (is_dhcp && is_dhcp_field(text)) {
    if (open_.words.size() + text.size() + 1 > kMaxRecordBytes) return;
    open_.words.append(" ").append(text);
    return;
  }
  if (active_ && open_.line_count < kMaxRecordLines && line_is_fresh_) {
    const Whole state = whole(open_.words);
    if (state != Whole::yes || text.starts_with("IP")) {
      if (continues(open_.words, state, text)) {
        append(text, clean_);
        return;
      }
    }
    if (state != Whole::no && clean_.indented) {  // more that -v says
      if (is_http_line(open_.words, text)) {
        open_.words += ' ';
        open_.words += text;
      }
      return;
    }
  }
  if (says_left_out(text)) {
    ++counts_.left_out;
    show(counts_.fillers, text, number_);
  } else if (was_meant_as_record(text)) {
    ++counts_.unread_lines;
    show(counts_.unread, text, number_);
  } else if (line_is_fresh_) {
    ++counts_.prose_lines;
  }
}

bool RecordReader::finish(Record& record) {
  active_ = false;
  fix_words(open_.words, open_.repairs);
  if (!has_addresses(open_.words)) {
    // A time at the end of a sentence is no record that went wrong.
    if (open_.words.empty() && open_.repairs.has(Repair::prose)) {
      ++counts_.prose_lines;
      return false;
    }
    ++counts_.unread_lines;
    show(counts_.unread, open_.head, open_.line);
    return false;
  }
  counts_.repairs.add(open_.repairs);
  record.swap(open_);
  return true;
}

}  // namespace whydown::capture::text
