#include "report/case.h"

#include <string>

#include <gtest/gtest.h>

#include "report/fixtures_test.h"

namespace whydown::report {
namespace {

// The template with every "# key = ..." and "# [[table]]" taken out of its comment.
std::string filled_in() {
  std::string out;
  std::string text(case_template());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    std::string line = text.substr(at, end - at);
    const bool entry = line.starts_with("# ") &&
                       (line.find(" = ") != std::string::npos || line.starts_with("# [["));
    out += (entry ? line.substr(2) : line) + "\n";
    at = end + 1;
  }
  return out;
}

TEST(Case, TheTemplateIsACaseFile) {
  const auto empty = parse_case(case_template(), "case.toml");
  ASSERT_TRUE(empty) << empty.error().message();
  EXPECT_TRUE(empty->reference.empty());
  EXPECT_TRUE(empty->complaints.empty());
  const auto full = parse_case(filled_in(), "case.toml");
  ASSERT_TRUE(full) << full.error().message();
  for (const std::string* text :
       {&full->reference, &full->organisation, &full->classification, &full->prepared_by,
        &full->report_date, &full->reported_by, &full->aware, &full->systems, &full->impact,
        &full->status, &full->custody}) {
    EXPECT_FALSE(text->empty());
  }
  EXPECT_EQ(full->report_date, "2026-01-02");
  EXPECT_EQ(base::iso8601(*full->date), "2026-01-02T00:00:00.000000Z");
  EXPECT_EQ(full->zone, std::chrono::hours{1});
  ASSERT_EQ(full->actions.size(), 1U);
  ASSERT_EQ(full->contacts.size(), 1U);
  ASSERT_EQ(full->complaints.size(), 1U);
  EXPECT_EQ(full->complaints[0].saw, "destination port unreachable");
  EXPECT_EQ(full->complaints[0].address, "192.51.100.15");
}

TEST(Case, TimesMayBeTomlsOwn) {
  for (const char* when : {"13:24:00", "\"13:24\"", "\"1:24 pm\""}) {
    const auto read =
        parse_case(std::string("[[complaint]]\nsaw = \"x\"\nwhen = ") + when, "case.toml");
    ASSERT_TRUE(read) << when << ": " << read.error().message();
    EXPECT_EQ(read->complaints[0].time->clock, std::chrono::minutes{13 * 60 + 24}) << when;
  }
  for (const char* when : {"2026-01-02T13:24:00+01:00", "\"2026-01-02 13:24+01:00\""}) {
    const auto read =
        parse_case(std::string("[[complaint]]\nsaw = \"x\"\nwhen = ") + when, "case.toml");
    ASSERT_TRUE(read) << when << ": " << read.error().message();
    EXPECT_TRUE(read->complaints[0].time->date) << when;
    EXPECT_EQ(read->complaints[0].time->zone, std::chrono::hours{1}) << when;
  }
}

TEST(Case, MistakesAreNamedWithFileAndLine) {
  struct Row {
    std::string toml;
    const char* owed;
  };
  std::string many;
  for (std::size_t i = 0; i <= limits::kCaseEntries; ++i) many += "[[complaint]]\nsaw = \"x\"\n";
  const Row rows[] = {
      {"\nreportd_by = \"x\"", "case.toml:2: found the file: unknown key \"reportd_by\""},
      {"\nreportd_by = \"x\"", "did you mean \"reported_by\"?"},
      {"[[complaints]]\nsaw = \"x\"", "did you mean \"complaint\"?"},
      {"[[complaint]]\nwho = \"x\"", "the key \"saw\" is missing"},
      {"[[complaint]]\nsaw = \"x\"\nwhen = \"noon\"",
       "case.toml:3: found complaint: when \"noon\""},
      {"[[action]]\nwhat = \"x\"\nhow = \"y\"", "action: unknown key \"how\""},
      {"[contact]\nname = \"x\"", "tables [[contact]]"},
      {"date = \"tomorrow\"", "a day such as 2026-01-02"},
      {"timezone = \"CET\"", "UTC or an offset"},
      {"reference = 7", "reference holds no text"},
      {"reference = ", "TOML 1.0"},
      {many, "201 tables [[complaint]]; expected at most 200"},
      {std::string(limits::kCaseFileBytes + 1, ' '), "a file of more than 256 KiB"}};
  for (const Row& row : rows) {
    const auto read = parse_case(row.toml, "case.toml");
    ASSERT_FALSE(read) << row.owed;
    EXPECT_NE(read.error().message().find(row.owed), std::string::npos) << read.error().message();
  }
}

Case supplied() {
  Case out;
  out.file = "case.toml";
  out.aware = "Customers called.";
  out.status = "Works again since 14:05.";
  out.systems = "Name server in Lyon.";
  out.impact = "No orders.";
  out.custody = "On the evidence share.";
  out.prepared_by = "A. Analyst";
  out.actions = {{"13:40", "A. Analyst", "Restarted it."}};
  out.contacts = {{"owner", "O. Owner", "ext. 1"}};
  return out;
}

TEST(Case, WhatIsSuppliedIsMarkedAndNoLongerMissing) {
  for (const Format format : {Format::markdown, Format::html, Format::text}) {
    Options options;
    options.format = format;
    options.form = Template::incident;
    const std::string before = flat(render(dns_refused(), options));
    EXPECT_NE(before.find("to be filled in by the analyst"), std::string::npos);
    options.supplied = supplied();
    const std::string after = flat(render(dns_refused(), options));
    EXPECT_EQ(after.find("to be filled in by the analyst"), std::string::npos);
    for (const char* words :
         {"Works again since 14:05.", "Name server in Lyon.", "No orders.",
          "On the evidence share.", "Restarted it.", "O. Owner, owner: ext. 1"}) {
      const std::size_t at = after.find(words);
      ASSERT_NE(at, std::string::npos) << words;
      EXPECT_NE(after.substr(at, std::string(words).size() + 24).find("supplied"),
                std::string::npos)
          << after.substr(at, 60);
    }
  }
}

TEST(Case, HostileTextIsHarmlessInEveryFormat) {
  Case bad = supplied();
  bad.aware = "<script>alert(1)</script>\x1b[2J|`x`";
  bad.complaints = {{"<b>who</b>", "13:2\x1b", "\xe2\x80\xae<img src=x onerror=y>", "", {}}};
  for (const Format format : {Format::text, Format::json, Format::markdown, Format::html}) {
    for (const auto form : {Template::worksheet, Template::incident}) {
      Options options;
      options.format = format;
      if (format != Format::json) options.form = form;
      options.supplied = bad;
      const std::string out = render(dns_refused(), options);
      EXPECT_EQ(out.find('\x1b'), std::string::npos);
      EXPECT_EQ(out.find("\xe2\x80\xae"), std::string::npos);
      if (format == Format::html) {
        EXPECT_EQ(out.find("<script"), std::string::npos);
        EXPECT_EQ(out.find("<img"), std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace whydown::report
