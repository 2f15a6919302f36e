// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/sg/sg_node.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <utility>

#include "daemon/base/unique_fd.h"

namespace firmbench::transport {
namespace {

constexpr unsigned kScsiGenericMajor = 21;  // Documentation/admin-guide/devices.txt

class KernelNode final : public SgNode {
 public:
  explicit KernelNode(UniqueFd fd) : fd_(std::move(fd)) {}

  // A signal would end the wait, and the kernel would then restart the call: the command would go
  // to the drive a second time.
  int Run(sg_io_hdr& io) override {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = ::ioctl(fd_.get(), SG_IO, &io) < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return failed;
  }

 private:
  const UniqueFd fd_;
};

Error CannotOpen(const std::string& path, int sys_errno) {
  switch (sys_errno) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
      return Unavailable("DRIVE_GONE", "the drive is no longer there")
          .WithTransport({sys_errno, 0, 0, 0})
          .WithRemedy("check the cable and the power of the drive");
    case EBUSY:
      return Unavailable("DRIVE_BUSY", fmt::format("another program has {} open", path))
          .WithTransport({sys_errno, 0, 0, 0})
          .WithRemedy("end that program, then look at the drive again");
    case EACCES:
    case EPERM:
      return Error(Code::kPermissionDenied, "NODE_DENIED",
                   fmt::format("the daemon's user may not read and write {}", path))
          .WithTransport({sys_errno, 0, 0, 0})
          .WithRemedy("give the daemon's group the node, as the udev rule of the package does");
    default:
      return Unavailable("TRANSPORT_ERROR",
                         fmt::format("{} cannot be opened (errno {})", path, sys_errno))
          .WithTransport({sys_errno, 0, 0, 0});
  }
}

Result<UniqueFd> OpenExclusive(const std::string& path) {
  // O_NONBLOCK: where another holds the node, the kernel says EBUSY instead of waiting for it.
  // SG_IO itself does not look at that flag.
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_EXCL | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.valid()) return CannotOpen(path, errno);
  return fd;
}

}  // namespace

Result<std::unique_ptr<SgNode>> OpenKernelSgNode(const std::string& path) {
  ASSIGN_OR_RETURN(UniqueFd fd, OpenExclusive(path));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0 || !S_ISCHR(info.st_mode) ||
      major(info.st_rdev) != kScsiGenericMajor) {
    return FailedPrecondition("NODE_NOT_SG", fmt::format("{} is not a SCSI generic node", path));
  }
  return std::unique_ptr<SgNode>(std::make_unique<KernelNode>(std::move(fd)));
}

Result<std::unique_ptr<SgNode>> OpenAnySgNode(const std::string& path) {
  ASSIGN_OR_RETURN(UniqueFd fd, OpenExclusive(path));
  return std::unique_ptr<SgNode>(std::make_unique<KernelNode>(std::move(fd)));
}

}  // namespace firmbench::transport
