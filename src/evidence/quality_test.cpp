#include <gtest/gtest.h>

#include "evidence/limits.h"
#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using packet::Note;

const base::QualityRemark* find(const std::vector<base::QualityRemark>& remarks,
                                std::string_view id) {
  const auto found = std::ranges::find(remarks, id, &base::QualityRemark::id);
  return found == remarks.end() ? nullptr : &*found;
}

// A query as a text log prints it, with its error `delay` seconds later.
Attempt logged(double begin, std::uint64_t number, double delay, std::uint32_t printed,
               std::uint32_t printed_error) {
  Attempt attempt = Make(dns(), begin, number)
                        .error(Symptom::port_unreachable, kServer, delay)
                        .text(printed, 39, printed_error);
  attempt.request.source_port = 52444;
  attempt.request.dns_id = 35084;
  return attempt;
}

struct TextLog : ::testing::Test {
  std::vector<base::QualityRemark> remarks(std::vector<Attempt> attempts) {
    Scene scene;
    const std::uint32_t name = scene.names.add("yummyrecipesforme.com");
    for (Attempt& attempt : attempts) {
      attempt.request.name = name;
      scene.store.attempt(attempt);
    }
    return quality(scene.store, scene.names);
  }
};

TEST_F(TextLog, ImpossibleNumbersAreNamed) {
  // 13:24:32.192571 and twice more, on the same microsecond.
  const auto found =
      remarks({logged(72.192571, 1, 3.905993, 24, 254), logged(192.192571, 3, 43.856, 24, 320),
               logged(312.192571, 5, 17.829, 24, 150)});
  ASSERT_EQ(found.size(), 4U);
  for (const auto& remark : found) {
    EXPECT_EQ(remark.severity, base::Severity::note);
    EXPECT_NE(remark.text.find("does not rest on these numbers"), std::string::npos) << remark.id;
    EXPECT_EQ(remark.count, 3U) << remark.id;
  }
  const auto* query = find(found, "text.length_mismatch");
  ASSERT_NE(query, nullptr);
  EXPECT_NE(query->text.find("true size would be 39 bytes, not 24"), std::string::npos);
  EXPECT_NE(query->text.find("yummyrecipesforme.com"), std::string::npos);
  EXPECT_EQ(numbers(query->packets), (std::vector<std::uint64_t>{1, 3, 5}));
  const auto* error = find(found, "text.icmp_length_mismatch");
  ASSERT_NE(error, nullptr);
  EXPECT_NE(error->text.find("(254, 320 and 150)"), std::string::npos) << error->text;
  EXPECT_NE(error->text.find("75 bytes"), std::string::npos) << error->text;
  EXPECT_EQ(numbers(error->packets), (std::vector<std::uint64_t>{2, 4, 6}));
  const auto* delay = find(found, "text.icmp_delay");
  ASSERT_NE(delay, nullptr);
  EXPECT_NE(delay->text.find("Answers after 4, 44 and 18 s are not how a closed port behaves"),
            std::string::npos)
      << delay->text;
  const auto* repeated = find(found, "text.repeated_fraction");
  ASSERT_NE(repeated, nullptr);
  EXPECT_NE(repeated->text.find("52444"), std::string::npos);
  EXPECT_NE(repeated->text.find("35084"), std::string::npos);
  EXPECT_NE(repeated->text.find(".192571"), std::string::npos) << repeated->text;
}

TEST_F(TextLog, SoundNumbersAreNot) {
  const struct {
    const char* what;
    std::vector<Attempt> attempts;
  } rows[] = {
      {"full quotes",
       {logged(1.1, 1, 0.01, 39, 75), logged(2.2, 3, 0.01, 39, 75), logged(3.3, 5, 0.01, 39, 75)}},
      {"the least quote", {logged(1.1, 1, 0.01, 39, 36)}},
      {"no lengths printed", {[] {
         Attempt attempt = logged(1.1, 1, 0.01, 39, 75);
         attempt.request.known.clear(Field::payload_length);
         attempt.answer.known.clear(Field::payload_length);
         return attempt;
       }()}},
      {"whole seconds",
       {logged(1, 1, 1, 39, 75), logged(11, 3, 1, 39, 75), logged(21, 5, 1, 39, 75)}},
      {"twice is chance", {logged(1.1, 1, 0.01, 39, 75), logged(2.1, 3, 0.01, 39, 75)}},
  };
  for (const auto& row : rows) {
    const auto found = remarks(row.attempts);
    EXPECT_TRUE(found.empty()) << row.what << ": " << found.front().id;
  }
}

