#include "cgi_exchange_fixture.hpp"

namespace cam32100::protocol {
namespace {

TEST_F(CgiExchangeTest, GivesAReplyToItsRequestWithTheTimeItTook) {
  submit(7, {"get_status.cgi"});
  EXPECT_EQ(exchange.outstanding(), 1U);
  now += 40ms;
  receive(reply_block(0x6001, "a=1;"));
  const auto replied = expect_event<CgiReplied>();
  EXPECT_EQ(replied.ticket, 7U);
  EXPECT_EQ(replied.cgi, "get_status.cgi");
  EXPECT_EQ(replied.reply.command_id, 0x6001);
  EXPECT_EQ(to_string(replied.reply.body), "a=1;");
  EXPECT_EQ(replied.took, Duration{40ms});
  EXPECT_EQ(exchange.outstanding(), 0U);
  EXPECT_FALSE(exchange.deadline().has_value());
  expect_silence();
}

TEST_F(CgiExchangeTest, PutsABatchIntoOneBufferAsAdjacentBlocks) {
  submit(1, {"get_status.cgi", "get_params.cgi", "get_misc.cgi"});
  std::size_t blocks = 0;
  BytesView rest{sent};
  while (!rest.empty()) {
    Reader header{rest.first(8)};
    EXPECT_EQ(header.u16_be(), 0x010A);
    EXPECT_EQ(header.u16_le(), 0);  // a request has no command id
    const std::size_t length = header.u16_le();
    EXPECT_EQ(header.u16_le(), 0);
    ASSERT_LE(8 + length, rest.size());
    EXPECT_TRUE(to_string(rest.subspan(8, 5)) == "GET /");
    rest = rest.subspan(8 + length);
    ++blocks;
  }
  EXPECT_EQ(blocks, 3U);
}

TEST_F(CgiExchangeTest, AppendsToWhatTheCallerHasAlready) {
  Bytes out{std::byte{0xAA}};
  ASSERT_TRUE(
      exchange.submit(now, 1, {{.cgi = "a.cgi", .parameters = {}}}, {}, {}, out).has_value());
  EXPECT_EQ(out[0], std::byte{0xAA});
  EXPECT_EQ(out[1], std::byte{0x01});
}

TEST_F(CgiExchangeTest, MatchesByCommandIdWhateverTheOrder) {
  submit(1, {"get_status.cgi", "get_params.cgi"});
  receive(reply_block(0x6002, "params"));
  receive(reply_block(0x6001, "status"));
  expect_reply(1, 1, "params");
  expect_reply(1, 0, "status");
}

TEST_F(CgiExchangeTest, MatchesEqualIdsInOrder) {
  submit(1, {"camera_control.cgi", "camera_control.cgi"});
  submit(2, {"camera_control.cgi"});
  receive(reply_block(0x6012, "first"));
  receive(reply_block(0x6012, "second"));
  receive(reply_block(0x6012, "third"));
  expect_reply(1, 0, "first");
  expect_reply(1, 1, "second");
  expect_reply(2, 0, "third");
}

TEST_F(CgiExchangeTest, MatchesCgisOfUnknownIdByOrderAmongUnknownIds) {
  submit(1, {"get_rtsp.cgi", "get_status.cgi", "set_ir_gpio.cgi"});
  receive(reply_block(0x7777, "rtsp"));
  receive(reply_block(0x600A, "ir"));
  receive(reply_block(0x6001, "status"));
  expect_reply(1, 0, "rtsp");
  expect_reply(1, 2, "ir");
  expect_reply(1, 1, "status");
}

TEST_F(CgiExchangeTest, NeverGivesWhatACameraSendsByItselfToACgiWithoutAnId) {
  submit(1, {"get_rtsp.cgi"});
  receive(reply_block(0x6040, "notice"));
  receive(reply_block(0x600A, "of set_ir"));
  expect_silence();
  EXPECT_EQ(exchange.counters().unsolicited, 2U);
  receive(reply_block(0x7777, "rtsp"));
  expect_reply(1, 0, "rtsp");
}

TEST_F(CgiExchangeTest, DropsAndCountsUnsolicitedReplies) {
  submit(1, {"get_status.cgi"});
  receive(reply_block(0x6002, "nobody asked"));
  receive(reply_block(0x7777, "nor for this"));
  expect_silence();
  EXPECT_EQ(exchange.counters().unsolicited, 2U);
  receive(reply_block(0x6001, "status"));
  expect_reply(1, 0, "status");
}

TEST_F(CgiExchangeTest, GivesTheSameRepliesForEverySplitOfTheStream) {
  Bytes stream = reply_block(0x6001, "status");
  append(stream, reply_block(0x6015, picture_of(100)));
  append(stream, reply_block(0x6001, "again"));
  for (std::size_t split = 0; split <= stream.size(); ++split) {
    SCOPED_TRACE(split);
    exchange = CgiExchange{};
    submit(1, {"get_status.cgi", "snapshot.cgi", "get_status.cgi"});
    receive(BytesView{stream}.first(split));
    receive(BytesView{stream}.subspan(split));
    expect_reply(1, 0, "status");
    EXPECT_EQ(expect_event<CgiReplied>().reply.body, picture_of(100));
    expect_reply(1, 2, "again");
    expect_silence();
  }
}

TEST_F(CgiExchangeTest, TimesOutARequestThatNobodyAnswers) {
  submit(3, {"get_status.cgi"});
  ASSERT_EQ(exchange.deadline(), now + 5s);
  pass(4999ms);
  expect_silence();
  pass(1ms);
  const auto late = expect_event<CgiTimedOut>();
  EXPECT_EQ(late.ticket, 3U);
  EXPECT_EQ(late.cgi, "get_status.cgi");
  EXPECT_EQ(late.waited, Duration{5s});
  EXPECT_FALSE(exchange.deadline().has_value());
  EXPECT_EQ(exchange.outstanding(), 0U);
}

TEST_F(CgiExchangeTest, UsesTheTimeoutThatCameWithTheBatch) {
  submit(1, {"get_status.cgi"}, 30s);
  submit(2, {"get_params.cgi"}, 1s);
  ASSERT_EQ(exchange.deadline(), now + 1s);
  pass(1s);
  EXPECT_EQ(expect_event<CgiTimedOut>().ticket, 2U);
  EXPECT_EQ(exchange.deadline(), now + 29s);
}

TEST_F(CgiExchangeTest, CountsBytesOfAReplyAsProgressForItAndForThoseBehind) {
  submit(1, {"snapshot.cgi", "get_status.cgi"});
  const Bytes block = reply_block(0x6015, picture_of(1000));
  for (std::size_t at = 0; at < 900; at += 100) {
    pass(4s);
    receive(BytesView{block}.subspan(at, 100));
  }
  expect_silence();
  receive(BytesView{block}.subspan(900));
  EXPECT_EQ(expect_event<CgiReplied>().cgi, "snapshot.cgi");
  EXPECT_EQ(exchange.deadline(), now + 5s);
}

TEST_F(CgiExchangeTest, DoesNotLetLaterRepliesExtendAnEarlierRequest) {
  submit(1, {"wifi_scan.cgi"});
  for (int i = 0; i < 4; ++i) {
    pass(1s);
    submit(2, {"get_status.cgi"});
    receive(reply_block(0x6001, "x"));
    EXPECT_EQ(expect_event<CgiReplied>().ticket, 2U);
  }
  pass(1s);
  EXPECT_EQ(expect_event<CgiTimedOut>().cgi, "wifi_scan.cgi");
}

TEST_F(CgiExchangeTest, DoesNotLetUnsolicitedRepliesExtendAnything) {
  submit(1, {"get_status.cgi"});
  for (int i = 0; i < 5; ++i) {
    receive(reply_block(0x6040, "notice"));
    pass(1s);
  }
  EXPECT_EQ(expect_event<CgiTimedOut>().ticket, 1U);
}

TEST_F(CgiExchangeTest, BreaksWhenAReplyStopsInTheMiddle) {
  submit(1, {"get_status.cgi"});
  submit(2, {"get_params.cgi"}, 60s);
  const Bytes block = reply_block(0x6001, "never finished");
  receive(BytesView{block}.first(15));
  pass(5s);
  EXPECT_EQ(expect_event<CgiTimedOut>().ticket, 1U);
  const auto broken = expect_event<CgiBroken>();
  EXPECT_EQ(broken.code, Errc::timed_out);
  EXPECT_FALSE(broken.what.empty());
  expect_silence();
  EXPECT_FALSE(exchange.deadline().has_value());
}

TEST_F(CgiExchangeTest, WaitsForTheRestOfAReplyNoLongerForAPatientRequest) {
  submit(1, {"wifi_scan.cgi"}, 120s);
  pass(60s);
  expect_silence();
  receive(BytesView{reply_block(0x602A, "never finished")}.first(15));
  ASSERT_EQ(exchange.deadline(), now + 5s);
  pass(5s);
  EXPECT_EQ(expect_event<CgiTimedOut>().ticket, 1U);
  EXPECT_EQ(expect_event<CgiBroken>().code, Errc::timed_out);
}

TEST_F(CgiExchangeTest, DropsTheRestOfAReplyThatAnImpatientRequestGaveUp) {
  submit(1, {"get_params.cgi"}, 1s);
  const Bytes block = reply_block(0x6002, "slow");
  receive(BytesView{block}.first(10));
  ASSERT_EQ(exchange.deadline(), now + 1s);
  pass(1s);
  EXPECT_EQ(expect_event<CgiTimedOut>().ticket, 1U);
  ASSERT_EQ(exchange.deadline(), now + 4s);  // the stream has to go on
  receive(BytesView{block}.subspan(10));
  expect_silence();
  EXPECT_EQ(exchange.counters().late, 1U);
  submit(2, {"get_params.cgi"});
  receive(reply_block(0x6002, "new"));
  expect_reply(2, 0, "new");
}

TEST_F(CgiExchangeTest, BreaksWhenEvenAHeaderOrAnUnsolicitedReplyStops) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{10}}) {
    exchange = CgiExchange{};
    const Bytes block = reply_block(0x6040, "never finished");
    receive(BytesView{block}.first(size));
    ASSERT_EQ(exchange.deadline(), now + 5s) << size;
    pass(5s);
    EXPECT_EQ(expect_event<CgiBroken>().code, Errc::timed_out) << size;
  }
}

