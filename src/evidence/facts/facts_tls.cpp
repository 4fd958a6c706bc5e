// Facts about TLS handshakes that failed: who objected to what, and how far they came. Read off the
// attempts that are kept; alerts are counted in all of them.
#include <initializer_list>
#include <optional>

#include <fmt/format.h>

#include "evidence/facts/measures.h"
#include "journey/tls_alerts.h"

namespace whydown::evidence::facts_detail {

namespace {

using journey::Kind;
using journey::Secured;
namespace alert = journey::alert;
using Codes = std::initializer_list<std::uint16_t>;

std::string alert_words(std::uint16_t code) {
  return fmt::format("alert {} ({})", code, journey::alert_name(static_cast<std::uint8_t>(code)));
}

// Yes when four of five alerts or more are among these, no when as many are others.
Finding alert_fact(const View& view, Codes codes) {
  std::uint64_t these = 0;
  std::uint64_t all = 0;
  std::vector<std::string> words;
  std::vector<std::string> other_words;
  std::vector<base::Place> packets;
  std::vector<base::Place> others;
  for (const Row* row : view.failed) {
    for (const CodeCounts::Entry& entry : row->codes.all()) {
      const bool is_one = std::ranges::find(codes, entry.code) != codes.end();
      all += entry.count;
      these += is_one ? entry.count : 0;
      (is_one ? words : other_words)
          .push_back(
              fmt::format("{} in {}", alert_words(entry.code), counted(entry.count, "handshake")));
      (is_one ? packets : others).push_back(entry.first);
    }
  }
  if (all == 0) return unknown();
  if (these * 5 >= all * 4) return yes(list(words, words.size()), earliest(std::move(packets)));
  if ((all - these) * 5 < all * 4) return unknown();
  return no(list(other_words, other_words.size()), earliest(std::move(others)));
}

enum class Shown : std::uint8_t { request, answer };

// Of the kept attempts that show it: yes when four of five or more have it, no when as many have
// not. `what` continues "in 3 of the 4 handshakes kept, ".
template <typename Has>
Finding share_fact(const RowList& rows, Shown shown, std::string_view what, Has has) {
  std::uint64_t with = 0;
  std::uint64_t all = 0;
  std::vector<base::Place> packets;
  std::vector<base::Place> others;
  for (const Row* row : rows) {
    for (const Attempt* attempt : row->exemplars()) {
      const std::optional<bool> has_it = has(*attempt);
      if (!has_it) continue;
      ++all;
      with += *has_it ? 1U : 0U;
      const bool by_answer = shown == Shown::answer && attempt->answer.is_set();
      const Digest& digest = by_answer ? attempt->answer : attempt->request;
      if (digest.is_set()) (*has_it ? packets : others).push_back(digest.place);
    }
  }
  if (all == 0) return unknown();
  const std::string share = with == 0 ? "none" : with == all ? "all" : std::to_string(with);
  std::string detail = fmt::format("in {} of the {} handshakes kept, {}", share, all, what);
  if (with * 5 >= all * 4) return yes(std::move(detail), earliest(std::move(packets)));
  if ((all - with) * 5 >= all * 4) return no(std::move(detail), earliest(std::move(others)));
  return unknown(std::move(detail));
}

bool is_secure(const View& view) { return view.subject.step == Step::secure; }

// Seconds since 1970, where the packet had a time.
std::optional<std::int64_t> second_of(const Attempt& attempt) {
  if (!attempt.timed) return std::nullopt;
  return base::ns_of(attempt.begin) / 1'000'000'000;
}

enum class Age : std::uint8_t { early, good, over };

std::optional<Age> age_of(const Attempt& attempt) {
  const std::optional<std::int64_t> now = second_of(attempt);
  if (!attempt.tls.has_certificate || !now) return std::nullopt;
  if (*now < attempt.tls.not_before) return Age::early;
  return *now > attempt.tls.not_after ? Age::over : Age::good;
}

Finding age_fact(const View& view, Age wanted, std::string_view what) {
  return share_fact(view.failed, Shown::request, what, [&](const Attempt& attempt) {
    const std::optional<Age> age = age_of(attempt);
    return age ? std::optional{*age == wanted} : std::nullopt;
  });
}

bool is_by_server(const Attempt& attempt) {
  return attempt.answer.is_set() && !attempt.tls.by_client;
}

// Alerts by which a server says that it wants to know who the client is.
bool asks_who(const Attempt& attempt) {
  if (!is_by_server(attempt)) return false;
  if (attempt.tls.is_alert_hidden && attempt.tls.is_finished) return true;
  const std::uint16_t code = attempt.answer.code;
  const bool is_objection = code >= alert::bad_certificate && code <= alert::unknown_ca &&
                            code != alert::illegal_parameter;
  return is_objection || code == alert::certificate_required ||
         (code == alert::handshake_failure && attempt.tls.asked_for_certificate);
}

std::optional<bool> closed_by(const Attempt& attempt, Kind kind) {
  if (attempt.outcome != Outcome::cut && attempt.outcome != Outcome::silent &&
      !attempt.tls.is_plain_answer) {
    return std::nullopt;
  }
  return attempt.outcome == Outcome::cut && attempt.answer.kind == kind && is_by_server(attempt);
}

}  // namespace

Finding tls_alert_version(const View& view) {
  return alert_fact(view, {alert::protocol_version, alert::inappropriate_fallback});
}

Finding tls_alert_no_agreement(const View& view) {
  return alert_fact(view, {alert::handshake_failure, alert::insufficient_security,
                           alert::illegal_parameter, alert::missing_extension,
                           alert::unsupported_extension, alert::no_application_protocol});
}

Finding tls_alert_internal(const View& view) { return alert_fact(view, {alert::internal_error}); }

Finding tls_alert_access(const View& view) { return alert_fact(view, {alert::access_denied}); }

Finding tls_alert_name(const View& view) { return alert_fact(view, {alert::unrecognized_name}); }

Finding tls_alert_certificate(const View& view) {
  return alert_fact(
      view, {alert::bad_certificate, alert::unsupported_certificate, alert::certificate_revoked,
             alert::certificate_expired, alert::certificate_unknown, alert::unknown_ca});
}

Finding tls_client_objects(const View& view) {
  if (!is_secure(view)) return unknown();
  return share_fact(view.failed, Shown::answer, "the client is the one who gives up",
                    [](const Attempt& attempt) -> std::optional<bool> {
                      if (!attempt.answer.is_set()) return std::nullopt;
                      return attempt.tls.by_client;
                    });
}

Finding tls_server_chose_old(const View& view) {
  return share_fact(view.failed, Shown::request, "the server chose a version older than TLS 1.2",
                    [](const Attempt& attempt) -> std::optional<bool> {
                      if (attempt.tls.version == 0) return std::nullopt;
                      return attempt.tls.version < journey::kTls12;
                    });
}

Finding tls_wants_client_certificate(const View& view) {
  if (!is_secure(view)) return unknown();
  return share_fact(view.failed, Shown::answer,
                    "the server gives up when it is the client's turn to say who it is",
                    [](const Attempt& attempt) -> std::optional<bool> {
                      if (attempt.answer.kind != Kind::tls_alert) return std::nullopt;
                      return asks_who(attempt);
                    });
}

Finding tls_certificate_expired(const View& view) {
  return age_fact(view, Age::over, "the certificate had run out");
}

Finding tls_certificate_early(const View& view) {
  return age_fact(view, Age::early, "the certificate was not valid yet");
}

Finding tls_certificate_in_time(const View& view) {
  return age_fact(view, Age::good, "the certificate was in its time by the capture's clock");
}

Finding tls_certificate_covers_name(const View& view) {
  return share_fact(view.failed, Shown::request, "the certificate is for the name asked for",
                    [](const Attempt& attempt) -> std::optional<bool> {
                      const Secured& tls = attempt.tls;
                      if (!tls.has_certificate || !tls.is_name_known) return std::nullopt;
                      return tls.covers_name;
                    });
}

Finding tls_certificate_self_signed(const View& view) {
  return share_fact(view.failed, Shown::request, "the certificate is signed by itself",
                    [](const Attempt& attempt) -> std::optional<bool> {
                      if (!attempt.tls.has_certificate) return std::nullopt;
                      return attempt.tls.is_self_signed;
                    });
}

Finding tls_plain_answer(const View& view) {
  if (!is_secure(view)) return unknown();
  return share_fact(
      view.failed, Shown::answer, "the server answered something that is not TLS",
      [](const Attempt& attempt) -> std::optional<bool> { return attempt.tls.is_plain_answer; });
}

Finding tls_closed_by_reset(const View& view) {
  if (!is_secure(view)) return unknown();
  return share_fact(view.failed, Shown::answer, "a reset ended the handshake",
                    [](const Attempt& attempt) { return closed_by(attempt, Kind::tcp_reset); });
}

Finding tls_closed_by_server(const View& view) {
  if (!is_secure(view)) return unknown();
  return share_fact(view.failed, Shown::answer, "the server closed the connection in good order",
                    [](const Attempt& attempt) { return closed_by(attempt, Kind::tcp_segment); });
}

Finding tls_hello_acknowledged(const View& view) {
  if (!is_secure(view)) return unknown();
  return share_fact(view.failed, Shown::request, "the server's system acknowledged the ClientHello",
                    [](const Attempt& attempt) -> std::optional<bool> {
                      if (attempt.tls.has_server_hello) return std::nullopt;
                      return attempt.tls.hello_acknowledged;
                    });
}

Finding tls_flight_cut(const View& view) {
  if (!is_secure(view)) return unknown();
  return share_fact(view.failed, Shown::answer,
                    "a part of the server's messages did not get through",
                    [](const Attempt& attempt) -> std::optional<bool> {
                      if (attempt.outcome != Outcome::silent) return std::nullopt;
                      return attempt.tls.is_flight_cut;
                    });
}

Finding tls_other_names_served(const View& view) {
  if (!is_secure(view)) return unknown();
  NameSketch failing;
  for (const Row* row : view.failed) failing.merge(row->names);
  RowList others;
  bool same = false;
  for (const Row* row : view.service) {
    if (!is_ok(*row) || !is_during(view, *row)) continue;
    for (const std::uint32_t id : row->names.kept()) {
      if (failing.kept().contains(id)) {
        same = true;
      } else if (std::ranges::find(others, row) == others.end()) {
        others.push_back(row);
      }
    }
  }
  if (same) return no("the same names are served too", cite_requests(view.failed));
  if (others.empty()) return unknown();
  return yes("handshakes for other names succeed at the same address", cite_requests(others));
}

}  // namespace whydown::evidence::facts_detail
