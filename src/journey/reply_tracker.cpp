#include "journey/reply_tracker.h"

#include <algorithm>
#include <memory>

#include "journey/application.h"
#include "journey/verdict.h"

namespace whydown::journey {

using packet::Packet;
namespace reply = packet::reply;
using reply::Dialect;
using reply::Mood;
using reply::Verb;

namespace {

bool is_refusal(Mood mood) {
  return mood == Mood::refused || mood == Mood::refused_once || mood == Mood::bye;
}

// What the greeting did not tell.
Dialect by_port(Dialect dialect, std::uint16_t port) {
  if (dialect != Dialect::digits) return dialect;
  if (port == 21) return Dialect::ftp;
  const bool is_mail = port == 25 || port == 465 || port == 587 || port == 2525;
  return is_mail ? Dialect::smtp : dialect;
}

Protocol protocol_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::ftp:
      return Protocol::ftp;
    case Dialect::pop:
      return Protocol::pop;
    case Dialect::imap:
      return Protocol::imap;
    case Dialect::ssh:
      return Protocol::ssh;
    case Dialect::smtp:
    case Dialect::digits:
    case Dialect::none:
      break;
  }
  return Protocol::smtp;
}

std::uint32_t tag_of(Dialect dialect, std::string_view line) {
  if (dialect != Dialect::imap) return 0;
  return static_cast<std::uint32_t>(base::hash_bytes(line.substr(0, line.find(' '))));
}

bool has_word(std::string_view line, std::string_view word) {
  const auto is_same = [](char a, char b) { return (a | 0x20) == b; };
  return std::ranges::search(line, word, is_same).begin() != line.end();
}

// Of a login that shows a password. What answers a challenge (CRAM-MD5, SCRAM, APOP) differs each
// time though nobody guesses. An IMAP tag counts the commands up.
std::uint16_t secret_of(Dialect dialect, std::string_view line) {
  const std::size_t tag = dialect == Dialect::imap ? line.find(' ') : 0;
  line.remove_prefix(std::min(tag, line.size()));
  const std::string_view head = line.substr(0, 24);
  const bool is_plain =
      has_word(head, "pass ") || has_word(head, "login") || has_word(head, "plain");
  return is_plain ? short_digest(line) : std::uint16_t{0};
}

std::uint16_t digest_of_user(std::string_view user) {
  return user.empty() ? std::uint16_t{0} : short_digest(user);
}

// A name or a file that is not there: 550 of FTP, 5.1.x of mail (RFC 3463 3.2), 550 to RCPT.
bool is_absence(const Attempt& attempt) {
  const auto verb = static_cast<Verb>(attempt.answer.verb);
  constexpr std::uint16_t kNotThere = 550;
  if (attempt.service.protocol == Protocol::ftp) {
    return verb == Verb::fetch && attempt.answer.code == kNotThere;
  }
  return attempt.service.protocol == Protocol::smtp && attempt.answer.detail / 1000 == 1;
}

}  // namespace

bool ReplyTracker::claims(const Conversation& conversation, Side side,
                          std::span<const std::uint8_t> bytes) const {
  if (conversation.mid_stream) return false;
  const reply::Guess guess = reply::dialect_of(bytes);
  if (!guess.is_certain || guess.dialect == Dialect::none) return false;
  // These servers greet; one that is spoken to first speaks something else (Redis says "-ERR",
  // too).
  if (conversation.client_first && guess.dialect != Dialect::ssh) return false;
  return side == Side::server || guess.dialect == Dialect::ssh;
}

void ReplyTracker::on_begin(Conversation& conversation) {
  Session& session = sessions_[conversation.id];
  std::destroy_at(&session);
  std::construct_at(&session);
}

