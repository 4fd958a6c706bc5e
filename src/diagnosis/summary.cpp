#include "diagnosis/summary.h"

#include <algorithm>
#include <vector>

#include <fmt/core.h>

#include "base/numbers.h"
#include "diagnosis/limits.h"
#include "diagnosis/vocabulary.h"

namespace whydown::diagnosis {

namespace {

using evidence::Row;
using evidence::Step;
using evidence::Symptom;

std::string endpoint_words(const evidence::Service& service, const base::AddressBook& book) {
  if (service.port == 0) return book.text(service.server);
  const std::string_view name = port_name(service.port);
  return fmt::format("{} port {}{}", book.text(service.server), service.port,
                     name.empty() ? "" : fmt::format(" ({})", name));
}

// "7 lookups to 192.0.2.1 port 53 (domain) got no answer"
std::vector<std::string> absorbed_words(const Case& found, const base::AddressBook& book) {
  constexpr std::size_t kListed = 4;
  std::vector<std::string> out;
  for (const Row* row : found.absorbed) {
    if (out.size() == kListed) break;
    const evidence::RowKey& key = row->key;
    out.push_back(fmt::format("{} to {} {}", count_words(judged(*row), attempt_noun(key)),
                              endpoint_words(key.service, book),
                              symptom_words(key.symptom, judged(*row))));
  }
  return out;
}

// Why what was absorbed is no incident of its own.
std::string absorbing_reason(const Case& found) {
  if (found.subject.symptom == Symptom::conflict || found.subject.symptom == Symptom::spoofed) {
    return "What is sent to an address that two machines claim reaches one or the other of them.";
  }
  if (std::ranges::any_of(found.absorbed,
                          [](const Row* row) { return row->key.symptom == Symptom::conflict; })) {
    return "A frame that goes round comes to one machine by several of its ports, and each of them "
           "may answer, as if they were two machines.";
  }
  if (found.subject.symptom == Symptom::looping) {
    return "What goes round in a circle does not arrive; the router where its TTL runs out says "
           "so.";
  }
  if (found.fault->step == "address") {
    return "Nothing can be delivered to a neighbour whose hardware address is not known.";
  }
  if (found.is_cut_short) {
    return "When the capture ended they had waited no longer than the latest ones that were "
           "answered, so whether they would have been answered is not shown.";
  }
  if (found.is_slow) return "A request without an answer is the longest wait of all.";
  const bool is_silence = std::ranges::all_of(
      found.absorbed, [](const Row* row) { return row->key.symptom == Symptom::no_response; });
  if (is_silence && found.subject.symptom == Symptom::serv_fail) {
    return "A DNS server that waits for others in vain says SERVFAIL in the end, and clients that "
           "give up before that hear nothing.";
  }
  const bool is_by_errors =
      found.subject.symptom != Symptom::no_response && found.subject.symptom != Symptom::truncated;
  if (is_silence && is_by_errors) {
    return "Hosts and routers send such errors at a limited rate only (RFC 1812 4.3.2.8), so "
           "silence beside them is the same trouble, and the number of errors is not the number "
           "of failures.";
  }
  return "They concern the same server at the same time.";
}

// "The only connection" is wrong of one between others: the window holds no other, the capture
// does.
std::string failed_words(const Incident& incident, std::string_view noun) {
  const std::uint64_t failed = incident.attempts_failed;
  const bool has_others = incident.ok_before + incident.ok_after > 0;
  if (failed == 1 && incident.attempts_total == 1 && has_others) return count_words(failed, noun);
  return share_words(failed, incident.attempts_total, noun);
}

std::string scope_sentence(const Incident& incident, const Case& found, const Values& values,
                           const Calendar& calendar) {
  const std::string_view noun = attempt_noun(found.failing.front()->key);
  const std::string when = window_words({incident.first, incident.last}, calendar);
  const std::string whom =
      values.client_count == 0
          ? std::string{}
          : fmt::format(" by {}{} ({})", incident.clients.exact ? "" : "about ",
                        count_words(values.client_count, "computer"), values.clients);
  std::string text =
      fmt::format("{}{} {}{}", failed_words(incident, noun), whom,
                  found.is_slow ? "took too long" : "failed", when.empty() ? "" : ", " + when);
  if (incident.ok_before + incident.ok_after > 0) {
    const auto count = [](std::uint64_t n) { return n == 0 ? "none" : base::thousands(n); };
    text.append(fmt::format("; {} served before that", count(incident.ok_before)));
    // An attempt that began before the last failure may be served after it: that is not "none".
    if (incident.ok_after > 0 || incident.ongoing_at_end) {
      text.append(fmt::format(", {} after it", count(incident.ok_after)));
    }
  }
  if (incident.healed > 0) {
    text.append(fmt::format("; {} more failed and {} taken as healed by another attempt",
                            base::thousands(incident.healed), incident.healed == 1 ? "is" : "are"));
  }
  return sentence(text);
}

std::string calendar_sentence(const Calendar& calendar) {
  if (!calendar.has_time) return "The input shows no times.";
  if (calendar.has_date) {
    return calendar.has_zone ? "" : "The input names no time zone.";
  }
  return calendar.has_zone ? "The input names no date."
                           : "The input names no date and no time zone.";
}

std::string ending_sentence(const Incident& incident) {
  return incident.ongoing_at_end ? "This was not seen working again before the capture ended."
                                 : "Later requests of this kind were served again.";
}

// A title in the middle of a sentence: its first letter small, unless it is a name.
std::string inner(std::string title) {
  const bool is_word = title.size() > 1 && title[1] >= 'a' && title[1] <= 'z';
  if ((is_word || title.starts_with("A ")) && title.front() >= 'A' && title.front() <= 'Z') {
    title.front() = static_cast<char>(title.front() - 'A' + 'a');
  }
  return title;
}

// Only where the failure comes before the web could be tried, and is not that of a client without
// an address, of which nobody expects that it tried.
std::string web_sentence(const Incident& incident, const WebUse& web) {
  if (!web.is_known || web.http || web.https || incident.step > Step::name) return {};
  if (incident.protocol == "DHCP") return {};
  return "HTTP and HTTPS were never attempted: the web server is not what failed, as far as this "
         "log shows.";
}

}  // namespace

std::string cause_sentence(const Incident& incident) {
  if (incident.causes.empty()) return {};
  const RankedCause& top = incident.causes.front();
  if (top.id == "other")
    return "None of the causes that the catalogue knows fits these packets well.";
  const std::string text =
      fmt::format("Most likely cause ({}): {}", percent_words(top.probability), inner(top.title));
  for (const InseparablePair& pair : incident.inseparable) {
    if (pair.first != top.id && pair.second != top.id) continue;
    const std::string& rival = pair.first == top.id ? pair.second : pair.first;
    const auto at = std::ranges::find(incident.causes, rival, &RankedCause::id);
    if (at == incident.causes.end()) continue;
    return text + fmt::format("; these packets alone cannot tell it from another one ({}): {}.",
                              percent_words(at->probability), inner(at->title));
  }
  return sentence(text);
}

std::string explanation_of(const Case& found, const Values& values, const base::AddressBook& book) {
  std::vector<std::string> sentences{fill(found.fault->meaning, values)};
  if (!found.absorbed.empty()) {
    const std::vector<std::string> absorbed = absorbed_words(found, book);
    sentences.push_back(sentence("The same incident explains: " +
                                 list_words(absorbed, absorbed.size(), found.absorbed.size())));
    sentences.push_back(absorbing_reason(found));
  }
  if (found.is_folded) {
    sentences.push_back(fmt::format(
        "{} ports of this host fail alike: that is how a search for open ports looks, or a "
        "host without any service; a port that nobody needs is no outage.",
        found.failing.size() > limits::kPortsOfOneHost ? "Very many" : "Several"));
  }
  return paragraph(sentences);
}

std::string attack_summary_of(const Incident& incident, const std::string& first,
                              const Calendar& calendar) {
  const std::string when = window_words({incident.first, incident.last}, calendar);
  const std::vector<std::string> sentences{
      first,
      when.empty() ? std::string{} : sentence("This went on " + when),
      incident.attack ? incident.attack->outcome : std::string{},
      calendar_sentence(calendar),
      incident.ongoing_at_end ? "It was still under way when the capture ended." : "",
      cause_sentence(incident)};
  return paragraph(sentences);
}

std::string summary_of(const Incident& incident, const Case& found, const Values& values,
                       const Calendar& calendar, const WebUse& web) {
  const std::vector<std::string> sentences{fill(found.fault->supervisor, values),
                                           scope_sentence(incident, found, values, calendar),
                                           calendar_sentence(calendar),
                                           ending_sentence(incident),
                                           cause_sentence(incident),
                                           web_sentence(incident, web)};
  return paragraph(sentences);
}

}  // namespace whydown::diagnosis
