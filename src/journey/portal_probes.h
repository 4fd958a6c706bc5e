// URLs that systems and browsers load to see whether a login page stands before the internet, and
// what is at them. Whatever else comes is not from there.
#pragma once

#include <cstdint>
#include <string_view>

namespace whydown::journey {

struct PortalProbe {
  std::string_view host;
  std::string_view path;
  std::string_view word;  // in the text that is there; empty: nothing is, status 204
};

// The probe that this URL is; null for all others. `host` in small letters.
const PortalProbe* portal_probe(std::string_view host, std::string_view path);

// An answer to a probe. `body` is as much of it as is at hand.
struct PortalAnswer {
  std::uint16_t status = 0;
  bool has_content = false;
  bool is_head = false;  // of a HEAD request
  std::string_view body;
};
enum class Passage : std::uint8_t {
  unknown,
  open,    // as it is at that URL
  barred,  // something else
};
Passage passage_of(const PortalProbe& probe, const PortalAnswer& answer);

}  // namespace whydown::journey
