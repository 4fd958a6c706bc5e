#include "diagnosis/catalogue.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "diagnosis/catalogue_pack.h"
#include "diagnosis/catalogue_parse.h"
#include "diagnosis/fault_page.h"
#include "diagnosis/limits.h"
#include "diagnosis/vocabulary.h"

namespace whydown::diagnosis {
namespace {

const char* const kGood = R"(
id = "dns.test"
kind = "fault"
step = "name"
protocol = "DNS"
severity = "high"
title = "A test"
meaning = "It means {server}."
supervisor = "Plain."
student = """
Every
word.

Another paragraph."""
sources = ["RFC 1035"]
[raised_by]
protocol = "dns"
symptoms = ["serv_fail"]
[[cause]]
id = "service_down"
title = "Down"
prior_db = 0
[[cause.weight]]
fact = "host.alive"
db = -7.5
because = "It is up."
source = "measured"
[[cause]]
id = "flood"
title = "Flood"
prior_db = -5
[[inseparable]]
first = "service_down"
second = "flood"
because = "Same."
[[check]]
command = "dig @{server} {name}"
where = "from the client"
separates = ["service_down", "flood"]
[[check.answer]]
see = "an answer"
then = "it works"
[[not_shown]]
text = "Why."
unless_fact = "traffic.flood_visible"
)";

std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Catalogue, ReadsAFile) {
  const auto fault = parse_fault(kGood, "dns.test.toml");
  ASSERT_TRUE(fault) << fault.error().message();
  EXPECT_EQ(fault->id, "dns.test");
  EXPECT_EQ(fault->student, "Every word.\n\nAnother paragraph.");
  EXPECT_EQ(fault->raised_by_symptoms, std::vector<std::string>{"serv_fail"});
  ASSERT_EQ(fault->causes.size(), 2U);
  ASSERT_EQ(fault->causes[0].weights.size(), 1U);
  EXPECT_TRUE(fault->causes[0].weights[0].is);
  EXPECT_DOUBLE_EQ(fault->causes[0].weights[0].db, -7.5);
  EXPECT_FALSE(fault->causes[0].weights[0].runs);
  EXPECT_EQ(fault->checks[0].answers[0].then, "it works");
  EXPECT_EQ(fault->not_shown[0].unless_fact, "traffic.flood_visible");
}

struct BadRow {
  const char* from;
  const char* to;
  const char* where;    // of the error
  const char* message;  // part of it
};

