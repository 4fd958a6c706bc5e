#include "capture/text/session.h"

#include "capture/limits.h"
#include "capture/text/scan.h"

namespace whydown::capture::text {
namespace {

constexpr std::string_view kNoArgument = "AbdDefhHIJKlLnNOpqStuUvxX#";

void read_snaplen(std::string_view line, Session& session) {
  for (const std::string_view words : {"capture size ", "snapshot length "}) {
    const std::size_t at = line.find(words);
    if (at == npos) continue;
    std::string_view rest = line.substr(at + words.size());
    const auto value = take_number(rest, UINT32_MAX);
    // tcpdump's default means "all of it".
    if (value && *value > 0 && *value < kMaxRecord) {
      session.snaplen = static_cast<std::uint32_t>(*value);
    }
  }
}

// "N packets captured" and the like; tcpdump 4.99 also joins them on one line with commas.
bool read_counts(std::string_view line, Session& session) {
  bool any = false;
  while (!line.empty()) {
    skip_blanks(line);
    const auto count = take_number(line);
    if (!count || (!take(line, " packets ") && !take(line, " packet "))) return any;
    if (take(line, "captured")) {
      session.captured = count;
    } else if (take(line, "received by filter")) {
    } else if (take(line, "dropped by kernel") || take(line, "dropped by interface")) {
      session.drops = session.drops.value_or(0) + *count;
    } else {
      return any;
    }
    any = true;
    (void)take(line, ",");
  }
  return any;
}

// The words of a command after its options.
void read_filter(std::string_view arguments, Session& session) {
  std::string filter;
  bool skip = false;
  while (!arguments.empty()) {
    const std::string_view word = take_token(arguments);
    if (word.empty()) continue;
    if (skip) {
      skip = false;
      continue;
    }
    if (word.size() > 1 && word[0] == '-') {
      if (word[1] == '-') {
        skip = word == "--interface" || word == "--snapshot-length";
      } else {
        skip = kNoArgument.find(word.back()) == npos && !is_digit(word.back());
      }
      continue;
    }
    if (word == "|" || word == ">" || word == ">>" || word == "2>&1" || word == "&" ||
        word == "2>/dev/null") {
      break;
    }
    if (!filter.empty()) filter += ' ';
    filter += word;
  }
  // Shell quotes are no part of the filter.
  std::erase_if(filter, [](char c) { return c == '\'' || c == '"' || c == '\\'; });
  if (filter.size() <= kMaxFilterText) session.filter = filter;
}

// "$ sudo tcpdump -n port 53", "[root@a ~]# tcpdump ...", "tcpdump -i eth0".
bool read_command(std::string_view line, Session& session) {
  const std::size_t at = line.find("tcpdump");
  if (at == npos) return false;
  const std::string_view before = line.substr(0, at);
  const std::string_view after = line.substr(at + 7);
  if (!after.empty() && after[0] != ' ') return false;
  std::string_view lead = before;
  if (lead.ends_with("/usr/sbin/") || lead.ends_with("/usr/bin/")) {
    lead = lead.substr(0, lead.rfind("/usr"));
  }
  if (lead.ends_with("sudo ")) lead.remove_suffix(5);
  lead = trimmed(lead);
  const bool prompt = !lead.empty() && std::string_view("$#%>").find(lead.back()) != npos;
  // Prose speaks of tcpdump, too: without a prompt the line must begin with it and have an option.
  if (!prompt && !(lead.empty() && after.starts_with(" -"))) return false;
  read_filter(after, session);
  return true;
}

}  // namespace

bool read_session_line(std::string_view line, Session& session) {
  if (line.empty()) return false;
  if (is_digit(line[0])) return read_counts(line, session);
  if (line.starts_with("listening on ") || line.starts_with("reading from ") ||
      line.starts_with("tcpdump: listening on ")) {
    read_snaplen(line, session);
    return true;
  }
  if (line.starts_with("tcpdump: ") || line.starts_with("dropped privs to ") ||
      line.starts_with("Warning: interface names") || line == "^C" ||
      line.starts_with("tcpdump version") || line.starts_with("libpcap version") ||
      line.starts_with("OpenSSL ")) {
    return true;
  }
  if (line.starts_with("^C")) return read_counts(line.substr(2), session);
  return read_command(line, session);
}

}  // namespace whydown::capture::text
