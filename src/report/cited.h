// The packets that a diagnosis rests on, and what is said about each.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "diagnosis/diagnosis.h"

namespace whydown::report {

struct ByNumber {
  bool operator()(const base::Place& a, const base::Place& b) const {
    return a.input != b.input ? a.input < b.input : a.number < b.number;
  }
};
// One sentence each: the packet's role and words first, then the arguments that rest on it.
using PacketComments = std::map<base::Place, std::vector<std::string>, ByNumber>;

// Of every packet that an incident cites: as evidence, behind an argument, behind a fact.
PacketComments packet_comments(const diagnosis::Diagnosis& diagnosis);

// Their places alone, for whoever fetches the bytes.
std::vector<base::Place> cited_packets(const diagnosis::Diagnosis& diagnosis);

}  // namespace whydown::report
