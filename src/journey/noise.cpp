#include "journey/noise.h"

#include <algorithm>
#include <array>

namespace whydown::journey {

namespace {

namespace type = packet::dns::type;
constexpr std::uint16_t kNaptr = 35;
constexpr std::size_t kBlackListOctets = 4;    // RFC 5782 2.1
constexpr std::size_t kBlackListNibbles = 32;  // RFC 5782 2.4

bool is_octet(std::string_view label) {
  if (label.empty() || label.size() > 3) return false;
  int value = 0;
  for (const char c : label) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  return value <= 255;
}

bool is_nibble(std::string_view label) {
  return label.size() == 1 &&
         ((label[0] >= '0' && label[0] <= '9') || (label[0] >= 'a' && label[0] <= 'f'));
}

// An address spelt backwards in front of a black list's name.
bool is_black_list(std::string_view name) {
  std::size_t octets = 0;
  std::size_t nibbles = 0;
  bool more_octets = true;
  bool more_nibbles = true;
  while (!name.empty() && (more_octets || more_nibbles)) {
    const std::string_view label = name.substr(0, name.find('.'));
    more_octets = more_octets && is_octet(label);
    more_nibbles = more_nibbles && is_nibble(label);
    octets += more_octets ? 1U : 0U;
    nibbles += more_nibbles ? 1U : 0U;
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  // Something must follow: four numbers alone are somebody's typing error.
  return !name.empty() && (octets == kBlackListOctets || nibbles == kBlackListNibbles);
}

bool is_under(std::string_view name, std::string_view suffix) {
  return name.ends_with(suffix) &&
         (name.size() == suffix.size() || name[name.size() - suffix.size() - 1] == '.');
}

bool is_discovery_name(std::string_view name) {
  const std::string_view first = name.substr(0, name.find('.'));
  return name.starts_with('_') || first == "wpad" || first == "isatap" ||
         name == "use-application-dns.net";
}

}  // namespace

bool is_noise(std::string_view name, std::uint16_t question_type, Symptom symptom) {
  switch (symptom) {
    case Symptom::nx_domain:
      break;
    // Reverse zones are delegated badly everywhere.
    case Symptom::serv_fail:
    case Symptom::refused:
    case Symptom::format_error:
    case Symptom::other_rcode:
      return question_type == type::ptr;
    default:
      return false;
  }
  constexpr std::array kTypes{type::ptr, type::srv, type::txt, kNaptr};
  constexpr std::array<std::string_view, 3> kSuffixes{"local", "arpa", "localdomain"};
  if (std::ranges::find(kTypes, question_type) != kTypes.end()) return true;
  if (name.empty()) return false;
  if (name.find('.') == std::string_view::npos || is_discovery_name(name)) return true;
  if (std::ranges::any_of(kSuffixes, [&](std::string_view s) { return is_under(name, s); })) {
    return true;
  }
  return is_black_list(name);
}

bool is_discovery(const Service& service) {
  if (service.transport != packet::Transport::udp || service.protocol != Protocol::udp)
    return false;
  // https://www.iana.org/assignments/service-names-port-numbers
  constexpr std::array<std::uint16_t, 6> kPorts{137, 138, 1900, 3702, 5353, 5355};
  return std::ranges::find(kPorts, service.port) != kPorts.end();
}

}  // namespace whydown::journey
