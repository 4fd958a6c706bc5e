// Facts about ICMP errors: who sent them, how they were made, when they came.
#include <array>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

using journey::Kind;
using packet::Field;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Linux waits about 3 s for ARP (three requests, one a second) before it says "host unreachable".
constexpr base::Duration kArpTimeoutLeast = seconds{2};
constexpr base::Duration kArpTimeoutMost = milliseconds{4500};
constexpr base::Duration kAtOnce = milliseconds{500};
// A closed port answers from the kernel, in the time of one round trip.
constexpr base::Duration kImpossibleDelay = seconds{2};
constexpr std::uint64_t kRequestsForRate = 8;

const Digest* error_of(const Attempt& attempt) {
  return attempt.answer.kind == Kind::icmp_error ? &attempt.answer : nullptr;
}

bool is_from_server(const Digest& error) {
  return error.known.has(Field::quote) && error.source == error.quoted_destination;
}

std::vector<base::Place> cite_from(const RowList& rows, bool server) {
  return cite(rows, [server](const Attempt& attempt) {
    const Digest* error = error_of(attempt);
    const bool fits = error != nullptr && error->known.has(Field::quote) &&
                      error->quoted_destination.is_known() && is_from_server(*error) == server;
    return fits ? error : nullptr;
  });
}

// "10.7.1.1 answers for 203.0.113.2", of the kept errors whose source is another device.
std::string senders(const View& view) {
  std::vector<std::string> pairs;
  for (const Row* row : view.errors) {
    for (const Attempt* attempt : row->exemplars()) {
      const Digest* error = error_of(*attempt);
      if (error == nullptr || !error->known.has(Field::quote) || is_from_server(*error)) continue;
      const std::string pair = fmt::format("{} answers for {}", view.book.text(error->source),
                                           view.book.text(error->quoted_destination));
      if (std::ranges::find(pairs, pair) == pairs.end()) pairs.push_back(pair);
    }
  }
  return list(pairs, pairs.size());
}

struct Sources {
  std::uint64_t server = 0;
  std::uint64_t other = 0;
  Truth is_server = Truth::unknown;
  std::string detail;
};

// A few errors of the other kind (a rerouted packet, a second firewall) do not change the answer.
constexpr double kClearMajority = 0.8;

Sources sources(const View& view) {
  Sources out{sum(view.errors, &Row::error_from_server),
              sum(view.errors, &Row::error_from_other),
              Truth::unknown,
              {}};
  const std::uint64_t all = out.server + out.other;
  if (all == 0) return out;
  const double share = static_cast<double>(out.server) / static_cast<double>(all);
  if (share >= kClearMajority) out.is_server = Truth::yes;
  if (share <= 1 - kClearMajority) out.is_server = Truth::no;
  out.detail = fmt::format("{} of {} from the queried address itself", out.server,
                           counted(all, "ICMP error"));
  if (out.other > 0) out.detail += "; " + senders(view);
  return out;
}

// The share of the errors whose header was made in one way.
Finding header_fact(const View& view, std::uint64_t Row::* made, std::string_view words) {
  const std::uint64_t known = sum(view.errors, &Row::error_header_known);
  const std::uint64_t count = sum(view.errors, made);
  if (known == 0) return unknown();
  const std::string detail =
      fmt::format("{} of {} {}", count, counted(known, "ICMP header"), words);
  if (count == known) return yes(detail, cite(view.errors, error_of));
  if (count == 0) return no(detail, cite(view.errors, error_of));
  return unknown(detail);
}

// Attempts per second in the fullest slot of time.
std::uint64_t busiest_second(const RowList& some, const RowList& others) {
  TimeHistogram all;
  for (const Row* row : some) all.merge(row->times);
  for (const Row* row : others) all.merge(row->times);
  const auto width = std::chrono::duration_cast<seconds>(all.slot_width()).count();
  return *std::ranges::max_element(all.slots()) / static_cast<std::uint64_t>(width);
}

Finding source_is_server(const View& view) {
  const Sources found = sources(view);
  const bool is_yes = found.is_server == Truth::yes;
  if (found.is_server == Truth::unknown) return unknown(found.detail);
  return {found.is_server, found.detail, cite_from(view.errors, is_yes)};
}

Finding source_is_other_device(const View& view) {
  const Sources found = sources(view);
  if (found.is_server == Truth::unknown) return unknown(found.detail);
  if (found.is_server == Truth::yes) return no(found.detail, cite_from(view.errors, true));
  return yes(found.detail, cite_from(view.errors, false));
}

Finding crafted_header(const View& view) {
  return header_fact(view, &Row::error_header_crafted, "with TOS 0, IP id 0 and DF set");
}

