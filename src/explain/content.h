// Internal to explain/: what a TCP segment carries, where its first bytes show it.
#pragma once

#include <string>

#include "explain/sheet.h"

namespace whydown::explain {

// Empty `title` where nothing is recognised.
struct Content {
  std::string title;  // "HTTP request"
  std::string shows;  // "GET / HTTP/1.1"
  std::string means;  // a sentence
  std::string judged;
  Grade grade = Grade::normal;
};

// HTTP/1 (RFC 9112) by its first line, TLS (RFC 8446 5.1) by its first record, whatever the port.
Content content_of(const View& view);

}  // namespace whydown::explain
