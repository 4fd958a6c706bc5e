#include "packet/ntp/ntp.h"

#include "base/cursor.h"

namespace whydown::packet::ntp {

bool read(std::span<const std::uint8_t> bytes, Header& header) {
  header = {};
  if (bytes.size() < kHeader) return false;
  const std::uint8_t* p = bytes.data();
  const auto version = static_cast<std::uint8_t>(p[0] >> 3U & 7U);
  if (version == 0 || version > 4) return false;
  header.leap = static_cast<std::uint8_t>(p[0] >> 6U);
  header.version = version;
  header.mode = static_cast<std::uint8_t>(p[0] & 7U);
  header.stratum = p[1];
  header.reference = base::load_be32(p + 12);
  header.origin = std::uint64_t{base::load_be32(p + 24)} << 32U | base::load_be32(p + 28);
  header.transmit = std::uint64_t{base::load_be32(p + 40)} << 32U | base::load_be32(p + 44);
  return true;
}

bool is_kiss(const Header& header) { return header.mode == kServer && header.stratum == 0; }

bool is_unsynchronised(const Header& header) {
  return header.mode == kServer && header.stratum != 0 &&
         (header.stratum >= kUnsynchronised || header.leap == kAlarm);
}

std::string kiss_code(std::uint32_t reference) {
  std::string code;
  for (unsigned shift = 32; shift != 0;) {
    shift -= 8;
    const auto c = static_cast<char>(reference >> shift & 0xffU);
    const bool is_plain =
        (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
    if (is_plain) code.push_back(c);
  }
  return code;
}

}  // namespace whydown::packet::ntp
