#include "pipeline/pipeline.h"

#include <array>
#include <memory>

#include "base/interner.h"
#include "evidence/evidence.h"
#include "journey/journey.h"
#include "packet/packet.h"
#include "pipeline/budget.h"

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
  packet::Packet& next() { return place(count_).packet; }
  // next() has been filled.
  void push() {
    place(count_).expected = tracker_.expect(next());
    ++count_;
    if (count_ >= kNear) {
      const Place& near = place(count_ - kNear);
      tracker_.expect_soon(near.packet, near.expected);
    }
    if (count_ >= kBeltPackets) advance();
  }
  void drain() {
    while (done_ < count_) advance();
  }

 private:
  static constexpr std::size_t kNear = kBeltPackets / 2;
  struct Place {
    packet::Packet packet;
    std::uint64_t expected = 0;  // of Tracker::expect()
  };
  Place& place(std::uint64_t number) { return places_[number % kBeltPackets]; }
  void advance() { tracker_.packet(place(done_++).packet); }

  journey::Tracker& tracker_;
  std::array<Place, kBeltPackets> places_;
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
