#include "diagnosis/weigh.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <tuple>
#include <utility>

#include "diagnosis/limits.h"

namespace whydown::diagnosis {

namespace {

using evidence::Fact;
using evidence::Truth;

struct Counted {
  const Weight* weight;
  const Fact* fact;
};

const Fact* find_fact(std::span<const Fact> facts, std::string_view id) {
  const auto found = std::ranges::find(facts, id, &Fact::id);
  return found == facts.end() ? nullptr : &*found;
}

// The weights that apply, of each group only the one that moves the cause most.
std::vector<Counted> counted_weights(const CatalogueCause& cause, std::span<const Fact> facts) {
  std::vector<Counted> counted;
  for (const Weight& weight : cause.weights) {
    const Fact* fact = find_fact(facts, weight.fact);
    if (fact == nullptr || fact->truth != (weight.is ? Truth::yes : Truth::no)) continue;
    const auto rival = std::ranges::find_if(counted, [&](const Counted& other) {
      return !weight.group.empty() && other.weight->group == weight.group;
    });
    if (rival == counted.end()) {
      counted.push_back({&weight, fact});
    } else if (std::abs(weight.db) > std::abs(rival->weight->db)) {
      *rival = {&weight, fact};
    }
  }
  return counted;
}

Argument argument_of(const Counted& counted) {
  Argument argument;
  argument.fact = counted.weight->fact;
  argument.weight_db = counted.weight->db;
  argument.because = counted.weight->because;
  argument.detail = counted.fact->detail;
  argument.packets = counted.fact->packets;
  argument.source = counted.weight->source;
  return argument;
}

struct Scored {
  RankedCause cause;
  double score_db = 0;
  std::size_t position = 0;  // in the catalogue
};

Scored score(const CatalogueCause& cause, std::span<const Fact> facts) {
  Scored scored;
  scored.cause.id = cause.id;
  scored.cause.title = cause.title;
  scored.score_db = cause.prior_db;
  for (const Counted& counted : counted_weights(cause, facts)) {
    scored.score_db += counted.weight->db;
    if (counted.weight->db > 0) scored.cause.arguments_for.push_back(argument_of(counted));
    if (counted.weight->db < 0) scored.cause.arguments_against.push_back(argument_of(counted));
  }
  // A cause has at most one counted weight per fact and truth, so this order is total.
  const auto stronger = [](const Argument& a, const Argument& b) {
    return std::tuple(-std::abs(a.weight_db), std::string_view(a.fact)) <
           std::tuple(-std::abs(b.weight_db), std::string_view(b.fact));
  };
  std::ranges::sort(scored.cause.arguments_for, stronger);
  std::ranges::sort(scored.cause.arguments_against, stronger);
  return scored;
}

// Softmax of scores in decibans; the greatest is taken out first, so that nothing overflows.
void to_probabilities(std::vector<Scored>& causes) {
  double greatest = causes.front().score_db;
  for (const Scored& scored : causes) greatest = std::max(greatest, scored.score_db);
  double sum = 0;
  for (Scored& scored : causes) {
    scored.cause.probability = std::pow(10.0, (scored.score_db - greatest) / 10.0);
    sum += scored.cause.probability;
  }
  for (Scored& scored : causes) scored.cause.probability /= sum;
}

// Facts that show something else than the missing answer itself. What only repeats the silence
// (nobody was ever answered, the request was sent again) is no second fact.
constexpr std::array<std::string_view, 36> kSecondFacts = {"host.alive",
                                                           "host.other_ports_refuse",
                                                           "host.other_ports_answer",
                                                           "arp.server_answered",
                                                           "arp.server_unanswered",
                                                           "icmp.from_router_after_arp_timeout",
                                                           "icmp.source_is_server",
                                                           "icmp.source_is_other_device",
                                                           "icmp.admin_prohibited",
                                                           "dns.tcp_answers",
                                                           "dns.tcp_refused",
                                                           "dns.late_answers",
                                                           "dns.fragments_missing",
                                                           "path.fragments_lost",
                                                           "portal.diverts",
                                                           "service.others_served",
                                                           "service.answered_before",
                                                           "service.answered_after",
                                                           "service.accepted_mute",
                                                           "traffic.flood_visible",
                                                           "traffic.flood_began_it",
                                                           "traffic.loss_grows_with_load",
                                                           "traffic.began_with_load",
                                                           "latency.jump_before_failure",
                                                           "latency.flat_meanwhile",
                                                           "latency.queue_meanwhile",
                                                           "traffic.answered_rate_pinned",
                                                           "service.failing_client_served",
                                                           "dns.servfail_meanwhile",
                                                           "host.own_requests_fail",
                                                           "transfer.after_pause",
                                                           "transfer.accepted_since",
                                                           "transfer.refused_since",
                                                           "transfer.unanswered_since",
                                                           "transfer.some_accepted_since",
                                                           "transfer.stopped_together"};

bool has_second_fact(const RankedCause& cause, const Fault& fault) {
  return std::ranges::any_of(cause.arguments_for, [&](const Argument& argument) {
    // Where the unanswered neighbour request is the symptom, it cannot support itself.
    if (fault.step == "address" && argument.fact == "arp.server_unanswered") return false;
    return std::ranges::find(kSecondFacts, argument.fact) != kSecondFacts.end();
  });
}

// `other` is causes.back(). Takes what the rules deny from the others and gives it to it.
void leave_a_remainder(std::vector<Scored>& causes, const Fault& fault, Nature nature) {
  RankedCause& other = causes.back().cause;
  if (other.probability < limits::kOtherFloor) {
    const double shrink = (1 - limits::kOtherFloor) / (1 - other.probability);
    for (Scored& scored : causes) scored.cause.probability *= shrink;
  }
  double rest = 1;
  for (std::size_t i = 0; i + 1 < causes.size(); ++i) {
    RankedCause& cause = causes[i].cause;
    if (nature == Nature::silence && !has_second_fact(cause, fault)) {
      cause.probability = std::min(cause.probability, limits::kSilenceCap);
    }
    rest -= cause.probability;
  }
  other.probability = std::max(rest, 0.0);
}

}  // namespace

bool is_yes(std::span<const Fact> facts, std::string_view id) {
  const Fact* fact = find_fact(facts, id);
  return fact != nullptr && fact->truth == Truth::yes;
}

Nature nature_of(evidence::Symptom symptom) {
  const bool is_silence = symptom == evidence::Symptom::no_response ||
                          symptom == evidence::Symptom::no_offer ||
                          symptom == evidence::Symptom::stalled;
  return is_silence ? Nature::silence : Nature::act;
}

double decibans(const CatalogueCause& cause, std::span<const Fact> facts) {
  double sum = 0;
  for (const Counted& counted : counted_weights(cause, facts)) sum += counted.weight->db;
  return sum;
}

std::vector<RankedCause> weigh(const Fault& fault, std::span<const Fact> facts, Nature nature) {
  std::vector<Scored> causes;
  causes.reserve(fault.causes.size() + 1);  // and "other"
  for (const CatalogueCause& cause : fault.causes) causes.push_back(score(cause, facts));
  Scored other;
  other.cause.id = "other";
  other.cause.title =
      "Something else, which the catalogue does not know or the packets do not show";
  other.score_db = nature == Nature::act ? limits::kOtherPriorDb : limits::kOtherPriorOfSilenceDb;
  causes.push_back(std::move(other));

  for (std::size_t i = 0; i < causes.size(); ++i) causes[i].position = i;
  to_probabilities(causes);
  leave_a_remainder(causes, fault, nature);
  std::ranges::sort(causes, [](const Scored& a, const Scored& b) {
    return std::tuple(-a.cause.probability, a.position) <
           std::tuple(-b.cause.probability, b.position);
  });
  std::vector<RankedCause> ranked;
  ranked.reserve(causes.size());
  for (Scored& scored : causes) ranked.push_back(std::move(scored.cause));
  return ranked;
}

}  // namespace whydown::diagnosis
