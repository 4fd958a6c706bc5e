// What an answer, or none, means for who asked.
#include <algorithm>

#include "journey/application.h"
#include "journey/http_tracker.h"
#include "journey/verdict.h"

namespace whydown::journey {

using packet::Packet;
namespace http = packet::http;

namespace {

constexpr std::uint16_t kTooMany = 429;
constexpr std::uint16_t kBadRequest = 400;

Symptom symptom_of(std::uint16_t status) {
  if (status >= 500 || status == kTooMany) return Symptom::error_status;
  if (status == 401 || status == 403 || status == 407 || status == 451) return Symptom::denied;
  return status >= kBadRequest ? Symptom::not_found : Symptom::none;
}

bool is_redirect(std::uint16_t status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool asks_for_credentials(std::uint16_t status) { return status == 401 || status == 407; }

std::string_view trim_port(std::string_view url) {
  const std::size_t end = std::min(url.find_first_of("/?#"), url.size());
  return url.substr(0, end);
}

// Host of "//host/path" and of absolute URLs; empty where the redirect stays on its host.
std::string_view target_host(std::string_view location) {
  if (location.starts_with("//")) return http::without_port(trim_port(location.substr(2)));
  return http::host_of(location);
}

bool is_same_name(std::string_view text, std::string_view lower_name) {
  return std::ranges::equal(text, lower_name, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

}  // namespace

std::uint64_t HttpTracker::url_key(const Conversation& about, const Asked& asked) {
  return fold(hash_of(about.server, 23) + about.server_port, asked.url);
}

// The same client wants the same URL, of whichever server.
std::uint64_t HttpTracker::wish_of(const Conversation& about, const Asked& asked) const {
  return fold(hash_of(about.client, 22) + about.server_port, asked.url);
}

Attempt HttpTracker::attempt_of(const Conversation& about, const Asked& asked) const {
  Attempt attempt;
  attempt.service = {.server = about.server,
                     .port = about.server_port,
                     .transport = packet::Transport::tcp,
                     .protocol = Protocol::http};
  attempt.client = about.client;
  attempt.step = Step::request;
  attempt.request_seen = asked.request.is_set();
  attempt.client_spoke = attempt.request_seen;
  attempt.timed = about.timed;
  attempt.was_reused = asked.is_reused;
  if (!attempt.request_seen) return attempt;
  attempt.tries = 1;
  attempt.request = expand(asked.request, Kind::http_request, packet::Transport::tcp,
                           {about.client, about.server, about.client_port, about.server_port});
  attempt.request.name = asked.host;
  attempt.request.target = asked.target;
  attempt.request.verb = static_cast<std::uint8_t>(asked.method);
  attempt.request.secret = asked.secret;
  attempt.request.variant = asked.variant;
  attempt.begin = attempt.end = asked.request.when();
  return attempt;
}

void HttpTracker::decide(const Conversation& about, const Asked& asked, const Answer& answer) {
  Attempt attempt = attempt_of(about, asked);
  const Packet& packet = answer.packet;
  attempt.server_spoke = true;
  attempt.answer = digest_of(packet, Kind::http_answer, asked.host);
  attempt.answer.code = answer.status;
  attempt.answer.target = asked.target;
  attempt.has_retry_after = answer.has_retry_after;
  attempt.end = packet.place.time;
  attempt.timed = about.timed && packet.has_time;
  if (attempt.request_seen && !asked.has_body) {
    attempt.latency = latency_of(attempt.timed, attempt.begin, packet.place.time);
  }
  if (!attempt.request_seen) attempt.begin = attempt.end;
  judge(about, asked, answer, attempt);
}

void HttpTracker::judge(const Conversation& about, const Asked& asked, const Answer& answer,
                        Attempt& attempt) {
  const std::uint64_t wish = wish_of(about, asked);
  attempt.symptom = symptom_of(answer.status);
  attempt.outcome = outcome_of(attempt.symptom);
  if (is_redirect(answer.status)) {
    judge_redirect(about, asked, answer, attempt);
  } else if (attempt.request_seen) {
    redirects_.arrived(about.client, asked.url);
  }
  judge_diversion(about, asked, answer, attempt);
  if (attempt.outcome == Outcome::ok && is_slow(about, asked, attempt)) {
    attempt.outcome = Outcome::slow;
    attempt.symptom = Symptom::slow_answer;
  }
  if (attempt.outcome == Outcome::ok || attempt.outcome == Outcome::slow) {
    if (attempt.request_seen) requests_.served(wish, attempt.begin);
    requests_.settle(attempt, wish, base::Duration{0});
    return;
  }
  const bool is_challenge = asks_for_credentials(answer.status) && !asked.has_credentials;
  const bool may_heal = attempt.request_seen && attempt.symptom != Symptom::redirect_loop &&
                        attempt.symptom != Symptom::diverted;
  requests_.settle(attempt, wish,
                   !may_heal      ? base::Duration{0}
                   : is_challenge ? limits::kChallenge
                                  : limits::kRequestRetry);
}

void HttpTracker::judge_redirect(const Conversation& about, const Asked& asked,
                                 const Answer& answer, Attempt& attempt) {
  if (!attempt.request_seen) return;
  const std::string_view host = target_host(answer.location);
  const std::string_view own = context_.names.text(asked.host);
  const std::string_view path = http::path_of(answer.location);
  const std::string_view own_path = context_.names.text(asked.target);
  const bool is_own_host = host.empty() || is_same_name(host, own);
  const bool is_https = http::is_https(answer.location);
  const bool is_own_path = !path.empty() && path == own_path;
  Leads leads = Leads::unknown;
  if (!answer.location.empty()) {
    leads = !is_own_host  ? (is_https ? Leads::other_on_https : Leads::other_host)
            : is_https    ? Leads::same_on_https
            : is_own_path ? Leads::same_url
                          : Leads::same_host;
  }
  attempt.answer.detail = static_cast<std::uint16_t>(leads);
  std::uint64_t target = 0;
  if (!answer.location.empty() && !is_https) {
    const std::uint32_t id = is_own_host ? asked.host : intern_host(host);
    target = fold(base::hash_bytes(path), id);
  }
  if (!redirects_.sent_on(about.client, asked.url, target, attempt.end)) return;
  attempt.symptom = Symptom::redirect_loop;
  attempt.outcome = outcome_of(attempt.symptom);
}

// What the answer says about the way to the internet, where the request was a probe of it.
Passage HttpTracker::probe_passage(const Asked& asked, const Answer& answer) const {
  const PortalProbe* probe =
      portal_probe(context_.names.text(asked.host), context_.names.text(asked.target));
  if (probe == nullptr) return Passage::unknown;
  return passage_of(*probe, {.status = answer.status,
                             .has_content = answer.has_content,
                             .is_head = asked.method == http::Method::head,
                             .body = answer.body});
}

void HttpTracker::judge_diversion(const Conversation& about, const Asked& asked,
                                  const Answer& answer, Attempt& attempt) {
  if (!attempt.request_seen || asked.host == 0 || attempt.outcome != Outcome::ok) return;
  const std::string_view own = context_.names.text(asked.host);
  const Passage passage = probe_passage(asked, answer);
  const std::string_view target = target_host(answer.location);
  constexpr std::uint16_t kFound = 302;
  constexpr std::uint16_t kSeeOther = 303;
  constexpr std::uint16_t kTemporary = 307;
  const bool is_for_now =
      answer.status == kFound || answer.status == kSeeOther || answer.status == kTemporary;
  bool is_diverted = passage == Passage::barred && !is_same_name(target, own);
  if (is_for_now && !target.empty()) {
    is_diverted |= diversions_.sent_on(about.client, own, target, attempt.end);
  } else if (!is_redirect(answer.status) && passage != Passage::barred) {
    diversions_.arrived(about.client, own);
  }
  if (passage == Passage::open) tell_open(attempt);
  if (!is_diverted) return;
  attempt.symptom = Symptom::diverted;
  attempt.outcome = outcome_of(attempt.symptom);
  attempt.answer.leads_to = intern_host(target);
  const bool is_bracketed = target.starts_with('[') && target.ends_with(']');
  const auto address =
      base::IpAddress::parse(is_bracketed ? target.substr(1, target.size() - 2) : target);
  if (address) attempt.answer.quoted_destination = *address;
}

// A probe for login pages got what is at its URL: none stands before this client.
void HttpTracker::tell_open(const Attempt& attempt) {
  Observation observation;
  observation.sign = Sign::probe_passed;
  observation.service = attempt.service;
  observation.client = attempt.client;
  observation.packet = attempt.answer;
  context_.sink.observation(observation);
}

// Also notes how long the answers of this URL take, for give_up().
bool HttpTracker::is_slow(const Conversation& about, const Asked& asked, const Attempt& attempt) {
  if (!attempt.request_seen || attempt.latency.count() < 0) return false;
  if (attempt.latency < limits::kSlowRequest) {
    if (Url* known = urls_.find(url_key(about, asked))) known->is_poll = false;
    return false;
  }
  Url& url = urls_.get(url_key(about, asked));
  const base::Duration pause = base::between(base::time_from_ns(url.last), attempt.begin);
  const bool at_once = url.last != 0 && pause.count() >= 0 && pause <= limits::kAtOnce;
  if (at_once && attempt.latency >= limits::kLongPoll) url.is_poll = true;
  url.last = base::ns_of(attempt.end);
  url.longest = std::max(url.longest, static_cast<std::int64_t>(attempt.latency.count()));
  return !url.is_poll;
}

// The server closed without an answer to what waits.
void HttpTracker::give_up(const Conversation& about, Symptom symptom, const Packet* closing) {
  Exchange& exchange = exchanges_[about.id];
  // A server that closes an idle connection crosses with the request: the client asks again on
  // another one, and so heals it. Answers still on their way may be cut by it, too.
  for (std::size_t i = 0; i < exchange.waiting; ++i) {
    const Asked& asked = exchange.asked.at(i);
    Attempt attempt = attempt_of(about, asked);
    attempt.symptom = symptom;
    attempt.outcome = outcome_of(symptom);
    attempt.server_spoke = true;
    attempt.answer = digest_of(*closing, Kind::tcp_segment, asked.host);
    attempt.answer.target = asked.target;
    attempt.end = closing->place.time;
    attempt.timed = about.timed && closing->has_time;
    attempt.latency = latency_of(attempt.timed, attempt.begin, closing->place.time);
    requests_.settle(attempt, wish_of(about, asked), limits::kRequestRetry);
  }
  exchange.waiting = 0;
}

// No answer, and it is not the server that ended it: the client had enough, or the capture ended.
void HttpTracker::leave_open(const Conversation& about, base::Duration silence_after) {
  Exchange& exchange = exchanges_[about.id];
  for (std::size_t i = 0; i < exchange.waiting; ++i) {
    const Asked& asked = exchange.asked.at(i);
    Attempt attempt = attempt_of(about, asked);
    attempt.server_spoke = about.first_of(Side::server).is_set();
    const base::Duration waited = base::between(attempt.begin, context_.now);
    const Url* url = urls_.find(url_key(about, asked));
    const bool is_usual = url != nullptr && (url->is_poll || waited.count() < 2 * url->longest);
    // A log in text leaves much out: that it shows no answer says nothing.
    const packet::Fields known{asked.request.known};
    // An answer may be in what was not captured.
    const bool is_whole = !about.is_left_out(Side::client) && !about.is_left_out(Side::server) &&
                          !about.has_hole(Side::server) && !about.is_unseen(Side::server);
    const bool is_silent = about.timed && known.has(packet::Field::bytes) && is_whole &&
                           waited >= silence_after && !is_usual;
    attempt.open_at_end = !is_silent;
    if (is_silent) {
      attempt.symptom = Symptom::no_response;
      attempt.outcome = Outcome::silent;
    }
    requests_.settle(attempt, wish_of(about, asked), base::Duration{0});
  }
  exchange.waiting = 0;
}

}  // namespace whydown::journey
