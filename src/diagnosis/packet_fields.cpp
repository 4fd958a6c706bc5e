#include "diagnosis/packet_fields.h"

#include <utility>

#include <fmt/core.h>

namespace whydown::diagnosis {

namespace {

using evidence::Digest;
using journey::Kind;
using packet::Field;
using packet::Transport;

class FieldList {
 public:
  FieldList(const Digest& digest, const base::Interner& names)
      : digest_(digest), names_(names), book_(names) {}

  std::vector<PacketField> all() {
    add("sender", end(digest_.source, digest_.source_port));
    add("receiver", end(digest_.destination, digest_.destination_port));
    add_ip();
    if (digest_.transport == Transport::tcp) add_tcp();
    if (digest_.kind == Kind::dns_query || digest_.kind == Kind::dns_answer) add_dns();
    if (digest_.kind == Kind::icmp_error) add_icmp_error();
    if (digest_.kind == Kind::icmp_echo_request || digest_.kind == Kind::icmp_echo_reply) {
      add("ICMP id", std::to_string(digest_.icmp_identifier));
      add("ICMP sequence", std::to_string(digest_.icmp_sequence));
    }
    add_application();
    if (is_neighbour()) add("address asked for", book_.text(digest_.quoted_destination));
    if (digest_.known.has(Field::payload_length)) {
      add("payload", fmt::format("{} bytes", digest_.payload_length));
    }
    return std::move(out_);
  }

 private:
  void add(const char* name, std::string value) { out_.push_back({name, std::move(value)}); }
  std::string end(const base::IpAddress& address, std::uint16_t port) const {
    return port == 0 ? book_.text(address) : book_.endpoint(address, port);
  }
  bool is_neighbour() const {
    return digest_.kind == Kind::arp_request || digest_.kind == Kind::arp_reply ||
           digest_.kind == Kind::nd_solicitation || digest_.kind == Kind::nd_advertisement;
  }
  void add_ip() {
    const packet::Fields& known = digest_.known;
    if (known.has(Field::ttl)) add("TTL", std::to_string(digest_.ttl));
    if (known.has(Field::tos)) add("TOS", fmt::format("0x{:02x}", digest_.tos));
    if (known.has(Field::ip_id)) add("IP id", std::to_string(digest_.ip_id));
    if (known.has(Field::dont_fragment)) add("DF", digest_.dont_fragment ? "set" : "clear");
  }
  void add_tcp() { add("TCP flags", packet::tcp_flag_words(digest_.tcp_flags)); }
  void add_dns() {
    if (digest_.known.has(Field::dns_id)) add("DNS id", std::to_string(digest_.dns_id));
    const std::string name = names_.shown(digest_.name);
    if (!name.empty()) add("name asked for", name);
    if (digest_.kind != Kind::dns_answer) return;
    add("rcode", std::to_string(digest_.dns_rcode));
    add("records", std::to_string(digest_.dns_answers));
    add("AA", digest_.authoritative ? "set" : "clear");
    if (digest_.dns_truncated) add("TC", "set");
    if (digest_.extended_error != 0) {
      add("extended error", std::to_string(digest_.extended_error - 1));
    }
  }
  void add_application() {
    const bool request = digest_.kind == Kind::http_request;
    if (request) {
      const std::string host = names_.shown(digest_.name);
      const std::string path = names_.shown_path(digest_.target);
      add("method", std::string(journey::method_of(digest_)));
      if (!host.empty()) add("host", host);
      if (!path.empty()) add("path", path);
    }
    if (digest_.kind == Kind::http_answer) add("status", std::to_string(digest_.code));
    if (digest_.kind == Kind::reply && digest_.code != 0) {
      add("reply code", std::to_string(digest_.code));
    }
    if (digest_.kind == Kind::ntp_answer) add("stratum", std::to_string(digest_.code));
  }
  void add_icmp_error() {
    add("ICMP type", std::to_string(digest_.icmp_type));
    add("ICMP code", std::to_string(digest_.icmp_code));
    if (digest_.quoted_source.is_known()) {
      add("quoted sender", end(digest_.quoted_source, digest_.quoted_source_port));
    }
    if (digest_.quoted_destination.is_known()) {
      add("quoted receiver", end(digest_.quoted_destination, digest_.quoted_destination_port));
    }
    if (digest_.known.has(Field::quote_header)) {
      add("quoted TTL", std::to_string(digest_.quoted_ttl));
    }
  }

  const Digest& digest_;
  const base::Interner& names_;
  base::AddressBook book_;
  std::vector<PacketField> out_;
};

}  // namespace

std::vector<PacketField> packet_fields(const Digest& digest, const base::Interner& names) {
  return FieldList(digest, names).all();
}

}  // namespace whydown::diagnosis
