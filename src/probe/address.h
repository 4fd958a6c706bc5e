// Addresses as the system's calls take them.
#pragma once

#include <cstdint>
#include <optional>

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/address.h"

namespace whydown::probe {

class SocketAddress {
 public:
  SocketAddress(const base::IpAddress& address, std::uint16_t port);
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }
  int family() const { return storage_.ss_family; }

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

std::optional<base::IpAddress> address_of(int family, const void* bytes);
std::optional<base::IpAddress> address_in(const sockaddr_storage& storage);

}  // namespace whydown::probe
