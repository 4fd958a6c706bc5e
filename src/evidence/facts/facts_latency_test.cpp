#include <span>

#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Subject kSilentWeb = subject(tcp(80), Symptom::no_response);

// `count` attempts from `begin` on, evenly spread over `length` seconds; every `lost`th is silent
// (0: none), the others are answered after `latency`.
void add(Scene& scene, int count, double begin, double length, int lost, double latency = 0.001) {
  for (int i = 0; i < count; ++i) {
    Make made(tcp(80), begin + length * i / count,
              static_cast<std::uint64_t>(begin * 1e6 + 2 * i + 1),
              IpAddress::v4(static_cast<std::uint32_t>(i)));
    if (lost == 0 || i % lost != 0) made.ok(latency);
    scene.store.attempt(made);
  }
}

TEST(FactsLatency, Meanwhile) {
  const auto truth = [](double before, double during) {
    Scene scene;
    add(scene, 60, 0, 20, 0, before);
    add(scene, 60, 20, 20, 3, during);
    return scene.ask("latency.flat_meanwhile", kSilentWeb).truth;
  };
  EXPECT_EQ(truth(0.004, 0.004), Truth::yes);
  EXPECT_EQ(truth(0.004, 0.006), Truth::yes);
  EXPECT_EQ(truth(0.004, 0.012), Truth::unknown);
  EXPECT_EQ(truth(0.004, 0.3), Truth::no);
  EXPECT_EQ(truth(0.0002, 0.002), Truth::unknown) << "two a second do not queue for that long";
  Scene before_only;
  add(before_only, 60, 0, 20, 0, 0.004);
  add(before_only, 3, 20, 3, 1);
  EXPECT_EQ(before_only.ask("latency.flat_meanwhile", kSilentWeb).truth, Truth::unknown);
}

TEST(FactsLatency, Jump) {
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

  Scene repeated;  // the first requests are lost, and those that come again are served
  add(repeated, 60, 0, 20, 0, 0.004);
  for (int i = 0; i < 30; ++i) {
    Make made(tcp(80), 20 + i / 3.0, static_cast<std::uint64_t>(3'000'000 + 4 * i));
    Attempt slow = made.ok(1.004).tries(2, 21 + i / 3.0);
    slow.outcome = Outcome::slow;
    repeated.store.attempt(slow);
  }
  add(repeated, 1, 30, 1, 1);
  EXPECT_EQ(truth(repeated), Truth::no);

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

// Answers of one server, as a client saw them that asked three times a second and then nine times
// (a name server at its capacity, seed 92 of the lab): second, milliseconds; 0 is no answer.
struct Seen {
  double second;
  int ms;
};
constexpr Seen kQueue[] = {
    {0.1, 191},  {0.3, 290},  {0.6, 392},  {0.9, 497},  {1.1, 668},  {1.4, 801},  {1.8, 887},
    {2.1, 548},  {2.5, 554},  {2.8, 655},  {3.1, 628},  {3.4, 630},  {3.8, 722},  {4.1, 755},
    {4.5, 791},  {4.8, 0},    {5.0, 760},  {5.3, 0},    {5.5, 875},  {5.8, 0},    {6.1, 955},
    {6.2, 0},    {6.4, 1035}, {6.6, 0},    {6.8, 0},    {7.1, 776},  {7.3, 0},    {7.5, 807},
    {7.7, 0},    {8.1, 900},  {8.3, 0},    {8.6, 949},  {9.0, 0},    {9.1, 400},  {9.4, 584},
    {9.6, 615},  {9.8, 0},    {10.1, 0},   {10.4, 563}, {11.1, 548}, {11.3, 0},   {11.4, 764},
    {11.6, 955}, {11.8, 0},   {12.1, 911}, {12.4, 0},   {13.1, 695}, {13.5, 844}, {13.9, 0}};

// Of a server that has every `cached`th answer in its cache, if any.
std::vector<Attempt> attempts_of(std::span<const Seen> all, std::uint64_t cached) {
  std::vector<Attempt> out;
  for (std::uint64_t i = 0; i < all.size(); ++i) {
    Make made(tcp(80), all[i].second, 2 * i + 1);
    const bool is_cached = cached != 0 && i % cached == 0;
    if (all[i].ms > 0) made.ok(is_cached ? 0.002 : all[i].ms / 1e3);
    out.push_back(made);
  }
  return out;
}

TEST(FactsLatency, QueueThatStoodBefore) {
  const Scene scene(attempts_of(kQueue, 0));
  const Fact queue = scene.ask("latency.queue_meanwhile", kSilentWeb);
  EXPECT_EQ(queue.truth, Truth::yes) << queue.detail;
  EXPECT_EQ(queue.detail, "about 731 ms meanwhile, 191 ms at the quickest before");
  ASSERT_FALSE(queue.packets.empty());
  EXPECT_EQ(queue.packets.front().number, 2) << "the quickest answer";
  EXPECT_EQ(scene.ask("latency.flat_meanwhile", kSilentWeb).truth, Truth::unknown)
      << "as long as before, for it was full then";
  const Scene cached(attempts_of(kQueue, 3));
  EXPECT_EQ(cached.ask("latency.queue_meanwhile", kSilentWeb).truth, Truth::no)
      << "it has a third of the answers, and looks for the others";
}

TEST(FactsLatency, Queue) {
  const auto truth = [](double before, double during, double quickest = 0) {
    Scene scene;
    if (quickest > 0) add(scene, 2, 0, 1, 0, quickest);
    add(scene, 60, 1, 20, 0, before);
    add(scene, 60, 21, 20, 3, during);
    return scene.ask("latency.queue_meanwhile", kSilentWeb).truth;
  };
  EXPECT_EQ(truth(0.004, 0.004), Truth::no);
  EXPECT_EQ(truth(0.004, 0.3), Truth::yes);
  EXPECT_EQ(truth(0.004, 0.03), Truth::no) << "too short to be felt";
  EXPECT_EQ(truth(0.3, 0.3), Truth::no) << "far away, all along";
  EXPECT_EQ(truth(0.09, 0.3), Truth::unknown);
  EXPECT_EQ(truth(0.3, 0.3, 0.03), Truth::unknown) << "once quick, and as slow ever since";
  EXPECT_EQ(truth(0.2, 0.3, 0.03), Truth::yes);
  Scene few;
  add(few, 60, 0, 20, 0, 0.004);
  add(few, 6, 20, 6, 2, 0.3);
  EXPECT_EQ(few.ask("latency.queue_meanwhile", kSilentWeb).truth, Truth::unknown);
}

}  // namespace
}  // namespace whydown::evidence
