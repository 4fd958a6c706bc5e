// The key of a redaction: a file for its owner alone, made when there is none.
#pragma once

#include <expected>
#include <string>

#include "base/error.h"
#include "cli/options.h"
#include "redact/cipher.h"

namespace whydown::cli {

// $XDG_STATE_HOME/whydown/redact.key, or below ~/.local/state; empty when neither is set.
std::string usual_key_path();

// Refuses a key that would be handed over with the report, or would take an input's place.
std::expected<void, base::Error> check_key_place(const std::string& path, const Options& options);

struct LoadedKey {
  redact::Key key{};
  bool is_new = false;
};
// A key that others can read is refused, as is a file that holds something else.
std::expected<LoadedKey, base::Error> load_or_make_key(const std::string& path);
std::expected<redact::Key, base::Error> load_key(const std::string& path);

}  // namespace whydown::cli
