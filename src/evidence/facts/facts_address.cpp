// Facts about how clients come to their addresses (DHCP), and about who claims which (ARP).
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

using base::IpAddress;
using packet::dhcp::Reason;
using packet::dhcp::Type;

bool is_dhcp(const View& view) { return view.subject.services.front().protocol == Protocol::dhcp; }

bool is_contest(Symptom symptom) {
  return symptom == Symptom::conflict || symptom == Symptom::spoofed;
}

// Addresses were given, by whichever server: requests go to all of them.
RowList given(const View& view) {
  RowList rows;
  for (const auto& [key, row] : view.store.rows()) {
    if (key.service.protocol == Protocol::dhcp && is_ok(row)) rows.push_back(&row);
  }
  return rows;
}

// Of the attempts kept, those that the test admits.
template <typename Test>
std::vector<const Attempt*> kept(const RowList& rows, Test test) {
  std::vector<const Attempt*> out;
  for (const Row* row : rows) {
    for (const Attempt* attempt : row->exemplars()) {
      if (test(*attempt)) out.push_back(attempt);
    }
  }
  return out;
}

std::vector<base::Place> proofs_of(const std::vector<const Attempt*>& attempts) {
  std::vector<base::Place> places;
  places.reserve(attempts.size());
  for (const Attempt* attempt : attempts) {
    places.push_back(proof_of(*attempt).place);
  }
  return earliest(std::move(places));
}

bool is_given_meanwhile(const View& view, const Attempt& attempt) {
  return is_during(view, proof_of(attempt).place.time) &&
         !view.failing_clients.kept().contains(attempt.client);
}

base::IpAddress server_of(const Digest& reply) {
  return reply.quoted_source.is_known() ? reply.quoted_source : reply.source;
}

// All servers that answered anything, and where.
std::map<base::IpAddress, base::Place> servers_in_view(const View& view) {
  std::map<base::IpAddress, base::Place> servers;
  for (const auto& [key, row] : view.store.rows()) {
    if (key.service.protocol != Protocol::dhcp) continue;
    for (const Attempt* attempt : row.exemplars()) {
      if (attempt->answer.kind != journey::Kind::dhcp_reply) continue;
      const base::IpAddress server = server_of(attempt->answer);
      if (server.is_known()) servers.try_emplace(server, attempt->answer.place);
    }
  }
  return servers;
}

Finding with_reason(const View& view, Reason reason) {
  const auto refusals = kept(view.failed, [](const Attempt& attempt) {
    return attempt.answer.dhcp_type == Type::nak && attempt.answer.dhcp_reason != Reason::none;
  });
  const auto such = kept(view.failed, [&](const Attempt& attempt) {
    return attempt.answer.dhcp_type == Type::nak && attempt.answer.dhcp_reason == reason;
  });
  if (!such.empty()) return yes("the server's own words in the refusal", proofs_of(such));
  if (refusals.empty()) return unknown();
  return no("the refusal gives another reason", proofs_of(refusals));
}

// Of IPv6, an ADVERTISE or REPLY that says that there is none (NoAddrsAvail).
bool says_none(const Attempt& attempt) {
  return attempt.answer.dhcp_type == Type::offer &&
         attempt.answer.dhcp_reason == Reason::not_available;
}

bool is_offered(const Attempt& attempt) {
  return attempt.answer.dhcp_type == Type::offer && !says_none(attempt);
}

Finding dhcp_none_left(const View& view) {
  if (!is_dhcp(view)) return unknown();
  const auto told = kept(view.failed, says_none);
  if (told.empty()) return unknown();
  return yes("the server says that it has no address to give (NoAddrsAvail)", proofs_of(told));
}

