// Resolvers that give one address for whatever is asked, as a login page or a hijacker does.
//
// Of each resolver it is remembered which address it gave last, and for how many domains in a row.
// A single other address starts anew. Answers of servers that offer no recursion do not come here:
// who hosts many domains on one machine says so rightly.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "base/interner.h"
#include "journey/limits.h"

namespace whydown::journey {

class SoleAddress {
 public:
  // True when `server` gave this address, and no other one, for names of limits::kSoleDomains
  // domains or more by now. `name` is an id of `names`, whose text is looked at only when an
  // address comes twice in a row.
  bool is_sole(const base::IpAddress& server, const base::IpAddress& given, std::uint32_t name,
               const base::Interner& names);
  static constexpr std::size_t memory_bytes() { return limits::kSoleServers * sizeof(Server); }

 private:
  struct Server {
    void add(std::string_view domain);

    base::IpAddress server;
    base::IpAddress given;
    std::uint32_t name = 0;  // the latest one
    std::uint32_t count = 0;
    std::array<std::uint32_t, limits::kSoleDomains> domains{};
  };
  std::array<Server, limits::kSoleServers> servers_{};
};

// What somebody registers: "example.com" of "www.example.com", "example.co.uk" of
// "www.example.co.uk". A guess from the labels, for counting.
std::string_view registered_domain(std::string_view name);

}  // namespace whydown::journey
