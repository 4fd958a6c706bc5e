// Facts about TLS handshakes that failed: who objected to what, and how far they came. Read off the
// attempts that are kept; alerts are counted in all of them.
#include <array>
#include <initializer_list>
#include <optional>

#include <fmt/format.h>

#include "evidence/facts/facts.h"
#include "journey/tls_alerts.h"

namespace whydown::evidence::facts_detail {

namespace {

using journey::Kind;
using journey::Secured;
namespace alert = journey::alert;
using Codes = std::initializer_list<std::uint16_t>;

std::string alert_words(std::uint16_t code) {
  if (code == journey::kQuicVersions) return "a Version Negotiation of QUIC";
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
  // QUIC closes with a message of its own.
  const bool is_kind = attempt.answer.kind == kind ||
                       (kind == Kind::tcp_segment && attempt.answer.kind == Kind::quic_close);
  return attempt.outcome == Outcome::cut && is_kind && is_by_server(attempt);
}

Finding tls_alert_version(const View& view) {
  return alert_fact(
      view, {alert::protocol_version, alert::inappropriate_fallback, journey::kQuicVersions});
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

constexpr std::array kTlsFacts = {
    Entry{
        {"tls.alert_version",
         "Are the TLS alerts (80 % of them or more) about the version of TLS (70, 86), or Version "
         "Negotiations of QUIC?",
         "RFC 8446 6.2"},
        tls_alert_version},
    Entry{{"tls.alert_no_agreement",
           "Do the TLS alerts (80 % or more) say that the two sides have no common ground: 40, 47, "
           "71, 109, 110, 120?",
           "RFC 8446 6.2; RFC 7301 3.2"},
          tls_alert_no_agreement},
    Entry{{"tls.alert_internal", "Are the TLS alerts (80 % or more) \"internal error\" (80)?",
           "RFC 8446 6.2"},
          tls_alert_internal},
    Entry{{"tls.alert_access", "Are the TLS alerts (80 % or more) \"access denied\" (49)?",
           "RFC 8446 6.2"},
          tls_alert_access},
    Entry{{"tls.alert_name", "Are the TLS alerts (80 % or more) \"unrecognized name\" (112)?",
           "RFC 6066 3"},
          tls_alert_name},
    Entry{
        {"tls.alert_certificate",
         "Are the TLS alerts (80 % or more) about a certificate (42 to 46, 48), whoever sent them?",
         "RFC 8446 6.2"},
        tls_alert_certificate},
    Entry{{"tls.client_objects",
           "Is it the client that ends the handshakes, by an alert in clear or encrypted, or by "
           "leaving? In the kept attempts with an answer or an act.",
           "RFC 8446 6"},
          tls_client_objects},
    Entry{{"tls.server_chose_old",
           "Did the server choose a version of TLS older than 1.2, in handshakes that it answered?",
           "RFC 8996"},
          tls_server_chose_old},
    Entry{{"tls.wants_client_certificate",
           "Does the server end handshakes because of the client's certificate or the lack of one: "
           "an alert about it, 40 after it had asked for one, or, in TLS 1.3, an encrypted alert "
           "as its only answer to the client's last message? In the kept alerts.",
           "RFC 8446 4.4.2.4 and 6.2; measured"},
          tls_wants_client_certificate},
    Entry{{"tls.certificate_expired",
           "Had the server's certificate run out when the handshakes were tried, by the capture's "
           "clock? Unknown for TLS 1.3, which encrypts it.",
           "RFC 5280 4.1.2.5"},
          tls_certificate_expired},
    Entry{
        {"tls.certificate_early",
         "Was the server's certificate not valid yet, by the capture's clock? Unknown for TLS 1.3.",
         "RFC 5280 4.1.2.5"},
        tls_certificate_early},
    Entry{{"tls.certificate_in_time",
           "Was the server's certificate within its dates, by the capture's clock? Unknown for TLS "
           "1.3.",
           "RFC 5280 4.1.2.5"},
          tls_certificate_in_time},
    Entry{{"tls.certificate_covers_name",
           "Is the server's certificate for the name that the client asked for? Unknown for TLS "
           "1.3, and where no name is known.",
           "RFC 9525"},
          tls_certificate_covers_name},
    Entry{{"tls.certificate_self_signed",
           "Is the server's certificate signed by itself? Unknown for TLS 1.3.", "RFC 5280 3.2"},
          tls_certificate_self_signed},
    Entry{{"tls.plain_answer", "Did the server answer ClientHellos with something that is not TLS?",
           "RFC 8446 5.1"},
          tls_plain_answer},
    Entry{{"tls.closed_by_reset",
           "Were handshakes that came to nothing ended by a reset from the server's side?",
           "RFC 9293 3.5.2"},
          tls_closed_by_reset},
    Entry{{"tls.closed_by_server",
           "Were handshakes that came to nothing ended by the server closing the connection (FIN)?",
           "RFC 9293 3.6"},
          tls_closed_by_server},
    Entry{{"tls.hello_acknowledged",
           "Did the server's system acknowledge the ClientHellos that got no ServerHello?",
           "RFC 9293 3.8"},
          tls_hello_acknowledged},
    Entry{{"tls.flight_cut",
           "Did a part of the server's messages not get through, as the gap in them or the missing "
           "acknowledgments say, in handshakes that ended in silence?",
           "RFC 2923 2.1"},
          tls_flight_cut},
    Entry{{"tls.other_names_served",
           "Do handshakes at the same address and port succeed for other names since the first "
           "failure, and for the failing ones not?",
           "RFC 6066 3"},
          tls_other_names_served},
};

}  // namespace

std::span<const Entry> tls_facts() { return kTlsFacts; }

}  // namespace whydown::evidence::facts_detail
