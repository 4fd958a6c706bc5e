#include "probe/probe.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "pipeline/pipeline.h"
#include "probe/capture_file.h"
#include "probe/checks.h"
#include "probe/connect.h"
#include "probe/echo.h"
#include "probe/filter.h"
#include "probe/findings.h"
#include "probe/libcurl.h"
#include "probe/load.h"
#include "probe/next_hop.h"
#include "probe/ports.h"
#include "probe/privileges.h"
#include "probe/recorder.h"
#include "probe/resolve.h"

namespace whydown::probe {
namespace {

using base::IpAddress;
using report::ProbePhase;

std::vector<IpAddress> known_hosts(const Target& target, const Resolving& resolving) {
  std::vector<IpAddress> hosts;
  const auto literal = IpAddress::parse(target.host);
  if (literal) hosts.push_back(*literal);
  if (target.kind == TargetKind::dns || literal) return hosts;
  for (const Resolver& resolver : resolving.resolvers()) hosts.push_back(resolver.address);
  return hosts;
}

// What the lookup asked for.
struct Asked {
  std::string name;
  std::uint16_t type = 1;  // RFC 1035 3.2.2, RFC 3596 2.1
  std::string type_name;
};

class Probing {
 public:
  Probing(const Request& request, const diagnosis::Catalogue& catalogue, const LibCurl& curl,
          const TellLine& tell)
      : request_(request), catalogue_(catalogue), curl_(curl), tell_(tell) {
    result_.part.target = request.target.text;
  }

  std::expected<Result, base::Error> run(const std::atomic<bool>& interrupted) {
    if (auto opened = open(); !opened) return std::unexpected(opened.error());
    const Clock clock(request_.deadline, interrupted, [this] { return recorder_->is_full(); });
    begin_ = std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
    reproduce(clock);
    linger(clock);
    if (auto done = diagnose(); !done) return std::unexpected(done.error());
    note_other_addresses(result_.part.phases);
    add_socket_facts(result_.diagnosis, catalogue_, result_.part);
    if (auto done = check(clock); !done) return std::unexpected(done.error());
    set_end(clock);
    add_findings(result_.diagnosis, catalogue_, result_.part, request_.target, begin_);
    recorder_->stop();
    if (auto done = note_inputs(); !done) return std::unexpected(done.error());
    if (auto kept = file_.fill(*recorder_); !kept) return std::unexpected(kept.error());
    return std::move(result_);
  }

 private:
  // Everything that may need rights, and then without them.
  std::expected<void, base::Error> open() {
    auto resolving = Resolving::open(resolver_of(request_), ports_);
    if (!resolving) return std::unexpected(resolving.error());
    resolving_ = std::move(*resolving);
    if (auto opened = file_.open(request_.capture); !opened) return opened;
    auto authorities = Authorities::read(request_.authorities);
    if (!authorities) return std::unexpected(authorities.error());
    authorities_ = std::move(*authorities);
    echo_.open();
    std::string why;
    if (auto recorder = Recorder::open(request_.most_packets)) {
      recorder_ = std::move(*recorder);
    } else {
      why = recorder.error();
    }
    if (auto dropped = drop_privileges(); !dropped) return dropped;
    if (recorder_ == nullptr) return go_without_capture(why);
    result_.part.is_captured = true;
    hosts_ = known_hosts(request_.target, *resolving_);
    find_neighbours();
    if (auto started = recorder_->start(filter()); !started) {
      return std::unexpected(base::Error{"probe", started.error(), "a capture", ""});
    }
    return {};
  }

  std::expected<void, base::Error> go_without_capture(const std::string& why) {
    auto empty = Recorder::open_empty();
    if (!empty) return std::unexpected(base::Error{"probe", empty.error(), "memory", ""});
    recorder_ = std::move(*empty);
    result_.part.not_seen.push_back(
        fmt::format("No packets could be captured ({}), so who refused or stayed silent is not "
                    "seen, and causes are weighed only by what the sockets were told; {}.",
                    why, how_to_grant_capture()));
    tell_(result_.part.not_seen.back());
    return {};
  }

  std::string filter() const {
    return capture_filter(hosts_, neighbours_, ports_.first(), ports_.last(), echo_.id());
  }

