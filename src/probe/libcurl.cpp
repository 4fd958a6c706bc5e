#include "probe/libcurl.h"

#include <string>

#include <dlfcn.h>

namespace whydown::probe {

namespace {

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

base::Error missing(const char* name) {
  const char* const why = ::dlerror();
  return {"probe", std::string(name) + " cannot be loaded: " + (why == nullptr ? "" : why),
          "libcurl 7.85 or later, by which pages are loaded",
          "install it (Debian: apt-get install libcurl4)"};
}

}  // namespace

std::expected<LibCurl, base::Error> load_libcurl(const char* name) {
  void* const library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
  LibCurl curl;
  const bool is_there = library != nullptr && find(library, "curl_global_init", curl.global_init) &&
                        find(library, "curl_global_cleanup", curl.global_cleanup) &&
                        find(library, "curl_easy_init", curl.easy_init) &&
                        find(library, "curl_easy_cleanup", curl.easy_cleanup) &&
                        find(library, "curl_easy_setopt", curl.easy_setopt) &&
                        find(library, "curl_easy_perform", curl.easy_perform) &&
                        find(library, "curl_easy_getinfo", curl.easy_getinfo) &&
                        find(library, "curl_easy_strerror", curl.easy_strerror) &&
                        find(library, "curl_slist_append", curl.slist_append) &&
                        find(library, "curl_slist_free_all", curl.slist_free_all);
  if (!is_there) return std::unexpected(missing(name));
  return curl;
}

}  // namespace whydown::probe
