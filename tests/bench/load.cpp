#include "tests/bench/load.hpp"

#include <deque>
#include <stdexcept>
#include <unordered_map>

namespace cam32100::bench {

namespace {

using std::chrono::steady_clock;

struct UnderWay {
  const Asked* asked = nullptr;
  std::deque<steady_clock::time_point> since;
};

class Load {
 public:
  Load(MqttDriver& driver, const LoadPlan& plan) : driver_{driver}, plan_{plan} {
    for (const auto& one : plan.asked) waiting_[one.answer_topic].asked = &one;
  }

  LoadResult run() {
    const auto start = steady_clock::now();
    for (std::size_t i = 0; i < plan_.outstanding; ++i) {
      for (auto& [topic, waiting] : waiting_) ask(waiting);
    }
    while (result_.samples.count() < plan_.total && take_one()) {
    }
    const std::chrono::duration<double> took = last_ - start;
    result_.missing = sent_ - result_.samples.count();
    result_.per_second = static_cast<double>(result_.samples.count()) / took.count();
    return std::move(result_);
  }

 private:
  void ask(UnderWay& waiting) {
    if (sent_ == plan_.total) return;
    ++sent_;
    waiting.since.push_back(steady_clock::now());
    driver_.publish(waiting.asked->topic, plan_.payload, plan_.qos);
  }

  // False: nothing came.
  bool take_one() {
    try {
      const auto message = driver_.next_message();
      const auto found = waiting_.find(message.topic);
      if (found == waiting_.end() || found->second.since.empty()) return true;
      last_ = steady_clock::now();
      if (plan_.is_right && !plan_.is_right(message.payload)) ++result_.wrong;
      result_.samples.add(last_ - found->second.since.front());
      found->second.since.pop_front();
      ask(found->second);
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  }

  MqttDriver& driver_;
  const LoadPlan& plan_;
  std::unordered_map<std::string, UnderWay> waiting_;
  LoadResult result_;
  std::size_t sent_ = 0;
  steady_clock::time_point last_;
};

}  // namespace

LoadResult run_load(MqttDriver& driver, const LoadPlan& plan) { return Load{driver, plan}.run(); }

}  // namespace cam32100::bench
