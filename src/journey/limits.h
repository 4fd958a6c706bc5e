// Every limit of journey/. Tables are allocated once; memory_bytes() of the tracker adds them up.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace whydown::journey::limits {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The fuzzers' build has small tables: they make a tracker anew for every input, and only tables
// that fill up show what a full table does.
#ifdef WHYDOWN_SMALL_TABLES
inline constexpr unsigned kSmaller = 9;
#else
inline constexpr unsigned kSmaller = 0;
#endif
// Entries, a power of two; sixteen at least.
constexpr std::size_t entries(unsigned bits) {
  return std::size_t{1} << (bits > kSmaller + 4 ? bits - kSmaller : std::min(bits, 4U));
}
inline constexpr std::size_t kTcpFlows = entries(17);
inline constexpr std::size_t kTransfers = entries(13);  // connections whose data runs not plainly
inline constexpr std::size_t kUdpFlows = entries(16);
inline constexpr std::size_t kDnsQueries = entries(16);
// Of these, decided ones kept for a second answer or a repeated error; few enough for the cache.
inline constexpr std::size_t kDnsSettled = entries(12);
// Late or one-sided answers of which it is not yet known whether the client took them.
inline constexpr std::size_t kDnsDeliveries = entries(8);
inline constexpr std::size_t kCutOff = entries(8);  // clients and servers, after TC
// Datagrams in pieces: those that may carry DNS, their bytes, and the runs of bytes between holes;
// and others, not to be asked about again.
inline constexpr std::size_t kPieced = entries(8);
inline constexpr std::size_t kPiecedBytes = 4608;
inline constexpr std::size_t kPieceRuns = 8;
inline constexpr std::size_t kPiecedOthers = entries(10);
inline constexpr std::size_t kEchoes = entries(14);
inline constexpr std::size_t kNeighbours = entries(14);
inline constexpr std::size_t kDhcpClients = entries(11);  // that ask for an address
inline constexpr std::size_t kOffered = entries(10);      // addresses that DHCP offered
inline constexpr std::size_t kClaims = entries(11);       // addresses, and who claims them
inline constexpr std::size_t kAskers = entries(12);       // whose ARP replies are captured
inline constexpr std::size_t kWaiting = entries(14);      // failures that may still heal
inline constexpr std::size_t kServedNames = entries(16);  // good answers remembered
inline constexpr std::size_t kServedConnects = entries(17);
inline constexpr std::size_t kAddressNames = entries(16);  // address -> name it came from
inline constexpr std::size_t kHosts = entries(14);  // address -> MAC address, of the captured link
inline constexpr std::size_t kRecentFrames = entries(11);   // for duplicate frames
inline constexpr std::size_t kRecentErrors = entries(12);   // for repeated ICMP errors
inline constexpr std::size_t kClientMarks = entries(16);    // of clients that wait or were served
inline constexpr std::size_t kProbePaths = entries(12);     // for traceroutes
inline constexpr std::size_t kConversations = entries(12);  // connections whose bytes are read
// For messages that span segments. Most are gone within milliseconds.
inline constexpr std::size_t kStreamBuffers = entries(9);
inline constexpr std::size_t kStreamBuffer = std::size_t{16} * 1024;
// Bytes of a DNS message on a connection that are read; well below a buffer, so that the segment
// which completes them fits.
inline constexpr std::uint32_t kDnsMessage = 8192;
inline constexpr std::size_t kIslands = 4;  // runs of bytes behind holes, in one buffer
// Segments with data of a connection that are looked at for the beginning of something known.
inline constexpr std::uint8_t kLooks = 3;
inline constexpr std::uint8_t kLooksMidStream = 8;
// Times that the other side acknowledges bytes behind a hole until it counts as never captured.
inline constexpr std::uint8_t kHoleAcks = 3;
inline constexpr std::size_t kCertificates = entries(8);  // read for a name, not to be read again
inline constexpr std::size_t kStreamSweep = 4;            // conversations looked at in one sweep

