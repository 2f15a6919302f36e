// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a bench last said of its drives and jobs, kept in a small file of the person who asked, so
// that it can be told when the bench cannot be reached: its PC may be the one that does not start
// any more. One file per address, mode 0600, replaced as a whole. Losing it costs nothing, so no
// call fails: what cannot be written is not kept, what cannot be read is not there. Main thread.

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/base/clock.h"
#include "firmbench/v1/drive_service.pb.h"
#include "firmbench/v1/job.pb.h"

namespace firmbench::cli {

struct LastState {
  struct SeenDrive {
    int64_t seen_us = 0;  // wall clock
    v1::Drive drive;
  };
  struct SeenJob {
    int64_t seen_us = 0;
    v1::Job job;
  };
  std::vector<SeenDrive> drives;  // as the bench orders them
  std::vector<SeenJob> jobs;      // the one seen last comes first
};

// $XDG_STATE_HOME/firmbench, else ~/.local/state/firmbench; "" when neither is known.
std::string LastKnownFolder();

class LastKnown {
 public:
  // `folder` "" keeps nothing. `bench` is the address as gRPC writes it.
  LastKnown(std::string folder, const std::string& bench, const Clock& clock = RealClock());

  // Every drive of the bench; those that are not among them any more are forgotten.
  void KeepDrives(const v1::ListDrivesResponse& drives);
  void KeepDrive(const v1::Drive& drive);
  void KeepJob(const v1::Job& job);

  // Empty when there is nothing, or nothing that can be read.
  LastState Load() const;
  // Where it is kept; "" for nowhere.
  const std::string& path() const { return path_; }

 private:
  void Store(const LastState& state) const;

  std::string folder_;
  std::string path_;
  const Clock& clock_;
};

}  // namespace firmbench::cli
