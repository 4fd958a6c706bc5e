#include "diagnosis/words.h"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "diagnosis/vocabulary.h"

namespace whydown::diagnosis {
namespace {

TEST(Words, FillsPlaceholders) {
  Values values;
  values.server = "192.0.2.1";
  values.port = "53";
  values.failed = 3;
  values.total = 5;
  struct Row {
    const char* text;
    const char* filled;
  };
  const Row rows[] = {
      {"", ""},
      {"plain", "plain"},
      {"{server}:{port}", "192.0.2.1:53"},
      {"{failed} of {total}.", "3 of 5."},
      {"{unknown} stays", "{unknown} stays"},
      {"open { stays", "open { stays"},
      {"close } stays", "close } stays"},
  };
  for (const Row& row : rows) EXPECT_EQ(fill(row.text, values), row.filled);
}

TEST(Words, PutsOnlyPlainWordsIntoCommands) {
  struct Row {
    const char* name;
    const char* filled;
  };
  const Row rows[] = {
      {"www.example.com", "dig @192.0.2.1 www.example.com"},
      {"_dmarc.example.com", "dig @192.0.2.1 _dmarc.example.com"},
      {"$(reboot);x`id`.com", "dig @192.0.2.1 NAME"},
      {"a b.com", "dig @192.0.2.1 NAME"},
      {"a'b.com", "dig @192.0.2.1 NAME"},
      {"-f.passwd", "dig @192.0.2.1 NAME"},
      {"+trace", "dig @192.0.2.1 NAME"},
      {"a\\046b.com", "dig @192.0.2.1 NAME"},
      {"", "dig @192.0.2.1 NAME"},
  };
  for (const Row& row : rows) {
    Values values;
    values.server = "192.0.2.1";
    values.name = row.name;
    EXPECT_EQ(fill_command("dig @{server} {name}", values), row.filled);
  }
}

TEST(Words, ListsItems) {
  struct Row {
    std::vector<std::string> items;
    std::size_t shown;
    std::uint64_t total;
    const char* words;
  };
  const Row rows[] = {
      {{}, 3, 0, ""},
      {{"a"}, 3, 1, "a"},
      {{"a", "b"}, 3, 2, "a and b"},
      {{"a", "b", "c"}, 3, 3, "a, b and c"},
      {{"a", "b", "c", "d"}, 3, 4, "a, b, c and 1 more"},
      {{"a", "b"}, 3, 9, "a, b and 7 more"},
  };
  for (const Row& row : rows) EXPECT_EQ(list_words(row.items, row.shown, row.total), row.words);
}

TEST(Words, CountsAndShares) {
  EXPECT_EQ(count_words(1, "lookup"), "1 lookup");
  EXPECT_EQ(count_words(0, "lookup"), "0 lookups");
  EXPECT_EQ(share_words(1, 1, "lookup"), "the only lookup");
  EXPECT_EQ(share_words(3, 3, "lookup"), "all 3 lookups");
  EXPECT_EQ(share_words(3, 5, "lookup"), "3 of 5 lookups");
  EXPECT_EQ(percent_words(0.524), "about 50 %");
  EXPECT_EQ(percent_words(0.55), "about 55 %");
  EXPECT_EQ(percent_words(0.01), "under 5 %");
  EXPECT_EQ(percent_words(0.98), "over 95 %");
}

TEST(Words, SaysWhen) {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  const base::Time first{hours{13} + minutes{24} + seconds{32}};
  const base::Time later{hours{13} + minutes{28} + seconds{50}};
  const base::Time next_day = base::add(later, hours{24});
  const Calendar none{true, false, false};
  const Calendar all{true, true, true};
  EXPECT_EQ(window_words({first, later}, none),
            "between 13:24:32 and 13:28:50 (1:24 pm to 1:28 pm)");
  EXPECT_EQ(window_words({first, first}, none), "at 13:24:32 (1:24 pm)");
  EXPECT_EQ(window_words({first, later}, all),
            "on 1970-01-01 between 13:24:32 and 13:28:50 UTC (1:24 pm to 1:28 pm)");
  EXPECT_EQ(window_words({first, next_day}, all),
            "between 1970-01-01 13:24:32 and 1970-01-02 13:28:50 UTC");
  EXPECT_EQ(window_words({first, later}, {false, false, false}), "");
  EXPECT_EQ(window_words({}, all), "");
}

TEST(Words, KnowsWhatTheInputsCarry) {
  base::InputInfo text;
  text.packets = 6;
  text.date_known = false;
  text.zone_known = false;
  text.first_time = base::Time{};
  base::InputInfo empty;
  empty.date_known = false;
  base::InputInfo capture;
  capture.packets = 1;
  capture.first_time = base::Time{};
  const std::vector<base::InputInfo> one{capture, empty};
  EXPECT_TRUE(calendar_of(one).has_date) << "an empty input hides nothing";
  const std::vector<base::InputInfo> two{capture, text};
  EXPECT_FALSE(calendar_of(two).has_date);
  EXPECT_TRUE(calendar_of(two).has_time);
  text.first_time.reset();
  const std::vector<base::InputInfo> timeless{text};
  EXPECT_FALSE(calendar_of(timeless).has_time);
}

TEST(Words, MakesSentences) {
  EXPECT_EQ(sentence("all failed"), "All failed.");
  EXPECT_EQ(sentence("3 of 5 failed."), "3 of 5 failed.");
  EXPECT_EQ(sentence(""), "");
  const std::vector<std::string> parts{"One.", "", "Two."};
  EXPECT_EQ(paragraph(parts), "One. Two.");
}

TEST(Vocabulary, FindsTheNearestWord) {
  const std::vector<std::string_view> list{"meaning", "title", "id"};
  EXPECT_EQ(nearest(list, "meanning"), "meaning");
  EXPECT_EQ(nearest(list, "titel"), "title");
  EXPECT_EQ(nearest(list, "something"), "");
  EXPECT_EQ(nearest(list, std::string(1000, 'a')), "");
}

TEST(Vocabulary, KnowsPortsAndSeverities) {
  EXPECT_EQ(port_name(53), "domain");
  EXPECT_EQ(port_name(443), "https");
  EXPECT_EQ(port_name(27017), "mongodb");
  EXPECT_EQ(port_name(54), "");
  EXPECT_EQ(one_severity_lower("critical"), "high");
  EXPECT_EQ(one_severity_lower("low"), "low");
  EXPECT_LT(severity_rank("high"), severity_rank("medium"));
  EXPECT_EQ(step_from("name"), evidence::Step::name);
  EXPECT_FALSE(step_from("nome"));
}

}  // namespace
}  // namespace whydown::diagnosis
