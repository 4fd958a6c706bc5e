// What is said once all packets have been explained: what there was, what happened again and again,
// and what there was nothing of.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bounded.h"
#include "base/interner.h"
#include "explain/cite.h"
#include "explain/story.h"
#include "packet/packet.h"

namespace whydown::explain {

class Closing {
 public:
  void add(const packet::Packet& packet, const Relations& relations, const Story& story);
  struct Scope {
    bool is_log = false;
    bool has_clock = true;  // times are times of day
    bool whole = true;      // all of the input was looked at
  };
  // Sentences, one idea each.
  std::vector<std::string> sentences(const base::Interner& names, const Cite& cite,
                                     const Scope& scope) const;

 private:
  enum Kind : std::uint8_t { query, answer, error, ping, tcp, udp, neighbour, other, kinds };
  enum class Failure : std::uint8_t { icmp, rcode, reset };
  struct Example {
    base::Place asked;
    base::Place told;
    base::Duration gap{0};
    bool has_gap = false;
  };
  // One exchange that fails in one way, however often.
  struct Pattern {
    Key key;
    Failure failure = Failure::icmp;
    packet::Transport transport = packet::Transport::none;  // of what was asked
    packet::Transport messenger = packet::Transport::none;
    std::uint16_t port = 0;
    std::uint16_t code = 0;  // rcode; ICMP type and code
    std::uint16_t question_type = 0;
    base::ShortText name;
    std::uint64_t count = 0;
    base::BoundedVector<Example, limits::kExamples> examples;
  };

  static Kind kind_of(const packet::Packet& packet);
  void add_failure(const packet::Packet& packet, const Relations& relations, const Story& story);
  void count_pattern(Pattern pattern, const packet::Packet& packet, const Relation* about);
  std::string counts() const;
  std::string span(const Cite& cite, bool has_clock) const;
  static std::string pattern_words(const Pattern& pattern, const base::AddressBook& book,
                                   const Cite& cite);
  std::vector<std::string> absences(bool is_log) const;

  std::array<std::uint64_t, kinds> counts_{};
  std::uint64_t packets_ = 0;
  std::uint64_t good_answers_ = 0;
  bool web_ = false;  // TCP port 80 or 443
  bool timed_ = false;
  std::uint64_t unread_ = 0;  // records that were not understood
  base::Place first_;
  base::Place last_;
  std::vector<Pattern> patterns_;  // up to limits::kPatterns
  std::uint64_t further_patterns_ = 0;
};

}  // namespace whydown::explain
