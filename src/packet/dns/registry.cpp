#include "packet/dns/registry.h"

#include <array>

#include <fmt/format.h>

namespace whydown::packet::dns {
namespace {

struct Entry {
  std::uint16_t value;
  std::string_view name;
  std::string_view meaning;
};

constexpr Entry kTypes[] = {
    {1, "A", "the IPv4 address"},
    {2, "NS", "the servers responsible for the zone"},
    {5, "CNAME", "the name it is another name for"},
    {6, "SOA", "the zone's own data"},
    {10, "NULL", "any data, as tunnels use it"},
    {12, "PTR", "the name that belongs to an address"},
    {13, "HINFO", "the kind of machine"},
    {15, "MX", "the servers that take mail"},
    {16, "TXT", "free text"},
    {17, "RP", "the person responsible"},
    {24, "SIG", "an old kind of signature"},
    {25, "KEY", "an old kind of key"},
    {28, "AAAA", "the IPv6 address"},
    {29, "LOC", "the place on earth"},
    {33, "SRV", "the server and port of a service"},
    {35, "NAPTR", "rules that rewrite names"},
    {38, "A6", "an IPv6 address, in a form given up"},
    {39, "DNAME", "the name a whole branch is another name for"},
    {41, "OPT", "options of the message (EDNS)"},
    {43, "DS", "the fingerprint of a child zone's key (DNSSEC)"},
    {44, "SSHFP", "the fingerprint of a machine's SSH key"},
    {46, "RRSIG", "the signature over other records (DNSSEC)"},
    {47, "NSEC", "proof of what does not exist (DNSSEC)"},
    {48, "DNSKEY", "the zone's public key (DNSSEC)"},
    {50, "NSEC3", "proof of what does not exist (DNSSEC)"},
    {51, "NSEC3PARAM", "how such proofs are made (DNSSEC)"},
    {52, "TLSA", "the certificate a TLS server shows"},
    {59, "CDS", "a fingerprint for the parent zone (DNSSEC)"},
    {60, "CDNSKEY", "a key for the parent zone (DNSSEC)"},
    {64, "SVCB", "how to reach a service"},
    {65, "HTTPS", "how to reach the web server"},
    {99, "SPF", "who may send its mail"},
    {249, "TKEY", "a secret key for two servers"},
    {250, "TSIG", "the signature of this message"},
    {251, "IXFR", "the changes of a zone"},
    {252, "AXFR", "a copy of the whole zone"},
    {255, "ANY", "whatever records there are"},
    {256, "URI", "an address of the web"},
    {257, "CAA", "who may issue its certificates"},
};

constexpr Entry kRcodes[] = {
    {0, "no error", "the query was understood and answered"},
    {1, "FORMERR", "the server could not make sense of the query"},
    {2, "SERVFAIL", "the server tried and could not find the answer"},
    {3, "NXDOMAIN", "the name does not exist"},
    {4, "NOTIMP", "the server does not do this kind of query"},
    {5, "REFUSED", "the server will not answer this client or this question"},
    {6, "YXDOMAIN", "a name exists that should not"},
    {7, "YXRRSET", "records exist that should not"},
    {8, "NXRRSET", "records that should exist do not"},
    {9, "NOTAUTH", "the server is not responsible for the zone, or the client may not do this"},
    {10, "NOTZONE", "the name lies outside the zone"},
    {16, "BADVERS", "the server does not speak this version of EDNS"},
    {23, "BADCOOKIE", "the server wants the query again with its cookie"},
};

constexpr Entry kOpcodes[] = {{0, "query", ""},  {1, "inverse query", ""}, {2, "status", ""},
                              {4, "notify", ""}, {5, "update", ""},        {6, "stateful", ""}};

// RFC 8914 5.2, and what was registered since.
constexpr std::array<std::string_view, 31> kExtendedErrors{
    "Other Error",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDOMAIN Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
    "Signature Expired before Valid",
    "Too Early",
    "Unsupported NSEC3 Iterations Value",
    "Unable to conform to policy",
    "Synthesized",
    "Invalid Query Type",
};

template <std::size_t N>
const Entry* find(const Entry (&table)[N], std::uint16_t value) {
  for (const Entry& entry : table) {
    if (entry.value == value) return &entry;
  }
  return nullptr;
}

}  // namespace

std::string type_name(std::uint16_t type) {
  const Entry* entry = find(kTypes, type);
  return entry != nullptr ? std::string(entry->name) : fmt::format("TYPE{}", type);
}

std::optional<std::uint16_t> type_from(std::string_view name) {
  for (const Entry& entry : kTypes) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

std::string_view type_meaning(std::uint16_t type) {
  const Entry* entry = find(kTypes, type);
  return entry != nullptr ? entry->meaning : std::string_view{};
}

std::string rcode_name(Rcode rcode) {
  const auto value = static_cast<std::uint16_t>(rcode);
  const Entry* entry = find(kRcodes, value);
  return entry != nullptr ? std::string(entry->name) : fmt::format("rcode {}", value);
}

std::string_view rcode_meaning(Rcode rcode) {
  const Entry* entry = find(kRcodes, static_cast<std::uint16_t>(rcode));
  return entry != nullptr ? entry->meaning : std::string_view{};
}

std::string_view extended_error_name(std::uint16_t code) {
  return code < kExtendedErrors.size() ? kExtendedErrors[code] : std::string_view{};
}

std::string_view opcode_name(std::uint8_t opcode) {
  const Entry* entry = find(kOpcodes, opcode);
  return entry != nullptr ? entry->name : std::string_view{};
}

}  // namespace whydown::packet::dns
