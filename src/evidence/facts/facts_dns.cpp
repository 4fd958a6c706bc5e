// Facts about DNS as a service: its other transport, its speed, the other servers.
#include <array>

#include <fmt/format.h>

#include "evidence/facts/facts.h"
#include "evidence/limits.h"

namespace whydown::evidence::facts_detail {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Duration kSlow = seconds{1};
constexpr base::Duration kInstant = milliseconds{5};
constexpr base::Duration kFast = milliseconds{50};

bool is_dns_over_udp(const Service& service) {
  return service.protocol == Protocol::dns && service.transport == packet::Transport::udp;
}

// Handshakes and queries over TCP at the subject's own ports, while the failure lasted. One row
// holds handshakes and queries alike, so that the kept attempts decide.
struct OverTcp {
  const Row* tried = nullptr;
  std::vector<base::Place> requests;    // of all of them
  std::vector<base::Place> accepted;    // the handshake
  std::vector<base::Place> answered;    // a query, be it by an error
  std::vector<base::Place> unanswered;  // a query that had a connection
  std::vector<base::Place> reset;
  std::vector<base::Place> undecided;  // a query that the capture does not follow to its end
};

bool has_query(const Attempt& attempt) {
  return attempt.request.kind == journey::Kind::dns_query ||
         attempt.answer.kind == journey::Kind::dns_answer;
}

void sort_in(OverTcp& out, const Row& row, const Attempt& attempt) {
  const base::Place& request =
      attempt.request.is_set() ? attempt.request.place : attempt.answer.place;
  const base::Place& answer = attempt.answer.place;
  out.requests.push_back(request);
  if (row.key.symptom == Symptom::reset) out.reset.push_back(answer);
  const bool is_query = has_query(attempt);
  if (is_rcode(row.key.symptom) || (is_ok(row) && is_query)) {
    out.answered.push_back(answer);
  } else if (is_ok(row)) {
    out.accepted.push_back(answer);
  } else if (row.key.symptom == Symptom::no_response && is_query) {
    out.unanswered.push_back(request);
  }
}

OverTcp over_tcp(const View& view) {
  OverTcp out;
  for (const Row* row : view.host) {
    const Service& service = row->key.service;
    const bool is_same_port =
        std::ranges::any_of(view.subject.services, [&](const Service& wanted) {
          return is_dns_over_udp(wanted) && wanted.server == service.server &&
                 wanted.port == service.port;
        });
    const bool is_tcp = service.transport == packet::Transport::tcp;
    if (!is_same_port || !is_tcp) continue;
    for (const Attempt* attempt : row->exemplars()) {
      if (!is_during(view, attempt->begin)) continue;
      if (row->key.outcome == Outcome::unknown) {
        if (has_query(*attempt)) out.undecided.push_back(attempt->request.place);
        continue;
      }
      out.tried = row;
      sort_in(out, *row, *attempt);
    }
  }
  for (auto* places : {&out.requests, &out.accepted, &out.answered, &out.unanswered, &out.reset}) {
    std::ranges::sort(*places);
  }
  return out;
}

std::string tcp_port(const View& view, const Row& row) { return view.endpoint(row.key.service); }

// The median time to the answers of one symptom, against a bound.
struct Median {
  RowList rows;
  bool is_known = false;
  base::Duration value{};
  base::Duration longest{};
  std::string detail;
};

Median median_of(const View& view, Symptom symptom, std::string_view rcode) {
  Median out;
  out.rows = rows_where(view.service, [&](const Row& row) { return row.key.symptom == symptom; });
  const LatencyHistogram latency = latencies(out.rows);
  out.is_known = latency.count() > 0;
  out.value = latency.quantile(0.5);
  out.longest = latency.maximum();
  if (!out.is_known) return out;
  out.detail = fmt::format("{} after {} (median of {})", rcode, times(out.value),
                           counted(latency.count(), "answer"));
  return out;
}

// A resolver remembers that it waited in vain, and fails the next queries at once.
bool is_remembered(const Median& median) {
  return median.longest >= kSlow && median.value <= kInstant;
}

// The kernel accepts connections for a program that hangs: where queries were sent, they decide.
Finding dns_tcp_answers(const View& view) {
  const OverTcp found = over_tcp(view);
  if (found.tried == nullptr) return unknown();
  const std::string port = tcp_port(view, *found.tried);
  if (!found.answered.empty()) {
    const bool has_stopped =
        !found.unanswered.empty() && found.answered.back() < found.unanswered.back();
    if (has_stopped) return unknown(port + " answered and then left a query without an answer");
    return yes(port + " answered", earliest(found.answered));
  }
  if (!found.unanswered.empty()) {
    return no(port + " left the query without an answer", earliest(found.unanswered));
  }
  if (!found.accepted.empty() && !found.undecided.empty()) {
    return unknown(port + " accepted the connection, and a query waits for its answer");
  }
  if (!found.accepted.empty()) {
    return yes(port + " accepted the connection", earliest(found.accepted));
  }
  return no(port + " was tried and did not answer", earliest(found.requests));
}

Finding dns_udp_answers(const View& view) {
  RowList answered;
  bool is_over_tcp = false;
  for (const Row* row : view.host) {
    const Service& service = row->key.service;
    const bool is_subject = std::ranges::any_of(view.subject.services, [&](const Service& wanted) {
      return wanted.transport == packet::Transport::tcp && wanted.server == service.server &&
             wanted.port == service.port;
    });
    is_over_tcp = is_over_tcp || is_subject;
    if (!is_subject || !is_dns_over_udp(service) || !is_during(view, *row)) continue;
    if (is_ok(*row) || is_rcode(row->key.symptom)) answered.push_back(row);
  }
  if (!is_over_tcp || answered.empty()) return unknown();
  return yes(view.endpoint(answered.front()->key.service) + " answered over UDP",
             cite_answers(answered));
}

Finding dns_tcp_tried(const View& view) {
  const OverTcp found = over_tcp(view);
  if (found.tried != nullptr) {
    return yes(tcp_port(view, *found.tried) + " was tried", earliest(found.requests));
  }
  // A filter for UDP hides it.
  const auto& inputs = view.store.inputs();
  const bool is_filtered = std::ranges::any_of(
      inputs, [](const base::InputInfo& input) { return !input.filter.empty(); });
  if (is_filtered || !is_dns_over_udp(view.subject.services.front())) return unknown();
  return no("nobody asked over TCP since the first of these answers", cite_answers(view.failed));
}

Finding dns_tcp_refused(const View& view) {
  const OverTcp found = over_tcp(view);
  if (found.tried == nullptr) return unknown();
  const std::string port = tcp_port(view, *found.tried);
  std::vector<base::Place> open = found.accepted;
  open.insert(open.end(), found.answered.begin(), found.answered.end());
  if (!open.empty()) {
    const std::string detail = port + " accepted the connection";
    // It changed while the failure went on: neither answer describes it.
    if (!found.reset.empty()) return unknown(detail + " and reset another");
    return no(detail, earliest(std::move(open)));
  }
  if (found.reset.empty()) return no(port + " sent no reset", earliest(found.requests));
  return yes(port + " refused by reset", earliest(found.reset));
}

Finding dns_tcp_hangs(const View& view) {
  const OverTcp found = over_tcp(view);
  if (found.tried == nullptr) return unknown();
  const std::string port = tcp_port(view, *found.tried);
  if (!found.answered.empty()) return no(port + " answered", earliest(found.answered));
  // The query can only have been sent over a connection that was accepted.
  if (found.unanswered.empty()) return unknown();
  return yes(port + " accepted the connection and left the query without an answer",
             earliest(found.unanswered));
}

Finding dns_late_answers(const View& view) {
  std::uint64_t count = 0;
  std::vector<base::Place> packets;
  LatencyHistogram latency;
  const auto is_late = [](Sign sign) {
    return sign == Sign::late_answer || sign == Sign::late_answer_rejected;
  };
  for (const ObservationRow& row : view.store.observations()) {
    const auto& wanted = view.subject.services;
    if (!is_late(row.sign) || std::ranges::find(wanted, row.service) == wanted.end()) continue;
    count += row.count;
    latency.merge(row.latency);
    for (const Observation& seen : row.first) packets.push_back(seen.packet.place);
  }
  if (count > 0) {
    std::string detail = counted(count, "answer") + " came too late";
    if (latency.count() > 0)
      detail += fmt::format(", after {} (median)", times(latency.quantile(0.5)));
    return yes(std::move(detail), earliest(std::move(packets)));
  }
  const bool is_dns = std::ranges::any_of(view.subject.services, is_dns_over_udp);
  // Where answers are not captured at all, late ones are not either.
  if (!is_dns || one_sided(view).truth == Truth::yes) return unknown();
  const std::uint64_t open = sum(view.failed, &Row::open_at_end);
  if (open == sum(view.failed, &Row::attempts)) return unknown();
  return no("no answer in view came after its query was given up", cite_requests(view.failed));
}

Finding servfail_slow(const View& view) {
  const Median median = median_of(view, Symptom::serv_fail, "SERVFAIL");
  if (!median.is_known) return unknown();
  if (is_remembered(median)) {
    return yes(median.detail + fmt::format(", the longest after {}", times(median.longest)),
               cite_answers(median.rows));
  }
  if (median.value >= kSlow) return yes(median.detail, cite_answers(median.rows));
  return no(median.detail, cite_answers(median.rows));
}

Finding servfail_instant(const View& view) {
  const Median median = median_of(view, Symptom::serv_fail, "SERVFAIL");
  if (!median.is_known || is_remembered(median)) return unknown();
  if (median.value <= kInstant) return yes(median.detail, cite_answers(median.rows));
  return no(median.detail, cite_answers(median.rows));
}

Finding refused_fast(const View& view) {
  const Median median = median_of(view, Symptom::refused, "REFUSED");
  if (!median.is_known) return unknown();
  if (median.value <= kFast) return yes(median.detail, cite_answers(median.rows));
  return no(median.detail, cite_answers(median.rows));
}

// Another server of the same clients: what it told others says nothing about their fallback.
Finding other_server_answers(const View& view) {
  if (view.subject.services.front().protocol != Protocol::dns) return unknown();
  const RowList healed =
      rows_where(view.failed, [](const Row& row) { return row.answered_by_other_server > 0; });
  RowList tried;
  RowList answered;
  for (const auto& [key, row] : view.store.rows()) {
    const bool is_other = key.service.protocol == Protocol::dns && key.step == Step::name &&
                          !std::ranges::binary_search(view.servers, key.service.server);
    if (!is_other || key.outcome == Outcome::unknown || !is_during(view, row)) continue;
    const auto& few = view.failing_clients.kept();
    const bool is_shared = std::ranges::any_of(
        few, [&](const auto& client) { return row.clients.kept().contains(client); });
    if (!is_shared) continue;
    tried.push_back(&row);
    if (is_ok(row)) answered.push_back(&row);
  }
  if (!answered.empty()) {
    std::vector<base::Place> packets = cite(answered, [&](const Attempt& attempt) {
      return attempt.begin >= view.first ? &attempt.answer : nullptr;
    });
    if (packets.empty()) packets = cite_answers(answered);
    return yes(view.endpoint(answered.front()->key.service) + " answered meanwhile",
               std::move(packets));
  }
  if (!healed.empty()) {
    return yes(counted(sum(healed, &Row::answered_by_other_server), "query") +
                   " answered by another server",
               cite_requests(healed));
  }
  if (tried.empty()) return unknown();
  return no(view.endpoint(tried.front()->key.service) + " was asked and did not answer either",
            cite_requests(tried));
}

constexpr std::array kDnsFacts = {
    Entry{{"dns.tcp_answers",
           "Did the same server answer queries over TCP on the same port since the first failure "
           "over UDP (or, where no query followed, accept the connection)?",
           "RFC 7766 5"},
          dns_tcp_answers},
    Entry{
        {"dns.udp_answers",
         "Where DNS over TCP fails: did the same server answer DNS over UDP on the same port since "
         "the first failure, an answer cut short (TC) and an error included?",
         "RFC 7766 5"},
        dns_udp_answers},
    Entry{{"dns.tcp_tried",
           "Was TCP to the same server and port tried since the first failure? Unknown where a "
           "capture filter may hide it.",
           "RFC 7766 5"},
          dns_tcp_tried},
    Entry{{"dns.tcp_refused",
           "Did the same server reset the TCP connections to the same port since the first failure "
           "over UDP, and accept none?",
           "RFC 7766 5"},
          dns_tcp_refused},
    Entry{{"dns.tcp_hangs",
           "Did the same server accept a TCP connection on the same port since the first failure "
           "over UDP, and leave every query over TCP without an answer?",
           "RFC 7766 5; reasoned: the kernel accepts for a program that hangs"},
          dns_tcp_hangs},
    Entry{{"dns.late_answers",
           "Did answers of this service come after their query was given up, or meet a socket that "
           "the client had closed?",
           "RFC 1122 4.1.3.1"},
          dns_late_answers},
    Entry{{"dns.servfail_slow",
           "Do SERVFAIL answers take 1 s or longer (median; or the longest, where the median is "
           "within "
           "5 ms, as of failures that are remembered)?",
           "RFC 2308 7.1; RFC 9520 3.2"},
          servfail_slow},
    Entry{{"dns.servfail_instant",
           "Do SERVFAIL answers come within 5 ms (median), and none after 1 s or more?",
           "RFC 9520 3.2"},
          servfail_instant},
    Entry{{"dns.refused_fast", "Do REFUSED answers come within 50 ms (median)?", "RFC 1035 4.1.1"},
          refused_fast},
    Entry{{"dns.other_server_answers",
           "Did another DNS server answer the failing clients meanwhile?", "RFC 1035 7.2"},
          other_server_answers},
};

}  // namespace

std::span<const Entry> dns_facts() { return kDnsFacts; }

}  // namespace whydown::evidence::facts_detail
