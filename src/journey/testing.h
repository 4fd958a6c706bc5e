// Packets by hand for the tests: one line of words per packet, fed to a tracker.
//
//   "0.5 query c1:5000 s1 7 A www.example"       client:port, server, DNS id, type, name
//   "0.6 answer c1:5000 s1 7 A www.example nx"   then: ok nodata nx servfail refused formerr tc
//   "1 syn c1:4000 s1:80"      also synack ack rst fin sdata data crst
//   "1 udp c1:4000 s1:123"     and its answer: sudp
//   "1 icmp port r1 udp c1:5000 s1:53"   from whom; the quoted datagram
//   "1 echo c1 s1 1 2", "1 reply c1 s1 1 2"      identifier, sequence
//   "1 arp c1 s1", "1 arpreply c1 s1", "1 ns c1x s1x", "1 na c1x s1x"
//   "0 discover m1 7", "0 offer m1 s1 7", "0 request m1 7", "0 dhcpack m1 s1 7", "0 nak m1 s1 7",
//   "0 decline m1 7", "0 inform m1 7"      DHCP of the machine with that MAC address and that xid
//   "0 solicit m1 7", "0 advertise m1 s1x 7", "0 request6 m1 7", "0 reply6 m1 s1x 7": the same of
//   IPv6; none: without an address. "0 ra r1x managed", "0 ra r1x auto": a router's advertisement
//   "9 later"                  any other packet, for its time
// Options at the end: text, notime, noquote, mac=, ttl=, ip=, in=, seq=, ack=, len=, quoteid=,
// quoteip= (IP id of the quoted UDP datagram), opcode=, cd=.
// Of TCP: stamped (with the timestamps option).
// Of ARP: by=3 (the sender's MAC address is m3), vrrp, for=3 (the frame goes to m3).
// Of DHCP: from=c1 to=s1 (a renewal), take=s1 (the server whose offer is taken up), relay=r1,
// untyped, nomac, noid. Hosts: c1..c9 clients, s1..s9 servers, r1..r9 routers; with x behind the
// same in IPv6.
#pragma once

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "journey/journey.h"

namespace whydown::journey::testing {

class Recorder final : public Sink {
 public:
  void attempt(const Outline& outline, const Packets& packets) override {
    Attempt& attempt = attempts.emplace_back();
    static_cast<Outline&>(attempt) = outline;
    packets.show(attempt);
    // The outline repeats what the packets say.
    Attempt completed = attempt;
    completed.complete_outline();
    EXPECT_EQ(outline.question.name, completed.question.name);
    EXPECT_EQ(outline.question.type, completed.question.type);
    EXPECT_EQ(outline.question.is_set, completed.question.is_set);
    EXPECT_EQ(outline.question.checking_disabled, completed.question.checking_disabled);
    EXPECT_EQ(outline.decided_by, completed.decided_by);
    EXPECT_EQ(outline.extended_error, completed.extended_error);
    EXPECT_EQ(outline.code, completed.code);
    EXPECT_EQ(outline.input, completed.input);
    EXPECT_EQ(outline.number, completed.number);
  }
  void observation(const Observation& observation) override { observations.push_back(observation); }
  std::vector<Attempt> attempts;
  std::vector<Observation> observations;
};

inline base::IpAddress host(const std::string& name) {
  if (name == "all") return base::IpAddress::v4(0xffffffff);
  const std::string group = name.substr(0, 1);
  if (group == "m")
    return base::IpAddress::mac({{2, 0, 0, 0, 0, static_cast<std::uint8_t>(name.back() - '0')}});
  const auto number = static_cast<std::uint32_t>(std::atoi(name.c_str() + 1));
  const std::uint32_t net = group == "c" ? 0xc0000200 : group == "s" ? 0xcb007100 : 0xc6336400;
  if (name.back() != 'x') return base::IpAddress::v4(net + number);
  const std::string text = "2001:db8:" + group + "::" + std::to_string(number);
  return *base::IpAddress::parse(group == "c" ? text
                                              : "2001:db8:" + std::to_string(net >> 24U) +
                                                    "::" + std::to_string(number));
}

inline std::string host_name(const base::IpAddress& address) {
  if (address.is_broadcast()) return "all";
  for (const char* group : {"c", "s", "r", "m"}) {
    for (int i = 1; i < 10; ++i) {
      for (const char* family : {"", "x"}) {
        const std::string name = group + std::to_string(i) + family;
        if (host(name) == address) return name;
      }
    }
  }
  return address.to_string();
}

// One line of a script as a packet.
class Builder {
 public:
  packet::Packet build(const std::string& line) {
    std::istringstream words{line};
    std::vector<std::string> all;
    for (std::string word; words >> word;) all.push_back(word);
    options_.clear();
    words_.clear();
    for (const std::string& word : all) {
      const std::size_t equals = word.find('=');
      if (equals != std::string::npos) {
        options_[word.substr(0, equals)] = word.substr(equals + 1);
      } else if (word == "text" || word == "notime" || word == "noquote" || word == "untyped" ||
                 word == "vrrp" || word == "nomac" || word == "noid" || word == "noaddress" ||
                 word == "nothing" || word == "stamped" || word == "line" || word == "row" ||
                 word == "odd") {
        options_[word] = "1";
      } else {
        words_.push_back(word);
      }
    }
    packet_ = packet::Packet{};
    packet_.place.number = ++number_;
    packet_.place.time =
        base::time_from_ns(static_cast<std::int64_t>(std::stod(words_.at(0)) * 1e9 + 0.5) + kStart);
    packet_.place.input = static_cast<std::uint16_t>(option("in", 0));
    packet_.has_time = option("notime", 0) == 0;
    fill(words_.at(1));
    if (!is_words()) known(packet::Field::bytes);
    return packet_;
  }
  static constexpr std::int64_t kStart = 1'700'000'000'000'000'000;

