// DNS messages as tcpdump words them (print-domain):
//
//     35084+ [1au] A? example.com. (40)                              a query
//     35084 NXDomain*- 0/1/0 (94)                                    an answer
//     35084 q: A? example.com. 1/0/0 example.com. A 192.0.2.1 (45)   an answer under -vv
//
// Flags of a query: + recursion desired, % checking disabled. Of an answer: * authoritative,
// - recursion not available, | truncated, $ authentic data.
#include <algorithm>
#include <array>

#include "capture/text/scan.h"
#include "packet/dns/dns.h"
#include "packet/tcpdump_text/endpoint.h"
#include "packet/tcpdump_text/parts.h"

namespace whydown::packet::text {
namespace {

namespace scan = capture::text;
constexpr std::uint32_t kDnsHeader = 12;
constexpr std::uint32_t kQuestionTail = 4;  // type and class
constexpr std::uint32_t kSmallestOpt = 11;  // root, type, size, flags, empty data

struct RcodeName {
  std::string_view name;
  std::uint16_t rcode;
};
constexpr RcodeName kRcodes[] = {{"FormErr", 1},  {"ServFail", 2}, {"NXDomain", 3}, {"NotImp", 4},
                                 {"Refused", 5},  {"YXDomain", 6}, {"YXRRSet", 7},  {"NXRRSet", 8},
                                 {"NotAuth", 9},  {"NotZone", 10}, {"BADVERS", 16}, {"BadVers", 16},
                                 {"NoChange", 15}};

struct OpcodeName {
  std::string_view name;
  std::uint8_t opcode;
};
constexpr OpcodeName kOpcodes[] = {
    {" inv_q", 1}, {" stat", 2}, {" op3", 3}, {" notify", 4}, {" update", 5}};

class DnsReader {
 public:
  DnsReader(std::string_view text, dns::Message& dns) : text_(text), dns_(dns) {}

  bool read() {
    const auto id = scan::take_number(text_, 0xffff);
    if (!id) return false;
    dns_.id = static_cast<std::uint16_t>(*id);
    for (const OpcodeName& entry : kOpcodes) {
      if (scan::take(text_, entry.name)) dns_.opcode = entry.opcode;
    }
    if (!read_flags() || !read_rcode()) return false;
    if (!text_.empty() && text_[0] != ' ') return false;
    read_body();
    return understood_;
  }
  bool printed_sections() const { return printed_; }
  std::uint32_t length() const { return length_; }
  bool has_length() const { return has_length_; }
  bool name_too_long() const { return name_too_long_; }

 private:
  bool read_flags() {
    for (; !text_.empty() && text_[0] != ' '; text_.remove_prefix(1)) {
      switch (text_[0]) {
        case '+':
          dns_.recursion_desired = true;
          break;
        case '%':
          dns_.checking_disabled = true;
          break;
        case '*':
          dns_.authoritative = true;
          break;
        case '-':
          no_recursion_ = true;
          break;
        case '|':
          dns_.truncated = true;
          break;
        case '$':
          dns_.authentic_data = true;
          break;
        default:
          return false;
      }
    }
    return true;
  }

  bool read_rcode() {
    std::string_view rest = text_;
    scan::skip_blanks(rest);
    for (const RcodeName& entry : kRcodes) {
      if (!scan::take(rest, entry.name)) continue;
      dns_.rcode = static_cast<dns::Rcode>(entry.rcode);
      answered_ = true;
      text_ = rest;
      return read_flags();
    }
    if (!scan::take(rest, "Resp")) return true;
    const auto code = scan::take_number(rest, 15);
    if (!code) return true;
    dns_.rcode = static_cast<dns::Rcode>(*code);
    answered_ = true;
    text_ = rest;
    return read_flags();
  }

  void read_body() {
    read_length();
    bool question = false;
    while (!text_.empty()) {
      scan::skip_blanks(text_);
      std::string_view rest = text_;
      const std::string_view word = scan::take_token(rest);
      if (word.empty()) break;
      if (word.starts_with("[|")) {
        dns_.completeness = dns::Completeness::cut;
        break;
      }
      if (word == "q:") {
        answered_ = true;
        text_ = rest;
      } else if (word[0] == '[') {
        read_bracket(word);
        text_ = rest;
      } else if (!counted_ && read_counts(word)) {
        text_ = rest;
      } else if (!question && !counted_ && read_question()) {
        question = true;
        dns_.question_count = std::max<std::uint16_t>(dns_.question_count, 1);
      } else if (counted_ || word == "ar:" || word == "ns:" || word == "an:") {
        read_records();
        break;
      } else {
        break;
      }
    }
    finish(question);
  }

