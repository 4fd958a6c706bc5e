#include "probe/checks.h"

#include <gtest/gtest.h>

#include "diagnosis/reweigh.h"
#include "diagnosis/weigh.h"
#include "probe/check_actions.h"

namespace whydown::probe {
namespace {

base::IpAddress address(const char* text) { return base::IpAddress::parse(text).value(); }

TEST(CheckActions, TopOfAName) {
  struct Row {
    const char* name;
    const char* top;
  };
  const Row rows[] = {{"www.example.org", "org"},
                      {"www.example.org.", "org"},
                      {"example.org", "org"},
                      {"org", ""},
                      {"", ""},
                      {".", ""}};
  for (const Row& row : rows) EXPECT_EQ(top_of(row.name), row.top) << row.name;
}

TEST(CheckActions, SaysWhatItWouldSendAndToWhom) {
  const std::atomic<bool> interrupted = false;
  const Clock clock(std::chrono::seconds{1}, interrupted, [] { return false; });
  const LibCurl curl;  // not loaded
  OwnPorts ports;
  Echo echo;  // not opened: without the right to ask
  const std::vector<Resolver> others{{address("192.0.2.53"), 53}, {address("192.0.2.54"), 53}};
  const Target page = parse_target("https://www.example.org:8443/a/b?c").value();
  const Target front = parse_target("http://www.example.org/").value();
  const Authorities system;
  const auto admit = [](const base::IpAddress&) {};
  const Actions actions({curl, clock, ports, echo, page, system, others, admit});
  const Actions actions_of_front({curl, clock, ports, echo, front, system, others, admit});
  const Subject secure{address("192.0.2.80"), 8443, true, "", 1, "A"};
  EXPECT_EQ(actions_of_front.plan("http-front-page", secure), "");
  const Subject dns{address("192.0.2.53"), 53, false, "www.example.org", 1, "A"};
  const Subject over_tcp{address("192.0.2.53"), 53, true, "www.example.org", 1, "A"};
  const Subject web{address("192.0.2.80"), 80, true, "", 1, "A"};
  const Subject odd{address("192.0.2.80"), 5301, true, "", 1, "A"};
  struct Row {
    const char* sends;
    const Subject& subject;
    const char* holds;  // empty: it cannot be asked
  };
  const Row rows[] = {{"dns-tcp", dns, "A of www.example.org over TCP to 192.0.2.53 port 53"},
                      {"dns-tcp", over_tcp, ""},
                      {"dns-tcp", web, ""},
                      {"dns-other-name", dns, "NS of org"},
                      {"dns-resolver", dns, "192.0.2.54 port 53"},
                      {"dns-cd", dns, "CD"},
                      {"closed-port", web, "TCP SYN to 192.0.2.80 port 5301"},
                      {"closed-port", dns, "UDP datagram to 192.0.2.53 port 5301"},
                      {"closed-port", odd, "port 5302"},
                      {"tcp-tos", web, "0x20 to 192.0.2.80 port 80"},
                      {"echo", web, ""},
                      {"gateway", web, ""},
                      {"path-ttl", web, ""},
                      {"dns-sizes", dns, "with room for 4096, 1232 and 512 bytes"},
                      {"dns-sizes", web, ""},
                      {"tls-versions", secure, "versions before 1.2 to 192.0.2.80 port 8443"},
                      {"http-front-page", secure, "GET https://www.example.org:8443/ to"},
                      {"no-such-kind", dns, ""}};
  for (const Row& row : rows) {
    const std::string plan = actions.plan(row.sends, row.subject);
    if (*row.holds == '\0') {
      EXPECT_EQ(plan, "") << row.sends;
    } else {
      EXPECT_NE(plan.find(row.holds), std::string::npos) << row.sends << ": " << plan;
    }
  }
}

// A refused port of this very machine; the packets' part is played by a table.
class ChecksRun : public ::testing::Test {
 protected:
  ChecksRun() : clock_(std::chrono::seconds{30}, interrupted_, [] { return false; }) {
    diagnosis::Incident incident;
    incident.id = 1;
    incident.fault = "tcp.refused";
    incident.subject.services = {{address("127.0.0.1"), 9, packet::Transport::tcp, {}}};
    incident.subject.symptom = evidence::Symptom::reset;
    const diagnosis::Fault& fault = *catalogue().find(incident.fault);
    incident.causes = weigh(fault, {}, diagnosis::Nature::act);
    for (const diagnosis::CatalogueCheck& check : fault.checks) {
      diagnosis::Check words{check.command, check.where, check.separates, {}};
      for (const auto& answer : check.answers) words.answers.push_back({answer.see, answer.then});
      incident.checks.push_back(std::move(words));
    }
    diagnosis_.incidents.push_back(std::move(incident));
  }
  static const diagnosis::Catalogue& catalogue() {
    static const auto built_in = diagnosis::Catalogue::built_in().value_or(diagnosis::Catalogue{});
    return built_in;
  }
  // With these facts known after each check.
  report::ProbePart run(std::vector<evidence::Fact> facts) {
    report::ProbePart part;
    CheckContext context{catalogue(),
                         clock_,
                         "",
                         1,
                         "A",
                         [facts](const evidence::Subject&) { return pipeline::Facts{facts, {}}; },
                         [this](const std::string& line) { told_.push_back(line); }};
    Actions actions(
        {curl_, clock_, ports_, echo_, target_, authorities_, {}, [](const base::IpAddress&) {}});
    EXPECT_TRUE(Checks(std::move(context), std::move(actions)).run(diagnosis_, part));
    return part;
  }

