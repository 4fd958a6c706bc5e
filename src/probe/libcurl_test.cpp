#include "probe/libcurl.h"

#include <gtest/gtest.h>

namespace whydown::probe {
namespace {

TEST(LibCurl, IsLoadedWhenAskedFor) {
  const auto curl = load_libcurl();
  ASSERT_TRUE(curl) << curl.error().found;
  EXPECT_STREQ(curl->easy_strerror(CURLE_OK), "No error");
}

TEST(LibCurl, IsNamedWhereItIsMissing) {
  struct Row {
    const char* name;
    const char* found;
  };
  // Not there at all, and another library.
  for (const Row& row : {Row{"libnosuch.so.9", "libnosuch.so.9 cannot be loaded: "},
                         Row{"libc.so.6", "libc.so.6 cannot be loaded: "}}) {
    const auto curl = load_libcurl(row.name);
    ASSERT_FALSE(curl) << row.name;
    EXPECT_TRUE(curl.error().found.starts_with(row.found)) << curl.error().found;
    EXPECT_NE(curl.error().found, row.found) << "says why";
    EXPECT_FALSE(curl.error().advice.empty());
  }
}

}  // namespace
}  // namespace whydown::probe
