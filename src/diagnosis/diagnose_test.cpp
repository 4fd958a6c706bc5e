#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "diagnosis/attempts_for_tests.h"
#include "diagnosis/diagnosis.h"
#include "diagnosis/gate.h"
#include "diagnosis/limits.h"

namespace whydown::diagnosis {
namespace {

using namespace for_tests;

struct World : Scene {
  void add(const evidence::Service& service, double begin, Symptom symptom,
           std::string_view name = {}, std::string_view client = "192.0.2.7",
           std::string_view sender = {}) {
    store.attempt(maker.make(service, client, begin, symptom, name, sender));
  }
  void add_open(const evidence::Service& service, double begin) {
    Attempt open = maker.make(service, "192.0.2.7", begin, Symptom::no_response);
    open.outcome = Outcome::unknown;
    open.symptom = Symptom::none;
    open.open_at_end = true;
    store.attempt(open);
  }
};

const RankedCause* cause(const Incident& incident, std::string_view id) {
  for (const RankedCause& candidate : incident.causes) {
    if (candidate.id == id) return &candidate;
  }
  return nullptr;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr double kStart = 13 * 3600 + 24 * 60 + 32.192571;

// Three lookups, each answered by "port unreachable" from the server, in a log without a date.
void make_closed_dns_port(World& world) {
  for (const double offset : {0.0, 118.0, 257.0}) {
    world.add(dns_service("203.0.113.2"), kStart + offset, Symptom::port_unreachable,
              "recipes.example.com");
  }
  base::InputInfo input;
  input.packets = 6;
  input.date_known = false;
  input.zone_known = false;
  input.first_time = at(kStart);
  world.store.set_inputs({input});
}

TEST(Diagnose, ClosedDnsPortWhatWhereAndWhen) {
  World world;
  make_closed_dns_port(world);
  const Diagnosis diagnosis = world.diagnosis();
  ASSERT_EQ(diagnosis.verdict, Verdict::incident);
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  const Incident& incident = diagnosis.incidents[0];
  EXPECT_EQ(incident.id, 1);
  EXPECT_EQ(incident.fault, "dns.port_unreachable");
  EXPECT_EQ(incident.severity, "critical");
  EXPECT_EQ(incident.step, Step::name);
  EXPECT_EQ(incident.protocol, "DNS");
  EXPECT_EQ(incident.transport, "udp");
  EXPECT_EQ(incident.service.name, "domain");
  EXPECT_EQ(incident.service.port, 53);
  EXPECT_EQ(incident.service.servers, std::vector<std::string>{"203.0.113.2"});
  EXPECT_EQ(incident.service.names, std::vector<std::string>{"recipes.example.com"});
  EXPECT_EQ(incident.clients.addresses, std::vector<std::string>{"192.0.2.7"});
  EXPECT_EQ(incident.attempts_failed, 3U);
  EXPECT_EQ(incident.attempts_total, 3U);
  EXPECT_TRUE(incident.ongoing_at_end);
  EXPECT_EQ(incident.first, at(kStart));
  EXPECT_EQ(incident.evidence.size(), 6U);
  EXPECT_EQ(incident.evidence_left_out, 0U);
  EXPECT_EQ(incident.evidence[0].role, Role::context);
  EXPECT_EQ(incident.evidence[1].role, Role::symptom);
}

TEST(Diagnose, ClosedDnsPortRanksItsCauses) {
  World world;
  make_closed_dns_port(world);
  const Diagnosis diagnosis = world.diagnosis();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  const Incident& incident = diagnosis.incidents[0];
  ASSERT_GE(incident.causes.size(), 8U);
  EXPECT_EQ(incident.causes[0].id, "service_down");
  EXPECT_EQ(incident.causes[1].id, "firewall_reject_host");
  EXPECT_EQ(incident.causes[2].id, "wrong_server_address");
  EXPECT_GT(incident.causes[0].probability, 0.4);
  EXPECT_LT(incident.causes[0].probability, 0.7);
  for (const char* contradicted : {"host_down", "firewall_drop", "path_loss"}) {
    const RankedCause* found = cause(incident, contradicted);
    ASSERT_NE(found, nullptr) << contradicted;
    EXPECT_LT(found->probability, 0.001) << contradicted;
    ASSERT_FALSE(found->arguments_against.empty()) << contradicted;
    EXPECT_FALSE(found->arguments_against[0].packets.empty()) << contradicted;
  }
  const RankedCause* flood = cause(incident, "flood");
  ASSERT_NE(flood, nullptr);
  EXPECT_TRUE(flood->arguments_for.empty());
  EXPECT_TRUE(flood->arguments_against.empty());
  double sum = 0;
  for (const RankedCause& ranked : incident.causes) sum += ranked.probability;
  EXPECT_NEAR(sum, 1, 1e-9);
  ASSERT_EQ(incident.inseparable.size(), 3U);
  EXPECT_EQ(incident.inseparable[0].second, "firewall_reject_host");
  EXPECT_EQ(incident.inseparable[1].second, "wrong_bind_address");
  EXPECT_EQ(incident.inseparable[2].second, "wrong_server_address");
  EXPECT_TRUE(holds(incident.not_shown.at(0), "nothing in this log speaks for or against it"));
}

// Also those that weigh nothing: the lab fits the weights by them.
TEST(Diagnose, KnownFactsAreListedWhetherTheyWeighOrNot) {
  World world;
  make_closed_dns_port(world);
  const Diagnosis diagnosis = world.diagnosis();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  const std::vector<KnownFact>& facts = diagnosis.incidents[0].facts;
  const auto known = [&](const char* id) { return std::ranges::find(facts, id, &KnownFact::id); };
  ASSERT_NE(known("icmp.source_is_server"), facts.end());
  EXPECT_TRUE(known("icmp.source_is_server")->is);
  EXPECT_FALSE(known("icmp.source_is_server")->packets.empty());
  ASSERT_NE(known("icmp.source_is_other_device"), facts.end());
  EXPECT_FALSE(known("icmp.source_is_other_device")->is);
  ASSERT_NE(known("host.silent_everywhere"), facts.end());  // weighs nothing for this fault
  EXPECT_EQ(known("reset.ttl_differs"), facts.end());       // unknown: nothing was reset
}

// Checks may be of one protocol of their fault.
TEST(Diagnose, QuicHasChecksOfItsOwn) {
  const auto curls = [](const evidence::Service& service) {
    World world;
    for (int i = 0; i < 4; ++i) {
      world.store.attempt(world.maker.make(service, "192.0.2.7", i, Symptom::no_response));
    }
    const Diagnosis diagnosis = world.diagnosis();
    EXPECT_EQ(diagnosis.incidents.size(), 1U);
    if (diagnosis.incidents.empty()) return std::string{};
    const Incident& incident = diagnosis.incidents[0];
    const auto count = std::ranges::count_if(incident.checks, [](const Check& check) {
      return check.command.starts_with("curl --http3");
    });
    return incident.fault + " " + incident.protocol + " " + std::to_string(count);
  };
  EXPECT_EQ(curls(quic_service("198.51.100.4")), "udp.no_response QUIC 1");
  EXPECT_EQ(curls(udp_service("198.51.100.4", 1812)), "udp.no_response UDP 0");
}

TEST(Diagnose, ClosedDnsPortChecksAndSummary) {
  World world;
  make_closed_dns_port(world);
  const Diagnosis diagnosis = world.diagnosis();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  const Incident& incident = diagnosis.incidents[0];
  ASSERT_EQ(incident.checks.size(), 7U);
  EXPECT_EQ(incident.checks[0].command, "ss -lunp 'sport = :53'");
  EXPECT_EQ(incident.checks[1].command, "dig +tcp @203.0.113.2 recipes.example.com");
  for (const Check& check : incident.checks) EXPECT_GE(check.answers.size(), 2U);
  for (const char* part :
       {"recipes.example.com", "203.0.113.2", "All 3 lookups by 1 computer (192.0.2.7) failed",
        "between 13:24:32 and 13:28:4", "1:24 pm to 1:28 pm", "no date and no time zone",
        "the DNS service is not running", "HTTP and HTTPS were never attempted"}) {
    EXPECT_TRUE(holds(incident.summary, part)) << part << " in: " << incident.summary;
  }
  EXPECT_EQ(incident.summary.find('{'), std::string::npos);
  ASSERT_EQ(diagnosis.not_attempted.size(), 2U);
  ASSERT_EQ(incident.journey.size(), 3U);
  EXPECT_EQ(incident.journey[0].step, Step::route);
  EXPECT_EQ(incident.journey[0].outcome, Outcome::ok);
  EXPECT_EQ(incident.journey[1].outcome, Outcome::refused);
  EXPECT_EQ(incident.journey[2].step, Step::connect);
  EXPECT_EQ(incident.journey[2].outcome, Outcome::unknown);
  EXPECT_TRUE(holds(incident.journey[2].text, "No connection was attempted in this capture"));
}

// Not what was looked up here: but that nothing was attempted would be false.
TEST(Diagnose, ConnectionsElsewhereAreNoneOfThisJourney) {
  World world;
  make_closed_dns_port(world);
  world.add(tcp_service("203.0.113.80", 80), 1, Symptom::none, {}, "192.0.2.7");
  const Diagnosis diagnosis = world.diagnosis();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  EXPECT_TRUE(holds(diagnosis.incidents[0].journey.back().text, "not of this journey"));
}

TEST(Diagnose, AnotherDevicesAnswerPointsToTheWay) {
  World world;
  for (int i = 0; i < 3; ++i) {
    world.add(dns_service("203.0.113.2"), i, Symptom::port_unreachable, "a.example", "192.0.2.7",
              "192.0.2.1");
  }
  const Diagnosis diagnosis = world.diagnosis();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  EXPECT_EQ(diagnosis.incidents[0].causes[0].id, "firewall_reject_path");
  EXPECT_GT(diagnosis.incidents[0].causes[0].probability, 0.5);
  EXPECT_TRUE(diagnosis.incidents[0].inseparable.empty());
}

TEST(Diagnose, SameInputSameOutput) {
  World world;
  make_closed_dns_port(world);
  const Diagnosis one = world.diagnosis();
  const Diagnosis two = world.diagnosis();
  ASSERT_EQ(one.incidents.size(), two.incidents.size());
  EXPECT_EQ(one.incidents[0].summary, two.incidents[0].summary);
  for (std::size_t i = 0; i < one.incidents[0].causes.size(); ++i) {
    EXPECT_EQ(one.incidents[0].causes[i].probability, two.incidents[0].causes[i].probability);
  }
}

TEST(Diagnose, ADeadServerBesideALivingOneIsWorthARemark) {
  const auto remarks_of = [](int failures, bool is_served_once) {
    World world;
    for (int i = 0; i < failures; ++i) {
      Attempt healed = world.maker.make(dns_service("203.0.113.2"), "192.0.2.7", 5 * i,
                                        Symptom::no_response, "a.example");
      healed.healed = true;
      world.store.attempt(healed);
      world.add(dns_service("203.0.113.3"), 5 * i + 1, Symptom::none, "a.example");
    }
    if (is_served_once) world.add(dns_service("203.0.113.2"), 90, Symptom::none, "a.example");
    const Diagnosis diagnosis = world.diagnosis();
    EXPECT_EQ(diagnosis.verdict, Verdict::healthy);
    std::string texts;
    for (const auto& remark : diagnosis.data_quality) {
      if (remark.id == "diagnosis.dead_spot") texts += remark.text;
    }
    return texts;
  };
  EXPECT_TRUE(holds(remarks_of(4, false), "203.0.113.2:53 served none of 4 lookups"));
  EXPECT_EQ(remarks_of(4, true), "");
  EXPECT_EQ(remarks_of(2, false), "") << "too few";
}

struct VerdictRow {
  const char* what;
  std::function<void(World&)> make;
  Verdict verdict;
  const char* text;  // part of it
};

TEST(Diagnose, Verdicts) {
  const VerdictRow rows[] = {
      {"nothing at all", [](World&) {}, Verdict::inconclusive, "no attempt"},
      {"lookups and connections served",
       [](World& w) {
         w.add(dns_service("203.0.113.2"), 0, Symptom::none, "a.example");
         w.add(dns_service("203.0.113.2"), 1, Symptom::none, "b.example");
         w.add(tcp_service("198.51.100.4", 80), 2, Symptom::none);
       },
       Verdict::healthy, "2 lookups and 1 connection attempt were answered"},
      {"a healed failure",
       [](World& w) {
         Attempt healed = w.maker.make(dns_service("203.0.113.2"), "192.0.2.7", 0,
                                       Symptom::no_response, "a.example");
         healed.healed = true;
         w.store.attempt(healed);
         w.add(dns_service("203.0.113.3"), 5, Symptom::none, "a.example");
       },
       Verdict::healthy, "served by a retry"},
      {"only open attempts", [](World& w) { w.add_open(dns_service("203.0.113.2"), 0); },
       Verdict::inconclusive, "the capture ended"},
      {"one of many still open",
       [](World& w) {
         for (int i = 0; i < 9; ++i) {
           w.add(dns_service("203.0.113.2"), i, Symptom::none, "a.example");
         }
         w.add_open(dns_service("203.0.113.2"), 9);
       },
       Verdict::healthy, "1 more was still waiting for its answer when the capture ended"},
      {"half of them still open",
       [](World& w) {
         w.add(dns_service("203.0.113.2"), 0, Symptom::none, "a.example");
         w.add_open(dns_service("203.0.113.2"), 1);
       },
       Verdict::inconclusive, "1 of 2 attempts was still waiting"},
      {"many records not understood",
       [](World& w) {
         w.add(dns_service("203.0.113.2"), 0, Symptom::none);
         journey::Totals totals;
         totals.packets = 19;
         totals.notes[static_cast<std::size_t>(packet::Note::text_unreadable)] = 2;
         w.store.set_totals(totals);
       },
       Verdict::inconclusive, "2 records of the log could not be read"},
      {"a few records not understood",
       [](World& w) {
         w.add(dns_service("203.0.113.2"), 0, Symptom::none);
         journey::Totals totals;
         totals.packets = 21;
         totals.notes[static_cast<std::size_t>(packet::Note::text_unreadable)] = 2;
         w.store.set_totals(totals);
       },
       Verdict::healthy, "1 lookup was answered"},
      {"only sizes are printed",
       [](World& w) {
         w.add(dns_service("203.0.113.2"), 0, Symptom::none);
         journey::Totals totals;
         totals.notes[static_cast<std::size_t>(packet::Note::text_terse)] = 2;
         w.store.set_totals(totals);
       },
       Verdict::inconclusive, "not what they said"},
      {"nothing failed, but one waited",
       [](World& w) {
         Attempt late =
             w.maker.make(tcp_service("198.51.100.4", 80), "192.0.2.7", 0, Symptom::none);
         late.latency = std::chrono::milliseconds{879};
         w.store.attempt(late);
       },
       Verdict::healthy, "The slowest answers came after 879 ms (connection attempt)."},
      {"two requests denied",
       [](World& w) {
         for (int i = 0; i < 2; ++i) {
           w.add(tcp_service("198.51.100.4", 80), i, Symptom::none);
           Attempt denied = w.maker.make(http_service("198.51.100.4", 80), "192.0.2.7", i + 0.1,
                                         Symptom::denied);
           denied.outcome = Outcome::refused;
           denied.answer.code = 403;
           w.store.attempt(denied);
         }
       },
       Verdict::healthy,
       "2 connection attempts were answered, 2 failed, too few to be an incident."},
      {"only unanswered pings",
       [](World& w) { w.add(echo_service("203.0.113.2"), 0, Symptom::no_response); },
       Verdict::inconclusive, "without an outage"},
  };
  for (const VerdictRow& row : rows) {
    World world;
    row.make(world);
    const Diagnosis diagnosis = world.diagnosis();
    EXPECT_EQ(diagnosis.verdict, row.verdict) << row.what << ": " << diagnosis.verdict_text;
    EXPECT_TRUE(holds(diagnosis.verdict_text, row.text)) << row.what << diagnosis.verdict_text;
    EXPECT_TRUE(diagnosis.not_attempted.empty()) << row.what;
  }
}

TEST(Diagnose, SomeServedIsOneSeverityLower) {
  World world;
  for (int i = 0; i < 10; ++i) {
    world.add(dns_service("203.0.113.2"), i, Symptom::serv_fail, "a.example");
    world.add(dns_service("203.0.113.2"), i, Symptom::none, "b.example", "192.0.2.8");
  }
  const Diagnosis diagnosis = world.diagnosis();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  EXPECT_EQ(catalogue().find("dns.servfail")->severity, "high");
  EXPECT_EQ(diagnosis.incidents[0].severity, "medium");
  ASSERT_EQ(diagnosis.incidents[0].impact.size(), 2U);
  EXPECT_EQ(diagnosis.incidents[0].impact[0].failed, 10U);
  EXPECT_EQ(diagnosis.incidents[0].impact[1].ok, 10U);
}

TEST(Diagnose, GravestIncidentFirst) {
  World world;
  world.add(dns_service("203.0.113.2"), 0, Symptom::nx_domain, "a.example");
  world.add(tcp_service("198.51.100.4", 443), 1, Symptom::reset);
  const Diagnosis diagnosis = world.diagnosis();
  ASSERT_EQ(diagnosis.incidents.size(), 2U);
  EXPECT_EQ(diagnosis.incidents[0].fault, "tcp.refused");
  EXPECT_EQ(diagnosis.incidents[0].id, 1);
  EXPECT_EQ(diagnosis.incidents[1].fault, "dns.nxdomain");
  EXPECT_EQ(diagnosis.incidents[1].id, 2);
  EXPECT_TRUE(diagnosis.not_attempted.empty()) << "port 443 was tried";
  EXPECT_FALSE(holds(diagnosis.incidents[1].summary, "never attempted"));
}

TEST(Diagnose, AFilterForbidsTheClaimThatTheWebWasNotTried) {
  World world;
  make_closed_dns_port(world);
  struct Row {
    const char* filter;
    bool is_claimed;
  };
  const std::string client = world.store.service_clients().begin()->first.client.to_string();
  const std::string of_client = "host " + client;
  const std::string more = of_client + " and port 53";
  const Row rows[] = {
      {"", true},     {"host 203.0.113.2", false}, {of_client.c_str(), true}, {more.c_str(), false},
      {"udp", false},
  };
  for (const Row& row : rows) {
    base::InputInfo input;
    input.packets = 6;
    input.filter = row.filter;
    world.store.set_inputs({input});
    EXPECT_EQ(!world.diagnosis().not_attempted.empty(), row.is_claimed) << row.filter;
  }
}

TEST(Diagnose, LongIncidentsShowTheirFirstAndLastPackets) {
  World world;
  for (int i = 0; i < 200; ++i) {
    world.add(dns_service("203.0.113.2"), i,
              i < 100 ? Symptom::port_unreachable : Symptom::no_response, "a.example");
  }
  const Diagnosis diagnosis = world.diagnosis();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  const Incident& incident = diagnosis.incidents[0];
  EXPECT_EQ(incident.attempts_failed, 200U);
  EXPECT_EQ(incident.evidence.size(), limits::kEvidencePackets);
  EXPECT_EQ(incident.evidence.size() + incident.evidence_left_out, 300U);
  EXPECT_EQ(incident.evidence.front().place.number, 1U);
  EXPECT_EQ(incident.evidence.back().place.number, 300U);
  EXPECT_TRUE(holds(incident.explanation, "100 lookups to 203.0.113.2 port 53 (domain)"));
}

TEST(SilenceGate, TruncatedAnswersNeedToShowTcp) {
  const base::Interner names;
  const base::AddressBook book(names);
  Case found;
  found.subject.services = {dns_service("203.0.113.2")};
  found.subject.symptom = Symptom::truncated;
  for (const auto truth : {evidence::Truth::unknown, evidence::Truth::no, evidence::Truth::yes}) {
    const std::vector<evidence::Fact> facts = {{"dns.tcp_tried", truth, {}, {}}};
    const auto remark = silence_gate(found, facts, Tally{}, book);
    EXPECT_EQ(remark.has_value(), truth == evidence::Truth::unknown);
  }
}

struct GateRow {
  const char* fact;
  Symptom symptom;
  std::uint64_t served;
  bool is_gated;
  std::uint64_t before = 0;
  std::uint64_t after = 0;
};

TEST(SilenceGate, JudgesSilenceOnlyWhereTheCaptureAllows) {
  const GateRow rows[] = {
      {"capture.one_sided", Symptom::no_response, 0, true},
      {"capture.one_sided", Symptom::reset, 0, false},
      {"capture.lossy", Symptom::no_response, 0, false},
      {"capture.lossy", Symptom::no_response, 100, true},
      {"capture.lossy", Symptom::no_response, 0, true, 22, 19},
      {"capture.lossy", Symptom::no_response, 0, false, 41, 0},
      {"capture.lossy", Symptom::no_response, 0, false, 10, 10},
      {"capture.duplicates", Symptom::no_response, 100, false},
      {"capture.records_unread", Symptom::no_response, 0, true},
      {"capture.records_unread", Symptom::reset, 0, false},
  };
  const base::Interner names;
  const base::AddressBook book(names);
  for (const GateRow& row : rows) {
    Case found;
    found.subject.services = {tcp_service("198.51.100.4", 443)};
    found.subject.symptom = row.symptom;
    const std::vector<evidence::Fact> facts = {{row.fact, evidence::Truth::yes, {}, {}}};
    Tally counts;
    counts.failed = 3;
    counts.served = row.served;
    counts.ok_before = row.before;
    counts.ok_after = row.after;
    const auto remark = silence_gate(found, facts, counts, book);
    EXPECT_EQ(remark.has_value(), row.is_gated) << row.fact;
    if (!remark) continue;
    EXPECT_TRUE(holds(remark->text, "3 connection attempts to 198.51.100.4:443"));
  }
}

TEST(SilenceGate, ConnectionsGivenUpAtOnceWereHardlyTried) {
  const struct {
    const char* what;
    evidence::Service service;
    int attempts;
    std::uint32_t tries;
    bool is_gated;
  } rows[] = {
      {"one SYN", tcp_service("198.51.100.4", 443), 1, 1, true},
      {"two of them", tcp_service("198.51.100.4", 443), 2, 1, true},
      {"a third client that sees the same is no chance", tcp_service("198.51.100.4", 443), 3, 1,
       false},
      {"repeated", tcp_service("198.51.100.4", 443), 1, 2, false},
      {"a lookup", dns_service("203.0.113.2"), 1, 1, false},
  };
  for (const auto& row : rows) {
    World world;
    for (int i = 0; i < row.attempts; ++i) {
      Attempt attempt = world.maker.make(row.service, "192.0.2.7", i, Symptom::no_response);
      attempt.tries = row.tries;
      world.store.attempt(attempt);
    }
    const Diagnosis diagnosis = world.diagnosis();
    EXPECT_EQ(diagnosis.incidents.empty(), row.is_gated) << row.what;
    const bool is_said = std::ranges::any_of(diagnosis.data_quality, [](const auto& remark) {
      return remark.id == "diagnosis.given_up_early" && !remark.packets.empty();
    });
    EXPECT_EQ(is_said, row.is_gated) << row.what;
  }
}

}  // namespace
}  // namespace whydown::diagnosis
