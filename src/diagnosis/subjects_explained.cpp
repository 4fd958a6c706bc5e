// Which symptoms explain which: of one trouble, one incident.
#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "diagnosis/limits.h"
#include "diagnosis/subjects_steps.h"

namespace whydown::diagnosis::subjects {

namespace {

using evidence::Protocol;
using evidence::RowKey;
using evidence::Symptom;

constexpr std::uint16_t kDnsPort = 53;

bool is_icmp_error(Symptom symptom) {
  return symptom >= Symptom::port_unreachable && symptom <= Symptom::other_icmp_error;
}

// The whole host is out of reach, not one of its services.
bool is_about_host(Symptom symptom) {
  return symptom == Symptom::net_unreachable || symptom == Symptom::host_unreachable;
}

bool is_dns_family(const evidence::Service& service) {
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

// Handshakes of TLS that were under way when the service stopped are few, and so are clients that
// do not wait for SERVFAIL; more of them than of what explains them are a trouble of their own.
bool is_worth(const Item& into, const Item& item) {
  const bool must_be_few =
      item.row->key.step == evidence::Step::secure || into.row->key.symptom == Symptom::serv_fail;
  return !must_be_few || judged(*item.row) <= judged(*into.row);
}

// A ring of switches brings one frame to a machine by several of its ports, and each port answers:
// then they look like two machines. Seen from the first copies on, before these are many enough.
void absorb_claims(std::vector<Item>& items) {
  constexpr base::Duration kEarlier = std::chrono::seconds{1};
  const auto is_storm = [](const Item& item) {
    return item.row->key.service.protocol == Protocol::ethernet;
  };
  for (Item& item : items) {
    if (item.row->key.symptom != Symptom::conflict) continue;
    const auto storm = std::ranges::find_if(items, [&](const Item& other) {
      return is_storm(other) && item.window.first >= base::add(other.window.first, -kEarlier) &&
             item.window.is_near(other.window, limits::kNear);
    });
    if (storm == items.end()) continue;
    storm->absorbed.push_back(item.row);
    item.is_gone = true;
  }
}

}  // namespace

void absorb(std::vector<Item>& items) {
  absorb_claims(items);
  std::map<base::IpAddress, std::vector<std::size_t>> by_server;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].is_gone) continue;
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

}  // namespace whydown::diagnosis::subjects
