#include "probe/check_actions.h"

#include <algorithm>
#include <cerrno>

#include <arpa/nameser.h>
#include <fmt/format.h>

#include "probe/authority.h"
#include "probe/connect.h"
#include "probe/dns_ask.h"
#include "probe/limits.h"

namespace whydown::probe {
namespace {

std::uint16_t closed_port(const Subject& subject) {
  return subject.port == limits::kClosedPort ? limits::kClosedPort + 1 : limits::kClosedPort;
}

DnsQuestion question_of(const Subject& subject) {
  DnsQuestion question;
  question.server = subject.server;
  question.port = subject.port;
  question.name = subject.name;
  question.type = subject.type;
  question.is_tcp = subject.is_tcp;
  question.patience = limits::kCheckDns;
  return question;
}

// RFC 1035 4.1.1; the rcodes that an outage shows.
std::string rcode_words(std::uint16_t rcode) {
  switch (rcode) {
    case ns_r_noerror:
      return "an answer";
    case ns_r_formerr:
      return "FORMERR";
    case ns_r_servfail:
      return "SERVFAIL";
    case ns_r_nxdomain:
      return "NXDOMAIN";
    case ns_r_notimpl:
      return "NOTIMP";
    case ns_r_refused:
      return "REFUSED";
    default:
      return fmt::format("response code {}", rcode);
  }
}

std::string words_of(const DnsReply& reply) {
  if (reply.is_answer) return rcode_words(reply.rcode);
  return reply.is_refused ? "a refusal" : "no answer";
}

std::string words_of(int ended) {
  switch (ended) {
    case kServed:
      return "an answer";
    case 0:
    case ETIMEDOUT:
      return "no answer";
    case ECONNREFUSED:
      return "a refusal";
    case EHOSTUNREACH:
      return "an error: host unreachable, or forbidden";
    case ENETUNREACH:
      return "an error: network unreachable";
    default:
      return "an error";
  }
}

std::string question_words(const Subject& subject) {
  return fmt::format("{} of {}", subject.type_name, subject.name);
}

std::string endpoint_words(const base::IpAddress& address, std::uint16_t port) {
  return fmt::format("{} port {}", address.to_string(), port);
}

}  // namespace

std::string top_of(const std::string& name) {
  const std::size_t end = name.ends_with('.') ? name.size() - 1 : name.size();
  const std::size_t dot = name.rfind('.', end == 0 ? 0 : end - 1);
  return dot == std::string::npos ? std::string() : name.substr(dot + 1, end - dot - 1);
}

const Resolver* Actions::other_resolver(const Subject& subject) const {
  const auto found = std::ranges::find_if(
      tools_.others, [&](const Resolver& resolver) { return resolver.address != subject.server; });
  return found == tools_.others.end() ? nullptr : &*found;
}

std::string Actions::plan(const std::string& sends, const Subject& subject) const {
  const std::string server = endpoint_words(subject.server, subject.port);
  if (sends == "closed-port") {
    return fmt::format("{} to {} port {}, which hardly anybody uses",
                       subject.is_tcp ? "a TCP SYN" : "a UDP datagram", subject.server.to_string(),
                       closed_port(subject));
  }
  if (sends == "tcp-tos") {
    const bool can_compare = tools_.echo.can_ask(subject.server);
    return fmt::format(
        "a TCP SYN with type of service 0x{:02x} to {}{}", limits::kTypeOfService, server,
        can_compare ? " and a ping with the same, to see whether the way keeps it" : "");
  }
  if (sends == "echo") {
    const bool can_ask = tools_.echo.can_ask(subject.server);
    return can_ask ? "an ICMP echo request to " + subject.server.to_string() : std::string();
  }
  if (subject.name.empty()) return {};
  const std::string question = question_words(subject);
  if (sends == "dns-tcp") {
    return subject.is_tcp ? std::string() : fmt::format("{} over TCP to {}", question, server);
  }
  if (sends == "dns-cd") {
    return fmt::format("{} to {}, without a check of signatures (CD)", question, server);
  }
  if (sends == "dns-edns") {
    return fmt::format("{} to {} with EDNS, so that it may say why", question, server);
  }
  if (sends == "dns-other-name") {
    const std::string top = top_of(subject.name);
    return top.empty() ? std::string() : fmt::format("NS of {} to {}", top, server);
  }
  if (sends == "dns-resolver") {
    const Resolver* other = other_resolver(subject);
    if (other == nullptr) return {};
    return fmt::format("{} to the other resolver {}", question,
                       endpoint_words(other->address, other->port));
  }
  if (sends == "dns-authority") {
    return fmt::format("{} to the servers that hold the name, asked for at {}", question, server);
  }
  return {};
}

Heard Actions::ask(const std::string& sends, const Subject& subject) {
  if (sends == "closed-port") return ask_closed_port(subject);
  if (sends == "tcp-tos") return ask_with_type_of_service(subject);
  if (sends == "echo") return ask_echo(subject);
  if (sends == "dns-other-name") return ask_other_name(subject);
  if (sends == "dns-resolver") return ask_other_resolver(subject);
  if (sends == "dns-authority") return ask_authority(subject);
  return ask_dns_again(sends, subject);
}

Heard Actions::ask_dns_again(const std::string& sends, const Subject& subject) {
  DnsQuestion question = question_of(subject);
  if (sends == "dns-tcp") {
    question.is_tcp = true;
    question.patience = limits::kCheckDnsTcp;
  }
  if (sends == "dns-cd") {
    question.is_checking_disabled = true;
    question.wants_signatures = true;
  }
  if (sends != "dns-tcp") question.edns_size = limits::kEdnsSize;
  return {words_of(ask_dns(question, tools_.clock, tools_.ports))};
}

Heard Actions::ask_other_name(const Subject& subject) {
  DnsQuestion question = question_of(subject);
  question.name = top_of(subject.name);
  question.type = ns_t_ns;
  return {words_of(ask_dns(question, tools_.clock, tools_.ports))};
}

Heard Actions::ask_other_resolver(const Subject& subject) {
  const Resolver* other = other_resolver(subject);
  if (other == nullptr) return {};
  tools_.admit(other->address);
  DnsQuestion question = question_of(subject);
  question.server = other->address;
  question.port = other->port;
  question.is_tcp = false;
  return {words_of(ask_dns(question, tools_.clock, tools_.ports))};
}

Heard Actions::ask_authority(const Subject& subject) {
  const Resolver resolver{subject.server, subject.port};
  const AuthorityAsked asked = probe::ask_authority(resolver, subject.name, subject.type,
                                                    tools_.clock, tools_.ports, tools_.admit);
  Heard heard{asked.words};
  // That nobody answered shows in the packets; that they are the name's own servers does not.
  if (!asked.servers.empty() && !asked.is_answered && !tools_.clock.is_over()) {
    heard.fact = evidence::Fact{"dns.authority_answers", evidence::Truth::no, asked.words, {}};
  }
  return heard;
}

Heard Actions::ask_closed_port(const Subject& subject) {
  const std::uint16_t port = closed_port(subject);
  if (subject.is_tcp) {
    return {words_of(try_tcp({subject.server, port, limits::kTypeOfService, limits::kCheckConnect},
                             tools_.clock, tools_.ports))};
  }
  return {words_of(
      try_udp({subject.server, port, 0, limits::kCheckDatagram}, tools_.clock, tools_.ports))};
}

Heard Actions::ask_with_type_of_service(const Subject& subject) {
  const int ended =
      try_tcp({subject.server, subject.port, limits::kTypeOfService, limits::kCheckConnect},
              tools_.clock, tools_.ports);
  if (tools_.echo.can_ask(subject.server)) {
    tools_.clock.sleep(limits::kBetweenPackets);
    (void)tools_.echo.ask(subject.server, tools_.clock);
  }
  return {words_of(ended)};
}

Heard Actions::ask_echo(const Subject& subject) {
  return {tools_.echo.ask(subject.server, tools_.clock) ? "an echo reply" : "no echo reply"};
}

}  // namespace whydown::probe
