#include "capture/input.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

// The estimate of a stream's memory is not in the library's stable part.
#define ZSTD_STATIC_LINKING_ONLY
#include "capture/limits.h"
#include "capture/test_files.h"

namespace whydown::capture {
namespace {

using namespace testing;

// Bytes that do not repeat soon, and pack badly.
Bytes noise(std::size_t size) {
  Bytes bytes(size);
  std::uint64_t state = 1;
  for (auto& byte : bytes) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    byte = static_cast<std::uint8_t>(state >> 56U);
  }
  return bytes;
}

Bytes all_of(Input& input, std::size_t step) {
  Bytes all;
  while (true) {
    const auto window = input.window(step);
    if (window.empty()) return all;
    const auto taken = window.first(std::min(step, window.size()));
    all.insert(all.end(), taken.begin(), taken.end());
    input.consume(taken.size());
    EXPECT_EQ(input.position(), all.size());
  }
}

Bytes head_of(const Bytes& bytes, std::size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

TEST(Input, GivesWhatIsStored) {
  const std::size_t sizes[] = {0, 1, 3, 4, 5, 1000, kReadSize, kReadSize + 1, 1'200'000};
  for (const std::size_t size : sizes) {
    const Bytes plain = noise(size);
    struct Row {
      const char* compression;
      Bytes stored;
    };
    const Bytes empty = zstd_packed({});
    const Row rows[] = {
        {"", plain},
        {"gzip", gzipped(plain)},
        {"gzip",
         joined({gzipped(head_of(plain, size / 2)),
                 gzipped({plain.begin() + static_cast<std::ptrdiff_t>(size / 2), plain.end()})})},
        {"gzip", joined({gzipped(plain), Bytes(700'000, 0)})},  // filled up with zeros
        {"zstd", zstd_packed(plain)},
        {"zstd", joined({empty, zstd_packed(plain), empty})},
        // A skippable frame in front.
        {"zstd", joined({Writer().u32(0x184d2a51).u32(5).fill(5).bytes(), zstd_packed(plain)})},
    };
    for (const auto& row : rows) {
      for (const std::size_t step : {std::size_t{4097}, Input::kMaxWindow}) {
        const auto input = Input::of_bytes(row.stored);
        EXPECT_TRUE(all_of(*input, step) == plain) << row.compression << " " << size;
        EXPECT_EQ(input->compression(), row.compression);
        EXPECT_EQ(input->stored_bytes(), row.stored.size());
        EXPECT_FALSE(input->damage()) << *input->damage();
      }
    }
  }
}

TEST(Input, WindowsHoldWhatIsAskedFor) {
  const Bytes plain = noise(2'000'000);
  const auto input = Input::of_bytes(plain);
  const std::size_t counts[] = {1, 100, Input::kMaxWindow, 7, kReadSize, Input::kMaxWindow, 3};
  std::size_t at = 0;
  for (const std::size_t count : counts) {
    const auto window = input->window(count);
    ASSERT_GE(window.size(), count);
    EXPECT_TRUE(
        std::equal(window.begin(), window.end(), plain.begin() + static_cast<std::ptrdiff_t>(at)));
    input->consume(count / 2);
    at += count / 2;
  }
  EXPECT_GE(input->window(Input::kMaxWindow * 4).size(), Input::kMaxWindow);
}

TEST(Input, ConsumeSkipsFarAndStopsAtTheEnd) {
  const Bytes plain = noise(2'000'000);
  for (const Bytes& stored : {plain, gzipped(plain)}) {
    const auto input = Input::of_bytes(stored);
    input->consume(1'999'990);
    EXPECT_EQ(input->position(), 1'999'990U);
    const auto rest = input->window(100);
    ASSERT_EQ(rest.size(), 10U);
    EXPECT_EQ(rest[9], plain.back());
    input->consume(~std::uint64_t{0});
    EXPECT_EQ(input->position(), plain.size());
    EXPECT_TRUE(input->window(1).empty());
  }
}

TEST(Input, DamagedStreamsGiveWhatTheyHold) {
  const Bytes plain = noise(1'000'000);
  const Bytes gzip = gzipped(plain);
  const Bytes zstd = zstd_packed(plain);
  const auto flipped = [](Bytes bytes, std::size_t at) {
    bytes[at] ^= 0xffU;
    return bytes;
  };
  struct Row {
    const char* name;
    Bytes stored;
    std::size_t least;
    const char* words;
  };
  const Row rows[] = {
      {"gzip cut", head_of(gzip, gzip.size() / 2), 400'000, "before its own end"},
      {"gzip cut in its last bytes", head_of(gzip, gzip.size() - 1), plain.size(),
       "before its own end"},
      {"gzip magic only", {0x1f, 0x8b}, 0, "before its own end"},
      {"gzip checksum", flipped(gzip, gzip.size() - 6), plain.size(), "incorrect data check"},
      {"gzip of another method", {0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0, "method"},
      {"gzip and garbage", joined({gzip, Bytes(9, 0xee)}), plain.size(), "is no gzip data"},
      {"gzip and zeros and garbage", joined({gzip, Bytes(500'000, 0), Bytes(9, 0xee)}),
       plain.size(), "is no gzip data"},
      {"zstd cut", head_of(zstd, zstd.size() / 2), 300'000, "before its own end"},
      {"zstd cut in its last bytes", head_of(zstd, zstd.size() - 1), 300'000, "before its own end"},
      {"zstd checksum", flipped(zstd, zstd.size() - 1), 300'000, "checksum"},
      {"zstd magic only", {0x28, 0xb5, 0x2f, 0xfd}, 0, "before its own end"},
      {"zstd and garbage", joined({zstd, Bytes(9, 0xee)}), plain.size(), "is no zstd data"},
      {"zstd window of 128 MiB", zstd_packed(plain, 27), 0, "a window of more than 8 MiB"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto input = Input::of_bytes(row.stored, true);
    const Bytes read = all_of(*input, 65536);
    EXPECT_GE(read.size(), row.least);
    EXPECT_TRUE(std::equal(read.begin(), read.end(), plain.begin()));
    ASSERT_TRUE(input->damage());
    EXPECT_NE(input->damage()->find(row.words), std::string::npos) << *input->damage();
    input->drain();
    EXPECT_EQ(input->stored_bytes(), row.stored.size()) << "all of it, for the hash";
    EXPECT_EQ(input->sha256().size(), 64U);
  }
}

TEST(Input, LargestAcceptedZstdWindowIsRead) {
  const Bytes plain = noise(100'000);
  const Bytes stored = zstd_packed(plain, static_cast<int>(kZstdWindowLog));
  const auto input = Input::of_bytes(stored);
  EXPECT_TRUE(all_of(*input, 65536) == plain);
  EXPECT_FALSE(input->damage());
}

TEST(Input, MemoryBillCoversZstd) {
  EXPECT_LE(ZSTD_estimateDStreamSize(std::size_t{1} << kZstdWindowLog), kZstdMemory);
  EXPECT_GE(capture_memory_bytes(), kBufferSize + kStoredSize + kZstdMemory);
}

// A small file that unpacks to a large one costs time, not memory: only the window is held.
TEST(Input, BombsStayOutside) {
  const Bytes stored = gzipped(Bytes(10'000'000, 0));
  const auto input = Input::of_bytes(stored);
  std::uint64_t total = 0;
  while (!input->window(1).empty()) {
    const auto size = input->window(1).size();
    EXPECT_LE(size, kBufferSize);
    total += size;
    input->consume(size);
  }
  EXPECT_EQ(total, 10'000'000U);
}

TEST(Input, Sha256OfTheStoredBytes) {
  struct Row {
    Bytes stored;
    const char* expected;
  };
  const Row rows[] = {
      // FIPS 180-4's examples
      {{}, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {{'a', 'b', 'c'}, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {Bytes(1'000'000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  for (const auto& row : rows) {
    const auto input = Input::of_bytes(row.stored, true);
    all_of(*input, 1000);
    EXPECT_EQ(input->sha256(), row.expected);
    const auto drained = Input::of_bytes(row.stored, true);
    drained->drain();
    EXPECT_EQ(drained->sha256(), row.expected);
    EXPECT_EQ(drained->stored_bytes(), row.stored.size());
    const auto plain = Input::of_bytes(row.stored);
    all_of(*plain, 1000);
    EXPECT_EQ(plain->sha256(), "");
  }
}

TEST(Input, DrainEndsTheInput) {
  const Bytes plain = noise(2'000'000);
  for (const bool hash : {false, true}) {
    const TempFile file(plain);
    auto input = Input::open(file.path(), hash);
    ASSERT_TRUE(input);
    (*input)->consume((*input)->window(10).size());
    (*input)->drain();
    EXPECT_TRUE((*input)->window(1).empty());
    EXPECT_EQ((*input)->stored_bytes(), plain.size());
    EXPECT_EQ((*input)->sha256().empty(), !hash);
  }
}

TEST(Input, ReadsFilesOfAnyKind) {
  const Bytes plain = noise(600'000);
  const TempFile file(plain);
  auto regular = Input::open(file.path(), false);
  ASSERT_TRUE(regular);
  EXPECT_TRUE(all_of(**regular, 5000) == plain);

  auto device = Input::open("/dev/null", false);
  ASSERT_TRUE(device);
  EXPECT_TRUE((*device)->window(1).empty());
}

// A pipe brings little at a time; what has arrived must be usable before the rest has.
TEST(Input, ReadsPipesAsTheyFill) {
  const std::string path = ::testing::TempDir() + "/whydown_input_test.fifo";
  unlink(path.c_str());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int both = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(both, 0);
  ASSERT_EQ(write(both, "abcdef", 6), 6);
  auto fifo = Input::open(path, false);
  ASSERT_TRUE(fifo);
  EXPECT_EQ((*fifo)->window(6).size(), 6U);
  (*fifo)->consume(6);
  ASSERT_EQ(write(both, "gh", 2), 2);
  EXPECT_EQ((*fifo)->window(2)[1], 'h');
  (*fifo)->consume(2);
  close(both);
  EXPECT_TRUE((*fifo)->window(1).empty());
  unlink(path.c_str());
}

TEST(Input, WhatCannotBeReadIsSaid) {
  struct Row {
    std::string path;
    const char* found;
  };
  const Row rows[] = {
      {"/nowhere/to/be/found.pcap", "no such file"},
      {"/dev/null/file", "no such file"},
      {"/", "a folder"},
      {std::string(5000, 'x'), "cannot be opened (File name too long)"},
      {"", "no such file"},
  };
  for (const auto& row : rows) {
    const auto input = Input::open(row.path, false);
    ASSERT_FALSE(input) << row.path;
    EXPECT_EQ(input.error().where, row.path);
    EXPECT_EQ(input.error().found, row.found);
    EXPECT_FALSE(input.error().expected.empty());
  }
}

TEST(Input, NoPermissionIsSaid) {
  const TempFile file({1, 2, 3});
  ASSERT_EQ(chmod(file.path().c_str(), 0), 0);
  const auto self = geteuid();
  constexpr uid_t nobody = 65534;
  if (self == 0) {  // root may read everything
    ASSERT_EQ(seteuid(nobody), 0);
  }
  const auto input = Input::open(file.path(), false);
  ASSERT_EQ(seteuid(self), 0);
  ASSERT_FALSE(input);
  EXPECT_EQ(input.error().found, "no permission to read it");
  EXPECT_FALSE(input.error().advice.empty());
}

}  // namespace
}  // namespace whydown::capture
