#include "report/terms.h"

#include <algorithm>
#include <array>

namespace whydown::report {
namespace {

// Of course level; RFCs are cited where a number or a rule is taken from one.
constexpr std::array kTerms{
    Term{"A record", "A DNS entry that gives the IPv4 address of a name (RFC 1035)."},
    Term{"ARP",
         "Address Resolution Protocol: asks on the local network which network card has an IP "
         "address, before anything can be sent there (RFC 826)."},
    Term{"capture",
         "A record of network traffic, packet by packet, as tcpdump or Wireshark make it.",
         "a record of the network's traffic, taken while the problem was there"},
    Term{"client", "The side that asks: here the machine whose request failed."},
    Term{"DNS",
         "Domain Name System: turns a name such as www.example.com into an address. Its servers "
         "listen on port 53 (RFC 1035).",
         "the directory that turns names such as www.example.com into addresses"},
    Term{"DNSSEC", "Signatures on DNS data; a resolver that cannot verify them answers SERVFAIL.",
         "signatures that protect the directory of names"},
    Term{"echo reply",
         "The answer to a ping (ICMP type 0). An ICMP error is no echo reply: nobody pinged."},
    Term{"firewall",
         "A filter that lets traffic pass, rejects it with an error, or drops it silently.",
         "a filter that decides which traffic may pass"},
    Term{"flood", "Far more requests than a service can answer, on purpose or not.",
         "far more requests than a service can answer"},
    Term{"FORMERR", "DNS answer code 1: the server could not read the query (RFC 1035)."},
    Term{"HTTP", "The protocol of web pages, on TCP port 80 without encryption.",
         "the language of web pages, without encryption"},
    Term{"HTTPS", "HTTP inside TLS encryption, on TCP port 443.", "the same with encryption"},
    Term{"ICMP",
         "Internet Control Message Protocol: carries error reports such as \"destination "
         "unreachable\" back to a sender, and ping (RFC 792).",
         "the network's own error messages"},
    Term{"NXDOMAIN", "DNS answer code 3: the name does not exist (RFC 2308)."},
    Term{"packet", "One message on the network, with the addresses of its sender and its receiver.",
         "one message on the network"},
    Term{"port",
         "The number of a program's entrance on a machine: 53 for DNS, 80 and 443 for the web.",
         "the numbered entrance of a service on a machine"},
    Term{"port unreachable",
         "ICMP type 3 code 3: the datagram reached a machine on which no program receives on that "
         "port, or a firewall says so in its place."},
    Term{"query", "A question to a DNS server: \"what is the address of this name?\""},
    Term{"REFUSED", "DNS answer code 5: the server does not want to answer this client."},
    Term{"reset",
         "A TCP packet with the flag RST: the sender will have nothing to do with the connection. "
         "In "
         "answer to a SYN it means that the port is closed, or that a firewall says so."},
    Term{"resolver", "A DNS server that looks names up for clients, by asking other servers.",
         "the server that looks names up for other machines"},
    Term{"retransmission", "The same packet again, because no answer came to the first."},
    Term{"router", "A device that passes packets on from one network to another.",
         "a device that passes traffic on between networks"},
    Term{"server", "The side that is asked, and the machine it runs on."},
    Term{"SERVFAIL", "DNS answer code 2: the server tried and could not find the answer."},
    Term{"SYN", "The first packet of a TCP connection: \"may I?\" (RFC 9293)."},
    Term{"SYN-ACK", "The server's consent to a connection, in answer to a SYN."},
    Term{"TCP",
         "Transmission Control Protocol: opens a connection by three packets (SYN, SYN-ACK, ACK) "
         "before it carries data (RFC 9293).",
         "the way programs open a connection to each other"},
    Term{"TLS", "The encryption under HTTPS.", "the encryption of web pages"},
    Term{"TTL",
         "Time to live: the number of routers a packet may still pass. It tells how far away its "
         "sender is."},
    Term{"UDP",
         "User Datagram Protocol: single packets without a connection; who gets no answer must ask "
         "again (RFC 768).",
         "single messages without a connection"}};

struct FieldTerm {
  std::string_view name;
  std::string_view meaning;
};

constexpr std::array kFields{
    FieldTerm{
        "sender",
        "Who sent the packet: its address and, behind the colon, its port. The port of a client "
        "is a number picked for this one request."},
    FieldTerm{"receiver", "Whom it was sent to: address and port. The port names the service."},
    FieldTerm{
        "TTL",
        "Time to live: each router on the way takes one off. Most systems start at 64, 128 or "
        "255, so 63 has passed one router."},
    FieldTerm{"TOS",
              "The service class that was asked for. Linux marks the ICMP errors of its own stack "
              "with 0xc0."},
    FieldTerm{"IP id", "A number by which pieces of one packet are put together again."},
    FieldTerm{"DF", "Do not fragment: routers may not cut the packet into pieces."},
    FieldTerm{"TCP flags",
              "SYN opens, ACK confirms, FIN ends, RST breaks off, PSH hands data on at once."},
    FieldTerm{
        "DNS id",
        "A number that the client picks; the answer carries the same, and so is told from the "
        "answers to other queries."},
    FieldTerm{"name asked for", "The name whose address, or other data, the client wants."},
    FieldTerm{"rcode",
              "The answer's code: 0 no error, 1 FORMERR, 2 SERVFAIL, 3 NXDOMAIN (no such name), 5 "
              "REFUSED."},
    FieldTerm{"records", "How many entries the answer holds."},
    FieldTerm{"AA", "Authoritative answer: the server owns the data and did not ask another one."},
    FieldTerm{"TC", "Truncated: the answer did not fit, and the client should ask again over TCP."},
    FieldTerm{"extended error", "A finer reason that the DNS server gives (RFC 8914)."},
    FieldTerm{"ICMP type",
              "What kind of message: 3 destination unreachable, 11 time exceeded; 8 and 0 "
              "are ping and its reply."},
    FieldTerm{
        "ICMP code",
        "Which of its kind: of type 3, 0 network, 1 host, 3 port unreachable, 13 prohibited. It "
        "is not the port."},
    FieldTerm{"quoted sender",
              "An ICMP error quotes the packet it complains about: who had sent that one."},
    FieldTerm{"quoted receiver",
              "Whom the quoted packet was for: the service that was not reached."},
    FieldTerm{"quoted TTL", "The TTL of the quoted packet, where it was turned away."},
    FieldTerm{"ICMP id", "A number that ping picks, to know its own replies."},
    FieldTerm{"ICMP sequence", "Counts the pings."},
    FieldTerm{"address asked for", "The IP address whose network card is asked for."},
    FieldTerm{"payload", "How many bytes the packet carries for the program."}};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

bool stands_in(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string_view::npos; ++at) {
    std::size_t end = at + word.size();
    if (at > 0 && is_word(text[at - 1])) continue;
    if (end < text.size() && text[end] == 's') ++end;  // ports, resets
    if (end == text.size() || !is_word(text[end])) return true;
  }
  return false;
}

void add(std::string& out, std::string_view text) { out.append(text).append("\n"); }

}  // namespace

