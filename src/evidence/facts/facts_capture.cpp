// Facts about the capture itself: what it cannot have shown.
#include <array>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

constexpr std::uint64_t kFlowsForOneSided = 5;
constexpr double kOneSidedShare = 0.8;
// Of fewer flows all must be one-way: each ACK of a client proves an answer that was not captured.
constexpr std::uint64_t kFlowsAllOneWay = 2;
constexpr base::Duration kEndsEarly = std::chrono::seconds{5};

std::vector<base::Place> places_of(const Store& store, Sign sign) {
  std::vector<base::Place> places;
  for (const ObservationRow& row : store.observations()) {
    if (row.sign != sign) continue;
    for (const Observation& seen : row.first) places.push_back(seen.packet.place);
  }
  return earliest(std::move(places));
}

// The words of a capture filter: "not icmp and port 53" gives not, icmp, and, port, 53.
std::vector<std::string> words_of(std::string_view filter) {
  std::vector<std::string> words(1);
  for (const char c : filter) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

bool hides_icmp(std::string_view filter) {
  static const std::set<std::string, std::less<>> narrowing = {"port", "portrange", "udp", "tcp",
                                                               "arp"};
  bool is_narrowed = false;
  bool is_admitted = false;
  bool is_negated = false;
  for (const std::string& word : words_of(filter)) {
    if (word == "icmp" || word == "icmp6") {
      if (is_negated) return true;
      is_admitted = true;
    } else if (narrowing.contains(word) && !is_negated) {
      is_narrowed = true;
    }
    is_negated = word == "not" || (is_negated && (word == "src" || word == "dst"));
  }
  // "!icmp" loses its mark in the words.
  if (filter.find("!icmp") != std::string_view::npos) return true;
  return is_narrowed && !is_admitted;
}

RowList icmp_rows(const Store& store) {
  RowList rows;
  for (const auto& [key, row] : store.rows()) {
    const bool is_echo = key.service.protocol == Protocol::icmp;
    if (is_echo || is_icmp_error(key.symptom)) rows.push_back(&row);
  }
  return rows;
}

// Answers to DNS queries that were not captured, though the capture had begun long before.
struct Unasked {
  std::uint64_t count = 0;
  std::vector<base::Place> packets;
};
Unasked unasked_answers(const Store& store) {
  constexpr base::Duration kBegun = std::chrono::seconds{10};
  Unasked out;
  for (const auto& [key, row] : store.rows()) {
    const bool is_dns =
        key.service.protocol == Protocol::dns && key.service.transport == packet::Transport::udp;
    if (!is_dns || row.request_unseen == 0) continue;
    for (const Attempt* attempt : row.exemplars()) {
      const bool is_late =
          base::between(store.totals().first.time, attempt->answer.place.time) > kBegun;
      if (attempt->request_seen || !attempt->answer.is_set() || !is_late) continue;
      out.packets.push_back(attempt->answer.place);
    }
    if (!out.packets.empty()) out.count += row.request_unseen;
  }
  return out;
}

Finding lossy(const View& view) {
  std::uint64_t drops = 0;
  bool all_known = !view.store.inputs().empty();
  for (const base::InputInfo& input : view.store.inputs()) {
    drops += input.capture_drops.value_or(0);
    all_known = all_known && input.capture_drops.has_value();
  }
  const std::uint64_t unseen = view.store.observed(Sign::acked_unseen_segment);
  const bool is_one_sided = one_sided(view.store).truth == Truth::yes;
  if (drops > 0 || (unseen > 0 && !is_one_sided)) {
    return yes(fmt::format("{} dropped by the capturing side, {} acknowledged but never captured",
                           counted(drops, "packet"), counted(unseen, "segment")),
               places_of(view.store, Sign::acked_unseen_segment));
  }
  if (Unasked unasked = unasked_answers(view.store); unasked.count >= 2) {
    return yes(
        fmt::format("{} to queries that were not captured", counted(unasked.count, "answer")),
        std::move(unasked.packets));
  }
  if (all_known && unseen == 0) return no("the capturing side reports no drops");
  return unknown();
}

Finding duplicates(const View& view) {
  const std::uint64_t all = view.store.observed(Sign::duplicate_frame);
  const std::uint64_t count = all - std::min(all, copies_in_loops(view.store));
  if (count > 0) {
    return yes(counted(count, "frame") + " captured twice",
               places_of(view.store, Sign::duplicate_frame));
  }
  if (view.store.totals().packets == 0) return unknown();
  return no("no frame was captured twice");
}

Finding ends_early(const View& view) {
  const base::Place& end = view.store.totals().last;
  if (!end.is_set()) return unknown();
  const std::uint64_t open = sum(view.service, &Row::open_at_end);
  const std::uint64_t all = sum(view.service, &Row::attempts);
  const RowList waiting = rows_where(view.service, [](const Row& row) {
    return row.key.symptom == Symptom::no_response || row.key.symptom == Symptom::no_offer ||
           row.open_at_end > 0;
  });
  if (open > all - open) {
    return yes(
        fmt::format("{} of {} still open when the capture ended", open, counted(all, "attempt")),
        cite_requests(waiting));
  }
  base::Time last_request = base::Time::min();
  for (const Row* row : waiting) last_request = std::max(last_request, row->last);
  if (waiting.empty()) return no("no request was left without an answer");
  const base::Duration left = base::between(last_request, end.time);
  const std::string detail =
      fmt::format("the capture goes on for {} after the last unanswered request", times(left));
  if (left < kEndsEarly) return yes(detail, cite_requests(waiting));
  return no(detail);
}

Finding filter_hides_icmp(const View& view) {
  bool is_filtered = false;
  for (const base::InputInfo& input : view.store.inputs()) {
    if (hides_icmp(input.filter)) {
      return yes("capture filter \"" + base::shown_filter(view.names, input.filter) + "\"");
    }
    is_filtered = is_filtered || !input.filter.empty();
  }
  const RowList icmp = icmp_rows(view.store);
  if (!icmp.empty()) return no("ICMP is in view", cite_requests(icmp));
  return is_filtered ? no("the capture filter admits ICMP") : unknown();
}

Finding records_unread(const View& view) {
  const bool is_text =
      std::ranges::any_of(view.store.inputs(), [](const auto& input) { return input.is_text; });
  if (!is_text) return unknown();
  const std::uint64_t unread = unread_records(view.store);
  if (unread == 0) return no("every record was read");
  const std::string detail = counted(unread, "record") + " could not be read";
  if (unread * 2 < sum(view.failed, &Row::attempts)) return no(detail);
  const auto note = static_cast<std::size_t>(packet::Note::text_unreadable);
  const base::Place& first = view.store.totals().note_first[note];
  return yes(detail, first.is_set() ? std::vector{first} : std::vector<base::Place>{});
}

constexpr std::array kCaptureFacts = {
    Entry{{"capture.one_sided",
           "Was only one direction captured: of 80 % of five or more TCP flows, of every one of "
           "fewer, or of this service's exchanges? No where this server was seen both ways.",
           ""},
          one_sided},
    Entry{{"capture.lossy",
           "Did the capturing side drop packets, are TCP segments acknowledged that were never "
           "captured although both directions are in view, or did two or more DNS answers come "
           "whose queries were not captured, 10 s or more after the capture began?",
           "pcapng, Interface Statistics Block"},
          lossy},
    Entry{{"capture.duplicates", "Were frames captured twice?", ""}, duplicates},
    Entry{{"capture.ends_early",
           "Did the capture end within 5 s of the last unanswered request, or with more attempts "
           "at this service open than decided?",
           ""},
          ends_early},
    Entry{{"capture.filter_hides_icmp",
           "Does the capture filter of an input admit ports or transports but no ICMP?",
           "pcap-filter(7)"},
          filter_hides_icmp},
    Entry{{"capture.records_unread",
           "Are there half as many records of a text log that could not be read as attempts that "
           "failed, or more? Their answers may be among them. Unknown for captures.",
           ""},
          records_unread},
};

}  // namespace

