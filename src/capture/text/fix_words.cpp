// Repairs inside one record; the second half of shape.h.
#include <algorithm>

#include "base/address.h"
#include "capture/text/scan.h"
#include "capture/text/shape.h"

namespace whydown::capture::text {
namespace {

// A name or address broken into more pieces than this is not put together again.
constexpr std::size_t kMaxPieces = 4;

// Takes the blanks out of body[begin, end) when that leaves one plausible word; how many.
std::size_t close_up(std::string& body, std::size_t begin, std::size_t end) {
  const std::string_view region = std::string_view(body).substr(begin, end - begin);
  const auto blanks = static_cast<std::size_t>(std::count(region.begin(), region.end(), ' '));
  if (blanks == 0 || blanks >= kMaxPieces || region.find_first_of("(),[]") != npos) return 0;
  const auto first = body.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto last = body.begin() + static_cast<std::ptrdiff_t>(end);
  body.erase(std::remove(first, last, ' '), last);
  return blanks;
}

void fix_addresses(std::string& body, RepairSet& repairs) {
  const std::size_t begin = addresses_begin(body);
  if (begin >= body.size()) return;
  std::size_t arrow = find_arrow(body, begin);
  if (arrow == npos) {
    arrow = body.find(" -> ", begin);
    if (arrow == npos) return;
    body.erase(arrow + 1, 1);
    repairs.add(Repair::quotes);
  }
  const std::size_t source_blanks = close_up(body, begin, arrow);
  arrow -= source_blanks;
  std::size_t end = body.find(": ", arrow);
  if (end == npos && body.ends_with(':')) end = body.size() - 1;
  // "203.0.113.2.domain:35084+": the blank after the colon is missing.
  if (!body.starts_with("IP6")) {
    const std::size_t colon = body.find(':', arrow);
    const std::size_t blank = body.find(' ', arrow + 3);
    if (colon != npos && colon + 1 < body.size() && colon < blank && body[colon + 1] != ' ' &&
        (end == npos || blank < end)) {
      body.insert(colon + 1, 1, ' ');
      repairs.add(Repair::split_word);
      end = colon;
    }
  }
  const std::size_t target_blanks = end == npos ? 0 : close_up(body, arrow + 3, end);
  if (source_blanks + target_blanks > 0) repairs.add(Repair::split_word);
}

// "203.0.113. 2" anywhere: two pieces that are an IPv4 address only together.
void fix_quads(std::string& body, RepairSet& repairs) {
  for (std::size_t at = body.find(' '); at != npos; at = body.find(' ', at + 1)) {
    if (at == 0 || at + 1 >= body.size()) return;
    const char left = body[at - 1];
    const char right = body[at + 1];
    const bool is_split = (left == '.' && is_digit(right)) || (is_digit(left) && right == '.');
    if (!is_split) continue;
    const std::size_t begin = body.rfind(' ', at - 1) == npos ? 0 : body.rfind(' ', at - 1) + 1;
    const std::size_t next = std::min(body.find_first_of(" ,:", at + 1), body.size());
    const std::string together =
        body.substr(begin, at - begin) + body.substr(at + 1, next - at - 1);
    if (!digits_and_dots(together) || !base::IpAddress::parse(together)) continue;
    body.erase(at, 1);
    repairs.add(Repair::split_word);
  }
}

// What ends the name of a question: "(24)", "1/0/0", "ar:", "[...]".
bool ends_question(std::string_view word) {
  if (word.empty() || word[0] == '(' || word[0] == '[') return true;
  if (word == "an:" || word == "ns:" || word == "ar:" || word == "q:") return true;
  return is_digit(word[0]) && word.find('/') != npos;
}

// "A? yummy recipesforme.com (24)" -> "A? yummyrecipesforme.com. (24)".
void fix_name(std::string& body, RepairSet& repairs) {
  const std::size_t mark = body.find('?');
  if (mark == npos || mark + 2 >= body.size() || body[mark + 1] != ' ') return;
  const std::size_t begin = mark + 2;
  std::string_view rest = std::string_view(body).substr(begin);
  std::size_t end = begin;
  for (std::size_t pieces = 0;; ++pieces) {
    const std::string_view before = rest;
    const std::string_view word = take_token(rest);
    if (ends_question(word)) break;
    if (pieces == kMaxPieces || before.empty()) return;
    end = begin + static_cast<std::size_t>(word.data() + word.size() - body.data()) - begin;
    if (rest.empty()) return;
  }
  if (end == begin || end >= body.size()) return;
  const std::size_t blanks = close_up(body, begin, end);
  if (blanks > 0) repairs.add(Repair::split_word);
  end -= blanks;
  if (body[end - 1] != '.' && body.compare(end, 2, " (") == 0) {
    body.insert(end, 1, '.');
    repairs.add(Repair::final_dot);
  }
}

void fix_comma(std::string& body, RepairSet& repairs) {
  // From behind: what comes after the length seldom is long.
  const std::size_t word = body.rfind("length ");
  const std::size_t at = word == npos || word == 0 ? npos : word - 1;
  if (at == npos || at == 0 || body[at] != ' ' || at + 8 >= body.size() || !is_digit(body[at + 8]))
    return;
  const char before = body[at - 1];
  if (before == ',' || before == ':' || before == '(') return;
  body.insert(at, 1, ',');
  repairs.add(Repair::comma);
}

}  // namespace

void fix_words(std::string& body, RepairSet& repairs) {
  fix_addresses(body, repairs);
  fix_quads(body, repairs);
  fix_name(body, repairs);
  fix_comma(body, repairs);
}

}  // namespace whydown::capture::text
