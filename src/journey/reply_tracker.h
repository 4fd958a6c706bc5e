// Protocols that answer with codes: SMTP, FTP, POP3, IMAP, and SSH (ssh_login.h).
//
// A session is a row of deeds, and each deed that ends is one attempt: a mail (from MAIL to the
// answer to its last line), a login, a transfer; and the greeting, where it refuses. So a server
// that takes nine mails of a session and refuses the tenth shows as that. Commands that no user
// wants for themselves (EHLO, TYPE, NOOP) make none.
//
// Example: "220", EHLO "250", MAIL "250", RCPT "450 4.2.0 Greylisted", QUIT: the mail was refused
// for now. The same client comes again a quarter of an hour later and is served: healed.
//
// Left out: what goes on behind STARTTLS; addresses, which are never looked at, and passwords and
// names of users, of which only is known whether two are the same.
#pragma once

#include <array>

#include "journey/context.h"
#include "journey/healing.h"
#include "journey/limits.h"
#include "journey/request_healing.h"
#include "journey/ssh_login.h"
#include "journey/stream.h"
#include "journey/table.h"
#include "packet/reply/login.h"
#include "packet/reply/reply.h"

namespace whydown::journey {

class ReplyTracker final : public Listener {
 public:
  ReplyTracker(Healing& healing, RequestHealing& requests)
      : healing_(healing), requests_(requests) {}

  bool claims(const Conversation& conversation, Side side,
              std::span<const std::uint8_t> bytes) const override;
  void on_begin(Conversation& conversation) override;
  Taken on_bytes(Conversation& conversation, Side side, std::span<const std::uint8_t> bytes,
                 const packet::Packet& packet) override;
  bool claims_words(const Conversation& conversation, Side side,
                    std::string_view words) const override;
  // reply_told.cpp
  Taken on_words(Conversation& conversation, Side side, std::string_view words,
                 const packet::Packet& packet) override;
  void on_gap(Conversation& conversation, Side side) override;
  bool on_close(Conversation& conversation, Side side, bool reset,
                const packet::Packet& packet) override;
  void on_end(Conversation& conversation, End end) override;
  static std::size_t memory_bytes();

 private:
  using Dialect = packet::reply::Dialect;
  using Verb = packet::reply::Verb;

  struct Pending {
    std::uint32_t tag = 0;  // IMAP
    Verb verb = Verb::none;
  };
  // What is under way, from its first command on.
  struct Deed {
    Verb verb = Verb::none;  // mail, login, fetch
    Trace command;
    std::uint16_t secret = 0;                                             // Digest::secret
    std::uint16_t user = 0;                                               // Digest::variant
    packet::reply::Mechanism mechanism = packet::reply::Mechanism::none;  // of what comes next
    // A recipient that was refused: it decides where none was accepted.
    Trace refusal;
    std::uint16_t code = 0;
    std::uint16_t detail = 0;
    bool is_for_now = false;
    bool accepted = false;
  };
  enum class Phase : std::uint8_t { greeting, commands, message };
  struct Session {
    Dialect dialect = Dialect::none;
    Phase phase = Phase::greeting;
    std::uint8_t waiting = 0;  // of `pending`
    std::uint16_t user = 0;    // of a USER whose PASS is to come
    std::array<Pending, 16> pending;
    Trace first;  // of the connection's data
    Deed deed;
    SshLogin ssh;
  };
  // A reply, and the packet that it ended in.
  struct Heard {
    const packet::reply::Reply& reply;
    const packet::Packet& packet;
  };

  enum class Next : std::uint8_t { more, done, over };
  Taken on_sealed(Conversation& about, Side side, std::span<const std::uint8_t> bytes,
                  const packet::Packet& packet);
  Taken on_ssh_words(Conversation& about, Side side, std::string_view words,
                     const packet::Packet& packet);
  Taken settle_ssh(Conversation& about, const packet::Packet& packet);
  void end_ssh(const Conversation& about, const packet::Packet* packet);
  Next on_line(Conversation& about, Side side, std::string_view line, const packet::Packet& packet);
  Next on_command(Conversation& about, std::string_view line, const packet::Packet& packet);
  Next on_greeting(Conversation& about, std::string_view line, const packet::Packet& packet);
  Next on_reply(Conversation& about, std::string_view line, const packet::Packet& packet);
  Next on_final(Conversation& about, const Pending& pending, const Heard& heard);
  void begin_deed(Session& session, Verb verb, std::string_view line, const packet::Packet& packet);
  void note_recipient(Session& session, const Heard& heard);
  void end_mail(const Conversation& about, Session& session);
  void succeed(const Conversation& about, const Heard& heard);
  void fail(const Conversation& about, const Heard& heard);
  void settle_refusal(const Conversation& about, Attempt& attempt, bool is_for_now);
  Attempt attempt_of(const Conversation& about, const Session& session) const;
  std::uint64_t wish_of(const Conversation& about, const Attempt& attempt) const;

  Healing& healing_;
  RequestHealing& requests_;
  ZeroedArray<Session> sessions_{limits::kConversations + 1};
};

}  // namespace whydown::journey
