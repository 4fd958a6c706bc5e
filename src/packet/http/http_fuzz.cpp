// HTTP heads, chunked bodies in one piece and byte by byte, HTTP/2 frames.
#include <cstddef>
#include <cstdint>
#include <span>

#include "packet/http/http.h"
#include "packet/testing.h"

using namespace whydown::packet;
using namespace whydown::packet::testing;

namespace {

bool is_within(std::string_view part, const Bytes& bytes) {
  const auto* begin = reinterpret_cast<const char*>(bytes.data());
  return part.empty() ||
         (part.data() >= begin && part.data() + part.size() <= begin + bytes.size());
}

void fuzz_head(const Bytes& bytes) {
  http::Head head;
  const http::Reading reading = http::read_head(bytes, head);
  require(head.bytes <= bytes.size(), "a head ends within the bytes", Packet{});
  require((head.bytes != 0) == (reading == http::Reading::whole), "a whole head has an end",
          Packet{});
  for (const std::string_view part : {head.target, head.reason, head.host, head.location,
                                      head.server, http::host_of(head.location)}) {
    require(is_within(part, bytes), "views point into the bytes", Packet{});
  }
  const std::string_view path = http::path_of(head.target);
  require(path.size() <= head.target.size() || path == "/", "a path is no longer", Packet{});
  (void)http::body_of_response(head, http::Method::get);
  (void)http::body_of_request(head);
}

void fuzz_chunks(const Bytes& bytes) {
  http::Chunks whole;
  http::Chunks bytewise;
  const std::size_t taken = whole.take(bytes);
  std::size_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += bytewise.take(std::span(&bytes[i], 1));
  require(taken <= bytes.size() && sum == taken, "pieces take what the whole takes", Packet{});
  require(whole.is_done() == bytewise.is_done() && whole.is_broken() == bytewise.is_broken() &&
              whole.to_skip() == bytewise.to_skip(),
          "pieces end where the whole ends", Packet{});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 60000) return 0;
  const Bytes bytes(data, data + size);
  fuzz_head(bytes);
  fuzz_chunks(bytes);
  http::Frame2 frame;
  if (http::read_frame2(bytes, frame)) {
    require(frame.length < (1U << 24U) && frame.status < 1000, "fields have their width", Packet{});
  }
  (void)http::begins_http2(bytes);
  return 0;
}
