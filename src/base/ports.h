// What well-known ports are called and for.
#pragma once

#include <cstdint>
#include <string_view>

namespace whydown::base {

// The name of a well-known port as people know it ("domain", "https"); empty for the others.
// https://www.iana.org/assignments/service-names-port-numbers
std::string_view port_name(std::uint16_t port);
// What the service behind it does, for a supervisor: "the web, encrypted"; empty for the others.
std::string_view port_purpose(std::uint16_t port);
// The protocol's name and what it does: "HTTPS, encrypted web pages"; of the commonest only.
std::string_view port_title(std::uint16_t port);

}  // namespace whydown::base
