#include "probe/echo.h"

#include <random>
#include <span>

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe/address.h"
#include "probe/limits.h"

namespace whydown::probe {
namespace {

constexpr std::size_t kSize = 64;  // as ping(8) sends: 8 bytes of header, 56 of data
constexpr std::size_t kHeader = 8;

void put16(std::span<std::uint8_t> at, std::uint16_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8U);
  at[1] = static_cast<std::uint8_t>(value & 0xffU);
}

// RFC 1071.
std::uint16_t checksum(std::span<const std::uint8_t> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    sum += static_cast<std::uint32_t>(bytes[i]) << 8U | bytes[i + 1];
  }
  while ((sum >> 16U) != 0) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum & 0xffffU);
}

bool is_v6(const base::IpAddress& host) { return host.kind() == base::AddressKind::v6; }

}  // namespace

Echo::Echo() {
  std::random_device random;
  id_ = static_cast<std::uint16_t>(random());
}

Echo::~Echo() {
  if (v4_ >= 0) ::close(v4_);
  if (v6_ >= 0) ::close(v6_);
}

void Echo::open() {
  constexpr int kKind = SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK;
  v4_ = ::socket(AF_INET, kKind, IPPROTO_ICMP);
  v6_ = ::socket(AF_INET6, kKind, IPPROTO_ICMPV6);
  // What repeats it shows that the way keeps it: see the fact reset.copies_tos.
  (void)::setsockopt(v4_, IPPROTO_IP, IP_TOS, &limits::kTypeOfService,
                     sizeof limits::kTypeOfService);
  (void)::setsockopt(v6_, IPPROTO_IPV6, IPV6_TCLASS, &limits::kTypeOfService,
                     sizeof limits::kTypeOfService);
}

int Echo::socket_for(const base::IpAddress& host) const { return is_v6(host) ? v6_ : v4_; }

bool Echo::send(const base::IpAddress& host) {
  std::array<std::uint8_t, kSize> message{};
  const std::span<std::uint8_t> bytes(message);
  bytes[0] = is_v6(host) ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
  put16(bytes.subspan(4), id_);
  put16(bytes.subspan(6), ++sequence_);
  for (std::size_t i = kHeader; i < kSize; ++i) bytes[i] = static_cast<std::uint8_t>(i);
  if (!is_v6(host)) put16(bytes.subspan(2), checksum(message));  // of ICMPv6 the kernel's work
  const SocketAddress to(host, 0);
  return ::sendto(socket_for(host), message.data(), message.size(), 0, to.get(), to.size()) ==
         static_cast<ssize_t>(kSize);
}

bool Echo::wait_for(const base::IpAddress& host, const Clock& clock,
                    std::chrono::milliseconds span) {
  const auto until = Clock::Steady::now() + span;
  while (!clock.is_over() && Clock::Steady::now() < until) {
    pollfd waiting{socket_for(host), POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(limits::kSlice.count())) <= 0) continue;
    std::array<std::uint8_t, 2048> bytes{};
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const ssize_t got = ::recvfrom(socket_for(host), bytes.data(), bytes.size(), 0,
                                   reinterpret_cast<sockaddr*>(&from), &size);
    // An IPv4 socket yields the IP header too, whose length counts words of four bytes.
    const std::size_t at = is_v6(host) ? 0 : (bytes[0] & 0x0fU) * 4U;
    if (got < static_cast<ssize_t>(at + kHeader)) continue;
    const bool is_reply = bytes[at] == (is_v6(host) ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY);
    const auto id = static_cast<std::uint16_t>(bytes[at + 4] << 8U | bytes[at + 5]);
    if (is_reply && id == id_ && address_in(from) == host) return true;
  }
  return false;
}

bool Echo::ask(const base::IpAddress& host, const Clock& clock) {
  for (int tries = 0; tries < 2 && !clock.is_over(); ++tries) {
    if (!send(host)) return false;
    if (wait_for(host, clock, limits::kBetweenPackets)) return true;
  }
  return wait_for(host, clock, limits::kBetweenPackets);
}

bool Echo::reaches(const base::IpAddress& host, int hops, const Clock& clock) {
  const int level = is_v6(host) ? IPPROTO_IPV6 : IPPROTO_IP;
  const int option = is_v6(host) ? IPV6_UNICAST_HOPS : IP_TTL;
  const int usual = -1;  // the system's
  if (::setsockopt(socket_for(host), level, option, &hops, sizeof hops) != 0) return false;
  const bool is_there = send(host) && wait_for(host, clock, limits::kHopPatience);
  (void)::setsockopt(socket_for(host), level, option, &usual, sizeof usual);
  return is_there;
}

}  // namespace whydown::probe
