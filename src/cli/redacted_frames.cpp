#include "cli/redacted_frames.h"

#include <algorithm>
#include <array>
#include <optional>

namespace whydown::cli {
namespace {

constexpr std::string_view kWithheldWord = "withheld";

bool is_words(const capture::Frame& frame) {
  return frame.link_type == capture::LinkType::tcpdump_text ||
         frame.link_type == capture::LinkType::wireshark_row;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What an address, a name or a path is made of.
bool is_of_word(char c) {
  return is_letter(c) || is_digit(c) ||
         std::string_view(".:-_/%\\*~").find(c) != std::string_view::npos ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

std::string lower_case(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

bool is_method(std::string_view word) {
  constexpr std::array<std::string_view, 9> kMethods{
      "GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"};
  return std::ranges::find(kMethods, word) != kMethods.end();
}

// Versions and numbers with units: "HTTP/1.1", "TLSv1.2", "0.5s".
bool is_plain(std::string_view word) {
  constexpr std::array<std::string_view, 5> kVersions{"HTTP/", "TLSv", "SSLv", "QUIC", "v"};
  const bool is_version = std::ranges::any_of(kVersions, [&](std::string_view start) {
    return word.starts_with(start) && word.size() > start.size() && is_digit(word[start.size()]);
  });
  const bool is_number = is_digit(word.front()) && std::ranges::count_if(word, is_letter) <= 2 &&
                         is_digit(word[word.size() / 2]);
  return is_version || is_number;
}

// A final dot is how tools write a whole name; a dot inside separates its labels.
bool may_be_name(std::string_view word) {
  const std::size_t dot = word.find('.');
  return dot != std::string_view::npos && dot > 0 && std::ranges::any_of(word, is_letter) &&
         word.find('/') == std::string_view::npos && !is_plain(word);
}

capture::Frame as_frame(const capture::Frame& original, std::span<const std::uint8_t> bytes) {
  capture::Frame frame = original;
  frame.bytes = bytes;
  return frame;
}

}  // namespace

RedactedFrames::RedactedFrames(const redact::Redactor& redactor)
    : redactor_(redactor), packet_(std::make_unique<packet::Packet>()) {}

capture::Frame RedactedFrames::operator()(const capture::Frame& original) {
  if (is_words(original)) {
    text_ = record(original);
    return as_frame(original, {reinterpret_cast<const std::uint8_t*>(text_.data()), text_.size()});
  }
  kept_ = redactor_.frame({.place = original.place,
                           .bytes = {original.bytes.begin(), original.bytes.end()},
                           .wire_length = original.wire_length,
                           .link_type = static_cast<std::uint16_t>(original.link_type),
                           .direction = base::FrameDirection::unknown,
                           .has_time = original.has_time});
  return as_frame(original, kept_.bytes);
}

std::string RedactedFrames::record(const capture::Frame& original) {
  decoder_.decode(original, *packet_);
  if (packet_->network == packet::Network::none &&
      packet_->application == packet::Application::none) {
    return std::string(kWithheldWord);
  }
  const std::string_view rest(reinterpret_cast<const char*>(original.bytes.data()),
                              original.bytes.size());
  std::string out;
  bool after_method = false;
  bool quoted = false;
  for (std::size_t at = 0; at < rest.size();) {
    if (rest[at] == '"') quoted = !quoted;
    std::size_t end = at;
    while (end < rest.size() && is_of_word(rest[end])) ++end;
    if (end == at) {
      out += rest[at++];
      continue;
    }
    const std::string_view token = rest.substr(at, end - at);
    out += quoted ? std::string(kWithheldWord) : word(token, after_method);
    after_method = is_method(token);
    at = end;
  }
  return out;
}

std::string RedactedFrames::word(std::string_view word, bool after_method) const {
  if (after_method || word.starts_with('/') || word.find("//") != std::string_view::npos) {
    return "/" + std::string(kWithheldWord);
  }
  // "192.0.2.1.53:", "laptop.46012", "dns.domain": the port stays.
  std::size_t size = word.size();
  while (size > 0 && (word[size - 1] == ':' || word[size - 1] == '.')) --size;
  const std::string_view core = word.substr(0, size);
  std::string tail(word.substr(size));
  if (core.empty()) return tail;
  if (const std::string shown = own(core); !shown.empty()) return shown + tail;
  const std::size_t dot = core.rfind('.');
  if (dot != std::string_view::npos && dot > 0) {
    if (const std::string shown = own(core.substr(0, dot)); !shown.empty()) {
      return shown + std::string(core.substr(dot)) + tail;
    }
  }
  const bool is_whole_name = tail.starts_with('.') && std::ranges::any_of(core, is_letter);
  if (!is_whole_name && !may_be_name(core)) return std::string(word);
  return redactor_.name(lower_case(core)) + tail;
}

// The stand-in of an address, a hardware address, or of a host that the record speaks of; empty for
// all else.
std::string RedactedFrames::own(std::string_view word) const {
  if (const auto address = base::IpAddress::parse(word)) {
    return redactor_.address(*address).to_string();
  }
  if (const auto mac = base::MacAddress::parse(word)) return redactor_.mac(*mac).to_string();
  const packet::Packet& packet = *packet_;
  for (const base::IpAddress& host :
       {packet.ip.source, packet.ip.destination, packet.arp.sender, packet.arp.target,
        packet.icmp.target, packet.icmp.quoted.ip.source, packet.icmp.quoted.ip.destination}) {
    if (host.kind() == base::AddressKind::host && names_.text(host.host_id()) == word) {
      return redactor_.name(lower_case(word));
    }
  }
  const bool asks = packet.application == packet::Application::dns;
  const std::string lower = lower_case(word);
  if (asks && packet.dns.question_name.view() == lower) return redactor_.name(lower);
  return {};
}

}  // namespace whydown::cli
