#include "protocol/wire/known_servers.hpp"

#include <algorithm>
#include <array>

namespace cam32100::protocol {
namespace {

constexpr std::string_view kVstbPrefixes[] = {"VSTB", "VSTC"};
constexpr std::string_view kVstdPrefixes[] = {"VSTD"};
constexpr std::string_view kVstfPrefixes[] = {"VSTF"};
constexpr std::string_view kVstgPrefixes[] = {"VSTG"};

constexpr std::array kKnownServers{
    KnownServers{kVstbPrefixes,
                 "ADCBBFAOPPJAHGJGBBGLFLAGDBJJHNJGGMBFBKHIBBNKOKLDHOBHCBOEHOKJJJKJBPMFLGCPPJMJAPDO"
                 "IPNL"},
    KnownServers{kVstdPrefixes,
                 "HZLXLQIDLKASPHIAHUPDEKICEEAUIHLRSWAOSUPEEJSQLOHWEGPAHYPGLQERIBIALKLNEMENHUHXELEH"
                 "EEEIEKEP-$$"},
    KnownServers{kVstfPrefixes,
                 "HZLXEJIALKHYATPCHULNSVLMEELSHWIHPFIBAOHXIDICSQEHENEKPAARSTELERPDLNEPLKEILPHUHXHZ"
                 "EJEEEHEGEM-$$"},
    KnownServers{kVstgPrefixes,
                 "EEGDFHBOKCIGGFJPECHIFNEBGJNLHOMIHEFJBADPAGJELNKJDKANCBPJGHLAIALAADMDKPDGOENEBECC"
                 "IK:vstarcam2018"},
};

}  // namespace

std::span<const KnownServers> known_servers() noexcept { return kKnownServers; }

std::string_view vendor_init_string(std::string_view prefix) noexcept {
  for (const auto& known : kKnownServers) {
    const auto& prefixes = known.prefixes;
    if (std::find(prefixes.begin(), prefixes.end(), prefix) != prefixes.end()) {
      return known.init_string;
    }
  }
  return {};
}

}  // namespace cam32100::protocol
