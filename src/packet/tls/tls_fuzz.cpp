// TLS records and all that may be in one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "packet/tls/certificate.h"
#include "packet/tls/tls.h"

using namespace whydown::packet;

namespace {

void read_message(const tls::Piece& piece) {
  tls::ClientHello client;
  tls::read_client_hello(piece.body, client);
  if (client.oldest > client.newest) std::abort();
  tls::ServerHello server;
  tls::read_server_hello(piece.body, server);
  tls::Chain chain;
  tls::read_chain(piece.body, chain);
  if (chain.certificates.empty()) return;
  const tls::Certificate leaf =
      tls::read_certificate(chain.certificates[0], client.server_name.view());
  if (leaf.covers && !leaf.is_read) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tls::Bytes bytes{data, size};
  (void)tls::looks_like_handshake(bytes);
  tls::Record record;
  while (tls::read_record(bytes, record)) {
    tls::Alert alert;
    if (tls::read_alert(record, alert)) (void)tls::alert_name(alert.description);
    tls::Bytes fragment = record.fragment;
    for (tls::Piece piece; tls::next_message(fragment, piece);) read_message(piece);
    bytes = bytes.subspan(tls::kRecordHeader + record.fragment.size());
  }
  return 0;
}
