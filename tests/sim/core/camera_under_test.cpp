#include "tests/sim/core/camera_under_test.hpp"

#include <initializer_list>

#include "tests/support/independent_camera/independent_camera.hpp"

namespace cam32100::bridge::test {

namespace {

class Emulated final : public CameraUnderTest {
 public:
  Emulated(protocol::TimePoint now, const protocol::Uid& uid, const CameraSetup& setup,
           std::uint64_t seed)
      : camera_{now, config_of(uid, setup), seed} {}

  protocol::Endpoint& endpoint() override { return camera_; }
  void power_cycle(protocol::TimePoint now) override { camera_.power_cycle(now); }
  std::size_t sessions() const override { return camera_.snapshot().sessions; }
  std::vector<std::string> requests() const override { return camera_.snapshot().last_requests; }
  std::vector<std::string> violations() const override { return {}; }

 private:
  static protocol::CameraConfig config_of(const protocol::Uid& uid, const CameraSetup& setup) {
    protocol::CameraConfig config;
    config.uid = uid;
    config.psk = setup.psk;
    config.credentials = setup.credentials;
    config.pictures = {setup.picture};
    config.servers = setup.servers;
    config.max_sessions = setup.max_sessions;
    config.refusal = setup.refusal;
    config.punch_variant_ready = setup.opens_on_ready;
    return config;
  }

  protocol::EmulatedCamera camera_;
};

class Independent final : public CameraUnderTest {
 public:
  Independent(const protocol::Uid& uid, const CameraSetup& setup)
      : camera_{config_of(uid, setup)} {}

  protocol::Endpoint& endpoint() override { return camera_; }
  void power_cycle(protocol::TimePoint /*now*/) override { camera_.power_cycle(); }
  std::size_t sessions() const override { return camera_.sessions(); }
  std::vector<std::string> requests() const override { return camera_.requests(); }
  std::vector<std::string> violations() const override { return camera_.violations(); }

 private:
  static testing::IndependentCameraConfig config_of(const protocol::Uid& uid,
                                                    const CameraSetup& setup) {
    testing::IndependentCameraConfig config;
    config.uid = uid.text();
    config.psk = setup.psk;
    config.user = setup.credentials.user;
    config.password = setup.credentials.password;
    config.jpeg = setup.picture;
    config.opens_on_ready = setup.opens_on_ready;
    config.network_is_perfect = setup.network_is_perfect;
    config.flags_repeated_requests = setup.flags_repeated_requests;
    // Longer than twice the longest delay of any network in these tests, 300 ms.
    config.owed_ack_grace = std::chrono::milliseconds{700};
    return config;
  }

  testing::IndependentCamera camera_;
};

void append(protocol::Bytes& out, std::initializer_list<unsigned> bytes) {
  for (const unsigned byte : bytes) out.push_back(static_cast<std::byte>(byte));
}

}  // namespace

std::string to_text(CameraKind kind) {
  return kind == CameraKind::emulated ? "Emulated" : "Independent";
}

std::unique_ptr<CameraUnderTest> make_camera(CameraKind kind, protocol::TimePoint now,
                                             const protocol::Uid& uid, const CameraSetup& setup,
                                             std::uint64_t seed) {
  if (kind == CameraKind::emulated) return std::make_unique<Emulated>(now, uid, setup, seed);
  return std::make_unique<Independent>(uid, setup);
}

protocol::Bytes make_picture(std::size_t size) {
  protocol::Bytes out;
  append(out,
         {0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0});
  append(out, {0xFF, 0xC0, 0x00, 0x0B, 0x08, 0x01, 0x68, 0x02, 0x80, 0x01, 0x01, 0x11,
               0x00});  // 640 x 360, grey
  append(out, {0xFF, 0xDA, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00, 0x3F, 0x00});
  for (std::size_t i = 0; out.size() + 2 < size; ++i)
    out.push_back(static_cast<std::byte>((i * 7 + i / 251) % 255));
  append(out, {0xFF, 0xD9});
  return out;
}

}  // namespace cam32100::bridge::test
