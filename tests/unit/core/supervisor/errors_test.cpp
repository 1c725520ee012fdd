#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bridge/core/supervisor_errors.hpp"
#include "tests/unit/core/supervisor/support.hpp"

namespace cam32100::bridge {
namespace {

using mappings::ErrorCode;
using protocol::Errc;
using protocol::Operation;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

AttemptFacts facts() {
  AttemptFacts all;
  all.uid = test::test_uid();
  all.code = Errc::timed_out;
  all.operation = Operation::awaiting_punch;
  all.servers = 3;
  all.lan = true;
  all.took = 8s;
  all.attempts = 4;
  all.next_try = 29500ms;
  return all;
}

TEST(SupervisorErrors, SayWhereACameraWasSoughtAndWhenTheNextTryIs) {
  const auto error = unreachable_error(facts());
  EXPECT_EQ(error.code, ErrorCode::camera_offline);
  EXPECT_THAT(error.message, HasSubstr("on the LAN, via 3 servers in 8 s"));
  EXPECT_EQ(error.detail.at("stage"), "lookup");
  EXPECT_EQ(error.detail.at("attempts"), 4);
  EXPECT_EQ(error.detail.at("next_try_s"), 30);
}

TEST(SupervisorErrors, SayThatEveryServerWasSilent) {
  auto silent = facts();
  silent.servers_silent = true;
  EXPECT_EQ(unreachable_error(silent).code, ErrorCode::camera_offline);
  EXPECT_THAT(unreachable_error(silent).message,
              AllOf(HasSubstr("via 3 servers, which were all silent"),
                    HasSubstr("whether the servers are to be reached")));
  silent.servers = 1;
  EXPECT_THAT(unreachable_error(silent).message, HasSubstr("via 1 server, which was silent"));
}

TEST(SupervisorErrors, TellARelayThatWasTheOnlyWay) {
  auto missed = facts();
  missed.relay_error = protocol::RelayFailed{Errc::no_relay, Operation::awaiting_relay_list};
  const auto error = unreachable_error(missed);
  EXPECT_EQ(error.code, ErrorCode::connect_timeout);
  EXPECT_EQ(error.detail.at("stage"), "relay");
  EXPECT_THAT(error.message, HasSubstr("the servers name none"));
  missed.relay_error = protocol::RelayFailed{Errc::device_offline, Operation::awaiting_relay_ack};
  EXPECT_EQ(unreachable_error(missed).code, ErrorCode::camera_offline);
  missed.relay_error = protocol::RelayFailed{Errc::invalid_uid, Operation::awaiting_relay_ack};
  EXPECT_EQ(unreachable_error(missed).code, ErrorCode::lookup_failed);
}

TEST(SupervisorErrors, TellACameraThatUnderstoodNothingThroughTheRelay) {
  auto relayed = facts();
  relayed.relayed = relayed.heard = true;
  EXPECT_EQ(unreachable_error(relayed).detail.at("stage"), "relay");
  EXPECT_THAT(unreachable_error(relayed).message, HasSubstr("psk"));
}

TEST(SupervisorErrors, AdviseByTheWayThatWasWanted) {
  const auto advice = [](std::optional<protocol::Path> via) {
    return nowhere_to_look_error(test::test_uid(), via).message;
  };
  EXPECT_THAT(advice(std::nullopt), HasSubstr("its address, a LAN target or a server"));
  EXPECT_THAT(advice(protocol::Path::lan), HasSubstr("lan.targets"));
  EXPECT_THAT(advice(protocol::Path::direct), Not(HasSubstr("server")));
  EXPECT_THAT(advice(protocol::Path::p2p), HasSubstr("set a server"));
}

TEST(SupervisorErrors, TellAnIdNobodyKnowsFromAnAbsentCamera) {
  auto unknown = facts();
  unknown.lookup_error = Errc::invalid_uid;
  EXPECT_EQ(unreachable_error(unknown).code, ErrorCode::lookup_failed);
  auto offline = facts();
  offline.lookup_error = Errc::device_offline;
  EXPECT_EQ(unreachable_error(offline).code, ErrorCode::camera_offline);
}

TEST(SupervisorErrors, TellACameraThatAnswersButDoesNotOpen) {
  auto heard = facts();
  heard.heard = true;
  EXPECT_EQ(unreachable_error(heard).code, ErrorCode::connect_timeout);
  auto located = facts();
  located.located = true;
  located.lookup_error = Errc::invalid_uid;  // another server disagreed
  EXPECT_EQ(unreachable_error(located).code, ErrorCode::connect_timeout);
}

TEST(SupervisorErrors, HaveNoNextTryWhenNoneIsPlanned) {
  auto once = facts();
  once.next_try.reset();
  EXPECT_TRUE(unreachable_error(once).detail.at("next_try_s").is_null());
}

TEST(SupervisorErrors, NeverShowTheWholeId) {
  for (const auto& error :
       {unreachable_error(facts()), nowhere_to_look_error(test::test_uid(), std::nullopt),
        busy_error(test::test_uid(), 60s), auth_error(test::test_uid(), "admin", 60s)}) {
    EXPECT_THAT(error.message + error.detail.dump(), Not(HasSubstr("123456")));
    EXPECT_THAT(error.message + error.detail.dump(), Not(HasSubstr("ABCDE")));
  }
}

TEST(SupervisorErrors, SayWhetherALostCommandMayHaveRun) {
  EXPECT_EQ(session_lost_error("why", Executed::unknown).detail.at("executed"), "unknown");
  EXPECT_EQ(session_lost_error("why", Executed::no).detail.at("executed"), "no");
  EXPECT_FALSE(session_lost_error("why", Executed::read_only).detail.contains("executed"));
}

TEST(SupervisorErrors, TellAFullBatchFromABadRequest) {
  EXPECT_EQ(refused_request_error(protocol::make_error_code(Errc::queue_full)).code,
            ErrorCode::too_large);
  EXPECT_EQ(refused_request_error(protocol::make_error_code(Errc::bad_length)).code,
            ErrorCode::bad_argument);
}

TEST(SupervisorErrors, NameTheOperationOnlyWhenThereIsOne) {
  EXPECT_EQ(reason_text(Errc::timed_out, Operation::awaiting_ready), "timed_out, awaiting_ready");
  EXPECT_EQ(reason_text(Errc::closed_by_peer, Operation::none), "closed_by_peer");
}

}  // namespace
}  // namespace cam32100::bridge
