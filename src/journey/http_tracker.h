// HTTP requests and their answers: each request is one attempt, decided by the head of its answer.
//
// What an answer means for the one who asked:
//   200 to 399, 101   served; later than limits::kSlowRequest after the request: slow
//   500 and above, 429   failed
//   401, 403, 407, 451   denied, unless the same URL is served soon after: a challenge
//   other 400s           not found, and the like: the client asked for what there is not
//   sent on in circles   redirect_loop (redirects.h)
//   sent to one other host whatever is asked for, or a probe for login pages that got something
//   else than is at its URL   diverted (diversions.h, portal_probes.h)
// And without an answer: the server closed or reset the connection (unanswered), or the client gave
// up or the capture ended after a long wait (no_response). A long poll, which waits for news and
// not for the server, is told by how it is repeated, and is neither slow nor silent.
//
// Left out: what happens to a body once its head has come (a matter of the transfer); requests of
// HTTP/2 but for how each ended, as names and paths are compressed there.
#pragma once

#include <array>

#include "journey/context.h"
#include "journey/diversions.h"
#include "journey/healing.h"
#include "journey/limits.h"
#include "journey/portal_probes.h"
#include "journey/redirects.h"
#include "journey/request_healing.h"
#include "journey/stream.h"
#include "journey/table.h"
#include "packet/http/http.h"

namespace whydown::journey {

class HttpTracker final : public Listener {
 public:
  HttpTracker(Context& context, Healing& healing, RequestHealing& requests);

  bool claims(const Conversation& conversation, Side side,
              std::span<const std::uint8_t> bytes) const override;
  bool claims_words(const Conversation& conversation, Side side,
                    std::string_view words) const override;
  void on_begin(Conversation& conversation) override;
  Taken on_bytes(Conversation& conversation, Side side, std::span<const std::uint8_t> bytes,
                 const packet::Packet& packet) override;
  Taken on_words(Conversation& conversation, Side side, std::string_view words,
                 const packet::Packet& packet) override;
  void on_gap(Conversation& conversation, Side side) override;
  bool on_close(Conversation& conversation, Side side, bool reset,
                const packet::Packet& packet) override;
  void on_end(Conversation& conversation, End end) override;
  // A line of a table that shows an HTTP message and no ports: it is paired by the addresses. False
  // where it shows none.
  bool row(const packet::Packet& packet);
  // A line that shows a connection accepted: later rows without ports are of that connection.
  void accepted(const packet::Packet& packet);
  void finish();
  static std::size_t memory_bytes();

 private:
  struct Asked {
    Trace request;
    std::uint64_t url = 0;   // hash of host and path
    std::uint32_t host = 0;  // interner ids
    std::uint32_t target = 0;
    std::uint32_t stream = 0;  // HTTP/2
    std::uint16_t secret = 0;  // Digest::secret, variant
    std::uint16_t variant = 0;
    packet::http::Method method = packet::http::Method::none;
    bool has_credentials = false;
    bool has_body = false;  // its answer cannot be early
    bool is_reused = false;
  };
  enum class Expects : std::uint8_t {
    head,
    chunks,
    anything,  // bytes are missing: whatever begins with a segment
    nothing,   // to the end of the connection
  };
  struct Half {
    Expects expects = Expects::head;
    packet::http::Chunks chunks;
  };
  struct Exchange {
    std::array<Asked, limits::kPipelined> asked;
    std::uint8_t waiting = 0;  // of `asked`, oldest first
    bool is_lost = false;      // which answer belongs to which request
    bool has_answered = false;
    bool is_http2 = false;
    std::array<Half, 2> halves;
    Half& half(Side side) { return halves[static_cast<std::size_t>(side)]; }
  };
  // An answer's head, and the packet that it ended in.
  struct Answer {
    const packet::Packet& packet;
    std::uint16_t status = 0;
    bool has_retry_after = false;
    bool has_content = false;
    std::string_view location;
    std::string_view body;  // as much of it as stands behind the head
  };
  struct Door {
    base::IpAddress client;
    base::IpAddress server;
    std::uint16_t port = 0;
  };
  // How long the answers of a URL take, and whether it is polled.
  struct Url {
    std::uint64_t key;
    std::int64_t last;     // when its latest answer came
    std::int64_t longest;  // in nanoseconds
    bool is_poll;
  };

  // Each: how many bytes it read, and what comes of the rest.
  Taken read_messages(Conversation& about, Side side, std::span<const std::uint8_t> bytes,
                      const packet::Packet& packet);
  Taken read_frames(Conversation& about, Side side, std::span<const std::uint8_t> bytes,
                    const packet::Packet& packet);
  void on_frame(Conversation& about, Side side, const packet::http::Frame2& frame,
                const packet::Packet& packet);
  packet::http::Body on_head(Conversation& about, Side side, const packet::http::Head& head,
                             std::string_view body, const packet::Packet& packet);
  void on_request(Conversation& about, const packet::http::Head& head,
                  const packet::Packet& packet);
  packet::http::Method on_answer(Conversation& about, const Answer& answer);
  bool push(Exchange& exchange, const Asked& asked);
  void pop(Exchange& exchange, std::size_t index);
  std::uint32_t intern_host(std::string_view host);
  std::uint32_t intern_path(std::string_view path);

  // http_verdict.cpp
  void decide(const Conversation& about, const Asked& asked, const Answer& answer);
  void judge(const Conversation& about, const Asked& asked, const Answer& answer, Attempt& attempt);
  void judge_redirect(const Conversation& about, const Asked& asked, const Answer& answer,
                      Attempt& attempt);
  void judge_diversion(const Conversation& about, const Asked& asked, const Answer& answer,
                       Attempt& attempt);
  Passage probe_passage(const Asked& asked, const Answer& answer) const;
  void tell_open(const Attempt& attempt);
  bool is_slow(const Conversation& about, const Asked& asked, const Attempt& attempt);
  void give_up(const Conversation& about, Symptom symptom, const packet::Packet* closing);
  void leave_open(const Conversation& about, base::Duration silence_after);
  Attempt attempt_of(const Conversation& about, const Asked& asked) const;
  Door& door_of(const base::IpAddress& client, const base::IpAddress& server);
  static packet::http::Reading read_words(std::string_view words, packet::http::Head& head);
  static bool is_cut(const packet::Packet& packet);
  std::uint64_t wish_of(const Conversation& about, const Asked& asked) const;
  static std::uint64_t url_key(const Conversation& about, const Asked& asked);

  Context& context_;
  Healing& healing_;
  RequestHealing& requests_;
  Redirects redirects_;
  Diversions diversions_;
  Memory<Url> urls_{limits::kUrls};
  ZeroedArray<Exchange> exchanges_{limits::kConversations + 1 + limits::kRowTalks};
  std::size_t paths_ = 0;  // kept in the interner
  // Of tables: the conversations that their rows stand for.
  std::array<Conversation, limits::kRowTalks> rows_;
  std::array<std::uint64_t, limits::kRowTalks> rows_used_{};
  std::array<std::uint64_t, limits::kRowTalks> rows_piece_{};  // of what message a row was; 0: none
  // Ports that clients were let in at, the latest of each pair; by hash, newer ones replace older.
  std::array<Door, limits::kRowDoors> doors_;
};

}  // namespace whydown::journey