 private:
  using Field = packet::Field;
  using Transport = packet::Transport;

  std::uint64_t option(const std::string& name, std::uint64_t otherwise) const {
    const auto found = options_.find(name);
    return found == options_.end() ? otherwise : std::stoull(found->second);
  }
  bool is_words() const {
    return options_.contains("text") || options_.contains("line") || options_.contains("row");
  }
  void known(Field field) { packet_.known.set(field); }
  const std::string& word(std::size_t i) const { return words_.at(i); }
  static std::uint16_t small(const std::string& text) {
    return static_cast<std::uint16_t>(std::stoul(text));
  }
  static std::pair<base::IpAddress, std::uint16_t> end(const std::string& text,
                                                       std::uint16_t otherwise) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) return {host(text), otherwise};
    return {host(text.substr(0, colon)), small(text.substr(colon + 1))};
  }

  void ip(const base::IpAddress& source, const base::IpAddress& destination, Transport transport) {
    const bool v6 = source.kind() == base::AddressKind::v6;
    packet_.network = v6 ? packet::Network::ipv6 : packet::Network::ipv4;
    packet_.transport = transport;
    packet_.ip.source = source;
    packet_.ip.destination = destination;
    if (is_words() && !options_.contains("ttl")) return;
    packet_.ip.ttl = static_cast<std::uint8_t>(option("ttl", 64));
    packet_.ip.id = static_cast<std::uint32_t>(option("ip", v6 ? 0 : 100 + number_));
    known(Field::ttl);
    if (options_.contains("mac")) {
      known(Field::mac);
      packet_.link.source = {{2, 0, 0, 0, 0, static_cast<std::uint8_t>(option("mac", 0))}};
    }
    if (!v6) known(Field::ip_id);
  }
  // words 2 and 3 are client and server; `reply` turns them round.
  void ports(Transport transport, bool reply, std::uint16_t default_port) {
    const auto [client, client_port] = end(word(2), 0);
    const auto [server, server_port] = end(word(3), default_port);
    ip(reply ? server : client, reply ? client : server, transport);
    packet_.source_port = reply ? server_port : client_port;
    packet_.destination_port = reply ? client_port : server_port;
    packet_.payload_length = static_cast<std::uint32_t>(option("len", 0));
    known(Field::payload_length);
    if (options_.contains("data")) data(static_cast<std::size_t>(option("data", 0)));
  }
  // Bytes that differ by the number.
  void data(std::size_t number) {
    static const std::array<std::string, 6> kData{
        "abc",       "request 1", "request 2",
        "request 3", "request 4", std::string{"\0\1\0\0\x21\x12\xa4\x42transaction", 19}};
    const std::string& bytes = kData.at(number);
    packet_.payload = {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
    packet_.payload_length = static_cast<std::uint32_t>(bytes.size());
  }

  static const std::map<std::string, packet::dhcp::Type>& dhcp_types() {
    using packet::dhcp::Type;
    static const std::map<std::string, Type> kTypes{
        {"discover", Type::discover}, {"offer", Type::offer},  {"request", Type::request},
        {"decline", Type::decline},   {"dhcpack", Type::ack},  {"nak", Type::nak},
        {"release", Type::release},   {"inform", Type::inform}};
    return kTypes;
  }

  void dhcp(packet::dhcp::Type type) {
    using packet::dhcp::Type;
    const bool reply = type == Type::offer || type == Type::ack || type == Type::nak;
    const auto named = [&](const char* name, const base::IpAddress& otherwise) {
      return options_.contains(name) ? host(options_.at(name)) : otherwise;
    };
    const base::IpAddress all = base::IpAddress::v4(0xffffffff);
    const base::IpAddress relay = named("relay", {});
    const base::IpAddress source = reply ? host(word(3)) : named("from", base::IpAddress::v4(0));
    ip(relay.is_known() && !reply ? relay : source,
       relay.is_known() && reply ? relay : named("to", all), Transport::udp);
    packet_.source_port = reply || relay.is_known() ? 67 : 68;
    packet_.destination_port = reply && !relay.is_known() ? 68 : 67;
    packet_.application = packet::Application::dhcp;
    packet::dhcp::Message& message = packet_.dhcp;
    message.is_reply = reply;
    message.relay = relay;
    if (!options_.contains("untyped")) message.type = type;
    if (!options_.contains("nomac")) message.client = host(word(2)).mac_value();
    message.has_id = !options_.contains("noid");
    if (message.has_id) message.id = small(word(reply ? 4 : 3));
    if (type == Type::offer || (type == Type::ack && !options_.contains("noaddress"))) {
      message.yours = host("c9");
    }
    if (type == Type::decline) message.requested = host("c9");
    if (reply) message.server = host(word(3));
    if (options_.contains("take")) message.server = host(options_.at("take"));
  }

  void dhcp6(const std::string& kind) {
    using packet::dhcp::Type;
    static const std::map<std::string, Type> kTypes{{"solicit", Type::discover},
                                                    {"advertise", Type::offer},
                                                    {"request6", Type::request},
                                                    {"reply6", Type::ack},
                                                    {"refuse6", Type::nak}};
    const bool reply = kind != "solicit" && kind != "request6";
    const bool none = options_.contains("nothing");
    const base::IpAddress own = *base::IpAddress::parse("fe80::" + word(2).substr(1));
    ip(reply ? host(word(3)) : own, reply ? own : *base::IpAddress::parse("ff02::1:2"),
       Transport::udp);
    packet_.source_port = reply ? 547 : 546;
    packet_.destination_port = reply ? 546 : 547;
    packet_.application = packet::Application::dhcp;
    packet::dhcp::Message& message = packet_.dhcp;
    message.is_v6 = true;
    message.is_reply = reply;
    message.type = none && kind == "reply6" ? Type::offer : kTypes.at(kind);
    message.client = host(word(2)).mac_value();
    message.has_id = true;
    message.id = small(word(reply ? 4 : 3));
    if (reply) message.server = host(word(3));
    if (reply && none) message.reason = packet::dhcp::Reason::not_available;
    if (reply && !none && kind != "refuse6") message.yours = host("c9x");
  }

  // Without options but one prefix, of which machines make addresses themselves where it says so.
  void advertisement() {
    static const std::array<std::uint8_t, 40> kAuto{0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 64, 0xc0};
    static const std::array<std::uint8_t, 40> kManaged{0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 64, 0x80};
    ip(host(word(2)), *base::IpAddress::parse("ff02::1"), Transport::icmp6);
    packet_.icmp.type = 134;
    const bool managed = word(3) != "auto";
    packet_.icmp.identifier = static_cast<std::uint16_t>(0x4000 | (managed ? 0x80 : 0));
    packet_.payload = word(3) == "managed" ? kManaged : kAuto;
    packet_.payload_length = 40;
  }

  void fill(const std::string& kind) {
    if (const auto type = dhcp_types().find(kind); type != dhcp_types().end()) {
      dhcp(type->second);
      return;
    }
    if (kind == "query" || kind == "answer") {
      dns(kind == "answer", Transport::udp);
    } else if (kind == "tquery" || kind == "tanswer") {
      dns(kind == "tanswer", Transport::tcp);
    } else if (kind == "udp" || kind == "sudp") {
      ports(Transport::udp, kind == "sudp", 0);
    } else if (kind == "solicit" || kind == "advertise" || kind == "request6" || kind == "reply6" ||
               kind == "refuse6") {
      dhcp6(kind);
    } else if (kind == "ra") {
      advertisement();
    } else if (kind == "icmp") {
      icmp();
    } else if (kind == "echo" || kind == "reply") {
      echo(kind == "reply");
    } else if (kind == "arp" || kind == "arpreply") {
      arp(kind == "arpreply");
    } else if (kind == "ns" || kind == "na") {
      discovery(kind == "na");
    } else if (kind == "later") {
      ip(host("r9"), base::IpAddress::v4(0xe00000fb), Transport::udp);
      packet_.source_port = packet_.destination_port = 5353;
    } else {
      tcp(kind);
    }
  }

  void tcp(const std::string& kind) {
    namespace flag = packet::tcp_flag;
    static const std::map<std::string, std::pair<bool, int>> kKinds{
        {"syn", {false, flag::syn}},
        {"synack", {true, flag::syn | flag::ack}},
        {"ack", {false, flag::ack}},
        {"sack", {true, flag::ack}},
        {"data", {false, flag::ack | flag::psh}},
        {"sdata", {true, flag::ack | flag::psh}},
        {"rst", {true, flag::rst | flag::ack}},
        {"crst", {false, flag::rst}},
        {"fin", {false, flag::fin | flag::ack}},
        {"sfin", {true, flag::fin | flag::ack}}};
    const auto [reply, flags] = kKinds.at(kind);
    ports(Transport::tcp, reply, 80);
    packet_.tcp.flags = static_cast<std::uint8_t>(flags);
    packet_.tcp.window = static_cast<std::uint16_t>(option("win", 500));
    packet_.tcp.has_timestamps = options_.contains("stamped");
    if (option("nopush", 0) != 0) packet_.tcp.flags &= static_cast<std::uint8_t>(~flag::psh);
    if (!options_.contains("seq") && !options_.contains("ack")) return;
    // A line of tcpdump, a row of Wireshark's table.
    if (options_.contains("line") || options_.contains("row")) known(Field::tcp_told);
    packet_.tcp.is_remarked = options_.contains("odd");
    if (!options_.contains("line") || (flags & flag::syn) != 0) known(Field::tcp_sequence);
    packet_.tcp.sequence = static_cast<std::uint32_t>(option("seq", 0));
    packet_.tcp.acknowledgment = static_cast<std::uint32_t>(option("ack", 0));
  }

  static std::uint16_t type_of(const std::string& name) {
    static const std::map<std::string, std::uint16_t> kTypes{
        {"-", 0},    {"A", 1},     {"SOA", 6},  {"PTR", 12},  {"MX", 15},
        {"TXT", 16}, {"AAAA", 28}, {"SRV", 33}, {"HTTPS", 65}};
    return kTypes.at(name);
  }

  void dns(bool answer, Transport transport) {
    ports(transport, answer, 53);
    packet_.application = packet::Application::dns;
    known(Field::dns_id);
    packet::dns::Message& message = packet_.dns;
    message.response = answer;
    message.over_tcp = transport == Transport::tcp;
    if (transport == Transport::tcp) packet_.tcp.flags = packet::tcp_flag::ack;
    message.id = small(word(4));
    message.opcode = static_cast<std::uint8_t>(option("opcode", 0));
    message.checking_disabled = option("cd", 0) != 0;
    message.question_type = type_of(word(5));
    if (word(6) != "-") message.set_question_name(word(6));
    if (!answer) return;
    static const std::map<std::string, int> kRcodes{{"ok", 0},      {"nodata", 0},   {"tc", 0},
                                                    {"formerr", 1}, {"servfail", 2}, {"nx", 3},
                                                    {"refused", 5}, {"yxdomain", 6}};
    message.rcode = static_cast<packet::dns::Rcode>(kRcodes.at(word(7)));
    message.truncated = word(7) == "tc";
    message.recursion_available = option("ra", 0) != 0;
    if (word(7) != "ok") return;
    known(Field::dns_sections);
    for (std::size_t i = 8; i < std::max<std::size_t>(words_.size(), 9); ++i) {
      packet::dns::Record record;
      record.type = message.question_type;
      record.address = host(i < words_.size() ? words_[i] : "s9");
      message.records.push_back(record);
      ++message.answer_count;
    }
  }

  void icmp() {
    struct Code {
      std::uint8_t v4_type, v4_code, v6_type, v6_code;
    };
    static const std::map<std::string, Code> kCodes{
        {"port", {3, 3, 1, 4}},       {"net", {3, 0, 1, 0}},      {"host", {3, 1, 1, 3}},
        {"admin", {3, 13, 1, 1}},     {"ttl", {11, 0, 3, 0}},     {"frag", {3, 4, 2, 0}},
        {"redirect", {5, 1, 137, 0}}, {"protocol", {3, 2, 4, 1}}, {"pieces", {11, 1, 3, 1}}};
    const Code code = kCodes.at(word(2));
    const auto [client, client_port] = end(word(5), 0);
    const auto [server, server_port] = end(word(6), 0);
    const bool v6 = client.kind() == base::AddressKind::v6;
    ip(host(word(3)), client, v6 ? Transport::icmp6 : Transport::icmp);
    packet_.icmp.type = v6 ? code.v6_type : code.v4_type;
    packet_.icmp.code = v6 ? code.v6_code : code.v4_code;
    packet::Quoted& quoted = packet_.icmp.quoted;
    quoted.ip.source = client;
    quoted.ip.destination = server;
    quoted.source_port = client_port;
    quoted.destination_port = server_port;
    static const std::map<std::string, Transport> kTransports{{"udp", Transport::udp},
                                                              {"tcp", Transport::tcp},
                                                              {"icmp", Transport::icmp},
                                                              {"any", Transport::none}};
    quoted.transport = kTransports.at(word(4));
    if (options_.contains("noquote")) return;
    known(Field::quote);
    if (client_port != 0) known(Field::quote_source_port);
    if (options_.contains("quoteip")) {
      known(Field::quote_header);
      quoted.ip.id = static_cast<std::uint32_t>(option("quoteip", 0));
      quoted.ip.protocol = 17;
    }
    if (options_.contains("quoteid")) {
      quoted.has_dns_id = true;
      quoted.dns_id = static_cast<std::uint16_t>(option("quoteid", 0));
    }
  }

  void echo(bool reply) {
    const base::IpAddress client = host(word(2));
    const base::IpAddress server = host(word(3));
    const bool v6 = client.kind() == base::AddressKind::v6;
    ip(reply ? server : client, reply ? client : server, v6 ? Transport::icmp6 : Transport::icmp);
    packet_.icmp.type = static_cast<std::uint8_t>(v6 ? (reply ? 129 : 128) : (reply ? 0 : 8));
    packet_.icmp.identifier = small(word(4));
    packet_.icmp.sequence = small(word(5));
  }

  void arp(bool reply) {
    packet_.network = packet::Network::arp;
    packet_.arp.operation = reply ? 2 : 1;
    const base::IpAddress asker = word(2) == "zero"   ? base::IpAddress::v4(0)
                                  : word(2) == "none" ? base::IpAddress{}
                                                      : host(word(2));
    packet_.arp.sender = reply ? host(word(3)) : asker;
    packet_.arp.target = reply ? asker : host(word(3));
    if (options_.contains("by")) packet_.arp.sender_mac = host("m" + options_.at("by")).mac_value();
    if (options_.contains("for")) {
      known(Field::mac);
      packet_.link.destination = host("m" + options_.at("for")).mac_value();
    }
    if (options_.contains("vrrp")) packet_.arp.sender_mac = {{0, 0, 0x5e, 0, 1, 7}};
  }

  void discovery(bool reply) {
    const base::IpAddress asker = word(2) == "none" ? base::IpAddress{} : host(word(2));
    ip(reply ? host(word(3)) : asker, reply ? asker : host(word(3)), Transport::icmp6);
    packet_.network = packet::Network::ipv6;
    packet_.icmp.type = reply ? 136 : 135;
    packet_.icmp.target = host(word(3));
  }

  std::uint64_t number_ = 0;
  std::vector<std::string> words_;
  std::map<std::string, std::string> options_;
  packet::Packet packet_;
};

