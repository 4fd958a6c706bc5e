#include "probe/load.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include "probe/connect.h"
#include "probe/limits.h"

namespace whydown::probe {
namespace {

using evidence::Outcome;
using evidence::Step;
using report::ProbePhase;

using Curl = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

// One request, as libcurl goes along.
struct Running {
  const Clock* clock = nullptr;
  std::size_t body = 0;
  bool is_cut = false;   // the body is longer than the limit
  bool is_mute = false;  // nothing came for too long
  Clock::Steady::time_point begin = Clock::Steady::now();
  base::Duration secure_begin{0};  // when TLS began, that is when TCP was connected
  curl_off_t seen = 0;
  Clock::Steady::time_point last_heard = Clock::Steady::now();
};

std::size_t take_body(char* /*bytes*/, std::size_t size, std::size_t count, void* self) {
  auto& running = *static_cast<Running*>(self);
  running.body += size * count;
  if (running.body <= limits::kBodyBytes) return size * count;
  running.is_cut = true;
  return 0;  // ends the transfer
}

// libcurl tells when TCP was connected only once TLS is done too; this comes between the two.
CURLcode begin_tls(CURL* /*curl*/, void* /*context*/, void* self) {
  auto& running = *static_cast<Running*>(self);
  running.secure_begin = Clock::Steady::now() - running.begin;
  return CURLE_OK;
}

int look_at_clock(void* self, curl_off_t /*total*/, curl_off_t got, curl_off_t /*up_total*/,
                  curl_off_t /*up*/) {
  auto& running = *static_cast<Running*>(self);
  const auto now = Clock::Steady::now();
  if (got != running.seen) {
    running.seen = got;
    running.last_heard = now;
  }
  // Connecting has a limit of its own, so this one begins later.
  running.is_mute = now - running.last_heard > limits::kConnectPatience + limits::kAnswerPatience;
  return running.is_mute || running.clock->is_over() ? 1 : 0;
}

base::Duration span_of(CURL* curl, CURLINFO what) {
  curl_off_t us = 0;
  curl_easy_getinfo(curl, what, &us);
  return std::chrono::microseconds{us};
}

long number_of(CURL* curl, CURLINFO what) {
  long value = 0;
  curl_easy_getinfo(curl, what, &value);
  return value;
}

// What one transfer was, read off libcurl when it ended.
struct Transfer {
  CURLcode code = CURLE_OK;
  std::string url;
  base::IpAddress address;
  std::uint16_t port = 0;
  bool is_https = false;
  base::Duration begin{0};
  base::Duration connected{0};  // 0: it did not come so far; from the beginning, like the others
  base::Duration secured{0};
  base::Duration first_byte{0};
  base::Duration total{0};
  long error = 0;   // of the operating system
  long verify = 0;  // X509_V_...
  long status = 0;
  std::string words;  // libcurl's
  std::string redirect;
  Running running;
};

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

void tell_certificate(ProbePhase& phase, const Transfer& transfer) {
  const long verify = transfer.verify;
  const std::string why =
      verify != X509_V_OK ? X509_verify_cert_error_string(verify) : transfer.words;
  if (verify == X509_V_ERR_CERT_HAS_EXPIRED || verify == X509_V_ERR_CERT_NOT_YET_VALID) {
    const bool is_old = verify == X509_V_ERR_CERT_HAS_EXPIRED;
    fail(phase, Outcome::failed, "tls.certificate_expired",
         is_old ? "The certificate has expired" : "The certificate is not valid yet",
         fmt::format("the certificate is refused: {}.", why));
  } else if (verify == X509_V_ERR_HOSTNAME_MISMATCH || verify == X509_V_ERR_IP_ADDRESS_MISMATCH ||
             verify == X509_V_OK) {
    // OpenSSL found the chain good; libcurl compares the names itself.
    fail(phase, Outcome::failed, "tls.certificate_name", "The certificate is for another name",
         fmt::format("the certificate is refused: {}.", why));
  } else {
    fail(phase, Outcome::failed, "tls.certificate_untrusted", "The certificate is not trusted",
         fmt::format("the certificate is refused: {}.", why));
  }
}

void tell_secure(ProbePhase& phase, const Transfer& transfer) {
  if (was_given_up(transfer)) {
    phase.text = "given up before the TLS handshake was done.";
  } else if (is_certificate_trouble(transfer)) {
    tell_certificate(phase, transfer);
  } else if (transfer.code == CURLE_OPERATION_TIMEDOUT || transfer.running.is_mute) {
    fail(phase, Outcome::silent, "tls.no_handshake", "The server does not answer the TLS handshake",
         "the connection was accepted, and the TLS handshake got no answer.");
  } else {
    const bool is_alert = transfer.words.find("alert") != std::string::npos;
    fail(phase, is_alert ? Outcome::refused : Outcome::cut,
         is_alert ? "tls.alert" : "tls.no_handshake",
         is_alert ? "The server refuses the TLS handshake" : "The TLS handshake breaks off",
         fmt::format("the TLS handshake failed: {}.", transfer.words));
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
  if (is_error_status(transfer.status)) {
    return fail(phase, Outcome::failed, "http.error_status", "The web server answers with an error",
                fmt::format("HTTP status {}.", transfer.status));
  }
  phase.outcome = Outcome::ok;
  phase.text = fmt::format("HTTP status {}{}.", transfer.status,
                           transfer.redirect.empty() ? "" : ", goes on to " + transfer.redirect);
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
    const bool is_secure = transfer.secured > connected;
    ProbePhase& secure = phases.add(Step::secure, connected, is_secure ? transfer.secured : total);
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

void set_options(CURL* curl, Transfer& transfer, const OwnPorts& ports, const Clock& clock,
                 char* error) {
  curl_easy_setopt(curl, CURLOPT_URL, transfer.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // the way to the server itself is what is looked at
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "whydown/" WHYDOWN_VERSION);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer.running);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_at_clock);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer.running);
  curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, begin_tls);
  curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, &transfer.running);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(limits::kConnectPatience.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(clock.left(limits::kLongestDeadline).count()));
  curl_easy_setopt(curl, CURLOPT_LOCALPORT, static_cast<long>(ports.first()));
  curl_easy_setopt(curl, CURLOPT_LOCALPORTRANGE, static_cast<long>(limits::kPorts));
}

