// DNS rows. Wireshark shows id, rcode, the question, and each record of answer and authority as
// type and data, but neither counts nor flags.
#include "capture/text/scan.h"
#include "packet/dns/dns.h"
#include "packet/tcpdump_text/endpoint.h"
#include "packet/wireshark_row/info.h"

namespace whydown::packet::row {
namespace {

namespace scan = capture::text;

struct RcodeWords {
  std::string_view words;
  std::uint16_t rcode;
};
constexpr RcodeWords kRcodes[] = {{"Format error", 1},      {"Server failure", 2},
                                  {"No such name", 3},      {"Not implemented", 4},
                                  {"Refused", 5},           {"Name exists", 6},
                                  {"RRset exists", 7},      {"RRset does not exist", 8},
                                  {"Not authoritative", 9}, {"Name out of zone", 10},
                                  {"Bad OPT version", 16},  {"Unknown error", 15}};

struct OpcodeWords {
  std::string_view words;
  std::uint8_t opcode;
};
constexpr OpcodeWords kOpcodes[] = {{"Standard query", 0},
                                    {"Inverse query", 1},
                                    {"Server status request", 2},
                                    {"Zone change notification", 4},
                                    {"Dynamic update", 5}};

// "A", "Unknown (1000)".
std::optional<std::uint16_t> take_type(std::string_view& text) {
  std::string_view rest = text;
  if (scan::take(rest, "Unknown (")) {
    const auto type = scan::take_number(rest, 0xffff);
    if (!type || !scan::take(rest, ")")) return std::nullopt;
    (void)scan::take(rest, " ");
    text = rest;
    return static_cast<std::uint16_t>(*type);
  }
  const auto type = text::read_dns_type(scan::take_token(rest));
  if (type) text = rest;
  return type;
}

bool starts_with_address(std::string_view text) {
  return take_type(text) && base::IpAddress::parse(scan::take_token(text)).has_value();
}

// The records, each a type and its data; what authority or answer is only the SOA tells.
void read_records(std::string_view text, dns::Message& message) {
  while (!text.empty()) {
    const auto type = take_type(text);
    if (!type) {
      (void)scan::take_token(text);  // data
      continue;
    }
    if (*type == dns::type::opt) {
      message.has_edns = true;
      ++message.additional_count;
      continue;
    }
    dns::Record record;
    record.type = *type;
    record.klass = 1;
    if (*type == dns::type::a || *type == dns::type::aaaa) {
      std::string_view rest = text;
      const auto address = base::IpAddress::parse(scan::take_token(rest));
      if (!address) continue;  // a name that looks like a type, or a cut row
      record.address = *address;
      text = rest;
    } else {
      (void)scan::take_token(text);  // data may look like a type, too: "CNAME a"
    }
    // An SOA is the authority's, unless it was asked for.
    const bool authority = *type == dns::type::soa && message.question_type != dns::type::soa;
    record.section = authority ? dns::Section::authority : dns::Section::answer;
    ++(authority ? message.authority_count : message.answer_count);
    (void)message.records.push_back(record);
  }
}

}  // namespace

bool read_dns_info(std::string_view info, Packet& packet) {
  dns::Message& message = packet.dns;
  dns::reset(message);
  bool known = false;
  for (const OpcodeWords& entry : kOpcodes) {
    if (!scan::take(info, entry.words)) continue;
    message.opcode = entry.opcode;
    known = true;
    break;
  }
  if (!known) return false;
  scan::skip_blanks(info);
  message.response = scan::take(info, "response");
  (void)scan::take(info, ",");  // "Standard query response, Server failure" of old versions
  scan::skip_blanks(info);
  if (info.starts_with("0x")) {
    if (const auto id = scan::take_hex(info); id && *id <= 0xffff) {
      message.id = static_cast<std::uint16_t>(*id);
      packet.known.set(Field::dns_id);
    }
    scan::skip_blanks(info);
  }
  for (const RcodeWords& entry : kRcodes) {
    if (!message.response || !scan::take(info, entry.words)) continue;
    message.rcode = static_cast<dns::Rcode>(entry.rcode);
    scan::skip_blanks(info);
    break;
  }
  const bool cut = info.ends_with("...");
  message.question_class = 1;
  // Wireshark before 1.12 showed the answers only: "Standard query response A 192.0.2.80".
  if (message.response && starts_with_address(info)) {
    read_records(info, message);
    return true;
  }
  const auto type = take_type(info);
  // Neither question nor answer nor rcode: an answer of which nothing is known is not an empty one.
  if (!type) return !message.response || message.rcode != dns::Rcode::no_error;
  message.question_type = *type;
  message.question_count = 1;
  std::string_view name = scan::take_token(info);
  if (name.ends_with(',')) name.remove_suffix(1);
  if (info.empty() && cut) {
    message.completeness = dns::Completeness::cut;
    return true;
  }
  // "<Root>" is how Wireshark writes the root.
  if (name == "<Root>") name = ".";
  if (!text::write_name(name, message.question_name)) message.question_name.clear();
  message.hash_question_name();
  if (cut) message.completeness = dns::Completeness::cut;
  read_records(info, message);
  if (message.response && !cut) packet.known.set(Field::dns_sections);
  return true;
}

}  // namespace whydown::packet::row
