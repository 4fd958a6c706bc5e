// Building blocks of the HTML page: everything given as text is escaped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace whydown::report {

class HtmlPage {
 public:
  void raw(std::string_view html) { out_ += html; }
  // <name attributes>text</name>; nothing for an empty text.
  void element(std::string_view name, std::string_view text, std::string_view attributes = {});
  void list(const std::vector<std::string>& items);
  // A header row; every cell gets scope="col".
  void table_head(std::string_view caption, const std::vector<std::string>& cells);
  const std::string& text() const { return out_; }

 private:
  std::string out_;
};

}  // namespace whydown::report
