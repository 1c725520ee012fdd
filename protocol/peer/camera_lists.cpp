#include <algorithm>
#include <charconv>

#include "protocol/peer/camera_cgi.hpp"

namespace cam32100::protocol {
namespace {

std::string line(const std::string& name, const std::string& value) {
  return name + '=' + value + ";\r\n";
}
std::string in_quotes(const std::string& text) { return '"' + text + '"'; }

std::string networks(const JoinedNetwork& joined) {
  const struct {
    std::string ssid;
    const char* mac;
    int security, strength, channel;
  } seen[] = {{joined.ssid, "02:00:00:00:00:01", 4, joined.strength, 6},
              {"say \"hi\"; all", "02:00:00:00:00:02", 2, 40, 11},
              {"", "02:00:00:00:00:03", 0, 12, 1}};  // hidden
  std::string text = line("var ap_number", std::to_string(std::size(seen)));
  for (const char* array : {"ssid", "mac", "security", "dbm0", "dbm1", "mode", "channel"}) {
    text += line(std::string{"var ap_"} + array, "new Array()");
  }
  int i = 0;
  for (const auto& network : seen) {
    const std::string at = '[' + std::to_string(i++) + ']';
    text += line("ap_ssid" + at, quoted(network.ssid));
    text += line("ap_mac" + at, in_quotes(network.mac));
    text += line("ap_security" + at, std::to_string(network.security));
    text += line("ap_dbm0" + at, in_quotes(std::to_string(network.strength)));
    text += line("ap_dbm1" + at, in_quotes("100"));
    text += line("ap_mode" + at, "0");
    text += line("ap_channel" + at, std::to_string(network.channel));
  }
  return text;
}

std::string log() {
  return "var log_text=\"\";\r\n"
         "log_text+=\"Tue, 2023-11-14 22:13:20  admin  192.168.1.5  access\\n\";\r\n"
         "log_text+=\"Tue, 2023-11-14 22:14:00  system  motion detect\\n\";\r\n";
}

int page_parameter(const CgiParameters& parameters, std::string_view name, int otherwise) {
  for (const auto& [key, value] : parameters) {
    int parsed = 0;
    if (key != name) continue;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (error == std::errc{} && parsed >= 0) return std::min(parsed, 1000);
  }
  return otherwise;
}

// Form inferred: the manual's names with the index of arrays, and the counts that apps page by.
std::string record_files(const CgiParameters& parameters) {
  constexpr int kFiles = 3;
  const int size = std::max(1, page_parameter(parameters, "PageSize", 100));
  const int index = page_parameter(parameters, "PageIndex", 0);
  std::string text;
  int listed = 0;
  for (int file = index * size; file < kFiles && listed < size; ++file, ++listed) {
    const std::string at = '[' + std::to_string(listed) + ']';
    text +=
        line("record_name0" + at, in_quotes("2023111422130" + std::to_string(file) + "_100.h264"));
    text += line("record_size0" + at, std::to_string(1'000'000 + file));
    text += line("record_time0" + at, std::to_string(60));
    text += line("record_alarm0" + at, std::to_string(file % 2));
  }
  text += line("var record_num0", std::to_string(listed));
  text += line("var RecordCount", std::to_string(kFiles));
  return text + line("var PageIndex", std::to_string(index));
}

}  // namespace

std::optional<std::string> list_page(std::string_view cgi, const CgiParameters& parameters,
                                     const JoinedNetwork& joined) {
  if (cgi == "wifi_scan.cgi") return "result= 0;\r\n" + networks(joined);
  if (cgi == "get_wifi_scan_result.cgi") return networks(joined);
  if (cgi == "get_log.cgi" || cgi == "get_alarmlog.cgi") return log();
  if (cgi == "get_record_file.cgi") return record_files(parameters);
  if (cgi == "get_sensorlist.cgi") return std::string{"var sensor_num=0;\r\n"};
  return std::nullopt;
}

}  // namespace cam32100::protocol
