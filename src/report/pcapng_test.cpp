// The pcapng of evidence, read back block by block.
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/kept_frame.h"
#include "base/sha256.h"
#include "report/cited.h"
#include "report/fixtures_test.h"

namespace whydown::report {
namespace {

using Opt = std::pair<std::uint16_t, std::string>;

struct Block {
  std::uint32_t type = 0;
  std::string body;  // without type, lengths and options
  std::vector<Opt> options;

  std::vector<std::string> all(std::uint16_t code) const {
    std::vector<std::string> out;
    for (const auto& [known, value] : options) {
      if (known == code) out.push_back(value);
    }
    return out;
  }
  std::string first(std::uint16_t code) const {
    const auto values = all(code);
    return values.empty() ? "" : values.front();
  }
};

template <typename Number>
Number load(const std::string& bytes, std::size_t at) {
  Number value = 0;
  EXPECT_LE(at + sizeof value, bytes.size());
  if (at + sizeof value <= bytes.size()) std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::size_t padded(std::size_t size) { return (size + 3) / 4 * 4; }

std::size_t options_at(std::uint32_t type, const std::string& body) {
  if (type == 0x0a0d0d0a) return 16;
  if (type == 1) return 8;
  return 20 + padded(load<std::uint32_t>(body, 12));
}

void read_options(Block& block) {
  std::size_t at = options_at(block.type, block.body);
  const std::string all = block.body;
  block.body.resize(at);
  while (true) {
    const auto code = load<std::uint16_t>(all, at);
    const auto size = load<std::uint16_t>(all, at + 2);
    if (code == 0) break;
    block.options.emplace_back(code, all.substr(at + 4, size));
    at += 4 + padded(size);
  }
  EXPECT_EQ(at + 4, all.size());
}

std::vector<Block> blocks_of(const std::string& file) {
  std::vector<Block> out;
  for (std::size_t at = 0; at < file.size();) {
    Block block;
    block.type = load<std::uint32_t>(file, at);
    const auto length = load<std::uint32_t>(file, at + 4);
    EXPECT_GE(length, 12U);
    EXPECT_EQ(length % 4, 0U);
    EXPECT_EQ(load<std::uint32_t>(file, at + length - 4), length);
    if (length < 12 || at + length > file.size()) break;
    block.body = file.substr(at + 8, length - 12);
    read_options(block);
    out.push_back(std::move(block));
    at += length;
  }
  return out;
}

base::KeptFrame frame_at(const base::Place& place, std::uint16_t link_type = 1) {
  base::KeptFrame frame;
  frame.place = place;
  frame.bytes = {1, 2, 3, 4, 5};
  frame.wire_length = 60;
  frame.link_type = link_type;
  frame.direction = base::FrameDirection::outbound;
  return frame;
}

std::string as_pcapng(const diagnosis::Diagnosis& diagnosis,
                      const std::vector<base::KeptFrame>& frames, EvidenceBytes counts = {}) {
  Options options;
  options.format = Format::pcapng;
  options.version = "9.9";
  options.evidence = counts;
  options.evidence.frames = frames;
  return render(diagnosis, options);
}

std::vector<base::KeptFrame> frames_of(const diagnosis::Diagnosis& diagnosis) {
  std::vector<base::KeptFrame> frames;
  for (const base::Place& place : cited_packets(diagnosis)) frames.push_back(frame_at(place));
  return frames;
}

TEST(Pcapng, EveryCitedPacketIsThereAndSaysWhatItShows) {
  const diagnosis::Diagnosis diagnosis = dns_refused();
  const auto frames = frames_of(diagnosis);
  ASSERT_EQ(frames.size(), 6U);
  const auto blocks = blocks_of(as_pcapng(diagnosis, frames));
  ASSERT_EQ(blocks.size(), 2 + frames.size());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const Block& packet = blocks[2 + i];
    EXPECT_EQ(packet.type, 6U);
    EXPECT_EQ(load<std::uint32_t>(packet.body, 12), 5U);
    EXPECT_EQ(load<std::uint32_t>(packet.body, 16), 60U);
    EXPECT_EQ(packet.body.substr(20, 5), "\1\2\3\4\5");
    EXPECT_EQ(load<std::uint32_t>(packet.first(2), 0), 2U);  // outbound
    const std::uint64_t us = std::uint64_t{load<std::uint32_t>(packet.body, 4)} << 32U |
                             load<std::uint32_t>(packet.body, 8);
    EXPECT_EQ(static_cast<std::int64_t>(us) * 1000, base::ns_of(frames[i].place.time));
    EXPECT_TRUE(packet.first(1).starts_with("Packet " + std::to_string(i + 1) + " of input 1. "))
        << packet.first(1);
  }
  const auto query = blocks[2].all(1);
  EXPECT_NE(query[0].find("Context of incident 1"), std::string::npos);
  const auto error = blocks[3].all(1);
  EXPECT_NE(error[0].find("Symptom of incident 1"), std::string::npos);
  EXPECT_NE(error[0].find("ICMP destination unreachable"), std::string::npos);
  EXPECT_NE(error[1].find("speaks for \"The DNS service is not running\": The error comes"),
            std::string::npos)
      << error[1];
}

TEST(Pcapng, TheSectionNamesTheReportByItsHash) {
  const diagnosis::Diagnosis diagnosis = dns_refused();
  Options json;
  json.format = Format::json;
  json.version = "9.9";
  const auto blocks = blocks_of(as_pcapng(diagnosis, frames_of(diagnosis), {{}, 2, 1}));
  const std::string comment = blocks.at(0).first(1);
  for (const std::string& owed :
       {"SHA-256 of the JSON report: " + base::sha256_hex(render(diagnosis, json)),
        std::string("2 packets cited from a text log are not here"),
        std::string("1 packet was left out for size"), std::string("1 incident")}) {
    EXPECT_NE(comment.find(owed), std::string::npos) << owed << "\nin " << comment;
  }
  EXPECT_EQ(blocks.at(0).first(4), "whydown 9.9");
}

TEST(Pcapng, OneInterfacePerInputAndLinkType) {
  diagnosis::Diagnosis diagnosis = hostile();
  ASSERT_EQ(diagnosis.inputs.size(), 2U);
  diagnosis.inputs[0].path = "a/client.pcap";
  diagnosis.inputs[1].path = "b/server.pcap";
  base::Place place;
  place.number = 1;
  std::vector<base::KeptFrame> frames;
  struct Row {
    std::uint16_t input, link_type;
    std::int64_t ns;
    std::uint32_t interface;
  };
  const Row rows[] = {{0, 1, 1000, 0}, {0, 113, 2000, 1}, {1, 1, 3001, 2}, {0, 1, 4000, 0}};
  for (const Row& row : rows) {
    place.input = row.input;
    place.time = base::time_from_ns(row.ns);
    ++place.number;
    frames.push_back(frame_at(place, row.link_type));
  }
  const auto blocks = blocks_of(as_pcapng(diagnosis, frames));
  ASSERT_EQ(blocks.size(), 8U);
  const char* names[] = {"client.pcap", "client.pcap", "server.pcap"};
  const std::uint16_t types[] = {1, 113, 1};
  const char* resolutions[] = {"\x06", "\x06", "\x09"};  // only the last needs nanoseconds
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(blocks[1 + i].type, 1U);
    EXPECT_EQ(load<std::uint16_t>(blocks[1 + i].body, 0), types[i]);
    EXPECT_EQ(blocks[1 + i].first(2), names[i]);
    EXPECT_EQ(blocks[1 + i].first(9), resolutions[i]);
  }
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(load<std::uint32_t>(blocks[4 + i].body, 0), rows[i].interface);
  }
  EXPECT_EQ(load<std::uint32_t>(blocks[6].body, 8), 3001U);
}

TEST(Pcapng, WithoutAnIncidentThereIsTheSectionAlone) {
  const auto blocks = blocks_of(as_pcapng(healthy(), {}));
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_NE(blocks[0].first(1).find("0 packets with comments"), std::string::npos);
}

TEST(Pcapng, HostileWordsStayWithinTheirOption) {
  diagnosis::Diagnosis diagnosis = dns_refused();
  std::string& text = diagnosis.incidents[0].evidence[0].text;
  for (int i = 0; i < 20'000; ++i) text += "\xc3\xa4\x1b";
  const auto blocks = blocks_of(as_pcapng(diagnosis, frames_of(diagnosis)));
  ASSERT_EQ(blocks.size(), 8U);
  const std::string comment = blocks[2].first(1);
  EXPECT_LE(comment.size(), 8192U);
  EXPECT_EQ(comment.find('\x1b'), std::string::npos);
  EXPECT_NE(static_cast<unsigned char>(comment.back()), 0xc3U);  // no half a character
}

}  // namespace
}  // namespace whydown::report
