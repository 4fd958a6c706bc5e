#include "cli/office.h"

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "cli/child.h"

namespace whydown::cli {
namespace {

std::string base64(std::string_view bytes) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      const auto byte = k < have ? static_cast<unsigned char>(bytes[i + k]) : 0U;
      three = three << 8U | byte;
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= have ? letters[three >> (18U - 6U * static_cast<unsigned>(k)) & 63U] : '=';
    }
  }
  return out;
}

std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
  const std::size_t from = text.find(open);
  if (from == std::string_view::npos) return {};
  const std::size_t begin = from + open.size();
  const std::size_t end = text.find(close, begin);
  return end == std::string_view::npos ? std::string_view{} : text.substr(begin, end - begin);
}

// The page with each of its inline SVG pictures as PNG. Text of the page cannot look like one: it
// is escaped.
std::expected<std::string, base::Error> with_png(const std::string& page) {
  std::string_view html = page;
  constexpr std::string_view open = "<svg ";
  constexpr std::string_view close = "</svg>";
  std::string out;
  while (true) {
    const std::size_t begin = html.find(open);
    if (begin == std::string_view::npos) break;
    const std::size_t end = html.find(close, begin);
    if (end == std::string_view::npos) break;
    const std::string_view svg = html.substr(begin, end + close.size() - begin);
    out += html.substr(0, begin);
    html.remove_prefix(end + close.size());
    const auto png =
        run_filter({"rsvg-convert", "--format=png", "--zoom=3", "--background-color=#fff"}, svg,
                   "librsvg2-bin");
    if (!png) return std::unexpected(png.error());
    out += fmt::format("<img alt=\"{}\" width=\"{}\" src=\"data:image/png;base64,{}\">",
                       // as it stands in the page: escaped already
                       between(svg, " aria-label=\"", "\""), between(svg, " width=\"", "\""),
                       base64(*png));
  }
  return out.append(html);
}

// A document's title is its first heading: without the page's own, it stands there once.
std::string without_heading(std::string_view html) {
  const std::size_t begin = html.find("<h1>");
  const std::size_t end = html.find("</h1>");
  if (begin == std::string_view::npos || end == std::string_view::npos) return std::string(html);
  return std::string(html.substr(0, begin)).append(html.substr(end + 5));
}

}  // namespace

std::expected<std::string, base::Error> to_pdf(const std::string& html) {
  return run_filter({"weasyprint", "--quiet", "-", "-"}, html, "weasyprint");
}

std::expected<std::string, base::Error> to_docx(const std::string& html) {
  const auto page = with_png(without_heading(html));
  if (!page) return std::unexpected(page.error());
  // The page names no file and no address, so there is nothing for pandoc to fetch. (Debian's
  // pandoc cannot use its own --sandbox: it does not find its data there.)
  return run_filter(
      {"pandoc", "--from=html", "--to=docx", "--shift-heading-level-by=-1", "--output=-"}, *page,
      "pandoc");
}

}  // namespace whydown::cli
