// Whether the capture is good enough to say that nothing answered.
#pragma once

#include <optional>
#include <span>

#include "base/address.h"
#include "base/quality.h"
#include "diagnosis/impact.h"
#include "diagnosis/subjects.h"

namespace whydown::diagnosis {

// Why a silence, or a truncated answer, cannot be judged, as a remark; nothing when it can, and for
// every other symptom that is an answer. One-sided captures show no answers at all; lossy ones may
// have lost a few of many; of a mangled log the answers may be what could not be read; and a few
// connections that the client gave up within a second were hardly tried. Behind truncated answers
// the capture's filter may hide the whole ones.
std::optional<base::QualityRemark> silence_gate(const Case& found,
                                                std::span<const evidence::Fact> facts,
                                                const Tally& tally, const base::AddressBook& book);

}  // namespace whydown::diagnosis