Taken ReplyTracker::on_bytes(Conversation& conversation, Side side,
                             std::span<const std::uint8_t> bytes, const Packet& packet) {
  const Session& session = sessions_[conversation.id];
  if (!session.first.is_set()) sessions_[conversation.id].first = trace_of(packet);
  const auto all = static_cast<std::uint32_t>(bytes.size());
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (session.ssh.is_binary(side)) {
      Taken taken = on_sealed(conversation, side, bytes.subspan(at), packet);
      taken.read += static_cast<std::uint32_t>(at);
      return taken;
    }
    if (side == Side::client && session.phase == Phase::message) return {.read = all};
    reply::Line line;
    if (!reply::read_line(bytes.subspan(at), line)) {
      if (bytes.size() - at >= reply::kMaxLine) return {.done = true};  // no lines
      break;
    }
    at += line.taken;
    const Next next = on_line(conversation, side, line.text, packet);
    if (next == Next::done) return {.done = true};
    if (next == Next::over) return {.read = static_cast<std::uint32_t>(at), .over = true};
  }
  return {.read = static_cast<std::uint32_t>(at)};
}

ReplyTracker::Next ReplyTracker::on_line(Conversation& about, Side side, std::string_view line,
                                         const Packet& packet) {
  const Session& session = sessions_[about.id];
  if (side == Side::client) return on_command(about, line, packet);
  if (session.phase == Phase::greeting) return on_greeting(about, line, packet);
  return on_reply(about, line, packet);
}

ReplyTracker::Next ReplyTracker::on_greeting(Conversation& about, std::string_view line,
                                             const Packet& packet) {
  Session& session = sessions_[about.id];
  if (session.dialect == Dialect::none) {
    const auto bytes = std::span(reinterpret_cast<const std::uint8_t*>(line.data()), line.size());
    session.dialect = reply::dialect_of(bytes).dialect;
    if (session.dialect == Dialect::none) return Next::done;
  }
  const reply::Reply greeting = reply::read_reply(session.dialect, line);
  const Heard heard{.reply = greeting, .packet = packet};
  if (session.dialect == Dialect::ssh) {
    if (greeting.mood != Mood::positive) return Next::more;  // lines before it (RFC 4253 4.2)
    succeed(about, heard);
    session.phase = Phase::commands;
    session.ssh.said_hello(Side::server);
    return Next::more;
  }
  if (session.dialect == Dialect::digits) {
    session.dialect = by_port(reply::dialect_of_greeting(line), about.server_port);
  }
  if (greeting.is_continued || greeting.mood == Mood::preliminary) return Next::more;
  if (greeting.mood == Mood::none) return Next::done;
  session.phase = Phase::commands;
  if (!is_refusal(greeting.mood)) return Next::more;
  fail(about, heard);
  return Next::done;
}

ReplyTracker::Next ReplyTracker::on_command(Conversation& about, std::string_view line,
                                            const Packet& packet) {
  Session& session = sessions_[about.id];
  if (session.dialect == Dialect::none) session.dialect = Dialect::ssh;  // the client spoke first
  if (session.dialect == Dialect::ssh) {
    session.ssh.said_hello(Side::client);
    return Next::more;
  }
  if (session.dialect == Dialect::digits) session.dialect = reply::dialect_of_command(line);
  Verb verb = reply::read_verb(session.dialect, line);
  // Lines of a dialogue within a command: a password in base64.
  const bool is_within = session.waiting != 0 && verb == Verb::none;
  if (is_within) {
    if (session.deed.mechanism != reply::Mechanism::none) {
      reply::LoginBuffer buffer;
      session.deed.user = digest_of_user(reply::user_of(session.deed.mechanism, line, buffer));
      session.deed.mechanism = reply::Mechanism::none;
    }
    // A user's name is the same in all of them, what follows it is not.
    if (session.deed.secret != 0) {
      session.deed.secret =
          static_cast<std::uint16_t>((session.deed.secret * 31U + short_digest(line)) | 1U);
    }
    return Next::more;
  }
  if (verb == Verb::none) {
    if (session.dialect == Dialect::digits) return Next::done;
    verb = Verb::other;
  }
  if (verb == Verb::user) {
    reply::LoginBuffer buffer;
    session.user = digest_of_user(reply::user_of(session.dialect, line, buffer));
  }
  if (session.waiting == session.pending.size()) return Next::done;
  session.pending.at(session.waiting++) = {.tag = tag_of(session.dialect, line), .verb = verb};
  if (verb == Verb::mail || verb == Verb::login || verb == Verb::fetch) {
    begin_deed(session, verb, line, packet);
  }
  return Next::more;
}