  void finish(bool question) {
    understood_ = question || counted_ || answered_;
    dns_.response = counted_ || answered_;
    if (dns_.response) {
      dns_.recursion_available = !no_recursion_;
      if (!question && dns_.question_count == 0) dns_.question_count = 1;  // only others are shown
    }
    const bool rest_is_empty = dns_.authority_count + dns_.additional_count == 0;
    printed_ = dns_.response && counted_ && (dns_.answer_count == 0 || saw_answers_) &&
               (rest_is_empty || saw_others_);
  }

  // "(39)" at the end, which is taken off.
  void read_length() {
    const std::size_t open = text_.rfind('(');
    if (open == npos) return;
    std::string_view rest = text_.substr(open + 1);
    const auto length = scan::take_number(rest, 0xffff);
    if (!length || !rest.starts_with(')')) return;
    length_ = static_cast<std::uint32_t>(*length);
    has_length_ = true;
    text_ = text_.substr(0, open);
    while (text_.ends_with(' ')) text_.remove_suffix(1);
  }

  // "[1au]", "[2q]", "[1n]"
  void read_bracket(std::string_view word) {
    word.remove_prefix(1);
    const auto count = scan::take_number(word, 0xffff);
    if (!count) return;
    const auto value = static_cast<std::uint16_t>(*count);
    if (word.starts_with("au")) dns_.additional_count = value;
    if (word.starts_with("q")) dns_.question_count = value;
    if (word.starts_with("n")) dns_.authority_count = value;
    if (word.starts_with("a]")) dns_.answer_count = value;
  }

  // "1/0/0"
  bool read_counts(std::string_view word) {
    std::array<std::uint16_t, 3> counts{};
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const auto value = scan::take_number(word, 0xffff);
      if (!value || (i < 2 && !scan::take(word, "/"))) return false;
      counts[i] = static_cast<std::uint16_t>(*value);
    }
    if (!word.empty()) return false;
    dns_.answer_count = counts[0];
    dns_.authority_count = counts[1];
    dns_.additional_count = counts[2];
    counted_ = true;
    return true;
  }

  // "A? example.com.", "TXT CHAOS? version.bind.", "A (QM)? printer.local."
  bool read_question() {
    const std::size_t mark = text_.find('?');
    if (mark == npos) return false;
    std::string_view head = text_.substr(0, mark);
    const auto type = read_dns_type(scan::take_token(head));
    if (!type || head.find(' ') != npos) return false;
    dns_.question_type = *type;
    dns_.question_class = head == "CHAOS" ? 3 : head == "HS" ? 4 : head == "ANY" ? 255 : 1;
    std::string_view rest = text_.substr(mark + 1);
    scan::skip_blanks(rest);
    std::string_view after = rest;
    std::string_view name = scan::take_token(after);
    if (name.starts_with("[|") || name.starts_with("<")) {
      text_ = rest;
      return true;
    }
    if (name.ends_with(',')) name.remove_suffix(1);
    if (name.empty()) {
      dns_.completeness = dns::Completeness::cut;
    } else if (!write_name(name, dns_.question_name)) {
      name_too_long_ = true;
      dns_.question_name.clear();
    }
    dns_.hash_question_name();
    text_ = after;
    return true;
  }

  void read_records() {
    dns::Section section = dns::Section::answer;
    while (!text_.empty()) {
      scan::skip_blanks(text_);
      if (text_.starts_with("[|")) {
        dns_.completeness = dns::Completeness::cut;
        return;
      }
      if (scan::take(text_, "an:")) {
        section = dns::Section::answer;
        continue;
      }
      if (scan::take(text_, "ns:")) {
        section = dns::Section::authority;
        saw_others_ = true;
        continue;
      }
      if (scan::take(text_, "ar:")) {
        section = dns::Section::additional;
        saw_others_ = true;
        continue;
      }
      read_record(take_record(), section);
    }
  }

  // Up to the comma or the next section; a TXT record's commas stand in quotes.
  std::string_view take_record() {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < text_.size(); ++end) {
      if (text_[end] == '"') quoted = !quoted;
      if (quoted) continue;
      if (text_[end] == ',') break;
      const std::string_view ahead = text_.substr(end);
      if (ahead.starts_with(" ns: ") || ahead.starts_with(" ar: ")) break;
    }
    const std::string_view record = text_.substr(0, end);
    text_.remove_prefix(std::min(text_.size(), end + 1));
    return record;
  }