Finding kernel_header(const View& view) {
  return header_fact(view, &Row::error_header_kernel, "with TOS 0xc0 and DF clear");
}

// Errors and silence side by side, at a rate that a limiter would cut. Silence before the first
// error is no sign: behind a dead host, it is the time that ARP takes.
Finding rate_limited(const View& view) {
  const RowList errors = rows_where(view.service, [](const Row& row) {
    return row.key.symptom == Symptom::port_unreachable ||
           row.key.symptom == Symptom::host_unreachable ||
           row.key.symptom == Symptom::admin_prohibited;
  });
  if (errors.empty()) return unknown();
  base::Time first = base::Time::max();
  base::Time last = base::Time::min();
  for (const Row* row : errors) {
    first = std::min(first, row->first);
    last = std::max(last, base::add(row->last, seconds{2}));
  }
  const RowList silent = rows_where(view.service, [&](const Row& row) {
    return row.key.symptom == Symptom::no_response && began_between(row, first, last);
  });
  const std::uint64_t answered = sum(errors, &Row::attempts);
  const std::uint64_t requests = sum(errors, &Row::tries) + sum(silent, &Row::tries);
  if (requests < kRequestsForRate) return unknown();
  const std::string detail =
      fmt::format("{} for {}", counted(answered, "ICMP error"), counted(requests, "request"));
  if (silent.empty()) {
    return answered >= requests ? no(detail, cite(errors, error_of)) : unknown(detail);
  }
  const bool served = std::ranges::any_of(view.service, [&](const Row* row) {
    return is_served(*row, Symptom::port_unreachable) && began_between(*row, first, last);
  });
  if (served || answered >= requests || busiest_second(errors, silent) < 2) return unknown(detail);
  std::vector<base::Place> packets = cite(errors, error_of);
  return yes(detail + ", the rest left without an answer", std::move(packets));
}

Finding admin_prohibited(const View& view) {
  const RowList rows = rows_where(
      view.service, [](const Row& row) { return row.key.symptom == Symptom::admin_prohibited; });
  if (!rows.empty()) {
    return yes(counted(sum(rows, &Row::attempts), "request") + " prohibited", cite(rows, error_of));
  }
  // Other errors in view show that ICMP was captured.
  if (view.errors.empty()) return unknown();
  return no("the ICMP errors in view are of another kind", cite(view.errors, error_of));
}

Finding answers_tcp(const View& view) {
  const RowList tcp = rows_where(view.host, [](const Row& row) {
    return row.key.service.transport == packet::Transport::tcp;
  });
  const RowList by_icmp = rows_where(tcp, [](const Row& row) {
    return row.key.symptom == Symptom::port_unreachable ||
           row.key.symptom == Symptom::admin_prohibited;
  });
  if (!by_icmp.empty()) {
    return yes(
        fmt::format("{} to {} refused by ICMP", counted(sum(by_icmp, &Row::attempts), "connection"),
                    view.endpoint(by_icmp.front()->key.service)),
        cite(by_icmp, error_of));
  }
  const RowList by_reset =
      rows_where(tcp, [](const Row& row) { return row.key.symptom == Symptom::reset; });
  if (by_reset.empty()) return unknown();
  return no(
      fmt::format("{} refused by TCP reset", counted(sum(by_reset, &Row::attempts), "connection")),
      cite_answers(by_reset));
}

Finding from_router_after_arp_timeout(const View& view) {
  const RowList rows = rows_where(
      view.service, [](const Row& row) { return row.key.symptom == Symptom::host_unreachable; });
  const LatencyHistogram latency = latencies(rows);
  if (latency.count() == 0) return unknown();
  const base::Duration median = latency.quantile(0.5);
  const auto is_timeout = [](base::Duration span) {
    return span >= kArpTimeoutLeast && span <= kArpTimeoutMost;
  };
  const std::string detail = fmt::format("\"host unreachable\" after {} (median), {} at most",
                                         times(median), times(latency.maximum()));
  const std::uint64_t other = sum(rows, &Row::error_from_other);
  const std::uint64_t server = sum(rows, &Row::error_from_server);
  if (other == 0 && server == 0) return unknown(detail);
  if (other == 0 || latency.maximum() < kArpTimeoutLeast) return no(detail, cite(rows, error_of));
  // Requests that wait in the same queue get their error sooner: the longest wait tells as well.
  if (is_timeout(median) || is_timeout(latency.maximum())) return yes(detail, cite(rows, error_of));
  return unknown(detail);
}

