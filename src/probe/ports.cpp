#include "probe/ports.h"

#include <cerrno>
#include <random>

#include <netinet/in.h>
#include <sys/socket.h>

#include "probe/limits.h"

namespace whydown::probe {
namespace {

bool bind_to(int socket, int family, std::uint16_t port) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  const bool is_v6 = family == AF_INET6;
  const auto* const address =
      is_v6 ? reinterpret_cast<const sockaddr*>(&v6) : reinterpret_cast<const sockaddr*>(&v4);
  const socklen_t size = is_v6 ? sizeof v6 : sizeof v4;
  return ::bind(socket, address, size) == 0;
}

}  // namespace

OwnPorts::OwnPorts() {
  std::random_device random;
  std::uniform_int_distribution<int> from(limits::kFirstPort, limits::kLastPort - limits::kPorts);
  first_ = static_cast<std::uint16_t>(from(random));
}

std::uint16_t OwnPorts::last() const {
  return static_cast<std::uint16_t>(first_ + limits::kPorts - 1);
}

bool OwnPorts::bind(int socket) {
  int family = AF_INET;
  socklen_t size = sizeof family;
  if (::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0) return false;
  for (std::uint16_t tries = 0; tries < limits::kPorts; ++tries) {
    const auto port = static_cast<std::uint16_t>(first_ + next_);
    next_ = static_cast<std::uint16_t>((next_ + 1) % limits::kPorts);
    if (bind_to(socket, family, port)) return true;
    if (errno != EADDRINUSE) return false;
  }
  return false;
}

}  // namespace whydown::probe
