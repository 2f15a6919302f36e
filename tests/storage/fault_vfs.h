// SPDX-License-Identifier: Apache-2.0
#pragma once

// A disk that can be full, broken or read-only: passes everything on to the system's own until it
// is told otherwise. Installed as SQLite's default while the object lives; thread-safe.

#include <sqlite3.h>

#include <atomic>
#include <string>

namespace firmbench::storage {

class FaultVfs {
 public:
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  // Result codes of the next calls; SQLITE_OK: the real thing happens.
  std::atomic<int> write_code{SQLITE_OK};   // of every write
  std::atomic<int> sync_code{SQLITE_OK};    // of syncs, which still happen
  std::atomic<int> syncs_to_fail{0};        // how many of them; -1 for all
  std::atomic<bool> dies_with_sync{false};  // a sync that fails is the last thing that happens
  std::atomic<bool> read_only{false};       // database files opened from now on

 private:
  std::string name_;
  sqlite3_vfs vfs_{};
};

}  // namespace firmbench::storage
