#include "probe/tls_versions.h"

#include <memory>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include "probe/connect.h"
#include "probe/limits.h"

namespace whydown::probe {
namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Connection = std::unique_ptr<SSL, decltype(&SSL_free)>;

// Nothing is said on such a connection, so what nobody should use any more does no harm.
Context old_context() {
  Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!context) return context;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
  return context;
}

// RFC 6066 3: no address is sent as a name.
void name_server(SSL* connection, const std::string& host) {
  if (!base::IpAddress::parse(host)) (void)SSL_set_tlsext_host_name(connection, host.c_str());
}

// The version that the two agreed on; 0 where they did not.
int shake_hands(SSL* connection, int socket, const Clock& clock) {
  SSL_set_fd(connection, socket);
  const auto until = Clock::Steady::now() + limits::kCheckDns;
  while (!clock.is_over() && Clock::Steady::now() < until) {
    ERR_clear_error();
    const int done = SSL_connect(connection);
    if (done == 1) return SSL_version(connection);
    const int why = SSL_get_error(connection, done);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) break;
    const short event = why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    pollfd waiting{socket, event, 0};
    (void)::poll(&waiting, 1, static_cast<int>(limits::kSlice.count()));
  }
  ERR_clear_error();
  return 0;
}

}  // namespace

Heard ask_old_versions(const Subject& subject, const std::string& host, const Tools& tools) {
  const Context context = old_context();
  const Connection connection(context ? SSL_new(context.get()) : nullptr, SSL_free);
  if (!connection) return {"OpenSSL offers no old versions here"};
  name_server(connection.get(), host);
  int version = 0;
  const Attempt attempt{subject.server, subject.port, 0, limits::kCheckConnect};
  (void)try_tcp(attempt, tools.clock, tools.ports,
                [&](int socket) { version = shake_hands(connection.get(), socket, tools.clock); });
  if (version == 0) return {"no handshake with any version"};
  Heard heard{fmt::format("a handshake with {}", SSL_get_version(connection.get()))};
  heard.facts.push_back({"tls.server_chose_old",
                         version < TLS1_2_VERSION ? evidence::Truth::yes : evidence::Truth::no,
                         heard.words,
                         {}});
  return heard;
}

}  // namespace whydown::probe