void ReplyTracker::begin_deed(Session& session, Verb verb, std::string_view line,
                              const Packet& packet) {
  if (session.deed.verb != Verb::none) return;  // pipelined: the one under way comes first
  session.deed = {};
  session.deed.verb = verb;
  if (verb == Verb::login) {
    reply::LoginBuffer buffer;
    session.deed.secret = secret_of(session.dialect, line);
    session.deed.user = digest_of_user(reply::user_of(session.dialect, line, buffer));
    if (session.deed.user == 0) session.deed.user = session.user;
    session.deed.mechanism = reply::mechanism_of(session.dialect, line);
  }
  session.deed.command = trace_of(packet);
}

ReplyTracker::Next ReplyTracker::on_reply(Conversation& about, std::string_view line,
                                          const Packet& packet) {
  Session& session = sessions_[about.id];
  const reply::Reply said = reply::read_reply(session.dialect, line);
  if (said.mood == Mood::none || said.is_continued || said.mood == Mood::preliminary) {
    return Next::more;
  }
  if (session.dialect == Dialect::imap && !said.is_tagged) return Next::more;
  if (session.waiting == 0) return Next::more;
  const Pending pending = session.pending.front();
  if (session.dialect == Dialect::imap && pending.tag != tag_of(session.dialect, line)) {
    return Next::more;
  }
  const Heard heard{.reply = said, .packet = packet};
  if (said.mood == Mood::intermediate) {
    if (pending.verb != Verb::data) {
      // USER's 331 is final for it: PASS is a command of its own.
      if (pending.verb != Verb::user) return Next::more;
    } else {
      session.phase = Phase::message;  // the next reply is about the whole mail
      return Next::more;
    }
  }
  session.phase = Phase::commands;
  std::ranges::copy(session.pending.begin() + 1, session.pending.begin() + session.waiting,
                    session.pending.begin());
  --session.waiting;
  return on_final(about, pending, heard);
}

ReplyTracker::Next ReplyTracker::on_final(Conversation& about, const Pending& pending,
                                          const Heard& heard) {
  Session& session = sessions_[about.id];
  const bool refused = is_refusal(heard.reply.mood);
  const bool is_mail = session.deed.verb == Verb::mail;
  switch (pending.verb) {
    case Verb::start_tls:
      return refused ? Next::more : Next::over;
    case Verb::mail:
      if (refused && is_mail) fail(about, heard);
      break;
    case Verb::recipient:
      if (is_mail) note_recipient(session, heard);
      break;
    case Verb::data:
      if (!is_mail) break;
      if (!refused) {
        succeed(about, heard);
      } else if (session.deed.refusal.is_set() && !session.deed.accepted) {
        end_mail(about, session);  // no recipient: that is why
      } else {
        fail(about, heard);
      }
      break;
    case Verb::login:
    case Verb::fetch:
      if (session.deed.verb != pending.verb) break;
      if (refused) {
        fail(about, heard);
      } else {
        succeed(about, heard);
      }
      break;
    case Verb::quit:
    case Verb::other:
    case Verb::hello:
      if (is_mail) end_mail(about, session);  // RSET, QUIT
      break;
    case Verb::user:
    case Verb::none:
      break;
  }
  return Next::more;
}

void ReplyTracker::note_recipient(Session& session, const Heard& heard) {
  Deed& deed = session.deed;
  if (!is_refusal(heard.reply.mood)) {
    deed.accepted = true;
    return;
  }
  if (deed.refusal.is_set()) return;
  deed.refusal = trace_of(heard.packet);
  deed.code = heard.reply.code;
  deed.detail = enhanced_detail(heard.reply.enhanced_subject, heard.reply.enhanced_detail);
  deed.is_for_now = heard.reply.mood == Mood::refused_once;
}

