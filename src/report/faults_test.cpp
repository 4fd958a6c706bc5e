#include <string>

#include <gtest/gtest.h>

#include "report/fixtures_test.h"
#include "report/report.h"

namespace whydown::report {
namespace {

diagnosis::Fault fault() {
  diagnosis::Fault out;
  out.id = "dns.port_unreachable";
  out.kind = "fault";
  out.step = "name";
  out.protocol = "DNS";
  out.severity = "critical";
  out.title = "DNS port unreachable";
  out.meaning = "The host is up,\nthe port is closed.";
  out.supervisor = "The phone book is shut.";
  out.student = "Port 53 is the port of DNS.";
  out.raised_by_protocol = "dns";
  out.raised_by_symptoms = {"port_unreachable"};
  out.causes = {
      {"service_down",
       "The service is not running",
       3,
       {{"icmp.source_is_server", true, 7, "host", "The host answered itself.", "RFC 1122"},
        {"tcp.same_port_answers", true, -7, "", "The service answers on TCP.", "", 34, -5}}}};
  out.inseparable = {{"service_down", "firewall_reject_host", "they send the same packets"}};
  out.checks = {
      {"ss -lunp", "on the server", {"service_down"}, {{"nothing", "it is stopped", {}}}}};
  out.not_shown = {{"The server's own logs.", "host.alive"}};
  out.sources = {"RFC 1122 3.2.2.1"};
  return out;
}

TEST(Faults, OneFaultShowsItsWeightsAndSources) {
  const std::string text = flat(render_fault(fault()));
  for (const char* part :
       {"dns.port_unreachable: DNS port unreachable", "The host is up, the port is closed.",
        "The phone book is shut.", "Port 53 is the port of DNS.",
        "attempts of protocol dns that end in: port_unreachable", "+3.0 dB",
        "The service is not running (service_down)", "+7.0 dB",
        "when icmp.source_is_server is yes: The host answered itself. [RFC 1122]",
        "only the strongest of", "-7.0 dB",
        "The service answers on TCP. (from -5 dB by 34 lab runs)",
        "service_down and firewall_reject_host: they send the same packets",
        "ss -lunp (on the server)", "If nothing: it is stopped",
        "The server's own logs. (unless host.alive)", "- RFC 1122 3.2.2.1"}) {
    EXPECT_NE(text.find(part), std::string::npos) << "lacks: " << part << "\n" << text;
  }
}

TEST(Faults, TheListHasALineEach) {
  const auto catalogue = diagnosis::Catalogue::built_in();
  ASSERT_TRUE(catalogue.has_value());
  const std::string list = render_fault_list(*catalogue);
  for (const diagnosis::Fault& entry : catalogue->faults()) {
    EXPECT_NE(("\n" + list).find("\n" + entry.id + " "), std::string::npos) << entry.id;
  }
}

TEST(Faults, NamesOfFormatsAndTemplates) {
  EXPECT_EQ(format_from("md"), Format::markdown);
  EXPECT_EQ(format_from("html"), Format::html);
  EXPECT_EQ(format_from("pdf"), Format::pdf);
  EXPECT_EQ(format_from("odt"), std::nullopt);
  EXPECT_EQ(template_from("worksheet"), Template::worksheet);
  EXPECT_EQ(template_from(""), std::nullopt);
}

}  // namespace
}  // namespace whydown::report