TEST(Catalogue, RefusesWhatIsIncompleteUnknownOrMisspelt) {
  const BadRow rows[] = {
      {"meaning = ", "meanning = ", "t.toml:8", "did you mean \"meaning\"?"},
      {"kind = \"fault\"\n", "", "t.toml:1", "\"kind\" is missing"},
      {"kind = \"fault\"", "kind = \"falt\"", "t.toml:3", "did you mean \"fault\"?"},
      {"step = \"name\"", "step = \"nome\"", "t.toml:4", "did you mean \"name\"?"},
      {"severity = \"high\"", "severity = \"huge\"", "t.toml:6", "one of critical high"},
      {"\"serv_fail\"", "\"servfail\"", "t.toml:18", "did you mean \"serv_fail\"?"},
      {"id = \"service_down\"", "id = \"service_dwn\"", "t.toml:20", "\"service_down\"?"},
      {"id = \"flood\"", "id = \"other\"", "t.toml:29", "unknown id"},
      {"id = \"flood\"", "id = \"service_down\"", "t.toml:29", "comes twice"},
      {"host.alive", "host.alife", "t.toml:24", "did you mean \"host.alive\"?"},
      {"because = \"It is up.\"\n", "", "t.toml:23", "\"because\" is missing"},
      {"source = \"measured\"\n", "", "t.toml:23", "\"source\" is missing"},
      {"source = \"measured\"", "source = \" \"", "t.toml:27", "holds no text"},
      {"[[cause]]\nid = \"flood\"",
       "[[cause.weight]]\nfact = \"host.alive\"\ndb = 1\nbecause = \"b\"\nsource = \"s\"\n"
       "[[cause]]\nid = \"flood\"",
       "t.toml:29", "weighed twice"},
      {"title = \"A test\"", "title = \"A test\"\n\xc3\xa4 = 1", "t.toml:8", "TOML 1.0"},
      {"db = -7.5", "db = \"much\"", "t.toml:25", "decibans between -40 and 40"},
      {"db = -7.5", "db = 1e9", "t.toml:25", "decibans between -40 and 40"},
      {"db = -7.5", "db = nan", "t.toml:25", "decibans between -40 and 40"},
      {"db = -7.5", "db = -7.5\nis = 1", "t.toml:26", "true or false"},
      {"db = -7.5", "db = -7.5\nstart_db = -7\nruns = 0", "t.toml:27", "between 1 and 1000000"},
      {"db = -7.5", "db = -7.5\nstart_db = -7\nruns = 1000001", "t.toml:27",
       "between 1 and 1000000"},
      {"db = -7.5", "db = -7.5\nstart_db = -7\nruns = 2.5", "t.toml:27", "no usable count"},
      {"db = -7.5", "db = -7.5\nstart_db = -7\nruns = \"12\"", "t.toml:27", "no usable count"},
      {"db = -7.5", "db = -7.5\nruns = 12", "t.toml:26", "both for a fitted weight"},
      {"db = -7.5", "db = -7.5\nstart_db = -7", "t.toml:26", "both for a fitted weight"},
      {"db = -7.5", "db = -7.5\nruns = 1\nstart_db = 99", "t.toml:27", "between -40 and 40"},
      {"It means {server}.", "It means {sever}.", "t.toml:8", "did you mean \"server\"?"},
      {"It means {server}.", "It means {server.", "t.toml:8", "placeholder"},
      {"second = \"flood\"", "second = \"host_down\"", "t.toml:34", "unknown second"},
      {"separates = [\"service_down\", \"flood\"]", "separates = [\"overload\"]", "t.toml:39",
       "unknown separates"},
      {"[[check.answer]]\nsee = \"an answer\"\nthen = \"it works\"\n", "", "t.toml:36",
       "\"answer\" is missing"},
      {"unless_fact = \"traffic.flood_visible\"", "unless_fact = \"x\"", "t.toml:45",
       "unknown fact"},
      {"sources = [\"RFC 1035\"]", "sources = []", "t.toml:15", "at least one text"},
      {"sources = [\"RFC 1035\"]", "sources = [1]", "t.toml:15", "holds no text"},
      {"id = \"dns.test\"", "id = \"dns\"", "t.toml:2", "small letters"},
      {"id = \"dns.test\"", "id = ", "t.toml:2", "TOML 1.0"},
      {"[raised_by]", "[raise_by]", "t.toml:16", "did you mean \"raised_by\"?"},
      {"title = \"A test\"", "title = \"A test\"\nextra = 1", "t.toml:8", "unknown key \"extra\""},
  };
  for (const BadRow& row : rows) {
    const auto fault = parse_fault(with(kGood, row.from, row.to), "t.toml");
    ASSERT_FALSE(fault) << row.to;
    const std::string message =
        fault.error().found + " | " + fault.error().expected + " | " + fault.error().advice;
    EXPECT_EQ(fault.error().where, row.where) << row.to << ": " << message;
    EXPECT_NE(message.find(row.message), std::string::npos) << row.to << ": " << message;
  }
}

TEST(Catalogue, TakesLettersBeyondAsciiInTextsAndComments) {
  for (const char* text :
       {"title = \"M\xc3\xbcll\" # \xe2\x80\x93", "title = 'M\xc3\xbcll'",
        "title = \"\"\"\nM\xc3\xbc\"ll\\\"\xc3\xbc\"\"\"", "title = \'\'\'M\xc3\xbc'll\'\'\'"}) {
    const auto fault = parse_fault(with(kGood, "title = \"A test\"", text), "t.toml");
    EXPECT_TRUE(fault) << text << ": " << fault.error().message();
  }
}

TEST(Catalogue, RefusesAFileTooLong) {
  const std::string text(limits::kCatalogueFileBytes + 1, '#');
  EXPECT_FALSE(parse_fault(text, "long.toml"));
}

TEST(Catalogue, ATextReplacesTheFaultOfItsId) {
  Catalogue catalogue;
  ASSERT_TRUE(catalogue.add_text(kGood, "a.toml"));
  ASSERT_TRUE(catalogue.add_text(with(kGood, "dns.test", "aaa.test"), "b.toml"));
  ASSERT_TRUE(catalogue.add_text(with(kGood, "A test", "Replaced"), "c.toml"));
  ASSERT_EQ(catalogue.faults().size(), 2U);
  EXPECT_EQ(catalogue.faults()[0].id, "aaa.test");
  ASSERT_NE(catalogue.find("dns.test"), nullptr);
  EXPECT_EQ(catalogue.find("dns.test")->title, "Replaced");
  EXPECT_EQ(catalogue.find("dns.none"), nullptr);
}

