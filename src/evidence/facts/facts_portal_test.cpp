#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

Service web(const char* address) {
  return {ip(address), 80, packet::Transport::tcp, Protocol::http};
}
const Service kFirst = web("198.51.100.1");
const Service kSecond = web("198.51.100.2");
const Service kThird = web("198.51.100.3");

// Scenes whose requests carry names.
struct Portal : Scene {
  Attempt asked(const Service& service, double begin, std::uint64_t number, const char* host,
                const char* path, std::uint16_t status, const IpAddress& client = kClient) {
    Make make(service, begin, number, client);
    Attempt& attempt = make.ok(0.01).get();
    attempt.step = Step::request;
    attempt.request.kind = Kind::http_request;
    attempt.request.name = names.add(host);
    attempt.request.target = names.add(path);
    attempt.answer.kind = Kind::http_answer;
    attempt.answer.code = status;
    return attempt;
  }
  void diverted(const Service& service, double begin, std::uint64_t number, const char* host,
                const char* to, const char* path = "/", const IpAddress& client = kClient) {
    Attempt attempt = asked(service, begin, number, host, path, 302, client);
    attempt.symptom = Symptom::diverted;
    attempt.outcome = Outcome::failed;
    attempt.answer.leads_to = names.add(to);
    store.attempt(attempt);
  }
  void refused(double begin, std::uint64_t number, const IpAddress& server) {
    store.attempt(Make(tcp(443, server), begin, number).reset(0.01));
  }
  void tell(Sign sign, const Service& service, double time, std::uint64_t number,
            const IpAddress& client = kClient) {
    Observation seen;
    seen.sign = sign;
    seen.service = service;
    seen.client = client;
    seen.packet.kind = Kind::http_answer;
    seen.packet.place.number = number;
    seen.packet.place.time = at(time);
    store.observation(seen);
  }
  Truth truth(std::string_view id, const Subject& subject) const { return ask(id, subject).truth; }
};

const Subject kDiverted{{kFirst, kSecond, kThird}, Step::request, Symptom::diverted};

Subject refused_at(const IpAddress& server) {
  return {{tcp(443, server)}, Step::connect, Symptom::reset};
}

TEST(FactsPortal, SitesAndProbes) {
  Portal portal;
  portal.diverted(kFirst, 1, 10, "www.a.com", "login.hotel.example");
  portal.diverted(kSecond, 2, 20, "www.b.org", "login.hotel.example");
  EXPECT_EQ(portal.truth("portal.many_sites", kDiverted), Truth::unknown);
  portal.diverted(kThird, 3, 30, "c.net", "login.hotel.example");
  const Fact sites = portal.ask("portal.many_sites", kDiverted);
  EXPECT_EQ(sites.truth, Truth::yes);
  EXPECT_EQ(sites.detail, "requests for 3 sites sent to login.hotel.example");
  EXPECT_EQ(numbers(sites.packets), (std::vector<std::uint64_t>{11, 21, 31}));
  EXPECT_EQ(portal.truth("portal.probe_barred", kDiverted), Truth::no);
  portal.diverted(kThird, 4, 40, "captive.apple.com", "login.hotel.example",
                  "/hotspot-detect.html");
  const Fact probe = portal.ask("portal.probe_barred", kDiverted);
  EXPECT_EQ(probe.truth, Truth::yes);
  EXPECT_EQ(numbers(probe.packets), std::vector<std::uint64_t>{41});
  portal.diverted(kThird, 5, 50, "d.net", "other.example");
  EXPECT_EQ(portal.truth("portal.many_sites", kDiverted), Truth::no);
}

TEST(FactsPortal, WhatElseItsClientsMeet) {
  const IpAddress far = ip("203.0.113.9");
  const IpAddress near = ip("192.168.7.9");
  const IpAddress door = ip("192.168.7.1");
  Portal portal;
  portal.refused(4, 40, far);
  portal.refused(5, 50, near);
  portal.refused(6, 60, door);
  EXPECT_EQ(portal.truth("portal.diverts", refused_at(far)), Truth::unknown);
  portal.diverted(kFirst, 3, 30, "c.net", "login.hotel.example", "/", kOther);
  EXPECT_EQ(portal.truth("portal.diverts", refused_at(far)), Truth::unknown);
  portal.diverted(web("192.168.7.1"), 3, 34, "c.net", "login.hotel.example");
  const Fact fact = portal.ask("portal.diverts", refused_at(far));
  EXPECT_EQ(fact.truth, Truth::yes);
  EXPECT_EQ(fact.detail,
            "HTTP requests of the same clients to other places end at login.hotel.example");
  EXPECT_EQ(numbers(fact.packets), std::vector<std::uint64_t>{35});
  // A machine of the own network is not behind the login page, but where all names lead.
  EXPECT_EQ(portal.truth("portal.diverts", refused_at(near)), Truth::unknown);
  EXPECT_EQ(portal.truth("portal.diverts", refused_at(door)), Truth::yes);
}