TEST_F(TextLog, EachRemarkHasItsOwnCondition) {
  const struct {
    const char* what;
    std::vector<Attempt> attempts;
    std::vector<std::string_view> ids;
  } rows[] = {
      {"query length", {logged(1.1, 1, 0.01, 24, 60)}, {"text.length_mismatch"}},
      {"one error too long", {logged(1.1, 1, 0.01, 39, 254)}, {"text.icmp_length_mismatch"}},
      {"one error too short", {logged(1.1, 1, 0.01, 39, 20)}, {"text.icmp_length_mismatch"}},
      {"unequal errors",
       {logged(1.1, 1, 0.01, 39, 75), logged(2.2, 3, 0.01, 39, 60)},
       {"text.icmp_length_mismatch"}},
      {"delay", {logged(1.1, 1, 5, 39, 75)}, {"text.icmp_delay"}},
      {"repeats",
       {logged(1.1, 1, 0.01, 39, 75), logged(3.1, 3, 0.01, 39, 75), logged(9.1, 5, 0.01, 39, 75)},
       {"text.repeated_fraction"}},
  };
  for (const auto& row : rows) {
    std::vector<std::string_view> ids;
    const auto found = remarks(row.attempts);
    for (const auto& remark : found) ids.push_back(remark.id);
    EXPECT_EQ(ids, row.ids) << row.what;
  }
}

TEST_F(TextLog, OnlyWhatCanBeComparedIsCompared) {
  const auto v6 = [](Attempt attempt) {
    attempt.answer.network = packet::Network::ipv6;
    return attempt;
  };
  const auto no_request = [](Attempt attempt) {
    attempt.request = {};
    return attempt;
  };
  const auto with_edns = [](Attempt attempt) {
    attempt.request.expected_length = 0;  // any length may be right
    return attempt;
  };
  const struct {
    const char* what;
    std::vector<Attempt> attempts;
    std::size_t remarks;
  } rows[] = {
      {"IPv6 quotes have other headers", {v6(logged(1.1, 1, 0.01, 39, 254))}, 0},
      {"the request is not in the log", {no_request(logged(1.1, 1, 0.01, 39, 254))}, 0},
      {"EDNS: the printed length is all there is", {with_edns(logged(1.1, 1, 0.01, 50, 86))}, 0},
      {"EDNS, but the error is too long", {with_edns(logged(1.1, 1, 0.01, 50, 254))}, 1},
  };
  for (const auto& row : rows) EXPECT_EQ(remarks(row.attempts).size(), row.remarks) << row.what;
}

TEST_F(TextLog, ARetriedRequestIsMeasuredFromItsLastTry) {
  const Attempt retried = Make(dns(), 1.1, 1)
                              .error(Symptom::port_unreachable, kServer, 5.01)
                              .tries(2, 6.1)
                              .text(39, 39, 75);
  EXPECT_TRUE(remarks({retried}).empty());
}

TEST(Quality, CapturesOfBytesHaveNoTextRemarks) {
  Scene scene;
  for (std::uint64_t i = 0; i < 5; ++i) {
    Attempt attempt = logged(static_cast<double>(i) * 10 + 0.1, 2 * i + 1, 5, 24, 254);
    for (Digest* digest : {&attempt.request, &attempt.answer}) digest->known.set(Field::bytes);
    scene.store.attempt(attempt);
  }
  EXPECT_TRUE(quality(scene.store, scene.names).empty());
}

TEST(Quality, NotesOfPackets) {
  const struct {
    Note note;
    const char* id;
    base::Severity severity;
  } rows[] = {
      {Note::fragment, "packet.fragments", base::Severity::note},
      {Note::fragments_overlap, "packet.fragments_overlap", base::Severity::warning},
      {Note::fragments_without_first, "packet.fragments_without_first", base::Severity::note},
      {Note::wireless_protected, "wireless.protected", base::Severity::warning},
      {Note::wireless_retry, "wireless.retries", base::Severity::note},
      {Note::wireless_leave, "wireless.leaves", base::Severity::note},
      {Note::segment_above_mtu, "capture.offload", base::Severity::note},
      {Note::truncated_capture, "capture.snaplen_cut", base::Severity::note},
      {Note::unknown_link_type, "packet.unknown_link_type", base::Severity::warning},
      {Note::bad_transport_checksum, "packet.bad_checksum", base::Severity::note},
      {Note::text_unreadable, "text.unreadable", base::Severity::warning},
  };
  for (const auto& row : rows) {
    Scene scene;
    journey::Totals totals;
    totals.notes[static_cast<std::size_t>(row.note)] = 7;
    totals.note_first[static_cast<std::size_t>(row.note)] = {at(1), 42, 0, 0};
    scene.store.set_totals(totals);
    const auto remarks = quality(scene.store, scene.names);
    ASSERT_EQ(remarks.size(), 1U) << row.id;
    EXPECT_EQ(remarks[0].id, row.id);
    EXPECT_EQ(remarks[0].severity, row.severity) << row.id;
    EXPECT_EQ(remarks[0].count, 7U);
    EXPECT_EQ(numbers(remarks[0].packets), (std::vector<std::uint64_t>{42})) << row.id;
    EXPECT_TRUE(remarks[0].text.starts_with("7 packets ")) << remarks[0].text;
  }
}

