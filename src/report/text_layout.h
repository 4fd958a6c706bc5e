// The forms of the report as plain text: wrapped, with hanging indents.
#pragma once

#include <string>
#include <vector>

#include "report/page.h"
#include "report/text_page.h"

namespace whydown::report {

class TextLayout final : public Page {
 public:
  TextLayout(std::size_t width, bool colour) : page_(width, colour) {}
  void front(const Front& front) override;
  void begin_section(const std::string& title, const std::string& id) override;
  void end_section() override {}
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
  std::string finish() override { return page_.text(); }
  TextPage& page() { return page_; }

 private:
  TextPage page_;
};

}  // namespace whydown::report
