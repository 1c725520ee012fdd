#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/wire/address.hpp"
#include "protocol/wire/time.hpp"
#include "tests/support/independent_camera/camera_config.hpp"
#include "tests/support/independent_camera/cgi_device.hpp"
#include "tests/support/independent_camera/cgi_request.hpp"
#include "tests/support/independent_camera/drw_receiver.hpp"
#include "tests/support/independent_camera/drw_sender.hpp"
#include "tests/support/independent_camera/violations.hpp"
#include "tests/support/independent_camera/wire_format.hpp"

namespace cam32100::independent {

// One client, known by its source address, from P2P_RDY to CLOSE. Messages to send collect in an
// outbox that the camera empties after every call.
class CameraSession {
 public:
  // `config`, `device` and `violations` belong to the camera and outlive the session.
  CameraSession(TimePoint now, const Address& client,
                const testing::IndependentCameraConfig& config, CgiDevice& device,
                Violations& violations);

  void on_ready_asked(TimePoint now, int repeats);  // send P2P_RDY, 10 ms apart while repeats last
  void on_message(TimePoint now, const Message& message);
  void on_time(TimePoint now);
  void close();                              // says CLOSE and is over
  [[nodiscard]] TimePoint deadline() const;  // always has one: silence ends it

  [[nodiscard]] const Address& client() const { return client_; }
  [[nodiscard]] bool is_over() const { return is_over_; }
  [[nodiscard]] bool all_acknowledged() const { return sender_.all_acknowledged(); }
  [[nodiscard]] std::vector<Bytes>& outbox() { return outbox_; }

 private:
  void on_drw(TimePoint now, BytesView payload);
  void on_drw_ack(TimePoint now, BytesView payload);
  void on_alive(TimePoint now);
  void on_alive_ack();
  void execute(TimePoint now, const std::string& text);
  void judge_repetition(const std::string& text) const;
  void ping(TimePoint now);
  void keep_saying_ready(TimePoint now);
  void complain(const std::string& what) const;
  void complain(const Complaints& complaints) const;

  Address client_;
  const testing::IndependentCameraConfig& config_;
  CgiDevice& device_;
  Violations& violations_;
  Bytes ready_;

  bool is_over_ = false;
  bool has_traffic_ = false;
  TimePoint heard_at_;
  int ready_left_ = 0;
  TimePoint ready_at_;

  TimePoint ping_at_;
  std::int64_t pings_ = 0;
  std::int64_t pongs_ = 0;
  int unanswered_ = 0;
  std::optional<TimePoint> pong_is_late_at_;
  std::optional<TimePoint> alive_at_;  // the client's last one
  int hasty_alives_ = 0;

  DrwSender sender_;  // only channel 0 speaks
  std::array<DrwReceiver, kChannels> receivers_;
  CgiRequestReader reader_;
  std::optional<TimePoint> block_is_late_at_;
  std::map<std::string, std::int64_t>
      reply_ends_;  // request text -> where its reply ends in the stream

  std::vector<Bytes> outbox_;
};

}  // namespace cam32100::independent
