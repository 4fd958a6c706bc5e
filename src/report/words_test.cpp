#include "report/words.h"

#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "report/fixtures_test.h"
#include "report/incident_words.h"

namespace whydown::report {
namespace {

std::vector<diagnosis::RankedCause> causes(const std::vector<double>& probabilities) {
  std::vector<diagnosis::RankedCause> out;
  for (const double p : probabilities) out.push_back({"c", "C", p, {}, {}});
  return out;
}

TEST(Words, Numbers) {
  EXPECT_EQ(thousands(0), "0");
  EXPECT_EQ(thousands(999), "999");
  EXPECT_EQ(thousands(1000), "1,000");
  EXPECT_EQ(thousands(12'345'678), "12,345,678");
  EXPECT_EQ(counted(1, "query", "queries"), "1 query");
  EXPECT_EQ(counted(0, "query", "queries"), "0 queries");
  EXPECT_EQ(joined({}), "");
  EXPECT_EQ(joined({"a"}), "a");
  EXPECT_EQ(joined({"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(capitalised(""), "");
  EXPECT_EQ(first_few({"a", "b"}, 2), "a and b");
  EXPECT_EQ(first_few({"a", "b", "c", "d"}, 2), "a, b and 2 more");
}

TEST(Words, SharesSumToTheWhole) {
  const std::vector<std::vector<double>> rows = {{1.0},
                                                 {0.5, 0.5},
                                                 {1.0 / 3, 1.0 / 3, 1.0 / 3},
                                                 {0.995, 0.0025, 0.0025},
                                                 {0.6, 0.3, 0.099, 0.001}};
  for (const auto& row : rows) {
    for (const std::uint32_t whole : {100U, 10'000U}) {
      const auto parts = shares(causes(row), whole);
      EXPECT_EQ(std::accumulate(parts.begin(), parts.end(), 0U), whole);
    }
  }
}

TEST(Words, SharesOfImpossibleNumbers) {
  const auto parts = shares(causes({std::numeric_limits<double>::quiet_NaN(), -1, 2}), 100);
  EXPECT_EQ(parts, (std::vector<std::uint32_t>{0, 0, 100}));
  EXPECT_TRUE(shares({}, 100).empty());
}

TEST(Words, PercentsOfTheSmall) {
  const auto words = percents(causes({0.9999, 0.0001}));
  EXPECT_EQ(words[0], "100 %");
  EXPECT_EQ(words[1], "under 1 %");
}

TEST(Words, PacketsAreCitedOnce) {
  const diagnosis::Diagnosis diagnosis = dns_refused();
  const Citation cite(diagnosis);
  base::Place second;
  second.number = 2;
  second.line = 3;
  EXPECT_EQ(cite.packets({}), "");
  EXPECT_EQ(cite.packets({base::Place{}}), "") << "a place that is not set cites nothing";
  EXPECT_EQ(cite.packets({second}), "line 3");
  EXPECT_EQ(cite.packets({second, second}), "line 3");
  second.input = 9;
  EXPECT_EQ(cite.packets({second}), "packet 2") << "an input that does not exist";
}

TEST(Words, SpansAcrossMidnightShowBothDates) {
  diagnosis::Diagnosis diagnosis = healthy();
  const Citation cite(diagnosis);
  const base::Time evening = base::time_from_ns(1'767'397'500'000'000'000);  // 2026-01-02 23:45:00
  EXPECT_EQ(cite.span(evening, base::add(evening, std::chrono::minutes{30})),
            "2026-01-02 23:45:00 to 2026-01-03 00:15:00 (11:45 pm to 12:15 am; UTC)");
  EXPECT_EQ(cite.span(evening, evening), "2026-01-02 23:45:00 (11:45 pm; UTC)");
}

TEST(Words, CertaintySeparatesTheFailureFromItsCause) {
  diagnosis::Incident incident = dns_refused().incidents[0];
  EXPECT_NE(certainty_words(incident).find("That it failed is certain"), std::string::npos);
  EXPECT_NE(certainty_words(incident).find("52 %, more likely than not"), std::string::npos);
  EXPECT_NE(certainty_words(incident).find("cannot tell it from \"A firewall"), std::string::npos);
  incident.journey[0].outcome = evidence::Outcome::silent;
  EXPECT_NE(certainty_words(incident).find("an absence"), std::string::npos);
  incident.causes.clear();
  EXPECT_NE(certainty_words(incident).find("Its cause is not decided."), std::string::npos);
}

TEST(Words, TheVerdictIsSaidOnce) {
  struct Row {
    const char* text;
    const char* line;
    const char* reason;
  };
  const Row rows[] = {{"1 incident found: It broke.", "1 incident found: It broke.", "It broke."},
                      {"1 incident found, the gravest: it broke.",
                       "1 incident found, the gravest: it broke.", "The gravest: it broke."},
                      {"It broke.", "1 incident found: It broke.", "It broke."},
                      {"1 incident found", "1 incident found", ""},
                      {"", "1 incident found.", ""}};
  diagnosis::Diagnosis diagnosis = dns_refused();
  for (const Row& row : rows) {
    diagnosis.verdict_text = row.text;
    EXPECT_EQ(verdict_line(diagnosis), row.line);
    EXPECT_EQ(verdict_reason(diagnosis), row.reason);
  }
}

TEST(Words, OneDayIsNamedOnceForAllTimes) {
  diagnosis::Diagnosis diagnosis = healthy();
  base::Place place;
  place.number = 1;
  place.time = *diagnosis.inputs[0].first_time;
  EXPECT_EQ(Citation(diagnosis).time(place), "13:24:32.192571");
  EXPECT_EQ(Citation(diagnosis).time_scope(), "2026-01-02, UTC");
  diagnosis.inputs[0].last_time = base::add(place.time, std::chrono::days{1});
  EXPECT_EQ(Citation(diagnosis).time(place), "2026-01-02 13:24:32.192571");
  EXPECT_EQ(Citation(diagnosis).time_scope(), "UTC");
  diagnosis.inputs[0].date_known = false;
  EXPECT_EQ(Citation(diagnosis).time(place), "13:24:32.192571");
  EXPECT_EQ(Citation(diagnosis).time_scope(), "UTC, date not known");
  diagnosis.inputs[0].first_time.reset();
  EXPECT_EQ(Citation(diagnosis).time(place), "");
}

TEST(Words, ManyClientsAreCounted) {
  diagnosis::Incident incident = dns_refused().incidents[0];
  incident.clients = {1200, false, {"192.0.2.1", "192.0.2.2"}};
  EXPECT_EQ(client_words(incident), "about 1,200 clients: 192.0.2.1, 192.0.2.2 and 1,198 more");
}

}  // namespace
}  // namespace whydown::report
