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
  if (!frame.has_time || (!request.since && !request.until)) return true;
  if (request.since && frame.place.time < *request.since) return false;
  return !request.until || frame.place.time <= *request.until;
}

// Packets on their way from the decoder to the tracker: while a few wait, the memory that the
// tracker will touch for them is fetched.
class Belt {
 public:
  explicit Belt(journey::Tracker& tracker) : tracker_(tracker) {}
  packet::Packet& next() { return places_[at_].packet; }
  // next() has been filled.
  void push() {
    Place& filled = places_[at_];
    filled.expected = tracker_.expect(filled.packet);
    filled.is_full = true;
    advance();
  }
  void drain() {
    for (std::size_t i = 0; i < kBeltPackets; ++i) advance();
  }

 private:
  struct Place {
    packet::Packet packet;
    journey::Expected expected;
    bool is_full = false;
  };
  // To the place of the packet that waits longest.
  void advance() {
    at_ = (at_ + 1) % kBeltPackets;
    Place& due = places_[at_];
    if (due.is_full) tracker_.packet(due.packet, due.expected);
    due.is_full = false;
  }

  journey::Tracker& tracker_;
  std::array<Place, kBeltPackets> places_;
  std::size_t at_ = 0;
};

// One pass over the inputs, from frames to rows.
std::expected<void, base::Error> read_into(const Request& request, base::Interner& names,
                                           evidence::Store& store) {
  // What waits on the belt has views into the bytes of its frames.
  std::unique_ptr<Belt> belt;
  capture::OpenOptions options = request.open;
  options.before_reuse = [&belt] {
    if (belt) belt->drain();
  };
  auto source = capture::open(request.paths, options);
  if (!source) return std::unexpected(source.error());

  names.set_mask(request.mask);
  packet::Decoder decoder(names);
  journey::Tracker tracker(store, names);
  belt = std::make_unique<Belt>(tracker);

  while (const capture::Frame* frame = (*source)->next()) {
    if (!wanted(*frame, request)) continue;
    decoder.decode(*frame, belt->next());
    belt->push();
  }
  belt->drain();
  tracker.finish();

  store.set_totals(tracker.totals());
  store.set_inputs((*source)->inputs());
  return {};
}

}  // namespace

std::expected<diagnosis::Diagnosis, base::Error> run(const Request& request,
                                                     const diagnosis::Catalogue& catalogue) {
  base::Interner names;
  evidence::Store store;
  if (auto read = read_into(request, names, store); !read) return std::unexpected(read.error());
  return diagnosis::diagnose(store, catalogue, names);
}

std::expected<Facts, base::Error> facts(const Request& request, const evidence::Subject& subject) {
  base::Interner names;
  evidence::Store store;
  if (auto read = read_into(request, names, store); !read) return std::unexpected(read.error());
  return Facts{evidence::facts(store, subject, names), store.inputs()};
}

}  // namespace whydown::pipeline
