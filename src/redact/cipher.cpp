#include "redact/cipher.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace whydown::redact {

struct Aes::State {
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  State() = default;
  ~State() { EVP_CIPHER_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

// Single blocks only, so ECB is the cipher itself, not a mode to hide anything with.
Aes::Aes(std::span<const std::uint8_t, 16> key) : state_(std::make_unique<State>()) {
  EVP_EncryptInit_ex(state_->context, EVP_aes_128_ecb(), nullptr, key.data(), nullptr);
  EVP_CIPHER_CTX_set_padding(state_->context, 0);
}

Aes::~Aes() = default;

Block Aes::encrypt(const Block& block) const {
  Block out{};
  int size = 0;
  EVP_EncryptUpdate(state_->context, out.data(), &size, block.data(),
                    static_cast<int>(block.size()));
  return out;
}

Digest hmac(std::span<const std::uint8_t> key, std::string_view text) {
  Digest out{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
  return out;
}

Key key_for(const Key& key, std::string_view purpose) { return hmac(key, purpose); }

}  // namespace whydown::redact
