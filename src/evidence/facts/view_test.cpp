#include "evidence/facts/view.h"

#include <gtest/gtest.h>

#include "evidence/limits.h"
#include "evidence/scene_for_test.h"

namespace whydown::evidence::facts_detail {
namespace {

using namespace evidence::testing;  // NOLINT(google-build-using-namespace)

base::Place place(std::uint64_t number) { return {at(static_cast<double>(number)), number, 0, 0}; }

std::vector<base::Place> places(const std::vector<std::uint64_t>& wanted) {
  std::vector<base::Place> out;
  for (const std::uint64_t number : wanted) out.push_back(place(number));
  return out;
}

TEST(View, TellsServiceHostAndFailureApart) {
  const IpAddress neighbour = ip("203.0.113.3");
  Attempt healed = Make(dns(), 7, 13).error(Symptom::port_unreachable);
  healed.healed = true;
  const Scene scene({Make(dns(), 5, 1).error(Symptom::port_unreachable),
                     Make(dns(), 9, 3, kOther).error(Symptom::port_unreachable, kServer, 0.5),
                     healed, Make(dns(), 1, 5).ok(), Make(tcp(80), 2, 7).reset(),
                     Make(dns(neighbour), 3, 9).error(Symptom::port_unreachable, neighbour),
                     Make(arp(), 0, 11).ok()});
  const Subject wanted = subject(dns(), Symptom::port_unreachable);
  const View view(scene.store, wanted, scene.names);
  EXPECT_EQ(view.servers, std::vector<IpAddress>{kServer});
  EXPECT_EQ(view.host.size(), 5U);
  EXPECT_EQ(view.service.size(), 3U);
  EXPECT_EQ(view.failed.size(), 2U);
  EXPECT_EQ(view.errors, view.failed);
  EXPECT_EQ(view.failing_clients.count(), 2U);
  EXPECT_EQ(view.first, at(5));
  EXPECT_EQ(view.last, at(9.5));
  EXPECT_EQ(view.last_begin, at(9));
}

TEST(View, ServersAtTheEndsOfTheTableAreFound) {
  for (const char* text : {"0.0.0.1", "255.255.255.254", "::1", "ffff::1"}) {
    const IpAddress server = ip(text);
    const Scene scene({Make(dns(server), 1, 1), Make(dns(), 1, 3), Make(arp(server), 1, 5)});
    const Subject wanted = subject(dns(server), Symptom::no_response);
    const View view(scene.store, wanted, scene.names);
    EXPECT_EQ(view.host.size(), 2U) << text;
    EXPECT_EQ(view.failed.size(), 1U) << text;
  }
}

TEST(View, RowsOfProbesOnlySpeakWhereNoOthersDo) {
  Attempt probe = Make(dns(), 1, 1).error(Symptom::port_unreachable);
  probe.is_probe = true;
  Attempt healed = Make(dns(), 5, 3).error(Symptom::port_unreachable);
  healed.healed = true;
  const Subject wanted = subject(dns(), Symptom::port_unreachable);
  const Scene both_kinds({probe, healed});
  EXPECT_EQ(View(both_kinds.store, wanted, both_kinds.names).first, at(5));
  const Scene probes({probe});
  EXPECT_EQ(View(probes.store, wanted, probes.names).first, at(1));
}

TEST(View, Endpoints) {
  const Scene scene;
  const Subject wanted = subject(dns(), Symptom::no_response);
  const View view(scene.store, wanted, scene.names);
  const struct {
    Service service;
    const char* words;
  } rows[] = {
      {dns(), "203.0.113.2 UDP port 53"},
      {tcp(80), "203.0.113.2 TCP port 80"},
      {arp(), "203.0.113.2 (ARP)"},
      {echo(), "203.0.113.2 (echo)"},
      {udp(5, ip("2001:db8::1")), "2001:db8::1 UDP port 5"},
  };
  for (const auto& row : rows) EXPECT_EQ(view.endpoint(row.service), row.words);
  EXPECT_EQ(view.name(0), "(unknown name)");
}

TEST(Rows, WhatCountsAsServed) {
  const struct {
    Outcome outcome;
    Symptom symptom;
    Symptom subject;
    bool served;
  } rows[] = {
      {Outcome::ok, Symptom::none, Symptom::nx_domain, true},
      {Outcome::slow, Symptom::none, Symptom::no_response, true},
      {Outcome::unknown, Symptom::none, Symptom::no_response, false},
      {Outcome::failed, Symptom::nx_domain, Symptom::no_response, true},
      {Outcome::failed, Symptom::nx_domain, Symptom::serv_fail, true},
      {Outcome::failed, Symptom::nx_domain, Symptom::nx_domain, false},
      {Outcome::failed, Symptom::serv_fail, Symptom::port_unreachable, true},
      {Outcome::failed, Symptom::serv_fail, Symptom::refused, false},
      {Outcome::refused, Symptom::refused, Symptom::no_response, true},
      {Outcome::refused, Symptom::reset, Symptom::no_response, false},
      {Outcome::silent, Symptom::no_response, Symptom::reset, false},
  };
  for (const auto& row : rows) {
    Row made;
    made.key.outcome = row.outcome;
    made.key.symptom = row.symptom;
    EXPECT_EQ(is_served(made, row.subject), row.served)
        << static_cast<int>(row.symptom) << " for " << static_cast<int>(row.subject);
  }
}

TEST(Rows, BeganBetweenIsKnownOrNot) {
  Row row;
  for (std::uint64_t i = 0; i < 40; ++i) {
    add(row, Make(dns(), static_cast<double>(i), 2 * i + 1));
  }
  const struct {
    double from;
    double to;
    bool known;
  } rows[] = {
      {-5, -1, false},      // before all
      {-5, 0, true},        // the first, exactly
      {2.5, 3.5, true},     // an exemplar
      {39, 50, true},       // the last
      {39.5, 50, false},    // after all
      {20, 22, true},       // between the exemplars: whole slots tell
      {20.5, 20.9, false},  // less than a slot tells nothing
  };
  for (const auto& each : rows) {
    EXPECT_EQ(began_between(row, at(each.from), at(each.to)), each.known)
        << each.from << " to " << each.to;
  }
  EXPECT_EQ(latest_begin(row), at(39));
}

TEST(Findings, EarliestAreFewAndEachOnce) {
  EXPECT_EQ(numbers(earliest(places({9, 3, 3, 7, 1, 5}))),
            (std::vector<std::uint64_t>{1, 3, 5, 7}));
  EXPECT_TRUE(earliest({}).empty());
}

TEST(Findings, BothKindsAreShown) {
  const struct {
    std::vector<std::uint64_t> some;
    std::vector<std::uint64_t> others;
    std::vector<std::uint64_t> shown;
  } rows[] = {
      {{1, 2, 3, 4, 5}, {10, 11, 12}, {1, 2, 10, 11}},
      {{10, 11, 12}, {1, 2, 3, 4, 5}, {1, 2, 10, 11}},
      {{1, 2, 3, 4, 5}, {10}, {1, 2, 3, 10}},
      {{1}, {10, 11, 12, 13}, {1, 10, 11, 12}},
      {{1, 2, 3, 4, 5}, {}, {1, 2, 3, 4}},
      {{}, {}, {}},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(numbers(both(places(row.some), places(row.others))), row.shown);
  }
}

TEST(Findings, Words) {
  const std::vector<std::string> items = {"a", "b", "c", "d", "e", "f"};
  const auto first = [&](std::size_t count) {
    return std::vector<std::string>(items.begin(),
                                    items.begin() + static_cast<std::ptrdiff_t>(count));
  };
  EXPECT_EQ(list({}, 0), "");
  EXPECT_EQ(list(first(1), 1), "a");
  EXPECT_EQ(list(first(2), 2), "a and b");
  EXPECT_EQ(list(first(3), 3), "a, b and c");
  EXPECT_EQ(list(first(2), 9), "a, b and 7 more");
  EXPECT_EQ(list(items, items.size()), "a, b, c, d and 2 more");
  EXPECT_EQ(counted(0, "packet"), "0 packets");
  EXPECT_EQ(counted(1, "packet"), "1 packet");
  EXPECT_EQ(percent(1, 4), "25 %");
  EXPECT_EQ(percent(0, 0), "0 %");
}

}  // namespace
}  // namespace whydown::evidence::facts_detail
