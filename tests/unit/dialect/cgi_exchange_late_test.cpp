// What becomes of replies that come after their request was given up.
#include "cgi_exchange_fixture.hpp"

namespace cam32100::protocol {
namespace {

TEST_F(CgiExchangeTest, NeverGivesALateReplyToTheNextRequestOfTheSameCgi) {
  submit(1, {"get_status.cgi"});
  pass(5s);
  EXPECT_EQ(expect_event<CgiTimedOut>().ticket, 1U);
  submit(2, {"get_status.cgi"});
  receive(reply_block(0x6001, "old"));
  expect_silence();
  EXPECT_EQ(exchange.counters().late, 1U);
  receive(reply_block(0x6001, "new"));
  expect_reply(2, 0, "new");
}

TEST_F(CgiExchangeTest, DropsALateReplyEvenWhenNothingElseWaits) {
  submit(1, {"get_status.cgi"});
  pass(5s);
  expect_event<CgiTimedOut>();
  receive(reply_block(0x6001, "old"));
  expect_silence();
  submit(2, {"get_status.cgi"});
  receive(reply_block(0x6001, "new"));
  expect_reply(2, 0, "new");
}

TEST_F(CgiExchangeTest, KeepsLateRepliesOfOneCgiFromAnotherOnly) {
  submit(1, {"get_status.cgi"});
  pass(5s);
  expect_event<CgiTimedOut>();
  submit(2, {"get_params.cgi"});
  receive(reply_block(0x6002, "params"));
  expect_reply(2, 0, "params");
}

TEST_F(CgiExchangeTest, BreaksWhenLateRepliesCannotBeToldApartAnyMore) {
  submit(1, {"get_status.cgi"});
  pass(5s);
  expect_event<CgiTimedOut>();
  submit(2, {"get_status.cgi"});
  receive(reply_block(0x6001, "old or new?"));
  expect_silence();
  pass(5s);
  EXPECT_EQ(expect_event<CgiTimedOut>().ticket, 2U);
  EXPECT_EQ(expect_event<CgiBroken>().code, Errc::timed_out);
}

// A is never answered, so every later request gets the reply of the one after it, and the last
// none.
TEST_F(CgiExchangeTest, BreaksWhenRepliesStayShiftedThroughTwoWaitingRequests) {
  submit(1, {"get_status.cgi"});
  pass(5s);
  EXPECT_EQ(expect_event<CgiTimedOut>().ticket, 1U);
  submit(2, {"get_status.cgi"});
  receive(reply_block(0x6001, "of 2"));
  expect_silence();
  submit(3, {"get_status.cgi"});
  receive(reply_block(0x6001, "of 3"));
  expect_reply(2, 0, "of 3");  // cannot be known yet
  pass(5s);
  EXPECT_EQ(expect_event<CgiTimedOut>().ticket, 3U);
  EXPECT_EQ(expect_event<CgiBroken>().code, Errc::timed_out);
}

TEST_F(CgiExchangeTest, BreaksHoweverManyRequestsTheShiftWentThrough) {
  submit(1, {"get_rtsp.cgi"});
  pass(5s);
  EXPECT_EQ(expect_event<CgiTimedOut>().ticket, 1U);
  submit(2, {"get_rtsp.cgi"});
  receive(reply_block(0x7777, "of 2"));
  for (std::uint64_t ticket = 3; ticket < 20; ++ticket) {
    submit(ticket, {"get_onvif.cgi"});
    pass(1s);
    receive(reply_block(0x7777, "one too late"));
    EXPECT_EQ(expect_event<CgiReplied>().ticket, ticket - 1);
  }
  pass(5s);
  EXPECT_EQ(expect_event<CgiTimedOut>().ticket, 19U);
  EXPECT_EQ(expect_event<CgiBroken>().code, Errc::timed_out);
}

TEST_F(CgiExchangeTest, DoubtsNothingAnyMoreWhenAllThatWaitedWereAnswered) {
  submit(1, {"get_status.cgi"});
  pass(5s);
  EXPECT_EQ(expect_event<CgiTimedOut>().ticket, 1U);
  submit(2, {"get_status.cgi"});
  receive(reply_block(0x6001, "of 1"));
  submit(3, {"get_status.cgi"});
  receive(reply_block(0x6001, "of 2"));
  receive(reply_block(0x6001, "of 3"));
  expect_reply(2, 0, "of 2");
  expect_reply(3, 0, "of 3");
  submit(4, {"get_status.cgi"});
  pass(5s);
  EXPECT_EQ(expect_event<CgiTimedOut>().ticket, 4U);
  expect_silence();
}

TEST_F(CgiExchangeTest, ForgetsATimedOutRequestAfterItsMemory) {
  submit(1, {"get_status.cgi"});
  pass(5s);
  expect_event<CgiTimedOut>();
  pass(60s);
  submit(2, {"get_status.cgi"});
  receive(reply_block(0x6001, "new"));
  expect_reply(2, 0, "new");
}

TEST_F(CgiExchangeTest, RemembersOnlySoManyAndCountsTheRest) {
  exchange = CgiExchange{{.max_outstanding = 2}};
  for (std::uint64_t i = 0; i < 5; ++i) {
    submit(i, {"get_status.cgi"}, 1s);
    pass(1s);
    EXPECT_EQ(expect_event<CgiTimedOut>().ticket, i);
  }
  exchange.on_time(now);
  EXPECT_EQ(exchange.counters().forgotten, 3U);
  EXPECT_EQ(exchange.outstanding(), 0U);
}

TEST_F(CgiExchangeTest, DropsTheRepliesOfAnAbandonedTicket) {
  submit(1, {"get_status.cgi", "get_params.cgi"});
  submit(2, {"get_status.cgi"});
  exchange.abandon(1);
  EXPECT_EQ(exchange.outstanding(), 1U);
  receive(reply_block(0x6001, "of 1"));
  receive(reply_block(0x6002, "of 1"));
  expect_silence();
  EXPECT_EQ(exchange.counters().late, 2U);
  receive(reply_block(0x6001, "of 2"));
  expect_reply(2, 0, "of 2");
}

TEST_F(CgiExchangeTest, RemembersAPatientRequestAfterItIsAbandonedAsLongAsAnyOther) {
  submit(1, {"get_status.cgi"}, 120s);
  pass(90s);
  exchange.abandon(1);
  submit(2, {"get_status.cgi"});
  receive(reply_block(0x6001, "of 1"));
  expect_silence();
  receive(reply_block(0x6001, "of 2"));
  expect_reply(2, 0, "of 2");
}

TEST_F(CgiExchangeTest, NeverTimesOutAnAbandonedTicket) {
  submit(1, {"get_status.cgi"});
  exchange.abandon(1);
  EXPECT_FALSE(exchange.deadline().has_value());
  pass(1h);
  expect_silence();
}

TEST_F(CgiExchangeTest, TakesBackEventsOfATicketThatIsAbandoned) {
  submit(1, {"get_status.cgi"});
  submit(2, {"get_params.cgi"});
  receive(reply_block(0x6001, "of 1"));
  receive(reply_block(0x6002, "of 2"));
  exchange.abandon(1);
  expect_reply(2, 0, "of 2");
  expect_silence();
}

TEST_F(CgiExchangeTest, DropsAReplyAbandonedWhileItArrives) {
  submit(1, {"snapshot.cgi"});
  const Bytes block = reply_block(0x6015, picture_of(500));
  receive(BytesView{block}.first(200));
  exchange.abandon(1);
  ASSERT_TRUE(exchange.deadline().has_value());  // the rest must still come
  receive(BytesView{block}.subspan(200));
  expect_silence();
  EXPECT_FALSE(exchange.deadline().has_value());
}

TEST_F(CgiExchangeTest, BreaksWhenAnAbandonedReplyStopsInTheMiddle) {
  submit(1, {"snapshot.cgi"});
  receive(BytesView{reply_block(0x6015, picture_of(500))}.first(200));
  exchange.abandon(1);
  pass(5s);
  EXPECT_EQ(expect_event<CgiBroken>().code, Errc::timed_out);
  expect_silence();
}

TEST_F(CgiExchangeTest, AbandonsOnlyTheTicketItIsAskedTo) {
  submit(1, {"get_status.cgi"});
  exchange.abandon(99);
  receive(reply_block(0x6001, "x"));
  expect_reply(1, 0, "x");
}

TEST_F(CgiExchangeTest, AlwaysMovesItsDeadlineForward) {
  submit(1, {"get_status.cgi", "snapshot.cgi"}, 1s);
  submit(2, {"get_misc.cgi"}, 3s);
  receive(BytesView{reply_block(0x6015, picture_of(500))}.first(50));
  int steps = 0;
  while (const auto due = exchange.deadline()) {
    ASSERT_LT(++steps, 10);
    exchange.on_time(*due);
    const auto next = exchange.deadline();
    ASSERT_TRUE(!next.has_value() || *next > *due);
  }
  EXPECT_GT(steps, 0);
}

}  // namespace
}  // namespace cam32100::protocol
