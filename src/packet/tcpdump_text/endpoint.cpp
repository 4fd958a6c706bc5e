#include "packet/tcpdump_text/endpoint.h"

#include <algorithm>
#include <iterator>

#include "capture/text/scan.h"
#include "packet/dns/registry.h"

namespace whydown::packet::text {
namespace {

namespace scan = capture::text;

struct Service {
  std::string_view name;
  std::uint16_t port;
};
// Sorted by name. /etc/services is not read: the same log means the same everywhere.
constexpr Service kServices[] = {
    {"auth", 113},
    {"bgp", 179},
    {"bootpc", 68},
    {"bootps", 67},
    {"chargen", 19},
    {"daytime", 13},
    {"dhcpv6-client", 546},
    {"dhcpv6-server", 547},
    {"discard", 9},
    {"domain", 53},
    {"domain-s", 853},
    {"echo", 7},
    {"epmap", 135},
    {"finger", 79},
    {"ftp", 21},
    {"ftp-data", 20},
    {"ftps", 990},
    {"ftps-data", 989},
    {"git", 9418},
    {"gopher", 70},
    {"http", 80},
    {"http-alt", 8080},
    {"https", 443},
    {"imap", 143},
    {"imap2", 143},
    {"imaps", 993},
    {"ipp", 631},
    {"ipsec-nat-t", 4500},
    {"irc", 194},
    {"isakmp", 500},
    {"kerberos", 88},
    {"kerberos-sec", 88},
    {"l2f", 1701},
    {"ldap", 389},
    {"ldaps", 636},
    {"llmnr", 5355},
    {"loc-srv", 135},
    {"mdns", 5353},
    {"microsoft-ds", 445},
    {"ms-sql-m", 1434},
    {"ms-sql-s", 1433},
    {"ms-wbt-server", 3389},
    {"mysql", 3306},
    {"netbios-dgm", 138},
    {"netbios-ns", 137},
    {"netbios-ssn", 139},
    {"nfs", 2049},
    {"nntp", 119},
    {"ntp", 123},
    {"openvpn", 1194},
    {"pop3", 110},
    {"pop3s", 995},
    {"postgresql", 5432},
    {"qotd", 17},
    {"radius", 1812},
    {"radius-acct", 1813},
    {"rdp", 3389},
    {"redis", 6379},
    {"rsync", 873},
    {"rtsp", 554},
    {"sip", 5060},
    {"sip-tls", 5061},
    {"smtp", 25},
    {"smtps", 465},
    {"snmp", 161},
    {"snmp-trap", 162},
    {"snmptrap", 162},
    {"socks", 1080},
    {"ssdp", 1900},
    {"ssh", 22},
    {"submission", 587},
    {"submissions", 465},
    {"sunrpc", 111},
    {"syslog", 514},
    {"tacacs", 49},
    {"telnet", 23},
    {"tftp", 69},
    {"time", 37},
    {"webcache", 8080},
    {"whois", 43},
    {"x11", 6000},
    {"xmpp-client", 5222},
    {"xmpp-server", 5269},
};
static_assert(std::ranges::is_sorted(kServices, {}, &Service::name));

}  // namespace

base::IpAddress read_address(std::string_view word, base::Interner& names) {
  if (const auto address = base::IpAddress::parse(word)) return *address;
  const std::uint32_t id = names.add(word);
  return id == 0 ? base::IpAddress{} : base::IpAddress::host(id);
}

Endpoint read_endpoint(std::string_view word, bool ported, base::Interner& names) {
  Endpoint endpoint;
  if (const auto address = base::IpAddress::parse(word)) {
    endpoint.address = *address;
    return endpoint;
  }
  const std::size_t dot = word.rfind('.');
  if (ported && dot != std::string_view::npos && dot > 0) {
    endpoint.address = read_address(word.substr(0, dot), names);
    endpoint.port = read_port(word.substr(dot + 1)).value_or(0);
    return endpoint;
  }
  endpoint.address = read_address(word, names);
  return endpoint;
}

bool is_numeric_endpoint(std::string_view word) {
  const std::size_t dot = word.rfind('.');
  return dot != std::string_view::npos && !base::IpAddress::parse(word) &&
         base::IpAddress::parse(word.substr(0, dot)).has_value();
}

std::optional<std::uint16_t> read_port(std::string_view word) {
  if (const auto number = scan::port_number(word)) return number;
  const auto* const found = std::ranges::lower_bound(kServices, word, {}, &Service::name);
  if (found == std::end(kServices) || found->name != word) return std::nullopt;
  return found->port;
}

std::optional<std::uint16_t> read_dns_type(std::string_view word) {
  if (word == "*") return dns::type::any;
  if (const auto type = dns::type_from(word)) return type;
  if (!scan::starts_ignoring_case(word, "type")) return std::nullopt;
  return scan::port_number(word.substr(4));
}

bool write_name(std::string_view word, base::ShortText& name) {
  name.clear();
  if (word.size() > 1 && word.ends_with('.')) word.remove_suffix(1);
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != '\\') {
      const char low = scan::to_lower(c);
      if (!name.append({&low, 1})) return false;
      continue;
    }
    const char escaped[] = {'\\', static_cast<char>('0' + byte / 100),
                            static_cast<char>('0' + byte / 10 % 10),
                            static_cast<char>('0' + byte % 10)};
    if (!name.append({escaped, sizeof escaped})) return false;
  }
  return !name.empty();
}

std::uint32_t wire_name_length(std::string_view name) {
  if (name.empty() || name == ".") return 1;
  std::size_t length = name.size() + 2;  // a length byte for each label, and the root
  for (const char c : name) {
    if (c == '\\') length -= 3;  // "\046" is one byte
  }
  return static_cast<std::uint32_t>(length);
}

}  // namespace whydown::packet::text
