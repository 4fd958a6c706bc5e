// Facts about the machine behind the service: its other ports, and whether it lives at all.
#include <array>
#include <set>

#include <fmt/format.h>

#include "evidence/facts/facts.h"
#include "evidence/limits.h"

namespace whydown::evidence::facts_detail {

namespace {

bool has_port(const Row& row) { return row.key.service.port != 0; }

// Tried at a port of the host that is none of the subject's, of any transport. DNS over UDP and
// over TCP are one service, which has facts of its own.
RowList other_ports(const View& view) {
  return rows_where(view.host, [&](const Row& row) {
    const bool is_subject = std::ranges::any_of(view.subject.services, [&](const Service& service) {
      return service.server == row.key.service.server && service.port == row.key.service.port &&
             (service.protocol == Protocol::dns || service.transport == row.key.service.transport);
    });
    return has_port(row) && !is_subject && row.mid_stream < row.attempts;
  });
}

std::string services(const View& view, const RowList& rows) {
  std::vector<std::string> names;
  for (const Row* row : rows) {
    const std::string name = view.endpoint(row->key.service);
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return list(names, names.size());
}

// Refused like the subject; where the subject is silent, refused by the machine itself.
bool is_refused_alike(const View& view, const Row& row) {
  if (view.subject.symptom != Symptom::no_response) return row.key.symptom == view.subject.symptom;
  if (row.key.symptom == Symptom::reset) return true;
  return row.key.symptom == Symptom::port_unreachable && row.error_from_server > 0;
}

// Packets that the server's own address sent while the failure lasted.
const Digest* sent_by_server(const View& view, const Attempt& attempt) {
  if (!is_during(view, attempt.answer.place.time)) return nullptr;
  const bool is_own = attempt.answer.is_set() && attempt.answer.source == attempt.service.server;
  return is_own ? &attempt.answer : nullptr;
}

bool is_answered(const Row& row) {
  return row.server_spoke > 0 || row.error_from_server > 0 || row.key.symptom == Symptom::reset ||
         (is_ok(row) &&
          (is_neighbour(row.key.service.protocol) || row.key.service.protocol == Protocol::icmp));
}

RowList answered_during(const View& view) {
  return rows_where(view.host, [&](const Row& row) {
    return is_answered(row) && answered_between(row, view.first, view.until);
  });
}

// Different services of the subject's servers tried in vain since the first failure. A host is
// asked for by ARP or ND, echo, or a port.
std::set<Service> tried_during(const View& view) {
  std::set<Service> tried;
  for (const Row* row : view.host) {
    const bool is_without = row->key.outcome != Outcome::unknown && !is_answered(*row);
    if (is_without && is_during(view, *row)) tried.insert(row->key.service);
  }
  return tried;
}

// A host that is asked for by ARP just before the first packet to it is sent.
constexpr base::Duration kResolvedBefore = std::chrono::seconds{3};

struct Neighbours {
  RowList answered;
  RowList unanswered;
};

// Near the failure. An answer that came before the requests went unanswered is of better days.
Neighbours neighbours(const View& view) {
  const bool is_subject = is_neighbour(view.subject.services.front().protocol);
  const base::Time from = base::add(view.first, is_subject ? base::Duration{0} : -kResolvedBefore);
  Neighbours out;
  base::Time first_unanswered = base::Time::max();
  for (const Row* row : view.host) {
    if (!is_neighbour(row->key.service.protocol) || !began_between(*row, from, view.until))
      continue;
    if (is_ok(*row)) out.answered.push_back(row);
    if (row->key.symptom != Symptom::no_response) continue;
    out.unanswered.push_back(row);
    first_unanswered = std::min(first_unanswered, row->first);
  }
  std::erase_if(out.answered, [&](const Row* row) {
    return latest_begin(*row) < first_unanswered && !out.unanswered.empty();
  });
  return out;
}

std::string asked(const RowList& rows, std::string_view result) {
  return fmt::format("{} for the server's hardware address {}",
                     counted(sum(rows, &Row::tries), "request"), result);
}

Finding other_ports_refuse(const View& view) {
  const RowList tried = rows_where(other_ports(view), [&](const Row& row) {
    return std::ranges::any_of(view.subject.services,
                               [&](const Service& service) {
                                 return service.transport == row.key.service.transport;
                               }) &&
           row.key.outcome != Outcome::unknown;
  });
  const RowList refused =
      rows_where(tried, [&](const Row& row) { return is_refused_alike(view, row); });
  if (!refused.empty()) return yes(services(view, refused) + " refused", cite_answers(refused));
  if (tried.empty()) return unknown();
  return no(services(view, tried) + " not refused that way", cite_requests(tried));
}

Finding other_ports_answer(const View& view) {
  const RowList tried = rows_where(other_ports(view), [&](const Row& row) {
    return row.key.outcome != Outcome::unknown && is_during(view, row);
  });
  const RowList answered = rows_where(tried, [&](const Row& row) {
    return is_ok(row) && answered_between(row, view.first, view.until);
  });
  if (!answered.empty()) return yes(services(view, answered) + " answered", cite_answers(answered));
  if (tried.empty()) return unknown();
  return no(services(view, tried) + " did not serve", cite_requests(tried));
}

Finding silent_everywhere(const View& view) {
  const RowList answered = answered_during(view);
  if (!answered.empty())
    return no(services(view, answered) + " sent packets", cite_answers(answered));
  if (std::vector<base::Place> packets = heard_during(view); !packets.empty()) {
    return no("packets on connections that went on", std::move(packets));
  }
  const std::set<Service> tried = tried_during(view);
  // Two of each machine: that two machines have one silent service each says nothing of either.
  for (const base::IpAddress& server : view.servers) {
    const auto is_its = [&](const Service& service) { return service.server == server; };
    if (std::ranges::count_if(tried, is_its) < 2) return unknown();
  }
  const RowList rows =
      rows_where(view.host, [&](const Row& row) { return tried.contains(row.key.service); });
  return yes(fmt::format("{} services tried, nothing sent by the server itself", tried.size()),
             cite_requests(rows));
}

Finding several_silent(const View& view) {
  const bool is_silent = view.subject.symptom == Symptom::no_response;
  if (!is_silent || is_neighbour(view.subject.services.front().protocol)) return unknown();
  const RowList answered = answered_during(view);
  std::set<base::IpAddress> silent;
  RowList rows;
  for (const Row* row : view.failed) {
    const base::IpAddress& server = row->key.service.server;
    const bool is_heard = std::ranges::any_of(
        answered, [&](const Row* other) { return other->key.service.server == server; });
    if (is_heard || !silent.insert(server).second) continue;
    rows.push_back(row);
  }
  if (silent.size() < 2) return unknown();
  return yes(fmt::format("{} servers, none of which sent anything", silent.size()),
             cite_requests(rows));
}

Finding alive(const View& view) {
  // Whoever sends what nobody acknowledges is only heard where it is captured.
  if (server_stuck(view).truth == Truth::yes) return unknown();
  const RowList rows = answered_during(view);
  if (!rows.empty()) {
    std::vector<base::Place> packets =
        cite(rows, [&](const Attempt& attempt) { return sent_by_server(view, attempt); });
    if (packets.empty()) packets = cite_answers(rows);
    return yes(fmt::format("packets of {} itself since the first failure",
                           view.book.text(rows.front()->key.service.server)),
               std::move(packets));
  }
  if (std::vector<base::Place> packets = heard_during(view); !packets.empty()) {
    return yes(fmt::format("packets of {} itself on connections since the first failure",
                           view.book.text(view.servers.front())),
               std::move(packets));
  }
  const Finding silent = silent_everywhere(view);
  if (silent.truth == Truth::yes) return no(silent.detail, silent.packets);
  return unknown();
}

Finding neighbour_unanswered(const View& view) {
  const Neighbours found = neighbours(view);
  if (found.answered.empty() && found.unanswered.empty()) return unknown();
  if (found.unanswered.empty())
    return no(asked(found.answered, "answered"), cite_answers(found.answered));
  const std::string detail = asked(found.unanswered, "unanswered");
  if (!found.answered.empty()) return unknown(detail + ", others answered");
  return yes(detail, cite_requests(found.unanswered));
}

Finding neighbour_answered(const View& view) {
  const Neighbours found = neighbours(view);
  if (!found.answered.empty())
    return yes(asked(found.answered, "answered"), cite_answers(found.answered));
  if (found.unanswered.empty()) return unknown();
  return no(asked(found.unanswered, "unanswered"), cite_requests(found.unanswered));
}

constexpr std::array kHostFacts = {
    Entry{{"host.other_ports_refuse",
           "Do other ports of the same transport on this server refuse in the same way (where the "
           "subject is silent: by a reset or port unreachable of the server itself)?",
           "nmap.org, UDP scan port states"},
          other_ports_refuse},
    Entry{{"host.other_ports_answer",
           "Did other ports of this server, of any transport, serve requests since the first "
           "failure? (Of "
           "DNS, not its own port over TCP: dns.tcp_answers asks for that.)",
           ""},
          other_ports_answer},
    Entry{{"host.alive",
           "Did the server's own address send any packet since the first failure: an answer, a "
           "reset, an ICMP error, an ARP or echo reply, or a packet on a TCP connection that went "
           "on? No "
           "only where it was silent everywhere.",
           ""},
          alive},
    Entry{{"host.silent_everywhere",
           "Were two or more different services of the server (ports, echo, ARP) tried since the "
           "first failure, and none drew a packet from it? Of several servers, two of each.",
           ""},
          silent_everywhere},
    Entry{{"host.several_silent",
           "Are two or more servers, at addresses of their own, silent in the same way, and was "
           "nothing heard of any of them since the first failure?",
           ""},
          several_silent},
    Entry{{"arp.server_unanswered",
           "Were ARP or neighbour requests for the server's address near the failure left "
           "unanswered, and none answered since?",
           "RFC 826; RFC 4861 7.2.2"},
          neighbour_unanswered},
    Entry{{"arp.server_answered",
           "Was an ARP or neighbour request for the server's address answered near the failure "
           "(from 3 s before it), and not unanswered ones only since?",
           "RFC 826; RFC 4861 7.2.4"},
          neighbour_answered},
};

}  // namespace

std::span<const Entry> host_facts() { return kHostFacts; }

}  // namespace whydown::evidence::facts_detail
