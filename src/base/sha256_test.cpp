#include "base/sha256.h"

#include <string>

#include <gtest/gtest.h>

namespace whydown::base {
namespace {

// The first two and their digests are examples of FIPS 180-4 (NIST's "SHA256.pdf").
TEST(Sha256, KnownDigests) {
  struct Row {
    std::string bytes;
    const char* digest;
  };
  const Row rows[] = {{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
                      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}};
  for (const Row& row : rows) EXPECT_EQ(sha256_hex(row.bytes), row.digest) << row.bytes;
}

TEST(Sha256, InPiecesAsInOne) {
  const std::uint8_t bytes[] = {'a', 'b', 'c'};
  Sha256 hash;
  hash.add(std::span(bytes).first(1));
  hash.add({});
  hash.add(std::span(bytes).subspan(1));
  EXPECT_EQ(hash.hex(), sha256_hex("abc"));
}

}  // namespace
}  // namespace whydown::base
