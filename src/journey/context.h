// What every part of the tracker shares.
#pragma once

#include <array>
#include <limits>

#include "base/hash.h"
#include "base/interner.h"
#include "base/time.h"
#include "journey/journey.h"
#include "journey/limits.h"
#include "journey/table.h"
#include "journey/trace.h"

namespace whydown::journey {

// Stands for the port that text does not show, too.
inline constexpr std::uint16_t kDnsPort = 53;
// A capture of port 53 alone (a filter for it admits no later fragments, and of IPv6 no first ones
// either): what large answers became of is not in it.
inline bool hides_pieces(const Totals& totals) {
  return !totals.beyond_dns && totals.later_pieces == 0;
}
inline std::uint16_t or_dns(std::uint16_t port) { return port == 0 ? kDnsPort : port; }

// Stays at the largest value.
template <typename T>
void count_up(T& counter) {
  if (counter != std::numeric_limits<T>::max()) ++counter;
}

// Which servers left a request without an answer. Addresses share bits: few are taken for silent
// that are not, and nothing but time is lost by that.
class SilentServers {
 public:
  void add(const base::IpAddress& server) { word_of(server) |= bit_of(server); }
  bool may_hold(const base::IpAddress& server) { return (word_of(server) & bit_of(server)) != 0; }

 private:
  static std::uint64_t hash(const base::IpAddress& server) {
    return base::fold(server.low(), server.high());
  }
  std::uint64_t& word_of(const base::IpAddress& server) {
    return words_[(hash(server) >> 6U) % words_.size()];
  }
  static std::uint64_t bit_of(const base::IpAddress& server) {
    return std::uint64_t{1} << (hash(server) & 63U);
  }
  std::array<std::uint64_t, 1024> words_{};
};

// When a DHCP server last offered an address that nobody was given so far.
struct OfferedAddress {
  std::uint64_t key;
  std::int64_t last;
};

class Listener;

struct Context {
  Sink& sink;
  base::Interner& names;
  Totals totals{};
  base::Time now{};                  // of the packet at hand; at the end, of the last one
  std::uint64_t ends = 0;            // hash_of_ends() of the packet at hand
  const Listener* reader = nullptr;  // who reads the connection of the packet at hand
  std::uint32_t order = 0;           // packets so far; wraps
  // When each input was heard last, in nanoseconds; inputs beyond the size share.
  std::array<std::int64_t, 16> heard{};
  SilentServers silent{};
  base::Time discovered{};  // the latest DHCP DISCOVER
  bool has_discovered = false;
  Memory<OfferedAddress> offered{limits::kOffered};

  base::Time heard_at(std::uint16_t input) const {
    return base::time_from_ns(heard[input % heard.size()]);
  }
  // Packets after the one that had this `order`.
  std::uint32_t since(std::uint32_t then) const { return order - then; }
};

// One ICMP error as the trackers need it: whose datagram it complains of. What the quote does not
// show is zero.
struct Complaint {
  const packet::Packet& packet;
  Symptom symptom = Symptom::none;
  base::IpAddress client;  // who sent the quoted datagram
  base::IpAddress server;  // to whom
  std::uint16_t client_port = 0;
  std::uint16_t server_port = 0;
  bool has_client_port = false;
  packet::Transport transport = packet::Transport::none;
};

// Requests that an error may complain of that shows no ports: those of the last second of its
// client and, where a quote shows them, to that server and with that IP id.
class Suspects {
 public:
  Suspects(const Context& context, const Complaint& complaint)
      : context_(context), complaint_(complaint) {}
  // Takes a request into account if it may be meant.
  bool add(const Service& service, const base::IpAddress& client, const Trace& request,
           std::uint32_t order) {
    if (client != complaint_.client || !may_be_meant(service.server, request, order)) return false;
    several_ = several_ || (count_ != 0 && service != service_);
    service_ = service;
    ++count_;
    return true;
  }
  // All are of one service, so that the oldest may stand for any.
  bool is_clear() const { return count_ != 0 && !several_; }
  bool is_empty() const { return count_ == 0; }

 private:
  bool may_be_meant(const base::IpAddress& server, const Trace& request, std::uint32_t order) const;
  const Context& context_;
  const Complaint& complaint_;
  Service service_;
  std::uint32_t count_ = 0;
  bool several_ = false;
};

// From the first packet to the second; negative when one of them carries no time.
inline base::Duration latency_of(bool both_timed, base::Time first, base::Time second) {
  if (!both_timed || second < first) return base::Duration{-1};
  return base::between(first, second);
}

}  // namespace whydown::journey
