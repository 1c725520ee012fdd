// How much one source may ask, what the server remembers, and its second socket.
#include "server_by_hand.hpp"

namespace cam32100::protocol {
namespace {

using ServerLimits = ServerByHand;

TEST_F(ServerLimits, AllowTwoSecondsOfQuestionsAtOnceAndRefill) {
  config.sources.lookups_per_s = 5;
  start();
  log_in();
  for (int i = 0; i < 15; ++i) hand->send(kClient, kLookup);
  EXPECT_EQ(count(hand->take(), "f121"), 10U);
  EXPECT_EQ(server->counters().rate_limited, 5U);
  hand->now += 1s;
  for (int i = 0; i < 15; ++i) hand->send(kClient, kLookup);
  EXPECT_EQ(count(hand->take(), "f121"), 5U);
  hand->now += 30s;
  for (int i = 0; i < 15; ++i) hand->send(kClient, kLookup);
  EXPECT_EQ(count(hand->take(), "f121"), 10U) << "nobody saves up more than that";
}

TEST_F(ServerLimits, CountEachAddressApartAndAllItsPortsTogether) {
  config.sources.lookups_per_s = 1;
  start();
  log_in();
  for (std::uint16_t i = 0; i < 4; ++i) {
    hand->send({kClient.ip, static_cast<std::uint16_t>(40000 + i)}, kLookup);
  }
  EXPECT_EQ(count(hand->take(), "f121"), 2U);
  hand->send(kOtherClient, kLookup);
  EXPECT_EQ(count(hand->take(), "f121"), 1U);
}

TEST_F(ServerLimits, CountEveryKindOfQuestion) {
  config.sources.lookups_per_s = 1;
  config.relay_address = kServer;
  for (const std::string& question :
       {kLookup, dsk_lookup(kDsk), std::string{"f1680000"}, "f1670014" + kBatc,
        "f16a002c" + kBatc + kDsk, std::string{"f1720000"},
        "f1800028" + kBatc + "0002e880016433c60000000000000000a1b2c3d4"}) {
    start();
    for (int i = 0; i < 3; ++i) hand->send({{192, 168, 1, 5}, 40000}, question);
    EXPECT_EQ(server->counters().rate_limited, 1U) << question;
  }
}

TEST_F(ServerLimits, KeepLoginsOut) {
  config.sources.lookups_per_s = 1;
  start();
  for (int i = 0; i < 50; ++i) log_in();
  EXPECT_EQ(server->counters().rate_limited, 0U);
}

TEST_F(ServerLimits, TakeTwoMinutesOfNewDevicesOfOnePublicAddressAtOnce) {
  config.sources.new_devices_per_min = 5;
  start();
  const auto try_all = [&](const Address& from, unsigned first) {
    for (unsigned i = first; i < first + 20; ++i) hand->send(from, numbered(kDeviceLogin, i));
    return count(hand->take(), "f1110004000000");
  };
  EXPECT_EQ(try_all(kDevice, 0), 10U);
  EXPECT_EQ(server->counters().rate_limited, 10U);
  const auto known = answer_to(numbered(kDeviceLogin, 3), kDevice);
  EXPECT_EQ(known.size(), 1U) << "who is here may come back";
  EXPECT_EQ(try_all(kOtherClient, 100), 10U) << "another address has its own";
  EXPECT_EQ(try_all({{192, 168, 1, 9}, 5000}, 200), 20U) << "a house's own server serves it";
  hand->pass(30s);
  EXPECT_EQ(try_all(kDevice, 300), 2U);
}

TEST_F(ServerLimits, KeepNoMoreDevicesOfOnePublicAddressThanItsShare) {
  config.sources.devices = 3;
  config.sources.trust_private = false;
  start();
  const Address home{{192, 168, 1, 9}, 5000};
  for (unsigned i = 0; i < 5; ++i) hand->send(home, numbered(kDeviceLogin, i));
  EXPECT_EQ(server->device_count(), 3U);
  // One goes on from elsewhere: there is room for another.
  hand->send(kOtherClient, numbered(kDeviceLogin, 0));
  hand->send(home, numbered(kDeviceLogin, 4));
  EXPECT_EQ(server->device_count(), 4U);
  hand->pass(config.login_expiry);
  EXPECT_EQ(server->device_count(), 0U);
  hand->take();
  for (unsigned i = 0; i < 5; ++i) hand->send(home, numbered(kDeviceLogin, i));
  EXPECT_EQ(server->device_count(), 3U) << "nobody is counted twice";
}

TEST_F(ServerLimits, TellLoginsThatAnIdIsTakenNoOftener) {
  config.sources.unknown_per_min = 4;
  start();
  log_in();
  std::string other = kDeviceLogin;
  other.replace(8, kBatc.size(), kBatcWrongCheck);
  std::size_t told = 0;
  for (int i = 0; i < 10; ++i) told += answer_to(other, kClient).size();
  EXPECT_EQ(told, 4U);
  EXPECT_EQ(server->counters().rate_limited, 6U);
}

TEST_F(ServerLimits, TellOfTenUnknownDevicesAMinute) {
  start();
  log_in();
  const auto guess = [&](int times) {
    for (int i = 0; i < times; ++i) {
      hand->send(kClient, "f1200024" + numbered(kBatc, static_cast<unsigned>(i)) + kLan);
    }
    return count(hand->take(), "f1210004fe");
  };
  EXPECT_EQ(guess(15), 10U);
  EXPECT_EQ(server->counters().unknown, 15U);
  EXPECT_EQ(server->counters().rate_limited, 5U);
  EXPECT_EQ(answer_to(kLookup).front(), kLookupOk) << "one that is here is another thing";
  hand->send(kOtherClient, "f1200024" + numbered(kBatc, 1) + kLan);
  EXPECT_EQ(hand->take().size(), 1U);
  hand->pass(30s);
  EXPECT_EQ(guess(15), 5U);
}

TEST_F(ServerLimits, TellOfWrongCheckCodesAndMalformedUidsNoOftener) {
  config.sources.unknown_per_min = 4;
  start();
  log_in();
  std::string malformed = kBatc;
  malformed.replace(0, 2, "30");
  std::size_t answers = 0;
  for (int i = 0; i < 10; ++i) {
    answers += answer_to("f1200024" + kBatcWrongCheck + kLan).size();
    answers += answer_to("f1200024" + malformed + kLan).size();
    answers += answer_to("f1800028" + kBatcWrongCheck + std::string(40, '1')).size();
  }
  EXPECT_EQ(answers, 4U);
}

TEST_F(ServerLimits, LetOneQuestionBeSavedUpForHoweverSlowTheRate) {
  SourceLimits limits;
  limits.lookups_per_s = 0.25;
  limits.unknown_per_min = 0.5;
  ServerSources sources{limits};
  EXPECT_TRUE(sources.may_ask(TimePoint{1h}, kClient));
  EXPECT_FALSE(sources.may_ask(TimePoint{1h + 3s}, kClient));
  EXPECT_TRUE(sources.may_ask(TimePoint{1h + 4s}, kClient));
  EXPECT_TRUE(sources.may_ask_unknown(TimePoint{1h}, kClient));
  EXPECT_FALSE(sources.may_ask_unknown(TimePoint{1h + 119s}, kClient));
  EXPECT_TRUE(sources.may_ask_unknown(TimePoint{1h + 120s}, kClient));
}

TEST_F(ServerLimits, ForgetTheSourceThatWasSilentForLongest) {
  SourceLimits limits;
  limits.max_sources = 3;
  limits.unknown_per_min = 1;
  ServerSources sources{limits};
  const auto address = [](std::uint8_t n) { return Address{{192, 0, 2, n}, 1}; };
  const TimePoint now{1h};
  for (std::uint8_t n = 1; n <= 3; ++n) EXPECT_TRUE(sources.may_ask_unknown(now, address(n)));
  sources.on_received(now, address(1), 4);  // heard again
  sources.on_received(now, address(4), 4);  // the second has to go
  EXPECT_EQ(sources.size(), 3U);
  EXPECT_FALSE(sources.may_ask_unknown(now, address(1)));
  EXPECT_FALSE(sources.may_ask_unknown(now, address(3)));
  EXPECT_TRUE(sources.may_ask_unknown(now, address(4)));
  for (std::uint8_t n = 5; n < 200; ++n) sources.on_received(now, address(n), 4);
  EXPECT_EQ(sources.size(), 3U);
}

TEST_F(ServerLimits, AnswerBySocketThatWasAskedAndTellADeviceWhereItLoggedIn) {
  start();
  ByHand second{server->second_socket()};
  second.send(kDevice, kDeviceLogin);
  EXPECT_TRUE(hand->take().empty());
  EXPECT_TRUE(server->has_datagrams(1));
  EXPECT_FALSE(server->has_datagrams(0));
  EXPECT_EQ(second.take_hex(), std::vector<std::string>{"f111000400000000"});

  hand->send(kClient, kLookup);
  for (const Sent& each : hand->take()) EXPECT_EQ(each.to, kClient);
  const auto told = second.take();
  ASSERT_EQ(told.size(), 2U);
  for (const Sent& each : told) {
    EXPECT_EQ(each.to, kDevice);
    EXPECT_TRUE(each.hex.starts_with("f140"));
  }
  hand->send(kDevice, kDeviceLogin);  // it comes by the first socket from now on
  EXPECT_EQ(hand->take().size(), 1U);
  second.send(kClient, kLookup);
  for (const Sent& each : second.take()) EXPECT_EQ(each.to, kClient);
  EXPECT_EQ(count(hand->take(), "f140"), 2U);
}

TEST_F(ServerLimits, ShowASourceItsAddressByEitherSocket) {
  start();
  ByHand second{server->second_socket()};
  const Address home{{192, 168, 1, 5}, 40000};
  second.send(home, "f1000000");
  EXPECT_EQ(second.take_hex(),
            std::vector<std::string>{"f10100100002409c0501a8c00000000000000000"});
  EXPECT_TRUE(hand->take().empty());
  EXPECT_FALSE(server->second_socket().deadline().has_value());
}

std::optional<ServerEvent> expect_event(RendezvousServer& server, ServerEvent::Kind kind,
                                        const Address& address) {
  const auto event = server.take_event();
  EXPECT_TRUE(event.has_value());
  if (!event) return event;
  EXPECT_EQ(event->kind, kind);
  EXPECT_EQ(event->address, address);
  EXPECT_EQ(event->uid, uid_of("BATC-609580-HVDCS"));
  return event;
}

TEST_F(ServerLimits, SayWhichDeviceCameMovedAndWent) {
  start();
  log_in();
  log_in();  // as each ten seconds: no news
  expect_event(*server, ServerEvent::Kind::login, kDevice);
  EXPECT_FALSE(server->take_event().has_value());
  const Address moved{kDevice.ip, 30000};
  log_in(moved);
  expect_event(*server, ServerEvent::Kind::moved, moved);
  hand->pass(60s);
  expect_event(*server, ServerEvent::Kind::expired, moved);
  log_in();
  expect_event(*server, ServerEvent::Kind::login, kDevice);
  EXPECT_FALSE(server->take_event().has_value());
}

TEST_F(ServerLimits, TellOfRefusedLoginsOnceAMinuteAndOfSixtyFourAddressesAtMost) {
  config.served_prefixes = {"VSTC"};
  start();
  // One address, two cameras, each told by its name.
  for (int i = 0; i < 3; ++i) {
    hand->send(kDevice, numbered(kDeviceLogin, 1));
    hand->send(kDevice, numbered(kDeviceLogin, 2));
  }
  EXPECT_TRUE(server->take_event() && server->take_event());
  EXPECT_FALSE(server->take_event().has_value());
  // However many it makes up.
  for (unsigned i = 10; i < 100; ++i) hand->send(kDevice, numbered(kDeviceLogin, i));
  std::size_t more = 0;
  while (server->take_event()) ++more;
  EXPECT_EQ(more, 6U);
  hand->now += 60s;
  for (unsigned round = 0; round < 3; ++round) {
    for (std::uint8_t i = 0; i < 100; ++i) hand->send({{192, 0, 2, i}, 5000}, kDeviceLogin);
  }
  EXPECT_EQ(server->counters().refused, 396U);
  std::size_t told = 0;
  while (const auto event = server->take_event()) {
    EXPECT_EQ(event->reason, "prefix");
    ++told;
  }
  EXPECT_EQ(told, 64U);
}

TEST_F(ServerLimits, KeepAThousandNewsForAnOwnerWhoDoesNotListen) {
  config.sources.devices = 2'000;
  config.sources.new_devices_per_min = 1e6;
  start();
  for (unsigned i = 0; i < 1100; ++i) hand->send(kDevice, numbered(kDeviceLogin, i));
  std::size_t events = 0;
  while (server->take_event()) ++events;
  EXPECT_EQ(events, 1024U);
  EXPECT_EQ(server->device_count(), 1100U);
  hand->send(kDevice, numbered(kDeviceLogin, 1101));
  EXPECT_TRUE(server->take_event().has_value());
}

}  // namespace
}  // namespace cam32100::protocol
