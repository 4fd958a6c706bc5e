#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "evidence/evidence.h"
#include "evidence/limits.h"
#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

std::vector<std::uint64_t> kept_numbers(const Row& row) {
  std::vector<std::uint64_t> out;
  for (const Attempt* attempt : row.exemplars()) out.push_back(attempt->request.place.number);
  return out;
}

std::vector<Attempt> attempts_every_second(std::size_t count) {
  std::vector<Attempt> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(Make(dns(), static_cast<double>(i), i + 1).ok());
  }
  return out;
}

TEST(Row, CountsWhatAnAttemptWas) {
  Row row;
  Attempt probe = Make(dns(), 1, 1).ok();
  probe.is_probe = true;
  Attempt noise = Make(dns(), 2, 3).ok();
  noise.is_noise = true;
  noise.answered_by_other_server = true;
  Attempt middle = Make(tcp(80), 3, 5).ok();
  middle.mid_stream = true;
  middle.half_open = true;
  Attempt open = Make(dns(), 4, 7).silent().tries(3, 9);
  open.open_at_end = true;
  open.request_seen = false;
  for (const Attempt& attempt : {probe, noise, middle, open}) add(row, attempt);
  EXPECT_EQ(row.attempts, 4U);
  EXPECT_EQ(row.counted, 1U);
  EXPECT_EQ(row.tries, 6U);
  EXPECT_EQ(row.open_at_end, 1U);
  EXPECT_EQ(row.mid_stream, 1U);
  EXPECT_EQ(row.half_open, 1U);
  EXPECT_EQ(row.probes, 1U);
  EXPECT_EQ(row.noise, 1U);
  EXPECT_EQ(row.answered_by_other_server, 1U);
  EXPECT_EQ(row.server_spoke, 3U);
  EXPECT_EQ(row.request_unseen, 1U);
  EXPECT_EQ(row.latency.count(), 3U);
  EXPECT_EQ(row.first, at(1));
  EXPECT_EQ(row.last, at(9));
}

TEST(Row, CountsHowErrorsWereMade) {
  const auto with = [](std::uint8_t tos, std::uint32_t id, bool df) {
    Attempt attempt = Make(dns(), 1, 1).error(Symptom::port_unreachable);
    attempt.answer.tos = tos;
    attempt.answer.ip_id = id;
    attempt.answer.dont_fragment = df;
    return attempt;
  };
  Attempt unknown_id = with(0, 0, true);
  unknown_id.answer.known.clear(Field::ip_id);
  Attempt v6 = with(0, 0, true);
  v6.answer.network = packet::Network::ipv6;
  Attempt unquoted = with(0x20, 9, false);
  unquoted.answer.known.clear(Field::quote);
  Row row;
  for (const Attempt& attempt :
       {with(0, 0, true), with(0xc0, 7, false), with(0xc0, 7, true), unknown_id, v6, unquoted,
        static_cast<const Attempt&>(Make(dns(), 2, 3).error(Symptom::port_unreachable, kRouter))}) {
    add(row, attempt);
  }
  EXPECT_EQ(row.error_header_known, 5U);
  EXPECT_EQ(row.error_header_crafted, 1U);
  EXPECT_EQ(row.error_header_kernel, 2U);
  EXPECT_EQ(row.error_from_server, 5U);
  EXPECT_EQ(row.error_from_other, 1U);
}

TEST(Row, RemembersTheEarliestPacketOfAnExtendedError) {
  Row row;
  add(row, Make(dns(), 5, 10).rcode(Symptom::serv_fail).ede(7));
  add(row, Make(dns(), 2, 4).rcode(Symptom::serv_fail).ede(7));
  add(row, Make(dns(), 9, 20).rcode(Symptom::serv_fail).ede(0));
  EXPECT_EQ(row.extended_errors.of(7), 2U);
  EXPECT_EQ(row.extended_errors.of(0), 1U);
  EXPECT_EQ(row.extended_errors.all().back().first.number, 5U);
}

