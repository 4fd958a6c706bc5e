#include "diagnosis/words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/core.h>

#include "base/numbers.h"
namespace whydown::diagnosis {

namespace {

std::string value_of(std::string_view placeholder, const Values& values) {
  if (placeholder == "server") return values.server;
  if (placeholder == "servers") return values.servers;
  if (placeholder == "port") return values.port;
  if (placeholder == "endpoint") return values.endpoint;
  if (placeholder == "site") return values.site;
  if (placeholder == "url") return values.url;
  if (placeholder == "protocol") return values.protocol;
  if (placeholder == "name") return values.name;
  if (placeholder == "names") return values.names;
  if (placeholder == "such_names") return values.such_names;
  if (placeholder == "the_name") return values.the_name;
  if (placeholder == "client") return values.client;
  if (placeholder == "clients") return values.clients;
  if (placeholder == "failed") return std::to_string(values.failed);
  if (placeholder == "total") return std::to_string(values.total);
  if (placeholder == "objection") return values.objection;
  if (placeholder == "source") return values.source;
  if (placeholder == "sources") return values.sources;
  if (placeholder == "rate") return values.rate;
  if (placeholder == "sent") return values.sent;
  if (placeholder == "ports") return values.ports;
  if (placeholder == "hosts") return values.hosts;
  if (placeholder == "size") return values.size;
  if (placeholder == "asked") return values.asked;
  if (placeholder == "role") return values.role;
  if (placeholder == "victim") return values.victim;
  if (placeholder == "reflector") return values.reflector;
  if (placeholder == "course") return values.course;
  if (placeholder == "open") return values.open;
  if (placeholder == "accepted") return values.accepted;
  return fmt::format("{{{}}}", placeholder);
}

// "13:24:32"
std::string to_the_second(base::Time time) { return base::clock_time(time).substr(0, 8); }

// "1:24 pm"
std::string to_the_minute_12h(base::Time time) {
  std::string text = base::clock_time_12h(time);
  const std::size_t seconds = text.rfind(':');
  const std::size_t half = text.find(' ');
  if (seconds == std::string::npos || half == std::string::npos || half < seconds) return text;
  return text.erase(seconds, half - seconds);
}

bool is_plain_word(std::string_view text) {
  const auto is_letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const auto is_plain = [&](char c) {
    return is_letter_or_digit(c) || c == '.' || c == ':' || c == '-' || c == '_';
  };
  return !text.empty() && (is_letter_or_digit(text.front()) || text.front() == '_') &&
         std::ranges::all_of(text, is_plain);
}

std::string command_value_of(std::string_view placeholder, const Values& values) {
  std::string value = value_of(placeholder, values);
  if (is_plain_word(value)) return value;
  value.assign(placeholder);
  std::ranges::transform(value, value.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return value;
}

using ValueOf = std::string (*)(std::string_view placeholder, const Values& values);

std::string fill_with(std::string_view text, const Values& values, ValueOf value) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) break;
    out.append(text.substr(0, open));
    out.append(value(text.substr(open + 1, close - open - 1), values));
    text.remove_prefix(close + 1);
  }
  return out.append(text);
}

}  // namespace

std::string fill(std::string_view text, const Values& values) {
  return fill_with(text, values, value_of);
}

std::string fill_command(std::string_view text, const Values& values) {
  return fill_with(text, values, command_value_of);
}

std::string list_words(std::span<const std::string> items, std::size_t shown, std::uint64_t total) {
  total = std::max<std::uint64_t>(total, items.size());
  shown = std::min(shown, items.size());
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out.append(i + 1 == shown && shown == total ? " and " : ", ");
    out.append(items[i]);
  }
  if (shown < total) out.append(fmt::format(" and {} more", base::thousands(total - shown)));
  return out;
}

std::string count_words(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", base::thousands(count), noun, count == 1 ? "" : "s");
}

std::string share_words(std::uint64_t part, std::uint64_t total, std::string_view noun) {
  if (part != total)
    return fmt::format("{} of {}", base::thousands(part), count_words(total, noun));
  if (part == 1) return fmt::format("the only {}", noun);
  if (part == 2) return fmt::format("both {}s", noun);
  return fmt::format("all {}", count_words(total, noun));
}

std::string percent_words(double probability) {
  if (probability < 0.05) return "under 5 %";
  if (probability > 0.95) return "over 95 %";
  return fmt::format("about {} %", 5 * std::lround(probability * 20));
}

std::string_view attempt_noun(evidence::Protocol protocol) {
  switch (protocol) {
    case evidence::Protocol::arp:
      return "ARP request";
    case evidence::Protocol::nd:
      return "neighbour request";
    case evidence::Protocol::dhcp:
      return "address request";
    case evidence::Protocol::icmp:
      return "ping";
    case evidence::Protocol::dns:
      return "lookup";
    case evidence::Protocol::tcp:
      return "connection attempt";
    case evidence::Protocol::tls:
      return "TLS handshake";
    case evidence::Protocol::quic:
      return "QUIC connection attempt";
    case evidence::Protocol::udp:
    case evidence::Protocol::http:
    case evidence::Protocol::ntp:
      return "request";
    case evidence::Protocol::ftp:
    case evidence::Protocol::smtp:
    case evidence::Protocol::pop:
    case evidence::Protocol::imap:
    case evidence::Protocol::ssh:
      return "session";
    case evidence::Protocol::ethernet:
      return "packet";
    case evidence::Protocol::count_:
      break;
  }
  return "attempt";
}

