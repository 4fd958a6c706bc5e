#include "packet/quic/initial.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <string_view>

// EVP takes memory for every digest; the functions below it do not.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/cursor.h"

namespace whydown::packet::quic {

namespace {

constexpr std::size_t kTag = 16;     // RFC 9001 5.3
constexpr std::size_t kSample = 16;  // RFC 9001 5.4.2
constexpr std::size_t kNumber = 4;   // bytes of a packet number, at most
constexpr std::size_t kHash = 32;    // SHA-256
constexpr std::size_t kBlock = 64;

using Secret = std::array<std::uint8_t, kHash>;
using Salt = std::array<std::uint8_t, 20>;

struct SaltOf {
  std::uint32_t first;  // version
  std::uint32_t last;
  Salt salt;
};

// RFC 9001 5.2, RFC 9369 3.3.1, and the drafts: draft-ietf-quic-tls-NN 5.2.
constexpr SaltOf kSalts[] = {
    {kVersion1, kVersion1, {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                            0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a}},
    {kVersion2, kVersion2, {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
                            0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9}},
    {0xff000021, 0xff000022, {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                              0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a}},
    {0xff00001d, 0xff000020, {0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
                              0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99}},
    {0xff000017, 0xff00001c, {0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7,
                              0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02}},
    {0xfaceb002, 0xfaceb002, {0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7,
                              0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02}},
    {0xff000016, 0xff000016, {0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a,
                              0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64, 0x4a}},
    {0xfaceb001, 0xfaceb001, {0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a,
                              0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64, 0x4a}},
};

const Salt* salt_of(std::uint32_t version) {
  const auto* found = std::ranges::find_if(
      kSalts, [&](const SaltOf& salt) { return version >= salt.first && version <= salt.last; });
  return found == std::end(kSalts) ? nullptr : &found->salt;
}

// RFC 9001 5.1, RFC 9369 3.3.2.
struct Labels {
  std::string_view key;
  std::string_view iv;
  std::string_view hp;
};
constexpr Labels kLabels1{"quic key", "quic iv", "quic hp"};
constexpr Labels kLabels2{"quicv2 key", "quicv2 iv", "quicv2 hp"};

bool digest(Bytes first, Bytes second, Secret& out) {
  SHA256_CTX context;
  return SHA256_Init(&context) == 1 && SHA256_Update(&context, first.data(), first.size()) == 1 &&
         SHA256_Update(&context, second.data(), second.size()) == 1 &&
         SHA256_Final(out.data(), &context) == 1;
}

// RFC 2104, of keys up to a block.
bool hmac(Bytes key, Bytes message, Secret& out) {
  std::array<std::uint8_t, kBlock> inner{};
  std::array<std::uint8_t, kBlock> outer{};
  std::ranges::copy(key, inner.begin());
  std::ranges::copy(key, outer.begin());
  for (std::uint8_t& byte : inner) byte ^= 0x36U;
  for (std::uint8_t& byte : outer) byte ^= 0x5cU;
  Secret first;
  return digest(inner, message, first) && digest(outer, first, out);
}
// HKDF-Expand-Label without a context (RFC 8446 7.1), of up to one hash.
template <std::size_t kSize>
bool expand(const Secret& secret, std::string_view label, std::array<std::uint8_t, kSize>& out) {
  static_assert(kSize <= kHash);
  constexpr std::string_view kPrefix = "tls13 ";
  std::array<std::uint8_t, 32> info{0, kSize,
                                    static_cast<std::uint8_t>(kPrefix.size() + label.size())};
  std::uint8_t* end = std::ranges::copy(kPrefix, info.begin() + 3).out;
  end = std::ranges::copy(label, end).out;
  *end++ = 0;  // the context
  *end++ = 1;  // the first block
  Secret block;
  if (!hmac(secret, {info.data(), end}, block)) return false;
  std::copy_n(block.begin(), kSize, out.begin());
  return true;
}

}  // namespace

struct Opener::Contexts {
  EVP_CIPHER_CTX* mask = EVP_CIPHER_CTX_new();
  EVP_CIPHER_CTX* seal = EVP_CIPHER_CTX_new();

