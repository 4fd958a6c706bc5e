#include "capture/sniff.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace whydown::capture {

namespace {

using Bytes = std::span<const std::uint8_t>;
using namespace std::string_view_literals;

constexpr const char* kConvert =
    "convert it with 'editcap IN OUT.pcapng', or 'tshark -r IN -w OUT.pcapng'";
constexpr const char* kUnpack = "unpack it and give the capture in it";
constexpr const char* kGiveCapture = "give the capture, or the log as plain text";

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  const char* name;
  const char* advice;
};

// https://www.garykessler.net/library/file_sigs.html; capture formats as Wireshark's wiretap/.
constexpr std::array kMagics{
    Magic{0, "snoop\0\0\0"sv, "a snoop capture (Solaris)", kConvert},
    Magic{0, "GMBU"sv, "a Microsoft Network Monitor capture", kConvert},
    Magic{0, "RTSS"sv, "a Microsoft Network Monitor 1.x capture", kConvert},
    Magic{0, "TRSNIFF data"sv, "a Sniffer capture (Network General)", kConvert},
    Magic{0, "XCP\0"sv, "a NetXRay or Sniffer capture", kConvert},
    Magic{0, "iptrace "sv, "an AIX iptrace capture", kConvert},
    Magic{0, "btsnoop\0"sv, "a Bluetooth snoop capture", "it holds no network traffic"},
    Magic{0, "\x1f\x8b"sv, "a gzip file within the compressed file", kUnpack},
    Magic{0, "BZh"sv, "a file packed with bzip2", "unpack it with 'bunzip2 -k'"},
    Magic{0,
          "\xfd"
          "7zXZ\0"sv,
          "a file packed with xz", "unpack it with 'unxz -k'"},
    Magic{0, "\x04\x22\x4d\x18"sv, "a file packed with lz4", "unpack it with 'lz4 -d'"},
    Magic{0, "\x28\xb5\x2f\xfd"sv, "a zstd file within the compressed file", kUnpack},
    Magic{0, "PK\x03\x04"sv, "a ZIP archive (or a DOCX, XLSX, ODT document)", kUnpack},
    Magic{0, "7z\xbc\xaf\x27\x1c"sv, "a 7z archive", kUnpack},
    Magic{0, "Rar!\x1a\x07"sv, "a RAR archive", kUnpack},
    Magic{257, "ustar"sv, "a tar archive", kUnpack},
    Magic{0, "\x89PNG\r\n\x1a\n"sv, "a PNG image", kGiveCapture},
    Magic{0, "\xff\xd8\xff"sv, "a JPEG image", kGiveCapture},
    Magic{0, "GIF8"sv, "a GIF image", kGiveCapture},
    Magic{8, "WEBP"sv, "a WebP image", kGiveCapture},
    Magic{4, "ftyp"sv, "a video or HEIC image", kGiveCapture},
    Magic{0, "%PDF-"sv, "a PDF document", kGiveCapture},
    Magic{0, "{\\rtf"sv, "an RTF document", "save it as plain text"},
    Magic{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "a Microsoft Office document", kGiveCapture},
    Magic{0, "SQLite format 3\0"sv, "an SQLite database", kGiveCapture},
    Magic{0,
          "\x7f"
          "ELF"sv,
          "an ELF program", kGiveCapture},
};

bool starts_at(Bytes head, std::size_t offset, std::string_view magic) {
  if (head.size() < offset + magic.size()) return false;
  return std::equal(magic.begin(), magic.end(), head.begin() + static_cast<std::ptrdiff_t>(offset),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

// Controls that no log holds: all but tab, line ends, form feed, backspace and colour escapes.
bool is_binary(std::uint8_t byte) {
  constexpr std::string_view allowed = "\t\n\r\f\b\x1b\x1a"sv;
  return byte < 0x20 && allowed.find(static_cast<char>(byte)) == std::string_view::npos;
}

std::string hex(Bytes bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes)
    text += fmt::format("{}{:02x}", text.empty() ? "" : " ", byte);
  return text;
}

}  // namespace

Utf16 utf16_of(Bytes head) {
  if (starts_at(head, 0, "\xff\xfe"sv)) return {Utf16::Order::little, 2};
  if (starts_at(head, 0, "\xfe\xff"sv)) return {Utf16::Order::big, 2};
  // The mark may have got lost; the zeros of the letters are there. A log begins with Latin ones.
  constexpr std::size_t least = 8;
  constexpr std::size_t looked_at = 64;
  const std::size_t pairs = std::min(head.size(), looked_at) / 2;
  if (pairs * 2 < least) return {};
  std::size_t first = 0;
  std::size_t second = 0;
  for (std::size_t i = 0; i < pairs; ++i) {
    if (head[2 * i] == 0) ++first;
    if (head[2 * i + 1] == 0) ++second;
  }
  const auto most = [&](std::size_t zeros) { return zeros * 10 >= pairs * 8; };
  if (most(second) && first == 0) return {Utf16::Order::little, 0};
  if (most(first) && second == 0) return {Utf16::Order::big, 0};
  return {};
}

std::optional<OtherFormat> known_as_other(Bytes head) {
  for (const auto& magic : kMagics) {
    if (starts_at(head, magic.offset, magic.bytes)) return OtherFormat{magic.name, magic.advice};
  }
  // A stray zero may be in a log that was cut or copied badly; more than one in 32 is no text.
  const auto binary = static_cast<std::size_t>(std::count_if(head.begin(), head.end(), is_binary));
  constexpr std::size_t share = 32;
  if (binary * share <= head.size() || utf16_of(head).is_wide()) return std::nullopt;
  constexpr std::size_t shown = 16;
  const auto first = head.first(std::min(head.size(), shown));
  return OtherFormat{
      fmt::format("bytes that are neither a known capture nor text, beginning {}", hex(first)),
      "if it is a capture, convert it with 'tshark -r IN -w OUT.pcapng'; it may also be damaged"};
}

}  // namespace whydown::capture
