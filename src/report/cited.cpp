#include "report/cited.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "report/incident_words.h"
#include "report/words.h"

namespace whydown::report {
namespace {

using diagnosis::Incident;

// More than this about one packet would bury what matters.
constexpr std::size_t kMostComments = 16;

std::string_view role_words(diagnosis::Role role) {
  switch (role) {
    case diagnosis::Role::symptom:
      return "Symptom";
    case diagnosis::Role::cause:
      return "Sign of the cause";
    case diagnosis::Role::context:
      break;
  }
  return "Context";
}

void add(PacketComments& comments, const base::Place& place, const std::string& text) {
  if (!place.is_set()) return;
  std::vector<std::string>& all = comments[place];
  const bool is_said = std::ranges::find(all, text) != all.end();
  if (!is_said && all.size() < kMostComments) all.push_back(text);
}

void add_evidence(PacketComments& comments, const Incident& incident) {
  for (const diagnosis::EvidencePacket& packet : incident.evidence) {
    add(comments, packet.place,
        fmt::format("{} of incident {} ({}): {}.", role_words(packet.role), incident.id,
                    without_stop(incident.title), without_stop(packet.text)));
  }
}

void add_arguments(PacketComments& comments, const Incident& incident,
                   const diagnosis::RankedCause& cause, bool is_for) {
  for (const diagnosis::Argument& argument :
       is_for ? cause.arguments_for : cause.arguments_against) {
    const std::string text =
        fmt::format("Incident {}: speaks {} \"{}\": {}.", incident.id, is_for ? "for" : "against",
                    without_stop(cause.title), without_stop(argument_words(argument)));
    for (const base::Place& place : argument.packets) add(comments, place, text);
  }
}

// Of a packet that nothing else is said about: which facts were read off it.
void add_facts(PacketComments& comments, const Incident& incident) {
  PacketComments found;
  for (const diagnosis::KnownFact& fact : incident.facts) {
    const std::string detail = fact.detail.empty() ? "" : fmt::format(" ({})", fact.detail);
    const std::string text =
        fmt::format("Incident {}: read off this packet, among others: {} is {}{}.", incident.id,
                    fact.id, fact.is ? "true" : "not true", without_stop(detail));
    for (const base::Place& place : fact.packets) {
      if (!comments.contains(place)) add(found, place, text);
    }
  }
  comments.merge(found);
}

}  // namespace

PacketComments packet_comments(const diagnosis::Diagnosis& diagnosis) {
  PacketComments comments;
  for (const Incident& incident : diagnosis.incidents) add_evidence(comments, incident);
  for (const Incident& incident : diagnosis.incidents) {
    for (const diagnosis::RankedCause& cause : incident.causes) {
      add_arguments(comments, incident, cause, true);
      add_arguments(comments, incident, cause, false);
    }
  }
  for (const Incident& incident : diagnosis.incidents) add_facts(comments, incident);
  return comments;
}

std::vector<base::Place> cited_packets(const diagnosis::Diagnosis& diagnosis) {
  std::vector<base::Place> places;
  for (const auto& [place, texts] : packet_comments(diagnosis)) places.push_back(place);
  return places;
}

}  // namespace whydown::report
