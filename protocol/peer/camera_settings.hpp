#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cam32100::protocol {

// One value of a camera's settings, as its get_* pages show it.
struct CameraField {
  enum class Kind { number, text, secret };
  std::string key;
  std::string value;
  Kind kind = Kind::number;
};

// The keys one get_*.cgi shows, in its order, with the values they have from the factory.
struct CameraPage {
  std::string_view cgi;
  std::vector<CameraField> fields;
};

struct FactoryValues {
  std::string device_id;
  std::string alias;
  std::string firmware;
  std::string mac;
  std::string user;
  std::string secret;  // value of every secret
};
// Keys from the VStarcam CGI manual, condensed in protocol/README.md. Values are made up.
[[nodiscard]] std::vector<CameraPage> factory_pages(const FactoryValues& values);

// As pages write a text: control characters would end the line that it stands on.
[[nodiscard]] std::string quoted(std::string_view value);

// All settings of an emulated camera: one value per key, shared by the pages that show it.
class CameraSettings {
 public:
  // `marker` is made part of every secret that is shown, also of those that were set.
  CameraSettings(const std::vector<CameraPage>& pages, std::string marker);

  using Values = std::map<std::string, std::string>;
  // "var key=value;" lines; `live` stands in for stored values. nullopt: no such page.
  [[nodiscard]] std::optional<std::string> page_text(std::string_view cgi,
                                                     const Values& live) const;
  [[nodiscard]] Values page_values(std::string_view cgi) const;  // empty: no such page
  // Empty when the key is unknown.
  [[nodiscard]] std::string value(std::string_view key) const;

  [[nodiscard]] bool is_on_page(std::string_view cgi, std::string_view key) const;
  // Numbers must be numbers of at most 10 characters, texts at most 256 bytes. False: refused.
  [[nodiscard]] bool accepts(std::string_view key, std::string_view value) const;
  void set(std::string_view key, std::string_view value);  // what accepts() refuses is not stored
  [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }  // values set so far

 private:
  [[nodiscard]] std::string shown(const CameraField& field) const;
  [[nodiscard]] const CameraField* find(std::string_view key) const;

  std::string marker_;
  std::uint64_t changes_ = 0;
  std::vector<CameraField> fields_;
  std::map<std::string, std::size_t, std::less<>> places_;              // of each key in fields_
  std::map<std::string, std::vector<std::size_t>, std::less<>> pages_;  // as places_
};

using CgiParameters = std::vector<std::pair<std::string, std::string>>;

// Applies a set_*.cgi: all of its parameters, or none when one is refused (false). Parameters that
// mean nothing to it are ignored. nullopt: not one of the CGIs that set values of a page.
[[nodiscard]] std::optional<bool> apply_setter(std::string_view cgi,
                                               const CgiParameters& parameters,
                                               CameraSettings& settings);
// camera_control.cgi: param and value within their ranges; false: refused.
[[nodiscard]] bool apply_camera_control(int param, int value, CameraSettings& settings);

}  // namespace cam32100::protocol
