#include "probe/load.h"

#include <array>
#include <memory>

#include <fmt/format.h>

#include "probe/limits.h"
#include "probe/transfer.h"

namespace whydown::probe {
namespace {

using report::ProbePhase;

using Easy = std::unique_ptr<CURL, decltype(LibCurl::easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(LibCurl::slist_free_all)>;

std::size_t take_body(char* /*bytes*/, std::size_t size, std::size_t count, void* self) {
  auto& running = *static_cast<Running*>(self);
  running.body += size * count;
  if (running.body <= limits::kBodyBytes) return size * count;
  running.is_cut = true;
  return 0;  // ends the transfer
}

// libcurl tells when TCP was connected only once TLS is done too; this comes between the two.
CURLcode begin_tls(CURL* /*curl*/, void* context, void* self) {
  auto& running = *static_cast<Running*>(self);
  auto* const tls = static_cast<SSL_CTX*>(context);
  running.authorities->add_to(tls);
  watch_certificate(tls, running.presented);
  running.secure_begin = Clock::Steady::now() - running.begin;
  return CURLE_OK;
}

int look_at_clock(void* self, curl_off_t /*total*/, curl_off_t got, curl_off_t /*up_total*/,
                  curl_off_t /*up*/) {
  auto& running = *static_cast<Running*>(self);
  const auto now = Clock::Steady::now();
  if (got != running.seen) {
    running.seen = got;
    running.last_heard = now;
  }
  // Connecting has a limit of its own, so this one begins later.
  running.is_mute = now - running.last_heard > limits::kConnectPatience + limits::kAnswerPatience;
  return running.is_mute || running.clock->is_over() ? 1 : 0;
}

curl_off_t offset_of(const LibCurl& curl, CURL* easy, CURLINFO what) {
  curl_off_t value = 0;
  curl.easy_getinfo(easy, what, &value);
  return value;
}

base::Duration span_of(const LibCurl& curl, CURL* easy, CURLINFO what) {
  return std::chrono::microseconds{offset_of(curl, easy, what)};
}

long number_of(const LibCurl& curl, CURL* easy, CURLINFO what) {
  long value = 0;
  curl.easy_getinfo(easy, what, &value);
  return value;
}

void set_options(const LibCurl& curl, CURL* easy, Transfer& transfer, const OwnPorts& ports,
                 const Clock& clock, char* error) {
  curl.easy_setopt(easy, CURLOPT_URL, transfer.url.c_str());
  curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl.easy_setopt(easy, CURLOPT_PROXY, "");  // the way to the server itself is what is looked at
  curl.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl.easy_setopt(easy, CURLOPT_USERAGENT, "whydown/" WHYDOWN_VERSION);
  curl.easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
  curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl.easy_setopt(easy, CURLOPT_WRITEDATA, &transfer.running);
  curl.easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl.easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, look_at_clock);
  curl.easy_setopt(easy, CURLOPT_XFERINFODATA, &transfer.running);
  curl.easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, begin_tls);
  curl.easy_setopt(easy, CURLOPT_SSL_CTX_DATA, &transfer.running);
  curl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(limits::kConnectPatience.count()));
  curl.easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(clock.left(limits::kLongestDeadline).count()));
  curl.easy_setopt(easy, CURLOPT_LOCALPORT, static_cast<long>(ports.first()));
  curl.easy_setopt(easy, CURLOPT_LOCALPORTRANGE, static_cast<long>(limits::kPorts));
}

void read_ending(const LibCurl& curl, CURL* easy, Transfer& transfer, const char* error) {
  transfer.connected = transfer.is_https ? transfer.running.secure_begin
                                         : span_of(curl, easy, CURLINFO_CONNECT_TIME_T);
  transfer.secured = span_of(curl, easy, CURLINFO_APPCONNECT_TIME_T);
  transfer.first_byte = span_of(curl, easy, CURLINFO_STARTTRANSFER_TIME_T);
  transfer.total = span_of(curl, easy, CURLINFO_TOTAL_TIME_T);
  transfer.error = number_of(curl, easy, CURLINFO_OS_ERRNO);
  transfer.status = number_of(curl, easy, CURLINFO_RESPONSE_CODE);
  transfer.retry_after = static_cast<long>(offset_of(curl, easy, CURLINFO_RETRY_AFTER));
  transfer.words = *error != '\0' ? error : curl.easy_strerror(transfer.code);
  char* redirect = nullptr;
  curl.easy_getinfo(easy, CURLINFO_REDIRECT_URL, &redirect);
  if (redirect != nullptr) transfer.redirect = redirect;
}

Transfer run_once(const Target& target, const base::IpAddress& address, const Loading& with) {
  Transfer transfer;
  transfer.url = target.text;
  transfer.address = address;
  transfer.port = target.port;
  transfer.is_https = target.is_https;
  transfer.begin = with.clock.elapsed();
  transfer.running.clock = &with.clock;
  transfer.running.authorities = &with.authorities;
  transfer.running.presented.name = target.host;
  const LibCurl& curl = with.curl;
  const Easy easy(curl.easy_init(), curl.easy_cleanup);
  if (!easy) return transfer;
  const std::string to = address.kind() == base::AddressKind::v6
                             ? fmt::format("[{}]", address.to_string())
                             : address.to_string();
  // "::ADDRESS:" keeps name and port as they are, for TLS and for the request.
  const List where(curl.slist_append(nullptr, fmt::format("::{}:", to).c_str()),
                   curl.slist_free_all);
  std::array<char, CURL_ERROR_SIZE> error{};
  set_options(curl, easy.get(), transfer, with.ports, with.clock, error.data());
  curl.easy_setopt(easy.get(), CURLOPT_CONNECT_TO, where.get());
  transfer.code = curl.easy_perform(easy.get());
  read_ending(curl, easy.get(), transfer, error.data());
  return transfer;
}

}  // namespace

void load(const Target& target, const base::IpAddress& address, const Loading& with,
          std::vector<ProbePhase>& phases) {
  Target at = target;
  for (int redirects = 0; !with.clock.is_over(); ++redirects) {
    const Transfer transfer = run_once(at, address, with);
    tell(transfer, phases);
    if (transfer.redirect.empty()) return;
    ProbePhase& last = phases.back();
    if (redirects == limits::kRedirects) return tell_endless_redirects(last);
    const auto next = parse_target(transfer.redirect);
    const bool is_url = next && next->kind == TargetKind::url;
    if (!is_url || (next->host != at.host && !with.leads_to(next->host, address))) {
      last.text += " It goes on to another server, which is not followed.";
      return;
    }
    at = *next;
  }
}

}  // namespace whydown::probe
