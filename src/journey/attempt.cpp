// What an attempt's outline repeats of its packets, and how attempts are kept.
#include "journey/journey.h"

namespace whydown::journey {

void Attempt::complete_outline() {
  const Digest& asked = request.is_set() ? request : answer;
  question.is_set = service.protocol == Protocol::dns &&
                    (request.kind == Kind::dns_query || answer.kind == Kind::dns_answer);
  // That of a connection is not in its packets.
  if (step != Step::connect) question.name = request.name != 0 ? request.name : answer.name;
  question.type = asked.dns_type;
  question.checking_disabled = asked.checking_disabled;
  decided_by = answer.kind;
  extended_error = answer.extended_error;
  code = answer.code;
  input = asked.place.input;
  number = asked.place.number;
}

void expand(const Traces& traces, Attempt& attempt) {
  const packet::Transport transport = attempt.service.transport;
  const Ends sent{attempt.client, attempt.service.server, traces.client_port, attempt.service.port};
  const Ends received{sent.destination, sent.source, sent.destination_port, sent.source_port};
  expand(traces.request, traces.request_kind, transport, sent, attempt.request);
  expand(traces.last_request, traces.request_kind, transport, sent, attempt.last_request);
  expand(traces.answer, traces.answer_kind, transport, received, attempt.answer);
  if (!attempt.question.is_set) return;
  for (Digest* digest : {&attempt.request, &attempt.last_request, &attempt.answer}) {
    if (!digest->is_set()) continue;
    digest->name = attempt.question.name;
    digest->dns_id = traces.dns_id;
    digest->dns_type = attempt.question.type;
    digest->checking_disabled = traces.query_checking_disabled;
  }
  if (!attempt.answer.is_set()) return;
  if (traces.answer_type != 0) attempt.answer.dns_type = traces.answer_type;
  attempt.answer.dns_rcode = traces.dns_rcode;
  attempt.answer.dns_answers = traces.dns_answers;
  attempt.answer.extended_error = traces.extended_error;
  attempt.answer.authoritative = traces.authoritative;
  attempt.answer.dns_truncated = traces.truncated;
  attempt.answer.has_soa = traces.has_soa;
  attempt.answer.checking_disabled = traces.answer_checking_disabled;
}

void WholePackets::show(Attempt& attempt) const {
  attempt.request = attempt_.request;
  attempt.last_request = attempt_.last_request;
  attempt.answer = attempt_.answer;
  attempt.tls = attempt_.tls;
}

void KeptAttempt::set(const Outline& outline, const Packets& packets) {
  static_cast<Outline&>(attempt_) = outline;
  in_short_ = packets.shorten(traces_);
  if (in_short_) {
    attempt_.tls = {};  // of whatever was kept here before
  } else {
    packets.show(attempt_);
  }
}

const Attempt& KeptAttempt::attempt() const {
  if (in_short_) expand(traces_, attempt_);
  in_short_ = false;
  return attempt_;
}

std::uint16_t KeptAttempt::client_port() const {
  if (!in_short_) return attempt_.request.source_port;
  return traces_.request.is_set() ? traces_.client_port : std::uint16_t{0};
}

std::uint16_t KeptAttempt::dns_id() const {
  if (!in_short_) return attempt_.request.dns_id;
  return traces_.request.is_set() ? traces_.dns_id : std::uint16_t{0};
}

bool KeptPackets::shorten(Traces& traces) const {
  if (kept_.in_short_) traces = kept_.traces_;
  return kept_.in_short_;
}

}  // namespace whydown::journey
