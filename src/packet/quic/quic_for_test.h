// For tests only: QUIC packets made to order. The keys are OpenSSL's own HKDF, which initial.cpp
// does not use; the test holds both against the packets of RFC 9001 and RFC 9369.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "base/testing.h"
#include "packet/quic/initial.h"

namespace whydown::packet::quic::testing {

using base::testing::Bytes;
using base::testing::hex;

inline Bytes joined(const Bytes& a, const Bytes& b) {
  Bytes all = a;
  all.insert(all.end(), b.begin(), b.end());
  return all;
}

// In two bytes: 0 to 16383.
inline Bytes integer(std::size_t value) {
  return {static_cast<std::uint8_t>(0x40U | value >> 8U), static_cast<std::uint8_t>(value)};
}

inline Bytes crypto_frame(std::size_t offset, const Bytes& data) {
  return joined(joined(joined({0x06}, integer(offset)), integer(data.size())), data);
}
inline Bytes close_frame(std::size_t error, std::string_view reason) {
  return joined(joined(joined({0x1c}, integer(error)), joined({0x06}, integer(reason.size()))),
                Bytes(reason.begin(), reason.end()));
}

inline Bytes hkdf(int mode, const Bytes& salt, const Bytes& key, const Bytes& info,
                  std::size_t size) {
  EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  EVP_KDF_CTX* context = EVP_KDF_CTX_new(kdf);
  std::array<char, 7> digest{"SHA256"};
  const auto octets = [](const char* name, const Bytes& bytes) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()),
                                             bytes.size());
  };
  std::vector<OSSL_PARAM> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode), octets(OSSL_KDF_PARAM_KEY, key)};
  if (!salt.empty()) parameters.push_back(octets(OSSL_KDF_PARAM_SALT, salt));
  if (!info.empty()) parameters.push_back(octets(OSSL_KDF_PARAM_INFO, info));
  parameters.push_back(OSSL_PARAM_construct_end());
  Bytes out(size);
  if (EVP_KDF_derive(context, out.data(), out.size(), parameters.data()) != 1) out.clear();
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
  return out;
}

inline Bytes expand_label(const Bytes& secret, std::string_view label, std::uint8_t size) {
  Bytes info{0, size, static_cast<std::uint8_t>(6 + label.size())};
  for (const char c : std::string_view{"tls13 "}) info.push_back(static_cast<std::uint8_t>(c));
  for (const char c : label) info.push_back(static_cast<std::uint8_t>(c));
  info.push_back(0);
  return hkdf(EVP_KDF_HKDF_MODE_EXPAND_ONLY, {}, secret, info, size);
}

// A packet of versions 1 and 2 to be.
struct Draft {
  std::uint32_t version = kVersion1;
  Sender by = Sender::client;
  Bytes first_destination;  // whose keys
  Bytes destination;
  Bytes source;
  std::uint8_t number = 0;
  int number_bytes = 1;
  std::size_t least = 0;  // bytes of the packet; made up by padding
};

inline Bytes run_cipher(const EVP_CIPHER* cipher, const Bytes& key, const Bytes& nonce,
                        const Bytes& associated, const Bytes& plain) {
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  int size = 0;
  Bytes out(plain.size());
  EVP_EncryptInit_ex(context, cipher, nullptr, key.data(), nonce.empty() ? nullptr : nonce.data());
  EVP_CIPHER_CTX_set_padding(context, 0);
  if (!associated.empty()) {
    EVP_EncryptUpdate(context, nullptr, &size, associated.data(),
                      static_cast<int>(associated.size()));
  }
  EVP_EncryptUpdate(context, out.data(), &size, plain.data(), static_cast<int>(plain.size()));
  if (!nonce.empty()) {
    EVP_EncryptFinal_ex(context, out.data() + size, &size);
    Bytes tag(16);
    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, 16, tag.data());
    out = joined(out, tag);
  }
  EVP_CIPHER_CTX_free(context);
  return out;
}

inline Bytes long_header(std::uint8_t first, std::uint32_t version, const Bytes& destination,
                         const Bytes& source) {
  Bytes bytes{first,
              static_cast<std::uint8_t>(version >> 24U),
              static_cast<std::uint8_t>(version >> 16U),
              static_cast<std::uint8_t>(version >> 8U),
              static_cast<std::uint8_t>(version),
              static_cast<std::uint8_t>(destination.size())};
  bytes = joined(bytes, destination);
  bytes.push_back(static_cast<std::uint8_t>(source.size()));
  return joined(bytes, source);
}

// RFC 9001 5.
inline Bytes seal(const Draft& draft, Bytes plain) {
  const bool is_2 = draft.version == kVersion2;
  const Bytes salt = hex(is_2 ? "0dede3def700a6db819381be6e269dcbf9bd2ed9"
                              : "38762cf7f55934b34d179ae6a4c80cadccbb7f0a");
  const Bytes initial = hkdf(EVP_KDF_HKDF_MODE_EXTRACT_ONLY, salt, draft.first_destination, {}, 32);
  const Bytes secret =
      expand_label(initial, draft.by == Sender::client ? "client in" : "server in", 32);
  const Bytes key = expand_label(secret, is_2 ? "quicv2 key" : "quic key", 16);
  Bytes nonce = expand_label(secret, is_2 ? "quicv2 iv" : "quic iv", 12);
  const Bytes hp = expand_label(secret, is_2 ? "quicv2 hp" : "quic hp", 16);
  nonce.back() ^= draft.number;
  const auto first = static_cast<std::uint8_t>((is_2 ? 0xd0 : 0xc0) + draft.number_bytes - 1);
  Bytes header = joined(long_header(first, draft.version, draft.destination, draft.source), {0});
  const std::size_t number_bytes = static_cast<std::size_t>(draft.number_bytes);
  const std::size_t now = header.size() + 2 + number_bytes + plain.size() + 16;
  if (now < draft.least) plain.resize(plain.size() + draft.least - now);
  header = joined(header, integer(number_bytes + plain.size() + 16));
  const std::size_t number_at = header.size();
  header.resize(number_at + number_bytes);
  header.back() = draft.number;
  const Bytes sealed = run_cipher(EVP_aes_128_gcm(), key, nonce, header, plain);
  Bytes packet = joined(header, sealed);
  const auto sample = packet.begin() + static_cast<std::ptrdiff_t>(number_at) + 4;
  const Bytes mask = run_cipher(EVP_aes_128_ecb(), hp, {}, {}, Bytes(sample, sample + 16));
  packet[0] = static_cast<std::uint8_t>(packet[0] ^ (mask[0] & 0x0fU));
  for (std::size_t i = 0; i < number_bytes; ++i) packet[number_at + i] ^= mask[1 + i];
  return packet;
}

// What the two sides say in RFC 9001 A.2 and A.3: a ClientHello to example.com, and its
// ServerHello.
inline constexpr const char* kClientHello =
    "010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c0000041301130201"
    "0000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d00170018001000070005"
    "04616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f"
    "1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c00"
    "024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8"
    "f03e51570806048000ffff";
inline constexpr const char* kServerHello =
    "020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a120013010000"
    "2e00330024001d00209d3c940d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b0002030"
    "4";

}  // namespace whydown::packet::quic::testing
