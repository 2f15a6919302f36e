// SPDX-License-Identifier: Apache-2.0
// usage: fuse_drive FOLDER SCENARIO TRACE
//
// The SCSI side of a scenario's drives as files in FOLDER, sg0 for the first, that take SG_IO:
// programs that know nothing of firmbench, and its own transport, talk to one simulated drive.
// Says "ready" when they are there, and writes down in the file TRACE what the drives are sent, a
// command a line, as "CDB DATA" in hex. Ends, and takes the files away, with SIGTERM. Root only: an
// ioctl on a FUSE file brings a pointer into the caller's memory, which is read and written from
// here.
//
// Unlike a kernel: the files are regular ones, an open is never refused, and no time-out but the
// drive's own ends a command.
#define FUSE_USE_VERSION 35
#include <fuse3/fuse_lowlevel.h>
#include <scsi/sg.h>
#include <sys/prctl.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/scsi/sense.h"
#include "daemon/simulated_bench.h"

namespace firmbench {
namespace {

constexpr double kForEver = 86400.0;  // seconds that the kernel may remember a name
constexpr size_t kLargestTransfer = 1 << 20;
constexpr int kSgVersion = 30536;  // what Debian's kernel 6.1 says
constexpr uint8_t kDriverSense = 0x08;

struct Rig {
  std::unique_ptr<SimulatedBench> bench;
  std::map<uint64_t, std::unique_ptr<scsi::Transport>> open;  // by file handle
  uint64_t last_handle = 0;
  std::FILE* trace = nullptr;
};
Rig& RigOf(fuse_req_t request) { return *static_cast<Rig*>(fuse_req_userdata(request)); }

// Inode 1 is the folder, 2 the first drive.
size_t Drives(const Rig& rig) { return rig.bench->bench().drives().size(); }
bool IsDrive(const Rig& rig, fuse_ino_t inode) { return inode >= 2 && inode - 2 < Drives(rig); }

struct stat AttributesOf(fuse_ino_t inode) {
  struct stat info {};
  info.st_ino = inode;
  info.st_mode = inode == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0600;
  info.st_nlink = 1;
  return info;
}

void Lookup(fuse_req_t request, fuse_ino_t parent, const char* name) {
  const Rig& rig = RigOf(request);
  for (size_t i = 0; parent == FUSE_ROOT_ID && i < Drives(rig); ++i) {
    if ("sg" + std::to_string(i) != name) continue;
    fuse_entry_param entry{};
    entry.ino = i + 2;
    entry.attr = AttributesOf(entry.ino);
    entry.attr_timeout = entry.entry_timeout = kForEver;
    fuse_reply_entry(request, &entry);
    return;
  }
  fuse_reply_err(request, ENOENT);
}

void GetAttributes(fuse_req_t request, fuse_ino_t inode, fuse_file_info*) {
  if (inode != FUSE_ROOT_ID && !IsDrive(RigOf(request), inode)) {
    fuse_reply_err(request, ENOENT);
    return;
  }
  const struct stat info = AttributesOf(inode);
  fuse_reply_attr(request, &info, kForEver);
}

void Open(fuse_req_t request, fuse_ino_t inode, fuse_file_info* file) {
  Rig& rig = RigOf(request);
  if (!IsDrive(rig, inode)) {
    fuse_reply_err(request, EISDIR);
    return;
  }
  auto transport = rig.bench->bench().drives()[inode - 2]->OpenTransport();
  if (!transport) {
    fuse_reply_err(request, ENXIO);
    return;
  }
  file->fh = ++rig.last_handle;
  rig.open[file->fh] = std::move(*transport);
  fuse_reply_open(request, file);
}

void Release(fuse_req_t request, fuse_ino_t, fuse_file_info* file) {
  RigOf(request).open.erase(file->fh);
  fuse_reply_err(request, 0);
}

// The memory of the process that called.
class Caller {
 public:
  explicit Caller(pid_t pid) : pid_(pid) {}

