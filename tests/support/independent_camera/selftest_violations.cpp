// Every complaint of the camera fires for the fault it names, and stays quiet for the correct
// client that looks most like it.
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

TEST_F(Violation, AckWithInnerByteD2) {
  let_a_reply_leave();
  client.say("f1d10006d20000010000");
  expect_only("ACK inner byte is d2, not d1");
  EXPECT_FALSE(client.camera.all_acknowledged());
}

TEST_F(Violation, DrwWithInnerByteD2) {
  client.say(ScriptedClient::drw(0, ScriptedClient::block(ScriptedClient::kStatus), "d200"));
  expect_only("DRW inner byte is d2, not d1");
  EXPECT_THAT(client.camera.requests(), IsEmpty());
}

TEST_F(Violation, AckOfAnIndexNeverSent) {
  let_a_reply_leave();
  client.say(ScriptedClient::ack({1}));
  expect_only("ACK of index 1 of channel 0, which was never sent");
}

TEST_F(Violation, AckOfAnIndexBeforeTheFirst) {
  let_a_reply_leave();
  client.say(ScriptedClient::ack({0xffff}));
  expect_only("ACK of index 65535 of channel 0, which was never sent");
}

TEST_F(Violation, AckOfAChannelThatNeverSpoke) {
  client.say("f1d10006d10100010000");
  expect_only("ACK of index 0 of channel 1, which was never sent");
}

TEST_F(Violation, NotAnAckRepeatedForAResentChunk) {
  let_a_reply_leave();
  client.say(ScriptedClient::ack({0}));
  client.say(ScriptedClient::ack({0}));
  expect_none();
}

TEST_F(Violation, AckOfMoreThanEightyTwoIndices) {
  let_a_reply_leave();
  client.say(ScriptedClient::ack(std::vector<std::uint16_t>(83, 0)));
  expect_only("ACK of 83 indices, most is 82");
}

TEST_F(Violation, NotAnAckOfEightyTwoIndices) {
  let_a_reply_leave();
  client.say(ScriptedClient::ack(std::vector<std::uint16_t>(82, 0)));
  expect_none();
}

TEST_F(Violation, AckWhoseCountLies) {
  let_a_reply_leave();
  client.say("f1d10006d10000020000");
  expect_only("ACK count runs past its bytes");
}

TEST_F(Violation, AckOfNothing) {
  client.say("f1d10004d1000000");
  expect_only("ACK of nothing");
}

TEST_F(Violation, AckOnAChannelThatDoesNotExist) {
  client.say("f1d10006d10800010000");
  expect_only("ACK on channel 8");
}

TEST_F(Violation, AliveWhileAnAckIsOwed) {
  let_a_reply_leave();
  client.wait(201ms);
  client.say("f1e00000");
  client.say(ScriptedClient::ack({0}));
  expect_only("ALIVE came while the ACK of index 0 of channel 0 is owed");
}

TEST_F(Violation, NotAnAliveWithinTheGrace) {
  let_a_reply_leave();
  client.wait(200ms);
  client.say("f1e00000");
  client.say(ScriptedClient::ack({0}));
  expect_none();
}

TEST_F(Violation, NotAnAliveAfterTheAck) {
  let_a_reply_leave();
  client.wait(300ms);
  client.say(ScriptedClient::ack({0}));
  client.say("f1e00000");
  expect_none();
}

TEST_F(LenientViolation, AliveBeforeTheAckOfAChunkSentOnce) {
  lenient->ask(0, ScriptedClient::kStatus);
  lenient->wait(300ms);
  lenient->say("f1e00000");
  EXPECT_THAT(lenient->camera.violations(), IsEmpty());  // the chunk may have been lost
  lenient->say(ScriptedClient::ack({0}));
  EXPECT_THAT(lenient->camera.violations(),
              ElementsAre(HasSubstr("ALIVE came before the owed ACK of index 0")));
}

TEST_F(LenientViolation, NotAnAliveBeforeTheAckOfAResentChunk) {
  lenient->ask(0, ScriptedClient::kStatus);
  lenient->wait(300ms);
  lenient->say("f1e00000");
  lenient->wait(500ms);
  lenient->say(ScriptedClient::ack({0}));
  EXPECT_THAT(lenient->camera.violations(), IsEmpty());
}

TEST_F(Violation, ResendWithOtherBytes) {
  client.ask(0, ScriptedClient::kStatus);
  client.ask(0, "GET /check_user.cgi?user=admin&pwd=888888");
  expect_only("resend of index 0 of channel 0 carries other bytes");
  EXPECT_EQ(client.camera.requests().size(), 1U);
}

