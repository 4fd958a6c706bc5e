// A script of one TCP connection (testing.h) as tcpdump's lines and as the rows of a Wireshark
// table tell it. The client's SYN has seq=100, the server's seq=500.
#pragma once

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace whydown::journey::testing {

class AsWords {
 public:
  enum class Tool : std::uint8_t { tcpdump, wireshark };
  static std::vector<std::string> script(Tool tool, const std::vector<std::string>& bytes) {
    AsWords words{tool};
    std::vector<std::string> out;
    for (const std::string& line : bytes) out.push_back(words.line(line));
    return out;
  }

 private:
  explicit AsWords(Tool tool) : tool_(tool) {}

  std::string line(const std::string& bytes) {
    std::istringstream in{bytes};
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    const std::string& kind = words.at(1);
    const bool is_client = kind != "synack" && kind != "sack" && kind != "rst" && kind[0] != 's';
    const bool is_syn = kind == "syn" || kind == "synack";
    const bool from_client = is_client || kind == "syn";
    const bool has_number = kind != "ack" && kind != "sack";
    std::string out;
    for (const std::string& word : words) out += told(word, from_client, is_syn, has_number);
    return out + (tool_ == Tool::tcpdump ? "line" : remark(words, from_client) + "row");
  }

  // Wireshark counts from the SYN on; tcpdump only after it, and shows no number of what has none.
  std::string told(const std::string& word, bool from_client, bool is_syn, bool has_number) const {
    const bool is_sequence = word.starts_with("seq=");
    if (!is_sequence && !word.starts_with("ack=")) return word + " ";
    if (tool_ == Tool::tcpdump && is_syn) {
      return word.substr(0, 4) + std::to_string(kFarOff + std::stoul(word.substr(4))) + " ";
    }
    if (tool_ == Tool::tcpdump && is_sequence && !has_number) return "";
    const std::uint32_t first = is_sequence == from_client ? 100 : 500;
    const auto number = static_cast<std::uint32_t>(std::stoul(word.substr(4)));
    return word.substr(0, 4) + std::to_string(number - first) + " ";
  }

  // What does not go on where its sender left off.
  std::string remark(const std::vector<std::string>& words, bool from_client) {
    std::uint32_t sequence = 0;
    std::uint32_t length = 0;
    for (const std::string& word : words) {
      if (word.starts_with("seq="))
        sequence = static_cast<std::uint32_t>(std::stoul(word.substr(4)));
      if (word.starts_with("len=")) length = static_cast<std::uint32_t>(std::stoul(word.substr(4)));
    }
    const std::string& kind = words.at(1);
    const bool takes_one = kind == "syn" || kind == "synack" || kind == "fin" || kind == "sfin";
    std::uint32_t& next = from_client ? next_of_client_ : next_of_server_;
    const bool is_odd = next != 0 && sequence != next;
    next = std::max(next, sequence + length + (takes_one ? 1 : 0));
    return is_odd ? "odd " : "";
  }

  // Where real connections begin to count, the numbers as such say at once which is meant.
  static constexpr unsigned long kFarOff = 1'000'000'000;
  Tool tool_;
  std::uint32_t next_of_client_ = 0;
  std::uint32_t next_of_server_ = 0;
};

}  // namespace whydown::journey::testing
