#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "bridge/core/config_table.hpp"
#include "config_test_support.hpp"

namespace cam32100::bridge {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string example_text() {
  std::ifstream in(CAM32100_SOURCE_DIR "/deploy/config.example.json");
  EXPECT_TRUE(in.is_open());
  return {std::istreambuf_iterator<char>(in), {}};
}

json example() { return json::parse(example_text(), nullptr, true, true); }

// The paths of all leaves in the table's spelling: "mqtt.url", "cameras[].uid".
void collect(const json& value, const std::string& path, std::set<std::string>& into) {
  const bool list_of_objects = value.is_array() && !value.empty() && value[0].is_object();
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items())
      collect(inner, path.empty() ? key : path + "." + key, into);
  } else if (list_of_objects) {
    for (const auto& element : value) collect(element, path + "[]", into);
  } else {
    into.insert(path);
  }
}

// The keywords config_schema() uses; any other fails the test, so that none is left unchecked.
class Validator {
 public:
  std::vector<std::string> faults;

  void check(const json& schema, const json& value, const std::string& at) {
    for (const auto& [keyword, wanted] : schema.items())
      check_keyword(keyword, schema, wanted, value, at);
  }

 private:
  static bool has_type(const std::string& type, const json& value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    return type == "integer" && value.is_number_integer();
  }

  void check_object(const std::string& keyword, const json& schema, const json& wanted,
                    const json& value, const std::string& at) {
    for (const auto& [key, inner] : value.items()) {
      const bool known = schema["properties"].contains(key);
      if (keyword == "properties" && known) check(wanted[key], inner, at + "/" + key);
      if (keyword == "additionalProperties" && !known)
        faults.push_back(at + "/" + key + " unknown");
    }
    for (const auto& key : keyword == "required" ? wanted : json::array()) {
      if (!value.contains(key.get<std::string>())) faults.push_back(at + " lacks " + key.dump());
    }
  }

  void check_array(const std::string& keyword, const json& wanted, const json& value,
                   const std::string& at) {
    const auto size = value.size();
    if (keyword == "minItems" && size < wanted.get<std::size_t>())
      faults.push_back(at + " too short");
    if (keyword == "maxItems" && size > wanted.get<std::size_t>())
      faults.push_back(at + " too long");
    for (std::size_t i = 0; keyword == "items" && i < size; ++i) {
      check(wanted, value[i], at + "/" + std::to_string(i));
    }
  }

  void check_keyword(const std::string& keyword, const json& schema, const json& wanted,
                     const json& value, const std::string& at) {
    static const std::set<std::string> of_objects{"properties", "additionalProperties", "required"};
    static const std::set<std::string> of_arrays{"items", "minItems", "maxItems"};
    static const std::set<std::string> notes{"$schema", "title", "description", "default",
                                             "writeOnly"};
    if (notes.contains(keyword)) return;
    bool good = true;
    if (keyword == "type") {
      good = has_type(wanted, value);
    } else if (of_objects.contains(keyword)) {
      if (value.is_object()) check_object(keyword, schema, wanted, value, at);
    } else if (of_arrays.contains(keyword)) {
      if (value.is_array()) check_array(keyword, wanted, value, at);
    } else if (keyword == "anyOf") {
      good = std::any_of(wanted.begin(), wanted.end(), [&](const json& one) {
        Validator alternative;
        alternative.check(one, value, at);
        return alternative.faults.empty();
      });
    } else if (keyword == "enum") {
      good = std::find(wanted.begin(), wanted.end(), value) != wanted.end();
    } else if (keyword == "minimum") {
      good = !value.is_number() || value >= wanted;
    } else if (keyword == "maximum") {
      good = !value.is_number() || value <= wanted;
    } else if (keyword == "maxLength") {
      good = !value.is_string() || value.get<std::string>().size() <= wanted.get<std::size_t>();
    } else {
      ADD_FAILURE() << "keyword " << keyword << " is not checked here";
    }
    if (!good) faults.push_back(at + " against " + keyword + " " + wanted.dump());
  }
};

