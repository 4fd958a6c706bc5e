#include "probe/told_facts.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace whydown::probe {
namespace {

using evidence::Fact;
using evidence::Truth;
using std::chrono::milliseconds;

Truth truth_in(const std::vector<Fact>& facts, std::string_view id) {
  const auto found = std::ranges::find(facts, id, &Fact::id);
  return found == facts.end() ? Truth::unknown : found->truth;
}

TEST(ToldFacts, HowAHandshakeEnded) {
  using Kind = TlsEnding::Kind;
  struct Row {
    const char* words;
    Kind kind;
    int alert;
  };
  // As libcurl 7.88 with OpenSSL 3.0 words them.
  const Row rows[] = {
      {"OpenSSL/3.0.19: error:0A000458:SSL routines::tlsv1 unrecognized name", Kind::alert, 112},
      {"OpenSSL SSL_read: OpenSSL/3.0.19: error:0A00045C:SSL routines::tlsv13 alert certificate "
       "required, errno 0",
       Kind::alert, 116},
      {"OpenSSL/3.0.19: error:0A00014D:SSL routines::legacy sigalg disallowed or unsupported",
       Kind::refusal, -1},
      {"OpenSSL/3.0.19: error:0A000126:SSL routines::unexpected eof while reading", Kind::cut, -1},
      {"OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number", Kind::no_tls, -1},
      {"Recv failure: Connection reset by peer", Kind::unknown, -1},
      {"error:", Kind::unknown, -1},
      {"", Kind::unknown, -1}};
  for (const Row& row : rows) {
    const TlsEnding ending = tls_ending(row.words);
    EXPECT_EQ(static_cast<int>(ending.kind), static_cast<int>(row.kind)) << row.words;
    EXPECT_EQ(ending.alert, row.alert) << row.words;
  }
}

TEST(ToldFacts, Alerts) {
  const std::vector<Fact> wants = alert_facts(116);
  EXPECT_EQ(truth_in(wants, "tls.wants_client_certificate"), Truth::yes);
  EXPECT_EQ(truth_in(wants, "tls.alert_version"), Truth::no);
  const std::vector<Fact> vague = alert_facts(40);
  EXPECT_EQ(truth_in(vague, "tls.alert_no_agreement"), Truth::yes);
  EXPECT_EQ(truth_in(vague, "tls.wants_client_certificate"), Truth::unknown);
  EXPECT_TRUE(alert_facts(0).empty());
}

TEST(ToldFacts, Statuses) {
  struct Row {
    long status;
    const char* fact;
  };
  const Row rows[] = {
      {403, "http.forbidden"},        {451, "http.forbidden"},       {404, "http.nothing_there"},
      {405, "http.request_at_fault"}, {500, "http.server_error"},    {502, "http.bad_gateway"},
      {503, "http.unavailable"},      {504, "http.gateway_timeout"}, {429, "http.too_many"}};
  for (const Row& row : rows) {
    const std::vector<Fact> facts = status_facts({row.status, false, milliseconds{400}, {}});
    for (const Row& other : rows) {
      const bool is = std::string_view(other.fact) == row.fact;
      EXPECT_EQ(truth_in(facts, other.fact), is ? Truth::yes : Truth::no) << row.status;
    }
    EXPECT_EQ(truth_in(facts, "http.failed_soon"), Truth::unknown);
  }
  EXPECT_EQ(truth_in(status_facts({503, true, milliseconds{9}, {}}), "http.retry_after"),
            Truth::yes);
  EXPECT_EQ(truth_in(status_facts({504, false, milliseconds{2000}, {}}), "http.failed_soon"),
            Truth::no);
}

TEST(ToldFacts, WhoIsSlow) {
  const auto truth_of = [](int wait_ms, int handshake_ms) {
    return truth_in(slow_facts({200, false, milliseconds{wait_ms}, milliseconds{handshake_ms}}),
                    "http.server_slower_than_network");
  };
  EXPECT_EQ(truth_of(3000, 1), Truth::yes);
  EXPECT_EQ(truth_of(3000, 2000), Truth::no);
  EXPECT_EQ(truth_of(3000, 500), Truth::unknown);
  EXPECT_EQ(truth_of(3000, 0), Truth::unknown);
}

}  // namespace
}  // namespace whydown::probe
