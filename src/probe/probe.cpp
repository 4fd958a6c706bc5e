#include "probe/probe.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/pipeline.h"
#include "probe/connect.h"
#include "probe/filter.h"
#include "probe/findings.h"
#include "probe/load.h"
#include "probe/ports.h"
#include "probe/privileges.h"
#include "probe/recorder.h"
#include "probe/resolve.h"

namespace whydown::probe {
namespace {

using base::IpAddress;
using report::ProbePhase;

// The file of -o, opened while the program still has the rights of who called it.
class CaptureFile {
 public:
  CaptureFile() = default;
  CaptureFile(const CaptureFile&) = delete;
  CaptureFile& operator=(const CaptureFile&) = delete;
  ~CaptureFile() {
    if (file_ >= 0) ::close(file_);
  }
  std::expected<void, base::Error> open(const std::string& path) {
    if (path.empty()) return {};
    path_ = path;
    constexpr mode_t own = 0600;  // packets hold what was said
    file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, own);
    if (file_ < 0) return failed();
    const auto person = person_behind_root();
    if (person && ::fchown(file_, person->user, person->group) != 0) return failed();
    return {};
  }
  std::expected<void, base::Error> fill(Recorder& from) {
    if (file_ < 0) return {};
    if (!from.copy_to(file_)) return failed();
    return {};
  }

 private:
  std::expected<void, base::Error> failed() const {
    return std::unexpected(
        base::Error{path_, std::strerror(errno), "a file to keep the capture in", ""});
  }
  std::string path_;
  int file_ = -1;
};

std::vector<IpAddress> known_hosts(const Target& target, const Resolving& resolving) {
  std::vector<IpAddress> hosts;
  const auto literal = IpAddress::parse(target.host);
  if (literal) hosts.push_back(*literal);
  if (target.kind == TargetKind::dns || literal) return hosts;
  for (const Resolver& resolver : resolving.resolvers()) hosts.push_back(resolver.address);
  return hosts;
}

// Who is asked: of dns:// the server that it names.
std::string resolver_of(const Request& request) {
  const Target& target = request.target;
  if (target.kind != TargetKind::dns) return request.resolver;
  const bool is_v6 = target.host.find(':') != std::string::npos;
  return is_v6 ? fmt::format("[{}]:{}", target.host, target.port)
               : fmt::format("{}:{}", target.host, target.port);
}

class Probing {
 public:
  Probing(const Request& request, const diagnosis::Catalogue& catalogue, const TellLine& tell)
      : request_(request), catalogue_(catalogue), tell_(tell) {
    result_.part.target = request.target.text;
  }

  std::expected<Result, base::Error> run(const std::atomic<bool>& interrupted) {
    if (auto opened = open(); !opened) return std::unexpected(opened.error());
    const Clock clock(request_.deadline, interrupted, [this] { return recorder_->is_full(); });
    begin_ = std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
    reproduce(clock);
    linger(clock);
    if (auto done = diagnose(); !done) return std::unexpected(done.error());
    add_findings(result_.diagnosis, result_.part, request_.target, begin_);
    set_end(clock);
    recorder_->stop();
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
                    "seen, and no causes are weighed; {}.",
                    why, how_to_grant_capture()));
    tell_(result_.part.not_seen.back());
    return {};
  }

  std::string filter() const { return capture_filter(hosts_, {}, ports_.first(), ports_.last()); }

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
    if (request_.target.kind == TargetKind::url) {
      load(request_.target, address, clock, ports_, phases());
    } else {
      phases().push_back(connect_to(address, request_.target.port, clock, ports_));
    }
  }

  void admit(const std::vector<IpAddress>& addresses) {
    hosts_.insert(hosts_.end(), addresses.begin(), addresses.end());
    std::ranges::sort(hosts_);
    const auto twice = std::ranges::unique(hosts_);
    hosts_.erase(twice.begin(), twice.end());
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

  std::expected<void, base::Error> diagnose() {
    std::expected<void, base::Error> done;
    recorder_->with_file([&](const std::string& path) {
      pipeline::Request request;
      request.paths = {path};
      request.open.hash = true;
      auto diagnosis = pipeline::run(request, catalogue_);
      if (diagnosis) {
        result_.diagnosis = std::move(*diagnosis);
      } else {
        done = std::unexpected(diagnosis.error());
      }
    });
    if (!done) return done;
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
  const TellLine& tell_;
  OwnPorts ports_;
  std::unique_ptr<Resolving> resolving_;
  std::unique_ptr<Recorder> recorder_;
  CaptureFile file_;
  std::vector<IpAddress> hosts_;
  base::Time begin_{};
  std::size_t told_ = 0;
  Result result_;
};

}  // namespace

std::expected<Result, base::Error> run(const Request& request,
                                       const diagnosis::Catalogue& catalogue,
                                       const std::atomic<bool>& interrupted, const TellLine& tell) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return std::unexpected(base::Error{"probe", "libcurl does not start", "libcurl", ""});
  }
  auto result = Probing(request, catalogue, tell).run(interrupted);
  curl_global_cleanup();
  return result;
}

std::expected<std::string, base::Error> dry_run(const Request& request) {
  OwnPorts ports;
  const auto resolving = Resolving::open(resolver_of(request), ports);
  if (!resolving) return std::unexpected(resolving.error());
  const Target& target = request.target;
  std::string out = fmt::format("The probe of {} would send:\n", target.text);
  const auto line = [&](const std::string& text) { out += "  - " + text + "\n"; };
  std::vector<std::string> servers;
  for (const Resolver& resolver : (*resolving)->resolvers()) {
    servers.push_back(fmt::format("{} port {}", resolver.address.to_string(), resolver.port));
  }
  const std::string asked = servers.empty() ? "no resolver (none is configured)"
                                            : fmt::format("{}", fmt::join(servers, ", "));
  const bool is_literal = IpAddress::parse(target.host).has_value();
  if (target.kind == TargetKind::dns) {
    line(fmt::format("DNS, UDP: {} of {} to {}; up to {} times", target.type_name, target.question,
                     asked, limits::kRefusedRounds));
  } else if (!is_literal) {
    line(fmt::format("DNS, UDP: A and AAAA of {} to {}; A up to {} times", target.host, asked,
                     limits::kRefusedRounds));
  }
  const std::string where =
      is_literal ? target.host : fmt::format("each address found, {} at most", limits::kAddresses);
  if (target.kind == TargetKind::port || target.kind == TargetKind::url) {
    line(fmt::format("TCP: a connection to port {} of {}", target.port, where));
  }
  if (target.kind == TargetKind::url) {
    if (target.is_https) line("TLS: a handshake on each connection");
    line(
        fmt::format("HTTP: GET {}, on each connection; up to {} redirects on the same host; at "
                    "most {} bytes of the answer are read",
                    target.text, limits::kRedirects, limits::kBodyBytes));
  }
  return out;
}

}  // namespace whydown::probe