  void reproduce(const Clock& clock) {
    const Target& target = request_.target;
    if (target.kind == TargetKind::dns) {
      resolving_->ask(target.question, target.type, target.type_name, clock, phases());
      tell_phases();
      return;
    }
    std::vector<IpAddress> addresses;
    if (const auto literal = IpAddress::parse(target.host)) {
      addresses.push_back(*literal);
    } else {
      addresses = resolving_->addresses(target.host, clock, phases());
      tell_phases();
    }
    if (target.kind == TargetKind::name || addresses.empty()) return;
    if (addresses.size() > limits::kAddresses) {
      result_.part.remarks.push_back(fmt::format("Of {} addresses the first {} were tried.",
                                                 addresses.size(), limits::kAddresses));
      addresses.resize(limits::kAddresses);
    }
    admit(addresses);
    for (const IpAddress& address : addresses) {
      if (clock.is_over()) return;
      reach(address, clock);
      tell_phases();
    }
  }

  void reach(const IpAddress& address, const Clock& clock) {
    try_address(address, clock);
    if (phases().empty()) return;
    // With packets, they say it better.
    ProbePhase& last = phases().back();
    const bool is_vague = last.step == evidence::Step::connect && !recorder_->is_capturing() &&
                          last.fault == "icmp.host_unreachable" &&
                          address.kind() == base::AddressKind::v4;
    const Attempt attempt{address, request_.target.port, 0, limits::kCheckDatagram};
    if (is_vague && request_.target.kind != TargetKind::udp) {
      ask_why_unreachable(last, attempt, clock, ports_);
    }
  }

  void try_address(const IpAddress& address, const Clock& clock) {
    if (request_.target.kind == TargetKind::udp) {
      send_to(address, request_.target.port, clock, ports_, phases());
    } else if (request_.target.kind == TargetKind::url) {
      const Loading loading{
          curl_, clock, ports_, authorities_,
          [&](const std::string& host, const IpAddress& to) { return leads_to(host, to, clock); }};
      load(request_.target, address, loading, phases());
    } else {
      connect_to(address, request_.target.port, clock, ports_, phases());
    }
  }

  // A redirect to another name of the same server is followed; what its lookup found is no step of
  // the target's own.
  bool leads_to(const std::string& host, const IpAddress& address, const Clock& clock) {
    if (host == request_.target.host) return true;
    if (const auto literal = IpAddress::parse(host)) return *literal == address;
    if (IpAddress::parse(request_.target.host)) return false;  // no resolver was asked so far
    const auto known = other_names_.find(host);
    if (known != other_names_.end()) return std::ranges::count(known->second, address) > 0;
    std::vector<ProbePhase> lookup;
    const auto& found = other_names_[host] = resolving_->addresses(host, clock, lookup);
    return std::ranges::count(found, address) > 0;
  }

  void admit(const std::vector<IpAddress>& addresses) {
    hosts_.insert(hosts_.end(), addresses.begin(), addresses.end());
    std::ranges::sort(hosts_);
    const auto twice = std::ranges::unique(hosts_);
    hosts_.erase(twice.begin(), twice.end());
    find_neighbours();
    if (auto set = recorder_->set_filter(filter()); !set) {
      result_.part.not_seen.push_back("The packets after the lookup: " + set.error() + ".");
    }
  }

  // Late errors, and silence long enough to be called so.
  void linger(const Clock& clock) const {
    if (!recorder_->is_capturing()) return;
    const bool is_silent = std::ranges::any_of(result_.part.phases, [](const ProbePhase& phase) {
      return phase.outcome == evidence::Outcome::silent;
    });
    clock.sleep(is_silent ? limits::kLingerSilent : limits::kLinger);
  }

  // The machines to which the packets to the hosts are handed first.
  void find_neighbours() {
    neighbours_.clear();
    for (const IpAddress& host : hosts_) {
      const auto next = next_hop(host);
      const bool is_new =
          next && *next != host && std::ranges::find(neighbours_, *next) == neighbours_.end();
      if (is_new) neighbours_.push_back(*next);
    }
  }

  // Of all that was captured so far.
  template <typename Read>
  std::expected<void, base::Error> read_capture(Read read) {
    std::expected<void, base::Error> done;
    recorder_->with_file([&](const std::string& path) {
      pipeline::Request request;
      request.paths = {path};
      request.open.hash = true;
      done = read(request);
    });
    return done;
  }

  std::expected<void, base::Error> diagnose() {
    return read_capture([&](const pipeline::Request& request) -> std::expected<void, base::Error> {
      auto diagnosis = pipeline::run(request, catalogue_);
      if (!diagnosis) return std::unexpected(diagnosis.error());
      result_.diagnosis = std::move(*diagnosis);
      return {};
    });
  }

