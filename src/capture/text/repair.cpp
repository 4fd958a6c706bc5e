#include "capture/text/repair.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "capture/text/lines.h"
#include "capture/text/markup.h"
#include "capture/text/scan.h"
#include "capture/text/time.h"

namespace whydown::capture::text {
namespace {

// Bytes that a line of plain tcpdump output does not hold.
constexpr auto kOdd = [] {
  std::array<bool, 256> odd{};
  for (std::size_t c = 0; c < 256; ++c)
    odd[c] = c < 0x20 || c >= 0x7f || c == '&' || c == '<' || c == '\\';
  return odd;
}();

struct Named {
  std::string_view name;
  char32_t code;
};
constexpr Named kEntities[] = {
    {"gt;", '>'},        {"lt;", '<'},       {"nbsp;", 0xa0},    {"quot;", '"'},
    {"apos;", '\''},     {"ensp;", 0x2002},  {"emsp;", 0x2003},  {"rarr;", 0x2192},
    {"hellip;", 0x2026}, {"ldquo;", 0x201c}, {"rdquo;", 0x201d}, {"lsquo;", 0x2018},
    {"rsquo;", 0x2019},  {"ndash;", 0x2013}, {"bull;", 0x2022},
};
// An entity after its '&'; takes it.
std::optional<char32_t> take_entity(std::string_view& text) {
  std::optional<char32_t> code;
  while (take(text, "amp;")) code = U'&';  // "&amp;gt;" was escaped twice
  for (const Named& entity : kEntities) {
    if (take(text, entity.name)) return entity.code;
  }
  std::string_view rest = text;
  if (!take(rest, "#")) return code;
  const bool hex = take(rest, "x") || take(rest, "X");
  const auto number = hex ? take_hex(rest) : take_number(rest, 0x10ffff);
  if (!number || *number > 0x10ffff || !take(rest, ";")) return code;
  text = rest;
  return static_cast<char32_t>(*number);
}

// One character of UTF-8; bytes that are none are read as Windows-1252 would show them.
char32_t take_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  const std::size_t length = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  char32_t code = first;
  bool good = length > 1 && first < 0xf5 && length <= text.size();
  if (good) {
    code = first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      good = good && (byte(i) & 0xc0U) == 0x80;
      code = code << 6U | (byte(i) & 0x3fU);
    }
  }
  if (good || first < 0x80) {
    text.remove_prefix(good ? length : 1);
    return code;
  }
  text.remove_prefix(1);
  switch (first) {
    case 0x85:
      return 0x2026;
    case 0x91:
    case 0x92:
      return 0x2019;
    case 0x93:
    case 0x94:
      return 0x201d;
    case 0x95:
      return 0x2022;
    case 0x96:
    case 0x97:
      return 0x2013;
    default:
      return first;
  }
}

// What a character stands for in a log; nullptr keeps it.
struct Meaning {
  const char* text;
  Repair repair;
};
std::optional<Meaning> meaning_of(char32_t code) {
  switch (code) {
    case 0xa0:
    case 0x1680:
    case 0x202f:
    case 0x205f:
    case 0x3000:
      return Meaning{" ", Repair::blanks};
    case 0xad:
    case 0x200b:
    case 0x200c:
    case 0x200d:
    case 0x200e:
    case 0x200f:
    case 0x2060:
    case 0xfeff:
      return Meaning{"", Repair::blanks};
    case 0x2018:
    case 0x2019:
    case 0x201a:
      return Meaning{"'", Repair::quotes};
    case 0x201c:
    case 0x201d:
    case 0x201e:
      return Meaning{"\"", Repair::quotes};
    case 0x2026:
      return Meaning{"...", Repair::quotes};
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212:
      return Meaning{"-", Repair::quotes};
    case 0x203a:
    case 0xff1e:
    case 0x276f:
      return Meaning{">", Repair::quotes};
    case 0x2022:
    case 0x2023:
    case 0x25cf:
    case 0x25e6:
    case 0x25aa:
    case 0xb7:
    case 0x25a0:
      return Meaning{"*", Repair::decoration};
    default:
      break;
  }
  if (code >= 0x2000 && code <= 0x200a) return Meaning{" ", Repair::blanks};
  return std::nullopt;
}

void append_character(char32_t code, std::string& out, RepairSet& repairs) {
  if (code == 0x2192) {  // Wireshark's own arrow: no repair
    out += "->";
  } else if (const auto meaning = meaning_of(code)) {
    out += meaning->text;
    repairs.add(meaning->repair);
  } else {
    const bool control = (code < 0x20 && code != '\t') || code == 0x7f;
    append_utf8(control ? U' ' : code, out);
  }
}

bool is_odd(std::string_view raw) {
  bool odd = false;
  for (const char c : raw) odd = odd || kOdd[static_cast<unsigned char>(c)];
  return odd;
}

