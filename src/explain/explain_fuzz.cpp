// A short capture through the decoder and the explainer. The first byte picks the link type; then
// come frames: two bytes of length, one of milliseconds since the frame before, the bytes.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "explain/testing.h"

namespace {

using whydown::explain::Explanation;
using whydown::explain::testing::LinkType;

constexpr LinkType kTypes[] = {LinkType::ethernet,     LinkType::raw,          LinkType::linux_sll2,
                               LinkType::ipv4,         LinkType::ipv6,         LinkType::null,
                               LinkType::tcpdump_text, LinkType::wireshark_row};

// Sentences are whole: nothing empty, no placeholder left.
void check(const Explanation& explanation) {
  if (explanation.where.empty() || explanation.title.empty() || explanation.gist.empty() ||
      explanation.normal.empty()) {
    __builtin_trap();
  }
  for (const whydown::explain::Item& item : explanation.items) {
    if (item.shows.empty()) __builtin_trap();
  }
  for (const std::string& text : explanation.before) {
    if (text.empty() || text.find('{') != std::string::npos) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const LinkType type = kTypes[data[0] % std::size(kTypes)];
  const bool text = type == LinkType::tcpdump_text || type == LinkType::wireshark_row;
  std::span<const std::uint8_t> rest(data + 1, size - 1);
  whydown::explain::testing::Reader reader;
  double seconds = 0;
  while (rest.size() >= 3) {
    const std::size_t length =
        std::min<std::size_t>(rest[0] | std::size_t{rest[1]} << 8U, rest.size() - 3);
    seconds += rest[2] / 1000.0;
    const whydown::explain::testing::Bytes bytes(rest.begin() + 3,
                                                 rest.begin() + 3 + static_cast<long>(length));
    const std::string_view words(reinterpret_cast<const char*>(bytes.data()), text ? length : 0);
    check(reader.frame(bytes, seconds, type, words));
    rest = rest.subspan(3 + length);
  }
  for (const std::string& sentence : reader.explainer().closing()) {
    if (sentence.empty()) __builtin_trap();
  }
  return 0;
}