TEST(FactsPortal, LongAgo) {
  Portal portal;
  portal.diverted(kFirst, 3, 30, "c.net", "login.hotel.example");
  portal.refused(300, 40, ip("203.0.113.9"));
  EXPECT_EQ(portal.truth("portal.diverts", refused_at(ip("203.0.113.9"))), Truth::unknown);
}

TEST(FactsPortal, Status511) {
  Portal portal;
  Attempt attempt = portal.asked(kFirst, 1, 10, "a.com", "/", 511);
  attempt.symptom = Symptom::error_status;
  attempt.outcome = Outcome::failed;
  portal.store.attempt(attempt);
  portal.refused(2, 20, ip("203.0.113.9"));
  EXPECT_EQ(portal.truth("http.login_required", {{kFirst}, Step::request, Symptom::error_status}),
            Truth::yes);
  EXPECT_EQ(portal.truth("portal.diverts", refused_at(ip("203.0.113.9"))), Truth::yes);
}

TEST(FactsPortal, FalseAnswersOfItsNameServer) {
  Portal portal;
  Attempt attempt = Make(dns(), 2, 20).ok(0.01);
  attempt.symptom = Symptom::wrong_answer;
  attempt.outcome = Outcome::failed;
  attempt.answer.quoted_destination = kFirst.server;
  portal.store.attempt(attempt);
  const Subject subject{{dns()}, Step::name, Symptom::wrong_answer};
  portal.diverted(kSecond, 3, 30, "c.net", "login.hotel.example");
  EXPECT_EQ(portal.truth("portal.diverts", subject), Truth::unknown);
  portal.diverted(kFirst, 4, 40, "c.net", "login.hotel.example");
  EXPECT_EQ(portal.truth("portal.diverts", subject), Truth::yes);
}

TEST(FactsPortal, AnnouncedAndPassed) {
  const Service dhcp{ip("192.168.7.1"), 67, packet::Transport::udp, Protocol::dhcp};
  Portal portal;
  portal.diverted(kFirst, 10, 30, "c.net", "login.hotel.example");
  portal.diverted(kFirst, 20, 40, "c.net", "login.hotel.example");
  portal.tell(Sign::portal_announced, dhcp, 1, 5, kOther);
  portal.tell(Sign::probe_passed, kSecond, 5, 20);
  EXPECT_EQ(portal.truth("portal.announced", kDiverted), Truth::unknown);
  EXPECT_EQ(portal.truth("portal.probe_passed", kDiverted), Truth::unknown);
  portal.tell(Sign::probe_passed, kSecond, 11, 31);
  EXPECT_EQ(portal.truth("portal.probe_passed", kDiverted), Truth::unknown) << "still open";
  portal.tell(Sign::portal_announced, dhcp, 1, 6);
  portal.tell(Sign::probe_passed, kSecond, 15, 35);
  EXPECT_EQ(numbers(portal.ask("portal.announced", kDiverted).packets),
            std::vector<std::uint64_t>{6});
  EXPECT_EQ(portal.truth("portal.announced", kDiverted), Truth::yes);
  EXPECT_EQ(portal.truth("portal.probe_passed", kDiverted), Truth::yes);
}

TEST(FactsPortal, OneCertificateForAll) {
  Portal portal;
  std::vector<Service> all;
  const auto shown = [&](const char* address, std::uint64_t number, const char* host,
                         const char* certificate) {
    Make make({ip(address), 443, packet::Transport::tcp, Protocol::tls}, 1, number);
    Attempt& attempt = make.ok(0.01).get();
    attempt.step = Step::secure;
    attempt.symptom = Symptom::certificate_name;
    attempt.outcome = Outcome::failed;
    attempt.request.name = portal.names.add(host);
    attempt.tls.has_certificate = true;
    attempt.tls.certificate_name = portal.names.add(certificate);
    portal.store.attempt(attempt);
    all.push_back(attempt.service);
    std::ranges::sort(all);
    return portal.truth("portal.one_certificate", {all, Step::secure, Symptom::certificate_name});
  };
  EXPECT_EQ(shown("198.51.100.1", 10, "www.a.com", "login.hotel.example"), Truth::unknown);
  EXPECT_EQ(shown("198.51.100.2", 20, "www.b.org", "login.hotel.example"), Truth::unknown);
  EXPECT_EQ(shown("198.51.100.3", 30, "c.net", "login.hotel.example"), Truth::yes);
  EXPECT_EQ(shown("198.51.100.4", 40, "d.net", "other.example"), Truth::no);
}

}  // namespace
}  // namespace whydown::evidence
