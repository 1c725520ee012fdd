// What a search says of each way it tried.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "bridge/core/supervisor_protocol_events.hpp"
#include "bridge/core/supervisor_search.hpp"

namespace cam32100::bridge {

namespace {

const char* result_of(const protocol::RelayReport& relay) noexcept {
  if (!relay.rtt) return "no_answer";
  if (!relay.tried) return "spare";
  switch (relay.stage) {
    case protocol::RelayStage::hello:
    case protocol::RelayStage::port:
      return "no_port";
    case protocol::RelayStage::request:
      return relay.refusal ? "refused" : "not_passed_on";
    case protocol::RelayStage::ready:
      return "camera_did_not_come";
    case protocol::RelayStage::open:
      return "opened";
  }
  return "";
}

// A session that comes at once leaves others no time to answer.
constexpr std::chrono::milliseconds kAtOnce{500};

const char* silence_of(const std::optional<protocol::Ready>& opened) noexcept {
  return opened && opened->took < kAtOnce ? "not_needed" : "no_answer";
}

// A router may answer from another port; a relay's host may be a camera's as well.
bool is_at(const std::optional<protocol::Ready>& opened, const protocol::Address& address) {
  return opened && opened->path != protocol::Path::relay && opened->peer.ip == address.ip;
}

void note_opened(nlohmann::json& attempt, const protocol::Ready& opened) {
  attempt["result"] = "opened";
  attempt["took_ms"] = to_ms(opened.took);
}

}  // namespace

nlohmann::json CameraSearch::attempts(const Opened& opened) const {
  auto tried = nlohmann::json::array();
  add_known_attempts(tried, opened);
  if (!config_.lan_targets.empty()) add_lan_attempt(tried, opened);
  add_lookup_attempts(tried, opened);
  add_punch_attempts(tried, opened);
  add_relay_attempts(tried);
  return tried;
}

void CameraSearch::add_known_attempts(nlohmann::json& tried, const Opened& opened) const {
  for (const Candidate& known : config_.known) {
    nlohmann::json attempt{
        {"stage", "address"}, {"address", known.address.text()}, {"result", silence_of(opened)}};
    if (is_at(opened, known.address)) note_opened(attempt, *opened);
    tried.push_back(std::move(attempt));
  }
}

void CameraSearch::add_lan_attempt(nlohmann::json& tried, const Opened& opened) const {
  nlohmann::json lan{{"stage", "lan"},
                     {"targets", config_.lan_targets.size()},
                     {"result", lan_answer_ ? "found" : silence_of(opened)}};
  if (!other_cipher_.empty() && !other_cipher_at_) lan["result"] = "answers_under_" + other_cipher_;
  if (lan_answer_) {
    lan["address"] = lan_answer_->address.text();
    lan["took_ms"] = to_ms(lan_answer_->took);
  }
  tried.push_back(std::move(lan));
}

nlohmann::json CameraSearch::progress() const {
  auto all = attempts(std::nullopt);
  for (auto& each : all) {
    each.erase("took_ms");
    each.erase("rtt_ms");
    // What was not answered may still be.
    if (each["result"] == "no_answer") each["result"] = "waiting";
  }
  // So may the relay that is being tried, the last one of those that were.
  if (!relay_ || relay_->finished()) return all;
  for (auto each = all.rbegin(); each != all.rend(); ++each) {
    if ((*each)["stage"] != "relay" || (*each)["result"] == "waiting" ||
        (*each)["result"] == "spare")
      continue;
    if ((*each)["result"] != "opened") (*each)["result"] = "waiting";
    break;
  }
  return all;
}

void CameraSearch::add_lookup_attempts(nlohmann::json& tried, const Opened& opened) const {
  for (const protocol::ServerReport& server : servers()) {
    nlohmann::json lookup{
        {"stage", "lookup"},
        {"server", server.server.text()},
        {"result", server.result ? to_text(*server.result) : std::string{silence_of(opened)}}};
    if (server.took) lookup["took_ms"] = to_ms(*server.took);
    tried.push_back(std::move(lookup));
  }
}

// Where the servers say it is: each place was punched. A router may answer from another port.
void CameraSearch::add_punch_attempts(nlohmann::json& tried, const Opened& opened) const {
  std::vector<protocol::Address> told;
  for (const protocol::ServerReport& server : servers()) {
    for (const protocol::Address& address : server.addresses) {
      if (std::find(told.begin(), told.end(), address) == told.end()) told.push_back(address);
    }
  }
  for (const protocol::Address& address : told) {
    nlohmann::json attempt{
        {"stage", "punch"}, {"address", address.text()}, {"result", silence_of(opened)}};
    if (is_at(opened, address)) note_opened(attempt, *opened);
    if (other_cipher_at_ && other_cipher_at_ != relay_way_ && other_cipher_at_->ip == address.ip)
      attempt["result"] = "answers_under_" + other_cipher_;
    tried.push_back(std::move(attempt));
  }
}

void CameraSearch::add_relay_attempts(nlohmann::json& tried) const {
  for (const protocol::RelayReport& relay : relays()) {
    nlohmann::json attempt{{"stage", "relay"},
                           {"relay", relay.relay.text()},
                           {"server", relay.told_by.text()},
                           {"result", result_of(relay)}};
    if (relay.stage == protocol::RelayStage::open && other_cipher_at_ &&
        other_cipher_at_ == relay_way_)
      attempt["result"] = "answers_under_" + other_cipher_;
    if (relay.refusal) attempt["refused"] = to_text(*relay.refusal);
    if (relay.rtt) attempt["rtt_ms"] = to_ms(*relay.rtt);
    tried.push_back(std::move(attempt));
  }
  if (relay_error_ && relay_error_->operation == protocol::Operation::awaiting_relay_list) {
    tried.push_back({{"stage", "relay"}, {"result", protocol::to_text(relay_error_->code)}});
  }
}

}  // namespace cam32100::bridge
