#include "journey/verdict.h"

#include <array>

#include "journey/limits.h"

namespace whydown::journey {

using packet::Transport;

namespace {

Symptom icmp4_symptom(std::uint8_t type, std::uint8_t code) {
  if (type == 11) return code == 0 ? Symptom::ttl_exceeded : Symptom::other_icmp_error;
  if (type == 12) return Symptom::other_icmp_error;
  if (type != 3) return Symptom::none;
  switch (code) {
    case 0:
    case 5:
    case 6:
    case 8:
    case 11:
      return Symptom::net_unreachable;
    case 1:
    case 7:
    case 12:
      return Symptom::host_unreachable;
    case 2:
      return Symptom::protocol_unreachable;
    case 3:
      return Symptom::port_unreachable;
    case 4:
      return Symptom::none;
    case 9:
    case 10:
    case 13:
      return Symptom::admin_prohibited;
    default:
      return Symptom::other_icmp_error;
  }
}

Symptom icmp6_symptom(std::uint8_t type, std::uint8_t code) {
  if (type == 3) return code == 0 ? Symptom::ttl_exceeded : Symptom::other_icmp_error;
  if (type == 4) return Symptom::other_icmp_error;
  if (type != 1) return Symptom::none;
  switch (code) {
    case 0:
      return Symptom::net_unreachable;
    case 1:
    case 5:
    case 6:
      return Symptom::admin_prohibited;
    case 3:
      return Symptom::host_unreachable;
    case 4:
      return Symptom::port_unreachable;
    default:
      return Symptom::other_icmp_error;
  }
}

}  // namespace

Symptom icmp_symptom(Transport family, std::uint8_t type, std::uint8_t code) {
  if (family == Transport::icmp) return icmp4_symptom(type, code);
  if (family == Transport::icmp6) return icmp6_symptom(type, code);
  return Symptom::none;
}

Symptom rcode_symptom(packet::dns::Rcode rcode) {
  using packet::dns::Rcode;
  switch (rcode) {
    case Rcode::no_error:
      return Symptom::none;
    case Rcode::form_err:
    case Rcode::not_imp:
    case Rcode::bad_vers:
      return Symptom::format_error;
    case Rcode::serv_fail:
      return Symptom::serv_fail;
    case Rcode::nx_domain:
      return Symptom::nx_domain;
    case Rcode::refused:
      return Symptom::refused;
    case Rcode::not_auth:
      break;
  }
  return Symptom::other_rcode;
}

Outcome outcome_of(Symptom symptom) {
  switch (symptom) {
    case Symptom::none:
      return Outcome::ok;
    case Symptom::port_unreachable:
    case Symptom::admin_prohibited:
    case Symptom::protocol_unreachable:
    case Symptom::reset:
    case Symptom::refused:
    case Symptom::nak:
    case Symptom::refused_reply:
    case Symptom::denied:
      return Outcome::refused;
    case Symptom::no_response:
    case Symptom::no_offer:
    case Symptom::stalled:
    case Symptom::too_big:
      return Outcome::silent;
    case Symptom::cut_off:
    case Symptom::unanswered:
      return Outcome::cut;
    case Symptom::slow_answer:
      return Outcome::slow;
    case Symptom::net_unreachable:
    case Symptom::host_unreachable:
    case Symptom::ttl_exceeded:
    case Symptom::other_icmp_error:
    case Symptom::nx_domain:
    case Symptom::serv_fail:
    case Symptom::format_error:
    case Symptom::other_rcode:
    case Symptom::conflict:
    case Symptom::spoofed:
    case Symptom::wrong_answer:
    case Symptom::truncated:
    case Symptom::alert:
    case Symptom::no_handshake:
    case Symptom::certificate_expired:
    case Symptom::certificate_name:
    case Symptom::certificate_untrusted:
    case Symptom::error_status:
    case Symptom::not_found:
    case Symptom::redirect_loop:
    case Symptom::diverted:
    case Symptom::lossy:
    case Symptom::zero_window:
    case Symptom::looping:
    case Symptom::count_:
      break;
  }
  return Outcome::failed;
}

bool is_silence(const Waited& waited) {
  if (!waited.has_time) {
    return waited.tries >= 2 || waited.later_packets >= limits::kSilenceLaterPackets;
  }
  return waited.since_first >=
         (waited.tries >= 2 ? limits::kSilenceRetried : limits::kSilenceOneTry);
}

std::string_view step_id(Step step) {
  static constexpr std::array<std::string_view, kSteps> kIds{
      "link", "address", "route", "name", "connect", "secure", "request", "transfer"};
  return kIds.at(static_cast<std::size_t>(step));
}

std::string_view outcome_id(Outcome outcome) {
  static constexpr std::array<std::string_view, kOutcomes> kIds{
      "ok", "slow", "refused", "failed", "silent", "cut", "unknown"};
  return kIds.at(static_cast<std::size_t>(outcome));
}

std::string_view protocol_id(Protocol protocol) {
  static constexpr std::array<std::string_view, static_cast<std::size_t>(Protocol::count_)> kIds{
      "arp", "nd",  "dhcp", "icmp", "dns",  "tcp", "udp",      "tls", "http",
      "ntp", "ftp", "smtp", "pop",  "imap", "ssh", "ethernet", "quic"};
  return kIds.at(static_cast<std::size_t>(protocol));
}

std::string_view symptom_id(Symptom symptom) {
  static constexpr std::array<std::string_view, static_cast<std::size_t>(Symptom::count_)> kIds{
      "none",
      "port_unreachable",
      "net_unreachable",
      "host_unreachable",
      "admin_prohibited",
      "protocol_unreachable",
      "ttl_exceeded",
      "other_icmp_error",
      "reset",
      "no_response",
      "nx_domain",
      "serv_fail",
      "refused",
      "format_error",
      "other_rcode",
      "no_offer",
      "nak",
      "conflict",
      "spoofed",
      "wrong_answer",
      "truncated",
      "slow_answer",
      "alert",
      "no_handshake",
      "certificate_expired",
      "certificate_name",
      "certificate_untrusted",
      "error_status",
      "denied",
      "not_found",
      "unanswered",
      "redirect_loop",
      "refused_reply",
      "cut_off",
      "lossy",
      "zero_window",
      "stalled",
      "too_big",
      "looping",
      "diverted"};
  return kIds.at(static_cast<std::size_t>(symptom));
}

}  // namespace whydown::journey
