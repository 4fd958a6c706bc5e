// From a user's words to what the network may have done. Only phrases that name one thing are here:
// what nobody recognises is left undecided rather than guessed.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/complaints.h"
#include "report/incident_words.h"
#include "report/messenger.h"

namespace whydown::report {
namespace {

using diagnosis::Incident;
using evidence::Outcome;
using evidence::Step;

struct Phrase {
  Sight sight;
  std::string_view words;  // lower case
};

// As browsers, ping, curl and people put it.
constexpr std::array kPhrases{Phrase{Sight::unreachable, "port unreachable"},
                              Phrase{Sight::unreachable, "host unreachable"},
                              Phrase{Sight::unreachable, "network unreachable"},
                              Phrase{Sight::unreachable, "destination unreachable"},
                              Phrase{Sight::unreachable, "net unreachable"},
                              Phrase{Sight::unreachable, "no route to host"},
                              Phrase{Sight::unreachable, "network is unreachable"},
                              Phrase{Sight::unreachable, "err_address_unreachable"},
                              Phrase{Sight::name_error, "server not found"},
                              Phrase{Sight::name_error, "name or service not known"},
                              Phrase{Sight::name_error, "name resolution"},
                              Phrase{Sight::name_error, "name not resolved"},
                              Phrase{Sight::name_error, "name_not_resolved"},
                              Phrase{Sight::name_error, "could not resolve"},
                              Phrase{Sight::name_error, "cannot resolve"},
                              Phrase{Sight::name_error, "can't resolve"},
                              Phrase{Sight::name_error, "unknown host"},
                              Phrase{Sight::name_error, "no such host"},
                              Phrase{Sight::name_error, "non-existent domain"},
                              Phrase{Sight::name_error, "nxdomain"},
                              Phrase{Sight::name_error, "dns"},
                              Phrase{Sight::name_error, "ip address could not be found"},
                              Phrase{Sight::name_error, "address could not be found"},
                              Phrase{Sight::refused, "connection refused"},
                              Phrase{Sight::refused, "refused to connect"},
                              Phrase{Sight::refused, "connection_refused"},
                              Phrase{Sight::refused, "actively refused"},
                              Phrase{Sight::timeout, "timed out"},
                              Phrase{Sight::timeout, "time out"},
                              Phrase{Sight::timeout, "timeout"},
                              Phrase{Sight::timeout, "timed_out"},
                              Phrase{Sight::timeout, "took too long"},
                              Phrase{Sight::timeout, "keeps loading"},
                              Phrase{Sight::timeout, "keeps spinning"},
                              Phrase{Sight::timeout, "loads forever"},
                              Phrase{Sight::timeout, "hangs"},
                              Phrase{Sight::reset, "connection reset"},
                              Phrase{Sight::reset, "connection was reset"},
                              Phrase{Sight::reset, "connection_reset"},
                              Phrase{Sight::reset, "reset by peer"},
                              Phrase{Sight::reset, "connection was interrupted"},
                              Phrase{Sight::reset, "connection closed"},
                              Phrase{Sight::slow, "slow"},
                              Phrase{Sight::slow, "takes ages"},
                              Phrase{Sight::certificate, "certificate"},
                              Phrase{Sight::certificate, "not secure"},
                              Phrase{Sight::certificate, "not private"},
                              Phrase{Sight::certificate, "err_cert"},
                              Phrase{Sight::certificate, "security warning"},
                              Phrase{Sight::http_status, "error 40"},
                              Phrase{Sight::http_status, "error 50"},
                              Phrase{Sight::http_status, "http 40"},
                              Phrase{Sight::http_status, "http 50"},
                              Phrase{Sight::http_status, "404"},
                              Phrase{Sight::http_status, "bad gateway"},
                              Phrase{Sight::http_status, "service unavailable"},
                              Phrase{Sight::http_status, "internal server error"},
                              Phrase{Sight::http_status, "page not found"},
                              Phrase{Sight::http_status, "gateway time"},
                              Phrase{Sight::login, "password"},
                              Phrase{Sight::login, "log in"},
                              Phrase{Sight::login, "login"},
                              Phrase{Sight::login, "sign in"},
                              Phrase{Sight::login, "access denied"},
                              Phrase{Sight::outage, "never load"},
                              Phrase{Sight::outage, "not load"},
                              Phrase{Sight::outage, "n't load"},
                              Phrase{Sight::outage, "not open"},
                              Phrase{Sight::outage, "n't open"},
                              Phrase{Sight::outage, "never open"},
                              Phrase{Sight::outage, "cannot reach"},
                              Phrase{Sight::outage, "can't reach"},
                              Phrase{Sight::outage, "can't be reached"},
                              Phrase{Sight::outage, "cannot be reached"},
                              Phrase{Sight::outage, "unreachable"},
                              Phrase{Sight::outage, "not reachable"},
                              Phrase{Sight::outage, "not able to access"},
                              Phrase{Sight::outage, "unable to access"},
                              Phrase{Sight::outage, "cannot access"},
                              Phrase{Sight::outage, "not able to reach"},
                              Phrase{Sight::outage, "not able to open"},
                              Phrase{Sight::outage, "cannot open"},
                              Phrase{Sight::outage, "can't open"},
                              Phrase{Sight::outage, "could not open"},
                              Phrase{Sight::outage, "cannot connect"},
                              Phrase{Sight::outage, "can't connect"},
                              Phrase{Sight::outage, "could not connect"},
                              Phrase{Sight::outage, "is down"},
                              Phrase{Sight::outage, "offline"},
                              Phrase{Sight::outage, "does not work"},
                              Phrase{Sight::outage, "not working"},
                              Phrase{Sight::outage, "n't work"},
                              Phrase{Sight::outage, "no internet"},
                              Phrase{Sight::outage, "nothing loads"},
                              Phrase{Sight::outage, "blank page"}};

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  // A typographic apostrophe, as phones write it.
  for (std::size_t at = 0; (at = out.find("\xe2\x80\x99", at)) != std::string::npos; ++at) {
    out.replace(at, 3, "'");
  }
  return out;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

// As whole words at its beginning: "slow" is in "slowly", not in "Oslow".
bool holds(const std::string& text, std::string_view phrase) {
  const bool within = phrase.starts_with("n't");
  for (std::size_t at = 0; (at = text.find(phrase, at)) != std::string::npos; ++at) {
    if (within || at == 0 || !is_letter(text[at - 1])) return true;
  }
  return false;
}

bool has_icmp(const Incident& incident) {
  return messenger_of(incident).protocol.starts_with("ICMP");
}

}  // namespace

std::vector<Sight> sights_in(std::string_view saw) {
  const std::string text = lower_case(saw);
  std::vector<Sight> out;
  for (const Phrase& phrase : kPhrases) {
    if (!holds(text, phrase.words)) continue;
    // "port unreachable" holds "unreachable" too: the finer phrase stands first.
    const bool coarse = phrase.sight == Sight::outage && phrase.words == "unreachable" &&
                        !out.empty() && out.front() == Sight::unreachable;
    if (!coarse && std::ranges::find(out, phrase.sight) == out.end()) out.push_back(phrase.sight);
  }
  return out;
}

bool is_seen_as(const Incident& incident, Sight sight) {
  const Outcome outcome = outcome_of(incident);
  const bool connects = incident.step == Step::connect;
  switch (sight) {
    case Sight::outage:
      return true;
    case Sight::unreachable:
      return incident.step == Step::address || incident.step == Step::route || has_icmp(incident);
    case Sight::name_error:
      return incident.step == Step::name;
    case Sight::refused:
      return connects && is_act(outcome);
    case Sight::timeout:
      // A resolver that is turned away tries again and again before it tells.
      return incident.step == Step::name || outcome == Outcome::silent || outcome == Outcome::slow;
    case Sight::reset:
      return incident.step > Step::connect || outcome == Outcome::cut;
    case Sight::slow:
      return outcome == Outcome::slow || incident.step == Step::transfer;
    case Sight::certificate:
      return incident.step == Step::secure;
    case Sight::http_status:
    case Sight::login:
      return incident.step == Step::request;
  }
  return false;
}

std::string why_not(const Incident& incident, Sight sight) {
  const std::string step(step_id(incident.step));
  switch (sight) {
    case Sight::unreachable:
      return "an \"unreachable\" is what an ICMP error says, and none is among its packets";
    case Sight::name_error:
      return fmt::format(
          "a name that is not found fails at the name lookup, and here it is the step \"{}\" that "
          "fails",
          step);
    case Sight::refused:
      return incident.step == Step::connect
                 ? "a refusal is an answer, and here none came"
                 : fmt::format(
                       "a refused connection is a step beyond the one that fails here, \"{}\"",
                       step);
    case Sight::timeout:
      return "a time-out means that no answer came, and here one came: a refusal";
    case Sight::reset:
      return "a connection that breaks was open before, and here none was opened";
    case Sight::slow:
      return "what is slow still works, and here the attempts failed";
    case Sight::certificate:
      return "a warning about a certificate comes from a server that was reached, and here none "
             "was";
    case Sight::http_status:
      return "an HTTP error is the answer of a web server that was reached, and here none was";
    case Sight::login:
      return "a rejected login is the answer of a service that was reached, and here none was";
    case Sight::outage:
      break;
  }
  return {};
}

}  // namespace whydown::report
