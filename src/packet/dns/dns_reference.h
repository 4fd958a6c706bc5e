// A slow, obvious reader of DNS messages: the oracle for the fast one, in tests and in the fuzzer.
//
// It throws where the fast reader keeps state, copies where that one points, and follows every name
// by the letter of RFC 1035.
#pragma once

#include <cctype>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/hash.h"
#include "packet/dns/dns.h"

namespace whydown::packet::dns::reference {

struct Cut {};
struct Bad {};
struct Loop {};
struct TooLong {};

struct Answer {
  Section section;
  unsigned type;
  unsigned klass;
  std::uint32_t ttl;
  std::string address;
  std::size_t name_at;
  std::size_t data_at;
  std::size_t data_size;
};

struct Error {
  unsigned code;
  std::string text;
};

class Reader {
 public:
  Reader(std::span<const std::uint8_t> bytes, std::size_t claimed)
      : bytes_(bytes.begin(), bytes.end()), claimed_(claimed) {}

  void read() {
    try {
      read_all();
    } catch (const Cut&) {
      completeness = bytes_.size() < claimed_ ? Completeness::cut : Completeness::malformed;
    } catch (const Loop&) {
      loop = true;
      completeness = Completeness::malformed;
    } catch (const TooLong&) {
      too_long = true;
      completeness = Completeness::malformed;
    } catch (const Bad&) {
      completeness = Completeness::malformed;
    }
  }

  Completeness completeness = Completeness::whole;
  bool has_header = false;
  bool loop = false;
  bool too_long = false;
  unsigned id = 0;
  unsigned flags = 0;
  unsigned rcode = 0;
  unsigned counts[4] = {};
  std::string name;
  unsigned type = 0;
  unsigned klass = 0;
  bool has_edns = false;
  bool dnssec_ok = false;
  unsigned payload_size = 0;
  std::vector<Answer> answers;
  std::vector<Error> errors;

 private:
  unsigned u8(std::size_t at) const {
    if (at >= bytes_.size()) throw Cut{};
    return bytes_[at];
  }
  unsigned u16(std::size_t at) const {
    const unsigned high = u8(at);
    return high * 256 + u8(at + 1);
  }

  static std::string escaped(unsigned byte) {
    if (byte <= ' ' || byte > '~' || byte == '.' || byte == '\\') {
      return fmt::format("\\{:03}", byte);
    }
    return std::string(1, static_cast<char>(std::tolower(static_cast<int>(byte))));
  }

  // Returns where the name ends. `follow` is false for owner names: their first pointer is checked
  // and ends them.
  std::size_t read_one_name(std::size_t at, bool follow, std::vector<std::string>& characters) {
    std::size_t piece = at;
    std::size_t after_pointer = 0;
    std::size_t octets = 0;
    int hops = 0;
    for (;;) {
      const unsigned length = u8(at);
      if (length == 0) return hops == 0 ? at + 1 : after_pointer;
      if (length >= 192) {
        const std::size_t target = (u16(at) - 192 * 256);
        if (target >= piece) throw Loop{};
        if (target < 12) throw Bad{};
        if (hops == 0) after_pointer = at + 2;
        if (!follow) return after_pointer;
        if (++hops > 32) throw Loop{};
        at = target;
        piece = target;
        continue;
      }
      if (length >= 64) throw Bad{};
      octets += 1 + length;
      if (octets + 1 > 255) throw TooLong{};
      if (!characters.empty()) characters.emplace_back(".");
      for (std::size_t i = 1; i <= length; ++i) characters.push_back(escaped(u8(at + i)));
      at += 1 + length;
    }
  }

  void read_question() {
    std::vector<std::string> characters;
    position_ = read_one_name(position_, true, characters);
    if (characters.empty()) characters.emplace_back(".");
    for (const std::string& character : characters) {
      if (name.size() + character.size() > 255) {
        too_long = true;
        break;
      }
      name += character;
    }
    const unsigned question_type = u16(position_);
    const unsigned question_class = u16(position_ + 2);
    type = question_type;
    klass = question_class;
    position_ += 4;
  }

  void read_record(Section section) {
    std::vector<std::string> characters;
    Answer answer{};
    answer.section = section;
    answer.name_at = position_;
    position_ = read_one_name(position_, false, characters);
    answer.type = u16(position_);
    answer.klass = u16(position_ + 2);
    answer.ttl = u16(position_ + 4) * 65536U + u16(position_ + 6);
    answer.data_size = u16(position_ + 8);
    answer.data_at = position_ + 10;
    if (answer.data_size > 0) (void)u8(answer.data_at + answer.data_size - 1);
    const bool internet = answer.klass % 32768 == 1;
    const std::uint8_t* data = bytes_.data() + answer.data_at;
    if (internet && answer.type == 1 && answer.data_size == 4) {
      answer.address = fmt::format("{}.{}.{}.{}", data[0], data[1], data[2], data[3]);
    }
    if (internet && answer.type == 28 && answer.data_size == 16) {
      answer.address = "v6";
      for (int i = 0; i < 16; ++i) answer.address += fmt::format("{:02x}", data[i]);
    }
    position_ = answer.data_at + answer.data_size;
    answers.push_back(answer);
    if (section == Section::additional && answer.type == 41 && !has_edns) read_edns(answer);
  }

