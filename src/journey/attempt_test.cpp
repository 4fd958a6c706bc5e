#include <gtest/gtest.h>

#include "journey/journey.h"

namespace whydown::journey {
namespace {

// Packets that are told in short, or not.
class Shown final : public Packets {
 public:
  explicit Shown(bool in_short) : in_short_(in_short) {}
  void show(Attempt& attempt) const override {
    attempt.request.place.number = 7;
    attempt.request.source_port = 40000;
    attempt.request.dns_id = 9;
    attempt.tls.certificate_name = 3;
  }
  bool shorten(Traces& traces) const override {
    if (!in_short_) return false;
    traces = {};
    traces.request.number = 8;
    traces.request.bits = Trace::kSet;
    traces.request_kind = Kind::dns_query;
    traces.client_port = 50000;
    traces.dns_id = 11;
    return true;
  }

 private:
  bool in_short_;
};

Outline question() {
  Outline outline;
  outline.service.protocol = Protocol::dns;
  outline.question.is_set = true;
  return outline;
}

TEST(KeptAttempt, IsKeptWholeOrInShort) {
  KeptAttempt kept;
  kept.set(question(), Shown{false});
  EXPECT_EQ(kept.client_port(), 40000);
  EXPECT_EQ(kept.dns_id(), 9);
  EXPECT_EQ(kept.attempt().request.place.number, 7U);
  EXPECT_EQ(kept.attempt().tls.certificate_name, 3U);

  // What was kept before leaves nothing.
  kept.set(question(), Shown{true});
  EXPECT_EQ(kept.client_port(), 50000);
  EXPECT_EQ(kept.dns_id(), 11);
  EXPECT_EQ(kept.attempt().request.place.number, 8U);
  EXPECT_EQ(kept.attempt().request.source_port, 50000);
  EXPECT_EQ(kept.attempt().request.dns_id, 11);
  EXPECT_EQ(kept.attempt().tls.certificate_name, 0U);
}

TEST(KeptAttempt, HandsItsPacketsOnAsTheyAreKept) {
  for (const bool in_short : {false, true}) {
    KeptAttempt first;
    first.set(question(), Shown{in_short});
    KeptAttempt second;
    second.set(first.outline(), KeptPackets{first});
    EXPECT_EQ(second.dns_id(), first.dns_id());
    EXPECT_EQ(second.attempt().request.place.number, first.attempt().request.place.number);
    EXPECT_EQ(second.attempt().tls.certificate_name, in_short ? 0U : 3U);
    // Looked at, the first one is whole.
    Traces traces;
    EXPECT_FALSE(KeptPackets{first}.shorten(traces));
  }
}

// An answer whose query was not captured shows no port of a query.
TEST(KeptAttempt, ShowsNoPortOfARequestThatWasNotSeen) {
  class Answer final : public Packets {
   public:
    void show(Attempt& /*attempt*/) const override {}
    bool shorten(Traces& traces) const override {
      traces = {};
      traces.client_port = 50000;
      traces.dns_id = 11;
      return true;
    }
  };
  KeptAttempt kept;
  kept.set(question(), Answer{});
  EXPECT_EQ(kept.client_port(), 0);
  EXPECT_EQ(kept.dns_id(), 0);
}

}  // namespace
}  // namespace whydown::journey
