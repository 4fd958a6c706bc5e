#include "packet/tls/tls_words.h"

#include <algorithm>
#include <array>

namespace whydown::packet::tls {

namespace {

struct Name {
  std::string_view name;
  Told told;
};
constexpr std::array kNames = {
    Name{"Client Hello", Told::client_hello},
    Name{"Server Hello Done", Told::message},
    Name{"Server Hello", Told::server_hello},
    Name{"Hello Retry Request", Told::message},
    Name{"Certificate Request", Told::certificate_request},
    Name{"Certificate Verify", Told::message},
    Name{"Certificate Status", Told::message},
    Name{"Certificate", Told::certificate},
    Name{"Compressed Certificate", Told::message},
    Name{"Server Key Exchange", Told::message},
    Name{"Client Key Exchange", Told::message},
    Name{"Encrypted Extensions", Told::message},
    Name{"New Session Ticket", Told::message},
    Name{"Hello Request", Told::message},
    Name{"Finished", Told::sealed},
    Name{"Encrypted Handshake Message", Told::sealed},
    Name{"Change Cipher Spec", Told::change_of_keys},
    Name{"Encrypted Alert", Told::sealed_alert},
    Name{"Alert", Told::alert},
    Name{"Application Data", Told::data},
    Name{"[Packet size limited during capture]", Told::cut},
};

// "Handshake Failure" of "handshake_failure", whatever the case.
bool is_called(std::string_view words, std::string_view name) {
  return std::ranges::equal(words, name, [](char a, char b) {
    return (a == ' ' ? '_' : a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
  });
}

// "(Level: Fatal, Description: Handshake Failure)"
bool read_alert_words(std::string_view words, Alert& alert) {
  constexpr std::string_view kDescription = "Description: ";
  const std::size_t at = words.find(kDescription);
  if (at == std::string_view::npos) return false;
  const std::string_view rest = words.substr(at + kDescription.size());
  const std::string_view name = rest.substr(0, rest.find(')'));
  alert.level = words.find("Level: Warning") != std::string_view::npos ? 1 : 2;
  for (unsigned number = 0; number < 256; ++number) {
    const auto description = static_cast<std::uint8_t>(number);
    const std::string_view known = alert_name(description);
    if (known == "unknown" || !is_called(name, known)) continue;
    alert.description = description;
    return true;
  }
  return false;
}

// Up to a comma outside of brackets.
std::string_view take_item(std::string_view& words) {
  int depth = 0;
  std::size_t end = 0;
  for (; end < words.size(); ++end) {
    if (words[end] == '(') ++depth;
    if (words[end] == ')') --depth;
    if (words[end] == ',' && depth <= 0) break;
  }
  const std::string_view item = words.substr(0, end);
  words.remove_prefix(std::min(end + 1, words.size()));
  while (words.starts_with(' ')) words.remove_prefix(1);
  return item;
}

}  // namespace

bool next_item(std::string_view& words, Item& item) {
  if (words.empty()) return false;
  const std::string_view text = take_item(words);
  item = {};
  const auto* const found =
      std::ranges::find_if(kNames, [&](const Name& name) { return text.starts_with(name.name); });
  if (found == kNames.end()) return true;
  item.told = found->told;
  constexpr std::string_view kName = "SNI=";
  const std::size_t at = text.find(kName);
  if (item.told == Told::client_hello && at != std::string_view::npos) {
    item.server_name = text.substr(at + kName.size());
    item.server_name = item.server_name.substr(0, item.server_name.find(')'));
  }
  if (item.told == Told::alert && !read_alert_words(text, item.alert)) item.told = Told::other;
  return true;
}

bool tells_of_tls(std::string_view words) {
  Item item;
  return next_item(words, item) && item.told != Told::other;
}

}  // namespace whydown::packet::tls
