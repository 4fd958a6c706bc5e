#include "report/incident_words.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace whydown::report {

using diagnosis::Incident;
using evidence::Outcome;

Outcome outcome_of(const Incident& incident) {
  for (const diagnosis::JourneyStep& step : incident.journey) {
    if (step.step == incident.step) return step.outcome;
  }
  return Outcome::unknown;
}

bool is_act(Outcome outcome) {
  return outcome == Outcome::refused || outcome == Outcome::failed || outcome == Outcome::cut;
}

std::string outcome_words(const diagnosis::JourneyStep& step) {
  return step.is_reached ? outcome_words(step.outcome) : "not reached";
}

std::string outcome_words(Outcome outcome) {
  if (outcome == Outcome::unknown) return "not shown";
  const std::string id(outcome_id(outcome));
  return outcome == Outcome::ok || outcome == Outcome::slow ? id : upper_case(id);
}

std::string journey_line(const Incident& incident) {
  std::string out;
  for (const diagnosis::JourneyStep& step : incident.journey) {
    if (!out.empty()) out += " -> ";
    out += step_id(step.step);
    const std::string words = outcome_words(step);
    out += step.outcome == Outcome::unknown ? " (" + words + ")" : " " + words;
  }
  return out;
}

const diagnosis::RankedCause* leading_cause(const Incident& incident) {
  for (const diagnosis::RankedCause& cause : incident.causes) {
    if (cause.id != "other") return &cause;
  }
  return nullptr;
}

const diagnosis::RankedCause* find_cause(const Incident& incident, std::string_view id) {
  const auto found = std::ranges::find(incident.causes, id, &diagnosis::RankedCause::id);
  return found == incident.causes.end() ? nullptr : &*found;
}

std::string cause_title(const Incident& incident, const std::string& id) {
  const diagnosis::RankedCause* cause = find_cause(incident, id);
  return cause == nullptr || cause->title.empty() ? id : without_stop(cause->title);
}

std::string inseparable_words(const Incident& incident, const diagnosis::InseparablePair& pair) {
  std::string out =
      fmt::format("These packets cannot tell \"{}\" from \"{}\"", cause_title(incident, pair.first),
                  cause_title(incident, pair.second));
  if (pair.because.empty()) return out + ".";
  return fmt::format("{}. {}.", out, without_stop(capitalised(pair.because)));
}

std::string separates_words(const Incident& incident, const diagnosis::Check& check) {
  std::vector<std::string> titles;
  titles.reserve(check.separates.size());
  for (const std::string& id : check.separates) titles.push_back(cause_title(incident, id));
  if (titles.empty()) return {};
  return (titles.size() == 1 ? "Tests: " : "Decides between: ") +
         fmt::format("{}.", fmt::join(titles, "; "));
}

namespace {

std::string_view likelihood_words(double probability) {
  if (probability >= 0.95) return "almost certain";
  if (probability >= 0.8) return "very likely";
  if (probability >= 0.5) return "more likely than not, to be confirmed";
  if (probability >= 0.3) return "the first suspect, to be confirmed";
  return "only slightly ahead of the others";
}

std::string observation_words(const Incident& incident) {
  if (incident.attack) return "What was sent is in the packets; what for, is not.";
  const Outcome outcome = outcome_of(incident);
  if (is_act(outcome)) return "That it failed is certain: the failure is in the packets.";
  if (outcome == Outcome::silent) {
    return "What is seen is an absence, no answer in the capture, and that proves less than an "
           "answer would.";
  }
  if (outcome == Outcome::slow) return "That it was slow is certain: the times are in the packets.";
  return "The packets show the symptom.";
}

// The partners of the leading cause that the packets cannot rule out.
std::string rival_words(const Incident& incident, const std::string& leading) {
  std::vector<std::string> rivals;
  for (const diagnosis::InseparablePair& pair : incident.inseparable) {
    if (pair.first != leading && pair.second != leading) continue;
    const std::string& rival = pair.first == leading ? pair.second : pair.first;
    rivals.push_back('"' + cause_title(incident, rival) + '"');
  }
  if (rivals.empty()) return {};
  return fmt::format(" These packets cannot tell it from {}.", joined(rivals, " or "));
}

}  // namespace

std::string certainty_words(const Incident& incident) {
  std::string out = observation_words(incident);
  const diagnosis::RankedCause* leading = leading_cause(incident);
  if (leading == nullptr) return out + " Its cause is not decided.";
  const std::vector<std::string> shares = percents(incident.causes);
  const auto index = static_cast<std::size_t>(leading - incident.causes.data());
  out += fmt::format(" Most likely cause: {} ({}, {}).", without_stop(leading->title),
                     shares[index], likelihood_words(leading->probability));
  return out + rival_words(incident, leading->id);
}

