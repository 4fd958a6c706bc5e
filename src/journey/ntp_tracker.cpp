#include "journey/ntp_tracker.h"

#include "journey/application.h"
#include "journey/verdict.h"
#include "packet/ntp/ntp.h"

namespace whydown::journey {

using packet::Packet;
namespace ntp = packet::ntp;

namespace {

NtpSays says(const ntp::Header& header) {
  if (ntp::is_unsynchronised(header)) return NtpSays::unsynchronised;
  if (!ntp::is_kiss(header)) return NtpSays::time;
  constexpr std::uint32_t kRate = 0x52415445;
  constexpr std::uint32_t kDeny = 0x44454e59;
  constexpr std::uint32_t kRestricted = 0x52535452;  // RSTR
  constexpr std::uint32_t kInit = 0x494e4954;        // INIT: it has not found the time yet
  constexpr std::uint32_t kStep = 0x53544550;        // STEP: its own clock has just jumped
  switch (header.reference) {
    case kRate:
      return NtpSays::rate;
    case kDeny:
    case kRestricted:
      return NtpSays::denied;
    case kInit:
    case kStep:
    case 0:
      return NtpSays::unsynchronised;
    default:
      return NtpSays::other_kiss;
  }
}

}  // namespace

void NtpTracker::packet(const Packet& packet) {
  ntp::Header header;
  if (!ntp::read(packet.payload, header)) return;
  const auto key_of = [&](const base::IpAddress& client, const base::IpAddress& server,
                          std::uint64_t stamp) { return fold(pair_hash(client, server), stamp); };
  if (header.mode == ntp::kClient) {
    const Trace trace = trace_of(packet);
    Asked& asked = asked_.get(key_of(packet.ip.source, packet.ip.destination, header.transmit));
    asked = {.key = asked.key,
             .last = trace.time,
             .number = trace.number,
             .line = trace.line,
             .input = trace.input,
             .known = trace.known,
             .client_port = packet.source_port,
             .ttl = trace.ttl,
             .bits = trace.bits};
    return;
  }
  if (header.mode != ntp::kServer) return;
  const base::IpAddress& client = packet.ip.destination;
  const base::IpAddress& server = packet.ip.source;
  Asked* asked = asked_.find(key_of(client, server, header.origin));
  if (asked == nullptr || asked->number == 0 || asked->client_port != packet.destination_port) {
    return;  // nobody in view asked for it: forged, or the capture began in between
  }
  Attempt attempt;
  attempt.service = {.server = server,
                     .port = packet.source_port,
                     .transport = packet::Transport::udp,
                     .protocol = Protocol::ntp};
  attempt.client = client;
  attempt.step = Step::request;
  attempt.client_spoke = attempt.server_spoke = true;
  attempt.tries = 1;
  Trace request;
  request.time = asked->last;
  request.number = asked->number;
  request.line = asked->line;
  request.input = asked->input;
  request.known = asked->known;
  request.ttl = asked->ttl;
  request.bits = asked->bits;
  request.payload_length = ntp::kHeader;
  attempt.request = expand(request, Kind::ntp_request, packet::Transport::udp,
                           {client, server, packet.destination_port, packet.source_port});
  attempt.answer = digest_of(packet, Kind::ntp_answer, 0);
  attempt.answer.code = header.stratum;
  const NtpSays said = says(header);
  attempt.answer.detail = static_cast<std::uint16_t>(said);
  attempt.begin = request.when();
  attempt.end = packet.place.time;
  attempt.timed = request.has_time() && packet.has_time;
  attempt.latency = latency_of(attempt.timed, attempt.begin, attempt.end);
  attempt.symptom = said == NtpSays::time ? Symptom::none : Symptom::refused_reply;
  attempt.outcome = outcome_of(attempt.symptom);
  asked->number = 0;  // answered
  const std::uint64_t wish = fold(hash_of(client, 26), hash_of(server, 27));
  if (attempt.outcome == Outcome::ok) requests_.served(wish, attempt.begin);
  requests_.settle(attempt, wish, base::Duration{0});
}

}  // namespace whydown::journey
