// Builds attempts and stores by hand, for the tests of this stage.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "evidence/evidence.h"

namespace whydown::evidence::testing {

using base::IpAddress;
using journey::Kind;
using packet::Field;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }
inline base::Time at(double seconds_since_start) {
  constexpr std::int64_t start_ns = 1'700'000'000'000'000'000;
  return base::time_from_ns(start_ns + static_cast<std::int64_t>(seconds_since_start * 1e9));
}

inline const IpAddress kServer = ip("203.0.113.2");
inline const IpAddress kRouter = ip("10.7.1.1");
inline const IpAddress kClient = ip("192.51.100.15");
inline const IpAddress kOther = ip("192.51.100.16");

inline Service dns(const IpAddress& server = kServer) {
  return {server, 53, packet::Transport::udp, Protocol::dns};
}
inline Service dns_tcp(const IpAddress& server = kServer) {
  return {server, 53, packet::Transport::tcp, Protocol::tcp};
}
inline Service tcp(std::uint16_t port, const IpAddress& server = kServer) {
  return {server, port, packet::Transport::tcp, Protocol::tcp};
}
inline Service udp(std::uint16_t port, const IpAddress& server = kServer) {
  return {server, port, packet::Transport::udp, Protocol::udp};
}
inline Service arp(const IpAddress& server = kServer) {
  return {server, 0, packet::Transport::none, Protocol::arp};
}
inline Service echo(const IpAddress& server = kServer) {
  return {server, 0, packet::Transport::icmp, Protocol::icmp};
}

// An attempt, request and answer included, of packets that were decoded from bytes. `number` gives
// the packets' numbers: the request's, and one more for the answer.
class Make {
 public:
  Make(const Service& service, double begin, std::uint64_t number,
       const IpAddress& client = kClient)
      : number_(number), begin_(begin) {
    made_.service = service;
    made_.client = client;
    made_.client_spoke = true;
    made_.tries = 1;
    made_.begin = made_.end = at(begin);
    made_.step = service.protocol == Protocol::dns ? Step::name
                 : service.protocol == Protocol::arp || service.protocol == Protocol::nd
                     ? Step::address
                     : Step::connect;
    made_.request = digest(request_kind(), client, service.server, begin, number);
    if (service.protocol == Protocol::dns) {
      made_.request.dns_type = packet::dns::type::a;
      made_.request.dns_id = static_cast<std::uint16_t>(number);
      made_.request.source_port = static_cast<std::uint16_t>(40000 + number);
    }
    silent();
  }

  Make& ok(double latency = 0.001) {
    made_.outcome = Outcome::ok;
    made_.symptom = Symptom::none;
    made_.server_spoke = true;
    return answer(answer_kind(), made_.service.server, latency);
  }
  Make& silent() {
    made_.outcome = Outcome::silent;
    made_.symptom = Symptom::no_response;
    made_.server_spoke = false;
    made_.answer = {};
    made_.latency = base::Duration{-1};
    return *this;
  }
  Make& reset(double latency = 0.001) {
    made_.outcome = Outcome::refused;
    made_.symptom = Symptom::reset;
    made_.server_spoke = true;
    return answer(Kind::tcp_reset, made_.service.server, latency);
  }
  // An ICMP error from `source`, which quotes the request.
  Make& error(Symptom symptom, const IpAddress& source = kServer, double latency = 0.001) {
    made_.outcome = Outcome::refused;
    made_.symptom = symptom;
    made_.server_spoke = source == made_.service.server;
    answer(Kind::icmp_error, source, latency);
    Digest& error = made_.answer;
    error.quoted_source = made_.client;
    error.quoted_destination = made_.service.server;
    error.known.set(Field::quote);
    error.tos = 0xc0;
    error.ip_id = 4711;
    return *this;
  }
  Make& rcode(Symptom symptom, double latency = 0.001) {
    made_.outcome = symptom == Symptom::refused ? Outcome::refused : Outcome::failed;
    made_.symptom = symptom;
    made_.server_spoke = true;
    return answer(Kind::dns_answer, made_.service.server, latency);
  }
  Make& ede(std::uint16_t code) {
    made_.answer.extended_error = static_cast<std::uint16_t>(code + 1);
    return *this;
  }
  Make& name(std::uint32_t id) {
    made_.request.name = id;
    if (made_.answer.is_set()) made_.answer.name = id;
    return *this;
  }
  Make& ttl(std::uint8_t value) {
    made_.answer.ttl = value;
    return *this;
  }
  Make& tries(std::uint32_t count, double last) {
    made_.tries = count;
    made_.last_request = made_.request;
    made_.last_request.place.time = at(last);
    made_.last_request.place.number = number_ + count - 1;
    if (!made_.answer.is_set()) made_.end = at(last);
    return *this;
  }
  // As read from a text log: only what it prints is known.
  Make& text(std::uint32_t printed, std::uint32_t expected, std::uint32_t printed_error = 0) {
    for (Digest* digest : {&made_.request, &made_.last_request, &made_.answer}) {
      digest->known = {};
      digest->known.set(Field::payload_length);
      digest->known.set(Field::dns_id);
    }
    made_.answer.known.set(Field::quote);
    made_.request.payload_length = printed;
    made_.request.expected_length = expected;
    if (printed_error != 0) made_.answer.payload_length = printed_error - 8;
    return *this;
  }
  Attempt& get() { return made_; }
  operator const Attempt&() const { return made_; }  // NOLINT(google-explicit-constructor)

