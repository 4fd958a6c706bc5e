// What is summed of DNS traffic that is odd only in its mass (journey::Usage): one row per server
// and domain, client and domain, server and client, or client.
//
// Such a row is a Row, with exemplars and all, and what its kind needs beside it. It counts from
// the 32nd message on that came fast (journey/dns_watch.h), so its sums say "at least". A full
// table gives up the row with the fewest attempts.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <map>

#include "evidence/evidence.h"

namespace whydown::evidence {

// The question that was asked more often than all others together, if there is one (Boyer and
// Moore's vote).
class LeadingQuestion {
 public:
  void add(std::uint32_t name, std::uint16_t type);
  void merge(const LeadingQuestion& other);
  std::uint32_t name() const { return name_; }
  std::uint16_t type() const { return type_; }
  // Its share of `total` questions, at least.
  double share(std::uint64_t total) const;

 private:
  std::uint32_t name_ = 0;
  std::uint16_t type_ = 0;
  std::uint64_t votes_ = 0;  // its own, less those of others
};

// Which of 64 sizes came: steps of `Step` bytes, the last one open.
template <std::size_t Step>
class Sizes {
 public:
  void add(std::size_t bytes) {
    bits_ |= std::uint64_t{1} << std::min<std::size_t>(bytes / Step, 63);
  }
  void merge(const Sizes& other) { bits_ |= other.bits_; }
  unsigned count() const { return static_cast<unsigned>(std::popcount(bits_)); }

 private:
  std::uint64_t bits_ = 0;
};

struct DnsUsageKey {
  Usage usage = Usage::new_names;
  Service service;  // not of long names and unasked answers, which may come by several servers
  base::IpAddress client;    // not of new names
  std::uint32_t domain = 0;  // Interner id; of names only
  friend auto operator<=>(const DnsUsageKey&, const DnsUsageKey&) = default;
};

struct DnsUsageRow {
  static constexpr std::size_t kFirst = 4;  // exemplars
  static constexpr std::size_t kLast = 2;

  Row row;
  TopSources senders;  // who sent most: of unasked answers servers, else clients
  AddressSketch servers;
  std::array<std::uint64_t, journey::kOutcomes> outcomes{};
  std::uint64_t nx_domain = 0;
  std::uint64_t name_bytes = 0;  // sums
  std::uint64_t query_bytes = 0;
  std::uint64_t answer_bytes = 0;
  std::uint64_t data_bytes = 0;  // by which answers were longer than their questions
  Sizes<4> name_sizes;
  Sizes<16> data_sizes;  // by how much answers were longer than their questions
  CodeCounts types;
  LeadingQuestion question;

  std::uint64_t of(Outcome outcome) const { return outcomes[static_cast<std::size_t>(outcome)]; }
  std::uint64_t served() const { return of(Outcome::ok) + of(Outcome::slow); }
  void add(const DnsUse& use, const Outline& attempt, const Packets& packets);
  void merge(const DnsUsageRow& other);
};

class DnsUsageTable {
 public:
  using Rows = std::map<DnsUsageKey, DnsUsageRow>;
  void add(const DnsUse& use, const Outline& attempt, const Packets& packets);
  void merge(const DnsUsageTable& other);
  const Rows& rows() const { return rows_; }
  static std::size_t memory_bytes();

 private:
  DnsUsageRow* row_of(const DnsUsageKey& key);
  Rows rows_;
  std::array<std::size_t, static_cast<std::size_t>(Usage::count_)> counts_{};
};

}  // namespace whydown::evidence
