#include "diagnosis/links.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include <fmt/core.h>

#include "diagnosis/limits.h"
#include "diagnosis/vocabulary.h"

namespace whydown::diagnosis {

namespace {

// Failures may show a little earlier than what explains them: a handshake waits for its answer.
constexpr base::Duration kEarlier = std::chrono::seconds{2};

bool share_a_server(const Incident& a, const Incident& b) {
  return std::ranges::any_of(b.service.servers, [&](const std::string& server) {
    return std::ranges::find(a.service.servers, server) != a.service.servers.end();
  });
}

bool is_on_servers_of(const Incident& a, const Incident& b) {
  return !b.service.servers.empty() &&
         std::ranges::all_of(b.service.servers, [&](const std::string& server) {
           return std::ranges::find(a.service.servers, server) != a.service.servers.end();
         });
}

bool begins_within(const Incident& a, const Incident& b) {
  if (!a.has_time || !b.has_time) return true;
  return b.first >= base::add(a.first, -kEarlier) && b.first <= base::add(a.last, limits::kNear);
}

// A flood that took the service from its users explains that they could not use it.
bool is_flood_behind(const Incident& a, const Incident& b) {
  if (!a.attack || !a.attack->caused_outage.value_or(false) || b.attack) return false;
  const bool is_one_port = a.service.port && a.attack->pattern == "syn_flood";
  return share_a_server(a, b) && begins_within(a, b) &&
         (!is_one_port || b.service.port == a.service.port);
}

// A machine that is not there explains that nothing on it answers.
bool is_machine_behind(const Incident& a, const Incident& b) {
  if (a.attack || b.attack || a.step != evidence::Step::address) return false;
  return (a.protocol == "ARP" || a.protocol == "ND") && b.step > evidence::Step::address &&
         is_on_servers_of(a, b) && begins_within(a, b);
}

// What goes round in a circle does not arrive; and frames for everybody that go round fill all
// lines.
bool is_loop_behind(const Incident& a, const Incident& b) {
  if (a.attack || b.attack || a.step != evidence::Step::link || b.step == evidence::Step::link) {
    return false;
  }
  const bool is_for_all =
      std::ranges::any_of(a.subject.services, [](const evidence::Service& service) {
        return service.protocol == evidence::Protocol::ethernet;
      });
  return (is_for_all || is_on_servers_of(a, b)) && begins_within(a, b);
}

// What a server needs itself and does not get explains that it serves nobody: a resolver cut off
// from those it asks, a gateway from the machine behind it. The causes must say so, too: the same
// machine may have two troubles.
bool is_need_behind(const Incident& a, const Incident& b) {
  if (a.attack || b.attack || b.causes.empty() || a.step < evidence::Step::address) return false;
  const auto& needy = a.clients.addresses;
  return b.causes.front().id == "upstream_down" && begins_within(a, b) && !share_a_server(a, b) &&
         !b.service.servers.empty() &&
         std::ranges::all_of(b.service.servers, [&](const std::string& server) {
           return std::ranges::find(needy, server) != needy.end();
         });
}

// A login page that stands before the internet explains what else its clients meet there: refused
// connections, certificates for other names, false answers.
bool is_portal_behind(const Incident& a, const Incident& b) {
  constexpr std::string_view kPortal = "captive_portal";
  if (a.step != evidence::Step::request || b.step == evidence::Step::request) return false;
  if (a.causes.empty() || b.causes.empty()) return false;
  const bool is_one = std::ranges::any_of(b.clients.addresses, [&](const std::string& client) {
    return std::ranges::find(a.clients.addresses, client) != a.clients.addresses.end();
  });
  const bool is_near =
      !a.has_time || !b.has_time ||
      (b.first <= base::add(a.last, limits::kNear) && a.first <= base::add(b.last, limits::kNear));
  return is_one && is_near && a.causes.front().id == kPortal && b.causes.front().id == kPortal;
}

bool explains(const Incident& a, const Incident& b) {
  return is_portal_behind(a, b) || is_flood_behind(a, b) || is_machine_behind(a, b) ||
         is_need_behind(a, b) || is_loop_behind(a, b);
}

auto key_of(const Incident& i) {
  return std::tuple(severity_rank(i.severity), ~i.attempts_failed, i.first,
                    std::string_view(i.fault), i.service.servers, i.service.port,
                    i.clients.addresses);
}

void say_so(Incident& incident) {
  incident.summary =
      fmt::format("Explained by incident {}: once that is over, look whether this is too. {}",
                  incident.explained_by, incident.summary);
}

}  // namespace

void link_and_order(std::vector<Incident>& incidents) {
  std::ranges::sort(incidents,
                    [](const Incident& a, const Incident& b) { return key_of(a) < key_of(b); });
  // The gravest that explains it, and of a chain its head.
  std::vector<std::size_t> behind(incidents.size(), incidents.size());
  const auto head_of = [&](std::size_t at) {
    while (behind[at] < incidents.size()) at = behind[at];
    return at;
  };
  for (std::size_t b = 0; b < incidents.size(); ++b) {
    for (std::size_t a = 0; a < incidents.size() && behind[b] == incidents.size(); ++a) {
      // Two servers that need each other explain nothing: no circles.
      if (head_of(a) != b && explains(incidents[a], incidents[b])) behind[b] = a;
    }
  }
  std::vector<Incident> ordered;
  ordered.reserve(incidents.size());
  std::vector<bool> is_placed(incidents.size(), false);
  const auto place = [&](std::size_t at, int by) {
    is_placed[at] = true;
    ordered.push_back(std::move(incidents[at]));
    ordered.back().id = static_cast<int>(ordered.size());
    ordered.back().explained_by = by;
  };
  // Where something grave is explained, what explains it comes at its place.
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    const std::size_t head = head_of(i);
    if (is_placed[head]) continue;
    place(head, 0);
    const std::size_t at = ordered.size() - 1;
    for (std::size_t b = 0; b < incidents.size(); ++b) {
      if (head_of(b) != head || is_placed[b]) continue;
      place(b, ordered[at].id);
      ordered[at].explains.push_back(ordered.back().id);
      say_so(ordered.back());
    }
  }
  incidents = std::move(ordered);
}

}  // namespace whydown::diagnosis