Finding dhcp_offer_unheard(const View& view) {
  if (!is_dhcp(view) || view.failed.empty()) return unknown();
  const auto offered = kept(view.failed, is_offered);
  const auto asked_on = kept(view.failed, [](const Attempt& attempt) {
    // One that failed with a DISCOVER at its end went on after the offer before.
    return is_offered(attempt) && attempt.last_request.dhcp_type == Type::discover;
  });
  if (!asked_on.empty()) {
    return yes("asked again after an offer as if there had been none", proofs_of(asked_on));
  }
  if (!offered.empty()) return unknown("offered, and then asked for in vain");
  if (sum(view.failed, &Row::server_spoke) > 0) return unknown();
  return no("no offer is in view", cite_requests(view.failed));
}

// Of many attempts few are kept. Where other clients were given addresses meanwhile, and all those
// kept from before and after began anew, so did those between.
Finding newcomers_between(const View& view, const RowList& rows) {
  const auto others = kept(rows, [&](const Attempt& attempt) {
    return !view.failing_clients.kept().contains(attempt.client);
  });
  const bool are_anew = others.size() > 1 && std::ranges::all_of(others, [](const Attempt* each) {
                          return each->request.dhcp_type == Type::discover;
                        });
  const bool are_between = std::ranges::any_of(
      rows, [&](const Row* row) { return row->times.within(view.first, view.last) != 0; });
  const auto is_other = [&](const auto& entry) {
    const auto& [key, row] = entry;
    return key.service.protocol == Protocol::dhcp && row.ok() > 1 && row.first_ok <= view.last &&
           row.last_ok >= view.first && !view.failing_clients.kept().contains(key.client);
  };
  const bool is_known = std::ranges::any_of(view.store.service_clients(), is_other);
  if (!are_anew || !are_between || !is_known) return unknown();
  return yes("other clients were given addresses all along, and all of those kept began anew",
             proofs_of(others));
}

Finding dhcp_new_clients_served(const View& view) {
  if (!is_dhcp(view)) return unknown();
  const RowList rows = given(view);
  const auto meanwhile =
      kept(rows, [&](const Attempt& attempt) { return is_given_meanwhile(view, attempt); });
  const auto newcomers = kept(rows, [&](const Attempt& attempt) {
    return is_given_meanwhile(view, attempt) && attempt.request.dhcp_type == Type::discover;
  });
  if (!newcomers.empty()) {
    return yes(view.book.text(newcomers.front()->client) + " was given an address meanwhile",
               proofs_of(newcomers));
  }
  if (meanwhile.empty()) return newcomers_between(view, rows);
  const bool are_renewals = std::ranges::all_of(meanwhile, [](const Attempt* attempt) {
    return attempt->request.dhcp_type == Type::request;
  });
  if (!are_renewals) return unknown();
  return no("only addresses that clients had already were confirmed", proofs_of(meanwhile));
}

Finding dhcp_relayed(const View& view) {
  if (!is_dhcp(view)) return unknown();
  // RFC 1542 4.1.1: a relay asks from the server's port.
  const auto relayed = kept(view.failed, [](const Attempt& attempt) {
    return attempt.request.kind == journey::Kind::dhcp_request &&
           attempt.request.source_port == packet::dhcp::kServerPort;
  });
  if (relayed.empty()) return no("no relay is in view", cite_requests(view.failed));
  return yes("passed on by " + view.book.text(relayed.front()->request.source),
             requests_of(relayed));
}

Finding dhcp_server_alive(const View& view) {
  if (!is_dhcp(view)) return unknown();
  for (const auto& [server, place] : servers_in_view(view)) {
    for (const auto& [key, row] : view.store.rows()) {
      if (key.service.server != server || key.service.protocol == Protocol::dhcp) continue;
      if (row.server_spoke == 0 && !(is_ok(row) && is_neighbour(key.service.protocol))) continue;
      if (!answered_between(row, view.first, view.until)) continue;
      return yes(view.endpoint(key.service) + " answered meanwhile", cite_answers({&row}));
    }
  }
  return unknown();
}

