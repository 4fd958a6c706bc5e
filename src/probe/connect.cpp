#include "probe/connect.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe/address.h"
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
    return error == 0 ? kServed : error;
  }
  return 0;
}

bool set_type_of_service(int socket, int family, int value) {
  const bool is_v6 = family == AF_INET6;
  return ::setsockopt(socket, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, is_v6 ? IPV6_TCLASS : IP_TOS,
                      &value, sizeof value) == 0;
}

class Socket {
 public:
  Socket(int family, int kind)
      : socket_(::socket(family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (socket_ >= 0) ::close(socket_);
  }
  int get() const { return socket_; }

 private:
  int socket_;
};

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

int try_tcp(const Attempt& attempt, const Clock& clock, OwnPorts& ports) {
  const SocketAddress to(attempt.address, attempt.port);
  const Socket socket(to.family(), SOCK_STREAM);
  if (socket.get() < 0) return errno;
  if (attempt.type_of_service != 0 &&
      !set_type_of_service(socket.get(), to.family(), attempt.type_of_service)) {
    return errno;
  }
  if (!ports.bind(socket.get())) return errno;
  if (::connect(socket.get(), to.get(), to.size()) == 0) return kServed;
  return errno == EINPROGRESS ? wait_for(socket.get(), clock, attempt.patience) : errno;
}

int try_udp(const Attempt& attempt, const Clock& clock, OwnPorts& ports) {
  const SocketAddress to(attempt.address, attempt.port);
  const Socket socket(to.family(), SOCK_DGRAM);
  if (socket.get() < 0 || !ports.bind(socket.get()) ||
      ::connect(socket.get(), to.get(), to.size()) != 0) {
    return errno;
  }
  const auto until = Clock::Steady::now() + attempt.patience;
  auto next = Clock::Steady::now();
  // An empty line: services that speak at all may answer it, and it asks none of them for anything.
  constexpr std::string_view kDatagram = "\r\n";
  while (!clock.is_over() && Clock::Steady::now() < until) {
    if (Clock::Steady::now() >= next) {
      if (::send(socket.get(), kDatagram.data(), kDatagram.size(), 0) < 0) return errno;
      next = Clock::Steady::now() + limits::kBetweenPackets;
    }
    pollfd waiting{socket.get(), POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(limits::kSlice.count())) <= 0) continue;
    std::array<char, 2048> bytes{};
    if (::recv(socket.get(), bytes.data(), bytes.size(), 0) >= 0) return kServed;
    return errno;
  }
  return 0;
}

ProbePhase connect_to(const base::IpAddress& address, std::uint16_t port, const Clock& clock,
                      OwnPorts& ports) {
  ProbePhase phase;
  phase.step = evidence::Step::connect;
  phase.address = address.to_string();
  phase.begin = clock.elapsed();
  const int ended = try_tcp({address, port}, clock, ports);
  phase.took = clock.elapsed() - phase.begin;
  if (ended == kServed) {
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

ProbePhase send_to(const base::IpAddress& address, std::uint16_t port, const Clock& clock,
                   OwnPorts& ports) {
  ProbePhase phase;
  phase.step = evidence::Step::connect;
  phase.address = address.to_string();
  phase.begin = clock.elapsed();
  const int ended = try_udp({address, port, 0, limits::kUdpPatience}, clock, ports);
  phase.took = clock.elapsed() - phase.begin;
  if (ended == kServed) {
    phase.outcome = Outcome::ok;
    phase.text = fmt::format("UDP port {}: an answer came.", port);
  } else if (ended == ECONNREFUSED) {
    phase.outcome = Outcome::refused;
    phase.fault = "udp.port_unreachable";
    phase.title = "The UDP port is unreachable";
    phase.text = fmt::format("UDP port {}: the port is refused or unreachable.", port);
  } else if (ended == 0) {
    phase.outcome = Outcome::unknown;
    phase.text = fmt::format(
        "UDP port {}: no answer, and no error. A service may leave what it does not understand "
        "without an answer, so this is no failure.",
        port);
  } else {
    set_connect_ending(phase, ended, port);
    const std::size_t at = phase.text.find("TCP");
    if (at != std::string::npos) phase.text.replace(at, 3, "UDP");
  }
  return phase;
}

}  // namespace whydown::probe
