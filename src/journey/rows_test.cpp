// Rows of a table, from their words to the attempts: which connection a row belongs to that shows
// no ports, and what is concluded from its words.
#include <gtest/gtest.h>

#include "journey/testing.h"

namespace whydown::journey {
namespace {

// "0.2 > TLSv1 583 Client Hello": seconds, who sends (> the client, < the server), protocol,
// length, Info. "@5001" before them is short for a handshake of that client's port with 443,
// "@5001:25" with another one, at the time of the row behind it.
class Table {
 public:
  testing::Played play(const std::vector<std::string>& script) {
    for (const std::string& line : script) {
      if (line[0] == '@') {
        open(line.substr(1));
      } else {
        row(line);
      }
    }
    tracker_.finish();
    testing::Played played;
    for (const Attempt& attempt : recorder_.attempts) {
      // The handshakes and what became of the data are others' tests.
      if (attempt.step == Step::connect || attempt.step == Step::transfer) continue;
      played.lines.push_back(testing::summary(attempt));
      played.attempts.push_back(attempt);
    }
    return played;
  }

 private:
  void open(const std::string& ends) {
    const std::size_t colon = ends.find(':');
    const std::string server = colon == std::string::npos ? "443" : ends.substr(colon + 1);
    const std::string client = ends.substr(0, colon);
    const std::string there = client + " \u2192 " + server;
    const std::string back = server + " \u2192 " + client;
    add(last_, true, "TCP", 74, there + " [SYN] Seq=0 Win=64240 Len=0 MSS=1460");
    add(last_, false, "TCP", 74, back + " [SYN, ACK] Seq=0 Ack=1 Win=65160 Len=0 MSS=1460");
    add(last_, true, "TCP", 66, there + " [ACK] Seq=1 Ack=1 Win=64256 Len=0");
    add(last_, false, "TCP", 66, back + " [ACK] Seq=1 Ack=1 Win=64256 Len=0");
  }

  void row(const std::string& line) {
    std::istringstream words{line};
    std::string side;
    std::string protocol;
    unsigned length = 0;
    words >> last_ >> side >> protocol >> length;
    std::string info;
    std::getline(words, info);
    add(last_, side == ">", protocol, length, info.substr(std::min<std::size_t>(1, info.size())));
  }

