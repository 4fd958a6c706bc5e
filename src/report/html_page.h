// One self-contained HTML page: no script, no network, one style sheet admitted by its hash.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/page.h"

namespace whydown::report {

class HtmlPage final : public Page {
 public:
  // On paper, what helps on a screen only is left out.
  explicit HtmlPage(bool on_paper) : on_paper_(on_paper) {}
  void front(const Front& front) override;
  void begin_section(const std::string& title, const std::string& id) override;
  void end_section() override;
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
  void head(const Front& front);
  void contents(const Front& front);
  void raw(std::string_view html) { out_ += html; }
  // <name attributes>text</name>; nothing for an empty text.
  void element(std::string_view name, std::string_view text, std::string_view attributes = {});
  void open_table(const std::string& caption, const std::vector<std::string>& columns,
                  const std::vector<int>& widths, std::string_view css = {});
  void close_table();
  void cause(const diagnosis::RankedCause& cause, const std::string& share, const Citation& cite);
  void arguments(const std::vector<diagnosis::Argument>& list, const char* css, const char* label,
                 const Citation& cite);
  void packet(const diagnosis::EvidencePacket& packet, const Citation& cite);

  std::string out_;
  unsigned tables_ = 0;
  bool on_paper_;
};

}  // namespace whydown::report
