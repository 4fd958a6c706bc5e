// What the records of a handshake say. What follows from it is in tls_verdict.cpp.
#include "journey/tls_tracker.h"

#include <algorithm>

namespace whydown::journey {

using packet::Packet;
namespace tls = packet::tls;

bool TlsTracker::claims(const Conversation& /*conversation*/, Side side,
                        std::span<const std::uint8_t> bytes) const {
  return side == Side::client && tls::looks_like_handshake(bytes) &&
         bytes[tls::kRecordHeader] == static_cast<std::uint8_t>(tls::Message::client_hello);
}

void TlsTracker::on_begin(Conversation& conversation) { of(conversation) = {}; }

Taken TlsTracker::on_bytes(Conversation& conversation, Side side,
                           std::span<const std::uint8_t> bytes, const Packet& packet) {
  Handshake& handshake = of(conversation);
  bool& resync = handshake.resync[static_cast<std::size_t>(side)];
  tls::Record record;
  if (bytes.size() < tls::kRecordHeader) {
    if (!resync && bytes[0] >= 20 && bytes[0] <= 24) return {.wants = tls::kRecordHeader};
    record = {};
  }
  if (!tls::read_record(bytes, record)) {
    if (resync) return {.read = static_cast<std::uint32_t>(bytes.size())};
    return {.done = on_foreign(conversation, handshake, side, packet)};
  }
  resync = false;
  const auto size = static_cast<std::uint32_t>(tls::kRecordHeader + record.length);
  if (side == Side::server) handshake.server_until = conversation.bytes_of(side) + size;
  const bool is_whole = record.fragment.size() == record.length;
  const bool is_data = record.type == tls::Content::application_data;
  if (!is_whole && !is_data && !conversation.is_cut(side)) return {.wants = size};
  handshake.last_heard = packet.place.time;
  handshake.is_short = handshake.is_short || (!is_whole && conversation.is_cut(side));
  const Heard heard{conversation, handshake, side, record, packet};
  if (on_record(heard)) return {.done = true};
  const auto read = static_cast<std::uint32_t>(tls::kRecordHeader + record.fragment.size());
  return {.read = read, .skip = size - read};
}

bool TlsTracker::on_record(const Heard& heard) {
  Handshake& handshake = heard.handshake;
  bool& is_sealed = handshake.is_sealed[static_cast<std::size_t>(heard.side)];
  // TLS 1.3 sends this for show, perhaps even before a second ClientHello.
  const bool is_noise = is_sealed && handshake.seen.version < tls::kTls13;
  const bool is_sealed_12 = handshake.is_answer_sealed;
  switch (heard.record.type) {
    case tls::Content::change_cipher_spec:
      is_sealed = true;
      return false;
    case tls::Content::handshake:
      return is_noise ? on_sealed(heard) : on_messages(heard);
    case tls::Content::alert:
      return is_noise ? on_sealed(heard) : on_alert(heard);
    case tls::Content::application_data:
      // Before the last messages there is no data but in TLS 1.3.
      if (handshake.seen.version == 0 && handshake.stage == Stage::answered && !is_sealed_12) {
        handshake.seen.version = tls::kTls13;
      }
      return handshake.seen.version >= tls::kTls13 ? on_sealed_13(heard) : on_sealed(heard);
  }
  return false;
}

bool TlsTracker::on_messages(const Heard& heard) {
  tls::Bytes fragment = heard.record.fragment;
  for (tls::Piece piece; tls::next_message(fragment, piece);) on_message(heard, piece);
  return false;
}

void TlsTracker::on_message(const Heard& heard, const tls::Piece& piece) {
  Handshake& handshake = heard.handshake;
  const bool by_server = heard.side == Side::server;
  switch (piece.type) {
    case tls::Message::client_hello:
      if (!by_server) on_client_hello(heard, piece);
      break;
    case tls::Message::server_hello:
      if (by_server) on_server_hello(heard, piece);
      break;
    case tls::Message::certificate:
      if (by_server && handshake.seen.version < tls::kTls13) on_certificate(heard, piece);
      // A client shows one, perhaps an empty one, only where it was asked.
      if (!by_server) handshake.seen.asked_for_certificate = true;
      break;
    case tls::Message::certificate_request:
      handshake.seen.asked_for_certificate = handshake.seen.asked_for_certificate || by_server;
      break;
    default:
      break;
  }
}

void TlsTracker::on_client_hello(const Heard& heard, const tls::Piece& piece) {
  Handshake& handshake = heard.handshake;
  if (handshake.stage != Stage::begun) return;
  tls::ClientHello hello;
  tls::read_client_hello(piece.body, hello);
  handshake.stage = Stage::asked;
  // Of several segments the first one stands for it: by it the client began to wait.
  handshake.hello = heard.about.first_of(Side::client);
  if (!handshake.hello.is_set()) handshake.hello = trace_of(heard.packet);
  // The versions stand at the end, and 1.2 at the beginning for the sake of old servers.
  const bool is_whole = piece.body.size() == piece.length;
  if (is_whole || hello.newest != tls::kTls12) {
    handshake.seen.newest_offered = hello.newest;
    handshake.seen.oldest_offered = hello.oldest;
  }
  handshake.seen.hello_bytes = static_cast<std::uint16_t>(heard.record.length + tls::kRecordHeader);
  handshake.name = hello.server_name.empty() ? healing_.name_of(heard.about.server)
                                             : context_.names.add(hello.server_name.view());
}

void TlsTracker::on_server_hello(const Heard& heard, const tls::Piece& piece) {
  Handshake& handshake = heard.handshake;
  tls::ServerHello hello;
  tls::read_server_hello(piece.body, hello);
  const bool is_whole = piece.body.size() == piece.length;
  if (is_whole || hello.version != tls::kTls12) handshake.seen.version = hello.version;
  handshake.seen.cipher = hello.cipher;
  if (hello.is_retry || handshake.stage != Stage::asked) return;
  handshake.stage = Stage::answered;
  handshake.seen.has_server_hello = true;
  handshake.answer = trace_of(heard.packet);
}

void TlsTracker::on_certificate(const Heard& heard, const tls::Piece& piece) {
  tls::Chain chain;
  tls::read_chain(piece.body, chain);
  if (chain.certificates.empty()) return;
  const tls::Bytes leaf = chain.certificates[0];
  const std::uint64_t hash =
      base::hash_bytes({reinterpret_cast<const char*>(leaf.data()), leaf.size()});
  Handshake& handshake = heard.handshake;
  KnownCertificate& known = certificates_.get(fold(hash, handshake.name));
  if (known.last == 0) {
    const std::string_view wanted = context_.names.text(handshake.name);
    const tls::Certificate certificate = tls::read_certificate(leaf, wanted);
    known.is_read = certificate.is_read;
    known.not_before = certificate.not_before;
    known.not_after = certificate.not_after;
    known.name = certificate.name.empty() ? 0 : context_.names.add(certificate.name.view());
    known.is_self_signed = certificate.is_self_signed;
    known.covers = certificate.covers;
  }
  known.last = std::max<std::int64_t>(1, base::ns_of(context_.now));
  if (!known.is_read) return;
  Secured& seen = handshake.seen;
  seen.has_certificate = true;
  seen.not_before = known.not_before;
  seen.not_after = known.not_after;
  seen.certificate_name = known.name;
  seen.is_self_signed = known.is_self_signed;
  seen.is_name_known = handshake.name != 0;
  seen.covers_name = known.covers;
}

bool TlsTracker::on_alert(const Heard& heard) {
  tls::Alert alert;
  if (!tls::read_alert(heard.record, alert)) return false;
  Handshake& handshake = heard.handshake;
  if (handshake.stage == Stage::begun) return true;  // of a handshake of which nothing was seen
  const bool by_client = heard.side == Side::client;
  const bool is_goodbye = alert.description == tls::alert::close_notify ||
                          alert.description == tls::alert::user_canceled;
  if (is_goodbye) {
    handshake.is_client_leaving = handshake.is_client_leaving || by_client;
    return false;
  }
  // Up to TLS 1.2 a warning is none of them: "no such name here, but go on".
  if (alert.level < 2 && handshake.seen.version < tls::kTls13) return false;
  handshake.seen.by_client = by_client;
  handshake.code = alert.description;
  decide_by(handshake, heard.packet, Kind::tls_alert);
  fail(heard.about, handshake, Outcome::failed, symptom_of_alert(handshake));
  return true;
}

// Behind the change of keys, up to TLS 1.2: the last messages, goodbyes, data.
bool TlsTracker::on_sealed(const Heard& heard) {
  Handshake& handshake = heard.handshake;
  const bool by_client = heard.side == Side::client;
  switch (heard.record.type) {
    case tls::Content::handshake:
      if (!by_client) {
        handshake.is_answer_sealed = true;
        // What a new connection presents is not sent again to who resumes an old one.
      } else if (handshake.stage == Stage::answered) {
        handshake.stage = Stage::finished;
        handshake.seen.is_finished = true;
      }
      return false;
    case tls::Content::alert:
      handshake.is_client_leaving = handshake.is_client_leaving || by_client;
      return false;
    default:
      break;
  }
  // Data: who sends it was content with what it was shown.
  const bool is_done = handshake.stage == Stage::finished && handshake.is_answer_sealed;
  // Of short packets not every record is seen.
  const bool may_be_done = handshake.is_short && handshake.stage >= Stage::answered;
  if (!by_client || (!is_done && !may_be_done)) return false;
  succeed(heard.about, handshake);
  return true;
}

bool TlsTracker::on_sealed_13(const Heard& heard) {
  Handshake& handshake = heard.handshake;
  const bool is_short = heard.record.length == kSealedAlert;
  if (heard.side == Side::client) {
    // Data sent early, with the keys of an older connection, says nothing yet.
    if (handshake.stage == Stage::answered && !is_short) {
      handshake.stage = Stage::finished;
      handshake.seen.is_finished = true;
    } else if (is_short && handshake.stage >= Stage::answered) {
      if (handshake.stage == Stage::answered) {
        decide_by(handshake, heard.packet, Kind::tls_alert);
        handshake.seen.is_alert_hidden = true;
        handshake.seen.by_client = true;
      }
      handshake.is_client_leaving = true;
    }
    return false;
  }
  if (handshake.stage != Stage::finished) return false;
  if (is_short && !handshake.maybe_alert && !handshake.is_client_leaving) {
    handshake.maybe_alert = true;
    decide_by(handshake, heard.packet, Kind::tls_alert);
    return false;
  }
  succeed(heard.about, handshake);
  return true;
}

// Bytes that are no record of TLS. Behind a gap that is to be expected; else whoever answers here
// speaks something else.
bool TlsTracker::on_foreign(Conversation& about, Handshake& handshake, Side side,
                            const Packet& packet) {
  if (side == Side::client || handshake.stage != Stage::asked || handshake.is_lost) return true;
  handshake.seen.is_plain_answer = true;
  decide_by(handshake, packet, Kind::not_tls);
  fail(about, handshake, Outcome::failed, Symptom::no_handshake);
  return true;
}

void TlsTracker::on_gap(Conversation& conversation, Side side) {
  Handshake& handshake = of(conversation);
  // What the snap length cut off was sent, and in its place.
  handshake.is_lost = handshake.is_lost || !conversation.is_cut(side);
  handshake.resync[static_cast<std::size_t>(side)] = true;
}

void TlsTracker::decide_by(Handshake& handshake, const Packet& packet, Kind kind) {
  handshake.decided = trace_of(packet);
  handshake.decided_kind = kind;
}

}  // namespace whydown::journey
