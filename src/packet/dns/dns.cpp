#include "packet/dns/dns.h"

#include <algorithm>
#include <bit>

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

// Sets what went wrong with a name; false, so that reading ends there.
[[gnu::cold]] bool refuse(NameFault fault, bool is_cut, Message& message, Parsed& parsed) {
  if (fault == NameFault::loop) parsed.oddities |= Parsed::name_loop;
  if (fault == NameFault::too_long) parsed.oddities |= Parsed::name_too_long;
  message.completeness =
      fault == NameFault::cut && is_cut ? Completeness::cut : Completeness::malformed;
  return false;
}

// RFC 6891 6.1.2: the pseudo-record's class is a size, and its TTL holds more of the rcode. Only
// the first one counts.
bool read_edns(Bytes bytes, std::uint32_t ttl, std::size_t at, Message& message) {
  if (message.has_edns) return true;
  message.has_edns = true;
  message.udp_payload_size = load_be16(bytes.data() + at - 8);
  message.rcode = static_cast<Rcode>(ttl >> 24U << 4U | static_cast<unsigned>(message.rcode));
  message.dnssec_ok = (ttl & 0x8000U) != 0;
  const std::size_t end = at + load_be16(bytes.data() + at - 2);
  const auto malformed = [&message] {
    message.completeness = Completeness::malformed;
    return false;
  };
  while (at < end) {
    if (end - at < 4) return malformed();
    const std::uint16_t code = load_be16(bytes.data() + at);
    const std::uint16_t length = load_be16(bytes.data() + at + 2);
    at += 4;
    if (length > end - at) return malformed();
    if (code == kExtendedErrorOption && length >= 2) {
      message.extended_errors.push_back({.code = load_be16(bytes.data() + at),
                                         .text_offset = static_cast<std::uint16_t>(at + 2),
                                         .text_length = static_cast<std::uint16_t>(length - 2)});
    }
    at += length;
  }
  return true;
}

HeaderBits header_bits(std::uint16_t flags) {
  const std::uint64_t bits = (flags >> 8U & 0x80U) | (flags >> 4U & 0x7fU);
  // Nine apart, the copies of the byte do not touch; each leaves one bit where a bool begins.
  std::uint64_t bools = bits * 0x8040201008040201ULL >> 7U & 0x0101010101010101ULL;
  if constexpr (std::endian::native == std::endian::big) bools = __builtin_bswap64(bools);
  return std::bit_cast<HeaderBits>(bools);
}

// Of a message that has a header. Its members stay in registers as long as no function that is not
// inlined gets to see it.
class Parser {
 public:
  Parser(Bytes bytes, std::size_t claimed, Message& message, Parsed& parsed)
      : bytes_(bytes), is_cut_(bytes.size() < claimed), message_(message), parsed_(parsed) {}

  [[gnu::always_inline]] void run() {
    header();
    (void)(questions() && records());
    if (message_.records.refused() != 0) parsed_.oddities |= Parsed::too_many_records;
    parsed_.length = static_cast<std::uint32_t>(at_);
  }

 private:
  bool has(std::size_t count) {
    if (bytes_.size() - at_ >= count) [[likely]]
      return true;
    // The bytes end here: for want of capture, or because the message claims more than it is.
    message_.completeness = is_cut_ ? Completeness::cut : Completeness::malformed;
    return false;
  }
  bool accept(const NameEnd& name) {
    if (name.fault != NameFault::none) return refuse(name.fault, is_cut_, message_, parsed_);
    at_ = name.end;
    return true;
  }
  void header();
  bool questions();
  bool records();
  bool record(Section section);

  Bytes bytes_;
  bool is_cut_;
  std::size_t at_ = 0;
  Message& message_;
  Parsed& parsed_;
};

[[gnu::always_inline]] inline void Parser::header() {
  const std::uint8_t* p = bytes_.data();
  const std::uint16_t flags = load_be16(p + 2);
  static_cast<HeaderBits&>(message_) = header_bits(flags);
  message_.id = load_be16(p);
  message_.opcode = flags >> 11U & 0xfU;
  message_.rcode = static_cast<Rcode>(flags & 0xfU);
  message_.question_count = load_be16(p + 4);
  message_.answer_count = load_be16(p + 6);
  message_.authority_count = load_be16(p + 8);
  message_.additional_count = load_be16(p + 10);
  parsed_.has_header = true;
  at_ = kHeader;
}

[[gnu::always_inline]] inline bool Parser::questions() {
  const std::size_t count = message_.question_count;
  if (count == 0) return true;
  const NameEnd name = spell_name(bytes_, at_, message_.question_name, message_.name_hash);
  if (!accept(name)) return false;
  if (name.is_shortened) parsed_.oddities |= Parsed::name_too_long;
  if (!has(4)) return false;
  message_.question_type = load_be16(bytes_.data() + at_);
  message_.question_class = load_be16(bytes_.data() + at_ + 2);
  at_ += 4;
  for (std::size_t i = 1; i < count; ++i) {
    if (!accept(skip_any_name(bytes_, at_)) || !has(4)) return false;
    at_ += 4;
  }
  return true;
}

[[gnu::always_inline]] inline bool Parser::records() {
  const std::size_t answers = message_.answer_count;
  const std::size_t authorities = answers + message_.authority_count;
  const std::size_t all = authorities + message_.additional_count;
  for (std::size_t i = 0; i < all; ++i) {
    const Section section = i < answers       ? Section::answer
                            : i < authorities ? Section::authority
                                              : Section::additional;
    if (!record(section)) return false;
  }
  return true;
}

