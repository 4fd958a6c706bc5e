#include "explain/content.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/cursor.h"

namespace whydown::explain {
namespace {

using packet::Transport;

constexpr std::size_t kLongestLine = 120;

// The first line of the payload, as captured or as the record has it behind the length.
std::string_view first_line(const View& view) {
  std::string_view text;
  if (view.is_bytes()) {
    text = {reinterpret_cast<const char*>(view.packet.payload.data()), view.packet.payload.size()};
  } else if (view.dialect == Dialect::tcpdump) {
    const std::size_t at = view.words.find(": HTTP: ");
    if (at == std::string_view::npos) return {};
    text = view.words.substr(at + 8);
  } else {
    text = view.words.substr(view.words.rfind('\t') + 1);
  }
  return text.substr(0, text.find_first_of("\r\n"));
}

std::string shortened(std::string_view line) {
  if (line.size() <= kLongestLine) return std::string(line);
  return std::string(line.substr(0, kLongestLine)) + "...";
}

Content request_of(std::string_view line) {
  constexpr std::array<std::string_view, 8> methods{"GET",    "POST",  "HEAD",    "PUT",
                                                    "DELETE", "PATCH", "OPTIONS", "CONNECT"};
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return {};
  const std::string_view method = line.substr(0, blank);
  if (std::ranges::find(methods, method) == methods.end()) return {};
  if (line.find(" HTTP/1.") == std::string_view::npos) return {};
  std::string_view path = line.substr(blank + 1);
  path = path.substr(0, path.find(' '));
  const std::string_view wish = method == "GET"    ? "Asks the web server for"
                                : method == "POST" ? "Sends data to"
                                                   : "A request about";
  return {"HTTP request", shortened(line),
          fmt::format("{} \"{}\". Not encrypted: anybody on the way can read it.", wish,
                      shortened(path)),
          "a page, or a part of one, is asked for.", Grade::normal};
}

Content response_of(std::string_view line) {
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return {};
  const char hundreds = line[9];
  if (!std::ranges::all_of(line.substr(9, 3), [](char c) { return c >= '0' && c <= '9'; })) {
    return {};
  }
  Content content{"HTTP response", shortened(line), "", "", Grade::normal};
  switch (hundreds) {
    case '1':
      content.means = "The web server has not finished: more follows.";
      content.judged = "an answer in the making.";
      break;
    case '2':
      content.means = "The web server did what was asked; the page follows.";
      content.judged = "a good answer.";
      break;
    case '3':
      content.means = "The web server points elsewhere, or says that nothing has changed.";
      content.judged = "the client will go on from there.";
      break;
    case '4':
      content.means = "The web server refuses: it blames the request.";
      content.judged = "the server works, but not for this request.";
      content.grade = Grade::notable;
      break;
    case '5':
      content.means = "The web server failed: it blames itself, or a server behind it.";
      content.judged = "an error of the server.";
      content.grade = Grade::failure;
      break;
    default:
      return {};
  }
  return content;
}

std::string_view alert_name(std::uint8_t description) {
  struct Alert {
    std::uint8_t code;
    std::string_view name;
  };
  // https://www.iana.org/assignments/tls-parameters
  static constexpr Alert alerts[] = {{0, "close notify"},
                                     {10, "unexpected message"},
                                     {20, "bad record MAC"},
                                     {40, "handshake failure"},
                                     {42, "bad certificate"},
                                     {43, "unsupported certificate"},
                                     {44, "certificate revoked"},
                                     {45, "certificate expired"},
                                     {46, "certificate unknown"},
                                     {47, "illegal parameter"},
                                     {48, "unknown CA"},
                                     {49, "access denied"},
                                     {50, "decode error"},
                                     {51, "decrypt error"},
                                     {70, "protocol version"},
                                     {71, "insufficient security"},
                                     {80, "internal error"},
                                     {86, "inappropriate fallback"},
                                     {90, "user canceled"},
                                     {109, "missing extension"},
                                     {112, "unrecognized name"},
                                     {116, "certificate required"},
                                     {120, "no application protocol"}};
  for (const Alert& alert : alerts) {
    if (alert.code == description) return alert.name;
  }
  return "an alert without a name";
}

Content handshake_of(std::uint8_t type) {
  switch (type) {
    case 1:
      return {"TLS ClientHello", "TLS handshake, type 1",
              "ClientHello: the client begins encryption and says what it can do.",
              "encryption begins like this.", Grade::normal};
    case 2:
      return {"TLS ServerHello", "TLS handshake, type 2",
              "ServerHello: the server chooses how to encrypt.", "encryption goes on like this.",
              Grade::normal};
    default:
      return {"TLS handshake", fmt::format("TLS handshake, type {}", type),
              "A further step of setting up encryption; much of it is encrypted already.",
              "encryption goes on like this.", Grade::normal};
  }
}

// A record begins with its type, version 3.x and length.
Content tls_of(std::span<const std::uint8_t> payload) {
  constexpr std::size_t header = 5;
  if (payload.size() < header + 1 || payload[1] != 3 || payload[2] > 4) return {};
  const std::size_t length = base::load_be16(payload.data() + 3);
  constexpr std::size_t longest = 16384 + 256;  // RFC 8446 5.2
  if (length == 0 || length > longest) return {};
  switch (payload[0]) {
    case 20:
      if (length != 1) return {};
      return {"TLS", "TLS change cipher spec", "From here on this side encrypts.",
              "encryption goes on like this.", Grade::normal};
    case 21: {
      if (length != 2 || payload.size() < header + 2 || payload[5] > 2) {
        return {"TLS alert", "TLS alert", "An alert, encrypted: most often the goodbye.",
                "connections end with an alert as well.", Grade::normal};
      }
      const bool goodbye = payload[6] == 0;
      return {"TLS alert", fmt::format("TLS alert {}", payload[6]),
              goodbye ? std::string("close notify: the goodbye of an encrypted connection.")
                      : fmt::format("This side gives up: {}.", alert_name(payload[6])),
              goodbye ? "this is how encrypted connections end."
                      : "encryption could not be set up "
                        "or kept up.",
              goodbye ? Grade::normal : Grade::failure};
    }
    case 22:
      return handshake_of(payload[5]);
    case 23:
      return {"TLS data", "TLS application data", "Encrypted: what it says cannot be read here.",
              "data on its way.", Grade::normal};
    default:
      return {};
  }
}

}  // namespace

Content content_of(const View& view) {
  if (view.packet.transport != Transport::tcp ||
      view.packet.application != packet::Application::none) {
    return {};
  }
  const std::string_view line = first_line(view);
  Content content = request_of(line);
  if (content.title.empty()) content = response_of(line);
  if (content.title.empty() && view.is_bytes()) content = tls_of(view.packet.payload);
  return content;
}

}  // namespace whydown::explain