 private:
  Kind request_kind() const {
    switch (made_.service.protocol) {
      case Protocol::dns:
        return Kind::dns_query;
      case Protocol::tcp:
        return Kind::tcp_syn;
      case Protocol::arp:
        return Kind::arp_request;
      case Protocol::icmp:
        return Kind::icmp_echo_request;
      default:
        return Kind::udp_datagram;
    }
  }
  Kind answer_kind() const {
    switch (made_.service.protocol) {
      case Protocol::dns:
        return Kind::dns_answer;
      case Protocol::tcp:
        return Kind::tcp_syn_ack;
      case Protocol::arp:
        return Kind::arp_reply;
      case Protocol::icmp:
        return Kind::icmp_echo_reply;
      default:
        return Kind::udp_datagram;
    }
  }
  Make& answer(Kind kind, const IpAddress& source, double latency) {
    made_.answer = digest(kind, source, made_.client, begin_ + latency, number_ + 1);
    made_.answer.name = made_.request.name;
    made_.latency = std::chrono::nanoseconds{static_cast<std::int64_t>(latency * 1e9)};
    made_.end = at(begin_ + latency);
    return *this;
  }
  Digest digest(Kind kind, const IpAddress& source, const IpAddress& destination, double when,
                std::uint64_t number) const {
    Digest out;
    out.kind = kind;
    out.place.time = at(when);
    out.place.number = number;
    out.source = source;
    out.destination = destination;
    out.network =
        made_.service.protocol == Protocol::arp ? packet::Network::arp : packet::Network::ipv4;
    out.transport = made_.service.transport;
    out.ttl = 64;
    for (const Field field :
         {Field::bytes, Field::ttl, Field::tos, Field::ip_id, Field::dont_fragment,
          Field::payload_length, Field::dns_id, Field::dns_sections}) {
      out.known.set(field);
    }
    if (made_.service.protocol == Protocol::arp) out.known.clear(Field::ttl);
    return out;
  }

  Attempt made_;
  std::uint64_t number_;
  double begin_;
};

// A store filled with attempts, and the questions put to it.
struct Scene {
  Scene(std::initializer_list<Attempt> attempts = {}) {
    for (const Attempt& attempt : attempts) store.attempt(attempt);
  }
  explicit Scene(const std::vector<Attempt>& attempts) {
    for (const Attempt& attempt : attempts) store.attempt(attempt);
  }
  Fact ask(std::string_view id, const Subject& subject) const {
    for (Fact& fact : facts(store, subject, names)) {
      if (fact.id == id) return std::move(fact);
    }
    return {"no such fact", Truth::unknown, "no such fact", {}};
  }
  void observe(Sign sign, const Service& service, std::uint64_t number, std::uint64_t times = 1) {
    for (std::uint64_t i = 0; i < times; ++i) {
      Observation seen;
      seen.sign = sign;
      seen.service = service;
      seen.client = kClient;
      seen.packet.kind = Kind::udp_datagram;
      seen.packet.place.number = number + i;
      seen.packet.place.time = at(static_cast<double>(number + i));
      seen.latency = seconds{6};
      store.observation(seen);
    }
  }
  // A connection that was accepted then, and watched for `watched`.
  void connection(Sign sign, const Service& service, double accepted, std::uint64_t number,
                  base::Duration watched = seconds{8}) {
    Observation seen;
    seen.sign = sign;
    seen.service = service;
    seen.client = kClient;
    seen.packet.kind = sign == Sign::server_heard ? Kind::tcp_segment : Kind::tcp_syn_ack;
    seen.packet.place.number = number;
    seen.packet.place.time = at(accepted);
    seen.latency = watched;
    store.observation(seen);
  }

  Store store;
  base::Interner names;
};

inline Subject subject(const Service& service, Symptom symptom) {
  const bool is_name = service.protocol == Protocol::dns;
  const bool is_address = service.protocol == Protocol::arp;
  return {{service}, is_name ? Step::name : is_address ? Step::address : Step::connect, symptom};
}

inline std::vector<std::uint64_t> numbers(const std::vector<base::Place>& places) {
  std::vector<std::uint64_t> out;
  for (const base::Place& place : places) out.push_back(place.number);
  return out;
}

inline void add(Row& row, Attempt attempt, std::size_t first = Row::kFirst,
                std::size_t last = Row::kLast) {
  attempt.complete_outline();
  row.add(attempt, journey::WholePackets{attempt}, first, last);
}

// One row of a fact's table.
struct Case {
  const char* what;
  std::vector<Attempt> attempts;
  Subject subject;
  Truth truth;
  std::vector<std::uint64_t> packets = {};  // checked unless empty
};

// Asks one fact about every row of a table. A known fact says what it measured.
inline void expect_facts(std::string_view id, const std::vector<Case>& cases) {
  for (const Case& row : cases) {
    const Scene scene(row.attempts);
    const Fact fact = scene.ask(id, row.subject);
    EXPECT_EQ(fact.id, id);
    EXPECT_EQ(fact.truth, row.truth) << id << ": " << row.what << ": " << fact.detail;
    if (fact.truth != Truth::unknown) {
      EXPECT_FALSE(fact.detail.empty()) << id << ": " << row.what;
    }
    if (!row.packets.empty()) {
      EXPECT_EQ(numbers(fact.packets), row.packets) << id << ": " << row.what;
    }
  }
}

}  // namespace whydown::evidence::testing