TEST_F(CgiExchangeTest, OnlyTimesOutWhenAnEmptySnapshotStaysAlone) {
  submit(1, {"snapshot.cgi"});
  receive(reply_block(0x6015, ""));  // empty, or 65536 bytes to come
  expect_silence();
  pass(5s);
  EXPECT_EQ(expect_event<CgiTimedOut>().ticket, 1U);
  expect_silence();
  submit(2, {"snapshot.cgi"});
  receive(reply_block(0x6015, picture_of(100)));
  EXPECT_EQ(expect_event<CgiReplied>().ticket, 2U);
}

TEST_F(CgiExchangeTest, BreaksAtAWrongMagicAndThenRefusesEverything) {
  submit(1, {"get_status.cgi"});
  receive(as_bytes("HTTP/1.1 200 OK"));
  const auto broken = expect_event<CgiBroken>();
  EXPECT_EQ(broken.code, Errc::bad_reply);
  EXPECT_EQ(broken.what, "block magic 0x4854 at a block boundary");
  receive(reply_block(0x6001, "too late"));
  pass(1h);
  expect_silence();
  EXPECT_EQ(exchange.outstanding(), 0U);
  Bytes out;
  const auto again = exchange.submit(now, 2, {{.cgi = "a.cgi", .parameters = {}}}, {}, {}, out);
  ASSERT_TRUE(again.has_error());
  EXPECT_EQ(again.error(), make_error_code(Errc::bad_reply));
  EXPECT_TRUE(out.empty());
}

