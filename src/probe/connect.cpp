#include "probe/connect.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "packet/ntp/ntp.h"
#include "probe/address.h"
#include "probe/greeting.h"
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

bool set_hops(int socket, int family, int hops) {
  if (hops == 0) return true;
  const bool is_v6 = family == AF_INET6;
  return ::setsockopt(socket, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, is_v6 ? IPV6_UNICAST_HOPS : IP_TTL,
                      &hops, sizeof hops) == 0;
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

void set_datagram_ending(ProbePhase& phase, int ended, std::uint16_t port, bool is_time) {
  if (ended == kServed) {
    phase.outcome = Outcome::ok;
    phase.text = fmt::format("UDP port {}: an answer came.", port);
  } else if (ended == ECONNREFUSED) {
    phase.outcome = Outcome::refused;
    phase.fault = "udp.port_unreachable";
    phase.title = "The UDP port is unreachable";
    phase.text = fmt::format("UDP port {}: the port is refused or unreachable.", port);
  } else if (ended == 0 && is_time) {
    phase.outcome = Outcome::silent;
    phase.fault = "udp.no_response";
    phase.title = "The time server does not answer";
    phase.text = fmt::format("UDP port {}: no answer to questions for the time.", port);
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
}

const char* title_of(const std::string& fault) {
  const auto known = std::ranges::find(kEndings, std::string_view(fault), [](const Ending& one) {
    return std::string_view(one.fault);
  });
  return known == kEndings.end() ? "The datagram cannot be delivered" : known->title;
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

void ask_why_unreachable(ProbePhase& phase, const Attempt& attempt, const Clock& clock,
                         OwnPorts& ports) {
  clock.sleep(limits::kBetweenPackets);
  DatagramAnswer answer;
  (void)try_udp(attempt, clock, ports, kEmptyLine, &answer);
  if (!answer.icmp) return;
  // A machine that says "port unreachable" itself is there: so a rule keeps TCP from it.
  const bool is_there =
      icmp_fault(*answer.icmp, "port") == "port" && answer.icmp->sender == attempt.address;
  if (is_there) {
    phase.fault = "icmp.admin_prohibited";
    phase.title = title_of(phase.fault);
    phase.text += " The host itself is there: it answers a datagram to the same port.";
  } else {
    add_icmp(phase, *answer.icmp, attempt.address, phase.fault);
  }
}

void add_icmp(ProbePhase& phase, const IcmpTold& told, const base::IpAddress& server,
              const std::string& port_fault) {
  std::string fault = icmp_fault(told, port_fault);
  if (fault.empty()) return;
  phase.outcome = Outcome::refused;
  if (fault != phase.fault) phase.title = title_of(fault);
  phase.fault = std::move(fault);
  phase.text += fmt::format(" {}.", icmp_words(told));
  phase.facts = icmp_facts(told, server);
}

int try_tcp(const Attempt& attempt, const Clock& clock, OwnPorts& ports,
            const std::function<void(int socket)>& connected) {
  const SocketAddress to(attempt.address, attempt.port);
  const Socket socket(to.family(), SOCK_STREAM);
  if (socket.get() < 0) return errno;
  if (attempt.type_of_service != 0 &&
      !set_type_of_service(socket.get(), to.family(), attempt.type_of_service)) {
    return errno;
  }
  if (!set_hops(socket.get(), to.family(), attempt.hops)) return errno;
  if (!ports.bind(socket.get())) return errno;
  int ended = kServed;
  if (::connect(socket.get(), to.get(), to.size()) != 0) {
    ended = errno == EINPROGRESS ? wait_for(socket.get(), clock, attempt.patience) : errno;
  }
  if (ended == kServed && connected) connected(socket.get());
  return ended;
}

int try_udp(const Attempt& attempt, const Clock& clock, OwnPorts& ports, std::string_view datagram,
            DatagramAnswer* answer) {
  const SocketAddress to(attempt.address, attempt.port);
  const Socket socket(to.family(), SOCK_DGRAM);
  if (socket.get() < 0) return errno;
  ask_for_icmp(socket.get(), to.family());
  if (!set_hops(socket.get(), to.family(), attempt.hops)) return errno;
  if (!ports.bind(socket.get()) || ::connect(socket.get(), to.get(), to.size()) != 0) return errno;
  const auto failed = [&](int error) {
    if (answer != nullptr) answer->icmp = take_icmp(socket.get());
    return error;
  };
  const auto until = Clock::Steady::now() + attempt.patience;
  auto next = Clock::Steady::now();
  while (!clock.is_over() && Clock::Steady::now() < until) {
    if (Clock::Steady::now() >= next) {
      if (::send(socket.get(), datagram.data(), datagram.size(), 0) < 0) return failed(errno);
      next = Clock::Steady::now() + limits::kBetweenPackets;
    }
    pollfd waiting{socket.get(), POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(limits::kSlice.count())) <= 0) continue;
    std::array<char, 2048> bytes{};
    const ssize_t got = ::recv(socket.get(), bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EAGAIN) continue;
    if (got < 0) return failed(errno);
    if (answer != nullptr) answer->bytes.assign(bytes.data(), static_cast<std::size_t>(got));
    return kServed;
  }
  return 0;
}

void connect_to(const base::IpAddress& address, std::uint16_t port, const Clock& clock,
                OwnPorts& ports, std::vector<ProbePhase>& phases) {
  ProbePhase phase;
  phase.step = evidence::Step::connect;
  phase.address = address.to_string();
  phase.begin = clock.elapsed();
  Greeting greeting;
  const int ended = try_tcp({address, port}, clock, ports, [&](int socket) {
    phase.took = clock.elapsed() - phase.begin;
    greeting = hear_greeting(socket, clock);
  });
  if (ended == kServed) {
    phase.outcome = Outcome::ok;
    phase.text = fmt::format("TCP port {}: connected.", port);
    phases.push_back(std::move(phase));
    return tell_greeting(greeting, port, phases);
  }
  phase.took = clock.elapsed() - phase.begin;
  if (ended == 0 && clock.is_over() && phase.took < limits::kConnectPatience) {
    phase.outcome = Outcome::unknown;
    phase.text = fmt::format("TCP port {}: given up before an answer came.", port);
  } else {
    set_connect_ending(phase, ended, port);
  }
  phases.push_back(std::move(phase));
}

void send_to(const base::IpAddress& address, std::uint16_t port, const Clock& clock,
             OwnPorts& ports, std::vector<ProbePhase>& phases) {
  ProbePhase phase;
  phase.step = evidence::Step::connect;
  phase.address = address.to_string();
  phase.begin = clock.elapsed();
  const bool is_time = port == packet::ntp::kPort;
  const std::string question = is_time ? time_question() : std::string(kEmptyLine);
  DatagramAnswer answer;
  const int ended =
      try_udp({address, port, 0, limits::kUdpPatience}, clock, ports, question, &answer);
  phase.took = clock.elapsed() - phase.begin;
  set_datagram_ending(phase, ended, port, is_time);
  if (answer.icmp) add_icmp(phase, *answer.icmp, address, "udp.port_unreachable");
  phases.push_back(std::move(phase));
  if (ended != kServed || !is_time) return;
  tell_time({reinterpret_cast<const std::uint8_t*>(answer.bytes.data()), answer.bytes.size()},
            phases);
}

}  // namespace whydown::probe