TEST(Catalogue, ReadsAFolder) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "whydown_catalogue_test";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  Catalogue catalogue;
  EXPECT_NE(catalogue.add_folder(folder.string()).error().found.find("without"), std::string::npos);
  std::ofstream(folder / "own.toml") << kGood;
  std::ofstream(folder / "README.md") << "no fault";
  ASSERT_TRUE(catalogue.add_folder(folder.string()));
  EXPECT_EQ(catalogue.faults().size(), 1U);
  std::ofstream(folder / "zzz.toml") << "id = 1";
  const auto failed = catalogue.add_folder(folder.string());
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().where.find("zzz.toml:1"), std::string::npos) << failed.error().where;
  std::filesystem::remove_all(folder);
  EXPECT_FALSE(catalogue.add_folder(folder.string()));
}

const std::string kCatalogue = WHYDOWN_SOURCE_DIR "/catalogue";

TEST(BuiltInCatalogue, IsWhatItsFilesSay) {
  const auto catalogue = Catalogue::built_in();
  ASSERT_TRUE(catalogue) << catalogue.error().message();
  Catalogue read;
  ASSERT_TRUE(read.add_folder(kCatalogue));
  ASSERT_EQ(catalogue->faults().size(), read.faults().size());
  for (std::size_t i = 0; i < read.faults().size(); ++i) {
    EXPECT_TRUE(catalogue->faults()[i] == read.faults()[i])
        << read.faults()[i].id << ": a member that catalogue_pack.cpp leaves out?";
  }
}

TEST(BuiltInCatalogue, PacksWhatIsNotThereToo) {
  Fault fault;
  fault.id = "dns.test";
  fault.causes.push_back(
      {"flood", "Flood", -5, {{"host.alive", false, -7.5, "", "Up.", "RFC", 3U, {}}}});
  const std::string packed = pack({fault, fault});
  EXPECT_EQ(unpack(packed), (std::vector{fault, fault}));
  for (std::size_t size = 0; size < packed.size(); ++size) {
    EXPECT_LE(unpack(std::string_view(packed).substr(0, size)).size(), 2U);
  }
}

TEST(BuiltInCatalogue, HoldsEveryFaultUnderItsOwnFileName) {
  const auto catalogue = Catalogue::built_in();
  ASSERT_TRUE(catalogue) << catalogue.error().message();
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(kCatalogue)) {
    EXPECT_NE(catalogue->find(file.path().stem().string()), nullptr) << file.path();
    ++files;
  }
  EXPECT_EQ(catalogue->faults().size(), files);
  for (const char* id : {"dns.port_unreachable", "dns.no_response", "dns.servfail", "dns.refused",
                         "dns.nxdomain", "dns.format_error", "udp.port_unreachable", "tcp.refused",
                         "tcp.no_response", "icmp.net_unreachable", "icmp.host_unreachable",
                         "icmp.admin_prohibited", "icmp.ttl_exceeded", "arp.no_reply"}) {
    EXPECT_NE(catalogue->find(id), nullptr) << id;
  }
}

TEST(BuiltInCatalogue, EveryCauseIsWeighedAndEveryPairIsEqualWherePacketsCannotTell) {
  const auto catalogue = Catalogue::built_in();
  ASSERT_TRUE(catalogue);
  for (const Fault& fault : catalogue->faults()) {
    for (const CatalogueCause& cause : fault.causes) {
      const bool is_paired = std::ranges::any_of(fault.inseparable, [&](const CataloguePair& p) {
        return p.first == cause.id || p.second == cause.id;
      });
      EXPECT_TRUE(!cause.weights.empty() || is_paired) << fault.id << " " << cause.id;
      for (const Weight& weight : cause.weights) {
        EXPECT_LE(weight.because.size(), 220U) << fault.id << " " << weight.because;
        EXPECT_EQ(weight.because.back(), '.') << fault.id << " " << weight.because;
      }
    }
    for (const CatalogueCheck& check : fault.checks) {
      EXPECT_FALSE(check.answers.empty()) << fault.id << " " << check.command;
    }
  }
}

TEST(BuiltInCatalogue, EveryPatternIsRaisedOnceAndOnlyByAttacks) {
  const auto catalogue = Catalogue::built_in();
  ASSERT_TRUE(catalogue);
  std::set<std::string> raised;
  for (const Fault& fault : catalogue->faults()) {
    EXPECT_EQ(fault.kind == "attack", !fault.raised_by_pattern.empty()) << fault.id;
    if (fault.kind != "attack") continue;
    EXPECT_TRUE(raised.insert(fault.raised_by_pattern).second) << fault.id;
    EXPECT_FALSE(fault.technique.empty()) << fault.id;
    EXPECT_TRUE(fault.raised_by_symptoms.empty()) << fault.id;
    // Without it the report could never say that it was an attack.
    EXPECT_NE(std::ranges::find(fault.causes, "attack", &CatalogueCause::id), fault.causes.end())
        << fault.id;
  }
}

