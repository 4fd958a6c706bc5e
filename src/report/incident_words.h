// One incident in the sentences that every format for people shares.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "diagnosis/diagnosis.h"
#include "report/words.h"

namespace whydown::report {

// What, where, when, for whom, how much, how sure: label and sentence.
using FactRows = std::vector<std::pair<std::string, std::string>>;
FactRows headline_rows(const diagnosis::Incident& incident, const Citation& cite);

// How the incident's own step ended: refused where the journey does not say.
evidence::Outcome outcome_of(const diagnosis::Incident& incident);
bool is_act(evidence::Outcome outcome);  // refused, failed, cut: somebody did it

// "name REFUSED -> connect (not reached)"
std::string journey_line(const diagnosis::Incident& incident);
// One step's outcome as shown: "REFUSED", "ok", "not shown", "not reached".
std::string outcome_words(const diagnosis::JourneyStep& step);
std::string outcome_words(evidence::Outcome outcome);

// Of a cause without arguments.
inline constexpr std::string_view kNothingSpeaks =
    "Nothing in these packets speaks for or against it.";

// First cause that is not the remainder "other"; nullptr when there is none.
const diagnosis::RankedCause* leading_cause(const diagnosis::Incident& incident);
const diagnosis::RankedCause* find_cause(const diagnosis::Incident& incident, std::string_view id);
// Title of a cause, or its id where it is not ranked here.
std::string cause_title(const diagnosis::Incident& incident, const std::string& id);
// "These packets cannot tell "A" from "B": because."
std::string inseparable_words(const diagnosis::Incident& incident,
                              const diagnosis::InseparablePair& pair);
// "Decides between A and B."; empty where the check names none.
std::string separates_words(const diagnosis::Incident& incident, const diagnosis::Check& check);
// How sure the failure is, and how sure its cause.
std::string certainty_words(const diagnosis::Incident& incident);
// The sentence and what it measured here: "because (detail)".
std::string argument_words(const diagnosis::Argument& argument);
// "+7 dB; RFC 1122 3.2.2.1"
std::string weight_words(const diagnosis::Argument& argument);
// "UDP port 53 (domain)"; "ARP" where there is no port.
std::string port_words(const diagnosis::Incident& incident);
// What the clients spoke: of an ICMP fault the protocol that the error is about, where it is known.
std::string attempt_protocol(const diagnosis::Incident& incident);
// "DNS over UDP port 53 (domain)", "TCP port 443 (https), failure reported by ICMP", "ARP"
std::string protocol_words(const diagnosis::Incident& incident);
std::string server_words(const diagnosis::Incident& incident);
std::string client_words(const diagnosis::Incident& incident);
// "Of 1,000,000 packets of these kinds, 24 are shown: ..."
std::string left_out_words(const diagnosis::Incident& incident);
std::string attempt_words(const diagnosis::Incident& incident);
// Of an attack: "2 addresses, 700 packets in all; 192.0.2.7 (690 packets) and ..."
std::string attack_source_words(const diagnosis::Incident& incident);
// Of an attack: "it caused one; others before it: 10 of 10 served; ..."
std::string outage_words(const diagnosis::Incident& incident);
// "explained by incident 1", "explains incident 2"; empty where it stands alone.
std::string link_words(const diagnosis::Incident& incident);

// The report's first line: "1 incident found", "No incident found", "Inconclusive".
std::string verdict_words(const diagnosis::Diagnosis& diagnosis);
// The same with its reason, which may begin with these very words.
std::string verdict_line(const diagnosis::Diagnosis& diagnosis);
// The reason without them.
std::string verdict_reason(const diagnosis::Diagnosis& diagnosis);
// "A word on the packets that would show it": never attempted, as one sentence; empty if none.
std::string not_attempted_words(const diagnosis::Diagnosis& diagnosis);
std::string input_words(const base::InputInfo& input, const Citation& cite);
std::string_view role_id(diagnosis::Role role);

}  // namespace whydown::report