// "dns c1>s1:53/udp refused port_unreachable tries=1 healed"
inline std::string summary(const Attempt& attempt) {
  std::string text{protocol_id(attempt.service.protocol)};
  text += " " + host_name(attempt.client) + ">" + host_name(attempt.service.server);
  text += ":" + std::to_string(attempt.service.port);
  text += attempt.service.transport == packet::Transport::tcp   ? "/tcp "
          : attempt.service.transport == packet::Transport::udp ? "/udp "
                                                                : " ";
  text += std::string{outcome_id(attempt.outcome)} + " " + std::string{symptom_id(attempt.symptom)};
  text += " " + std::to_string(attempt.tries);
  if (attempt.healed) text += " healed";
  if (attempt.answered_by_other_server) text += " other";
  if (attempt.is_noise) text += " noise";
  if (attempt.open_at_end) text += " open";
  if (!attempt.request_seen) text += " unseen";
  if (attempt.mid_stream) text += " mid";
  if (attempt.half_open) text += " half";
  if (attempt.is_probe) text += " probe";
  return text;
}

// A row of a table of scripts: what is told of one.
struct Row {
  const char* what;
  std::vector<std::string> script;
  std::vector<std::string> attempts;
  std::vector<std::string> observations = {};
};
inline void PrintTo(const Row& row, std::ostream* out) { *out << row.what; }

