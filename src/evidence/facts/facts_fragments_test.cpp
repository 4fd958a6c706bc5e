#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Subject kSilent = subject(dns(), Symptom::no_response);

TEST(FactsFragments, Missing) {
  struct Row {
    const char* name;
    std::uint64_t missing;
    std::uint64_t joined;
    std::uint64_t elsewhere;
    Truth truth;
  };
  const Row rows[] = {{"none of this kind", 0, 0, 0, Truth::unknown},
                      {"first pieces only", 3, 0, 0, Truth::yes},
                      {"all came", 0, 4, 0, Truth::no},
                      {"one came, by chance", 3, 1, 0, Truth::yes},
                      {"as many came as not", 2, 2, 0, Truth::unknown},
                      {"of another server", 0, 0, 3, Truth::unknown}};
  for (const Row& row : rows) {
    Scene scene({Make(dns(), 1, 1)});
    journey::Totals totals;
    totals.beyond_dns = true;
    scene.store.set_totals(totals);
    if (row.missing != 0) scene.observe(Sign::first_piece_only, dns(), 31, row.missing);
    if (row.joined != 0) scene.observe(Sign::joined_answer, dns(), 51, row.joined);
    if (row.elsewhere != 0) scene.observe(Sign::first_piece_only, dns(kOther), 71, row.elsewhere);
    const Fact fact = scene.ask("dns.fragments_missing", kSilent);
    EXPECT_EQ(fact.truth, row.truth) << row.name;
    if (row.truth == Truth::yes) {
      ASSERT_FALSE(fact.packets.empty()) << row.name;
      EXPECT_EQ(fact.packets[0].number, 31U) << row.name;
    }
  }
}

TEST(FactsFragments, HiddenByTheCapture) {
  const auto truth = [](const journey::Totals& totals, const char* filter) {
    Scene scene({Make(dns(), 1, 1)});
    scene.observe(Sign::first_piece_only, dns(), 31, 3);
    scene.store.set_totals(totals);
    base::InputInfo input;
    input.filter = filter;
    scene.store.set_inputs({input});
    const auto remarks = quality(scene.store, scene.names);
    const bool is_said = std::ranges::any_of(
        remarks, [](const auto& remark) { return remark.id == "capture.hides_fragments"; });
    const Truth found = scene.ask("dns.fragments_missing", kSilent).truth;
    EXPECT_EQ(is_said, found == Truth::unknown);
    return found;
  };
  journey::Totals all;
  all.beyond_dns = true;
  EXPECT_EQ(truth(all, ""), Truth::yes);
  EXPECT_EQ(truth(journey::Totals(), ""), Truth::unknown);
  EXPECT_EQ(truth(all, "udp port 53 or icmp"), Truth::unknown);
  EXPECT_EQ(truth(all, "port 53 or ip[6:2] & 0x1fff != 0"), Truth::yes);
  all.later_pieces = 1;
  EXPECT_EQ(truth(all, "udp port 53 or icmp"), Truth::yes);
}

TEST(FactsFragments, SaidByTheReceiver) {
  Scene scene({Make(dns(), 1, 1), Make(dns(), 30, 3)});
  EXPECT_EQ(scene.ask("path.fragments_lost", kSilent).truth, Truth::unknown);
  scene.observe(Sign::pieces_lost, dns(kOther), 31);
  EXPECT_EQ(scene.ask("path.fragments_lost", kSilent).truth, Truth::unknown);
  scene.observe(Sign::pieces_lost, dns(), 32);
  const Fact fact = scene.ask("path.fragments_lost", kSilent);
  EXPECT_EQ(fact.truth, Truth::yes);
  EXPECT_EQ(numbers(fact.packets), std::vector<std::uint64_t>{32});
}

}  // namespace
}  // namespace whydown::evidence
