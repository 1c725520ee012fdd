#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/command.hpp"
#include "mappings/device.hpp"
#include "mappings/reply.hpp"

namespace cam32100::mappings::testing {

[[nodiscard]] std::string read_text(
    const std::string& path_in_source);         // throws when it cannot be read
[[nodiscard]] const DeviceMapping& vstarcam();  // loaded once: it is immutable
[[nodiscard]] protocol::CgiReply text_reply(std::string_view text);
[[nodiscard]] protocol::Bytes small_jpeg(unsigned width, unsigned height);  // SOI, SOF0, SOS, EOI

// "GET /name.cgi?a=b", credentials left out, one per step.
[[nodiscard]] std::vector<std::string> requests_of(const CommandPlan& plan);

class VstarcamTest : public ::testing::Test {
 protected:
  [[nodiscard]] CommandResult<CommandPlan> run(std::string_view command,
                                               const nlohmann::json& arguments,
                                               bool allow_http_write = false) const;
  [[nodiscard]] CommandError refused(
      std::string_view command, const nlohmann::json& arguments,
      bool allow_http_write = false) const;  // fails the test when accepted
  [[nodiscard]] ReplyMeaning answer(std::string_view command, const nlohmann::json& arguments,
                                    std::vector<protocol::CgiReply> replies) const;

  const DeviceMapping& mapping_ = vstarcam();
};

}  // namespace cam32100::mappings::testing
