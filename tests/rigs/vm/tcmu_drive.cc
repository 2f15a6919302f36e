// SPDX-License-Identifier: Apache-2.0
// usage: tcmu_drive SCENARIO UIO_NAME
//
// The first drive of a scenario behind the kernel's target_core_user, which makes it a SCSI device
// of this machine that is no USB one and carries a megabyte in one command. The device is made by
// whoever starts this, through configfs, and gets its bus afterwards; UIO_NAME is what
// /sys/class/uio calls it. Of commands with the vendors' codes only the first ten bytes arrive.
// Says "plugged" when it is ready to answer; ends with SIGTERM. Root only.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "daemon/base/unique_fd.h"
#include "daemon/scsi/sense.h"
#include "daemon/simulated_bench.h"

namespace firmbench {
namespace {

namespace fs = std::filesystem;

// The memory that the kernel shares with us, as Documentation/target/tcmu-design.rst of Linux and
// its <linux/target_core_user.h> have it, which is no header for C++ (it makes an enumerator of a
// number). What it calls packed is only the outermost of its structures, so every field is where it
// would be anyway. What the kernel says there is believed.
struct Mailbox {
  uint16_t version, flags;
  uint32_t ring_at, ring_bytes, head;
  alignas(64) uint32_t tail;  // ours
};
struct Piece {
  uint64_t at, bytes;
};
struct Entry {
  enum Kind : uint32_t { kPad = 0, kCommand = 1 };
  static constexpr uint32_t kKindMask = 7;
  static constexpr uint8_t kUnknownKind = 1, kReadLength = 2;