// A mail that came to nothing because its recipients were refused.
void ReplyTracker::end_mail(const Conversation& about, Session& session) {
  const Deed deed = session.deed;
  if (deed.refusal.is_set() && !deed.accepted) {
    Attempt attempt = attempt_of(about, session);
    attempt.answer = expand(deed.refusal, Kind::reply, packet::Transport::tcp,
                            {about.server, about.client, about.server_port, about.client_port});
    attempt.answer.code = deed.code;
    attempt.answer.detail = deed.detail;
    attempt.answer.verb = static_cast<std::uint8_t>(Verb::recipient);
    attempt.end = deed.refusal.when();
    attempt.latency = latency_of(attempt.timed, attempt.begin, attempt.end);
    settle_refusal(about, attempt, deed.is_for_now);
  }
  session.deed = {};
}

Attempt ReplyTracker::attempt_of(const Conversation& about, const Session& session) const {
  Attempt attempt;
  attempt.service = {.server = about.server,
                     .port = about.server_port,
                     .transport = packet::Transport::tcp,
                     .protocol = protocol_of(by_port(session.dialect, about.server_port))};
  attempt.client = about.client;
  attempt.step = Step::request;
  attempt.client_spoke = about.first_of(Side::client).is_set();
  attempt.server_spoke = true;
  attempt.timed = about.timed;
  attempt.tries = 1;
  const Trace& begin = session.deed.command.is_set() ? session.deed.command : session.first;
  attempt.begin = attempt.end = begin.when();
  attempt.request_seen = session.deed.command.is_set() || session.dialect == Dialect::ssh;
  const Trace& asked =
      session.deed.command.is_set() ? session.deed.command : about.first_of(Side::client);
  if (attempt.request_seen) {
    attempt.request = expand(asked, Kind::command, packet::Transport::tcp,
                             {about.client, about.server, about.client_port, about.server_port});
    attempt.request.verb = static_cast<std::uint8_t>(session.deed.verb);
    attempt.request.secret = session.deed.secret;
    attempt.request.variant = session.deed.user;
    attempt.request.name = healing_.name_of(about.server);
  }
  // A greeting answers the connection.
  attempt.request_seen = true;
  return attempt;
}

std::uint64_t ReplyTracker::wish_of(const Conversation& about, const Attempt& attempt) const {
  const std::uint64_t kind = std::uint64_t{attempt.request.verb} << 8U |
                             static_cast<std::uint64_t>(attempt.service.protocol);
  return fold(hash_of(about.client, 24) + hash_of(about.server, 25),
              kind << 16U | about.server_port);
}

void ReplyTracker::succeed(const Conversation& about, const Heard& heard) {
  Session& session = sessions_[about.id];
  Attempt attempt = attempt_of(about, session);
  attempt.answer = digest_of(heard.packet, Kind::reply, 0);
  attempt.answer.code = heard.reply.code;
  attempt.answer.verb = static_cast<std::uint8_t>(session.deed.verb);
  attempt.end = heard.packet.place.time;
  attempt.latency = latency_of(attempt.timed, attempt.begin, attempt.end);
  attempt.outcome = Outcome::ok;
  const std::uint64_t wish = wish_of(about, attempt);
  requests_.served(wish, attempt.begin);
  requests_.settle(attempt, wish, base::Duration{0});
  session.deed = {};
}

void ReplyTracker::fail(const Conversation& about, const Heard& heard) {
  Session& session = sessions_[about.id];
  Attempt attempt = attempt_of(about, session);
  attempt.answer = digest_of(heard.packet, Kind::reply, 0);
  attempt.answer.code = heard.reply.code;
  attempt.answer.detail =
      enhanced_detail(heard.reply.enhanced_subject, heard.reply.enhanced_detail);
  attempt.answer.verb = static_cast<std::uint8_t>(session.deed.verb);
  attempt.end = heard.packet.place.time;
  attempt.latency = latency_of(attempt.timed, attempt.begin, attempt.end);
  settle_refusal(about, attempt, heard.reply.mood == Mood::refused_once);
  session.deed = {};
}

