// Facts about protocols that answer with codes: SMTP, FTP, POP3, IMAP, SSH, and NTP.
#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

using journey::NtpSays;

bool is_mail_or_files(const View& view) {
  return std::ranges::all_of(view.subject.services, [](const Service& service) {
    return service.protocol == Protocol::smtp || service.protocol == Protocol::ftp ||
           service.protocol == Protocol::pop || service.protocol == Protocol::imap ||
           service.protocol == Protocol::ssh;
  });
}

bool is_time(const View& view) {
  return std::ranges::all_of(view.subject.services, [](const Service& service) {
    return service.protocol == Protocol::ntp;
  });
}

// Whether most (four of five) of the kept refusals are such, or hardly any (one of five).
template <typename Test>
Finding most_are(const View& view, Test test, std::string_view words) {
  std::size_t all = 0;
  std::size_t some = 0;
  for (const Row* row : view.failed) {
    for (const Attempt* attempt : row->exemplars()) {
      if (!attempt->answer.is_set()) continue;
      ++all;
      some += test(*attempt) ? 1U : 0U;
    }
  }
  if (all == 0) return unknown();
  const std::string detail = fmt::format("{} of {} {}", some, counted(all, "refusal"), words);
  const std::vector<base::Place> packets = cite(view.failed, [&](const Attempt& attempt) {
    return test(attempt) == (some != 0) ? &attempt.answer : nullptr;
  });
  if (some * 5 >= all * 4) return yes(detail, packets);
  return some * 5 <= all ? no(detail, packets) : unknown(detail);
}

template <typename Test>
Finding most_replies(const View& view, Test test, std::string_view words) {
  return is_mail_or_files(view) ? most_are(view, test, words) : unknown();
}

Finding most_times(const View& view, NtpSays says, std::string_view words) {
  if (!is_time(view)) return unknown();
  return most_are(
      view,
      [&](const Attempt& attempt) { return static_cast<NtpSays>(attempt.answer.detail) == says; },
      words);
}

std::uint16_t subject_of(const Attempt& attempt) { return attempt.answer.detail / 1000; }

Finding reply_at_greeting(const View& view) {
  return most_replies(
      view, [](const Attempt& attempt) { return attempt.request.verb == 0; },
      "came before the client had asked for anything");
}
Finding reply_for_now(const View& view) {
  return most_replies(
      view, [](const Attempt& attempt) { return attempt.answer.code / 100 == 4; },
      "are for now (4xx)");
}
Finding reply_shutting(const View& view) {
  return most_replies(
      view, [](const Attempt& attempt) { return attempt.answer.code == 421; },
      "say that the service takes nobody at the moment (421)");
}
Finding reply_policy(const View& view) {
  return most_replies(
      view,
      [](const Attempt& attempt) {
        const std::uint16_t code = attempt.answer.code;
        return subject_of(attempt) == 7 || code == 554 ||
               (code == 550 && subject_of(attempt) == 0 &&
                attempt.service.protocol == Protocol::smtp);
      },
      "give a rule as the reason (5.7.x, 554 or 550)");
}
Finding reply_system(const View& view) {
  return most_replies(
      view,
      [](const Attempt& attempt) {
        const std::uint16_t code = attempt.answer.code;
        if (code == 421) return false;  // its 4.3.2 only repeats that nobody is taken
        return subject_of(attempt) == 3 || code == 451 || code == 452 || code == 552 ||
               code == 425 || code == 426;
      },
      "give trouble of the server's own as the reason (4.3.x, 451, 452, 425, 426)");
}
Finding reply_put_off(const View& view) {
  return most_replies(
      view,
      [](const Attempt& attempt) {
        return attempt.service.protocol == Protocol::smtp && attempt.answer.code == 450;
      },
      "put the mail off (450)");
}
Finding reply_login(const View& view) {
  if (view.subject.symptom != Symptom::denied) {
    return is_mail_or_files(view) ? no("no login was refused", cite_answers(view.failed))
                                  : unknown();
  }
  return most_replies(
      view, [](const Attempt& attempt) { return attempt.request.verb != 0; }, "refuse a login");
}
Finding reply_nobody_there(const View& view) {
  if (!is_mail_or_files(view)) return unknown();
  if (view.subject.symptom == Symptom::not_found) {
    return yes("they say that there is no such mailbox or file", cite_answers(view.failed));
  }
  return no("they do not say that a mailbox or file is not there", cite_answers(view.failed));
}
Finding reply_hung_up(const View& view) {
  return most_replies(
      view,
      [](const Attempt& attempt) { return attempt.answer.kind == journey::Kind::tcp_segment; },
      "are a closed connection without a reply");
}
Finding ntp_rate(const View& view) {
  return most_times(view, NtpSays::rate, "say that the client asks too often (RATE)");
}
Finding ntp_denied(const View& view) {
  return most_times(view, NtpSays::denied, "say that the client may not ask (DENY, RSTR)");
}
Finding ntp_unsynchronised(const View& view) {
  return most_times(view, NtpSays::unsynchronised, "say that the server's own clock is not set");
}

