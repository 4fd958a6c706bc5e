#include "probe/told_facts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/sslerr.h>

namespace whydown::probe {
namespace {

using evidence::Fact;
using evidence::Truth;

// An alert that came is the reason 1000 + its number (openssl/sslerr.h, SSL_AD_REASON_OFFSET).
constexpr int kAlertReasons = 1000;
constexpr int kAlertNumbers = 256;

Truth truth(bool is) { return is ? Truth::yes : Truth::no; }

bool is_one_of(std::span<const int> numbers, long number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

double milliseconds(base::Duration span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

struct Group {
  std::string_view fact;
  std::array<int, 8> numbers;
};

// The same groups as the facts of packets: RFC 8446 6.2, RFC 6066 3.
constexpr std::array kAlerts{Group{"tls.alert_version", {70, 86}},
                             Group{"tls.alert_no_agreement", {40, 47, 71, 109, 110, 120}},
                             Group{"tls.alert_internal", {80}},
                             Group{"tls.alert_access", {49}},
                             Group{"tls.alert_name", {112}},
                             Group{"tls.alert_certificate", {42, 43, 44, 45, 46, 48}}};
// Of a server: about the client's certificate, or that it has none. 40 may be that or something
// else.
constexpr std::array kAboutClient{42, 43, 44, 45, 46, 48, 116};
constexpr int kHandshakeFailure = 40;

// RFC 9110 15, RFC 6585.
constexpr std::array kStatuses{Group{"http.bad_gateway", {502}},
                               Group{"http.gateway_timeout", {504}},
                               Group{"http.unavailable", {503}},
                               Group{"http.too_many", {429}},
                               Group{"http.server_error", {500, 501, 505, 507, 508}},
                               Group{"http.asks_for_credentials", {401, 407, 511}},
                               Group{"http.login_required", {511}},
                               Group{"http.forbidden", {403, 451}},
                               Group{"http.nothing_there", {404, 410}}};
constexpr std::array kAtFault{400, 405, 406, 408, 411, 413, 414, 415, 417, 421, 422, 426, 431};

}  // namespace

TlsEnding tls_ending(const std::string& words) {
  constexpr std::string_view kMark = "error:";
  constexpr int kHex = 16;
  const std::size_t at = words.find(kMark);
  if (at == std::string::npos) return {};
  unsigned long code = 0;
  const char* const from = words.data() + at + kMark.size();
  if (std::from_chars(from, words.data() + words.size(), code, kHex).ec != std::errc{}) return {};
  using Kind = TlsEnding::Kind;
  const int reason = ERR_GET_REASON(code);
  if (reason >= kAlertReasons && reason < kAlertReasons + kAlertNumbers) {
    return {Kind::alert, reason - kAlertReasons};
  }
  switch (reason) {
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return {Kind::cut};
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_RECORD_LENGTH_MISMATCH:
    case SSL_R_HTTP_REQUEST:
      return {Kind::no_tls};
    default:
      return {Kind::refusal};
  }
}

std::vector<Fact> alert_facts(int alert) {
  std::vector<Fact> out;
  if (alert <= 0) return out;
  for (const Group& group : kAlerts) {
    out.push_back({group.fact,
                   truth(is_one_of(group.numbers, alert)),
                   fmt::format("the server sent alert {}", alert),
                   {}});
  }
  if (alert != kHandshakeFailure) {
    out.push_back({"tls.wants_client_certificate", truth(is_one_of(kAboutClient, alert)), {}, {}});
  }
  out.push_back({"tls.client_objects", Truth::no, {}, {}});
  return out;
}

std::vector<Fact> status_facts(const HttpAnswer& answer) {
  std::vector<Fact> out;
  out.reserve(kStatuses.size() + 3);
  const std::string detail = fmt::format("status {}", answer.status);
  for (const Group& group : kStatuses) {
    out.push_back({group.fact, truth(is_one_of(group.numbers, answer.status)), detail, {}});
  }
  out.push_back({"http.request_at_fault", truth(is_one_of(kAtFault, answer.status)), detail, {}});
  out.push_back({"http.retry_after", truth(answer.has_retry_after), {}, {}});
  constexpr std::chrono::milliseconds kSoon{100};
  constexpr std::chrono::seconds kLate{1};
  if (answer.wait <= kSoon) out.push_back({"http.failed_soon", Truth::yes, {}, {}});
  if (answer.wait >= kLate) out.push_back({"http.failed_soon", Truth::no, {}, {}});
  return out;
}

std::vector<Fact> slow_facts(const HttpAnswer& answer) {
  constexpr int kMuch = 10;
  constexpr int kLittle = 3;
  if (answer.handshake.count() <= 0) return {};
  const std::string detail = fmt::format("{:.1f} ms to connect, {:.0f} ms to the answer",
                                         milliseconds(answer.handshake), milliseconds(answer.wait));
  const bool is_slower = answer.wait >= kMuch * answer.handshake;
  if (!is_slower && answer.wait > kLittle * answer.handshake) return {};
  return {{"http.server_slower_than_network", truth(is_slower), detail, {}}};
}

}  // namespace whydown::probe
