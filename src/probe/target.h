// What a probe is asked to reproduce: one target, never a range and never a list.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/error.h"

namespace whydown::probe {

enum class TargetKind : std::uint8_t {
  url,   // resolve, connect, secure (https), request
  name,  // resolve
  port,  // resolve, connect by TCP
  udp,   // resolve, send a datagram
  dns,   // one question to one server
};

struct Target {
  TargetKind kind = TargetKind::name;
  std::string text;        // as typed
  std::string host;        // a name or an address without brackets; of `dns` the server's address
  std::uint16_t port = 0;  // of `name` 0
  bool is_https = false;   // of `url`
  std::string question;    // of `dns`: the name asked for
  std::uint16_t type = 1;  // of `dns`: the type asked for
  std::string type_name = "A";
};

// "http://HOST[:PORT][/...]", "https://...", "dns://SERVER[:PORT]/NAME[?type=A]", "HOST:PORT",
// "[V6]:PORT", "udp://HOST:PORT", "tcp://HOST:PORT" or "NAME".
std::expected<Target, base::Error> parse_target(std::string_view text);

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};
// "HOST", "HOST:PORT", "[V6]", "[V6]:PORT" or a bare IPv6 address.
std::expected<Endpoint, base::Error> parse_endpoint(std::string_view text, std::uint16_t port);

}  // namespace whydown::probe
