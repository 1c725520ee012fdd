#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/integration/support/stage.hpp"

namespace cam32100::integration {

// A bridge that has to say everything that it can say: four cameras, a 32100 server, commands that
// succeed and fail, motion, cameras that go away and come back, datagrams that are none.
class BusyDay {
 public:
  BusyDay();

  // Fails the running test where something did not happen.
  void play();

  // All that was heard, with `retained` as it was published.
  [[nodiscard]] const std::vector<Message>& messages() { return ear.messages(); }
  // Topic and payload of the commands that were wrong on purpose.
  [[nodiscard]] bool was_wrong_on_purpose(const Message& message) const {
    return wrong_.contains(message.topic + " " + message.payload);
  }

  Stage stage;
  Tap ear;

 private:
  void start();
  void send_nonsense();
  void ask_the_bridge();
  void add_and_remove_a_camera();
  void ask_the_camera();
  void send_what_is_wrong();
  void raise_alarms();
  void take_pictures_as_text();
  void see_a_camera_go_and_come();

  void expect(const nlohmann::json& answer, const std::string& outcome);
  // Publishes, and waits for an answer with this outcome on `answer_topic`.
  void send_wrong(const Publication& publication, const std::string& answer_topic,
                  const std::string& outcome);
  [[nodiscard]] bool hears(const std::string& topic, const Tap::Wanted& wanted);
  [[nodiscard]] bool hears_event(const Emulator& camera, const std::string& type);
  void send_from(std::uint16_t port, const std::string& to, const std::vector<std::string>& hex);

  Emulator talkative_, silent_, stranger_;
  std::set<std::string> wrong_;
};

}  // namespace cam32100::integration
