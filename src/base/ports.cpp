#include "base/ports.h"

#include <algorithm>
#include <array>

namespace whydown::base {
namespace {

using std::string_view;

struct Port {
  std::uint16_t number;
  string_view name;
  string_view purpose;
  string_view title = {};
};

constexpr std::array kPorts = {
    Port{20, "ftp-data", "file transfer"},
    Port{21, "ftp", "file transfer", "FTP, file transfer"},
    Port{22, "ssh", "remote login", "SSH, remote login"},
    Port{23, "telnet", "remote login, not encrypted"},
    Port{25, "smtp", "mail between servers", "SMTP, handing over e-mail"},
    Port{53, "domain", "turning names into addresses",
         "DNS, the service that turns names into addresses"},
    Port{67, "bootps", "giving out addresses", "DHCP, handing out addresses"},
    Port{68, "bootpc", "receiving an address"},
    Port{69, "tftp", "simple file transfer"},
    Port{80, "http", "the web, not encrypted", "HTTP, web pages without encryption"},
    Port{88, "kerberos", "signing in"},
    Port{110, "pop3", "fetching mail", "POP3, fetching e-mail"},
    Port{123, "ntp", "setting the clock", "NTP, the time of day"},
    Port{137, "netbios-ns", "Windows names"},
    Port{139, "netbios-ssn", "Windows file sharing"},
    Port{143, "imap", "reading mail", "IMAP, reading e-mail"},
    Port{161, "snmp", "monitoring devices", "SNMP, watching devices"},
    Port{389, "ldap", "the directory of users", "LDAP, the directory of users"},
    Port{443, "https", "the web, encrypted", "HTTPS, encrypted web pages"},
    Port{445, "microsoft-ds", "Windows file sharing", "SMB, shared files"},
    Port{465, "submissions", "sending mail", "SMTP over TLS, sending e-mail"},
    Port{514, "syslog", "collecting logs", "syslog, log messages"},
    Port{587, "submission", "sending mail", "SMTP, sending e-mail"},
    Port{636, "ldaps", "the directory of users"},
    Port{853, "domain-s", "turning names into addresses, encrypted",
         "DNS over TLS, encrypted name lookups"},
    Port{993, "imaps", "reading mail", "IMAP over TLS, reading e-mail"},
    Port{995, "pop3s", "fetching mail"},
    Port{1433, "ms-sql-s", "a database"},
    Port{1521, "oracle", "a database"},
    Port{1812, "radius", "signing in to the network"},
    Port{1883, "mqtt", "messages of devices"},
    Port{2049, "nfs", "file sharing"},
    Port{3306, "mysql", "a database", "MySQL, a database"},
    Port{3389, "ms-wbt-server", "remote desktop", "RDP, remote desktop"},
    Port{5060, "sip", "telephony"},
    Port{5353, "mdns", "names on the local network"},
    Port{5432, "postgresql", "a database", "PostgreSQL, a database"},
    Port{6379, "redis", "a data store"},
    Port{8080, "http-alt", "the web, not encrypted", "HTTP, web pages on a second port"},
    Port{8443, "https-alt", "the web, encrypted"},
    Port{27017, "mongodb", "a database"},
};

const Port* find_port(std::uint16_t number) {
  const auto found = std::ranges::lower_bound(kPorts, number, {}, &Port::number);
  return found != kPorts.end() && found->number == number ? &*found : nullptr;
}

}  // namespace

string_view port_name(std::uint16_t port) {
  const Port* found = find_port(port);
  return found != nullptr ? found->name : string_view{};
}

string_view port_purpose(std::uint16_t port) {
  const Port* found = find_port(port);
  return found != nullptr ? found->purpose : string_view{};
}

string_view port_title(std::uint16_t port) {
  const Port* found = find_port(port);
  return found != nullptr ? found->title : string_view{};
}

}  // namespace whydown::base