struct Played {
  std::vector<Attempt> attempts;
  std::vector<std::string> lines;         // summaries, in the order of the first packet
  std::vector<std::string> observations;  // "late_answer c1>s1"
  Totals totals;
};

inline Played play(const std::vector<std::string>& script) {
  Recorder recorder;
  base::Interner names{{.names = 1024, .bytes = 65536}};
  Tracker tracker{recorder, names};
  Builder builder;
  for (const std::string& line : script) tracker.packet(builder.build(line));
  tracker.finish();
  Played played;
  played.attempts = recorder.attempts;
  // Of attempts that begin with one packet, the flow seen in mid-stream comes last.
  const auto place = [](const Attempt& attempt) {
    const Digest& first = attempt.request.is_set() ? attempt.request : attempt.answer;
    return std::pair{first.place.number, attempt.mid_stream};
  };
  std::ranges::sort(played.attempts, {}, place);
  for (const Attempt& attempt : played.attempts) played.lines.push_back(summary(attempt));
  static constexpr const char* kSigns[] = {
      "late_answer_rejected", "late_answer",    "duplicate_frame",  "acked_unseen_segment",
      "second_answer",        "server_heard",   "data_unasked",     "data_answered",
      "data_missing",         "nothing_sent",   "reset_ignored",    "lost_before",
      "lost_behind",          "lost_upload",    "lost_download",    "server_shut",
      "client_shut",          "hidden_hole",    "large_passed",     "after_pause",
      "server_stuck",         "joined_answer",  "first_piece_only", "pieces_lost",
      "routed_round",         "switched_round", "probe_passed",     "portal_announced"};
  for (const Observation& observation : recorder.observations) {
    played.observations.push_back(std::string{kSigns[static_cast<int>(observation.sign)]} + " " +
                                  host_name(observation.client) + ">" +
                                  host_name(observation.service.server));
    // Of connections: which packet it is.
    if (observation.sign >= Sign::server_heard)
      played.observations.back() += " " + std::to_string(observation.packet.place.number);
  }
  played.totals = tracker.totals();
  return played;
}

}  // namespace whydown::journey::testing
