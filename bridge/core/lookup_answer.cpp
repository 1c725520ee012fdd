#include "bridge/core/camera_jobs.hpp"
#include "bridge/core/json_result.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;

const char* meaning_of(const protocol::ServerReport& report) noexcept {
  if (!report.addresses.empty()) return "found";
  if (!report.result) return report.mapped ? "no_lookup_answer" : "no_answer";
  switch (*report.result) {
    case protocol::ResultCode::ok:
      return "no_address";
    case protocol::ResultCode::offline:
      return "offline";
    case protocol::ResultCode::invalid_uid:
      return "invalid_uid";
    case protocol::ResultCode::invalid_prefix:
      return "invalid_prefix";
    case protocol::ResultCode::invalid_dsk:
      return "invalid_dsk";
  }
  return "unknown_result";
}

}  // namespace

json to_json(const std::vector<protocol::ServerReport>& reports) {
  json list = json::array();
  for (const auto& report : reports) {
    json entry{{"server", report.server.text()}, {"result", meaning_of(report)}};
    json addresses = json::array();
    for (const auto& address : report.addresses) {
      addresses.push_back(
          {{"address", address.text()}, {"kind", address.is_private() ? "lan" : "wan"}});
    }
    entry["addresses"] = std::move(addresses);
    if (report.mapped) entry["mapped_address"] = report.mapped->text();
    entry["took_ms"] =
        report.took
            ? json(std::chrono::duration_cast<std::chrono::milliseconds>(*report.took).count())
            : json(nullptr);
    list.push_back(std::move(entry));
  }
  return list;
}

mappings::CommandResult<json> lookup_answer(const std::vector<protocol::ServerReport>& reports,
                                            std::optional<protocol::Errc> verdict) {
  if (verdict == protocol::Errc::timed_out || reports.empty()) {
    return mappings::CommandError{
        mappings::ErrorCode::lookup_failed,
        reports.empty()
            ? "no 32100 server is known for this camera; add one with bridge/command/server/add"
            : "no 32100 server gave an address for this camera in time",
        {{"servers", to_json(reports)}}};
  }
  return success({{"found", !verdict.has_value()},
                  {"verdict", verdict ? json(protocol::to_text(*verdict)) : json("found")},
                  {"servers", to_json(reports)}});
}

}  // namespace cam32100::bridge
