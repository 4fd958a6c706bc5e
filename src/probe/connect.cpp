#include "probe/connect.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe/limits.h"

namespace whydown::probe {
namespace {

using evidence::Outcome;
using report::ProbePhase;

struct Ending {
  int error;
  Outcome outcome;
  const char* fault;
  const char* title;
  const char* text;
};

constexpr std::array kEndings{
    Ending{0, Outcome::silent, "tcp.no_response", "The server does not answer",
           "nothing came back"},
    Ending{ETIMEDOUT, Outcome::silent, "tcp.no_response", "The server does not answer",
           "nothing came back"},
    Ending{ECONNREFUSED, Outcome::refused, "tcp.refused", "The connection is refused",
           "the connection is refused"},
    Ending{EHOSTUNREACH, Outcome::refused, "icmp.host_unreachable", "The host cannot be reached",
           "the host is reported unreachable"},
    Ending{ENETUNREACH, Outcome::refused, "icmp.net_unreachable", "The network cannot be reached",
           "there is no route to this network"},
    Ending{EACCES, Outcome::refused, "icmp.admin_prohibited", "A firewall forbids the connection",
           "the connection is forbidden, by a rule here or on the way"},
    Ending{EPERM, Outcome::refused, "icmp.admin_prohibited", "A firewall forbids the connection",
           "the connection is forbidden by a rule on this machine"}};

// Of the socket; nothing while it is still connecting.
int wait_for(int socket, const Clock& clock, std::chrono::milliseconds patience) {
  const auto until = Clock::Steady::now() + patience;
  while (!clock.is_over() && Clock::Steady::now() < until) {
    pollfd waiting{socket, POLLOUT, 0};
    if (::poll(&waiting, 1, static_cast<int>(limits::kSlice.count())) <= 0) continue;
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
    return error == 0 ? -1 : error;
  }
  return 0;
}

// -1 when it connected, 0 when nothing came, else the error number.
int connect_once(const base::IpAddress& address, std::uint16_t port, const Clock& clock,
                 OwnPorts& ports) {
  sockaddr_storage storage{};
  const bool is_v6 = address.kind() == base::AddressKind::v6;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  const std::string text = address.to_string();
  if (is_v6) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    (void)::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr);
  } else {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    (void)::inet_pton(AF_INET, text.c_str(), &v4->sin_addr);
  }
  const int kind = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
  const int socket = ::socket(is_v6 ? AF_INET6 : AF_INET, kind, 0);
  if (socket < 0) return errno;
  int ended = ports.bind(socket) ? -1 : errno;
  if (ended == -1) {
    const socklen_t size = is_v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&storage), size) != 0) {
      ended = errno == EINPROGRESS ? wait_for(socket, clock, limits::kConnectPatience) : errno;
    }
  }
  ::close(socket);
  return ended;
}

}  // namespace

void set_connect_ending(ProbePhase& phase, int error, std::uint16_t port) {
  const auto known = std::ranges::find(kEndings, error, &Ending::error);
  phase.step = evidence::Step::connect;
  if (known == kEndings.end()) {
    phase.outcome = Outcome::unknown;
    phase.text = fmt::format("TCP port {}: {}.", port, std::strerror(error));
    return;
  }
  phase.outcome = known->outcome;
  phase.fault = known->fault;
  phase.title = known->title;
  phase.text = fmt::format("TCP port {}: {}.", port, known->text);
}

ProbePhase connect_to(const base::IpAddress& address, std::uint16_t port, const Clock& clock,
                      OwnPorts& ports) {
  ProbePhase phase;
  phase.step = evidence::Step::connect;
  phase.address = address.to_string();
  phase.begin = clock.elapsed();
  const int ended = connect_once(address, port, clock, ports);
  phase.took = clock.elapsed() - phase.begin;
  if (ended == -1) {
    phase.outcome = Outcome::ok;
    phase.text = fmt::format("TCP port {}: connected.", port);
  } else if (ended == 0 && clock.is_over() && phase.took < limits::kConnectPatience) {
    phase.outcome = Outcome::unknown;
    phase.text = fmt::format("TCP port {}: given up before an answer came.", port);
  } else {
    set_connect_ending(phase, ended, port);
  }
  return phase;
}

}  // namespace whydown::probe
