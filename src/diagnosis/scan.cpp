#include "diagnosis/scan.h"

#include <algorithm>

#include <fmt/core.h>

#include "diagnosis/impact.h"
#include "diagnosis/limits.h"
#include "diagnosis/words.h"

namespace whydown::diagnosis {

bool is_port_scan(const Case& found) {
  using evidence::Symptom;
  if (!found.is_folded || found.failing.size() < limits::kScanPorts) return false;
  const bool is_act =
      found.subject.symptom == Symptom::reset || found.subject.symptom == Symptom::port_unreachable;
  if (!is_act) return false;
  const bool is_tried_once = std::ranges::all_of(found.failing, [](const evidence::Row* row) {
    return judged(*row) <= limits::kScanTries * row->clients.count();
  });
  const Window window = window_of(found.failing);
  const auto ports = static_cast<std::int64_t>(found.failing.size());
  return is_tried_once && base::between(window.first, window.last) <= limits::kScanPace * ports;
}

base::QualityRemark scan_remark(const Case& found, const base::AddressBook& book) {
  std::uint64_t attempts = 0;
  for (const evidence::Row* row : found.failing) attempts += judged(*row);
  std::vector<std::string> clients;
  const evidence::AddressSketch sketch = failing_clients_of(found);
  for (const base::IpAddress& address : sketch.kept()) clients.push_back(book.text(address));
  constexpr std::size_t kListed = 4;
  base::QualityRemark remark;
  remark.id = "diagnosis.port_scan";
  remark.severity = base::Severity::note;
  remark.text = fmt::format(
      "{} tried {} ports of {} in quick order, and each refused. That is how a search for open "
      "ports looks: closed ports that nobody needs are no outage, and are not judged here.",
      list_words(clients, kListed, sketch.count()), found.failing.size(),
      book.text(found.failing.front()->key.service.server));
  remark.packets = first_requests(found.failing);
  remark.count = attempts;
  return remark;
}

}  // namespace whydown::diagnosis
