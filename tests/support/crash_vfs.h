// SPDX-License-Identifier: Apache-2.0
#pragma once

// A disk in memory for SQLite that can tell at any moment what a power cut would leave of it. Used
// with storage::OpenLedger as it is, by the path:
//
//   CrashDisk disk;
//   auto ledger = storage::OpenLedger({.path = disk.path(), ...});
//   ... commits ...
//   const CrashDisk::Snapshot left = disk.Cut(Loss::kReordered, seed);
//   CrashDisk after(left);
//   auto again = storage::OpenLedger({.path = after.path(), ...});
//
// Several disks live side by side, each with a prefix of its own; every other path goes to the
// kernel's files. Nothing is written to a real disk and no sync costs time. Thread-safe; a disk
// must outlive the ledgers that are open on it. All connections are of this process, as are the
// locks between them.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tests/support/crash_files.h"

namespace firmbench::test {

class CrashDisk {
 public:
  // A snapshot shares its pages with the disk it comes from: copying one costs nothing.
  using Snapshot = FileSet;

  CrashDisk();
  explicit CrashDisk(const Snapshot& files);
  ~CrashDisk();
  CrashDisk(const CrashDisk&) = delete;
  CrashDisk& operator=(const CrashDisk&) = delete;

  // Of a ledger on this disk; Path("x") of any file.
  std::string path() const { return Path("ledger.db"); }
  std::string Path(const std::string& name) const;

  // What a restart would find now. At any moment, also while a ledger is at work.
  Snapshot Cut(Loss loss, uint64_t seed = 0) const;
  // Replaces all files; none may be open.
  void Load(const Snapshot& files);

  // Writes, truncations and syncs so far; the next one has this number.
  int64_t operations() const;
  // Called before each of them with its number, on the thread that does it: Cut() shows the state
  // without it. An empty function stops it.
  void BeforeOperation(std::function<void(int64_t operation)> observer);

  // Operations from this number on fail with `code` (SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC,
  // SQLITE_FULL, ...) and do nothing; with `code` SQLITE_FULL syncs still succeed.
  void FailFrom(int64_t operation, int code);
  // No further byte fits once all files together have this size; writes say SQLITE_FULL.
  void SetCapacity(int64_t bytes);
  // The end of both.
  void Heal();

  struct State;  // known to crash_vfs.cc only

 private:
  std::shared_ptr<State> state_;
};

}  // namespace firmbench::test
