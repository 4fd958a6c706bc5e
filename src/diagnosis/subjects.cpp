#include "diagnosis/subjects.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "diagnosis/attack.h"
#include "diagnosis/limits.h"
#include "diagnosis/slowness.h"

namespace whydown::diagnosis {

namespace {

using evidence::Protocol;
using evidence::Row;
using evidence::RowKey;
using evidence::Service;
using evidence::Symptom;

constexpr std::uint16_t kDnsPort = 53;

struct Item {
  const Row* row = nullptr;
  const Fault* fault = nullptr;
  Window window;
  RowList absorbed;
  bool is_gone = false;  // absorbed by another
  bool is_slow = false;  // not down: see slowness.h
};

// --- which symptoms explain which
// -----------------------------------------------------------------

bool is_icmp_error(Symptom symptom) {
  return symptom >= Symptom::port_unreachable && symptom <= Symptom::other_icmp_error;
}

// The whole host is out of reach, not one of its services.
bool is_about_host(Symptom symptom) {
  return symptom == Symptom::net_unreachable || symptom == Symptom::host_unreachable;
}

bool is_dns_family(const Service& service) {
  return service.protocol == Protocol::dns ||
         (service.protocol == Protocol::tcp && service.port == kDnsPort);
}

constexpr int kSecure = 4;       // behind the connection that it needs
constexpr int kApplication = 8;  // behind what becomes of transfers

// Smaller explains greater, never the other way: so no circle of explanations can arise.
int rank_of(const RowKey& key) {
  if (key.step == evidence::Step::link) return 0;
  if (key.step == evidence::Step::request) return kApplication;
  if (is_transfer(key)) {
    if (key.symptom == Symptom::lossy) return 5;
    return key.symptom == Symptom::stalled ? 6 : 7;
  }
  if (key.service.protocol == Protocol::arp || key.service.protocol == Protocol::nd) return 0;
  if (is_about_host(key.symptom)) return 1;
  if (key.step == evidence::Step::secure) return kSecure;
  if (key.service.protocol == Protocol::tcp && key.service.port == kDnsPort) return 4;
  // Behind the connections over TCP that its clients fall back to.
  if (key.service.protocol == Protocol::quic) return key.symptom == Symptom::no_response ? 5 : 4;
  return key.symptom == Symptom::no_response ? 3 : 2;
}

// The answer did not fit, so the client asked again over TCP.
bool is_second_way(const RowKey& a, const RowKey& b) {
  return a.symptom == Symptom::truncated && a.service.server == b.service.server &&
         a.service.port == b.service.port && b.service.transport == packet::Transport::tcp;
}

// What keeps new connections out ends old ones too. Where some transfers crawl from loss, others
// come to a standstill from it.
bool explains_transfer(const RowKey& a, const RowKey& b) {
  const bool is_still = b.symptom == Symptom::stalled || b.symptom == Symptom::too_big;
  if (rank_of(a) <= 1) return is_still;
  // A handshake of TLS that is cut off, or met by silence, is told as that.
  if (a.step == evidence::Step::secure) {
    return a.service.port == b.service.port && a.service.transport == b.service.transport;
  }
  if (a.service != b.service) return false;
  if (is_transfer(a)) return is_still;
  if (a.symptom == Symptom::reset) return b.symptom == Symptom::cut_off;
  const bool is_out = a.symptom == Symptom::no_response || is_icmp_error(a.symptom);
  return is_out && (is_still || b.symptom == Symptom::lossy || b.symptom == Symptom::cut_off);
}

bool explains(const RowKey& a, const RowKey& b) {
  if (is_second_way(a, b)) return true;
  if (rank_of(a) >= rank_of(b) || a.service.server != b.service.server) return false;
  if (is_transfer(b)) return explains_transfer(a, b);
  const bool silent = b.symptom == Symptom::no_response;
  switch (rank_of(a)) {
    case 0:
      // What goes round in a circle does not arrive, and a router says so in the end.
      if (a.symptom == Symptom::looping) return silent || is_icmp_error(b.symptom);
      // What reaches the wrong one of two machines is refused or lost.
      if (a.symptom == Symptom::conflict || a.symptom == Symptom::spoofed) {
        return silent || is_icmp_error(b.symptom) || b.symptom == Symptom::reset;
      }
      return a.symptom == Symptom::no_response &&
             (silent || b.symptom == Symptom::host_unreachable);
    case 1:
      return silent;
    default:
      break;
  }
  // A server that takes no connections over TCP takes none over QUIC.
  if (b.service.protocol == Protocol::quic && a.service.protocol == Protocol::tcp) {
    return a.service.port == b.service.port && a.step == evidence::Step::connect &&
           (silent || is_icmp_error(b.symptom));
  }
  if (is_dns_family(a.service) && is_dns_family(b.service) && rank_of(b) == 4) {
    return a.symptom == Symptom::no_response || is_icmp_error(a.symptom);
  }
  // Whoever takes no connections any more does not answer on those it had taken, either.
  if (b.step == evidence::Step::secure || rank_of(b) == kApplication) {
    return (silent || b.symptom == Symptom::unanswered || b.symptom == Symptom::no_handshake) &&
           a.service.protocol == Protocol::tcp && a.service.port == b.service.port &&
           b.service.transport == packet::Transport::tcp;
  }
  // Refusals and silence at one service: answers to refused requests are rate-limited. Of a DNS
  // server that waits in vain for others, some clients hear SERVFAIL, and some give up before.
  return silent && a.service == b.service &&
         (is_icmp_error(a.symptom) || a.symptom == Symptom::reset ||
          a.symptom == Symptom::serv_fail);
}

// --- the stages
// -----------------------------------------------------------------------------------

std::vector<Item> failing_items(const evidence::Store& store, const Catalogue& catalogue,
                                const std::set<const Row*>& claimed) {
  std::vector<Item> items;
  for (const auto& [key, row] : store.rows()) {
    if (!is_failing(row) || claimed.contains(&row)) continue;
    const Fault* fault = fault_for(catalogue, key);
    if (fault == nullptr) continue;
    // One unanswered neighbour request is daily life; several in a row are not.
    const bool is_neighbour =
        key.service.protocol == Protocol::arp || key.service.protocol == Protocol::nd;
    const bool is_unanswered = key.symptom == Symptom::no_response;
    if (is_neighbour && is_unanswered && row.tries < limits::kArpTries) continue;
    items.push_back({&row, fault, window_of(row), {}, false, false});
  }
  return items;
}

bool is_beside(const Item& a, const Item& b) {
  return a.row->key.service == b.row->key.service && a.window.is_near(b.window, limits::kNear);
}

// Silences that a repetition to the same server healed.
std::uint64_t healed_silences(const evidence::Store& store, const Service& service) {
  std::uint64_t count = 0;
  for (const auto& [key, row] : store.rows()) {
    if (key.service != service || !key.healed || key.symptom != Symptom::no_response) continue;
    count += judged(row) - std::min(judged(row), row.answered_by_other_server);
  }
  return count;
}

// Where a service both fails and is slow, one of the two is the incident: the failures, unless they
// are few beside what was served late. Then a silence is only the longest wait of all.
void add_slow(const evidence::Store& store, const Catalogue& catalogue, std::vector<Item>& items) {
  std::vector<Item> slow;
  for (const Row* row : slow_rows(store)) {
    const Fault* fault = fault_for(catalogue, raised_as(*row));
    if (fault != nullptr) slow.push_back({row, fault, window_of(*row), {}, false, true});
  }
  for (Item& item : slow) {
    std::uint64_t failed = 0;
    for (const Item& other : items) {
      if (is_beside(item, other)) failed += judged(*other.row);
    }
    if (failed > 0) failed += healed_silences(store, item.row->key.service);
    if (failed * limits::kFailingShareOfSlow >= judged(*item.row)) continue;
    for (Item& other : items) {
      const bool is_silence = other.row->key.symptom == Symptom::no_response;
      if (!is_silence || other.is_slow || other.is_gone || !is_beside(item, other)) continue;
      item.absorbed.push_back(other.row);
      other.is_gone = true;
    }
    items.push_back(std::move(item));
  }
  std::erase_if(items, [](const Item& item) { return item.is_gone; });
}

// Handshakes of TLS that were under way when the service stopped are few, and so are clients that
// do not wait for SERVFAIL; more of them than of what explains them are a trouble of their own.
bool is_worth(const Item& into, const Item& item) {
  const bool must_be_few =
      item.row->key.step == evidence::Step::secure || into.row->key.symptom == Symptom::serv_fail;
  return !must_be_few || judged(*item.row) <= judged(*into.row);
}

void absorb(std::vector<Item>& items) {
  std::map<base::IpAddress, std::vector<std::size_t>> by_server;
  for (std::size_t i = 0; i < items.size(); ++i) {
    by_server[items[i].row->key.service.server].push_back(i);
  }
  for (const auto& [server, indexes] : by_server) {
    // Rank by rank from the last, so that what an absorbed row has absorbed moves on with it.
    std::vector<std::size_t> order = indexes;
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
      return std::pair(-rank_of(items[a].row->key), a) < std::pair(-rank_of(items[b].row->key), b);
    });
    std::vector<std::size_t> explaining(order.rbegin(), order.rend());
    for (const std::size_t at : order) {
      Item& item = items[at];
      const auto by = std::ranges::find_if(explaining, [&](std::size_t other) {
        return explains(items[other].row->key, item.row->key) && is_worth(items[other], item) &&
               items[other].window.is_near(item.window, limits::kNear);
      });
      if (by == explaining.end()) continue;
      Item& into = items[*by];
      into.absorbed.push_back(item.row);
      std::ranges::copy(item.absorbed, std::back_inserter(into.absorbed));
      item.absorbed.clear();
      item.is_gone = true;
    }
  }
}

