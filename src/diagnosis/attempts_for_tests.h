// Hand-made attempts for the tests of this stage.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "base/interner.h"
#include "diagnosis/catalogue.h"
#include "diagnosis/diagnosis.h"
#include "evidence/evidence.h"

namespace whydown::diagnosis::for_tests {

using evidence::Attempt;
using evidence::Outcome;
using evidence::Protocol;
using evidence::Service;
using evidence::Step;
using evidence::Symptom;

inline base::IpAddress address(std::string_view text) {
  return base::IpAddress::parse(text).value_or(base::IpAddress{});
}

inline base::Time at(double seconds) {
  return base::time_from_ns(static_cast<std::int64_t>(seconds * 1e9));
}

inline Service dns_service(std::string_view server) {
  return {address(server), 53, packet::Transport::udp, Protocol::dns};
}
inline Service tcp_service(std::string_view server, std::uint16_t port) {
  return {address(server), port, packet::Transport::tcp, Protocol::tcp};
}
inline Service tls_service(std::string_view server, std::uint16_t port) {
  return {address(server), port, packet::Transport::tcp, Protocol::tls};
}
inline Service http_service(std::string_view server, std::uint16_t port) {
  return {address(server), port, packet::Transport::tcp, Protocol::http};
}
inline Service udp_service(std::string_view server, std::uint16_t port) {
  return {address(server), port, packet::Transport::udp, Protocol::udp};
}
inline Service quic_service(std::string_view server) {
  return {address(server), 443, packet::Transport::udp, Protocol::quic};
}
inline Service arp_service(std::string_view target) {
  return {address(target), 0, packet::Transport::none, Protocol::arp};
}
inline Service echo_service(std::string_view target) {
  return {address(target), 0, packet::Transport::icmp, Protocol::icmp};
}

inline Step step_of(const Service& service) {
  switch (service.protocol) {
    case Protocol::arp:
    case Protocol::nd:
      return Step::address;
    case Protocol::icmp:
      return Step::route;
    case Protocol::dns:
      return Step::name;
    case Protocol::tls:
      return Step::secure;
    case Protocol::http:
      return Step::request;
    default:
      return Step::connect;
  }
}

inline Outcome outcome_of(Symptom symptom) {
  switch (symptom) {
    case Symptom::none:
      return Outcome::ok;
    case Symptom::no_response:
      return Outcome::silent;
    case Symptom::serv_fail:
    case Symptom::nx_domain:
    case Symptom::format_error:
    case Symptom::net_unreachable:
    case Symptom::host_unreachable:
    case Symptom::ttl_exceeded:
      return Outcome::failed;
    default:
      return Outcome::refused;
  }
}

// Makes attempts with packets numbered as they come.
class Maker {
 public:
  explicit Maker(base::Interner& names) : names_(&names) {}

  // An attempt at `begin` (seconds) that ends in `symptom` half a second later. `sender` is who
  // sent an ICMP error; the server itself when empty.
  Attempt make(const Service& service, std::string_view client, double begin, Symptom symptom,
               std::string_view name = {}, std::string_view sender = {}) {
    Attempt attempt;
    attempt.service = service;
    attempt.client = address(client);
    attempt.step = step_of(service);
    attempt.outcome = outcome_of(symptom);
    attempt.symptom = symptom;
    attempt.client_spoke = true;
    attempt.tries = 1;
    attempt.begin = at(begin);
    attempt.end = at(begin);
    attempt.request = packet(attempt.client, service.server, begin, request_kind(service));
    attempt.request.name = names_->add(name);
    attempt.request.destination_port = service.port;
    if (symptom == Symptom::no_response) return attempt;
    attempt.end = at(begin + 0.5);
    attempt.latency = std::chrono::milliseconds{500};
    const base::IpAddress from = sender.empty() ? service.server : address(sender);
    const bool is_icmp =
        symptom >= Symptom::port_unreachable && symptom <= Symptom::other_icmp_error;
    attempt.server_spoke = !is_icmp;
    attempt.answer = packet(from, attempt.client, begin + 0.5,
                            is_icmp ? journey::Kind::icmp_error : answer_kind(service, symptom));
    if (is_icmp) quote(attempt, symptom);
    return attempt;
  }

