// The DNS message: header, question, records, EDNS.
#include <algorithm>

#include <fmt/format.h>

#include "base/numbers.h"
#include "explain/record_words.h"
#include "explain/sheet.h"
#include "packet/dns/dns.h"
#include "packet/dns/registry.h"

namespace whydown::explain {

using base::counted;
using packet::Field;
using packet::Note;
using packet::Packet;
namespace dns = packet::dns;

namespace {

void id_items(const View& view, Sheet& sheet) {
  if (!view.knows(Field::dns_id)) return;
  const dns::Message& message = view.packet.dns;
  std::string shown = view.dialect == Dialect::tcpdump ? fmt::format("{}", message.id)
                      : view.is_bytes() ? fmt::format("id {} ({:#06x})", message.id, message.id)
                                        : fmt::format("{:#06x}", message.id);
  sheet.add(std::move(shown),
            fmt::format("The {} id, {}.", message.response ? "answer's" : "query's", message.id),
            Lesson::dns_id);
}

// tcpdump's signs, which captures get as well; Wireshark's table shows none of them.
void flag_items(const View& view, Sheet& sheet) {
  if (view.dialect == Dialect::wireshark) return;
  const dns::Message& message = view.packet.dns;
  const auto sign = [&](const char* name, char c) {
    return view.is_bytes() ? fmt::format("{} ({})", name, c) : std::string(1, c);
  };
  if (message.opcode != 0) {
    const std::string_view name = dns::opcode_name(message.opcode);
    sheet.add(fmt::format("opcode {}", message.opcode),
              name.empty() ? "A kind of message that no registry names."
                           : fmt::format("The kind of message: {}.", name));
  }
  if (!message.response && message.recursion_desired) {
    sheet.add(sign("RD", '+'), "The client wants the server to find the answer.",
              Lesson::recursion_desired);
  }
  if (!message.response && !message.recursion_desired && message.opcode == 0) {
    sheet.add(view.is_bytes() ? "no RD" : "no +",
              "The server is asked for what it knows itself, no more: this is how servers ask each "
              "other.");
  }
  if (message.checking_disabled) {
    sheet.add(sign("CD", '%'),
              message.response ? "As the query wanted: signatures were not checked."
                               : "Signatures need not be checked for this client.",
              Lesson::checking_disabled);
  }
  if (!message.response) return;
  if (message.authoritative) {
    sheet.add(sign("AA", '*'), "An authoritative answer.", Lesson::authoritative);
  }
  if (!message.recursion_available) {
    sheet.add(view.is_bytes() ? "no RA (-)" : "-",
              "The server does not ask others for its clients.", Lesson::no_recursion);
  }
  if (message.truncated) {
    sheet.add(sign("TC", '|'), "The answer did not fit and was cut.", Lesson::truncated);
  }
  if (message.authentic_data) {
    sheet.add(sign("AD", '$'), "The data is authentic, says the server.", Lesson::authentic);
  }
}

void question_items(const View& view, Sheet& sheet) {
  const dns::Message& message = view.packet.dns;
  if (message.question_type == 0) return;
  const std::string type = dns::type_name(message.question_type);
  const std::string_view meaning = dns::type_meaning(message.question_type);
  const bool marked = view.dialect != Dialect::wireshark;
  std::string means = message.response
                          ? fmt::format("What was asked for: a record of type {}", type)
                          : fmt::format("Asks for a record of type {}", type);
  means += meaning.empty() ? "." : fmt::format(", {}.", meaning);
  sheet.teach(means, Lesson::question);
  if (marked) sheet.teach(means, Lesson::question_mark);
  sheet.add(type + (marked ? "?" : ""), std::move(means));
  if (message.question_class != 1 && view.is_bytes()) {
    sheet.add(fmt::format("class {}", message.question_class),
              "Not the class of the Internet (1), which nearly every question has.");
  }
  const std::string_view name = message.question_name.view();
  if (name.empty()) return;
  const bool dotted = name != "." && view.dialect != Dialect::wireshark;
  sheet.add(fmt::format("{}{}", name, dotted ? "." : ""),
            name == "." ? "The root of all names." : "The name in question.", Lesson::dns_name);
}

void rcode_items(const View& view, Sheet& sheet) {
  const dns::Message& message = view.packet.dns;
  const std::string name = dns::rcode_name(message.rcode);
  std::string shown = name;
  // As the record has it: "NXDomain", "ServFail", "No such name".
  for (const std::string_view word :
       {"NXDomain", "ServFail", "Refused", "FormErr", "NotImp", "NotAuth", "No such name",
        "Server failure", "Format error", "Not implemented"}) {
    if (view.words.find(word) != std::string_view::npos) shown = word;
  }
  if (message.rcode == dns::Rcode::no_error && !view.is_bytes()) return;
  const std::string_view meaning = dns::rcode_meaning(message.rcode);
  sheet.add(std::move(shown), meaning.empty() ? std::string("A code that no registry names.")
                                              : fmt::format("The result: {}.", meaning));
}

// "1/0/0", where it is shown.
void count_items(const View& view, Sheet& sheet) {
  const dns::Message& message = view.packet.dns;
  const std::string shown = fmt::format("{}/{}/{}", message.answer_count, message.authority_count,
                                        message.additional_count);
  if (!view.is_bytes() && view.words.find(" " + shown) == std::string_view::npos) return;
  sheet.add(shown,
            fmt::format("{} in the answer, {} of authority, {} additional.",
                        counted(message.answer_count, "record", "records"), message.authority_count,
                        message.additional_count),
            Lesson::dns_counts);
}

void record_items(const View& view, Sheet& sheet) {
  const dns::Message& message = view.packet.dns;
  std::size_t shown = 0;
  for (const dns::Record& record : message.records) {
    if (record.type == dns::type::opt) continue;
    if (shown++ == limits::kRecordsShown) break;
    const bool has_ttl = view.is_bytes() || record.ttl != 0;
    std::string means = record_meaning(view, record);
    if (!has_ttl) {
      sheet.add(record_shown(view, record), std::move(means));
      continue;
    }
    means += fmt::format(" May be kept for {}.", counted(record.ttl, "second", "seconds"));
    sheet.add(record_shown(view, record), std::move(means), Lesson::record_ttl);
  }
  const std::uint64_t total = std::uint64_t{message.answer_count} + message.authority_count +
                              message.additional_count - (message.has_edns ? 1U : 0U);
  if (shown > limits::kRecordsShown && total > limits::kRecordsShown) {
    const std::uint64_t more = total - limits::kRecordsShown;
    sheet.add("...", fmt::format("And {}.", counted(more, "further record", "further records")));
  }
}

void edns_items(const View& view, Sheet& sheet) {
  const dns::Message& message = view.packet.dns;
  if (message.has_edns) {
    const bool sized = view.dialect != Dialect::wireshark;
    sheet.add(sized ? fmt::format("OPT UDPsize={}", message.udp_payload_size) : "OPT",
              sized ? fmt::format("The sender takes DNS messages of up to {} over UDP.",
                                  counted(message.udp_payload_size, "byte", "bytes"))
                    : "",
              Lesson::edns);
  } else if (!message.response && message.additional_count > 0) {
    sheet.add(
        fmt::format("[{}au]", message.additional_count),
        fmt::format("{} of the kind that comes with a question.",
                    counted(message.additional_count, "additional record", "additional records")),
        Lesson::edns);
  }
  if (message.dnssec_ok) sheet.add("DO", "Signatures are welcome.", Lesson::dnssec_ok);
  for (const dns::ExtendedError& error : message.extended_errors) {
    const std::string_view name = dns::extended_error_name(error.code);
    std::string means = name.empty() ? std::string("An extended error that no registry names.")
                                     : fmt::format("Extended error: {}.", name);
    const auto bytes = dns::message_bytes(view.packet);
    if (error.text_length > 0 &&
        error.text_offset + std::size_t{error.text_length} <= bytes.size()) {
      const auto text = bytes.subspan(error.text_offset, error.text_length);
      means +=
          fmt::format(" In the server's words: \"{}\".", std::string(text.begin(), text.end()));
    }
    sheet.add(fmt::format("EDE {}", error.code), std::move(means), Lesson::extended_error);
  }
}

bool has_note(const Packet& packet, Note note) {
  return std::ranges::any_of(packet.notes, [&](const auto& seen) { return seen.note == note; });
}

void dns_length_items(const View& view, Sheet& sheet) {
  if (!view.knows(Field::payload_length) || view.packet.dns.over_tcp) return;
  const std::uint32_t length = view.packet.payload_length;
  std::string means = fmt::format("{} of DNS message.", counted(length, "byte", "bytes"));
  if (has_note(view.packet, Note::text_length_impossible)) {
    const std::uint32_t true_length = plain_query_length(view.packet.dns);
    means += true_length == 0
                 ? std::string(" That cannot be: the name alone takes more.")
                 : fmt::format(
                       " That cannot be: a query for this name takes {}, so the name or the "
                       "number was changed. Nothing else rests on it.",
                       true_length);
  }
  sheet.add(view.dialect == Dialect::wireshark ? fmt::format("Len={}", length)
                                               : fmt::format("({})", length),
            std::move(means), Lesson::dns_length);
}

}  // namespace

void dns_items(const View& view, Sheet& sheet) {
  const dns::Message& message = view.packet.dns;
  id_items(view, sheet);
  flag_items(view, sheet);
  if (message.response) rcode_items(view, sheet);
  question_items(view, sheet);
  if (message.response) count_items(view, sheet);
  record_items(view, sheet);
  edns_items(view, sheet);
  dns_length_items(view, sheet);
}

}  // namespace whydown::explain
