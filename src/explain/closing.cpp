#include "explain/closing.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/numbers.h"
#include "packet/dns/registry.h"
#include "packet/icmp/icmp.h"
#include "packet/transport_words.h"

namespace whydown::explain {

using base::counted;
using packet::Field;
using packet::Packet;
using packet::Transport;
namespace dns = packet::dns;

namespace {

const Relation* find(const Relations& relations, Tie tie) {
  for (const Relation& relation : relations) {
    if (relation.tie == tie) return &relation;
  }
  return nullptr;
}

bool is_web(const Packet& packet) {
  const auto web = [](std::uint16_t port) { return port == 80 || port == 443; };
  return packet.transport == Transport::tcp &&
         (web(packet.source_port) || web(packet.destination_port));
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += i + 1 == items.size() ? " and " : ", ";
    out += items[i];
  }
  return out;
}

std::string times_words(std::uint64_t count) {
  return count == 1 ? "once" : count == 2 ? "twice" : base::thousands(count) + " times";
}

}  // namespace

Closing::Kind Closing::kind_of(const Packet& packet) {
  if (packet.application == packet::Application::dns) return packet.dns.response ? answer : query;
  switch (packet.transport) {
    case Transport::udp:
      return udp;
    case Transport::tcp:
      return tcp;
    case Transport::icmp:
    case Transport::icmp6:
      return is_icmp_error(packet) ? error : ping;
    case Transport::none:
    case Transport::other:
      break;
  }
  return packet.network == packet::Network::arp ? neighbour : other;
}

void Closing::add(const Packet& packet, const Relations& relations, const Story& story) {
  const Kind kind = kind_of(packet);
  ++packets_;
  ++counts_[kind];
  web_ = web_ || is_web(packet);
  if (kind == answer && packet.dns.rcode == dns::Rcode::no_error) ++good_answers_;
  if (!first_.is_set()) first_ = packet.place;
  if (packet.place > last_) last_ = packet.place;
  timed_ = timed_ || packet.has_time;
  for (const packet::NoteAt& note : packet.notes) {
    if (note.note == packet::Note::text_unreadable) ++unread_;
  }
  add_failure(packet, relations, story);
}

void Closing::add_failure(const Packet& packet, const Relations& relations, const Story& story) {
  if (find(relations, Tie::same_frame) != nullptr) return;  // counted already
  Pattern pattern;
  const Relation* about = nullptr;
  if (is_icmp_error(packet)) {
    const packet::Quoted& quoted = packet.icmp.quoted;
    const bool quotes = packet.known.has(Field::quote);
    about = find(relations, Tie::error_about);
    pattern.failure = Failure::icmp;
    pattern.transport = quotes ? quoted.transport : Transport::none;
    pattern.messenger = packet.transport;
    pattern.port = quotes ? quoted.destination_port : std::uint16_t{0};
    pattern.code = static_cast<std::uint16_t>(packet.icmp.type << 8U | packet.icmp.code);
    pattern.key.b = quotes ? quoted.ip.destination : packet.ip.source;
    pattern.question_type = story.question_type();
    pattern.name.assign(story.question());
  } else if (packet.application == packet::Application::dns && packet.dns.response &&
             packet.dns.rcode != dns::Rcode::no_error) {
    about = find(relations, Tie::answers);
    pattern.failure = Failure::rcode;
    pattern.transport = packet.transport;
    pattern.port = packet.source_port;
    pattern.code = static_cast<std::uint16_t>(packet.dns.rcode);
    pattern.key.b = packet.ip.source;
    pattern.question_type =
        packet.dns.question_type != 0 ? packet.dns.question_type : story.question_type();
    pattern.name.assign(packet.dns.question_name.empty() ? story.question()
                                                         : packet.dns.question_name.view());
  } else if ((about = find(relations, Tie::reset_refuses)) != nullptr) {
    pattern.failure = Failure::reset;
    pattern.transport = Transport::tcp;
    pattern.port = packet.source_port;
    pattern.key.b = packet.ip.source;
  } else {
    return;
  }
  pattern.key.a = packet.ip.destination;
  count_pattern(pattern, packet, about);
}

void Closing::count_pattern(Pattern pattern, const Packet& packet, const Relation* about) {
  pattern.key.detail = std::uint64_t{static_cast<std::uint8_t>(pattern.failure)} << 56U |
                       std::uint64_t{static_cast<std::uint8_t>(pattern.transport)} << 48U |
                       std::uint64_t{pattern.port} << 32U | std::uint64_t{pattern.code} << 16U |
                       pattern.question_type;
  auto found = std::ranges::find_if(patterns_, [&](const Pattern& known) {
    return known.key == pattern.key && known.name.view() == pattern.name.view();
  });
  if (found == patterns_.end()) {
    if (patterns_.size() == limits::kPatterns) {
      ++further_patterns_;
      return;
    }
    patterns_.push_back(pattern);
    found = patterns_.end() - 1;
  }
  ++found->count;
  if (about == nullptr) return;
  found->examples.push_back({about->other, packet.place, about->gap, about->has_gap});
}