std::vector<std::string> against_schema(const json& value) {
  Validator validator;
  validator.check(config_schema(), value, "");
  return validator.faults;
}

TEST(ConfigExample, Loads) {
  const Config config = load(example_text());
  EXPECT_THAT(config.cameras, SizeIs(2));
  EXPECT_THAT(config.servers, SizeIs(1));
}

TEST(ConfigExample, HoldsEveryKeyOfTheTableAndNoOther) {
  std::set<std::string> shown;
  collect(example(), "", shown);
  std::set<std::string> known;
  for (const Setting& setting : all_settings()) known.insert(std::string(setting.path));
  EXPECT_EQ(shown, known);
}

TEST(ConfigExample, ShowsTheDefaults) {
  json shown = to_public_json(load(example_text()));
  json defaults = to_public_json(Config{});
  shown["cameras"] = shown["servers"] = defaults["cameras"] = defaults["servers"] = nullptr;
  EXPECT_EQ(shown, defaults);
}

TEST(ConfigExample, ExplainsEveryGroupOfKeysInACommentAboveIt) {
  std::istringstream lines(example_text());
  std::string line;
  bool explained = false;
  for (int number = 1; std::getline(lines, line); ++number) {
    const auto first = line.find_first_not_of(' ');
    const bool comment = first != std::string::npos && line.compare(first, 2, "//") == 0;
    const bool value = first != std::string::npos && line[first] == '"' && line.back() != '{';
    EXPECT_TRUE(explained || !value) << "line " << number << ": " << line;
    // A comment holds for the keys right below it, not over a blank line or a bracket.
    explained = comment || (value && explained);
  }
}

TEST(ConfigSchema, AcceptsTheExample) { EXPECT_THAT(against_schema(example()), IsEmpty()); }

TEST(ConfigSchema, AcceptsServersAsTextsAsTheLoaderDoes) {
  for (const json& value : {json{{"servers", "p2p.example.org"}},
                            json{{"servers", {"p2p.example.org", {{"hosts", {"192.0.2.1"}}}}}}}) {
    EXPECT_THAT(against_schema(value), IsEmpty()) << value;
    EXPECT_THAT(faults_of(value.dump()), IsEmpty()) << value;
  }
}

TEST(ConfigSchema, RefusesWhatTheLoaderRefuses) {
  const std::vector<json> faulty{
      json::array(),
      {{"mqtt", {{"ulr", "x"}}}},
      {{"mqtt", {{"url", 5}}}},
      {{"mqtt", {{"keep_alive_s", 4}}}},
      {{"mqtt", {{"keep_alive_s", 65536}}}},
      {{"mqtt", {{"keep_alive_s", 30.5}}}},
      {{"mqtt", {{"version", "4"}}}},
      {{"mqtt", {{"tls", true}}}},
      {{"events", {{"verbose", {"pings"}}}}},
      {{"cameras", {{{"name", "no id"}}}}},
      {{"cameras", {{{"uid", "VSTC-123456-ABCDE"}, {"hue", 1}}}}},
      {{"servers", {{{"hosts", json::array()}}}}},
      {{"http", {{"allow_write", "yes"}}}},
  };
  for (const json& value : faulty) {
    EXPECT_THAT(against_schema(value), Not(IsEmpty())) << value;
    EXPECT_THAT(faults_of(value.dump()), Not(IsEmpty())) << value;
  }
}

TEST(ConfigSchema, DescribesEveryKeyWithItsUnitAndDefault) {
  const json schema = config_schema();
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  const json& keep_alive = schema["properties"]["mqtt"]["properties"]["keep_alive_s"];
  EXPECT_EQ(keep_alive["default"], 30);
  EXPECT_THAT(keep_alive["description"].get<std::string>(), ::testing::EndsWith("(s)"));
  EXPECT_EQ(schema["properties"]["mqtt"]["properties"]["password"]["writeOnly"], true);
  EXPECT_THAT(schema["properties"]["cameras"]["items"]["required"], ElementsAre("uid"));
  for (const Setting& setting : all_settings()) EXPECT_FALSE(setting.doc.empty()) << setting.path;
}

}  // namespace
}  // namespace cam32100::bridge