  void add(double seconds, bool from_client, const std::string& protocol, unsigned length,
           const std::string& info) {
    const char* const client = "192.0.2.1";
    const char* const server = "203.0.113.1";
    const std::string text = std::string(from_client ? client : server) + '\t' +
                             (from_client ? server : client) + '\t' + protocol + "\t\t" + info;
    capture::Frame frame;
    frame.bytes = {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
    frame.link_type = capture::LinkType::wireshark_row;
    frame.wire_length = length;
    frame.place.number = frame.place.line = ++number_;
    frame.place.time =
        base::time_from_ns(static_cast<std::int64_t>(seconds * 1e9) + testing::Builder::kStart);
    frame.has_time = true;
    decoder_.decode(frame, packet_);
    tracker_.packet(packet_);
  }

  testing::Recorder recorder_;
  base::Interner names_{{.names = 1024, .bytes = 65536}};
  packet::Decoder decoder_{names_};
  packet::Packet packet_;
  Tracker tracker_{recorder_, names_};
  double last_ = 0;
  std::uint32_t number_ = 0;
};

struct Row {
  const char* what;
  std::vector<std::string> script;
  std::vector<std::string> attempts;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.what; }

class Rows : public ::testing::TestWithParam<Row> {};
TEST_P(Rows, Attempts) { EXPECT_EQ(Table().play(GetParam().script).lines, GetParam().attempts); }

const std::vector<Row> kTls{
    {"served in TLS 1.3",
     {"@5001", "0.1 > TLSv1 583 Client Hello (SNI=www.example.org)",
      "0.2 < TCP 66 443 \u2192 5001 [ACK] Seq=1 Ack=518 Win=64256 Len=0",
      "0.2 < TLSv1.3 1300 Server Hello, Change Cipher Spec, Application Data, Application Data",
      "0.3 > TLSv1.3 146 Change Cipher Spec, Application Data",
      "0.3 > TLSv1.3 190 Application Data", "0.4 < TLSv1.3 700 Application Data"},
     {"tls c1>s1:443/tcp ok none 1"}},
    {"served in TLS 1.2",
     {"@5001", "0.1 > TLSv1 583 Client Hello",
      "0.2 < TLSv1.2 1300 Server Hello, Certificate, Server Key Exchange, Server Hello Done",
      "0.3 > TLSv1.2 192 Client Key Exchange, Change Cipher Spec, Encrypted Handshake Message",
      "0.3 < TLSv1.2 117 Change Cipher Spec, Encrypted Handshake Message",
      "0.4 > TLSv1.2 190 Application Data"},
     {"tls c1>s1:443/tcp ok none 1"}},
    {"the server gives up",
     {"@5001", "0.1 > TLSv1 583 Client Hello",
      "0.2 < TLSv1.2 73 Alert (Level: Fatal, Description: Handshake Failure)"},
     {"tls c1>s1:443/tcp failed alert 1"}},
    {"the client says that it expired",
     {"@5001", "0.1 > TLSv1 583 Client Hello",
      "0.2 < TLSv1.2 1300 Server Hello, Certificate, Server Key Exchange, Server Hello Done",
      "0.3 > TLSv1.2 73 Alert (Level: Fatal, Description: Certificate Expired)"},
     {"tls c1>s1:443/tcp failed certificate_expired 1"}},
    {"the server closes at once",
     {"@5001", "0.1 > TLSv1 583 Client Hello",
      "0.2 < TCP 66 443 \u2192 5001 [FIN, ACK] Seq=1 Ack=518 Win=64256 Len=0"},
     {"tls c1>s1:443/tcp cut no_handshake 1"}},
    {"it answers in HTTP",
     {"@5001", "0.1 > TLSv1 583 Client Hello",
      "0.2 < HTTP 383 HTTP/1.1 400 Bad Request  (text/html)"},
     {"tls c1>s1:443/tcp failed no_handshake 1"}},
    {"it has the hello, and says nothing",
     {"@5001", "0.1 > TLSv1 583 Client Hello",
      "0.2 < TCP 66 443 \u2192 5001 [ACK] Seq=1 Ack=518 Win=64256 Len=0",
      "9.0 > TCP 66 5001 \u2192 443 [FIN, ACK] Seq=518 Ack=1 Win=64256 Len=0"},
     {"tls c1>s1:443/tcp silent no_response 1"}},
    {"nobody has the hello: rows are missing",
     {"@5001", "0.1 > TLSv1 583 Client Hello",
      "9.0 > TCP 66 5001 \u2192 443 [FIN, ACK] Seq=518 Ack=1 Win=64256 Len=0"},
     {}},
    {"rows of its answer are missing",
     {"@5001", "0.1 > TLSv1 583 Client Hello",
      "0.2 < TCP 66 443 \u2192 5001 [ACK] Seq=1 Ack=518 Win=64256 Len=0",
      "0.3 > TCP 66 5001 \u2192 443 [ACK] Seq=518 Ack=1400 Win=64256 Len=0",
      "9.0 > TCP 66 5001 \u2192 443 [FIN, ACK] Seq=518 Ack=1400 Win=64256 Len=0"},
     {}},
    {"a sealed alert, by its length",
     {"@5001", "0.1 > TLSv1 583 Client Hello",
      "0.2 < TLSv1.3 1300 Server Hello, Change Cipher Spec, Application Data, Application Data",
      "0.3 > TLSv1.3 146 Change Cipher Spec, Application Data", "0.4 < TLSv1.3 90 Application Data",
      "0.4 < TCP 66 443 \u2192 5001 [RST, ACK] Seq=1259 Ack=82 Win=0 Len=0"},
     {"tls c1>s1:443/tcp failed alert 1"}},
    {"two at a time, and both are served",
     {"@5001", "@5002", "0.1 > TLSv1 583 Client Hello", "0.1 > TLSv1 583 Client Hello",
      "0.2 < TLSv1.3 1300 Server Hello, Change Cipher Spec, Application Data",
      "0.2 < TLSv1.3 1300 Server Hello, Change Cipher Spec, Application Data",
      "0.3 > TLSv1.3 146 Change Cipher Spec, Application Data",
      "0.3 > TLSv1.3 146 Change Cipher Spec, Application Data",
      "0.4 < TCP 66 443 \u2192 5001 [FIN, ACK] Seq=1259 Ack=82 Win=0 Len=0",
      "0.4 < TCP 66 443 \u2192 5002 [FIN, ACK] Seq=1259 Ack=82 Win=0 Len=0"},
     {"tls c1>s1:443/tcp ok none 1", "tls c1>s1:443/tcp unknown none 1 open"}},
    {"two at a time, and one is not answered: which, nobody knows",
     {"@5001", "@5002", "0.1 > TLSv1 583 Client Hello", "0.1 > TLSv1 583 Client Hello",
      "0.2 < TLSv1.3 1300 Server Hello, Change Cipher Spec, Application Data",
      "0.3 > TLSv1.3 146 Change Cipher Spec, Application Data",
      "0.4 < TCP 66 443 \u2192 5001 [FIN, ACK] Seq=1259 Ack=82 Win=0 Len=0",
      "0.4 < TCP 66 443 \u2192 5002 [FIN, ACK] Seq=1 Ack=518 Win=0 Len=0"},
     {"tls c1>s1:443/tcp unknown none 1 open", "tls c1>s1:443/tcp ok none 1"}},
    {"behind STARTTLS",
     {"@5001:25", "0.1 < SMTP 99 S: 220 mail.example.org ESMTP", "0.2 > SMTP 76 C: EHLO a",
      "0.2 < SMTP 206 S: 250-mail.example.org | SIZE 35882577 | STARTTLS",
      "0.3 > SMTP 76 C: STARTTLS", "0.3 < SMTP 96 S: 220 2.0.0 Ready to start TLS",
      "0.4 > TLSv1 583 Client Hello",
      "0.5 < TLSv1.2 73 Alert (Level: Fatal, Description: Protocol Version)"},
     {"tls c1>s1:25/tcp failed alert 1"}},
};
INSTANTIATE_TEST_SUITE_P(Tls, Rows, ::testing::ValuesIn(kTls));

const std::vector<Row> kReplies{
    {"a mail is refused",
     {"@5001:25", "0.1 < SMTP 99 S: 220 mail.example.org ESMTP", "0.2 > SMTP 76 C: EHLO a",
      "0.2 < SMTP 206 S: 250-mail.example.org | SIZE 35882577 | DSN",
      "0.3 > SMTP 94 C: MAIL FROM:<a@example.org>", "0.3 < SMTP 80 S: 250 2.1.0 Ok",
      "0.4 > SMTP 94 C: RCPT TO:<b@example.org>", "0.4 < SMTP 104 S: 554 5.7.1 Relay denied",
      "0.5 > SMTP 72 C: QUIT", "0.5 < SMTP 80 S: 221 Bye"},
     {"smtp c1>s1:25/tcp refused refused_reply 1"}},
    {"commands and replies in one row",
     {"@5001:25", "0.1 < SMTP 99 S: 220 mail.example.org ESMTP", "0.2 > SMTP 76 C: EHLO a",
      "0.2 < SMTP 80 S: 250 Ok",
      "0.3 > SMTP 94 C: MAIL FROM:<a@example.org> | RCPT TO:<b@example.org> | DATA",
      "0.3 < SMTP 90 S: 250 2.1.0 Ok | 250 2.1.5 Ok | 354 go on",
      "0.4 > SMTP/IMF 114 subject: x, , hello", "0.4 < SMTP 80 S: 250 queued"},
     {"smtp c1>s1:25/tcp ok none 1"}},
    {"a greeting of several rows, and a login that is refused",
     {"@5001:21", "0.1 < FTP 99 Response: 220-Welcome", "0.1 < FTP 99 Response: 220 FTP ready",
      "0.2 > FTP 76 Request: USER anna", "0.2 < FTP 98 Response: 331 password",
      "0.3 > FTP 76 Request: PASS secret", "0.3 < FTP 88 Response: 530 Login incorrect."},
     {"ftp c1>s1:21/tcp refused denied 1"}},
    {"POP3 and IMAP",
     {"@5001:110", "0.1 < POP 97 S: +OK ready", "0.2 > POP 96 C: USER anna", "0.2 < POP 91 S: +OK",
      "0.3 > POP 96 C: PASS secret", "0.3 < POP 91 S: -ERR no", "@5002:143",
      "0.4 < IMAP 88 Response: * OK IMAP4rev1 ready", "0.5 > IMAP 86 Request: 1 LOGIN anna secret",
      "0.5 < IMAP 77 Response: 1 OK done"},
     {"imap c1>s1:143/tcp ok none 1", "pop c1>s1:110/tcp refused denied 1"}},
    {"SSH: refused, by the lengths",
     {"@5001:22", "0.1 < SSHv2 98 Server: Protocol (SSH-2.0-OpenSSH_9.2)",
      "0.1 > SSHv2 98 Client: Protocol (SSH-2.0-libssh)",
      "0.2 > SSHv2 900 Client: Key Exchange Init", "0.2 < SSHv2 900 Server: Key Exchange Init",
      "0.3 < SSHv2 900 Server: Diffie-Hellman Group Exchange Reply, New Keys",
      "0.3 > SSHv2 82 Client: New Keys", "0.4 > SSHv2 110 Client: Encrypted packet (len=44)",
      "0.4 < SSHv2 110 Server: Encrypted packet (len=44)",
      "0.5 > SSHv2 150 Client: Encrypted packet (len=84)",
      "0.5 < SSHv2 118 Server: Encrypted packet (len=52)",
      "0.6 > SSHv2 150 Client: Encrypted packet (len=84)",
      "0.6 < SSHv2 118 Server: Encrypted packet (len=52)",
      "0.7 > TCP 66 5001 \u2192 22 [FIN, ACK] Seq=1095 Ack=2000 Win=64256 Len=0"},
     {"ssh c1>s1:22/tcp ok none 1", "ssh c1>s1:22/tcp refused denied 1"}},
};
INSTANTIATE_TEST_SUITE_P(Replies, Rows, ::testing::ValuesIn(kReplies));

}  // namespace
}  // namespace whydown::journey
