// From the command line of `emulate` to the cameras that it asks for.
#include <algorithm>

#include "bridge/cli/emulate_options.hpp"
#include "bridge/cli/emulator_pictures.hpp"

namespace cam32100::bridge {

namespace {

using protocol::Uid;

Uid emulated_uid(const std::string& text) {
  const auto uid = Uid::parse(text);
  if (!uid) throw EmulateFault{"\"" + text + "\": " + uid.error().message()};
  return *uid;
}

// `count` of them, from a first one on.
std::vector<Uid> counted_uids(const Uid& first, std::size_t count) {
  const std::string text = first.text();
  const std::string prefix = text.substr(0, text.find('-') + 1);
  const std::string check = text.substr(text.rfind('-'));
  std::vector<Uid> out;
  for (std::size_t i = 0; i < count; ++i) {
    std::string each = prefix;
    each.append(std::to_string(std::uint64_t{first.serial()} + i)).append(check);
    const auto uid = Uid::parse(each);
    if (!uid)
      throw EmulateFault{"--count " + std::to_string(count) + ": no serial is left behind " + text};
    out.push_back(*uid);
  }
  return out;
}

std::vector<Uid> wanted_uids(const EmulateOptions& options) {
  if (!options.uids.empty() && !options.prefix.empty())
    throw EmulateFault{"--prefix " + options.prefix + ": makes UIDs up, and there is a --uid"};
  if (!options.prefix.empty())
    return counted_uids(emulated_uid(options.prefix + "-100001-EMULA"), options.count);
  if (options.uids.empty()) throw EmulateFault{"wanted --uid UID, or --prefix PREFIX"};
  if (options.uids.size() == 1) return counted_uids(emulated_uid(options.uids[0]), options.count);
  if (options.count > 1) throw EmulateFault{"--count: counts up from one --uid, saw several"};
  std::vector<Uid> out;
  for (const auto& text : options.uids) {
    out.push_back(emulated_uid(text));
    if (std::count(out.begin(), out.end(), out.back()) > 1)
      throw EmulateFault{"--uid " + text + ": is given twice"};
  }
  return out;
}

// The first on the given port, more of them behind it; port 0: any free one each.
protocol::Address wanted_address(const EmulateOptions& options, std::size_t index) {
  const auto port = options.port == 0 ? 0 : options.port + index;
  if (port > 65535)
    throw EmulateFault{"--port " + std::to_string(options.port) + ": no port is left for camera " +
                       std::to_string(index + 1)};
  const auto bind = protocol::Address::parse(options.bind, static_cast<std::uint16_t>(port));
  if (!bind) throw EmulateFault{"--bind " + options.bind + ": wanted a.b.c.d"};
  return *bind;
}

protocol::RefusalForm to_refusal(const std::string& text) {
  if (text == "close") return protocol::RefusalForm::close_after_rdy;
  return text == "full_users" ? protocol::RefusalForm::full_users : protocol::RefusalForm::silent;
}

std::optional<protocol::Dsk> wanted_dsk(const EmulateOptions& options) {
  if (options.dsk.empty()) return std::nullopt;
  if (options.crc_key.empty())
    throw EmulateFault{"--dsk: goes under a CRC key, give its --crc-key as well"};
  const auto dsk = protocol::to_dsk(options.dsk);
  if (!dsk) throw EmulateFault{"--dsk: wanted 1 to 20 characters without blanks"};
  return *dsk;
}

protocol::Duration interval_of(unsigned frames_a_second) {
  const protocol::Duration second = std::chrono::seconds{1};
  return frames_a_second == 0 ? protocol::Duration{} : second / frames_a_second;
}

// All but who it is.
protocol::CameraConfig camera_of(const EmulateOptions& options) {
  protocol::CameraConfig config;
  config.psk = options.psk == "plain" ? "" : options.psk;
  config.credentials = {options.user, options.password};
  config.marker = options.marker;
  config.pictures = emulator_pictures(options.pictures);
  config.crc_key = options.crc_key;
  config.dsk = wanted_dsk(options);
  config.login_interval = std::chrono::duration_cast<protocol::Duration>(
      std::chrono::duration<double>(options.login_interval_s));
  config.max_sessions = options.max_sessions;
  config.channel.window = options.window;
  config.stream_interval = interval_of(options.stream_fps);
  config.nonsense = {options.nonsense.begin(), options.nonsense.end()};
  config.refuses = {options.refuses.begin(), options.refuses.end()};
  config.refusal = to_refusal(options.refusal);
  config.punch_variant_ready = options.variant_b;
  config.answers_lan_search = !options.no_lan_search;
  config.takes_relays = !options.no_relay;
  config.says_ready_by_relay = options.relay_ready;
  config.punches = !options.no_punch;
  config.other_dialect = options.dialect == "json";
  config.strict = options.strict;
  return config;
}

protocol::RoughConfig roughness_of(const EmulateOptions& options) {
  protocol::RoughConfig rough;
  rough.loss = options.loss / 100;
  rough.duplicate = options.duplicate / 100;
  rough.reorder = options.reorder / 100;
  rough.delay = std::chrono::milliseconds{options.delay_ms};
  rough.jitter = std::chrono::milliseconds{options.jitter_ms};
  return rough;
}

std::optional<protocol::NatKind> nat_of(const EmulateOptions& options) {
  if (options.nat.empty()) return std::nullopt;
  if (options.nat == "full_cone") return protocol::NatKind::full_cone;
  if (options.nat == "restricted") return protocol::NatKind::restricted;
  return options.nat == "symmetric" ? protocol::NatKind::symmetric
                                    : protocol::NatKind::port_restricted;
}

}  // namespace

std::vector<CameraPlan> plan_cameras(const EmulateOptions& options, std::uint64_t seed) {
  const auto config = camera_of(options);
  const auto rough = roughness_of(options);
  std::vector<CameraPlan> plans;
  for (const Uid& uid : wanted_uids(options)) {
    CameraPlan plan{config, wanted_address(options, plans.size()), rough, nat_of(options),
                    seed + plans.size()};
    plan.config.uid = uid;
    if (options.psk == "auto")
      plan.config.psk = std::string{protocol::psk_for_prefix(uid.prefix()).value_or("")};
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace cam32100::bridge
