// What tcpdump 4.99.3 prints of one capture, option by option, and what is read of it.
#include "packet/tcpdump_text/tcpdump_text.h"

#include <memory>
#include <span>

#include <gtest/gtest.h>

#include "packet/dns/dns.h"
#include "packet/tcpdump_text/text_reading.h"

namespace whydown::packet {
namespace {

struct Row {
  const char* record;
  const char* told;
};

struct Decoded {
  base::Interner names;
  std::unique_ptr<Packet> packet = std::make_unique<Packet>();

  explicit Decoded(std::string_view record) {
    capture::Frame frame;
    frame.bytes = {reinterpret_cast<const std::uint8_t*>(record.data()), record.size()};
    frame.link_type = capture::LinkType::tcpdump_text;
    Decoder(names).decode(frame, *packet);
  }
};

void check(std::span<const Row> rows) {
  for (const Row& row : rows) {
    const Decoded decoded(row.record);
    EXPECT_EQ(testing::told(*decoded.packet, decoded.names), row.told) << row.record;
  }
}

constexpr Row kDns[] = {
    {"IP 192.51.100.15.52444 > 203.0.113.2.53: 35084+ A? yummyrecipesforme.com. (39)",
     "192.51.100.15:52444 > 203.0.113.2:53 udp dns query 35084 type 1 yummyrecipesforme.com (39)"},
    {"IP 203.0.113.2 > 192.51.100.15: ICMP 203.0.113.2 udp port 53 unreachable, length 75",
     "203.0.113.2 > 192.51.100.15 icmp 3/3 of 192.51.100.15 > 203.0.113.2:53 udp (67)"},
    {"IP 192.51.100.15.52445 > 203.0.113.2.53: 1+ [1au] AAAA? yummyrecipesforme.com. (50)",
     "192.51.100.15:52445 > 203.0.113.2:53 udp dns query 1 type 28 yummyrecipesforme.com (50)"},
    {"IP 203.0.113.2.53 > 192.51.100.15.52445: 1 1/0/0 A 192.0.2.1 (55)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 1 1/0/0 = 192.0.2.1 (55)"},
    {"IP 203.0.113.2.53 > 192.51.100.15.52445: 2 2/0/0 CNAME www.yummyrecipesforme.com., A "
     "192.0.2.1 (94)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 2 2/0/0 = 192.0.2.1 (94)"},
    {"IP 203.0.113.2.53 > 192.51.100.15.52445: 3 ServFail 0/0/1 (58)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 3 rcode 2 0/0/1 (58)"},
    {"IP 203.0.113.2.53 > 192.51.100.15.52445: 4 NXDomain* 0/1/0 (106)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 4 rcode 3 0/1/0 aa (106)"},
    {"IP 203.0.113.2.53 > 192.51.100.15.52445: 5 Refused- 0/0/0 (39)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 5 rcode 5 0/0/0 (39)"},
    {"IP 203.0.113.2.53 > 192.51.100.15.52445: 6 FormErr- 0/0/0 (39)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 6 rcode 1 0/0/0 (39)"},
    {"IP 203.0.113.2.53 > 192.51.100.15.52445: 7| 0/0/0 (39)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 7 0/0/0 tc (39)"},
    {"IP 203.0.113.2.53 > 192.51.100.15.52445: 8 1/0/0 AAAA 2001:db8::9 (67)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 8 1/0/0 = 2001:db8::9 (67)"},
    {"IP 203.0.113.2.53 > 192.51.100.15.52445: 9 1/0/0 MX mail.yummyrecipesforme.com. 10 (81)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 9 1/0/0 (81)"},
    {"IP 203.0.113.2.53 > 192.51.100.15.52445: 10 0/1/0 (106)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 10 0/1/0 (106)"},
    {"IP 192.51.100.15.52446 > 203.0.113.2.53: 11+ PTR? 2.113.0.203.in-addr.arpa. (42)",
     "192.51.100.15:52446 > 203.0.113.2:53 udp dns query 11 type 12 2.113.0.203.in-addr.arpa (42)"},
    {"IP 192.51.100.15.52446 > 203.0.113.2.53: 12+ Type65? yummyrecipesforme.com. (39)",
     "192.51.100.15:52446 > 203.0.113.2:53 udp dns query 12 type 65 yummyrecipesforme.com (39)"},
    {"IP 192.51.100.15.52446 > 203.0.113.2.53: 13+% [1au] A? yummyrecipesforme.com. (50)",
     "192.51.100.15:52446 > 203.0.113.2:53 udp dns query 13 type 1 yummyrecipesforme.com (50)"},
    {"IP 192.51.100.15.52446 > 203.0.113.2.53: 14+ Type1000? yummyrecipesforme.com. (39)",
     "192.51.100.15:52446 > 203.0.113.2:53 udp dns query 14 type 1000 yummyrecipesforme.com (39)"},
    {"IP 192.51.100.15.40002 > 203.0.113.2.53: Flags [P.], seq 1:42, ack 1, win 64240, length 41 "
     "15+ A? yummyrecipesforme.com. (39)",
     "192.51.100.15:40002 > 203.0.113.2:53 tcp [PSH, ACK] dns query 15 type 1 "
     "yummyrecipesforme.com (41)"},
    {"IP 192.51.100.15.5353 > 224.0.0.251.5353: 0 A (QM)? x.local. (25)",
     "192.51.100.15:5353 > 224.0.0.251:5353 udp (25)"},
};
TEST(TcpdumpText, Dns) { check(kDns); }

constexpr Row kTcp[] = {
    {"IP 192.51.100.15.36086 > 192.0.2.1.443: Flags [S], seq 1000, win 64240, options [mss "
     "1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0",
     "192.51.100.15:36086 > 192.0.2.1:443 tcp [SYN] seq 1000 mss 1460 (0)"},
    {"IP 192.0.2.1.443 > 192.51.100.15.36086: Flags [S.], seq 5000, ack 1001, win 64240, options "
     "[mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0",
     "192.0.2.1:443 > 192.51.100.15:36086 tcp [SYN, ACK] seq 5000 ack 1001 mss 1460 (0)"},
    {"IP 192.51.100.15.36086 > 192.0.2.1.443: Flags [.], ack 1, win 64240, length 0",
     "192.51.100.15:36086 > 192.0.2.1:443 tcp [ACK] (0)"},
    {"IP 192.51.100.15.36086 > 192.0.2.1.443: Flags [P.], seq 1:31, ack 1, win 64240, length 30",
     "192.51.100.15:36086 > 192.0.2.1:443 tcp [PSH, ACK] (30)"},
    {"IP 192.51.100.15.36087 > 192.0.2.1.80: Flags [S], seq 2000, win 64240, options [mss "
     "1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0",
     "192.51.100.15:36087 > 192.0.2.1:80 tcp [SYN] seq 2000 mss 1460 (0)"},
    {"IP 192.0.2.1.80 > 192.51.100.15.36087: Flags [R.], seq 0, ack 2001, win 0, length 0",
     "192.0.2.1:80 > 192.51.100.15:36087 tcp [RST, ACK] (0)"},
    {"IP 192.51.100.15.36088 > 192.0.2.1.80: Flags [P.], seq 2000:2047, ack 100, win 64240, length "
     "47: HTTP: GET / HTTP/1.1",
     "192.51.100.15:36088 > 192.0.2.1:80 tcp [PSH, ACK] says \"GET / HTTP/1.1\" (47)"},
    {"IP 192.0.2.1.80 > 192.51.100.15.36088: Flags [P.], seq 1:34, ack 48, win 64240, length 33: "
     "HTTP: HTTP/1.1 504 Gateway Time-out",
     "192.0.2.1:80 > 192.51.100.15:36088 tcp [PSH, ACK] says \"HTTP/1.1 504 Gateway Time-out\" "
     "(33)"},
    {"IP 192.0.2.7.50606 > 203.0.113.2.443: quic, initial, dcid 84acac06b42ed863, length 1182",
     "192.0.2.7:50606 > 203.0.113.2:443 udp says \"initial, dcid 84acac06b42ed863, length 1182\" "
     "(1182)"},
    {"IP 203.0.113.2.443 > 192.0.2.7.50606: quic, protected",
     "203.0.113.2:443 > 192.0.2.7:50606 udp says \"protected\""},
    {"IP 192.0.2.1.80 > 192.51.100.15.36088: Flags [P.], seq 34:107, ack 48, win 64240, length 73: "
     "HTTP, length: 73",
     "192.0.2.1:80 > 192.51.100.15:36088 tcp [PSH, ACK] (73)"},
    {"IP 192.51.100.15.36088 > 192.0.2.1.80: Flags [P.], seq 34:107, ack 48, win 64240, length 73: "
     "HTTP, length: 73 GET / HTTP/1.1 Host: example.com",
     "192.51.100.15:36088 > 192.0.2.1:80 tcp [PSH, ACK] says \"GET / HTTP/1.1 Host: example.com\" "
     "(73)"},
    {"IP 192.0.2.9.21 > 192.0.2.7.49674: Flags [P.], seq 16:30, ack 11, win 63, length 22: FTP: "
     "530 Login incorrect.",
     "192.0.2.9:21 > 192.0.2.7:49674 tcp [PSH, ACK] says \"530 Login incorrect.\" (22)"},
    {"IP 192.0.2.9.25 > 192.0.2.7.49674: Flags [P.], seq 1:45, ack 1, win 510, length 44: SMTP, "
     "length: 44 220 mail.example.org ESMTP",
     "192.0.2.9:25 > 192.0.2.7:49674 tcp [PSH, ACK] says \"220 mail.example.org ESMTP\" (44)"},
    {"IP 192.51.100.15.36088 > 192.0.2.1.80: Flags [F.], seq 48, ack 34, win 64240, length 0",
     "192.51.100.15:36088 > 192.0.2.1:80 tcp [FIN, ACK] (0)"},
    {"IP6 2001:db8::15.40000 > 2001:db8::53.443: Flags [S], seq 1, win 64240, options [mss "
     "1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0",
     "[2001:db8::15]:40000 > [2001:db8::53]:443 tcp [SYN] seq 1 mss 1460 (0)"},
    {"IP 192.51.100.15.36088 > 192.0.2.1.80: Flags [SEW], seq 2048, win 64240, length 0",
     "192.51.100.15:36088 > 192.0.2.1:80 tcp [SYN, ECE, CWR] seq 2048 (0)"},
};
TEST(TcpdumpText, Tcp) { check(kTcp); }

constexpr Row kIcmp[] = {
    {"IP 192.51.100.15 > 203.0.113.2: ICMP echo request, id 7, seq 1, length 64",
     "192.51.100.15 > 203.0.113.2 icmp 8/0 id 7 seq 1 (56)"},
    {"IP 203.0.113.2 > 192.51.100.15: ICMP echo reply, id 7, seq 1, length 64",
     "203.0.113.2 > 192.51.100.15 icmp 0/0 id 7 seq 1 (56)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP net 203.0.113.2 unreachable, length 36",
     "198.51.100.1 > 192.51.100.15 icmp 3/0 of 192.51.100.15 > 203.0.113.2 none (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP host 203.0.113.2 unreachable, length 36",
     "198.51.100.1 > 192.51.100.15 icmp 3/1 of 192.51.100.15 > 203.0.113.2 none (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP 203.0.113.2 protocol 17 unreachable, length 36",
     "198.51.100.1 > 192.51.100.15 icmp 3/2 of 192.51.100.15 > 203.0.113.2 udp (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP 203.0.113.2 unreachable - need to frag (mtu 1400), "
     "length 36",
     "198.51.100.1 > 192.51.100.15 icmp 3/4 mtu 1400 of 192.51.100.15 > 203.0.113.2 none (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP net 203.0.113.2 unreachable - unknown, length 36",
     "198.51.100.1 > 192.51.100.15 icmp 3/6 of 192.51.100.15 > 203.0.113.2 none (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP net 203.0.113.2 unreachable - admin prohibited, length "
     "36",
     "198.51.100.1 > 192.51.100.15 icmp 3/9 of 192.51.100.15 > 203.0.113.2 none (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP host 203.0.113.2 unreachable - admin prohibited, "
     "length 36",
     "198.51.100.1 > 192.51.100.15 icmp 3/10 of 192.51.100.15 > 203.0.113.2 none (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP host 203.0.113.2 unreachable - admin prohibited "
     "filter, length 36",
     "198.51.100.1 > 192.51.100.15 icmp 3/13 of 192.51.100.15 > 203.0.113.2 none (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP 203.0.113.2 udp port 53 unreachable, length 36",
     "198.51.100.1 > 192.51.100.15 icmp 3/3 of 192.51.100.15 > 203.0.113.2:53 udp (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP time exceeded in-transit, length 36",
     "198.51.100.1 > 192.51.100.15 icmp 11/0 (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP ip reassembly time exceeded, length 36",
     "198.51.100.1 > 192.51.100.15 icmp 11/1 (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP 203.0.113.2 unreachable - source route failed, length "
     "36",
     "198.51.100.1 > 192.51.100.15 icmp 3/5 of 192.51.100.15 > 203.0.113.2 none (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP host 203.0.113.2 unreachable - unknown, length 36",
     "198.51.100.1 > 192.51.100.15 icmp 3/7 of 192.51.100.15 > 203.0.113.2 none (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP 203.0.113.2 unreachable - source host isolated, length "
     "36",
     "198.51.100.1 > 192.51.100.15 icmp 3/8 of 192.51.100.15 > 203.0.113.2 none (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP net 203.0.113.2 unreachable - tos prohibited, length "
     "36",
     "198.51.100.1 > 192.51.100.15 icmp 3/11 of 192.51.100.15 > 203.0.113.2 none (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP host 203.0.113.2 unreachable - tos prohibited, length "
     "36",
     "198.51.100.1 > 192.51.100.15 icmp 3/12 of 192.51.100.15 > 203.0.113.2 none (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP host 203.0.113.2 unreachable - host precedence "
     "violation, length 36",
     "198.51.100.1 > 192.51.100.15 icmp 3/14 of 192.51.100.15 > 203.0.113.2 none (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP host 203.0.113.2 unreachable - precedence cutoff, "
     "length 36",
     "198.51.100.1 > 192.51.100.15 icmp 3/15 of 192.51.100.15 > 203.0.113.2 none (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP redirect 203.0.113.2 to host 0.0.0.0, length 36",
     "198.51.100.1 > 192.51.100.15 icmp 5/1 (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP parameter problem - octet 0, length 36",
     "198.51.100.1 > 192.51.100.15 icmp 12/0 (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP source quench, length 36",
     "198.51.100.1 > 192.51.100.15 icmp 4/0 (28)"},
    {"IP 192.0.2.1 > 192.51.100.15: ICMP 192.0.2.1 tcp port 443 unreachable, length 68",
     "192.0.2.1 > 192.51.100.15 icmp 3/3 of 192.51.100.15 > 192.0.2.1:443 tcp (60)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP time exceeded in-transit, length 36",
     "198.51.100.1 > 192.51.100.15 icmp 11/0 (28)"},
    {"IP 198.51.100.1 > 192.51.100.15: ICMP host 192.0.2.1 unreachable, length 44",
     "198.51.100.1 > 192.51.100.15 icmp 3/1 of 192.51.100.15 > 192.0.2.1 none (36)"},
};
TEST(TcpdumpText, Icmp) { check(kIcmp); }

constexpr Row kOthers[] = {
    {"ARP, Request who-has 192.0.2.1 tell 192.0.2.7, length 28",
     "arp who-has 192.0.2.1 tell 192.0.2.7"},
    {"ARP, Reply 192.0.2.1 is-at 02:00:5e:10:00:02, length 28",
     "arp is-at 192.0.2.1 02:00:5e:10:00:02"},
    {"IP 0.0.0.0.68 > 255.255.255.255.67: BOOTP/DHCP, Request from 02:00:5e:10:00:01, length 244",
     "0.0.0.0:68 > 255.255.255.255:67 udp dhcp request of 02:00:5e:10:00:01 (244)"},
    {"IP6 fe80::77.546 > ff02::1:2.547: dhcp6 solicit",
     "[fe80::77]:546 > [ff02::1:2]:547 udp dhcp request DISCOVER"},
    {"IP6 fe80::77.546 > ff02::1:2.547: dhcp6 solicit (xid=bbd9ea (client-ID hwaddr/time type 1 "
     "time "
     "849002169 020000000077) (option-request DNS-server) (elapsed-time 0) (IA_NA IAID:119 T1:3600 "
     "T2:5400))",
     "[fe80::77]:546 > [ff02::1:2]:547 udp dhcp request DISCOVER 12311018 of 02:00:00:00:00:77"},
    {"IP6 fe80::2.547 > fe80::77.546: dhcp6 advertise (xid=bbd9ea (client-ID hwaddr/time type 1 "
     "time "
     "849002169 020000000077) (server-ID hwaddr/time type 1 time 849002166 020000000002) (IA_NA "
     "IAID:119 T1:300 T2:525 (IA_ADDR 2001:db8:1::100 pltime:600 vltime:600)) (status-code "
     "Success) "
     "(preference 255))",
     "[fe80::2]:547 > [fe80::77]:546 udp dhcp reply OFFER 12311018 of 02:00:00:00:00:77 gets "
     "2001:db8:1::100 server fe80::2"},
    {"IP6 fe80::2.547 > fe80::1.546: dhcp6 advertise (xid=dcf57 (client-ID hwaddr type 1 "
     "020000000001) (status-code NoAddrsAvail))",
     "[fe80::2]:547 > [fe80::1]:546 udp dhcp reply OFFER 905047 of 02:00:00:00:00:01 server "
     "fe80::2 "
     "reason 2"},
    {"IP6 fe80::2.547 > fe80::1.546: dhcp6 reply",
     "[fe80::2]:547 > [fe80::1]:546 udp dhcp reply server "
     "fe80::2"},
    {"IP6 fe80::2.547 > fe80::1.546: dhcp6 relay-fwd", "[fe80::2]:547 > [fe80::1]:546 udp"},
    {"IP 192.168.7.1.67 > 192.168.7.55.68: BOOTP/DHCP, Reply, length 300",
     "192.168.7.1:67 > 192.168.7.55:68 udp dhcp reply (300)"},
    {"IP 0.0.0.0.68 > 255.255.255.255.67: BOOTP/DHCP, Request from 02:00:5e:10:00:01, length 300, "
     "xid 0x1, Flags [none] [|bootp]",
     "0.0.0.0:68 > 255.255.255.255:67 udp dhcp request 1 of 02:00:5e:10:00:01 !truncated_capture"},
    {"IP 192.168.7.1.bootps > 192.168.7.55.bootpc: BOOTP/DHCP, unknown (0x07), length 300",
     "192.168.7.1:67 > 192.168.7.55:68 udp (300)"},
    {"IP 0.0.0.0.68 > 255.255.255.255.67: BOOTP/DHCP, Request from 02:00:00:00:00:01, length 300, "
     "xid 0x65567562, secs 3, Flags [none] Client-Ethernet-Address 02:00:00:00:00:01 "
     "Vendor-rfc1048 Extensions Magic Cookie 0x63825363 DHCP-Message (53), length 1: Request "
     "Requested-IP (50), length 4: 10.9.9.9 Server-ID (54), length 4: 192.168.7.1",
     "0.0.0.0:68 > 255.255.255.255:67 udp dhcp request REQUEST 1700164962 of 02:00:00:00:00:01 "
     "wants 10.9.9.9 server 192.168.7.1 (300)"},
    {"IP 192.168.7.1.67 > 192.168.7.55.68: BOOTP/DHCP, Reply, length 300, hops 1, xid 0x65567562, "
     "Flags [none] Your-IP 192.168.7.55 Server-IP 192.168.7.1 Gateway-IP 192.168.8.1 "
     "Client-Ethernet-Address 02:00:00:00:00:01 Vendor-rfc1048 Extensions Magic Cookie 0x63825363 "
     "DHCP-Message Option 53, length 1: Offer Server-ID Option 54, length 4: 192.168.7.1 "
     "Lease-Time Option 51, length 4: 120",
     "192.168.7.1:67 > 192.168.7.55:68 udp dhcp reply OFFER 1700164962 of 02:00:00:00:00:01 gets "
     "192.168.7.55 server 192.168.7.1 relay 192.168.8.1 lease 120 (300)"},
    {"IP 192.168.7.1.67 > 255.255.255.255.68: BOOTP/DHCP, Reply, length 300, xid 0x1, Flags "
     "[Broadcast] Client-Ethernet-Address 02:00:00:00:00:01 Vendor-rfc1048 Extensions Magic Cookie "
     "0x63825363 DHCP-Message (53), length 1: NACK Server-ID (54), length 4: 192.168.7.1 MSG (56), "
     "length 13: \"wrong network\"",
     "192.168.7.1:67 > 255.255.255.255:68 udp dhcp reply NAK 1 of 02:00:00:00:00:01 server "
     "192.168.7.1 reason 1 (300)"},
    {"IP 192.51.100.15.40001 > 203.0.113.2.123: NTPv4, Client, length 48",
     "192.51.100.15:40001 > 203.0.113.2:123 udp (48)"},
    {"IP 192.51.100.15.40001 > 203.0.113.2.5000: UDP, length 11",
     "192.51.100.15:40001 > 203.0.113.2:5000 udp (11)"},
    {"IP 192.51.100.15 > 203.0.113.2: GREv0, length 71: IP 192.51.100.15.52444 > 203.0.113.2.53: "
     "35084+ A? yummyrecipesforme.com. (39)",
     "192.51.100.15 > 203.0.113.2 other"},
    {"IP 192.51.100.15.1 > 203.0.113.2.2: UDP, length 100",
     "192.51.100.15:1 > 203.0.113.2:2 udp (100)"},
    {"IP 192.51.100.15 > 203.0.113.2: ip-proto-17", "192.51.100.15 > 203.0.113.2 other"},
};
TEST(TcpdumpText, Others) { check(kOthers); }

constexpr Row kIcmp6[] = {
    {"IP6 2001:db8::15.52444 > 2001:db8::53.53: 35084+ AAAA? yummyrecipesforme.com. (39)",
     "[2001:db8::15]:52444 > [2001:db8::53]:53 udp dns query 35084 type 28 yummyrecipesforme.com "
     "(39)"},
    {"IP6 2001:db8::53 > 2001:db8::15: ICMP6, destination unreachable, unreachable port, "
     "2001:db8::53 udp port 53, length 95",
     "2001:db8::53 > 2001:db8::15 icmp6 1/4 of 2001:db8::15 > [2001:db8::53]:53 udp (87)"},
    {"IP6 2001:db8::53 > 2001:db8::15: ICMP6, destination unreachable, unreachable route "
     "2001:db8::53, length 95",
     "2001:db8::53 > 2001:db8::15 icmp6 1/0 of 2001:db8::15 > 2001:db8::53 none (87)"},
    {"IP6 2001:db8::53 > 2001:db8::15: ICMP6, destination unreachable,  unreachable prohibited "
     "2001:db8::53, length 95",
     "2001:db8::53 > 2001:db8::15 icmp6 1/1 of 2001:db8::15 > 2001:db8::53 none (87)"},
    {"IP6 2001:db8::53 > 2001:db8::15: ICMP6, destination unreachable, beyond scope 2001:db8::53, "
     "source address 2001:db8::15, length 95",
     "2001:db8::53 > 2001:db8::15 icmp6 1/2 of 2001:db8::15 > 2001:db8::53 none (87)"},
    {"IP6 2001:db8::53 > 2001:db8::15: ICMP6, destination unreachable, unreachable address "
     "2001:db8::53, length 95",
     "2001:db8::53 > 2001:db8::15 icmp6 1/3 of 2001:db8::15 > 2001:db8::53 none (87)"},
    {"IP6 2001:db8::53 > 2001:db8::15: ICMP6, destination unreachable, unknown unreach code (5)",
     "2001:db8::53 > 2001:db8::15 icmp6 1/5"},
    {"IP6 2001:db8::53 > 2001:db8::15: ICMP6, destination unreachable, unknown unreach code (6)",
     "2001:db8::53 > 2001:db8::15 icmp6 1/6"},
    {"IP6 2001:db8::53 > 2001:db8::15: ICMP6, time exceeded in-transit for 2001:db8::53, length 95",
     "2001:db8::53 > 2001:db8::15 icmp6 3/0 of 2001:db8::15 > 2001:db8::53 none (87)"},
    {"IP6 2001:db8::53 > 2001:db8::15: ICMP6, time exceeded in-transit (reassembly), length 95",
     "2001:db8::53 > 2001:db8::15 icmp6 3/1 (87)"},
    {"IP6 2001:db8::53 > 2001:db8::15: ICMP6, packet too big, mtu 1280, length 95",
     "2001:db8::53 > 2001:db8::15 icmp6 2/0 mtu 1280 (87)"},
    {"IP6 2001:db8::53 > 2001:db8::15: ICMP6, parameter problem, erroneous - octet 0, length 95",
     "2001:db8::53 > 2001:db8::15 icmp6 4/0 (87)"},
    {"IP6 2001:db8::15 > 2001:db8::53: ICMP6, echo request, id 3, seq 1, length 16",
     "2001:db8::15 > 2001:db8::53 icmp6 128/0 id 3 seq 1 (8)"},
    {"IP6 2001:db8::53 > 2001:db8::15: ICMP6, echo reply, id 3, seq 1, length 16",
     "2001:db8::53 > 2001:db8::15 icmp6 129/0 id 3 seq 1 (8)"},
    {"IP6 2001:db8::15 > ff02::1:ff00:53: ICMP6, neighbor solicitation, who has 2001:db8::53, "
     "length 32",
     "2001:db8::15 > ff02::1:ff00:53 icmp6 135/0 target 2001:db8::53 (24)"},
    {"IP6 2001:db8::53 > 2001:db8::15: ICMP6, neighbor advertisement, tgt is 2001:db8::53, length "
     "32",
     "2001:db8::53 > 2001:db8::15 icmp6 136/0 target 2001:db8::53 (24)"},
};
TEST(TcpdumpText, Icmp6) { check(kIcmp6); }

constexpr Row kVerbose[] = {
    {"IP (tos 0x0, ttl 64, id 101, offset 0, flags [DF], proto UDP (17), length 67) "
     "192.51.100.15.52444 > 203.0.113.2.53: 35084+ A? yummyrecipesforme.com. (39)",
     "192.51.100.15:52444 > 203.0.113.2:53 udp dns query 35084 type 1 yummyrecipesforme.com (39)"},
    {"IP (tos 0xc0, ttl 64, id 102, offset 0, flags [none], proto ICMP (1), length 95) 203.0.113.2 "
     "> 192.51.100.15: ICMP 203.0.113.2 udp port 53 unreachable, length 75 IP (tos 0x0, ttl 64, id "
     "101, offset 0, flags [DF], proto UDP (17), length 67) 192.51.100.15.52444 > 203.0.113.2.53: "
     "35084+ A? yummyrecipesforme.com. (39)",
     "203.0.113.2 > 192.51.100.15 icmp 3/3 of 192.51.100.15:52444 > 203.0.113.2:53 udp ttl 64 dns "
     "35084 (67)"},
    {"IP (tos 0x0, ttl 64, id 104, offset 0, flags [DF], proto UDP (17), length 83) 203.0.113.2.53 "
     "> 192.51.100.15.52445: 1 1/0/0 yummyrecipesforme.com. A 192.0.2.1 (55)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 1 1/0/0 = 192.0.2.1 (55)"},
    {"IP (tos 0x0, ttl 64, id 105, offset 0, flags [DF], proto UDP (17), length 122) "
     "203.0.113.2.53 > 192.51.100.15.52445: 2 2/0/0 yummyrecipesforme.com. CNAME "
     "www.yummyrecipesforme.com., yummyrecipesforme.com. A 192.0.2.1 (94)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 2 2/0/0 = 192.0.2.1 (94)"},
    {"IP (tos 0x0, ttl 64, id 118, offset 0, flags [DF], proto TCP (6), length 60) "
     "192.51.100.15.36086 > 192.0.2.1.443: Flags [S], cksum 0xd430 (correct), seq 1000, win 64240, "
     "options [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0",
     "192.51.100.15:36086 > 192.0.2.1:443 tcp [SYN] seq 1000 mss 1460 (0)"},
    {"IP (tos 0xc0, ttl 64, id 129, offset 0, flags [DF], proto ICMP (1), length 56) 198.51.100.1 "
     "> 192.51.100.15: ICMP net 203.0.113.2 unreachable, length 36 IP (tos 0x0, ttl 64, id 101, "
     "offset 0, flags [DF], proto UDP (17), length 67) 192.51.100.15.52444 > 203.0.113.2.53:  "
     "[|domain]",
     "198.51.100.1 > 192.51.100.15 icmp 3/0 of 192.51.100.15:52444 > 203.0.113.2:53 udp ttl 64 "
     "(28)"},
    {"IP (tos 0x0, ttl 64, id 151, offset 0, flags [DF], proto ICMP (1), length 88) 192.0.2.1 > "
     "192.51.100.15: ICMP 192.0.2.1 tcp port 443 unreachable, length 68 IP (tos 0x0, ttl 64, id "
     "150, offset 0, flags [DF], proto TCP (6), length 60) 192.51.100.15.36087 > 192.0.2.1.443: "
     "Flags [S], cksum 0xd047 (correct), seq 2000, win 64240, options [mss 1460,sackOK,TS val 1 "
     "ecr 0,nop,wscale 7], length 0",
     "192.0.2.1 > 192.51.100.15 icmp 3/3 of 192.51.100.15:36087 > 192.0.2.1:443 tcp ttl 64 (60)"},
    {"IP (tos 0x0, ttl 64, id 154, offset 0, flags [DF], proto ICMP (1), length 64) 198.51.100.1 > "
     "192.51.100.15: ICMP host 192.0.2.1 unreachable, length 44 IP (tos 0x0, ttl 64, id 153, "
     "offset 0, flags [DF], proto ICMP (1), length 36) 192.51.100.15 > 192.0.2.1: ICMP echo "
     "request, id 7, seq 1, length 16",
     "198.51.100.1 > 192.51.100.15 icmp 3/1 of 192.51.100.15 > 192.0.2.1 icmp ttl 64 (36)"},
    {"IP6 (hlim 64, next-header UDP (17) payload length: 47) 2001:db8::15.52444 > 2001:db8::53.53: "
     "[udp sum ok] 35084+ AAAA? yummyrecipesforme.com. (39)",
     "[2001:db8::15]:52444 > [2001:db8::53]:53 udp dns query 35084 type 28 yummyrecipesforme.com "
     "(39)"},
    {"IP6 (hlim 64, next-header ICMPv6 (58) payload length: 95) 2001:db8::53 > 2001:db8::15: "
     "[icmp6 sum ok] ICMP6, destination unreachable, unreachable port, 2001:db8::53 udp port 53",
     "2001:db8::53 > 2001:db8::15 icmp6 1/4 of 2001:db8::15 > [2001:db8::53]:53 udp (87)"},
    {"IP6 (hlim 255, next-header ICMPv6 (58) payload length: 32) 2001:db8::15 > ff02::1:ff00:53: "
     "[icmp6 sum ok] ICMP6, neighbor solicitation, length 32, who has 2001:db8::53",
     "2001:db8::15 > ff02::1:ff00:53 icmp6 135/0 target 2001:db8::53 (24)"},
    {"IP (tos 0x0, ttl 64, id 162, offset 0, flags [+], proto UDP (17), length 44) 192.51.100.15.1 "
     "> 203.0.113.2.2: UDP, length 100",
     "192.51.100.15:1 > 203.0.113.2:2 udp (100) !fragment"},
    {"IP (tos 0x0, ttl 64, id 162, offset 24, flags [none], proto UDP (17), length 40) "
     "192.51.100.15 > 203.0.113.2: ip-proto-17",
     "192.51.100.15 > 203.0.113.2 other !fragment"},
    {"IP6 2001:db8::53 > 2001:db8::15: frag (0|1448) 53 > 46433: 59844*- 1/0/0 AAAA 2001:db8::1 "
     "(1440)",
     "[2001:db8::53]:53 > [2001:db8::15]:46433 udp dns answer 59844 1/0/0 aa = 2001:db8::1 "
     "(1440) !fragment"},
    {"IP6 (flowlabel 0x12345, hlim 57, next-header Fragment (44) payload length: 1456) "
     "2001:db8::53 > 2001:db8::15: frag (0x8b4a3a01:0|1448) 53 > 46433: 59844*- 1/0/0 AAAA "
     "2001:db8::1 (1440)",
     "[2001:db8::53]:53 > [2001:db8::15]:46433 udp dns answer 59844 1/0/0 aa = 2001:db8::1 (1440) "
     "!fragment"},
    {"IP6 2001:db8::53 > 2001:db8::15: frag (1448|61)", "2001:db8::53 > 2001:db8::15 other"},
};
TEST(TcpdumpText, Verbose) { check(kVerbose); }

constexpr Row kVeryVerbose[] = {
    {"IP (tos 0x0, ttl 64, id 101, offset 0, flags [DF], proto UDP (17), length 67) "
     "192.51.100.15.52444 > 203.0.113.2.53: [udp sum ok] 35084+ A? yummyrecipesforme.com. (39)",
     "192.51.100.15:52444 > 203.0.113.2:53 udp dns query 35084 type 1 yummyrecipesforme.com (39)"},
    {"IP (tos 0xc0, ttl 64, id 102, offset 0, flags [none], proto ICMP (1), length 95) 203.0.113.2 "
     "> 192.51.100.15: ICMP 203.0.113.2 udp port 53 unreachable, length 75 IP (tos 0x0, ttl 64, id "
     "101, offset 0, flags [DF], proto UDP (17), length 67) 192.51.100.15.52444 > 203.0.113.2.53: "
     "[udp sum ok] 35084+ A? yummyrecipesforme.com. (39)",
     "203.0.113.2 > 192.51.100.15 icmp 3/3 of 192.51.100.15:52444 > 203.0.113.2:53 udp ttl 64 dns "
     "35084 (67)"},
    {"IP (tos 0x0, ttl 64, id 103, offset 0, flags [DF], proto UDP (17), length 78) "
     "192.51.100.15.52445 > 203.0.113.2.53: [udp sum ok] 1+ [1au] AAAA? yummyrecipesforme.com. ar: "
     ". OPT UDPsize=1232 (50)",
     "192.51.100.15:52445 > 203.0.113.2:53 udp dns query 1 type 28 yummyrecipesforme.com (50)"},
    {"IP (tos 0x0, ttl 64, id 104, offset 0, flags [DF], proto UDP (17), length 83) 203.0.113.2.53 "
     "> 192.51.100.15.52445: [udp sum ok] 1 q: A? yummyrecipesforme.com. 1/0/0 "
     "yummyrecipesforme.com. A 192.0.2.1 (55)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 1 type 1 yummyrecipesforme.com 1/0/0 = "
     "192.0.2.1 (55)"},
    {"IP (tos 0x0, ttl 64, id 106, offset 0, flags [DF], proto UDP (17), length 86) 203.0.113.2.53 "
     "> 192.51.100.15.52445: [udp sum ok] 3 ServFail q: A? yummyrecipesforme.com. 0/0/1 ar: . OPT "
     "UDPsize=1232 [Opt15 00120000] (58)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 3 rcode 2 type 1 yummyrecipesforme.com "
     "0/0/1 ede 18 (58)"},
    {"IP (tos 0x0, ttl 64, id 107, offset 0, flags [DF], proto UDP (17), length 134) "
     "203.0.113.2.53 > 192.51.100.15.52445: [udp sum ok] 4 NXDomain* q: A? yummyrecipesforme.com. "
     "0/1/0 ns: yummyrecipesforme.com. SOA ns.example.com. admin.example.com. 1 2 3 4 5 (106)",
     "203.0.113.2:53 > 192.51.100.15:52445 udp dns answer 4 rcode 3 type 1 yummyrecipesforme.com "
     "0/1/0 aa (106)"},
    {"IP (tos 0x0, ttl 64, id 116, offset 0, flags [DF], proto UDP (17), length 78) "
     "192.51.100.15.52446 > 203.0.113.2.53: [udp sum ok] 13+% [1au] A? yummyrecipesforme.com. ar: "
     ". OPT UDPsize=1232 DO (50)",
     "192.51.100.15:52446 > 203.0.113.2:53 udp dns query 13 type 1 yummyrecipesforme.com (50)"},
    {"IP6 (hlim 64, next-header UDP (17) payload length: 47) 2001:db8::15.52444 > 2001:db8::53.53: "
     "[udp sum ok] 35084+ AAAA? yummyrecipesforme.com. (39)",
     "[2001:db8::15]:52444 > [2001:db8::53]:53 udp dns query 35084 type 28 yummyrecipesforme.com "
     "(39)"},
    {"IP6 (hlim 64, next-header ICMPv6 (58) payload length: 95) 2001:db8::53 > 2001:db8::15: "
     "[icmp6 sum ok] ICMP6, destination unreachable, unreachable port, 2001:db8::53 udp port 53",
     "2001:db8::53 > 2001:db8::15 icmp6 1/4 of 2001:db8::15 > [2001:db8::53]:53 udp (87)"},
};
TEST(TcpdumpText, VeryVerbose) { check(kVeryVerbose); }

constexpr Row kLinkLevel[] = {
    {"02:00:5e:10:00:01 > 02:00:5e:10:00:02, ethertype IPv4 (0x0800), length 81: "
     "192.51.100.15.52444 > 203.0.113.2.53: 35084+ A? yummyrecipesforme.com. (39)",
     "192.51.100.15:52444 > 203.0.113.2:53 udp dns query 35084 type 1 yummyrecipesforme.com (39)"},
    {"02:00:5e:10:00:01 > 02:00:5e:10:00:02, ethertype IPv4 (0x0800), length 109: 203.0.113.2 > "
     "192.51.100.15: ICMP 203.0.113.2 udp port 53 unreachable, length 75",
     "203.0.113.2 > 192.51.100.15 icmp 3/3 of 192.51.100.15 > 203.0.113.2:53 udp (67)"},
    {"02:00:5e:10:00:01 > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Request who-has "
     "192.0.2.1 tell 192.0.2.7, length 28",
     "arp who-has 192.0.2.1 tell 192.0.2.7"},
    {"02:00:5e:10:00:02 > 02:00:5e:10:00:01, ethertype ARP (0x0806), length 42: Reply 192.0.2.1 "
     "is-at 02:00:5e:10:00:02, length 28",
     "arp is-at 192.0.2.1 02:00:5e:10:00:02"},
    {"02:00:5e:10:00:01 > 02:00:5e:10:00:02, ethertype IPv6 (0x86dd), length 101: "
     "2001:db8::15.52444 > 2001:db8::53.53: 35084+ AAAA? yummyrecipesforme.com. (39)",
     "[2001:db8::15]:52444 > [2001:db8::53]:53 udp dns query 35084 type 28 yummyrecipesforme.com "
     "(39)"},
    {"02:00:5e:10:00:01 > 02:00:5e:10:00:02, ethertype 802.1Q (0x8100), length 85: vlan 7, p 0, "
     "ethertype IPv4 (0x0800), 192.51.100.15.52444 > 203.0.113.2.53: 35084+ A? "
     "yummyrecipesforme.com. (39)",
     "192.51.100.15:52444 > 203.0.113.2:53 udp dns query 35084 type 1 yummyrecipesforme.com (39)"},
};
TEST(TcpdumpText, LinkLevel) { check(kLinkLevel); }

constexpr Row kQuiet[] = {
    {"IP 192.51.100.15.52444 > 203.0.113.2.53: UDP, length 39",
     "192.51.100.15:52444 > 203.0.113.2:53 udp (39) !text_terse"},
    {"IP 192.51.100.15.5000 > 203.0.113.2.514: UDP, length 39",
     "192.51.100.15:5000 > 203.0.113.2:514 udp (39)"},
    {"IP 203.0.113.2 > 192.51.100.15: ICMP 203.0.113.2 udp port 53 unreachable, length 75",
     "203.0.113.2 > 192.51.100.15 icmp 3/3 of 192.51.100.15 > 203.0.113.2:53 udp (67)"},
    {"IP 192.51.100.15.36086 > 192.0.2.1.443: tcp 0",
     "192.51.100.15:36086 > 192.0.2.1:443 tcp (0) !text_terse"},
    {"IP 192.51.100.15.36086 > 192.0.2.1.443: tcp 30",
     "192.51.100.15:36086 > 192.0.2.1:443 tcp (30) !text_terse"},
};
TEST(TcpdumpText, Quiet) { check(kQuiet); }

}  // namespace
}  // namespace whydown::packet
