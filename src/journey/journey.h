// Boundary of journey/: what each client tried, and how it ended.
//
// The tracker pairs requests with answers, errors and retries, decides who is the client, and gives
// each finished attempt to the sink. An attempt is one transaction with one server (a DNS query and
// its retransmissions, one TCP handshake, one ARP resolution). A journey is what the client wanted
// (the name resolved by whichever server, the connection to whichever address); an attempt that
// failed while its journey succeeded soon after is `healed`.
//
// Attempts are reported when they are decided: not in order of time.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/address.h"
#include "base/bounded.h"
#include "base/interner.h"
#include "base/place.h"
#include "base/time.h"
#include "journey/digest.h"
#include "journey/secured.h"
#include "journey/trace.h"
#include "packet/packet.h"

namespace whydown::journey {

enum class Step : std::uint8_t { link, address, route, name, connect, secure, request, transfer };
inline constexpr std::size_t kSteps = 8;

enum class Outcome : std::uint8_t { ok, slow, refused, failed, silent, cut, unknown };
inline constexpr std::size_t kOutcomes = 7;

enum class Protocol : std::uint8_t {
  arp,
  nd,
  dhcp,
  icmp,
  dns,
  tcp,
  udp,
  tls,
  http,
  ntp,
  ftp,
  smtp,
  pop,
  imap,
  ssh,
  ethernet,  // frames for everybody that go round: no request of anybody's
  quic,      // the connection; what is agreed on it is tls
  count_,
};

// How an attempt ended, finer than its outcome. The catalogue names these in `raised_by`.
enum class Symptom : std::uint8_t {
  none,                  // outcome ok, slow or unknown
  port_unreachable,      // ICMP 3/3, ICMPv6 1/4
  net_unreachable,       // ICMP 3/0, 3/5, 3/6, 3/8, 3/11; ICMPv6 1/0
  host_unreachable,      // ICMP 3/1, 3/7, 3/12; ICMPv6 1/3
  admin_prohibited,      // ICMP 3/9, 3/10, 3/13; ICMPv6 1/1, 1/5, 1/6
  protocol_unreachable,  // ICMP 3/2
  ttl_exceeded,          // ICMP 11/0, ICMPv6 3/0
  other_icmp_error,      // but for ICMP 11/1, ICMPv6 3/1: Sign::pieces_lost
  reset,                 // RST to a SYN
  no_response,           // nothing came back in time
  nx_domain,
  serv_fail,
  refused,       // rcode REFUSED
  format_error,  // FORMERR, NOTIMP, BADVERS
  other_rcode,
  // step address
  no_offer,  // DHCP: nobody offered an address
  nak,       // DHCP: the server took the address back
  conflict,  // two machines claim one address
  spoofed,   // a machine claims the addresses of others
  // step name
  wrong_answer,  // an address that the name does not have
  truncated,     // TC, and the whole answer was never had
  slow_answer,   // outcome slow: served, later than a user waits
  // step secure
  alert,         // a TLS alert ended the handshake
  no_handshake,  // connected, and no TLS handshake came about
  certificate_expired,
  certificate_name,
  certificate_untrusted,  // the client does not know who signed it
  // step request
  error_status,   // HTTP: a status of 500 and above, or 429
  denied,         // HTTP 401, 403, 407, 451, without being let in soon after
  not_found,      // HTTP: another status of 400 and above; daily life unless nothing is found
  unanswered,     // the server closed or reset the connection instead of answering
  redirect_loop,  // HTTP sends the client round in circles
  refused_reply,  // a reply code of another protocol that refuses
  // step transfer
  cut_off,      // reset after the handshake
  lossy,        // segments sent again and again
  zero_window,  // the receiver takes nothing any more
  stalled,      // data unacknowledged to the end
  too_big,      // full-size packets vanish, small ones pass
  // step link
  looping,  // the same packets go round
  // step request, again
  diverted,  // HTTP: sent to one other host, whatever is asked for
  count_,
};

// Datagrams that owe nobody an answer, as far as is known of them.
constexpr bool is_datagrams(Protocol protocol) {
  return protocol == Protocol::udp || protocol == Protocol::quic;
}

std::string_view step_id(Step step);              // "name"
std::string_view outcome_id(Outcome outcome);     // "refused"
std::string_view protocol_id(Protocol protocol);  // "dns"
std::string_view symptom_id(Symptom symptom);     // "port_unreachable"

// What a client wants from a server. For ARP and ND: `server` is the address asked for, port 0.
// For ICMP echo: the address pinged, port 0. DNS over TCP: protocol dns, transport tcp.
struct Service {
  base::IpAddress server;
  std::uint16_t port = 0;
  packet::Transport transport = packet::Transport::none;
  Protocol protocol = Protocol::udp;
  friend bool operator==(const Service&, const Service&) = default;
  friend auto operator<=>(const Service&, const Service&) = default;
};

// A DNS question as an attempt asks it. Of a connection only the name is told: the one that its
// server's address was last given for, in an answer seen before; 0 where none was.
struct Question {
  std::uint32_t name = 0;  // Interner id
  std::uint16_t type = 0;
  bool is_set = false;             // false where no name is asked for: TCP to port 53, for example
  bool checking_disabled = false;  // CD, RFC 4035 3.1.6: the client wants unvalidated data
};

// An attempt without its packets: what is counted of it.
struct Outline {
  Service service;
  base::IpAddress client;
  Step step = Step::connect;
  Outcome outcome = Outcome::unknown;
  Symptom symptom = Symptom::none;
  bool healed = false;  // it failed, but the journey it belongs to succeeded soon after
  bool open_at_end =
      false;  // no verdict: the capture ended (or the table was full) before it was due
  bool request_seen = true;  // false when only the answer or the ICMP error was captured
  bool mid_stream = false;   // TCP whose handshake is not in the capture: counts as no attempt
  bool half_open = false;    // TCP: SYN and SYN-ACK, but the client never went on
  bool is_probe = false;     // traceroute and the like: an error is what it asked for
  bool answered_by_other_server = false;  // DNS: silence here, then another server served the name
  bool is_noise =
      false;  // failing is normal for it: search suffix, single label, PTR, DNS-SD, wpad ...
  bool client_spoke = false;  // at least one packet from client to server was captured
  bool server_spoke = false;  // ... from server to client, ICMP by others not counted
  bool timed = true;          // its packets carried times
  std::uint32_t tries = 0;    // request packets sent, retransmissions included
  base::Time begin{};         // first request, or the answer where no request was seen
  base::Time end{};           // answer or error; of silence, the last request
  // From the first request to the answer; negative when there is none. Of a silence that was
  // healed: how long the client waited for what healed it, as far as that is known.
  base::Duration latency{-1};
  // What is repeated from the packets, so that counting need not see them:
  Question question;
  Kind decided_by = Kind::none;      // Attempt::answer.kind
  std::uint16_t extended_error = 0;  // Attempt::answer.extended_error
  std::uint16_t code = 0;            // Attempt::answer.code
  bool has_retry_after = false;      // HTTP: the answer says when to come again
  bool was_reused = false;   // HTTP: the connection had carried an answer before; SMTP: a mail
  std::uint16_t input = 0;   // input and number of the first packet: the order of attempts
  std::uint64_t number = 0;  // that began together
};

// An attempt with its packets, as exemplars keep it.
struct Attempt : Outline {
  Digest request;       // first request packet
  Digest last_request;  // last one; not set when there was only one
  Digest answer;        // answer, reset or ICMP error that decided it; not set when none
  Secured tls;          // of TLS handshakes

