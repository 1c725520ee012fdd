#include <algorithm>

#include "mappings/text.hpp"
#include "mappings/translate.hpp"

namespace cam32100::mappings {
namespace {

bool has_parameter(const protocol::CgiRequest& request, std::string_view name) {
  return std::any_of(request.parameters.begin(), request.parameters.end(),
                     [name](const auto& parameter) { return parameter.first == name; });
}

}  // namespace

CommandResult<protocol::CgiRequest> with_kept(const PlanStep& step,
                                              protocol::BytesView earlier_reply) {
  protocol::CgiRequest request = step.request;
  const auto values = protocol::parse_cgi_text(earlier_reply);
  bool any = false;
  for (const auto& [parameter, field] : *step.kept) {
    const std::string* value = values.find(field);
    if (value == nullptr) continue;  // this model does not have it
    any = true;
    if (has_parameter(request, parameter)) continue;
    if (mentions_cgi(*value)) {
      return CommandError{ErrorCode::not_supported,
                          request.cgi + " would have to repeat the camera's " + in_quotes(field) +
                              ", which holds \".cgi\": firmware would take it for a call; nothing "
                              "was changed",
                          nlohmann::json{{"field", field}}};
    }
    request.parameters.emplace_back(parameter, *value);
  }
  if (!any) {
    return CommandError{
        ErrorCode::cgi_error,
        "the camera does not tell what else " + request.cgi + " would clear; nothing was changed",
        nlohmann::json{{"cgi", request.cgi}}};
  }
  return request;
}

}  // namespace cam32100::mappings
