// The complaints about request blocks: lengths, text, encoding, repetition.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/support/independent_camera/selftest_violation.hpp"

namespace cam32100::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(Violation, RequestBlockWithACommand) {
  auto block = ScriptedClient::block(ScriptedClient::kStatus);
  block.replace(6, 2, "01");
  client.say(ScriptedClient::drw(0, block));
  expect_only("request block has a command");
}

TEST_F(Violation, RequestBlockWithFlags) {
  auto block = ScriptedClient::block(ScriptedClient::kStatus);
  block.replace(14, 2, "01");
  client.say(ScriptedClient::drw(0, block));
  expect_only("request block has flags");
}

TEST_F(Violation, BigEndianLength) {
  auto block = ScriptedClient::block(ScriptedClient::kStatus);
  block.replace(8, 4, hex16(ScriptedClient::kStatus.size()));
  client.say(ScriptedClient::drw(0, block));
  expect_only("request length is big-endian");
  EXPECT_THAT(client.camera.requests(), IsEmpty());
}

TEST_F(Violation, BigEndianLengthOfTheFirstOfTwoBlocks) {
  auto block = ScriptedClient::block(ScriptedClient::kStatus);
  block.replace(8, 4, hex16(ScriptedClient::kStatus.size()));
  client.say(ScriptedClient::drw(0, block + block));
  expect_only("request length is big-endian");
}

TEST_F(Violation, LengthTooShort) {
  auto block = ScriptedClient::block(ScriptedClient::kStatus);
  block.replace(8, 4, swapped16(ScriptedClient::kStatus.size() - 1));
  client.say(ScriptedClient::drw(0, block + block));
  expect_only("no block header 01 0a where the length before it ends");
}

TEST_F(Violation, LengthIntoTheNextBlock) {
  auto block = ScriptedClient::block(ScriptedClient::kStatus);
  const auto good = block;
  block.replace(8, 4, swapped16(ScriptedClient::kStatus.size() + 2));
  client.say(ScriptedClient::drw(0, block + good));
  expect_only("request text holds a control byte: its length is wrong");
}

TEST_F(Violation, LengthBeyondAllBlocks) {
  auto block = ScriptedClient::block(ScriptedClient::kStatus);
  const auto good = block;
  block.replace(8, 4, "0010");
  client.say(ScriptedClient::drw(0, block + good));
  expect_only("request length runs past the block");
}

TEST_F(Violation, LengthThatIsNeverReached) {
  auto config = strict_config();
  config.network_is_perfect = false;
  ScriptedClient other{config};
  other.open();
  auto block = ScriptedClient::block(ScriptedClient::kStatus);
  block.replace(8, 4, swapped16(ScriptedClient::kStatus.size() + 1));
  other.say(ScriptedClient::drw(0, block));
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(other.camera.violations(), IsEmpty());
    other.wait(1s);
    other.say("f1e10000");
  }
  EXPECT_THAT(other.camera.violations(), ElementsAre(HasSubstr("was never completed")));
}

TEST_F(Violation, LengthZero) {
  client.say(ScriptedClient::drw(0, "010a000000000000"));
  expect_only("request block has length 0");
}

TEST_F(Violation, ValueThatIsNotPercentEncoded) {
  client.ask(0, "GET /get_status.cgi?user=admin&pwd=a@b");
  expect_only("value of pwd is not percent-encoded");
}

TEST_F(Violation, ValueWithABlank) {
  client.ask(0, "GET /get_status.cgi?user=ad min&pwd=x");
  expect_only("value of user is not percent-encoded");
}

TEST_F(Violation, ValueWithABrokenEscape) {
  client.ask(0, "GET /get_status.cgi?user=100%&pwd=%4");
  expect_only("value of user is not percent-encoded");
}

TEST_F(Violation, ValueThatSmugglesAnotherParameter) {
  client.ask(0, "GET /get_status.cgi?user=admin&pwd=loginuse=x");
  expect_only("value of pwd is not percent-encoded");
}

TEST_F(Violation, ParameterWithoutAValue) {
  client.ask(0, "GET /get_status.cgi?user");
  expect_only("request parameter is not name=value");
}

TEST_F(Violation, TextThatIsNoGet) {
  client.ask(0, "get_status.cgi?");
  expect_only("request does not begin with GET /");
}

TEST_F(Violation, PathThatIsNoCgi) {
  client.ask(0, "GET /../etc/passwd");
  expect_only("request path is not /name.cgi");
}

TEST_F(Violation, NotAnEncodedValueOrAnEmptyOne) {
  client.ask(0, "GET /get_status.cgi?user=a%40b-._~&pwd=&loginuse=%E4&");
  expect_none();
}

TEST_F(Violation, RequestsWhoseRepliesAreNeverTaken) {
  auto config = strict_config();
  config.jpeg.assign(60000, std::byte{1});
  ScriptedClient other{config};
  other.open();
  std::uint16_t index = 0;
  for (; index < 71; ++index) other.ask(index, "GET /snapshot.cgi?user=admin&pwd=888888");
  EXPECT_THAT(other.camera.violations(), IsEmpty());
  other.ask(index, "GET /snapshot.cgi?user=admin&pwd=888888");
  EXPECT_THAT(other.camera.violations(), ElementsAre(HasSubstr("replies pile up unacknowledged")));
}

TEST_F(Violation, RequestRepeatedUnderANewIndexBeforeItsReplyArrived) {
  auto config = strict_config();
  config.flags_repeated_requests = true;
  ScriptedClient other{config};
  other.open();
  other.ask(0, ScriptedClient::kStatus);
  other.wait(100ms);
  other.ask(1, ScriptedClient::kStatus);
  EXPECT_THAT(other.camera.violations(), ElementsAre(HasSubstr("same request came again")));
}

TEST_F(Violation, NotARequestRepeatedAfterItsReplyArrived) {
  auto config = strict_config();
  config.flags_repeated_requests = true;
  ScriptedClient other{config};
  other.open();
  other.ask(0, ScriptedClient::kStatus);
  other.wait(100ms);
  other.say(ScriptedClient::ack({0}));
  other.ask(1, ScriptedClient::kStatus);
  EXPECT_THAT(other.camera.violations(), IsEmpty());
}

TEST_F(Violation, NotARepeatedRequestUnlessAsked) {
  client.ask(0, ScriptedClient::kStatus);
  client.ask(1, ScriptedClient::kStatus);
  expect_none();
}

}  // namespace
}  // namespace cam32100::testing
