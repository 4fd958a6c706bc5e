// Facts about QUIC that does not come about: what TCP does at the same place, and QUIC elsewhere.
#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

bool is_quic(const Row& row) { return row.key.service.protocol == Protocol::quic; }

bool is_about_quic(const View& view) {
  return view.subject.services.front().protocol == Protocol::quic;
}

bool is_tcp_beside(const View& view, const Row& row) {
  const Service& tcp = row.key.service;
  return tcp.protocol == Protocol::tcp && row.key.step == Step::connect &&
         std::ranges::any_of(view.subject.services, [&](const Service& service) {
           return service.server == tcp.server && service.port == tcp.port;
         });
}

bool is_elsewhere(const View& view, const Row& row) {
  return is_quic(row) && row.key.step == Step::connect &&
         std::ranges::find(view.servers, row.key.service.server) == view.servers.end();
}

bool is_failed(const Row& row) {
  return row.key.outcome == Outcome::silent || row.key.outcome == Outcome::refused;
}

// Served or not in vain only, among rows of the failure's time.
struct Sides {
  RowList served;
  RowList failed;
};

template <typename Among>
Sides sides_of(const View& view, const RowList& rows, Among among) {
  Sides sides;
  for (const Row* row : rows) {
    if (!among(*row)) continue;
    if (is_ok(*row) && answered_between(*row, view.first, view.until)) sides.served.push_back(row);
    if (is_failed(*row) && is_during(view, *row)) sides.failed.push_back(row);
  }
  return sides;
}

Finding quic_asked(const View& view) {
  if (view.subject.services.front().transport != packet::Transport::udp) return unknown();
  if (!is_about_quic(view)) return no("the datagrams do not begin QUIC connections");
  return yes("the clients begin QUIC connections, which a server has to answer",
             cite_requests(view.failed));
}

Finding quic_tcp_answers(const View& view) {
  if (!is_about_quic(view)) return unknown();
  const Sides tcp =
      sides_of(view, view.host, [&](const Row& row) { return is_tcp_beside(view, row); });
  const std::uint64_t served = sum(tcp.served, &Row::attempts);
  if (served > 0) {
    return yes(fmt::format("TCP to the same port took {} meanwhile", counted(served, "connection")),
               cite_answers(tcp.served));
  }
  const std::uint64_t failed = sum(tcp.failed, &Row::attempts);
  if (failed == 0) return unknown();
  return no(fmt::format("{} over TCP to the same port failed too", counted(failed, "attempt")),
            cite_requests(tcp.failed));
}

Finding quic_answered_elsewhere(const View& view) {
  if (!is_about_quic(view)) return unknown();
  RowList all;
  for (const auto& [key, row] : view.store.rows()) all.push_back(&row);
  const Sides other = sides_of(view, all, [&](const Row& row) { return is_elsewhere(view, row); });
  const std::uint64_t served = sum(other.served, &Row::attempts);
  if (served > 0) {
    return yes(fmt::format("other servers answered {} meanwhile",
                           counted(served, "QUIC connection attempt")),
               cite_answers(other.served));
  }
  const std::uint64_t failed = sum(other.failed, &Row::attempts);
  if (failed == 0) return unknown();
  return no(
      fmt::format("{} to other servers failed too", counted(failed, "QUIC connection attempt")),
      cite_requests(other.failed));
}

constexpr std::array kQuicFacts = {
    Entry{{"quic.asked",
           "Do the clients begin QUIC connections, which a server has to answer? No for other UDP.",
           "RFC 9000 17.2.2"},
          quic_asked},
    Entry{{"quic.tcp_answers",
           "Does TCP to the same port of the same server take connections while QUIC gets none? No "
           "where such attempts fail too.",
           "RFC 9114 3.1: clients of HTTP/3 fall back to TCP"},
          quic_tcp_answers},
    Entry{{"quic.answered_elsewhere",
           "Do other servers answer QUIC meanwhile? No where attempts at others fail too.",
           "reasoned: a filter near the clients stops QUIC to all servers alike"},
          quic_answered_elsewhere},
};

}  // namespace

std::span<const Entry> quic_facts() { return kQuicFacts; }

}  // namespace whydown::evidence::facts_detail
