// What an attempt's outline repeats of its packets.
#include "journey/journey.h"

namespace whydown::journey {

void Attempt::complete_outline() {
  const Digest& asked = request.is_set() ? request : answer;
  question.is_set = service.protocol == Protocol::dns &&
                    (request.kind == Kind::dns_query || answer.kind == Kind::dns_answer);
  question.name = request.name != 0 ? request.name : answer.name;
  question.type = asked.dns_type;
  question.checking_disabled = asked.checking_disabled;
  decided_by = answer.kind;
  extended_error = answer.extended_error;
  input = asked.place.input;
  number = asked.place.number;
}

void WholePackets::show(Attempt& attempt) const {
  attempt.request = attempt_.request;
  attempt.last_request = attempt_.last_request;
  attempt.answer = attempt_.answer;
}

}  // namespace whydown::journey
