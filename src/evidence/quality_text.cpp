// A log that was typed, edited or made up shows in its numbers. None of it changes who was refused
// by whom, so every remark says that the diagnosis does not rest on it.
//
// Example: a query printed as 24 bytes whose name alone needs 39; its ICMP errors printed as 254,
// 320 and 150 bytes where each quotes the same 39 and must be 75.
#include "evidence/quality_text.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "evidence/facts/view.h"
#include "evidence/limits.h"

namespace whydown::evidence {

namespace {

using base::QualityRemark;
using base::Severity;
using facts_detail::earliest;
using facts_detail::list;
using journey::Kind;
using packet::Field;

constexpr std::string_view kChangesNothing =
    " This is a side note: the diagnosis does not rest on these numbers.";

// RFC 791, 792, 768: what an ICMP error quotes in front of the datagram's own payload.
constexpr std::uint32_t kIcmpHeader = 8;
constexpr std::uint32_t kIpv4Header = 20;
constexpr std::uint32_t kUdpHeader = 8;
constexpr std::uint32_t kQuoteHeaders = kIcmpHeader + kIpv4Header + kUdpHeader;
constexpr base::Duration kClosedPortDelay = std::chrono::seconds{2};
constexpr base::Duration kApart = std::chrono::seconds{1};
constexpr std::size_t kRepeats = 3;

bool is_text(const Digest& digest) { return digest.is_set() && !digest.known.has(Field::bytes); }

std::vector<const Attempt*> text_attempts(const Store& store) {
  std::vector<const Attempt*> out;
  for (const auto& [key, row] : store.rows()) {
    for (const Attempt* attempt : row.exemplars()) {
      if (is_text(attempt->request) || is_text(attempt->answer)) out.push_back(attempt);
    }
  }
  std::ranges::sort(out, {}, [](const Attempt* attempt) {
    return attempt->request.is_set() ? attempt->request.place : attempt->answer.place;
  });
  return out;
}

// Each query packet of the attempts, first and last try.
std::vector<const Digest*> queries(const std::vector<const Attempt*>& attempts) {
  std::vector<const Digest*> out;
  for (const Attempt* attempt : attempts) {
    for (const Digest* digest : {&attempt->request, &attempt->last_request}) {
      if (is_text(*digest) && digest->kind == Kind::dns_query) out.push_back(digest);
    }
  }
  return out;
}

template <typename Number>
std::string numbers(const std::vector<Number>& values) {
  std::vector<std::string> items;
  items.reserve(values.size());
  for (const Number value : values) items.push_back(fmt::format("{}", value));
  return list(items, items.size());
}

template <typename Value>
void add_once(std::vector<Value>& values, const Value& value) {
  if (std::ranges::find(values, value) == values.end()) values.push_back(value);
}

// --- sizes ---------------------------------------------------------------------------------------

void query_lengths(const std::vector<const Attempt*>& attempts, const base::Interner& names,
                   std::vector<QualityRemark>& out) {
  QualityRemark remark{"text.length_mismatch", Severity::note, {}, {}, 0};
  std::set<std::tuple<std::uint32_t, std::uint32_t>> said;
  for (const Digest* query : queries(attempts)) {
    const bool is_wrong = query->known.has(Field::payload_length) && query->expected_length != 0 &&
                          query->transport == packet::Transport::udp &&
                          query->payload_length != query->expected_length;
    if (!is_wrong) continue;
    ++remark.count;
    remark.packets.push_back(query->place);
    if (!said.emplace(query->name, query->payload_length).second) continue;
    if (said.size() > limits::kListed) continue;
    if (!remark.text.empty()) remark.text += ' ';
    remark.text += fmt::format(
        "The log prints {} bytes for the query for {}; with this name the query's true size would "
        "be {} bytes, not {}.",
        query->payload_length, names.shown(query->name), query->expected_length,
        query->payload_length);
  }
  if (remark.count == 0) return;
  remark.packets = earliest(std::move(remark.packets));
  remark.text += kChangesNothing;
  out.push_back(std::move(remark));
}

// The length an ICMP error has when it quotes its UDP datagram whole; 0 when not known.
std::uint32_t full_error_length(const Attempt& attempt) {
  const Digest& request = attempt.request;
  if (!request.is_set() || request.transport != packet::Transport::udp ||
      attempt.answer.network != packet::Network::ipv4) {
    return 0;
  }
  if (request.expected_length != 0) return kQuoteHeaders + request.expected_length;
  return request.known.has(Field::payload_length) ? kQuoteHeaders + request.payload_length : 0;
}

// Requests alike in all that shows have errors alike.
using RequestKey = std::tuple<Service, base::IpAddress, std::uint32_t, std::uint32_t>;

struct ErrorLengths {
  std::vector<std::uint32_t> printed;
  std::vector<base::Place> packets;
  std::uint32_t full = 0;
  bool is_possible = true;
};

void add_error(const Attempt& attempt, std::map<RequestKey, ErrorLengths>& groups) {
  const Digest& error = attempt.answer;
  const Digest& request = attempt.request;
  if (!is_text(error) || error.kind != Kind::icmp_error ||
      !error.known.has(Field::payload_length)) {
    return;
  }
  const std::uint32_t full = full_error_length(attempt);
  if (full == 0) return;
  ErrorLengths& group =
      groups[{attempt.service, error.source, request.name, request.payload_length}];
  const std::uint32_t printed = error.payload_length + kIcmpHeader;
  // A log that prints a wrong query length may still carry errors that fit that length.
  const std::uint32_t by_print = kQuoteHeaders + request.payload_length;
  const std::uint32_t longest =
      request.known.has(Field::payload_length) ? std::max(full, by_print) : full;
  group.full = full;
  group.is_possible = group.is_possible && printed >= kQuoteHeaders && printed <= longest;
  add_once(group.printed, printed);
  group.packets.push_back(error.place);
}

void error_lengths(const std::vector<const Attempt*>& attempts, std::vector<QualityRemark>& out) {
  std::map<RequestKey, ErrorLengths> groups;
  for (const Attempt* attempt : attempts) add_error(*attempt, groups);
  QualityRemark remark{"text.icmp_length_mismatch", Severity::note, {}, {}, 0};
  std::size_t said = 0;
  for (const auto& [key, group] : groups) {
    if (group.printed.size() == 1 && group.is_possible) continue;
    remark.count += group.packets.size();
    remark.packets.insert(remark.packets.end(), group.packets.begin(), group.packets.end());
    if (++said > limits::kListed) continue;
    if (!remark.text.empty()) remark.text += ' ';
    remark.text +=
        group.printed.size() > 1
            ? fmt::format(
                  "The ICMP errors' lengths ({}) should be equal, for the requests are, and "
                  "{} bytes: an error quotes the request it answers.",
                  numbers(group.printed), group.full)
            : fmt::format(
                  "The log prints {} bytes for an ICMP error that should have {}: an error "
                  "quotes the request it answers.",
                  group.printed.front(), group.full);
  }
  if (remark.count == 0) return;
  remark.packets = earliest(std::move(remark.packets));
  remark.text += kChangesNothing;
  out.push_back(std::move(remark));
}

// --- times ---------------------------------------------------------------------------------------

void error_delays(const std::vector<const Attempt*>& attempts, std::vector<QualityRemark>& out) {
  QualityRemark remark{"text.icmp_delay", Severity::note, {}, {}, 0};
  std::vector<std::int64_t> delays;
  for (const Attempt* attempt : attempts) {
    const Digest& error = attempt->answer;
    const Digest& request =
        attempt->last_request.is_set() ? attempt->last_request : attempt->request;
    if (!is_text(error) || !request.is_set() || error.kind != Kind::icmp_error ||
        attempt->symptom != Symptom::port_unreachable) {
      continue;
    }
    const base::Duration delay = base::between(request.place.time, error.place.time);
    if (delay <= kClosedPortDelay) continue;
    ++remark.count;
    remark.packets.push_back(error.place);
    delays.push_back(std::chrono::round<std::chrono::seconds>(delay).count());
  }
  if (remark.count == 0) return;
  remark.text = fmt::format(
      "Answers after {} s are not how a closed port behaves: it answers at once, within the time "
      "of one round trip.{}",
      numbers(delays), kChangesNothing);
  remark.packets = earliest(std::move(remark.packets));
  out.push_back(std::move(remark));
}

void repeated_fractions(const std::vector<const Attempt*>& attempts,
                        std::vector<QualityRemark>& out) {
  using Key = std::tuple<base::IpAddress, std::uint16_t, std::uint16_t, std::int64_t>;
  std::map<Key, std::vector<base::Place>> seen;
  for (const Digest* query : queries(attempts)) {
    const auto time = query->place.time;
    const std::int64_t fraction = base::ns_of(time) % 1'000'000'000;
    // A log without fractions repeats zero, which says nothing.
    if (fraction == 0 || query->source_port == 0 || !query->known.has(Field::dns_id)) {
      continue;
    }
    auto& places = seen[{query->source, query->source_port, query->dns_id, fraction}];
    if (places.empty() || base::between(places.back().time, time) >= kApart) {
      places.push_back(query->place);
    }
  }
  for (const auto& [key, places] : seen) {
    if (places.size() < kRepeats) continue;
    const auto& [client, port, id, fraction] = key;
    QualityRemark remark{
        "text.repeated_fraction", Severity::note, {}, earliest(places), places.size()};
    remark.text = fmt::format(
        "The same source port ({}), query id ({}) and microseconds (.{:06}) come {} times, seconds "
        "apart; real retries do not keep the clock's fraction.{}",
        port, id, fraction / 1000, places.size(), kChangesNothing);
    out.push_back(std::move(remark));
    return;  // one is enough: further ones are of the same making
  }
}

}  // namespace

std::vector<QualityRemark> text_remarks(const Store& store, const base::Interner& names) {
  std::vector<QualityRemark> out;
  const std::vector<const Attempt*> attempts = text_attempts(store);
  query_lengths(attempts, names, out);
  error_lengths(attempts, out);
  error_delays(attempts, out);
  repeated_fractions(attempts, out);
  return out;
}

}  // namespace whydown::evidence
