#include "evidence/facts/view.h"

#include <iterator>

#include <fmt/format.h>

#include "evidence/limits.h"

namespace whydown::evidence::facts_detail {

namespace {

std::string_view transport_words(packet::Transport transport) {
  switch (transport) {
    case packet::Transport::udp:
      return "UDP";
    case packet::Transport::tcp:
      return "TCP";
    default:
      return "";
  }
}

const char* portless_words(Protocol protocol) {
  switch (protocol) {
    case Protocol::arp:
      return " (ARP)";
    case Protocol::nd:
      return " (neighbour discovery)";
    case Protocol::icmp:
      return " (echo)";
    case Protocol::ethernet:
      return " (every machine of the network)";
    default:
      return "";
  }
}

bool is_of_subject(const Subject& subject, const Service& service) {
  return std::ranges::find(subject.services, service) != subject.services.end();
}

// Rows with nothing in them but probes, noise and mid-stream flows speak only where no others do.
void drop_uncounted(RowList& rows) {
  const RowList counted = rows_where(rows, [](const Row& row) { return row.counted > 0; });
  if (!counted.empty()) rows = counted;
}

}  // namespace

View::View(const Store& the_store, const Subject& the_subject, const base::Interner& the_names)
    : store(the_store), subject(the_subject), names(the_names), book(the_names) {
  for (const Service& wanted : subject.services) servers.push_back(wanted.server);
  std::ranges::sort(servers);
  const auto doubles = std::ranges::unique(servers);
  servers.erase(doubles.begin(), doubles.end());

  for (const base::IpAddress& server : servers) {
    RowKey from;
    from.service = {server, 0, packet::Transport::none, Protocol::arp};
    from.step = Step::link;
    from.outcome = Outcome::ok;
    const auto& rows = store.rows();
    for (auto at = rows.lower_bound(from); at != rows.end(); ++at) {
      if (at->first.service.server != server) break;
      host.push_back(&at->second);
    }
  }
  // What became of a connection's data says nothing about how connections come about; but each of
  // them begins with one that was made.
  service = rows_where(host, [&](const Row& row) {
    const bool is_transfer = row.key.step == Step::transfer;
    return is_of_subject(subject, row.key.service) &&
           (!is_transfer || subject.step == Step::transfer);
  });
  failed = rows_where(service, [&](const Row& row) {
    return row.key.symptom == subject.symptom && row.key.step == subject.step;
  });
  drop_uncounted(failed);
  errors = is_icmp_error(subject.symptom)
               ? failed
               : rows_where(service, [](const Row& row) { return is_icmp_error(row.key.symptom); });
  for (const Row* row : failed) {
    failing_clients.merge(row->clients);
    first = std::min(first, row->first);
    last = std::max(last, row->last);
    last_begin = std::max(last_begin, latest_begin(*row));
  }
  const bool is_over = std::ranges::any_of(service, [&](const Row* row) {
    return is_served(*row, subject.symptom) &&
           std::ranges::any_of(row->exemplars(), [&](const Attempt* attempt) {
             return attempt->begin > last_begin && !is_handshake(*attempt);
           });
  });
  const bool is_short = !failed.empty() && base::between(first, last) < kAfterLast;
  meanwhile = is_short ? base::add(last, kAfterLast) : last;
  until = is_over || failed.empty() ? last : base::add(last, kNear);
}

std::string View::endpoint(const Service& of) const {
  const std::string_view transport = transport_words(of.transport);
  if (transport.empty()) return book.text(of.server) + portless_words(of.protocol);
  return fmt::format("{} {} port {}", book.text(of.server), transport, of.port);
}

std::string View::name(std::uint32_t id) const {
  const std::string text = names.shown(id);
  return text.empty() ? "(unknown name)" : text;
}

bool is_icmp_error(Symptom symptom) {
  return symptom >= Symptom::port_unreachable && symptom <= Symptom::other_icmp_error;
}

bool is_rcode(Symptom symptom) {
  return symptom >= Symptom::nx_domain && symptom <= Symptom::other_rcode;
}

bool is_neighbour(Protocol protocol) {
  return protocol == Protocol::arp || protocol == Protocol::nd;
}

bool is_dns(const View& view) { return view.subject.services.front().protocol == Protocol::dns; }

bool is_http(const View& view) {
  return std::ranges::all_of(view.subject.services, [](const Service& service) {
    return service.protocol == Protocol::http;
  });
}

bool is_ok(const Row& row) {
  return row.key.outcome == Outcome::ok || row.key.outcome == Outcome::slow;
}

bool is_served(const Row& row, Symptom subject_symptom) {
  if (is_ok(row)) return true;
  if (row.key.symptom == Symptom::nx_domain) return subject_symptom != Symptom::nx_domain;
  // A part of an answer, or a false one, comes from a running server too, as far as silence goes.
  if (row.key.symptom == Symptom::truncated || row.key.symptom == Symptom::wrong_answer) {
    return !is_rcode(subject_symptom) && subject_symptom != row.key.symptom;
  }
  return is_rcode(row.key.symptom) && !is_rcode(subject_symptom);
}

bool may_be_handshakes(const Row& row) {
  return row.key.service.protocol == Protocol::dns &&
         row.key.service.transport == packet::Transport::tcp;
}

bool is_handshake(const Attempt& attempt) {
  return attempt.service.protocol == Protocol::dns &&
         attempt.answer.kind == journey::Kind::tcp_syn_ack;
}

bool is_refused_by_act(const Row& row) {
  return row.key.symptom == Symptom::reset || row.key.symptom == Symptom::port_unreachable ||
         row.key.symptom == Symptom::admin_prohibited ||
         row.key.symptom == Symptom::protocol_unreachable;
}

std::uint64_t sum(const RowList& rows, std::uint64_t Row::* counter) {
  std::uint64_t total = 0;
  for (const Row* row : rows) total += row->*counter;
  return total;
}

LatencyHistogram latencies(const RowList& rows) {
  LatencyHistogram all;
  for (const Row* row : rows) all.merge(row->latency);
  return all;
}

base::Time latest_begin(const Row& row) {
  base::Time latest = base::Time::min();
  for (const Attempt* attempt : row.exemplars()) latest = std::max(latest, attempt->begin);
  return latest;
}

bool began_between(const Row& row, base::Time from, base::Time to) {
  if (row.first >= from && row.first <= to) return true;
  for (const Attempt* attempt : row.exemplars()) {
    if (attempt->begin >= from && attempt->begin <= to) return true;
  }
  return row.times.within(from, to) > 0;
}

bool is_during(const View& view, const Row& row) {
  return began_between(row, view.first, view.until);
}

bool is_during(const View& view, base::Time time) {
  return time >= view.first && time <= view.until;
}

NameSketch names_between(const Row& row, base::Time from, base::Time to) {
  if (row.first >= from && row.last <= to) return row.names;
  NameSketch names;
  for (const Attempt* attempt : row.exemplars()) {
    const bool is_within = attempt->begin >= from && attempt->begin <= to;
    if (is_within) names.add(attempt->question.name);
  }
  return names;
}

bool answered_between(const Row& row, base::Time from, base::Time to) {
  for (const Attempt* attempt : row.exemplars()) {
    const base::Time when = attempt->answer.place.time;
    if (attempt->answer.is_set() && when >= from && when <= to) return true;
  }
  if (row.latency.count() == 0) return false;
  // An attempt that began before `to` by more than any of them took was answered before it.
  return row.times.within(from, base::add(to, -row.latency.maximum())) > 0;
}

Finding yes(std::string detail, std::vector<base::Place> packets) {
  return {Truth::yes, std::move(detail), std::move(packets)};
}

Finding no(std::string detail, std::vector<base::Place> packets) {
  return {Truth::no, std::move(detail), std::move(packets)};
}

Finding unknown(std::string detail) { return {Truth::unknown, std::move(detail), {}}; }

std::vector<const Attempt*> kept(const RowList& rows) {
  std::vector<const Attempt*> all;
  for (const Row* row : rows) {
    for (const Attempt* attempt : row->exemplars()) all.push_back(attempt);
  }
  return all;
}

std::vector<base::Place> answers_of(const std::vector<const Attempt*>& attempts) {
  std::vector<base::Place> places;
  for (const Attempt* attempt : attempts) {
    if (attempt->answer.is_set()) places.push_back(attempt->answer.place);
  }
  return earliest(std::move(places));
}

std::vector<base::Place> requests_of(const std::vector<const Attempt*>& attempts) {
  std::vector<base::Place> places;
  for (const Attempt* attempt : attempts) {
    if (attempt->request.is_set()) places.push_back(attempt->request.place);
  }
  return earliest(std::move(places));
}

std::vector<base::Place> earliest(std::vector<base::Place> places) {
  std::ranges::sort(places);
  const auto doubles = std::ranges::unique(places);
  places.erase(doubles.begin(), doubles.end());
  if (places.size() > limits::kCited) places.resize(limits::kCited);
  return places;
}

std::vector<base::Place> both(std::vector<base::Place> some, std::vector<base::Place> others) {
  some = earliest(std::move(some));
  others = earliest(std::move(others));
  const std::size_t half = limits::kCited / 2;
  some.resize(std::min(some.size(), limits::kCited - std::min(half, others.size())));
  others.resize(std::min(others.size(), limits::kCited - some.size()));
  some.insert(some.end(), others.begin(), others.end());
  return earliest(std::move(some));
}

const Digest& proof_of(const Attempt& attempt) {
  if (attempt.answer.is_set()) return attempt.answer;
  return attempt.last_request.is_set() ? attempt.last_request : attempt.request;
}

std::vector<base::Place> cite_answers(const RowList& rows) {
  return cite(rows, [](const Attempt& attempt) { return &attempt.answer; });
}

std::vector<base::Place> cite_requests(const RowList& rows) {
  return cite(rows, [](const Attempt& attempt) {
    return attempt.request.is_set() ? &attempt.request : &attempt.answer;
  });
}

std::string list(const std::vector<std::string>& items, std::uint64_t total) {
  std::string out;
  const std::size_t shown = std::min(items.size(), limits::kListed);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == shown && shown == total ? " and " : ", ";
    out += items[i];
  }
  if (total > shown) out += fmt::format(" and {} more", total - shown);
  return out;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "0 %";
  return fmt::format("{:.0f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string times(base::Duration span) { return base::human_duration(span); }

}  // namespace whydown::evidence::facts_detail
