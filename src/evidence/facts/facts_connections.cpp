// Facts about the TCP connections of a server that leaves other requests without an answer: what
// the journey says of them (journey::Sign, from server_heard on).
//
// The system accepts connections for a program until its queue is full. A program that takes none
// out of the queue therefore shows in two steps: some connections are accepted and get not a byte,
// then new ones get no answer at all.
#include <array>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

bool is_subject(const View& view, const Service& service) {
  return std::ranges::find(view.subject.services, service) != view.subject.services.end();
}

std::vector<const Observation*> kept_of(const ObservationRow& row) {
  std::vector<const Observation*> out;
  out.reserve(row.first.size() + row.last.size());
  for (const Observation& seen : row.first) out.push_back(&seen);
  for (const Observation& seen : row.last) {
    if (row.first.empty() || row.first.back().packet.place < seen.packet.place) {
      out.push_back(&seen);
    }
  }
  return out;
}

// Whether some that were not kept may have been accepted in [from, to].
bool may_hide_some(const ObservationRow& row, base::Time from, base::Time to) {
  const bool is_all = row.count <= kept_of(row).size();
  return !is_all && row.first.back().packet.place.time <= to &&
         row.last.front().packet.place.time >= from;
}

// Connections of the subject by when they were accepted.
struct Connections {
  std::vector<const ObservationRow*> served_rows;
  std::vector<const ObservationRow*> mute_rows;
  base::Time last_served = base::Time::min();  // until View::until
  std::vector<base::Place> served;             // these, from a minute before the failure
  std::vector<const Observation*> mute;        // after the last served one, as far
};

bool has_row(const View& view, Sign sign) {
  return std::ranges::any_of(view.store.observations(), [&](const ObservationRow& row) {
    return row.sign == sign && is_subject(view, row.service);
  });
}

Connections connections_of(const View& view) {
  // Clients keep spare connections open; where the service speaks first, none is spare.
  const bool may_be_spare =
      has_row(view, Sign::data_answered) && !has_row(view, Sign::data_unasked);
  Connections out;
  for (const ObservationRow& row : view.store.observations()) {
    if (!is_subject(view, row.service)) continue;
    if (row.sign == Sign::data_answered || row.sign == Sign::data_unasked) {
      out.served_rows.push_back(&row);
    } else if (row.sign == Sign::data_missing ||
               (row.sign == Sign::nothing_sent && !may_be_spare)) {
      out.mute_rows.push_back(&row);
    }
  }
  const base::Time from = base::add(view.first, -kNear);
  for (const ObservationRow* row : out.served_rows) {
    for (const Observation* seen : kept_of(*row)) {
      const base::Time time = seen->packet.place.time;
      if (time > view.until) continue;
      out.last_served = std::max(out.last_served, time);
      if (time >= from) out.served.push_back(seen->packet.place);
    }
  }
  for (const ObservationRow* row : out.mute_rows) {
    for (const Observation* seen : kept_of(*row)) {
      const base::Time time = seen->packet.place.time;
      if (time >= from && time <= view.until && time > out.last_served) out.mute.push_back(seen);
    }
  }
  return out;
}

// Accepted after `time`, with or without data.
bool has_accepted_since(const View& view, base::Time time) {
  return std::ranges::any_of(view.service, [&](const Row* row) {
    return is_ok(*row) && std::ranges::any_of(row->exemplars(), [&](const Attempt* attempt) {
             const base::Time accepted = attempt->answer.place.time;
             return attempt->answer.is_set() && accepted > time && accepted <= view.until;
           });
  });
}

Finding mute(const View& view, const Connections& found) {
  std::vector<base::Place> packets;
  base::Time earliest_time = base::Time::max();
  base::Duration longest{0};
  for (const Observation* seen : found.mute) {
    packets.push_back(seen->packet.place);
    earliest_time = std::min(earliest_time, seen->packet.place.time);
    longest = std::max(longest, seen->latency);
  }
  for (const ObservationRow* row : found.served_rows) {
    if (may_hide_some(*row, earliest_time, view.until)) return unknown();
  }
  return yes(fmt::format("{} accepted, not a byte from the server on {} for up to {}",
                         counted(found.mute.size(), "connection"),
                         found.mute.size() == 1 ? "it" : "them", times(longest)),
             earliest(std::move(packets)));
}

Finding accepted_mute(const View& view) {
  const Connections found = connections_of(view);
  if (!found.mute.empty()) return mute(view, found);
  if (found.served.empty() || has_accepted_since(view, found.last_served)) return unknown();
  for (const ObservationRow* row : found.mute_rows) {
    if (may_hide_some(*row, found.last_served, view.until)) return unknown();
  }
  std::vector<base::Place> packets = found.served;
  std::ranges::sort(packets);
  if (packets.size() > 2) packets.erase(packets.begin(), packets.end() - 2);
  return no("the last connections that were accepted got data", std::move(packets));
}

constexpr std::array kConnectionsFacts = {
    Entry{{"service.accepted_mute",
           "Did the last TCP connections that this service accepted, from a minute before the "
           "first failure on, get not a byte from it for 3 s or more, though its system went on "
           "to acknowledge? No where the last ones got data. A connection on which the client "
           "sent nothing either counts only where the service speaks first, or sent no data on "
           "any.",
           "Linux net/ipv4/tcp_ipv4.c, sk_acceptq_is_full; RFC 9293 3.10.7"},
          accepted_mute},
};

}  // namespace

std::span<const Entry> connections_facts() { return kConnectionsFacts; }

std::vector<base::Place> heard_during(const View& view) {
  std::vector<base::Place> packets;
  for (const ObservationRow& row : view.store.observations()) {
    if (row.sign != Sign::server_heard ||
        !std::ranges::binary_search(view.servers, row.service.server)) {
      continue;
    }
    for (const Observation* seen : kept_of(row)) {
      if (is_during(view, seen->packet.place.time)) packets.push_back(seen->packet.place);
    }
  }
  return earliest(std::move(packets));
}

}  // namespace whydown::evidence::facts_detail
