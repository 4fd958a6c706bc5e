#include "journey/reply_tracker.h"

#include <gtest/gtest.h>

#include "journey/application.h"
#include "journey/dialogue_for_test.h"

namespace whydown::journey {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const std::string kUp = "c1:4000 s1:25";
const std::string kDown = "s1:25 c1:4000";

// A session up to and with the reply to the recipient.
std::vector<Said> mail(double time, const std::string& port, const std::string& to_recipient) {
  const std::string up = "c1:" + port + " s1:25";
  const std::string down = "s1:25 c1:" + port;
  return {{time, down, "220 mail.example.org ESMTP\n"},
          {time + 0.1, up, "EHLO client\n"},
          {time + 0.2, down, "250-mail.example.org\n250 PIPELINING\n"},
          {time + 0.3, up, "MAIL FROM:<a@example.com>\nRCPT TO:<b@example.org>\n"},
          {time + 0.4, down, "250 2.1.0 Ok\n" + to_recipient + "\n"}};
}

std::vector<Said> operator+(std::vector<Said> all, const std::vector<Said>& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const std::vector<Said> kDelivered = {{9, "c1:4001 s1:25", "DATA\n"},
                                      {9.1, "s1:25 c1:4001", "354 go on\n"},
                                      {9.2, "c1:4001 s1:25", "Subject: x\n\n550 in a mail\n.\n"},
                                      {9.3, "s1:25 c1:4001", "250 2.0.0 queued\n"}};

TEST(ReplyTracker, Mail) {
  expect_dialogues({
      {"delivered", mail(8, "4001", "250 2.1.5 Ok") + kDelivered, {"smtp s1:25 ok none 250"}},
      {"put off, and delivered later",
       mail(1, "4000", "450 4.2.0 Greylisted") +
           std::vector<Said>{{2, kUp, "QUIT\n"}, {2.1, kDown, "221 Bye\n"}} +
           mail(8, "4001", "250 2.1.5 Ok") + kDelivered,
       {"smtp s1:25 refused refused_reply 450 healed", "smtp s1:25 ok none 250"}},
      {"put off, and given up",
       mail(1, "4000", "450 4.2.0 Greylisted") +
           std::vector<Said>{{2, kUp, "FIN"}, {3, kDown, "FIN"}},
       {"smtp s1:25 refused refused_reply 450"}},
      {"one recipient of two",
       mail(8, "4001", "550 5.1.1 no such user") +
           std::vector<Said>{{8.5, "c1:4001 s1:25", "RCPT TO:<c@example.org>\n"},
                             {8.6, "s1:25 c1:4001", "250 2.1.5 Ok\n"}} +
           kDelivered,
       {"smtp s1:25 ok none 250"}},
      {"no such user",
       mail(1, "4000", "550 5.1.1 no such user"),
       {"smtp s1:25 failed not_found 550"}},
      {"by rule", mail(1, "4000", "550 5.7.1 denied"), {"smtp s1:25 refused refused_reply 550"}},
      {"nobody is let in",
       {{1, kDown, "421 4.3.2 too busy\n"}},
       {"smtp s1:25 refused refused_reply 421"}},
      {"a login",
       {{1, kDown, "220 ESMTP\n"},
        {2, kUp, "AUTH LOGIN\n"},
        {3, kDown, "334 VXNlcm5hbWU6\n"},
        {4, kUp, "bGFi\n"},
        {5, kDown, "334 UGFzc3dvcmQ6\n"},
        {6, kUp, "c2VjcmV0\n"},
        {7, kDown, "535 5.7.8 no\n"}},
       {"smtp s1:25 refused denied 535"}},
      {"a session without a wish",
       {{1, kDown, "220 ESMTP\n"},
        {2, kUp, "EHLO x\n"},
        {3, kDown, "500 what\n"},
        {4, kUp, "HELO x\n"},
        {5, kDown, "250 ok\n"},
        {6, kUp, "QUIT\n"},
        {7, kDown, "221 bye\n"}},
       {}},
      {"no lines at all",
       {{1, kDown, "220 ready\n"}, {2, kUp, "xxxxxxxx\n"}, {3, kDown, "550 x\n"}},
       {}},
  });
}

TEST(ReplyTracker, Others) {
  expect_dialogues({
      {"files",
       {{1, "s1:21 c1:4000", "220 FTP\n"},
        {2, "c1:4000 s1:21", "USER x\n"},
        {3, "s1:21 c1:4000", "331 password\n"},
        {4, "c1:4000 s1:21", "PASS x\n"},
        {5, "s1:21 c1:4000", "530 no\n"},
        {6, "c1:4000 s1:21", "USER x\n"},
        {7, "s1:21 c1:4000", "331 password\n"},
        {8, "c1:4000 s1:21", "PASS y\n"},
        {9, "s1:21 c1:4000", "230 in\n"},
        {10, "c1:4000 s1:21", "RETR a\n"},
        {11, "s1:21 c1:4000", "550 no such file\n"},
        {12, "c1:4000 s1:21", "RETR b\n"},
        {13, "s1:21 c1:4000", "150 here\n226 done\n"}},
       {"ftp s1:21 refused denied 530 healed", "ftp s1:21 ok none 230",
        "ftp s1:21 failed not_found 550", "ftp s1:21 ok none 226"}},
      {"a mailbox, POP",
       {{1, "s1:110 c1:4000", "+OK ready\n"},
        {2, "c1:4000 s1:110", "USER x\nPASS y\n"},
        {3, "s1:110 c1:4000", "+OK\n-ERR no\n"}},
       {"pop s1:110 refused denied"}},
      {"a mailbox, IMAP",
       {{1, "s1:143 c1:4000", "* OK ready\n"},
        {2, "c1:4000 s1:143", "a1 LOGIN x y\n"},
        {3, "s1:143 c1:4000", "* CAPABILITY x\na1 NO no\n"},
        {4, "c1:4000 s1:143", "a2 LOGIN x z\n"},
        {5, "s1:143 c1:4000", "a2 OK in\n"}},
       {"imap s1:143 refused denied healed", "imap s1:143 ok none"}},
      {"IMAP full",
       {{1, "s1:143 c1:4000", "* BYE too many\n"}},
       {"imap s1:143 refused refused_reply"}},
      {"Redis says -ERR too, but does not greet",
       {{1, "c1:4000 s1:6379", "COMMAND\n"}, {2, "s1:6379 c1:4000", "-ERR unknown command\n"}},
       {}},
      {"SSH",
       {{1, "c1:4000 s1:22", "SSH-2.0-x\n"}, {2, "s1:22 c1:4000", "SSH-2.0-y\n"}},
       {"ssh s1:22 ok none"}},
      {"SSH, the server greets first, and the client leaves in the end",
       {{1, "s1:22 c1:4000", "SSH-2.0-y\n"},
        {1.1, "c1:4000 s1:22", "SSH-2.0-x\n"},
        {1.2, "s1:22 c1:4000", "keys"},
        {9, "c1:4000 s1:22", "FIN"},
        {9.1, "s1:22 c1:4000", "FIN"}},
       {"ssh s1:22 ok none"}},
      {"SSH hung up",
       {{1, "c1:4000 s1:22", "SSH-2.0-x\n"}, {2, "s1:22 c1:4000", "FIN"}},
       {"ssh s1:22 cut unanswered"}},
      {"SSH says why",
       {{1, "c1:4000 s1:22", "SSH-2.0-x\n"},
        {2, "s1:22 c1:4000", "Exceeded MaxStartups\n"},
        {3, "s1:22 c1:4000", "FIN"}},
       {"ssh s1:22 refused refused_reply"}},
  });
}

TEST(ReplyTracker, WhatARefusalSays) {
  Dialogue dialogue;
  (void)dialogue.play(mail(1, "4000", "550 5.7.1 denied"));
  ASSERT_EQ(dialogue.requests.size(), 1U);
  const Attempt& attempt = dialogue.requests[0];
  EXPECT_EQ(attempt.answer.detail, enhanced_detail(7, 1));
  EXPECT_EQ(describe(attempt.request, dialogue.names),
            "192.0.2.1:4000 > 203.0.113.1:25 begins a mail");
  EXPECT_EQ(describe(attempt.answer, dialogue.names),
            "203.0.113.1:25 > 192.0.2.1:4000 reply 550 (5.7.1) to the recipient of a mail");
}

}  // namespace
}  // namespace whydown::journey
