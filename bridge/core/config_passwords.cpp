#include <algorithm>
#include <array>

#include "bridge/core/config_draft.hpp"

namespace cam32100::bridge {

namespace {

// Editors and `echo` end a file with a line break that is not part of the password.
std::string without_line_break(std::string text) {
  if (!text.empty() && text.back() == '\n') text.pop_back();
  if (!text.empty() && text.back() == '\r') text.pop_back();
  return text;
}

Secret accept(std::string text, const Place& place, std::string_view what, Faults& faults) {
  text = without_line_break(std::move(text));
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  const std::string subject = "the password in " + std::string(what);
  if (text.empty()) faults.add(place, subject + " is empty");
  if (control) faults.add(place, subject + " holds a control character or a second line");
  if (text.size() > Setting::kMaxText) {
    faults.add(place, subject + " has " + std::to_string(text.size()) + " bytes, at most " +
                          std::to_string(Setting::kMaxText) + " are allowed");
  }
  return Secret{std::move(text)};
}

FoundPassword from_text(const PasswordKey& key) {
  switch (key.origin->layer) {
    case Layer::environment:
      return {Secret{key.value}, "environment " + key.origin->place.source};
    case Layer::command_line:
      return {Secret{key.value}, "command line"};
    case Layer::state:
    case Layer::file:
      break;
  }
  return {Secret{key.value}, "config"};
}

FoundPassword from_file(const PasswordKey& key, const PasswordSources& from, Faults& faults) {
  const std::string what = "file " + in_quotes(key.value);
  if (!from.sources.read_secret) {
    faults.add(key.origin->place, what + " cannot be read: no secrets are available here");
    return {};
  }
  auto text = from.sources.read_secret(from.directory, key.value);
  if (!text) {
    faults.add(key.origin->place, what + " cannot be read: " + text.error().message);
    return {};
  }
  return {accept(std::move(*text), key.origin->place, what, faults), "file " + key.value};
}

FoundPassword from_variable(const PasswordKey& key, const PasswordSources& from, Faults& faults) {
  const auto found = from.sources.environment.find(key.value);
  if (found == from.sources.environment.end()) {
    faults.add(key.origin->place,
               "the environment variable " + in_quotes(key.value) + " is not set");
    return {};
  }
  return {accept(found->second, key.origin->place,
                 "the environment variable " + in_quotes(key.value), faults),
          "environment " + key.value};
}

}  // namespace

FoundPassword find_password(std::span<const PasswordKey> keys, const PasswordSources& from,
                            Faults& faults) {
  const PasswordKey* chosen = nullptr;
  const PasswordKey* rival = nullptr;
  for (const PasswordKey& key : keys) {
    if (key.value.empty() || key.origin == nullptr) continue;
    if (chosen == nullptr || key.origin->layer > chosen->origin->layer) {
      chosen = &key;
      rival = nullptr;
    } else if (key.origin->layer == chosen->origin->layer) {
      rival = &key;
    }
  }
  if (chosen == nullptr) return {};
  if (rival != nullptr) {
    faults.add(rival->origin->place, "stands beside " + std::string(chosen->key) +
                                         "; a password is given in one way only");
    return {};
  }
  switch (chosen->form) {
    case PasswordKey::Form::file:
      return from_file(*chosen, from, faults);
    case PasswordKey::Form::variable:
      return from_variable(*chosen, from, faults);
    case PasswordKey::Form::text:
      break;
  }
  return from_text(*chosen);
}

}  // namespace cam32100::bridge