TEST(Row, ExemplarsAreTheFirstAndTheLastWhateverTheOrder) {
  const struct {
    std::size_t count;
    std::vector<std::uint64_t> kept;
  } rows[] = {
      {1, {1}},
      {8, {1, 2, 3, 4, 5, 6, 7, 8}},
      {10, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
      {12, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
      {13, {1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13}},
      {90, {1, 2, 3, 4, 5, 6, 7, 8, 87, 88, 89, 90}},
  };
  std::mt19937 random(1);
  for (const auto& row : rows) {
    std::vector<Attempt> attempts = attempts_every_second(row.count);
    for (int round = 0; round < 5; ++round) {
      Row whole;
      for (const Attempt& attempt : attempts) add(whole, attempt);
      EXPECT_EQ(kept_numbers(whole), row.kept) << row.count << " in round " << round;

      Row left;
      Row right;
      for (const Attempt& attempt : attempts) add(random() % 2 == 0 ? left : right, attempt);
      right.merge(left);
      EXPECT_EQ(kept_numbers(right), row.kept) << row.count << " merged in round " << round;
      std::ranges::shuffle(attempts, random);
    }
  }
}

TEST(Row, ExemplarsThatBeginTogetherAreOrderedByPlace) {
  Row row;
  for (const std::uint64_t number : {5U, 3U, 9U, 1U}) add(row, Make(dns(), 1, number).ok());
  EXPECT_EQ(kept_numbers(row), (std::vector<std::uint64_t>{1, 3, 5, 9}));
}

TEST(Row, FewerExemplarsOnDemand) {
  Row row;
  for (const Attempt& attempt : attempts_every_second(20)) add(row, attempt, 1, 1);
  EXPECT_EQ(kept_numbers(row), (std::vector<std::uint64_t>{1, 20}));
}

std::string shown(const Store& store) {
  std::string out;
  for (const auto& [key, row] : store.rows()) {
    out += key.service.server.to_string() + ":" + std::to_string(key.service.port) + " " +
           std::to_string(static_cast<int>(key.symptom)) + " " + std::to_string(row.attempts) +
           " " + std::to_string(row.clients.count()) + " " + std::to_string(row.tries) + " [";
    for (const std::uint64_t number : kept_numbers(row)) out += std::to_string(number) + " ";
    out += "] " + std::to_string(row.latency.quantile(0.5).count()) + "\n";
  }
  for (const auto& [key, row] : store.service_clients()) {
    out += key.client.to_string() + " " + std::to_string(row.ok()) + "/" +
           std::to_string(row.failed()) + " " + std::to_string(base::ns_of(row.last_ok)) + "\n";
  }
  for (const ObservationRow& row : store.observations()) {
    out += std::to_string(static_cast<int>(row.sign)) + " " + std::to_string(row.count) + " [";
    for (const Observation& seen : row.first) out += std::to_string(seen.packet.place.number) + " ";
    out += "| ";
    for (const Observation& seen : row.last) out += std::to_string(seen.packet.place.number) + " ";
    out += "]\n";
  }
  return out;
}

std::vector<Attempt> some_attempts(std::mt19937& random, std::size_t count) {
  std::vector<Attempt> out;
  for (std::size_t i = 0; i < count; ++i) {
    const Service service =
        random() % 2 == 0 ? dns() : tcp(static_cast<std::uint16_t>(random() % 4));
    const IpAddress client = IpAddress::v4(static_cast<std::uint32_t>(random() % 5));
    Make made(service, static_cast<double>(random() % 1000), 2 * i + 1, client);
    switch (random() % 4) {
      case 0:
        made.ok(0.01);
        break;
      case 1:
        made.error(Symptom::port_unreachable, random() % 2 == 0 ? kServer : kRouter);
        break;
      case 2:
        made.tries(2, 2000);
        break;
      default:
        made.reset();
        break;
    }
    out.push_back(made);
  }
  return out;
}

TEST(Store, MergingGivesTheStoreOfBoth) {
  std::mt19937 random(5);
  for (int round = 0; round < 5; ++round) {
    const std::vector<Attempt> attempts = some_attempts(random, 300);
    Scene whole(attempts);
    Scene parts[3];
    for (const Attempt& attempt : attempts) parts[random() % 3].store.attempt(attempt);
    for (std::uint64_t i = 1; i < 8; ++i) {
      whole.observe(Sign::late_answer, dns(), i);
      whole.observe(Sign::duplicate_frame, tcp(80), i);
      parts[i % 3].observe(Sign::late_answer, dns(), i);
      parts[(i + 1) % 3].observe(Sign::duplicate_frame, tcp(80), i);
    }
    Scene left;  // (0 + 1) + 2
    left.store.merge(parts[0].store);
    left.store.merge(parts[1].store);
    left.store.merge(parts[2].store);
    Scene right;  // 2 + (1 + 0)
    parts[1].store.merge(parts[0].store);
    right.store.merge(parts[2].store);
    right.store.merge(parts[1].store);
    EXPECT_EQ(shown(left.store), shown(whole.store));
    EXPECT_EQ(shown(right.store), shown(whole.store));
    EXPECT_EQ(left.store.observed(Sign::late_answer), 7U);
  }
}

TEST(Store, MergesTotalsAndInputs) {
  journey::Totals early;
  early.packets = 10;
  early.tcp_flows = 3;
  early.evicted = 1;
  early.notes[0] = 2;
  early.note_first[0] = {at(5), 7, 0, 0};
  early.first = {at(1), 1, 0, 0};
  early.last = {at(9), 10, 0, 0};
  journey::Totals late = early;
  late.note_first[0] = {at(4), 2, 0, 1};
  late.first = {at(3), 1, 0, 1};
  late.last = {at(20), 10, 0, 1};
  Store a;
  Store b;
  a.set_totals(early);
  b.set_totals(late);
  base::InputInfo first;
  first.path = "first.pcap";
  base::InputInfo second;
  second.path = "second.pcap";
  a.set_inputs({first});
  b.set_inputs({first, second});
  a.merge(b);
  EXPECT_EQ(a.totals().packets, 20U);
  EXPECT_EQ(a.totals().tcp_flows, 6U);
  EXPECT_EQ(a.totals().evicted, 2U);
  EXPECT_EQ(a.totals().notes[0], 4U);
  EXPECT_EQ(a.totals().note_first[0].number, 2U);
  EXPECT_EQ(a.totals().first.time, at(1));
  EXPECT_EQ(a.totals().last.time, at(20));
  ASSERT_EQ(a.inputs().size(), 2U);
  EXPECT_EQ(a.inputs()[1].path, "second.pcap");
}

TEST(Store, ClientsAreCountedByWhatHurtThem) {
  Attempt probe = Make(dns(), 1, 1).ok();
  probe.is_probe = true;
  Attempt noise = Make(dns(), 2, 3);
  noise.is_noise = true;
  Attempt middle = Make(tcp(80), 3, 5).ok();
  middle.mid_stream = true;
  Attempt healed = Make(dns(), 3, 15).rcode(Symptom::serv_fail);
  healed.healed = true;
  Scene scene({probe, noise, middle, healed, Make(dns(), 4, 7).ok(), Make(dns(), 6, 9).ok(),
               Make(dns(), 5, 11), Make(dns(), 7, 13, kOther).rcode(Symptom::nx_domain)});
  ASSERT_EQ(scene.store.service_clients().size(), 2U);
  const ServiceClientRow& pair = scene.store.service_clients().at({dns(), kClient, Step::name});
  EXPECT_EQ(pair.of(Outcome::ok), 2U);
  EXPECT_EQ(pair.of(Outcome::silent), 1U);
  EXPECT_EQ(pair.ok(), 2U);
  EXPECT_EQ(pair.failed(), 1U);
  EXPECT_EQ(pair.first_ok, at(4));
  EXPECT_EQ(pair.last_ok, at(6));
  EXPECT_EQ(pair.first_failed, at(5));
}

TEST(Store, ObservationsAreKeptPerSignAndService) {
  Scene scene;
  scene.observe(Sign::late_answer, dns(), 50, 10);
  scene.observe(Sign::late_answer, dns(), 1, 2);
  scene.observe(Sign::duplicate_frame, dns(), 3, 1);
  ASSERT_EQ(scene.store.observations().size(), 2U);
  const ObservationRow& late = scene.store.observations().front();
  EXPECT_EQ(late.count, 12U);
  ASSERT_EQ(late.first.size(), limits::kObservationsKept);
  EXPECT_EQ(late.first[0].packet.place.number, 1U);
  EXPECT_EQ(late.first[3].packet.place.number, 51U);
  ASSERT_EQ(late.last.size(), limits::kObservationsKept);
  EXPECT_EQ(late.last[0].packet.place.number, 56U);
  EXPECT_EQ(late.last[3].packet.place.number, 59U);
  EXPECT_EQ(late.latency.maximum(), seconds{6});
}

TEST(Store, FullTablesRefuseAndCount) {
  Store store;
  const auto service = [](std::uint32_t i) { return tcp(443, IpAddress::v4(i + 1)); };
  const auto extra = static_cast<std::uint32_t>(100);
  for (std::uint32_t i = 0; i < limits::kMaxQuietRows + extra; ++i) {
    store.attempt(Make(service(i), 1, i + 1, IpAddress::v4(i)).ok());
  }
  EXPECT_EQ(store.rows().size(), limits::kMaxQuietRows);
  EXPECT_EQ(store.overflow(), extra);

  // Failures still find room, and rows that exist go on counting.
  store.attempt(Make(service(999'999), 2, 1).reset());
  store.attempt(Make(service(0), 2, 1).ok());
  EXPECT_EQ(store.rows().size(), limits::kMaxQuietRows + 1);
  EXPECT_EQ(store.overflow(), extra);
  for (std::uint32_t i = 0; i < limits::kMaxRows; ++i) {
    store.attempt(Make(service(i), 3, 1).reset());
  }
  EXPECT_EQ(store.rows().size(), limits::kMaxRows);
  EXPECT_EQ(store.overflow(), extra + limits::kMaxQuietRows + 1);
}

TEST(Store, SpentExemplarsLeaveTheFirstAndTheLast) {
  Store store;
  const std::uint32_t rows = limits::kMaxExemplars / 12 + 50;
  for (std::uint32_t row = 0; row < rows; ++row) {
    for (std::uint32_t i = 0; i < 12; ++i) {
      store.attempt(Make(udp(9, IpAddress::v4(row + 1)), i, row * 12 + i + 1));
    }
  }
  std::size_t kept = 0;
  for (const auto& [key, row] : store.rows()) kept += row.exemplars().size();
  EXPECT_GE(kept, limits::kMaxExemplars);
  EXPECT_LE(kept, limits::kMaxExemplars + 12 + 2 * 50);
  const Row& late = store.rows().rbegin()->second;
  ASSERT_EQ(late.exemplars().size(), 2U);
  EXPECT_EQ(late.exemplars()[0]->begin, at(0));
  EXPECT_EQ(late.exemplars()[1]->begin, at(11));
}

TEST(Store, TheBillIsWithinItsShare) {
  EXPECT_GT(Store::memory_bytes(), limits::kMaxRows * sizeof(Row));
  EXPECT_LT(Store::memory_bytes(), std::size_t{108} << 20U);
}

}  // namespace
}  // namespace whydown::evidence
