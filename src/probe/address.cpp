#include "probe/address.h"

#include <array>
#include <string>

#include <arpa/inet.h>

namespace whydown::probe {

SocketAddress::SocketAddress(const base::IpAddress& address, std::uint16_t port) {
  const std::string text = address.to_string();
  if (address.kind() == base::AddressKind::v6) {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage_);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    (void)::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr);
    size_ = sizeof *v6;
  } else {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&storage_);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    (void)::inet_pton(AF_INET, text.c_str(), &v4->sin_addr);
    size_ = sizeof *v4;
  }
}

std::optional<base::IpAddress> address_of(int family, const void* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_ntop(family, bytes, text.data(), text.size()) == nullptr) return std::nullopt;
  return base::IpAddress::parse(text.data());
}

std::optional<base::IpAddress> address_in(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    return address_of(AF_INET, &reinterpret_cast<const sockaddr_in&>(storage).sin_addr);
  }
  return address_of(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr);
}

}  // namespace whydown::probe
