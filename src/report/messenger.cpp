#include "report/messenger.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "diagnosis/words.h"
#include "report/incident_words.h"
#include "report/words.h"

namespace whydown::report {
namespace {

using diagnosis::Incident;
using evidence::Outcome;

// An evidence line "A > B words..." split at its addresses.
struct EvidenceLine {
  std::string_view sender;
  std::string_view words;
};

// Of DHCP "A DHCP NAK to ...".
EvidenceLine split(std::string_view text) {
  const std::size_t arrow = text.find(" > ");
  const std::size_t dhcp = text.find(" DHCP ");
  if (arrow == std::string_view::npos && dhcp != std::string_view::npos) {
    return {text.substr(0, dhcp), text.substr(dhcp + 1)};
  }
  if (arrow == std::string_view::npos || text.find(' ') != arrow) return {{}, text};
  const std::size_t receiver_end = text.find(' ', arrow + 3);
  if (receiver_end == std::string_view::npos) return {text.substr(0, arrow), {}};
  return {text.substr(0, arrow), text.substr(receiver_end + 1)};
}

bool is_address_of(std::string_view sender, const std::string& address) {
  return sender == address || sender.starts_with(address + ":") ||
         sender.starts_with("[" + address + "]");
}

bool sent_by_client(std::string_view sender, const Incident& incident) {
  return std::ranges::any_of(incident.clients.addresses, [&](const std::string& client) {
    return is_address_of(sender, client);
  });
}

// What an outcome's general words do not say.
bool has_own_words(evidence::Symptom symptom) {
  using evidence::Symptom;
  switch (symptom) {
    case Symptom::too_big:
    case Symptom::wrong_answer:
    case Symptom::truncated:
    case Symptom::conflict:
    case Symptom::spoofed:
    case Symptom::redirect_loop:
    case Symptom::diverted:
    case Symptom::lossy:
    case Symptom::zero_window:
    case Symptom::stalled:
      return true;
    default:
      return false;
  }
}

std::string failed_phrase(const Incident& incident, const Messenger& messenger) {
  if (has_own_words(incident.subject.symptom)) {
    return std::string(diagnosis::symptom_words(incident.subject.symptom));
  }
  switch (outcome_of(incident)) {
    case Outcome::refused:
    case Outcome::failed:
      if (messenger.protocol.starts_with("ICMP")) return "could not be delivered";
      if (messenger.is_client) return "were broken off by the client";
      return messenger.protocol == "DNS" ? "were answered with an error" : "were turned down";
    case Outcome::silent:
      return "got no answer that the capture shows";
    case Outcome::cut:
      return "were cut off";
    case Outcome::slow:
      return "were answered too slowly";
    case Outcome::ok:
    case Outcome::unknown:
      break;
  }
  return "failed";
}

std::string attempt_noun(const Incident& incident) {
  const std::string protocol = attempt_protocol(incident);
  const std::uint64_t total = incident.attempts_total;
  if (protocol == "DNS") return counted(total, "DNS query", "DNS queries");
  if (incident.step == evidence::Step::transfer || protocol == "IP") {
    return counted(total, "connection", "connections");
  }
  if (protocol == "TCP") return counted(total, "connection attempt", "connection attempts");
  if (protocol == "TLS") return counted(total, "TLS handshake", "TLS handshakes");
  return counted(total, protocol + " request", protocol + " requests");
}

std::string target_words(const Incident& incident) {
  // A neighbour is asked after, not asked.
  if (incident.transport == "arp") return "for the address " + joined(incident.service.servers);
  std::string out = "to " + server_words(incident);
  if (incident.service.port) out += ", " + port_words(incident) + ",";
  return out;
}

}  // namespace

namespace {

Messenger messenger_of(const Incident& incident, bool is_client) {
  Messenger result;
  for (const diagnosis::EvidencePacket& packet : incident.evidence) {
    if (packet.role != diagnosis::Role::symptom) continue;
    const EvidenceLine line = split(packet.text);
    if (line.sender.empty() || line.words.empty() ||
        sent_by_client(line.sender, incident) != is_client) {
      continue;
    }
    if (result.words.empty()) {
      result.words = line.words;
      result.protocol = line.words.substr(0, line.words.find(' '));
      if (result.protocol == "reply") result.protocol = incident.protocol;
      result.is_client = is_client;
    }
    result.packets.push_back(packet.place);
  }
  return result;
}

}  // namespace

Messenger messenger_of(const Incident& incident) {
  const Outcome outcome = outcome_of(incident);
  if (outcome == Outcome::silent || outcome == Outcome::slow) return {};
  // What becomes of data is told by many packets, none of which says so; but for a reset.
  if (incident.step == evidence::Step::transfer && outcome != Outcome::cut) return {};
  Messenger server = messenger_of(incident, false);
  return server.protocol.empty() ? messenger_of(incident, true) : server;
}

std::string error_message(const Incident& incident, const Messenger& messenger) {
  if (incident.fault.ends_with("port_unreachable") && incident.service.port) {
    return fmt::format("{} port {} unreachable", incident.transport, *incident.service.port);
  }
  return messenger.words;
}

std::string protocols_concerned(const Incident& incident, const Messenger& messenger) {
  std::vector<std::string> protocols{attempt_protocol(incident)};
  if (!messenger.protocol.empty() && messenger.protocol != protocols[0]) {
    protocols.push_back(messenger.protocol);
  }
  return joined(protocols);
}

std::string failure_sentence(const Incident& incident, const Messenger& messenger) {
  if (incident.attack) {
    return fmt::format(
        "{} came {} from {}. {}", counted(incident.attack->packets, "packet", "packets"),
        target_words(incident), attack_source_words(incident), incident.attack->outcome);
  }
  std::string out =
      fmt::format("{} of {}", thousands(incident.attempts_failed), attempt_noun(incident));
  if (!incident.service.names.empty()) out += " for " + first_few(incident.service.names);
  const auto& clients = incident.clients.addresses;
  out += " from " +
         (clients.size() == 1 && incident.clients.count <= 1 ? clients[0] : client_words(incident));
  return fmt::format("{} {} {}.", out, target_words(incident), failed_phrase(incident, messenger));
}

}  // namespace whydown::report
