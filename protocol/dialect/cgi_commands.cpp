#include <algorithm>
#include <array>

#include "protocol/dialect/cgi.hpp"

namespace cam32100::protocol {
namespace {

struct Command {
  std::uint16_t id;
  std::string_view cgi;
};

// Ids from the iLnk enumeration; 6001, 6002, 6015 and 60a0 also from captures.
constexpr std::array kCommands{
    Command{0x6001, "get_status.cgi"},
    Command{0x6002, "get_params.cgi"},
    Command{0x6003, "get_camera_params.cgi"},
    Command{0x6004, "get_log.cgi"},
    Command{0x6005, "get_misc.cgi"},
    Command{0x6006, "get_record.cgi"},
    Command{0x6007, "get_record_file.cgi"},
    Command{0x6008, "get_wifi_scan_result.cgi"},
    Command{0x6009, "get_factory_param.cgi"},
    Command{0x600b, "set_upnp.cgi"},
    Command{0x600c, "set_alarm.cgi"},
    Command{0x600d, "set_log.cgi"},
    Command{0x600e, "set_users.cgi"},
    Command{0x600f, "set_alias.cgi"},
    Command{0x6010, "set_mail.cgi"},
    Command{0x6011, "set_wifi.cgi"},
    Command{0x6012, "camera_control.cgi"},
    Command{0x6013, "set_datetime.cgi"},
    Command{0x6014, "set_media.cgi"},
    Command{0x6015, "snapshot.cgi"},
    Command{0x6016, "set_ddns.cgi"},
    Command{0x6017, "set_misc.cgi"},
    Command{0x6019, "decoder_control.cgi"},
    Command{0x601a, "set_default.cgi"},
    Command{0x601b, "set_moto_run.cgi"},
    Command{0x601e, "del_file.cgi"},
    Command{0x601f, "login.cgi"},
    Command{0x6020, "set_devices.cgi"},
    Command{0x6021, "set_network.cgi"},
    Command{0x6023, "set_dns.cgi"},
    Command{0x6024, "set_osd.cgi"},
    Command{0x6025, "set_factory_param.cgi"},
    Command{0x6026, "set_pppoe.cgi"},
    Command{0x6027, "reboot.cgi"},
    Command{0x6028, "set_formatsd.cgi"},
    Command{0x6029, "set_recordsch.cgi"},
    Command{0x602a, "wifi_scan.cgi"},
    Command{0x602b, "restore_factory.cgi"},
    Command{0x602c, "set_ftp.cgi"},
    Command{0x602d, "set_rtsp.cgi"},
    Command{0x602e, "videostream.cgi"},
    Command{0x6033, "get_alarmlog.cgi"},
    Command{0x6034, "set_alarmlogclr.cgi"},
    Command{0x6037, "livestream.cgi"},
    Command{0x60a0, "check_user.cgi"},
    Command{0x60d1, "trans_cmd_string.cgi"},
};

// An id that the enumeration gives a subject but whose CGI no manual spells. Only a CGI with the
// subject in its name can be meant; several can, so none has the id as its own.
struct Subject {
  std::uint16_t id;
  std::string_view part_of_name;  // "": nothing that is asked for, a camera sends it by itself
};

constexpr std::array kSubjects{
    Subject{0x600a, "set_ir"},   // set_ir_gpio.cgi
    Subject{0x6018, "ftp"},      // ftptest.cgi, test_ftp.cgi
    Subject{0x601c, "mail"},     // mailtest.cgi, test_mail.cgi
    Subject{0x601d, "mail"},     //
    Subject{0x6022, "ftp"},      //
    Subject{0x602f, "upgrade"},  // upgrade_firmware.cgi, upgrade_htmls.cgi
    Subject{0x6030, "upgrade"},  //
    Subject{0x6031, "iic"},      //
    Subject{0x6032, "iic"},      //
    Subject{0x6035, "wifi"},     // syswifi: station or access point, as in get_apwifi.cgi
    Subject{0x6036, "wifi"},     //
    Subject{0x6040, ""},         // notification
    Subject{0x6053, ""},         // bill
    Subject{0x6054, "version"},  // app_version
    Subject{0x60a1, ""},         // bill
};

}  // namespace

std::optional<std::uint16_t> cgi_command_id(std::string_view cgi) noexcept {
  const auto* found = std::find_if(kCommands.begin(), kCommands.end(),
                                   [cgi](const Command& command) { return command.cgi == cgi; });
  if (found == kCommands.end()) return std::nullopt;
  return found->id;
}

std::string_view cgi_name(std::uint16_t command_id) noexcept {
  const auto* found =
      std::find_if(kCommands.begin(), kCommands.end(),
                   [command_id](const Command& command) { return command.id == command_id; });
  return found == kCommands.end() ? std::string_view{} : found->cgi;
}

bool may_be_reply_to(std::uint16_t command_id, std::string_view cgi) noexcept {
  if (const auto own = cgi_command_id(cgi)) return *own == command_id;
  if (!cgi_name(command_id).empty()) return false;
  const auto* found =
      std::find_if(kSubjects.begin(), kSubjects.end(),
                   [command_id](const Subject& subject) { return subject.id == command_id; });
  if (found == kSubjects.end()) return true;
  return !found->part_of_name.empty() && cgi.find(found->part_of_name) != std::string_view::npos;
}

}  // namespace cam32100::protocol
