#include <set>

#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

TEST(FactList, IsCompleteAndInOrder) {
  std::set<std::string_view> ids;
  for (const FactInfo& info : fact_list()) {
    EXPECT_TRUE(ids.insert(info.id).second) << info.id << " twice";
    EXPECT_TRUE(info.question.find('?') != std::string_view::npos) << info.id;
    EXPECT_NE(info.id.find('.'), std::string_view::npos) << info.id;
  }
  const Scene scene({Make(dns(), 1, 1).error(Symptom::port_unreachable)});
  const auto found = facts(scene.store, subject(dns(), Symptom::port_unreachable), scene.names);
  ASSERT_EQ(found.size(), fact_list().size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].id, fact_list()[i].id);
}

// The catalogue speaks of facts by these names.
TEST(FactList, KeepsItsIds) {
  std::set<std::string_view> ids;
  for (const FactInfo& info : fact_list()) ids.insert(info.id);
  for (const char* id : {"icmp.source_is_server",
                         "icmp.source_is_other_device",
                         "icmp.crafted_header",
                         "icmp.kernel_header",
                         "icmp.closer_than_server",
                         "reset.ttl_differs",
                         "icmp.rate_limited",
                         "icmp.admin_prohibited",
                         "dns.tcp_answers",
                         "dns.tcp_refused",
                         "host.other_ports_refuse",
                         "host.other_ports_answer",
                         "dns.late_answers",
                         "service.answered_before",
                         "service.answered_after",
                         "service.never_answered",
                         "icmp.answers_tcp",
                         "host.alive",
                         "host.silent_everywhere",
                         "service.others_served",
                         "service.only_one_client_fails",
                         "service.all_clients_fail",
                         "arp.server_unanswered",
                         "arp.server_answered",
                         "icmp.from_router_after_arp_timeout",
                         "icmp.unreachable_at_once",
                         "dns.ede_dnssec",
                         "dns.ede_network",
                         "dns.ede_stale",
                         "dns.servfail_slow",
                         "dns.servfail_instant",
                         "dns.refused_fast",
                         "dns.ede_prohibited",
                         "dns.ede_not_authoritative",
                         "dns.ede_blocked",
                         "dns.ede_forged",
                         "dns.other_names_resolve",
                         "dns.all_names_fail",
                         "dns.authoritative_answer",
                         "dns.soa_in_answer",
                         "dns.other_types_exist",
                         "dns.other_server_answers",
                         "capture.one_sided",
                         "capture.lossy",
                         "capture.duplicates",
                         "capture.ends_early",
                         "capture.filter_hides_icmp",
                         "traffic.flood_visible",
                         "traffic.loss_grows_with_load",
                         "latency.jump_before_failure",
                         "icmp.delay_impossible",
                         "dns.tcp_hangs",
                         "request.retried"}) {
    EXPECT_TRUE(ids.contains(id)) << id;
  }
}

TEST(FactList, NothingIsKnownOfASubjectThatIsNotInView) {
  const Scene scene({Make(dns(), 1, 1).ok()});
  for (const Subject& absent :
       {subject(dns(), Symptom::port_unreachable), subject(tcp(80), Symptom::reset)}) {
    for (const Fact& fact : facts(scene.store, absent, scene.names)) {
      EXPECT_EQ(fact.truth, Truth::unknown) << fact.id;
    }
  }
}

// A subject of several services is measured over all of them.
TEST(FactList, SeveralServicesAreOneSubject) {
  const Scene scene({Make(dns(), 1, 1).error(Symptom::port_unreachable),
                     Make(dns(kOther), 2, 3).error(Symptom::port_unreachable, kOther)});
  Subject both = subject(dns(), Symptom::port_unreachable);
  both.services.insert(both.services.begin(), dns(kOther));
  const Fact fact = scene.ask("icmp.source_is_server", both);
  EXPECT_EQ(fact.truth, Truth::yes);
  EXPECT_EQ(numbers(fact.packets), (std::vector<std::uint64_t>{2, 4}));
}

TEST(FactList, ProbesAndNoiseAreNoFailure) {
  Attempt probe = Make(dns(), 1, 1).error(Symptom::port_unreachable, kRouter);
  probe.is_probe = true;
  probe.outcome = Outcome::refused;
  const Attempt real = Make(dns(), 5, 5).error(Symptom::port_unreachable);
  // In one row the two cannot be told apart by counts; alone, the probe speaks for itself.
  EXPECT_EQ(Scene({probe})
                .ask("icmp.source_is_other_device", subject(dns(), Symptom::port_unreachable))
                .truth,
            Truth::yes);
  EXPECT_EQ(Scene({real})
                .ask("icmp.source_is_other_device", subject(dns(), Symptom::port_unreachable))
                .truth,
            Truth::no);
}

TEST(FactList, MarkdownHasALineForEachFact) {
  const std::string page = facts_markdown();
  for (const FactInfo& info : fact_list()) {
    EXPECT_NE(page.find("| `" + std::string{info.id} + "` |"), std::string::npos) << info.id;
  }
}

}  // namespace
}  // namespace whydown::evidence
