// Facts from the time to live: did an error or a reset travel as far as the server's own packets,
// and had the router that complains of a request counted it down already?
#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

using journey::Kind;
using packet::Field;

// What systems start with: 64 Linux and BSD, 128 Windows, 255 routers and Solaris, 32 old ones.
constexpr std::array<int, 4> kInitialTtls = {32, 64, 128, 255};

// Routers passed, under the guess that the sender used the smallest initial value that fits.
int hops(std::uint8_t ttl) {
  for (const int initial : kInitialTtls) {
    if (ttl <= initial) return initial - ttl;
  }
  return 0;
}

struct Distances {
  std::set<int> hops;
  std::set<int> ttls;
  std::vector<base::Place> packets;

  void add(const Digest& digest) {
    hops.insert(facts_detail::hops(digest.ttl));
    ttls.insert(digest.ttl);
    packets.push_back(digest.place);
  }
  std::string words() const {
    std::vector<std::string> items;
    items.reserve(ttls.size());
    for (const int ttl : ttls) items.push_back(std::to_string(ttl));
    return list(items, items.size());
  }
};

bool is_from(const Digest& digest, const base::IpAddress& address) {
  return digest.is_set() && digest.source == address && digest.known.has(Field::ttl);
}

// The answers of the server to attempts that succeeded, at any of its services.
Distances normal_packets(const View& view, const base::IpAddress& server) {
  Distances normal;
  for (const Row* row : view.host) {
    if (row->key.service.server != server || !is_served(*row, Symptom::no_response)) continue;
    for (const Attempt* attempt : row->exemplars()) {
      if (is_from(attempt->answer, server)) normal.add(attempt->answer);
    }
  }
  return normal;
}

// The server's own answer to a request with a type of service.
bool shows_both_tos(const Attempt& attempt) {
  const Digest& request = attempt.request;
  const Digest& answer = attempt.answer;
  return request.is_set() && request.known.has(Field::tos) && request.tos != 0 && answer.is_set() &&
         answer.known.has(Field::tos) && answer.source == attempt.service.server;
}

// Compares packets of one kind that carry the server's address with its normal ones.
Finding compare(const View& view, const RowList& rows, Kind kind, std::string_view noun) {
  std::uint64_t same = 0;
  std::uint64_t different = 0;
  std::vector<base::Place> packets;
  std::string detail;
  for (const base::IpAddress& server : view.servers) {
    const Distances normal = normal_packets(view, server);
    if (normal.hops.empty()) continue;
    Distances odd;
    for (const Row* row : rows) {
      for (const Attempt* attempt : row->exemplars()) {
        const Digest& answer = attempt->answer;
        if (answer.kind != kind || !is_from(answer, server)) continue;
        odd.add(answer);
        ++(normal.hops.contains(hops(answer.ttl)) ? same : different);
      }
    }
    if (odd.packets.empty()) continue;
    detail += fmt::format(
        "{}in the kept packets, {} of {} arrive with TTL {}, its normal packets with {}",
        detail.empty() ? "" : "; ", noun, view.book.text(server), odd.words(), normal.words());
    std::vector<base::Place> pair = both(odd.packets, normal.packets);
    packets.insert(packets.end(), pair.begin(), pair.end());
  }
  if (same > 0 && different > 0) return unknown(detail);
  if (different > 0) return yes(detail, earliest(std::move(packets)));
  if (same > 0) return no(detail, earliest(std::move(packets)));
  return unknown();
}

// Routers that counted the request down before it was complained of, less those that the error
// passed on its way back: between the capture and the device that complains both go the same way.
// One more means that the device itself had counted it down. Nothing where a TTL is not known.
std::optional<int> routers_more(const Attempt& attempt) {
  const Digest& error = attempt.answer;
  const Digest& request = attempt.request;
  const bool is_known = error.known.has(Field::ttl) && error.known.has(Field::quote_header) &&
                        request.is_set() && request.known.has(Field::ttl);
  if (error.kind != Kind::icmp_error || error.source == error.quoted_destination || !is_known) {
    return std::nullopt;
  }
  constexpr int kLinux = 64;  // who starts higher need not count down where Linux does
  if (error.ttl > kLinux || error.ttl <= kLinux / 2) return std::nullopt;
  return (request.ttl - error.quoted_ttl) - (kLinux - error.ttl);
}

