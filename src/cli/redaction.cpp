#include "cli/redaction.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

namespace whydown::cli {
namespace {

constexpr std::string_view kWithheldText = "[withheld]";

// Options whose value is one of a few words, or a time: it stays. Of all others it goes.
constexpr std::array<std::string_view, 8> kPlainValue{
    "-f", "--format", "--template", "--for", "--since", "--until", "--date", "--timezone"};
constexpr std::array<std::string_view, 3> kFlags{"--redact", "--", "-"};

bool is_one_of(std::span<const std::string_view> list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

// "--format=json", "-fjson": the option and its value.
std::pair<std::string, std::string> split(const std::string& word) {
  if (word.starts_with("--")) {
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos) return {word.substr(0, equals), word.substr(equals + 1)};
    return {word, ""};
  }
  return word.size() > 2 ? std::pair{word.substr(0, 2), word.substr(2)} : std::pair{word, ""};
}

}  // namespace

void redact_diagnosis(const redact::Redactor& redactor, diagnosis::Diagnosis& diagnosis) {
  // The inputs' own remarks stand in data_quality as well, word by word.
  std::map<std::string, std::string> rewritten;
  for (std::size_t i = 0; i < diagnosis.inputs.size(); ++i) {
    base::InputInfo& input = diagnosis.inputs[i];
    std::vector<std::string> before;
    before.reserve(input.remarks.size());
    for (const base::QualityRemark& remark : input.remarks) before.push_back(remark.text);
    redactor.input(input, i);
    for (std::size_t k = 0; k < before.size(); ++k) rewritten[before[k]] = input.remarks[k].text;
  }
  for (base::QualityRemark& remark : diagnosis.data_quality) {
    const auto found = rewritten.find(remark.text);
    if (found != rewritten.end()) remark.text = found->second;
  }
  base::QualityRemark remark;
  remark.id = "report.redacted";
  remark.text =
      "This report is redacted: addresses, hardware addresses and names are stand-ins, the same in "
      "every output made with the same key. Networks, kinds of addresses and lengths of names are "
      "kept; public top-level domains stay. Of a case file, who the people are is withheld, and "
      "their "
      "words were searched for addresses and names. A command needs the originals before it is "
      "run.";
  diagnosis.data_quality.push_back(std::move(remark));
}

void redact_case(const redact::Redactor& redactor, report::Case& supplied) {
  const auto withhold = [](std::string& text) {
    if (!text.empty()) text = kWithheldText;
  };
  const auto rewrite = [&](std::string& text) { text = redactor.text(text); };
  supplied.file = "case file";
  for (std::string* text : {&supplied.reference, &supplied.organisation, &supplied.prepared_by,
                            &supplied.reported_by, &supplied.custody}) {
    withhold(*text);
  }
  for (std::string* text : {&supplied.classification, &supplied.report_date, &supplied.aware,
                            &supplied.systems, &supplied.impact, &supplied.status}) {
    rewrite(*text);
  }
  for (report::CaseAction& action : supplied.actions) {
    withhold(action.who);
    rewrite(action.what);
    rewrite(action.when);
  }
  for (report::CaseContact& contact : supplied.contacts) {
    withhold(contact.name);
    withhold(contact.reach);
    rewrite(contact.role);
  }
  for (report::Complaint& complaint : supplied.complaints) {
    withhold(complaint.who);
    rewrite(complaint.saw);
    rewrite(complaint.when);
    rewrite(complaint.address);
  }
}

std::vector<std::string> redacted_command(const std::vector<std::string>& command,
                                          const std::vector<std::string>& inputs) {
  std::vector<std::string> out;
  bool only_inputs = false;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const std::string& word = command[i];
    const bool is_option = !only_inputs && word.size() > 1 && word[0] == '-';
    if (i == 0 || (!is_option && word == "report")) {
      out.push_back(word);
    } else if (!is_option) {
      const auto input = std::ranges::find(inputs, word);
      out.push_back(input == inputs.end()
                        ? std::string(kWithheldText)
                        : redact::input_name(static_cast<std::size_t>(input - inputs.begin())));
    } else if (is_one_of(kFlags, word)) {
      only_inputs = word == "--";
      out.push_back(word);
    } else {
      const auto [name, value] = split(word);
      const bool is_plain = is_one_of(kPlainValue, name);
      out.push_back(name);
      const bool has_next = value.empty() && i + 1 < command.size();
      const std::string& shown = has_next ? command[++i] : value;
      out.push_back(is_plain ? shown : std::string(kWithheldText));
    }
  }
  return out;
}

}  // namespace whydown::cli
