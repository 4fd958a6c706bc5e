#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Subject kRefused = subject(dns(), Symptom::port_unreachable);
const Subject kSilent = subject(dns(), Symptom::no_response);

Attempt refused(double begin, std::uint64_t number) {
  return Make(dns(), begin, number).error(Symptom::port_unreachable);
}
Attempt silent(double begin, std::uint64_t number) { return Make(dns(), begin, number); }

TEST(FactsCapture, OneSided) {
  const struct {
    const char* what;
    std::uint64_t flows;
    std::uint64_t one_way;
    std::uint64_t unseen;
    Truth truth;
  } rows[] = {
      {"nearly all", 10, 9, 0, Truth::yes},    {"half", 10, 5, 0, Truth::unknown},
      {"a few", 10, 1, 0, Truth::no},          {"too few flows", 4, 3, 0, Truth::unknown},
      {"few, but acked", 1, 1, 1, Truth::yes}, {"a single flow", 1, 1, 0, Truth::unknown},
      {"all of a few", 3, 3, 0, Truth::yes},   {"acked, both ways", 10, 0, 5, Truth::no},
      {"no TCP", 0, 0, 0, Truth::unknown},
  };
  for (const auto& row : rows) {
    Scene scene({silent(1, 1)});
    journey::Totals totals;
    totals.tcp_flows = row.flows;
    totals.tcp_flows_one_way = row.one_way;
    totals.udp_flows = totals.udp_flows_one_way = 100;  // tells nothing
    scene.store.set_totals(totals);
    scene.observe(Sign::acked_unseen_segment, tcp(80), 1, row.unseen);
    EXPECT_EQ(scene.ask("capture.one_sided", kSilent).truth, row.truth) << row.what;
  }
}

TEST(FactsCapture, OneSidedAtOneService) {
  std::vector<Attempt> unasked;
  for (std::uint64_t i = 1; i <= 6; ++i) {
    Attempt attempt = Make(dns(), static_cast<double>(i), 2 * i).rcode(Symptom::serv_fail);
    attempt.request = {};
    attempt.request_seen = false;
    attempt.latency = base::Duration{-1};
    unasked.push_back(attempt);
  }
  expect_facts(
      "capture.one_sided",
      {{"answers without requests", unasked, subject(dns(), Symptom::serv_fail), Truth::yes},
       {"both seen", {refused(1, 1)}, kRefused, Truth::no, {2}},
       {"requests only", {silent(1, 1), silent(2, 3)}, kSilent, Truth::unknown}});
}

TEST(FactsCapture, AServerSeenBothWaysIsNotOneSided) {
  Scene scene({refused(1, 1)});
  journey::Totals totals;
  totals.tcp_flows = totals.tcp_flows_one_way = 9;
  scene.store.set_totals(totals);
  EXPECT_EQ(scene.ask("capture.one_sided", kRefused).truth, Truth::no);
}

TEST(FactsCapture, RecordsUnread) {
  const struct {
    const char* what;
    bool is_text;
    std::uint64_t lines;  // that looked like records
    std::uint64_t notes;  // records of which only the addresses were read
    Truth truth;          // where two attempts failed
  } rows[] = {
      {"a capture", false, 0, 0, Truth::unknown}, {"all read", true, 0, 0, Truth::no},
      {"lines", true, 1, 0, Truth::yes},          {"words", true, 0, 1, Truth::yes},
      {"both", true, 3, 3, Truth::yes},
  };
  for (const auto& row : rows) {
    Scene scene({silent(1, 1), silent(2, 3)});
    base::InputInfo input;
    input.is_text = row.is_text;
    if (row.lines > 0) {
      input.remarks.push_back({"text.unread_lines", base::Severity::warning, "", {}, row.lines});
    }
    scene.store.set_inputs({input});
    journey::Totals totals;
    totals.notes[static_cast<std::size_t>(packet::Note::text_unreadable)] = row.notes;
    scene.store.set_totals(totals);
    EXPECT_EQ(scene.ask("capture.records_unread", kSilent).truth, row.truth) << row.what;
  }
  std::vector<Attempt> many;
  for (std::uint64_t i = 1; i <= 9; ++i) many.push_back(silent(static_cast<double>(i), i));
  Scene scene(many);
  base::InputInfo input;
  input.is_text = true;
  input.remarks.push_back({"text.unread_lines", base::Severity::warning, "", {}, 2});
  scene.store.set_inputs({input});
  EXPECT_EQ(scene.ask("capture.records_unread", kSilent).truth, Truth::no) << "too few";
}

TEST(FactsCapture, Lossy) {
  using Drops = std::optional<std::uint64_t>;
  const struct {
    const char* what;
    std::vector<Drops> drops;
    std::uint64_t unseen;
    std::uint64_t one_way;  // of ten flows
    Truth truth;
  } rows[] = {
      {"drops", {7}, 0, 0, Truth::yes},
      {"drops of the second input", {0, 7}, 0, 0, Truth::yes},
      {"no drops", {0}, 0, 0, Truth::no},
      {"one input does not say", {0, std::nullopt}, 0, 0, Truth::unknown},
      {"no input says", {std::nullopt}, 0, 0, Truth::unknown},
      {"acknowledged but not captured", {0}, 3, 0, Truth::yes},
      {"that is one-sidedness", {0}, 3, 10, Truth::unknown},
      {"no inputs", {}, 0, 0, Truth::unknown},
  };
  for (const auto& row : rows) {
    Scene scene({silent(1, 1)});
    std::vector<base::InputInfo> inputs;
    for (const Drops& drops : row.drops) inputs.emplace_back().capture_drops = drops;
    scene.store.set_inputs(inputs);
    journey::Totals totals;
    totals.tcp_flows = 10;
    totals.tcp_flows_one_way = row.one_way;
    scene.store.set_totals(totals);
    scene.observe(Sign::acked_unseen_segment, tcp(80), 41, row.unseen);
    const Fact fact = scene.ask("capture.lossy", kSilent);
    EXPECT_EQ(fact.truth, row.truth) << row.what << ": " << fact.detail;
  }
}