std::string argument_words(const diagnosis::Argument& argument) {
  if (argument.detail.empty()) return argument.because;
  return fmt::format("{} ({}).", without_stop(argument.because), without_stop(argument.detail));
}

std::string weight_words(const diagnosis::Argument& argument) {
  // Whole decibans: the weights claim no more.
  const double db = std::isfinite(argument.weight_db) ? argument.weight_db : 0;
  std::string out = fmt::format("{:+.0f} dB", db);
  if (!argument.source.empty()) out += "; " + argument.source;
  return out;
}

std::string port_words(const Incident& incident) {
  const std::string transport =
      incident.transport == "none" ? std::string() : upper_case(incident.transport);
  if (!incident.service.port) return transport.empty() ? incident.protocol : transport;
  std::string out =
      fmt::format("{}{}port {}", transport, transport.empty() ? "" : " ", *incident.service.port);
  if (!incident.service.name.empty()) out += fmt::format(" ({})", incident.service.name);
  return out;
}

std::string attempt_protocol(const Incident& incident) {
  const bool carried = incident.transport == "udp" || incident.transport == "tcp";
  return incident.protocol == "ICMP" && carried ? upper_case(incident.transport)
                                                : incident.protocol;
}

std::string server_words(const Incident& incident) {
  const auto& servers = incident.service.servers;
  if (servers.empty()) return "server not known";
  return (servers.size() == 1 ? "server " : "servers ") + first_few(servers);
}

std::string client_words(const Incident& incident) {
  const diagnosis::Clients& clients = incident.clients;
  const std::uint64_t count = std::max<std::uint64_t>(clients.count, clients.addresses.size());
  if (count == 0) return incident.attack ? "nobody else that is seen here" : "client not known";
  std::string out =
      fmt::format("{}{}", clients.exact ? "" : "about ", counted(count, "client", "clients"));
  if (clients.addresses.empty()) return out;
  constexpr std::size_t listed = 4;
  std::vector<std::string> shown = clients.addresses;
  if (shown.size() > listed) shown.resize(listed);
  if (count > shown.size()) {
    shown.push_back(fmt::format("{} more", thousands(count - shown.size())));
  }
  return out + ": " + joined(shown);
}

std::string left_out_words(const Incident& incident) {
  return fmt::format(
      "These are {} of {} packets of the same kinds: the first ones and the last. The other {} "
      "counted and not listed.",
      thousands(incident.evidence.size()),
      thousands(incident.evidence.size() + incident.evidence_left_out),
      incident.evidence_left_out == 1 ? "one is" : thousands(incident.evidence_left_out) + " are");
}

std::string attempt_words(const Incident& incident) {
  if (incident.attack && incident.attempts_total == 0) {
    return "nobody else tried while it lasted";
  }
  const bool is_slow = outcome_of(incident) == Outcome::slow;
  std::string out = fmt::format("{} of {} {}", thousands(incident.attempts_failed),
                                counted(incident.attempts_total, "attempt", "attempts"),
                                is_slow ? "took too long" : "failed");
  std::vector<std::string> around;
  if (incident.ok_before > 0) around.push_back(thousands(incident.ok_before) + " served before it");
  if (incident.ok_after > 0) around.push_back(thousands(incident.ok_after) + " served after it");
  if (!around.empty()) out += "; " + joined(around);
  if (incident.healed > 0) {
    out +=
        "; " + thousands(incident.healed) + " more failed and count as healed by another attempt";
  }
  if (incident.ongoing_at_end) {
    out += incident.attack ? "; it is still under way when the capture ends"
                           : "; not seen working again before the capture ends";
  }
  return out;
}

namespace {

// What an attack's numbers count: of guessed logins and floods of requests it is no single packets.
std::string sent_words(std::uint64_t count, std::string_view pattern) {
  if (pattern == "login_guessing") return counted(count, "login", "logins");
  if (pattern == "http_flood") return counted(count, "attempt", "attempts");
  return counted(count, "packet", "packets");
}

}  // namespace

std::string attack_source_words(const Incident& incident) {
  const diagnosis::Attack& attack = *incident.attack;
  constexpr std::size_t listed = 4;
  std::vector<std::string> items;
  for (const diagnosis::AttackSource& source : attack.sources) {
    if (items.size() == listed) break;
    items.push_back(fmt::format("{} ({}{})", source.address, source.is_exact ? "" : "at least ",
                                sent_words(source.packets, attack.pattern)));
  }
  const std::string all = fmt::format("{}{}, {} in all", attack.is_count_exact ? "" : "about ",
                                      counted(attack.source_count, "address", "addresses"),
                                      sent_words(attack.packets, attack.pattern));
  return items.empty() ? all + "; none sent much" : fmt::format("{}; {}", all, joined(items));
}

