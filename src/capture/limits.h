// Every limit of capture/, and what one input can cost. Nothing here grows with an input's size.
#pragma once

#include <cstddef>
#include <cstdint>

namespace whydown::capture {

// Bytes asked of the system in one read: large enough that the call costs nothing per packet, small
// enough that the bytes are still in the second-level cache when they are decoded.
inline constexpr std::size_t kReadSize = std::size_t{256} << 10U;
// Decompressed bytes held: the largest window, and one read behind it.
inline constexpr std::size_t kWindowSize = std::size_t{512} << 10U;
inline constexpr std::size_t kBufferSize = kWindowSize + kReadSize;
// Stored bytes held before decompression.
inline constexpr std::size_t kStoredSize = kReadSize;
// RFC 8878 3.1.1.1.2: decoders should support windows of 8 MB, encoders should not ask for more.
inline constexpr unsigned kZstdWindowLog = 23;
// zlib's inflate: 32 KiB of history and its tables (zconf.h, "memory requirements").
inline constexpr std::size_t kInflateMemory = std::size_t{48} << 10U;
// libzstd's ZSTD_estimateDStreamSize() adds its tables and one block in and out to the window.
inline constexpr std::size_t kZstdMemory =
    (std::size_t{1} << kZstdWindowLog) + (std::size_t{640} << 10U);

// The largest captured length of a packet (libpcap's MAXIMUM_SNAPLEN). A record that claims more is
// damage, not a packet.
inline constexpr std::uint32_t kMaxRecord = std::uint32_t{256} << 10U;
// The largest pcapng block that is believed. Blocks are skipped without being held.
inline constexpr std::uint32_t kMaxBlock = std::uint32_t{16} << 20U;
// Interfaces of one pcapng section; packets of later ones are skipped and counted.
inline constexpr std::size_t kMaxInterfaces = 1024;
inline constexpr std::size_t kInterfaceBytes = 80;
// Bytes kept of a capture filter's text.
inline constexpr std::size_t kMaxFilterText = 1024;
// Packets that a remark names.
inline constexpr std::size_t kMaxRemarkPlaces = 8;
// Inputs read at the same time.
inline constexpr std::size_t kMaxInputs = 256;
// Bytes looked at to tell binary garbage from text.
inline constexpr std::size_t kSniffSize = 512;

// The bill of one capture input: its buffers, and the dearer of the two decompressors.
constexpr std::size_t capture_memory_bytes() {
  return kBufferSize + kStoredSize + kZstdMemory + kMaxInterfaces * kInterfaceBytes;
}

}  // namespace whydown::capture
