#pragma once

#include <string_view>
#include <tuple>
#include <type_traits>

#include "protocol/wire/message.hpp"

// The payload of every message as a list of fields, in wire order. decode, encode and describe all
// read this one list. Private to wire.
namespace cam32100::protocol {

template <class M, class T>
struct FieldOf {
  std::string_view name;
  T M::*member;

  [[nodiscard]] constexpr auto& in(auto& message) const noexcept { return message.*member; }
};

// A field of a message inside a message: DEV_LGN_KEY begins with a whole DEV_LGN.
template <class M, class Inner, class T>
struct NestedFieldOf {
  std::string_view name;
  Inner M::*outer;
  T Inner::*member;

  [[nodiscard]] constexpr auto& in(auto& message) const noexcept { return message.*outer.*member; }
};

template <class M, class T>
constexpr FieldOf<M, T> field(std::string_view name, T M::*member) noexcept {
  return {name, member};
}

template <class M, class Inner, class T>
constexpr NestedFieldOf<M, Inner, T> field(std::string_view name, Inner M::*outer,
                                           T Inner::*member) noexcept {
  return {name, outer, member};
}

template <class... Fields>
struct Layout {
  std::uint8_t code;
  std::tuple<Fields...> fields;
};

template <class... Fields>
constexpr Layout<Fields...> layout(MessageType type, Fields... fields) noexcept {
  return {static_cast<std::uint8_t>(type), {fields...}};
}

// Calls visit(name, value) for each field of `message`, in wire order.
template <class M, class Visit>
constexpr void for_each_field(M& message, Visit&& visit);

template <class M>
inline constexpr int kLayout = 0;  // a message without a row below does not compile

template <MessageType kType>
inline constexpr auto kLayout<Bare<kType>> = layout(kType, field("extra", &Bare<kType>::extra));
template <MessageType kType>
inline constexpr auto kLayout<WithUid<kType>> = layout(kType, field("uid", &WithUid<kType>::uid),
                                                       field("extra", &WithUid<kType>::extra));
template <MessageType kType>
inline constexpr auto kLayout<WithResult<kType>> = layout(
    kType, field("result", &WithResult<kType>::result),
    field("version", &WithResult<kType>::version), field("extra", &WithResult<kType>::extra));
template <MessageType kType>
inline constexpr auto kLayout<WithAddress<kType>> =
    layout(kType, field("address", &WithAddress<kType>::address),
           field("extra", &WithAddress<kType>::extra));
template <MessageType kType>
inline constexpr auto kLayout<Sealed<kType>> = layout(kType, field("body", &Sealed<kType>::body));

template <>
inline constexpr auto kLayout<HelloTo> = layout(MessageType::HELLO_TO,
                                                field("first", &HelloTo::first),
                                                field("second", &HelloTo::second),
                                                field("extra", &HelloTo::extra));
template <>
inline constexpr auto kLayout<QueryDid> = layout(MessageType::QUERY_DID,
                                                 field("device_name", &QueryDid::device_name),
                                                 field("extra", &QueryDid::extra));
template <>
inline constexpr auto kLayout<QueryDidAck> = layout(MessageType::QUERY_DID_ACK,
                                                    field("uid_text", &QueryDidAck::uid_text),
                                                    field("extra", &QueryDidAck::extra));
template <>
inline constexpr auto kLayout<DevLgn> = layout(MessageType::DEV_LGN, field("uid", &DevLgn::uid),
                                               field("nat_type", &DevLgn::nat_type),
                                               field("version", &DevLgn::version),
                                               field("address", &DevLgn::address),
                                               field("extra", &DevLgn::extra));
template <>
inline constexpr auto kLayout<DevLgnKey> =
    layout(MessageType::DEV_LGN_KEY, field("uid", &DevLgnKey::login, &DevLgn::uid),
           field("nat_type", &DevLgnKey::login, &DevLgn::nat_type),
           field("version", &DevLgnKey::login, &DevLgn::version),
           field("address", &DevLgnKey::login, &DevLgn::address), field("nonce", &DevLgnKey::nonce),
           field("signature", &DevLgnKey::signature), field("extra", &DevLgnKey::extra));
template <>
inline constexpr auto kLayout<DevLgnAckKey> =
    layout(MessageType::DEV_LGN_ACK_KEY, field("result", &DevLgnAckKey::result),
           field("login_interval_s", &DevLgnAckKey::login_interval_s),
           field("reserved", &DevLgnAckKey::reserved), field("extra", &DevLgnAckKey::extra));
template <>
inline constexpr auto kLayout<DevOnlineReqAck> =
    layout(MessageType::DEV_ONLINE_REQ_ACK, field("last_login", &DevOnlineReqAck::last_login),
           field("result", &DevOnlineReqAck::result), field("reserved", &DevOnlineReqAck::reserved),
           field("extra", &DevOnlineReqAck::extra));
template <>
inline constexpr auto kLayout<P2pReq> = layout(MessageType::P2P_REQ, field("uid", &P2pReq::uid),
                                               field("lan_address", &P2pReq::lan_address),
                                               field("extra", &P2pReq::extra));
template <>
inline constexpr auto kLayout<P2pReqDsk> = layout(MessageType::P2P_REQ_DSK,
                                                  field("uid", &P2pReqDsk::uid),
                                                  field("lan_address", &P2pReqDsk::lan_address),
                                                  field("nat_type", &P2pReqDsk::nat_type),
                                                  field("version", &P2pReqDsk::version),
                                                  field("dsk", &P2pReqDsk::dsk),
                                                  field("extra", &P2pReqDsk::extra));
template <>
inline constexpr auto kLayout<P2pRdyAckEx> = layout(MessageType::P2P_RDY_ACK,
                                                    field("uid", &P2pRdyAckEx::uid),
                                                    field("address", &P2pRdyAckEx::address),
                                                    field("reserved", &P2pRdyAckEx::reserved),
                                                    field("extra", &P2pRdyAckEx::extra));
template <>
inline constexpr auto kLayout<RsLgn> = layout(MessageType::RS_LGN, field("uid", &RsLgn::uid),
                                              field("bandwidth", &RsLgn::bandwidth),
                                              field("users", &RsLgn::users),
                                              field("extra", &RsLgn::extra));
template <>
inline constexpr auto kLayout<RsLgn1> =
    layout(MessageType::RS_LGN1, field("uid", &RsLgn1::login, &RsLgn::uid),
           field("bandwidth", &RsLgn1::login, &RsLgn::bandwidth),
           field("users", &RsLgn1::login, &RsLgn::users), field("address", &RsLgn1::address),
           field("extra", &RsLgn1::extra));
template <>
inline constexpr auto kLayout<ListReqDsk> = layout(MessageType::LIST_REQ_DSK,
                                                   field("uid", &ListReqDsk::uid),
                                                   field("dsk", &ListReqDsk::dsk),
                                                   field("extra", &ListReqDsk::extra));
template <>
inline constexpr auto kLayout<RlyPortAck> = layout(MessageType::RLY_PORT_ACK,
                                                   field("magic_word", &RlyPortAck::magic_word),
                                                   field("port", &RlyPortAck::port),
                                                   field("reserved", &RlyPortAck::reserved),
                                                   field("extra", &RlyPortAck::extra));
template <>
inline constexpr auto kLayout<RlyPortKey> = layout(MessageType::RLY_PORT_KEY,
                                                   field("uid", &RlyPortKey::uid),
                                                   field("nonce", &RlyPortKey::nonce),
                                                   field("signature", &RlyPortKey::signature),
                                                   field("extra", &RlyPortKey::extra));
template <>
inline constexpr auto kLayout<RlyPortAckKey> =
    layout(MessageType::RLY_PORT_ACK_KEY, field("magic_word", &RlyPortAckKey::magic_word),
           field("port", &RlyPortAckKey::port), field("result", &RlyPortAckKey::result),
           field("reserved", &RlyPortAckKey::reserved), field("extra", &RlyPortAckKey::extra));
template <>
inline constexpr auto kLayout<RlyByteCount> = layout(MessageType::RLY_BYTE_COUNT,
                                                     field("bytes", &RlyByteCount::bytes),
                                                     field("extra", &RlyByteCount::extra));
template <>
inline constexpr auto kLayout<RlyReq> = layout(MessageType::RLY_REQ, field("uid", &RlyReq::uid),
                                               field("relay", &RlyReq::relay),
                                               field("magic_word", &RlyReq::magic_word),
                                               field("extra", &RlyReq::extra));
template <>
inline constexpr auto kLayout<RlyTo> = layout(MessageType::RLY_TO, field("relay", &RlyTo::relay),
                                              field("magic_word", &RlyTo::magic_word),
                                              field("extra", &RlyTo::extra));
template <>
inline constexpr auto kLayout<RlyPkt> = layout(MessageType::RLY_PKT,
                                               field("magic_word", &RlyPkt::magic_word),
                                               field("uid", &RlyPkt::uid),
                                               field("is_device", &RlyPkt::is_device),
                                               field("reserved", &RlyPkt::reserved),
                                               field("extra", &RlyPkt::extra));
template <>
inline constexpr auto kLayout<RlyToAck> = layout(MessageType::RLY_TO_ACK,
                                                 field("magic_word", &RlyToAck::magic_word),
                                                 field("uid", &RlyToAck::uid),
                                                 field("is_device", &RlyToAck::is_device),
                                                 field("send_result", &RlyToAck::send_result),
                                                 field("reserved", &RlyToAck::reserved),
                                                 field("extra", &RlyToAck::extra));

template <>
inline constexpr auto kLayout<SdevReport> =
    layout(MessageType::SDEV_REPORT, field("sdev_uid_text", &SdevReport::sdev_uid_text),
           field("device_uid_text", &SdevReport::device_uid_text),
           field("state", &SdevReport::state), field("reserved", &SdevReport::reserved),
           field("report", &SdevReport::report), field("extra", &SdevReport::extra));

// These four have a counted or bounded part and are read and written by hand.
template <>
inline constexpr auto kLayout<ListReqAck> = layout(MessageType::LIST_REQ_ACK);
template <>
inline constexpr auto kLayout<RlyServerReqAck> = layout(MessageType::RLY_SERVER_REQ);
template <>
inline constexpr auto kLayout<Drw> = layout(MessageType::DRW);
template <>
inline constexpr auto kLayout<DrwAck> = layout(MessageType::DRW_ACK);

template <class M, class Visit>
constexpr void for_each_field(M& message, Visit&& visit) {
  std::apply([&](const auto&... fields) { (visit(fields.name, fields.in(message)), ...); },
             kLayout<std::remove_const_t<M>>.fields);
}

}  // namespace cam32100::protocol