// --- HTTP and protocols with reply codes ---
inline constexpr std::size_t kPipelined = 4;  // requests of one connection that wait for answers
inline constexpr std::size_t kRequestsWaiting = entries(10);  // failed ones that may still heal
inline constexpr std::size_t kRequestsServed = entries(12);   // good answers remembered, by URL
inline constexpr std::size_t kUrls = entries(12);             // how long each one's answers take
inline constexpr std::size_t kRedirects = entries(12);        // hops of clients sent on
inline constexpr std::size_t kDiversions = entries(11);       // clients sent to one other host
inline constexpr std::size_t kPaths = entries(13);            // whose text is kept, of all requests
inline constexpr std::size_t kPathBytes = 64;                 // of each
inline constexpr std::size_t kRowTalks = 64;                  // of tables without ports, by address
inline constexpr std::size_t kRowDoors = 256;                 // of tables, pairs that connected
// Of tables: connections that rows without ports may belong to, so many of each pair of addresses;
// one that was not heard for so many rows is at rest.
inline constexpr std::size_t kRowSets = 64;
inline constexpr std::size_t kRowWays = 16;
inline constexpr std::uint64_t kRowsAtRest = 128;
inline constexpr std::size_t kNtpRequests = entries(10);

// Entries looked at in one hash chain. Longer chains are an attack or a very full table: the oldest
// entry of the chain is given up then.
inline constexpr std::size_t kChainWalk = 64;
// Established flows in use that an eviction passes over before it takes one anyway.
inline constexpr std::size_t kSecondChances = 16;
// Names shorter than an NXDOMAIN's that are looked up as what a search list was appended to.
inline constexpr std::size_t kPrefixes = 8;
// A resolver goes on to the next domain of its search list at once after NXDOMAIN.
inline constexpr base::Duration kSearchListStep = std::chrono::seconds{2};

// Resolvers of which the last address given is remembered, and for how many domains in a row it
// must be the only one.
inline constexpr std::size_t kSoleServers = entries(7);
inline constexpr std::size_t kSoleDomains = 4;

// DNS traffic that is odd in its mass (dns_watch.h): pairs that are counted, and told from so many
// on within so long.
inline constexpr std::size_t kWatched = entries(12);
inline constexpr std::uint32_t kWatchAfter = 32;
inline constexpr base::Duration kWatchNames = seconds{10};
inline constexpr base::Duration kWatchLongNames = seconds{60};
inline constexpr base::Duration kWatchAnswers = seconds{10};
// Bytes of a name in front of its domain, and of the longest label there, that may carry data.
inline constexpr std::size_t kLongName = 24;
inline constexpr std::size_t kLongLabel = 16;
// Bytes of an answer worth a forged question.
inline constexpr std::size_t kLargeAnswer = 400;

// QUIC: handshakes that are read, or were lately; ClientHellos that came in part; Initial packets
// that are opened of each side of a handshake, and in one second of the capture.
inline constexpr std::size_t kQuicHandshakes = entries(11);
inline constexpr std::size_t kQuicHellos = entries(8);
inline constexpr std::uint8_t kQuicOpensOfSide = 8;
inline constexpr std::size_t kQuicOpensPerSecond = 4096;
// Packets of one flight are sent at once; a client that waits in vain sends it again after a
// second, or a little sooner (RFC 9002 6.2.2).
inline constexpr base::Duration kQuicFlight = milliseconds{100};
// A client that goes on from a Version Negotiation does so at once.
inline constexpr base::Duration kQuicNegotiated = seconds{1};

// UDP that is not DNS. Who waits for an answer sends the same bytes again: this often, and no more
// often, no faster and no slower than this; shorter ones keep a NAT's memory alive. The last one
// was given so long.
inline constexpr std::uint16_t kLeastRepeats = 3;
inline constexpr std::uint16_t kMostRepeats = 12;
inline constexpr base::Duration kFastestRepeat = milliseconds{400};
inline constexpr base::Duration kSlowestRepeat = seconds{12};
inline constexpr std::uint32_t kLeastRequest = 5;  // bytes
inline constexpr base::Duration kLastRepeat = seconds{1};

// Silence is a verdict when the capture went on this long after the first request.
inline constexpr base::Duration kSilenceOneTry = seconds{5};
inline constexpr base::Duration kSilenceRetried = seconds{2};
inline constexpr std::uint32_t kSilenceLaterPackets = 3;  // where packets carry no time
inline constexpr std::uint32_t kNeighbourTries = 3;
inline constexpr base::Duration kNeighbourSilence = seconds{3};
inline constexpr base::Duration kNeighbourGap = seconds{10};  // a later request is a new attempt

// DHCP: another id this long after the last request is another attempt; silence lasted this long
// from the first of two requests in vain; a request seen again within kDhcpCopy is the same one; an
// address given within kDhcpHealing makes a refusal good; and a refusal that nobody came back from
// is a verdict after kDhcpRefused.
inline constexpr std::uint16_t kDhcpUntypedTries = 4;
inline constexpr base::Duration kDhcpGap = seconds{12};
inline constexpr base::Duration kDhcpSilence = seconds{6};
inline constexpr base::Duration kDhcpCopy = milliseconds{500};
inline constexpr base::Duration kDhcpHealing = seconds{30};
inline constexpr base::Duration kDhcpRefused = seconds{10};

