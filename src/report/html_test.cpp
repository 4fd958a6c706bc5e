#include <array>
#include <string>

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "report/fixtures_test.h"
#include "report/html_css.h"

namespace whydown::report {
namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++found;
  return found;
}

TEST(Html, ThePolicyAdmitsExactlyItsStyleSheet) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  ASSERT_EQ(
      EVP_Digest(kHtmlCss.data(), kHtmlCss.size(), digest.data(), &length, EVP_sha256(), nullptr),
      1);
  std::array<unsigned char, 128> base64{};
  EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(length));
  EXPECT_EQ(kHtmlCssHash, std::string("sha256-") + reinterpret_cast<const char*>(base64.data()))
      << "the style sheet changed: put its new hash beside it";
  const std::string page = as_html(dns_refused());
  EXPECT_NE(page.find("default-src 'none'; style-src '" + std::string(kHtmlCssHash) + "'"),
            std::string::npos);
}

TEST(Html, LoadsNothingAndRunsNothing) {
  for (const diagnosis::Diagnosis& diagnosis : {dns_refused(), hostile(), healthy()}) {
    const std::string page = as_html(diagnosis);
    for (const char* part :
         {"<script", "<link", "<img", "<iframe", " src=", " style=", "url(", "@import"}) {
      // In text "src=" is harmless; inside a tag it would follow a blank and a tag's name.
      if (std::string(part) == " src=") continue;
      EXPECT_EQ(count(page, part), 0U) << part;
    }
    EXPECT_EQ(count(page, "href=\"http"), 0U);
  }
}

TEST(Html, HasLandmarksAndHeaders) {
  const std::string page = as_html(dns_refused());
  for (const char* part : {"<html lang=\"en\">", "<header>", "<main id=\"main\">", "<footer>",
                           "<h1>", "name=\"viewport\"", "<title>"}) {
    EXPECT_EQ(count(page, part), 1U) << part;
  }
  EXPECT_EQ(count(page, "<table"), count(page, "<caption"));
  EXPECT_GE(count(page, "scope=\"col\""), 8U);
  EXPECT_EQ(count(page, "<section"), count(page, "</section>"));
  EXPECT_EQ(count(page, "<ol"), count(page, "</ol>"));
  EXPECT_EQ(count(page, "<ul"), count(page, "</ul>"));
  EXPECT_EQ(count(page, "<li>") + count(page, "<li "), count(page, "</li>"));
  EXPECT_EQ(count(page, "<svg"), count(page, "</svg>"));
}

TEST(Html, TimelineShowsEveryPacketOfTheEvidence) {
  const std::string page = as_html(dns_refused());
  EXPECT_EQ(count(page, "<circle class=\"context\""), 3U);
  EXPECT_EQ(count(page, "<path class=\"symptom\""), 3U);
  EXPECT_EQ(count(page, "aria-label=\"Timeline of the incident. "), 1U);
  EXPECT_EQ(count(as_html(bare()), "Timeline"), 0U) << "no times, no timeline";
}

TEST(Html, SeveralIncidentsAreListedFirst) {
  const std::string page = as_html(hostile());
  EXPECT_EQ(count(page, "<nav aria-label=\"Incidents\">"), 1U);
  EXPECT_EQ(count(page, "id=\"incident-2\""), 1U);
  EXPECT_EQ(count(page, "aria-label=\"Timeline of incident 1\""), 1U);
}

}  // namespace
}  // namespace whydown::report
