// libcurl, loaded when a probe begins. It brings some thirty libraries with it, which take longer
// to load than a small capture takes to read, and have no business near a hostile one.
#pragma once

#include <expected>

#include <curl/curl.h>

#include "base/error.h"

namespace whydown::probe {

struct LibCurl {
  decltype(&curl_global_init) global_init = nullptr;
  decltype(&curl_global_cleanup) global_cleanup = nullptr;
  decltype(&curl_easy_init) easy_init = nullptr;
  decltype(&curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&curl_easy_setopt) easy_setopt = nullptr;
  decltype(&curl_easy_perform) easy_perform = nullptr;
  decltype(&curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&curl_easy_strerror) easy_strerror = nullptr;
  decltype(&curl_slist_append) slist_append = nullptr;
  decltype(&curl_slist_free_all) slist_free_all = nullptr;
};

// Loaded once, and there until the program ends. `name` is what the dynamic linker knows it by.
std::expected<LibCurl, base::Error> load_libcurl(const char* name = "libcurl.so.4");

}  // namespace whydown::probe
