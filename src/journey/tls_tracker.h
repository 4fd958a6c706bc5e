// TLS handshakes as attempts: how far each came, who ended it, and by what.
//
// A handshake goes through three stages: asked (ClientHello), answered (ServerHello), finished (the
// client sent its last message). Up to there both sides speak in clear in TLS 1.2, and next to
// nothing in 1.3: there a record of 19 bytes is an alert (two bytes, their type, a tag of sixteen),
// and a client that is content sends at least 36. So of 1.3 it is known that somebody gave up, and
// who, but neither why nor what certificate there was.
//
// Only acts and silence count. A client that leaves by itself, without an alert and without having
// waited, wanted no more: a probe, the slower of two connections, a page that was closed.
#pragma once

#include "journey/context.h"
#include "journey/healing.h"
#include "journey/limits.h"
#include "journey/secured.h"
#include "journey/stream.h"
#include "journey/table.h"
#include "packet/tls/certificate.h"
#include "packet/tls/tls.h"
#include "packet/tls/tls_words.h"

namespace whydown::journey {

class TlsTracker final : public Listener {
 public:
  TlsTracker(Context& context, Healing& healing) : context_(context), healing_(healing) {}

  bool claims(const Conversation& conversation, Side side,
              std::span<const std::uint8_t> bytes) const override;
  void on_begin(Conversation& conversation) override;
  Taken on_bytes(Conversation& conversation, Side side, std::span<const std::uint8_t> bytes,
                 const packet::Packet& packet) override;
  // tls_told.cpp
  bool claims_words(const Conversation& conversation, Side side,
                    std::string_view words) const override;
  Taken on_words(Conversation& conversation, Side side, std::string_view words,
                 const packet::Packet& packet) override;
  void on_gap(Conversation& conversation, Side side) override;
  bool on_close(Conversation& conversation, Side side, bool reset,
                const packet::Packet& packet) override;
  void on_late(Conversation& conversation) override;
  void on_end(Conversation& conversation, End end) override;
  static std::size_t memory_bytes();

 private:
  enum class Stage : std::uint8_t { begun, asked, answered, finished };

  struct Handshake {
    Trace hello;   // ClientHello
    Trace answer;  // ServerHello
    Trace decided;
    Secured seen;
    std::uint32_t name = 0;
    std::uint16_t code = 0;
    Kind decided_kind = Kind::none;
    Stage stage = Stage::begun;
    bool is_lost = false;             // bytes are missing: what did not come may have come
    bool is_short = false;            // the snap length cut records
    std::array<bool, 2> resync{};     // what comes next begins with a segment, perhaps no record
    std::array<bool, 2> is_sealed{};  // the side changed keys
    bool is_answer_sealed = false;    // TLS 1.2: the server's last message came
    bool maybe_alert = false;         // TLS 1.3: the server's only record since then is of 19 bytes
    bool is_client_leaving = false;   // it said goodbye, or something short and sealed
    bool healed = false;
    // Where the server's last record that began ends, in the bytes of its direction.
    std::uint64_t server_until = 0;
    base::Time last_heard{};  // the last message of either side, or the ClientHello
  };

  // A certificate that was read for a name.
  struct KnownCertificate {
    std::uint64_t key;
    std::int64_t last;
    std::int64_t not_before;
    std::int64_t not_after;
    std::uint32_t name;
    bool is_read;
    bool is_self_signed;
    bool covers;
  };

  // A handshake's packets.
  struct Told final : Packets {
    Told(const Conversation& about_told, const Handshake& handshake_told)
        : about(about_told), handshake(handshake_told) {}
    void show(Attempt& attempt) const override;
    const Conversation& about;
    const Handshake& handshake;
  };

  // TLS 1.3: an alert's two bytes, their type, and the tag of every cipher of RFC 8446 B.4 but one
  // with a short tag.
  static constexpr std::uint16_t kSealedAlert = 19;

  // One record of a side.
  struct Heard {
    Conversation& about;
    Handshake& handshake;
    Side side;
    const packet::tls::Record& record;
    const packet::Packet& packet;
  };

  Handshake& of(const Conversation& conversation) { return handshakes_[conversation.id]; }
  // These: true when the handshake is decided.
  bool on_record(const Heard& heard);
  bool on_messages(const Heard& heard);
  void on_message(const Heard& heard, const packet::tls::Piece& piece);
  bool on_alert(const Heard& heard);
  bool on_sealed(const Heard& heard);
  bool on_sealed_13(const Heard& heard);
  bool on_item(const Heard& heard, const packet::tls::Item& item);
  void on_told_hello(const Heard& heard, std::string_view server_name);
  bool on_foreign(Conversation& about, Handshake& handshake, Side side,
                  const packet::Packet& packet);
  void on_client_hello(const Heard& heard, const packet::tls::Piece& piece);
  void on_server_hello(const Heard& heard, const packet::tls::Piece& piece);
  void on_certificate(const Heard& heard, const packet::tls::Piece& piece);
  bool on_server_close(Conversation& about, Handshake& handshake, bool reset);
  bool on_client_close(Conversation& about, Handshake& handshake, bool reset);
  Symptom symptom_of_alert(const Handshake& handshake) const;
  // What the client could hold against the certificate that it saw; none where nothing is wrong.
  Symptom certificate_symptom(const Handshake& handshake) const;

  void succeed(Conversation& about, Handshake& handshake);
  void fail(Conversation& about, Handshake& handshake, Outcome outcome, Symptom symptom);
  bool leave_open(Conversation& about, Handshake& handshake);
  bool end_waiting(Conversation& about, Handshake& handshake);
  Outline outline_of(const Conversation& about, const Handshake& handshake) const;
  static void decide_by(Handshake& handshake, const packet::Packet& packet, Kind kind);
  static void decide_by_close(const Conversation& about, Handshake& handshake, Side side,
                              bool reset);
  bool has_waited(const Conversation& about, const Handshake& handshake) const;

  Context& context_;
  Healing& healing_;
  ZeroedArray<Handshake> handshakes_{limits::kConversations + 1};
  Memory<KnownCertificate> certificates_{limits::kCertificates};
};

}  // namespace whydown::journey
