#include "diagnosis/subjects.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "diagnosis/attempts_for_tests.h"
#include "diagnosis/impact.h"
#include "diagnosis/limits.h"

namespace whydown::diagnosis {
namespace {

using namespace for_tests;

struct World : Scene {
  Attempt& add(Attempt attempt) {
    last = std::move(attempt);
    return last;
  }
  void fail(const evidence::Service& service, double begin, Symptom symptom, int times = 1,
            std::string_view client = "192.0.2.7") {
    for (int i = 0; i < times; ++i) {
      store.attempt(maker.make(service, client, begin + i, symptom, "www.example.com"));
    }
  }
  void ask_twice(const evidence::Service& service, std::string_view client, double begin,
                 double apart) {
    Attempt attempt = maker.make(service, client, begin, Symptom::no_response);
    attempt.tries = 2;
    attempt.last_request = attempt.request;
    attempt.end = attempt.last_request.place.time = at(begin + apart);
    store.attempt(attempt);
  }
  void refuse_unseen(const evidence::Service& service, int times) {
    for (int i = 0; i < times; ++i) {
      Attempt refused = maker.make(service, "192.0.2.7", i, Symptom::port_unreachable);
      refused.request_seen = false;
      refused.request = {};
      store.attempt(refused);
    }
  }
  void serve(const evidence::Service& service, double begin, int times = 1,
             std::string_view client = "192.0.2.7") {
    fail(service, begin, Symptom::none, times, client);
  }
  void late(const evidence::Service& service, double begin, int times = 1, double apart = 2) {
    for (int i = 0; i < times; ++i) {
      store.attempt(maker.late(service, "192.0.2.7", begin + apart * i, 2, "www.example.com"));
    }
  }
  // Each one waits a second longer than the one before.
  void queue(const evidence::Service& service, int times) {
    for (int i = 0; i < times; ++i) {
      store.attempt(maker.late(service, "192.0.2.7", i, 2.0 + i));
    }
  }
  void rescue(const evidence::Service& service, double begin, int times, double wait) {
    for (int i = 0; i < times; ++i) {
      store.attempt(maker.rescued(service, "192.0.2.7", begin + 3 * i, wait, "www.example.com"));
    }
  }
  void end_at(double second) {
    journey::Totals totals;
    totals.last.time = at(second);
    store.set_totals(totals);
  }
  Cases find() const { return find_cases(store, catalogue(), evidence::patterns(store)); }

