#include "diagnosis/vocabulary.h"

#include <algorithm>
#include <array>

namespace whydown::diagnosis {

namespace {

using std::string_view;

constexpr std::array<string_view, 29> kCauses = {"service_down",
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
                                                 "client_gave_up"};

constexpr std::array<string_view, 4> kSeverities = {"critical", "high", "medium", "low"};
constexpr std::array<string_view, 2> kKinds = {"fault", "attack"};
constexpr std::array<string_view, 11> kPlaceholders = {
    "server",   "servers", "port",    "name",   "names", "such_names",
    "the_name", "client",  "clients", "failed", "total"};

struct Port {
  std::uint16_t number;
  string_view name;
  string_view purpose;
};

constexpr std::array kPorts = {
    Port{20, "ftp-data", "file transfer"},
    Port{21, "ftp", "file transfer"},
    Port{22, "ssh", "remote login"},
    Port{23, "telnet", "remote login, not encrypted"},
    Port{25, "smtp", "mail between servers"},
    Port{53, "domain", "turning names into addresses"},
    Port{67, "bootps", "giving out addresses"},
    Port{68, "bootpc", "receiving an address"},
    Port{69, "tftp", "simple file transfer"},
    Port{80, "http", "the web, not encrypted"},
    Port{88, "kerberos", "signing in"},
    Port{110, "pop3", "fetching mail"},
    Port{123, "ntp", "setting the clock"},
    Port{137, "netbios-ns", "Windows names"},
    Port{139, "netbios-ssn", "Windows file sharing"},
    Port{143, "imap", "reading mail"},
    Port{161, "snmp", "monitoring devices"},
    Port{389, "ldap", "the directory of users"},
    Port{443, "https", "the web, encrypted"},
    Port{445, "microsoft-ds", "Windows file sharing"},
    Port{465, "submissions", "sending mail"},
    Port{514, "syslog", "collecting logs"},
    Port{587, "submission", "sending mail"},
    Port{636, "ldaps", "the directory of users"},
    Port{853, "domain-s", "turning names into addresses, encrypted"},
    Port{993, "imaps", "reading mail"},
    Port{995, "pop3s", "fetching mail"},
    Port{1433, "ms-sql-s", "a database"},
    Port{1521, "oracle", "a database"},
    Port{1812, "radius", "signing in to the network"},
    Port{1883, "mqtt", "messages of devices"},
    Port{2049, "nfs", "file sharing"},
    Port{3306, "mysql", "a database"},
    Port{3389, "ms-wbt-server", "remote desktop"},
    Port{5060, "sip", "telephony"},
    Port{5353, "mdns", "names on the local network"},
    Port{5432, "postgresql", "a database"},
    Port{6379, "redis", "a data store"},
    Port{8080, "http-alt", "the web, not encrypted"},
    Port{8443, "https-alt", "the web, encrypted"},
    Port{27017, "mongodb", "a database"},
};

const Port* find_port(std::uint16_t number) {
  const auto found = std::ranges::lower_bound(kPorts, number, {}, &Port::number);
  return found != kPorts.end() && found->number == number ? &*found : nullptr;
}

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
  for (auto i = static_cast<int>(evidence::Protocol::arp);
       i <= static_cast<int>(evidence::Protocol::udp); ++i) {
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

string_view port_name(std::uint16_t port) {
  const Port* found = find_port(port);
  return found != nullptr ? found->name : string_view{};
}

string_view port_purpose(std::uint16_t port) {
  const Port* found = find_port(port);
  return found != nullptr ? found->purpose : string_view{};
}

}  // namespace whydown::diagnosis
