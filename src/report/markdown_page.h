// CommonMark with GitHub's tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/page.h"

namespace whydown::report {

class MarkdownPage final : public Page {
 public:
  void front(const Front& front) override;
  void begin_section(const std::string& title, const std::string& id) override;
  void end_section() override { end_block(); }
  void heading(const std::string& title) override;
  void paragraph(const Spans& words, Look look = Look::plain) override;
  void list(const std::vector<Spans>& items) override;
  void rows(const std::string& caption, const SpanRows& rows) override;
  void table(const PageTable& table) override;
  void journey(const diagnosis::Incident& incident) override;
  void timeline(const diagnosis::Incident& incident, const Citation& cite) override;
  void causes(const diagnosis::Incident& incident, const Citation& cite) override;
  void checks(const diagnosis::Incident& incident) override;
  void evidence(const diagnosis::Incident& incident, const Citation& cite) override;
  std::string finish() override;

 private:
  void title(int level, std::string_view text);
  void block(std::string_view markdown);
  void item(std::string_view markdown);
  void cells(const std::vector<std::string>& markdown);
  void end_block();  // a blank line after a list or a table

  std::string out_;
};

}  // namespace whydown::report
