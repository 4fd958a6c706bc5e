#include "diagnosis/timeline.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "diagnosis/attempts_for_tests.h"
#include "diagnosis/packet_fields.h"

namespace whydown::diagnosis {
namespace {

using namespace for_tests;

// Served at 10 s and 20 s, refused at 30 s to 50 s, served again at 60 s.
Incident outage(base::Interner& names) {
  evidence::Store store;
  Maker maker(names);
  const auto add = [&](double begin, Symptom symptom) {
    store.attempt(maker.make(dns_service("203.0.113.2"), "192.0.2.7", begin, symptom, "a.example"));
  };
  for (const double begin : {10.0, 20.0}) add(begin, Symptom::none);
  for (const double begin : {30.0, 40.0, 50.0}) add(begin, Symptom::port_unreachable);
  add(60, Symptom::none);
  base::InputInfo input;
  input.packets = 12;
  input.first_time = at(10);
  input.last_time = at(61);
  store.set_inputs({input});
  const auto catalogue = Catalogue::built_in();
  const Diagnosis diagnosis = diagnose(store, *catalogue, names);
  return diagnosis.incidents.empty() ? Incident{} : diagnosis.incidents[0];
}

TEST(Timeline, CountsServedAndFailedPerSlot) {
  base::Interner names;
  const Incident incident = outage(names);
  const Activity& activity = incident.activity;
  ASSERT_FALSE(activity.slots.empty());
  EXPECT_EQ(activity.slot_width, std::chrono::seconds{1});
  EXPECT_EQ(activity.slots.front().begin, at(10));
  ASSERT_EQ(activity.slots.size(), 51U);
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  for (const ActivitySlot& slot : activity.slots) {
    ok += slot.ok;
    failed += slot.failed;
  }
  EXPECT_EQ(ok, 3U);
  EXPECT_EQ(failed, incident.attempts_failed);
  EXPECT_EQ(activity.slots[20].failed, 1U);
  EXPECT_EQ(activity.slots[50].ok, 1U);
}

TEST(Timeline, MarksAreInOrderOfTime) {
  base::Interner names;
  const Incident incident = outage(names);
  std::vector<std::string> ids;
  for (const Mark& mark : incident.marks) ids.push_back(mark.id);
  EXPECT_EQ(ids, (std::vector<std::string>{"served_before", "onset", "first_error", "last_failure",
                                           "served_after"}));
  EXPECT_EQ(incident.marks[1].place.time, at(30));
  EXPECT_EQ(incident.marks[2].text, "The first ICMP error comes, from 203.0.113.2.");
  EXPECT_EQ(incident.marks[3].place.time, at(50));
  ASSERT_EQ(incident.impact.size(), 1U);
  EXPECT_TRUE(incident.impact[0].served_before);
  EXPECT_TRUE(incident.impact[0].served_after);
}

TEST(Timeline, ServedAfterItsOwnLastFailure) {
  base::Interner names;
  evidence::Store store;
  Maker maker(names);
  const auto add = [&](const char* client, double begin, Symptom symptom) {
    store.attempt(maker.make(dns_service("203.0.113.2"), client, begin, symptom, "a.example"));
  };
  for (const double begin : {10.0, 20.0, 30.0}) add("192.0.2.7", begin, Symptom::port_unreachable);
  add("192.0.2.7", 35, Symptom::none);
  for (const double begin : {11.0, 21.0, 41.0}) add("192.0.2.8", begin, Symptom::port_unreachable);
  base::InputInfo input;
  input.packets = 14;
  input.first_time = at(10);
  store.set_inputs({input});
  const auto catalogue = Catalogue::built_in();
  const Diagnosis diagnosis = diagnose(store, *catalogue, names);
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  ASSERT_EQ(diagnosis.incidents[0].impact.size(), 2U);
  for (const ClientImpact& client : diagnosis.incidents[0].impact) {
    EXPECT_EQ(client.served_after, client.address == "192.0.2.7") << client.address;
  }
}

TEST(Timeline, SlotsOfDifferentWidthMeet) {
  base::Interner names;
  evidence::Store store;
  Maker maker(names);
  // The failures span 200 s, too many for slots of one second; the one success stays narrow.
  for (int i = 0; i < 20; ++i) {
    store.attempt(maker.make(dns_service("203.0.113.2"), "192.0.2.7", 1000 + 10 * i,
                             Symptom::port_unreachable, "a.example"));
  }
  store.attempt(
      maker.make(dns_service("203.0.113.2"), "192.0.2.8", 1003, Symptom::none, "b.example"));
  base::InputInfo input;
  input.packets = 42;
  input.first_time = at(1000);
  store.set_inputs({input});
  const auto catalogue = Catalogue::built_in();
  const Diagnosis diagnosis = diagnose(store, *catalogue, names);
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  const Activity& activity = diagnosis.incidents[0].activity;
  EXPECT_EQ(activity.slot_width, std::chrono::seconds{4});
  EXPECT_EQ(activity.slots[0].ok, 1U);
  std::uint64_t failed = 0;
  for (const ActivitySlot& slot : activity.slots) failed += slot.failed;
  EXPECT_EQ(failed, 20U);
}

std::string field(const std::vector<PacketField>& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &PacketField::name);
  return found == fields.end() ? "absent" : found->value;
}

TEST(PacketFields, OnlyWhatTheInputShowed) {
  base::Interner names;
  evidence::Digest digest;
  digest.kind = journey::Kind::icmp_error;
  digest.transport = packet::Transport::icmp;
  digest.source = address("203.0.113.2");
  digest.destination = address("192.0.2.7");
  digest.icmp_type = 3;
  digest.icmp_code = 3;
  digest.ttl = 61;
  EXPECT_EQ(field(packet_fields(digest, names), "TTL"), "absent");
  digest.known.set(packet::Field::ttl);
  digest.quoted_destination = address("203.0.113.2");
  digest.quoted_destination_port = 53;
  const std::vector<PacketField> fields = packet_fields(digest, names);
  EXPECT_EQ(field(fields, "TTL"), "61");
  EXPECT_EQ(field(fields, "sender"), "203.0.113.2");
  EXPECT_EQ(field(fields, "ICMP code"), "3");
  EXPECT_EQ(field(fields, "quoted receiver"), "203.0.113.2:53");
  EXPECT_EQ(field(fields, "quoted sender"), "absent");
}

TEST(PacketFields, OfADnsAnswerAndAReset) {
  base::Interner names;
  evidence::Digest answer;
  answer.kind = journey::Kind::dns_answer;
  answer.source = address("203.0.113.2");
  answer.source_port = 53;
  answer.dns_rcode = 2;
  answer.known.set(packet::Field::dns_id);
  answer.dns_id = 35084;
  EXPECT_EQ(field(packet_fields(answer, names), "rcode"), "2");
  EXPECT_EQ(field(packet_fields(answer, names), "DNS id"), "35084");
  EXPECT_EQ(field(packet_fields(answer, names), "sender"), "203.0.113.2:53");
  evidence::Digest reset;
  reset.kind = journey::Kind::tcp_reset;
  reset.transport = packet::Transport::tcp;
  reset.tcp_flags = packet::tcp_flag::rst | packet::tcp_flag::ack;
  EXPECT_EQ(field(packet_fields(reset, names), "TCP flags"), "RST, ACK");
}

}  // namespace
}  // namespace whydown::diagnosis
