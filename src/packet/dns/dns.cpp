#include "packet/dns/dns.h"

#include <algorithm>

#include "base/cursor.h"
#include "packet/dns/name.h"
#include "packet/ip/ip.h"
#include "packet/limits.h"

namespace whydown::packet::dns {
namespace {

using base::load_be16;
using base::load_be32;
using Bytes = std::span<const std::uint8_t>;

constexpr std::uint16_t kInternet = 1;
constexpr std::uint16_t kCacheFlush = 0x8000;  // RFC 6762 10.2: mDNS's use of the top class bit
constexpr std::uint16_t kExtendedErrorOption = 15;  // RFC 8914 2

class Parser {
 public:
  Parser(Bytes bytes, std::size_t claimed, Message& message)
      : bytes_(bytes), claimed_(claimed), message_(message) {}

  Parsed run() {
    if (!header()) return parsed_;
    (void)(questions() && records(Section::answer, message_.answer_count) &&
           records(Section::authority, message_.authority_count) &&
           records(Section::additional, message_.additional_count));
    parsed_.too_many_records |= message_.records.refused() != 0;
    parsed_.length = static_cast<std::uint32_t>(at_);
    return parsed_;
  }

 private:
  bool has(std::size_t count) {
    if (bytes_.size() - at_ >= count) return true;
    return short_of_bytes();
  }
  // The bytes end here: for want of capture, or because the message claims more than it is.
  bool short_of_bytes() {
    message_.completeness = bytes_.size() < claimed_ ? Completeness::cut : Completeness::malformed;
    return false;
  }
  bool malformed() {
    message_.completeness = Completeness::malformed;
    return false;
  }
  bool accept(const NameEnd& name) {
    switch (name.fault) {
      case NameFault::none:
        at_ = name.end;
        return true;
      case NameFault::cut:
        return short_of_bytes();
      case NameFault::loop:
        parsed_.name_loop = true;
        break;
      case NameFault::too_long:
        parsed_.name_too_long = true;
        break;
      case NameFault::malformed:
        break;
    }
    return malformed();
  }
  bool header();
  bool questions();
  bool records(Section section, std::uint16_t count);
  bool record(Section section);
  bool edns(const Record& record);

  Bytes bytes_;
  std::size_t claimed_;
  std::size_t at_ = 0;
  Message& message_;
  Parsed parsed_;
};

bool Parser::header() {
  if (!has(kHeader)) return false;
  const std::uint8_t* p = bytes_.data();
  const std::uint16_t flags = load_be16(p + 2);
  message_.id = load_be16(p);
  message_.response = (flags & 0x8000U) != 0;
  message_.opcode = flags >> 11U & 0xfU;
  message_.authoritative = (flags & 0x0400U) != 0;
  message_.truncated = (flags & 0x0200U) != 0;
  message_.recursion_desired = (flags & 0x0100U) != 0;
  message_.recursion_available = (flags & 0x0080U) != 0;
  message_.authentic_data = (flags & 0x0020U) != 0;
  message_.checking_disabled = (flags & 0x0010U) != 0;
  message_.rcode = static_cast<Rcode>(flags & 0xfU);
  message_.question_count = load_be16(p + 4);
  message_.answer_count = load_be16(p + 6);
  message_.authority_count = load_be16(p + 8);
  message_.additional_count = load_be16(p + 10);
  parsed_.has_header = true;
  at_ = kHeader;
  return true;
}

bool Parser::questions() {
  for (std::size_t i = 0; i < message_.question_count; ++i) {
    if (i != 0) {
      if (!accept(skip_name(bytes_, at_)) || !has(4)) return false;
      at_ += 4;
      continue;
    }
    bool shortened = false;
    if (!accept(spell_name(bytes_, at_, message_.question_name, shortened))) return false;
    message_.hash_question_name();
    parsed_.name_too_long |= shortened;
    if (!has(4)) return false;
    message_.question_type = load_be16(bytes_.data() + at_);
    message_.question_class = load_be16(bytes_.data() + at_ + 2);
    at_ += 4;
  }
  return true;
}

bool Parser::records(Section section, std::uint16_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!record(section)) return false;
  }
  return true;
}

