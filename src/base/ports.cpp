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
};

constexpr std::array kPorts = {
    Port{20, "ftp-data", "file transfer"},
    Port{21, "ftp", "file transfer"},
    Port{22, "ssh", "remote login"},
    Port{23, "telnet", "remote login, not encrypted"},
    Port{25, "smtp", "mail between servers"},
    Port{53, "domain", "turning names into addresses"},
    Port{67, "bootps", "giving out addresses"},
    Port{68, "bootpc", "receiving an address"},
    Port{69, "tftp", "simple file transfer"},
    Port{80, "http", "the web, not encrypted"},
    Port{88, "kerberos", "signing in"},
    Port{110, "pop3", "fetching mail"},
    Port{123, "ntp", "setting the clock"},
    Port{137, "netbios-ns", "Windows names"},
    Port{139, "netbios-ssn", "Windows file sharing"},
    Port{143, "imap", "reading mail"},
    Port{161, "snmp", "monitoring devices"},
    Port{389, "ldap", "the directory of users"},
    Port{443, "https", "the web, encrypted"},
    Port{445, "microsoft-ds", "Windows file sharing"},
    Port{465, "submissions", "sending mail"},
    Port{514, "syslog", "collecting logs"},
    Port{587, "submission", "sending mail"},
    Port{636, "ldaps", "the directory of users"},
    Port{853, "domain-s", "turning names into addresses, encrypted"},
    Port{993, "imaps", "reading mail"},
    Port{995, "pop3s", "fetching mail"},
    Port{1433, "ms-sql-s", "a database"},
    Port{1521, "oracle", "a database"},
    Port{1812, "radius", "signing in to the network"},
    Port{1883, "mqtt", "messages of devices"},
    Port{2049, "nfs", "file sharing"},
    Port{3306, "mysql", "a database"},
    Port{3389, "ms-wbt-server", "remote desktop"},
    Port{5060, "sip", "telephony"},
    Port{5353, "mdns", "names on the local network"},
    Port{5432, "postgresql", "a database"},
    Port{6379, "redis", "a data store"},
    Port{8080, "http-alt", "the web, not encrypted"},
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

}  // namespace whydown::base