std::span<const Entry> capture_facts() { return kCaptureFacts; }

// Only TCP tells: an unanswered UDP request looks the same whichever way the answer got lost.
Finding one_sided(const Store& store) {
  const journey::Totals& totals = store.totals();
  const std::uint64_t unseen = store.observed(Sign::acked_unseen_segment);
  if (totals.tcp_flows == 0) return unknown();
  const double share =
      static_cast<double>(totals.tcp_flows_one_way) / static_cast<double>(totals.tcp_flows);
  const std::string detail =
      fmt::format("{} of {} captured in one direction only", totals.tcp_flows_one_way,
                  counted(totals.tcp_flows, "TCP flow"));
  const bool is_all =
      totals.tcp_flows >= kFlowsAllOneWay && totals.tcp_flows_one_way == totals.tcp_flows;
  if (is_all ||
      (share >= kOneSidedShare && (totals.tcp_flows >= kFlowsForOneSided || unseen > 0))) {
    return yes(detail, places_of(store, Sign::acked_unseen_segment));
  }
  if (totals.tcp_flows >= kFlowsForOneSided && share < 1 - kOneSidedShare) return no(detail);
  return unknown(detail);
}

Finding one_sided(const View& view) {
  const std::uint64_t answers = sum(view.service, &Row::server_spoke);
  const std::uint64_t unasked = sum(view.service, &Row::request_unseen);
  if (unasked >= kFlowsForOneSided &&
      static_cast<double>(unasked) >=
          kOneSidedShare * static_cast<double>(sum(view.service, &Row::attempts))) {
    return yes(fmt::format("{} answers without a captured request", unasked),
               cite_answers(view.service));
  }
  // Request and answer both captured: the capture sees both directions of this server.
  const RowList both = rows_where(view.host, [](const Row& row) {
    return row.server_spoke > row.request_unseen && row.latency.count() > 0;
  });
  if (answers > unasked && !both.empty()) {
    return no("requests and answers of this server are both in view", cite_answers(both));
  }
  return one_sided(view.store);
}

}  // namespace whydown::evidence::facts_detail

namespace whydown::evidence {

std::uint64_t unread_records(const Store& store) {
  std::uint64_t count =
      store.totals().notes[static_cast<std::size_t>(packet::Note::text_unreadable)];
  for (const base::InputInfo& input : store.inputs()) {
    for (const base::QualityRemark& remark : input.remarks) {
      if (remark.id == "text.unread_lines") count += remark.count;
    }
  }
  return count;
}

}  // namespace whydown::evidence
