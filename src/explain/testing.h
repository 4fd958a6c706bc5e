// For tests and fuzzers of explain/ only: logs and frames through the decoder, explained one by
// one.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/interner.h"
#include "explain/explain.h"
#include "packet/testing.h"

namespace whydown::explain::testing {

using packet::testing::Bytes;
using packet::testing::LinkType;

class Reader {
 public:
  explicit Reader(bool several_inputs = false) : explainer_(names_, several_inputs) {
    base::InputInfo info;
    info.date_known = info.zone_known = false;
    explainer_.input(0, info);
  }
  // A record as capture/ hands it on, at this time of day.
  Explanation line(std::string_view words, double seconds = 0,
                   LinkType type = LinkType::tcpdump_text) {
    return frame({reinterpret_cast<const std::uint8_t*>(words.data()), words.size()}, seconds, type,
                 words);
  }
  Explanation bytes(const Bytes& bytes, double seconds = 0, LinkType type = LinkType::ethernet) {
    return frame(bytes, seconds, type, {});
  }
  Explanation frame(std::span<const std::uint8_t> bytes, double seconds, LinkType type,
                    std::string_view words) {
    capture::Frame frame;
    frame.bytes = bytes;
    frame.link_type = type;
    frame.place.number = ++number_;
    if (!words.empty()) frame.place.line = static_cast<std::uint32_t>(number_);
    frame.place.time = base::time_from_ns(static_cast<std::int64_t>(seconds * 1e9));
    packet::Decoder(names_).decode(frame, *packet_);
    return explainer_.explain(*packet_, words);
  }
  const Explainer& explainer() const { return explainer_; }

 private:
  base::Interner names_{{.names = 4096, .bytes = 1U << 18U}};
  Explainer explainer_;
  std::unique_ptr<packet::Packet> packet_ = std::make_unique<packet::Packet>();
  std::uint64_t number_ = 0;
};

inline std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += text + "\n";
  return out;
}

// The meaning of what is shown so; "(not shown)" where it is not.
inline std::string meaning(const Explanation& explanation, std::string_view shows) {
  for (const Item& item : explanation.items) {
    if (item.shows == shows) return item.means;
  }
  return "(not shown)";
}

}  // namespace whydown::explain::testing
