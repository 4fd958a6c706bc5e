#include "probe/trust.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/address.h"
#include "probe/limits.h"

namespace whydown::probe {
namespace {

using evidence::Fact;
using evidence::Truth;

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Bio bio_over(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

// The next one; null at the end, which OpenSSL calls an error.
Certificate next_in(BIO* bio) {
  Certificate found(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr), X509_free);
  if (!found) ERR_clear_error();
  return found;
}

std::string words_of(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

std::string date_words(const ASN1_TIME* time) {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  if (!bio || ASN1_TIME_print(bio.get(), time) != 1) return "an unreadable date";
  return words_of(bio.get());
}

std::string name_words(const X509_NAME* name) {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  if (!bio || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_ONELINE) < 0) return {};
  return words_of(bio.get()).substr(0, limits::kNameBytes);
}

bool is_for(X509* certificate, const std::string& name) {
  if (base::IpAddress::parse(name)) {
    return X509_check_ip_asc(certificate, name.c_str(), 0) == 1;
  }
  return X509_check_host(certificate, name.data(), name.size(), 0, nullptr) == 1;
}

void look_at(X509* certificate, Presented& presented) {
  presented.is_shown = true;
  const ASN1_TIME* const from = X509_get0_notBefore(certificate);
  const ASN1_TIME* const until = X509_get0_notAfter(certificate);
  presented.is_early = X509_cmp_current_time(from) > 0;
  presented.is_expired = X509_cmp_current_time(until) < 0;
  presented.not_before = date_words(from);
  presented.not_after = date_words(until);
  presented.is_self_signed = X509_self_signed(certificate, 0) == 1;
  presented.issuer = name_words(X509_get_issuer_name(certificate));
  presented.is_for_name = is_for(certificate, presented.name);
}

// In place of X509_verify_cert, which it calls: before it, so that a chain that is refused for its
// issuer is looked at all the same.
int look_and_verify(X509_STORE_CTX* store, void* self) {
  auto& presented = *static_cast<Presented*>(self);
  X509* const leaf = X509_STORE_CTX_get0_cert(store);
  if (leaf != nullptr) look_at(leaf, presented);
  const int is_good = X509_verify_cert(store);
  presented.error = X509_STORE_CTX_get_error(store);
  return is_good;
}

// A message of the handshake that came: RFC 8446 4, CertificateRequest.
void look_at_message(int is_sent, int /*version*/, int kind, const void* bytes, std::size_t size,
                     SSL* /*connection*/, void* self) {
  if (is_sent != 0 || kind != SSL3_RT_HANDSHAKE || size == 0) return;
  const bool is_request = *static_cast<const std::uint8_t*>(bytes) == SSL3_MT_CERTIFICATE_REQUEST;
  if (is_request) static_cast<Presented*>(self)->wants_client = true;
}

}  // namespace

std::expected<Authorities, base::Error> Authorities::read(const std::string& path) {
  Authorities out;
  if (path.empty()) return out;
  const auto failed = [&](std::string found) {
    return std::unexpected(
        base::Error{path, std::move(found), "certificates of authorities, in PEM", ""});
  };
  std::ifstream file(path, std::ios::binary);
  if (!file) return failed(std::strerror(errno));
  std::array<char, 4096> bytes{};
  while (out.pem_.size() <= limits::kAuthorityBytes &&
         (file.read(bytes.data(), bytes.size()), file.gcount() > 0)) {
    out.pem_.append(bytes.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (out.pem_.size() > limits::kAuthorityBytes) return failed("more than 4 MiB");
  const Bio bio = bio_over(out.pem_);
  if (!bio || !next_in(bio.get())) return failed("no certificate");
  return out;
}

void Authorities::add_to(SSL_CTX* context) const {
  if (pem_.empty()) return;
  const Bio bio = bio_over(pem_);
  if (!bio) return;
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  while (const Certificate one = next_in(bio.get())) {
    if (X509_STORE_add_cert(store, one.get()) != 1) ERR_clear_error();
  }
}

std::vector<Fact> Presented::facts() const {
  if (!is_shown) return {};
  const auto truth = [](bool is) { return is ? Truth::yes : Truth::no; };
  const std::string dates = fmt::format("valid from {} to {}", not_before, not_after);
  return {{"tls.certificate_expired", truth(is_expired), dates, {}},
          {"tls.certificate_early", truth(is_early), dates, {}},
          {"tls.certificate_in_time", truth(!is_expired && !is_early), dates, {}},
          {"tls.certificate_covers_name", truth(is_for_name), "asked for " + name, {}},
          {"tls.certificate_self_signed", truth(is_self_signed), "issued by " + issuer, {}}};
}

void watch_certificate(SSL_CTX* context, Presented& presented) {
  SSL_CTX_set_cert_verify_callback(context, look_and_verify, &presented);
  SSL_CTX_set_msg_callback(context, look_at_message);
  SSL_CTX_set_msg_callback_arg(context, &presented);
}

}  // namespace whydown::probe
