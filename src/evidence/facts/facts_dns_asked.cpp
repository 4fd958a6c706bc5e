// Facts about the same question asked in another way: without a check of signatures, or of those
// who hold the record.
#include <array>
#include <set>
#include <utility>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

using journey::Kind;

using Questions = std::set<std::pair<std::uint32_t, std::uint16_t>>;  // name, type

Questions questions_of(const View& view) {
  Questions out;
  for (const Row* row : view.failed) {
    for (const Attempt* attempt : row->exemplars()) {
      const Digest& request = attempt->request;
      if (request.name != 0) out.emplace(request.name, request.dns_type);
    }
  }
  return out;
}

bool is_one_of(const Questions& questions, const Attempt& attempt) {
  return questions.contains({attempt.request.name, attempt.request.dns_type});
}

Finding cd_answers(const View& view) {
  if (!is_dns(view)) return unknown();
  const Questions questions = questions_of(view);
  std::vector<base::Place> resolved;
  std::vector<base::Place> failed;
  for (const Row* row : view.host) {
    if (row->key.service.protocol != Protocol::dns) continue;
    for (const Attempt* attempt : row->exemplars()) {
      const bool is_asked = attempt->request.kind == Kind::dns_query &&
                            attempt->request.checking_disabled && is_one_of(questions, *attempt);
      // That it resolves so is no end of the failure (View::until), so it has a window of its own.
      const bool is_near =
          attempt->begin >= view.first && attempt->begin <= base::add(view.last, kNear);
      if (!is_asked || !is_near) continue;
      if (is_ok(*row) && attempt->answer.is_set()) resolved.push_back(attempt->answer.place);
      if (row->key.symptom == view.subject.symptom && attempt->answer.is_set()) {
        failed.push_back(attempt->answer.place);
      }
    }
  }
  if (resolved.empty() == failed.empty()) return unknown();
  if (!resolved.empty()) {
    return yes("the name resolves where signatures are not checked", earliest(std::move(resolved)));
  }
  return no("it fails without a check of signatures as well", earliest(std::move(failed)));
}

Finding authority_answers(const View& view) {
  if (!is_dns(view)) return unknown();
  const Questions questions = questions_of(view);
  std::vector<base::Place> given;
  std::vector<base::Place> denied;
  std::string who;
  for (const auto& [key, row] : view.store.rows()) {
    const bool is_other = key.service.protocol == Protocol::dns && key.step == Step::name &&
                          !std::ranges::binary_search(view.servers, key.service.server);
    if (!is_other) continue;
    for (const Attempt* attempt : row.exemplars()) {
      const Digest& answer = attempt->answer;
      const bool is_its_own = answer.kind == Kind::dns_answer && answer.authoritative;
      if (!is_its_own || !is_one_of(questions, *attempt)) continue;
      if (!is_during(view, attempt->begin)) continue;
      who = view.endpoint(key.service);
      (is_ok(row) && answer.dns_answers > 0 ? given : denied).push_back(answer.place);
    }
  }
  if (given.empty() == denied.empty()) return unknown();
  if (!given.empty()) {
    return yes(who + " gave the record with authority", earliest(std::move(given)));
  }
  return no(who + " says with authority that there is none", earliest(std::move(denied)));
}

// Of what a probe's sockets are told, a capture shows nothing.
Finding told_by_probe(const View& /*view*/) { return unknown(); }

constexpr std::array kDnsAskedFacts = {
    Entry{{"dns.cd_answers",
           "Did the same server resolve a failing name, and the same type, where the client asked "
           "it not to check signatures (CD), and not without? No where that failed as well. In "
           "the kept packets.",
           "RFC 4035 3.2.2"},
          cd_answers},
    Entry{{"dns.authority_answers",
           "Did another server answer a failing name itself, with authority (AA) and with records? "
           "No where it said with authority that there are none, and where a probe's question to "
           "the name's own servers drew no such answer.",
           "RFC 1034 4.3.1"},
          authority_answers},
    Entry{{"dns.plain_answers",
           "Does the server answer the failing question, in full, without EDNS? Told by a probe.",
           "RFC 6891 7"},
          told_by_probe},
    Entry{{"dns.large_answers",
           "Does the server answer the failing question, in full, over UDP, where the client has "
           "room "
           "for 4096 bytes? Told by a probe.",
           "RFC 6891 6.2.3"},
          told_by_probe},
    Entry{{"service.other_address_served",
           "Does another address of the same name serve at the same port? Told by a probe.", ""},
          told_by_probe},
    Entry{
        {"path.gateway_answers",
         "Does the next hop on the way to the server answer an ICMP echo request? Told by a probe.",
         "RFC 1812 4.3.3.6"},
        told_by_probe},
    Entry{
        {"path.refused_before_server",
         "Is a packet refused in the server's name though its time to live ends before the server? "
         "Told by a probe; never no.",
         "RFC 791 3.2; reasoned: what does not arrive cannot be refused by the server"},
        told_by_probe},
};

}  // namespace

std::span<const Entry> dns_asked_facts() { return kDnsAskedFacts; }

}  // namespace whydown::evidence::facts_detail
