// Connections by hand for the tests: who says what when, with the handshake and the numbers made
// up.
//
//   {0.1, "c1:4000 s1:80", "GET / HTTP/1.1\nHost: a.example\n\n"}     the client says so
//   {0.2, "s1:80 c1:4000", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"}  the server does
//   {9.0, "s1:80 c1:4000", "FIN"}, "RST", "ACK"; {9.0, "", ""} any other packet, for its time
// A line feed stands for CR LF. The first words on a connection bring its handshake, a millisecond
// before; "CUT 30 ..." shows 30 bytes of what follows, "LOST ..." none at all.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "journey/testing.h"

namespace whydown::journey::testing {

struct Said {
  double time;
  std::string ends;  // who says it, and to whom
  std::string text;
};

class Dialogue {
 public:
  explicit Dialogue(std::uint8_t text_only = 0) : text_only_(text_only != 0) {}

  // "http s1:80 ok none 200", of every attempt of step request, in the order in which they began.
  std::vector<std::string> play(const std::vector<Said>& script) {
    Recorder recorder;
    Tracker tracker{recorder, names};
    for (const Said& said : script) say(tracker, said);
    tracker.finish();
    observations = recorder.observations;
    std::vector<std::string> out;
    std::ranges::stable_sort(recorder.attempts, {}, &Attempt::begin);
    for (const Attempt& attempt : recorder.attempts) {
      if (attempt.step != Step::request) continue;
      requests.push_back(attempt);
      std::string line{protocol_id(attempt.service.protocol)};
      line += " " + host_name(attempt.service.server) + ":" + std::to_string(attempt.service.port);
      line += " " + std::string{outcome_id(attempt.outcome)};
      line += " " + std::string{symptom_id(attempt.symptom)};
      if (attempt.code != 0) line += " " + std::to_string(attempt.code);
      if (attempt.healed) line += " healed";
      if (attempt.open_at_end) line += " open";
      if (!attempt.request_seen) line += " unseen";
      out.push_back(line);
    }
    return out;
  }

  base::Interner names{{.names = 1024, .bytes = 65536}};
  std::vector<Attempt> requests;
  std::vector<Observation> observations;

 private:
  struct Half {
    std::uint32_t next = 1000;
  };

  static std::string with_returns(const std::string& text) {
    std::string out;
    for (const char c : text) {
      if (c == '\n') out += '\r';
      out += c;
    }
    return out;
  }

  void say(Tracker& tracker, const Said& said) {
    if (said.ends.empty()) {
      tracker.packet(builder_.build(std::to_string(said.time) + " later"));
      return;
    }
    const std::size_t blank = said.ends.find(' ');
    const std::string from = said.ends.substr(0, blank);
    const std::string to = said.ends.substr(blank + 1);
    const bool by_client = from[0] == 'c';
    const std::string ends = by_client ? from + " " + to : to + " " + from;
    if (!met_.contains(ends)) shake_hands(tracker, said.time - 0.001, ends);
    Half& mine = met_[ends][by_client ? 0 : 1];
    const Half& theirs = met_[ends][by_client ? 1 : 0];
    std::string text = said.text;
    std::size_t shown = std::string::npos;
    const bool lost = text.starts_with("LOST ");
    if (lost) text = text.substr(5);
    if (text.starts_with("CUT ")) {
      shown = std::stoul(text.substr(4));
      text = text.substr(text.find(' ', 4) + 1);
    }
    const bool fin = text == "FIN";
    const bool rst = text == "RST";
    const bool ack = text == "ACK";
    const std::string payload = fin || rst || ack ? "" : with_returns(text);
    std::string line = std::to_string(said.time) + (by_client ? " data " : " sdata ") + ends +
                       " seq=" + std::to_string(mine.next) + " ack=" + std::to_string(theirs.next) +
                       " len=" + std::to_string(payload.size());
    if (text_only_) line += " text";
    packet::Packet packet = builder_.build(line);
    if (fin) packet.tcp.flags = packet::tcp_flag::fin | packet::tcp_flag::ack;
    if (ack) packet.tcp.flags = packet::tcp_flag::ack;
    if (rst) packet.tcp.flags = packet::tcp_flag::rst | packet::tcp_flag::ack;
    if (text_only_) {
      packet.said = std::string_view(text).substr(0, text.find('\n'));
      if (fin || rst) packet.said = {};
    } else {
      packet.payload = {reinterpret_cast<const std::uint8_t*>(payload.data()),
                        std::min(shown, payload.size())};
    }
    mine.next += static_cast<std::uint32_t>(payload.size()) + (fin ? 1U : 0U);
    if (!lost) tracker.packet(packet);
  }

  void shake_hands(Tracker& tracker, double time, const std::string& ends) {
    const std::string when = std::to_string(time);
    const std::string text = text_only_ ? " text" : "";
    tracker.packet(builder_.build(when + " syn " + ends + " seq=999 ack=0" + text));
    tracker.packet(builder_.build(when + " synack " + ends + " seq=999 ack=1000" + text));
    tracker.packet(builder_.build(when + " ack " + ends + " seq=1000 ack=1000" + text));
    met_[ends];
  }

  bool text_only_;
  Builder builder_;
  std::map<std::string, std::array<Half, 2>> met_;
};

struct DialogueCase {
  const char* what;
  std::vector<Said> script;
  std::vector<std::string> attempts;
};

inline void expect_dialogues(const std::vector<DialogueCase>& cases) {
  for (const DialogueCase& row : cases) {
    Dialogue dialogue;
    EXPECT_EQ(dialogue.play(row.script), row.attempts) << row.what;
  }
}

}  // namespace whydown::journey::testing