std::string outage_words(const Incident& incident) {
  const diagnosis::Attack& attack = *incident.attack;
  const auto span = [](const diagnosis::AttackOutcome& outcome) {
    const std::uint64_t all = outcome.ok + outcome.failed;
    return all == 0 ? std::string("nobody tried")
                    : fmt::format("{} of {} served", thousands(outcome.ok), thousands(all));
  };
  const std::string_view verdict = !attack.caused_outage   ? "not known whether it caused one"
                                   : *attack.caused_outage ? "it caused one"
                                                           : "it caused none";
  return fmt::format("{}; others before it: {}; during: {}; after: {}", verdict,
                     span(attack.before), span(attack.during), span(attack.after));
}

std::string link_words(const Incident& incident) {
  if (incident.explained_by > 0) {
    return fmt::format("explained by incident {}", incident.explained_by);
  }
  if (incident.explains.empty()) return {};
  std::vector<std::string> ids;
  for (const int id : incident.explains) ids.push_back(std::to_string(id));
  return fmt::format("explains incident{} {}", ids.size() == 1 ? "" : "s", joined(ids));
}

std::string protocol_words(const Incident& incident) {
  const std::string port = port_words(incident);
  const std::string spoken = attempt_protocol(incident);
  std::string out =
      spoken == port || port.starts_with(spoken + " ") ? port : spoken + " over " + port;
  if (spoken != incident.protocol) out += ", failure reported by " + incident.protocol;
  return out;
}

FactRows headline_rows(const Incident& incident, const Citation& cite) {
  FactRows rows;
  rows.emplace_back("What", protocol_words(incident));
  std::string where = server_words(incident);
  if (!incident.service.names.empty()) where += "; asked for " + first_few(incident.service.names);
  rows.emplace_back("Where", where);
  rows.emplace_back("When", cite.window(incident));
  rows.emplace_back("For whom", client_words(incident));
  if (incident.attack) rows.emplace_back("From", attack_source_words(incident));
  rows.emplace_back("How much", attempt_words(incident));
  if (incident.attack) rows.emplace_back("Outage", outage_words(incident));
  rows.emplace_back("How sure", certainty_words(incident));
  if (const std::string linked = link_words(incident); !linked.empty()) {
    rows.emplace_back("Linked", linked);
  }
  return rows;
}

std::string verdict_words(const diagnosis::Diagnosis& diagnosis) {
  switch (diagnosis.verdict) {
    case diagnosis::Verdict::incident:
      return counted(diagnosis.incidents.size(), "incident", "incidents") + " found";
    case diagnosis::Verdict::healthy:
      return "No incident found";
    case diagnosis::Verdict::inconclusive:
      break;
  }
  return "Inconclusive";
}

std::string verdict_reason(const diagnosis::Diagnosis& diagnosis) {
  const std::string words = verdict_words(diagnosis);
  std::string_view reason = diagnosis.verdict_text;
  if (reason.starts_with(words)) {
    reason.remove_prefix(words.size());
    reason.remove_prefix(std::min(reason.find_first_not_of(":,. "), reason.size()));
  }
  return capitalised(reason);
}

std::string verdict_line(const diagnosis::Diagnosis& diagnosis) {
  const std::string words = verdict_words(diagnosis);
  if (diagnosis.verdict_text.starts_with(words)) return diagnosis.verdict_text;
  if (diagnosis.verdict_text.empty()) return words + ".";
  return words + ": " + diagnosis.verdict_text;
}

std::string not_attempted_words(const diagnosis::Diagnosis& diagnosis) {
  if (diagnosis.not_attempted.empty()) return {};
  return fmt::format("Never attempted in this capture, so neither shown to work nor to fail: {}.",
                     joined(diagnosis.not_attempted));
}

std::string input_words(const base::InputInfo& input, const Citation& cite) {
  std::string out = input.format.empty() ? "unknown format" : input.format;
  if (!input.compression.empty()) out += ", " + input.compression;
  if (!input.link_type.empty() && input.link_type != "text") out += ", " + input.link_type;
  out += fmt::format(", {}, {}", counted(input.packets, "packet", "packets"),
                     counted(input.bytes, "byte", "bytes"));
  if (input.first_time && input.last_time) {
    out += ", " + cite.span(*input.first_time, *input.last_time);
  }
  if (input.capture_drops) {
    out += fmt::format(", {} lost while capturing",
                       counted(*input.capture_drops, "packet", "packets"));
  }
  if (input.snaplen) out += fmt::format(", cut to {} bytes per packet", *input.snaplen);
  if (!input.filter.empty()) out += ", capture filter \"" + input.filter + "\"";
  return out;
}

std::string_view role_id(diagnosis::Role role) {
  switch (role) {
    case diagnosis::Role::symptom:
      return "symptom";
    case diagnosis::Role::cause:
      return "cause";
    case diagnosis::Role::context:
      break;
  }
  return "context";
}

}  // namespace whydown::report
