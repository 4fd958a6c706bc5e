#include "probe/icmp_told.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "probe/address.h"

namespace whydown::probe {
namespace {

using evidence::Truth;

struct Meaning {
  bool is_v6;
  int type;
  int code;  // -1: any
  const char* fault;
  const char* words;
};

constexpr const char* kPort = "";  // the caller's
// RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1, RFC 4443 3.
constexpr std::array kMeanings{
    Meaning{false, 3, 0, "icmp.net_unreachable", "the network is unreachable"},
    Meaning{false, 3, 1, "icmp.host_unreachable", "the host is unreachable"},
    Meaning{false, 3, 2, kPort, "the protocol is unreachable"},
    Meaning{false, 3, 3, kPort, "the port is unreachable"},
    Meaning{false, 3, 6, "icmp.net_unreachable", "the network is unknown"},
    Meaning{false, 3, 7, "icmp.host_unreachable", "the host is unknown"},
    Meaning{false, 3, 9, "icmp.admin_prohibited", "a rule forbids it"},
    Meaning{false, 3, 10, "icmp.admin_prohibited", "a rule forbids it"},
    Meaning{false, 3, 13, "icmp.admin_prohibited", "a rule forbids it"},
    Meaning{false, 11, 0, "icmp.ttl_exceeded", "the time to live ran out"},
    Meaning{true, 1, 0, "icmp.net_unreachable", "there is no route"},
    Meaning{true, 1, 1, "icmp.admin_prohibited", "a rule forbids it"},
    Meaning{true, 1, 3, "icmp.host_unreachable", "the address is unreachable"},
    Meaning{true, 1, 4, kPort, "the port is unreachable"},
    Meaning{true, 1, 5, "icmp.admin_prohibited", "a rule forbids it"},
    Meaning{true, 1, 6, "icmp.admin_prohibited", "a rule rejects it"},
    Meaning{true, 3, 0, "icmp.ttl_exceeded", "the hop limit ran out"}};

const Meaning* meaning_of(const IcmpTold& told) {
  const auto* const found = std::ranges::find_if(kMeanings, [&](const Meaning& one) {
    return one.is_v6 == told.is_v6 && one.type == told.type && one.code == told.code;
  });
  return found == kMeanings.end() ? nullptr : found;
}

// Of a control message of IP_RECVERR or IPV6_RECVERR.
std::optional<IcmpTold> told_in(const cmsghdr& control) {
  const bool is_v4 = control.cmsg_level == IPPROTO_IP && control.cmsg_type == IP_RECVERR;
  const bool is_v6 = control.cmsg_level == IPPROTO_IPV6 && control.cmsg_type == IPV6_RECVERR;
  if (!is_v4 && !is_v6) return std::nullopt;
  sock_extended_err error{};
  if (control.cmsg_len < CMSG_LEN(sizeof error)) return std::nullopt;
  std::memcpy(&error, CMSG_DATA(&control), sizeof error);
  const auto origin = is_v6 ? SO_EE_ORIGIN_ICMP6 : SO_EE_ORIGIN_ICMP;
  if (error.ee_origin != origin) return std::nullopt;  // our own kernel's
  IcmpTold told{is_v6, error.ee_type, error.ee_code, std::nullopt};
  sockaddr_storage sender{};
  const std::size_t size = is_v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  if (control.cmsg_len < CMSG_LEN(sizeof error + size)) return told;
  std::memcpy(&sender, CMSG_DATA(&control) + sizeof error, size);
  const int family = is_v6 ? AF_INET6 : AF_INET;
  if (sender.ss_family == family) told.sender = address_in(sender);
  return told;
}

}  // namespace

void ask_for_icmp(int socket, int family) {
  const int on = 1;
  const bool is_v6 = family == AF_INET6;
  (void)::setsockopt(socket, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, is_v6 ? IPV6_RECVERR : IP_RECVERR,
                     &on, sizeof on);
}

std::optional<IcmpTold> take_icmp(int socket) {
  constexpr int kMost = 8;
  for (int i = 0; i < kMost; ++i) {
    std::array<std::uint8_t, 256> quoted{};
    alignas(cmsghdr) std::array<std::uint8_t, 512> controls{};
    iovec into{quoted.data(), quoted.size()};
    msghdr message{};
    message.msg_iov = &into;
    message.msg_iovlen = 1;
    message.msg_control = controls.data();
    message.msg_controllen = controls.size();
    if (::recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return std::nullopt;
    for (cmsghdr* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
      if (const auto told = told_in(*one)) return told;
    }
  }
  return std::nullopt;
}

std::string icmp_fault(const IcmpTold& told, const std::string& port_fault) {
  const Meaning* const meaning = meaning_of(told);
  if (meaning == nullptr) return {};
  return meaning->fault == kPort ? port_fault : meaning->fault;
}

std::string icmp_words(const IcmpTold& told) {
  const Meaning* const meaning = meaning_of(told);
  const std::string who = told.sender ? told.sender->to_string() : std::string("somebody");
  return who + " says by ICMP that " +
         (meaning == nullptr ? "it cannot be delivered" : meaning->words);
}

std::vector<evidence::Fact> icmp_facts(const IcmpTold& told, const base::IpAddress& server) {
  if (!told.sender) return {};
  const bool is_server = *told.sender == server;
  const std::string words = icmp_words(told);
  return {{"icmp.source_is_server", is_server ? Truth::yes : Truth::no, words, {}},
          {"icmp.source_is_other_device", is_server ? Truth::no : Truth::yes, words, {}}};
}

}  // namespace whydown::probe