  // "A 192.0.2.1", and under -v with its owner, class and life: "example.com. [5m] A 192.0.2.1".
  void read_record(std::string_view words, dns::Section section) {
    dns::Record record;
    record.section = section;
    record.klass = 1;
    for (int i = 0; i < 4 && !words.empty(); ++i) {
      const std::string_view word = scan::take_token(words);
      if (word.starts_with('[')) record.ttl = seconds(word);
      // An owner ends in a dot; a type never does.
      const auto type = word.ends_with('.') ? std::nullopt : read_dns_type(word);
      if (!type) continue;
      record.type = *type;
      if (*type == dns::type::opt) {
        read_opt(words);
        return;
      }
      if (*type == dns::type::a || *type == dns::type::aaaa) {
        if (const auto address = base::IpAddress::parse(scan::take_token(words))) {
          record.address = *address;
        }
      }
      if (section == dns::Section::answer) saw_answers_ = true;
      (void)dns_.records.push_back(record);
      return;
    }
  }

  // "[1d2h3m4s]"
  static std::uint32_t seconds(std::string_view text) {
    std::uint64_t total = 0;
    text.remove_prefix(1);
    while (const auto value = scan::take_number(text, 0xffffffff)) {
      const char unit = text.empty() ? 's' : text[0];
      const std::uint64_t scale = unit == 'w'   ? 604800
                                  : unit == 'd' ? 86400
                                  : unit == 'h' ? 3600
                                  : unit == 'm' ? 60
                                                : 1;
      total += *value * scale;
      if (!text.empty()) text.remove_prefix(1);
    }
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(total, 0xffffffff));
  }

  // "UDPsize=1232 DO [Opt15 00120000]": option 15 is an extended error (RFC 8914).
  void read_opt(std::string_view words) {
    dns_.has_edns = true;
    if (const std::size_t at = words.find("UDPsize="); at != npos) {
      std::string_view rest = words.substr(at + 8);
      dns_.udp_payload_size =
          static_cast<std::uint16_t>(scan::take_number(rest, 0xffff).value_or(0));
    }
    dns_.dnssec_ok = words.find(" DO ") != npos || words.ends_with(" DO");
    dns::ExtendedError error;
    if (const std::size_t at = words.find("Opt15 "); at != npos) {
      std::string_view digits = words.substr(at + 6, 4);
      if (digits.size() < 4) return;
      const auto code = scan::take_hex(digits);
      if (!code || !digits.empty()) return;
      error.code = static_cast<std::uint16_t>(*code);
      (void)dns_.extended_errors.push_back(error);
    } else if (const std::size_t named = words.find("EDE"); named != npos) {
      std::string_view rest = words.substr(named + 3);
      (void)scan::take(rest, ":");
      scan::skip_blanks(rest);
      if (const auto code = scan::take_number(rest, 0xffff)) {
        error.code = static_cast<std::uint16_t>(*code);
        (void)dns_.extended_errors.push_back(error);
      }
    }
  }

  std::string_view text_;
  dns::Message& dns_;
  std::uint32_t length_ = 0;
  bool has_length_ = false;
  bool no_recursion_ = false;
  bool answered_ = false;
  bool counted_ = false;
  bool understood_ = false;
  bool saw_answers_ = false;
  bool saw_others_ = false;
  bool printed_ = false;
  bool name_too_long_ = false;
};

}  // namespace

bool read_dns_words(std::string_view text, Packet& packet, std::uint32_t& length) {
  dns::reset(packet.dns);
  DnsReader reader(text, packet.dns);
  if (!reader.read()) return false;
  packet.known.set(Field::dns_id);
  if (reader.printed_sections()) packet.known.set(Field::dns_sections);
  if (reader.name_too_long()) add_note(packet, Note::dns_name_too_long);
  if (packet.dns.completeness == dns::Completeness::cut) add_note(packet, Note::dns_truncated);
  if (packet.dns.records.refused() > 0) add_note(packet, Note::dns_too_many_records);
  length = reader.has_length() ? reader.length() : 0;
  packet.dns.length = length;
  return true;
}

void check_dns_length(Packet& packet) {
  const dns::Message& dns = packet.dns;
  if (dns.length == 0 || dns.question_count != 1 || dns.question_name.empty()) return;
  if (dns.completeness != dns::Completeness::whole || dns.opcode != 0) return;
  const std::uint32_t question =
      kDnsHeader + wire_name_length(dns.question_name.view()) + kQuestionTail;
  const std::uint32_t least = question + dns.additional_count * kSmallestOpt;
  const bool plain = !dns.response && dns.additional_count == 0 && dns.authority_count == 0 &&
                     dns.answer_count == 0;
  if (dns.length < least || (plain && dns.length != question)) {
    add_note(packet, Note::text_length_impossible);
  }
}

}  // namespace whydown::packet::text