Finding unreachable_at_once(const View& view) {
  const RowList rows = rows_where(view.service, [](const Row& row) {
    return row.key.symptom == Symptom::host_unreachable ||
           row.key.symptom == Symptom::net_unreachable;
  });
  const LatencyHistogram latency = latencies(rows);
  if (latency.count() == 0) return unknown();
  const base::Duration median = latency.quantile(0.5);
  const std::string detail = fmt::format("\"unreachable\" after {} (median)", times(median));
  if (median <= kAtOnce) return yes(detail, cite(rows, error_of));
  if (median >= kArpTimeoutLeast) return no(detail, cite(rows, error_of));
  return unknown(detail);
}

// Measured from the latest request before the error, so that a retry is not taken for a delay.
Finding delay_impossible(const View& view) {
  const RowList rows = rows_where(
      view.service, [](const Row& row) { return row.key.symptom == Symptom::port_unreachable; });
  std::vector<std::string> late;
  std::vector<base::Place> packets;
  std::uint64_t timed = 0;
  for (const Row* row : rows) {
    for (const Attempt* attempt : row->exemplars()) {
      const Digest& request =
          attempt->last_request.is_set() ? attempt->last_request : attempt->request;
      if (!request.is_set() || error_of(*attempt) == nullptr) continue;
      ++timed;
      const base::Duration delay = base::between(request.place.time, attempt->answer.place.time);
      if (delay <= kImpossibleDelay) continue;
      late.push_back(times(delay));
      packets.push_back(attempt->answer.place);
    }
  }
  if (timed == 0) return unknown();
  if (late.empty())
    return no("in the kept packets, none came later than 2 s", cite(rows, error_of));
  return yes(fmt::format("in the kept packets, errors came {} after their request",
                         list(late, late.size())),
             earliest(std::move(packets)));
}

constexpr std::array kIcmpFacts = {
    Entry{{"icmp.source_is_server",
           "Do the ICMP errors (80 % of them or more) come from the very address they quote as the "
           "destination?",
           "RFC 1122 3.2.2.1"},
          source_is_server},
    Entry{{"icmp.source_is_other_device",
           "Do the ICMP errors (80 % of them or more) come from an address other than the "
           "destination they quote?",
           "RFC 1122 3.2.2.1"},
          source_is_other_device},
    Entry{
        {"icmp.crafted_header",
         "Have all ICMP errors an IPv4 header with TOS 0, id 0 and DF set, as nftables' reject at "
         "a bridge or at ingress makes them?",
         "Linux net/ipv4/netfilter/nf_reject_ipv4.c"},
        crafted_header},
    Entry{{"icmp.kernel_header",
           "Have all ICMP errors an IPv4 header with TOS 0xc0 and DF clear, as the Linux stack "
           "makes them, for a closed port and for iptables' REJECT alike?",
           "Linux net/ipv4/icmp.c; RFC 1812 4.3.2.5"},
          kernel_header},
    Entry{{"icmp.rate_limited",
           "Did some of eight or more requests get an ICMP error and others at the same time "
           "nothing, none an answer, at more than one request a second?",
           "Linux net/ipv4/icmp.c, icmpv4_xrlim_allow; RFC 1812 4.3.2.8"},
          rate_limited},
    Entry{{"icmp.admin_prohibited",
           "Did any request to this service get an ICMP error of the administratively prohibited "
           "kind (codes 9, 10, 13; ICMPv6 codes 1, 5, 6)?",
           "RFC 1812 5.2.7.1; RFC 4443 3.1"},
          admin_prohibited},
    Entry{{"icmp.answers_tcp",
           "Was a TCP SYN to this server answered by ICMP port unreachable or prohibited, where a "
           "TCP stack would send a reset?",
           "RFC 1122 4.2.3.9; RFC 9293 3.10.7.1"},
          answers_tcp},
    Entry{{"icmp.from_router_after_arp_timeout",
           "Did another device say \"host unreachable\" 2 to 4.5 s after the request (median or "
           "longest), the time in which it looked for the server by ARP?",
           "RFC 1812 5.2.7.1; Linux net/ipv4/arp.c"},
          from_router_after_arp_timeout},
    Entry{{"icmp.unreachable_at_once",
           "Did \"net unreachable\" or \"host unreachable\" come within 500 ms (median), from a "
           "routing table and not after a search?",
           "RFC 1812 5.2.7.1"},
          unreachable_at_once},
    Entry{{"icmp.delay_impossible",
           "Did an ICMP port unreachable come more than 2 s after the latest request before it? A "
           "closed port answers at once. In the kept packets.",
           "RFC 1122 4.1.3.1"},
          delay_impossible},
};

}  // namespace

std::span<const Entry> icmp_facts() { return kIcmpFacts; }

}  // namespace whydown::evidence::facts_detail
