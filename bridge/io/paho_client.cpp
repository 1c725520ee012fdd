#include "bridge/io/paho_client.hpp"

#include <MQTTAsync.h>
#include <mqtt/async_client.h>

#include <deque>
#include <memory>
#include <stdexcept>
#include <utility>

namespace cam32100::bridge {

namespace {

// Paho's default of 100 makes publish() throw while connected. It counts then, too, although it is
// called the buffer for the time while disconnected.
constexpr int kPahoBuffer = 1'000'000;
constexpr int kPahoMaxInflight = 1000;
constexpr int kRefusals = 0x80;  // MQTT 5 reason codes from here on

int paho_version(int version) { return version == 5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1; }

std::string reason_text(int code) {
  const char* text = MQTTReasonCode_toString(static_cast<MQTTReasonCodes>(code));
  return text != nullptr ? std::string{text} : "reason code " + std::to_string(code);
}

// Paho C gives what a CONNACK said as its return code, for both versions; Paho C++ gives 255 as the
// reason of every 3.1.1 failure.
MqttRefusal to_refusal(const mqtt::token& token, int version) {
  const int code = token.get_return_code();
  if (version != 5) return {code, 0};
  if (code >= kRefusals) return {0, code};
  return {code, static_cast<int>(token.get_reason_code())};
}

struct Listener final : mqtt::iaction_listener {
  std::function<void(const mqtt::token&)> succeeded, failed;
  // An exception out of a callback would end the process; the only one that can happen is out of
  // memory.
  void on_success(const mqtt::token& token) override { call(succeeded, token); }
  void on_failure(const mqtt::token& token) override { call(failed, token); }

 private:
  static void call(const std::function<void(const mqtt::token&)>& handler,
                   const mqtt::token& token) noexcept {
    try {
      if (handler) handler(token);
    } catch (...) {
    }
  }
};

MqttMessage to_message(const mqtt::message& in, int version) {
  MqttMessage out{in.get_topic(), in.to_string(), in.get_qos(), in.is_retained(), {}, {}};
  if (version != 5) return out;
  const auto& properties = in.get_properties();
  if (properties.contains(mqtt::property::RESPONSE_TOPIC)) {
    out.response_topic = mqtt::get<std::string>(properties, mqtt::property::RESPONSE_TOPIC);
  }
  if (properties.contains(mqtt::property::CORRELATION_DATA)) {
    out.correlation_data = mqtt::get<std::string>(properties, mqtt::property::CORRELATION_DATA);
  }
  return out;
}

// No error_handler for OpenSSL's reasons: Paho C++ 1.2.0 keeps the address of these options, which
// it takes by value, and calls into what is gone (seen as a crash when an authority is not
// trusted).
mqtt::ssl_options to_tls(const MqttTlsConfig& config) {
  auto tls = mqtt::ssl_options_builder();
  if (config.ca_file.empty()) {
    tls.ca_path("/etc/ssl/certs");
  } else {
    tls.trust_store(config.ca_file);
  }
  if (!config.certificate_file.empty()) tls.key_store(config.certificate_file);
  if (!config.key_file.empty()) tls.private_key(config.key_file);
  tls.enable_server_cert_auth(config.verify).verify(config.verify);
  return tls.finalize();
}

mqtt::properties to_properties(const MqttPublication& publication) {
  mqtt::properties properties;
  if (!publication.content_type.empty()) {
    properties.add({mqtt::property::CONTENT_TYPE, publication.content_type});
    if (publication.content_type == "application/json") {
      properties.add({mqtt::property::PAYLOAD_FORMAT_INDICATOR, std::uint8_t{1}});
    }
  }
  if (publication.correlation_data) {
    properties.add({mqtt::property::CORRELATION_DATA, *publication.correlation_data});
  }
  return properties;
}

}  // namespace

bool MqttRefusal::is_worded() const noexcept {
  return reason_code >= kRefusals || (return_code >= 1 && return_code <= 5);
}
bool MqttRefusal::is_version_refused() const noexcept {
  return reason_code == MQTTREASONCODE_UNSUPPORTED_PROTOCOL_VERSION || return_code == 1;
}
bool MqttRefusal::is_about_credentials() const noexcept {
  return reason_code == MQTTREASONCODE_BAD_USER_NAME_OR_PASSWORD ||
         reason_code == MQTTREASONCODE_NOT_AUTHORIZED ||
         reason_code == MQTTREASONCODE_BAD_AUTHENTICATION_METHOD || return_code == 4 ||
         return_code == 5;
}
bool MqttRefusal::is_for_good() const noexcept {
  switch (reason_code) {
    case MQTTREASONCODE_SERVER_UNAVAILABLE:
    case MQTTREASONCODE_SERVER_BUSY:
    case MQTTREASONCODE_QUOTA_EXCEEDED:
    case MQTTREASONCODE_CONNECTION_RATE_EXCEEDED:
      return false;  // a broker that is starting, or full for the moment
    default:
      return is_worded() && !is_version_refused() && return_code != 3;
  }
}
std::string MqttRefusal::text() const {
  // In our own words where 3.1.1 has the same refusal.
  if (reason_code == MQTTREASONCODE_BAD_USER_NAME_OR_PASSWORD) return "bad user name or password";
  if (reason_code >= kRefusals) return reason_text(reason_code);
  switch (return_code) {
    case 1:
      return "protocol version refused";
    case 2:
      return "client id refused";
    case 3:
      return "server unavailable";
    case 4:
      return "bad user name or password";
    case 5:
      return "not authorised";
    default:
      return "connection failed (Paho code " + std::to_string(return_code) + ")";
  }
}

namespace {

std::string uri_of(const PahoClient::Options& options) {
  auto url = options.url;
  if (!url.tls && !options.address.empty()) url.host = options.address;
  return (url.tls ? "ssl://" : "tcp://") + url.authority();
}

// Paho C writes and keeps a line of text for each packet and step, 20 for one command here, unless
// it is told to keep errors alone. Before the first client, so that its own MQTT_C_CLIENT_TRACE
// still counts.
void keep_no_trace() { MQTTAsync_setTraceLevel(MQTTASYNC_TRACE_ERROR); }

// Not create_options{version, n}, which lets Paho take publications while there is no connection:
// they would wait in an object that is never connected again.
mqtt::create_options create_options(int version) {
  keep_no_trace();
  return mqtt::create_options_builder()
      .mqtt_version(paho_version(version))
      .send_while_disconnected(false)
      .max_buffered_messages(kPahoBuffer)
      .finalize();
}

}  // namespace

struct PahoClient::Impl {
  Impl(Options wanted, MqttConfig mqtt, Handlers to)
      : options{std::move(wanted)},
        config{std::move(mqtt)},
        handlers{std::move(to)},
        client{uri_of(options), options.client_id, create_options(options.version), nullptr} {
    listen();
  }