  uint32_t length_and_kind;
  uint16_t id;
  uint8_t kernel_flags, flags;
  union {
    struct {
      uint32_t pieces, pieces_back, pieces_check;
      uint64_t cdb_at, unused[2];
    } asked;
    struct {
      uint8_t status, unused[3];
      uint32_t read_bytes;
      uint8_t sense[96];
    } answered;
  };
  uint32_t kind() const { return length_and_kind & kKindMask; }
  uint32_t length() const { return length_and_kind & ~kKindMask; }
};
constexpr size_t kPiecesAt = 48;  // in an entry, behind its fields
static_assert(offsetof(Mailbox, tail) == 64 && offsetof(Entry, asked.cdb_at) == 24);
static_assert(offsetof(Entry, asked) + sizeof(Entry::asked) == kPiecesAt);
static_assert(offsetof(Entry, answered.sense) == 16 && sizeof(Entry) == 112);

std::string FirstLine(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// SPC-4 4.2.5.1: by the group of the operation code. Groups 6 and 7 are the vendors'.
uint8_t LengthOf(uint8_t opcode) {
  constexpr uint8_t kLengths[] = {6, 10, 10, 10, 16, 12, 10, 10};
  return kLengths[opcode >> 5];
}
// The ring does not say which way data goes: what sends, of what these drives know.
bool SendsData(uint8_t opcode) {
  constexpr uint8_t kOut[] = {0x15, 0x2a, 0x3b, 0x55, 0xa3, 0xbf};
  return std::find(std::begin(kOut), std::end(kOut), opcode) != std::end(kOut);
}

class Ring {
 public:
  bool Open(const std::string& name) {
    std::error_code error;
    for (fs::directory_iterator it("/sys/class/uio", error), end; !error && it != end;
         it.increment(error)) {
      if (FirstLine(it->path() / "name") == name) return Map(it->path());
    }
    return false;
  }

  // Until the device goes away.
  void Serve(scsi::Transport& drive) {
    for (uint32_t events = 0; ::read(fd_.get(), &events, sizeof events) == sizeof events;) {
      while (mailbox_->tail != mailbox_->head) {
        std::atomic_thread_fence(std::memory_order_acquire);
        Entry& entry = *reinterpret_cast<Entry*>(memory_ + mailbox_->ring_at + mailbox_->tail);
        if (entry.kind() == Entry::kCommand) {
          Answer(entry, drive);
        } else if (entry.kind() != Entry::kPad) {
          entry.flags |= Entry::kUnknownKind;
        }
        const uint32_t next = mailbox_->tail + entry.length();
        std::atomic_thread_fence(std::memory_order_release);
        mailbox_->tail = next % mailbox_->ring_bytes;
      }
      events = 0;
      if (::write(fd_.get(), &events, sizeof events) != sizeof events) return;
    }
  }

 private:
  bool Map(const fs::path& uio) {
    const size_t size = std::strtoull(FirstLine(uio / "maps/map0/size").c_str(), nullptr, 0);
    fd_ = UniqueFd(::open(("/dev/" + uio.filename().string()).c_str(), O_RDWR | O_CLOEXEC));
    if (!fd_.valid() || size < sizeof(Mailbox)) return false;
    void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
    if (mapped == MAP_FAILED) return false;
    memory_ = static_cast<uint8_t*>(mapped);
    mailbox_ = static_cast<volatile Mailbox*>(mapped);
    return true;
  }

  // Where the data of the command lies: anywhere in the ring, in pieces.
  std::vector<std::span<uint8_t>> PiecesOf(const Entry& entry) const {
    std::vector<std::span<uint8_t>> pieces;
    for (uint32_t i = 0; i < entry.asked.pieces; ++i) {
      Piece piece;
      std::memcpy(&piece, reinterpret_cast<const uint8_t*>(&entry) + kPiecesAt + i * sizeof piece,
                  sizeof piece);
      pieces.emplace_back(memory_ + piece.at, piece.bytes);
    }
    return pieces;
  }

  // The answer overwrites the question.
  void Answer(Entry& entry, scsi::Transport& drive) {
    const auto pieces = PiecesOf(entry);
    scsi::Command command;
    const uint8_t* const cdb = memory_ + entry.asked.cdb_at;
    command.cdb.length = LengthOf(cdb[0]);
    std::copy_n(cdb, command.cdb.length, command.cdb.bytes.begin());
    Bytes data;
    for (const auto& piece : pieces) data.insert(data.end(), piece.begin(), piece.end());
    const bool out = SendsData(cdb[0]);
    if (!data.empty()) command.direction = out ? scsi::Direction::kOut : scsi::Direction::kIn;
    command.data_in = out ? std::span<uint8_t>() : data;
    command.data_out = out ? ByteView(data) : ByteView();
    const auto done = drive.Execute(command);
    ByteView came;
    if (done && !out) came = ByteView(data).first(done->transferred);
    entry.answered = {};
    entry.answered.read_bytes = static_cast<uint32_t>(came.size());
    for (const auto& piece : pieces) {
      const size_t bytes = std::min(piece.size(), came.size());
      std::copy_n(came.begin(), bytes, piece.begin());
      came = came.subspan(bytes);
    }
    // What the drive does not answer at all is no matter of this way to it.
    entry.answered.status = done ? static_cast<uint8_t>(done->status) : uint8_t{2};
    if (!out) entry.flags |= Entry::kReadLength;
    if (done && !done->sense) return;
    const Bytes sense =
        scsi::EncodeFixedSense(done ? *done->sense : SenseInfo{0x04, 0x44, 0x00, false});
    std::copy_n(sense.begin(), std::min(sense.size(), sizeof entry.answered.sense),
                entry.answered.sense);
  }

  UniqueFd fd_;
  uint8_t* memory_ = nullptr;
  volatile Mailbox* mailbox_ = nullptr;
};

int Serve(const char* scenario, const char* name) {
  auto bench = SimulatedBench::Load(scenario, "");
  if (!bench) {
    std::fprintf(stderr, "tcmu_drive: %s\n", bench.error().ToString().c_str());
    return 1;
  }
  auto drive = (*bench)->bench().drives()[0]->OpenTransport();
  Ring ring;
  if (!drive || !ring.Open(name)) {
    std::fprintf(stderr, "tcmu_drive: there is no device %s\n", name);
    return 1;
  }
  std::printf("plugged\n");
  std::fflush(stdout);
  ring.Serve(**drive);
  return 0;
}

}  // namespace
}  // namespace firmbench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: tcmu_drive SCENARIO UIO_NAME\n");
    return 2;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  return firmbench::Serve(argv[1], argv[2]);
}