void ReplyTracker::settle_refusal(const Conversation& about, Attempt& attempt, bool is_for_now) {
  const bool is_login = attempt.request.verb == static_cast<std::uint8_t>(Verb::login);
  attempt.symptom = is_login && !is_for_now ? Symptom::denied
                    : is_absence(attempt)   ? Symptom::not_found
                                            : Symptom::refused_reply;
  attempt.outcome = outcome_of(attempt.symptom);
  requests_.settle(attempt, wish_of(about, attempt),
                   is_for_now ? limits::kPutOff
                   : is_login ? limits::kChallenge
                              : limits::kRequestRetry);
}

Taken ReplyTracker::on_sealed(Conversation& about, Side side, std::span<const std::uint8_t> bytes,
                              const Packet& packet) {
  Session& session = sessions_[about.id];
  const SshLogin::Read read = session.ssh.read(side, bytes);
  const Taken taken = settle_ssh(about, packet);
  return taken.done ? taken : Taken{.read = read.taken, .wants = read.wants};
}

// What was read of a session came with the packet.
Taken ReplyTracker::settle_ssh(Conversation& about, const Packet& packet) {
  Session& session = sessions_[about.id];
  if (session.ssh.begins_login() && !session.deed.command.is_set()) {
    session.deed.verb = Verb::login;
    session.deed.command = trace_of(packet);
  }
  if (session.ssh.verdict() == SshLogin::Verdict::open) return {};
  end_ssh(about, &packet);
  return {.done = true};
}

// What became of the login, as far as sizes tell.
void ReplyTracker::end_ssh(const Conversation& about, const Packet* packet) {
  Session& session = sessions_[about.id];
  const SshLogin::Verdict verdict =
      packet == nullptr ? SshLogin::Verdict::unknown : session.ssh.verdict();
  const bool is_told =
      verdict == SshLogin::Verdict::accepted || verdict == SshLogin::Verdict::refused;
  if (!is_told || !session.deed.command.is_set()) return;
  Attempt attempt = attempt_of(about, session);
  attempt.answer = digest_of(*packet, Kind::tcp_segment, 0);
  attempt.answer.verb = static_cast<std::uint8_t>(Verb::login);
  attempt.end = packet->place.time;
  attempt.latency = latency_of(attempt.timed, attempt.begin, attempt.end);
  attempt.tries = session.ssh.refusals();
  const bool is_refused = verdict == SshLogin::Verdict::refused;
  attempt.symptom = is_refused ? Symptom::denied : Symptom::none;
  attempt.outcome = outcome_of(attempt.symptom);
  session.deed = {};
  requests_.settle(attempt, wish_of(about, attempt), base::Duration{0});
}

void ReplyTracker::on_gap(Conversation& conversation, Side /*side*/) {
  // Which reply belongs to which command is no longer known.
  Session& session = sessions_[conversation.id];
  session.ssh.lose();
  session.waiting = 0;
  session.deed = {};
}

bool ReplyTracker::on_close(Conversation& conversation, Side side, bool /*reset*/,
                            const Packet& packet) {
  Session& session = sessions_[conversation.id];
  // The client said who it is, and the server hung up.
  if (session.ssh.is_binary(Side::server)) {
    session.ssh.close();
    end_ssh(conversation, &packet);
    return false;
  }
  const bool unanswered =
      side == Side::server && session.dialect == Dialect::ssh && session.phase == Phase::greeting;
  if (!unanswered) return true;
  const bool said_something = conversation.first_of(Side::server).is_set();
  Attempt attempt = attempt_of(conversation, session);
  attempt.answer = digest_of(packet, Kind::tcp_segment, 0);
  attempt.end = packet.place.time;
  attempt.latency = latency_of(attempt.timed, attempt.begin, attempt.end);
  attempt.symptom = said_something ? Symptom::refused_reply : Symptom::unanswered;
  attempt.outcome = outcome_of(attempt.symptom);
  requests_.settle(attempt, wish_of(conversation, attempt), limits::kRequestRetry);
  return false;
}

void ReplyTracker::on_end(Conversation& conversation, End /*end*/) {
  Session& session = sessions_[conversation.id];
  if (session.deed.verb == Verb::mail) end_mail(conversation, session);
}

std::size_t ReplyTracker::memory_bytes() { return (limits::kConversations + 1) * sizeof(Session); }

}  // namespace whydown::journey
