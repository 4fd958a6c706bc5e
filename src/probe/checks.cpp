#include "probe/checks.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "diagnosis/reweigh.h"
#include "probe/limits.h"

namespace whydown::probe {
namespace {

using diagnosis::CatalogueCheck;
using diagnosis::Fault;
using diagnosis::Incident;
using diagnosis::RankedCause;
using evidence::Fact;
using evidence::Truth;

bool is_settled(const Incident& incident) {
  return !incident.causes.empty() && incident.causes.front().id != "other" &&
         incident.causes.front().probability > limits::kSettled;
}

std::string title_of(const Incident& incident, const std::string& id) {
  const auto cause = std::ranges::find(incident.causes, id, &RankedCause::id);
  return cause == incident.causes.end() ? id : cause->title;
}

// The two causes that the check is most about: the likeliest of those that it separates.
std::string purpose_of(const Incident& incident, const CatalogueCheck& check) {
  std::vector<std::string> titles;
  for (const RankedCause& cause : incident.causes) {
    const bool is_named = std::ranges::find(check.separates, cause.id) != check.separates.end();
    if (is_named && titles.size() < 2) titles.push_back(title_of(incident, cause.id));
  }
  if (titles.size() < 2) return {};
  return fmt::format(", to tell \"{}\" from \"{}\"", titles[0], titles[1]);
}

// Causes worth showing: what is hardly possible before and after only fills the page.
std::vector<report::ProbeCause> moved(const std::vector<RankedCause>& before,
                                      const std::vector<RankedCause>& after) {
  constexpr double kShown = 0.05;
  std::vector<report::ProbeCause> out;
  for (const RankedCause& cause : after) {
    const auto same = std::ranges::find(before, cause.id, &RankedCause::id);
    const double was = same == before.end() ? 0 : same->probability;
    if (std::max(was, cause.probability) < kShown) continue;
    out.push_back({cause.id, cause.title, was, cause.probability});
  }
  return out;
}

bool is_known(const std::vector<Fact>& facts, std::string_view id) {
  const auto found = std::ranges::find(facts, id, &Fact::id);
  return found != facts.end() && found->truth != Truth::unknown;
}

// What sockets alone show holds where the packets say nothing.
void merge_into(std::vector<Fact>& facts, const std::vector<Fact>& of_sockets) {
  for (const Fact& fact : of_sockets) {
    const auto same = std::ranges::find(facts, fact.id, &Fact::id);
    if (same == facts.end()) {
      facts.push_back(fact);
    } else if (same->truth == Truth::unknown) {
      *same = fact;
    }
  }
}

// An answer of the catalogue with its placeholders filled, as the incident's checks have it: they
// are those of the fault, in the same order.
const diagnosis::CheckAnswer& in_words(const Incident& incident, const Fault& fault,
                                       const CatalogueCheck& check,
                                       const diagnosis::CatalogueAnswer& answer) {
  const auto which = static_cast<std::size_t>(&check - fault.checks.data());
  const auto what = static_cast<std::size_t>(&answer - check.answers.data());
  return incident.checks.at(which).answers.at(what);
}

bool has_questions(const Fault& fault) {
  return std::ranges::any_of(fault.checks,
                             [](const CatalogueCheck& check) { return !check.sends.empty(); });
}

}  // namespace

Subject Checks::subject_of(const Incident& incident) const {
  Subject out;
  const evidence::Service& service = incident.subject.services.front();
  out.server = service.server;
  out.port = service.port;
  out.is_tcp = service.transport == packet::Transport::tcp;
  if (service.protocol != evidence::Protocol::dns) return out;
  out.name = context_.name;
  out.type = context_.type;
  out.type_name = context_.type_name;
  return out;
}

bool Checks::fits(const std::string& sends) const {
  constexpr std::array<std::string_view, 4> kLong{"dns-tcp", "dns-sizes", "http-front-page",
                                                  "path-ttl"};
  const bool is_long = std::ranges::find(kLong, sends) != kLong.end();
  const auto needed = is_long ? limits::kCheckTimeLong : limits::kCheckTime;
  return !context_.clock.is_over() && context_.clock.left(needed) >= needed;
}

Checks::Choice Checks::choose(const Incident& incident, const Fault& fault) const {
  const Subject subject = subject_of(incident);
  Choice best;
  for (const CatalogueCheck& check : fault.checks) {
    if (check.sends.empty()) continue;
    std::string plan = actions_.plan(check.sends, subject);
    if (plan.empty() || made_.contains(plan)) continue;
    const double worth = diagnosis::worth_of(check, fault, incident);
    if (worth < limits::kWorthBits) continue;
    const bool is_late = !fits(check.sends);
    // One for which there is time; of equals the cheaper one, then the first one of the catalogue.
    const bool is_better =
        best.check == nullptr || std::tuple(is_late, -worth, check.cost) <
                                     std::tuple(best.is_late, -best.worth, best.check->cost);
    if (is_better) best = {&check, worth, std::move(plan), is_late};
  }
  return best;
}

void Checks::add_facts(report::ProbeCheck& check, const Incident& incident,
                       const std::vector<Fact>& before) const {
  for (const diagnosis::KnownFact& fact : incident.facts) {
    const auto was = std::ranges::find(before, std::string_view(fact.id), &Fact::id);
    const bool is_new = was == before.end() || was->truth != (fact.is ? Truth::yes : Truth::no);
    if (!is_new) continue;
    const bool is_of_sockets =
        fact.packets.empty() && is_known(of_sockets_, std::string_view(fact.id));
    check.facts.push_back({fact.id, fact.is, is_of_sockets, fact.detail, fact.packets});
  }
}

// A check answers its own question. Whatever else its packets look like (a walk to the name's
// servers like lookups of other names, a handshake like a client that is served) says nothing about
// the clients: that stays as the load showed it.
void Checks::keep_other_facts(std::vector<Fact>& facts, const Incident& was,
                              const CatalogueCheck& check) {
  if (check.sends == "dns-tcp") asked_.insert("dns.tcp_tried");
  for (const diagnosis::CatalogueAnswer& answer : check.answers) {
    for (const diagnosis::FactValue& value : answer.facts) asked_.insert(value.fact);
  }
  for (Fact& fact : facts) {
    if (asked_.contains(std::string(fact.id))) continue;
    const auto known = std::ranges::find(was.facts, fact.id, &diagnosis::KnownFact::id);
    if (known == was.facts.end()) {
      fact.truth = Truth::unknown;
    } else {
      fact = {fact.id, known->is ? Truth::yes : Truth::no, known->detail, known->packets};
    }
  }
}

std::expected<void, base::Error> Checks::make(const Choice& choice, Incident& incident,
                                              const Fault& fault, report::ProbePart& part) {
  const Clock& clock = context_.clock;
  report::ProbeCheck check;
  check.incident = incident.id;
  check.sends = choice.check->sends;
  check.worth = choice.worth;
  check.said = fmt::format("Sends {}{}.", choice.plan, purpose_of(incident, *choice.check));
  context_.tell(fmt::format("check {}: {}", part.checks.size() + 1, check.said));
  clock.sleep(limits::kBetweenPackets);  // errors are limited to about one a second
  made_.insert(choice.plan);
  check.begin = clock.elapsed();
  const Heard heard = actions_.ask(choice.check->sends, subject_of(incident));
  clock.sleep(limits::kLinger);
  check.took = clock.elapsed() - check.begin;

  auto now = context_.facts(incident.subject);
  if (!now) return std::unexpected(now.error());
  of_sockets_.insert(of_sockets_.end(), heard.facts.begin(), heard.facts.end());
  merge_into(now->facts, of_sockets_);
  const Incident was = incident;
  keep_other_facts(now->facts, was, *choice.check);
  const std::vector<RankedCause>& before = was.causes;
  diagnosis::reweigh(incident, fault, now->facts);
  add_facts(check, incident, diagnosis::facts_of(was));
  check.seen = heard.words;
  if (const auto* answer = diagnosis::answer_seen(*choice.check, now->facts)) {
    const diagnosis::CheckAnswer& words = in_words(incident, fault, *choice.check, *answer);
    check.seen = words.see;
    check.means = words.then;
  }
  check.causes = moved(before, incident.causes);
  part.checks.push_back(std::move(check));
  context_.tell(report::probe_answer_words(part.checks.back()));
  return {};
}

std::expected<void, base::Error> Checks::settle(Incident& incident, const Fault& fault,
                                                report::ProbePart& part) {
  of_sockets_.clear();
  asked_ = {"host.alive", "host.silent_everywhere"};  // any packet of the server tells these
  while (true) {
    if (is_settled(incident)) {
      part.checks_end =
          fmt::format("No further check: one cause stands above {:.0f} %.", 100 * limits::kSettled);
      return {};
    }
    const Choice choice = choose(incident, fault);
    if (choice.check == nullptr) {
      part.checks_end =
          "No further check: none that a probe can make would tell the causes left apart.";
      return {};
    }
    if (choice.is_late || part.checks.size() >= limits::kChecks) {
      part.checks_end = fmt::format(
          "No further check: the bounds are met. The next one would have sent {}.", choice.plan);
      return {};
    }
    if (auto made = make(choice, incident, fault, part); !made) return made;
  }
}

std::expected<void, base::Error> Checks::run(diagnosis::Diagnosis& diagnosis,
                                             report::ProbePart& part) {
  for (Incident& incident : diagnosis.incidents) {
    const Fault* fault = context_.catalogue.find(incident.fault);
    if (fault == nullptr || incident.subject.services.empty() || !has_questions(*fault)) continue;
    if (auto done = settle(incident, *fault, part); !done) return done;
  }
  return {};
}

}  // namespace whydown::probe
