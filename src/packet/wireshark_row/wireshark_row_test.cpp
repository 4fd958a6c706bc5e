// What tshark 4.0.17 lists of one capture, and the damage that copied tables show.
#include "packet/wireshark_row/wireshark_row.h"

#include <memory>

#include <gtest/gtest.h>

#include "packet/tcpdump_text/text_reading.h"

namespace whydown::packet {
namespace {

struct Decoded {
  base::Interner names;
  std::unique_ptr<Packet> packet = std::make_unique<Packet>();

  explicit Decoded(std::string_view row) {
    capture::Frame frame;
    frame.bytes = {reinterpret_cast<const std::uint8_t*>(row.data()), row.size()};
    frame.link_type = capture::LinkType::wireshark_row;
    Decoder(names).decode(frame, *packet);
  }
};

const struct {
  const char* row;
  const char* told;
} kRows[] = {
    {"192.51.100.15\t203.0.113.2\tDNS\t81\tStandard query 0x890c A yummyrecipesforme.com",
     "192.51.100.15 > 203.0.113.2:53 udp dns query 35084 type 1 yummyrecipesforme.com"},
    {"192.0.2.7\t203.0.113.2\tQUIC\t1292\tInitial, DCID=9d5728481287a3b4, PKN: 0, CRYPTO, PADDING",
     "192.0.2.7 > 203.0.113.2 udp says \"Initial, DCID=9d5728481287a3b4, PKN: 0, CRYPTO, "
     "PADDING\""},
    {"203.0.113.2\t192.51.100.15\tICMP\t109\tDestination unreachable (Port unreachable)",
     "203.0.113.2 > 192.51.100.15 icmp 3/3"},
    {"192.51.100.15\t203.0.113.2\tDNS\t92\tStandard query 0x0001 AAAA yummyrecipesforme.com OPT",
     "192.51.100.15 > 203.0.113.2:53 udp dns query 1 type 28 yummyrecipesforme.com"},
    {"203.0.113.2\t192.51.100.15\tDNS\t97\tStandard query response 0x0001 A yummyrecipesforme.com "
     "A 192.0.2.1",
     "203.0.113.2:53 > 192.51.100.15 udp dns answer 1 type 1 yummyrecipesforme.com 1/0/0 = "
     "192.0.2.1"},
    {"203.0.113.2\t192.51.100.15\tDNS\t136\tStandard query response 0x0002 A yummyrecipesforme.com "
     "CNAME www.yummyrecipesforme.com A 192.0.2.1",
     "203.0.113.2:53 > 192.51.100.15 udp dns answer 2 type 1 yummyrecipesforme.com 2/0/0 = "
     "192.0.2.1"},
    {"203.0.113.2\t192.51.100.15\tDNS\t100\tStandard query response 0x0003 Server failure A "
     "yummyrecipesforme.com OPT",
     "203.0.113.2:53 > 192.51.100.15 udp dns answer 3 rcode 2 type 1 yummyrecipesforme.com 0/0/1"},
    {"203.0.113.2\t192.51.100.15\tDNS\t148\tStandard query response 0x0004 No such name A "
     "yummyrecipesforme.com SOA ns.example.com",
     "203.0.113.2:53 > 192.51.100.15 udp dns answer 4 rcode 3 type 1 yummyrecipesforme.com 0/1/0"},
    {"203.0.113.2\t192.51.100.15\tDNS\t81\tStandard query response 0x0005 Refused A "
     "yummyrecipesforme.com",
     "203.0.113.2:53 > 192.51.100.15 udp dns answer 5 rcode 5 type 1 yummyrecipesforme.com 0/0/0"},
    {"203.0.113.2\t192.51.100.15\tDNS\t81\tStandard query response 0x0007 TXT "
     "yummyrecipesforme.com",
     "203.0.113.2:53 > 192.51.100.15 udp dns answer 7 type 16 yummyrecipesforme.com 0/0/0"},
    {"203.0.113.2\t192.51.100.15\tDNS\t148\tStandard query response 0x000a AAAA "
     "yummyrecipesforme.com SOA ns.example.com",
     "203.0.113.2:53 > 192.51.100.15 udp dns answer 10 type 28 yummyrecipesforme.com 0/1/0"},
    {"192.51.100.15\t203.0.113.2\tDNS\t147\tStandard query 0x8080[Malformed Packet]",
     "192.51.100.15 > 203.0.113.2 udp !text_unreadable"},
    {"192.51.100.15\t203.0.113.2\tDNS\t84\tStandard query 0x000b PTR 2.113.0.203.in-addr.arpa",
     "192.51.100.15 > 203.0.113.2:53 udp dns query 11 type 12 2.113.0.203.in-addr.arpa"},
    {"192.51.100.15\t203.0.113.2\tDNS\t81\tStandard query 0x000e Unknown (1000) "
     "yummyrecipesforme.com",
     "192.51.100.15 > 203.0.113.2:53 udp dns query 14 type 1000 yummyrecipesforme.com"},
    {"192.51.100.15\t192.0.2.1\tTCP\t74\t36086 -> 443 [SYN] Seq=0 Win=64240 Len=0 MSS=1460 "
     "SACK_PERM TSval=1 TSecr=0 WS=128",
     "192.51.100.15:36086 > 192.0.2.1:443 tcp [SYN] seq 0 mss 1460 (0)"},
    {"192.0.2.1\t192.51.100.15\tTCP\t74\t443 -> 36086 [SYN, ACK] Seq=0 Ack=1 Win=64240 Len=0 "
     "MSS=1460 SACK_PERM TSval=1 TSecr=0 WS=128",
     "192.0.2.1:443 > 192.51.100.15:36086 tcp [SYN, ACK] seq 0 ack 1 mss 1460 (0)"},
    {"192.51.100.15\t192.0.2.1\tTCP\t54\t36086 -> 443 [ACK] Seq=1 Ack=1 Win=8222720 Len=0",
     "192.51.100.15:36086 > 192.0.2.1:443 tcp [ACK] seq 1 ack 1 (0)"},
    {"192.51.100.15\t192.0.2.1\tTCP\t84\t36086 -> 443 [PSH, ACK] Seq=1 Ack=1 Win=8222720 Len=30",
     "192.51.100.15:36086 > 192.0.2.1:443 tcp [PSH, ACK] seq 1 ack 1 (30)"},
    {"192.0.2.1\t192.51.100.15\tTCP\t54\t80 -> 36087 [RST, ACK] Seq=1 Ack=1 Win=0 Len=0",
     "192.0.2.1:80 > 192.51.100.15:36087 tcp [RST, ACK] seq 1 ack 1 (0)"},
    {"192.51.100.15\t192.0.2.1\tHTTP\t101\tGET / HTTP/1.1",
     "192.51.100.15 > 192.0.2.1 tcp says \"GET / HTTP/1.1\""},
    {"192.51.100.15\t192.0.2.1\tHTTP\t101\tContinuation", "192.51.100.15 > 192.0.2.1 tcp"},
    {"192.0.2.1\t192.51.100.15\tTCP\t87\t[TCP ACKed unseen segment] HTTP/1.1 504 Gateway Time-out "
     "[TCP segment of a reassembled PDU]",
     "192.0.2.1 > 192.51.100.15 tcp says \"HTTP/1.1 504 Gateway Time-out [TCP segment of a "
     "reassembled PDU]\""},
    {"192.51.100.15\t192.0.2.1\tTCP\t54\t[TCP Previous segment not captured] 36088 -> 80 [FIN, "
     "ACK] Seq=49 Ack=34 Win=64240 Len=0",
     "192.51.100.15:36088 > 192.0.2.1:80 tcp [FIN, ACK] seq 49 ack 34 (0)"},
    {"192.51.100.15\t203.0.113.2\tICMP\t98\tEcho (ping) request id=0x0007, seq=1/256, ttl=64",
     "192.51.100.15 > 203.0.113.2 icmp 8/0 id 7 seq 1"},
    {"203.0.113.2\t192.51.100.15\tICMP\t98\tEcho (ping) reply id=0x0007, seq=1/256, ttl=64 "
     "(request in 27)",
     "203.0.113.2 > 192.51.100.15 icmp 0/0 id 7 seq 1"},
    {"198.51.100.1\t192.51.100.15\tICMP\t70\tDestination unreachable (Network unreachable)",
     "198.51.100.1 > 192.51.100.15 icmp 3/0"},
    {"198.51.100.1\t192.51.100.15\tICMP\t70\tDestination unreachable (Host unreachable)",
     "198.51.100.1 > 192.51.100.15 icmp 3/1"},
    {"198.51.100.1\t192.51.100.15\tICMP\t70\tDestination unreachable (Protocol unreachable)",
     "198.51.100.1 > 192.51.100.15 icmp 3/2"},
    {"198.51.100.1\t192.51.100.15\tICMP\t70\tDestination unreachable (Fragmentation needed)",
     "198.51.100.1 > 192.51.100.15 icmp 3/4"},
    {"198.51.100.1\t192.51.100.15\tICMP\t70\tDestination unreachable (Destination network unknown)",
     "198.51.100.1 > 192.51.100.15 icmp 3/6"},
    {"198.51.100.1\t192.51.100.15\tICMP\t70\tDestination unreachable (Network administratively "
     "prohibited)",
     "198.51.100.1 > 192.51.100.15 icmp 3/9"},
    {"198.51.100.1\t192.51.100.15\tICMP\t70\tDestination unreachable (Host administratively "
     "prohibited)",
     "198.51.100.1 > 192.51.100.15 icmp 3/10"},
    {"198.51.100.1\t192.51.100.15\tICMP\t70\tDestination unreachable (Communication "
     "administratively filtered)",
     "198.51.100.1 > 192.51.100.15 icmp 3/13"},
    {"198.51.100.1\t192.51.100.15\tICMP\t70\tDestination unreachable (Port unreachable)",
     "198.51.100.1 > 192.51.100.15 icmp 3/3"},
    {"198.51.100.1\t192.51.100.15\tICMP\t70\tTime-to-live exceeded (Time to live exceeded in "
     "transit)",
     "198.51.100.1 > 192.51.100.15 icmp 11/0"},
    {"198.51.100.1\t192.51.100.15\tICMP\t70\tTime-to-live exceeded (Fragment reassembly time "
     "exceeded)",
     "198.51.100.1 > 192.51.100.15 icmp 11/1"},
    {"198.51.100.1\t192.51.100.15\tICMP\t70\tRedirect (Redirect for host)",
     "198.51.100.1 > 192.51.100.15 icmp 5/1"},
    {"02:00:5e:10:00:01\tBroadcast\tARP\t42\tWho has 192.0.2.1? Tell 192.0.2.7",
     "arp who-has 192.0.2.1 tell 192.0.2.7"},
    {"02:00:5e:10:00:02\t02:00:5e:10:00:01\tARP\t42\t192.0.2.1 is at 02:00:5e:10:00:02",
     "arp is-at 192.0.2.1 02:00:5e:10:00:02"},
    {"2001:db8::15\t2001:db8::53\tDNS\t101\tStandard query 0x890c AAAA yummyrecipesforme.com",
     "2001:db8::15 > [2001:db8::53]:53 udp dns query 35084 type 28 yummyrecipesforme.com"},
    {"2001:db8::53\t2001:db8::15\tICMPv6\t149\tDestination Unreachable (Port unreachable)",
     "2001:db8::53 > 2001:db8::15 icmp6 1/4"},
    {"2001:db8::53\t2001:db8::15\tICMPv6\t149\tDestination Unreachable (no route to destination)",
     "2001:db8::53 > 2001:db8::15 icmp6 1/0"},
    {"2001:db8::53\t2001:db8::15\tICMPv6\t149\tDestination Unreachable (Source address failed "
     "ingress/egress policy)",
     "2001:db8::53 > 2001:db8::15 icmp6 1/5"},
    {"2001:db8::53\t2001:db8::15\tICMPv6\t149\tPacket Too Big",
     "2001:db8::53 > 2001:db8::15 icmp6 2/0"},
    {"2001:db8::15\t2001:db8::53\tICMPv6\t70\tEcho (ping) request id=0x0003, seq=1, hop limit=64",
     "2001:db8::15 > 2001:db8::53 icmp6 128/0 id 3 seq 1"},
    {"2001:db8::15\tff02::1:ff00:53\tICMPv6\t86\tNeighbor Solicitation for 2001:db8::53 from "
     "02:00:5e:10:00:01",
     "2001:db8::15 > ff02::1:ff00:53 icmp6 135/0 target 2001:db8::53"},
    {"2001:db8::53\t2001:db8::15\tICMPv6\t86\tNeighbor Advertisement 2001:db8::53 (sol, ovr) is at "
     "02:00:5e:10:00:02",
     "2001:db8::53 > 2001:db8::15 icmp6 136/0 target 2001:db8::53"},
    {"0.0.0.0\t255.255.255.255\tDHCP\t286\tDHCP Discover - Transaction ID 0x3903f326",
     "0.0.0.0:68 > 255.255.255.255:67 udp dhcp request DISCOVER 956560166"},
    {"192.168.7.1\t192.168.7.55\tDHCP\t342\tDHCP ACK      - Transaction ID 0x65567562",
     "192.168.7.1:67 > 192.168.7.55:68 udp dhcp reply ACK 1700164962"},
    {"192.168.7.1\t255.255.255.255\tBOOTP\t342\tDHCP NAK      - Transaction ID 0x1",
     "192.168.7.1:67 > 255.255.255.255:68 udp dhcp reply NAK 1"},
    {"0.0.0.0\t255.255.255.255\tBOOTP\t342\tBoot Request from 02:00:5e:10:00:01 (host)",
     "0.0.0.0:68 > 255.255.255.255:67 udp dhcp request of 02:00:5e:10:00:01"},
    {"192.168.7.1\t255.255.255.255\tDHCP\t342\tLeasequery", "192.168.7.1 > 255.255.255.255 udp"},
    {"192.51.100.15\t203.0.113.2\tNTP\t90\tNTP Version 4, client",
     "192.51.100.15 > 203.0.113.2:123 udp"},
    {"192.51.100.15\t203.0.113.2\tUDP\t53\t40001 -> 5000 Len=11",
     "192.51.100.15:40001 > 203.0.113.2:5000 udp (11)"},
    {"192.51.100.15\t224.0.0.251\tMDNS\t67\tStandard query 0x0000 A x.local, \"QM\" question",
     "192.51.100.15 > 224.0.0.251:5353 udp"},
    {"192.51.100.15\t203.0.113.2\tIPv4\t58\tFragmented IP protocol (proto=UDP 17, off=0, ID=00a2)",
     "192.51.100.15 > 203.0.113.2 none !text_unreadable"},
    {"192.0.2.1\t224.0.0.22\tIGMPv3\t54\tMembership Report", "192.0.2.1 > 224.0.0.22 none"},
    {"192.0.2.7\t192.0.2.9\tTCP\t74\t57062 -> https(443) [SYN] Seq=0",
     "192.0.2.7:57062 > 192.0.2.9:443 tcp [SYN] seq 0"},
    {"192.0.2.9\t192.0.2.7\tTCP\t74\thttps(443) -> 57062 [RST, ACK] Seq=1 Ack=1",
     "192.0.2.9:443 > 192.0.2.7:57062 tcp [RST, ACK] seq 1 ack 1"},
    {"192.0.2.7\t192.0.2.9\tTCP\t\t42584->443 [SYN] Seq=0 Win=5792 Len=120...",
     "192.0.2.7:42584 > 192.0.2.9:443 tcp [SYN] seq 0 (120)"},
    {"192.0.2.7\t192.0.2.9\tTCP\t\t443->42584 [SYN, ACK] Seq=0 Win-5792 Len=120...",
     "192.0.2.7:443 > 192.0.2.9:42584 tcp [SYN, ACK] (120)"},
    {"192.0.2.7\t192.0.2.9\tTCP\t\t42584->443 [ACK Seq=1 Win-5792 Len=120...",
     "192.0.2.7:42584 > 192.0.2.9:443 tcp [ACK] (120)"},
    {"192.0.2.7\t192.0.2.9\tTCP\t\tHTTP/1.1 504 Gateway Time-out (text/html)",
     "192.0.2.7 > 192.0.2.9 tcp says \"HTTP/1.1 504 Gateway Time-out (text/html)\""},
    {"192.0.2.7\t192.0.2.9\tTCP\t\t443 > 42584 [RST, ACK] Seq=1 Ack=1 Win=0 Len=0",
     "192.0.2.7:443 > 192.0.2.9:42584 tcp [RST, ACK] seq 1 ack 1 (0)"},
    {"192.0.2.7\t192.0.2.9\tTCP\t\thttps → 42584 [RST] Seq=1 Win=0 Len=0",
     "192.0.2.7:443 > 192.0.2.9:42584 tcp [RST] seq 1 (0)"},
    {"192.0.2.7\t192.0.2.9\tTCP\t\t[TCP Retransmission] 42584 -> 443 [SYN] Seq=0 Win=64240 Len=0 "
     "MSS=1460",
     "192.0.2.7:42584 > 192.0.2.9:443 tcp [SYN] seq 0 mss 1460 (0)"},
    {"192.0.2.7\t192.0.2.9\tTCP\t\t[TCP Port numbers reused] [TCP Retransmission] 5 -> 6 [FIN] "
     "Seq=9",
     "192.0.2.7:5 > 192.0.2.9:6 tcp [FIN] seq 9"},
    {"192.0.2.7\t192.0.2.9\tTCP\t\tms-wbt-server -> 5000 [SYN, ACK] Seq=0 Ack=1",
     "192.0.2.7:3389 > 192.0.2.9:5000 tcp [SYN, ACK] seq 0 ack 1"},
    {"192.0.2.7\t192.0.2.9\tTCP\t\t42584 -> 443 SYN] Seq=0",
     "192.0.2.7:42584 > 192.0.2.9:443 tcp [SYN] seq 0"},
    {"192.0.2.7\t192.0.2.9\tTCP\t\ta lot of words", "192.0.2.7 > 192.0.2.9 tcp"},
    {"192.0.2.7\t192.0.2.9\tTCP\t\t70000 -> 99999 [SYN]", "192.0.2.7 > 192.0.2.9 tcp"},
    {"192.0.2.53\t192.0.2.7\tDNS\t80\tStandard query response 0x0007",
     "192.0.2.53 > 192.0.2.7 udp !text_unreadable"},
    {"192.0.2.53\t192.0.2.7\tDNS\t80\tStandard query response 0x0007 A 192.0.2.80",
     "192.0.2.53:53 > 192.0.2.7 udp dns answer 7 1/0/0 = 192.0.2.80"},
    {"192.0.2.53\t192.0.2.7\tDNS\t80\tStandard query response 0x0007 A example.com CNAME a A "
     "192.0.2.80",
     "192.0.2.53:53 > 192.0.2.7 udp dns answer 7 type 1 example.com 2/0/0 = 192.0.2.80"},
    {"192.0.2.53\t192.0.2.7\tDNS\t80\tStandard query 0x0007 A www.averylongname...",
     "192.0.2.53 > 192.0.2.7:53 udp dns query 7 type 1"},
    {"192.0.2.53\t192.0.2.7\tDNS\t80\tStandard query response, Server failure",
     "192.0.2.53:53 > 192.0.2.7 udp dns answer rcode 2 0/0/0"},
    {"192.0.2.53\t192.0.2.7\tDNS\t80\tStandard query response 0x0007 No such name A example.com "
     "SOA ns.example.com",
     "192.0.2.53:53 > 192.0.2.7 udp dns answer 7 rcode 3 type 1 example.com 0/1/0"},
    {"192.0.2.53\t192.0.2.7\tDNS\t80\tSomething else",
     "192.0.2.53 > 192.0.2.7 udp !text_unreadable"},
    {"192.0.2.53\t192.0.2.7\tICMP\t80\tSomething new",
     "192.0.2.53 > 192.0.2.7 other !text_unreadable"},
    {"client\tserver\tDNS\t\tStandard query 0x0001 AAAA example.com",
     "client > server:53 udp dns query 1 type 28 example.com"},
    {"192.0.2.9\t192.0.2.7\tSMTP\t104\tS: 550 5.7.1 Relay denied",
     "192.0.2.9 > 192.0.2.7 tcp says \"550 5.7.1 Relay denied\""},
    {"192.0.2.9\t192.0.2.7\tSMTP\t204\tS: 250-mail.example.org | SIZE 10240000 | DSN",
     "192.0.2.9 > 192.0.2.7 tcp says \"250-mail.example.org | SIZE 10240000 | DSN\""},
    {"192.0.2.7\t192.0.2.9\tSMTP/IMF\t114\tsubject: x, , hello", "192.0.2.7 > 192.0.2.9 tcp"},
    {"192.0.2.9\t192.0.2.7\tFTP\t88\tResponse: 530 Login incorrect.",
     "192.0.2.9 > 192.0.2.7 tcp says \"530 Login incorrect.\""},
    {"192.0.2.7\t192.0.2.9\tFTP\t76\tRequest: USER anna",
     "192.0.2.7 > 192.0.2.9 tcp says \"USER anna\""},
    {"192.0.2.9\t192.0.2.7\tPOP\t97\tS: -ERR no such mailbox",
     "192.0.2.9 > 192.0.2.7 tcp says \"-ERR no such mailbox\""},
    {"192.0.2.9\t192.0.2.7\tIMAP\t90\tResponse: 1 NO [AUTHENTICATIONFAILED] no",
     "192.0.2.9 > 192.0.2.7 tcp says \"1 NO [AUTHENTICATIONFAILED] no\""},
    {"192.0.2.9\t192.0.2.7\tSSHv2\t98\tServer: Protocol (SSH-2.0-OpenSSH_9.2p1 Debian-2)",
     "192.0.2.9 > 192.0.2.7 tcp says \"SSH-2.0-OpenSSH_9.2p1 Debian-2\""},
    {"192.0.2.9\t192.0.2.7\tSSH\t122\tServer: Encrypted packet (len=56)",
     "192.0.2.9 > 192.0.2.7 tcp says \"Server: Encrypted packet (len=56)\""},
    {"192.0.2.7\t192.0.2.9\tTLSv1\t603\tClient Hello (SNI=www.example.org)",
     "192.0.2.7 > 192.0.2.9 tcp says \"Client Hello (SNI=www.example.org)\""},
    {"192.0.2.9\t192.0.2.7\tTLSv1.3\t99\t[TCP Previous segment not captured] , Application Data",
     "192.0.2.9 > 192.0.2.7 tcp says \"Application Data\""},
    {"192.0.2.7\t192.0.2.9\tHTTP/JSON\t99\tPOST /a HTTP/1.1 , JSON (application/json)",
     "192.0.2.7 > 192.0.2.9 tcp says \"POST /a HTTP/1.1 , JSON (application/json)\""},
    {"fe80::77\tff02::1:2\tDHCPv6\t114\tSolicit XID: 0xbbd9ea CID: 00010001329abeb9020000000077 ",
     "[fe80::77]:546 > [ff02::1:2]:547 udp dhcp request DISCOVER 12311018 of 02:00:00:00:00:77"},
    {"fe80::2\tfe80::77\tDHCPv6\t164\tAdvertise XID: 0xbbd9ea CID: 00010001329abeb9020000000077 "
     "IAA: 2001:db8:1::100 ",
     "[fe80::2]:547 > [fe80::77]:546 udp dhcp reply OFFER 12311018 of 02:00:00:00:00:77 gets "
     "2001:db8:1::100 server fe80::2"},
    {"fe80::2\tfe80::77\tDHCPv6\t130\tReply XID: 0x0dcf57 CID: 00030001020000000001 ",
     "[fe80::2]:547 > [fe80::77]:546 udp dhcp reply 905047 of 02:00:00:00:00:01 server fe80::2"},
    {"one\ttwo", ":: > :: none !text_unreadable"},
    {"\t\t\t\t", ":: > :: none !text_unreadable"},
};

TEST(WiresharkRow, ReadOrSaidThatItIsNot) {
  for (const auto& row : kRows) {
    const Decoded decoded(row.row);
    EXPECT_EQ(testing::told(*decoded.packet, decoded.names), row.told) << row.row;
  }
}

TEST(WiresharkRow, SectionsAreKnownOnlyWhereTheRowIsWhole) {
  const struct {
    const char* info;
    bool sections;
  } rows[] = {{"Standard query 0x0007 A example.com", false},
              {"Standard query response 0x0007 A example.com A 192.0.2.80", true},
              {"Standard query response 0x0007 A example.com A 192.0.2.80 A 192.0...", false}};
  for (const auto& row : rows) {
    const Decoded decoded(std::string("192.0.2.7\t192.0.2.53\tDNS\t80\t") + row.info);
    EXPECT_EQ(decoded.packet->known.has(Field::dns_sections), row.sections) << row.info;
  }
}

TEST(WiresharkRow, WhichSegmentsAreWholeAndWhichAreOdd) {
  const struct {
    const char* info;
    bool told;
    bool odd;
  } rows[] = {
      {"5 -> 6 [ACK] Seq=1 Ack=1 Win=8 Len=9", true, false},
      {"5 -> 6 [SYN] Seq=0 Win=8 Len=0", true, false},
      {"5 -> 6 [ACK] Seq=1 Ack=1 Win=8", false, false},
      {"5 -> 6 [ACK] Seq=1 Ack=1 Len=9", false, false},
      {"5 -> 6 [ACK] Seq=1 Win=8 Len=9", false, false},
      {"[TCP Retransmission] 5 -> 6 [ACK] Seq=1 Ack=1 Win=8 Len=9", true, true},
      {"[TCP Fast Retransmission] 5 -> 6 [ACK] Seq=1 Ack=1 Win=8 Len=9", true, true},
      {"[TCP Previous segment not captured] 5 -> 6 [ACK] Seq=1 Ack=1 Win=8 Len=9", true, true},
      {"[TCP Window Full] [TCP Out-Of-Order] 5 -> 6 [ACK] Seq=1 Ack=1 Win=8 Len=9", true, true},
      {"[TCP Keep-Alive] 5 -> 6 [ACK] Seq=0 Ack=1 Win=8 Len=0", true, true},
      {"[TCP Keep-Alive ACK] 5 -> 6 [ACK] Seq=1 Ack=1 Win=8 Len=0", true, false},
      {"[TCP Dup ACK 3#1] 5 -> 6 [ACK] Seq=1 Ack=1 Win=8 Len=0", true, false},
      {"[TCP ZeroWindow] 5 -> 6 [ACK] Seq=1 Ack=1 Win=0 Len=0", true, false}};
  for (const auto& row : rows) {
    const Decoded decoded(std::string("192.0.2.7\t192.0.2.53\tTCP\t80\t") + row.info);
    EXPECT_EQ(decoded.packet->known.has(Field::tcp_told), row.told) << row.info;
    EXPECT_EQ(decoded.packet->tcp.is_remarked, row.odd) << row.info;
  }
}

TEST(WiresharkRow, TheSoaIsTheAuthoritys) {
  const Decoded decoded(
      "192.0.2.53\t192.0.2.7\tDNS\t80\tStandard query response 0x0007 No such name A example.com "
      "SOA "
      "ns.example.com");
  const dns::Message& dns = decoded.packet->dns;
  ASSERT_EQ(dns.records.size(), 1U);
  EXPECT_EQ(dns.records[0].section, dns::Section::authority);
  EXPECT_EQ(dns.authority_count, 1);
  EXPECT_EQ(dns.answer_count, 0);
}

}  // namespace
}  // namespace whydown::packet