// Markdown quotes: "> > words". Not the '>' between two endpoints of a wrapped record; the caller
// knows from the lines before, so the number is returned.
unsigned take_quote_marks(std::string_view& text) {
  unsigned marks = 0;
  while (!text.empty() && text[0] == '>') {
    text.remove_prefix(1);
    skip_blanks(text);
    ++marks;
  }
  return marks;
}

// A wrapped record may go on with "- admin prohibited".
bool is_icmp_reason(std::string_view text) {
  for (const std::string_view word : {"- admin", "- need", "- source", "- unknown", "- tos",
                                      "- host", "- precedence", "- octet", "- #"}) {
    if (text.starts_with(word)) return true;
  }
  return false;
}

bool take_bullet(std::string_view& text) {
  if (is_icmp_reason(text)) return false;
  // Between an id and its question "+ " is a flag: "35084" / "+ A? example.com.".
  const bool flag = text.starts_with('+') && text.find('?') != std::string_view::npos;
  if (flag && text.size() > 2 && is_upper(text[2]) && !text.substr(2).starts_with("IP"))
    return false;
  for (const std::string_view bullet : {"- ", "* ", "+ ", "| ", "|"}) {
    if (take(text, bullet)) return true;
  }
  // "1. ", "2) ", "(3) ", "[4] ", "#5 ", "6: ": only in front of a time or a record's head.
  std::string_view rest = text;
  const bool open = take(rest, "(") || take(rest, "[") || take(rest, "#");
  if (!take_number(rest, 99'999)) return false;
  const bool close = take(rest, ")") || take(rest, "]") || take(rest, ".") || take(rest, ":");
  if ((!open && !close) || rest.empty() || rest[0] != ' ') return false;
  skip_blanks(rest);
  if (!rest.starts_with("IP") && !rest.starts_with("ARP") && !rest.starts_with("`") &&
      !parse_stamp(rest)) {
    return false;
  }
  text = rest;
  return true;
}

constexpr bool is_wrapper(char c) { return c == '`' || c == '*' || c == '"' || c == '\''; }

void strip_front(CleanLine& line) {
  for (std::size_t before = 0; before != line.text.size();) {
    before = line.text.size();
    skip_blanks(line.text);
    line.quote_marks += take_quote_marks(line.text);
    if (take_bullet(line.text)) line.repairs.add(Repair::decoration);
    if (!line.text.empty() && is_wrapper(line.text[0])) {
      line.text.remove_prefix(1);
      line.repairs.add(Repair::decoration);
    }
  }
  if (line.quote_marks > 0) line.repairs.add(Repair::decoration);
}

// "(24)", not the "(0x0800)" of a link's header.
bool ends_in_count(std::string_view text) {
  if (!text.ends_with(')')) return false;
  text.remove_suffix(1);
  const std::size_t open = text.rfind('(');
  return open != std::string_view::npos && open + 1 < text.size() &&
         all_digits(text.substr(open + 1));
}

// `piped`: of a table. Elsewhere a '|' at a word is tcpdump's own: "45327|" was cut short (TC).
void strip_back(CleanLine& line, bool piped) {
  std::string_view& text = line.text;
  while (!text.empty()) {
    const char last = text.back();
    const bool is_pipe =
        last == '|' && (piped || text.size() < 2 || !is_digit(text[text.size() - 2]));
    const bool decoration = last == '`' || last == '\\' || is_pipe || last == '\'' ||
                            (last == '"' && text.find('"') == text.size() - 1) ||
                            (last == '*' && text.size() > 1 &&
                             (text[text.size() - 2] == ')' || text[text.size() - 2] == '*'));
    // "(24)," and "(24);" of a list.
    const bool list =
        (last == ',' || last == ';') && text.size() > 1 &&
        (ends_in_count(text.substr(0, text.size() - 1)) || text[text.size() - 2] == '"');
    if (!decoration && !list && last != ' ') return;
    text.remove_suffix(1);
    if (last != ' ') line.repairs.add(Repair::decoration);
  }
}

// Runs of blanks become one, and " | " of a table too.
void single_blanks(CleanLine& line, bool piped, std::string& buffer) {
  const std::string_view text = line.text;
  if (text.find("  ") == std::string_view::npos && !piped) return;
  const bool inside = text.data() >= buffer.data() && text.data() < buffer.data() + buffer.size();
  const std::size_t begin = inside ? static_cast<std::size_t>(text.data() - buffer.data()) : 0;
  if (!inside) buffer.assign(text);
  std::size_t out = 0;
  bool blank = true;
  for (std::size_t i = begin; i < begin + text.size(); ++i) {
    char c = buffer[i];
    if (piped && c == '|' && blank) c = ' ';
    if (c == ' ' && blank) continue;
    blank = c == ' ';
    buffer[out++] = c;
  }
  line.text = std::string_view(buffer).substr(0, out);
}

// "\x1b[01;31m" and "\x1b[K": the colours of `grep --color` and of terminals.
bool take_colour(std::string_view& text) {
  std::string_view rest = text;
  if (!take(rest, "\x1b[")) return false;
  const std::size_t end = rest.find_first_not_of("0123456789;");
  if (end == std::string_view::npos || !is_alpha(rest[end])) return false;
  text = rest.substr(end + 1);
  return true;
}

// One character, entity or tag of a line that is not plain.
void take_odd(std::string_view& raw, std::string& out, RepairSet& repairs) {
  const char c = raw[0];
  if (take_colour(raw)) {
    repairs.add(Repair::decoration);
  } else if (c == '&') {
    raw.remove_prefix(1);
    if (const auto code = take_entity(raw)) {
      append_character(*code, out, repairs);
      repairs.add(Repair::entities);
    } else {
      out.push_back('&');
    }
  } else if (is_escaped(raw)) {
    out.push_back(raw[1]);
    raw.remove_prefix(2);
    repairs.add(Repair::decoration);
  } else if (c == '<' && take_tag(raw)) {
    out.push_back(' ');
    repairs.add(Repair::decoration);
  } else {
    append_character(take_character(raw), out, repairs);
  }
}

bool is_arrow(std::string_view text, std::size_t at) {
  if (text[at] != '>' || (at + 1 < text.size() && text[at + 1] != ' ')) return false;
  // "[bad udp cksum 0x8f81 -> 0x99f1!]"
  if (text.substr(at).starts_with("> 0x")) return false;
  return at > 0 && (text[at - 1] == '-' || text[at - 1] == '=');
}

// "a -> b", "a => b": ">" between sender and receiver, as tcpdump writes it.
void plain_arrows(CleanLine& line, std::string& buffer) {
  for (std::size_t at = line.text.find('>'); at != std::string_view::npos;
       at = line.text.find('>', at + 1)) {
    if (!is_arrow(line.text, at)) continue;
    std::size_t begin = at;
    while (begin > 0 && (line.text[begin - 1] == '-' || line.text[begin - 1] == '=')) --begin;
    if (begin > 0 && line.text[begin - 1] != ' ') continue;
    // "... > 192.0.2.53.53: [bad udp cksum 0x8f81 ->", wrapped.
    if (line.text.substr(0, begin).find(" > ") != std::string_view::npos) continue;
    if (begin > 7 && line.text.substr(begin - 7).starts_with("0x")) continue;
    std::string plain(line.text);
    plain.erase(begin, at - begin);
    buffer = std::move(plain);
    line.text = buffer;
    line.repairs.add(Repair::quotes);
    at = begin;
  }
}

}  // namespace

std::string_view repair_words(Repair repair) {
  switch (repair) {
    case Repair::entities:
      return "HTML entities";
    case Repair::blanks:
      return "odd blanks";
    case Repair::quotes:
      return "smart quotes and dashes";
    case Repair::decoration:
      return "Markdown, bullets or table lines";
    case Repair::prose:
      return "words before the record";
    case Repair::wraps:
      return "wrapped lines";
    case Repair::split_word:
      return "blanks inside names or addresses";
    case Repair::comma:
      return "missing commas";
    case Repair::final_dot:
      return "missing final dots of names";
    case Repair::count_:
      break;
  }
  return "";
}

void RepairCounts::add(RepairSet set) {
  if (set.empty()) return;
  ++total;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (set.has(static_cast<Repair>(i))) ++records[i];
  }
}

