// What each reader gets, and does not get.
#include <string>

#include <gtest/gtest.h>

#include "report/fixtures_test.h"
#include "report/terms.h"

namespace whydown::report {
namespace {

std::string for_reader(Reader reader, Format format) {
  Options options;
  options.format = format;
  options.reader = reader;
  options.version = "0.1.0";
  return render(dns_refused(), options);
}

constexpr Format kFormats[] = {Format::text, Format::markdown, Format::html};

TEST(Readers, ASupervisorGetsNoJargonAndOnePage) {
  for (const Format format : kFormats) {
    std::string page = for_reader(Reader::supervisor, format);
    if (const std::size_t body = page.find("<body>"); body != std::string::npos)
      page.erase(0, body);
    for (const char* jargon : {" dB", "lines 3", "packet 2", "dns.port_unreachable", "service_down",
                               "ICMP", "SHA-256", "dig +tcp", "type 3"}) {
      EXPECT_EQ(page.find(jargon), std::string::npos) << jargon << "\n" << page;
    }
    const std::string words = flat(page);
    for (const char* owed : {"Names cannot be looked up", "What happened", "How sure",
                             "What to have done now", "firewall"}) {
      EXPECT_NE(words.find(owed), std::string::npos) << owed;
    }
    EXPECT_LT(page.size(), format == Format::html ? 6000U : 3500U);
  }
}

TEST(Readers, ASupervisorReadsPlacesWithoutTheirRemarks) {
  diagnosis::Diagnosis diagnosis = dns_refused();
  std::vector<diagnosis::Check>& checks = diagnosis.incidents[0].checks;
  ASSERT_FALSE(checks.empty());
  const diagnosis::Check check = checks[0];
  checks.clear();
  for (const char* where : {"on the server, as root", "from the client",
                            "from the client; port 5301 stands for any port without a service",
                            "on the router (on Linux)"}) {
    checks.push_back(check);
    checks.back().where = where;
  }
  Options options;
  options.reader = Reader::supervisor;
  const std::string words = flat(render(diagnosis, options));
  EXPECT_NE(words.find("find out, on the server, from the client and on the router, which"),
            std::string::npos)
      << words;
}

TEST(Readers, ASupervisorReadsOfTheLeadingCauseThoughNoCheckIsAboutIt) {
  diagnosis::Diagnosis diagnosis = dns_refused();
  diagnosis::Incident& incident = diagnosis.incidents[0];
  for (diagnosis::Check& check : incident.checks) {
    std::erase(check.separates, incident.causes[0].id);
  }
  Options options;
  options.reader = Reader::supervisor;
  const std::string page = render(diagnosis, options);
  const std::size_t to_do = page.find("What to have done now");
  ASSERT_NE(to_do, std::string::npos);
  std::string title = incident.causes[0].title;
  if (title.ends_with('.')) title.pop_back();
  EXPECT_NE(flat(page.substr(to_do)).find(title), std::string::npos) << page;
}

TEST(Readers, AStudentGetsEveryTermAndField) {
  for (const Format format : kFormats) {
    const std::string page = flat(for_reader(Reader::student, format));
    for (const char* owed :
         {"Common misreadings: the error is no echo reply.", "What the fields mean",
          "each router on the way takes one off", "Words used in this report", "Domain Name System",
          "Internet Control Message Protocol"}) {
      EXPECT_NE(page.find(owed), std::string::npos) << owed;
    }
    const std::string analyst = flat(for_reader(Reader::analyst, format));
    EXPECT_EQ(analyst.find("Common misreadings"), std::string::npos);
    EXPECT_EQ(analyst.find("Words used in this report"), std::string::npos);
  }
}

TEST(Readers, TermsAreFoundAsWholeWords) {
  EXPECT_TRUE(terms_in("nothing here").empty());
  ASSERT_EQ(terms_in("two resets").size(), 1U);
  EXPECT_EQ(terms_in("two resets")[0].name, "reset");
  EXPECT_TRUE(terms_in("report, unSYNced").empty());
  const auto both = terms_in("a port unreachable");
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[1].name, "port unreachable");
}

}  // namespace
}  // namespace whydown::report
