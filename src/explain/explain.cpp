#include "explain/explain.h"

#include <algorithm>

#include <fmt/format.h>

#include "explain/cite.h"
#include "explain/quic.h"
#include "explain/relation_words.h"
#include "explain/sheet.h"
#include "packet/note.h"

namespace whydown::explain {

using packet::Application;
using packet::Field;
using packet::Network;
using packet::Packet;
using packet::Transport;

const Relation* View::relation(Tie tie) const {
  for (const Relation& relation : relations) {
    if (relation.tie == tie) return &relation;
  }
  return nullptr;
}

std::string_view shown_after(std::string_view words, std::string_view key) {
  for (std::size_t at = words.find(key); at != std::string_view::npos;
       at = words.find(key, at + 1)) {
    // Not the end of another word: "ack 1" in "sack 1".
    if (at > 0 && words[at - 1] != ' ' && words[at - 1] != '[' && words[at - 1] != ',') continue;
    words.remove_prefix(at + key.size());
    return words.substr(0, words.find_first_of(" ,]<>"));
  }
  return {};
}

bool from_client(const Packet& packet) {
  if (packet.application == Application::dns) return !packet.dns.response;
  if (packet.application == Application::dhcp) return !packet.dhcp.is_reply;
  if (packet.transport == Transport::tcp && (packet.tcp.flags & packet::tcp_flag::syn) != 0) {
    return (packet.tcp.flags & packet::tcp_flag::ack) == 0;
  }
  // Services have the lower ports, by custom.
  return packet.destination_port <= packet.source_port;
}

std::string question_name(const View& view) {
  const std::string_view own = view.packet.dns.question_name.view();
  return std::string(own.empty() ? view.story.question() : own);
}

std::uint16_t question_type(const View& view) {
  const std::uint16_t own = view.packet.dns.question_type;
  return own == 0 ? view.story.question_type() : own;
}

namespace {

Dialect dialect_of(const Packet& packet, std::string_view words) {
  if (packet.known.has(Field::bytes)) return Dialect::bytes;
  return words.find('\t') != std::string_view::npos ? Dialect::wireshark : Dialect::tcpdump;
}

// Cells of a table stand apart.
std::string record_words(std::string_view words) {
  std::string out;
  for (const char c : words) {
    if (c == '\t') {
      out += "  ";
    } else {
      out += c;
    }
  }
  return out;
}

// "2026-01-02 13:24:32.192571 UTC (1:24:32 pm)", "3.905993 s after the first packet".
std::string when_words(const Packet& packet, const base::InputInfo& info) {
  if (!packet.has_time) return {};
  const base::Time time = packet.place.time;
  if (!info.clock_known) {
    const double seconds = static_cast<double>(base::ns_of(time)) / 1e9;
    return fmt::format("{:.6f} s since the beginning", seconds);
  }
  std::string out = info.date_known ? base::calendar_date(time) + " " : "";
  out += base::clock_time(time);
  if (info.zone_known) out += " UTC";
  return fmt::format("{} ({})", out, base::clock_time_12h(time));
}

// "4.065142" of "04.065142"
std::string without_zero(std::string seconds) {
  if (seconds.size() > 1 && seconds[0] == '0' && seconds[1] != '.') seconds.erase(0, 1);
  return seconds;
}

void time_item(const Packet& packet, const base::InputInfo& info, Sheet& sheet) {
  if (!packet.has_time || !info.clock_known || sheet.knows(Lesson::time)) return;
  std::string clock = base::clock_time(packet.place.time);
  // "1:24 pm and 32.192571 seconds"
  const std::string twelve = base::clock_time_12h(packet.place.time);
  std::string means = fmt::format(
      "When: {} {} and {} seconds.", twelve.substr(0, twelve.rfind(':')),
      twelve.substr(twelve.find(' ') + 1), without_zero(clock.substr(clock.rfind(':') + 1)));
  if (!info.date_known && !info.zone_known)
    means += " Neither the date nor the time zone is given.";
  if (info.date_known && !info.zone_known) means += " The time zone is not given.";
  if (!info.date_known && info.zone_known) means += " The date is not given.";
  sheet.add(std::move(clock), std::move(means), Lesson::time);
}

void protocol_items(const View& view, Sheet& sheet) {
  const Packet& packet = view.packet;
  switch (packet.transport) {
    case Transport::tcp:
      tcp_items(view, sheet);
      break;
    case Transport::udp:
      if (packet.application != Application::dns) udp_items(view, sheet);
      if (is_quic(view)) quic_items(view, sheet);
      break;
    case Transport::icmp:
    case Transport::icmp6:
      icmp_items(view, sheet);
      break;
    case Transport::none:
    case Transport::other:
      if (packet.network == Network::arp) arp_items(view, sheet);
      break;
  }
  if (packet.application == Application::dns) dns_items(view, sheet);
  if (packet.application == Application::dhcp) dhcp_items(view, sheet);
  for (const packet::NoteAt& note : packet.notes) {
    if (note.note == packet::Note::text_length_impossible) continue;  // said with the length
    sheet.add(packet::is_malformation(note.note) ? "odd" : "note",
              std::string(packet::note_text(note.note)));
  }
}

}  // namespace

void Explainer::input(std::size_t index, const base::InputInfo& info) {
  if (inputs_.size() <= index) inputs_.resize(index + 1);
  inputs_[index] = info;
}

void Explainer::follow(const Packet& packet) {
  story_.follow(packet, relations_);
  closing_.add(packet, relations_, story_);
}

Explanation Explainer::explain(const Packet& packet, std::string_view words) {
  follow(packet);
  const View view{.packet = packet,
                  .words = words,
                  .dialect = dialect_of(packet, words),
                  .book = base::AddressBook(*names_),
                  .story = story_,
                  .relations = relations_};
  const Cite cite(several_);
  if (inputs_.size() <= packet.place.input) inputs_.resize(packet.place.input + std::size_t{1});
  const base::InputInfo& info = inputs_[packet.place.input];
  Explanation out;
  out.place = packet.place;
  out.where = cite(packet.place);
  out.when = when_words(packet, info);
  out.title = title_of(view);
  out.words = record_words(words);
  out.gist = gist_of(view);
  Sheet sheet(out.items, taught_);
  time_item(packet, info, sheet);
  link_items(view, sheet);
  address_items(view, sheet);
  ip_items(view, sheet);
  protocol_items(view, sheet);
  for (const Relation& relation : relations_) {
    std::string sentence = relation_words(relation, cite);
    if (!sentence.empty()) out.before.push_back(std::move(sentence));
  }
  Judgment judgment = judge(view);
  out.grade = judgment.grade;
  out.normal = std::move(judgment.text);
  return out;
}

std::vector<std::string> Explainer::closing(bool whole) const {
  const bool is_log = std::ranges::any_of(inputs_, &base::InputInfo::is_text);
  const bool has_clock = std::ranges::all_of(inputs_, &base::InputInfo::clock_known);
  std::vector<std::string> out =
      closing_.sentences(*names_, Cite(several_), {is_log, has_clock, whole});
  if (story_.given_up() > 0) {
    out.push_back(fmt::format(
        "More went on at the same time than is remembered: {} conversations, queries or the like "
        "were given up, the oldest first. A packet of theirs that came later is explained as if "
        "nothing had come before it.",
        story_.given_up()));
  }
  return out;
}

std::size_t Explainer::memory_bytes() {
  return Story::memory_bytes() + limits::kPatterns * std::size_t{512} + sizeof(Explainer);
}

}  // namespace whydown::explain
