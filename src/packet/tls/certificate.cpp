#include "packet/tls/certificate.h"

#include <ctime>
#include <memory>
#include <mutex>
#include <string>

#include <openssl/crypto.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace whydown::packet::tls {

namespace {

struct FreeX509 {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::int64_t seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return static_cast<std::int64_t>(timegm(&parts));
}

// Only what a host name can hold; the rest of the world's bytes become '?'.
void set_plain(std::string_view bytes, base::ShortText& text) {
  text.clear();
  for (const char c : bytes.substr(0, base::ShortText::kCapacity)) {
    const bool plain = c > 0x20 && c < 0x7f;
    const char shown = plain ? c : '?';
    (void)text.append({&shown, 1});
  }
}

void set_string(const ASN1_STRING* string, base::ShortText& text) {
  if (string == nullptr) return;
  const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(string));
  set_plain({data, static_cast<std::size_t>(ASN1_STRING_length(string))}, text);
}

void set_name(const X509* x509, base::ShortText& name) {
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509, NID_subject_alt_name, nullptr, nullptr))};
  const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* general = sk_GENERAL_NAME_value(names.get(), i);
    if (general->type != GEN_DNS) continue;
    set_string(general->d.dNSName, name);
    return;
  }
  const X509_NAME* subject = X509_get_subject_name(x509);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at >= 0) set_string(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)), name);
}

}  // namespace

Certificate read_certificate(std::span<const std::uint8_t> der, std::string_view wanted) {
  // No configuration of the machine may change what a capture says.
  static std::once_flag once;
  std::call_once(once, [] { OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr); });
  Certificate certificate;
  const std::uint8_t* at = der.data();
  const std::unique_ptr<X509, FreeX509> x509{d2i_X509(nullptr, &at, static_cast<long>(der.size()))};
  if (!x509) return certificate;
  certificate.is_read = true;
  certificate.not_before = seconds_of(X509_get0_notBefore(x509.get()));
  certificate.not_after = seconds_of(X509_get0_notAfter(x509.get()));
  certificate.is_self_signed =
      X509_NAME_cmp(X509_get_subject_name(x509.get()), X509_get_issuer_name(x509.get())) == 0;
  set_name(x509.get(), certificate.name);
  if (!wanted.empty()) {
    const std::string text{wanted};
    certificate.covers = X509_check_host(x509.get(), text.data(), text.size(), 0, nullptr) == 1 ||
                         X509_check_ip_asc(x509.get(), text.c_str(), 0) == 1;
  }
  return certificate;
}

}  // namespace whydown::packet::tls
