#pragma once

#include "server_by_hand.hpp"
#include "tests/unit/transport/relay_wire.hpp"

namespace cam32100::protocol {

inline const Address kOurRelay{{198, 51, 100, 1}, 32100};
inline const Address kFriend{{198, 51, 100, 9}, 32100};  // another relay that we list
inline const std::uint16_t kGiven = 33000;
inline const Address kGivenWay{kOurRelay.ip, kGiven};
inline const Address kHome{{192, 168, 1, 5}, 40000};  // private: what it gets need not be paid for

// A server that is a relay, its sessions' sockets opened by hand.
struct ServerAsRelay : ServerByHand {
  void SetUp() override {
    config.relay_address = kOurRelay;
    config.other_relays = {kFriend};
  }
  // The word of a new session for `from`; its socket has port `number`.
  std::string allocate(const Address& from, std::uint16_t number = kGiven) {
    EXPECT_TRUE(answer_to(relay_wire::kPort, from).empty()) << "the socket is not open yet";
    const auto id = server->take_wanted_port();
    EXPECT_TRUE(id.has_value());
    if (!id) return "";
    ports.push_back(*id);
    server->port_opened(hand->now, *id, number);
    const auto sent = hand->take();
    EXPECT_EQ(sent.size(), 1U);
    if (sent.size() != 1) return "";
    EXPECT_EQ(sent[0].to, from);
    EXPECT_EQ(sent[0].hex, relay_wire::port_ack(number, sent[0].hex.substr(8, 8)));
    return sent[0].hex.substr(8, 8);
  }
  // Of a device that is logged in.
  void open_session(const std::string& word) {
    hand->send(kHome, relay_wire::request(kGivenWay, word, kBatc));
    hand->take();
    arrive(kHome, relay_wire::from_client(word, kBatc));
    arrive(kDevice, relay_wire::from_device(word, kBatc));
  }
  void arrive(const Address& from, const std::string& hex) {
    server->relay_port(ports.back()).on_datagram(hand->now, from, ByHand::from_text(hex));
    (void)server->port_progressed(hand->now, ports.back());
  }
  std::vector<RendezvousServer::PortId> ports;
};

}  // namespace cam32100::protocol
