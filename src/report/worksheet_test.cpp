#include <string>

#include <gtest/gtest.h>

#include "report/fixtures_test.h"
#include "report/messenger.h"

namespace whydown::report {
namespace {

TEST(Worksheet, FieldsAreFilledIn) {
  const std::string sheet = as_worksheet(dns_refused());
  for (const char* owed : {
           "## Part 1: Provide a summary of the problem found in the DNS and ICMP traffic log\n",
           "**The UDP protocol reveals that:** 3 of 3 DNS queries for yummyrecipesforme.com from "
           "192.51.100.15 to server 203.0.113.2, UDP port 53 (domain), could not be delivered.",
           "which show that the ICMP reply",
           "returned the error message:** \"udp port 53 unreachable\", in full: ICMP destination "
           "unreachable, port unreachable",
           "**The port noted in the error message is used for:** UDP port 53: DNS, the service "
           "that turns names into addresses.",
           "**The most likely issue is:** The DNS server 203.0.113.2 refuses queries",
           "## Part 2: Explain your analysis of the data and provide at least one cause of the "
           "incident\n",
           "**Time incident occurred:** 13:24:32 to 13:28:50",
           "4 min 18 s from the first failure to the last",
           "**Explain how the IT team became aware of the incident:** *to be filled in by the "
           "analyst*",
           "**Explain the actions taken by the IT department to investigate the incident:**",
           "**Note a likely cause of the incident:**",
           "\\[lines 3, 7, 11\\]",
       }) {
    EXPECT_NE(sheet.find(owed), std::string::npos) << "lacks: " << owed << "\n" << sheet;
  }
}

TEST(Worksheet, FieldsFollowTheMessenger) {
  struct Row {
    const char* protocol;
    const char* transport;
    std::uint16_t port;
    evidence::Outcome outcome;
    const char* answer;
    const char* owed;
  };
  const Row rows[] = {
      {"TCP", "tcp", 443, evidence::Outcome::refused,
       "203.0.113.2:443 > 192.51.100.15:40000 TCP RST ACK: reset",
       "which show that the TCP answer said:** \"TCP RST ACK: reset\""},
      {"TCP", "tcp", 443, evidence::Outcome::refused,
       "203.0.113.2:443 > 192.51.100.15:40000 TCP RST ACK: reset",
       "problem found in the TCP traffic log"},
      {"TCP", "tcp", 443, evidence::Outcome::silent,
       "192.51.100.15:40000 > 203.0.113.2:443 TCP SYN", "which show that nothing came back:**"},
      {"TCP", "tcp", 40404, evidence::Outcome::silent,
       "192.51.100.15:40000 > 203.0.113.2:443 TCP SYN",
       "**The port concerned is used for:** TCP port 40404: domain."},
      {"ICMP", "tcp", 443, evidence::Outcome::refused,
       "10.0.0.1 > 192.51.100.15 ICMP destination unreachable, host unreachable (type 3 code 1)",
       "problem found in the TCP and ICMP traffic log"},
      {"ICMP", "tcp", 443, evidence::Outcome::refused,
       "10.0.0.1 > 192.51.100.15 ICMP destination unreachable, host unreachable (type 3 code 1)",
       "3 of 3 connection attempts for yummyrecipesforme.com from 192.51.100.15"},
      {"ARP", "arp", 0, evidence::Outcome::silent, "192.51.100.15 > 203.0.113.2 ARP request",
       "from 192.51.100.15 for the address 203.0.113.2 got no answer that the capture shows."},
      {"DNS", "udp", 53, evidence::Outcome::failed,
       "203.0.113.2:53 > 192.51.100.15:40000 DNS answer SERVFAIL (id 7)",
       "problem found in the DNS traffic log"},
  };
  for (const Row& row : rows) {
    diagnosis::Diagnosis diagnosis = dns_refused();
    diagnosis::Incident& incident = diagnosis.incidents[0];
    incident.fault = "some.fault";
    incident.protocol = row.protocol;
    incident.transport = row.transport;
    incident.service.port = row.port;
    incident.journey[0].outcome = row.outcome;
    for (diagnosis::EvidencePacket& packet : incident.evidence) packet.text = row.answer;
    const std::string sheet = as_worksheet(diagnosis);
    EXPECT_NE(sheet.find(row.owed), std::string::npos) << "lacks: " << row.owed << "\n" << sheet;
  }
}

TEST(Worksheet, WithoutAnIncidentItSaysSo) {
  const std::string sheet = as_worksheet(healthy());
  EXPECT_NE(sheet.find("No incident found: All 12 attempts were served."), std::string::npos);
  EXPECT_EQ(sheet.find("Time incident occurred"), std::string::npos);
}

TEST(IncidentForm, HasEverySection) {
  const std::string form = as_incident_form(dns_refused());
  std::size_t at = 0;
  for (const char* heading :
       {"### Facts", "### Status", "### Summary", "### Impact", "### Indicators", "### Timeline",
        "### Analysis", "### Likely causes", "### Next steps", "## Actions taken", "## Contacts",
        "## Evidence list", "## Data quality", "## Method"}) {
    const std::size_t found = form.find(std::string("\n") + heading + "\n", at);
    ASSERT_NE(found, std::string::npos) << heading;
    at = found;
  }
  EXPECT_NE(form.find(std::string(64, 'a')), std::string::npos);
  EXPECT_NE(form.find("`whydown report incident.log`"), std::string::npos);
}

TEST(Messenger, OnlyPacketsThatNoClientSent) {
  diagnosis::Incident incident = dns_refused().incidents[0];
  for (diagnosis::EvidencePacket& packet : incident.evidence) {
    packet.role = diagnosis::Role::symptom;
  }
  const Messenger messenger = messenger_of(incident);
  EXPECT_EQ(messenger.protocol, "ICMP");
  ASSERT_EQ(messenger.packets.size(), 3U);
  EXPECT_EQ(messenger.packets[0].number, 2U);
}

// A refused certificate was once told as "nothing came back, only silence".
TEST(Messenger, IsTheClientWhereItBreaksOff) {
  diagnosis::Incident incident = dns_refused().incidents[0];
  const std::string client = incident.clients.addresses.front();
  incident.evidence.resize(1);
  incident.evidence[0].role = diagnosis::Role::symptom;
  incident.evidence[0].text = client + ":5000 > 203.0.113.2:443 TLS alert 45 (certificate_expired)";
  const Messenger messenger = messenger_of(incident);
  EXPECT_TRUE(messenger.is_client);
  EXPECT_EQ(messenger.protocol, "TLS");
  EXPECT_NE(failure_sentence(incident, messenger).find("broken off by the client"),
            std::string::npos);
}

// What shows in times and numbers has no message; the words of a 200 would mislead.
TEST(Messenger, OfSlownessThereIsNone) {
  diagnosis::Incident incident = dns_refused().incidents[0];
  for (diagnosis::JourneyStep& step : incident.journey) step.outcome = evidence::Outcome::slow;
  EXPECT_TRUE(messenger_of(incident).protocol.empty());
  EXPECT_NE(failure_sentence(incident, {}).find("answered too slowly"), std::string::npos);
}

}  // namespace
}  // namespace whydown::report