  // Sets what the outline repeats from the packets.
  void complete_outline();
};

// The packets of a decided attempt, as long as the tracker's tables hold them. Digests cost more
// than counting does, so only who keeps the attempt asks for them.
class Packets {
 public:
  virtual void show(Attempt& attempt) const = 0;  // sets its three digests, and `tls`
  // The same in short, for who may never ask for the digests; false where they do not follow from
  // it.
  virtual bool shorten(Traces& /*traces*/) const { return false; }

 protected:
  ~Packets() = default;
};

// Sets the three digests of an attempt whose outline is set.
void expand(const Traces& traces, Attempt& attempt);

// Those of an attempt that is at hand whole.
class WholePackets final : public Packets {
 public:
  explicit WholePackets(const Attempt& attempt) : attempt_(attempt) {}
  void show(Attempt& attempt) const override;

 private:
  const Attempt& attempt_;
};

// An attempt that is kept for a while, to be looked at perhaps: in short where its packets can be
// told so, and then a third as long. Its digests are made when somebody looks.
class KeptAttempt {
 public:
  void set(const Outline& outline, const Packets& packets);
  const Outline& outline() const { return attempt_; }
  Outline& outline() { return attempt_; }
  const Attempt& attempt() const;
  // Of the first request; 0 where it was not seen.
  std::uint16_t client_port() const;
  std::uint16_t dns_id() const;

