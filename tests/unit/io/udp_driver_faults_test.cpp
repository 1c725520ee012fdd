// A system that has no socket for us, or no room in its buffers.
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "tests/unit/io/udp_driver_fixture.hpp"

// On loopback the kernel's buffer is never full, so it is said to be: after so many datagrams,
// once. Negative: it has room.
static int room_in_the_kernel = -1;

extern "C" int sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags) {
  if (room_in_the_kernel == 0) {
    room_in_the_kernel = -1;
    errno = EAGAIN;
    return -1;
  }
  if (room_in_the_kernel > 0) {
    count = std::min(count, static_cast<unsigned>(room_in_the_kernel));
    room_in_the_kernel -= static_cast<int>(count);
  }
  return static_cast<int>(::syscall(SYS_sendmmsg, socket, messages, count, flags));
}

namespace cam32100::bridge {
namespace {

// As long as it lives, this process can open nothing more.
class NoMoreDescriptors {
 public:
  NoMoreDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{0, before_.rlim_max};  // those that are open stay
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoMoreDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoMoreDescriptors(const NoMoreDescriptors&) = delete;
  NoMoreDescriptors& operator=(const NoMoreDescriptors&) = delete;

 private:
  rlimit before_{};
};

class UdpDriverFaultsTest : public UdpDriverTest {
 protected:
  // What Asio opens for itself is open before anything is tried.
  boost::asio::ip::udp::socket first_{io};
};

TEST_F(UdpDriverFaultsTest, ThrowsWithoutASocketUnlessItIsPatient) {
  ScriptedEndpoint a;
  const NoMoreDescriptors full;
  try {
    (void)drive(a);
    FAIL() << "it has a socket";
  } catch (const boost::system::system_error& error) {
    EXPECT_EQ(error.code(), boost::system::errc::too_many_files_open);
  }
}

TEST_F(UdpDriverFaultsTest, GetsItsSocketAsSoonAsThereIsOne) {
  ScriptedEndpoint a;
  ScriptedEndpoint b;
  const auto driver_b = drive(b);
  std::shared_ptr<UdpDriver> driver_a;
  options.patient = true;
  {
    const NoMoreDescriptors full;
    driver_a = drive(a);
    EXPECT_EQ(driver_a->open_error(), boost::system::errc::too_many_files_open);
    a.send(driver_b->local_address(), "first");
    driver_a->wake();
    EXPECT_EQ(a.outgoing.size(), 1U) << "nothing leaves, and nothing is lost";
  }
  ASSERT_TRUE(run_until([&] { return !b.received.empty(); }));
  EXPECT_FALSE(driver_a->open_error());
  b.send(driver_a->local_address(), "answer");
  driver_b->wake();
  EXPECT_TRUE(run_until([&] { return !a.received.empty(); })) << "the socket is not read";
  driver_a->stop();
  driver_b->stop();
}

TEST_F(UdpDriverFaultsTest, TriesAgainWhenTheNextSocketCannotBeOpened) {
  ScriptedEndpoint a;
  ScriptedEndpoint b;
  const auto driver_a = drive(a);
  const auto driver_b = drive(b);
  a.generation = 2;
  a.send(driver_b->local_address(), "new");
  {
    const NoMoreDescriptors full;
    driver_a->wake();
    EXPECT_TRUE(driver_a->open_error());
  }
  EXPECT_TRUE(run_until([&] { return !b.received.empty(); }));
  EXPECT_FALSE(driver_a->open_error());
  driver_a->stop();
  driver_b->stop();
}

TEST_F(UdpDriverFaultsTest, LeavesTheEndpointAloneWhenItIsStoppedWithoutASocket) {
  auto a = std::make_unique<ScriptedEndpoint>();
  options.patient = true;
  std::shared_ptr<UdpDriver> driver;
  {
    const NoMoreDescriptors full;
    driver = drive(*a);
  }
  driver->stop();
  a.reset();  // under ASan a later touch is an error
  const std::weak_ptr<UdpDriver> gone = std::exchange(driver, nullptr);
  EXPECT_TRUE(run_until([&] { return gone.expired(); }));
}

TEST_F(UdpDriverFaultsTest, WaitsForRoomAndCountsWhatItCouldNotSend) {
  constexpr std::size_t kBatch = 32;
  constexpr std::size_t kRoom = 10;
  ScriptedEndpoint a;
  ScriptedEndpoint b;
  const auto driver_a = drive(a);
  const auto driver_b = drive(b);
  for (std::size_t i = 0; i < kBatch + 8; ++i) a.send(driver_b->local_address(), std::to_string(i));
  room_in_the_kernel = kRoom;
  driver_a->wake();
  EXPECT_EQ(a.outgoing.size(), 8U) << "no more is taken while one waits for room";
  EXPECT_EQ(driver_a->counters().send_errors, kBatch - kRoom - 1)
      << "the rest of the batch is lost";
  ASSERT_TRUE(run_until([&] { return b.received.size() == kRoom + 1 + 8; }));
  EXPECT_EQ(b.received.at(kRoom), std::to_string(kRoom)) << "the one that waited goes first";
  EXPECT_EQ(b.received.back(), std::to_string(kBatch + 7));
  driver_a->stop();
  driver_b->stop();
}

}  // namespace
}  // namespace cam32100::bridge
