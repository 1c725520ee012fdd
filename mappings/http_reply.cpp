#include "mappings/http_reply.hpp"

#include <algorithm>

#include "mappings/base64.hpp"
#include "mappings/reply.hpp"
#include "mappings/text.hpp"
#include "mappings/typed_values.hpp"

namespace cam32100::mappings {
namespace {

using nlohmann::json;

// Text in whatever encoding: no control characters but tab and line ends.
bool is_text(protocol::BytesView body) {
  return std::all_of(body.begin(), body.end(), [](std::byte b) {
    const auto value = std::to_integer<unsigned>(b);
    return (value >= 0x20 && value != 0x7F) || value == '\t' || value == '\r' || value == '\n';
  });
}

json text_values(const DeviceMapping& mapping, const protocol::CgiValues& parsed) {
  json values = json::object();
  for (const auto& [name, value] : parsed.values) {
    values[to_valid_utf8(name)] = published_text(mapping, name, value);
  }
  return values;
}

HttpAnswer binary_answer(const DeviceMapping& mapping, const std::string& cgi,
                         const protocol::Bytes& body) {
  const bool picture = protocol::is_jpeg(body);
  HttpAnswer answer;
  answer.data = json{{"cgi", cgi},
                     {"bytes", body.size()},
                     {"content_type", picture ? "image/jpeg" : "application/octet-stream"}};
  if (body.size() >= kMaxBase64Body) {
    answer.error =
        CommandError{ErrorCode::too_large,
                     "the answer of " + cgi + " has " + std::to_string(body.size()) +
                         " bytes; binary answers must be below " + std::to_string(kMaxBase64Body),
                     json{{"cgi", cgi}, {"bytes", body.size()}, {"limit", kMaxBase64Body}}};
    return answer;
  }
  if (picture) {
    answer.data["base64"] = to_base64(body);
  } else {  // a settings file may hold "name=value" lines between its zeros
    const std::string redacted = redact_cgi_text(mapping, protocol::to_string(body));
    answer.data["base64"] = to_base64(protocol::as_bytes(redacted));
  }
  return answer;
}

}  // namespace

HttpAnswer http_answer(const DeviceMapping& mapping, const std::string& cgi,
                       const protocol::CgiReply& reply) {
  if (protocol::is_jpeg(reply.body) || !is_text(reply.body)) {
    return binary_answer(mapping, cgi, reply.body);
  }
  const protocol::CgiValues parsed = protocol::parse_cgi_text(reply.body);
  HttpAnswer answer;
  answer.result = parsed.result();
  answer.data =
      json{{"cgi", cgi},
           {"result", answer.result ? json(*answer.result) : json(nullptr)},
           {"values", text_values(mapping, parsed)},
           {"raw", to_valid_utf8(redact_cgi_text(mapping, protocol::to_string(reply.body)))}};
  return answer;
}

}  // namespace cam32100::mappings