std::vector<Term> terms_in(std::string_view text) {
  std::vector<Term> out;
  for (const Term& term : kTerms) {
    if (stands_in(text, term.name)) out.push_back(term);
  }
  return out;
}

std::string words_of(const diagnosis::Diagnosis& diagnosis) {
  std::string out;
  for (const diagnosis::Incident& incident : diagnosis.incidents) {
    for (const std::string* text : {&incident.title, &incident.summary, &incident.explanation,
                                    &incident.student, &incident.protocol}) {
      add(out, *text);
    }
    for (const diagnosis::RankedCause& cause : incident.causes) {
      add(out, cause.title);
      for (const diagnosis::Argument& argument : cause.arguments_for) add(out, argument.because);
      for (const diagnosis::Argument& argument : cause.arguments_against) {
        add(out, argument.because);
      }
    }
    for (const diagnosis::EvidencePacket& packet : incident.evidence) add(out, packet.text);
    for (const std::string& text : incident.not_shown) add(out, text);
  }
  for (const std::string& text : diagnosis.not_attempted) add(out, text);
  return out;
}

std::string_view field_meaning(std::string_view name) {
  const auto found = std::ranges::find(kFields, name, &FieldTerm::name);
  return found == kFields.end() ? std::string_view{} : found->meaning;
}

}  // namespace whydown::report
