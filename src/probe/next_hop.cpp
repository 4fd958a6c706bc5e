#include "probe/next_hop.h"

#include <array>
#include <cstring>
#include <span>

#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe/address.h"

namespace whydown::probe {
namespace {

// rtnetlink(7): RTM_GETROUTE with a destination, as "ip route get" asks.
struct Question {
  nlmsghdr header{};
  rtmsg route{};
  rtattr destination{};
  std::array<std::uint8_t, 16> address{};
};

std::size_t put_address(const base::IpAddress& host, std::uint8_t* to) {
  const SocketAddress address(host, 0);
  const bool is_v6 = address.family() == AF_INET6;
  const void* from = is_v6 ? static_cast<const void*>(
                                 &reinterpret_cast<const sockaddr_in6*>(address.get())->sin6_addr)
                           : &reinterpret_cast<const sockaddr_in*>(address.get())->sin_addr;
  const std::size_t size = is_v6 ? sizeof(in6_addr) : sizeof(in_addr);
  std::memcpy(to, from, size);
  return size;
}

Question question_for(const base::IpAddress& host) {
  Question question;
  const std::size_t size = put_address(host, question.address.data());
  question.destination.rta_type = RTA_DST;
  question.destination.rta_len = static_cast<unsigned short>(RTA_LENGTH(size));
  question.route.rtm_family = host.kind() == base::AddressKind::v6 ? AF_INET6 : AF_INET;
  question.route.rtm_dst_len = static_cast<unsigned char>(size * 8);
  question.header.nlmsg_type = RTM_GETROUTE;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  question.header.nlmsg_len =
      static_cast<std::uint32_t>(NLMSG_LENGTH(sizeof(rtmsg)) + RTA_LENGTH(size));
  return question;
}

// The gateway of an answer; the host itself where it names none.
std::optional<base::IpAddress> gateway_in(const nlmsghdr& header, const base::IpAddress& host) {
  if (header.nlmsg_type != RTM_NEWROUTE) return std::nullopt;
  const auto* route = static_cast<const rtmsg*>(NLMSG_DATA(&header));
  std::size_t at = NLMSG_LENGTH(sizeof(rtmsg));
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&header);
  while (at + sizeof(rtattr) <= header.nlmsg_len) {
    rtattr attribute{};
    std::memcpy(&attribute, bytes + at, sizeof attribute);
    const std::size_t size = attribute.rta_len;
    if (size < sizeof attribute || at + size > header.nlmsg_len) break;
    const std::size_t needed = route->rtm_family == AF_INET6 ? 16 : 4;
    const bool is_gateway = attribute.rta_type == RTA_GATEWAY;
    if (is_gateway && size == sizeof attribute + needed) {
      return address_of(route->rtm_family, bytes + at + sizeof attribute);
    }
    at += RTA_ALIGN(size);
  }
  return host;
}

}  // namespace

std::optional<base::IpAddress> next_hop(const base::IpAddress& host) {
  const int socket = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (socket < 0) return std::nullopt;
  const Question question = question_for(host);
  alignas(nlmsghdr) std::array<char, 4096> answer{};
  ssize_t got = ::send(socket, &question, question.header.nlmsg_len, 0);
  if (got > 0) got = ::recv(socket, answer.data(), answer.size(), 0);
  ::close(socket);
  const auto* header = reinterpret_cast<const nlmsghdr*>(answer.data());
  if (got <= 0 || !NLMSG_OK(header, static_cast<std::size_t>(got))) return std::nullopt;
  return gateway_in(*header, host);
}

}  // namespace whydown::probe