  std::atomic<bool> interrupted_ = false;
  LibCurl curl_;  // not loaded
  Clock clock_;
  OwnPorts ports_;
  Echo echo_;  // not opened
  Target target_;
  Authorities authorities_;
  diagnosis::Diagnosis diagnosis_;
  std::vector<std::string> told_;
};

TEST_F(ChecksRun, AsksEachQuestionOnce) {
  // No answer is understood, so the same question would still be worth most.
  const report::ProbePart part = run({});
  ASSERT_EQ(part.checks.size(), 1U);
  EXPECT_EQ(part.checks[0].sends, "tcp-tos");
  EXPECT_TRUE(part.checks[0].means.empty() && part.checks[0].facts.empty());
  EXPECT_TRUE(part.checks_end.starts_with("No further check: none that a probe can make"));
}

TEST_F(ChecksRun, SaysWhatAnAnswerMovedAndWhyItEnds) {
  const report::ProbePart part = run({{"reset.copies_tos", evidence::Truth::yes, "measured", {}}});
  ASSERT_EQ(part.checks.size(), 1U);
  EXPECT_TRUE(part.checks[0].seen.starts_with("a reset with the type of service"));
  ASSERT_EQ(part.checks[0].facts.size(), 1U);
  EXPECT_EQ(part.checks[0].facts[0].id, "reset.copies_tos");
  EXPECT_FALSE(part.checks[0].facts[0].is_of_sockets);
  const report::ProbeCause& first = part.checks[0].causes.front();
  EXPECT_EQ(first.id, "service_down");
  EXPECT_GT(first.after, first.before);
  EXPECT_EQ(diagnosis_.incidents[0].causes.front().id, "service_down");
  EXPECT_TRUE(part.checks_end.starts_with("No further check: none that a probe can make"));
  ASSERT_EQ(told_.size(), 2U);  // before and after it
  EXPECT_TRUE(told_[0].starts_with("check 1: Sends a TCP SYN with type of service 0x20"));
}

// What a check is not about stays as the load showed it, whatever the check's own packets look
// like.
TEST_F(ChecksRun, AnswersItsOwnQuestionOnly) {
  diagnosis_.incidents[0].facts = {{"service.never_answered", true, "", {}}};
  (void)run({{"reset.copies_tos", evidence::Truth::yes, "measured", {}},
             {"service.never_answered", evidence::Truth::no, "", {}},
             {"service.others_served", evidence::Truth::yes, "", {}},
             {"host.alive", evidence::Truth::yes, "", {}}});
  const auto truth_of = [&](std::string_view id) {
    for (const diagnosis::KnownFact& fact : diagnosis_.incidents[0].facts) {
      if (fact.id == id) return fact.is ? evidence::Truth::yes : evidence::Truth::no;
    }
    return evidence::Truth::unknown;
  };
  EXPECT_EQ(truth_of("reset.copies_tos"), evidence::Truth::yes);
  EXPECT_EQ(truth_of("service.never_answered"), evidence::Truth::yes);
  EXPECT_EQ(truth_of("service.others_served"), evidence::Truth::unknown);
  EXPECT_EQ(truth_of("host.alive"), evidence::Truth::yes);
}

TEST_F(ChecksRun, EndsWhereOneCauseIsSettled) {
  diagnosis_.incidents[0].facts = {{"icmp.answers_tcp", true, "", {}}};
  const report::ProbePart part = run({{"reset.copies_tos", evidence::Truth::no, "", {}},
                                      {"icmp.answers_tcp", evidence::Truth::yes, "", {}}});
  EXPECT_EQ(part.checks.size(), 1U);
  EXPECT_EQ(diagnosis_.incidents[0].causes.front().id, "firewall_reject_host");
  EXPECT_TRUE(part.checks_end.starts_with("No further check: one cause stands"));
}

TEST_F(ChecksRun, SendsNothingWithoutTime) {
  interrupted_ = true;
  const report::ProbePart part = run({});
  EXPECT_TRUE(part.checks.empty());
  EXPECT_TRUE(part.checks_end.starts_with("No further check: the bounds are met"));
}

}  // namespace
}  // namespace whydown::probe