// Served attempts at a service over the whole input.
std::map<Service, std::uint64_t> served_counts(const evidence::Store& store,
                                               std::map<Service, base::Time>& last_served) {
  std::map<Service, std::uint64_t> counts;
  for (const auto& [key, row] : store.rows()) {
    if (!is_served(row) || is_transfer(key)) continue;
    counts[key.service] += judged(row);
    auto [at, is_new] = last_served.try_emplace(key.service, row.last);
    if (!is_new) at->second = std::max(at->second, row.last);
  }
  return counts;
}

bool is_usual_nx_domain(const Row& row, std::uint64_t served) {
  const std::uint64_t count = judged(row);
  return row.key.symptom == Symptom::nx_domain &&
         count * limits::kUsualNxDomainShare < served + count &&
         count < limits::kAskedInsistently * row.names.count();
}

// Whether some client got nothing but refusals from this service for a while, and several of them.
// While a new rule takes hold, one more request may get through.
bool shuts_out_a_client(const evidence::Store& store, const Row& denied) {
  const RowKey& key = denied.key;
  const auto& pairs = store.service_clients();
  for (auto at = pairs.lower_bound({key.service, {}, {}});
       at != pairs.end() && at->first.service == key.service; ++at) {
    const evidence::ServiceClientRow& row = at->second;
    const bool let_in =
        row.ok() != 0 && row.first_ok <= row.last_failed && row.last_ok >= row.first_failed;
    const std::uint64_t since =
        let_in ? denied.times.within(row.last_ok, base::Time::max()) : row.failed();
    const std::uint64_t enough = limits::kShutOut * (let_in ? 1 + denied.clients.count() : 1);
    if (at->first.step == key.step && since >= enough) return true;
  }
  return false;
}

