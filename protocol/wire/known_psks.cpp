#include <algorithm>
#include <array>

#include "protocol/wire/cipher.hpp"

namespace cam32100::protocol {
namespace {

constexpr std::string_view kPlainPrefixes[] = {
    "AES",     "ASH",  "BRTC", "BRTD", "CTW",    "ESN",  "EST",  "GBE",  "HWAA",    "ICB",
    "IKB",     "JWEV", "KBC",  "LAM",  "MATE",   "MEYE", "MIL",  "OBJ",  "OEMAAAA", "OEMAAAB",
    "OEMAAAH", "OPCS", "PPCN", "PPCS", "PROCAM", "RTOS", "SPCN", "TSD",  "VSTB",    "VSTC",
    "WXH",     "WXO",  "XHA",  "XLT",  "ZSKJ",   "BATC", "BATD", "BATE", "FTYB",    "PTZ"};
constexpr std::string_view kCameraPrefixes[] = {
    "DGB",  "DGHA", "DGHG", "DGKA", "DGKB", "DGKC", "DGOA", "DGOB", "DGOC", "DGOD", "DGOE",
    "DGOF", "DGOG", "DGOH", "DGOI", "DGOJ", "DGOK", "NMSA", "NMSB", "NMSZ", "PETA", "PETAA"};
constexpr std::string_view kShixPrefixes[] = {"AAA",  "ABC",  "ABCF",   "DDD",  "EEE",
                                              "FFF",  "HBW",  "NNN",    "PIXA", "PIXB",
                                              "PIXC", "PIXD", "XIAODOU"};
constexpr std::string_view kVstarcam2018Prefixes[] = {"VE", "VSTG", "VSTH", "ELSC"};
constexpr std::string_view kVstarcam2019Prefixes[] = {"VSTJ", "VSTK", "VSTL", "VSTM",
                                                      "VSTN", "VSTP", "VC0"};
constexpr std::string_view kAqaraPrefixes[] = {"AQARAKR"};
constexpr std::string_view kAccPrefixes[] = {"ACCQ", "ACCR", "ACCS", "BCCQ"};
constexpr std::string_view kVmsvPrefixes[] = {"VMA", "VMP", "VMS", "VMV"};
constexpr std::string_view kFerryPrefixes[] = {"FYIOT", "FYPPCS", "FYRTOS"};
constexpr std::string_view kMycameraPrefixes[] = {"PPIL", "PPLL", "PPSL"};
constexpr std::string_view kDengPrefixes[] = {"LIUX", "PIR", "TUT"};
constexpr std::string_view kDuncomPrefixes[] = {"DUNIOTA", "NANOIOT"};
constexpr std::string_view kJxPrefixes[] = {"AYS", "XYX"};
constexpr std::string_view kHywhPrefixes[] = {"THPC"};
constexpr std::string_view kJydgPrefixes[] = {"JYDGZ"};
constexpr std::string_view kSzgmPrefixes[] = {"XGAK"};

// vstarcam2021 is used by newer VStarcam cameras whose prefixes nobody has listed; the last key is
// for traffic between CS2 servers.
constexpr std::array kKnownPsks{
    KnownPsk{"", kPlainPrefixes},
    KnownPsk{"camera", kCameraPrefixes},
    KnownPsk{"SHIX", kShixPrefixes},
    KnownPsk{"vstarcam2018", kVstarcam2018Prefixes},
    KnownPsk{"vstarcam2019", kVstarcam2019Prefixes},
    KnownPsk{"vstarcam2021", {}},
    KnownPsk{"aqarakr19kn", kAqaraPrefixes},
    KnownPsk{"@@@@....", kAccPrefixes},
    KnownPsk{"VMSV", kVmsvPrefixes},
    KnownPsk{"FERRY@88", kFerryPrefixes},
    KnownPsk{"mycamera", kMycameraPrefixes},
    KnownPsk{"Deng123abc", kDengPrefixes},
    KnownPsk{"Duncom", kDuncomPrefixes},
    KnownPsk{"JX20130716", kJxPrefixes},
    KnownPsk{"hyWHzyhtzH", kHywhPrefixes},
    KnownPsk{"JYDGAOZHANP2P", kJydgPrefixes},
    KnownPsk{"SZGMBESTER", kSzgmPrefixes},
    KnownPsk{"SSD@cs2-network.", {}},
};

}  // namespace

std::span<const KnownPsk> known_psks() noexcept { return kKnownPsks; }

std::optional<std::string_view> known_psk_of(const Cipher& cipher) noexcept {
  if (cipher.is_plain()) return "";
  for (const auto& known : kKnownPsks) {
    if (!known.psk.empty() && key_of(known.psk) == cipher.key()) return known.psk;
  }
  return std::nullopt;
}

std::optional<std::string_view> psk_for_prefix(std::string_view prefix) noexcept {
  for (const auto& known : kKnownPsks) {
    if (std::find(known.prefixes.begin(), known.prefixes.end(), prefix) != known.prefixes.end()) {
      return known.psk;
    }
  }
  return std::nullopt;
}

}  // namespace cam32100::protocol