  // Answered in the end, `latency` seconds later.
  Attempt late(const Service& service, std::string_view client, double begin, double latency,
               std::string_view name = {}) {
    Attempt attempt = make(service, client, begin, Symptom::none, name);
    attempt.outcome = Outcome::slow;
    attempt.symptom = Symptom::slow_answer;
    attempt.latency = at(latency).time_since_epoch();
    attempt.end = attempt.answer.place.time = at(begin + latency);
    return attempt;
  }
  // Silent here, and served by another server after `wait` seconds.
  Attempt rescued(const Service& service, std::string_view client, double begin, double wait,
                  std::string_view name = {}) {
    Attempt attempt = make(service, client, begin, Symptom::no_response, name);
    attempt.healed = attempt.answered_by_other_server = true;
    attempt.latency = at(wait).time_since_epoch();
    return attempt;
  }

 private:
  static journey::Kind request_kind(const Service& service) {
    switch (service.protocol) {
      case Protocol::arp:
        return journey::Kind::arp_request;
      case Protocol::dns:
        return journey::Kind::dns_query;
      case Protocol::tcp:
        return journey::Kind::tcp_syn;
      case Protocol::icmp:
        return journey::Kind::icmp_echo_request;
      default:
        return journey::Kind::udp_datagram;
    }
  }
  static journey::Kind answer_kind(const Service& service, Symptom symptom) {
    switch (service.protocol) {
      case Protocol::arp:
        return journey::Kind::arp_reply;
      case Protocol::dns:
        return journey::Kind::dns_answer;
      case Protocol::tcp:
        return symptom == Symptom::reset ? journey::Kind::tcp_reset : journey::Kind::tcp_syn_ack;
      case Protocol::icmp:
        return journey::Kind::icmp_echo_reply;
      default:
        return journey::Kind::udp_datagram;
    }
  }
  journey::Digest packet(const base::IpAddress& from, const base::IpAddress& to, double time,
                         journey::Kind kind) {
    journey::Digest digest;
    digest.place = {at(time), ++number_, 0, 0};
    digest.source = from;
    digest.destination = to;
    digest.kind = kind;
    digest.network = packet::Network::ipv4;
    return digest;
  }
  static void quote(Attempt& attempt, Symptom symptom) {
    journey::Digest& error = attempt.answer;
    error.known.set(packet::Field::quote);
    error.transport = packet::Transport::icmp;
    error.icmp_type = symptom == Symptom::ttl_exceeded ? 11 : 3;
    error.icmp_code = symptom == Symptom::port_unreachable   ? 3
                      : symptom == Symptom::host_unreachable ? 1
                      : symptom == Symptom::admin_prohibited ? 13
                                                             : 0;
    error.quoted_source = attempt.client;
    error.quoted_destination = attempt.service.server;
    error.quoted_destination_port = attempt.service.port;
    error.quoted_transport = attempt.service.transport;
  }

  base::Interner* names_;
  std::uint64_t number_ = 0;
};

inline const Catalogue& catalogue() {
  static const Catalogue built_in = Catalogue::built_in().value_or(Catalogue{});
  return built_in;
}

// Attempts on their way to a diagnosis. A test's own world adds what it adds often.
struct Scene {
  base::Interner names;
  evidence::Store store;
  Maker maker{names};

  Diagnosis diagnosis() const { return diagnose(store, catalogue(), names); }
  // ... of a capture from second 0 to `end`.
  Diagnosis diagnosis_of_capture(double end = 60) {
    journey::Totals totals;
    totals.packets = 9000;
    totals.first.time = at(0);
    totals.last.time = at(end);
    totals.last.number = 100000;
    store.set_totals(totals);
    base::InputInfo input;
    input.packets = totals.packets;
    input.first_time = at(0);
    input.last_time = at(end);
    store.set_inputs({input});
    return diagnosis();
  }
};

}  // namespace whydown::diagnosis::for_tests
