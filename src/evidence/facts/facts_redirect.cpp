// Facts about where the redirects of a loop lead.
#include <algorithm>
#include <array>
#include <initializer_list>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

// Where the redirects of a loop lead: most of those kept.
Finding leads(const View& view, std::initializer_list<journey::Leads> wanted,
              std::string_view words) {
  if (!is_http(view) || view.subject.symptom != Symptom::redirect_loop) return unknown();
  std::size_t some = 0;
  std::size_t all = 0;
  const auto fits = [&](const Attempt& attempt) {
    return std::ranges::find(wanted, static_cast<journey::Leads>(attempt.answer.detail)) !=
           wanted.end();
  };
  for (const Attempt* attempt : kept(view.failed)) {
    if (attempt->answer.detail == 0) continue;
    ++all;
    some += fits(*attempt) ? 1U : 0U;
  }
  if (all == 0) return unknown();
  const std::string detail = fmt::format("{} of {} {}", some, counted(all, "redirect"), words);
  const std::vector<base::Place> packets = cite(view.failed, [&](const Attempt& attempt) {
    return fits(attempt) == (some != 0) ? &attempt.answer : nullptr;
  });
  return some != 0 ? yes(detail, packets) : no(detail, packets);
}

Finding redirect_to_https(const View& view) {
  return leads(view, {journey::Leads::same_on_https}, "lead to the same host over https");
}
Finding redirect_to_other_host(const View& view) {
  return leads(view, {journey::Leads::other_host, journey::Leads::other_on_https},
               "lead to another host");
}
Finding redirect_to_other_path(const View& view) {
  return leads(view, {journey::Leads::same_host}, "lead to another path of the same host");
}

constexpr std::array kRedirectFacts = {
    Entry{{"redirect.to_https", "Do redirects of the loop lead to the same host over https?",
           "RFC 9110 15.4"},
          redirect_to_https},
    Entry{{"redirect.to_other_host", "Do redirects of the loop lead to another host?",
           "RFC 9110 15.4"},
          redirect_to_other_host},
    Entry{{"redirect.to_other_path",
           "Do redirects of the loop lead to another path of the same host?", "RFC 9110 15.4"},
          redirect_to_other_path},
};

}  // namespace

std::span<const Entry> redirect_facts() { return kRedirectFacts; }

}  // namespace whydown::evidence::facts_detail
