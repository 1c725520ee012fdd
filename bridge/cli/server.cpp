#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "bridge/cli/commands.hpp"
#include "bridge/cli/rendezvous_process.hpp"
#include "bridge/cli/server_options.hpp"
#include "bridge/io/service_notify.hpp"

namespace cam32100::bridge {

namespace {

namespace asio = boost::asio;
using nlohmann::ordered_json;

const char* to_text(protocol::ServerEvent::Kind kind) noexcept {
  switch (kind) {
    case protocol::ServerEvent::Kind::login:
      return "login";
    case protocol::ServerEvent::Kind::moved:
      return "moved";
    case protocol::ServerEvent::Kind::expired:
      return "expired";
    case protocol::ServerEvent::Kind::refused:
      return "refused";
  }
  return "";
}

// What happens, on standard output: lines for people, or JSON lines.
class Report {
 public:
  explicit Report(bool as_json) : json_{as_json} {}

  void event(const char* name, ordered_json fields) const {
    if (json_) {
      ordered_json line{{"event", name}};
      line.update(fields);
      std::printf("%s\n", line.dump().c_str());
    } else {
      std::string text = name;
      for (const auto& [key, value] : fields.items()) {
        text += " " + key + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
      }
      std::printf("%s\n", text.c_str());
    }
    std::fflush(stdout);
  }
  void device(const protocol::ServerEvent& event) const {
    ordered_json fields;
    // People get ids as logs have them; machines, whole ones.
    if (event.uid) fields["uid"] = json_ ? event.uid->text() : event.uid->redacted();
    fields["address"] = event.address.text();
    if (!event.reason.empty()) fields["reason"] = event.reason;
    this->event(to_text(event.kind), std::move(fields));
  }

 private:
  bool json_;
};

// Prints the status every so often.
struct StatusTimer {
  StatusTimer(asio::io_context& io, std::chrono::seconds every) : timer{io}, interval{every} {}
  void wait(const RendezvousProcess& process, const Report& report) {
    if (interval.count() == 0) return;
    timer.expires_after(interval);
    timer.async_wait([this, &process, &report](const boost::system::error_code& ec) {
      if (ec) return;
      report.event("status", process.status());
      wait(process, report);
    });
  }
  asio::steady_timer timer;
  std::chrono::seconds interval;
};

int serve(const ServerOptions& options) {
  RendezvousOptions chosen;
  try {
    chosen = process_options(options);
  } catch (const ServerFault& fault) {
    std::fprintf(stderr, "cam32100: %s\n", fault.what.c_str());
    return kExitUsage;
  }
  const Report report{options.json};
  asio::io_context io{1};
  RendezvousProcess process{io, std::move(chosen),
                            [&report](const protocol::ServerEvent& event) { report.device(event); },
                            [&report](const std::string& text) {
                              report.event("log", {{"message", text}});
                            }};
  process.start();
  ordered_json started{{"address", process.address().text()}};
  if (const auto second = process.second_address()) started["second_address"] = second->text();
  if (!options.relay.empty()) started["relay"] = options.relay;
  report.event("started", started);
  notify_ready();
  StatusTimer status{io, std::chrono::seconds{options.status_s}};
  status.wait(process, report);
  asio::signal_set signals{io, SIGTERM, SIGINT};
  signals.async_wait([&](const boost::system::error_code& ec, int) {
    if (!ec) io.stop();
  });
  io.run();
  process.stop();
  report.event("stopped", process.status());
  return kExitOk;
}

}  // namespace

void add_server(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("server", "Be a 32100 server, and a relay if asked");
  auto options = std::make_shared<ServerOptions>();
  HelpPages pages{*command};
  add_server_options(*command, pages, *options);
  command->callback([&line, options] { line.run = [options] { return serve(*options); }; });
}

}  // namespace cam32100::bridge
