// What a tcpdump record looks like from outside: where one begins, whether it is whole, and whether
// a line goes on with it. Nothing here reads its meaning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "capture/frame.h"
#include "capture/text/repair.h"
#include "capture/text/time.h"

namespace whydown::capture::text {

struct Start {
  std::size_t offset = 0;      // of the record in the line
  std::size_t body = 0;        // of the words after time, interface and direction
  std::optional<Stamp> stamp;  // absent: tcpdump -t
  Direction direction = Direction::unknown;
  bool readable = true;  // false: a time, but then nothing that tcpdump prints
};

// A record that begins at the line's first character.
std::optional<Start> start_of(std::string_view line);
// A record that begins at `from` or later in the line: "The log shows: 13:24:32.19 IP ...", or a
// time at the very end, whose words may follow on the next line.
std::optional<Start> start_within(std::string_view line, std::size_t from);

enum class Whole : std::uint8_t {
  no,     // more must follow
  maybe,  // could end here
  yes,
};
Whole whole(std::string_view body);

// Whether `line` can go on with a record that is not whole (`no` or `maybe`).
bool continues(std::string_view body, Whole state, std::string_view line);

// Three and more plain words, none of them tcpdump's.
bool looks_like_prose(std::string_view line);

// Appends a wrapped part, with or without a blank: a line may break inside a word.
void join(std::string& body, std::string_view line);

// Repairs inside a record: blanks in names and addresses, the comma before "length", the dot after
// the name asked for, "->" for ">".
void fix_words(std::string& body, RepairSet& repairs);

// The " > " between the addresses, at `from` or later.
std::size_t find_arrow(std::string_view text, std::size_t from);

// Where the addresses begin: after "IP ", "(tos ...)" and a link header.
std::size_t addresses_begin(std::string_view body);

}  // namespace whydown::capture::text
