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
#include "diagnosis/subjects_steps.h"

namespace whydown::diagnosis {

using subjects::absorb;
using subjects::drop_rare;
using subjects::is_for_all;
using subjects::Item;

namespace {

using evidence::Protocol;
using evidence::Row;
using evidence::RowKey;
using evidence::Symptom;

// Two requests for a neighbour, seconds apart, are two needs, and what the first one got may have
// gone another way than past this capture: who hears nothing asks again within a second or so, or
// when a SYN is due again. Only who comes back for the third time has found nobody.
bool is_hardly_missed(const Row& row) {
  if (judged(row) >= limits::kMissedOften * std::max<std::uint64_t>(row.clients.count(), 1)) {
    return false;
  }
  return std::ranges::all_of(judged_exemplars(row), [](const evidence::Attempt* attempt) {
    return attempt->tries < limits::kArpTries &&
           base::between(attempt->begin, attempt->end) > limits::kArpRepeat;
  });
}

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
    if (is_neighbour && is_unanswered && (row.tries < limits::kArpTries || is_hardly_missed(row))) {
      continue;
    }
    items.push_back({&row, fault, window_of(row), {}, false, false});
  }
  return items;
}

bool is_beside(const Item& a, const Item& b) {
  return a.row->key.service == b.row->key.service && a.window.is_near(b.window, limits::kNear);
}

// Silences that a repetition to the same server healed.
std::uint64_t healed_silences(const evidence::Store& store, const evidence::Service& service) {
  std::uint64_t count = 0;
  for (const auto& [key, row] : store.rows()) {
    if (key.service != service || !key.healed || key.symptom != Symptom::no_response) continue;
    count += judged(row) - std::min(judged(row), row.answered_by_other_server);
  }
  return count;
}

// Unanswered as long as the capture shows, but no longer than the latest ones served had to wait,
// and nothing that was asked later was answered: still in the queue, perhaps, when the capture
// ended.
bool is_waiting(const Item& silent, const Item& slow, base::Time end) {
  if (silent.row->key.outcome != evidence::Outcome::silent || !is_late(*slow.row)) return false;
  constexpr std::size_t kLatest = 4;
  std::vector<const evidence::Attempt*> served = judged_exemplars(*slow.row);
  if (served.empty() || silent.window.first < served.back()->begin) return false;
  if (served.size() > kLatest) served.erase(served.begin(), served.end() - kLatest);
  base::Duration longest{0};
  for (const evidence::Attempt* attempt : served) longest = std::max(longest, attempt->latency);
  return base::between(silent.window.first, end) <= longest;
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
    const base::Time end = store.totals().last.time;
    std::uint64_t failed = 0;
    for (const Item& other : items) {
      if (!is_beside(item, other)) continue;
      if (is_waiting(other, item, end)) {
        item.is_cut_short = true;
      } else {
        failed += judged(*other.row);
      }
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

bool share_a_client(const evidence::AddressSketch& a, const evidence::AddressSketch& b) {
  const bool a_is_smaller = a.kept().size() < b.kept().size();
  const auto& few = a_is_smaller ? a.kept() : b.kept();
  const auto& many = a_is_smaller ? b.kept() : a.kept();
  return std::ranges::any_of(few, [&](const auto& address) { return many.contains(address); });
}

// What must agree before two services can be one incident.
using GroupKey = std::tuple<const Fault*, Protocol, std::uint16_t, base::IpAddress>;

GroupKey key_of(const Item& item, bool is_folded) {
  const evidence::Service& service = item.row->key.service;
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
  group.found.is_cut_short = group.found.is_cut_short || item.is_cut_short;
  group.window.widen(item.window);
  add_clients(*item.row, group.clients);
}

// Two that turn out to be one.
void merge(Group& into, Group& from) {
  std::ranges::copy(from.found.failing, std::back_inserter(into.found.failing));
  std::ranges::copy(from.found.absorbed, std::back_inserter(into.found.absorbed));
  into.found.is_cut_short = into.found.is_cut_short || from.found.is_cut_short;
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
