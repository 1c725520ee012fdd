#include <filesystem>

#include "tests/unit/mappings/mapping_fixture.hpp"
#include "tests/unit/mappings/schema_check.hpp"

namespace cam32100::mappings::testing {
namespace {

using nlohmann::json;

SchemaCheck schema() { return SchemaCheck{json::parse(read_text("mappings/schema.json"))}; }
// With its first example only, which is enough here.
json short_vstarcam() {
  json file = json::parse(read_text("mappings/devices/vstarcam.json"));
  file["examples"] = json::array({file["examples"][0]});
  return file;
}

bool loads(const json& file) { return DeviceMapping::load(file.dump(), "x.json").has_value(); }

TEST(MappingSchema, HoldsForEveryDeviceFileAndSoDoesTheLoader) {
  SchemaCheck check = schema();
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string{CAM32100_SOURCE_DIR} +
                                                               "/mappings/devices")) {
    const std::string name = entry.path().filename().string();
    const std::string text = read_text("mappings/devices/" + name);
    EXPECT_EQ(check.violation(json::parse(text)), "") << name;
    const auto loaded = DeviceMapping::load(text, name);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_TRUE(loaded->failing_examples().empty()) << name;
    ++files;
  }
  EXPECT_GE(files, 1U);
}

// The two must not drift apart: an unknown key is refused at every kind of place by both.
TEST(MappingSchema, AndLoaderRefuseAnUnknownKeyAtEveryKindOfPlace) {
  SchemaCheck check = schema();
  const json sound = short_vstarcam();
  for (const char* place :
       {"", "/replies/get_status.cgi", "/replies/get_status.cgi/fields/alias",
        "/replies/get_wifi_scan_result.cgi/lists/networks",
        "/replies/get_wifi_scan_result.cgi/lists/networks/fields/ap_ssid[#]",
        "/settings/brightness", "/settings/brightness/read", "/settings/brightness/write/0",
        "/settings/brightness/write/0/parameters/value", "/commands/ptz",
        "/commands/ptz/arguments/ms", "/commands/ptz/moves/up", "/commands/reboot/calls/0",
        "/keeps/alarm", "/entities/brightness", "/examples/0"}) {
    json file = sound;
    file[json::json_pointer(place)]["zzz"] = 1;
    EXPECT_NE(check.violation(file), "") << place;
    EXPECT_FALSE(loads(file)) << place;
  }
}

TEST(MappingSchema, AndLoaderRefuseTheSameWrongValues) {
  SchemaCheck check = schema();
  const json sound = short_vstarcam();
  const std::vector<std::pair<const char*, json>> wrong{
      {"/schema_version", 2},
      {"/family", "Vstar Cam"},
      {"/dialect", "binary"},
      {"/prefixes", json::array()},
      {"/prefixes/0", "vstc"},
      {"/secrets/0", 7},
      {"/capabilities", "all"},
      {"/replies/get status", json::object()},
      {"/replies/get_status.cgi/tolerates_stray_result", "yes"},
      {"/replies/get_status.cgi/fields/alias", "string"},
      {"/replies/get_status.cgi/fields/alias/key", "Alias"},
      {"/replies/get_status.cgi/fields/sdtotal/times", 0},
      {"/replies/get_status.cgi/fields/alias/publish", {"event"}},
      {"/replies/get_status.cgi/fields/internet/codes/1", 0},
      {"/replies/get_params.cgi/lists/mail_receivers/last", 256},
      {"/replies/get_params.cgi/lists/mail_receivers/value", {{"x", "text"}}},
      {"/settings/Bright", sound["settings"]["brightness"]},
      {"/settings/brightness/step", 0},
      {"/settings/brightness/write/0/cgi", "x"},
      {"/settings/brightness/write/0/parameters/a b", "1"},
      {"/settings/brightness/write/0/parameters/param", 1},
      {"/settings/ir/write/0/for/value/0", 1},
      {"/commands/ptz/kind", "move"},
      {"/commands/ptz/handler", "pan"},
      {"/commands/ptz/plain", 1},
      {"/commands/ptz/arguments/ms/type", "number"},
      {"/commands/ptz/arguments/ms/max_length", 0},
      {"/commands/ptz/moves/up/start", 256},
      {"/commands/ptz/moves/up/one_step", 1},
      {"/commands/video/missing", 1},
      {"/commands/preset/exactly_one/0", 1},
      {"/commands/ir/about", 1},
      {"/keeps/alarm/cgi", "x"},
      {"/keeps/alarm/parameters/a b", "x"},
      {"/keeps/alarm/parameters/preset", 1},
      {"/settings/motion_detection/write/0/keeps", "Alarm"},
      {"/entities/Brightness", {{"name", "x"}, {"setting", "brightness"}}},
      {"/entities/brightness/icon", "camera"},
      {"/entities/brightness/category", "main"},
      {"/entities/sd_free/state_class", "rising"},
      {"/entities/sd_free/platform", "switch"},
      {"/entities/ptz_left/arguments", "left"},
      {"/examples/0/replies", "x"},
      {"/examples/0/allow_http_write", 1}};
  for (const auto& [place, value] : wrong) {
    json file = sound;
    file[json::json_pointer(place)] = value;
    EXPECT_NE(check.violation(file), "") << place;
    EXPECT_FALSE(loads(file)) << place;
  }
}

}  // namespace
}  // namespace cam32100::mappings::testing
