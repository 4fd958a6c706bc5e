#include "probe/greeting.h"

#include <array>
#include <cerrno>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include "packet/ntp/ntp.h"
#include "packet/reply/reply.h"
#include "probe/limits.h"

namespace whydown::probe {
namespace {

namespace reply = packet::reply;
namespace ntp = packet::ntp;
using evidence::Outcome;
using report::ProbePhase;

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string first_line(const std::string& bytes) {
  reply::Line line;
  if (reply::read_line(bytes_of(bytes), line)) return std::string(line.text);
  return bytes;
}

bool is_refusal(const std::string& line) {
  const reply::Guess guess = reply::dialect_of(bytes_of(line + "\r\n"));
  if (guess.dialect == reply::Dialect::none) return false;
  const reply::Mood mood = reply::read_reply(guess.dialect, line).mood;
  return mood == reply::Mood::refused || mood == reply::Mood::refused_once ||
         mood == reply::Mood::bye;
}

// The step behind the one that connected.
ProbePhase& refuse(std::vector<ProbePhase>& phases, Outcome outcome, const char* title,
                   std::string text) {
  ProbePhase phase;
  phase.step = evidence::Step::request;
  phase.address = phases.back().address;
  phase.begin = phases.back().begin + phases.back().took;
  phase.outcome = outcome;
  phase.fault = "app.error";
  phase.title = title;
  phase.text = std::move(text);
  phases.push_back(std::move(phase));
  return phases.back();
}

}  // namespace

Greeting hear_greeting(int socket, const Clock& clock) {
  Greeting out;
  const auto until = Clock::Steady::now() + limits::kGreetingPatience;
  while (!clock.is_over() && Clock::Steady::now() < until) {
    pollfd waiting{socket, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(limits::kSlice.count())) <= 0) continue;
    std::array<char, limits::kGreetingBytes> bytes{};
    const ssize_t got = ::recv(socket, bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EAGAIN) continue;
    out.is_closed = got <= 0;
    if (got <= 0) return out;
    out.bytes.append(bytes.data(), static_cast<std::size_t>(got));
    if (out.bytes.find('\n') != std::string::npos) return out;
    if (out.bytes.size() >= limits::kGreetingBytes) return out;
  }
  return out;
}

void tell_greeting(const Greeting& greeting, std::uint16_t port, std::vector<ProbePhase>& phases) {
  if (greeting.bytes.empty()) {
    if (!greeting.is_closed) return;  // as where the client is the first to speak
    refuse(phases, Outcome::cut, "The server hangs up before a word",
           fmt::format("the server closed the connection to port {} before a word was said.", port))
        .facts = {{"reply.hung_up", evidence::Truth::yes, {}, {}}};
    return;
  }
  const std::string line = first_line(greeting.bytes);
  if (is_refusal(line)) {
    refuse(phases, Outcome::refused, "The server refuses to serve",
           fmt::format("the server's first words: \"{}\".", line));
    return;
  }
  phases.back().text += fmt::format(" The server's first words: \"{}\".", line);
}

std::string time_question() {
  std::string question(ntp::kHeader, '\0');
  constexpr unsigned kVersion = 4;
  question[0] = static_cast<char>(kVersion << 3U | ntp::kClient);
  // Any transmit time will do, if no one else's: it comes back as the answer's origin.
  std::random_device random;
  constexpr std::size_t kTransmit = 40;
  for (std::size_t i = kTransmit; i < ntp::kHeader; ++i) {
    question[i] = static_cast<char>(random() | 1U);
  }
  return question;
}

void tell_time(std::span<const std::uint8_t> answer, std::vector<ProbePhase>& phases) {
  ntp::Header header;
  if (!ntp::read(answer, header) || header.mode != ntp::kServer) return;
  if (ntp::is_unsynchronised(header)) {
    refuse(phases, Outcome::failed, "The time server has no time",
           "the time server says that its own clock is not set.")
        .facts = {{"ntp.unsynchronised", evidence::Truth::yes, {}, {}}};
  } else if (ntp::is_kiss(header)) {
    refuse(phases, Outcome::refused, "The time server refuses to serve",
           fmt::format("the time server turns the question away: {}.",
                       ntp::kiss_code(header.reference)));
  } else {
    phases.back().text += fmt::format(" It keeps time (stratum {}).", header.stratum);
  }
}

}  // namespace whydown::probe