 private:
  friend class KeptPackets;
  mutable Attempt attempt_;
  Traces traces_;
  mutable bool in_short_ = false;  // the digests are still to be made from traces_
};

// Those of a kept attempt.
class KeptPackets final : public Packets {
 public:
  explicit KeptPackets(const KeptAttempt& kept) : kept_(kept) {}
  void show(Attempt& attempt) const override { WholePackets{kept_.attempt()}.show(attempt); }
  bool shorten(Traces& traces) const override;

 private:
  const KeptAttempt& kept_;
};

// What is worth knowing beyond attempts.
enum class Sign : std::uint8_t {
  late_answer_rejected,  // an answer met a closed socket: ICMP port unreachable from the client
  late_answer,           // an answer came after its query was given up
  duplicate_frame,       // same packet captured twice (SPAN)
  acked_unseen_segment,  // TCP acknowledges bytes that were never captured
  second_answer,         // a second, different answer to one DNS query
  // Of TCP connections to servers that left some request without an answer; told when the
  // connection leaves the table, at the latest at the end. The packet is the SYN-ACK, but for
  // server_heard.
  server_heard,   // the server's last packet after the handshake, within about a second
  data_unasked,   // the server sent data, before the client did
  data_answered,  // the server sent data, after the client did
  data_missing,  // the client sent data, and the server for limits::kMute none, but it acknowledged
  nothing_sent,  // neither sent any data for limits::kMute, but the server was heard
  // Of transfers that went wrong.
  reset_ignored,  // who is said to have reset the connection goes on: somebody else sent the reset
  lost_before,    // most of what was lost was never captured: it was lost before this place
  lost_behind,    // most of it was captured: it was lost behind this place
  lost_upload,    // data of the client was lost
  lost_download,  // data of the server was lost
  server_shut,    // the server's window was closed for long
  client_shut,    // the client's
  hidden_hole,    // of large segments only the gap that they leave is seen
  large_passed,   // at a server whose transfers are told: segments of full size were acknowledged
  after_pause,    // the client had been quiet for limits::kLongPause or more before
  server_stuck,   // what stands still is the server's data
  // Of DNS answers in fragments. The packet is the first one.
  joined_answer,     // all of them came
  first_piece_only,  // the others never came, and the client asked again
  pieces_lost,  // its receiver got only a part of a datagram, and says so: ICMP 11/1, ICMPv6 3/1
  // A further copy of a packet that is in a loop (Symptom::looping).
  routed_round,    // its TTL is lower each time
  switched_round,  // it is unchanged, and for everybody
  // Of login pages before the internet. The client is the one who is told, by its address.
  probe_passed,      // a probe for them got what is at its URL
  portal_announced,  // DHCP gave the URL of one (RFC 8910)
  count_,
};

struct Observation {
  Sign sign = Sign::late_answer;
  Service service;
  base::IpAddress client;
  Digest packet;
  base::Duration latency{-1};  // late answers: from the query; connections: how long it was watched
};

// Totals over the whole capture that no single attempt carries.
struct Totals {
  std::uint64_t packets = 0;
  std::uint64_t ip_packets = 0;
  std::uint64_t tcp_flows = 0;  // flows with at least one segment
  std::uint64_t tcp_flows_one_way =
      0;  // ... of which only one direction was captured, with data or ACKs
  std::uint64_t udp_flows = 0;
  std::uint64_t udp_flows_one_way = 0;
  std::uint64_t quic_unread = 0;  // QUIC connections of which the ClientHello could not be read
  base::Place quic_unread_first;
  std::uint64_t later_pieces = 0;  // fragments of datagrams, the first ones not counted
  bool beyond_dns = false;         // anything but port 53 is in view
  std::uint64_t evicted = 0;       // attempts given up undecided because a table was full
  std::uint64_t notes[static_cast<std::size_t>(packet::Note::count_)] = {};
  base::Place note_first[static_cast<std::size_t>(packet::Note::count_)] = {};
  std::uint64_t malformed = 0;  // packets with at least one note that is_malformation()
  base::Place malformed_first;
  base::Place first;  // first and last packet with a time
  base::Place last;
};

// DNS traffic that single attempts do not show for what it is; dns_watch.h.
enum class Usage : std::uint8_t {
  new_names,        // of one domain, asked of one server: names that nobody asked for before
  long_names,       // the same of one client, of names so long that they may carry data
  large_answers,    // of one server to one client
  unasked_answers,  // large ones to one client whose questions were not captured
  count_,
};

// One question or answer of such traffic, told beside its attempt and not instead of it.
struct DnsUse {
  Usage usage = Usage::new_names;
  std::uint32_t domain = 0;       // of the two about names: Interner id
  std::uint8_t name_bytes = 0;    // ... and what stands in front of the domain
  std::uint16_t query_bytes = 0;  // of the messages; 0 where not known
  std::uint16_t answer_bytes = 0;
};

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  // `packets` are valid during the call only.
  virtual void attempt(const Outline& outline, const Packets& packets) = 0;
  // One that is at hand whole; its outline is completed.
  void attempt(Attempt whole) {
    whole.complete_outline();
    attempt(whole, WholePackets{whole});
  }
  virtual void observation(const Observation& observation) = 0;
  // An attempt of this client may come soon: fetches what it will touch.
  virtual void expect(const Service& /*service*/, const base::IpAddress& /*client*/,
                      Step /*step*/) {}
  // `packets` are valid during the call only.
  virtual void usage(const DnsUse& /*use*/, const Outline& /*outline*/,
                     const Packets& /*packets*/) {}
};

// What Tracker::expect() finds out about a packet.
struct Expected {
  std::uint64_t ends = 0;      // hash of its addresses and ports, the same in both directions
  std::uint64_t identity = 0;  // equal for two copies of one packet
};

class Tracker {
 public:
  // DNS names are interned in `names`. Both must outlive the tracker.
  Tracker(Sink& sink, base::Interner& names);
  ~Tracker();
  Tracker(const Tracker&) = delete;
  Tracker& operator=(const Tracker&) = delete;

  void packet(const packet::Packet& packet);
  // The same in two steps, for packets on their way: expect() fetches into the cache what packet(),
  // some packets on, will touch first, and changes nothing. packet() takes what it returned.
  Expected expect(const packet::Packet& packet) const;
  void packet(const packet::Packet& packet, const Expected& expected);
  // Decides everything still open, as of the last packet's time. Call once.
  void finish();
  const Totals& totals() const;
  static std::size_t memory_bytes();  // its part of the memory bill

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace whydown::journey