  std::expected<pipeline::Facts, base::Error> facts_about(const evidence::Subject& subject) {
    pipeline::Facts out;
    auto done =
        read_capture([&](const pipeline::Request& request) -> std::expected<void, base::Error> {
          auto facts = pipeline::facts(request, subject);
          if (!facts) return std::unexpected(facts.error());
          out = std::move(*facts);
          return {};
        });
    if (!done) return std::unexpected(done.error());
    return out;
  }

  // Of a name the family that failed; either where both did.
  Asked failed_question() const {
    const Target& target = request_.target;
    if (target.kind == TargetKind::dns) return {target.question, target.type, target.type_name};
    const bool is_v6_only = std::ranges::none_of(result_.part.phases, [](const ProbePhase& phase) {
      return phase.step == evidence::Step::name && phase.address == "A" && !phase.fault.empty();
    });
    const bool is_name = !IpAddress::parse(target.host).has_value();
    const Asked v4{is_name ? target.host : std::string(), 1, "A"};
    return is_v6_only ? Asked{v4.name, 28, "AAAA"} : v4;
  }

  // The checks that separate the causes of what the packets show.
  std::expected<void, base::Error> check(const Clock& clock) {
    if (request_.is_passive || !recorder_->is_capturing()) return {};
    const Asked asked = failed_question();
    CheckContext context{catalogue_,
                         clock,
                         asked.name,
                         asked.type,
                         asked.type_name,
                         [this](const evidence::Subject& subject) { return facts_about(subject); },
                         [this](const std::string& line) { tell_(line); }};
    const std::vector<Resolver> others = system_resolvers();
    Tools tools{
        curl_,           clock,        ports_, echo_,
        request_.target, authorities_, others, [this](const IpAddress& host) {
          admit({host}); }};
    return Checks(std::move(context), Actions(std::move(tools)))
        .run(result_.diagnosis, result_.part);
  }

  // What the capture is in the end: the checks' packets are in it too.
  std::expected<void, base::Error> note_inputs() {
    if (!result_.part.checks.empty()) {
      auto now = facts_about({});
      if (!now) return std::unexpected(now.error());
      result_.diagnosis.inputs = std::move(now->inputs);
    }
    result_.part.packets = recorder_->packets();
    result_.part.kernel_drops = recorder_->kernel_drops();
    for (base::InputInfo& input : result_.diagnosis.inputs) {
      input.path = request_.capture.empty() ? "the probe's own packets" : request_.capture;
      if (recorder_->is_capturing()) input.capture_drops = result_.part.kernel_drops;
    }
    return {};
  }

  void set_end(const Clock& clock) {
    using report::ProbeEnd;
    ProbeEnd& end = result_.part.end;
    if (clock.is_interrupted()) {
      end = ProbeEnd::interrupted;
    } else if (clock.is_full()) {
      end = ProbeEnd::enough_packets;
    } else if (clock.is_late()) {
      end = ProbeEnd::deadline;
    }
    if (!recorder_->failure().empty()) {
      result_.part.not_seen.push_back("The capture broke off: " + recorder_->failure() + ".");
    }
  }

  std::vector<ProbePhase>& phases() { return result_.part.phases; }

  void tell_phases() {
    for (; told_ < phases().size(); ++told_) {
      const ProbePhase& phase = phases()[told_];
      tell_(report::probe_phase_label(phase) + ": " + phase.text);
    }
  }

  const Request& request_;
  const diagnosis::Catalogue& catalogue_;
  const LibCurl& curl_;
  const TellLine& tell_;
  OwnPorts ports_;
  std::unique_ptr<Resolving> resolving_;
  std::unique_ptr<Recorder> recorder_;
  CaptureFile file_;
  Authorities authorities_;
  std::map<std::string, std::vector<IpAddress>> other_names_;  // that redirects named
  Echo echo_;
  std::vector<IpAddress> hosts_;
  std::vector<IpAddress> neighbours_;
  base::Time begin_{};
  std::size_t told_ = 0;
  Result result_;
};

}  // namespace

std::expected<Result, base::Error> run(const Request& request,
                                       const diagnosis::Catalogue& catalogue,
                                       const std::atomic<bool>& interrupted, const TellLine& tell) {
  const auto curl = load_libcurl();
  if (!curl) return std::unexpected(curl.error());
  if (curl->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return std::unexpected(base::Error{"probe", "libcurl does not start", "libcurl", ""});
  }
  auto result = Probing(request, catalogue, *curl, tell).run(interrupted);
  curl->global_cleanup();
  return result;
}

}  // namespace whydown::probe