  bool Read(const void* from, void* to, size_t bytes) const {
    const iovec local{to, bytes}, remote{const_cast<void*>(from), bytes};
    return bytes == 0 ||
           ::process_vm_readv(pid_, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(bytes);
  }
  bool Write(void* to, const void* from, size_t bytes) const {
    const iovec local{const_cast<void*>(from), bytes}, remote{to, bytes};
    return bytes == 0 ||
           ::process_vm_writev(pid_, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(bytes);
  }

 private:
  const pid_t pid_;
};

scsi::Direction DirectionOf(const sg_io_hdr& io) {
  if (io.dxfer_len == 0 || io.dxfer_direction == SG_DXFER_NONE) return scsi::Direction::kNone;
  return io.dxfer_direction == SG_DXFER_TO_DEV ? scsi::Direction::kOut : scsi::Direction::kIn;
}

// As the sg driver fills its answer in.
void Complete(sg_io_hdr& io, const scsi::Completion& completion, const Bytes& sense) {
  io.status = static_cast<unsigned char>(completion.status);
  io.masked_status = static_cast<unsigned char>((io.status >> 1) & 0x1f);
  io.host_status = 0;
  io.driver_status = sense.empty() ? 0 : kDriverSense;
  io.resid = static_cast<int>(completion.residual);
  io.sb_len_wr = static_cast<unsigned char>(std::min<size_t>(sense.size(), io.mx_sb_len));
  io.info = io.status == 0 ? SG_INFO_OK : SG_INFO_CHECK;
}

// 0, or the errno of the call.
int RunCommand(scsi::Transport& drive, const Caller& caller, void* argument, std::FILE* trace) {
  sg_io_hdr io{};
  if (!caller.Read(argument, &io, sizeof io)) return EFAULT;
  scsi::Command command;
  if (io.interface_id != 'S') return ENOSYS;
  if (io.cmd_len < 6 || io.cmd_len > command.cdb.bytes.size() || io.iovec_count != 0 ||
      io.dxfer_len > kLargestTransfer) {
    return EINVAL;
  }
  command.cdb.length = io.cmd_len;
  command.direction = DirectionOf(io);
  command.timeout = std::chrono::milliseconds(io.timeout);
  Bytes data(command.direction == scsi::Direction::kNone ? 0 : io.dxfer_len);
  if (!caller.Read(io.cmdp, command.cdb.bytes.data(), io.cmd_len)) return EFAULT;
  if (command.direction == scsi::Direction::kOut) {
    if (!caller.Read(io.dxferp, data.data(), data.size())) return EFAULT;
    command.data_out = data;
  } else {
    command.data_in = data;
  }
  std::fprintf(trace, "%s %s\n", ToHex(command.cdb.view()).c_str(),
               ToHex(command.data_out).c_str());
  std::fflush(trace);

  const auto completion = drive.Execute(command);
  Bytes sense;
  if (completion) {
    if (completion->sense) sense = scsi::EncodeFixedSense(*completion->sense);
    Complete(io, *completion, sense);
  } else {
    const auto& how = completion.error().transport();
    if (!how) return ENODEV;
    if (how->sys_errno != 0) return how->sys_errno;
    io.host_status = how->host_status;
    io.resid = static_cast<int>(io.dxfer_len);
  }
  const bool written = (command.direction != scsi::Direction::kIn ||
                        caller.Write(io.dxferp, data.data(), data.size())) &&
                       (!completion || caller.Write(io.sbp, sense.data(), io.sb_len_wr)) &&
                       caller.Write(argument, &io, sizeof io);
  return written ? 0 : EFAULT;
}

void Ioctl(fuse_req_t request, fuse_ino_t, unsigned what, void* argument, fuse_file_info* file,
           unsigned, const void*, size_t, size_t) {
  Rig& rig = RigOf(request);
  const Caller caller(fuse_req_ctx(request)->pid);
  const auto drive = rig.open.find(file->fh);
  int failed = ENOTTY;
  if (what == SG_IO && drive != rig.open.end()) {
    failed = RunCommand(*drive->second, caller, argument, rig.trace);
  } else if (what == SG_GET_VERSION_NUM) {
    failed = caller.Write(argument, &kSgVersion, sizeof kSgVersion) ? 0 : EFAULT;
  }
  if (failed != 0) {
    fuse_reply_err(request, failed);
  } else {
    fuse_reply_ioctl(request, 0, nullptr, 0);
  }
}

int Serve(const char* folder, const char* scenario, std::FILE* trace) {
  auto bench = SimulatedBench::Load(scenario, "");
  if (!bench) {
    std::fprintf(stderr, "fuse_drive: %s\n", bench.error().ToString().c_str());
    return 1;
  }
  Rig rig;
  rig.bench = std::move(*bench);
  rig.trace = trace;
  fuse_lowlevel_ops operations{};
  operations.lookup = Lookup;
  operations.getattr = GetAttributes;
  operations.open = Open;
  operations.release = Release;
  operations.ioctl = Ioctl;
  char program[] = "fuse_drive";
  char* names[] = {program, nullptr};
  fuse_args arguments = FUSE_ARGS_INIT(1, names);
  fuse_session* const session = fuse_session_new(&arguments, &operations, sizeof operations, &rig);
  int status = 1;
  if (session != nullptr && fuse_set_signal_handlers(session) == 0) {
    if (fuse_session_mount(session, folder) == 0) {
      std::printf("ready\n");
      std::fflush(stdout);
      status = fuse_session_loop(session) < 0 ? 1 : 0;
      fuse_session_unmount(session);
    }
    fuse_remove_signal_handlers(session);
  }
  if (session != nullptr) fuse_session_destroy(session);
  fuse_opt_free_args(&arguments);
  return status;
}

}  // namespace
}  // namespace firmbench

int main(int argc, char** argv) {
  std::FILE* const trace = argc == 4 ? std::fopen(argv[3], "we") : nullptr;
  if (trace == nullptr) {
    std::fprintf(stderr, "usage: fuse_drive FOLDER SCENARIO TRACE\n");
    return 2;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // who started it may die
  const int status = firmbench::Serve(argv[1], argv[2], trace);
  std::fclose(trace);
  return status;
}
