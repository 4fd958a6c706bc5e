// The JSON report, whydown.report/1: names and shapes are a contract with scripts, written down in
// docs/report.schema.json. What does not apply is absent; "incidents", "for" and "against" are
// always there, empty when there are none.
#include "report/json_writer.h"

namespace whydown::report {

std::string render_json(const diagnosis::Diagnosis& diagnosis, const Options& options) {
  using namespace json;  // NOLINT(google-build-using-namespace)
  const Writer writer(diagnosis);
  Json out;
  out["schema"] = "whydown.report/1";
  out["tool"]["name"] = "whydown";
  put(out["tool"], "version", options.version);
  put(out["tool"], "command", options.command);
  out["inputs"] = Json::array();
  for (const base::InputInfo& input : diagnosis.inputs)
    out["inputs"].push_back(writer.input(input));
  out["verdict"] = verdict_id(diagnosis.verdict);
  put(out, "verdict_text", diagnosis.verdict_text);
  out["incidents"] = Json::array();
  for (const Incident& incident : diagnosis.incidents) {
    out["incidents"].push_back(writer.incident(incident));
  }
  for (const base::QualityRemark& remark : diagnosis.data_quality) {
    out["data_quality"].push_back(writer.remark(remark));
  }
  put(out, "not_attempted", diagnosis.not_attempted);
  if (options.probe) out["probe"] = probe_of(*options.probe, writer);
  if (options.supplied) {
    out["case"] = case_of(*options.supplied);
    Json complaints = complaints_of(diagnosis, *options.supplied);
    if (!complaints.empty()) out["complaints"] = std::move(complaints);
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace whydown::report