TEST(Quality, MalformedPacketsAreCountedOnceEach) {
  Scene scene;
  journey::Totals totals;
  totals.notes[static_cast<std::size_t>(Note::dns_malformed)] = 7;
  totals.notes[static_cast<std::size_t>(Note::dns_name_loop)] = 7;
  totals.malformed = 7;
  totals.malformed_first = {at(1), 42, 0, 0};
  scene.store.set_totals(totals);
  const auto remarks = quality(scene.store, scene.names);
  ASSERT_EQ(remarks.size(), 1U);
  EXPECT_EQ(remarks[0].id, "packet.malformed");
  EXPECT_EQ(remarks[0].count, 7U);
  EXPECT_EQ(numbers(remarks[0].packets), (std::vector<std::uint64_t>{42}));
  EXPECT_TRUE(remarks[0].text.starts_with("7 packets ")) << remarks[0].text;
}

TEST(Quality, Observations) {
  Scene scene;
  scene.observe(Sign::duplicate_frame, dns(), 11, 2);
  scene.observe(Sign::late_answer, dns(), 21, 1);
  scene.observe(Sign::late_answer_rejected, dns(), 31, 1);
  scene.observe(Sign::acked_unseen_segment, tcp(80), 41, 6);
  const auto remarks = quality(scene.store, scene.names);
  ASSERT_EQ(remarks.size(), 3U);
  EXPECT_EQ(find(remarks, "capture.duplicate_frames")->count, 2U);
  EXPECT_EQ(find(remarks, "capture.lossy")->count, 6U);
  EXPECT_EQ(find(remarks, "capture.lossy")->packets.size(), 4U);
  const auto* late = find(remarks, "dns.late_answers");
  EXPECT_EQ(late->count, 2U);
  EXPECT_EQ(numbers(late->packets), (std::vector<std::uint64_t>{21, 31}));
}

TEST(Quality, OneSidedAndFullTables) {
  Scene scene;
  journey::Totals totals;
  totals.tcp_flows = totals.tcp_flows_one_way = 20;
  totals.evicted = 3;
  scene.store.set_totals(totals);
  scene.observe(Sign::acked_unseen_segment, tcp(80), 41, 1);
  const auto remarks = quality(scene.store, scene.names);
  ASSERT_EQ(remarks.size(), 2U);
  EXPECT_EQ(remarks[0].id, "capture.one_sided");
  EXPECT_EQ(remarks[0].severity, base::Severity::warning);
  EXPECT_EQ(remarks[1].id, "journey.evicted");
  EXPECT_EQ(remarks[1].count, 3U);
}

TEST(Quality, OverflowIsSaid) {
  Scene scene;
  for (std::uint32_t i = 0; i < limits::kMaxServiceClients + 100; ++i) {
    scene.store.attempt(Make(tcp(443, IpAddress::v4(i + 1)), 1, i + 1, IpAddress::v4(i)).ok());
  }
  const auto remarks = quality(scene.store, scene.names);
  ASSERT_NE(find(remarks, "evidence.overflow"), nullptr);
  EXPECT_EQ(find(remarks, "evidence.overflow")->count, scene.store.overflow());
  EXPECT_NE(find(remarks, "evidence.client_overflow"), nullptr);
}

TEST(Quality, WhatAnInputSaysIsNotSaidAgain) {
  Scene scene;
  journey::Totals totals;
  totals.notes[static_cast<std::size_t>(Note::truncated_capture)] = 7;
  totals.notes[static_cast<std::size_t>(Note::fragment)] = 1;
  scene.store.set_totals(totals);
  base::InputInfo input;
  input.remarks.push_back({"capture.snaplen_cut", base::Severity::note, "cut", {}, 7});
  scene.store.set_inputs({input});
  const auto remarks = quality(scene.store, scene.names);
  ASSERT_EQ(remarks.size(), 1U);
  EXPECT_EQ(remarks[0].id, "packet.fragments");
  EXPECT_TRUE(remarks[0].text.starts_with("1 packet ")) << remarks[0].text;
}

TEST(Quality, NothingOfNothing) {
  const Scene scene;
  EXPECT_TRUE(quality(scene.store, scene.names).empty());
}

}  // namespace
}  // namespace whydown::evidence