// ARP: a reply this long after the request answers it; two that speak for one address within
// kContest of each other take turns; and a contest that goes on is one attempt every so often.
inline constexpr base::Duration kAnswerToArp = seconds{1};
inline constexpr base::Duration kContest = seconds{30};
inline constexpr base::Duration kContestEvery = seconds{2};
// Few unasked replies may be the first of many: what it is shows within this time.
inline constexpr base::Duration kUnaskedYoung = seconds{10};
// Servers look by ARP whether an address is free before they offer it, so soon after a DISCOVER and
// so often.
inline constexpr base::Duration kFreeCheck = seconds{4};
inline constexpr base::Duration kFreeCheckText = seconds{12};  // text shows no offer
inline constexpr std::uint16_t kFreeCheckTries = 4;
// ... and know a client by an address that it was offered and never took.
inline constexpr base::Duration kOfferStands = seconds{60};

// An unanswered request is given up after this long without a retransmission. Pasted logs show
// ICMP errors 44 s late.
inline constexpr base::Duration kPending = seconds{120};
inline constexpr base::Duration kUdpIdle = seconds{120};
inline constexpr base::Duration kStreamIdle = seconds{120};
inline constexpr base::Duration kHalfOpen = seconds{1};  // SYN-ACK without an ACK, at the end
inline constexpr base::Duration kMute = seconds{3};      // accepted, and not a byte of the server
inline constexpr base::Duration kHalfOpenEvicted = milliseconds{200};  // ... in a full table

// Until when what another server (another address of the name) gives still serves the same wish:
// of silence, from the first request on; of an act (an error, a refusal), from the act on, because
// the next server is asked at once then.
inline constexpr base::Duration kNameHealing = seconds{30};
inline constexpr base::Duration kActHealing = seconds{5};
inline constexpr base::Duration kConnectHealing = seconds{10};
// Neighbours of BGP call again after seconds, at first often before the other one has begun.
inline constexpr base::Duration kMutualHealing = seconds{30};
// The same server serves the same wish only if it is asked again at once. What is asked later is a
// new wish: a lookup a second, or a user who tries again, does not undo an outage. Names: two tries
// of five seconds (glibc's stub); connections: the backup connections of browsers.
inline constexpr base::Duration kSameNameHealing = seconds{11};
inline constexpr base::Duration kSameActHealing = milliseconds{500};
inline constexpr base::Duration kSameConnectHealing = seconds{3};
// Packets without a time stand a nanosecond apart: six packets, two for the same server.
inline constexpr base::Duration kUntimedActHealing = std::chrono::nanoseconds{6};
inline constexpr base::Duration kUntimedSameActHealing = std::chrono::nanoseconds{2};
// ... and to ask again over TCP takes a handshake before.
inline constexpr base::Duration kUntimedTcpHealing = std::chrono::nanoseconds{12};
inline constexpr base::Duration kHappyEyeballs = seconds{2};  // RFC 8305
// Longer than a user waits without noticing; a resolver that starts cold may take it now and then.
inline constexpr base::Duration kSlowName = seconds{1};
inline constexpr base::Duration kLateName = seconds{5};  // default timeout of glibc's stub
// An answer this soon after a repeated query is the repetition's.
inline constexpr base::Duration kPromptName = milliseconds{250};

// No client gives a query up sooner: an answer within this time met an open socket.
inline constexpr base::Duration kPatience = milliseconds{500};
// How long the client's rejection of an answer may take; and, of an answer that only the far one of
// two inputs shows, the client's next try.
inline constexpr base::Duration kDelivery = seconds{1};
inline constexpr base::Duration kDeliveryElsewhere = seconds{10};

// Pieces of one datagram come within milliseconds. A client that lacks one asks again, at the
// latest after its stub's timeout.
inline constexpr base::Duration kPieceWait = milliseconds{6500};

