#include "journey/quic_tracker.h"

#include <algorithm>

#include "journey/tls_alerts.h"
#include "journey/verdict.h"
#include "packet/tls/tls.h"

namespace whydown::journey {

using packet::Packet;
using packet::Transport;
using packet::quic::Sender;
namespace quic = packet::quic;
namespace tls = packet::tls;

namespace {

// What a side says that wants no more, without a complaint.
bool is_goodbye(std::uint64_t code) {
  return code == tls::alert::close_notify || code == tls::alert::user_canceled;
}

}  // namespace

QuicTracker::Handshake* QuicTracker::find(Id id) {
  Handshake& handshake = handshakes_[id % limits::kQuicHandshakes];
  return id != 0 && handshake.id == id ? &handshake : nullptr;
}

const QuicTracker::Handshake* QuicTracker::find(Id id) const {
  const Handshake& handshake = handshakes_[id % limits::kQuicHandshakes];
  return id != 0 && handshake.id == id ? &handshake : nullptr;
}

QuicTracker::Id QuicTracker::begin(const Packet& packet) {
  quic::Bytes datagram = packet.payload;
  quic::Header header;
  if (!quic::next_packet(datagram, header)) return 0;
  if (++last_ == 0) last_ = 1;
  Handshake& handshake = handshakes_[last_ % limits::kQuicHandshakes];
  leave(handshake);
  handshake = Handshake{};
  handshake.id = last_;
  handshake.client = packet.ip.source;
  handshake.server = packet.ip.destination;
  handshake.client_port = packet.source_port;
  handshake.server_port = packet.destination_port;
  handshake.version = header.version;
  handshake.hello = trace_of(packet);
  handshake.timed = packet.has_time;
  handshake.stage = Stage::asked;
  set_first_id(handshake, header.destination);
  from_client(last_, packet);
  return last_;
}

void QuicTracker::from_client(Id id, const Packet& packet) {
  Handshake* handshake = find(id);
  if (handshake == nullptr || handshake->stage == Stage::done) return;
  quic::Bytes datagram = packet.payload;
  quic::Header header;
  while (quic::next_packet(datagram, header)) {
    note_unseen(*handshake, header);
    if (header.type != quic::Type::initial) continue;
    if (header.version != handshake->version) on_new_version(*handshake, header);
    if (on_initial(*handshake, header, packet, Sender::client)) return;
  }
  if (!quic::may_be_short(datagram)) return;
  handshake->is_answer_unseen = handshake->stage == Stage::asked;
  if (handshake->stage != Stage::answered) return;
  Attempt attempt = attempt_of(*handshake);
  attempt.outcome = Outcome::ok;
  healing_.connect_served(attempt.client, attempt.service, attempt.begin);
  settle(*handshake, attempt);
}

// Keys for Handshake packets, and another connection id for the server, come with an answer.
void QuicTracker::note_unseen(Handshake& handshake, const quic::Header& header) {
  if (handshake.stage != Stage::asked || header.version != handshake.version) return;
  const quic::Bytes first_id{handshake.first_id.data(), handshake.first_id_size};
  const bool is_other =
      header.type == quic::Type::initial && !std::ranges::equal(header.destination, first_id);
  if (header.type == quic::Type::handshake || is_other) handshake.is_answer_unseen = true;
}

void QuicTracker::from_server(Id id, const Packet& packet) {
  Handshake* handshake = find(id);
  if (handshake == nullptr || handshake->stage == Stage::done) return;
  quic::Bytes datagram = packet.payload;
  quic::Header header;
  while (quic::next_packet(datagram, header)) {
    if (header.type == quic::Type::version_negotiation) {
      on_negotiation(*handshake, header, packet);
    } else if (header.type == quic::Type::retry) {
      on_retry(*handshake, header);
    } else if (header.type == quic::Type::initial || header.type == quic::Type::handshake) {
      if (handshake->stage == Stage::asked) {
        handshake->stage = Stage::answered;
        handshake->answer = trace_of(packet);
        handshake->timed = handshake->timed && packet.has_time;
      }
      if (header.type == quic::Type::initial &&
          on_initial(*handshake, header, packet, Sender::server)) {
        return;
      }
    }
  }
}

void QuicTracker::set_first_id(Handshake& handshake, quic::Bytes id) {
  const std::size_t size = std::min(id.size(), handshake.first_id.size());
  std::copy_n(id.begin(), size, handshake.first_id.begin());
  handshake.first_id_size = static_cast<std::uint8_t>(size);
}

// The client goes on with another version, as a Version Negotiation told it to.
void QuicTracker::on_new_version(Handshake& handshake, const quic::Header& header) {
  // A server may choose another version for its answer (RFC 9368), and the client follows.
  const bool is_told = handshake.negotiation.is_set() || quic::is_reserved(handshake.version);
  if (!is_told || handshake.stage != Stage::asked) return;
  handshake.version = header.version;
  handshake.negotiation = Trace{};
  handshake.has_hello = false;
  handshake.opened_of_client = 0;
  set_first_id(handshake, header.destination);
}

void QuicTracker::on_negotiation(Handshake& handshake, const quic::Header& header,
                                 const Packet& packet) {
  // One that offers what was asked for is stale or forged (RFC 9000 6.2). And who asks for a
  // version that is kept free wanted to know the versions (RFC 9000 15).
  if (quic::is_reserved(handshake.version)) return;
  if (handshake.stage != Stage::asked || quic::offers(header, handshake.version)) return;
  handshake.negotiation = trace_of(packet);
}

// The client is to come again, with the server's token and to its connection id.
void QuicTracker::on_retry(Handshake& handshake, const quic::Header& header) {
  if (handshake.stage != Stage::asked || header.version != handshake.version) return;
  set_first_id(handshake, header.source);
  handshake.opened_of_client = 0;
}

bool QuicTracker::may_open(Handshake& handshake, Sender by) {
  std::uint8_t& opened =
      by == Sender::client ? handshake.opened_of_client : handshake.opened_of_server;
  if (opened >= limits::kQuicOpensOfSide) return false;
  const std::int64_t second = base::ns_of(context_.now) / 1'000'000'000;
  if (second != second_) opened_ = 0;
  second_ = second;
  if (opened_ >= limits::kQuicOpensPerSecond) return false;
  ++opened_;
  ++opened;
  return true;
}

bool QuicTracker::on_initial(Handshake& handshake, const quic::Header& header, const Packet& packet,
                             Sender by) {
  // The ClientHello once more: there is nothing new in it.
  const bool is_repeated =
      by == Sender::client && handshake.has_hello && handshake.stage == Stage::asked;
  if (is_repeated || !quic::is_readable(header.version) || !may_open(handshake, by)) return false;
  const quic::Bytes first_id{handshake.first_id.data(), handshake.first_id_size};
  const quic::Bytes plain = opener_.open(header, first_id, by);
  return on_frames(handshake, plain, packet, by);
}

bool QuicTracker::on_frames(Handshake& handshake, quic::Bytes plain, const Packet& packet,
                            Sender by) {
  const bool is_hello = by == Sender::client && !handshake.has_hello;
  quic::HelloBytes& bytes = bytes_of(handshake);
  quic::Frame frame;
  bool has_crypto = false;
  while (quic::next_frame(plain, frame)) {
    if (frame.kind == quic::Frame::Kind::close) {
      on_close(handshake, {.error = frame.error, .by_client = by == Sender::client}, packet);
      return true;
    }
    if (is_hello) bytes.add(frame.offset, frame.data);
    if (by == Sender::server && frame.offset == 0) on_server_hello(handshake, frame.data);
    has_crypto = true;
  }
  if (!is_hello || !has_crypto) return false;
  if (bytes.is_whole()) {
    on_client_hello(handshake, bytes.front());
  } else {
    keep_bytes(handshake);
  }
  return false;
}

// Where what came of the ClientHello so far is, or else an empty place for it.
quic::HelloBytes& QuicTracker::bytes_of(Handshake& handshake) {
  if (handshake.buffer != 0) {
    Buffer& buffer = buffers_[handshake.buffer - 1U];
    if (buffer.owner == handshake.id) return buffer.bytes;
    handshake.buffer = 0;  // given to another one
  }
  scratch_.clear();
  return scratch_;
}

void QuicTracker::keep_bytes(Handshake& handshake) {
  if (handshake.buffer != 0) return;
  Buffer& buffer = buffers_[next_buffer_];
  buffer.owner = handshake.id;
  buffer.bytes = scratch_;
  handshake.buffer = static_cast<std::uint16_t>(next_buffer_ + 1);
  next_buffer_ = (next_buffer_ + 1) % limits::kQuicHellos;
}

void QuicTracker::on_client_hello(Handshake& handshake, quic::Bytes bytes) {
  tls::Piece piece;
  if (!tls::next_message(bytes, piece) || piece.type != tls::Message::client_hello) return;
  tls::ClientHello hello;
  tls::read_client_hello(piece.body, hello);
  handshake.has_hello = true;
  handshake.buffer = 0;
  handshake.seen.newest_offered = hello.newest;
  handshake.seen.oldest_offered = hello.oldest;
  handshake.seen.hello_bytes = static_cast<std::uint16_t>(
      std::min<std::uint32_t>(piece.length + tls::kMessageHeader, UINT16_MAX));
  if (!hello.server_name.empty()) handshake.name = context_.names.add(hello.server_name.view());
}

void QuicTracker::on_server_hello(Handshake& handshake, quic::Bytes bytes) {
  tls::Piece piece;
  if (!tls::next_message(bytes, piece) || piece.type != tls::Message::server_hello) return;
  tls::ServerHello hello;
  tls::read_server_hello(piece.body, hello);
  if (hello.is_retry) return;
  handshake.seen.has_server_hello = true;
  handshake.seen.version = hello.version;
  handshake.seen.cipher = hello.cipher;
}

void QuicTracker::on_close(Handshake& handshake, const Close& close, const Packet& packet) {
  const bool is_alert = quic::is_alert(close.error);
  const std::uint64_t alert = close.error - quic::kCryptoError;
  // A client that wants no more complains of nothing.
  if (is_alert ? is_goodbye(alert) : close.by_client) {
    handshake.stage = Stage::done;
    return;
  }
  handshake.seen.by_client = close.by_client;
  Attempt attempt = attempt_of(handshake);
  attempt.outcome = is_alert ? Outcome::failed : Outcome::cut;
  attempt.symptom = is_alert ? Symptom::alert : Symptom::no_handshake;
  attempt.answer = digest_of(packet, is_alert ? Kind::tls_alert : Kind::quic_close, 0);
  if (is_alert) {
    attempt.answer.code = static_cast<std::uint16_t>(alert);
  } else {
    attempt.answer.detail =
        static_cast<std::uint16_t>(std::min<std::uint64_t>(close.error, UINT16_MAX));
  }
  attempt.end = packet.place.time;
  attempt.timed = handshake.timed && packet.has_time;
  attempt.latency = latency_of(attempt.timed, attempt.begin, attempt.end);
  settle(handshake, attempt);
}

Attempt QuicTracker::attempt_of(const Handshake& handshake) const {
  Attempt attempt;
  const Ends sent{handshake.client, handshake.server, handshake.client_port, handshake.server_port};
  const Ends received{sent.destination, sent.source, sent.destination_port, sent.source_port};
  attempt.service = {.server = handshake.server,
                     .port = handshake.server_port,
                     .transport = Transport::udp,
                     .protocol = Protocol::tls};
  attempt.client = handshake.client;
  attempt.step = Step::secure;
  attempt.client_spoke = true;
  attempt.server_spoke = handshake.answer.is_set();
  attempt.tries = 1;
  attempt.timed = handshake.timed;
  attempt.tls = handshake.seen;
  attempt.tls.hello_acknowledged = attempt.server_spoke;
  attempt.request = expand(handshake.hello, Kind::tls_client_hello, Transport::udp, sent);
  attempt.request.name = handshake.name != 0 ? handshake.name : healing_.name_of(handshake.server);
  attempt.begin = attempt.end = handshake.hello.when();
  if (handshake.answer.is_set()) {
    attempt.answer = expand(handshake.answer, Kind::tls_server_hello, Transport::udp, received);
    attempt.end = handshake.answer.when();
    attempt.latency = latency_of(attempt.timed, attempt.begin, attempt.end);
  }
  return attempt;
}

void QuicTracker::settle(Handshake& handshake, Attempt& attempt) {
  give_up_hello(handshake);
  handshake.stage = Stage::done;
  healing_.settle(attempt);
}

// Its name stays unknown; the report says of how many.
void QuicTracker::give_up_hello(Handshake& handshake) {
  const bool is_meant = !quic::is_reserved(handshake.version);
  if (handshake.has_hello || handshake.is_unread || !is_meant) return;
  handshake.is_unread = true;
  if (context_.totals.quic_unread++ == 0) {
    context_.totals.quic_unread_first = {.time = handshake.hello.when(),
                                         .number = handshake.hello.number,
                                         .line = handshake.hello.line,
                                         .input = handshake.hello.input};
  }
}

// Undecided: the capture ended, or the table is full.
void QuicTracker::leave(Handshake& handshake) {
  if (handshake.stage == Stage::none || handshake.stage == Stage::done) return;
  give_up_hello(handshake);
  if (handshake.stage == Stage::answered) {
    Attempt attempt = attempt_of(handshake);
    attempt.open_at_end = true;
    settle(handshake, attempt);
  }
  handshake.stage = Stage::done;
}

void QuicTracker::end(Id id, bool evicted) {
  Handshake* handshake = find(id);
  if (handshake == nullptr) return;
  const Trace& negotiation = handshake->negotiation;
  const bool is_undecided = handshake->stage == Stage::asked && negotiation.is_set();
  if (!is_undecided || evicted ||
      base::between(negotiation.when(), context_.now) < limits::kQuicNegotiated) {
    leave(*handshake);
    return;
  }
  // The client did not go on: it speaks none of the server's versions.
  Attempt attempt = attempt_of(*handshake);
  attempt.outcome = Outcome::failed;
  attempt.symptom = Symptom::alert;
  attempt.server_spoke = true;
  attempt.answer = expand(
      negotiation, Kind::quic_versions, Transport::udp,
      {handshake->server, handshake->client, handshake->server_port, handshake->client_port});
  attempt.answer.code = kQuicVersions;
  attempt.end = negotiation.when();
  attempt.latency = latency_of(attempt.timed, attempt.begin, attempt.end);
  settle(*handshake, attempt);
}

std::uint32_t QuicTracker::name_of(Id id) const {
  const Handshake* handshake = find(id);
  return handshake == nullptr ? 0 : handshake->name;
}

bool QuicTracker::is_answer_unseen(Id id) const {
  const Handshake* handshake = find(id);
  return handshake != nullptr && handshake->is_answer_unseen;
}

bool QuicTracker::is_healed(Id id) const {
  const Handshake* handshake = find(id);
  return handshake != nullptr && handshake->healed;
}

// Nobody remembers for long when a client was served: so that is asked as soon as it counts.
void QuicTracker::advance() {
  const auto size = static_cast<Id>(limits::kQuicHandshakes);
  if (last_ - late_ > size) late_ = last_ - size;
  for (; late_ != last_; ++late_) {
    Handshake& handshake = handshakes_[(late_ + 1) % limits::kQuicHandshakes];
    if (handshake.id == late_ + 1 && handshake.stage == Stage::asked) {
      if (context_.now <= base::add(handshake.hello.when(), limits::kConnectHealing)) return;
      Outline outline = attempt_of(handshake);
      outline.service.protocol = Protocol::quic;
      outline.step = Step::connect;
      outline.outcome = Outcome::silent;
      handshake.healed = healing_.check(outline).served;
    }
  }
}

std::size_t QuicTracker::memory_bytes() {
  return limits::kQuicHandshakes * sizeof(Handshake) + limits::kQuicHellos * sizeof(Buffer);
}

}  // namespace whydown::journey
