#include "journey/portal_probes.h"

#include <algorithm>
#include <array>

namespace whydown::journey {

namespace {

// Android, ChromeOS and Chromium; Apple; Windows; Firefox; NetworkManager as Fedora, Debian, Ubuntu
// and GNOME set it up.
constexpr std::array<PortalProbe, 18> kProbes{{
    {"connectivitycheck.gstatic.com", "/generate_204", ""},
    {"connectivitycheck.android.com", "/generate_204", ""},
    {"www.gstatic.com", "/generate_204", ""},
    {"www.google.com", "/generate_204", ""},
    {"www.google.com", "/gen_204", ""},
    {"clients1.google.com", "/generate_204", ""},
    {"clients3.google.com", "/generate_204", ""},
    {"play.googleapis.com", "/generate_204", ""},
    {"captive.apple.com", "/hotspot-detect.html", "Success"},
    {"www.apple.com", "/library/test/success.html", "Success"},
    {"www.msftconnecttest.com", "/connecttest.txt", "Microsoft Connect Test"},
    {"ipv6.msftconnecttest.com", "/connecttest.txt", "Microsoft Connect Test"},
    {"www.msftncsi.com", "/ncsi.txt", "Microsoft NCSI"},
    {"detectportal.firefox.com", "/success.txt", "success"},
    {"detectportal.firefox.com", "/canonical.html", "captive-portal"},
    {"fedoraproject.org", "/static/hotspot.txt", "OK"},
    {"network-test.debian.org", "/nm", "NetworkManager is online"},
    {"nmcheck.gnome.org", "/check_network_status.txt", "NetworkManager is online"},
}};

// Compressed content shows no words.
bool is_text(std::string_view body) {
  return std::ranges::all_of(body.substr(0, 64), [](char c) {
    return (c >= ' ' && c < 0x7f) || c == '\n' || c == '\r' || c == '\t';
  });
}

}  // namespace

const PortalProbe* portal_probe(std::string_view host, std::string_view path) {
  const auto found = std::ranges::find_if(
      kProbes, [&](const PortalProbe& probe) { return probe.path == path && probe.host == host; });
  return found == kProbes.end() ? nullptr : &*found;
}

Passage passage_of(const PortalProbe& probe, const PortalAnswer& answer) {
  constexpr std::uint16_t kOk = 200;
  constexpr std::uint16_t kNoContent = 204;
  if (answer.status >= 300 && answer.status < 400 && answer.status != 304) return Passage::barred;
  if (probe.word.empty()) {
    if (answer.status == kNoContent) return Passage::open;
    return answer.status == kOk && answer.has_content && !answer.is_head ? Passage::barred
                                                                         : Passage::unknown;
  }
  if (answer.status != kOk || answer.body.empty() || !is_text(answer.body)) return Passage::unknown;
  if (answer.body.find(probe.word) != std::string_view::npos) return Passage::open;
  // The word may come later in a long text; those that are meant are short.
  constexpr std::size_t kEnough = 128;
  return answer.body.size() >= kEnough ? Passage::barred : Passage::unknown;
}

}  // namespace whydown::journey
