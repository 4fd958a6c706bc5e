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
}

TEST(FactsTraffic, LatencyJump) {
  const auto truth = [](const Scene& scene) {
    return scene.ask("latency.jump_before_failure", kSilentWeb).truth;
  };
  Scene jump;
  add(jump, 60, 0, 20, 0, 0.004);
  add(jump, 30, 20, 10, 0, 0.32);
  add(jump, 1, 30, 1, 1);
  const Fact fact = jump.ask("latency.jump_before_failure", kSilentWeb);
  EXPECT_EQ(fact.truth, Truth::yes) << fact.detail;
  EXPECT_FALSE(fact.packets.empty());

  Scene steady;
  add(steady, 90, 0, 30, 0, 0.004);
  add(steady, 1, 30, 1, 1);
  EXPECT_EQ(truth(steady), Truth::no);

  Scene after;  // slow only after the first failure
  add(after, 60, 0, 20, 0, 0.004);
  add(after, 1, 20, 1, 1);
  add(after, 60, 21, 10, 0, 0.32);
  EXPECT_EQ(truth(after), Truth::no);

  Scene few;
  add(few, 10, 0, 10, 0, 0.004);
  add(few, 1, 30, 1, 1);
  EXPECT_EQ(truth(few), Truth::unknown);
}

}  // namespace
}  // namespace whydown::evidence
