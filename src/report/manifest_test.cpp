#include "report/manifest.h"

#include <string>

#include <gtest/gtest.h>

#include "base/sha256.h"

namespace whydown::report {
namespace {

const std::string kHash(64, 'a');

Manifest example() {
  Manifest out;
  out.version = "9.9";
  out.command = {"whydown", "report", "a.pcap"};
  out.verdict = "incident";
  out.inputs = {{"a.pcap", kHash, "", 7}, {"-", "", kHash, 0}};
  out.files = {{"report.txt", "text", kHash, 3}, {"evidence.pcapng", "pcapng", kHash, 9}};
  out.left_out = {{"pdf", "weasyprint is missing"}};
  return out;
}

TEST(Manifest, IsReadAsItWasWritten) {
  const std::string text = write_manifest(example());
  const auto read = read_manifest(text);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(write_manifest(*read), text);
  EXPECT_EQ(read->files[1].name, "evidence.pcapng");
  EXPECT_EQ(read->inputs[0].sha256, kHash);
  EXPECT_EQ(read->left_out[0].why, "weasyprint is missing");
}

TEST(Manifest, SumsAreThoseOfSha256sum) {
  const std::string text = write_manifest(example());
  EXPECT_EQ(sums_of(example(), text), kHash + "  evidence.pcapng\n" + base::sha256_hex(text) +
                                          "  manifest.json\n" + kHash + "  report.txt\n");
}

std::string with_file(const std::string& name, const std::string& hash) {
  return R"({"schema":"whydown.bundle/1","files":[{"name":")" + name + R"(","sha256":")" + hash +
         R"("}]})";
}

TEST(Manifest, RefusesWhatNoBundleHas) {
  struct Row {
    std::string text;
    const char* owed;
  };
  const Row rows[] = {
      {"", "another kind of file"},
      {"[]", "another kind of file"},
      {"{\"schema\":\"whydown.report/1\"}", "another kind of file"},
      {"{\"schema\":\"whydown.bundle/1\"}", "0 files"},
      {"{\"schema\":\"whydown.bundle/1\",\"files\":[7]}", "a plain file name"},
      {with_file("../report.txt", kHash), "a plain file name"},
      {with_file("a/b", kHash), "a plain file name"},
      {with_file("..", kHash), "a plain file name"},
      {with_file("", kHash), "a plain file name"},
      {with_file("a\\u0000b", kHash), "a plain file name"},
      {with_file("manifest.json", kHash), "a plain file name"},
      {with_file("a", "abc"), "64 hexadecimal digits"},
      {with_file("a", std::string(64, 'A')), "64 hexadecimal digits"},
      {R"({"schema":"whydown.bundle/1","files":[{"name":"a","sha256":")" + kHash +
           R"("},{"name":"a","sha256":")" + kHash + R"("}]})",
       "each file once"},
      {std::string(kMostManifestBytes + 1, ' '), "at most"},
      {std::string(100'000, '['), "another kind of file"},
  };
  for (const Row& row : rows) {
    const auto read = read_manifest(row.text);
    ASSERT_FALSE(read) << row.text.substr(0, 100);
    EXPECT_NE(read.error().message().find(row.owed), std::string::npos) << read.error().message();
  }
}

}  // namespace
}  // namespace whydown::report
