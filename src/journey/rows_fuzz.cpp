// Rows of a table of two machines: whatever they say, what is told of it must add up. A line of the
// input is a row; its first byte says who sends it, its second its length, and the rest is
// "PROTOCOL\tINFO".
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "journey/fuzz_judge.h"

namespace {

using namespace whydown;
using journey::Outcome;
using journey::require;

class Judge final : public journey::FuzzJudge {
 public:
  using FuzzJudge::FuzzJudge;

 private:
  void judge(const journey::Attempt& attempt) override {
    require(attempt.outcome != Outcome::failed || attempt.answer.is_set());
    require((attempt.symptom == journey::Symptom::none) ||
            (attempt.outcome != Outcome::ok && attempt.outcome != Outcome::slow));
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::Interner names({.names = 1024, .bytes = 32768});
  Judge judge(names);
  journey::Tracker tracker(judge, names);
  packet::Decoder decoder(names);
  const auto packet = std::make_unique<packet::Packet>();
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::uint32_t number = 0;
  std::int64_t time = 1'700'000'000'000'000'000;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.size() < 3) continue;
    const bool from_client = line[0] == '>';
    const auto length = static_cast<std::uint8_t>(line[1]);
    line.remove_prefix(2);
    std::string record = from_client ? "192.0.2.1\t203.0.113.1\t" : "203.0.113.1\t192.0.2.1\t";
    const std::size_t tab = std::min(line.find('\t'), line.size());
    record.append(line.substr(0, tab));
    record.append("\t\t");
    record.append(line.substr(std::min(tab + 1, line.size())));
    capture::Frame frame;
    frame.bytes = {reinterpret_cast<const std::uint8_t*>(record.data()), record.size()};
    frame.link_type = capture::LinkType::wireshark_row;
    frame.wire_length = 8U * length;
    frame.place.number = frame.place.line = ++number;
    time += std::int64_t{length} * 40'000'000;
    frame.place.time = base::time_from_ns(time);
    frame.has_time = true;
    decoder.decode(frame, *packet);
    tracker.packet(*packet);
  }
  tracker.finish();
  return 0;
}
