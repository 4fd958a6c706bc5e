#include "redact/redact.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace whydown::redact {
namespace {

// pcap-filter(7), as far as the words name no host.
constexpr std::string_view kFilterWords =
    " host net mask port portrange src dst and or not less greater len proto protochain gateway"
    " broadcast multicast inbound outbound vlan mpls pppoed pppoes ether ip ip6 arp rarp tcp udp"
    " icmp icmp6 igmp igrp esp ah vrrp sctp link ifname on tcpflags tcp-syn tcp-ack tcp-rst tcp-fin"
    " tcp-push icmptype icmpcode domain http https ssh ntp smtp bootps bootpc snmp syslog ";

bool is_filter_word(std::string_view word) {
  return kFilterWords.find(' ' + std::string(word) + ' ') != std::string_view::npos;
}

bool is_number(std::string_view word) {
  return std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

// What a word of a filter is made of; all else separates words.
bool is_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == ':' || c == '-' || c == '_';
}

bool is_separator(char c) {
  return std::string_view(" ()[]!&|=<>/,+*").find(c) != std::string_view::npos;
}

// Labels with dots, the last of letters alone: "dns.google", but not "3.9", "e.g" or "10.30".
bool looks_like_name(std::string_view word) {
  const std::size_t dot = word.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || word.find("..") != std::string_view::npos) {
    return false;
  }
  const std::string_view last = word.substr(dot + 1);
  return last.size() >= 2 && word.find(':') == std::string_view::npos &&
         std::ranges::all_of(last, [](char c) { return c >= 'a' && c <= 'z'; });
}

// From the first quote to the last: an unread line may hold quotes itself.
void withhold_quotes(std::string& text) {
  const std::size_t first = text.find('"');
  const std::size_t last = text.rfind('"');
  if (first == std::string::npos) return;
  const std::size_t end = last == first ? text.size() : last + 1;
  text.replace(first, end - first, "[withheld]");
}

}  // namespace

std::string input_name(std::size_t index) { return fmt::format("input-{}", index + 1); }

Redactor::Redactor(const Key& key)
    : addresses_(key), names_(key), hash_key_(key_for(key, "input hash")) {}

base::IpAddress Redactor::address(const base::IpAddress& original) const {
  return addresses_.address(original);
}

std::string Redactor::name(std::string_view original) const {
  if (original == ".") return ".";
  names_shown_.emplace(original);
  return names_.name(original);
}

std::string Redactor::filter(std::string_view original) const {
  std::string out;
  for (std::size_t at = 0; at < original.size();) {
    std::size_t end = at;
    while (end < original.size() && is_of_word(original[end])) ++end;
    const std::string_view word = original.substr(at, end - at);
    if (word.empty()) {
      out += is_separator(original[at]) ? original[at] : '?';
      ++at;
      continue;
    }
    if (const auto address = base::IpAddress::parse(word)) {
      out += this->address(*address).to_string();
    } else if (const auto mac = base::MacAddress::parse(word)) {
      out += this->mac(*mac).to_string();
    } else {
      out += is_filter_word(word) || is_number(word) ? std::string(word) : name(word);
    }
    at = end;
  }
  return out;
}

std::string Redactor::text(std::string_view original) const {
  std::string out;
  for (std::size_t at = 0; at < original.size();) {
    std::size_t end = at;
    while (end < original.size() && is_of_word(original[end])) ++end;
    if (end == at) {
      out += original[at++];
      continue;
    }
    out += word_of_text(original.substr(at, end - at));
    at = end;
  }
  return out;
}

// A word with the full stop or colon that a sentence puts behind it, or a port.
std::string Redactor::word_of_text(std::string_view word) const {
  std::size_t size = word.size();
  while (size > 0 && (word[size - 1] == '.' || word[size - 1] == ':')) --size;
  std::string_view core = word.substr(0, size);
  const std::size_t colon = core.rfind(':');
  const bool has_port = colon != std::string_view::npos && core.find(':') == colon &&
                        colon + 1 < size && is_number(core.substr(colon + 1));
  if (has_port) core = core.substr(0, colon);
  const std::string rest(word.substr(core.size()));
  if (const auto address = base::IpAddress::parse(core)) {
    return this->address(*address).to_string() + rest;
  }
  if (const auto mac = base::MacAddress::parse(core)) return this->mac(*mac).to_string() + rest;
  std::string lower(core);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (looks_like_name(lower) || names_shown_.contains(lower)) return name(lower) + rest;
  return std::string(word);
}

std::string Redactor::keyed_hash(std::string_view sha256) const {
  if (sha256.empty()) return {};
  std::string out;
  for (const std::uint8_t byte : hmac(hash_key_, sha256)) out += fmt::format("{:02x}", byte);
  return out;
}

void Redactor::input(base::InputInfo& info, std::size_t index) const {
  info.path = input_name(index);
  info.hmac_sha256 = keyed_hash(info.sha256);
  info.sha256.clear();
  info.filter = filter(info.filter);
  for (base::QualityRemark& remark : info.remarks) withhold_quotes(remark.text);
}

}  // namespace whydown::redact