  Attempt last;
};

std::string faults_of(const Cases& cases) {
  std::vector<std::string> ids;
  for (const Case& found : cases.cases) {
    ids.push_back(found.fault->id + "x" + std::to_string(found.subject.services.size()));
  }
  std::ranges::sort(ids);
  std::string out;
  for (const std::string& id : ids) out.append(out.empty() ? "" : " ").append(id);
  return out;
}

const char* const kDns = "203.0.113.2";
const char* const kDns2 = "203.0.113.3";
const char* const kWeb = "198.51.100.4";

struct Row {
  const char* what;
  std::function<void(World&)> make;
  const char* faults;  // ids with the number of services, sorted
  std::size_t absorbed_rows = 0;
};

const Row kRows[] = {
    {"nothing", [](World&) {}, ""},
    {"QUIC fails as UDP does",
     [](World& w) { w.fail(quic_service(kWeb), 0, Symptom::no_response, 4); }, "udp.no_responsex1"},
    {"QUIC refused and silent: errors are limited in rate",
     [](World& w) {
       w.fail(quic_service(kWeb), 0, Symptom::port_unreachable, 4);
       w.fail(quic_service(kWeb), 1, Symptom::no_response, 4);
     },
     "udp.port_unreachablex1", 1},
    {"a server that takes no connections over TCP takes none over QUIC",
     [](World& w) {
       w.fail(quic_service(kWeb), 0, Symptom::no_response, 4);
       w.fail(tcp_service(kWeb, 443), 1, Symptom::no_response, 4);
     },
     "tcp.no_responsex1", 1},
    {"TCP at another port explains nothing of QUIC",
     [](World& w) {
       w.fail(quic_service(kWeb), 0, Symptom::no_response, 4);
       w.fail(tcp_service(kWeb, 25), 1, Symptom::no_response, 4);
     },
     "tcp.no_responsex1 udp.no_responsex1"},
    {"all served", [](World& w) { w.serve(dns_service(kDns), 0, 5); }, ""},
    {"queries refused by ICMP",
     [](World& w) { w.fail(dns_service(kDns), 0, Symptom::port_unreachable, 3); },
     "dns.port_unreachablex1"},
    {"a log line that some high port is closed, of a datagram nobody saw",
     [](World& w) { w.refuse_unseen(udp_service(kWeb, 3637), 1); }, ""},
    {"again and again: somebody means it",
     [](World& w) { w.refuse_unseen(udp_service(kWeb, 3637), 3); }, "udp.port_unreachablex1"},
    {"a service's own port", [](World& w) { w.refuse_unseen(udp_service(kWeb, 123), 1); },
     "udp.port_unreachablex1"},
    {"a log line of an answer that there is no such name, without the name",
     [](World& w) {
       w.store.attempt(w.maker.make(dns_service(kDns), "192.0.2.7", 0, Symptom::nx_domain));
     },
     ""},
    {"every lookup late", [](World& w) { w.late(dns_service(kDns), 0, 6); }, "dns.slowx1"},
    {"late among others in time",
     [](World& w) {
       w.late(dns_service(kDns), 0, 6);
       w.serve(dns_service(kDns), 0, 12);
     },
     ""},
    {"late after a long time of quick answers",
     [](World& w) {
       w.serve(dns_service(kDns), 0, 100);
       w.late(dns_service(kDns), 100, 6);
     },
     "dns.slowx1"},
    {"a cold start: late all at once", [](World& w) { w.late(dns_service(kDns), 0, 9, 0.1); }, ""},
    {"three late answers", [](World& w) { w.late(dns_service(kDns), 0, 3, 9); }, ""},
    {"rescued by the second resolver each time",
     [](World& w) {
       w.rescue(dns_service(kDns), 0, 5, 5);
       w.serve(dns_service(kDns2), 5, 12);
     },
     "dns.slowx1"},
    {"rescued at once", [](World& w) { w.rescue(dns_service(kDns), 0, 9, 0.01); }, ""},
    {"rescued now and then, mostly served",
     [](World& w) {
       w.rescue(dns_service(kDns), 0, 5, 5);
       w.serve(dns_service(kDns), 0, 12);
     },
     ""},
    {"late, and as many without any answer",
     [](World& w) {
       w.late(dns_service(kDns), 0, 6);
       w.fail(dns_service(kDns), 0, Symptom::no_response, 6);
     },
     "dns.no_responsex1"},
    {"late, and one without any answer",
     [](World& w) {
       w.late(dns_service(kDns), 0, 6);
       w.fail(dns_service(kDns), 3, Symptom::no_response);
     },
     "dns.slowx1", 1},
    {"late, and one without any answer, most others only by a repetition",
     [](World& w) {
       w.late(dns_service(kDns), 0, 6);
       w.fail(dns_service(kDns), 3, Symptom::no_response);
       for (int i = 0; i < 5; ++i) {
         Attempt silent = w.maker.make(dns_service(kDns), "192.0.2.7", i, Symptom::no_response);
         silent.healed = true;
         w.store.attempt(silent);
       }
     },
     "dns.no_responsex1"},
    {"a queue: the last ones had waited no longer than others when the capture ended",
     [](World& w) {
       w.queue(dns_service(kDns), 9);
       w.fail(dns_service(kDns), 9, Symptom::no_response, 4);
       w.end_at(18.5);
     },
     "dns.slowx1", 1},
    {"they had waited longer than any other: nothing came any more",
     [](World& w) {
       w.queue(dns_service(kDns), 9);
       w.fail(dns_service(kDns), 9, Symptom::no_response, 4);
       w.end_at(30);
     },
     "dns.no_responsex1"},
    {"one that was asked after them was answered: they were passed over",
     [](World& w) {
       w.queue(dns_service(kDns), 9);
       w.fail(dns_service(kDns), 7.5, Symptom::no_response, 4);
       w.end_at(17);
     },
     "dns.no_responsex1"},
    {"late, and some errors besides",
     [](World& w) {
       w.late(dns_service(kDns), 0, 12);
       w.fail(dns_service(kDns), 3, Symptom::serv_fail, 3);
     },
     "dns.servfailx1 dns.slowx1"},
    {"SERVFAIL, and some clients that did not wait for it",
     [](World& w) {
       w.fail(dns_service(kDns), 0, Symptom::serv_fail, 5);
       w.fail(dns_service(kDns), 3, Symptom::no_response, 3);
     },
     "dns.servfailx1", 1},
    {"silence, and some SERVFAIL",
     [](World& w) {
       w.fail(dns_service(kDns), 0, Symptom::serv_fail, 3);
       w.fail(dns_service(kDns), 3, Symptom::no_response, 8);
     },
     "dns.no_responsex1 dns.servfailx1"},
    {"two resolvers, one incident",
     [](World& w) {
       w.fail(dns_service(kDns), 0, Symptom::port_unreachable);
       w.fail(dns_service(kDns2), 5, Symptom::port_unreachable);
     },
     "dns.port_unreachablex2"},
    {"two resolvers far apart in time",
     [](World& w) {
       w.fail(dns_service(kDns), 0, Symptom::port_unreachable);
       w.fail(dns_service(kDns2), 500, Symptom::port_unreachable);
     },
     "dns.port_unreachablex1 dns.port_unreachablex1"},
    {"two resolvers of different clients",
     [](World& w) {
       w.fail(dns_service(kDns), 0, Symptom::port_unreachable);
       w.fail(dns_service(kDns2), 0, Symptom::port_unreachable, 1, "192.0.2.8");
     },
     "dns.port_unreachablex1 dns.port_unreachablex1"},
    {"rate-limited ICMP: silence beside errors",
     [](World& w) {
       w.fail(dns_service(kDns), 0, Symptom::port_unreachable, 6);
       w.fail(dns_service(kDns), 6, Symptom::no_response, 90);
     },
     "dns.port_unreachablex1", 1},
    {"silence long before the errors stays apart",
     [](World& w) {
       w.fail(dns_service(kDns), 0, Symptom::no_response, 9);
       w.fail(dns_service(kDns), 1000, Symptom::port_unreachable, 6);
     },
     "dns.no_responsex1 dns.port_unreachablex1"},
    {"a silent server of another client stays apart",
     [](World& w) {
       w.fail(dns_service(kDns), 0, Symptom::port_unreachable, 6);
       w.fail(dns_service(kDns2), 0, Symptom::no_response, 6);
     },
     "dns.no_responsex1 dns.port_unreachablex1"},
    {"NXDOMAIN explains no silence",
     [](World& w) {
       w.fail(dns_service(kDns), 0, Symptom::nx_domain, 3);
       w.fail(dns_service(kDns), 0, Symptom::no_response, 3);
     },
     "dns.no_responsex1 dns.nxdomainx1"},
    {"UDP silent and TCP refused at one resolver",
     [](World& w) {
       w.fail(dns_service(kDns), 0, Symptom::no_response, 3);
       w.fail(tcp_service(kDns, 53), 3, Symptom::reset, 2);
     },
     "dns.no_responsex1", 1},
    {"UDP and TCP both refused at one resolver",
     [](World& w) {
       w.fail(dns_service(kDns), 0, Symptom::port_unreachable, 3);
       w.fail(tcp_service(kDns, 53), 3, Symptom::reset, 2);
     },
     "dns.port_unreachablex1", 1},
    {"a refused web server beside a dead resolver",
     [](World& w) {
       w.fail(dns_service(kDns), 0, Symptom::no_response, 3);
       w.fail(tcp_service(kDns, 80), 3, Symptom::reset, 2);
     },
     "dns.no_responsex1 tcp.refusedx1"},
    {"a handshake that the end of the service cut off",
     [](World& w) {
       w.fail(tls_service(kWeb, 443), 0, Symptom::no_handshake);
       w.fail(tcp_service(kWeb, 443), 1, Symptom::reset, 2);
     },
     "tcp.refusedx1", 1},
    {"many handshakes cut off, and one refusal",
     [](World& w) {
       w.fail(tls_service(kWeb, 443), 0, Symptom::no_handshake, 6);
       w.fail(tcp_service(kWeb, 443), 3, Symptom::reset);
     },
     "tcp.refusedx1 tls.no_handshakex1"},
    {"denied from some time on, but for one request while the rule took hold",
     [](World& w) {
       w.serve(http_service(kWeb, 80), 0, 4);
       w.fail(http_service(kWeb, 80), 4, Symptom::denied);
       w.serve(http_service(kWeb, 80), 5);
       w.fail(http_service(kWeb, 80), 6, Symptom::denied, 6);
     },
     "http.error_statusx1"},
    {"denied now and then, and let in again",
     [](World& w) {
       for (int i = 0; i < 9; ++i) {
         w.fail(http_service(kWeb, 80), 4 * i, Symptom::denied);
         w.serve(http_service(kWeb, 80), 4 * i + 1, 2);
       }
     },
     ""},
    {"an unanswered neighbour explains what lies beyond",
     [](World& w) {
       w.fail(arp_service(kWeb), 0, Symptom::no_response, 3);
       w.fail(tcp_service(kWeb, 443), 0, Symptom::host_unreachable, 2);
       w.fail(tcp_service(kWeb, 80), 1, Symptom::no_response, 2);
       w.fail(dns_service(kWeb), 1, Symptom::no_response, 2);
       w.fail(tcp_service(kWeb, 53), 1, Symptom::no_response, 2);
     },
     "arp.no_replyx1", 4},
    {"an unanswered neighbour explains no refusal",
     [](World& w) {
       w.fail(arp_service(kWeb), 0, Symptom::no_response, 3);
       w.fail(tcp_service(kWeb, 80), 1, Symptom::reset, 2);
     },
     "arp.no_replyx1 tcp.refusedx1"},
    {"two clients that each ask for a neighbour twice, seconds apart",
     [](World& w) {
       w.ask_twice(arp_service(kWeb), "192.0.2.7", 0, 5.5);
       w.ask_twice(arp_service(kWeb), "192.0.2.8", 0.1, 7.7);
     },
     ""},
    {"... at once",
     [](World& w) {
       w.ask_twice(arp_service(kWeb), "192.0.2.7", 0, 1);
       w.ask_twice(arp_service(kWeb), "192.0.2.8", 0.1, 1);
     },
     "arp.no_replyx1"},
    {"... again and again",
     [](World& w) {
       for (int i = 0; i < 3; ++i) w.ask_twice(arp_service(kWeb), "192.0.2.7", 100 * i, 8);
     },
     "arp.no_replyx1"},
    {"one unanswered neighbour request is daily life",
     [](World& w) { w.fail(arp_service(kWeb), 0, Symptom::no_response, 2); }, ""},
    {"a host out of reach, whatever is asked there",
     [](World& w) {
       w.fail(dns_service(kWeb), 0, Symptom::host_unreachable, 2);
       w.fail(tcp_service(kWeb, 443), 1, Symptom::host_unreachable, 2);
       w.fail(echo_service(kWeb), 1, Symptom::host_unreachable, 2);
       w.fail(tcp_service(kWeb, 80), 2, Symptom::no_response, 1);
     },
     "icmp.host_unreachablex3", 1},
    {"ICMP in answer to a SYN is a refusal",
     [](World& w) { w.fail(tcp_service(kWeb, 80), 0, Symptom::port_unreachable, 2); },
     "tcp.refusedx1"},
    {"a closed UDP port",
     [](World& w) { w.fail(udp_service(kWeb, 123), 0, Symptom::port_unreachable); },
     "udp.port_unreachablex1"},
    {"pings without an answer raise nothing",
     [](World& w) { w.fail(echo_service(kWeb), 0, Symptom::no_response, 20); }, ""},
    {"a code that the catalogue does not know",
     [](World& w) { w.fail(dns_service(kDns), 0, Symptom::other_rcode, 3); }, ""},
    {"one failure among hundreds",
     [](World& w) {
       w.serve(tcp_service(kWeb, 443), 0, 300);
       w.fail(tcp_service(kWeb, 443), 100, Symptom::no_response, 2);
     },
     ""},
    {"three failures among hundreds",
     [](World& w) {
       w.serve(tcp_service(kWeb, 443), 0, 300);
       w.fail(tcp_service(kWeb, 443), 100, Symptom::no_response, 3);
     },
     "tcp.no_responsex1"},
    {"a service that dies at the end of the capture",
     [](World& w) {
       w.serve(tcp_service(kWeb, 443), 0, 300);
       w.fail(tcp_service(kWeb, 443), 400, Symptom::reset, 2);
     },
     "tcp.refusedx1"},
    {"many ports of one host are one incident",
     [](World& w) {
       for (std::uint16_t port = 50; port <= 61; ++port) {
         w.fail(tcp_service(kWeb, port), port, Symptom::reset);
       }
     },
     "tcp.refusedx12"},
    {"a few UDP ports that nobody comes back to are one incident",
     [](World& w) {
       for (const std::uint16_t port : std::initializer_list<std::uint16_t>{7, 69, 161, 5060}) {
         w.fail(udp_service(kWeb, port), port * 0.001, Symptom::port_unreachable);
       }
     },
     "udp.port_unreachablex4"},
    {"UDP services that are wanted are told apart",
     [](World& w) {
       for (const std::uint16_t port : std::initializer_list<std::uint16_t>{123, 161, 514}) {
         w.fail(udp_service(kWeb, port), port * 0.001, Symptom::port_unreachable, 6);
       }
     },
     "udp.port_unreachablex1 udp.port_unreachablex1 udp.port_unreachablex1"},
    {"a search for open ports is none",
     [](World& w) {
       w.serve(tcp_service(kWeb, 80), 0);
       for (std::uint16_t port = 1; port <= 40; ++port) {
         w.fail(tcp_service(kWeb, port), port, Symptom::reset, 2);
       }
     },
     ""},
    {"services that are asked for again and again are no search",
     [](World& w) {
       for (std::uint16_t port = 1; port <= 40; ++port) {
         w.fail(tcp_service(kWeb, port), port, Symptom::reset, 9);
       }
     },
     "tcp.refusedx40"},
    {"nor are many silent ports: the host may be down",
     [](World& w) {
       for (std::uint16_t port = 1; port <= 40; ++port) {
         w.fail(tcp_service(kWeb, port), port, Symptom::no_response);
       }
     },
     "tcp.no_responsex40"},
};

TEST(FindCases, GroupsAndAbsorbs) {
  ASSERT_FALSE(catalogue().faults().empty());
  for (const Row& row : kRows) {
    World world;
    row.make(world);
    const Cases cases = world.find();
    EXPECT_EQ(faults_of(cases), row.faults) << row.what;
    std::size_t absorbed = 0;
    for (const Case& found : cases.cases) absorbed += found.absorbed.size();
    EXPECT_EQ(absorbed, row.absorbed_rows) << row.what;
  }
}

struct FlagRow {
  const char* what;
  bool Attempt::* flag;
};

TEST(FindCases, LeavesOutWhatDoesNotCount) {
  const FlagRow rows[] = {{"healed", &Attempt::healed},
                          {"noise", &Attempt::is_noise},
                          {"probe", &Attempt::is_probe},
                          {"open", &Attempt::open_at_end},
                          {"mid-stream", &Attempt::mid_stream}};
  for (const FlagRow& row : rows) {
    World world;
    for (int i = 0; i < 4; ++i) {
      Attempt attempt =
          world.maker.make(dns_service(kDns), "192.0.2.7", i, Symptom::nx_domain, "wpad");
      attempt.*row.flag = true;
      world.store.attempt(attempt);
    }
    EXPECT_TRUE(world.find().cases.empty()) << row.what;
  }
}

TEST(FindCases, ALowShareOfNamesThatDoNotExistIsUsual) {
  struct Share {
    const char* what;
    int served;
    int names;  // that do not exist ...
    int asked;  // ... and how often each of them is asked for
    bool is_incident;
  };
  const Share rows[] = {
      {"3 in 100, each name once", 97, 3, 1, false},
      {"9 in 200, each name three times", 191, 3, 3, false},
      {"one name again and again", 200, 1, 6, true},
      {"one in five", 40, 10, 1, true},
      {"nothing else was asked", 0, 1, 1, true},
  };
  for (const Share& row : rows) {
    World world;
    for (int i = 0; i < row.served; ++i) {
      world.store.attempt(
          world.maker.make(dns_service(kDns), "192.0.2.7", i, Symptom::none, "a.example"));
    }
    for (int i = 0; i < row.names * row.asked; ++i) {
      const std::string name = "no" + std::to_string(i % row.names) + ".example";
      world.store.attempt(
          world.maker.make(dns_service(kDns), "192.0.2.7", i + 0.5, Symptom::nx_domain, name));
    }
    const Cases cases = world.find();
    EXPECT_EQ(!cases.cases.empty(), row.is_incident) << row.what;
    EXPECT_EQ(cases.rare > 0, !row.is_incident) << row.what;
  }
}

TEST(FindCases, NoiseInARowDoesNotWidenItsIncident) {
  World world;
  for (int i = 0; i < 4; ++i) {
    Attempt noise = world.maker.make(dns_service(kDns), "192.0.2.9", i, Symptom::nx_domain, "wpad");
    noise.is_noise = true;
    world.store.attempt(noise);
  }
  world.fail(dns_service(kDns), 50, Symptom::nx_domain, 2);
  const Cases cases = world.find();
  ASSERT_EQ(cases.cases.size(), 1U);
  const Tally counts = tally(world.store, cases.cases[0]);
  EXPECT_EQ(counts.failed, 2U);
  EXPECT_EQ(counts.total, 2U);
  EXPECT_EQ(window_of(cases.cases[0]).first, at(50));
  EXPECT_EQ(clients_of(cases.cases[0]).count(), 1U);
}

TEST(FindCases, IsBounded) {
  World world;
  for (std::size_t i = 0; i < limits::kIncidents + 10; ++i) {
    const std::string octet = std::to_string(i);
    world.fail(tcp_service("198.51.100." + octet, static_cast<std::uint16_t>(1000 + i)), 0,
               Symptom::reset, 1, "192.0.2." + octet);
  }
  const Cases cases = world.find();
  EXPECT_EQ(cases.cases.size(), limits::kIncidents);
  EXPECT_EQ(cases.left_out, 10U);
}

TEST(Tally, CountsServedBeforeWithinAndAfter) {
  World world;
  const evidence::Service service = tcp_service(kWeb, 443);
  world.serve(service, 0, 4);
  world.fail(service, 10, Symptom::reset, 5);
  world.serve(service, 12, 2, "192.0.2.8");
  world.serve(service, 100, 3);
  const Cases cases = world.find();
  ASSERT_EQ(cases.cases.size(), 1U);
  const Tally counts = tally(world.store, cases.cases[0]);
  EXPECT_EQ(counts.failed, 5U);
  EXPECT_EQ(counts.served, 2U);
  EXPECT_EQ(counts.total, 7U);
  EXPECT_EQ(counts.ok_before, 4U);
  EXPECT_EQ(counts.ok_after, 3U);
  EXPECT_TRUE(counts.is_served_after);
  const base::AddressBook book(world.names);
  const auto impact = client_impact(world.store, cases.cases[0], book);
  ASSERT_EQ(impact.size(), 2U);
  EXPECT_EQ(impact[0].address, "192.0.2.7");
  EXPECT_EQ(impact[0].failed, 5U);
  EXPECT_EQ(impact[0].ok, 7U);
  EXPECT_EQ(impact[1].ok, 2U);
}

TEST(Tally, AnOutageThatBeginsAmongAnswersInOneSecond) {
  World world;
  const evidence::Service service = dns_service(kDns);
  for (int i = 0; i < 40; ++i) {
    world.store.attempt(world.maker.make(service, "192.0.2.7", 0.5 + 0.01 * i, Symptom::none));
  }
  for (int i = 0; i < 12; ++i) {
    world.store.attempt(
        world.maker.make(service, "192.0.2.7", 0.95 + i, Symptom::port_unreachable, "a.example"));
  }
  Attempt again = world.maker.make(service, "192.0.2.7", 5, Symptom::port_unreachable, "a.example");
  again.healed = true;
  world.store.attempt(again);
  world.serve(service, 20, 40);
  const Cases cases = world.find();
  ASSERT_EQ(cases.cases.size(), 1U);
  const Tally counts = tally(world.store, cases.cases[0]);
  EXPECT_EQ(counts.failed, 12U);
  EXPECT_EQ(counts.total, 12U) << "nothing was served meanwhile, and a retry counts once";
  EXPECT_EQ(counts.healed, 1U);
  EXPECT_EQ(counts.ok_before, 40U);
  EXPECT_EQ(counts.ok_after, 40U);
}

TEST(Tally, CountsRowsTooLongForTheirExemplars) {
  World world;
  const evidence::Service service = tcp_service(kWeb, 443);
  world.serve(service, 0, 40);
  world.fail(service, 50, Symptom::reset, 30);
  const Cases cases = world.find();
  ASSERT_EQ(cases.cases.size(), 1U);
  const Tally counts = tally(world.store, cases.cases[0]);
  EXPECT_EQ(counts.failed, 30U);
  EXPECT_EQ(counts.ok_before, 40U);
  EXPECT_EQ(counts.ok_after, 0U);
  EXPECT_FALSE(counts.is_served_after);
}

}  // namespace
}  // namespace whydown::diagnosis
