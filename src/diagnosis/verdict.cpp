#include "diagnosis/verdict.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/core.h>

#include "diagnosis/limits.h"
#include "diagnosis/row_view.h"
#include "diagnosis/vocabulary.h"
#include "diagnosis/words.h"

namespace whydown::diagnosis {

namespace {

using evidence::Protocol;

struct Sums {
  std::map<Protocol, std::uint64_t> served;
  std::map<Protocol, base::Duration> slowest;  // of the served
  std::set<std::uint32_t> names;
  std::uint64_t open = 0;
  std::uint64_t waiting = 0;      // of these, lookups and connections, which must be answered
  std::uint64_t failed = 0;       // judged, whether healed or not
  std::uint64_t fallen_back = 0;  // of these, QUIC whose clients went on over TCP
  std::uint64_t uncounted = 0;
  bool is_read = false;  // what was said within connections, of some at least
};

bool is_served_over_tcp(const evidence::Store& store, const evidence::Service& quic) {
  return std::ranges::any_of(store.rows(), [&](const auto& entry) {
    const auto& [key, row] = entry;
    return key.service.protocol == Protocol::tcp && key.service.server == quic.server &&
           key.service.port == quic.port && is_served(row);
  });
}

Sums sum_up(const evidence::Store& store) {
  Sums sums;
  for (const auto& [key, row] : store.rows()) {
    if (is_transfer(key)) continue;  // counted as the connection that it is of
    sums.open += row.open_at_end;
    const Protocol protocol = key.service.protocol;
    if (protocol == Protocol::dns || protocol == Protocol::tcp) sums.waiting += row.open_at_end;
    sums.uncounted += row.attempts - judged(row);
    // Protocols above TCP and UDP come last in the enumeration, and QUIC behind them.
    const bool is_above = protocol >= Protocol::tls && protocol != Protocol::quic;
    sums.is_read = sums.is_read || (is_above && judged(row) != 0);
    if (is_served(row)) {
      if (judged(row) == 0) continue;
      sums.served[protocol] += judged(row);
      if (row.latency.count() != 0) {
        base::Duration& slowest = sums.slowest[protocol];
        slowest = std::max(slowest, row.latency.maximum());
      }
      if (protocol == Protocol::dns) add_names(row, sums.names);
    } else if (key.symptom != evidence::Symptom::none) {
      sums.failed += judged(row);
      if (protocol == Protocol::quic && key.healed && is_served_over_tcp(store, key.service)) {
        sums.fallen_back += judged(row);
      }
    }
  }
  return sums;
}

// What people complain of where nothing fails.
std::string slowness(const Sums& sums) {
  std::vector<std::string> slow;
  for (const auto& [protocol, latency] : sums.slowest) {
    if (latency < limits::kNoticed) continue;
    slow.push_back(fmt::format("{} ({})", base::human_duration(latency), attempt_noun(protocol)));
  }
  if (slow.empty()) return {};
  return ". The slowest answers came after " + list_words(slow, slow.size(), slow.size());
}

std::string healthy_text(const Sums& sums, const base::Interner& names, std::uint64_t rare) {
  std::vector<std::string> kinds;
  std::uint64_t total = 0;
  for (const auto& [protocol, count] : sums.served) {
    kinds.push_back(count_words(count, attempt_noun(protocol)));
    total += count;
  }
  std::vector<std::string> looked_up;
  for (const std::uint32_t id : sums.names) {
    if (!names.text(id).empty()) looked_up.push_back(names.shown(id));
  }
  constexpr std::size_t kListed = 4;
  std::string text = fmt::format("{} {} answered", list_words(kinds, kinds.size(), kinds.size()),
                                 total == 1 ? "was" : "were");
  if (!looked_up.empty()) {
    text.append(fmt::format(" (names: {})", list_words(looked_up, kListed, looked_up.size())));
  }
  if (rare > 0) {
    constexpr std::uint64_t many = 10;  // times as many
    text.append(fmt::format(", {} failed, too few{} to be an incident", rare,
                            total >= many * rare ? " among so many" : ""));
  } else {
    text.append(sums.failed > 0 ? ", and what failed was served by a retry or is no service that "
                                  "the catalogue judges"
                                : ", and none failed");
  }
  if (sums.fallen_back > 0) {
    text.append(
        fmt::format(". {} failed and went on over TCP, as where a firewall lets no UDP through",
                    count_words(sums.fallen_back, attempt_noun(Protocol::quic))));
  }
  if (sums.served.contains(Protocol::tcp) && !sums.is_read) {
    text.append(". What was said within the connections could not be read, and is not judged");
  }
  text.append(slowness(sums));
  if (sums.waiting > 0) {
    text.append(fmt::format(". {} more {} still waiting for {} when the capture ended",
                            sums.waiting, sums.waiting == 1 ? "was" : "were",
                            sums.waiting == 1 ? "its answer" : "their answers"));
  }
  return sentence(text);
}

// Lookups and connections, answered or still waiting.
std::uint64_t asked(const Sums& sums) {
  std::uint64_t all = sums.waiting;
  for (const auto& [protocol, count] : sums.served) {
    if (protocol == Protocol::dns || protocol == Protocol::tcp) all += count;
  }
  return all;
}

// Too many of them without an answer yet to call the network healthy.
bool is_cut_off(const Sums& sums) { return sums.waiting > 0 && sums.waiting * 2 >= asked(sums); }

// Records that show sizes only: that something came back, not what it said.
std::uint64_t terse_records(const evidence::Store& store) {
  return store.totals().notes[static_cast<std::size_t>(packet::Note::text_terse)];
}

// One in ten: a failure may be among them.
bool is_hardly_read(const evidence::Store& store) {
  constexpr std::uint64_t share = 10;
  const std::uint64_t unread = evidence::unread_records(store);
  return unread > 0 && unread * share >= store.totals().packets;
}

std::string inconclusive_text(const Sums& sums, std::uint64_t gated, std::uint64_t terse) {
  if (gated > 0) {
    return "Nothing can be concluded: what seems unanswered may only be missing from the capture.";
  }
  if (terse > 0) {
    return "Nothing can be concluded: the log shows that packets came back, but not what they "
           "said; it was printed with tcpdump -q.";
  }
  if (sums.failed > 0) {
    return "Nothing can be concluded: the few failures seen here are such as happen without an "
           "outage, and nothing was served that would show a working service.";
  }
  if (is_cut_off(sums) && asked(sums) > sums.waiting) {
    return fmt::format(
        "Nothing can be concluded: {} of {} attempts {} still waiting for an answer when the "
        "capture ended.",
        sums.waiting, asked(sums), sums.waiting == 1 ? "was" : "were");
  }
  if (sums.open > 0) {
    return "Nothing can be concluded: the capture ended while every attempt was still waiting for "
           "its answer.";
  }
  if (sums.uncounted > 0) {
    return "Nothing can be concluded: the capture shows only conversations without their "
           "beginning, "
           "probes, or lookups that fail in normal operation.";
  }
  return "Nothing can be concluded: the input shows no attempt to use a service.";
}

}  // namespace

std::vector<std::string> not_attempted(const std::vector<Incident>& incidents, const WebUse& web) {
  if (!web.is_known) return {};
  if (web.http || web.https) return {};
  const bool is_before_the_web = std::ranges::any_of(
      incidents, [](const Incident& i) { return i.step <= evidence::Step::connect; });
  if (!is_before_the_web) return {};
  return {"HTTP (TCP port 80)", "HTTPS (TCP port 443)"};
}

void set_verdict(Diagnosis& diagnosis, const evidence::Store& store, const base::Interner& names,
                 std::uint64_t gated, std::uint64_t rare) {
  const Sums sums = sum_up(store);
  const std::uint64_t terse = terse_records(store);
  if (!diagnosis.incidents.empty()) {
    diagnosis.verdict = Verdict::incident;
    const bool is_minor = std::ranges::all_of(
        diagnosis.incidents, [](const Incident& incident) { return incident.severity == "low"; });
    const bool is_one = diagnosis.incidents.size() == 1;
    const std::string_view minor = is_one ? ", of low severity" : ", all of low severity";
    diagnosis.verdict_text = sentence(
        fmt::format("{} found{}{}: {}", count_words(diagnosis.incidents.size(), "incident"),
                    is_minor ? minor : std::string_view{}, is_one ? "" : ", the gravest",
                    diagnosis.incidents.front().title));
  } else if (!sums.served.empty() && gated == 0 && terse == 0 && !is_cut_off(sums) &&
             !is_hardly_read(store)) {
    diagnosis.verdict = Verdict::healthy;
    diagnosis.verdict_text = healthy_text(sums, names, rare);
  } else {
    diagnosis.verdict = Verdict::inconclusive;
    const bool is_clean = gated == 0 && terse == 0 && !is_cut_off(sums);
    diagnosis.verdict_text =
        is_clean && is_hardly_read(store)
            ? fmt::format(
                  "Nothing can be concluded: {} records of the log could not be read, and "
                  "failures may be among them.",
                  evidence::unread_records(store))
            : inconclusive_text(sums, gated, terse);
  }
}

}  // namespace whydown::diagnosis
