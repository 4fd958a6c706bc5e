#include "pipeline/pipeline.h"

#include <array>
#include <memory>

#include "base/interner.h"
#include "evidence/evidence.h"
#include "journey/journey.h"
#include "packet/packet.h"

namespace whydown::pipeline {
namespace {

// Frames without a time pass: nothing tells that they lie outside.
bool wanted(const capture::Frame& frame, const Request& request) {
  if (!frame.has_time) return true;
  if (request.since && frame.place.time < *request.since) return false;
  return !request.until || frame.place.time <= *request.until;
}

// Packets on their way from the decoder to the tracker: while a few wait, the memory that the
// tracker will touch for them is fetched.
class Belt {
 public:
  explicit Belt(journey::Tracker& tracker) : tracker_(tracker) {}
  packet::Packet& next() { return packets_[count_ % kPackets]; }
  // next() has been filled.
  void push() {
    tracker_.expect(next());
    ++count_;
    if (count_ >= kNear) tracker_.expect_soon(packets_[(count_ - kNear) % kPackets]);
    if (count_ >= kPackets) tracker_.packet(packets_[done_++ % kPackets]);
  }
  void drain() {
    while (done_ < count_) tracker_.packet(packets_[done_++ % kPackets]);
  }

 private:
  static constexpr std::size_t kPackets = 8;
  static constexpr std::size_t kNear = 4;  // behind the newest

  journey::Tracker& tracker_;
  std::array<packet::Packet, kPackets> packets_;
  std::uint64_t count_ = 0;
  std::uint64_t done_ = 0;
};

}  // namespace

std::expected<diagnosis::Diagnosis, base::Error> run(const Request& request,
                                                     const diagnosis::Catalogue& catalogue) {
  auto source = capture::open(request.paths, request.open);
  if (!source) return std::unexpected(source.error());

  base::Interner names;
  packet::Decoder decoder(names);
  evidence::Store store;
  journey::Tracker tracker(store, names);
  const auto belt = std::make_unique<Belt>(tracker);

  while (const capture::Frame* frame = (*source)->next()) {
    if (!wanted(*frame, request)) continue;
    decoder.decode(*frame, belt->next());
    belt->push();
  }
  belt->drain();
  tracker.finish();

  store.set_totals(tracker.totals());
  store.set_inputs((*source)->inputs());
  return diagnosis::diagnose(store, catalogue, names);
}

}  // namespace whydown::pipeline
