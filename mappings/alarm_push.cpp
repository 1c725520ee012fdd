#include "mappings/alarm_push.hpp"

#include "mappings/device_data.hpp"

namespace cam32100::mappings {

std::optional<CommandPlan> alarm_push_look(const DeviceMapping& mapping) {
  const auto& spec = mapping.data().alarm_push;
  if (!spec) return std::nullopt;
  CommandPlan plan;
  PlanStep step;
  step.request.cgi = spec->keeps->cgi;
  plan.steps.push_back(std::move(step));
  return plan;
}

std::optional<AlarmPushSetting> alarm_push_in(const DeviceMapping& mapping,
                                              protocol::BytesView reply) {
  const auto& spec = mapping.data().alarm_push;
  if (!spec) return std::nullopt;
  const auto values = protocol::parse_cgi_text(reply);
  const std::string* enabled = values.find(spec->enabled_field);
  const std::string* url = values.find(spec->url_field);
  if (enabled == nullptr || url == nullptr) return std::nullopt;
  return AlarmPushSetting{*enabled, *url};
}

std::optional<CommandPlan> alarm_push_write(const DeviceMapping& mapping,
                                            const AlarmPushSetting& setting) {
  auto plan = alarm_push_look(mapping);
  if (!plan) return std::nullopt;
  const auto& spec = *mapping.data().alarm_push;
  plan->kind = PlanKind::change;
  PlanStep step;
  step.request.cgi = spec.cgi;
  step.request.parameters = {{spec.enabled_parameter, setting.enabled},
                             {spec.url_parameter, setting.url}};
  step.kept = &spec.keeps->parameters;
  plan->steps.push_back(std::move(step));
  return plan;
}

}  // namespace cam32100::mappings