// A refusal of what nobody is seen to have sent, to a port that a client may have had: so ends an
// answer that came too late.
bool is_late_answer(const Row& row) {
  constexpr std::uint16_t kUserPorts = 1024;  // RFC 6335 6
  return row.key.symptom == Symptom::port_unreachable &&
         row.key.service.protocol == Protocol::udp && row.key.service.port >= kUserPorts &&
         row.request_unseen == row.attempts && row.attempts < limits::kFewFailures;
}

// What there is not, and what a client has no right to, is asked for all day: pages that are gone,
// a password mistyped. Not so where hardly anything is found for a while, or a client is shut out.
bool is_usual_refusal(const evidence::Store& store, const Row& row) {
  if (is_late_answer(row)) return true;
  // Log lines of answers do not repeat the question; without it, nobody knows what there is not.
  if (row.key.symptom == Symptom::nx_domain && row.names.count() == 0) return true;
  if (row.key.symptom == Symptom::denied) return !shuts_out_a_client(store, row);
  if (row.key.symptom != Symptom::not_found) return false;
  const Window window = window_of(row);
  const std::uint64_t count = judged(row);
  if (count < limits::kNothingFound) return true;
  if (base::between(window.first, window.last) < limits::kNothingFoundSpell) return true;
  std::uint64_t found = 0;
  for (const auto& [key, other] : store.rows()) {
    const bool is_same = key.service == row.key.service && key.step == row.key.step;
    if (is_same && is_served(other)) found += begun_between(other, window.first, window.last);
  }
  return count < found * limits::kNothingFoundShare;
}