bool Parser::record(Section section) {
  constexpr std::size_t fixed = 10;
  const std::size_t name_offset = at_;
  if (!accept(skip_name(bytes_, at_)) || !has(fixed)) return false;
  const std::uint8_t* p = bytes_.data() + at_;
  Record record{.section = section,
                .type = load_be16(p),
                .klass = load_be16(p + 2),
                .ttl = load_be32(p + 4),
                .address = {},
                .name_offset = static_cast<std::uint16_t>(name_offset),
                .rdata_offset = static_cast<std::uint16_t>(at_ + fixed),
                .rdata_length = load_be16(p + 8)};
  at_ += fixed;
  p += fixed;
  if (!has(record.rdata_length)) return false;
  at_ += record.rdata_length;
  if ((record.klass & ~kCacheFlush) == kInternet) {
    if (record.type == type::a && record.rdata_length == 4) {
      record.address = base::IpAddress::v4(load_be32(p));
    } else if (record.type == type::aaaa && record.rdata_length == 16) {
      record.address = ip::address6(p);
    }
  }
  message_.records.push_back(record);
  if (record.type != type::opt || section != Section::additional) return true;
  return edns(record);
}

// RFC 6891 6.1.2: the pseudo-record's class is a size, and its TTL holds more of the rcode. Only
// the first one counts.
bool Parser::edns(const Record& record) {
  if (message_.has_edns) return true;
  message_.has_edns = true;
  message_.udp_payload_size = record.klass;
  message_.rcode =
      static_cast<Rcode>(record.ttl >> 24U << 4U | static_cast<unsigned>(message_.rcode));
  message_.dnssec_ok = (record.ttl & 0x8000U) != 0;
  std::size_t at = record.rdata_offset;
  const std::size_t end = at + record.rdata_length;
  while (at < end) {
    if (end - at < 4) return malformed();
    const std::uint16_t code = load_be16(bytes_.data() + at);
    const std::uint16_t length = load_be16(bytes_.data() + at + 2);
    at += 4;
    if (length > end - at) return malformed();
    if (code == kExtendedErrorOption && length >= 2) {
      message_.extended_errors.push_back({.code = load_be16(bytes_.data() + at),
                                          .text_offset = static_cast<std::uint16_t>(at + 2),
                                          .text_length = static_cast<std::uint16_t>(length - 2)});
    }
    at += length;
  }
  return true;
}

void note_oddities(const Parsed& parsed, Layer& layer) {
  if (parsed.name_loop) layer.note(Note::dns_name_loop, parsed.length);
  if (parsed.name_too_long) layer.note(Note::dns_name_too_long, parsed.length);
  if (parsed.too_many_records) layer.note(Note::dns_too_many_records, parsed.length);
}

void accept_message(Packet& packet) {
  packet.application = Application::dns;
  packet.known.set(Field::dns_id);
  if (packet.dns.completeness == Completeness::whole) packet.known.set(Field::dns_sections);
}

// Does the first question look like one that somebody asked? Bytes from the middle of a stream
// hardly ever do.
bool question_is_sane(const Message& message) {
  const std::uint16_t klass = message.question_class;
  // https://www.iana.org/assignments/dns-parameters: IN, CH, HS, NONE, ANY.
  const bool known_class = klass == 1 || klass == 3 || klass == 4 || klass == 254 || klass == 255;
  return message.question_count == 1 && !message.question_name.empty() && known_class &&
         message.opcode <= 6;
}