Finding quote_counted_down(const View& view) {
  std::array<std::uint64_t, 2> counts{};  // by routers_more()
  std::uint64_t others = 0;
  std::vector<base::Place> packets;
  for (const Row* row : view.errors) {
    for (const Attempt* attempt : row->exemplars()) {
      const std::optional<int> more = routers_more(*attempt);
      if (!more) continue;
      packets.push_back(attempt->answer.place);
      const bool is_clear = *more == 0 || *more == 1;
      ++(is_clear ? counts[static_cast<std::size_t>(*more)] : others);
    }
  }
  // The way back may be another one: then the numbers say nothing.
  if (others > 0 || (counts[0] > 0) == (counts[1] > 0)) return unknown();
  packets = earliest(std::move(packets));
  if (counts[1] > 0) {
    return yes(
        "in the kept packets, the request that is quoted was counted down once more than "
        "the error on its way back",
        std::move(packets));
  }
  return no(
      "in the kept packets, the request that is quoted was counted down as often as the error "
      "on its way back",
      std::move(packets));
}

Finding closer_than_server(const View& view) {
  RowList rows = view.errors;
  std::ranges::copy_if(view.failed, std::back_inserter(rows),
                       [](const Row* row) { return row->key.symptom == Symptom::reset; });
  const bool is_reset = view.subject.symptom == Symptom::reset;
  return compare(view, rows, is_reset ? Kind::tcp_reset : Kind::icmp_error,
                 is_reset ? "resets" : "ICMP errors");
}

Finding reset_ttl_differs(const View& view) {
  const RowList rows = rows_where(view.service, [](const Row& row) {
    return row.key.symptom == Symptom::reset || row.key.symptom == Symptom::no_handshake ||
           row.key.symptom == Symptom::cut_off;
  });
  return compare(view, rows, Kind::tcp_reset, "resets");
}

// Networks on the way may clear the type of service, so that a reset without it proves nothing by
// itself: only beside a packet of the same server that repeats one.
Finding reset_copies_tos(const View& view) {
  std::vector<base::Place> alike;
  std::vector<base::Place> zero;
  std::vector<base::Place> controls;
  for (const Row* row : view.host) {
    const bool is_reset = row->key.symptom == Symptom::reset;
    const bool is_echo =
        row->key.service.protocol == Protocol::icmp && is_served(*row, Symptom::no_response);
    if (!is_reset && !is_echo) continue;
    const bool is_subject = std::ranges::any_of(view.subject.services, [&](const Service& service) {
      return service.server == row->key.service.server && service.port == row->key.service.port;
    });
    for (const Attempt* attempt : row->exemplars()) {
      if (!shows_both_tos(*attempt) || !is_during(view, attempt->begin)) continue;
      const base::Place& place = attempt->answer.place;
      const bool is_alike = attempt->answer.tos == attempt->request.tos;
      if (is_alike) (is_subject && is_reset ? alike : controls).push_back(place);
      if (is_subject && is_reset && attempt->answer.tos == 0) zero.push_back(place);
    }
  }
  if (!alike.empty() && !zero.empty()) return unknown();
  if (!alike.empty()) {
    return yes("in the kept packets, resets repeat the type of service of the request",
               earliest(std::move(alike)));
  }
  if (zero.empty() || controls.empty()) return unknown();
  return no(
      "in the kept packets, resets have type of service 0 where the request had another, and other "
      "packets of the server repeat it",
      both(std::move(zero), std::move(controls)));
}

constexpr std::array kDistanceFacts = {
    Entry{{"icmp.closer_than_server",
           "Do ICMP errors or resets that carry the server's address show another hop count (from "
           "their TTL) than its answers to successful requests? In the kept packets.",
           "nmap.org, firewall and IDS packet forgery"},
          closer_than_server},
    Entry{{"reset.ttl_differs",
           "Do resets that carry the server's address show another hop count (from their TTL) than "
           "its answers to successful requests? In the kept packets.",
           "Weaver, Sommer, Paxson: Detecting Forged TCP Reset Packets, NDSS 2009"},
          reset_ttl_differs},
    Entry{
        {"reset.copies_tos",
         "Do resets in the server's name repeat the type of service of the SYNs that they refuse, "
         "where that is not 0, at the subject's port? Linux does so for a closed port; a reject "
         "rule sends 0. No only where other packets of the server repeat one (an echo reply, a "
         "reset at another port). In the kept packets.",
         "Linux net/ipv4/tcp_ipv4.c, tcp_v4_send_reset; nf_reject_ipv4.c"},
        reset_copies_tos},
    Entry{{"icmp.quote_counted_down",
           "Had the device on the way counted down the TTL of the request that it complains of, as "
           "Linux does when it forwards? No where it refused before. Of errors with a TTL from 33 "
           "to 64, in the kept packets; unknown where the way back is another one.",
           "Linux net/ipv4/ip_forward.c and route.c"},
          quote_counted_down},
};

}  // namespace

std::span<const Entry> distance_facts() { return kDistanceFacts; }

}  // namespace whydown::evidence::facts_detail
