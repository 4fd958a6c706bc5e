// How a handshake ended.
#include "journey/tls_tracker.h"
#include "journey/verdict.h"

namespace whydown::journey {

using packet::Packet;
using packet::Transport;
namespace tls = packet::tls;

bool TlsTracker::on_close(Conversation& conversation, Side side, bool reset, const Packet&) {
  Handshake& handshake = of(conversation);
  if (handshake.stage == Stage::begun) return false;
  const bool decided = side == Side::server ? on_server_close(conversation, handshake, reset)
                                            : on_client_close(conversation, handshake, reset);
  return !decided;
}

// The server ends what is not finished; true when that decides.
bool TlsTracker::on_server_close(Conversation& about, Handshake& handshake, bool reset) {
  const bool is_missing = handshake.is_lost || about.is_unseen(Side::server);
  // Who leaves gets its goodbye back.
  if (handshake.is_client_leaving || about.closed_by(Side::client).is_set()) {
    return false;
  }
  if (handshake.stage == Stage::finished) {
    if (handshake.maybe_alert && !is_missing) {
      handshake.seen.is_alert_hidden = true;
      fail(about, handshake, Outcome::failed, Symptom::alert);
    } else {
      succeed(about, handshake);
    }
    return true;
  }
  const bool is_half_seen = handshake.is_short && handshake.stage == Stage::answered;
  if (is_missing || is_half_seen) return leave_open(about, handshake);
  decide_by_close(about, handshake, Side::server, reset);
  fail(about, handshake, Outcome::cut, Symptom::no_handshake);
  return true;
}

// The client leaves. Only what it saw before tells whether that is a verdict.
bool TlsTracker::on_client_close(Conversation& about, Handshake& handshake, bool reset) {
  const Symptom objection = certificate_symptom(handshake);
  // An encrypted alert, with nothing behind it.
  const bool is_hidden = handshake.stage == Stage::answered && handshake.seen.is_alert_hidden;
  if (is_hidden) {
    fail(about, handshake, Outcome::failed, Symptom::alert);
    return true;
  }
  if (handshake.stage >= Stage::answered && objection != Symptom::none) {
    handshake.seen.by_client = true;
    decide_by_close(about, handshake, Side::client, reset);
    fail(about, handshake, Outcome::failed, objection);
    return true;
  }
  if (handshake.stage == Stage::finished) {
    succeed(about, handshake);
    return true;
  }
  (void)end_waiting(about, handshake);
  return true;
}

// Silence, where the client has waited long enough for more and nothing of it may have been missed.
bool TlsTracker::end_waiting(Conversation& about, Handshake& handshake) {
  const bool is_missing = handshake.is_lost || about.is_unseen(Side::server);
  // The capture lacks a part of the server's messages, or the client does, as its ACKs say.
  const bool is_cut = about.bytes_of(Side::server) < handshake.server_until ||
                      about.has_hole(Side::server) ||
                      (about.repeats_of(Side::server) > 1 && !about.is_acknowledged(Side::server));
  const bool is_silent = handshake.stage == Stage::asked && !is_cut;
  if (about.is_left_out(Side::client) || about.is_left_out(Side::server)) return false;
  // A flight that breaks off without a trace of the rest, and a client that does not even close: so
  // looks a file that was cut to the first packets of each connection.
  const bool has_trace = about.has_hole(Side::server) || about.repeats_of(Side::server) > 1 ||
                         about.closed_by(Side::client).is_set();
  if (is_cut && !has_trace) return false;
  if (is_missing || (!is_silent && !is_cut) || !has_waited(about, handshake)) return false;
  handshake.seen.is_flight_cut = is_cut;
  fail(about, handshake, Outcome::silent, Symptom::no_response);
  return true;
}

bool TlsTracker::has_waited(const Conversation& about, const Handshake& handshake) const {
  if (!about.timed) return false;
  const base::Duration waited = base::between(handshake.last_heard, context_.now);
  const bool again = about.repeats_of(Side::client) != 0;
  return waited >= (again ? limits::kSilenceRetried : limits::kSilenceOneTry);
}

void TlsTracker::on_late(Conversation& conversation) {
  Handshake& handshake = of(conversation);
  if (handshake.stage != Stage::asked) return;
  Outline outline = outline_of(conversation, handshake);
  outline.outcome = Outcome::silent;
  handshake.healed = healing_.check(outline).served;
}

void TlsTracker::on_end(Conversation& conversation, End end) {
  Handshake& handshake = of(conversation);
  if (handshake.stage == Stage::begun || end == End::over) return;
  if (handshake.stage == Stage::finished) {
    succeed(conversation, handshake);
    return;
  }
  // Both sides closed, and that decided nothing: the client had left.
  if (end == End::closed || conversation.closed_by(Side::client).is_set()) return;
  if (!end_waiting(conversation, handshake)) leave_open(conversation, handshake);
}

// What clients of OpenSSL, NSS, BoringSSL and schannel say, and what they may mean by it: where the
// certificate is in view, it tells more than their choice of number.
Symptom TlsTracker::symptom_of_alert(const Handshake& handshake) const {
  // A server that objects to a certificate means the client's.
  if (!handshake.seen.by_client) return Symptom::alert;
  const Symptom objection = certificate_symptom(handshake);
  switch (handshake.code) {
    case tls::alert::certificate_expired:
      return Symptom::certificate_expired;
    case tls::alert::unknown_ca:
      return objection == Symptom::none ? Symptom::certificate_untrusted : objection;
    case tls::alert::bad_certificate:
    case tls::alert::certificate_unknown:
    case tls::alert::unsupported_certificate:
      return objection == Symptom::none ? Symptom::alert : objection;
    default:
      return Symptom::alert;
  }
}

Symptom TlsTracker::certificate_symptom(const Handshake& handshake) const {
  const Secured& seen = handshake.seen;
  if (!seen.has_certificate) return Symptom::none;
  constexpr std::int64_t second = 1'000'000'000;
  const std::int64_t now = handshake.hello.time / second;
  if (handshake.hello.has_time() && (now > seen.not_after || now < seen.not_before)) {
    return Symptom::certificate_expired;
  }
  return seen.is_name_known && !seen.covers_name ? Symptom::certificate_name : Symptom::none;
}

Outline TlsTracker::outline_of(const Conversation& about, const Handshake& handshake) const {
  Outline outline;
  outline.service = {.server = about.server,
                     .port = about.server_port,
                     .transport = Transport::tcp,
                     .protocol = Protocol::tls};
  outline.client = about.client;
  outline.step = Step::secure;
  outline.client_spoke = true;
  outline.server_spoke = about.first_of(Side::server).is_set();
  outline.timed = about.timed;
  outline.tries = 1U + about.repeats_of(Side::client);
  outline.begin = handshake.hello.when();
  outline.end = outline.begin;
  outline.question.name = handshake.name;
  outline.input = handshake.hello.input;
  outline.number = handshake.hello.number;
  outline.healed = handshake.healed;
  const bool by_act = handshake.decided_kind != Kind::none;
  const Trace& answer = by_act ? handshake.decided : handshake.answer;
  if (!answer.is_set()) return outline;
  outline.decided_by = by_act ? handshake.decided_kind : Kind::tls_server_hello;
  outline.code = handshake.code;
  outline.end = answer.when();
  outline.latency = latency_of(outline.timed, outline.begin, outline.end);
  return outline;
}

void TlsTracker::Told::show(Attempt& attempt) const {
  const Ends sent{about.client, about.server, about.client_port, about.server_port};
  const Ends received{about.server, about.client, about.server_port, about.client_port};
  attempt.request = expand(handshake.hello, Kind::tls_client_hello, Transport::tcp, sent);
  attempt.request.name = handshake.name;
  attempt.last_request = {};
  attempt.tls = handshake.seen;
  if (handshake.decided_kind != Kind::none) {
    attempt.answer = expand(handshake.decided, handshake.decided_kind, Transport::tcp,
                            handshake.seen.by_client ? sent : received);
    attempt.answer.code = handshake.code;
  } else {
    attempt.answer = expand(handshake.answer, Kind::tls_server_hello, Transport::tcp, received);
  }
}

void TlsTracker::succeed(Conversation& about, Handshake& handshake) {
  handshake.decided_kind = Kind::none;
  Outline outline = outline_of(about, handshake);
  outline.outcome = Outcome::ok;
  healing_.connect_served(outline.client, outline.service, outline.begin);
  healing_.settle(outline, Told{about, handshake});
}

void TlsTracker::fail(Conversation& about, Handshake& handshake, Outcome outcome, Symptom symptom) {
  handshake.seen.hello_acknowledged =
      about.is_acknowledged(Side::client) || about.first_of(Side::server).is_set();
  handshake.seen.hello_repeated = about.repeats_of(Side::client) != 0;
  Outline outline = outline_of(about, handshake);
  outline.outcome = outcome;
  outline.symptom = symptom;
  healing_.settle(outline, Told{about, handshake});
}

bool TlsTracker::leave_open(Conversation& about, Handshake& handshake) {
  handshake.decided_kind = Kind::none;
  Outline outline = outline_of(about, handshake);
  outline.open_at_end = true;
  healing_.settle(outline, Told{about, handshake});
  return true;
}

void TlsTracker::decide_by_close(const Conversation& about, Handshake& handshake, Side side,
                                 bool reset) {
  handshake.decided = about.closed_by(side);
  handshake.decided_kind = reset ? Kind::tcp_reset : Kind::tcp_segment;
}

std::size_t TlsTracker::memory_bytes() {
  return (limits::kConversations + 1) * sizeof(Handshake) +
         Memory<KnownCertificate>::bytes(limits::kCertificates);
}

}  // namespace whydown::journey