// The message may go on in later segments, so an unfinished one is fine as far as it goes.
bool read_with_length(Layer& layer) {
  if (layer.rest.size() < 2) return false;
  const std::size_t length = load_be16(layer.rest.data());
  if (length < kHeader) return false;
  Message& message = layer.packet.dns;
  const Bytes bytes = layer.rest.subspan(2, std::min(length, layer.rest.size() - 2));
  const Parsed parsed = parse(bytes, length, message);
  if (!parsed.has_header) return false;
  const bool is_whole =
      message.completeness == Completeness::whole && parsed.length == length && message.opcode <= 6;
  // Answers after the first of a zone transfer, and errors, may leave out the question.
  const bool bare_answer = is_whole && message.response && message.question_count == 0;
  const bool goes_on = message.completeness == Completeness::cut;
  const bool fills_segment = length + 2 == layer.claimed;
  if (!bare_answer && !(question_is_sane(message) && (is_whole || goes_on || fills_segment))) {
    return false;
  }
  message.payload_offset = 2;
  layer.advance(2);
  if (goes_on && layer.rest.size() < layer.claimed) layer.note(Note::dns_truncated, parsed.length);
  if (message.completeness == Completeness::malformed)
    layer.note(Note::dns_malformed, parsed.length);
  note_oddities(parsed, layer);
  return true;
}

// Some senders give the two bytes of length a segment of their own.
bool read_without_length(Layer& layer) {
  Message& message = layer.packet.dns;
  const Parsed parsed = parse(layer.rest, layer.claimed, message);
  if (!parsed.has_header || message.completeness != Completeness::whole) return false;
  if (parsed.length != layer.claimed || !question_is_sane(message)) return false;
  note_oddities(parsed, layer);
  return true;
}

}  // namespace

void reset(Message& message) {
  message.completeness = Completeness::whole;
  message.response = false;
  message.authoritative = false;
  message.truncated = false;
  message.recursion_desired = false;
  message.recursion_available = false;
  message.authentic_data = false;
  message.checking_disabled = false;
  message.has_edns = false;
  message.dnssec_ok = false;
  message.over_tcp = false;
  message.payload_offset = 0;
  message.opcode = 0;
  message.id = 0;
  message.rcode = Rcode::no_error;
  message.udp_payload_size = 0;
  message.question_count = 0;
  message.answer_count = 0;
  message.authority_count = 0;
  message.additional_count = 0;
  message.question_type = 0;
  message.question_class = 0;
  message.length = 0;
  message.question_name.clear();
  message.name_hash = 0;
  message.records.clear();
  message.extended_errors.clear();
}

Parsed parse(Bytes bytes, std::size_t claimed, Message& message) {
  reset(message);
  message.length = static_cast<std::uint32_t>(claimed);
  return Parser(bytes.first(std::min(bytes.size(), kMaxDnsMessage)), claimed, message).run();
}

std::span<const std::uint8_t> message_bytes(const Packet& packet) {
  if (packet.payload.size() < packet.dns.payload_offset) return {};
  const Bytes bytes = packet.payload.subspan(packet.dns.payload_offset);
  return bytes.first(std::min<std::size_t>(bytes.size(), packet.dns.length));
}

bool read_name(Bytes message, std::size_t offset, base::ShortText& name) {
  bool shortened = false;
  return spell_name(message, offset, name, shortened).fault == NameFault::none;
}

Next decode_udp(Layer& layer) {
  Packet& packet = layer.packet;
  const Parsed parsed = parse(layer.rest, layer.claimed, packet.dns);
  if (parsed.has_header) accept_message(packet);
  switch (packet.dns.completeness) {
    case Completeness::whole:
      break;
    case Completeness::cut:
      layer.note(Note::dns_truncated, parsed.length);
      break;
    case Completeness::malformed:
      layer.note(Note::dns_malformed, parsed.length);
      break;
  }
  note_oddities(parsed, layer);
  return kStop;
}

Next decode_tcp(Layer& layer) {
  if (layer.rest.empty() || !(read_with_length(layer) || read_without_length(layer))) return kStop;
  layer.packet.dns.over_tcp = true;
  accept_message(layer.packet);
  return kStop;
}

Next decode_local(Layer& layer) {
  // A client may well use one of these ports to ask a DNS server from.
  if (layer.packet.source_port == kPort) return decode_udp(layer);
  (void)parse(layer.rest, layer.claimed, layer.packet.dns);
  return kStop;
}

}  // namespace whydown::packet::dns
