#include "probe/path.h"

#include <cerrno>

#include <fmt/format.h>

#include "probe/connect.h"
#include "probe/limits.h"

namespace whydown::probe {
namespace {

// Whether a packet to the subject that lives for so many hops is refused by something that is no
// complaint about the hops.
bool is_refused_within(int hops, const Subject& subject, const Tools& tools) {
  Attempt attempt{subject.server, subject.port, 0, limits::kHopPatience};
  attempt.hops = hops;
  if (subject.is_tcp) return try_tcp(attempt, tools.clock, tools.ports) == ECONNREFUSED;
  DatagramAnswer answer;
  (void)try_udp(attempt, tools.clock, tools.ports, kEmptyLine, &answer);
  return answer.icmp && icmp_fault(*answer.icmp, "port") == "port";
}

}  // namespace

int hops_to(const base::IpAddress& server, const Tools& tools) {
  // By halves: what lives for n hops arrives for all larger n too.
  int below = 0;
  int enough = limits::kMostHops;
  if (!tools.echo.reaches(server, enough, tools.clock)) return 0;
  while (enough - below > 1 && !tools.clock.is_over()) {
    tools.clock.sleep(limits::kSlice);
    const int middle = below + (enough - below) / 2;
    (tools.echo.reaches(server, middle, tools.clock) ? enough : below) = middle;
  }
  return tools.clock.is_over() ? 0 : enough;
}

Heard refused_before(const Subject& subject, const Tools& tools) {
  const int hops = hops_to(subject.server, tools);
  if (hops == 0) return {"no echo reply, so the way's length stays unknown"};
  if (hops == 1) return {"the server is the next hop"};
  if (!is_refused_within(hops - 1, subject, tools)) {
    return {fmt::format("no refusal within {} of the {} hops", hops - 1, hops)};
  }
  Heard heard{fmt::format("the refusal comes within {} of the {} hops", hops - 1, hops)};
  heard.facts.push_back({"path.refused_before_server", evidence::Truth::yes, heard.words, {}});
  return heard;
}

}  // namespace whydown::probe