std::string Closing::counts() const {
  struct Noun {
    Kind kind;
    std::string_view one;
    std::string_view many;
  };
  static constexpr Noun nouns[] = {
      {query, "DNS query", "DNS queries"},
      {answer, "DNS answer", "DNS answers"},
      {error, "ICMP error", "ICMP errors"},
      {ping, "other ICMP message", "other ICMP messages"},
      {tcp, "TCP packet", "TCP packets"},
      {udp, "other UDP datagram", "other UDP datagrams"},
      {neighbour, "ARP packet", "ARP packets"},
      {other, "packet of another kind", "packets of other kinds"},
  };
  std::vector<std::string> items;
  for (const Noun& noun : nouns) {
    if (counts_[noun.kind] > 0) items.push_back(counted(counts_[noun.kind], noun.one, noun.many));
  }
  return joined(items);
}

std::string Closing::span(const Cite& cite, bool has_clock) const {
  std::string out = fmt::format(", {} to {}", cite(first_), cite(last_));
  if (packets_ == 1) out = ", " + cite(first_);
  if (!timed_ || packets_ == 1) return out;
  const base::Duration length = base::between(first_.time, last_.time);
  if (has_clock) {
    out += fmt::format(", from {} to {}", base::clock_time(first_.time).substr(0, 8),
                       base::clock_time(last_.time).substr(0, 8));
  }
  return out + ", over " + base::human_duration(length);
}

std::string Closing::pattern_words(const Pattern& pattern, const base::AddressBook& book,
                                   const Cite& cite) {
  std::string what = "a packet";
  const bool ported = pattern.transport == Transport::udp || pattern.transport == Transport::tcp;
  if (!pattern.name.empty() || pattern.failure == Failure::rcode) {
    what = fmt::format("the {} record of {}", dns::type_name(pattern.question_type),
                       pattern.name.empty() ? "a name" : pattern.name.view());
  } else if (ported) {
    what = fmt::format("{} port {}", packet::transport_name(pattern.transport), pattern.port);
  }
  std::string told = "and was refused with a TCP reset";
  if (pattern.failure == Failure::rcode) {
    told =
        fmt::format("and was answered {}", dns::rcode_name(static_cast<dns::Rcode>(pattern.code)));
  } else if (pattern.failure == Failure::icmp) {
    told = fmt::format(
        "and got the ICMP error \"{}\"",
        packet::icmp_words(pattern.messenger, static_cast<std::uint8_t>(pattern.code >> 8U),
                           static_cast<std::uint8_t>(pattern.code & 0xffU)));
  }
  const bool asks = !pattern.name.empty() || pattern.failure == Failure::rcode;
  std::string out = fmt::format("This happened {}: {} {} {} {} {}", times_words(pattern.count),
                                book.text(pattern.key.a), asks ? "asked" : "sent to",
                                book.text(pattern.key.b), asks ? "for " + what : what, told);
  std::vector<std::string> examples;
  for (const Example& example : pattern.examples) {
    examples.push_back(fmt::format(
        "{} and {}{}", cite(example.asked), cite(example.told),
        example.has_gap ? ", " + base::human_duration(example.gap) + " apart" : std::string()));
  }
  if (!examples.empty()) {
    out += " (";
    for (std::size_t i = 0; i < examples.size(); ++i) out += (i == 0 ? "" : "; ") + examples[i];
    out += pattern.count > examples.size() ? "; and so on)" : ")";
  }
  return out + ".";
}

std::vector<std::string> Closing::absences(bool is_log) const {
  const std::string_view here = is_log ? "log" : "capture";
  std::vector<std::string> out;
  if (unread_ > 0) {
    out.push_back(fmt::format("{} could not be read. Whatever is missing here may be among them.",
                              counted(unread_, "record", "records")));
  }
  if (counts_[query] > 0 && counts_[answer] == 0) {
    out.push_back(fmt::format(
        "No DNS answer is in this {}: none of the queries was answered, as far as it shows.",
        here));
  } else if (counts_[query] > 0 && good_answers_ == 0) {
    out.push_back("No query got an answer without an error.");
  }
  if (counts_[tcp] == 0) {
    out.push_back(
        fmt::format("No TCP packet is in this {}. So no connection to a web server (port "
                    "80 or 443) was tried, and nothing is shown of whether one works.",
                    here));
  } else if (!web_) {
    out.push_back(
        fmt::format("No packet of TCP port 80 or 443 is in this {}: nothing is shown of "
                    "whether the web works.",
                    here));
  }
  return out;
}

std::vector<std::string> Closing::sentences(const base::Interner& names, const Cite& cite,
                                            const Scope& scope) const {
  std::vector<std::string> out;
  if (packets_ == 0) return out;
  const base::AddressBook book(names);
  out.push_back(fmt::format("{}{}: {}.", counted(packets_, "packet", "packets"),
                            span(cite, scope.has_clock), counts()));
  std::vector<const Pattern*> order;
  for (const Pattern& pattern : patterns_) order.push_back(&pattern);
  std::ranges::stable_sort(order,
                           [](const Pattern* a, const Pattern* b) { return a->count > b->count; });
  for (std::size_t i = 0; i < order.size() && i < limits::kPatternsShown; ++i) {
    out.push_back(pattern_words(*order[i], book, cite));
  }
  const std::uint64_t more = further_patterns_ + (order.size() > limits::kPatternsShown
                                                      ? order.size() - limits::kPatternsShown
                                                      : std::uint64_t{0});
  if (more > 0) {
    out.push_back(fmt::format("Beside these there were {}, each seldom.",
                              counted(more, "other failing exchange", "other failing exchanges")));
  }
  if (!scope.whole) return out;
  for (std::string& text : absences(scope.is_log)) out.push_back(std::move(text));
  return out;
}

}  // namespace whydown::explain
