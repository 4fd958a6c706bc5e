#include "pipeline/pipeline.h"

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

}  // namespace

std::expected<diagnosis::Diagnosis, base::Error> run(const Request& request,
                                                     const diagnosis::Catalogue& catalogue) {
  auto source = capture::open(request.paths, request.open);
  if (!source) return std::unexpected(source.error());

  base::Interner names;
  packet::Decoder decoder(names);
  evidence::Store store;
  journey::Tracker tracker(store, names);
  const auto packet = std::make_unique<packet::Packet>();

  while (const capture::Frame* frame = (*source)->next()) {
    if (!wanted(*frame, request)) continue;
    decoder.decode(*frame, *packet);
    tracker.packet(*packet);
  }
  tracker.finish();

  store.set_totals(tracker.totals());
  store.set_inputs((*source)->inputs());
  return diagnosis::diagnose(store, catalogue, names);
}

}  // namespace whydown::pipeline
