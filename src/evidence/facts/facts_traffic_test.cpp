#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Subject kSilentWeb = subject(tcp(80), Symptom::no_response);

// `count` attempts from `begin` on, evenly spread over `length` seconds; every `lost`th is silent
// (0: none), the others are answered after `latency`.
void add(Scene& scene, int count, double begin, double length, int lost, double latency = 0.001,
         bool half_open = false) {
  for (int i = 0; i < count; ++i) {
    Make made(tcp(80), begin + length * i / count,
              static_cast<std::uint64_t>(begin * 1e6 + 2 * i + 1),
              IpAddress::v4(static_cast<std::uint32_t>(i)));
    if (lost == 0 || i % lost != 0) made.ok(latency);
    made.get().half_open = half_open;
    scene.store.attempt(made);
  }
}

TEST(FactsTraffic, Flood) {
  const auto truth = [](const Scene& scene) {
    return scene.ask("traffic.flood_visible", kSilentWeb).truth;
  };
  Scene quiet;
  add(quiet, 300, 0, 30, 3);
  EXPECT_EQ(truth(quiet), Truth::unknown);

  Scene burst;
  add(burst, 300, 0, 30, 3);
  add(burst, 3000, 20, 1.5, 2);
  const Fact fact = burst.ask("traffic.flood_visible", kSilentWeb);
  EXPECT_EQ(fact.truth, Truth::yes);
  EXPECT_NE(fact.detail.find("against 10 usually"), std::string::npos) << fact.detail;
  EXPECT_FALSE(fact.packets.empty());

  Scene busy;  // a popular service: as busy all the time
  add(busy, 12'000, 0, 10, 100);
  EXPECT_EQ(truth(busy), Truth::unknown);

  Scene short_capture;  // the last slot is cut, which is no quiet hour
  add(short_capture, 4000, 0, 2.05, 100);
  EXPECT_EQ(truth(short_capture), Truth::unknown);

  Scene half_open;
  add(half_open, 3000, 0, 2, 10, 0.001, true);
  EXPECT_EQ(truth(half_open), Truth::yes);

  const auto flood = [&](double seconds_in_view) {
    Scene out;  // nobody means to finish these: no request is repeated
    add(out, 1500, 0, 5, 1);
    for (int i = 0; i < 1500; ++i) {
      Attempt open = Make(tcp(80), i / 300.0, static_cast<std::uint64_t>(i) * 2 + 1);
      open.outcome = Outcome::unknown;
      open.symptom = Symptom::none;
      open.open_at_end = true;
      out.store.attempt(open);
    }
    journey::Totals totals;
    totals.last.time = at(seconds_in_view);
    totals.last.number = 1;
    out.store.set_totals(totals);
    return truth(out);
  };
  EXPECT_EQ(flood(10), Truth::yes);
  EXPECT_EQ(flood(3), Truth::unknown) << "too short to see repetitions";

  Scene outage;  // of a busy service: every client repeats its request
  for (int i = 0; i < 1500; ++i) {
    const double when = i / 300.0;
    outage.store.attempt(
        Make(tcp(80), when, static_cast<std::uint64_t>(i) * 4 + 1).tries(3, when + 3));
  }
  journey::Totals totals;
  totals.last.time = at(60);
  totals.last.number = 1;
  outage.store.set_totals(totals);
  EXPECT_EQ(truth(outage), Truth::unknown);

  Scene crest;  // the sender repeats its requests, from few ports; the service has seen few others
  add(crest, 300, 0, 30, 0);
  for (int i = 0; i < 1500; ++i) {
    const double when = 10 + i / 300.0;
    crest.store.attempt(
        Make(tcp(80), when, static_cast<std::uint64_t>(i) * 4 + 1).tries(3, when + 3));
  }
  crest.store.set_totals(totals);
  EXPECT_EQ(truth(crest), Truth::yes);

  Scene crowd;  // the same many, and served
  add(crowd, 300, 0, 30, 0);
  add(crowd, 1500, 10, 5, 10);
  crowd.store.set_totals(totals);
  EXPECT_EQ(truth(crowd), Truth::unknown);

  Scene queries;  // of DNS, a query that is not repeated is nothing odd
  for (int i = 0; i < 1500; ++i) {
    queries.store.attempt(Make(dns(), i / 300.0, static_cast<std::uint64_t>(i) * 2 + 1));
  }
  EXPECT_EQ(queries.ask("traffic.flood_visible", subject(dns(), Symptom::no_response)).truth,
            Truth::unknown);
}

TEST(FactsTraffic, LossAndLoad) {
  const auto truth = [](const Scene& scene) {
    return scene.ask("traffic.loss_grows_with_load", kSilentWeb).truth;
  };
  Scene grows;
  add(grows, 100, 0, 20, 50);
  add(grows, 400, 20, 4, 2);
  EXPECT_EQ(truth(grows), Truth::yes);

  Scene constant;
  add(constant, 100, 0, 20, 3);
  add(constant, 400, 20, 4, 3);
  EXPECT_EQ(truth(constant), Truth::no);

  Scene even;  // no difference of load to measure by
  add(even, 200, 0, 20, 3);
  EXPECT_EQ(truth(even), Truth::unknown);

  Scene few;
  add(few, 20, 0, 20, 3);
  add(few, 20, 20, 1, 2);
  EXPECT_EQ(truth(few), Truth::unknown);

  Scene long_capture;  // slots wider than a second
  add(long_capture, 2000, 0, 1000, 50);
  add(long_capture, 8000, 1000, 200, 2);
  EXPECT_EQ(truth(long_capture), Truth::yes);

  Scene onset;  // loss that begins at some time, and clients that repeat what is lost
  add(onset, 200, 0, 20, 0);
  add(onset, 400, 20, 20, 3);
  EXPECT_EQ(truth(onset), Truth::unknown);

  Scene tenfold;  // the load rises, and with it the loss
  add(tenfold, 60, 0, 20, 0);
  add(tenfold, 600, 20, 20, 2);
  EXPECT_EQ(truth(tenfold), Truth::yes);
}

TEST(FactsTraffic, BeganWithLoad) {
  const auto truth = [](const Scene& scene) {
    return scene.ask("traffic.began_with_load", kSilentWeb).truth;
  };
  Scene limit;
  add(limit, 20, 0, 10, 0);
  add(limit, 200, 10, 10, 2);
  const Fact fact = limit.ask("traffic.began_with_load", kSilentWeb);
  EXPECT_EQ(fact.truth, Truth::yes) << fact.detail;
  EXPECT_FALSE(fact.packets.empty());

  Scene loss;  // the same load all along
  add(loss, 100, 0, 10, 0);
  add(loss, 100, 10, 10, 2);
  EXPECT_EQ(truth(loss), Truth::no);

  Scene repeats;  // what is lost is asked for again
  add(repeats, 100, 0, 10, 0);
  add(repeats, 280, 10, 10, 2);
  EXPECT_EQ(truth(repeats), Truth::unknown);

  Scene late;  // nothing is known of before
  add(late, 100, 10, 10, 2);
  EXPECT_EQ(truth(late), Truth::unknown);
}

TEST(FactsTraffic, AnsweredRate) {
  const auto truth = [](const Scene& scene) {
    return scene.ask("traffic.answered_rate_pinned", kSilentWeb).truth;
  };
  // `served(second)` of 30 requests a second are served.
  const auto scene = [](int seconds, auto served) {
    std::vector<Attempt> out;
    for (int second = 0; second < seconds; ++second) {
      for (int i = 0; i < 30; ++i) {
        Make made(tcp(80), second + i / 31.0, static_cast<std::uint64_t>(second * 100 + 2 * i + 1));
        if (i < served(second)) made.ok();
        out.push_back(made);
      }
    }
    return Scene(out);
  };
  const Scene limit = scene(10, [](int) { return 12; });
  const Fact fact = limit.ask("traffic.answered_rate_pinned", kSilentWeb);
  EXPECT_EQ(fact.truth, Truth::yes) << fact.detail;
  EXPECT_EQ(fact.detail, "12 to 12 served a second, 60 % lost");
  EXPECT_FALSE(fact.packets.empty());
  constexpr int by_chance[] = {12, 9, 15, 11, 14, 8, 13, 10, 16, 12};
  EXPECT_EQ(truth(scene(10, [&](int second) { return by_chance[second]; })), Truth::no);
  EXPECT_EQ(truth(scene(10, [](int second) { return 12 + second % 3; })), Truth::yes);
  EXPECT_EQ(truth(scene(5, [](int) { return 12; })), Truth::unknown) << "too short";
  EXPECT_EQ(truth(scene(10, [](int) { return 28; })), Truth::unknown) << "hardly any loss";
  EXPECT_EQ(truth(scene(10, [](int) { return 0; })), Truth::unknown) << "nothing served";
}

}  // namespace
}  // namespace whydown::evidence