Finding dhcp_renewal(const View& view) {
  if (!is_dhcp(view)) return unknown();
  const auto renewals = kept(view.failed, [](const Attempt& attempt) {
    return attempt.request.dhcp_type == Type::request && !attempt.request.quoted_source.is_known();
  });
  const auto newcomers = kept(view.failed, [](const Attempt& attempt) {
    return attempt.request.dhcp_type == Type::discover;
  });
  if (renewals.empty() && newcomers.empty()) return unknown();
  if (renewals.empty()) return no("clients without an address asked", requests_of(newcomers));
  return yes("clients asked to keep an address that they had", requests_of(renewals));
}

Finding dhcp_other_server(const View& view) {
  if (!is_dhcp(view)) return unknown();
  const std::map<base::IpAddress, base::Place> servers = servers_in_view(view);
  if (servers.empty()) return unknown();
  std::vector<std::string> names;
  std::vector<base::Place> places;
  for (const auto& [server, place] : servers) {
    names.push_back(view.book.text(server));
    places.push_back(place);
  }
  if (names.size() == 1) return no("only " + names.front() + " answers", earliest(places));
  return yes(list(names, names.size()) + " both answer DHCP clients", earliest(places));
}

Finding dhcp_other_network(const View& view) { return with_reason(view, Reason::other_network); }

Finding dhcp_address_taken(const View& view) { return with_reason(view, Reason::not_available); }

Finding dhcp_server_refuses(const View& view) {
  if (!is_dhcp(view)) return unknown();
  RowList refusing;
  for (const auto& [key, row] : view.store.rows()) {
    const bool is_nak = key.service.protocol == Protocol::dhcp && key.symptom == Symptom::nak;
    if (is_nak && answered_between(row, base::add(view.first, -kNear), view.until)) {
      refusing.push_back(&row);
    }
  }
  if (refusing.empty()) return unknown();
  return yes(view.book.text(refusing.front()->key.service.server) +
                 " refused a client its address, and so hears them",
             cite_answers(refusing));
}

Finding arp_two_machines(const View& view) {
  if (!is_contest(view.subject.symptom)) return unknown();
  for (const Attempt* attempt : kept(view.failed, [](const Attempt&) { return true; })) {
    const Digest& owner = attempt->request;
    const Digest& rival = attempt->answer;
    if (!owner.mac.is_known() || !rival.mac.is_known() || owner.mac == rival.mac) continue;
    return yes(fmt::format("{} and {} both say that they have {}",
                           view.book.text(IpAddress::mac(owner.mac)),
                           view.book.text(IpAddress::mac(rival.mac)),
                           view.book.text(attempt->service.server)),
               earliest({owner.place, rival.place}));
  }
  return unknown();
}

Finding arp_asks_itself(const View& view) {
  if (!is_contest(view.subject.symptom)) return unknown();
  for (const Attempt* attempt : kept(view.failed, [](const Attempt&) { return true; })) {
    const Digest& question = attempt->request;
    const Digest& said = attempt->answer;
    if (!said.mac.is_known() || question.mac != said.mac) continue;
    return yes(fmt::format("{} says that it has {}, and asks who has it",
                           view.book.text(IpAddress::mac(said.mac)),
                           view.book.text(attempt->service.server)),
               earliest({question.place, said.place}));
  }
  return unknown();
}

Finding arp_several_claimed(const View& view) {
  if (!is_contest(view.subject.symptom)) return unknown();
  std::map<base::MacAddress, std::set<IpAddress>> by_machine;
  std::vector<base::Place> places;
  for (const auto& [key, row] : view.store.rows()) {
    if (key.service.protocol != Protocol::arp || !is_contest(key.symptom)) continue;
    for (const Attempt* attempt : row.exemplars()) {
      by_machine[attempt->answer.mac].insert(key.service.server);
      places.push_back(attempt->answer.place);
    }
  }
  for (const auto& [machine, addresses] : by_machine) {
    if (addresses.size() < 2 || !machine.is_known()) continue;
    std::vector<std::string> names;
    for (const IpAddress& address : addresses) names.push_back(view.book.text(address));
    return yes(fmt::format("{} claims {}", view.book.text(IpAddress::mac(machine)),
                           list(names, names.size())),
               earliest(std::move(places)));
  }
  return no("one address only", earliest(std::move(places)));
}