void read_ending(CURL* curl, Transfer& transfer, const char* error) {
  transfer.connected =
      transfer.is_https ? transfer.running.secure_begin : span_of(curl, CURLINFO_CONNECT_TIME_T);
  transfer.secured = span_of(curl, CURLINFO_APPCONNECT_TIME_T);
  transfer.first_byte = span_of(curl, CURLINFO_STARTTRANSFER_TIME_T);
  transfer.total = span_of(curl, CURLINFO_TOTAL_TIME_T);
  transfer.error = number_of(curl, CURLINFO_OS_ERRNO);
  transfer.verify = number_of(curl, CURLINFO_SSL_VERIFYRESULT);
  transfer.status = number_of(curl, CURLINFO_RESPONSE_CODE);
  transfer.words = *error != '\0' ? error : curl_easy_strerror(transfer.code);
  char* redirect = nullptr;
  curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &redirect);
  if (redirect != nullptr) transfer.redirect = redirect;
}

Transfer run_once(const Target& target, const std::string& url, const base::IpAddress& address,
                  const Clock& clock, const OwnPorts& ports) {
  Transfer transfer;
  transfer.url = url;
  transfer.address = address;
  transfer.port = target.port;
  transfer.is_https = target.is_https;
  transfer.begin = clock.elapsed();
  transfer.running.clock = &clock;
  const Curl curl(curl_easy_init(), curl_easy_cleanup);
  if (!curl) return transfer;
  const std::string to = address.kind() == base::AddressKind::v6
                             ? fmt::format("[{}]", address.to_string())
                             : address.to_string();
  // "::ADDRESS:" keeps name and port as they are, for TLS and for the request.
  const List where(curl_slist_append(nullptr, fmt::format("::{}:", to).c_str()),
                   curl_slist_free_all);
  std::array<char, CURL_ERROR_SIZE> error{};
  set_options(curl.get(), transfer, ports, clock, error.data());
  curl_easy_setopt(curl.get(), CURLOPT_CONNECT_TO, where.get());
  transfer.code = curl_easy_perform(curl.get());
  read_ending(curl.get(), transfer, error.data());
  return transfer;
}

}  // namespace

void load(const Target& target, const base::IpAddress& address, const Clock& clock,
          const OwnPorts& ports, std::vector<ProbePhase>& phases) {
  Target at = target;
  std::string url = target.text;
  for (int redirects = 0; !clock.is_over(); ++redirects) {
    const Transfer transfer = run_once(at, url, address, clock, ports);
    tell(transfer, phases);
    if (transfer.redirect.empty()) return;
    ProbePhase& last = phases.back();
    const auto next = parse_target(transfer.redirect);
    if (!next || next->kind != TargetKind::url || next->host != target.host) {
      last.text += " It goes on to another host, which is not followed.";
      return;
    }
    if (redirects == limits::kRedirects) {
      return fail(last, Outcome::failed, "http.redirect_loop", "The redirects do not end",
                  fmt::format("still redirected after {} redirects.", limits::kRedirects));
    }
    at = *next;
    url = transfer.redirect;
  }
}

}  // namespace whydown::probe
