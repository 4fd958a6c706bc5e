// QUIC (RFC 9000), as far as a single packet shows it: the fields of long headers, and of a
// client's first packet the name that it asks for.
#include <memory>

#include <fmt/format.h>

#include "base/cursor.h"
#include "explain/quic.h"
#include "packet/quic/initial.h"
#include "packet/tls/tls.h"

namespace whydown::explain {

namespace quic = packet::quic;
namespace tls = packet::tls;
using packet::Packet;

namespace {

constexpr std::uint16_t kPort = 443;

// A Version Negotiation has nothing that marks it but a version of zero; so the port has to tell.
bool is_negotiation(const Packet& packet, const quic::Header& header) {
  return header.type == quic::Type::version_negotiation && header.versions.size() >= 4 &&
         packet.source_port == kPort;
}

bool is_meant(const Packet& packet, const quic::Header& header) {
  if (header.type == quic::Type::version_negotiation) return is_negotiation(packet, header);
  return header.type != quic::Type::unknown || quic::is_reserved(header.version);
}

std::string_view type_meaning(quic::Type type) {
  switch (type) {
    case quic::Type::initial:
      return "The first packets of a connection: they carry the beginning of the TLS handshake. "
             "They are encrypted, but with keys that follow from the connection id, so that "
             "anybody "
             "can read them.";
    case quic::Type::zero_rtt:
      return "Data sent along with the first packet, by a client that was here before. Encrypted.";
    case quic::Type::handshake:
      return "The rest of the TLS handshake. Encrypted: what it says cannot be read here.";
    case quic::Type::retry:
      return "The server has the client come again with a token, to be sure of its address. Normal "
             "under load.";
    case quic::Type::version_negotiation:
      return "The server does not speak the client's version of QUIC and lists its own.";
    case quic::Type::unknown:
      break;
  }
  return "A version on purpose unknown, to be told which versions there are.";
}

std::string digits(quic::Bytes bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

void id_items(const quic::Header& header, Sheet& sheet) {
  if (!header.destination.empty()) {
    sheet.add("DCID " + digits(header.destination),
              "Destination connection id: by it the receiver knows the connection, whatever the "
              "addresses.");
  }
  if (!header.source.empty()) {
    sheet.add("SCID " + digits(header.source),
              "Source connection id: how the sender wants to be addressed from now on.");
  }
}

void version_items(const quic::Header& header, Sheet& sheet) {
  if (header.type != quic::Type::version_negotiation) {
    sheet.add("version " + quic::version_name(header.version), "The version of QUIC.");
    return;
  }
  std::string list;
  constexpr std::size_t listed = 8;
  quic::Bytes rest = header.versions;
  for (std::size_t i = 0; i < listed && rest.size() >= 4; ++i, rest = rest.subspan(4)) {
    const std::uint32_t version = base::load_be32(rest.data());
    list += (list.empty() ? "" : ", ") + quic::version_name(version);
  }
  sheet.add("versions " + list, "What the server speaks; odd ones are there for practice only.");
}

void packet_items(const quic::Header& header, Sheet& sheet) {
  sheet.add(fmt::format("QUIC {}", quic::type_name(header.type)),
            std::string(type_meaning(header.type)));
  version_items(header, sheet);
  id_items(header, sheet);
  if (!header.token.empty()) {
    sheet.add(fmt::format("token, {} bytes", header.token.size()),
              "Given by the server before: it proves that the client can be reached.");
  }
  if (header.length != 0) {
    sheet.add(fmt::format("length {}", header.length),
              "Bytes of this QUIC packet from its number on; more packets may follow in the same "
              "datagram.");
  }
}

}  // namespace

// Empty where the ClientHello is not all in this packet, or cannot be read.
std::string quic_name(const View& view) {
  quic::Bytes datagram = view.packet.payload;
  if (!quic::begins_connection(datagram, view.packet.payload_length)) return {};
  quic::Header header;
  if (!quic::next_packet(datagram, header)) return {};
  quic::Opener opener;
  auto bytes = std::make_unique<quic::HelloBytes>();
  quic::Bytes plain = opener.open(header, header.destination, quic::Sender::client);
  for (quic::Frame frame; quic::next_frame(plain, frame);) {
    if (frame.kind == quic::Frame::Kind::crypto) bytes->add(frame.offset, frame.data);
  }
  tls::Piece piece;
  quic::Bytes front = bytes->front();
  if (!bytes->is_whole() || !tls::next_message(front, piece)) return {};
  tls::ClientHello hello;
  tls::read_client_hello(piece.body, hello);
  return std::string(hello.server_name.view());
}

bool is_quic(const View& view) {
  const Packet& packet = view.packet;
  if (packet.application == packet::Application::quic) return true;
  quic::Bytes datagram = packet.payload;
  quic::Header header;
  return packet.transport == packet::Transport::udp &&
         packet.application == packet::Application::none && quic::next_packet(datagram, header) &&
         is_meant(packet, header);
}

std::string quic_title(const View& view) {
  quic::Bytes datagram = view.packet.payload;
  quic::Header header;
  if (!quic::next_packet(datagram, header)) return "QUIC";
  return fmt::format("QUIC {}", quic::type_name(header.type));
}

void quic_items(const View& view, Sheet& sheet) {
  const Packet& packet = view.packet;
  if (!view.is_bytes()) {
    const std::string_view kind = packet.said.substr(0, packet.said.find(','));
    sheet.add(std::string(kind),
              "What kind of QUIC packet it is: Initial and Handshake begin a connection, what is "
              "protected is its data.");
    return;
  }
  quic::Bytes datagram = packet.payload;
  quic::Header header;
  constexpr int most = 4;
  for (int i = 0; i < most && quic::next_packet(datagram, header); ++i) {
    packet_items(header, sheet);
    if (i != 0) continue;
    const std::string name = quic_name(view);
    if (!name.empty()) {
      sheet.add("server name " + name,
                "The name that the client asks for, in its ClientHello (TLS, SNI).");
    }
  }
}

}  // namespace whydown::explain