constexpr std::array kRepliesFacts = {
    Entry{{"reply.at_greeting",
           "Did the refusals (80 % of those kept or more) come before the client had asked for "
           "anything?",
           "RFC 5321 3.1; RFC 959 5.4"},
          reply_at_greeting},
    Entry{{"reply.for_now",
           "Are the refusals (80 % of those kept or more) for now only, with a code of 400 to 499?",
           "RFC 5321 4.2.1; RFC 959 4.2.1"},
          reply_for_now},
    Entry{{"reply.shutting",
           "Do the refusals (80 % of those kept or more) have code 421, which takes nobody at the "
           "moment?",
           "RFC 5321 4.2.2; RFC 959 4.2"},
          reply_shutting},
    Entry{{"reply.policy",
           "Do the refusals (80 % of those kept or more) give a rule as the reason: 5.7.x, 554, or "
           "550 without a finer one?",
           "RFC 3463 3.8; RFC 5321 4.2.2"},
          reply_policy},
    Entry{{"reply.system",
           "Do the refusals (80 % of those kept or more) give trouble of the server's own as the "
           "reason: x.3.x, 451, 452, 552, 425, 426?",
           "RFC 3463 3.4; RFC 5321 4.2.2; RFC 959 4.2"},
          reply_system},
    Entry{{"reply.put_off",
           "Do the refusals (80 % of those kept or more) put a mail off with code 450, as "
           "greylisting does?",
           "RFC 6647 2.1"},
          reply_put_off},
    Entry{{"reply.login", "Do the refusals (80 % of those kept or more) refuse a login?",
           "RFC 4954 6; RFC 959 5.4"},
          reply_login},
    Entry{{"reply.nobody_there", "Do the refusals say that a mailbox or a file is not there?",
           "RFC 3463 3.2; RFC 959 4.2"},
          reply_nobody_there},
    Entry{{"reply.hung_up",
           "Did the server close the connection instead of a reply, in 80 % of the refusals kept "
           "or more?",
           ""},
          reply_hung_up},
    Entry{{"ntp.rate",
           "Do the NTP answers (80 % of those kept or more) say that the client asks too often "
           "(kiss code RATE)?",
           "RFC 5905 7.4"},
          ntp_rate},
    Entry{{"ntp.denied",
           "Do the NTP answers (80 % of those kept or more) say that the client may not ask (kiss "
           "codes DENY, RSTR)?",
           "RFC 5905 7.4"},
          ntp_denied},
    Entry{{"ntp.unsynchronised",
           "Do the NTP answers (80 % of those kept or more) say that the server's own clock is not "
           "set (stratum 16, leap 3, kiss codes INIT, STEP)?",
           "RFC 5905 7.3, 7.4"},
          ntp_unsynchronised},
};

}  // namespace

std::span<const Entry> replies_facts() { return kRepliesFacts; }

}  // namespace whydown::evidence::facts_detail
