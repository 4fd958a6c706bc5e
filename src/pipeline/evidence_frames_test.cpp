#include "pipeline/evidence_frames.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace whydown::pipeline {
namespace {

const std::string kCaptures = WHYDOWN_SOURCE_DIR "/examples/captures/";

// Every packet of the inputs, as the first pass saw it.
struct Seen {
  std::vector<base::Place> places;
  std::vector<std::vector<std::uint8_t>> bytes;
};

Seen read_all(const std::vector<std::string>& paths) {
  Seen seen;
  auto source = capture::open(paths, {});
  EXPECT_TRUE(source);
  while (const capture::Frame* frame = (*source)->next()) {
    seen.places.push_back(frame->place);
    seen.bytes.emplace_back(frame->bytes.begin(), frame->bytes.end());
  }
  return seen;
}

Request request_for(std::vector<std::string> paths) {
  Request request;
  request.paths = std::move(paths);
  return request;
}

TEST(EvidenceFrames, AreThoseAskedFor) {
  for (const char* name :
       {"named-stopped.pcap", "named-stopped.pcapng.gz", "named-stopped.pcap.zst",
        "named-never-up-any.pcap", "named-stopped-nano.pcap"}) {
    const std::vector<std::string> paths{kCaptures + name};
    const Seen seen = read_all(paths);
    ASSERT_GT(seen.places.size(), 6U);
    const auto read = evidence_frames(
        request_for(paths), {seen.places[6], seen.places[1], {}, seen.places[6], seen.places[0]});
    ASSERT_TRUE(read) << read.error().message();
    ASSERT_EQ(read->frames.size(), 3U) << name;
    const std::size_t wanted[] = {0, 1, 6};
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(read->frames[i].place, seen.places[wanted[i]]);
      EXPECT_EQ(read->frames[i].bytes, seen.bytes[wanted[i]]);
    }
  }
}

TEST(EvidenceFrames, EachInputHasItsOwnNumbers) {
  const std::vector<std::string> paths{kCaptures + "iptables-drop.pcap",
                                       kCaptures + "iptables-drop-server.pcap"};
  const Seen seen = read_all(paths);
  const auto read = evidence_frames(request_for(paths), seen.places);
  ASSERT_TRUE(read) << read.error().message();
  ASSERT_EQ(read->frames.size(), seen.places.size());
  for (std::size_t i = 0; i < seen.places.size(); ++i) {
    const auto found = std::ranges::find(read->frames, seen.places[i], &base::KeptFrame::place);
    ASSERT_NE(found, read->frames.end());
    EXPECT_EQ(found->bytes, seen.bytes[i]);
  }
}

TEST(EvidenceFrames, WordsHaveNoBytes) {
  const std::vector<std::string> paths{kCaptures + "named-stopped-n.txt"};
  const Seen seen = read_all(paths);
  const auto read = evidence_frames(request_for(paths), {seen.places[0], seen.places[1]});
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->frames.empty());
  EXPECT_EQ(read->without_bytes, 2U);
}

TEST(EvidenceFrames, AnInputThatChangedIsRefused) {
  const std::vector<std::string> paths{kCaptures + "named-stopped.pcap"};
  const Seen seen = read_all(paths);
  base::Place other_time = seen.places[3];
  other_time.time += std::chrono::seconds{1};
  base::Place beyond = seen.places.back();
  beyond.number += 1;
  for (const base::Place& place : {other_time, beyond}) {
    const auto read = evidence_frames(request_for(paths), {place});
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message().find("is not the one that was read before"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace whydown::pipeline
