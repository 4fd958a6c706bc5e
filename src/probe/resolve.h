// Names to addresses, by c-ares: the system's resolvers, search list and hosts file.
#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/error.h"
#include "probe/clock.h"
#include "probe/ports.h"
#include "report/probe_part.h"

struct ares_channeldata;

namespace whydown::probe {

struct Resolver {
  base::IpAddress address;
  std::uint16_t port = 53;
};

// Those of resolv.conf; none where it cannot be read.
std::vector<Resolver> system_resolvers();

// Until `is_done`; false: given up before.
bool run_channel(ares_channeldata* channel, const Clock& clock, const bool& is_done);

struct Lookup;

class Resolving {
 public:
  // `resolver` as "ADDRESS[:PORT]"; empty: those of the system.
  static std::expected<std::unique_ptr<Resolving>, base::Error> open(const std::string& resolver,
                                                                     OwnPorts& ports);
  Resolving(const Resolving&) = delete;
  Resolving& operator=(const Resolving&) = delete;
  ~Resolving();

  const std::vector<Resolver>& resolvers() const { return resolvers_; }
  // Both families at once, as clients ask. Adds a phase per family; the addresses found come back.
  std::vector<base::IpAddress> addresses(const std::string& name, const Clock& clock,
                                         std::vector<report::ProbePhase>& phases);
  // One question of any type; adds a phase.
  void ask(const std::string& name, std::uint16_t type, const std::string& type_name,
           const Clock& clock, std::vector<report::ProbePhase>& phases);

 private:
  Resolving() = default;
  std::expected<void, base::Error> start(const std::string& servers, bool is_tcp);
  void read_resolvers();
  // What a refusal really was, as far as asking the first resolver again tells.
  void tell_apart(Lookup& lookup, const std::string& name, std::uint16_t type, const Clock& clock);
  bool ask_again_where_slow(std::span<Lookup> lookups, const std::string& name, const Clock& clock);
  void add_refusal(report::ProbePhase& phase, const Lookup& lookup) const;
  ares_channeldata* channel_ = nullptr;
  // For the other family: on one socket an error about one question would end the other.
  ares_channeldata* second_ = nullptr;
  OwnPorts* ports_ = nullptr;
  std::vector<Resolver> resolvers_;
};

}  // namespace whydown::probe