// A capture that leaves out queries leaves out answers, too.
TEST(FactsCapture, LossyByAnswersToUnseenQueries) {
  struct Row {
    double begin;
    int answers;
    Truth truth;
  };
  for (const Row& row :
       {Row{90, 3, Truth::yes}, Row{90, 1, Truth::unknown}, Row{2, 3, Truth::unknown}}) {
    Scene scene({silent(1, 1)});
    journey::Totals totals;
    totals.first.time = at(0);
    totals.first.number = 1;
    scene.store.set_totals(totals);
    for (int i = 0; i < row.answers; ++i) {
      Attempt answer = Make(dns(), row.begin + i, 100 + 2 * static_cast<std::uint64_t>(i)).ok();
      answer.request = {};
      answer.request_seen = false;
      scene.store.attempt(answer);
    }
    EXPECT_EQ(scene.ask("capture.lossy", kSilent).truth, row.truth) << row.begin << row.answers;
  }
}

TEST(FactsCapture, Duplicates) {
  Scene scene({silent(1, 1)});
  EXPECT_EQ(scene.ask("capture.duplicates", kSilent).truth, Truth::unknown);
  journey::Totals totals;
  totals.packets = 5;
  scene.store.set_totals(totals);
  EXPECT_EQ(scene.ask("capture.duplicates", kSilent).truth, Truth::no);
  scene.observe(Sign::duplicate_frame, dns(), 61, 2);
  const Fact fact = scene.ask("capture.duplicates", kSilent);
  EXPECT_EQ(fact.truth, Truth::yes);
  EXPECT_EQ(numbers(fact.packets), (std::vector<std::uint64_t>{61, 62}));
}

TEST(FactsCapture, EndsEarly) {
  Attempt open = silent(10, 1);
  open.open_at_end = true;
  open.outcome = Outcome::unknown;
  open.symptom = Symptom::none;
  const struct {
    const char* what;
    std::vector<Attempt> attempts;
    Subject subject;
    double end;
    Truth truth;
  } rows[] = {
      {"2 s after the query", {silent(10, 1)}, kSilent, 12, Truth::yes},
      {"20 s after the query", {silent(10, 1)}, kSilent, 30, Truth::no},
      {"after the last retry", {Make(dns(), 10, 1).tries(3, 28)}, kSilent, 30, Truth::yes},
      {"every query got its error", {refused(10, 1)}, kRefused, 10.1, Truth::no},
      {"more open than decided", {silent(1, 1), open, open}, kSilent, 30, Truth::yes},
      {"as many open as decided", {silent(1, 1), open}, kSilent, 30, Truth::no},
  };
  for (const auto& row : rows) {
    Scene scene(row.attempts);
    EXPECT_EQ(scene.ask("capture.ends_early", row.subject).truth, Truth::unknown) << row.what;
    journey::Totals totals;
    totals.last = {at(row.end), 99, 0, 0};
    scene.store.set_totals(totals);
    const Fact fact = scene.ask("capture.ends_early", row.subject);
    EXPECT_EQ(fact.truth, row.truth) << row.what << ": " << fact.detail;
  }
}

TEST(FactsCapture, FilterHidesIcmp) {
  const struct {
    const char* filter;
    Truth without_icmp;
    Truth with_icmp;
  } rows[] = {
      {"port 53", Truth::yes, Truth::yes},
      {"udp port 53 and host 10.0.0.1", Truth::yes, Truth::yes},
      {"TCP", Truth::yes, Truth::yes},
      {"portrange 1-80", Truth::yes, Truth::yes},
      {"port 53 or icmp", Truth::no, Truth::no},
      {"udp or icmp6", Truth::no, Truth::no},
      {"not icmp", Truth::yes, Truth::yes},
      {"host 10.0.0.1 and !icmp", Truth::yes, Truth::yes},
      {"host 10.0.0.1", Truth::no, Truth::no},
      {"not port 22", Truth::no, Truth::no},
      {"host airport.example", Truth::no, Truth::no},
      {"", Truth::unknown, Truth::no},
  };
  for (const auto& row : rows) {
    base::InputInfo input;
    input.filter = row.filter;
    Scene quiet({silent(1, 1)});
    quiet.store.set_inputs({{}, input});
    EXPECT_EQ(quiet.ask("capture.filter_hides_icmp", kSilent).truth, row.without_icmp)
        << row.filter;
    Scene icmp({refused(1, 1)});
    icmp.store.set_inputs({input});
    EXPECT_EQ(icmp.ask("capture.filter_hides_icmp", kRefused).truth, row.with_icmp) << row.filter;
  }
}

}  // namespace
}  // namespace whydown::evidence
