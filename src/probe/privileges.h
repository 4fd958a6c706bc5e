// The rights that opening a capture takes are given up once it is open.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include <sys/types.h>

#include "base/error.h"

namespace whydown::probe {

struct Person {
  uid_t user;
  gid_t group;
};

// Whom root stands for: who called sudo, else nobody. Nothing where the program is not root.
std::optional<Person> person_behind_root();
// For good: user, groups and capabilities.
std::expected<void, base::Error> drop_privileges();
// How to grant the right to capture, for people.
std::string how_to_grant_capture();

}  // namespace whydown::probe
