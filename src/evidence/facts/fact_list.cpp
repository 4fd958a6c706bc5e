// The list of facts: those of every table, in the order in which they are told.

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence {

namespace {

namespace detail = facts_detail;
using detail::Entry;
using detail::Finding;
using detail::View;

constexpr std::span<const Entry> (*kTables[])() = {
    detail::icmp_facts,         detail::distance_facts,  detail::host_facts,
    detail::service_facts,      detail::meanwhile_facts, detail::connections_facts,
    detail::dns_facts,          detail::fragments_facts, detail::dns_answers_facts,
    detail::dns_extended_facts, detail::dns_asked_facts, detail::capture_facts,
    detail::http_facts,         detail::redirect_facts,  detail::replies_facts,
    detail::transfer_facts,     detail::traffic_facts,   detail::latency_facts,
    detail::slow_facts,         detail::tls_facts,       detail::portal_facts,
    detail::quic_facts,         detail::address_facts,   detail::link_facts,
    detail::attack_facts,
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = [] {
    std::vector<Entry> out;
    for (const auto table : kTables) out.insert(out.end(), table().begin(), table().end());
    return out;
  }();
  return all;
}

}  // namespace

std::span<const FactInfo> fact_list() {
  static const std::vector<FactInfo> infos = [] {
    std::vector<FactInfo> out;
    for (const Entry& entry : entries()) out.push_back(entry.info);
    return out;
  }();
  return infos;
}

std::string facts_markdown() {
  std::string out =
      "# Facts\n\n"
      "What a fault's causes are weighed by. Each is measured for one subject (the services that\n"
      "failed in one way) and is yes, no, or unknown where the capture does not show it.\n"
      "\"Since the first failure\" ends with the last one where the service was used again later,\n"
      "else a minute after it. \"Meanwhile\" is from the first failure to the last (of a failure\n"
      "shorter than 2 s: 2 s longer).\n\n"
      "This page is generated from the program's own table.\n\n"
      "| fact | question | source |\n|---|---|---|\n";
  for (const FactInfo& fact : fact_list()) {
    out += fmt::format("| `{}` | {} | {} |\n", fact.id, fact.question, fact.source);
  }
  return out;
}

std::vector<Fact> facts(const Store& store, const Subject& subject, const base::Interner& names) {
  std::vector<Fact> out;
  out.reserve(entries().size());
  const View view(store, subject, names);
  for (const Entry& entry : entries()) {
    // Without a failure in view there is nothing to measure from; of a pattern, only its own facts.
    const bool is_attack = subject.pattern != nullptr && subject.symptom == Symptom::none;
    const bool is_own = entry.info.id.starts_with("attack.") == is_attack;
    const bool is_there = is_attack || !view.failed.empty();
    Finding found = is_own && is_there ? entry.measure(view) : Finding{};
    out.push_back({entry.info.id, found.truth, std::move(found.detail), std::move(found.packets)});
  }
  return out;
}

}  // namespace whydown::evidence
