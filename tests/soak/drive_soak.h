// SPDX-License-Identifier: Apache-2.0
#pragma once

// One drive's part of the soak: draws what is done to it, knows what its memories must hold, and
// judges what the jobs say of them. What is drawn depends on seed, drive and round alone. For one
// thread.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/soak/bench.h"

namespace firmbench::test {

struct SoakTally {
  uint64_t jobs = 0;
  uint64_t restarts = 0;
  uint64_t faults = 0;
  uint64_t cancelled = 0;
  uint64_t recovered = 0;
  uint64_t broken = 0;
};

class DriveSoak {
 public:
  DriveSoak(size_t index, uint64_t seed, SoakTally& tally)
      : index_(index), seed_(seed), tally_(tally) {}

  // Before the first round.
  void Learn(SoakBench& bench);
  // Draws jobs, faults and a cancel, and submits the jobs.
  void Begin(SoakBench& bench, uint64_t round);
  // What was submitted and may still be open.
  const std::vector<std::string>& open_jobs() const { return open_; }

  // After the jobs of the round: are they true? `restarted`: in another process than they began in.
  void Judge(SoakBench& bench, bool restarted);
  // Mends what is broken on the drive by hand, and asks for the recovery when one is needed; judged
  // by EndRecovery. Twice, as the first may be given a fault of its own.
  void BeginRecovery(SoakBench& bench, bool with_fault);
  void EndRecovery(SoakBench& bench);
  // The drive must be as good as new now.
  void JudgeEnd(SoakBench& bench);

  // Of this round; "" when all is well.
  const std::string& broken() const { return broken_; }

 private:
  // A job and what it means.
  struct Job {
    std::string id;
    jobs::JobSpec spec;
    Memory memory = Memory::kFirmware;
    Bytes target;  // of a job that writes; what a verify compares with
  };
  struct KnownDump {
    std::string id;
    Bytes bytes;
  };

  uint64_t Draw(uint64_t below) { return random_() % below; }
  bool Chance(uint64_t percent) { return Draw(100) < percent; }
  uint64_t DrawCommands();
  Job DrawJob(SoakBench& bench);
  Bytes DrawFirmware(SoakBench& bench);
  void AddFault(SoakBench& bench);
  bool Submit(SoakBench& bench, Job job);
  void JudgeJob(SoakBench& bench, const Job& job, const jobs::JobView& view, bool restarted);
  void JudgeWrite(const Job& job, const storage::Job& row);
  void JudgeRead(SoakBench& bench, const Job& job, const jobs::JobView& view);
  void KeepDumps(SoakBench& bench, const jobs::JobView& view);
  void Look(SoakBench& bench);
  void MendByHand(SoakBench& bench);
  void SayWhichUnit(SoakBench& bench, const inventory::DriveSnapshot& drive);
  void Fail(std::string why);

  const size_t index_;
  const uint64_t seed_;
  SoakTally& tally_;
  std::mt19937_64 random_;
  std::string broken_;

  Bytes firmware_;  // must be in the drive, unless a write of this round says otherwise
  Bytes eeprom_;
  Bytes now_firmware_;  // is in the drive
  Bytes now_eeprom_;
  std::vector<KnownDump> firmware_dumps_;  // true to what the drive held
  std::vector<KnownDump> eeprom_dumps_;

  std::vector<Job> jobs_;  // of this round
  std::vector<std::string> open_;
  bool lying_reads_ = false;  // a fault of this round makes reads wrong
  bool faulty_ = false;
  std::string unit_;      // as it was known last; "" before
  std::string recovers_;  // the cut job; "" when nothing is to be brought back
  std::string recovery_;  // the open recovery job
  Job cut_;
};

}  // namespace firmbench::test
