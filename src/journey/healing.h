// Journeys: a failed attempt is no trouble when what the client wanted came from elsewhere soon.
//
// Every decided attempt passes through settle(). Served ones go straight to the sink. A failed one
// is healed if a good answer for the same wish is remembered from after it began; otherwise it
// waits here until one comes or its time is over. Example: A? of resolver 1 gets SERVFAIL at 0.01
// s, A? of resolver 2 gets an address at 0.05 s: the first attempt is reported failed and healed.
//
// Two kinds of wishes: a name (client, name, type) and a connection (client, server, port). Another
// server, or another address of the name, serves the wish for 30 s (a connection: 10 s) of silence,
// or 5 s after an error. The server that failed serves the same wish only if it is asked again at
// once: within 11 s of silence (a connection: 3 s), or half a second after an error; later it is
// the next wish that it serves, and the failed one stays failed. Not judged: whether what a healed
// client was given is of any use.
#pragma once

#include <array>
#include <string_view>

#include "journey/context.h"
#include "journey/journey.h"
#include "journey/limits.h"
#include "journey/table.h"

namespace whydown::journey {

class Healing {
 public:
  explicit Healing(Context& context);

  // A first request: what host its source is, if that can be told.
  // The key of its source as a client.
  std::uint64_t note_host(const packet::Packet& request);
  // Clients have one key for all addresses of their link interface, where it is known.
  std::uint64_t client_of(const base::IpAddress& address);
  // Fetches what note_host() will touch.
  void expect_client(const base::IpAddress& address) const {
    hosts_.prefetch(hash_of(address, 16));
  }
  // A NOERROR answer to `client`; `data` when it holds an answer, false for NODATA.
  struct NameServed {
    std::uint64_t client = 0;  // client_of()
    base::IpAddress server;
    std::uint32_t name = 0;
    std::uint16_t type = 0;
    bool data = false;
    // Got by a query with CD: no help to those who want validated data, such as dig +cd against a
    // broken DNSSEC zone.
    bool checking_disabled = false;
    // The query that was answered.
    std::uint16_t client_port = 0;
    std::uint16_t id = 0;
    base::Time asked{};
    base::Time answered{};
  };
  void name_served(const NameServed& served);
  // A handshake answered, an echo or a neighbour found, a datagram answered; first `asked` then.
  // `client_port` where the same socket may ask again: UDP.
  void connect_served(const base::IpAddress& client, const Service& service, base::Time asked,
                      std::uint16_t client_port = 0);
  // Neighbours of BGP both call each other, and need one connection (RFC 4271 6.8): it serves both.
  static bool is_mutual(const Service& service);
  // From now on `address` is where connections for `name` go. `set` stands for all the addresses
  // that one answer gave for it, 0 where it is the only one; `asker` is who asked, where that is an
  // IPv4 client.
  void learn(const base::IpAddress& address, std::uint32_t name, std::uint32_t set,
             std::uint64_t asker);

  // The name that this address was looked up for last; 0 where none was.
  std::uint32_t name_of(const base::IpAddress& address) { return origin_of(address).name; }

  struct Verdict {
    bool served = false;
    bool by_other_server = false;
    // A name: how long it was waited for, to half a second; negative where that is not known.
    base::Duration wait{-1};
  };
  // Whether the wish was served within its window so far; for undecided attempts whose window ends.
  Verdict check(const Outline& attempt);
  // Takes every decided attempt, once, and gives it to the sink now or later.
  // With `now`, at once: the attempt leaves a full table, or no packet comes any more.
  void settle(Outline& attempt, const Packets& packets, bool now = false);
  void settle(Attempt& attempt);  // completes its outline
  // Failures of this path that still wait were a traceroute's.
  void mark_probes(const base::IpAddress& client, const base::IpAddress& server);
  void advance();
  void finish();

  static std::size_t memory_bytes();
  // Until when what comes serves the attempt's wish.
  static base::Time deadline_of(const Outline& attempt);

 private:
  void serve_connect(const base::IpAddress& address, const Service& service, base::Time asked,
                     std::uint16_t client_port);
  // Slots of time, about 0.54 s and 0.27 s: their width is this power of two of nanoseconds. 64 of
  // them cover the healing time.
  static constexpr unsigned kNameSlot = 29;
  static constexpr unsigned kConnectSlot = 28;
  // When something was served: exactly the last time, and the slots of time before it as bits.
  struct Times {
    std::int64_t last;
    std::uint64_t slots;
    void add(base::Time time, unsigned slot_bits);
    bool within(base::Time from, base::Time to, unsigned slot_bits) const;
    // The earliest time it was served since `from`, to a slot of time and never too late.
    base::Time first_since(base::Time from, unsigned slot_bits) const;
  };
  struct ServedConnect : Times {
    std::uint64_t key;
  };
  // By the two servers that did so last.
  struct ServedName {
    std::uint64_t key;
    std::int64_t last;
    std::array<Times, 2> by;
    std::array<std::uint32_t, 2> server;
    void add(base::Time time, std::uint32_t by_server);
  };
  struct Origin {
    std::uint64_t key;
    std::int64_t last;
    std::uint32_t name;
    std::uint32_t set;
    std::uint64_t asker;
    bool same_as(const Origin& other) const {
      return (name != 0 && name == other.name) || (set != 0 && set == other.set);
    }
  };
  struct Waiting {
    KeptAttempt kept;
    base::Time deadline{};
    std::uint32_t wish_list = 0;
    std::uint32_t group_list = 0;
    std::uint64_t client = 0;  // client_of()
  };

  Verdict check_name(const Outline& attempt);
  bool check_connect(const Outline& attempt);
  bool raced_by_asker(const Outline& attempt, const Origin& origin);
  void unmask_search_list(std::uint64_t client, std::string_view name);
  bool is_search_suffix(const Outline& attempt);
  // Until when the wish of a failed attempt is served by the server that failed, or by another.
  static base::Time until(const Outline& attempt, bool same_server);
  static bool is_in_time(const Outline& attempt, bool same_server, base::Time asked,
                         base::Time answered);
  Origin origin_of(const base::IpAddress& address);
  std::uint64_t wisher_of(const Outline& attempt);
  std::uint64_t wish_key(const Outline& attempt);
  std::uint64_t group_key(const Outline& attempt);
  void wait(const Outline& attempt, const Packets& packets, base::Time deadline);
  void emit(Slot slot);
  template <typename Each>
  void each_waiting(const Chains& chains, std::uint64_t key, Each each);
  // Most clients have no failure that waits, and most that fail in a flood were never served: two
  // small tables by client tell so for sure. Other clients' marks may fall on the same place.
  std::uint16_t& waits_of(std::uint64_t client) { return waits_[client % limits::kClientMarks]; }
  std::uint8_t& served_mark(std::uint64_t client) { return served_[client % limits::kClientMarks]; }

  Context& context_;
  Memory<ServedName> names_{limits::kServedNames};
  Memory<ServedConnect> connects_{limits::kServedConnects};
  Memory<Origin> origins_{limits::kAddressNames};
  RecentWords hosts_{limits::kHosts};                       // address -> MAC address
  ZeroedArray<std::uint16_t> waits_{limits::kClientMarks};  // failures in waiting_
  ZeroedArray<std::uint8_t> served_{
      limits::kClientMarks};  // whether a connection was ever remembered
  Slab<Waiting> waiting_{limits::kWaiting};
  Chains wishes_{limits::kWaiting, limits::kWaiting};
  Chains groups_{limits::kWaiting, limits::kWaiting};
  Chains ages_{1, limits::kWaiting};
};

}  // namespace whydown::journey
