// Journeys: a failed attempt is no trouble when what the client wanted came from elsewhere soon.
//
// Every decided attempt passes through settle(). Served ones go straight to the sink. A failed one
// is healed if a good answer for the same wish is remembered from after it began; otherwise it
// waits here until one comes or its time is over. Example: A? of resolver 1 gets SERVFAIL at 0.01
// s, A? of resolver 2 gets an address at 0.05 s: the first attempt is reported failed and healed.
//
// Two kinds of wishes: a name (client, name, type) for 30 s, or 5 s after an error, and a
// connection (client, server, port) for 10 s. Not judged: whether what a healed client was given is
// of any use.
#pragma once

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
  // Fetches what name_served() will touch.
  void expect_name(std::uint64_t client, std::uint32_t name, std::uint16_t type) const;
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
  };
  void name_served(const NameServed& served);
  // A handshake answered, an echo or a neighbour found, a datagram answered.
  void connect_served(const base::IpAddress& client, const Service& service, base::Time asked);
  // From now on `address` is where connections for `name` go.
  void learn(const base::IpAddress& address, std::uint32_t name);

  struct Verdict {
    bool served = false;
    bool by_other_server = false;
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
  // When something was served: exactly the last time, and the half seconds before it as bits.
  struct Served {
    std::uint64_t key;
    std::int64_t last;
    std::uint64_t slots;
    std::uint64_t server;
    void add(base::Time time);
    bool within(base::Time from, base::Time to) const;
  };
  struct Origin {
    std::uint64_t key;
    std::int64_t last;
    std::uint32_t name;
  };
  struct Host {
    std::uint64_t key;
    std::int64_t last;
    std::uint64_t mac;
  };
  struct Waiting {
    Attempt attempt;
    base::Time deadline{};
    std::uint32_t wish_list = 0;
    std::uint32_t group_list = 0;
  };

  Verdict check_name(const Outline& attempt);
  bool check_connect(const Outline& attempt);
  void unmask_search_list(std::uint64_t client, std::string_view name);
  bool is_search_suffix(const Outline& attempt);
  std::uint32_t origin_of(const base::IpAddress& address);
  std::uint64_t wish_key(const Outline& attempt);
  std::uint64_t group_key(const Outline& attempt);
  void wait(const Outline& attempt, const Packets& packets, base::Time deadline);
  void emit(Slot slot);
  template <typename Each>
  void each_waiting(const Chains& chains, std::uint64_t key, Each each);

  Context& context_;
  Memory<Served> names_{limits::kServedNames};
  Memory<Served> connects_{limits::kServedConnects};
  Memory<Origin> origins_{limits::kAddressNames};
  Memory<Host> hosts_{limits::kHosts};
  Slab<Waiting> waiting_{limits::kWaiting};
  Chains wishes_{limits::kWaiting, limits::kWaiting};
  Chains groups_{limits::kWaiting, limits::kWaiting};
  Chains ages_{1, limits::kWaiting};
};

}  // namespace whydown::journey