std::string_view attempt_noun(const evidence::RowKey& key) {
  if (key.step == evidence::Step::transfer) return "connection";
  if (key.step == evidence::Step::link) return "packet";
  return attempt_noun(key.service.protocol);
}

std::string_view symptom_words(evidence::Symptom symptom) {
  using evidence::Symptom;
  switch (symptom) {
    case Symptom::port_unreachable:
      return "met the ICMP error \"port unreachable\"";
    case Symptom::net_unreachable:
      return "met the ICMP error \"network unreachable\"";
    case Symptom::host_unreachable:
      return "met the ICMP error \"host unreachable\"";
    case Symptom::admin_prohibited:
      return "met the ICMP error \"administratively prohibited\"";
    case Symptom::protocol_unreachable:
      return "met the ICMP error \"protocol unreachable\"";
    case Symptom::ttl_exceeded:
      return "met the ICMP error \"time exceeded\"";
    case Symptom::other_icmp_error:
      return "met an ICMP error";
    case Symptom::reset:
      return "met a TCP reset";
    case Symptom::no_response:
      return "got no answer";
    case Symptom::nx_domain:
      return "got the answer NXDOMAIN (no such name)";
    case Symptom::serv_fail:
      return "got the answer SERVFAIL (the server could not find out)";
    case Symptom::refused:
      return "got the answer REFUSED";
    case Symptom::format_error:
      return "got the answer that the query was not understood";
    case Symptom::other_rcode:
      return "got an error code as their answer";
    case Symptom::no_offer:
      return "got no offer of an address";
    case Symptom::nak:
      return "met a refusal (DHCPNAK)";
    case Symptom::conflict:
      return "met an address that two machines claim";
    case Symptom::spoofed:
      return "met a machine that claims the addresses of others";
    case Symptom::wrong_answer:
      return "got an address that the name does not have";
    case Symptom::truncated:
      return "got only a part of the answer";
    case Symptom::slow_answer:
      return "were answered late";
    case Symptom::alert:
      return "were called off by one of the two sides";
    case Symptom::no_handshake:
      return "connected, and came to no TLS handshake";
    case Symptom::certificate_expired:
      return "met an expired certificate";
    case Symptom::certificate_name:
      return "met a certificate for other names";
    case Symptom::certificate_untrusted:
      return "met a certificate that they do not trust";
    case Symptom::error_status:
      return "got an error status";
    case Symptom::denied:
      return "were denied access";
    case Symptom::not_found:
      return "were told that there is no such thing";
    case Symptom::unanswered:
      return "saw the connection closed instead of an answer";
    case Symptom::redirect_loop:
      return "were sent round in circles";
    case Symptom::refused_reply:
      return "got a reply that refuses";
    case Symptom::cut_off:
      return "were cut off by a reset";
    case Symptom::lossy:
      return "lost many packets";
    case Symptom::zero_window:
      return "met a receiver that took no more";
    case Symptom::stalled:
      return "came to a standstill";
    case Symptom::too_big:
      return "lost every large packet";
    case Symptom::looping:
      return "went round in circles";
    case Symptom::diverted:
      return "were sent to another place";
    case Symptom::none:
    case Symptom::count_:
      break;
  }
  return "failed";
}

std::string symptom_words(evidence::Symptom symptom, std::uint64_t count) {
  constexpr std::string_view kSeveral = "were ";
  const std::string_view words = symptom_words(symptom);
  if (count != 1 || !words.starts_with(kSeveral)) return std::string(words);
  return fmt::format("was {}", words.substr(kSeveral.size()));
}

Calendar calendar_of(std::span<const base::InputInfo> inputs) {
  Calendar calendar;
  calendar.has_time = inputs.empty();
  for (const base::InputInfo& input : inputs) {
    if (input.packets == 0) continue;
    calendar.has_time = calendar.has_time || input.first_time.has_value();
    calendar.has_date = calendar.has_date && input.date_known;
    calendar.has_zone = calendar.has_zone && input.zone_known;
  }
  return calendar;
}

std::string window_words(const Window& window, const Calendar& calendar) {
  if (!calendar.has_time || window.is_empty()) return {};
  const std::string zone = calendar.has_zone ? " UTC" : "";
  const std::string first = to_the_second(window.first);
  const std::string last = to_the_second(window.last);
  const std::string first_day = base::calendar_date(window.first);
  const std::string last_day = base::calendar_date(window.last);
  if (first_day != last_day && calendar.has_date) {
    return fmt::format("between {} {} and {} {}{}", first_day, first, last_day, last, zone);
  }
  const std::string day = calendar.has_date ? fmt::format("on {} ", first_day) : "";
  const std::string from = to_the_minute_12h(window.first);
  const std::string to = to_the_minute_12h(window.last);
  const std::string spoken = from == to ? from : from + " to " + to;
  if (first == last) return fmt::format("{}at {}{} ({})", day, first, zone, spoken);
  return fmt::format("{}between {} and {}{} ({})", day, first, last, zone, spoken);
}

std::string sentence(std::string text) {
  if (text.empty()) return text;
  if (text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  if (text.back() != '.' && text.back() != '?' && text.back() != '!') text.push_back('.');
  return text;
}

std::string paragraph(std::span<const std::string> sentences) {
  std::string out;
  for (const std::string& text : sentences) {
    if (text.empty()) continue;
    if (!out.empty()) out.push_back(' ');
    out.append(text);
  }
  return out;
}

}  // namespace whydown::diagnosis