std::string RepairCounts::words() const {
  std::string out;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i] == 0) continue;
    if (!out.empty()) out += ", ";
    out += fmt::format("{} ({} {})", repair_words(static_cast<Repair>(i)), records[i],
                       records[i] == 1 ? "record" : "records");
  }
  return out;
}

std::string_view clean_characters(std::string_view raw, std::string& buffer, RepairSet& repairs) {
  if (is_odd(raw)) {
    buffer.clear();
    while (!raw.empty()) take_odd(raw, buffer, repairs);
    raw = buffer;
  }
  if (!undo_links(raw, buffer)) return raw;
  repairs.add(Repair::decoration);
  return buffer;
}

CleanLine clean_line(std::string_view raw, std::string& buffer) {
  CleanLine line;
  line.indented = !raw.empty() && (raw[0] == ' ' || raw[0] == '\t');
  line.text = clean_characters(raw, buffer, line.repairs);
  if (line.text.data() == buffer.data()) std::replace(buffer.begin(), buffer.end(), '\t', ' ');
  strip_front(line);
  const std::size_t lead = raw.find_first_not_of(" \t>");
  const bool piped = lead != std::string_view::npos && raw[lead] == '|';
  strip_back(line, piped);
  single_blanks(line, piped, buffer);
  plain_arrows(line, buffer);
  return line;
}

}  // namespace whydown::capture::text