  void read_edns(const Answer& opt) {
    has_edns = true;
    payload_size = opt.klass;
    rcode += (opt.ttl >> 24U) * 16;
    dnssec_ok = (opt.ttl >> 15U) % 2 == 1;
    std::vector<std::uint8_t> data(
        bytes_.begin() + static_cast<std::ptrdiff_t>(opt.data_at),
        bytes_.begin() + static_cast<std::ptrdiff_t>(opt.data_at + opt.data_size));
    while (!data.empty()) {
      if (data.size() < 4) throw Bad{};
      const unsigned code = data[0] * 256U + data[1];
      const std::size_t size = data[2] * 256U + data[3];
      if (data.size() - 4 < size) throw Bad{};
      if (code == 15 && size >= 2) {
        errors.push_back(
            {data[4] * 256U + data[5],
             std::string(data.begin() + 6, data.begin() + static_cast<std::ptrdiff_t>(4 + size))});
      }
      data.erase(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(4 + size));
    }
  }

  void read_all() {
    if (bytes_.size() < 12) throw Cut{};
    has_header = true;
    id = u16(0);
    flags = u16(2);
    rcode = flags % 16;
    for (std::size_t i = 0; i < 4; ++i) counts[i] = u16(4 + 2 * i);
    position_ = 12;
    if (counts[0] > 0) read_question();
    for (unsigned i = 1; i < counts[0]; ++i) {
      std::vector<std::string> characters;
      position_ = read_one_name(position_, false, characters);
      (void)u8(position_ + 3);
      position_ += 4;
    }
    for (unsigned i = 0; i < counts[1]; ++i) read_record(Section::answer);
    for (unsigned i = 0; i < counts[2]; ++i) read_record(Section::authority);
    for (unsigned i = 0; i < counts[3]; ++i) read_record(Section::additional);
  }

  std::vector<std::uint8_t> bytes_;
  std::size_t claimed_;
  std::size_t position_ = 0;
};

inline bool same_address(const base::IpAddress& fast, const std::string& slow,
                         std::span<const std::uint8_t> data) {
  if (slow.empty()) return !fast.is_known();
  if (slow[0] != 'v') return fast.to_string() == slow;
  // The unspecified address and the discard prefix count as unknown.
  if (!fast.is_known()) return data[0] <= 1;
  return fast == base::IpAddress::v6(data.first<16>());
}

// What the two readers disagree about; empty when they agree.
inline std::string disagreement(std::span<const std::uint8_t> bytes, std::size_t claimed) {
  Message fast;
  const Parsed parsed = parse(bytes, claimed, fast);
  Reader slow(bytes, claimed);
  slow.read();
  if (fast.completeness != slow.completeness) return "completeness";
  if (parsed.has_header != slow.has_header) return "header";
  if (!slow.has_header) return {};
  const bool too_many = slow.answers.size() > Message::kRecords;
  if (parsed.has(Parsed::name_loop) != slow.loop) return "name loop";
  if (parsed.has(Parsed::name_too_long) != slow.too_long) return "name too long";
  if (parsed.has(Parsed::too_many_records) != too_many) return "too many records";
  const unsigned flags =
      unsigned{fast.response} << 15U | unsigned{fast.opcode} << 11U |
      unsigned{fast.authoritative} << 10U | unsigned{fast.truncated} << 9U |
      unsigned{fast.recursion_desired} << 8U | unsigned{fast.recursion_available} << 7U |
      unsigned{fast.authentic_data} << 5U | unsigned{fast.checking_disabled} << 4U;
  if (fast.id != slow.id || flags != (slow.flags & 0xffb0U)) return "id or flags";
  if (static_cast<unsigned>(fast.rcode) != slow.rcode) return "rcode";
  if (fast.question_count != slow.counts[0] || fast.answer_count != slow.counts[1] ||
      fast.authority_count != slow.counts[2] || fast.additional_count != slow.counts[3]) {
    return "counts";
  }
  if (fast.question_name.view() != slow.name) return "question name";
  if (fast.name_hash != base::hash_bytes(slow.name)) return "question name's hash";
  if (fast.question_type != slow.type || fast.question_class != slow.klass) return "question";
  if (fast.has_edns != slow.has_edns || fast.dnssec_ok != slow.dnssec_ok ||
      fast.udp_payload_size != slow.payload_size) {
    return "EDNS";
  }
  if (fast.records.size() + fast.records.refused() != slow.answers.size()) return "record count";
  for (std::size_t i = 0; i < fast.records.size(); ++i) {
    const Record& a = fast.records[i];
    const Answer& b = slow.answers[i];
    if (a.section != b.section || a.type != b.type || a.klass != b.klass || a.ttl != b.ttl ||
        a.name_offset != b.name_at || a.rdata_offset != b.data_at ||
        a.rdata_length != b.data_size ||
        !same_address(a.address, b.address, bytes.subspan(b.data_at, b.data_size))) {
      return fmt::format("record {}", i);
    }
  }
  if (fast.extended_errors.size() + fast.extended_errors.refused() != slow.errors.size()) {
    return "extended error count";
  }
  for (std::size_t i = 0; i < fast.extended_errors.size(); ++i) {
    const ExtendedError& a = fast.extended_errors[i];
    const auto text = bytes.subspan(a.text_offset, a.text_length);
    if (a.code != slow.errors[i].code ||
        std::string(text.begin(), text.end()) != slow.errors[i].text) {
      return fmt::format("extended error {}", i);
    }
  }
  return {};
}

}  // namespace whydown::packet::dns::reference
