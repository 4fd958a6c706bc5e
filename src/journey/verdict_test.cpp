#include "journey/verdict.h"

#include <gtest/gtest.h>

#include "journey/noise.h"

namespace whydown::journey {
namespace {

using packet::Transport;

struct IcmpRow {
  Transport family;
  int type;
  int code;
  Symptom symptom;
  Outcome outcome;
};

TEST(Verdict, IcmpErrors) {
  const IcmpRow rows[] = {
      {Transport::icmp, 3, 0, Symptom::net_unreachable, Outcome::failed},
      {Transport::icmp, 3, 1, Symptom::host_unreachable, Outcome::failed},
      {Transport::icmp, 3, 2, Symptom::protocol_unreachable, Outcome::refused},
      {Transport::icmp, 3, 3, Symptom::port_unreachable, Outcome::refused},
      {Transport::icmp, 3, 4, Symptom::none, Outcome::ok},
      {Transport::icmp, 3, 5, Symptom::net_unreachable, Outcome::failed},
      {Transport::icmp, 3, 9, Symptom::admin_prohibited, Outcome::refused},
      {Transport::icmp, 3, 10, Symptom::admin_prohibited, Outcome::refused},
      {Transport::icmp, 3, 12, Symptom::host_unreachable, Outcome::failed},
      {Transport::icmp, 3, 13, Symptom::admin_prohibited, Outcome::refused},
      {Transport::icmp, 3, 200, Symptom::other_icmp_error, Outcome::failed},
      {Transport::icmp, 4, 0, Symptom::none, Outcome::ok},
      {Transport::icmp, 5, 1, Symptom::none, Outcome::ok},
      {Transport::icmp, 11, 0, Symptom::ttl_exceeded, Outcome::failed},
      {Transport::icmp, 11, 1, Symptom::other_icmp_error, Outcome::failed},
      {Transport::icmp, 12, 0, Symptom::other_icmp_error, Outcome::failed},
      {Transport::icmp6, 1, 0, Symptom::net_unreachable, Outcome::failed},
      {Transport::icmp6, 1, 1, Symptom::admin_prohibited, Outcome::refused},
      {Transport::icmp6, 1, 3, Symptom::host_unreachable, Outcome::failed},
      {Transport::icmp6, 1, 4, Symptom::port_unreachable, Outcome::refused},
      {Transport::icmp6, 1, 5, Symptom::admin_prohibited, Outcome::refused},
      {Transport::icmp6, 1, 6, Symptom::admin_prohibited, Outcome::refused},
      {Transport::icmp6, 2, 0, Symptom::none, Outcome::ok},
      {Transport::icmp6, 3, 0, Symptom::ttl_exceeded, Outcome::failed},
      {Transport::icmp6, 4, 0, Symptom::other_icmp_error, Outcome::failed},
      {Transport::icmp6, 135, 0, Symptom::none, Outcome::ok},
      {Transport::udp, 3, 3, Symptom::none, Outcome::ok},
  };
  for (const IcmpRow& row : rows) {
    const Symptom symptom = icmp_symptom(row.family, static_cast<std::uint8_t>(row.type),
                                         static_cast<std::uint8_t>(row.code));
    EXPECT_EQ(symptom, row.symptom) << row.type << "/" << row.code;
    EXPECT_EQ(outcome_of(symptom), row.outcome) << row.type << "/" << row.code;
  }
}

TEST(Verdict, Ids) {
  EXPECT_EQ(step_id(Step::name), "name");
  EXPECT_EQ(step_id(Step::transfer), "transfer");
  EXPECT_EQ(outcome_id(Outcome::unknown), "unknown");
  EXPECT_EQ(protocol_id(Protocol::udp), "udp");
  EXPECT_EQ(symptom_id(Symptom::none), "none");
  EXPECT_EQ(symptom_id(Symptom::other_rcode), "other_rcode");
}

struct NoiseRow {
  const char* name;
  int type;
  Symptom symptom;
  bool noise;
};

TEST(Noise, WhatFailsEveryDay) {
  const NoiseRow rows[] = {
      {"www.example.com", 1, Symptom::nx_domain, false},
      {"intranet", 1, Symptom::nx_domain, true},
      {"printer.local", 1, Symptom::nx_domain, true},
      {"notlocal", 1, Symptom::nx_domain, true},
      {"a.notlocal", 1, Symptom::nx_domain, false},
      {"localhost.localdomain", 28, Symptom::nx_domain, true},
      {"1.2.0.192.in-addr.arpa", 1, Symptom::nx_domain, true},
      {"_ldap._tcp.example.com", 1, Symptom::nx_domain, true},
      {"wpad.example.com", 1, Symptom::nx_domain, true},
      {"isatap.example.com", 1, Symptom::nx_domain, true},
      {"use-application-dns.net", 1, Symptom::nx_domain, true},
      {"2.0.0.127.zen.example.org", 1, Symptom::nx_domain, true},
      {"300.0.0.127.zen.example.org", 1, Symptom::nx_domain, false},
      {"192.0.2.1", 1, Symptom::nx_domain, false},
      {"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.example", 1,
       Symptom::nx_domain, true},
      {"www.example.com", 12, Symptom::nx_domain, true},
      {"www.example.com", 16, Symptom::nx_domain, true},
      {"www.example.com", 33, Symptom::nx_domain, true},
      {"1.2.0.192.in-addr.arpa", 12, Symptom::serv_fail, true},
      {"1.2.0.192.in-addr.arpa", 12, Symptom::no_response, false},
      {"1.2.0.192.in-addr.arpa", 12, Symptom::port_unreachable, false},
      {"intranet", 1, Symptom::serv_fail, false},
      {"", 1, Symptom::nx_domain, false},
  };
  for (const NoiseRow& row : rows) {
    EXPECT_EQ(is_noise(row.name, static_cast<std::uint16_t>(row.type), row.symptom), row.noise)
        << row.name;
  }
}

}  // namespace
}  // namespace whydown::journey
