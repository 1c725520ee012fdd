// Brokers that want to be sure: TLS, client certificates, users and passwords.
#include <gtest/gtest.h>

#include "tests/integration/security/certificates.hpp"
#include "tests/integration/support/run_command.hpp"
#include "tests/integration/support/secret_marker.hpp"
#include "tests/integration/support/stage.hpp"

namespace cam32100::integration {

using nlohmann::json;

namespace {

std::string broker_password() { return std::string{kSecretMarker} + "-broker"; }

// A broker that wants a certificate of our authority, and a user with a password.
class GuardedBroker : public ::testing::Test {
 protected:
  StageOptions guarded() { return guarded(ours_); }
  StageOptions guarded(const Certificates& by) {
    Process hash{
        loop_,
        {"mosquitto_passwd", "-b", "-c", scratch_ / "passwords", "bridge", broker_password()}};
    hash.close_input();
    EXPECT_EQ(hash.wait_for_exit(), 0) << hash.errors();
    StageOptions options;
    options.broker.scheme = "mqtts";
    options.broker.listener = "allow_anonymous false\npassword_file " + (scratch_ / "passwords") +
                              "\ncafile " + by.ca + "\ncertfile " + by.server + "\nkeyfile " +
                              by.server_key + "\nrequire_certificate true\n";
    options.broker.client_words = {"--cafile",    by.ca, "--cert", by.client, "--key",
                                   by.client_key, "-u",  "bridge", "-P",      broker_password()};
    options.config = {
        {"mqtt",
         {{"user", "bridge"},
          {"password", broker_password()},
          {"tls",
           {{"ca_file", by.ca}, {"certificate_file", by.client}, {"key_file", by.client_key}}}}}};
    return options;
  }
  // The bridge stays, tries, and says why it does not get in.
  static void expect_kept_out(StageOptions options, const std::string& why) {
    Stage stage{std::move(options)};
    EXPECT_TRUE(stage.bridge.process().wait_for_error_text(why))
        << stage.bridge.everything_it_wrote();
    EXPECT_TRUE(stage.bridge.is_running());
    EXPECT_FALSE(stage.tap.newest(stage.bridge_topic("availability")));
    EXPECT_EQ(stage.bridge.stop(), 0);
    stage.expect_no_secret();
  }

  Loop loop_;
  testing::ScratchDirectory scratch_;
  Certificates ours_{loop_, scratch_, "ours"};
};

}  // namespace

TEST_F(GuardedBroker, IsServedWithCertificateAndPassword) {
  for (const std::string version : {"5", "3.1.1"}) {
    SCOPED_TRACE(version);
    auto options = guarded();
    options.mqtt_version = version;
    Stage stage{options};
    ASSERT_TRUE(stage.wait_until_ready()) << stage.bridge.everything_it_wrote();
    EXPECT_EQ(outcome_of(stage.ask("get_status")), "ok");
    EXPECT_EQ(outcome_of(stage.ask("snapshot")), "ok");
    const auto called = run_command(
        stage.loop, {"call", stage.camera.uid(), "get_misc", "-c", stage.bridge.config_file()});
    EXPECT_EQ(called.exit_code, 0) << called.errors;
    stage.expect_no_secret();
  }
}

TEST_F(GuardedBroker, IsServedAgainAfterItsRestart) {
  Stage stage{guarded()};
  ASSERT_TRUE(stage.wait_until_ready()) << stage.bridge.everything_it_wrote();
  stage.broker.kill();
  stage.broker.start();
  auto& tap = stage.add_tap();
  EXPECT_TRUE(tap.wait_until(stage.bridge_topic("availability"), [](const Message& message) {
    return message.payload == "online";
  })) << stage.bridge.everything_it_wrote();
}

TEST_F(GuardedBroker, IsNotTrustedWhenAnotherAuthoritySignedIt) {
  const Certificates foreign{loop_, scratch_, "foreign"};
  auto options = guarded();
  options.config["mqtt"]["tls"]["ca_file"] = foreign.ca;
  expect_kept_out(options, "look at mqtt.tls: the authority");
}

// The certificate is in order and of an authority that we trust, but it is somebody else's.
TEST_F(GuardedBroker, IsNotTrustedUnderAnotherName) {
  const Certificates elsewhere{loop_, scratch_, "elsewhere", "DNS:broker.example"};
  auto options = guarded(elsewhere);
  options.broker.client_words.emplace_back("--insecure");  // our own clients are not the question
  expect_kept_out(options, "mqtt.tls");
}

TEST_F(GuardedBroker, IsServedUnderAnyNameByAnyAuthorityWhenItIsNotToBeVerified) {
  const Certificates elsewhere{loop_, scratch_, "elsewhere", "DNS:broker.example"};
  auto options = guarded(elsewhere);
  options.broker.client_words.emplace_back("--insecure");
  options.config["mqtt"]["tls"]["ca_file"] = ours_.ca;
  options.config["mqtt"]["tls"]["verify"] = false;
  Stage stage{options};
  EXPECT_TRUE(stage.wait_until_ready()) << stage.bridge.everything_it_wrote();
}

TEST_F(GuardedBroker, KeepsOutABridgeWithoutACertificate) {
  auto options = guarded();
  options.config["mqtt"]["tls"].erase("certificate_file");
  options.config["mqtt"]["tls"].erase("key_file");
  expect_kept_out(options, "mqtt.tls");
}

TEST_F(GuardedBroker, KeepsOutABridgeWithAnotherPassword) {
  for (const std::string version : {"5", "3.1.1"}) {
    SCOPED_TRACE(version);
    auto options = guarded();
    options.mqtt_version = version;
    options.config["mqtt"]["password"] = std::string{kSecretMarker} + "-wrong";
    expect_kept_out(options, "mqtt.user");
  }
}

TEST_F(GuardedBroker, EndsACallWithAnotherPasswordAtOnce) {
  Stage stage{guarded()};
  const auto result =
      run_command(stage.loop, {"call", stage.camera.uid(), "get_status", "--timeout", "60", "--set",
                               "mqtt.password=" + std::string{kSecretMarker} + "-wrong", "-c",
                               stage.bridge.config_file()});
  EXPECT_EQ(result.exit_code, kFailed) << result.errors;
  EXPECT_NE(result.errors.find("broker refuses us"), std::string::npos) << result.errors;
  EXPECT_EQ(result.errors.find(kSecretMarker), std::string::npos);
}

TEST_F(GuardedBroker, ThatHidesTopicsFromUsIsNamedInTheLog) {
  auto options = guarded();
  scratch_.write("acl", "user bridge\ntopic read cam32100/nothing\ntopic write cam32100/nothing\n");
  options.broker.listener += "acl_file " + (scratch_ / "acl") + "\n";
  Stage stage{options};
  EXPECT_TRUE(stage.bridge.process().wait_for_error_text("refuses what we publish on cam32100/"))
      << stage.bridge.everything_it_wrote();
  EXPECT_EQ(stage.bridge.everything_it_wrote().find("cam32100/" + stage.camera.uid()),
            std::string::npos)
      << "an id in full";
  EXPECT_TRUE(stage.bridge.is_running());
  EXPECT_EQ(stage.bridge.stop(), 0);
}

}  // namespace cam32100::integration
