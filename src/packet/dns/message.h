// One DNS message (RFC 1035), its sections as plain data with a fixed bound.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/address.h"
#include "base/bounded.h"
#include "base/hash.h"

namespace whydown::packet::dns {

enum class Section : std::uint8_t { answer, authority, additional };

// https://www.iana.org/assignments/dns-parameters; unknown values pass through.
enum class Rcode : std::uint16_t {
  no_error = 0,
  form_err = 1,
  serv_fail = 2,
  nx_domain = 3,
  not_imp = 4,
  refused = 5,
  not_auth = 9,
  bad_vers = 16,
};

namespace type {
inline constexpr std::uint16_t a = 1;
inline constexpr std::uint16_t ns = 2;
inline constexpr std::uint16_t cname = 5;
inline constexpr std::uint16_t soa = 6;
inline constexpr std::uint16_t ptr = 12;
inline constexpr std::uint16_t mx = 15;
inline constexpr std::uint16_t txt = 16;
inline constexpr std::uint16_t aaaa = 28;
inline constexpr std::uint16_t srv = 33;
inline constexpr std::uint16_t opt = 41;
inline constexpr std::uint16_t ds = 43;
inline constexpr std::uint16_t rrsig = 46;
inline constexpr std::uint16_t dnskey = 48;
inline constexpr std::uint16_t svcb = 64;
inline constexpr std::uint16_t https = 65;
inline constexpr std::uint16_t any = 255;
}  // namespace type

struct Record {
  Section section = Section::answer;
  std::uint16_t type = 0;
  std::uint16_t klass = 0;
  std::uint32_t ttl = 0;           // seconds
  base::IpAddress address;         // A and AAAA
  std::uint16_t name_offset = 0;   // in the message; 0 for text
  std::uint16_t rdata_offset = 0;  // in the message; 0 for text
  std::uint16_t rdata_length = 0;
};

// RFC 8914
struct ExtendedError {
  std::uint16_t code = 0;
  std::uint16_t text_offset = 0;  // in the message
  std::uint16_t text_length = 0;
};

enum class Completeness : std::uint8_t { whole, cut, malformed };

// The header's bits (RFC 1035 4.1.1, RFC 4035 3.1.6) in the order of the wire, but for the opcode.
struct HeaderBits {
  bool response = false;
  bool authoritative = false;
  bool truncated = false;  // TC
  bool recursion_desired = false;
  bool recursion_available = false;
  bool reserved = false;
  bool authentic_data = false;
  bool checking_disabled = false;
};

struct Message : HeaderBits {
  static constexpr std::size_t kRecords = 24;

  Completeness completeness = Completeness::whole;
  bool has_edns = false;
  bool dnssec_ok = false;
  bool over_tcp = false;
  std::uint8_t payload_offset = 0;  // where it begins in Packet::payload: 2 after TCP's length
  std::uint8_t opcode = 0;
  std::uint16_t id = 0;
  Rcode rcode = Rcode::no_error;  // with the EDNS bits
  std::uint16_t udp_payload_size = 0;
  std::uint16_t question_count = 0;
  std::uint16_t answer_count = 0;
  std::uint16_t authority_count = 0;
  std::uint16_t additional_count = 0;
  std::uint16_t question_type = 0;
  std::uint16_t question_class = 0;
  std::uint32_t length = 0;  // bytes of the message, as the transport claims
  // Lower case, without the final dot, RFC 4343 escapes for odd bytes ("\046"); the root is ".".
  // Empty where the message carries no question or shows none (text answers).
  base::ShortText question_name;
  std::uint64_t name_hash = 0;  // base::hash_bytes() of it: whoever writes the name hashes it, once
  base::BoundedVector<Record, kRecords> records;
  base::BoundedVector<ExtendedError, 4> extended_errors;

  // After question_name was written in place, and ...
  void hash_question_name() { name_hash = base::hash_bytes(question_name.view()); }
  // ... both at once.
  void set_question_name(std::string_view name) {
    question_name.assign(name);
    hash_question_name();
  }
};

}  // namespace whydown::packet::dns
