// Facts about login pages that stand before the internet (captive portals): who was sent to one,
// and who got through. They look at all that the failing clients did, not at the subject alone.
#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "evidence/facts/facts.h"
#include "journey/portal_probes.h"
#include "journey/sole_address.h"

namespace whydown::evidence::facts_detail {

namespace {

constexpr std::uint16_t kLoginRequired = 511;  // RFC 6585 6
constexpr std::size_t kFewSites = 3;

// Two minutes: a client that is sent to a login page stays so until somebody logs in.
constexpr base::Duration kSpell = std::chrono::seconds{120};

// A gateway that shuts takes a moment; what passes meanwhile passed before.
constexpr base::Duration kTakesHold = std::chrono::seconds{3};

bool is_of_failing(const View& view, const base::IpAddress& client) {
  return view.failing_clients.kept().contains(client);
}

bool is_near(const View& view, base::Time time) {
  return time >= base::add(view.first, -kSpell) && time <= base::add(view.last, kSpell);
}

bool is_login_page(const Attempt& attempt) {
  return attempt.symptom == Symptom::diverted ||
         (attempt.answer.kind == journey::Kind::http_answer &&
          attempt.answer.code == kLoginRequired);
}

// Answers that sent a failing client to a login page, of other subjects than this one.
std::vector<const Attempt*> sent_to_login(const View& view) {
  std::vector<const Attempt*> out;
  for (const auto& [key, row] : view.store.rows()) {
    if (key.service.protocol != Protocol::http || key.symptom == view.subject.symptom) continue;
    if (key.symptom != Symptom::diverted && key.symptom != Symptom::error_status) continue;
    for (const Attempt* attempt : row.exemplars()) {
      const bool is_ours = is_of_failing(view, attempt->client) && is_near(view, attempt->begin);
      if (is_ours && is_login_page(*attempt)) out.push_back(attempt);
    }
  }
  return out;
}

std::vector<const Attempt*> diverted(const View& view) {
  if (view.subject.symptom != Symptom::diverted) return {};
  return kept(view.failed);
}

// The kept observations of a sign whose client is one of the failing ones.
std::vector<base::Place> told_of_failing(const View& view, Sign sign, bool is_near_only) {
  std::vector<base::Place> places;
  for (const ObservationRow& row : view.store.observations()) {
    if (row.sign != sign) continue;
    for (const auto* kept : {&row.first, &row.last}) {
      for (const Observation& seen : *kept) {
        const base::Time time = seen.packet.place.time;
        const base::Time settled = base::add(view.first, kTakesHold);
        const bool is_meant = !is_near_only || (time >= settled && time <= view.until);
        if (is_meant && is_of_failing(view, seen.client)) places.push_back(seen.packet.place);
      }
    }
  }
  return earliest(std::move(places));
}

std::string place_of(const View& view, const Digest& answer) {
  if (answer.quoted_destination.is_known()) return view.book.text(answer.quoted_destination);
  const std::string host = view.names.shown(answer.leads_to);
  return host.empty() ? "another page" : host;
}

// A login page stands before the internet, not before machines of one's own network. False answers
// of a name server are its doing if they lead to where clients are diverted.
bool is_behind_portal(const View& view, const std::vector<const Attempt*>& sent) {
  std::set<base::IpAddress> doors;
  for (const Attempt* attempt : sent) doors.insert(attempt->service.server);
  if (view.subject.step == Step::name) {
    return std::ranges::any_of(view.failed, [&](const Row* row) {
      return std::ranges::any_of(row->exemplars(), [&](const Attempt* attempt) {
        return doors.contains(attempt->answer.quoted_destination);
      });
    });
  }
  return std::ranges::all_of(view.servers, [&](const base::IpAddress& server) {
    return !server.is_private() || doors.contains(server);
  });
}

Finding diverts(const View& view) {
  const std::vector<const Attempt*> sent = sent_to_login(view);
  if (sent.empty() || !is_behind_portal(view, sent)) return unknown();
  const auto by_redirect = std::ranges::find(sent, Symptom::diverted, &Attempt::symptom);
  const std::string detail =
      by_redirect == sent.end()
          ? std::string("HTTP requests of the same clients are answered with status 511")
          : fmt::format("HTTP requests of the same clients to other places end at {}",
                        place_of(view, (*by_redirect)->answer));
  return yes(detail, answers_of(sent));
}

Finding announced(const View& view) {
  const std::vector<base::Place> packets = told_of_failing(view, Sign::portal_announced, false);
  if (packets.empty()) return unknown();
  return yes("the DHCP server that gave the client its address named a login page", packets);
}

Finding passed(const View& view) {
  const std::vector<base::Place> packets = told_of_failing(view, Sign::probe_passed, true);
  if (packets.empty()) return unknown();
  return yes("a probe for login pages got what is at its URL", packets);
}

Finding probe_barred(const View& view) {
  std::vector<const Attempt*> probes;
  std::vector<const Attempt*> others;
  for (const Attempt* attempt : diverted(view)) {
    const bool is_probe =
        journey::portal_probe(view.names.text(attempt->request.name),
                              view.names.text(attempt->request.target)) != nullptr;
    (is_probe ? probes : others).push_back(attempt);
  }
  if (probes.empty() && others.empty()) return unknown();
  if (probes.empty()) return no("none of the requests kept is such a probe", answers_of(others));
  return yes(fmt::format("{} asked for {} got something else", counted(probes.size(), "probe"),
                         view.name(probes.front()->request.name)),
             answers_of(probes));
}

Finding many_sites(const View& view) {
  std::set<std::string_view> sites;
  std::set<std::string> places;
  const std::vector<const Attempt*> all = diverted(view);
  for (const Attempt* attempt : all) {
    const std::string_view host = view.names.text(attempt->request.name);
    if (!host.empty()) sites.insert(journey::registered_domain(host));
    places.insert(place_of(view, attempt->answer));
  }
  if (sites.empty()) return unknown();
  const std::string detail =
      fmt::format("requests for {} sent to {}", counted(sites.size(), "site"),
                  list({places.begin(), places.end()}, places.size()));
  if (places.size() == 1 && sites.size() >= kFewSites) return yes(detail, answers_of(all));
  return places.size() > 1 ? no(detail, answers_of(all)) : unknown(detail);
}

Finding one_certificate(const View& view) {
  if (view.subject.symptom != Symptom::certificate_name) return unknown();
  std::set<std::string_view> sites;
  std::set<std::uint32_t> certificates;
  std::set<base::IpAddress> servers;
  std::vector<base::Place> packets;
  for (const Row* row : view.failed) {
    for (const Attempt* attempt : row->exemplars()) {
      const std::string_view host = view.names.text(attempt->request.name);
      if (host.empty() || attempt->tls.certificate_name == 0) continue;
      sites.insert(journey::registered_domain(host));
      certificates.insert(attempt->tls.certificate_name);
      servers.insert(attempt->service.server);
      if (attempt->request.is_set()) packets.push_back(attempt->request.place);
    }
  }
  if (sites.empty()) return unknown();
  const std::string detail = fmt::format(
      "{} of {} showed {}", counted(servers.size(), "server"), counted(sites.size(), "site"),
      certificates.size() == 1 ? "one certificate, for " + view.name(*certificates.begin())
                               : fmt::format("{} certificates", certificates.size()));
  const bool is_one = certificates.size() == 1 && sites.size() >= kFewSites && servers.size() > 1;
  if (is_one) return yes(detail, earliest(std::move(packets)));
  return certificates.size() > 1 ? no(detail, earliest(std::move(packets))) : unknown(detail);
}

constexpr std::array kPortalFacts = {
    Entry{{"portal.diverts",
           "Were other HTTP requests of the failing clients, within two minutes of the failure, "
           "sent to one other host whatever they asked for, or answered with status 511 (Network "
           "Authentication Required)? Unknown where the servers are of private networks and others "
           "than the clients were diverted at. In the kept packets; never no.",
           "RFC 8952; RFC 6585 6"},
          diverts},
    Entry{{"portal.announced",
           "Did the DHCP server that gave a failing client its address name a login page? In the "
           "kept packets; never no.",
           "RFC 8910 2"},
          announced},
    Entry{{"portal.probe_passed",
           "Did a failing client, while the failure lasted and three seconds or more after it "
           "began, get what is at the URL of a connectivity probe? In the kept packets; never no.",
           "RFC 8952 2.1"},
          passed},
    Entry{{"portal.probe_barred",
           "Are some of the diverted requests connectivity probes of systems and browsers, whose "
           "answers are known? In the kept packets.",
           "RFC 8952 2.1"},
          probe_barred},
    Entry{{"portal.many_sites",
           "Do diverted requests for three sites or more all lead to one host? No where they lead "
           "to several. In the kept packets.",
           "RFC 8952"},
          many_sites},
    Entry{{"portal.one_certificate",
           "Did several servers of three sites or more show one certificate, which is for none of "
           "these? No where they showed several. In the kept handshakes.",
           "RFC 8952"},
          one_certificate},
};

}  // namespace

std::span<const Entry> portal_facts() { return kPortalFacts; }

}  // namespace whydown::evidence::facts_detail
