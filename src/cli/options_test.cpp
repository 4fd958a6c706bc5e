#include "cli/options.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

// The edge is a program, not a library to link: its sources are compiled into their tests.
#include "cli/options.cpp"          // NOLINT(bugprone-suspicious-include)
#include "cli/options_format.cpp"   // NOLINT(bugprone-suspicious-include)
#include "cli/options_other.cpp"    // NOLINT(bugprone-suspicious-include)
#include "cli/options_probe.cpp"    // NOLINT(bugprone-suspicious-include)
#include "cli/options_reading.cpp"  // NOLINT(bugprone-suspicious-include)

namespace whydown::cli {
namespace {

using WordList = std::vector<std::string>;

TEST(Options, TheFirstWordDecides) {
  struct Row {
    WordList arguments;
    Command command;
    WordList inputs;
  };
  const Row rows[] = {
      {{"a.pcap"}, Command::report, {"a.pcap"}},
      {{"a.pcap", "b.pcap"}, Command::report, {"a.pcap", "b.pcap"}},
      {{"report", "a.pcap"}, Command::report, {"a.pcap"}},
      {{"./report"}, Command::report, {"./report"}},
      {{"report", "faults"}, Command::report, {"faults"}},
      {{"a.pcap", "report"}, Command::report, {"a.pcap", "report"}},
      {{"-f", "json", "a.pcap"}, Command::report, {"a.pcap"}},
      {{"-f", "json", "report", "a.pcap"}, Command::report, {"a.pcap"}},
      {{"-o", "report", "a.pcap"}, Command::report, {"a.pcap"}},
      {{"--", "report"}, Command::report, {"report"}},
      {{"-"}, Command::report, {"-"}},
      {{"report", "-"}, Command::report, {"-"}},
      {{"faults"}, Command::faults, {}},
      {{"--catalogue", "x", "faults"}, Command::faults, {}},
      {{"verify", "folder"}, Command::verify, {}},
      {{"verify", "folder", "a.pcap"}, Command::verify, {"a.pcap"}},
      {{"probe", "www.example.org"}, Command::probe, {}},
      {{"--resolver", "192.0.2.53", "probe", "www.example.org"}, Command::probe, {}},
      {{"./probe"}, Command::report, {"./probe"}},
      {{"probe", "--help"}, Command::help, {}},
      {{"--version"}, Command::version, {}},
      {{"--memory"}, Command::memory, {}},
      {{"--help"}, Command::help, {}},
      {{"-h"}, Command::help, {}},
      {{"report", "--help"}, Command::help, {}},
      {{"faults", "--help"}, Command::help, {}},
  };
  for (const Row& row : rows) {
    const auto options = parse_options(row.arguments);
    ASSERT_TRUE(options) << ::testing::PrintToString(row.arguments) << options.error().message();
    EXPECT_EQ(options->command, row.command) << ::testing::PrintToString(row.arguments);
    EXPECT_EQ(options->inputs, row.inputs) << ::testing::PrintToString(row.arguments);
  }
}

TEST(Options, Formats) {
  using report::Format;
  struct Row {
    WordList arguments;
    Format format;
  };
  const Row rows[] = {{{"x"}, Format::text},
                      {{"x", "-f", "json"}, Format::json},
                      {{"x", "--format=md"}, Format::markdown},
                      {{"x", "-fhtml"}, Format::html},
                      {{"x", "-f", "pcapng"}, Format::pcapng},
                      {{"x", "-o", "e.pcapng"}, Format::pcapng},
                      {{"x", "-f", "ecs"}, Format::ecs},
                      {{"x", "-o", "e.ndjson"}, Format::ecs},
                      {{"x", "-o", "r.json"}, Format::json},
                      {{"x", "-o", "r.md"}, Format::markdown},
                      {{"x", "-o", "r.html"}, Format::html},
                      {{"x", "-o", "r.txt"}, Format::text},
                      {{"x", "-o", "report"}, Format::text},
                      {{"x", "-o", "r.json", "-f", "text"}, Format::text},
                      {{"x", "--template", "worksheet"}, Format::markdown}};
  for (const Row& row : rows) {
    const auto options = parse_options(row.arguments);
    ASSERT_TRUE(options) << ::testing::PrintToString(row.arguments);
    EXPECT_EQ(options->format, row.format) << ::testing::PrintToString(row.arguments);
  }
  EXPECT_EQ(parse_options({"x", "--template", "worksheet"})->form, report::Template::worksheet);
}

TEST(Options, Probe) {
  const auto options =
      parse_options({"probe", "https://www.example.org/", "-o", "kept.pcap", "--deadline", "5",
                     "--max-packets", "9", "--dry-run", "-f", "json"});
  ASSERT_TRUE(options) << options.error().message();
  EXPECT_EQ(options->probe.target.port, 443);
  EXPECT_EQ(options->probe.capture, "kept.pcap");
  EXPECT_EQ(options->probe.deadline.count(), 5);
  EXPECT_EQ(options->probe.most_packets, 9U);
  EXPECT_TRUE(options->probe.dry_run);
  EXPECT_EQ(options->format, report::Format::json);
  const WordList bad[] = {{"probe"},
                          {"probe", "a", "b"},
                          {"probe", "10.0.0.0/8"},
                          {"probe", "a", "--deadline", "0"},
                          {"probe", "a", "--deadline", "601"},
                          {"probe", "a", "--max-packets", "0"},
                          {"probe", "a", "-f", "pcapng"},
                          {"probe", "a", "-f", "bundle"},
                          {"probe", "a", "-f", "xml"}};
  for (const WordList& words : bad) {
    EXPECT_FALSE(parse_options(words)) << ::testing::PrintToString(words);
  }
}

TEST(Options, Times) {
  struct Row {
    WordList arguments;
    const char* since;
    bool clock_only;
  };
  const Row rows[] = {
      {{"x", "--since", "2026-01-02T13:24:32Z"}, "2026-01-02T13:24:32.000000Z", false},
      {{"x", "--since", "2026-01-02T13:24:32+02:00"}, "2026-01-02T11:24:32.000000Z", false},
      {{"x", "--since", "2026-01-02T13:24", "--timezone", "-05:00"},
       "2026-01-02T18:24:00.000000Z",
       false},
      {{"x", "--since", "13:24"}, "1970-01-01T13:24:00.000000Z", true},
      {{"x", "--since", "13:24", "--date", "2026-01-02"}, "2026-01-02T13:24:00.000000Z", false}};
  for (const Row& row : rows) {
    const auto options = parse_options(row.arguments);
    ASSERT_TRUE(options) << ::testing::PrintToString(row.arguments) << options.error().message();
    const auto bounds = bounds_of(*options);
    ASSERT_TRUE(bounds && bounds->since);
    EXPECT_EQ(base::iso8601(*bounds->since), row.since);
    EXPECT_EQ(bounds->clock_only, row.clock_only);
  }
}

TEST(Options, AFilterIsKeptAsItIs) {
  for (const char* command : {"report", "explain"}) {
    const auto options = parse_options({"--filter", "udp port 53 or icmp", command, "x"});
    ASSERT_TRUE(options) << options.error().message();
    EXPECT_EQ(options->filter, "udp port 53 or icmp");
    EXPECT_EQ(options->inputs, std::vector<std::string>{"x"});
  }
}

TEST(Options, MistakesAreOneLineWithAdvice) {
  struct Row {
    WordList arguments;
    const char* owed;
  };
  const Row rows[] = {
      {{}, "no input"},
      {{"x", "-f", "bundle"}, "-f bundle without -o"},
      {{"x", "-f", "bundle", "-o", "d", "--template", "worksheet"}, "--template with a bundle"},
      {{"verify"}, "no folder"},
      {{"report"}, "no input"},
      {{"x", "-f", "odt"},
       "\"odt\"; expected text, json, md, html, pdf, docx, pcapng, ecs or bundle"},
      {{"x", "-o", "r.odt"}, "name the format with -f"},
      {{"x", "--template", "letter"}, "worksheet or incident"},
      {{"x", "-f", "json", "--template", "worksheet"}, "--template with JSON"},
      {{"x", "-f", "json", "--for", "student"}, "--for with JSON"},
      {{"x", "--for", "boss"}, "supervisor, analyst or student"},
      {{"x", "--for", "supervisor", "--template", "worksheet"}, "--template for a supervisor"},
      {{"case"}, "\"whydown case new\""},
      {{"case", "old"}, "\"whydown case new\""},
      {{"x", "--since", "noon"}, "--since \"noon\"; expected a time such as"},
      {{"x", "--since", "13:00", "--until", "12:00"}, "--until before --since"},
      {{"x", "--date", "tomorrow"}, "a day such as 2026-01-02"},
      {{"x", "--timezone", "CET"}, "UTC or an offset such as +02:00"},
      {{"-", "-"}, "standard input twice"},
      {{"x", "--colour"}, "--colour"},
      {{"x", "-f"}, "see whydown --help"},
      {{"faults", "a", "b"}, "see whydown --help"},
      {{"x", "-f", "json", "-f", "md"}, "see whydown --help"},
  };
  for (const Row& row : rows) {
    const auto options = parse_options(row.arguments);
    ASSERT_FALSE(options) << ::testing::PrintToString(row.arguments);
    const std::string message = options.error().message();
    EXPECT_NE(message.find(row.owed), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

TEST(Options, Bundle) {
  const auto options = parse_options({"x", "-f", "bundle", "-o", "folder"});
  ASSERT_TRUE(options);
  EXPECT_TRUE(options->bundle);
  EXPECT_EQ(options->output, "folder");
  EXPECT_FALSE(parse_options({"x", "-f", "json"})->bundle);
  EXPECT_EQ(parse_options({"verify", "folder"})->folder, "folder");
}

TEST(Options, ExplainAndItsPicks) {
  struct Row {
    const char* text;
    std::uint64_t first;
    std::uint64_t last;
    int input;  // -1: any
  };
  const Row rows[] = {{"7", 7, 7, -1}, {"3-9", 3, 9, -1}, {"2:7", 7, 7, 1}, {"1:2-4", 2, 4, 0}};
  for (const Row& row : rows) {
    const auto options = parse_options({"explain", "x", "y", "--packet", row.text});
    ASSERT_TRUE(options) << row.text;
    EXPECT_EQ(options->command, Command::explain);
    ASSERT_TRUE(options->pick);
    EXPECT_EQ(options->pick->first, row.first);
    EXPECT_EQ(options->pick->last, row.last);
    EXPECT_EQ(options->pick->input ? static_cast<int>(*options->pick->input) : -1, row.input);
  }
  for (const char* wrong :
       {"0", "9-3", "x", "3-", "-3", "3:1", "1:", "7x", "0:7", "1-2-3", "99999999999999999999"}) {
    EXPECT_FALSE(parse_options({"explain", "x", "y", "--packet", wrong})) << wrong;
  }
  EXPECT_FALSE(parse_options({"x", "--packet", "7"})) << "report has no picks";
  EXPECT_FALSE(parse_options({"explain", "x", "--template", "worksheet"}));
  EXPECT_FALSE(parse_options({"explain", "x", "-f", "html"}));
  EXPECT_EQ(parse_options({"explain", "x", "-o", "x.md"})->format, report::Format::markdown);
}

TEST(Options, FaultsAndCatalogue) {
  const auto options = parse_options({"faults", "dns.servfail", "--catalogue", "mine"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->fault_id, "dns.servfail");
  EXPECT_EQ(options->catalogue, "mine");
  EXPECT_EQ(parse_options({"x", "--catalogue", "mine"})->catalogue, "mine");
}

}  // namespace
}  // namespace whydown::cli
