// QUIC datagrams: headers, and what opened Initials hold. A fuzzer finds no keys, so the input is
// also taken as frames that are open already.
#include <cstddef>
#include <cstdint>

#include "packet/quic/initial.h"
#include "packet/testing.h"
#include "packet/tls/tls.h"

using namespace whydown::packet;
using namespace whydown::packet::testing;

namespace {

void read_frames(quic::Bytes plain, quic::HelloBytes& hello) {
  quic::Frame frame;
  while (quic::next_frame(plain, frame)) {
    require(frame.data.size() <= 65535, "a frame lies in its packet", Packet{});
    if (frame.kind == quic::Frame::Kind::crypto) hello.add(frame.offset, frame.data);
  }
  require(hello.front().size() <= quic::HelloBytes::kCapacity, "bounded", Packet{});
  quic::Bytes front = hello.front();
  tls::ClientHello read;
  for (tls::Piece piece; tls::next_message(front, piece);) tls::read_client_hello(piece.body, read);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 65535) return 0;
  static quic::Opener opener;
  static quic::HelloBytes hello;
  hello.clear();
  const quic::Bytes all{data, size};
  quic::Bytes datagram = all;
  quic::Bytes first;
  quic::Header header;
  while (quic::next_packet(datagram, header)) {
    const std::size_t before = static_cast<std::size_t>(header.packet.data() - data);
    require(before + header.packet.size() + datagram.size() <= size, "packets lie in order",
            Packet{});
    require(header.number_at <= header.packet.size(), "the number lies in its packet", Packet{});
    require(header.token.size() <= header.packet.size(), "so does the token", Packet{});
    if (first.empty()) first = header.destination;
    (void)quic::offers(header, quic::kVersion1);
    for (const auto by : {quic::Sender::client, quic::Sender::server}) {
      const quic::Bytes plain = opener.open(header, first, by);
      require(plain.size() <= quic::kMaxInitial, "bounded", Packet{});
      read_frames(plain, hello);
    }
  }
  (void)quic::begins_connection(all, static_cast<std::uint32_t>(size));
  (void)quic::is_of_handshake(all);
  read_frames(all, hello);
  return 0;
}
