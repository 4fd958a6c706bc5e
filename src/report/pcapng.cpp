// The evidence as a capture that Wireshark opens: the packets an incident cites, each with comments
// that say what it shows. Blocks as in draft-ietf-opsawg-pcapng, little-endian.
//
// One section. One interface per input and link type, so that the merged packets still say where
// each comes from. Packets in the order of time; a packet's number in its own input is in its first
// comment.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/kept_frame.h"
#include "base/sha256.h"
#include "report/cited.h"
#include "report/incident_words.h"
#include "report/method.h"
#include "report/renderers.h"

namespace whydown::report {
namespace {

constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;
constexpr std::uint32_t kInterface = 1;
constexpr std::uint32_t kEnhancedPacket = 6;
constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kComment = 1;
constexpr std::uint16_t kApplication = 4;       // shb_userappl
constexpr std::uint16_t kInterfaceName = 2;     // if_name
constexpr std::uint16_t kDescription = 3;       // if_description
constexpr std::uint16_t kTimeResolution = 9;    // if_tsresol
constexpr std::uint16_t kPacketFlags = 2;       // epb_flags
constexpr std::size_t kMostOptionBytes = 8192;  // of one option; the format allows 65535

// --- Bytes -------------------------------------------------------------------------------------

void put16(std::string& out, std::uint16_t value) {
  out += static_cast<char>(value & 0xffU);
  out += static_cast<char>(value >> 8U);
}
void put32(std::string& out, std::uint32_t value) {
  put16(out, static_cast<std::uint16_t>(value & 0xffffU));
  put16(out, static_cast<std::uint16_t>(value >> 16U));
}
void pad(std::string& out) { out.append((4 - out.size() % 4) % 4, '\0'); }

// No character is cut in two: `text` is UTF-8.
std::string_view shortened(std::string_view text) {
  if (text.size() <= kMostOptionBytes) return text;
  std::size_t size = kMostOptionBytes;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) --size;
  return text.substr(0, size);
}

void put_option(std::string& out, std::uint16_t code, std::string_view value) {
  value = shortened(value);
  put16(out, code);
  put16(out, static_cast<std::uint16_t>(value.size()));
  out += value;
  pad(out);
}

void put_block(std::string& out, std::uint32_t type, std::string body) {
  put16(body, kEndOfOptions);
  put16(body, 0);
  const auto length = static_cast<std::uint32_t>(body.size() + 12);
  put32(out, type);
  put32(out, length);
  out += body;
  put32(out, length);
}

// --- Words -------------------------------------------------------------------------------------

std::string left_out_words(const EvidenceBytes& evidence) {
  std::string text;
  if (evidence.without_bytes > 0) {
    text += fmt::format(" {} cited from a text log {} not here: a log has words, no bytes.",
                        counted(evidence.without_bytes, "packet", "packets"),
                        evidence.without_bytes == 1 ? "is" : "are");
  }
  if (evidence.beyond_limit > 0) {
    text += fmt::format(" {} {} left out for size.",
                        counted(evidence.beyond_limit, "packet", "packets"),
                        evidence.beyond_limit == 1 ? "was" : "were");
  }
  return text;
}

// The JSON report of this very run: in a bundle, the file beside this one.
std::string report_hash(const diagnosis::Diagnosis& diagnosis, const Options& options) {
  Options json = options;
  json.format = Format::json;
  return base::sha256_hex(render_json(diagnosis, json));
}

std::string section_words(const diagnosis::Diagnosis& diagnosis, const Options& options) {
  std::string text =
      fmt::format("Evidence of the report by {}: {}", tool_words(options), verdict_line(diagnosis));
  for (const diagnosis::Incident& incident : diagnosis.incidents) {
    text += fmt::format("\nIncident {}: {}", incident.id, incident.summary);
  }
  text += fmt::format("\n{} with comments; the rest of the capture is not here.{}",
                      counted(options.evidence.frames.size(), "packet", "packets"),
                      left_out_words(options.evidence));
  for (std::size_t i = 0; i < diagnosis.inputs.size(); ++i) {
    const base::InputInfo& input = diagnosis.inputs[i];
    text += fmt::format("\nInput {}: {}", i + 1, input.path);
    if (!input.sha256.empty()) text += fmt::format(", SHA-256 {}", input.sha256);
  }
  text += fmt::format("\nSHA-256 of the JSON report: {}", report_hash(diagnosis, options));
  return text;
}

std::string file_name(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos || slash + 1 == path.size() ? path : path.substr(slash + 1);
}

// --- Blocks ------------------------------------------------------------------------------------

struct Interface {
  std::uint16_t input = 0;
  std::uint16_t link_type = 0;
  bool is_nano = false;  // some time of it needs nanoseconds
};

using FrameList = std::vector<const base::KeptFrame*>;

std::vector<Interface> interfaces_of(const FrameList& frames) {
  std::vector<Interface> out;
  for (const base::KeptFrame* frame : frames) {
    auto found = std::ranges::find_if(out, [&](const Interface& known) {
      return known.input == frame->place.input && known.link_type == frame->link_type;
    });
    if (found == out.end()) {
      found = out.insert(out.end(), {frame->place.input, frame->link_type, false});
    }
    found->is_nano = found->is_nano || base::ns_of(frame->place.time) % 1000 != 0;
  }
  return out;
}

std::string section_block(const diagnosis::Diagnosis& diagnosis, const Options& options) {
  std::string body;
  put32(body, 0x1a2b3c4d);  // byte order
  put16(body, 1);           // version 1.0
  put16(body, 0);
  put32(body, 0xffffffff);  // section length: not given
  put32(body, 0xffffffff);
  put_option(body, kComment, section_words(diagnosis, options));
  put_option(body, kApplication, tool_words(options));
  std::string out;
  put_block(out, kSectionHeader, std::move(body));
  return out;
}

void put_interface(std::string& out, const Interface& interface,
                   const std::vector<base::InputInfo>& inputs) {
  std::string body;
  put16(body, interface.link_type);
  put16(body, 0);
  put32(body, 0);  // no snap length
  if (interface.input < inputs.size()) {
    const base::InputInfo& input = inputs[interface.input];
    put_option(body, kInterfaceName, file_name(input.path));
    put_option(body, kDescription,
               fmt::format("input {} of the report: {}", interface.input + 1, input.path));
  }
  put_option(body, kTimeResolution, interface.is_nano ? "\x09" : "\x06");
  put_block(out, kInterface, std::move(body));
}

void put_packet(std::string& out, const base::KeptFrame& frame, std::size_t index,
                const Interface& interface, const std::vector<std::string>& comments) {
  // Times before 1970 do not exist in this format.
  const auto ns =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, base::ns_of(frame.place.time)));
  const std::uint64_t ticks = interface.is_nano ? ns : ns / 1000;
  std::string body;
  put32(body, static_cast<std::uint32_t>(index));
  put32(body, static_cast<std::uint32_t>(ticks >> 32U));
  put32(body, static_cast<std::uint32_t>(ticks & 0xffffffffU));
  const auto size = static_cast<std::uint32_t>(frame.bytes.size());
  put32(body, size);
  put32(body, std::max(size, frame.wire_length));
  body.append(frame.bytes.begin(), frame.bytes.end());
  pad(body);
  std::string lead =
      fmt::format("Packet {} of input {}. ", frame.place.number, frame.place.input + 1);
  for (const std::string& comment : comments) {
    put_option(body, kComment, lead + comment);
    lead.clear();
  }
  if (frame.direction != base::FrameDirection::unknown) {
    std::string flags;
    put32(flags, frame.direction == base::FrameDirection::inbound ? 1 : 2);
    put_option(body, kPacketFlags, flags);
  }
  put_block(out, kEnhancedPacket, std::move(body));
}

}  // namespace

std::string render_pcapng(const diagnosis::Diagnosis& diagnosis, const Options& options) {
  FrameList frames;
  for (const base::KeptFrame& frame : options.evidence.frames) frames.push_back(&frame);
  std::ranges::stable_sort(frames, {}, [](const base::KeptFrame* frame) { return frame->place; });

  std::string out = section_block(diagnosis, options);
  const std::vector<Interface> interfaces = interfaces_of(frames);
  for (const Interface& interface : interfaces) put_interface(out, interface, diagnosis.inputs);
  const PacketComments comments = packet_comments(diagnosis);
  for (const base::KeptFrame* frame : frames) {
    const auto found = comments.find(frame->place);
    const auto interface = std::ranges::find_if(interfaces, [&](const Interface& known) {
      return known.input == frame->place.input && known.link_type == frame->link_type;
    });
    if (interface == interfaces.end()) continue;  // cannot be: each frame made its own
    put_packet(out, *frame, static_cast<std::size_t>(interface - interfaces.begin()), *interface,
               found == comments.end() ? std::vector<std::string>{} : found->second);
  }
  return out;
}

}  // namespace whydown::report
