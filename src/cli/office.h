// PDF and DOCX, made of the HTML page by programs found at run time.
#pragma once

#include <expected>
#include <string>

#include "base/error.h"

namespace whydown::cli {

// By weasyprint.
std::expected<std::string, base::Error> to_pdf(const std::string& html);
// By pandoc, the pictures by rsvg-convert: word processors show PNG everywhere, SVG not.
std::expected<std::string, base::Error> to_docx(const std::string& html);

}  // namespace whydown::cli
