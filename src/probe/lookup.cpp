#include "probe/lookup.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "probe/limits.h"

namespace whydown::probe {
namespace {

using evidence::Outcome;
using evidence::Step;
using report::ProbePhase;

// What a code of c-ares is in our words. Its texts are for programmers.
struct Ending {
  int status;
  Outcome outcome;
  const char* fault;
  const char* title;
  const char* text;
};

constexpr std::array kEndings{
    Ending{ARES_ENOTFOUND, Outcome::failed, "dns.nxdomain", "The name does not exist",
           "the resolver says that the name does not exist (NXDOMAIN)"},
    Ending{ARES_ESERVFAIL, Outcome::failed, "dns.servfail", "The resolver fails to resolve",
           "the resolver answers that it failed (SERVFAIL)"},
    Ending{ARES_EREFUSED, Outcome::refused, "dns.refused", "The resolver refuses to answer",
           "the resolver refuses to answer (REFUSED)"},
    Ending{ARES_EFORMERR, Outcome::failed, "dns.format_error",
           "The resolver does not understand the question",
           "the resolver calls the question malformed (FORMERR)"},
    Ending{ARES_ENOTIMP, Outcome::failed, "dns.format_error",
           "The resolver does not understand the question",
           "the resolver does not implement the question (NOTIMP)"},
    Ending{ARES_ECONNREFUSED, Outcome::refused, "dns.port_unreachable",
           "The DNS server's port is unreachable",
           "the question could not be delivered: the port is refused or unreachable"},
    Ending{ARES_ETIMEOUT, Outcome::silent, "dns.no_response", "The DNS server does not answer",
           "nobody answered"},
    Ending{kTruncatedOnly, Outcome::failed, "dns.truncated",
           "The answer does not fit, and TCP does not help",
           "the answer is too large for a datagram (TC), and over TCP there was none"},
    Ending{ARES_EBADRESP, Outcome::failed, "dns.wrong_answer",
           "The resolver's answer cannot be read", "the answer is no valid DNS message"}};

// What is known of the question beside the answer: it carries no EDNS.
std::vector<evidence::Fact> facts_of(int status) {
  if (status != ARES_EFORMERR && status != ARES_ENOTIMP) return {};
  return {{"dns.plain_answers", evidence::Truth::no, "asked without EDNS", {}}};
}

}  // namespace

std::string times_asked(int rounds) {
  return rounds > 1 ? fmt::format(", asked {} times", rounds) : std::string();
}

void set_slow(ProbePhase& phase) {
  phase.outcome = Outcome::slow;
  phase.fault = "dns.slow";
  phase.title = "The DNS server answers late";
  phase.text += " Late, and as late when asked again.";
  phase.facts = {{"service.rescued", evidence::Truth::no, "it answered itself", {}}};
}

void set_ending(ProbePhase& phase, int status, const std::string& asked) {
  phase.facts = facts_of(status);
  const auto known = std::ranges::find(kEndings, status, &Ending::status);
  if (known != kEndings.end()) {
    phase.outcome = known->outcome;
    phase.fault = known->fault;
    phase.title = known->title;
    phase.text = fmt::format("{}: {}.", asked, known->text);
  } else if (status == ARES_ENODATA) {
    phase.text = asked + ": the name has no such record.";
  } else if (status == ARES_ECANCELLED || status == ARES_EDESTRUCTION) {
    phase.outcome = Outcome::unknown;
    phase.text = asked + ": given up before an answer came.";
  } else {
    phase.outcome = Outcome::unknown;
    phase.text = fmt::format("{}: {}.", asked, ares_strerror(status));
  }
}

ProbePhase Lookup::phase(const std::string& name, base::Duration begun) const {
  ProbePhase out;
  out.step = Step::name;
  out.address = type;
  out.begin = begun;
  out.took = end - begin;
  const std::string asked = fmt::format("{} of {}{}", type, name, times_asked(rounds));
  if (status != ARES_SUCCESS || addresses.empty()) {
    set_ending(out, status == ARES_SUCCESS ? ARES_ENODATA : status, asked);
    return out;
  }
  std::vector<std::string> texts;
  texts.reserve(addresses.size());
  for (const base::IpAddress& address : addresses) texts.push_back(address.to_string());
  out.outcome = Outcome::ok;
  out.text = fmt::format("{}: {}.", asked, fmt::join(texts, ", "));
  return out;
}

}  // namespace whydown::probe
