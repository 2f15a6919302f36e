// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/sg/device_events.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>

#include "daemon/base/mutex.h"
#include "tests/daemon/transport/sg/sys_tree.h"

namespace firmbench::transport {
namespace {

// A message of the kernel: text fields with a NUL behind each.
std::string Message(const std::string& action, const std::string& device,
                    const std::string& subsystem) {
  std::string message;
  for (const std::string& field :
       {action + "@" + device, "ACTION=" + action, "DEVPATH=" + device, "SUBSYSTEM=" + subsystem}) {
    message += field + '\0';
  }
  return message;
}

struct Wire {
  Wire() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends), 0);
    kernel = UniqueFd(ends[0]);
    listener = UniqueFd(ends[1]);
  }
  void Send(const std::string& message) const {
    EXPECT_EQ(::send(kernel.get(), message.data(), message.size(), 0), std::ssize(message));
  }
  UniqueFd kernel, listener;
};

class Count {
 public:
  void Add() {
    MutexLock lock(mutex_);
    ++count_;
    changed_.NotifyAll();
  }
  int WaitFor(int count) {
    MutexLock lock(mutex_);
    while (count_ < count) changed_.Wait(mutex_);
    return count_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int count_ FB_GUARDED_BY(mutex_) = 0;
};

TEST(DeviceEvents, TellsOfSgNodesThatComeAndGo) {
  SysTree tree;
  Wire wire;
  Count count;
  DeviceEvents events(std::move(wire.listener), tree.roots(), [&count] { count.Add(); });
  wire.Send(Message("add", "/devices/virtual/mem/null", "mem"));
  wire.Send(Message("add", "/devices/a/host6/scsi_generic/sg2", "scsi_generic"));
  EXPECT_EQ(count.WaitFor(1), 1);
  wire.Send(Message("remove", "/devices/a/host6/scsi_generic/sg2", "scsi_generic"));
  EXPECT_EQ(count.WaitFor(2), 2);
}

TEST(DeviceEvents, OtherDevicesAndRubbishAreNoMatter) {
  EXPECT_FALSE(ConcernsSgNodes(""));
  EXPECT_FALSE(ConcernsSgNodes(std::string(9000, '\xff')));
  EXPECT_FALSE(ConcernsSgNodes(Message("change", "/devices/a/block/sr0", "block")));
  EXPECT_TRUE(ConcernsSgNodes(Message("add", "/devices/a/scsi_generic/sg2", "scsi_generic")));
  // udev's own messages: a binary head, then the same fields.
  EXPECT_TRUE(ConcernsSgNodes(std::string("libudev\0\xfe\xed\xca\xfe", 12) +
                              Message("add", "/devices/a/x", "scsi_generic")));
}

TEST(DeviceEvents, StopsAndGivesTheSocketBack) {
  SysTree tree;
  Wire wire;
  Count count;
  UniqueFd back;
  {
    DeviceEvents events(std::move(wire.listener), tree.roots(), [&count] { count.Add(); });
    back = events.Stop();
  }
  ASSERT_TRUE(back.valid());
  wire.Send(Message("add", "/devices/a/scsi_generic/sg2", "scsi_generic"));
  DeviceEvents again(std::move(back), tree.roots(), [&count] { count.Add(); });
  EXPECT_EQ(count.WaitFor(1), 1) << "what came meanwhile is not lost";
}

TEST(DeviceEvents, WorksWithoutASocket) {
  SysTree tree;
  DeviceEvents events(UniqueFd(), tree.roots(), [] { FAIL() << "nothing happened"; });
  EXPECT_FALSE(events.Stop().valid());
}

TEST(DeviceEvents, AClosedSocketDoesNotSpin) {
  SysTree tree;
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
  UniqueFd kernel(ends[0]);
  DeviceEvents events(UniqueFd(ends[1]), tree.roots(), [] {});
  kernel.Reset();
  events.Stop();
}

}  // namespace
}  // namespace firmbench::transport