TEST_F(Violation, ResendOfAWaitingIndexWithOtherBytes) {
  client.say(ScriptedClient::drw(1, "00"));
  client.say(ScriptedClient::drw(1, "0000"));
  expect_only("resend of index 1 of channel 0 carries other bytes");
}

TEST_F(Violation, NotAResendWithTheSameBytes) {
  client.ask(0, ScriptedClient::kStatus);
  client.ask(0, ScriptedClient::kStatus);
  expect_none();
  EXPECT_EQ(client.camera.requests().size(), 1U);
}

TEST_F(Violation, IndexThatJumpsAhead) {
  client.ask(128, ScriptedClient::kStatus);
  expect_only("index 128 of channel 0 jumps ahead of index 0");
}

TEST_F(Violation, NotAnIndexWithinTheVendorsLimit) {
  client.ask(127, ScriptedClient::kStatus);
  expect_none();
}

TEST_F(Violation, IndexBeforeTheFirst) {
  client.ask(0xffff, ScriptedClient::kStatus);
  expect_only("index 65535 of channel 0 lies before the first index");
}

TEST_F(Violation, GapThatIsNeverFilled) {
  auto config = strict_config();
  config.network_is_perfect = false;
  ScriptedClient other{config};
  other.open();
  other.ask(1, ScriptedClient::kStatus);
  for (int i = 0; i < 30; ++i) {
    EXPECT_THAT(other.camera.violations(), IsEmpty());
    other.wait(1s);
    other.say("f1e10000");
  }
  EXPECT_THAT(other.camera.violations(),
              ElementsAre(HasSubstr("index 0 of channel 0 never came although later ones did")));
}

TEST_F(Violation, DrwOfMoreThan1024DataBytes) {
  std::string text{ScriptedClient::kStatus};
  text += "&x=" + std::string(1017 - text.size() - 3, 'a');
  client.ask(0, text);
  expect_only("DRW of 1025 data bytes, most is 1024");
}

TEST_F(Violation, NotADrwOf1024DataBytes) {
  std::string text{ScriptedClient::kStatus};
  text += "&x=" + std::string(1016 - text.size() - 3, 'a');
  client.ask(0, text);
  expect_none();
}

TEST_F(Violation, DatagramOfMoreThan1280Bytes) {
  client.say("f1e00000" + std::string(2 * 1277, '0'));
  expect_only("datagram of 1281 bytes, most is 1280");
}

TEST_F(Violation, DrwWithoutData) {
  client.say("f1d00004d1000000");
  expect_only("DRW without data");
}

TEST_F(Violation, DrwOnAChannelThatDoesNotExistEndsTheSession) {
  EXPECT_THAT(client.say("f1d00005d108000000"), ElementsAre("f1f00000"));
  expect_only("DRW on channel 8");
  EXPECT_EQ(client.camera.sessions(), 0U);
}

TEST_F(Violation, NotADrwOnTheTalkChannel) {
  client.say("f1d00005d103000000");
  expect_none();
}

TEST_F(Violation, AliveAckThatAnswersAnAliveAck) {
  client.say("f1e00000");  // is answered e1
  client.say("f1e10000");
  expect_only("ALIVE_ACK without an ALIVE before it");
}

TEST_F(Violation, NotOneAliveAckForEachAlive) {
  for (int i = 0; i < 5; ++i) {
    client.wait(1s);
    client.say("f1e10000");
    client.say("f1e00000");
  }
  expect_none();
}

TEST_F(LenientViolation, AliveAckAfterAliveAck) {
  for (int i = 0; i < 3; ++i) lenient->say("f1e10000");
  EXPECT_THAT(lenient->camera.violations(), IsEmpty());  // the network may have doubled them
  lenient->say("f1e10000");
  EXPECT_THAT(lenient->camera.violations(), ElementsAre(HasSubstr("ALIVE_ACK without an ALIVE")));
}

TEST_F(Violation, AliveThatAnswersAnAliveAck) {
  client.wait(500ms);
  for (int i = 0; i < 8; ++i) client.say("f1e00000");
  expect_none();  // repeated P2P_RDY may cause a few
  client.say("f1e00000");
  expect_only("ALIVE again and again: is ALIVE_ACK answered?");
}

TEST_F(Violation, AliveThatIsNotAnsweredWithinThreeSeconds) {
  client.wait(3900ms);
  expect_none();
  client.wait(100ms);
  expect_only("ALIVE was not answered within 3 s");
}

TEST_F(Violation, NotAnAliveThatIsAnsweredInTheThirdSecond) {
  client.wait(3900ms);
  client.say("f1e10000");
  client.wait(900ms);
  expect_none();
}

