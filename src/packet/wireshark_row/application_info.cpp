// What applications over TCP say, as the Info column shows it:
//
//   SMTP, POP   "S: 550 5.7.1 Relay denied", "C: MAIL FROM:<a@b>", "S: 250-mail | SIZE 1 | DSN"
//   FTP, IMAP   "Response: 530 Login incorrect.", "Request: USER anna"
//   SSH         "Server: Protocol (SSH-2.0-OpenSSH_9.2)", "Client: Key Exchange Init", "Client: "
//   TLS         as it is
#include <algorithm>
#include <array>

#include "capture/text/scan.h"
#include "packet/wireshark_row/info.h"

namespace whydown::packet::row {
namespace {

namespace scan = capture::text;

// "[TCP Previous segment not captured] , Application Data"
void skip_remarks(std::string_view& info) {
  while (info.starts_with("[TCP ")) {
    const std::size_t end = info.find(']');
    if (end == std::string_view::npos) return;
    info.remove_prefix(end + 1);
    while (info.starts_with(' ') || info.starts_with(',')) info.remove_prefix(1);
  }
}

// Lines behind "S: " or "Response: ". A row without such a head shows a part of a longer message.
std::string_view spoken(std::string_view info) {
  for (const std::string_view head : {"S: ", "C: ", "Response: ", "Request: "}) {
    if (scan::take(info, head)) return info;
  }
  return {};
}

std::string_view ssh_words(std::string_view info) {
  constexpr std::string_view kBanner = "Protocol (";
  const std::size_t at = info.find(kBanner);
  if (at == std::string_view::npos) return info;
  info.remove_prefix(at + kBanner.size());
  return info.substr(0, info.rfind(')'));
}

}  // namespace

Tongue tongue_of(std::string_view protocol) {
  struct Name {
    std::string_view name;
    Tongue tongue;
  };
  // "TLSv1.3", "SSLv3", "HTTP2", "HTTP/JSON", "SMTP/IMF", "SSHv2".
  constexpr std::array<Name, 8> kNames{{{"TLS", Tongue::tls},
                                        {"SSL", Tongue::tls},
                                        {"HTTP", Tongue::http},
                                        {"SMTP", Tongue::smtp},
                                        {"FTP", Tongue::ftp},
                                        {"POP", Tongue::pop},
                                        {"IMAP", Tongue::imap},
                                        {"SSH", Tongue::ssh}}};
  const auto* const found = std::ranges::find_if(
      kNames, [&](const Name& name) { return scan::starts_ignoring_case(protocol, name.name); });
  return found == kNames.end() || protocol == "FTP-DATA" ? Tongue::unknown : found->tongue;
}

std::string_view words_of(Tongue tongue, std::string_view info) {
  skip_remarks(info);
  switch (tongue) {
    case Tongue::tls:
      return info;
    case Tongue::smtp:
    case Tongue::pop:
    case Tongue::ftp:
    case Tongue::imap:
      return spoken(info);
    case Tongue::ssh:
      return ssh_words(info);
    case Tongue::http:
    case Tongue::unknown:
      break;
  }
  return {};
}

}  // namespace whydown::packet::row
