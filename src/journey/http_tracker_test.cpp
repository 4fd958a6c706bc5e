#include "journey/http_tracker.h"

#include <gtest/gtest.h>

#include "journey/dialogue_for_test.h"

namespace whydown::journey {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const std::string kUp = "c1:4000 s1:80";
const std::string kDown = "s1:80 c1:4000";
const std::string kGet = "GET / HTTP/1.1\nHost: www.example.org\n\n";

std::string answer(const std::string& status, const std::string& fields = "Content-Length: 0\n") {
  return "HTTP/1.1 " + status + "\n" + fields + "\n";
}

TEST(HttpTracker, Statuses) {
  struct Row {
    const char* status;
    const char* attempt;
  };
  static constexpr Row kRows[] = {
      {"200 OK", "http s1:80 ok none 200"},
      {"304 Not Modified", "http s1:80 ok none 304"},
      {"301 Moved", "http s1:80 ok none 301"},
      {"404 Not Found", "http s1:80 failed not_found 404"},
      {"400 Bad Request", "http s1:80 failed not_found 400"},
      {"403 Forbidden", "http s1:80 refused denied 403"},
      {"401 Unauthorized", "http s1:80 refused denied 401"},
      {"429 Too Many Requests", "http s1:80 failed error_status 429"},
      {"500 Internal Server Error", "http s1:80 failed error_status 500"},
      {"504 Gateway Time-out", "http s1:80 failed error_status 504"},
  };
  for (const Row& row : kRows) {
    Dialogue dialogue;
    EXPECT_EQ(dialogue.play({{1, kUp, kGet}, {1.1, kDown, answer(row.status)}}),
              std::vector<std::string>{row.attempt});
    ASSERT_EQ(dialogue.requests.size(), 1U);
    const Attempt& attempt = dialogue.requests[0];
    EXPECT_EQ(dialogue.names.text(attempt.request.name), "www.example.org");
    EXPECT_EQ(dialogue.names.text(attempt.request.target), "/");
    EXPECT_EQ(attempt.latency, std::chrono::milliseconds{100});
    EXPECT_EQ(attempt.request.place.number, 4U);
    EXPECT_EQ(attempt.answer.place.number, 5U);
  }
}

TEST(HttpTracker, Connections) {
  expect_dialogues({
      {"one after another, with bodies of every kind",
       {{1, kUp, "POST /a HTTP/1.1\nContent-Length: 5\n\nhello"},
        {2, kDown, "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nHTTP/\n"},
        {3, kDown, "0\n\n"},
        {4, kUp, kGet},
        {5, kDown, answer("503 Busy", "Content-Length: 9\n") + "HTTP/1.1 "},
        {6, kUp, "HEAD / HTTP/1.1\n\n"},
        {7, kDown, answer("200 OK", "Content-Length: 900\n")},
        {8, kUp, kGet},
        {9, kDown, answer("500 Oops", "")}},
       {"http s1:80 ok none 200", "http s1:80 failed error_status 503", "http s1:80 ok none 200",
        "http s1:80 failed error_status 500"}},
      {"pipelined",
       {{1, kUp, kGet + kGet}, {1.1, kDown, answer("200 OK") + answer("500 Oops")}},
       {"http s1:80 ok none 200", "http s1:80 failed error_status 500"}},
      {"in pieces",
       {{1, kUp, "GET / HT"},
        {1.1, kUp, "TP/1.1\n\n"},
        {1.2, kDown, "HTTP/1.1 50"},
        {1.3, kDown, "2 Bad Gateway\n"},
        {1.4, kDown, "\n"}},
       {"http s1:80 failed error_status 502"}},
      {"interim answers",
       {{1, kUp, kGet}, {1.1, kDown, "HTTP/1.1 100 Continue\n\n" + answer("200 OK")}},
       {"http s1:80 ok none 200"}},
      {"a web socket",
       {{1, kUp, kGet},
        {1.1, kDown, answer("101 Switching Protocols", "")},
        {2, kUp, "whatever"},
        {60, kDown, "RST"}},
       {"http s1:80 ok none 101"}},
      {"an idle connection timed out",
       {{1, kUp, kGet}, {1.1, kDown, answer("200 OK")}, {60, kDown, answer("408 Timeout")}},
       {"http s1:80 ok none 200"}},
      {"cut by the snap length",
       {{1, kUp, "CUT 20 " + kGet},
        {1.1, kDown, "CUT 24 " + answer("502 Bad Gateway")},
        {2, kUp, "CUT 20 " + kGet},
        {2.1, kDown, "CUT 24 " + answer("200 OK")}},
       {"http s1:80 failed error_status 502", "http s1:80 ok none 200"}},
  });
}

TEST(HttpTracker, NoAnswer) {
  expect_dialogues({
      {"the capture goes on for long",
       {{1, kUp, kGet}, {1.1, kDown, "ACK"}, {12, "", ""}},
       {"http s1:80 silent no_response"}},
      {"... but neither is the request acknowledged, nor sent again: packets were left out",
       {{1, kUp, kGet}, {12, "", ""}},
       {"http s1:80 unknown none open"}},
      {"... nor is its answer whole",
       {{1, kUp, kGet},
        {1.1, kDown, "LOST " + answer("200 OK", "Content-Length: 15\n")},
        {1.2, kDown, "the rest of it"},
        {12, "", ""}},
       {"http s1:80 unknown none open"}},
      {"it ends soon", {{1, kUp, kGet}, {8, "", ""}}, {"http s1:80 unknown none open"}},
      {"the client gives up",
       {{1, kUp, kGet}, {1.1, kDown, "ACK"}, {7, kUp, "RST"}, {8, "", ""}},
       {"http s1:80 silent no_response"}},
      {"the client goes elsewhere",
       {{1, kUp, kGet}, {2, kUp, "RST"}, {20, "", ""}},
       {"http s1:80 unknown none open"}},
      {"the client leaves first",
       {{1, kUp, kGet}, {1.1, kUp, "FIN"}, {1.2, kDown, "FIN"}},
       {"http s1:80 unknown none open"}},
      {"an answer that is no HTTP",
       {{1, kUp, kGet}, {1.1, kDown, "<p>of old</p>\n"}, {1.2, kDown, "FIN"}},
       {"http s1:80 unknown none open"}},
      {"closed instead", {{1, kUp, kGet}, {1.1, kDown, "FIN"}}, {"http s1:80 cut unanswered"}},
      {"reset instead", {{1, kUp, kGet}, {1.1, kDown, "RST"}}, {"http s1:80 cut unanswered"}},
      {"the connection was closed before it was asked",
       {{1, kUp, kGet},
        {1.1, kDown, answer("200 OK", "Connection: close\nContent-Length: 0\n")},
        {1.2, kDown, "FIN"},
        {6, kUp, kGet},
        {6.01, kDown, "RST"}},
       {"http s1:80 ok none 200"}},
      {"an idle connection was closed as it was used, and the client tries again",
       {{1, kUp, kGet},
        {1.1, kDown, answer("200 OK")},
        {6, kUp, kGet},
        {6.01, kDown, "RST"},
        {6.05, "c1:4001 s1:80", kGet},
        {6.1, "s1:80 c1:4001", answer("200 OK")}},
       {"http s1:80 ok none 200", "http s1:80 cut unanswered healed", "http s1:80 ok none 200"}},
  });
}

TEST(HttpTracker, Healed) {
  const std::string again = "c1:4001 s1:80";
  const std::string answered = "s1:80 c1:4001";
  expect_dialogues({
      {"a challenge, and a password a minute later",
       {{1, kUp, kGet},
        {1.1, kDown, answer("401 Unauthorized")},
        {50, kUp, "GET / HTTP/1.1\nHost: www.example.org\nAuthorization: Basic x\n\n"},
        {50.1, kDown, answer("200 OK")}},
       {"http s1:80 refused denied 401 healed", "http s1:80 ok none 200"}},
      {"a wrong password, and nothing else",
       {{1, kUp, "GET / HTTP/1.1\nHost: www.example.org\nAuthorization: Basic x\n\n"},
        {1.1, kDown, answer("401 Unauthorized")},
        {9, again, kGet},
        {9.1, answered, answer("200 OK")}},
       {"http s1:80 refused denied 401", "http s1:80 ok none 200"}},
      {"a retry at once",
       {{1, kUp, kGet},
        {1.1, kDown, answer("503 Busy")},
        {1.2, again, kGet},
        {1.3, answered, answer("200 OK")}},
       {"http s1:80 failed error_status 503 healed", "http s1:80 ok none 200"}},
      {"the next wish",
       {{1, kUp, kGet},
        {1.1, kDown, answer("503 Busy")},
        {2.2, again, kGet},
        {2.3, answered, answer("200 OK")}},
       {"http s1:80 failed error_status 503", "http s1:80 ok none 200"}},
  });
}

TEST(HttpTracker, SlowAndPolled) {
  const std::string poll = "GET /news HTTP/1.1\n\n";
  expect_dialogues({
      {"slow",
       {{1, kUp, kGet}, {3.5, kDown, answer("200 OK")}},
       {"http s1:80 slow slow_answer 200"}},
      {"a long upload is not",
       {{1, kUp, "POST / HTTP/1.1\nContent-Length: 9\n\n"},
        {9, kUp, "123456789"},
        {9.1, kDown, answer("200 OK")}},
       {"http s1:80 ok none 200"}},
      {"a poll is slow once, and never silent",
       {{1, kUp, poll},
        {31, kDown, answer("204 No Content", "")},
        {31.1, kUp, poll},
        {61, kDown, answer("204 No Content", "")},
        {61.1, kUp, poll},
        {95, "", ""}},
       {"http s1:80 slow slow_answer 204", "http s1:80 ok none 204",
        "http s1:80 unknown none open"}},
  });
}

TEST(HttpTracker, Redirects) {
  const auto hop = [](double time, const std::string& path, const std::string& location) {
    return std::vector<Said>{
        {time, kUp, "GET " + path + " HTTP/1.1\nHost: a.example\n\n"},
        {time + 0.01, kDown,
         answer("302 Found", "Content-Length: 0\nLocation: " + location + "\n")}};
  };
  std::vector<Said> loop;
  std::vector<Said> blind;
  std::vector<Said> polled;
  for (int i = 0; i < 8; ++i) {
    const auto next = hop(1 + 0.1 * i, i % 2 == 0 ? "/" : "/login?from=x",
                          i % 2 == 0 ? "http://A.example/login?from=x" : "/");
    loop.insert(loop.end(), next.begin(), next.end());
    const auto same = hop(1 + 0.1 * i, "/", "https://a.example/");
    blind.insert(blind.end(), same.begin(), same.end());
    const auto later = hop(1 + 1.0 * i, "/", "https://a.example/");
    polled.insert(polled.end(), later.begin(), later.end());
  }
  const auto loops = [](const std::vector<Said>& script) {
    Dialogue dialogue;
    std::size_t count = 0;
    for (const std::string& line : dialogue.play(script)) {
      count += line == "http s1:80 failed redirect_loop 302" ? 1U : 0U;
    }
    return count;
  };
  EXPECT_EQ(loops(loop), 4U);
  EXPECT_EQ(loops(blind), 3U);
  EXPECT_EQ(loops(polled), 0U);
}

// Somebody asks for a page of one host, on a connection of its own, and gets this.
std::vector<Said> visits(const std::vector<std::pair<std::string, std::string>>& pages) {
  std::vector<Said> script;
  double time = 1;
  int port = 4000;
  for (const auto& [host, said] : pages) {
    const std::string client = "c1:" + std::to_string(port++);
    const std::string server = "s" + std::to_string(1 + port % 3) + ":80";
    const std::size_t slash = host.find('/');
    const std::string path = slash == std::string::npos ? "/" : host.substr(slash);
    const std::string get = "GET " + path + " HTTP/1.1\nHost: " + host.substr(0, slash) + "\n\n";
    script.push_back({time, client + " " + server, get});
    script.push_back({time + 0.1, server + " " + client, said});
    time += 2;
  }
  return script;
}

std::string to(const std::string& url, const std::string& status = "302 Found") {
  return "HTTP/1.1 " + status + "\nContent-Length: 0\nLocation: " + url + "\n\n";
}

TEST(HttpTracker, Diverted) {
  const std::string portal = to("http://login.hotel.example/?from=x");
  const std::string page = "HTTP/1.1 200 OK\nContent-Length: 3\n\nyes";
  const auto barred = [](const std::vector<std::pair<std::string, std::string>>& pages) {
    Dialogue dialogue;
    std::string out;
    dialogue.play(visits(pages));
    for (const Attempt& attempt : dialogue.requests) {
      out += attempt.symptom == Symptom::diverted ? 'd'
             : attempt.symptom == Symptom::none   ? '.'
                                                  : '?';
    }
    return out;
  };
  // From the third site on, whatever the login page's own host serves in between.
  EXPECT_EQ(
      barred({{"www.a.com", portal}, {"b.org", portal}, {"c.co.uk", portal}, {"d.net", portal}}),
      "..dd");
  EXPECT_EQ(
      barred(
          {{"a.com", portal}, {"login.hotel.example", page}, {"b.org", portal}, {"c.net", portal}}),
      "...d");
  EXPECT_EQ(barred({{"a.com", to("http://10.0.0.1/")},
                    {"b.org", to("http://10.0.0.1/")},
                    {"c.net", to("http://10.0.0.1:8080/x")}}),
            "..d");
  // Not where anything else is served, ...
  EXPECT_EQ(barred({{"a.com", portal}, {"b.org", portal}, {"x.com", page}, {"c.net", portal}}),
            "....");
  // ... by the sites of one domain or owner, ...
  EXPECT_EQ(
      barred({{"a.com", portal}, {"www.a.com", portal}, {"b.a.com", portal}, {"a.com", portal}}),
      "....");
  const std::string own = to("http://www.acme.com/");
  EXPECT_EQ(barred({{"acme.org", own}, {"acme.net", own}, {"acme.de", own}, {"acme.fr", own}}),
            "....");
  // ... to a host of their own each, for good, or within a network that has one login.
  EXPECT_EQ(barred({{"a.com", to("http://www.a.com/")},
                    {"b.org", to("http://www.b.org/")},
                    {"c.net", to("https://c.net/")},
                    {"d.net", to("https://d.net/")}}),
            "....");
  const std::string moved = to("http://www.acme.com/", "301 Moved");
  EXPECT_EQ(barred({{"a.com", moved}, {"b.org", moved}, {"c.net", moved}, {"d.net", moved}}),
            "....");
  EXPECT_EQ(
      barred(
          {{"wiki.corp", portal}, {"git.corp", portal}, {"mail.lan", portal}, {"x.lan", portal}}),
      "....");
}

TEST(HttpTracker, ProbesForLoginPages) {
  const std::string none = "HTTP/1.1 204 No Content\n\n";
  const auto text = [](const std::string& body) {
    return "HTTP/1.1 200 OK\nContent-Length: " + std::to_string(body.size()) + "\n\n" + body;
  };
  const std::string page =
      text("<!doctype html><title>Welcome to our network</title>" + std::string(120, '-'));
  const std::string packed = text("\x1f\x8b\x08\x00" + std::string(150, '\x7f'));
  struct Row {
    const char* url;
    std::string said;
    bool is_diverted;
    bool is_open;
  };
  const Row rows[] = {
      {"connectivitycheck.gstatic.com/generate_204", none, false, true},
      {"connectivitycheck.gstatic.com/generate_204", to("http://login.hotel.example/"), true,
       false},
      {"connectivitycheck.gstatic.com/generate_204", to("https://connectivitycheck.gstatic.com/x"),
       false, false},
      {"connectivitycheck.gstatic.com/generate_204", page, true, false},
      {"connectivitycheck.gstatic.com/generate_204", text(""), false, false},
      {"captive.apple.com/hotspot-detect.html", text("<HTML><BODY>Success</BODY></HTML>"), false,
       true},
      {"captive.apple.com/hotspot-detect.html", page, true, false},
      {"captive.apple.com/hotspot-detect.html", packed, false, false},
      {"www.msftconnecttest.com/connecttest.txt", text("Microsoft Connect Test"), false, true},
      {"www.msftconnecttest.com/redirect", to("http://go.example.com/"), false, false},
      {"detectportal.firefox.com/success.txt", text("success\n"), false, true},
      {"detectportal.firefox.com/success.txt", to("http://10.0.0.1/", "307 Temporary Redirect"),
       true, false},
      {"www.example.com/generate_204", page, false, false},
  };
  for (const Row& row : rows) {
    Dialogue dialogue;
    dialogue.play(visits({{row.url, row.said}}));
    ASSERT_EQ(dialogue.requests.size(), 1U);
    const bool is_diverted = dialogue.requests[0].symptom == Symptom::diverted;
    EXPECT_EQ(is_diverted, row.is_diverted) << row.url << " " << row.said;
    const auto open =
        std::ranges::count(dialogue.observations, Sign::probe_passed, &Observation::sign);
    EXPECT_EQ(open != 0, row.is_open) << row.url << " " << row.said;
  }
}

TEST(HttpTracker, Http2InTheClear) {
  const auto frame = [](std::uint8_t type, std::uint8_t flags, std::uint8_t stream,
                        const std::string& payload) {
    std::string out{'\0', '\0', static_cast<char>(payload.size())};
    out += static_cast<char>(type);
    out += static_cast<char>(flags);
    return out + std::string{'\0', '\0', '\0', static_cast<char>(stream)} + payload;
  };
  expect_dialogues({
      {"an answer, an error, a reset",
       {{1, kUp, "PRI * HTTP/2.0\n\nSM\n\n" + frame(4, 0, 0, "") + frame(1, 5, 1, "\x82")},
        {1.1, kDown, frame(4, 0, 0, "") + frame(1, 4, 1, "\x88")},
        {2, kUp, frame(1, 5, 3, "\x82") + frame(1, 5, 5, "\x82")},
        {2.1, kDown, frame(1, 5, 3, "\x8e")},
        {2.2, kDown, frame(3, 0, 5, std::string{'\0', '\0', '\0', '\7'})}},
       {"http s1:80 ok none 200", "http s1:80 failed error_status 500",
        "http s1:80 cut unanswered"}},
  });
}

// What answers which request is not known behind a hole; nothing is called unanswered then.
TEST(HttpTracker, Gaps) {
  std::vector<Said> script{{1, kUp, kGet}, {1.1, kDown, "LOST " + answer("200 OK")}};
  for (int i = 0; i < 6; ++i) {
    script.push_back({2.0 + i, kUp, kGet});
    script.push_back({2.1 + i, kDown, answer("500 Oops")});
  }
  script.push_back({99, "", ""});
  Dialogue dialogue;
  std::size_t errors = 0;
  for (const std::string& line : dialogue.play(script)) {
    errors += line.starts_with("http s1:80 failed error_status 500") ? 1U : 0U;
    EXPECT_EQ(line.find("no_response"), std::string::npos) << line;
    EXPECT_EQ(line.find(" ok "), std::string::npos) << line;
  }
  EXPECT_GE(errors, 3U);
}

// Text shows start lines only, and leaves much out.
TEST(HttpTracker, Words) {
  Dialogue dialogue(1);
  EXPECT_EQ(
      dialogue.play({{1, kUp, "GET /sales.html HTTP/1.1"},
                     {1.1, kDown, "HTTP/1.1 200 OK (text/html)"},
                     {2, kUp, "GET / HTTP/1.1 Host: www.example.org"},
                     {9, kDown, "HTTP/1.1 504 Gateway Time-out (text/html)"},
                     {10, kUp, "GET / HTTP/1.1"},
                     {99, "", ""}}),
      (std::vector<std::string>{"http s1:80 ok none 200", "http s1:80 failed error_status 504",
                                "http s1:80 unknown none open"}));
  EXPECT_EQ(dialogue.names.text(dialogue.requests[0].request.target), "/sales.html");
  EXPECT_EQ(dialogue.names.text(dialogue.requests[1].request.name), "www.example.org");
}

// Rows of tables that show no ports: those of the connection that the client made last, if any.
TEST(HttpTracker, Rows) {
  Recorder recorder;
  base::Interner names{{.names = 64, .bytes = 4096}};
  Tracker tracker{recorder, names};
  Builder builder;
  const auto row = [&](const std::string& time, const std::string& ends, std::string_view said) {
    packet::Packet packet = builder.build(time + " data " + ends + ":0 text");
    packet.source_port = packet.destination_port = 0;
    packet.said = said;
    tracker.packet(packet);
  };
  tracker.packet(builder.build("0.1 synack c3:4001 s1:443 text"));
  row("1", "c3:0 s1", "GET / HTTP/1.1");
  row("1.1", "s1:0 c3", "HTTP/1.1 200 OK (text/html)");
  row("1.2", "c1:0 s1", "GET / HTTP/1.1");
  row("2", "c2:0 s1", "GET / HTTP/1.1");
  row("3", "s1:0 c2", "HTTP/1.1 504 Gateway Time-out (text/html)");
  // Where a message stands tells nothing of how long its answer took; and whether a request was
  // answered before a reset, only rows with ports tell.
  // Wireshark shows a message with each of its segments, and where it ends.
  for (const char* time : {"3.1", "3.2"}) {
    row(time, "s1:0 c6", "HTTP/1.1 403 Forbidden [TCP segment of a reassembled PDU]");
  }
  row("3.3", "s1:0 c6", "HTTP/1.1 403 Forbidden (text/html)");
  row("4", "c4:0 s1", "GET / HTTP/1.1");
  row("60", "s1:0 c4", "HTTP/1.1 200 OK (text/html)");
  for (const char* line : {"70 syn c5:4005 s1:80 text", "70.1 synack c5:4005 s1:80 text",
                           "70.2 ack c5:4005 s1:80 text", "70.3 data c5:4005 s1:80 len=900 text"}) {
    tracker.packet(builder.build(line));
  }
  row("70.4", "s1:0 c5", "HTTP/1.1 200 OK (text/html)");
  tracker.packet(builder.build("80 rst c5:4005 s1:80 text"));
  tracker.finish();
  std::vector<std::string> lines;
  for (const Attempt& attempt : recorder.attempts) lines.push_back(summary(attempt));
  EXPECT_EQ(lines,
            (std::vector<std::string>{
                "http c3>s1:443/tcp ok none 1", "http c6>s1:80/tcp refused denied 0 unseen",
                "http c2>s1:80/tcp failed error_status 1", "http c4>s1:80/tcp ok none 1",
                "tcp c5>s1:80/tcp ok none 1", "http c5>s1:80/tcp ok none 0 unseen",
                "tcp c3>s1:443/tcp ok none 0 unseen", "http c1>s1:80/tcp unknown none 1 open"}));
}

}  // namespace
}  // namespace whydown::journey
