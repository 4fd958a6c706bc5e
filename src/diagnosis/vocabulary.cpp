#include "diagnosis/vocabulary.h"

#include <algorithm>
#include <array>

#include "evidence/traffic.h"

namespace whydown::diagnosis {

namespace {

using std::string_view;

constexpr std::array<string_view, 32> kCauses = {"service_down",
                                                 "service_hung",
                                                 "wrong_bind_address",
                                                 "firewall_reject_host",
                                                 "firewall_reject_path",
                                                 "firewall_drop",
                                                 "host_down",
                                                 "wrong_server_address",
                                                 "flood",
                                                 "overload",
                                                 "rate_limit",
                                                 "upstream_down",
                                                 "access_policy",
                                                 "missing_record",
                                                 "wrong_record",
                                                 "dnssec",
                                                 "certificate",
                                                 "protocol_mismatch",
                                                 "path_loss",
                                                 "routing",
                                                 "mtu",
                                                 "middlebox_reset",
                                                 "idle_timeout",
                                                 "application_error",
                                                 "application_slow",
                                                 "backlog_full",
                                                 "address_conflict",
                                                 "attack",
                                                 "own_test",
                                                 "switching_loop",
                                                 "captive_portal",
                                                 "client_gave_up"};

constexpr std::array<string_view, 4> kSeverities = {"critical", "high", "medium", "low"};
constexpr std::array<string_view, 2> kKinds = {"fault", "attack"};
// Each is one kind of question that src/probe/check_actions.cpp knows how to ask.
constexpr std::array<string_view, 14> kSends = {
    "dns-tcp",           // the failing question over TCP
    "dns-cd",            // the same without a check of signatures (CD, DO)
    "dns-edns",          // the same with EDNS, so that extended errors may come
    "dns-other-name",    // another name at the same server
    "dns-resolver",      // the same question to another of the system's resolvers
    "dns-authority",     // the same question to the name's authoritative servers
    "closed-port",       // one packet to a port that hardly anybody uses
    "tcp-tos",           // a SYN with a type of service to the same port
    "echo",              // an ICMP echo request to the server
    "gateway",           // one to the next hop on the way to it
    "path-ttl",          // the question with a time to live that ends before the server
    "dns-sizes",         // the failing question with EDNS of several sizes, and without
    "tls-versions",      // a TLS handshake that offers old versions too
    "http-front-page"};  // the page "/" of the same server
constexpr std::array<string_view, 30> kPlaceholders = {
    "server", "servers", "port", "endpoint", "site", "url", "protocol", "name", "names",
    "such_names", "the_name", "client", "clients", "failed", "total", "objection",
    // of attacks
    "source", "sources", "rate", "sent", "ports", "hosts", "size", "asked", "role", "victim",
    "reflector", "course", "open", "accepted"};

// Levenshtein's distance, one row at a time.
std::size_t edits(string_view from, string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::span<const string_view> cause_ids() { return kCauses; }
std::span<const string_view> severity_ids() { return kSeverities; }
std::span<const string_view> kind_ids() { return kKinds; }
std::span<const string_view> send_ids() { return kSends; }
std::span<const string_view> placeholders() { return kPlaceholders; }

std::vector<string_view> step_ids() {
  std::vector<string_view> ids;
  ids.reserve(journey::kSteps);
  for (std::size_t i = 0; i < journey::kSteps; ++i) {
    ids.push_back(journey::step_id(static_cast<evidence::Step>(i)));
  }
  return ids;
}

std::vector<string_view> protocol_ids() {
  std::vector<string_view> ids;
  ids.reserve(static_cast<std::size_t>(evidence::Protocol::count_) + 1);
  for (auto i = 0; i < static_cast<int>(evidence::Protocol::count_); ++i) {
    ids.push_back(journey::protocol_id(static_cast<evidence::Protocol>(i)));
  }
  ids.push_back("any");
  return ids;
}

std::vector<string_view> symptom_ids() {
  std::vector<string_view> ids;
  for (auto i = 1; i < static_cast<int>(evidence::Symptom::count_); ++i) {
    ids.push_back(journey::symptom_id(static_cast<evidence::Symptom>(i)));
  }
  return ids;
}

std::vector<string_view> fact_ids() {
  std::vector<string_view> ids;
  for (const evidence::FactInfo& fact : evidence::fact_list()) ids.push_back(fact.id);
  return ids;
}

std::vector<string_view> pattern_ids() {
  std::vector<string_view> ids;
  ids.reserve(static_cast<std::size_t>(evidence::PatternKind::count_));
  for (auto i = 0; i < static_cast<int>(evidence::PatternKind::count_); ++i) {
    ids.push_back(evidence::pattern_id(static_cast<evidence::PatternKind>(i)));
  }
  return ids;
}

std::optional<evidence::Step> step_from(string_view id) {
  for (std::size_t i = 0; i < journey::kSteps; ++i) {
    const auto step = static_cast<evidence::Step>(i);
    if (journey::step_id(step) == id) return step;
  }
  return std::nullopt;
}

std::size_t severity_rank(string_view severity) {
  return static_cast<std::size_t>(std::ranges::find(kSeverities, severity) - kSeverities.begin());
}

std::string one_severity_lower(string_view severity) {
  const std::size_t lower = std::min(severity_rank(severity) + 1, kSeverities.size() - 1);
  return std::string(kSeverities[lower]);
}

bool contains(std::span<const string_view> list, string_view word) {
  return std::ranges::find(list, word) != list.end();
}

string_view nearest(std::span<const string_view> list, string_view word) {
  constexpr std::size_t kLongestWord = 64;
  if (word.size() > kLongestWord) return {};
  string_view best;
  // A third of the letters wrong is still a slip; more is another word.
  std::size_t best_edits = std::max<std::size_t>(word.size() / 3, 2) + 1;
  for (const string_view candidate : list) {
    const std::size_t distance = edits(word, candidate);
    if (distance < best_edits) {
      best_edits = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace whydown::diagnosis
