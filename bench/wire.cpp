#include "wire.h"

#include <algorithm>
#include <cstdlib>

namespace bench {
namespace {

constexpr std::uint64_t kEpochSeconds = 1'800'000'000;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kTcp = 6;
constexpr std::size_t kIpHeader = 20;
constexpr std::size_t kBuffer = std::size_t{1} << 20U;

using Bytes = std::vector<std::uint8_t>;

void put16(Bytes& out, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8U));
  out.push_back(static_cast<std::uint8_t>(value));
}

void put32(Bytes& out, std::uint32_t value) {
  put16(out, value >> 16U);
  put16(out, value & 0xffffU);
}

void put32_le(Bytes& out, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

// RFC 1071, without the final complement.
std::uint64_t sum16(std::span<const std::uint8_t> bytes) {
  std::uint64_t sum = 0;
  std::size_t i = 0;
  for (; i + 1 < bytes.size(); i += 2) {
    sum += static_cast<std::uint64_t>(bytes[i]) << 8U | bytes[i + 1];
  }
  if (i < bytes.size()) sum += static_cast<std::uint64_t>(bytes[i]) << 8U;
  return sum;
}

std::uint16_t fold(std::uint64_t sum) {
  while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

void set16(Bytes& bytes, std::size_t offset, std::uint16_t value) {
  bytes[offset] = static_cast<std::uint8_t>(value >> 8U);
  bytes[offset + 1] = static_cast<std::uint8_t>(value);
}

std::uint16_t transport_checksum(Endpoint from, Endpoint to, std::uint8_t protocol,
                                 std::span<const std::uint8_t> header,
                                 std::span<const std::uint8_t> payload) {
  const std::uint64_t pseudo_header = (from.address >> 16U) + (from.address & 0xffffU) +
                                      (to.address >> 16U) + (to.address & 0xffffU) + protocol +
                                      header.size() + payload.size();
  return fold(pseudo_header + sum16(header) + sum16(payload));
}

}  // namespace

Writer::Writer(const std::string& path) : file_(std::fopen(path.c_str(), "wb")), buffer_(kBuffer) {
  if (file_ == nullptr) {
    std::perror(path.c_str());
    std::exit(2);
  }
  std::setvbuf(file_, buffer_.data(), _IOFBF, buffer_.size());
  Bytes header;
  put32_le(header, 0xa1b2c3d4U);
  put32_le(header, 4U << 16U | 2U);  // version 2.4
  put32_le(header, 0);
  put32_le(header, 0);
  put32_le(header, 262144);
  put32_le(header, 1);  // Ethernet
  write(header);
}

Writer::~Writer() {
  if (std::fclose(file_) != 0) {
    std::perror("closing the capture");
    std::_Exit(2);
  }
}

void Writer::write(std::span<const std::uint8_t> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
    std::perror("writing the capture");
    std::exit(2);
  }
}

void Writer::frame(std::uint64_t time_us, Endpoint from, Endpoint to, std::uint8_t protocol,
                   std::span<const std::uint8_t> header, std::span<const std::uint8_t> payload) {
  static constexpr std::array<std::uint8_t, 14> kEthernet = {2, 0, 0, 0, 0, 1, 2,
                                                             0, 0, 0, 0, 2, 8, 0};
  const auto ip_length = static_cast<std::uint32_t>(kIpHeader + header.size() + payload.size());
  const auto frame_length = static_cast<std::uint32_t>(kEthernet.size() + ip_length);
  static thread_local Bytes out;
  out.clear();
  put32_le(out, static_cast<std::uint32_t>(kEpochSeconds + time_us / 1'000'000));
  put32_le(out, static_cast<std::uint32_t>(time_us % 1'000'000));
  put32_le(out, frame_length);
  put32_le(out, frame_length);
  out.insert(out.end(), kEthernet.begin(), kEthernet.end());
  const std::size_t ip = out.size();
  put16(out, 0x4500);
  put16(out, ip_length);
  put16(out, ip_id_++);
  put16(out, 0x4000);  // don't fragment
  put16(out, 64U << 8U | protocol);
  put16(out, 0);
  put32(out, from.address);
  put32(out, to.address);
  set16(out, ip + 10, fold(sum16(std::span(out).subspan(ip, kIpHeader))));
  out.insert(out.end(), header.begin(), header.end());
  write(out);
  write(payload);
  ++packets_;
}

void Writer::udp(std::uint64_t time_us, Endpoint from, Endpoint to,
                 std::span<const std::uint8_t> payload) {
  static thread_local Bytes header;
  header.clear();
  put16(header, from.port);
  put16(header, to.port);
  put16(header, static_cast<std::uint32_t>(8 + payload.size()));
  put16(header, 0);
  set16(header, 6, transport_checksum(from, to, kUdp, header, payload));
  frame(time_us, from, to, kUdp, header, payload);
}

void Writer::tcp(std::uint64_t time_us, Endpoint from, Endpoint to, const TcpHeader& tcp_header,
                 std::span<const std::uint8_t> payload) {
  static thread_local Bytes header;
  header.clear();
  put16(header, from.port);
  put16(header, to.port);
  put32(header, tcp_header.sequence);
  put32(header, tcp_header.acknowledgment);
  const std::uint32_t words = tcp_header.with_mss ? 6 : 5;
  put16(header, words << 12U | tcp_header.flags);
  put16(header, 64240);
  put16(header, 0);
  put16(header, 0);
  if (tcp_header.with_mss) put32(header, 0x020405b4U);  // maximum segment size 1460
  set16(header, 16, transport_checksum(from, to, kTcp, header, payload));
  frame(time_us, from, to, kTcp, header, payload);
}

std::vector<std::uint8_t> dns_bytes(const DnsMessage& message, std::string_view name) {
  Bytes out;
  out.reserve(64);
  const bool answered = message.response && message.address != 0;
  put16(out, message.id);
  const std::uint32_t answer_flags = 0x8180U | (message.nx_domain ? 3U : 0U);
  put16(out, message.response ? answer_flags : 0x0100U);
  put16(out, 1);
  put16(out, answered ? 1 : 0);
  put32(out, 0);
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    out.push_back(static_cast<std::uint8_t>(label.size()));
    out.insert(out.end(), label.begin(), label.end());
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  out.push_back(0);
  put16(out, message.type);
  put16(out, 1);
  if (answered) {
    put16(out, 0xc00c);
    put16(out, 1);
    put16(out, 1);
    put32(out, 300);
    put16(out, 4);
    put32(out, message.address);
  }
  return out;
}

}  // namespace bench
