#include "protocol/wire/message_type.hpp"

namespace cam32100::protocol {

// One line per code; without a default, so that the compiler asks for the name of a new code.
std::string_view name(MessageType type) noexcept {
  using enum MessageType;
  // clang-format off
  switch (type) {
    case HELLO: return "HELLO";
    case HELLO_ACK: return "HELLO_ACK";
    case HELLO_TO: return "HELLO_TO";
    case HELLO_TO_ACK: return "HELLO_TO_ACK";
    case QUERY_DID: return "QUERY_DID";
    case QUERY_DID_ACK: return "QUERY_DID_ACK";
    case DEV_LGN: return "DEV_LGN";
    case DEV_LGN_ACK: return "DEV_LGN_ACK";
    case DEV_LGN_CRC: return "DEV_LGN_CRC";
    case DEV_LGN_ACK_CRC: return "DEV_LGN_ACK_CRC";
    case DEV_LGN_KEY: return "DEV_LGN_KEY";
    case DEV_LGN_ACK_KEY: return "DEV_LGN_ACK_KEY";
    case DEV_LGN_DSK: return "DEV_LGN_DSK";
    case DEV_ONLINE_REQ: return "DEV_ONLINE_REQ";
    case DEV_ONLINE_REQ_ACK: return "DEV_ONLINE_REQ_ACK";
    case P2P_REQ: return "P2P_REQ";
    case P2P_REQ_ACK: return "P2P_REQ_ACK";
    case P2P_REQ_DSK: return "P2P_REQ_DSK";
    case LAN_SEARCH: return "LAN_SEARCH";
    case LAN_NOTIFY: return "LAN_NOTIFY";
    case LAN_SEARCH_EXT: return "LAN_SEARCH_EXT";
    case LAN_SEARCH_EXT_ACK: return "LAN_SEARCH_EXT_ACK";
    case DEV_UNREACH: return "DEV_UNREACH";
    case SSD_LGN_CRC: return "SSD_LGN_CRC";
    case SSD_38: return "SSD_38";
    case SSD_P2P_REQ_TO: return "SSD_P2P_REQ_TO";
    case SSD_3A: return "SSD_3A";
    case SSD_3B: return "SSD_3B";
    case SSD_3C: return "SSD_3C";
    case SSD_3D: return "SSD_3D";
    case SSD_3E: return "SSD_3E";
    case SSD_3F: return "SSD_3F";
    case PUNCH_TO: return "PUNCH_TO";
    case PUNCH_PKT: return "PUNCH_PKT";
    case P2P_RDY: return "P2P_RDY";
    case P2P_RDY_ACK: return "P2P_RDY_ACK";
    case TCP_RS_START: return "TCP_RS_START";
    case TCP_RLY_REQ_ACK: return "TCP_RLY_REQ_ACK";
    case RS_LGN: return "RS_LGN";
    case RS_LGN_ACK: return "RS_LGN_ACK";
    case RS_LGN1: return "RS_LGN1";
    case RS_LGN1_ACK: return "RS_LGN1_ACK";
    case LIST_REQ1: return "LIST_REQ1";
    case LIST_REQ: return "LIST_REQ";
    case LIST_REQ_ACK: return "LIST_REQ_ACK";
    case LIST_REQ_DSK: return "LIST_REQ_DSK";
    case RLY_HELLO: return "RLY_HELLO";
    case RLY_HELLO_ACK: return "RLY_HELLO_ACK";
    case RLY_PORT: return "RLY_PORT";
    case RLY_PORT_ACK: return "RLY_PORT_ACK";
    case RLY_PORT_KEY: return "RLY_PORT_KEY";
    case RLY_PORT_ACK_KEY: return "RLY_PORT_ACK_KEY";
    case RLY_PORT_EX_ACK: return "RLY_PORT_EX_ACK";
    case RLY_REQ_EX: return "RLY_REQ_EX";
    case RLY_BYTE_COUNT: return "RLY_BYTE_COUNT";
    case RLY_REQ: return "RLY_REQ";
    case RLY_REQ_ACK: return "RLY_REQ_ACK";
    case RLY_TO: return "RLY_TO";
    case RLY_PKT: return "RLY_PKT";
    case RLY_RDY: return "RLY_RDY";
    case RLY_TO_ACK: return "RLY_TO_ACK";
    case RLY_SERVER_REQ: return "RLY_SERVER_REQ";
    case SDEV_RUN: return "SDEV_RUN";
    case SDEV_LGN: return "SDEV_LGN";
    case SDEV_LGN_CRC: return "SDEV_LGN_CRC";
    case SDEV_LGN_KEY: return "SDEV_LGN_KEY";
    case SDEV_REPORT: return "SDEV_REPORT";
    case CONNECT_REPORT: return "CONNECT_REPORT";
    case REPORT_REQ: return "REPORT_REQ";
    case REPORT: return "REPORT";
    case MGM_A4: return "MGM_A4";
    case MGM_A6: return "MGM_A6";
    case MGM_A8: return "MGM_A8";
    case MGM_AA: return "MGM_AA";
    case MGM_AC: return "MGM_AC";
    case MGM_AE: return "MGM_AE";
    case MGM_B0: return "MGM_B0";
    case MGM_B2: return "MGM_B2";
    case MGM_BA: return "MGM_BA";
    case MGM_BC: return "MGM_BC";
    case VGW_LGN: return "VGW_LGN";
    case VGW_REQ: return "VGW_REQ";
    case VGW_C4: return "VGW_C4";
    case VGW_C5: return "VGW_C5";
    case VGW_C6: return "VGW_C6";
    case DRW: return "DRW";
    case DRW_ACK: return "DRW_ACK";
    case PSR: return "PSR";
    case ALIVE: return "ALIVE";
    case ALIVE_ACK: return "ALIVE_ACK";
    case CLOSE: return "CLOSE";
    case CLOSE_ACK: return "CLOSE_ACK";
    case MGM_DUMP: return "MGM_DUMP";
    case MGM_LOG: return "MGM_LOG";
    case MGM_F6: return "MGM_F6";
    case MGM_F7: return "MGM_F7";
    case MGM_F8: return "MGM_F8";
    case REPORT_SESSION_READY: return "REPORT_SESSION_READY";
  }
  // clang-format on
  return {};
}

}  // namespace cam32100::protocol
