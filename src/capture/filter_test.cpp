#include "capture/filter.h"

#include <gtest/gtest.h>

#include "capture/test_files.h"

namespace whydown::capture {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

// An IPv4 header (RFC 791) and a UDP header: 192.0.2.1 port 4000 to 203.0.113.2 port `port`.
Bytes datagram(std::uint8_t port, std::uint8_t protocol = 17) {
  return {0x45, 0, 0,   28, 0,   0, 0,    0,    64, protocol, 0, 0, 192, 0,
          2,    1, 203, 0,  113, 2, 0x0f, 0xa0, 0,  port,     0, 8, 0,   0};
}

Bytes on_ethernet(const Bytes& packet) { return joined({Bytes(12, 0x02), {0x08, 0x00}, packet}); }

Bytes record(std::uint32_t second, const Bytes& packet) {
  const auto size = static_cast<std::uint32_t>(packet.size());
  return Writer(false).u32(second).u32(0).u32(size).u32(size).add(packet).bytes();
}

struct Read {
  std::vector<Seen> frames;
  std::vector<base::InputInfo> infos;
};

Read read(const std::vector<std::string>& paths, const std::string& filter) {
  OpenOptions options;
  options.filter = filter;
  auto source = open(paths, options);
  if (!source) {
    ADD_FAILURE() << source.error().message();
    return {};
  }
  Read result;
  result.frames = all_frames(**source);
  result.infos = (*source)->inputs();
  return result;
}

std::vector<std::uint64_t> numbers(const Read& read) {
  std::vector<std::uint64_t> out;
  for (const Seen& frame : read.frames) out.push_back(frame.number);
  return out;
}

TEST(Filter, LetsThroughWhatMatchesUnderItsOwnNumber) {
  const TempFile file(
      joined({pcap_header(), record(1, on_ethernet(datagram(53))),
              record(2, on_ethernet(datagram(80))), record(3, on_ethernet(datagram(53, 6)))}));
  struct Row {
    const char* filter;
    std::vector<std::uint64_t> passing;
  };
  const Row rows[] = {
      {"udp port 53", {1}}, {"port 53", {1, 3}},       {"host 203.0.113.2", {1, 2, 3}},
      {"not udp", {3}},     {"host 198.51.100.1", {}}, {"len > 10000", {}}};
  for (const Row& row : rows) {
    const Read got = read({file.path()}, row.filter);
    EXPECT_EQ(numbers(got), row.passing) << row.filter;
    ASSERT_EQ(got.infos.size(), 1U);
    EXPECT_EQ(got.infos[0].packets, 3U);
    EXPECT_EQ(got.infos[0].filter, row.filter);
    const base::QualityRemark* remark = remark_of(got.infos[0], "capture.filtered");
    ASSERT_NE(remark, nullptr);
    EXPECT_EQ(remark->count, 3 - row.passing.size());
  }
}

TEST(Filter, IsCompiledForEachLinkType) {
  const TempFile ethernet(joined({pcap_header(), record(1, on_ethernet(datagram(53))),
                                  record(3, on_ethernet(datagram(80)))}),
                          "ethernet");
  const TempFile raw(
      joined({pcap_header({.network = 101}), record(2, datagram(53)), record(4, datagram(80))}),
      "raw");
  const std::vector<std::string> paths{ethernet.path(), raw.path()};
  const Read dns = read(paths, "udp dst port 53");
  ASSERT_EQ(dns.frames.size(), 2U);
  EXPECT_EQ(dns.frames[0].input, 0);
  EXPECT_EQ(dns.frames[1].input, 1);
  // Raw IP has no hardware addresses.
  const Read by_mac = read(paths, "ether src 02:02:02:02:02:02");
  EXPECT_EQ(by_mac.frames.size(), 2U);
  const base::QualityRemark* remark = remark_of(by_mac.infos[1], "capture.filter_without_sense");
  ASSERT_NE(remark, nullptr);
  EXPECT_EQ(remark->count, 2U);
  EXPECT_EQ(remark_of(by_mac.infos[0], "capture.filter_without_sense"), nullptr);
}

TEST(Filter, SaysWhatIsWrong) {
  const TempFile file(joined({pcap_header(), record(1, on_ethernet(datagram(53)))}));
  constexpr std::string_view line =
      "13:24:32.192571 IP 192.0.2.1.52444 > 203.0.113.2.53: 7+ A? a.example. (27)\n";
  const TempFile log(Bytes(line.begin(), line.end()), "log");
  struct Row {
    std::string path;
    std::string filter;
    const char* message;
  };
  const Row rows[] = {{file.path(), "udp prt 53", "syntax error"},
                      {file.path(), "port 99999", "illegal port number"},
                      {file.path(), std::string(2000, 'x'), "more than 1024 bytes"},
                      {log.path(), "udp port 53", "a text log"}};
  for (const Row& row : rows) {
    OpenOptions options;
    options.filter = row.filter;
    const auto source = open({row.path}, options);
    ASSERT_FALSE(source) << row.filter;
    EXPECT_NE(source.error().message().find(row.message), std::string::npos)
        << source.error().message();
  }
}

}  // namespace
}  // namespace whydown::capture