// A login page stands before the whole internet: whoever meets it meets the same.
bool is_for_all(const Item& item) { return item.row->key.symptom == Symptom::diverted; }

void drop_rare(const evidence::Store& store, std::vector<Item>& items, std::uint64_t& rare) {
  std::map<Service, base::Time> last_served;
  const std::map<Service, std::uint64_t> served = served_counts(store, last_served);
  std::map<std::pair<Service, bool>, std::uint64_t> failed;
  const auto kind_of = [](const Item& item) {
    return std::pair(item.row->key.service, is_transfer(item.row->key));
  };
  for (const Item& item : items) failed[kind_of(item)] += judged(*item.row);

  std::erase_if(items, [&](const Item& item) {
    const Service& service = item.row->key.service;
    const auto ok = served.find(service);
    if (is_usual_refusal(store, *item.row)) {
      rare += judged(*item.row);
      return true;
    }
    if (ok == served.end()) return false;
    const std::uint64_t count = failed[kind_of(item)];
    const bool is_few =
        count < limits::kFewFailures && count * limits::kFewFailuresShare < ok->second + count;
    // The service died at the end: two refusals with nothing served after them.
    const bool is_death = item.row->key.symptom != Symptom::no_response && count > 1 &&
                          last_served.at(service) < item.window.first;
    const bool is_rare =
        (is_few && !is_death && !is_for_all(item)) || is_usual_nx_domain(*item.row, ok->second);
    if (is_rare) rare += judged(*item.row);
    return is_rare;
  });
}

bool share_a_client(const evidence::AddressSketch& a, const evidence::AddressSketch& b) {
  const bool a_is_smaller = a.kept().size() < b.kept().size();
  const auto& few = a_is_smaller ? a.kept() : b.kept();
  const auto& many = a_is_smaller ? b.kept() : a.kept();
  return std::ranges::any_of(few, [&](const auto& address) { return many.contains(address); });
}

// What must agree before two services can be one incident.
using GroupKey = std::tuple<const Fault*, Protocol, std::uint16_t, base::IpAddress>;

GroupKey key_of(const Item& item, bool is_folded) {
  const Service& service = item.row->key.service;
  // Port 53 among them belongs to DNS, and here to the others.
  if (is_folded) return {item.fault, Protocol::arp, 0, service.server};
  // Faults of the way to a host, of the neighbour or of the network itself do not depend on what
  // was asked there.
  if (item.fault->step == "route" || item.fault->step == "address" || item.fault->step == "link") {
    return {item.fault, Protocol::arp, 0, {}};
  }
  return {item.fault, service.protocol, service.port, {}};
}

