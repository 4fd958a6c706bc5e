#include <cctype>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "packet/packet.h"

namespace whydown::packet {
namespace {

TEST(Words, EveryNoteHasItsOwnIdAndASentence) {
  std::set<std::string> ids;
  for (std::size_t i = 0; i < static_cast<std::size_t>(Note::count_); ++i) {
    const std::string id(note_id(static_cast<Note>(i)));
    const std::string text(note_text(static_cast<Note>(i)));
    EXPECT_TRUE(ids.insert(id).second) << id;
    for (const char c : id) EXPECT_TRUE(c == '_' || std::islower(static_cast<unsigned char>(c)));
    ASSERT_FALSE(text.empty()) << id;
    EXPECT_EQ(text.back(), '.') << id;
    EXPECT_EQ(text.find('\n'), std::string::npos) << id;
  }
  EXPECT_EQ(note_id(Note::truncated_capture), "truncated_capture");
  EXPECT_EQ(note_id(Note::text_repaired), "text_repaired");
  EXPECT_EQ(note_id(Note::count_), "unknown");
}

struct IcmpRow {
  Transport family;
  int type;
  int code;
  const char* words;
};

TEST(Words, Icmp) {
  static constexpr IcmpRow kRows[] = {
      {Transport::icmp, 3, 3, "port unreachable"},
      {Transport::icmp, 3, 1, "host unreachable"},
      {Transport::icmp, 3, 10, "host administratively prohibited"},
      {Transport::icmp, 3, 99, "type 3 code 99"},
      {Transport::icmp, 11, 0, "time to live exceeded in transit"},
      {Transport::icmp, 8, 0, "echo request"},
      {Transport::icmp, 0, 0, "echo reply"},
      {Transport::icmp, 200, 1, "type 200 code 1"},
      {Transport::icmp6, 1, 4, "port unreachable"},
      {Transport::icmp6, 1, 3, "address unreachable"},
      {Transport::icmp6, 3, 0, "hop limit exceeded in transit"},
      {Transport::icmp6, 135, 0, "neighbour solicitation"},
      {Transport::icmp6, 3, 3, "type 3 code 3"},
  };
  for (const IcmpRow& row : kRows) {
    EXPECT_EQ(icmp_words(row.family, static_cast<std::uint8_t>(row.type),
                         static_cast<std::uint8_t>(row.code)),
              row.words);
  }
}

TEST(Words, TcpFlags) {
  EXPECT_EQ(tcp_flag_words(0), "none");
  EXPECT_EQ(tcp_flag_words(tcp_flag::syn), "SYN");
  EXPECT_EQ(tcp_flag_words(tcp_flag::syn | tcp_flag::ack), "SYN, ACK");
  EXPECT_EQ(tcp_flag_words(tcp_flag::rst | tcp_flag::ack), "RST, ACK");
  EXPECT_EQ(tcp_flag_words(0xff), "SYN, FIN, RST, PSH, ACK, URG, ECE, CWR");
}

}  // namespace
}  // namespace whydown::packet
