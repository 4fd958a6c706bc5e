#include "capture/text/remarks.h"

#include <string>
#include <utility>

#include <fmt/format.h>

namespace whydown::capture::text {
namespace {

std::string lines(std::uint64_t count) {
  return fmt::format("{} {}", count, count == 1 ? "line" : "lines");
}

// "line 7 \"13:24:33 ###\", line 9 \"...\", and 3 more"
std::string listed(const std::vector<ShownLine>& shown, std::uint64_t count) {
  std::string out;
  for (const ShownLine& line : shown) {
    if (!out.empty()) out += ", ";
    out += fmt::format("line {} \"{}\"", line.number, line.text);
  }
  if (count > shown.size()) out += fmt::format(", and {} more", count - shown.size());
  return out;
}

void add(base::InputInfo& info, const char* id, base::Severity severity, std::string text,
         std::uint64_t count) {
  info.remarks.push_back({id, severity, std::move(text), {}, count});
}

}  // namespace

void add_remarks(const RecordCounts& counts, std::uint64_t cut_lines, base::InputInfo& info) {
  if (counts.unread_lines > 0) {
    add(info, "text.unread_lines", base::Severity::warning,
        lines(counts.unread_lines) +
            " looked like records but could not be read, and are missing from this report: " +
            listed(counts.unread, counts.unread_lines) + ".",
        counts.unread_lines);
  }
  if (counts.left_out > 0) {
    add(info, "text.omitted", base::Severity::note,
        "The text says itself that records were left out: " +
            listed(counts.fillers, counts.left_out) + ". Counts are at least what is shown here.",
        counts.left_out);
  }
  if (counts.repairs.total > 0) {
    add(info, "text.repaired", base::Severity::note,
        "Records were repaired where their meaning is certain: " + counts.repairs.words() + ".",
        counts.repairs.total);
  }
  if (counts.prose_lines > 0) {
    add(info, "text.prose_lines", base::Severity::note,
        lines(counts.prose_lines) +
            (counts.prose_lines == 1 ? " is no record and was" : " are no records and were") +
            " passed over.",
        counts.prose_lines);
  }
  if (cut_lines > 0) {
    add(info, "text.cut_lines", base::Severity::warning,
        lines(cut_lines) + " longer than 64 KiB were read only up to there.", cut_lines);
  }
}

void add_drop_remark(const Session& session, base::InputInfo& info) {
  if (!session.drops || *session.drops == 0) return;
  const std::uint64_t drops = *session.drops;
  add(info, "capture.drops", base::Severity::warning,
      fmt::format(
          "tcpdump lost {} {} while capturing{}: a packet that is not shown here may still have "
          "been sent.",
          drops, drops == 1 ? "packet" : "packets",
          session.captured ? fmt::format(", beside {} it captured", *session.captured) : ""),
      drops);
}

}  // namespace whydown::capture::text