struct Group {
  Case found;
  Window window;
  evidence::AddressSketch clients;
};

void join(Group& group, const Item& item) {
  group.found.failing.push_back(item.row);
  std::ranges::copy(item.absorbed, std::back_inserter(group.found.absorbed));
  group.window.widen(item.window);
  add_clients(*item.row, group.clients);
}

// Two that turn out to be one.
void merge(Group& into, Group& from) {
  std::ranges::copy(from.found.failing, std::back_inserter(into.found.failing));
  std::ranges::copy(from.found.absorbed, std::back_inserter(into.found.absorbed));
  into.window.widen(from.window);
  into.clients.merge(from.clients);
  from.found.failing.clear();
}

// Whom a login page keeps from the internet: what they meet is one trouble, wherever they meet it.
evidence::AddressSketch held_clients(const std::vector<Item>& items) {
  constexpr std::uint16_t kLoginRequired = 511;  // RFC 6585 6
  evidence::AddressSketch held;
  for (const Item& item : items) {
    const auto codes = item.row->codes.all();
    const bool is_told =
        item.row->key.service.protocol == Protocol::http &&
        std::ranges::any_of(codes, [](const auto& entry) { return entry.code == kLoginRequired; });
    if (is_told || is_for_all(item)) add_clients(*item.row, held);
  }
  return held;
}

bool are_all_of(const evidence::AddressSketch& some, const evidence::AddressSketch& all) {
  return !some.kept().empty() && std::ranges::all_of(some.kept(), [&](const auto& address) {
    return all.kept().contains(address);
  });
}

struct Ports {
  std::size_t all = 0;
  std::size_t hardly_tried = 0;  // of UDP
  // More than limits::kPortsOfOneHost, or a few that nobody comes back to, as a small search
  // leaves.
  bool are_folded() const {
    return all > limits::kPortsOfOneHost || (all >= limits::kFewPorts && hardly_tried == all);
  }
};

// The failing ports of each host, by fault.
std::map<std::pair<const Fault*, base::IpAddress>, Ports> port_counts(
    const std::vector<Item>& items) {
  std::map<std::pair<const Fault*, base::IpAddress>, Ports> counts;
  for (const Item& item : items) {
    if (item.fault->step != "connect") continue;
    Ports& ports = counts[{item.fault, item.row->key.service.server}];
    const bool is_hardly = item.row->key.service.transport == packet::Transport::udp &&
                           judged(*item.row) <= limits::kFewTries * item.row->clients.count();
    ++ports.all;
    ports.hardly_tried += is_hardly ? 1U : 0U;
  }
  return counts;
}

std::vector<Group> group(const std::vector<Item>& items, std::uint64_t& left_out) {
  const auto ports = port_counts(items);
  const evidence::AddressSketch held = held_clients(items);
  std::vector<Group> groups;
  std::map<GroupKey, std::vector<std::size_t>> by_key;
  for (const Item& item : items) {
    const auto count = ports.find({item.fault, item.row->key.service.server});
    const bool is_folded = count != ports.end() && count->second.are_folded();
    std::vector<std::size_t>& rivals = by_key[key_of(item, is_folded)];
    evidence::AddressSketch clients;
    add_clients(*item.row, clients);
    const auto is_home = [&](std::size_t i) {
      return groups[i].found.failing.front()->key.service == item.row->key.service ||
             (groups[i].window.is_near(item.window, limits::kNear) &&
              (share_a_client(groups[i].clients, clients) ||
               (are_all_of(clients, held) && are_all_of(groups[i].clients, held))));
    };
    const auto home = std::ranges::find_if(rivals, is_home);
    if (home != rivals.end()) {
      join(groups[*home], item);
      // It may be what others have in common, too.
      const auto [first, last] = std::ranges::remove_if(home + 1, rivals.end(), [&](std::size_t i) {
        if (!is_home(i)) return false;
        merge(groups[*home], groups[i]);
        return true;
      });
      rivals.erase(first, last);
      continue;
    }
    if (groups.size() == limits::kIncidents) {
      ++left_out;
      continue;
    }
    rivals.push_back(groups.size());
    groups.emplace_back();
    groups.back().found.fault = item.fault;
    groups.back().found.is_folded = is_folded;
    join(groups.back(), item);
  }
  std::erase_if(groups, [](const Group& each) { return each.found.failing.empty(); });
  return groups;
}

