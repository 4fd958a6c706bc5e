#include "probe/privileges.h"

#include <array>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace whydown::probe {
namespace {

std::optional<unsigned> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  const std::string_view view(text);
  unsigned value = 0;
  const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), value);
  if (error != std::errc{} || end != view.data() + view.size() || value == 0) return std::nullopt;
  return value;
}

// Also those of a file (setcap), which leave the user as it is.
bool drop_capabilities() {
  __user_cap_header_struct header{};
  header.version = _LINUX_CAPABILITY_VERSION_3;
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0;
}

}  // namespace

std::optional<Person> person_behind_root() {
  if (::geteuid() != 0) return std::nullopt;
  const auto user = number_in("SUDO_UID");
  const auto group = number_in("SUDO_GID");
  if (user && group) return Person{*user, *group};
  const passwd* nobody = ::getpwnam("nobody");
  constexpr uid_t overflow = 65534;
  return nobody != nullptr ? Person{nobody->pw_uid, nobody->pw_gid} : Person{overflow, overflow};
}

std::expected<void, base::Error> drop_privileges() {
  const auto failed = [](const char* what) {
    return std::unexpected(base::Error{"probe", std::string(what) + ": " + std::strerror(errno),
                                       "to give up the rights of root",
                                       "nothing was sent; run it as an ordinary user"});
  };
  if (const auto person = person_behind_root()) {
    if (::setgroups(0, nullptr) != 0) return failed("setgroups");
    if (::setresgid(person->group, person->group, person->group) != 0) return failed("setresgid");
    if (::setresuid(person->user, person->user, person->user) != 0) return failed("setresuid");
    if (::setresuid(0, 0, 0) == 0) return failed("setresuid did not hold");
  }
  if (!drop_capabilities()) return failed("capset");
  // The change of user makes /proc/self root's own; the capture is read back through it.
  if (::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) return failed("prctl");
  return {};
}

std::string how_to_grant_capture() {
  std::array<char, PATH_MAX> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
  const std::string program = size > 0 ? std::string(path.data()) : "whydown";
  return "to let it capture, run it with sudo; or once, as root: setcap "
         "cap_net_raw,cap_net_admin+ep " +
         program + "; or do that for a copy that only a group may run (chgrp GROUP, chmod 750)";
}

}  // namespace whydown::probe
