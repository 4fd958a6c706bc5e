// ICMP errors, tied to the attempt whose datagram they quote (RFC 792, RFC 1122 3.2.2, RFC 4443).
#pragma once

#include "journey/context.h"
#include "journey/dhcp_tracker.h"
#include "journey/dns_tracker.h"
#include "journey/echo_tracker.h"
#include "journey/tcp_tracker.h"
#include "journey/udp_tracker.h"

namespace whydown::journey {

class Errors {
 public:
  struct Trackers {
    DnsTracker& dns;
    TcpTracker& tcp;
    UdpTracker& udp;
    EchoTracker& echo;
    DhcpTracker& dhcp;
  };
  Errors(Context& context, Healing& healing, Probes& probes, Trackers trackers)
      : context_(context), healing_(healing), probes_(probes), trackers_(trackers) {}
  void packet(const packet::Packet& packet);
  // Fragment reassembly time exceeded (RFC 792, RFC 4443 3.3): nobody refused, something was lost.
  static bool is_about_pieces(const packet::Packet& packet);
  static std::size_t memory_bytes();

 private:
  void tell_lost_pieces(const packet::Packet& packet);
  struct Recent {
    std::uint64_t key;
    std::int64_t last;
  };

  void about_udp(const Complaint& complaint);
  void about_tcp(const Complaint& complaint);
  void about_echo(const Complaint& complaint);
  void about_anything(const Complaint& complaint);
  void without_quote(const packet::Packet& packet, Symptom symptom);
  // Ends the oldest open request of any kind; false when there is none.
  bool end_oldest(const Complaint& complaint);
  // Ends the request that an error without ports is about; false where that is not clear.
  bool end_suspect(const Complaint& complaint);
  // An attempt of which only the error was captured.
  void unseen(const Complaint& complaint, Protocol protocol);
  void note(const Complaint& complaint, Protocol protocol);
  bool is_repeated(const Complaint& complaint, Protocol protocol);

  Context& context_;
  Healing& healing_;
  Probes& probes_;
  Trackers trackers_;
  Memory<Recent> recent_{limits::kRecentErrors};
};

}  // namespace whydown::journey