Finding arp_claimed_by_dhcp_client(const View& view) {
  if (!is_contest(view.subject.symptom)) return unknown();
  const auto leases = kept(given(view), [&](const Attempt& attempt) {
    return std::ranges::find(view.servers, attempt.answer.quoted_destination) != view.servers.end();
  });
  if (leases.empty()) return unknown();
  const Attempt& lease = *leases.front();
  return yes(fmt::format("DHCP gave {} to {}", view.book.text(lease.answer.quoted_destination),
                         view.book.text(lease.client)),
             proofs_of(leases));
}

constexpr std::array kAddressFacts = {
    Entry{{"dhcp.offer_unheard",
           "Did a server offer an address (DHCPOFFER), and the client ask on as if it had not? In "
           "the kept packets.",
           "RFC 2131 4.4.1"},
          dhcp_offer_unheard},
    Entry{{"dhcp.new_clients_served",
           "Was another client without an address given one meanwhile? No where only addresses "
           "that clients had already were confirmed. In the kept packets.",
           "RFC 2131 4.3"},
          dhcp_new_clients_served},
    Entry{{"dhcp.relayed", "Were the requests passed on by a relay, from the server's port?",
           "RFC 1542 4.1"},
          dhcp_relayed},
    Entry{{"dhcp.server_alive",
           "Did a machine that answers DHCP in this capture answer other requests meanwhile?", ""},
          dhcp_server_alive},
    Entry{
        {"dhcp.renewal",
         "Did failing clients ask to keep an address that they had, rather than for a new one? In "
         "the kept packets.",
         "RFC 2131 4.3.2"},
        dhcp_renewal},
    Entry{{"dhcp.other_server", "Do two or more DHCP servers answer in this capture?",
           "RFC 2131 4.3.2"},
          dhcp_other_server},
    Entry{{"dhcp.other_network",
           "Does the refusal (DHCPNAK) say that the address belongs to another network?",
           "RFC 2132 9.9; RFC 2131 4.3.2"},
          dhcp_other_network},
    Entry{{"dhcp.address_taken",
           "Does the refusal (DHCPNAK) say that the address is in use, or not to be had?",
           "RFC 2132 9.9"},
          dhcp_address_taken},
    Entry{{"dhcp.server_refuses",
           "Did a DHCP server refuse a client (DHCPNAK) meanwhile, or within a minute before?",
           "RFC 2131 3.1"},
          dhcp_server_refuses},
    Entry{{"dhcp.none_left",
           "Does a DHCP server of IPv6 say that it has no address to give? Never no.",
           "RFC 8415 18.3.9, 21.13"},
          dhcp_none_left},
    Entry{{"arp.two_machines",
           "Do two machines, by their hardware addresses, speak for the address? Never no.",
           "RFC 5227 2.4"},
          arp_two_machines},
    Entry{{"arp.asks_itself",
           "Does the machine that told somebody unasked that it has the address ask who has it, "
           "from another address?",
           "RFC 826"},
          arp_asks_itself},
    Entry{{"arp.several_claimed",
           "Does one machine claim two or more addresses for which others speak, too?",
           "RFC 5227 2.4"},
          arp_several_claimed},
    Entry{{"arp.leased_by_dhcp", "Did DHCP give the contested address to a client in this capture?",
           "RFC 2131 3.1"},
          arp_claimed_by_dhcp_client},
};

}  // namespace

std::span<const Entry> address_facts() { return kAddressFacts; }

}  // namespace whydown::evidence::facts_detail
