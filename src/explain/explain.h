// Boundary of explain/: each packet in plain English, as a teacher would go through a log.
//
// A side branch of the line: capture -> packet -> explain. It looks back only, so it streams: what
// a packet has to do with earlier ones is kept in tables of bounded size (limits.h). A field's
// lesson is given the first time the field comes up, later only its value is put into words.
//
// Left out: what packets mean together. That is the report's business.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/input_info.h"
#include "base/interner.h"
#include "explain/closing.h"
#include "explain/lessons.h"
#include "explain/story.h"
#include "packet/packet.h"

namespace whydown::explain {

enum class Grade : std::uint8_t { normal, notable, failure, unknown };

// A piece of the packet as tools write it, and what it means.
struct Item {
  std::string shows;  // "35084+", "ttl 64"
  std::string means;
};

// Strings hold what the packet held: they are not yet safe to show.
struct Explanation {
  base::Place place;
  std::string where;  // "line 4", "packet 7", "packet 7 of input 2"
  std::string when;   // "13:24:32.192571 (1:24:32 pm)"; empty where the input tells no time
  std::string title;  // "DNS query"
  std::string words;  // of text: the record as it stands; empty for bytes
  std::string gist;   // who says what to whom
  std::vector<Item> items;
  std::vector<std::string> before;  // what it has to do with earlier packets
  Grade grade = Grade::unknown;
  std::string normal;  // whether this is as it should be, and why
};

class Explainer {
 public:
  // `names` is the decoder's and must outlive it.
  Explainer(const base::Interner& names, bool several_inputs)
      : names_(&names), several_(several_inputs) {}

  // What is known of an input, before its first packet comes: whether its times have dates.
  void input(std::size_t index, const base::InputInfo& info);
  // Takes in a packet that nobody asked for, so that later ones can be set in relation to it.
  void follow(const packet::Packet& packet);
  // `words` is the text record the packet was read from, empty for bytes.
  Explanation explain(const packet::Packet& packet, std::string_view words);
  // About all packets so far. What is absent is told only when all of the input was looked at.
  std::vector<std::string> closing(bool whole = true) const;

  static std::size_t memory_bytes();

 private:
  const base::Interner* names_;
  bool several_;
  std::vector<base::InputInfo> inputs_;
  Story story_;
  Relations relations_;
  Closing closing_;
  Taught taught_;
};

}  // namespace whydown::explain