TEST(BuiltInCatalogue, EverySymptomOfEachProtocolIsRaisedOnce) {
  const auto catalogue = Catalogue::built_in();
  ASSERT_TRUE(catalogue);
  std::set<std::string> raised;
  for (const Fault& fault : catalogue->faults()) {
    for (const std::string& symptom : fault.raised_by_symptoms) {
      EXPECT_TRUE(raised.insert(fault.raised_by_protocol + " " + symptom).second) << fault.id;
    }
  }
}

// A supervisor's paragraph must do without the trade's words.
TEST(BuiltInCatalogue, SupervisorsReadPlainWords) {
  const auto catalogue = Catalogue::built_in();
  ASSERT_TRUE(catalogue);
  for (const Fault& fault : catalogue->faults()) {
    for (const char* jargon : {"ICMP", "UDP", "TCP", "RST", "SYN", "rcode", "datagram", "resolver",
                               "SERVFAIL", "NXDOMAIN", "REFUSED", "TTL", "ARP", "packet"}) {
      EXPECT_EQ(fault.supervisor.find(jargon), std::string::npos) << fault.id << " " << jargon;
    }
    EXPECT_NE(fault.student.find("Common misreadings"), std::string::npos) << fault.id;
  }
}

TEST(FaultPage, ShowsEveryWeightWithItsSource) {
  const auto catalogue = Catalogue::built_in();
  ASSERT_TRUE(catalogue);
  for (const Fault& fault : catalogue->faults()) {
    const std::string page = fault_page(fault);
    EXPECT_EQ(page.find('{'), std::string::npos) << fault.id;
    EXPECT_NE(page.find("# " + fault.title), std::string::npos) << fault.id;
    for (const CatalogueCause& cause : fault.causes) {
      EXPECT_NE(page.find("### `" + cause.id + "`"), std::string::npos) << fault.id;
      for (const Weight& weight : cause.weights) {
        EXPECT_NE(page.find("| `" + weight.fact + "` | "), std::string::npos) << weight.fact;
      }
    }
    EXPECT_EQ(page.back(), '\n');
    EXPECT_NE(page[page.size() - 2], '\n');
  }
  EXPECT_NE(fault_index(*catalogue).find("(arp.no_reply.md)"), std::string::npos);
}

TEST(FaultPage, SaysHowManyLabRunsAWeightWasFittedOn) {
  const auto fault =
      parse_fault(with(kGood, "db = -7.5", "db = -7.5\nruns = 12\nstart_db = -7"), "t.toml");
  ASSERT_TRUE(fault) << fault.error().message();
  EXPECT_EQ(fault->causes[0].weights[0].runs, 12U);
  EXPECT_NE(fault_page(*fault).find(
                "| `host.alive` | yes | -7.5, from -7 by 12 runs | It is up. | measured |"),
            std::string::npos)
      << fault_page(*fault);
}

TEST(ParseFault, RefusesLettersBeyondAsciiOutsideTexts) {
  struct Row {
    const char* toml;
    const char* where;  // nullptr: no complaint about the syntax
  };
  const Row rows[] = {
      {"id = \"\u00e4\"", nullptr},    {"# \u00e4\nid = \"a\"", nullptr},
      {"\ufeffid = \"a\"", nullptr},   {"id = \"\"\"\n\u00e4\n\"\"\"", nullptr},
      {"id = \u00e4", "x.toml:1"},     {"id = \"a\"\n\u00e4 = 2", "x.toml:2"},
      {"id = 0\"v\u02cd", "x.toml:1"}, {"id = 00[[\"00\uffffk", "x.toml:1"},
  };
  for (const Row& row : rows) {
    const auto fault = parse_fault(row.toml, "x.toml");
    ASSERT_FALSE(fault) << row.toml;
    const bool is_syntax = fault.error().expected == "TOML 1.0";
    EXPECT_EQ(is_syntax, row.where != nullptr) << row.toml << "\n" << fault.error().message();
    if (row.where == nullptr) continue;
    EXPECT_EQ(fault.error().where, row.where) << row.toml;
  }
}

}  // namespace
}  // namespace whydown::diagnosis
