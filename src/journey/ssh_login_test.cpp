#include "journey/ssh_login.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "journey/dialogue_for_test.h"

namespace whydown::journey {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

// A packet in clear (RFC 4253 6): length, padding, type, the rest.
std::string clear(char type, std::size_t size) {
  std::string packet{'\0', '\0', static_cast<char>(size >> 8U), static_cast<char>(size & 0xffU),
                     '\4', type};
  return packet + std::string(size - 2, '.');
}

std::string sealed(std::size_t size) { return std::string(size, '#'); }

// Up to and with the server's leave to log in; then an answer of each size to each request.
std::vector<Said> session(const std::string& port, double time, const std::vector<int>& answers,
                          bool closes = true) {
  const std::string up = "c1:" + port + " s1:22";
  const std::string down = "s1:22 c1:" + port;
  std::vector<Said> said{
      {time, down, "SSH-2.0-OpenSSH_9.2p1\n"}, {time + 0.01, up, "SSH-2.0-client\n"},
      {time + 0.02, down, clear(20, 400)},     {time + 0.03, up, clear(20, 500)},
      {time + 0.04, up, clear(30, 44)},        {time + 0.05, down, clear(31, 200) + clear(21, 12)},
      {time + 0.06, up, clear(21, 12)},        {time + 0.07, up, sealed(44)},
      {time + 0.08, down, sealed(44)}};
  double at = time + 0.1;
  for (const int answer : answers) {
    said.push_back({at, up, sealed(100)});
    said.push_back({at + 0.01, down, sealed(static_cast<std::size_t>(answer))});
    at += 0.1;
  }
  if (closes) said.push_back({at, up, "FIN"});
  if (closes) said.push_back({at + 0.01, down, "FIN"});
  return said;
}

TEST(SshLogin, FromTheSizes) {
  const std::string greeting = "ssh s1:22 ok none";
  const std::string refused = "ssh s1:22 refused denied";
  expect_dialogues({
      {"refused", session("4000", 1, {52, 52}), {greeting, refused}},
      {"refused at once", session("4000", 1, {52}), {greeting, refused}},
      {"let in, and at work",
       session("4000", 1, {52, 28, 620, 44, 900, 900}),
       {greeting, greeting}},
      {"let in, one short command", session("4000", 1, {52, 28, 620, 44}), {greeting, greeting}},
      {"let in at once", session("4000", 1, {36, 44, 36}), {greeting, greeting}},
      {"let in, and told so together with more", session("4000", 1, {52, 640, 44}), {greeting}},
      {"a key is offered, and refused in the end",
       session("4000", 1, {620, 52}),
       {greeting, refused}},
      {"it goes on", session("4000", 1, {52, 52}, false), {greeting}},
      {"no login", session("4000", 1, {}), {greeting}},
  });
}

TEST(SshLogin, CountsRefusals) {
  Dialogue dialogue;
  dialogue.play(session("4000", 1, {52, 52, 52, 52}));
  ASSERT_EQ(dialogue.requests.size(), 2U);
  EXPECT_EQ(dialogue.requests[1].tries, 3U);  // the first was for the list of ways
}

TEST(SshLogin, NonsenseIsNoLogin) {
  SshLogin login;
  const std::vector<std::uint8_t> nonsense(64, 0xff);
  login.said_hello(Side::server);
  EXPECT_EQ(login.read(Side::server, nonsense).taken, 64U);
  login.close();
  EXPECT_EQ(login.verdict(), SshLogin::Verdict::unknown);
}

}  // namespace
}  // namespace whydown::journey
