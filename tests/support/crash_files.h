// SPDX-License-Identifier: Apache-2.0
#pragma once

// The files of a disk that remembers what was synced and what was not. Knows nothing of SQLite. Not
// thread-safe: CrashDisk holds its lock.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"

namespace firmbench::test {

// Content in pages that copies share until one of them writes.
class PagedBytes {
 public:
  int64_t size() const { return size_; }
  // False when not all of it lies within the file; the rest is zeros then.
  bool Read(int64_t at, uint8_t* out, size_t length) const;
  void Write(int64_t at, ByteView bytes);
  void Resize(int64_t size);  // what is new reads as zeros
  // A copy; from now on neither writes to pages that both have.
  PagedBytes Share();
  // The same content, in the same pages or in others.
  friend bool operator==(const PagedBytes& a, const PagedBytes& b);

 private:
  static constexpr int64_t kPage = 4096;
  using Page = std::array<uint8_t, kPage>;
  Page& Own(size_t index);

  int64_t size_ = 0;
  std::vector<std::shared_ptr<Page>> pages_;  // nullptr: zeros
  std::vector<bool> mine_;                    // no copy has this page
};

// Complete files by name. Cheap to copy and, as nobody changes one, safe to share between threads.
using FileSet = std::shared_ptr<const std::map<std::string, PagedBytes>>;

// How the power goes away, or the process only.
enum class Loss : unsigned char {
  kProcessKilled,  // everything that was written is there
  kUnsynced,       // nothing that was not synced is there
  kInOrder,        // unsynced writes are there up to one of them, which is torn
  kReordered,      // any sector of any unsynced write is there or not
};
inline constexpr int64_t kSectorBytes = 512;  // the least that is written whole

class CrashFiles {
 public:
  // One file, whatever its name is by now.
  struct Node {
    struct Op {
      uint64_t order = 0;
      int64_t at = 0;  // a truncation: the new size
      Bytes data;
      bool truncate = false;
    };
    PagedBytes live;
    PagedBytes synced;
    std::vector<Op> unsynced;
  };
  using NodePtr = std::shared_ptr<Node>;

  NodePtr Find(const std::string& name) const;  // nullptr when there is none
  NodePtr Create(const std::string& name);      // its name is synced with the file's first sync
  bool Delete(const std::string& name, bool synced);
  void Write(Node& node, int64_t at, ByteView bytes);
  void Truncate(Node& node, int64_t size);
  void Sync(const std::string& name, const NodePtr& node);
  int64_t TotalBytes() const;

  // What a restart would find; the same for the same seed.
  FileSet Cut(Loss loss, uint64_t seed);
  void Load(const FileSet& files);

 private:
  PagedBytes CutFile(Node& node, Loss loss, uint64_t until, std::mt19937_64& random);

  uint64_t order_ = 0;  // of the next write, over all files
  std::map<std::string, NodePtr> live_;
  std::map<std::string, NodePtr> synced_;
};

}  // namespace firmbench::test
