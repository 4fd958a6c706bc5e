#include "probe/transfer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <openssl/x509_vfy.h>

#include "probe/connect.h"
#include "probe/limits.h"
#include "probe/told_facts.h"

namespace whydown::probe {
namespace {

using evidence::Outcome;
using evidence::Step;
using report::ProbePhase;

class Phases {
 public:
  Phases(const Transfer& transfer, std::vector<ProbePhase>& out) : transfer_(transfer), out_(out) {}
  ProbePhase& add(Step step, base::Duration from, base::Duration until) {
    ProbePhase phase;
    phase.step = step;
    phase.address = transfer_.address.to_string();
    phase.begin = transfer_.begin + from;
    phase.took = std::max(until - from, base::Duration{0});
    out_.push_back(std::move(phase));
    return out_.back();
  }

 private:
  const Transfer& transfer_;
  std::vector<ProbePhase>& out_;
};

void fail(ProbePhase& phase, Outcome outcome, const char* fault, const char* title,
          std::string text) {
  phase.outcome = outcome;
  phase.fault = fault;
  phase.title = title;
  phase.text = std::move(text);
}

bool was_given_up(const Transfer& transfer) {
  return transfer.code == CURLE_ABORTED_BY_CALLBACK && !transfer.running.is_mute;
}

bool is_certificate_trouble(const Transfer& transfer) {
  return transfer.code == CURLE_PEER_FAILED_VERIFICATION;
}

// What is wrong with the certificate itself goes before who signed it, whatever OpenSSL names
// first: a self-signed certificate that has run out is of no use to those who trust it either.
void tell_certificate(ProbePhase& phase, const Transfer& transfer) {
  const Presented& shown = transfer.running.presented;
  const std::string why =
      shown.error != X509_V_OK ? X509_verify_cert_error_string(shown.error) : transfer.words;
  if (shown.is_expired) {
    fail(phase, Outcome::failed, "tls.certificate_expired", "The certificate has expired",
         fmt::format("the certificate is refused: {}; it was valid until {}.", why,
                     shown.not_after));
  } else if (shown.is_early) {
    fail(
        phase, Outcome::failed, "tls.certificate_expired", "The certificate is not valid yet",
        fmt::format("the certificate is refused: {}; it is valid from {}.", why, shown.not_before));
  } else if (shown.error == X509_V_OK || shown.error == X509_V_ERR_HOSTNAME_MISMATCH) {
    // OpenSSL found the chain good; libcurl compares the names itself.
    fail(phase, Outcome::failed, "tls.certificate_name", "The certificate is for another name",
         fmt::format("the certificate is refused: {}.", why));
  } else {
    fail(phase, Outcome::failed, "tls.certificate_untrusted", "The certificate is not trusted",
         fmt::format("the certificate is refused: {}; it was issued by {}.", why, shown.issuer));
  }
}

void tell_broken_handshake(ProbePhase& phase, const Transfer& transfer) {
  using Kind = TlsEnding::Kind;
  const TlsEnding ending = tls_ending(transfer.words);
  const std::string text = fmt::format("the TLS handshake failed: {}.", transfer.words);
  switch (ending.kind) {
    case Kind::alert: {
      fail(phase, Outcome::refused, "tls.alert", "The server refuses the TLS handshake", text);
      const std::vector<evidence::Fact> facts = alert_facts(ending.alert);
      phase.facts.insert(phase.facts.end(), facts.begin(), facts.end());
      return;
    }
    case Kind::refusal:
      fail(phase, Outcome::failed, "tls.alert", "This side cannot agree with the server on TLS",
           text);
      phase.facts.push_back({"tls.client_objects", evidence::Truth::yes, transfer.words, {}});
      return;
    case Kind::no_tls:
      fail(phase, Outcome::failed, "tls.no_handshake", "What answers is not TLS", text);
      phase.facts.push_back({"tls.plain_answer", evidence::Truth::yes, transfer.words, {}});
      return;
    case Kind::cut:
    case Kind::unknown:
      return fail(phase, Outcome::cut, "tls.no_handshake", "The TLS handshake breaks off", text);
  }
}

// In TLS 1.3 a server objects to the client only after the client takes the handshake for done.
bool is_refused_late(const Transfer& transfer) {
  return transfer.is_https && tls_ending(transfer.words).kind == TlsEnding::Kind::alert;
}

// ... and that may be cut off before the alert is read.
bool is_cut_for_certificate(const Transfer& transfer) {
  return transfer.is_https && transfer.status == 0 && transfer.running.presented.wants_client &&
         transfer.code != CURLE_OK && !was_given_up(transfer) && !transfer.running.is_mute;
}

void tell_secure(ProbePhase& phase, const Transfer& transfer) {
  if (was_given_up(transfer)) {
    phase.text = "given up before the TLS handshake was done.";
  } else if (is_certificate_trouble(transfer)) {
    tell_certificate(phase, transfer);
  } else if (transfer.code == CURLE_OPERATION_TIMEDOUT || transfer.running.is_mute) {
    fail(phase, Outcome::silent, "tls.no_handshake", "The server does not answer the TLS handshake",
         "the connection was accepted, and the TLS handshake got no answer.");
  } else if (is_cut_for_certificate(transfer) &&
             tls_ending(transfer.words).kind != TlsEnding::Kind::alert) {
    fail(phase, Outcome::cut, "tls.alert", "The server wants a certificate of this client",
         "the server asked for a certificate of this client, got none, and broke off.");
    phase.facts.push_back({"tls.wants_client_certificate", evidence::Truth::yes, {}, {}});
  } else {
    tell_broken_handshake(phase, transfer);
  }
}

void tell_silence(ProbePhase& phase, const Transfer& transfer) {
  switch (transfer.code) {
    case CURLE_GOT_NOTHING:
      return fail(phase, Outcome::cut, "http.no_response", "The server closes without an answer",
                  "the server closed the connection without an answer.");
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return fail(phase, Outcome::cut, "tcp.reset", "The connection breaks off",
                  fmt::format("the connection broke off: {}.", transfer.words));
    case CURLE_ABORTED_BY_CALLBACK:
    case CURLE_OPERATION_TIMEDOUT:
      return fail(phase, Outcome::silent, "http.no_response",
                  "The server accepts, and does not answer",
                  "the connection was accepted, and the request got no answer.");
    default:
      return fail(phase, Outcome::failed, "http.no_response", "The server's answer is no HTTP",
                  fmt::format("the answer is no HTTP: {}.", transfer.words));
  }
}

// 401 and 407 ask for a login: the service works.
bool is_error_status(long status) { return status >= 400 && status != 401 && status != 407; }

void tell_request(ProbePhase& phase, const Transfer& transfer) {
  if (transfer.status == 0) {
    if (!was_given_up(transfer)) return tell_silence(phase, transfer);
    phase.text = "given up before an answer came.";
    return;
  }
  const HttpAnswer got{transfer.status, transfer.retry_after > 0, phase.took, transfer.connected};
  if (is_error_status(transfer.status)) {
    fail(phase, Outcome::failed, "http.error_status", "The web server answers with an error",
         fmt::format("HTTP status {}.", transfer.status));
    phase.facts = status_facts(got);
    return;
  }
  const std::string answer =
      fmt::format("HTTP status {}{}", transfer.status,
                  transfer.redirect.empty() ? "" : ", goes on to " + transfer.redirect);
  if (phase.took >= limits::kSlowRequest) {
    fail(phase, Outcome::slow, "http.slow", "The web server answers late", answer + ", and late.");
    phase.facts = slow_facts(got);
    return;
  }
  phase.outcome = Outcome::ok;
  phase.text = answer + ".";
}

void tell_transfer(ProbePhase& phase, const Transfer& transfer) {
  const std::size_t bytes = transfer.running.body;
  if (transfer.running.is_cut) {
    phase.outcome = Outcome::ok;
    phase.text = fmt::format("cut off by the probe after {} bytes.", bytes);
  } else if (transfer.code == CURLE_OK) {
    phase.outcome = Outcome::ok;
    phase.text = fmt::format("{} bytes.", bytes);
  } else if (was_given_up(transfer)) {
    phase.text = fmt::format("given up after {} bytes.", bytes);
  } else if (transfer.running.is_mute || transfer.code == CURLE_OPERATION_TIMEDOUT) {
    fail(phase, Outcome::silent, "tcp.stall", "The transfer comes to a halt",
         fmt::format("{} bytes, and then nothing more.", bytes));
  } else {
    fail(phase, Outcome::cut, "tcp.reset", "The transfer breaks off",
         fmt::format("{} bytes, then: {}.", bytes, transfer.words));
  }
}

}  // namespace

void tell(const Transfer& transfer, std::vector<ProbePhase>& out) {
  Phases phases(transfer, out);
  const base::Duration total = transfer.total;
  const base::Duration connected = transfer.connected;
  const bool is_connected = connected.count() > 0;
  ProbePhase& connect = phases.add(Step::connect, {}, is_connected ? connected : total);
  if (!is_connected) {
    connect.text = fmt::format("TCP port {}: given up before an answer came.", transfer.port);
    if (!was_given_up(transfer)) {
      const bool is_late = transfer.code == CURLE_OPERATION_TIMEDOUT;
      set_connect_ending(connect, is_late ? 0 : static_cast<int>(transfer.error), transfer.port);
    }
    return;
  }
  connect.outcome = Outcome::ok;
  connect.text = fmt::format("TCP port {}: connected.", transfer.port);
  base::Duration ready = connected;
  if (transfer.is_https) {
    const bool is_secure = transfer.secured > connected && !is_refused_late(transfer) &&
                           !is_cut_for_certificate(transfer);
    ProbePhase& secure = phases.add(Step::secure, connected, is_secure ? transfer.secured : total);
    secure.facts = transfer.running.presented.facts();
    if (!is_secure) return tell_secure(secure, transfer);
    secure.outcome = Outcome::ok;
    secure.text = "TLS handshake done, certificate accepted.";
    ready = transfer.secured;
  }
  const bool has_answer = transfer.status != 0;
  tell_request(phases.add(Step::request, ready, has_answer ? transfer.first_byte : total),
               transfer);
  if (has_answer) tell_transfer(phases.add(Step::transfer, transfer.first_byte, total), transfer);
}

void tell_endless_redirects(ProbePhase& last) {
  fail(last, Outcome::failed, "http.redirect_loop", "The redirects do not end",
       fmt::format("still redirected after {} redirects.", limits::kRedirects));
}

}  // namespace whydown::probe
