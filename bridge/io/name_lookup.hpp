#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bridge/io/side_threads.hpp"

namespace cam32100::bridge {

// Asks the system for the addresses of a name. Asio's own resolver waits, when the loop ends, for
// the answer it is asking for; a name service that hangs would hold up every stop.
//
// One question per name at a time: who asks for the same name meanwhile gets the same answer, so a
// service that never answers costs one thread, not one per retry; beyond kMaxWaiting the one who
// has waited longest is told that there is no answer. io thread.
class NameLookup final {
 public:
  enum class Family { any, ipv4 };
  static constexpr std::size_t kMaxWaiting = 16;
  // Empty: not found, and `why` says it in words.
  using Done = std::function<void(const std::vector<boost::asio::ip::address>& found,
                                  const std::string& why)>;

  explicit NameLookup(boost::asio::io_context& io) : io_{io}, threads_{io} {}

  // `done` is called once, later. Numeric addresses need no service, and no thread.
  void ask(const std::string& host, Family family, Done done);

 private:
  using Question = std::pair<std::string, Family>;
  void answer(const Question& question, const std::vector<boost::asio::ip::address>& found,
              const std::string& why);

  boost::asio::io_context& io_;
  std::map<Question, std::vector<Done>> asked_;
  SideThreads threads_;
};

}  // namespace cam32100::bridge
