#include "report/complaints.h"

#include <string>

#include <gtest/gtest.h>

#include "report/fixtures_test.h"

namespace whydown::report {
namespace {

Case one(const char* when, const char* saw, const char* address = "") {
  Case out;
  Complaint complaint{"somebody", when, saw, address, base::parse_point(when)};
  out.complaints = {complaint};
  return out;
}

ComplaintFinding judged(const diagnosis::Diagnosis& diagnosis, const Case& supplied) {
  return judge_complaints(diagnosis, supplied).at(0);
}

// The failures are from 13:24:32 to 13:28:50; the log covers just that.
TEST(Complaints, AreSetBesideTheIncident) {
  struct Row {
    const char* when;
    const char* saw;
    const char* address;
    Finding finding;
    const char* because;
  };
  const Row rows[] = {
      {"13:26", "destination port unreachable", "", Finding::explained, "into the time of"},
      {"1:26 pm", "Page never loads", "", Finding::explained, "fit any failure"},
      {"13:23", "could not resolve host", "", Finding::explained, "looks like to a user"},
      {"13:26", "can't open it", "192.51.100.15", Finding::explained,
       "are among those that failed"},
      {"13:26", "can\xe2\x80\x99t open it", "", Finding::explained, "fit any failure"},
      {"12:10", "page never loads", "", Finding::before, "1 h 15 min before the first failure"},
      {"12:10", "page never loads", "", Finding::before, "these packets cannot tell"},
      {"14:30", "page never loads", "", Finding::undecided, "after the capture ended"},
      {"13:26", "certificate warning", "", Finding::not_explained, "a server that was reached"},
      {"13:26", "the site is down, certificate warning", "", Finding::not_explained,
       "a server that was reached"},
      {"13:26", "wrong password", "", Finding::not_explained, "A rejected login is"},
      {"13:26", "connection refused", "", Finding::not_explained, "a step beyond"},
      {"13:26", "page never loads", "192.0.2.99", Finding::not_explained,
       "No attempt from 192.0.2.99"},
      {"13:26", "the printer is out of paper", "", Finding::undecided, "could show"},
      {"", "page never loads", "", Finding::undecided, "not said when"}};
  for (const Row& row : rows) {
    const ComplaintFinding found = judged(dns_refused(), one(row.when, row.saw, row.address));
    EXPECT_EQ(finding_id(found.finding), finding_id(row.finding)) << row.when << " " << row.saw;
    EXPECT_NE(flat(found.because).find(row.because), std::string::npos)
        << row.saw << ": " << found.because;
    EXPECT_EQ(found.incident, 1);
  }
}

TEST(Complaints, AServiceThatWorkedAgainExplainsNoLaterOnes) {
  diagnosis::Diagnosis diagnosis = dns_refused();
  diagnosis.incidents[0].ongoing_at_end = false;
  diagnosis.inputs[0].last_time = base::add(*diagnosis.inputs[0].last_time, std::chrono::hours{2});
  EXPECT_EQ(judged(diagnosis, one("13:35", "no internet")).finding, Finding::explained) << "late";
  EXPECT_EQ(judged(diagnosis, one("13:50", "no internet")).finding, Finding::not_explained);
  diagnosis.incidents[0].ongoing_at_end = true;
  EXPECT_EQ(judged(diagnosis, one("14:50", "no internet")).finding, Finding::explained);
}

TEST(Complaints, ACaptureThatWasThereSaysSo) {
  diagnosis::Diagnosis diagnosis = dns_refused();
  diagnosis.inputs[0].first_time =
      base::add(*diagnosis.inputs[0].first_time, -std::chrono::hours{3});
  const ComplaintFinding found = judged(diagnosis, one("12:10", "page never loads"));
  EXPECT_EQ(found.finding, Finding::before);
  EXPECT_NE(found.because.find("shows no such failure then"), std::string::npos) << found.because;
}

TEST(Complaints, ZonesAndDays) {
  diagnosis::Diagnosis diagnosis = dns_refused();
  diagnosis.inputs[0].zone_known = true;
  Case supplied = one("15:26", "no internet");
  EXPECT_NE(judged(diagnosis, supplied).finding, Finding::explained);
  supplied.zone = std::chrono::hours{2};
  EXPECT_EQ(judged(diagnosis, supplied).finding, Finding::explained);
  EXPECT_EQ(judged(diagnosis, one("08:26-05:00", "no internet")).finding, Finding::explained);
  // Of an undated log, the day means nothing; of a dated one it decides.
  EXPECT_EQ(judged(diagnosis, one("2026-01-02 13:26", "no internet")).finding, Finding::explained);
  diagnosis.inputs[0].date_known = true;
  EXPECT_EQ(judged(diagnosis, one("2026-01-02 13:26", "no internet")).finding, Finding::undecided);
  EXPECT_EQ(judged(diagnosis, one("1970-01-01 13:26", "no internet")).finding, Finding::explained);
}

TEST(Complaints, WithoutAnIncident) {
  EXPECT_EQ(judged(healthy(), one("13:26", "no internet")).finding, Finding::not_explained);
  EXPECT_EQ(judged(inconclusive(), one("13:26", "no internet")).finding, Finding::undecided);
  EXPECT_EQ(judged(bare(), one("13:26", "no internet")).finding, Finding::undecided);
}

TEST(Complaints, SilenceIsNoRefusal) {
  diagnosis::Diagnosis diagnosis = dns_refused();
  diagnosis::Incident& incident = diagnosis.incidents[0];
  incident.step = evidence::Step::connect;
  incident.journey = {{evidence::Step::connect, evidence::Outcome::silent, ""}};
  EXPECT_EQ(judged(diagnosis, one("13:26", "connection refused")).finding, Finding::not_explained);
  EXPECT_EQ(judged(diagnosis, one("13:26", "connection timed out")).finding, Finding::explained);
  EXPECT_EQ(judged(diagnosis, one("13:26", "unknown host")).finding, Finding::not_explained);
  incident.journey[0].outcome = evidence::Outcome::refused;
  EXPECT_EQ(judged(diagnosis, one("13:26", "connection refused")).finding, Finding::explained);
  EXPECT_EQ(judged(diagnosis, one("13:26", "it timed out")).finding, Finding::not_explained);
}

TEST(Complaints, StandInEveryFormat) {
  for (const Format format : {Format::text, Format::json, Format::markdown, Format::html}) {
    Options options;
    options.format = format;
    options.supplied = one("13:26", "destination port unreachable");
    options.supplied->file = "case.toml";
    const std::string out = flat(render(dns_refused(), options));
    EXPECT_NE(out.find("destination port unreachable"), std::string::npos);
    EXPECT_NE(out.find("It falls into the time of the failures"), std::string::npos) << out;
  }
}

}  // namespace
}  // namespace whydown::report
