#include "diagnosis/gate.h"

#include <algorithm>
#include <string_view>

#include <fmt/core.h>

#include "diagnosis/words.h"

namespace whydown::diagnosis {

namespace {

const evidence::Fact* known_fact(std::span<const evidence::Fact> facts, std::string_view id) {
  const auto found = std::ranges::find_if(facts, [&](const evidence::Fact& fact) {
    return fact.id == id && fact.truth == evidence::Truth::yes;
  });
  return found == facts.end() ? nullptr : &*found;
}

}  // namespace

std::optional<base::QualityRemark> silence_gate(const Case& found,
                                                std::span<const evidence::Fact> facts,
                                                const Tally& tally, const base::AddressBook& book) {
  if (found.subject.symptom != evidence::Symptom::no_response) return std::nullopt;
  const evidence::Fact* one_sided = known_fact(facts, "capture.one_sided");
  const evidence::Fact* lossy = known_fact(facts, "capture.lossy");
  const bool most_were_served = tally.served > tally.failed;
  const evidence::Fact* reason = one_sided;
  if (reason == nullptr && most_were_served) reason = lossy;
  if (reason == nullptr) return std::nullopt;

  const evidence::Service& service = found.subject.services.front();
  const std::string attempts = count_words(tally.failed, attempt_noun(service.protocol));
  base::QualityRemark remark;
  remark.id = "diagnosis.silence_not_judged";
  remark.severity = base::Severity::warning;
  remark.text = fmt::format(
      "{} to {} seem{} unanswered, but {}, so this says nothing about the server.", attempts,
      service.port != 0 ? book.endpoint(service.server, service.port) : book.text(service.server),
      tally.failed == 1 ? "s" : "",
      reason == one_sided ? "the capture shows only one direction of the traffic"
                          : "packets are missing from the capture and most others were answered");
  remark.packets = reason->packets;
  remark.count = tally.failed;
  return remark;
}

}  // namespace whydown::diagnosis