// The symptom of most attempts, and the services in order.
evidence::Subject subject_of(const Case& found) {
  evidence::Subject subject;
  std::map<Symptom, std::uint64_t> counts;
  for (const Row* row : found.failing) {
    counts[row->key.symptom] += judged(*row);
    if (subject.services.size() < limits::kSubjectServices) {
      subject.services.push_back(row->key.service);
    }
  }
  std::ranges::sort(subject.services);
  const auto doubles = std::ranges::unique(subject.services);
  subject.services.erase(doubles.begin(), doubles.end());
  subject.symptom =
      std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })->first;
  // The step where it was seen; the fault's own step says where the trouble lies.
  subject.step = found.failing.front()->key.step;
  return subject;
}

void add_users(const evidence::Store& store, std::span<const evidence::Pattern> patterns,
               Case& found) {
  found.flood = flood_at(patterns, found.subject.services);
  if (found.flood == nullptr) return;
  const bool is_behind =
      caused_outage(*found.flood, bystanders_of(store, *found.flood)).value_or(false);
  if (is_behind) found.subject.pattern = found.flood;
  for (const auto& [key, row] : store.service_clients()) {
    const bool is_here = std::ranges::binary_search(found.subject.services, key.service);
    if (!is_here || row.failed() == 0 || !is_bystander(key, row, *found.flood)) continue;
    found.users.add(key.client);
    found.users_failed += row.failed();
  }
}

}  // namespace

const Fault* fault_for(const Catalogue& catalogue, const RowKey& key) {
  std::string_view protocol = journey::protocol_id(key.service.protocol);
  // A reset belongs to TCP's handshake, whatever was to be carried.
  if (key.symptom == Symptom::reset) protocol = journey::protocol_id(Protocol::tcp);
  const std::string_view symptom = journey::symptom_id(key.symptom);
  // QUIC runs over UDP, and its connections fail as UDP does, unless a fault is QUIC's own.
  const bool is_quic = key.service.protocol == Protocol::quic;
  const Fault* for_udp = nullptr;
  const Fault* for_any = nullptr;
  for (const Fault& fault : catalogue.faults()) {
    if (std::ranges::find(fault.raised_by_symptoms, symptom) == fault.raised_by_symptoms.end()) {
      continue;
    }
    if (fault.raised_by_protocol == protocol) return &fault;
    if (is_quic && fault.raised_by_protocol == "udp") for_udp = &fault;
    if (fault.raised_by_protocol == "any" && for_any == nullptr) for_any = &fault;
  }
  return for_udp != nullptr ? for_udp : for_any;
}

Cases find_cases(const evidence::Store& store, const Catalogue& catalogue,
                 std::span<const evidence::Pattern> patterns) {
  Cases out;
  std::vector<Item> items = failing_items(store, catalogue, claimed_rows(store, patterns));
  drop_rare(store, items, out.rare);
  add_slow(store, catalogue, items);
  absorb(items);
  std::erase_if(items, [](const Item& item) { return item.is_gone; });
  for (Group& grouped : group(items, out.left_out)) {
    grouped.found.subject = subject_of(grouped.found);
    grouped.found.is_slow = std::ranges::all_of(
        grouped.found.failing, [](const Row* row) { return is_late(*row) || is_rescued(*row); });
    add_users(store, patterns, grouped.found);
    // Nobody but the flood failed: the attack is told, and no outage with it.
    if (grouped.found.flood != nullptr && grouped.found.users_failed == 0) continue;
    out.cases.push_back(std::move(grouped.found));
  }
  return out;
}

}  // namespace whydown::diagnosis