TEST_F(CgiExchangeTest, BreaksAtTheBodyLimit) {
  exchange = CgiExchange{{.max_body = 100}};
  submit(1, {"get_status.cgi"});
  receive(reply_block(0x6001, Bytes(101, std::byte{'x'})));
  EXPECT_EQ(expect_event<CgiBroken>().code, Errc::bad_length);
}

TEST_F(CgiExchangeTest, RefusesMoreThanItsCapAndLeavesTheBufferAlone) {
  exchange = CgiExchange{{.max_outstanding = 3}};
  submit(1, {"get_status.cgi", "get_status.cgi"});
  Bytes out{std::byte{1}};
  const std::vector<CgiRequest> two{{.cgi = "a.cgi", .parameters = {}},
                                    {.cgi = "b.cgi", .parameters = {}}};
  const auto full = exchange.submit(now, 2, two, {}, {}, out);
  ASSERT_TRUE(full.has_error());
  EXPECT_EQ(full.error(), make_error_code(Errc::queue_full));
  EXPECT_EQ(out.size(), 1U);
  EXPECT_EQ(exchange.outstanding(), 2U);
  submit(3, {"get_status.cgi"});
}

TEST_F(CgiExchangeTest, SendsNothingOfABatchWithOneBadRequest) {
  Bytes out;
  const std::vector<CgiRequest> batch{{.cgi = "a.cgi", .parameters = {}},
                                      {.cgi = "b cgi", .parameters = {}}};
  const auto bad = exchange.submit(now, 1, batch, {}, {}, out);
  ASSERT_TRUE(bad.has_error());
  EXPECT_EQ(bad.error(), make_error_code(Errc::bad_length));
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(exchange.outstanding(), 0U);
}

TEST_F(CgiExchangeTest, MovesTheBodyWithoutCopyingIt) {
  submit(1, {"snapshot.cgi"});
  const Bytes block = reply_block(0x6015, picture_of(30'000));
  receive(BytesView{block}.first(100));
  receive(BytesView{block}.subspan(100));
  const auto replied = expect_event<CgiReplied>();
  // Reserved once from the announced length: no growth, so no copy either.
  EXPECT_EQ(replied.reply.body.capacity(), 30'000U);
}

TEST_F(CgiExchangeTest, EarlyAndRepeatedTimeCallsDoNothing) {
  submit(1, {"get_status.cgi"});
  for (int i = 0; i < 10; ++i) exchange.on_time(now);
  expect_silence();
  EXPECT_EQ(exchange.outstanding(), 1U);
}

}  // namespace
}  // namespace cam32100::protocol
