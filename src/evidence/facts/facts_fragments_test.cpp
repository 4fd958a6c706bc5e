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

}  // namespace
}  // namespace whydown::evidence
