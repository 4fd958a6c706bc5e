// The items of tshark 4.0.17's and 4.4's Info column.
#include "packet/tls/tls_words.h"

#include <string>

#include <gtest/gtest.h>

namespace whydown::packet::tls {
namespace {

std::string told(std::string_view words) {
  static constexpr const char* kNames[] = {"client",       "server", "certificate", "request",
                                           "message",      "sealed", "keys",        "alert",
                                           "sealed-alert", "data",   "cut",         "other"};
  std::string out;
  for (Item item; next_item(words, item);) {
    if (!out.empty()) out += ' ';
    out += kNames[static_cast<std::size_t>(item.told)];
    if (item.told == Told::alert) {
      out += ":" + std::to_string(item.alert.level) + ":" + std::to_string(item.alert.description);
    }
    if (!item.server_name.empty()) out += "=" + std::string(item.server_name);
  }
  return out;
}

TEST(TlsWords, ItemByItem) {
  const struct {
    const char* words;
    const char* told;
  } rows[] = {
      {"Client Hello", "client"},
      {"Client Hello (SNI=www.example.org)", "client=www.example.org"},
      {"Server Hello, Certificate, Server Key Exchange, Certificate Request, Server Hello Done",
       "server certificate message request message"},
      {"Server Hello, Change Cipher Spec, Application Data, Application Data",
       "server keys data data"},
      {"Server Hello, Change Cipher Spec, Application Data[Packet size limited during capture]",
       "server keys data"},
      {"Client Key Exchange, Change Cipher Spec, Encrypted Handshake Message",
       "message keys sealed"},
      {"Hello Retry Request, Change Cipher Spec", "message keys"},
      {"Alert (Level: Fatal, Description: Handshake Failure)", "alert:2:40"},
      {"Alert (Level: Warning, Description: Close Notify)", "alert:1:0"},
      {"Alert (Level: Fatal, Description: Unknown CA), Alert (Level: Fatal, Description: No "
       "application Protocol)",
       "alert:2:48 alert:2:120"},
      {"Alert (Level: Fatal, Description: Of Tomorrow)", "other"},
      {"Alert", "other"},
      {"Encrypted Alert", "sealed-alert"},
      {"[Packet size limited during capture]", "cut"},
      {"Continuation Data", "other"},
      {"Ignored Unknown Record", "other"},
      {"", ""},
      {",,(", "other other other"},
  };
  for (const auto& row : rows) EXPECT_EQ(told(row.words), row.told) << row.words;
}

}  // namespace
}  // namespace whydown::packet::tls
