// The formats that are no layout on a page, each from a diagnosis that sanitised() has made safe to
// show.
#pragma once

#include <string>

#include "diagnosis/diagnosis.h"
#include "report/report.h"

namespace whydown::report {

std::string render_text(const diagnosis::Diagnosis& diagnosis, const Options& options);
std::string render_json(const diagnosis::Diagnosis& diagnosis, const Options& options);
std::string render_ecs(const diagnosis::Diagnosis& diagnosis, const Options& options);
std::string render_pcapng(const diagnosis::Diagnosis& diagnosis, const Options& options);

}  // namespace whydown::report
