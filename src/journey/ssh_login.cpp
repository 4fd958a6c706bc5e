#include "journey/ssh_login.h"

#include <algorithm>

namespace whydown::journey {

SshLogin::Read SshLogin::read(Side side, std::span<const std::uint8_t> bytes) {
  Read read;
  while (!half(side).sealed && bytes.size() - read.taken >= 6) {
    const auto at = bytes.subspan(read.taken);
    const std::uint32_t length = std::uint32_t{at[0]} << 24U | std::uint32_t{at[1]} << 16U |
                                 std::uint32_t{at[2]} << 8U | std::uint32_t{at[3]};
    if (length < 2 || length > kLargestPacket) {
      lost_ = true;
      read.taken = static_cast<std::uint32_t>(bytes.size());
      return read;
    }
    if (at.size() < length + 4) {
      // A buffer may be too small for it; then it is given up, and the session with it.
      read.wants = length + 4;
      return read;
    }
    half(side).sealed = at[5] == kNewKeys;
    read.taken += length + 4;
  }
  if (half(side).sealed && read.taken < bytes.size()) {
    on_sealed(side, static_cast<std::uint32_t>(bytes.size()) - read.taken);
    read.taken = static_cast<std::uint32_t>(bytes.size());
  }
  return read;
}

void SshLogin::on_sealed(Side side, std::uint32_t size) {
  constexpr std::uint8_t kMost = 255;
  if (side == Side::client) {
    if (requests_ < kMost) ++requests_;
    return;
  }
  if (requests_ < kFirstLogin) {
    if (requests_ == 1 && leave_ == 0 && size <= kPlainest)
      leave_ = static_cast<std::uint16_t>(size);
    return;
  }
  answers_ += size;
  is_in_ = is_in_ || size < leave_;
  if (answered_ == requests_) {  // more of the same answer
    is_last_refusal_ = false;
    return;
  }
  answered_ = requests_;
  if (refusal_ == 0 && size <= kPlainest && size >= leave_)
    refusal_ = static_cast<std::uint16_t>(size);
  is_last_refusal_ = size == refusal_;
  if (is_last_refusal_ && refusals_ < kMost) ++refusals_;
}

SshLogin::Verdict SshLogin::verdict() const {
  if (lost_) return Verdict::unknown;
  if (is_in_ || answers_ >= kWentOn) return Verdict::accepted;
  if (!closed_) return Verdict::open;
  return leave_ > 0 && is_last_refusal_ && refusals_ > 0 ? Verdict::refused : Verdict::unknown;
}

}  // namespace whydown::journey
