// DNS traffic that is odd only in its mass: ever new names of one domain, long names of one client,
// large answers to one address, large answers that nobody asked for.
//
// Nearly all messages are none of these, which the first asked-for name of a question and the size
// of an answer show. Of the rest only what comes often is told on (Sink::usage): each pair of a
// server and a domain, and so on, counts up in a small table, and begins anew when it took too
// long.
//
//     "k3x9.shop.example", never seen, asked of 192.0.2.1 -> the 32nd of shop.example in 10 s: told
//
// Left out: what stays below one in two seconds.
#pragma once

#include <string_view>

#include "journey/context.h"

namespace whydown::journey {

class DnsWatch {
 public:
  explicit DnsWatch(Context& context) : context_(context) {}

  // What is worth telling of a name that nobody asked for before.
  struct Name {
    std::uint32_t domain = 0;  // Interner id
    std::uint8_t bytes = 0;    // in front of the domain
    bool is_new = false;       // Usage::new_names
    bool is_long = false;      // Usage::long_names
    bool is_told() const { return is_new || is_long; }
  };
  Name new_name(std::string_view name, const base::IpAddress& client,
                const base::IpAddress& server);
  // Large answers: to questions that were captured, or to none.
  bool is_told(Usage usage, const base::IpAddress& client, const base::IpAddress& server);

  static constexpr std::size_t memory_bytes() { return Memory<Count>::bytes(limits::kWatched); }

 private:
  struct Count {
    std::uint64_t key;
    std::int64_t last;
    std::int64_t begin;
    std::uint32_t count;
    bool is_told;
  };
  bool count(std::uint64_t key, base::Duration within);

  Context& context_;
  Memory<Count> counts_{limits::kWatched};
};

// A name that carries data has a label as long as that; numbers, hosts and addresses have not.
std::size_t longest_label(std::string_view name);

}  // namespace whydown::journey