TEST_F(LenientViolation, AlivesThatAreNeverAnswered) {
  std::vector<std::string> said;
  for (int i = 0; i < 12 && lenient->camera.sessions() == 1; ++i) {
    EXPECT_THAT(lenient->camera.violations(), IsEmpty());
    said = lenient->wait(1s);
    lenient->say("f1e00000");  // alive, but deaf to ALIVE
  }
  EXPECT_THAT(lenient->camera.violations(),
              ElementsAre(HasSubstr("11 ALIVEs in a row were not answered")));
  EXPECT_EQ(said.back(), "f1f00000");
}

TEST_F(Violation, ChunkThatIsNeverAcknowledged) {
  auto config = strict_config();
  config.owed_ack_grace = 1h;
  ScriptedClient other{config};
  other.open();
  other.ask(0, ScriptedClient::kStatus);
  for (int i = 0; i < 11; ++i) {
    other.wait(1s);
    if (other.camera.sessions() == 1) other.say("f1e10000");
  }
  EXPECT_THAT(other.camera.violations(), ElementsAre(HasSubstr("was never acknowledged")));
  EXPECT_EQ(other.camera.sessions(), 0U);
}

TEST_F(Violation, PunchWithAnotherUid) {
  EXPECT_THAT(client.say("f1410014 5653544200000000000a3364555a43504b000000"), IsEmpty());
  expect_only("PUNCH_PKT with a UID that is not this camera's");
}

TEST_F(Violation, ReadyWithItsSerialInLittleEndianOrder) {
  client.say("f1420014 565354420000000063330a00555a43504b000000");
  expect_only("P2P_RDY with a UID that is not this camera's");
}

TEST_F(Violation, PunchOfTheWrongSize) {
  client.say("f1410017 5653544200000000000a3363555a43504b000000 000000");
  expect_only("PUNCH_PKT of 23 bytes");
}

TEST_F(Violation, NotAPunchOfTheExtendedForm) {
  client.say("f1410018 5653544200000000000a3363555a43504b000000 04010300");
  expect_none();
}

TEST_F(Violation, AddressRecordInNaturalOrder) {
  client.say(
      "f143002c 5653544200000000000a3363555a43504b000000 0002409cc0a80109 0000000000000000 "
      "0000000000000000");
  expect_only("address record has its address in natural order");
}

TEST_F(Violation, NotAnAddressRecordInReversedOrder) {
  client.say(
      "f143002c 5653544200000000000a3363555a43504b000000 0002409c0901a8c0 0000000000000000 "
      "0000000000000000");
  expect_none();
}

TEST_F(Violation, AddressRecordOfAServerRequestInAnotherOrder) {
  client.say("f1200024 5653544200000000000a3363555a43504b000000 0000409c0901a8c0 0000000000000000");
  expect_none();
  client.say("f1200024 5653544200000000000a3363555a43504b000000 00009c400901a8c0 0000000000000000");
  expect_only("address record has its port in big-endian order");
}

TEST_F(Violation, PunchWithoutAUid) {
  EXPECT_THAT(client.say("f1410000"), IsEmpty());
  EXPECT_THAT(client.camera.violations(),
              ElementsAre(HasSubstr("PUNCH_PKT of 0 bytes"), HasSubstr("not this camera's")));
}

TEST_F(Violation, PayloadsWhereNoneBelong) {
  client.say("f1e0000100");
  client.wait(1s);
  client.say("f1e1000100");
  client.say("f13000020001");
  client.say("f1f0000100");
  EXPECT_THAT(client.camera.violations(),
              ElementsAre(HasSubstr("ALIVE carries"), HasSubstr("ALIVE_ACK carries"),
                          HasSubstr("LAN_SEARCH carries"), HasSubstr("CLOSE carries")));
}

TEST_F(Violation, NotASearchWithTwoZeroBytes) {
  client.say("f13000020000");
  expect_none();
}

TEST_F(Violation, MessageTypeNoClientSends) {
  client.say("f1050000");
  expect_only("message type 05 is not one a client sends");
  EXPECT_EQ(client.camera.sessions(), 1U);
}

TEST_F(Violation, LengthBeyondTheDatagram) {
  client.say("f1e00001");
  expect_only("message length 1 runs past the datagram");
}

TEST_F(Violation, ListIsBoundedAndSaysWhatItDropped) {
  for (int i = 0; i < 250; ++i) client.say("f1050000");
  EXPECT_EQ(client.camera.violations().size(), 200U);
  EXPECT_EQ(client.camera.violations_dropped(), 50U);
}

}  // namespace
}  // namespace cam32100::testing
