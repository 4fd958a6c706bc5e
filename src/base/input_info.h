// What is known about one input once it has been read; shown in every report.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/quality.h"
#include "base/time.h"

namespace whydown::base {

struct InputInfo {
  std::string path;    // as given; "-" for standard input
  std::string sha256;  // of the input's bytes as stored (compressed ones compressed); empty unless
                       // asked for
  std::string hmac_sha256;  // of a redacted report, in its place: under the redaction's key
  std::string format;       // "pcap", "pcapng", "tcpdump-text", "wireshark-table"
  std::string compression;  // "gzip", "zstd" or empty
  std::string
      link_type;  // "EN10MB", "LINUX_SLL", ... as libpcap names them; of text "text"; "mixed"
  std::uint64_t bytes = 0;  // as stored
  std::uint64_t packets = 0;
  std::optional<Time> first_time;  // absent when no packet carries a time
  std::optional<Time> last_time;
  bool date_known = true;
  bool zone_known = true;
  // False where times are spans since the first packet: then they tell no time of day.
  bool clock_known = true;
  bool is_text = false;
  std::optional<std::uint64_t> capture_drops;  // packets the capturing side lost, where it says so
  std::optional<std::uint32_t> snaplen;        // absent when unlimited or unknown
  std::string filter;                          // capture filter, where the input names it
  std::vector<QualityRemark> remarks;          // damage, repairs, unread lines, drops
};

}  // namespace whydown::base
