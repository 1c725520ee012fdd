#pragma once

#include <cstdint>
#include <string_view>

namespace cam32100::protocol {

// Every code of the table in protocol/README.md, by its standard name. A code that two licensors
// use for different things has the CS2 name.
// clang-format off
enum class MessageType : std::uint8_t {
  HELLO = 0x00, HELLO_ACK = 0x01, HELLO_TO = 0x02, HELLO_TO_ACK = 0x03, QUERY_DID = 0x08,
  QUERY_DID_ACK = 0x09,
  DEV_LGN = 0x10, DEV_LGN_ACK = 0x11, DEV_LGN_CRC = 0x12, DEV_LGN_ACK_CRC = 0x13,
  DEV_LGN_KEY = 0x14, DEV_LGN_ACK_KEY = 0x15, DEV_LGN_DSK = 0x16, DEV_ONLINE_REQ = 0x18,
  DEV_ONLINE_REQ_ACK = 0x19,
  P2P_REQ = 0x20, P2P_REQ_ACK = 0x21, P2P_REQ_DSK = 0x26,
  LAN_SEARCH = 0x30, LAN_NOTIFY = 0x31, LAN_SEARCH_EXT = 0x32, LAN_SEARCH_EXT_ACK = 0x33,
  DEV_UNREACH = 0x35, SSD_LGN_CRC = 0x36, SSD_38 = 0x38, SSD_P2P_REQ_TO = 0x39, SSD_3A = 0x3A,
  SSD_3B = 0x3B, SSD_3C = 0x3C, SSD_3D = 0x3D, SSD_3E = 0x3E, SSD_3F = 0x3F,
  PUNCH_TO = 0x40, PUNCH_PKT = 0x41, P2P_RDY = 0x42, P2P_RDY_ACK = 0x43,
  TCP_RS_START = 0x52, TCP_RLY_REQ_ACK = 0x55,
  RS_LGN = 0x60, RS_LGN_ACK = 0x61, RS_LGN1 = 0x62, RS_LGN1_ACK = 0x63, LIST_REQ1 = 0x67,
  LIST_REQ = 0x68, LIST_REQ_ACK = 0x69, LIST_REQ_DSK = 0x6A,
  RLY_HELLO = 0x70, RLY_HELLO_ACK = 0x71, RLY_PORT = 0x72, RLY_PORT_ACK = 0x73,
  RLY_PORT_KEY = 0x74, RLY_PORT_ACK_KEY = 0x75, RLY_PORT_EX_ACK = 0x76, RLY_REQ_EX = 0x77,
  RLY_BYTE_COUNT = 0x78,
  RLY_REQ = 0x80, RLY_REQ_ACK = 0x81, RLY_TO = 0x82, RLY_PKT = 0x83, RLY_RDY = 0x84,
  RLY_TO_ACK = 0x85, RLY_SERVER_REQ = 0x87,
  SDEV_RUN = 0x90, SDEV_LGN = 0x91, SDEV_LGN_CRC = 0x92, SDEV_LGN_KEY = 0x93, SDEV_REPORT = 0x94,
  CONNECT_REPORT = 0xA0, REPORT_REQ = 0xA1, REPORT = 0xA2, MGM_A4 = 0xA4, MGM_A6 = 0xA6,
  MGM_A8 = 0xA8, MGM_AA = 0xAA, MGM_AC = 0xAC, MGM_AE = 0xAE,
  MGM_B0 = 0xB0, MGM_B2 = 0xB2, MGM_BA = 0xBA, MGM_BC = 0xBC,
  VGW_LGN = 0xC0, VGW_REQ = 0xC3, VGW_C4 = 0xC4, VGW_C5 = 0xC5, VGW_C6 = 0xC6,
  DRW = 0xD0, DRW_ACK = 0xD1, PSR = 0xD8,
  ALIVE = 0xE0, ALIVE_ACK = 0xE1,
  CLOSE = 0xF0, CLOSE_ACK = 0xF1, MGM_DUMP = 0xF4, MGM_LOG = 0xF5, MGM_F6 = 0xF6, MGM_F7 = 0xF7,
  MGM_F8 = 0xF8, REPORT_SESSION_READY = 0xF9,
};
// clang-format on

// "P2P_REQ"; "" for a code that is not in the table.
[[nodiscard]] std::string_view name(MessageType type) noexcept;

}  // namespace cam32100::protocol
