#include "tests/unit/mappings/mapping_fixture.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace cam32100::mappings::testing {

using nlohmann::json;

std::string read_text(const std::string& path_in_source) {
  std::ifstream in(std::string{CAM32100_SOURCE_DIR} + '/' + path_in_source, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path_in_source);
  return {std::istreambuf_iterator<char>(in), {}};
}

const DeviceMapping& vstarcam() {
  static const DeviceMapping mapping = [] {
    auto loaded = DeviceMapping::load(read_text("mappings/devices/vstarcam.json"), "vstarcam.json");
    if (!loaded) throw std::runtime_error(loaded.error().message);
    return *std::move(loaded);
  }();
  return mapping;
}

protocol::CgiReply text_reply(std::string_view text) {
  const auto bytes = protocol::as_bytes(text);
  return protocol::CgiReply{0, {bytes.begin(), bytes.end()}};
}

protocol::Bytes small_jpeg(unsigned width, unsigned height) {
  const std::vector<unsigned> values{
      0xFF,           0xD8,        0xFF,          0xC0, 0x00, 0x0B, 0x08, height >> 8U,
      height & 0xFFU, width >> 8U, width & 0xFFU, 0x01, 0x01, 0x11, 0x00, 0xFF,
      0xDA,           0x00,        0x08,          0x01, 0x01, 0x00, 0x00, 0x3F,
      0x00,           0x12,        0x34,          0xFF, 0xD9};
  protocol::Bytes bytes;
  for (const unsigned value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

std::vector<std::string> requests_of(const CommandPlan& plan) {
  std::vector<std::string> out;
  for (const PlanStep& step : plan.steps) {
    std::string text = "GET /" + step.request.cgi;
    char separator = '?';
    for (const auto& [name, value] : step.request.parameters) {
      text += separator + name + '=' + value;
      separator = '&';
    }
    out.push_back(text);
  }
  return out;
}

CommandResult<CommandPlan> VstarcamTest::run(std::string_view command, const json& arguments,
                                             bool allow_http_write) const {
  return translate(mapping_, command, arguments, CommandPolicy{allow_http_write});
}

CommandError VstarcamTest::refused(std::string_view command, const json& arguments,
                                   bool allow_http_write) const {
  const auto plan = run(command, arguments, allow_http_write);
  if (plan) {
    ADD_FAILURE() << command << ' ' << arguments.dump() << " was accepted";
    return CommandError{ErrorCode::internal, "accepted", nullptr};
  }
  return plan.error();
}

ReplyMeaning VstarcamTest::answer(std::string_view command, const json& arguments,
                                  std::vector<protocol::CgiReply> replies) const {
  const auto plan = run(command, arguments, true);
  if (!plan) {
    ADD_FAILURE() << plan.error().message;
    return {};
  }
  return interpret(mapping_, command, *plan, std::move(replies));
}

}  // namespace cam32100::mappings::testing
