// Whose row it is: the ports of a table's row that shows none.
//
// Wireshark's Info column shows either a segment's ports and numbers, or what an application said
// in it:
//
//    7  192.0.2.7 -> 192.0.2.9  TCP    66  51000 -> 443 [ACK] Seq=1 Ack=1 Win=64256 Len=0
//    8  192.0.2.7 -> 192.0.2.9  TLSv1 583  Client Hello (SNI=www.example.org)
//
// Rows of the second kind belong to a connection of the two addresses that rows of the first kind
// showed; and as a frame's length less that of its headers is its data's, the numbers go on. Where
// several connections are open at once, what begins a conversation belongs to one that nobody spoke
// on yet, and anything else to the one that was heard last, which is no more than likely: then
// nothing may be concluded from what is missing on any of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bounded.h"
#include "journey/limits.h"
#include "journey/table.h"
#include "packet/packet.h"

namespace whydown::journey {

class RowEnds {
 public:
  // A row that shows ports.
  void note(const packet::Packet& row);
  // Of a row without ports: the two ports, the flags every segment with data has, and its numbers
  // where they follow. False where no connection of the two is open. `others` are the client's and
  // the server's ports, as sent by the row, of all connections that it may belong to as well.
  struct Ports {
    std::uint16_t source = 0;
    std::uint16_t destination = 0;
  };
  using Others = base::BoundedVector<Ports, limits::kRowWays>;
  // `was_tls`: the rows of the connection before it were TLS.
  bool resolve(packet::Packet& row, Others& others, bool& was_tls);
  static std::size_t memory_bytes();

 private:
  // One direction of a connection.
  struct Half {
    base::IpAddress address;
    std::uint16_t port = 0;
    std::uint16_t headers = 0;  // bytes of a frame before its data; 0: not known
    std::uint32_t next = 0;     // sequence number, where `knows_next`
    bool knows_next = false;
    bool spoke = false;   // in rows without ports
    bool closed = false;  // FIN
  };
  struct Connection {
    std::array<Half, 2> halves;
    std::uint64_t used = 0;  // row; 0: none
    bool is_reset = false;
    packet::Tongue tongue = packet::Tongue::unknown;  // of the latest row with words
  };

  // The direction of a row within a connection of its two addresses; 2: it is of others.
  static std::size_t direction_of(const Connection& connection, const packet::Packet& row);
  static bool is_open(const Connection& connection, std::size_t from);
  static bool is_fit(const Connection& connection, std::size_t from, const packet::Packet& row);
  Connection* set_of(const packet::Packet& row);
  static void fill(Connection& connection, std::size_t from, packet::Packet& row);

  ZeroedArray<Connection> connections_{limits::kRowSets * limits::kRowWays};
  std::uint64_t rows_ = 0;
};

}  // namespace whydown::journey
