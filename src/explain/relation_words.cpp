#include "explain/relation_words.h"

#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "base/numbers.h"

namespace whydown::explain {
namespace {

// {other} and {second} name packets, {gap} is "3.91 s", {ago} ", 3.91 s before" or nothing, {after}
// " after 3.91 s" or nothing, {count} a number, {tries} "asked 3 times" or nothing.
struct Sentence {
  Tie tie;
  std::string_view words;
};

constexpr Sentence kSentences[] = {
    {Tie::same_frame,
     "The same packet as {other}{ago}: captured twice, not sent twice.{forwarded}"},
    {Tie::query_repeated,
     "Repeats the query of {other}{ago}: try number {count}. Nothing came back to the one before "
     "that is shown here."},
    {Tie::query_repeated_refused,
     "Repeats the query of {other}{ago}: try number {count}. The one before got the error of "
     "{second}."},
    {Tie::query_repeated_answered,
     "Repeats the query of {other}{ago}, although {second} answers it: try number {count}. Either "
     "the answer did not reach the client, or the client did not take it."},
    {Tie::question_asked_before,
     "The same client asked this already in {other}{ago}{elsewhere}, and no answer is shown here."},
    {Tie::question_refused_before,
     "The same client asked this already in {other}{ago}{elsewhere}, and got the error of "
     "{second}."},
    {Tie::question_answered_before,
     "The same client asked this already in {other}{ago}{elsewhere}, and had the answer in "
     "{second}."},
    {Tie::answers, "Answers the query of {other}{after}.{tries}"},
    {Tie::answers_again, "A second answer to the same query; the first came in {other}{ago}."},
    {Tie::answers_unseen, "The query it answers is not shown before it."},
    {Tie::error_about, "It is about {other}{sent}."},
    {Tie::error_again,
     "The {count}th error of this kind, from this sender, about this service; the first is "
     "{other}."},
    {Tie::error_unseen, "The packet it is about is not shown before it."},
    {Tie::syn_repeated,
     "Repeats the SYN of {other}{ago}: try number {count}. Nothing came back that is shown here."},
    {Tie::syn_after_yes, "Repeats the SYN of {other}{ago}, although {second} accepts it."},
    {Tie::syn_ack, "Answers the SYN of {other}{after}.{tries}"},
    {Tie::syn_ack_repeated, "Accepts once more, as {other} did{ago}."},
    {Tie::syn_ack_unseen, "The SYN it answers is not shown before it."},
    {Tie::handshake_done,
     "Completes the handshake begun in {other} (SYN) and {second} (SYN and ACK){after}."},
    {Tie::reset_refuses, "Answers the SYN of {other} with a refusal{after}.{tries}"},
    {Tie::reset_cuts, "The connection is shown here since {other}{lasted}."},
    {Tie::reset_late, "Both sides had ended the connection already, with {other}{ago}."},
    {Tie::reset_again, "The connection was reset already in {other}{ago}."},
    {Tie::reset_unseen, "Nothing else of this connection is shown before it."},
    {Tie::data_answers, "It comes after the other side's data in {other}{after}."},
    {Tie::data_repeated, "Sends the same bytes again{original}."},
    {Tie::data_gap,
     "{bytes} before it are not shown: lost before they came here, overtaken, or not captured."},
    {Tie::acks_all, "Confirms all that the other side has sent so far, up to {other}{ago}."},
    {Tie::acks_repeated,
     "Asks for the same byte as {other} already did{ago}: what came after it arrived, but not that "
     "one."},
    {Tie::keep_alive, "Repeats the last number already used, so that the other side answers."},
    {Tie::fin_first, "It ends its direction of the connection shown here since {other}{lasted}."},
    {Tie::fin_second, "The other side ended its direction in {other}{ago}: both have now."},
    {Tie::datagram_answers, "Goes the other way than {other}{ago}: it may well be the answer."},
    {Tie::datagram_follows,
     "Follows {other}{ago} in the same direction, and nothing came back in between."},
    {Tie::echo_answers, "Answers the ping of {other}{after}."},
    {Tie::echo_repeated, "The same ping as {other}{ago}."},
    {Tie::echo_unseen, "The ping it answers is not shown before it."},
    {Tie::asks_again,
     "Asks again after {other}{ago}: try number {count}, and nobody has answered that is shown "
     "here."},
    {Tie::neighbour_answers, "Answers the question of {other}{after}.{tries}"},
    {Tie::neighbour_unasked, "The question it answers is not shown before it."},
    {Tie::first_of_conversation, "The first packet of this conversation that is shown here."},
};

constexpr bool sentences_in_order() {
  for (std::size_t i = 0; i < std::size(kSentences); ++i) {
    if (static_cast<std::size_t>(kSentences[i].tie) != i) return false;
  }
  return std::size(kSentences) == static_cast<std::size_t>(Tie::count_);
}
static_assert(sentences_in_order(), "one sentence per tie, in the enumeration's order");

std::string ordinal(std::uint64_t count) {
  const char* suffix = "th";
  if (count % 100 < 11 || count % 100 > 13) {
    suffix = count % 10 == 1 ? "st" : count % 10 == 2 ? "nd" : count % 10 == 3 ? "rd" : "th";
  }
  return base::thousands(count) + suffix;
}

std::string with_gap(const Relation& relation, std::string_view before, std::string_view behind) {
  if (!relation.has_gap) return {};
  return std::string(before) + base::human_duration(relation.gap) + std::string(behind);
}

std::string value_of(std::string_view name, const Relation& relation, const Cite& cite) {
  if (name == "other") return cite(relation.other);
  if (name == "second") return cite(relation.second);
  if (name == "count") return base::thousands(relation.count);
  if (name == "bytes") return base::counted(relation.count, "byte", "bytes");
  if (name == "ago") return with_gap(relation, ", ", " before");
  if (name == "after") return with_gap(relation, ", after ", "");
  if (name == "sent") return with_gap(relation, ", sent ", " before");
  if (name == "lasted") return with_gap(relation, ", for ", "");
  if (name == "elsewhere") return relation.count == 1 ? ", of another server" : "";
  if (name == "original") {
    return relation.other.is_set()
               ? " as " + cite(relation.other) + with_gap(relation, ", ", " before")
               : std::string();
  }
  if (name == "forwarded" && relation.count > 0) {
    return relation.count == 1
               ? std::string(" A router passed it on in between.")
               : fmt::format(" {} routers passed it on in between.", relation.count);
  }
  if (name == "tries" && relation.count > 1) {
    return " It was sent " + base::counted(relation.count, "time", "times") + ".";
  }
  return {};
}

}  // namespace

std::string relation_words(const Relation& relation, const Cite& cite) {
  const auto index = static_cast<std::size_t>(relation.tie);
  if (index >= std::size(kSentences)) return {};
  std::string_view rest = kSentences[index].words;
  std::string out;
  while (!rest.empty()) {
    const std::size_t open = rest.find('{');
    out += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = rest.find('}', open);
    const std::string_view name = rest.substr(open + 1, close - open - 1);
    rest.remove_prefix(close + 1);
    if (name == "count" && rest.starts_with("th ")) {
      out += ordinal(relation.count);
      rest.remove_prefix(2);
    } else {
      out += value_of(name, relation, cite);
    }
  }
  return out;
}

}  // namespace whydown::explain
