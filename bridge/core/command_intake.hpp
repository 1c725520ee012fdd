#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bridge/core/answers.hpp"
#include "bridge/core/mqtt_port.hpp"
#include "mappings/command.hpp"

namespace cam32100::bridge {

// A command's message, read: what is asked, by whom, with which arguments.
struct Intake {
  Request request;
  nlohmann::json arguments = nlohmann::json::object();  // without the common ones
  mappings::CommonArguments common;
};

[[nodiscard]] bool is_blank(std::string_view payload) noexcept;

// Who asks. A Response Topic that we may not publish to (wildcards, our own command topics, $SYS
// ...) gives bad_argument in `fault`, and then nothing is executed: the asker would wait there in
// vain.
struct Asked {
  Request request;
  std::optional<mappings::CommandError> fault;
};
[[nodiscard]] Asked read_request(const BridgeContext& context, std::string uid, std::string command,
                                 MqttMessage& message);

// Takes the common arguments out of `arguments` and the id into the request.
[[nodiscard]] mappings::CommandResult<Intake> complete(Request request, nlohmann::json arguments);

// For a command that is refused before its arguments are read: its id, if the payload is an object
// that holds one, so that the asker knows its answer. A payload of more than 64 KiB is not read.
void note_id(Request& request, std::string_view payload);

}  // namespace cam32100::bridge
