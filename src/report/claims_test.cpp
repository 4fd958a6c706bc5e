// What a report of the DNS incident owes its reader, in every format for people.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "report/fixtures_test.h"

namespace whydown::report {
namespace {

struct Form {
  const char* name;
  std::string text;
};

std::vector<Form> forms(const diagnosis::Diagnosis& diagnosis) {
  return {{"text", flat(as_text(diagnosis))},
          {"worksheet", flat(as_worksheet(diagnosis))},
          {"incident", flat(as_incident_form(diagnosis))},
          {"html", flat(as_html(diagnosis))}};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Claims, EveryFormMakesThem) {
  const std::vector<std::string> owed = {
      // 1: what, where, when, for whom
      "DNS", "UDP port 53 (domain)", "203.0.113.2", "192.51.100.15", "yummyrecipesforme.com",
      "3 of 3", "13:24:32 to 13:28:50", "1:24 pm to 1:28 pm", "date and time zone not known",
      // 2: the messenger
      "destination unreachable, port unreachable (type 3 code 3)", "own address",
      // 3: what was never tried
      "HTTP (TCP port 80) and HTTPS (TCP port 443)", "Never attempted",
      // 4: causes, ranked; what cannot be told apart; what is contradicted
      "The DNS service is not running", "52 %", "A firewall on the host rejects UDP port 53",
      "These packets cannot tell", "A flood took the service down",
      "Nothing in these packets speaks for or against it.", "The host is down", "under 1 %",
      "a drop sends none",
      // 5: checks with what each answer means
      "nothing is listed: the service is not running.", "dig +tcp @203.0.113.2",
      // 6: data quality
      "39 bytes, not 24", "(254, 320, 150)", "4, 44 and 18 s",
      "source port, query id and microseconds",
      // packets behind the claims, by line as it is a text log
      "lines 3, 7, 11"};
  for (const Form& form : forms(dns_refused())) {
    std::string shown = form.text;
    for (std::size_t at = 0; (at = shown.find("&#39;", at)) != std::string::npos;) {
      shown.replace(at, 5, "'");
    }
    for (const std::string& part : owed) {
      EXPECT_TRUE(has(shown, part)) << form.name << " lacks: " << part;
    }
    EXPECT_FALSE(has(shown, "echo reply")) << form.name;
    EXPECT_FALSE(has(shown, "1:23")) << form.name;
    EXPECT_FALSE(has(shown, "1970")) << form.name;
  }
}

TEST(Claims, CapturesAreCitedByPacketNumberWithDate) {
  diagnosis::Diagnosis diagnosis = dns_refused();
  base::InputInfo& input = diagnosis.inputs[0];
  input.is_text = false;
  input.date_known = true;
  input.zone_known = true;
  for (const Form& form : forms(diagnosis)) {
    EXPECT_TRUE(has(form.text, "packets 2, 4, 6")) << form.name;
    EXPECT_TRUE(has(form.text, "1970-01-01 13:24:32 to 13:28:50")) << form.name;
    EXPECT_TRUE(has(form.text, "UTC")) << form.name;
  }
}

TEST(Claims, SeveralInputsAreToldApart) {
  for (const Form& form : forms(hostile())) {
    EXPECT_TRUE(has(form.text, "packets 2, 6 of input 1, packet 4 of input 2")) << form.name;
    EXPECT_TRUE(has(form.text, "2:2")) << form.name;
  }
}

TEST(Claims, VerdictsHaveTheirWords) {
  struct Row {
    diagnosis::Diagnosis diagnosis;
    std::string owed;
    std::string reason;
  };
  const std::vector<Row> rows = {{dns_refused(), "1 incident found", "the DNS server refuses them"},
                                 {healthy(), "No incident found", "All 12 attempts were served."},
                                 {inconclusive(), "Inconclusive", "so silence proves nothing"}};
  for (const Row& row : rows) {
    for (const Form& form : forms(row.diagnosis)) {
      if (std::string(form.name) == "worksheet" && !row.diagnosis.incidents.empty()) continue;
      EXPECT_TRUE(has(form.text, row.owed)) << form.name << ": " << row.owed;
      EXPECT_TRUE(has(form.text, row.reason)) << form.name << ": " << row.reason;
    }
  }
}

TEST(Claims, HealthyFormsShowNoCauses) {
  for (const Form& form : forms(healthy())) {
    EXPECT_FALSE(has(form.text, "Likely causes")) << form.name;
    EXPECT_FALSE(has(form.text, "Incident 1")) << form.name;
  }
}

TEST(Claims, AnIncidentWithLittleToSayStillReads) {
  for (const Form& form : forms(bare())) {
    EXPECT_TRUE(has(form.text, "time not known")) << form.name;
    EXPECT_TRUE(has(form.text, "192.0.2.9")) << form.name;
    EXPECT_TRUE(has(form.text, "client not known")) << form.name;
    EXPECT_FALSE(has(form.text, "port 0")) << form.name;
  }
}

TEST(Claims, TheJourneyNamesTheBrokenStep) {
  EXPECT_TRUE(has(as_text(dns_refused()), "name REFUSED -> connect (not shown)\n"));
  EXPECT_TRUE(has(as_worksheet(dns_refused()), "`name REFUSED -> connect (not shown)`"));
  const std::string html = as_html(dns_refused());
  EXPECT_TRUE(has(html, "step-bad\"><b>name</b> <span>\xe2\x9c\x97 REFUSED"));
}

}  // namespace
}  // namespace whydown::report