  void listen();
  void on_connect_succeeded(const mqtt::token& token) const;
  void on_published(const mqtt::token& token) const;
  [[nodiscard]] mqtt::connect_options connect_options() const;

  Options options;
  MqttConfig config;
  Handlers handlers;
  Listener connect_listener, publish_listener, heartbeat_listener;
  std::deque<Listener> subscribe_listeners;  // one per SUBSCRIBE of this connection; a handful
  mqtt::async_client client;  // last: its threads stop before what they call goes away
};

// All handlers are set once, before connect: Paho deadlocks when they change under a completing
// token.
void PahoClient::Impl::listen() {
  connect_listener.succeeded = [this](const mqtt::token& token) { on_connect_succeeded(token); };
  connect_listener.failed = [this](const mqtt::token& token) {
    handlers.on_refused(to_refusal(token, options.version));
  };
  publish_listener.succeeded =
      publish_listener.failed = [this](const mqtt::token& token) { on_published(token); };
  heartbeat_listener.succeeded = [this](const mqtt::token&) { handlers.on_heartbeat(); };
  client.set_message_callback([this](const mqtt::const_message_ptr& message) {
    try {
      handlers.on_message(to_message(*message, options.version));
    } catch (...) {  // out of memory: this message is lost, the process is not
    }
  });
  client.set_connection_lost_handler(
      [this](const std::string&) { handlers.on_lost("connection lost"); });
  client.set_disconnected_handler([this](const mqtt::properties&, mqtt::ReasonCode code) {
    handlers.on_lost(reason_text(static_cast<int>(code)));
  });
}

void PahoClient::Impl::on_connect_succeeded(const mqtt::token& token) const {
  MqttConnection made{options.version, std::nullopt};
  int receive_maximum = 65535;
  if (options.version == 5) {
    const auto response = token.get_connect_response();
    const auto& properties = response.get_properties();
    if (properties.contains(mqtt::property::RECEIVE_MAXIMUM)) {
      receive_maximum = mqtt::get<std::uint16_t>(properties, mqtt::property::RECEIVE_MAXIMUM);
    }
    if (properties.contains(mqtt::property::MAXIMUM_PACKET_SIZE)) {
      made.maximum_packet_size =
          mqtt::get<std::uint32_t>(properties, mqtt::property::MAXIMUM_PACKET_SIZE);
    }
  }
  handlers.on_connected(made, receive_maximum);
}

void PahoClient::Impl::on_published(const mqtt::token& token) const {
  const int reason = static_cast<int>(token.get_reason_code());
  const auto* delivery = dynamic_cast<const mqtt::delivery_token*>(&token);
  const auto message = delivery != nullptr ? delivery->get_message() : nullptr;
  if (!message) return;  // never: we publish nothing else
  if (options.version == 5 && message->get_qos() > 0 && reason >= kRefusals)
    handlers.on_publish_refused(message->get_topic(), reason_text(reason));
  handlers.on_published(message->get_qos(), message->get_payload().size());
}

mqtt::connect_options PahoClient::Impl::connect_options() const {
  // The version first: it resets the clean flags.
  auto out =
      options.version == 5
          ? mqtt::connect_options_builder().mqtt_version(MQTTVERSION_5).clean_start(true).finalize()
          : mqtt::connect_options_builder()
                .mqtt_version(MQTTVERSION_3_1_1)
                .clean_session(true)
                .finalize();
  out.set_keep_alive_interval(static_cast<int>(config.keep_alive_s.count()));
  out.set_connect_timeout(options.connect_limit);
  out.set_max_inflight(kPahoMaxInflight);
  out.set_automatic_reconnect(false);
  out.set_will(mqtt::will_options{options.will.topic, options.will.payload.data(),
                                  options.will.payload.size(), 1, true});
  if (!config.user.empty()) {
    out.set_user_name(config.user);
    out.set_password(config.password.reveal());
  }
  if (options.version == 5) {
    mqtt::properties properties;
    properties.add({mqtt::property::MAXIMUM_PACKET_SIZE, kMaximumPacketSize});
    out.set_properties(properties);
  }
  if (options.url.tls) out.set_ssl(to_tls(config.tls));
  return out;
}

PahoClient::PahoClient(Options options, const MqttConfig& config, Handlers handlers) {
  try {
    impl_ = std::make_unique<Impl>(std::move(options), config, std::move(handlers));
  } catch (const mqtt::exception& error) {
    throw std::runtime_error{error.what()};
  }
}

PahoClient::~PahoClient() {
  try {
    impl_->client.disable_callbacks();
  } catch (const mqtt::exception&) {  // not connected: there is nothing to disable
  }
}

void PahoClient::connect() {
  try {
    impl_->client.connect(impl_->connect_options(), nullptr, impl_->connect_listener);
  } catch (const mqtt::exception& error) {
    throw std::runtime_error{error.what()};
  }
}

void PahoClient::disconnect(std::chrono::milliseconds limit) {
  // Paho looks for the end of a disconnect when something comes in, else once a second.
  (void)wake(impl_->options.will.topic + "/heartbeat");
  try {
    // Not a callback, so waiting cannot block Paho's own progress.
    impl_->client.disconnect(static_cast<int>(limit.count()))->wait_for(limit);
  } catch (
      const mqtt::exception&) {  // gone already; the broker publishes the will, which says the same
  }
}

MqttSent PahoClient::publish(MqttPublication& publication) {
  mqtt::message_ptr message;
  try {
    message = mqtt::message::create(std::move(publication.topic),
                                    mqtt::binary_ref{std::move(publication.payload)},
                                    publication.qos, publication.retain);
    if (impl_->options.version == 5) message->set_properties(to_properties(publication));
    impl_->client.publish(message, nullptr, impl_->publish_listener);
    return MqttSent::yes;
  } catch (const mqtt::exception& error) {
    if (message) {
      publication.topic = message->get_topic();
      publication.payload = message->to_string();
    }
    return error.get_return_code() == MQTTASYNC_DISCONNECTED ? MqttSent::not_connected
                                                             : MqttSent::never;
  }
}

bool PahoClient::subscribe(const std::string& filter, const SubscribeOptions& options) {
  auto& listener = impl_->subscribe_listeners.emplace_back();
  listener.succeeded = [this, filter](const mqtt::token& token) {
    const auto response = token.get_subscribe_response();
    const auto& codes = response.get_reason_codes();
    impl_->handlers.on_subscribed(filter, codes.empty() ? 0 : static_cast<int>(codes.front()));
  };
  listener.failed = [this, filter](const mqtt::token& token) {
    const int code = static_cast<int>(token.get_reason_code());
    impl_->handlers.on_subscribed(filter, code >= kRefusals ? code : kRefusals);
  };
  const auto how =
      impl_->options.version == 5
          ? mqtt::subscribe_options{options.no_local,
                                    static_cast<mqtt::byte>(options.retain_as_published)}
          : mqtt::subscribe_options{};
  try {
    impl_->client.subscribe(filter, options.qos, nullptr, listener, how);
    return true;
  } catch (const mqtt::exception&) {
    return false;
  }
}

bool PahoClient::unsubscribe(const std::string& filter) {
  try {
    impl_->client.unsubscribe(filter);
    return true;
  } catch (const mqtt::exception&) {
    return false;
  }
}

bool PahoClient::wake(const std::string& unused_filter) {
  try {
    impl_->client.unsubscribe(unused_filter, nullptr, impl_->heartbeat_listener);
    return true;
  } catch (const mqtt::exception&) {
    return false;
  }
}

}  // namespace cam32100::bridge