// From the request to the first byte of the answer: later than a user waits gladly.
inline constexpr base::Duration kSlowRequest = seconds{2};
// A request without an answer is a silence when the capture ended this long after it, or the client
// gave up after this long.
inline constexpr base::Duration kRequestSilence = seconds{10};
inline constexpr base::Duration kRequestGivenUp = seconds{5};
// What comes this soon after an error, for the same thing, is the client's own retry.
inline constexpr base::Duration kRequestRetry = milliseconds{500};
inline constexpr base::Duration kChallenge = seconds{60};  // a user types a password
// Mail that is put off ("greylisted") is sent again after minutes (RFC 6647 4).
inline constexpr base::Duration kPutOff = seconds{3600};
// Answers that each take this long, each asked for at once after the last: a long poll (RFC 6202).
inline constexpr base::Duration kLongPoll = seconds{8};
inline constexpr base::Duration kAtOnce = milliseconds{300};
// Sent round in circles: the same client, from the same URL, after so many hops.
inline constexpr base::Duration kRedirectHop = seconds{5};
inline constexpr std::uint16_t kLoopVisits = 3;
inline constexpr std::uint16_t kLoopHops = 4;
// Sent to one host from so many sites, none of them served in between and none so long ago.
inline constexpr std::size_t kDivertedSites = 3;
inline constexpr base::Duration kDiversion = seconds{600};
// ... where it is not seen where the hops lead to (https): so often from one URL, without a pause.
inline constexpr std::uint16_t kBlindLoopVisits = 6;
inline constexpr base::Duration kBlindLoopHop = milliseconds{600};

inline constexpr base::Duration kDuplicateFrame = milliseconds{2};
// A packet that came from the same neighbour this often again, each time with a lower TTL, within
// so many milliseconds of each other: routers send it in a circle.
inline constexpr std::uint8_t kRounds = 5;
inline constexpr std::int64_t kRoundMs = 200;
// A frame for everybody that came this often again, unchanged, within so many milliseconds of each
// other: no machine repeats itself so fast, but a loop of switches does.
inline constexpr std::uint8_t kStormCopies = 30;
inline constexpr std::int64_t kCopyMs = 20;
inline constexpr base::Duration kOtherVantage = milliseconds{50};
inline constexpr base::Duration kRepeatedError = seconds{1};
// An error that shows no ports is about a request of the last second, or of the last few packets.
inline constexpr base::Duration kPortlessError = seconds{1};
inline constexpr std::uint32_t kPortlessErrorPackets = 6;
inline constexpr base::Duration kProbeMemory = seconds{60};
inline constexpr base::Duration kSweepEvery = milliseconds{50};

// --- transfers on established connections ---
// A request after this long a pause: who timed the connection out meanwhile shows now.
inline constexpr base::Duration kLongPause = seconds{4};
// No sender waits this long before it sends a full window on; the least retransmission timeout in
// use is 200 ms (Linux TCP_RTO_MIN).
inline constexpr base::Duration kLossPause = milliseconds{150};
inline constexpr base::Duration kReordered = milliseconds{3};  // without an IP id
inline constexpr std::uint8_t kDuplicateAcks = 3;              // RFC 5681 3.2
inline constexpr std::uint32_t kGoodbye = 64;                  // bytes of a TLS alert, at most
// Data that was sent again so often, over so long, and was never acknowledged; of a sender whose
// other side was never heard, a bit more.
inline constexpr std::uint16_t kStuckTries = 3;
inline constexpr base::Duration kStuck = seconds{2};
inline constexpr std::uint16_t kStuckTriesSlow = 2;
inline constexpr base::Duration kStuckSlow = seconds{8};
inline constexpr std::uint16_t kStuckTriesUnheard = 4;
inline constexpr base::Duration kStuckUnheard = seconds{4};
// Of segments that vanish for their size: at least this large, as every path carries less than this
// (RFC 8200 5: 1280 bytes with headers and options).
inline constexpr std::uint16_t kLargeSegment = 1200;
// Besides, the small last segment may be sent again (RFC 8985 7, tail loss probe).
inline constexpr std::uint32_t kProbesOfTail = 2;
// Among this many of a segment's bytes there was one as large.
inline constexpr std::uint32_t kSurelyLarge = 16;
// A receiver that takes nothing: a server that long hangs; a client may be a player that is paused.
inline constexpr base::Duration kShutServer = seconds{3};
inline constexpr base::Duration kShutClient = seconds{5};
// Loss that hurt: this many segments sent again, one of twenty, and this much time lost by waiting,
// which is a quarter of the transfer's.
inline constexpr std::uint32_t kLossySegments = 5;
inline constexpr std::uint32_t kLossyShare = 20;
inline constexpr base::Duration kLossyWait = milliseconds{900};
inline constexpr std::int64_t kLossyWaitShare = 4;
inline constexpr std::uint32_t kBulk = 65536;  // bytes: such a transfer that went well is told of

inline constexpr std::uint8_t kProbeTtl = 10;  // no host starts with so few hops
inline constexpr std::uint8_t kProbeRouters = 3;
inline constexpr std::uint8_t kUnseenAcks =
    3;  // ACKs beyond a gap before it counts as never captured

}  // namespace whydown::journey::limits
