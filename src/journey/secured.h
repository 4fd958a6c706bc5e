// What the packets of a TLS handshake showed, as an attempt keeps it.
#pragma once

#include <cstdint>

namespace whydown::journey {

// Zero and false mean: not seen. Of TLS 1.3 no certificate is ever seen, it is encrypted.
struct Secured {
  std::int64_t not_before = 0;  // of the server's certificate, seconds since 1970
  std::int64_t not_after = 0;
  std::uint32_t certificate_name = 0;  // Interner id of the first name it is for
  std::uint16_t newest_offered = 0;    // versions, as on the wire
  std::uint16_t oldest_offered = 0;
  std::uint16_t version = 0;  // chosen
  std::uint16_t cipher = 0;
  std::uint16_t hello_bytes = 0;  // of the ClientHello's record
  bool has_certificate = false;
  bool is_self_signed = false;
  bool is_name_known =
      false;  // what the client asked for is known, so `covers_name` says something
  bool covers_name = false;
  bool asked_for_certificate = false;  // the server wants one of the client
  bool hello_acknowledged = false;     // the server's system has all of the ClientHello
  bool hello_repeated = false;         // it was sent again
  bool has_server_hello = false;
  bool is_flight_cut = false;    // a part of the server's messages did not get through
  bool is_plain_answer = false;  // the server answered, but not in TLS
  bool is_finished = false;      // the client sent its last message of the handshake
  bool by_client = false;        // the alert, or the close, that decided came from the client
  bool is_alert_hidden = false;  // an alert by its length: encrypted
};

}  // namespace whydown::journey
