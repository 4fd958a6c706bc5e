#include "diagnosis/gate.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "diagnosis/limits.h"
#include "diagnosis/row_view.h"
#include "diagnosis/words.h"

namespace whydown::diagnosis {

namespace {

const evidence::Fact* known_fact(std::span<const evidence::Fact> facts, std::string_view id) {
  const auto found = std::ranges::find_if(facts, [&](const evidence::Fact& fact) {
    return fact.id == id && fact.truth == evidence::Truth::yes;
  });
  return found == facts.end() ? nullptr : &*found;
}

struct Reason {
  const evidence::Fact* fact = nullptr;
  std::string_view words;
};

Reason reason_of(std::span<const evidence::Fact> facts, const Tally& tally) {
  if (const auto* fact = known_fact(facts, "capture.one_sided")) {
    return {fact, "the capture shows only one direction of the traffic"};
  }
  if (const auto* fact = known_fact(facts, "capture.records_unread")) {
    return {fact, "records of the log could not be read, and the answers may be among them"};
  }
  const auto* fact = known_fact(facts, "capture.lossy");
  // A few, and many more were answered before and after them.
  const std::uint64_t others = tally.served + tally.ok_before + tally.ok_after;
  const bool is_exception = tally.failed <= limits::kFewFailures && tally.ok_after > 0 &&
                            others >= limits::kOthersOfFew * tally.failed;
  if (fact == nullptr || (tally.served <= tally.failed && !is_exception)) return {};
  return {fact, "packets are missing from the capture and most others were answered"};
}

// A client that waits for a handshake repeats its SYN after a second (RFC 6298 2.1, 5.7). One that
// did not gave up before that, to try another address for example, and one packet may be lost.
bool is_hardly_tried(const Case& found, const Tally& tally) {
  if (tally.failed >= limits::kFewFailures || found.failing.empty()) return false;
  return std::ranges::all_of(found.failing, [](const evidence::Row* row) {
    return row->key.service.transport == packet::Transport::tcp &&
           row->key.step <= evidence::Step::connect && row->tries <= row->attempts;
  });
}

// A remark in the place of an incident, resting on the first requests that failed.
base::QualityRemark note_on(const Case& found, const Tally& tally, std::string_view id,
                            std::string text) {
  base::QualityRemark remark;
  remark.id = id;
  remark.severity = base::Severity::note;
  remark.text = std::move(text);
  remark.packets = first_requests(found.failing);
  remark.count = tally.failed;
  return remark;
}

base::QualityRemark hardly_tried(const Case& found, const Tally& tally,
                                 const base::AddressBook& book) {
  const evidence::Service& service = found.subject.services.front();
  return note_on(found, tally, "diagnosis.given_up_early",
                 fmt::format("{} to {} got no answer, but the client gave up before it repeated "
                             "its request, as one does "
                             "that tries several addresses at once. One unanswered packet says "
                             "little about the server.",
                             count_words(tally.failed, attempt_noun(service.protocol)),
                             book.endpoint(service.server, service.port)));
}

// What a filter for UDP leaves out, may be the whole answers.
std::optional<base::QualityRemark> truncated_gate(const Case& found,
                                                  std::span<const evidence::Fact> facts,
                                                  const Tally& tally,
                                                  const base::AddressBook& book) {
  const auto tried = std::ranges::find(facts, "dns.tcp_tried", &evidence::Fact::id);
  if (tried == facts.end() || tried->truth != evidence::Truth::unknown) return std::nullopt;
  const evidence::Service& service = found.subject.services.front();
  return note_on(found, tally, "diagnosis.truncated_not_judged",
                 fmt::format("{} to {} got an answer that was cut off (TC). Whether the clients "
                             "then asked over TCP the "
                             "capture's filter may hide, so this says nothing.",
                             count_words(tally.failed, attempt_noun(service.protocol)),
                             book.endpoint(service.server, service.port)));
}

// One request of many: packets get lost, and a user stops a page.
bool is_lone_request(const Case& found, const Tally& tally) {
  return found.subject.step == evidence::Step::request && tally.failed == 1 &&
         tally.served + tally.ok_before + tally.ok_after > 0;
}

base::QualityRemark lone_request(const Case& found, const Tally& tally,
                                 const base::AddressBook& book) {
  const evidence::Service& service = found.subject.services.front();
  return note_on(found, tally, "diagnosis.one_unanswered",
                 fmt::format("One request to {} got no answer, while others were answered. One "
                             "alone says little about "
                             "the server.",
                             book.endpoint(service.server, service.port)));
}

}  // namespace

std::optional<base::QualityRemark> silence_gate(const Case& found,
                                                std::span<const evidence::Fact> facts,
                                                const Tally& tally, const base::AddressBook& book) {
  const evidence::Symptom symptom = found.subject.symptom;
  if (symptom == evidence::Symptom::truncated) return truncated_gate(found, facts, tally, book);
  if (symptom != evidence::Symptom::no_response && symptom != evidence::Symptom::no_offer) {
    return std::nullopt;
  }
  if (is_hardly_tried(found, tally)) return hardly_tried(found, tally, book);
  if (is_lone_request(found, tally)) return lone_request(found, tally, book);
  const auto [reason, words] = reason_of(facts, tally);
  if (reason == nullptr) return std::nullopt;

  const evidence::Service& service = found.subject.services.front();
  const std::string attempts = count_words(tally.failed, attempt_noun(service.protocol));
  base::QualityRemark remark;
  remark.id = "diagnosis.silence_not_judged";
  remark.severity = base::Severity::warning;
  remark.text = fmt::format(
      "{} to {} seem{} unanswered, but {}, so this says nothing about the server.", attempts,
      service.port != 0 ? book.endpoint(service.server, service.port) : book.text(service.server),
      tally.failed == 1 ? "s" : "", words);
  remark.packets = reason->packets;
  remark.count = tally.failed;
  return remark;
}

}  // namespace whydown::diagnosis
