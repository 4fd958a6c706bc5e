// Every limit of the diagnosis stage.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace whydown::diagnosis::limits {

// --- the catalogue's files ---
inline constexpr std::size_t kCatalogueFileBytes = std::size_t{1} << 20U;
inline constexpr std::size_t kCatalogueFiles = 1024;
inline constexpr std::int64_t kMostRuns = 1'000'000;  // of the lab, behind one weight
inline constexpr std::int64_t kMostCost = 64;         // packets of one check
inline constexpr double kLargestDb = 40;              // 10000 to 1: nothing in a capture is surer

// --- which failures become incidents ---
inline constexpr std::size_t kIncidents = 64;  // the rest is counted in a remark
inline constexpr std::size_t kAttacks = 32;
inline constexpr std::size_t kSubjectServices = 64;  // services whose facts are read together
inline constexpr std::size_t kPortsOfOneHost = 8;    // more failing ports than this: one incident
// So many UDP ports of a host, each tried so often at most by each client, are one as well.
inline constexpr std::size_t kFewPorts = 3;
inline constexpr std::uint64_t kFewTries = 2;
inline constexpr std::uint64_t kFewFailures = 3;         // fewer than this ...
inline constexpr std::uint64_t kOthersOfFew = 10;        // answered, for each of so few
inline constexpr std::uint64_t kOthersOfPassed = 5;      // ... where all went on well after it
inline constexpr std::uint64_t kFewFailuresShare = 100;  // ... and less than 1 in 100: no incident
// Names that do not exist are asked for all day. Below 1 in 10 lookups, and each of them only a few
// times, they are no incident.
inline constexpr std::uint64_t kUsualNxDomainShare = 10;
inline constexpr std::uint64_t kAskedInsistently = 5;  // attempts per name
// HTTP's 404 and the like: fewer are daily life. Refused access: so often, without ever getting in.
inline constexpr std::uint64_t kNothingFound = 3;
inline constexpr base::Duration kNothingFoundSpell = std::chrono::seconds{4};
inline constexpr std::uint64_t kNothingFoundShare = 4;  // of each that is found meanwhile
inline constexpr std::uint64_t kShutOut = 3;
inline constexpr std::uint64_t kArpTries =
    3;  // a neighbour asked for less often is not yet missing
// ... nor one that was asked for twice only, this far apart, and not so often by each client.
inline constexpr base::Duration kArpRepeat = std::chrono::seconds{4};
inline constexpr std::uint64_t kMissedOften = 3;
// An answer that comes later is noticed by whoever waits for it.
inline constexpr base::Duration kNoticed = std::chrono::milliseconds{500};

// Failures that lie no further apart belong to one window. A Linux router with default neighbour
// timers stays silent for up to 20 s before its first ICMP error (measured).
inline constexpr base::Duration kNear = std::chrono::seconds{30};
// While a flood of this length lasts, nobody need have come.
inline constexpr base::Duration kShortFlood = std::chrono::seconds{5};

// Slow, not down: at least this many late ones, from the first to the last one at least this long,
// and at least as many as were answered in time meanwhile.
inline constexpr std::uint64_t kFewSlow = 4;
inline constexpr base::Duration kSlowSpell = std::chrono::seconds{5};
// How long the clients waited here before another server served them, measured to half a second. Of
// lookups of one name that overlap, the first one to be served ends the wait of all, so that many
// waits seem shorter than they were: the upper quartile counts.
inline constexpr base::Duration kLongWait = std::chrono::milliseconds{1300};
inline constexpr double kLongWaitShare = 0.75;
// Beside failures that are this share of the late ones or more, lateness is a part of the failure.
inline constexpr std::uint64_t kFailingShareOfSlow = 3;

// Healed failures of a service that served nobody, before it is worth a remark; and how many.
inline constexpr std::uint64_t kDeadSpotFailures = 3;
inline constexpr std::size_t kDeadSpots = 8;

// --- weighing ---
// Of "other", against a cause of prior 0 and no evidence. A silence leaves more room than an act.
inline constexpr double kOtherPriorDb = -6;
inline constexpr double kOtherPriorOfSilenceDb = -3;
inline constexpr double kOtherFloor = 0.02;  // the catalogue never knows every cause
inline constexpr double kSilenceCap = 0.8;   // an absence alone carries no cause further

// --- what an incident shows ---
inline constexpr std::size_t kEvidencePackets = 24;
inline constexpr std::size_t kEvidenceFromStart = 16;  // of these; the rest from the end
inline constexpr std::size_t kServers = 16;
inline constexpr std::size_t kNames = 16;
inline constexpr std::size_t kClients = 16;
inline constexpr std::size_t kImpact = 32;

}  // namespace whydown::diagnosis::limits
