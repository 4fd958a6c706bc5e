#include "packet/reply/login.h"

#include <gtest/gtest.h>

namespace whydown::packet::reply {
namespace {

TEST(Login, WhomItNames) {
  const struct {
    Dialect dialect;
    const char* line;
    const char* user;
    Mechanism next;
  } rows[] = {
      {Dialect::ftp, "USER anna", "anna", Mechanism::none},
      {Dialect::ftp, "PASS secret", "", Mechanism::none},
      {Dialect::pop, "user anna@example.org", "anna@example.org", Mechanism::none},
      {Dialect::pop, "APOP anna c4c9334bac560ecc979e58001b3e22fb", "anna", Mechanism::none},
      {Dialect::imap, "a1 LOGIN anna secret", "anna", Mechanism::none},
      {Dialect::imap, "a1 login \"anna\" \"secret\"", "anna", Mechanism::none},
      {Dialect::imap, "a1 LOGIN {4}", "", Mechanism::none},
      {Dialect::imap, "a1 AUTHENTICATE PLAIN AGFubmEAc2VjcmV0", "anna", Mechanism::none},
      {Dialect::imap, "a1 AUTHENTICATE PLAIN", "", Mechanism::plain},
      {Dialect::smtp, "AUTH PLAIN AGFubmEAc2VjcmV0", "anna", Mechanism::none},
      {Dialect::smtp, "AUTH PLAIN Ym9zcwBhbm5hAHNlY3JldA==", "anna", Mechanism::none},
      {Dialect::smtp, "AUTH PLAIN !!!", "", Mechanism::none},
      {Dialect::smtp, "AUTH PLAIN YW5uYQ==", "", Mechanism::none},
      {Dialect::smtp, "AUTH LOGIN YW5uYQ==", "anna", Mechanism::none},
      {Dialect::smtp, "AUTH LOGIN", "", Mechanism::login},
      {Dialect::smtp, "AUTH CRAM-MD5", "", Mechanism::none},
      {Dialect::smtp, "AUTH", "", Mechanism::none},
      {Dialect::smtp, "MAIL FROM:<a@example.org>", "", Mechanism::none},
      {Dialect::smtp, "", "", Mechanism::none},
  };
  for (const auto& row : rows) {
    LoginBuffer buffer;
    EXPECT_EQ(user_of(row.dialect, row.line, buffer), row.user) << row.line;
    EXPECT_EQ(mechanism_of(row.dialect, row.line), row.next) << row.line;
  }
}

TEST(Login, WhatFollowsAnAnnouncement) {
  LoginBuffer buffer;
  EXPECT_EQ(user_of(Mechanism::login, "YW5uYQ==", buffer), "anna");
  EXPECT_EQ(user_of(Mechanism::login, "User: YW5uYQ==", buffer), "anna");
  EXPECT_EQ(user_of(Mechanism::plain, "AGFubmEAc2VjcmV0", buffer), "anna");
  EXPECT_EQ(user_of(Mechanism::none, "YW5uYQ==", buffer), "");
  EXPECT_EQ(user_of(Mechanism::login, std::string(400, 'A'), buffer), "");
}

TEST(Login, OfHttp) {
  LoginBuffer buffer;
  EXPECT_EQ(user_of_basic("YW5uYTpzZWNyZXQ=", buffer), "anna");
  EXPECT_EQ(user_of_basic("YW5uYQ==", buffer), "");
  EXPECT_EQ(user_of_basic("", buffer), "");
}

}  // namespace
}  // namespace whydown::packet::reply
