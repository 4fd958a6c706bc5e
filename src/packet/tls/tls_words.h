// TLS as Wireshark's Info column tells it, record by record:
//
//   "Client Hello (SNI=www.example.org)"
//   "Server Hello, Certificate, Server Key Exchange, Server Hello Done"
//   "Alert (Level: Fatal, Description: Handshake Failure)", "Encrypted Alert"
//   "Change Cipher Spec, Application Data", "[Packet size limited during capture]"
//
// Only what matters to how a handshake ends has a kind of its own.
#pragma once

#include <string_view>

#include "packet/tls/tls.h"

namespace whydown::packet::tls {

enum class Told : std::uint8_t {
  client_hello,
  server_hello,
  certificate,
  certificate_request,
  message,  // another one of a handshake, in clear
  sealed,   // ... that nobody can read: "Encrypted Handshake Message"
  change_of_keys,
  alert,
  sealed_alert,
  data,
  cut,    // the snap length cut it off before its kind
  other,  // a part of a record, or of something else
};

struct Item {
  Told told = Told::other;
  Alert alert;
  std::string_view server_name;  // SNI, as it stands
};

// The next item, `words` move behind it; false at their end. The kinds of 1.3 that Wireshark reads
// with the keys ("Encrypted Extensions", "Finished") are messages.
bool next_item(std::string_view& words, Item& item);
// Whether the words begin as TLS does.
bool tells_of_tls(std::string_view words);

}  // namespace whydown::packet::tls
