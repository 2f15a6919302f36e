// SPDX-License-Identifier: Apache-2.0
#pragma once

// The folder on another file system that holds the second copy, and nothing of when it is used:
// files/SHA256.bin for every blob, manifest.jsonl with a line for every dump, checkpoint.txt, and
// firmbench-copy.txt that says whose folder it is. One caller at a time.

#include <memory>
#include <string>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace firmbench {

class CopyPlace {
 public:
  virtual ~CopyPlace() = default;

  // Looks whether the folder is there, on another file system than the ledger, and ours; makes it
  // ours when it is used for the first time. Returns its own id, which is not its path. To be
  // called before the others, each time something is to be copied.
  // COPY_FOLDER_MISSING (also a folder that was used before and has lost what says so: its disk is
  // not mounted), COPY_SAME_FILESYSTEM, COPY_OTHER_BENCH, COPY_FAILED.
  virtual Result<std::string> Open() = 0;

  // The file of this blob, durable; one that is there is left as it is. COPY_FOLDER_FULL,
  // COPY_FAILED.
  virtual Status Put(const std::string& sha256, ByteView bytes) = 0;
  // That file as the disk has it, not as a cache remembers it. COPY_FAILED.
  virtual Result<Bytes> ReadBack(const std::string& sha256) = 0;
  // Forgets a file that turned out to be wrong.
  virtual void Discard(const std::string& sha256) = 0;

  // The last whole line of the manifest, "" when there is none. COPY_FAILED.
  virtual Result<std::string> LastLine() = 0;
  // Adds `lines`, each with its line feed, durable. COPY_FOLDER_FULL, COPY_FAILED.
  virtual Status Append(const std::string& lines) = 0;
  // Writes checkpoint.txt anew, durable. COPY_FOLDER_FULL, COPY_FAILED.
  virtual Status PutCheckpoint(const std::string& text) = 0;
};

struct CopyFolderOptions {
  std::string folder;
  std::string state_dir;  // of the ledger; remembers which folder was used in second-copy.txt
  std::string bench_id;
  bool allow_same_filesystem = false;
};

std::unique_ptr<CopyPlace> MakeCopyFolder(const CopyFolderOptions& options);

}  // namespace firmbench