[[gnu::always_inline]] inline bool Parser::record(Section section) {
  constexpr std::size_t fixed = 10;
  const std::size_t name_offset = at_;
  if (!accept(skip_name(bytes_, at_)) || !has(fixed)) return false;
  const std::uint8_t* p = bytes_.data() + at_;
  const std::uint16_t type = load_be16(p);
  const std::uint16_t klass = load_be16(p + 2);
  const std::uint32_t ttl = load_be32(p + 4);
  const std::uint16_t length = load_be16(p + 8);
  at_ += fixed;
  p += fixed;
  if (!has(length)) return false;
  const std::size_t data_offset = at_;
  at_ += length;
  if (Record* record = message_.records.append()) {
    base::IpAddress address;
    if ((klass & ~kCacheFlush) == kInternet) {
      if (type == type::a && length == 4) address = base::IpAddress::v4(load_be32(p));
      if (type == type::aaaa && length == 16) address = ip::address6(p);
    }
    *record = {.section = section,
               .type = type,
               .klass = klass,
               .ttl = ttl,
               .address = address,
               .name_offset = static_cast<std::uint16_t>(name_offset),
               .rdata_offset = static_cast<std::uint16_t>(data_offset),
               .rdata_length = length};
  }
  if (type != type::opt || section != Section::additional) return true;
  return read_edns(bytes_, ttl, data_offset, message_);
}

inline void clear(Message& message) {
  static_cast<HeaderBits&>(message) = {};
  message.completeness = Completeness::whole;
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

[[gnu::cold]] Parsed too_short(Bytes bytes, std::size_t claimed, Message& message) {
  clear(message);
  message.length = static_cast<std::uint32_t>(claimed);
  message.completeness = bytes.size() < claimed ? Completeness::cut : Completeness::malformed;
  return {};
}

// Inlined where the traffic is; parse() is for all others.
[[gnu::always_inline]] inline Parsed parse_here(Bytes bytes, std::size_t claimed,
                                                Message& message) {
  if (bytes.size() < kHeader) [[unlikely]]
    return too_short(bytes, claimed, message);
  clear(message);
  message.length = static_cast<std::uint32_t>(claimed);
  Parsed parsed;
  Parser(bytes.first(std::min(bytes.size(), kMaxDnsMessage)), claimed, message, parsed).run();
  return parsed;
}

[[gnu::cold]] void note_each(const Parsed& parsed, Layer& layer) {
  if (parsed.has(Parsed::name_loop)) layer.note(Note::dns_name_loop, parsed.length);
  if (parsed.has(Parsed::name_too_long)) layer.note(Note::dns_name_too_long, parsed.length);
  if (parsed.has(Parsed::too_many_records)) {
    layer.note(Note::dns_too_many_records, parsed.length);
  }
}

void note_oddities(const Parsed& parsed, Layer& layer) {
  if (parsed.oddities != 0) [[unlikely]]
    note_each(parsed, layer);
}

void accept_message(Packet& packet) {
  packet.application = Application::dns;
  packet.known.set(Field::dns_id);
  if (packet.dns.completeness == Completeness::whole) packet.known.set(Field::dns_sections);
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

bool question_is_sane(const Message& message) {
  const std::uint16_t klass = message.question_class;
  // https://www.iana.org/assignments/dns-parameters: IN, CH, HS, NONE, ANY.
  const bool known_class = klass == 1 || klass == 3 || klass == 4 || klass == 254 || klass == 255;
  return message.question_count == 1 && !message.question_name.empty() && known_class &&
         message.opcode <= 6;
}

void reset(Message& message) { clear(message); }

Parsed parse(Bytes bytes, std::size_t claimed, Message& message) {
  return parse_here(bytes, claimed, message);
}

std::span<const std::uint8_t> message_bytes(const Packet& packet) {
  if (packet.payload.size() < packet.dns.payload_offset) return {};
  const Bytes bytes = packet.payload.subspan(packet.dns.payload_offset);
  return bytes.first(std::min<std::size_t>(bytes.size(), packet.dns.length));
}

bool read_name(Bytes message, std::size_t offset, base::ShortText& name) {
  std::uint64_t hash = 0;
  return spell_name(message, offset, name, hash).fault == NameFault::none;
}

bool begins_message(Bytes bytes) {
  if (bytes.size() < 2) return false;
  const std::size_t length = load_be16(bytes.data());
  if (length < kHeader) return false;
  Message message;
  const Bytes own = bytes.subspan(2, std::min(length, bytes.size() - 2));
  const Parsed parsed = parse(own, length, message);
  if (!parsed.has_header || message.opcode > 6) return false;
  const bool is_whole = message.completeness == Completeness::whole && parsed.length == length;
  if (is_whole && message.response && message.question_count == 0) return message.answer_count != 0;
  return question_is_sane(message) && (is_whole || message.completeness == Completeness::cut);
}

Next decode_udp(Layer& layer) {
  Packet& packet = layer.packet;
  const Parsed parsed = parse_here(layer.rest, layer.claimed, packet.dns);
  if (parsed.has_header) accept_message(packet);
  if (packet.dns.completeness != Completeness::whole) {
    const bool is_cut = packet.dns.completeness == Completeness::cut;
    layer.note(is_cut ? Note::dns_truncated : Note::dns_malformed, parsed.length);
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
