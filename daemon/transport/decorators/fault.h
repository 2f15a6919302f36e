// SPDX-License-Identifier: Apache-2.0
#pragma once

// Faults between host and drive, scripted or by chance, around any transport and any task file.
// For tests and for `--simulate`: it belongs below the gate (gate.h), next to the handle that
// reaches the drive, so that the gate judges what was meant and not what a fault made of it. The
// decorators are lane-only, like what they wrap; a FaultScript is thread-safe, and one script may
// stand behind several handles: its counts run over all of them.
//
// Everything follows from the script, its seed and the order of the commands: the same run gives
// the same faults. Nothing waits; a time-out is told at once.

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ata/task_file.h"
#include "daemon/base/error.h"
#include "daemon/base/mutex.h"
#include "daemon/scsi/transport.h"

namespace firmbench::transport {

enum class FaultKind : uint8_t {
  // The command is not sent.
  kTimeout,         // TRANSPORT_TIMEOUT; task file: BSY from then on, TASKFILE_WAIT_TIMEOUT
  kCheckCondition,  // SCSI: CHECK CONDITION with `sense`
  kStuckStatus,     // SCSI: BUSY; task file: the status register shows `status`
  kGone,            // DRIVE_GONE
  kDropWrite,       // a write is reported good
  kStaleBuffer,     // a read fails, and its buffer holds what moved before: read or written
  kEchoedWrite,     // a read is reported good and returns the bytes that were written last
  // It is sent, and its data are altered.
  kShortTransfer,  // SCSI: half of the bytes of a read
  kNoisyRead,      // one bit wrong in every `noise_one_in` bytes, on average
  kAliasedRead,    // the address of a read counts inside `window_bytes` only
  kStuckRead,      // a read returns the last byte of the read before, again and again
  kOtherIdentity,  // INQUIRY answers with the name of `identity`
  // It is sent and takes effect.
  kErrorAfter,  // TRANSPORT_ERROR; task file: TASKFILE_WAIT_TIMEOUT
};
inline constexpr size_t kFaultKinds = 13;
std::string_view ToString(FaultKind kind);  // "timeout", "check_condition", ...

// INQUIRY strings; an empty one is left as it is.
struct ClaimedIdentity {
  std::string vendor;    // at most 8 characters
  std::string product;   // at most 16
  std::string revision;  // at most 4
};

struct Fault {
  FaultKind kind = FaultKind::kTimeout;
  // Where: not before the k-th command, SCSI and task-file commands counted together from 1; not
  // before the n-th write (data-out, or the vendor op that writes a byte), from 1; only this SCSI
  // operation code or task-file command. It strikes only where its kind means something.
  uint64_t command = 0;
  uint64_t write = 0;
  std::optional<uint8_t> opcode;
  uint32_t chance_one_in = 1;  // 1: whenever it is due; N: with a chance of one in N
  uint32_t times = 1;          // commands struck; 0: for ever
  // How.
  SenseInfo sense{0x04, 0x44, 0x00, false};  // kCheckCondition, kStaleBuffer
  uint8_t status = 0x52;                     // kStuckStatus (drive-protocols 1.2: a common failure)
  uint32_t noise_one_in = 256;               // kNoisyRead; > 0
  uint32_t window_bytes = 0x10000;           // kAliasedRead; a power of two
  ClaimedIdentity identity;                  // kOtherIdentity
};

// One in `one_in` commands, for ever.
inline Fault ByChance(FaultKind kind, uint32_t one_in) {
  Fault fault;
  fault.kind = kind;
  fault.chance_one_in = one_in;
  fault.times = 0;
  return fault;
}

struct FaultCounts {
  uint64_t commands = 0;
  uint64_t writes = 0;
  std::array<uint64_t, kFaultKinds> struck{};  // commands, by kind
  uint64_t operator[](FaultKind kind) const { return struck[static_cast<size_t>(kind)]; }
};

// The vendor commands of the task file that move a byte of a memory (drive-protocols 1.3 [C]).
struct ByteOps {
  uint8_t read = 0x00;
  uint8_t write = 0x01;
};

class FaultScript {
 public:
  explicit FaultScript(std::vector<Fault> faults = {}, uint64_t seed = 0, ByteOps ops = {});

  void Add(const Fault& fault);
  void Clear();  // no more faults; the counts stay
  FaultCounts counts() const;
  const ByteOps& ops() const { return ops_; }

  // For the decorators. Which kinds can strike this command, by its handle.
  using Kinds = std::bitset<kFaultKinds>;
  // Counts one command and returns the faults that strike it; mostly none.
  std::vector<Fault> Next(uint8_t opcode, bool write, Kinds possible);
  // A reproducible number for what a fault does to data.
  uint64_t Random();

 private:
  struct Entry {
    Fault fault;
    uint64_t random = 0;  // state of its own, so that one entry does not move another's chances
    uint32_t used = 0;
  };
  static bool Due(Entry& entry, uint64_t command, uint64_t writes, uint8_t opcode);

  const uint64_t seed_;
  const ByteOps ops_;
  mutable Mutex mutex_;
  std::vector<Entry> entries_ FB_GUARDED_BY(mutex_);
  FaultCounts counts_ FB_GUARDED_BY(mutex_);
  uint64_t added_ FB_GUARDED_BY(mutex_) = 0;
  uint64_t random_ FB_GUARDED_BY(mutex_);
};

// Wrap `inner`; nullptr stays nullptr.
std::unique_ptr<scsi::Transport> MakeFaulty(std::unique_ptr<scsi::Transport> inner,
                                            std::shared_ptr<FaultScript> script);
std::unique_ptr<ata::TaskFile> MakeFaulty(std::unique_ptr<ata::TaskFile> inner,
                                          std::shared_ptr<FaultScript> script);

}  // namespace firmbench::transport