  Contexts() {
    EVP_EncryptInit_ex(mask, EVP_aes_128_ecb(), nullptr, nullptr, nullptr);
    EVP_CIPHER_CTX_set_padding(mask, 0);
    EVP_DecryptInit_ex(seal, EVP_aes_128_gcm(), nullptr, nullptr, nullptr);
  }
  ~Contexts() {
    EVP_CIPHER_CTX_free(mask);
    EVP_CIPHER_CTX_free(seal);
  }
  Contexts(const Contexts&) = delete;
  Contexts& operator=(const Contexts&) = delete;
};

Opener::Opener() = default;
Opener::~Opener() = default;

bool Opener::derive(std::uint32_t version, Bytes first_destination, Sender by, Keys& keys) {
  const Salt* salt = salt_of(version);
  if (salt == nullptr || first_destination.size() > kMaxConnectionId) return false;
  Secret initial;
  Secret secret;
  const Labels& labels = version == kVersion2 ? kLabels2 : kLabels1;
  return hmac(*salt, first_destination, initial) &&
         expand(initial, by == Sender::client ? "client in" : "server in", secret) &&
         expand(secret, labels.key, keys.key) && expand(secret, labels.iv, keys.iv) &&
         expand(secret, labels.hp, keys.hp);
}

// RFC 9001 5.4.1: the packet number, and how long it is.
std::size_t Opener::unmask(const Header& header, const Keys& keys) {
  const std::uint8_t* number = header.packet.data() + header.number_at;
  std::array<std::uint8_t, kSample> mask{};
  int size = 0;
  const bool is_masked =
      EVP_EncryptInit_ex(contexts_->mask, nullptr, nullptr, keys.hp.data(), nullptr) == 1 &&
      EVP_EncryptUpdate(contexts_->mask, mask.data(), &size, number + kNumber, kSample) == 1;
  if (!is_masked) return 0;
  std::copy_n(header.packet.begin(), header.number_at + kNumber, header_.begin());
  header_[0] = static_cast<std::uint8_t>(header_[0] ^ (mask[0] & 0x0fU));
  const std::size_t bytes = (header_[0] & 3U) + 1;
  for (std::size_t i = 0; i < bytes; ++i) header_[header.number_at + i] ^= mask[i + 1];
  return header.number_at + bytes;
}

Bytes Opener::open(const Header& header, Bytes first_destination, Sender by) {
  Keys keys;
  const bool is_fit = header.type == Type::initial && header.is_whole &&
                      header.length >= kNumber + kSample && header.packet.size() <= kMaxInitial;
  if (!is_fit || !derive(header.version, first_destination, by, keys)) return {};
  if (contexts_ == nullptr) contexts_ = std::make_unique<Contexts>();
  const std::size_t begin = unmask(header, keys);
  if (begin == 0) return {};
  std::array<std::uint8_t, 12> nonce = keys.iv;
  const std::size_t number_bytes = begin - header.number_at;
  // The first packets have low numbers: what is sent of them is all.
  for (std::size_t i = 0; i < number_bytes; ++i) {
    nonce[nonce.size() - number_bytes + i] ^= header_[header.number_at + i];
  }
  const Bytes sealed = header.packet.subspan(begin);
  const auto size = static_cast<int>(sealed.size() - kTag);
  std::array<std::uint8_t, kTag> tag{};
  std::ranges::copy(sealed.last(kTag), tag.begin());
  EVP_CIPHER_CTX* seal = contexts_->seal;
  int written = 0;
  int last = 0;
  const bool is_open =
      EVP_DecryptInit_ex(seal, nullptr, nullptr, keys.key.data(), nonce.data()) == 1 &&
      EVP_DecryptUpdate(seal, nullptr, &written, header_.data(), static_cast<int>(begin)) == 1 &&
      EVP_DecryptUpdate(seal, plain_.data(), &written, sealed.data(), size) == 1 &&
      EVP_CIPHER_CTX_ctrl(seal, EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(seal, plain_.data() + written, &last) == 1;
  return is_open ? Bytes{plain_.data(), static_cast<std::size_t>(written)} : Bytes{};
}

// --- frames --------------------------------------------------------------------------------------

namespace {

// RFC 9000 19.
constexpr std::uint64_t kPadding = 0x00;
constexpr std::uint64_t kPing = 0x01;
constexpr std::uint64_t kAck = 0x02;
constexpr std::uint64_t kAckWithCounts = 0x03;
constexpr std::uint64_t kCrypto = 0x06;
constexpr std::uint64_t kClose = 0x1c;
constexpr std::uint64_t kMaxAckRanges = 256;

bool skip_integers(Bytes& plain, std::uint64_t count) {
  std::uint64_t value = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (!read_integer(plain, value)) return false;
  }
  return true;
}

bool skip_ack(Bytes& plain, bool has_counts) {
  std::uint64_t ranges = 0;
  if (!skip_integers(plain, 2) || !read_integer(plain, ranges) || ranges > kMaxAckRanges) {
    return false;
  }
  return skip_integers(plain, 1 + 2 * ranges + (has_counts ? 3 : 0));
}

bool read_data(Bytes& plain, Frame& frame) {
  std::uint64_t length = 0;
  if (!read_integer(plain, length) || length > plain.size()) return false;
  frame.data = plain.first(static_cast<std::size_t>(length));
  plain = plain.subspan(frame.data.size());
  return true;
}

}  // namespace

bool next_frame(Bytes& plain, Frame& frame) {
  frame = {};
  std::uint64_t type = 0;
  for (std::size_t i = 0; i < kMaxFrames && read_integer(plain, type); ++i) {
    switch (type) {
      case kPadding:
        plain = plain.subspan(static_cast<std::size_t>(
            std::ranges::find_if(plain, [](std::uint8_t byte) { return byte != 0; }) -
            plain.begin()));
        break;
      case kPing:
        break;
      case kAck:
      case kAckWithCounts:
        if (!skip_ack(plain, type == kAckWithCounts)) return false;
        break;
      case kCrypto:
        frame.kind = Frame::Kind::crypto;
        return read_integer(plain, frame.offset) && read_data(plain, frame);
      case kClose:
        frame.kind = Frame::Kind::close;
        // The type of the frame that is complained of is not kept.
        return read_integer(plain, frame.error) && skip_integers(plain, 1) &&
               read_data(plain, frame);
      default:
        return false;  // nothing else belongs into an Initial
    }
  }
  return false;
}

// --- the handshake's bytes -----------------------------------------------------------------------

void HelloBytes::add(std::uint64_t offset, Bytes data) {
  if (offset >= kCapacity) return;
  const auto begin = static_cast<std::size_t>(offset);
  const std::size_t size = std::min(data.size(), kCapacity - begin);
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = begin + i;
    if (has(at)) continue;  // the first one counts
    bytes_[at] = data[i];
    have_[at / 64] |= std::uint64_t{1} << (at % 64);
  }
}

Bytes HelloBytes::front() const {
  std::size_t size = 0;
  for (const std::uint64_t word : have_) {
    const auto ones = static_cast<std::size_t>(std::countr_one(word));
    size += ones;
    if (ones < 64) break;
  }
  return {bytes_.data(), size};
}

bool HelloBytes::is_whole() const {
  const Bytes bytes = front();
  if (bytes.size() < 4) return false;
  return bytes.size() - 4 >= (base::load_be32(bytes.data()) & 0xffffffU);
}

}  // namespace whydown::packet::quic
