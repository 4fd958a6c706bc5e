// Internal to explain/: DNS records as tools write them, and what they say.
#pragma once

#include <string>

#include "explain/sheet.h"

namespace whydown::explain {

// "www.example.com. A 198.51.100.80"; of text what it shows.
std::string record_shown(const View& view, const packet::dns::Record& record);
// "The IPv4 address of www.example.com is 198.51.100.80."
std::string record_meaning(const View& view, const packet::dns::Record& record);

// The addresses of the answer section, at most `limit` of them.
std::vector<std::string> answer_addresses(const packet::dns::Message& message, std::size_t limit);

}  // namespace whydown::explain
