#include "probe/target.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/address.h"

namespace whydown::probe {
namespace {

constexpr const char* kExpected =
    "http://..., https://..., dns://SERVER/NAME?type=A, udp://HOST:PORT, HOST:PORT or a name";
constexpr std::size_t kLongestTarget = 2048;
constexpr std::size_t kLongestName = 253;  // RFC 1035 2.3.4, as text

base::Error bad(std::string_view text, const char* expected = kExpected) {
  return {"target", '"' + std::string(text) + '"', expected, "one target at a time"};
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0) return std::nullopt;
  return value;
}

// A name as resolvers take it; underscores are common in names of services.
bool is_host(std::string_view text) {
  if (text.empty() || text.size() > kLongestName || text.front() == '-') return false;
  if (base::IpAddress::parse(text)) return true;
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  };
  return std::ranges::all_of(text, is_good) && text.find("..") == std::string_view::npos &&
         text.front() != '.';
}

// IANA, DNS parameters, resource record types; what an outage is looked into with.
constexpr std::array<std::pair<std::string_view, std::uint16_t>, 12> kTypes{{{"A", 1},
                                                                             {"NS", 2},
                                                                             {"CNAME", 5},
                                                                             {"SOA", 6},
                                                                             {"PTR", 12},
                                                                             {"MX", 15},
                                                                             {"TXT", 16},
                                                                             {"AAAA", 28},
                                                                             {"SRV", 33},
                                                                             {"DS", 43},
                                                                             {"DNSKEY", 48},
                                                                             {"CAA", 257}}};

std::expected<void, base::Error> set_type(std::string_view query, Target& target) {
  if (query.empty()) return {};
  constexpr std::string_view key = "type=";
  if (!query.starts_with(key)) return std::unexpected(bad(query, "?type=A"));
  std::string name(query.substr(key.size()));
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
  const auto* const known =
      std::ranges::find(kTypes, std::string_view(name), &decltype(kTypes)::value_type::first);
  if (known == kTypes.end()) {
    return std::unexpected(
        bad(name, "a type: A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, SRV, DS, DNSKEY or CAA"));
  }
  target.type = known->second;
  target.type_name = name;
  return {};
}

// What stands behind "dns://".
std::expected<Target, base::Error> parse_dns(std::string_view rest, Target target) {
  target.kind = TargetKind::dns;
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return std::unexpected(bad(target.text));
  const auto server = parse_endpoint(rest.substr(0, slash), 53);
  if (!server) return std::unexpected(server.error());
  if (!base::IpAddress::parse(server->host)) {
    return std::unexpected(bad(server->host, "the DNS server's address"));
  }
  target.host = server->host;
  target.port = server->port;
  rest.remove_prefix(slash + 1);
  const std::size_t mark = rest.find('?');
  target.question = rest.substr(0, mark);
  if (!is_host(target.question)) return std::unexpected(bad(target.question, "a name to ask for"));
  if (mark == std::string_view::npos) return target;
  if (auto done = set_type(rest.substr(mark + 1), target); !done) {
    return std::unexpected(done.error());
  }
  return target;
}

// What stands behind "http://" or "https://".
std::expected<Target, base::Error> parse_url(std::string_view rest, Target target) {
  target.kind = TargetKind::url;
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) {
    return std::unexpected(base::Error{"target", "a URL with a user name", kExpected,
                                       "leave the user name and the password out"});
  }
  const std::uint16_t usual = target.is_https ? 443 : 80;
  const auto server = parse_endpoint(authority, usual);
  if (!server) return std::unexpected(server.error());
  target.host = server->host;
  target.port = server->port;
  return target;
}

// What stands behind "udp://" or "tcp://".
std::expected<Target, base::Error> parse_port(std::string_view rest, Target target) {
  const auto server = parse_endpoint(rest, 0);
  if (!server) return std::unexpected(server.error());
  if (server->port == 0) return std::unexpected(bad(target.text, "a port after the host"));
  target.host = server->host;
  target.port = server->port;
  return target;
}

}  // namespace

std::expected<Endpoint, base::Error> parse_endpoint(std::string_view text, std::uint16_t port) {
  Endpoint out{std::string(text), port};
  std::string_view behind;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::unexpected(bad(text));
    out.host = text.substr(1, close - 1);
    behind = text.substr(close + 1);
  } else if (std::ranges::count(text, ':') == 1) {
    out.host = text.substr(0, text.find(':'));
    behind = text.substr(text.find(':'));
  }
  if (!behind.empty()) {
    const auto number = behind.front() == ':' ? port_of(behind.substr(1)) : std::nullopt;
    if (!number) return std::unexpected(bad(text, "a port from 1 to 65535 after the colon"));
    out.port = *number;
  }
  if (!is_host(out.host)) return std::unexpected(bad(text));
  return out;
}

std::expected<Target, base::Error> parse_target(std::string_view text) {
  Target target;
  target.text = text;
  const bool has_blank = std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
  if (text.empty() || text.size() > kLongestTarget || has_blank) return std::unexpected(bad(text));
  const std::size_t scheme = text.find("://");
  if (scheme != std::string_view::npos) {
    const std::string_view name = text.substr(0, scheme);
    const std::string_view rest = text.substr(scheme + 3);
    target.is_https = name == "https";
    if (name == "dns") return parse_dns(rest, std::move(target));
    if (name == "http" || name == "https") return parse_url(rest, std::move(target));
    target.kind = name == "udp" ? TargetKind::udp : TargetKind::port;
    if (name == "udp" || name == "tcp") return parse_port(rest, std::move(target));
    return std::unexpected(bad(text));
  }
  const auto server = parse_endpoint(text, 0);
  if (!server) return std::unexpected(server.error());
  target.host = server->host;
  target.port = server->port;
  target.kind = server->port != 0 ? TargetKind::port : TargetKind::name;
  return target;
}

}  // namespace whydown::probe
