// Facts about extended DNS errors (RFC 8914).
#include <algorithm>
#include <array>
#include <initializer_list>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

using Codes = std::initializer_list<std::uint16_t>;

// https://www.iana.org/assignments/dns-parameters, "Extended DNS Error Codes" (RFC 8914).
struct CodeWords {
  std::uint16_t code;
  std::string_view words;
};

constexpr CodeWords kExtendedErrors[] = {
    {1, "unsupported DNSKEY algorithm"},
    {2, "unsupported DS digest type"},
    {3, "stale answer"},
    {4, "forged answer"},
    {5, "DNSSEC indeterminate"},
    {6, "DNSSEC bogus"},
    {7, "signature expired"},
    {8, "signature not yet valid"},
    {9, "DNSKEY missing"},
    {10, "RRSIGs missing"},
    {11, "no zone key bit set"},
    {12, "NSEC missing"},
    {15, "blocked"},
    {16, "censored"},
    {17, "filtered"},
    {18, "prohibited"},
    {19, "stale NXDOMAIN answer"},
    {20, "not authoritative"},
    {22, "no reachable authority"},
    {23, "network error"},
    {27, "unsupported NSEC3 iterations value"},
};

std::string_view ede_words(std::uint16_t code) {
  const auto* found = std::ranges::find(kExtendedErrors, code, &CodeWords::code);
  return found == std::end(kExtendedErrors) ? "other" : found->words;
}

// Yes when one of the codes came; no when only others came. Most answers carry none at all, which
// says nothing: a server need not send them.
Finding ede_fact(const RowList& rows, Codes codes) {
  std::vector<std::string> found;
  std::vector<base::Place> packets;
  std::vector<base::Place> others;
  for (const Row* row : rows) {
    for (const auto& [count, place, code] : row->extended_errors.all()) {
      if (std::ranges::find(codes, code) == codes.end()) {
        others.push_back(place);
        continue;
      }
      packets.push_back(place);
      found.push_back(fmt::format("extended error {} ({}) in {}", code, ede_words(code),
                                  counted(count, "answer")));
    }
  }
  if (!found.empty()) return yes(list(found, found.size()), earliest(std::move(packets)));
  if (others.empty()) return unknown();
  return no("the extended errors are others", earliest(std::move(others)));
}

Finding ede_dnssec(const View& view) {
  return ede_fact(view.failed, {1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 27});
}
Finding ede_network(const View& view) { return ede_fact(view.failed, {22, 23}); }
// Stale answers are good ones: they come with the rows that did not fail.
Finding ede_stale(const View& view) { return ede_fact(view.service, {3, 19}); }
Finding ede_prohibited(const View& view) { return ede_fact(view.failed, {18}); }
Finding ede_not_authoritative(const View& view) { return ede_fact(view.failed, {20}); }
Finding ede_blocked(const View& view) { return ede_fact(view.failed, {15, 16, 17}); }
Finding ede_forged(const View& view) { return ede_fact(view.failed, {4}); }

constexpr std::array kDnsExtendedFacts = {
    Entry{{"dns.ede_dnssec",
           "Do the failing answers carry an extended error about DNSSEC (1, 2, 5 to 12, 27)? No "
           "only where they carry others.",
           "RFC 8914 4"},
          ede_dnssec},
    Entry{{"dns.ede_network",
           "Do the failing answers carry extended error 22 (no reachable authority) or 23 (network "
           "error)? No only where they carry others.",
           "RFC 8914 4.23, 4.24"},
          ede_network},
    Entry{{"dns.ede_stale",
           "Do any answers of this service carry extended error 3 or 19 (stale data served)? No "
           "only where they carry others.",
           "RFC 8914 4.4, 4.20"},
          ede_stale},
    Entry{{"dns.ede_prohibited",
           "Do the failing answers carry extended error 18 (prohibited)? No only where they carry "
           "others.",
           "RFC 8914 4.19"},
          ede_prohibited},
    Entry{{"dns.ede_not_authoritative",
           "Do the failing answers carry extended error 20 (not authoritative)? No only where they "
           "carry others.",
           "RFC 8914 4.21"},
          ede_not_authoritative},
    Entry{{"dns.ede_blocked",
           "Do the failing answers carry extended error 15, 16 or 17 (blocked, censored, "
           "filtered)? No only where they carry others.",
           "RFC 8914 4.16 to 4.18"},
          ede_blocked},
    Entry{{"dns.ede_forged",
           "Do the failing answers carry extended error 4 (forged answer)? No only where they "
           "carry others.",
           "RFC 8914 4.5"},
          ede_forged},
};

}  // namespace

std::span<const Entry> dns_extended_facts() { return kDnsExtendedFacts; }

}  // namespace whydown::evidence::facts_detail
