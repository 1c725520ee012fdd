#include <set>

#include "mappings/mapping_load.hpp"
#include "mappings/text.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

constexpr int kMaxListIndex = 255;

ByName<json> load_codes(const MappingNode& node, FieldType type) {
  ByName<json> codes;
  for (const auto& [code, meaning] : node.members()) {
    if (type == FieldType::boolean) {
      codes.emplace(code, meaning.boolean(false));
    } else {
      codes.emplace(code, meaning.text());
    }
  }
  return codes;
}

Published load_published(const MappingNode& node) {
  Published published;
  for (const MappingNode& topic : node.elements()) {
    const auto where = topic.word<bool Published::*>({{"info", &Published::info},
                                                      {"state", &Published::state},
                                                      {"settings", &Published::settings}});
    published.*where = true;
  }
  return published;
}

FieldType load_field_type(const MappingNode& node) {
  return node.word<FieldType>({{"text", FieldType::text},
                               {"integer", FieldType::integer},
                               {"number", FieldType::number},
                               {"boolean", FieldType::boolean},
                               {"enum", FieldType::choice},
                               {"time", FieldType::time}});
}

void default_boolean_codes(FieldSpec& field) {
  if (field.type == FieldType::boolean && field.codes.empty()) {
    field.codes = {{"0", false}, {"1", true}};
  }
}

// "text" alone is short for {"type": "text"}; the published key is the camera's name in lower case
// by default.
FieldSpec load_field(const std::string& name, const MappingNode& node) {
  FieldSpec field;
  field.key = to_lower(name);
  if (node.is_text()) {
    field.type = load_field_type(node);
  } else {
    node.only(
        {"key", "type", "codes", "times", "divide", "unit", "secret", "alarm", "publish", "about"});
    field.key = node.at("key").text(field.key);
    field.type = load_field_type(node.at("type"));
    field.codes = load_codes(node.at("codes"), field.type);
    field.times = node.at("times").integer(1, 1'000'000, 1);
    field.divide = node.at("divide").integer(1, 1'000'000, 1);
    field.unit = node.at("unit").text();
    field.secret = node.at("secret").boolean(false);
    field.alarm = node.at("alarm").boolean(false);
    field.publish = load_published(node.at("publish"));
  }
  default_boolean_codes(field);
  const bool coded = field.type == FieldType::boolean || field.type == FieldType::choice;
  if (field.type == FieldType::choice && field.codes.empty()) node.fail("an enum needs \"codes\"");
  if (!coded && !field.codes.empty()) node.fail("only enum and boolean have \"codes\"");
  return field;
}

void claim_key(const std::string& key, const MappingNode& node, std::set<std::string>& keys) {
  if (!is_published_key(key)) node.fail("key \"" + key + "\" is not lower-case snake_case");
  if (!keys.insert(key).second) node.fail("key \"" + key + "\" is given twice in this reply");
}

void note_secret(const std::string& name, const FieldSpec& field, int first, int last,
                 DeviceMapping::Data& data) {
  if (!field.secret) return;
  const auto mark = name.find('#');
  for (int i = first; i <= last; ++i) {
    std::string one = name;
    if (mark != std::string::npos) one.replace(mark, 1, std::to_string(i));
    data.secrets.insert(to_lower(one.substr(0, one.find('['))));
  }
}

void check_counter(const std::string& name, const MappingNode& node) {
  if (name.find('#') == std::string::npos || name.find('#') != name.rfind('#')) {
    node.fail("the name needs one '#' where the counter stands");
  }
}

ListSpec load_list(const MappingNode& node, DeviceMapping::Data& data) {
  node.only({"first", "last", "index", "fields", "value", "about"});
  ListSpec list;
  list.first = static_cast<int>(node.required("first").integer(0, kMaxListIndex, 0));
  list.last =
      static_cast<int>(node.required("last").integer(list.first, kMaxListIndex, list.first));
  list.index_key = node.at("index").text();
  std::set<std::string> keys;
  if (!list.index_key.empty()) claim_key(list.index_key, node.at("index"), keys);
  for (const auto& [name, field_node] : node.at("fields").members()) {
    check_counter(name, field_node);
    FieldSpec field = load_field(name, field_node);
    claim_key(field.key, field_node, keys);
    note_secret(name, field, list.first, list.last, data);
    list.fields.emplace(name, std::move(field));
  }
  const MappingNode value = node.at("value");
  if (value.exists()) {
    const auto members = value.members();
    if (members.size() != 1) {
      value.fail("expected one name with its type");
    } else {
      const auto& [name, field_node] = members.front();
      check_counter(name, field_node);
      list.scalar.emplace(name, load_field(name, field_node));
      note_secret(name, list.scalar->second, list.first, list.last, data);
    }
  }
  if (list.fields.empty() == !list.scalar) node.fail(R"(a list has either "fields" or "value")");
  return list;
}

ReplySpec load_reply(const MappingNode& node, DeviceMapping::Data& data) {
  node.only({"tolerates_stray_result", "fields", "lists", "about"});
  ReplySpec reply;
  reply.tolerates_stray_result = node.at("tolerates_stray_result").boolean(false);
  std::set<std::string> keys;
  for (const auto& [name, field_node] : node.at("fields").members()) {
    FieldSpec field = load_field(name, field_node);
    claim_key(field.key, field_node, keys);
    note_secret(name, field, 0, 0, data);
    reply.fields.emplace(name, std::move(field));
  }
  for (const auto& [key, list_node] : node.at("lists").members()) {
    claim_key(key, list_node, keys);
    reply.lists.emplace(key, load_list(list_node, data));
  }
  return reply;
}

// Asked once here instead of for each value of each reply. A name with a counter is judged by its
// first: key1.
void judge_name(std::string name, FieldSpec& field, const DeviceMapping::Data& data) {
  const auto mark = name.find('#');
  if (mark != std::string::npos) name[mark] = '1';
  field.secret_name = is_secret_name(data, name);
}

void judge_names(DeviceMapping::Data& data) {
  for (auto& [cgi, reply] : data.replies) {
    for (auto& [name, field] : reply.fields) judge_name(name, field, data);
    for (auto& [key, list] : reply.lists) {
      for (auto& [name, field] : list.fields) judge_name(name, field, data);
      if (list.scalar) judge_name(list.scalar->first, list.scalar->second, data);
    }
  }
}

}  // namespace

bool is_published_key(std::string_view text) noexcept {
  if (text.empty() || text.size() > 64 || text.front() < 'a' || text.front() > 'z') return false;
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

void load_replies(const MappingNode& node, DeviceMapping::Data& data) {
  for (const auto& [cgi, reply_node] : node.members()) {
    if (!is_cgi_name(cgi)) reply_node.fail("\"" + cgi + "\" is not the name of a CGI");
    data.replies.emplace(cgi, load_reply(reply_node, data));
  }
  judge_names(data);  // after all: a name that is secret in one reply is so in every one
}

}  // namespace cam32100::mappings
