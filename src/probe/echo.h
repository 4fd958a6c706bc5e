// ICMP echo requests to one host, from sockets that are opened while the program has the right to.
#pragma once

#include <array>
#include <cstdint>

#include "base/address.h"
#include "probe/clock.h"

namespace whydown::probe {

class Echo {
 public:
  Echo();
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;
  ~Echo();

  void open();  // does what it may; can_ask() tells
  bool can_ask(const base::IpAddress& host) const { return socket_for(host) >= 0; }
  std::uint16_t id() const { return id_; }  // of all of its requests
  // Two requests at most, a second apart. Whether an answer of that host came.
  bool ask(const base::IpAddress& host, const Clock& clock);
  // One request that lives for so many hops.
  bool reaches(const base::IpAddress& host, int hops, const Clock& clock);

 private:
  int socket_for(const base::IpAddress& host) const;
  bool send(const base::IpAddress& host);
  bool wait_for(const base::IpAddress& host, const Clock& clock, std::chrono::milliseconds span);

  int v4_ = -1;
  int v6_ = -1;
  std::uint16_t id_;
  std::uint16_t sequence_ = 0;
};

}  // namespace whydown::probe
