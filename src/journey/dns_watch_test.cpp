#include "journey/dns_watch.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "journey/testing.h"

namespace whydown::journey {
namespace {

// What is told of a script, and how often.
struct Watcher final : Sink {
  void attempt(const Outline& /*outline*/, const Packets& /*packets*/) override { ++attempts; }
  void observation(const Observation& /*observation*/) override {}
  void usage(const DnsUse& use, const Outline& outline, const Packets& packets) override {
    ++told[use.usage];
    last = use;
    Attempt whole;
    static_cast<Outline&>(whole) = outline;
    packets.show(whole);
    places += whole.request.is_set() || whole.answer.is_set() ? 1 : 0;
    answered += whole.answer.is_set() ? 1 : 0;
  }
  std::map<Usage, int> told;
  DnsUse last;
  int attempts = 0;
  int places = 0;
  int answered = 0;
};

struct Play {
  explicit Play(const std::vector<std::string>& script) {
    Tracker tracker{watcher, names};
    testing::Builder builder;
    for (const std::string& line : script) tracker.packet(builder.build(line));
    tracker.finish();
  }
  int told(Usage usage) const {
    const auto found = watcher.told.find(usage);
    return found == watcher.told.end() ? 0 : found->second;
  }
  base::Interner names{{.names = 1024, .bytes = 65536}};
  Watcher watcher;
};

// `count` questions, `gap` seconds apart; `words` go behind "query c1:PORT s1 ID", "#" is the
// number.
std::vector<std::string> questions(int count, double gap, const std::string& words,
                                   const std::string& answer = {}) {
  std::vector<std::string> script;
  for (int i = 0; i < count; ++i) {
    const auto line = [&](const char* kind, double when, std::string rest) {
      for (auto at = rest.find('#'); at != std::string::npos; at = rest.find('#')) {
        rest.replace(at, 1, std::to_string(i));
      }
      script.push_back(std::to_string(when) + " " + kind + " c1:" + std::to_string(5000 + i) +
                       " s1 " + std::to_string(i % 65536) + " " + rest);
    };
    line("query", i * gap, words);
    if (!answer.empty()) line("answer", i * gap + 0.001, words + " " + answer);
  }
  script.push_back(std::to_string(count * gap + 20) + " later");
  return script;
}

constexpr int kAfter = limits::kWatchAfter;

TEST(DnsWatch, NewNamesOfOneDomain) {
  const Play play(questions(100, 0.01, "A x#.shop.example", "nx"));
  EXPECT_EQ(play.told(Usage::new_names), 100 - kAfter + 1);
  EXPECT_EQ(play.names.text(play.watcher.last.domain), "shop.example");
  EXPECT_EQ(play.watcher.last.name_bytes, 3);
  EXPECT_EQ(play.watcher.places, play.told(Usage::new_names));
  EXPECT_EQ(play.told(Usage::long_names), 0);
}

TEST(DnsWatch, UnansweredOnesAndErrorsToo) {
  EXPECT_EQ(Play(questions(100, 0.01, "A x#.shop.example")).told(Usage::new_names),
            100 - kAfter + 1);
  std::vector<std::string> script = questions(100, 0.01, "A x#.shop.example");
  script.pop_back();
  for (int i = 0; i < 100; ++i) {
    script.push_back("1.5 icmp port s1 udp c1:" + std::to_string(5000 + i) +
                     " s1:53 quoteid=" + std::to_string(i));
  }
  script.emplace_back("30 later");
  const Play refused(script);
  EXPECT_EQ(refused.told(Usage::new_names), 100 - kAfter + 1);
  EXPECT_EQ(refused.watcher.answered, refused.told(Usage::new_names));
}

TEST(DnsWatch, LongNamesOfOneClient) {
  const Play play(questions(100, 0.5, "TXT mzxw6ytboi4dsobugq2tm4x#.t.example.org", "nodata"));
  EXPECT_EQ(play.told(Usage::long_names), 100 - kAfter + 1);
  EXPECT_EQ(play.told(Usage::new_names), 0);  // too slow for a flood
}

TEST(DnsWatch, WhatIsDailyLife) {
  struct Row {
    const char* what;
    std::vector<std::string> script;
  };
  const Row rows[] = {
      {"the same names again", questions(500, 0.01, "A www.shop.example", "ok")},
      {"too slow", questions(100, 0.5, "A x#.shop.example", "nx")},
      {"reverse lookups", questions(200, 0.01, "PTR #.113.0.203.in-addr.arpa", "nx")},
      {"a black list", questions(200, 0.01, "A #.113.0.203.zen.lists.example", "nx")},
      {"single labels", questions(200, 0.01, "A browserprobe#", "nx")},
      {"names of ever other domains", questions(200, 0.01, "A www.x#.example", "ok")},
  };
  for (const Row& row : rows) {
    const Play play(row.script);
    EXPECT_GT(play.watcher.attempts, 0) << row.what;
    EXPECT_TRUE(play.watcher.told.empty()) << row.what;
  }
}

TEST(DnsWatch, LargeAnswersToOneClient) {
  const Play play(questions(100, 0.01, "TXT big.example.org", "ok len=1200"));
  EXPECT_EQ(play.told(Usage::large_answers), 100 - kAfter + 1);
  EXPECT_EQ(play.watcher.last.answer_bytes, 1200);
  EXPECT_EQ(Play(questions(100, 0.01, "A a.example.org", "ok len=120")).watcher.told.size(), 0U);
  EXPECT_EQ(Play(questions(100, 1, "TXT big.example.org", "ok len=1200")).watcher.told.size(), 0U);
}

TEST(DnsWatch, LargeAnswersThatNobodyAskedFor) {
  for (const bool same_ports : {false, true}) {
    std::vector<std::string> script;
    for (int i = 0; i < 100; ++i) {
      const std::string port = same_ports ? "80" : std::to_string(5000 + i);
      const std::string id = same_ports ? "7" : std::to_string(i);
      script.push_back(std::to_string(i * 0.01) + " answer c1:" + port + " s" +
                       std::to_string(1 + i % 3) + " " + id + " TXT big.example.org ok len=1200");
    }
    const Play play(script);
    EXPECT_EQ(play.told(Usage::unasked_answers), 100 - kAfter + 1) << same_ports;
    EXPECT_EQ(play.watcher.answered, play.told(Usage::unasked_answers)) << same_ports;
  }
}

// Names that find no room in the table of names are as new as any.
TEST(DnsWatch, AFullTableOfNames) {
  const Play play(questions(3000, 0.001, "A x#.shop.example", "nx"));
  EXPECT_GE(play.told(Usage::new_names), 2900);
}

TEST(DnsWatch, LongestLabel) {
  EXPECT_EQ(longest_label(""), 0U);
  EXPECT_EQ(longest_label("a.bcd.ef"), 3U);
  EXPECT_EQ(longest_label("abcd"), 4U);
  EXPECT_EQ(longest_label("..a."), 1U);
}

}  // namespace
}  // namespace whydown::journey
