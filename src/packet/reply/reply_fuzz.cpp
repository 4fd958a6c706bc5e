// Lines, replies and verbs of every dialect.
#include <cstddef>
#include <cstdint>
#include <span>

#include "packet/reply/reply.h"
#include "packet/testing.h"

using namespace whydown::packet;
using namespace whydown::packet::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 60000) return 0;
  const Bytes bytes(data, data + size);
  (void)reply::dialect_of(bytes);
  std::span<const std::uint8_t> rest = bytes;
  reply::Line line;
  while (reply::read_line(rest, line)) {
    require(line.taken <= rest.size() && line.text.size() < line.taken, "a line ends", Packet{});
    for (unsigned i = 0; i <= static_cast<unsigned>(reply::Dialect::ssh); ++i) {
      const auto dialect = static_cast<reply::Dialect>(i);
      const reply::Reply reply = reply::read_reply(dialect, line.text);
      require(reply.code < 600 && reply.text.size() <= line.text.size(), "codes are codes",
              Packet{});
      (void)reply::read_verb(dialect, line.text);
    }
    (void)reply::dialect_of_command(line.text);
    (void)reply::dialect_of_greeting(line.text);
    rest = rest.subspan(line.taken);
  }
  return 0;
}
