// Internal to explain/: one packet's page while it is being written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.h"
#include "explain/explain.h"

namespace whydown::explain {

// How the packet's fields are written where the reader has it from.
enum class Dialect : std::uint8_t { bytes, tcpdump, wireshark };

struct View {
  const packet::Packet& packet;
  std::string_view words;  // of the text record
  Dialect dialect = Dialect::bytes;
  base::AddressBook book;
  const Story& story;
  const Relations& relations;

  bool knows(packet::Field field) const { return packet.known.has(field); }
  bool is_bytes() const { return dialect == Dialect::bytes; }
  // The addresses as people write them; ARP's where there is no IP.
  std::string source() const { return book.text(packet.ip.source); }
  std::string destination() const { return book.text(packet.ip.destination); }
  const Relation* relation(Tie tie) const;
};

class Sheet {
 public:
  Sheet(std::vector<Item>& items, Taught& taught) : items_(items), taught_(taught) {}

  void add(std::string shows, std::string means) {
    items_.push_back({std::move(shows), std::move(means)});
  }
  // The lesson follows when it has not been given before.
  void add(std::string shows, std::string means, Lesson lesson) {
    teach(means, lesson);
    add(std::move(shows), std::move(means));
  }
  void teach(std::string& means, Lesson lesson) {
    const auto index = static_cast<std::size_t>(lesson);
    if (!taught_[index]) means.append(means.empty() ? "" : " ").append(lesson_text(lesson));
    taught_.set(index);
  }
  bool knows(Lesson lesson) const { return taught_[static_cast<std::size_t>(lesson)]; }

 private:
  std::vector<Item>& items_;
  Taught& taught_;
};

// Each adds the items of its layer.
void link_items(const View& view, Sheet& sheet);
void address_items(const View& view, Sheet& sheet);
void ip_items(const View& view, Sheet& sheet);
void arp_items(const View& view, Sheet& sheet);
void tcp_items(const View& view, Sheet& sheet);
void udp_items(const View& view, Sheet& sheet);
void dns_items(const View& view, Sheet& sheet);
void dhcp_items(const View& view, Sheet& sheet);
void icmp_items(const View& view, Sheet& sheet);

// "destination unreachable, port unreachable"
std::string icmp_title(const packet::Packet& packet);
// "DNS query over TCP"
std::string title_of(const View& view);
// One sentence: who says what to whom.
std::string gist_of(const View& view);

struct Judgment {
  Grade grade = Grade::unknown;
  std::string text;
};
Judgment judge(const View& view);

// Whether the packet's sender is the side that asks: by its ports, or its DNS flag.
bool from_client(const packet::Packet& packet);
// The word after `key` in the record, up to a blank, comma or bracket; empty where it is not shown.
std::string_view shown_after(std::string_view words, std::string_view key);
// The question: the message's own, or of the query it answers. Either may be empty.
std::string question_name(const View& view);
std::uint16_t question_type(const View& view);

}  // namespace whydown::explain
