#include <algorithm>
#include <chrono>

#include <gtest/gtest.h>

#include "journey/testing.h"

namespace whydown::journey {
namespace {

using testing::play;
using testing::Row;

class Dns : public ::testing::TestWithParam<Row> {};

TEST_P(Dns, Attempts) {
  const testing::Played played = play(GetParam().script);
  EXPECT_EQ(played.lines, GetParam().attempts);
  EXPECT_EQ(played.observations, GetParam().observations);
}

const std::vector<Row> kAnswers{
    {"answered",
     {"0 query c1:5000 s1 7 A a.example", "0.02 answer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/udp ok none 1"}},
    {"no data is an answer",
     {"0 query c1:5000 s1 7 A a.example", "0.02 answer c1:5000 s1 7 A a.example nodata"},
     {"dns c1>s1:53/udp ok none 1"}},
    {"answered late enough to be slow",
     {"0 query c1:5000 s1 7 A a.example", "2.5 answer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/udp slow slow_answer 1"}},
    {"a retransmission was needed",
     {"0 query c1:5000 s1 7 A a.example", "1 query c1:5000 s1 7 A a.example",
      "1.1 answer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/udp slow slow_answer 2"}},
    {"rcodes",
     {"0 query c1:5000 s1 1 A a.example", "0.1 answer c1:5000 s1 1 A a.example servfail",
      "1 query c1:5000 s1 2 A b.example", "1.1 answer c1:5000 s1 2 A b.example refused",
      "2 query c1:5000 s1 3 A c.example", "2.1 answer c1:5000 s1 3 A c.example nx",
      "3 query c1:5000 s1 4 A d.example", "3.1 answer c1:5000 s1 4 A d.example formerr",
      "4 query c1:5000 s1 5 A e.example", "4.1 answer c1:5000 s1 5 A e.example yxdomain"},
     {"dns c1>s1:53/udp failed serv_fail 1", "dns c1>s1:53/udp refused refused 1",
      "dns c1>s1:53/udp failed nx_domain 1", "dns c1>s1:53/udp failed format_error 1",
      "dns c1>s1:53/udp failed other_rcode 1"}},
    {"A and AAAA from one socket with one id are told apart by their type",
     {"0 query c1:5000 s1 7 A a.example", "0 query c1:5000 s1 7 AAAA a.example",
      "0.1 answer c1:5000 s1 7 AAAA a.example nodata", "0.2 answer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/udp ok none 1", "dns c1>s1:53/udp ok none 1"}},
    {"text answers show no question",
     {"0 query c1:5000 s1 7 A a.example text", "0.1 answer c1:5000 s1 7 - - ok text"},
     {"dns c1>s1:53/udp ok none 1"}},
    {"an answer to another name answers nothing",
     {"0 query c1:5000 s1 7 A a.example", "0.1 answer c1:5000 s1 7 A b.example ok", "8 later"},
     {"dns c1>s1:53/udp silent no_response 1", "dns c1>s1:53/udp ok none 0 unseen"}},
    {"only answers captured",
     {"0 answer c1:5000 s1 7 A a.example ok", "1 answer c1:5001 s1 8 A b.example servfail"},
     {"dns c1>s1:53/udp ok none 0 unseen", "dns c1>s1:53/udp failed serv_fail 0 unseen"}},
    {"over TCP, beside the handshake",
     {"0 syn c1:5000 s1:53", "0.01 synack c1:5000 s1:53", "0.02 ack c1:5000 s1:53",
      "0.03 tquery c1:5000 s1 7 A a.example", "0.04 tanswer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/tcp ok none 1", "dns c1>s1:53/tcp ok none 1"}},
    {"multicast DNS is not name service", {"0 query c1:5353 s1:5353 7 A a.local", "9 later"}, {}},
    {"the same question again after its answer is a new attempt",
     {"0 query c1:5000 s1 7 A a.example", "0.1 answer c1:5000 s1 7 A a.example ok",
      "9 query c1:5000 s1 7 A a.example", "9.1 answer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/udp ok none 1", "dns c1>s1:53/udp ok none 1"}},
    {"a second, different answer",
     {"0 query c1:5000 s1 7 A a.example", "0.1 answer c1:5000 s1 7 A a.example ok s1",
      "0.2 answer c1:5000 s1 7 A a.example ok s2"},
     {"dns c1>s1:53/udp ok none 1", "dns c1>s1:53/udp failed wrong_answer 0 unseen"},
     {"second_answer c1>s1"}},
    {"truncated, and no more than that",
     {"0 query c1:5000 s1 7 A a.example", "0.1 answer c1:5000 s1 7 A a.example tc", "9 later"},
     {"dns c1>s1:53/udp failed truncated 1"}},
    {"truncated over TCP means nothing",
     {"0 tquery c1:5000 s1 7 A a.example", "0.1 tanswer c1:5000 s1 7 A a.example tc"},
     {"dns c1>s1:53/tcp ok none 1", "dns c1>s1:53/tcp unknown none 0 unseen mid"}},
    {"one address for names of four domains, by a resolver",
     {"0 query c1:5000 s1 1 A www.a.example", "0.1 answer c1:5000 s1 1 A www.a.example ok s9 ra=1",
      "1 query c1:5000 s1 2 A www.b.example", "1.1 answer c1:5000 s1 2 A www.b.example ok s9 ra=1",
      "2 query c1:5000 s1 3 A www.c.example", "2.1 answer c1:5000 s1 3 A www.c.example ok s9 ra=1",
      "3 query c1:5000 s1 4 A www.d.example", "3.1 answer c1:5000 s1 4 A www.d.example ok s9 ra=1",
      "4 query c1:5000 s1 5 A www.e.example", "4.1 answer c1:5000 s1 5 A www.e.example ok s8 ra=1"},
     {"dns c1>s1:53/udp ok none 1", "dns c1>s1:53/udp ok none 1", "dns c1>s1:53/udp ok none 1",
      "dns c1>s1:53/udp failed wrong_answer 1", "dns c1>s1:53/udp ok none 1"}},
    {"one address for names of four domains, by the server of their hoster",
     {"0 query c1:5000 s1 1 A www.a.example", "0.1 answer c1:5000 s1 1 A www.a.example ok s9",
      "1 query c1:5000 s1 2 A www.b.example", "1.1 answer c1:5000 s1 2 A www.b.example ok s9",
      "2 query c1:5000 s1 3 A www.c.example", "2.1 answer c1:5000 s1 3 A www.c.example ok s9",
      "3 query c1:5000 s1 4 A www.d.example", "3.1 answer c1:5000 s1 4 A www.d.example ok s9"},
     {"dns c1>s1:53/udp ok none 1", "dns c1>s1:53/udp ok none 1", "dns c1>s1:53/udp ok none 1",
      "dns c1>s1:53/udp ok none 1"}},
    {"two queries may get two answers, in any order of records",
     {"0 query c1:5000 s1 7 A a.example", "1 query c1:5000 s1 7 A a.example",
      "1.1 answer c1:5000 s1 7 A a.example ok s1 s2",
      "1.2 answer c1:5000 s1 7 A a.example ok s2 s3"},
     {"dns c1>s1:53/udp slow slow_answer 2"}},
    {"dynamic updates are not name service",
     {"0 query c1:5000 s1 7 SOA a.example opcode=5",
      "0.1 answer c1:5000 s1 7 SOA a.example "
      "refused opcode=5"},
     {"dns c1>s1:53/udp refused refused 1 noise"}},
};
INSTANTIATE_TEST_SUITE_P(Answers, Dns, ::testing::ValuesIn(kAnswers));

const std::vector<Row> kSilence{
    {"one try, five seconds",
     {"0 query c1:5000 s1 7 A a.example", "5 later"},
     {"dns c1>s1:53/udp silent no_response 1"}},
    {"one try, capture ends too soon",
     {"0 query c1:5000 s1 7 A a.example", "4.9 later"},
     {"dns c1>s1:53/udp unknown none 1 open"}},
    {"two tries, two seconds",
     {"0 query c1:5000 s1 7 A a.example", "1 query c1:5000 s1 7 A a.example", "2 later"},
     {"dns c1>s1:53/udp silent no_response 2"}},
    {"two tries, capture ends too soon",
     {"0 query c1:5000 s1 7 A a.example", "1 query c1:5000 s1 7 A a.example", "1.9 later"},
     {"dns c1>s1:53/udp unknown none 2 open"}},
    {"without times: two tries",
     {"0 query c1:5000 s1 7 A a.example notime", "0 query c1:5000 s1 7 A a.example notime"},
     {"dns c1>s1:53/udp silent no_response 2"}},
    {"without times: one try and nothing after it",
     {"0 query c1:5000 s1 7 A a.example notime", "0 later notime", "0 later notime"},
     {"dns c1>s1:53/udp unknown none 1 open"}},
    {"without times: one try and more packets",
     {"0 query c1:5000 s1 7 A a.example notime", "0 later notime", "0 later notime",
      "0 later notime"},
     {"dns c1>s1:53/udp silent no_response 1"}},
    {"an answer after the query was given up",
     {"0 query c1:5000 s1 7 A a.example", "121 later", "122 answer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/udp silent no_response 1"},
     {"late_answer c1>s1"}},
    {"an answer after the client went elsewhere",
     {"0 query c1:5000 s1 7 A a.example", "5 query c1:5001 s2 8 A a.example",
      "5.1 answer c1:5001 s2 8 A a.example ok", "6 answer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/udp slow slow_answer 1", "dns c1>s2:53/udp ok none 1"},
     {"late_answer c1>s1"}},
    // A service that was down came back between the two queries.
    {"an answer at once after the query was sent again is not late",
     {"0 query c1:5000 s1 7 A a.example", "4 query c1:5001 s1 8 A a.example",
      "4.1 answer c1:5001 s1 8 A a.example ok", "5 query c1:5000 s1 7 A a.example",
      "5.01 answer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/udp slow slow_answer 2", "dns c1>s1:53/udp ok none 1"}},
    {"one a second after the query was sent again may be the first query's",
     {"0 query c1:5000 s1 7 A a.example", "4 query c1:5001 s1 8 A a.example",
      "4.1 answer c1:5001 s1 8 A a.example ok", "5 query c1:5000 s1 7 A a.example",
      "6 answer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/udp slow slow_answer 2", "dns c1>s1:53/udp ok none 1"},
     {"late_answer c1>s1"}},
};
INSTANTIATE_TEST_SUITE_P(Silence, Dns, ::testing::ValuesIn(kSilence));

const std::vector<Row> kErrors{
    {"three times the same query, each refused: 4, 44 and 18 s later",
     {"0 query c1:5000 s1 7 A a.example text", "4 icmp port s1 udp c1 s1:53 text",
      "120 query c1:5000 s1 7 A a.example text", "164 icmp port s1 udp c1 s1:53 text",
      "240 query c1:5000 s1 7 A a.example text", "258 icmp port s1 udp c1 s1:53 text"},
     {"dns c1>s1:53/udp refused port_unreachable 1", "dns c1>s1:53/udp refused port_unreachable 1",
      "dns c1>s1:53/udp refused port_unreachable 1"}},
    {"refused, the quote shows ports",
     {"0 query c1:5000 s1 7 A a.example", "0.1 icmp port s1 udp c1:5000 s1:53"},
     {"dns c1>s1:53/udp refused port_unreachable 1"}},
    {"of two questions on a socket the id tells which",
     {"0 query c1:5000 s1 7 A a.example", "0 query c1:5000 s1 8 AAAA a.example",
      "0.1 icmp port s1 udp c1:5000 s1:53 quoteid=8", "0.2 answer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/udp ok none 1", "dns c1>s1:53/udp refused port_unreachable 1 healed"}},
    {"of two questions on a socket the oldest, without an id",
     {"0 query c1:5000 s1 7 AAAA a.example", "0.01 query c1:5000 s1 8 A a.example",
      "0.1 icmp port s1 udp c1:5000 s1:53", "0.2 answer c1:5000 s1 8 A a.example nodata"},
     {"dns c1>s1:53/udp refused port_unreachable 1", "dns c1>s1:53/udp ok none 1"}},
    {"retransmissions get an error each: one attempt",
     {"0 query c1:5000 s1 7 A a.example", "1 query c1:5000 s1 7 A a.example",
      "3 icmp host r1 udp c1:5000 s1:53", "3 icmp host r1 udp c1:5000 s1:53"},
     {"dns c1>s1:53/udp failed host_unreachable 2"}},
    {"the error repeats one",
     {"0 query c1:5000 s1 7 A a.example", "0.1 icmp port s1 udp c1:5000 s1:53",
      "0.5 icmp port s1 udp c1:5000 s1:53"},
     {"dns c1>s1:53/udp refused port_unreachable 1"}},
    {"errors without queries: the client's side was not captured",
     {"0 icmp port s1 udp c1:5000 s1:53 quoteid=1", "0.1 icmp port s1 udp c1:5000 s1:53 quoteid=1",
      "9 icmp port s1 udp c1:5001 s1:53 quoteid=2"},
     {"dns c1>s1:53/udp refused port_unreachable 0 unseen",
      "dns c1>s1:53/udp refused port_unreachable 0 unseen"}},
    {"other errors",
     {"0 query c1:5000 s1 1 A a.example", "0.1 icmp admin r1 udp c1:5000 s1:53",
      "1 query c1:5001 s1 2 A b.example", "1.1 icmp net r1 udp c1:5001 s1:53",
      "2 query c1:5002 s1 3 A c.example", "2.1 icmp ttl r1 udp c1:5002 s1:53"},
     {"dns c1>s1:53/udp refused admin_prohibited 1", "dns c1>s1:53/udp failed net_unreachable 1",
      "dns c1>s1:53/udp failed ttl_exceeded 1"}},
    {"path MTU discovery and redirects end nothing",
     {"0 query c1:5000 s1 7 A a.example", "0.1 icmp frag r1 udp c1:5000 s1:53",
      "0.2 icmp redirect r1 udp c1:5000 s1:53", "0.3 answer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/udp ok none 1"}},
    {"a part of the request got there: no error, but a loss",
     {"0 query c1:5000 s1 7 A a.example", "20 icmp pieces s1 udp c1:5000 s1:53"},
     {"dns c1>s1:53/udp silent no_response 1"},
     {"pieces_lost c1>s1 2"}},
    {"... or of the answer",
     {"0 query c1:5000 s1 7 A a.example", "20 icmp pieces c1 udp s1:53 c1:5000"},
     {"dns c1>s1:53/udp silent no_response 1"},
     {"pieces_lost c1>s1 2"}},
    {"... of IPv6",
     {"0 query c1x:5000 s1x 7 AAAA a.example", "20 icmp pieces s1x udp c1x:5000 s1x:53"},
     {"dns c1x>s1x:53/udp silent no_response 1"},
     {"pieces_lost c1x>s1x 2"}},
    {"the client's closed socket rejects a late answer: it served nobody",
     {"0 query c1:5000 s1 7 A a.example", "1 answer c1:5000 s1 7 A a.example ok",
      "1 icmp port c1 udp s1:53 c1:5000"},
     {"dns c1>s1:53/udp silent no_response 1"},
     {"late_answer_rejected c1>s1"}},
    {"a rejected answer heals nothing, and is healed by another server's",
     {"0 query c1:5000 s1 7 A a.example", "3 query c1:5001 s2 8 A a.example",
      "3.1 answer c1:5001 s2 8 A a.example servfail", "3.2 answer c1:5000 s1 7 A a.example ok",
      "3.2 icmp port c1 udp s1:53 c1:5000", "4.5 query c1:5002 s3 9 A a.example",
      "4.6 answer c1:5002 s3 9 A a.example ok"},
     {"dns c1>s1:53/udp silent no_response 1 healed other",
      "dns c1>s2:53/udp failed serv_fail 1 healed other", "dns c1>s3:53/udp ok none 1"},
     {"late_answer_rejected c1>s1"}},
    {"of two answers to two tries the second met a closed socket",
     {"0 query c1:5000 s1 7 A a.example", "1 query c1:5000 s1 7 A a.example",
      "1.1 answer c1:5000 s1 7 A a.example ok", "1.2 answer c1:5000 s1 7 A a.example ok",
      "1.2 icmp port c1 udp s1:53 c1:5000"},
     {"dns c1>s1:53/udp slow slow_answer 2"},
     {"late_answer_rejected c1>s1"}},
    {"an answer at once was taken, whatever the client rejects later",
     {"0 query c1:5000 s1 7 A a.example", "0.1 answer c1:5000 s1 7 A a.example ok",
      "0.2 icmp port c1 udp s1:53 c1:5000"},
     {"dns c1>s1:53/udp ok none 1"},
     {"late_answer_rejected c1>s1"}},
    {"the same, when the query was not captured",
     {"1 icmp port c1 udp s1:53 c1:5000"},
     {},
     {"late_answer_rejected c1>s1"}},
    {"the same in text, which hides the source port",
     {"0 query c1:5000 s1 7 A a.example text", "1 answer c1:5000 s1 7 - - ok text",
      "1 icmp port c1 udp s1 c1:5000 text"},
     {"dns c1>s1:53/udp silent no_response 1"},
     {"late_answer_rejected c1>s1"}},
    {"an answer after the error",
     {"0 query c1:5000 s1 7 A a.example", "0.1 icmp host r1 udp c1:5000 s1:53",
      "40 answer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/udp failed host_unreachable 1"},
     {"late_answer c1>s1"}},
    {"copies of the error that ended it, as `-i any` shows them in text",
     {"0 query c1 s1 7 A a.example text", "0.1 icmp port s1 udp c1 s1:53 text",
      "0.1 icmp port s1 udp c1 s1:53 text", "0.1 icmp port s1 udp c1 s1:53 text", "9 later"},
     {"dns c1>s1:53/udp refused port_unreachable 1"}},
    {"text that names only the host",
     {"0 query c1:5000 s1 7 A a.example text", "3 icmp host r1 any c1 s1 text"},
     {"dns c1>s1:53/udp failed host_unreachable 1"}},
    {"a table that shows no quote: an error from the server itself",
     {"0 query c1 s1 7 A a.example text", "4 icmp port s1 udp c1 s1 text noquote", "9 later"},
     {"dns c1>s1:53/udp refused port_unreachable 1"}},
    {"a table that shows no quote: a router rejects the one request of just then",
     {"0 query c1 s1 7 A a.example text", "0 query c2 s1 8 A a.example text",
      "0.1 icmp port r1 udp c1 s1 text noquote", "0.2 answer c2 s1 8 A a.example ok text",
      "9 later"},
     {"dns c1>s1:53/udp refused port_unreachable 1", "dns c2>s1:53/udp ok none 1"}},
    {"a table that shows no quote: two questions to one server get an error each",
     {"0 query c1 s1 7 A a.example text", "0 query c1 s1 8 AAAA a.example text",
      "0.1 icmp admin r1 udp c1 s1 text noquote", "0.1 icmp admin r1 udp c1 s1 text noquote",
      "9 later"},
     {"dns c1>s1:53/udp refused admin_prohibited 1",
      "dns c1>s1:53/udp refused admin_prohibited 1"}},
    {"a table that shows no quote: of two servers neither is known to be meant nor to be silent",
     {"0 query c1 s1 7 A a.example text", "0 query c1 s2 8 A a.example text",
      "0.1 icmp port r1 udp c1 s1 text noquote", "9 later"},
     {"dns c1>s1:53/udp unknown none 1 open", "dns c1>s2:53/udp unknown none 1 open"}},
    {"a table that shows no quote: a traceroute's router is no verdict on a question",
     {"0 query c1 s1 7 A a.example text", "0.1 icmp ttl r1 udp c1 s1 text noquote", "9 later"},
     {"dns c1>s1:53/udp silent no_response 1"}},
    {"a table that shows no quote: a client rejects an answer, no question of the resolver",
     {"0 query c1 s1 7 A a.example text", "0.1 query s1 s2 8 A a.example text",
      "0.2 icmp port c1 udp s1 c1 text noquote", "9 later"},
     {"dns c1>s1:53/udp silent no_response 1", "dns s1>s2:53/udp silent no_response 1"}},
    {"a quote cut before the ports: the IP id tells which question",
     {"0 query c1:5000 s1 7 A a.example ip=70", "0 query c1:5001 s1 8 A b.example ip=71",
      "2 icmp port s1 any c1 s1 quoteip=71", "3 answer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/udp slow slow_answer 1", "dns c1>s1:53/udp refused port_unreachable 1"}},
    {"a quote cut before the ports, of a datagram that was not captured",
     {"0 query c1:5000 s1 7 A a.example ip=70", "0.1 icmp port s1 any c1 s1 quoteip=71",
      "0.2 answer c1:5000 s1 7 A a.example ok"},
     {"dns c1>s1:53/udp ok none 1", "icmp c1>s1:0 refused port_unreachable 0 unseen"}},
    {"a table that shows no quote: an error from somebody else may be about anything",
     {"0 query c1 s1 7 A a.example text", "4 icmp port r1 udp c1 s1 text noquote", "9 later"},
     {"dns c1>s1:53/udp silent no_response 1"}},
    {"IPv6",
     {"0 query c1x:5000 s1x 7 A a.example", "0.1 icmp port s1x udp c1x:5000 s1x:53"},
     {"dns c1x>s1x:53/udp refused port_unreachable 1"}},
};
INSTANTIATE_TEST_SUITE_P(Errors, Dns, ::testing::ValuesIn(kErrors));

const std::vector<Row> kTwoInputs{
    {"both sides show query and answer",
     {"0 query c1:5000 s1 7 A a.example ip=5 in=0", "0.01 query c1:5000 s1 7 A a.example ip=5 in=1",
      "0.02 answer c1:5000 s1 7 A a.example ok ip=6 in=1",
      "0.03 answer c1:5000 s1 7 A a.example ok ip=6 in=0", "9 later in=0"},
     {"dns c1>s1:53/udp ok none 1"}},
    {"the answer never reached the client's side",
     {"0 query c1:5000 s1 7 A a.example ip=5 in=0", "0.01 query c1:5000 s1 7 A a.example ip=5 in=1",
      "0.02 answer c1:5000 s1 7 A a.example ok ip=6 in=1", "9 later in=0"},
     {"dns c1>s1:53/udp silent no_response 1"}},
    {"nor on the second try",
     {"0 query c1:5000 s1 7 A a.example ip=5 in=0", "0.01 query c1:5000 s1 7 A a.example ip=5 in=1",
      "0.02 answer c1:5000 s1 7 A a.example ok ip=6 in=1",
      "5 query c1:5000 s1 7 A a.example ip=7 in=0", "5.01 query c1:5000 s1 7 A a.example ip=7 in=1",
      "5.02 answer c1:5000 s1 7 A a.example ok ip=8 in=1"},
     {"dns c1>s1:53/udp silent no_response 2"}},
    {"the answer to the second try reached it",
     {"0 query c1:5000 s1 7 A a.example ip=5 in=0", "0.01 query c1:5000 s1 7 A a.example ip=5 in=1",
      "0.02 answer c1:5000 s1 7 A a.example ok ip=6 in=1",
      "5 query c1:5000 s1 7 A a.example ip=7 in=0", "5.01 query c1:5000 s1 7 A a.example ip=7 in=1",
      "5.02 answer c1:5000 s1 7 A a.example ok ip=8 in=1",
      "5.03 answer c1:5000 s1 7 A a.example ok ip=8 in=0", "20 later in=0"},
     {"dns c1>s1:53/udp slow slow_answer 2"}},
    {"the client's side shows nothing any more",
     {"0 query c1:5000 s1 7 A a.example ip=5 in=0", "0.01 query c1:5000 s1 7 A a.example ip=5 in=1",
      "0.02 answer c1:5000 s1 7 A a.example ok ip=6 in=1", "9 later in=1"},
     {"dns c1>s1:53/udp ok none 1"}},
    {"two inputs, one after the other",
     {"0 query c1:5000 s1 7 A a.example in=0", "0.02 answer c1:5000 s1 7 A a.example ok in=1",
      "9 later in=0"},
     {"dns c1>s1:53/udp ok none 1"}},
    {"two routers: answers may take another way",
     {"0 query c1:5000 s1 7 A a.example ip=5 in=0 ttl=62",
      "0.01 query c1:5000 s1 7 A a.example ip=5 in=1 ttl=61",
      "0.02 answer c1:5000 s1 7 A a.example ok ip=6 in=1", "9 later in=0"},
     {"dns c1>s1:53/udp ok none 1"}},
};
INSTANTIATE_TEST_SUITE_P(TwoInputs, Dns, ::testing::ValuesIn(kTwoInputs));

TEST(DnsAttempt, FillsEveryMember) {
  const auto played =
      play({"0 query c1:5000 s1 7 A a.example ttl=63", "1 query c1:5000 s1 7 A a.example",
            "4 icmp port s1 udp c1:5000 s1:53 quoteid=7"});
  ASSERT_EQ(played.attempts.size(), 1U);
  const Attempt& attempt = played.attempts[0];
  EXPECT_EQ(attempt.step, Step::name);
  EXPECT_TRUE(attempt.client_spoke);
  EXPECT_TRUE(attempt.server_spoke);
  EXPECT_EQ(base::between(attempt.begin, attempt.end), std::chrono::seconds{4});
  EXPECT_EQ(attempt.latency, std::chrono::seconds{4});
  EXPECT_EQ(attempt.request.kind, Kind::dns_query);
  EXPECT_EQ(attempt.request.place.number, 1U);
  EXPECT_EQ(attempt.request.source_port, 5000);
  EXPECT_EQ(attempt.request.destination_port, 53);
  EXPECT_EQ(attempt.request.dns_id, 7);
  EXPECT_EQ(attempt.request.dns_type, 1);
  EXPECT_EQ(attempt.request.ttl, 63);
  EXPECT_NE(attempt.request.name, 0U);
  EXPECT_EQ(attempt.request.expected_length, 0U);  // from bytes: nothing to expect
  EXPECT_EQ(attempt.last_request.place.number, 2U);
  EXPECT_EQ(attempt.answer.kind, Kind::icmp_error);
  EXPECT_EQ(attempt.answer.place.number, 3U);
  EXPECT_EQ(attempt.answer.quoted_source_port, 5000);
}

TEST(DnsAttempt, LastRequestIsSetOnlyWhenThereWereTwo) {
  const auto played =
      play({"0 query c1:5000 s1 7 A a.example", "0.1 answer c1:5000 s1 7 A a.example ok"});
  ASSERT_EQ(played.attempts.size(), 1U);
  EXPECT_FALSE(played.attempts[0].last_request.is_set());
  EXPECT_FALSE(played.attempts[0].answer.place.number == 1);
}

// What a stub's wait for its first server cost, to half a second.
TEST(DnsAttempt, ARescuedOneTellsHowLongItWaited) {
  struct Wait {
    std::vector<std::string> script;
    double least;
    double most;
  };
  const std::vector<Wait> waits{
      {{"0 query c1:5000 s1 7 A a.example", "5 query c1:5001 s2 8 A a.example",
        "5.02 answer c1:5001 s2 8 A a.example ok", "40 later"},
       4.4,
       5.02},
      // Decided before the other server answers.
      {{"0 query c1:5000 s1 7 A a.example", "0.1 query c1:5000 s1 7 A a.example",
        "20 query c1:5001 s2 8 A a.example", "20.02 answer c1:5001 s2 8 A a.example ok",
        "40 later"},
       19.4,
       20.02},
      // Both were asked at once.
      {{"0 query c1:5000 s1 7 A a.example", "0 query c1:5001 s2 8 A a.example",
        "0.02 answer c1:5001 s2 8 A a.example ok", "40 later"},
       0,
       0.02},
  };
  for (const Wait& wait : waits) {
    const auto played = play(wait.script);
    const auto silent = std::ranges::find(played.attempts, Outcome::silent, &Attempt::outcome);
    ASSERT_NE(silent, played.attempts.end());
    EXPECT_TRUE(silent->answered_by_other_server);
    const double waited = std::chrono::duration<double>(silent->latency).count();
    EXPECT_GE(waited, wait.least);
    EXPECT_LE(waited, wait.most);
  }
  const auto alone = play({"0 query c1:5000 s1 7 A a.example", "40 later"});
  ASSERT_EQ(alone.attempts.size(), 1U);
  EXPECT_LT(alone.attempts[0].latency, base::Duration{0});
}

TEST(DnsAttempt, WithoutTimesThereIsNoLatency) {
  const auto played = play(
      {"0 query c1:5000 s1 7 A a.example notime", "3 answer c1:5000 s1 7 A a.example ok notime"});
  ASSERT_EQ(played.attempts.size(), 1U);
  EXPECT_EQ(played.attempts[0].outcome, Outcome::ok);
  EXPECT_LT(played.attempts[0].latency, base::Duration{0});
}

}  // namespace
}  // namespace whydown::journey
