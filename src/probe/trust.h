// Whom a handshake's client trusts, and what it was shown: OpenSSL's part of it. In TLS 1.3 the
// certificate is hidden from packets, so only the socket's own side can tell of it.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include <openssl/ossl_typ.h>

#include "base/error.h"
#include "evidence/evidence.h"

namespace whydown::probe {

// Authorities to trust beside the system's, read while the program has the rights to.
class Authorities {
 public:
  Authorities() = default;  // none
  static std::expected<Authorities, base::Error> read(const std::string& path);
  void add_to(SSL_CTX* context) const;

 private:
  std::string pem_;
};

// The certificate that a server presented, held against this machine's clock and the name that was
// asked for.
struct Presented {
  bool is_shown = false;
  bool is_expired = false;
  bool is_early = false;  // not valid yet
  bool is_self_signed = false;
  bool is_for_name = false;
  int error = 0;              // X509_V_...: what is wrong with the chain; 0 where nothing is
  bool wants_client = false;  // the server asked for a certificate of the client
  std::string name;           // that was asked for; an address where there is none
  std::string not_before;     // "Jan  1 00:00:00 2026 GMT"
  std::string not_after;
  std::string issuer;

  std::vector<evidence::Fact> facts() const;
};

// Has each handshake of the context leave in `presented` what the server shows. `presented` must
// outlive the context. Whether the certificate is accepted stays OpenSSL's decision.
void watch_certificate(SSL_CTX* context, Presented& presented);

}  // namespace whydown::probe
