#include "cli/spool.h"

#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/spool.cpp"  // NOLINT(bugprone-suspicious-include)

namespace whydown::cli {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A pipe that holds `text`, as /proc names it.
struct Pipe {
  int ends[2] = {-1, -1};
  explicit Pipe(const std::string& text) {
    EXPECT_EQ(::pipe(ends), 0);
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
  }
  ~Pipe() { ::close(ends[0]); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(ends[0]); }
};

TEST(Spool, AFileStaysWhereItIs) {
  Spool spool;
  const std::string file = WHYDOWN_SOURCE_DIR "/README.md";
  EXPECT_EQ(spool.readable_twice(file).value(), file);
  // The reader refuses these in its own words.
  EXPECT_EQ(spool.readable_twice("/there/is/none").value(), "/there/is/none");
  EXPECT_EQ(spool.readable_twice(WHYDOWN_SOURCE_DIR).value(), WHYDOWN_SOURCE_DIR);
}

TEST(Spool, APipeIsReadTwiceAndLeavesNothing) {
  std::string copy;
  {
    Spool spool;
    const Pipe pipe("once upon");
    copy = spool.readable_twice(pipe.path()).value();
    EXPECT_EQ(contents(copy), "once upon");
    EXPECT_EQ(contents(copy), "once upon");
  }
  EXPECT_EQ(contents(copy), "");
}

TEST(Spool, IsBounded) {
  Spool spool;
  const Pipe pipe("twelve bytes");
  const auto refused = spool.readable_twice(pipe.path(), 11);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("save it to a file"), std::string::npos);
  const Pipe again("twelve bytes");
  EXPECT_TRUE(spool.readable_twice(again.path(), 12));
}

}  // namespace
}  // namespace whydown::cli
