// The catalogue in the form that is compiled in. TOML is read when the program is built
// (cmake/pack_catalogue.cpp) and not at every start, where it took longer than many a capture.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnosis/catalogue.h"

namespace whydown::diagnosis {

// Of this machine's byte order: nothing to keep or to send.
std::string pack(std::vector<Fault> faults);
// Of what pack() gave; anything else ends early, with fewer faults.
std::vector<Fault> unpack(std::string_view packed);

// Of catalogue/, sorted by id; generated.
std::string_view packed_catalogue();

}  // namespace whydown::diagnosis
