// SPDX-License-Identifier: Apache-2.0
#pragma once

// Folders of old files, as they lie on somebody's disk: links that go in circles, pipes, names in
// other encodings. Nothing is followed out of a folder, and everything is bounded. Main thread.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace firmbench::cli {

enum class FoundKind : uint8_t { kFile, kEmpty, kTooLarge, kLink, kSpecial, kNotReadable };

struct FoundFile {
  FoundKind kind = FoundKind::kFile;
  std::string path;    // to open it; bytes as the disk has them
  std::string name;    // its last part, printable (PrintableName)
  std::string folder;  // below what was given, printable; "" for none
  int64_t size_bytes = 0;
  int64_t modified_us = 0;
  dev_t device = 0;
  ino_t inode = 0;
};

struct WalkLimits {
  size_t files = 10'000;
  size_t folders = 10'000;
  size_t depth = 32;
  int64_t file_bytes = 16 << 20;  // larger ones are listed, not read
};

struct Walk {
  std::vector<FoundFile> files;       // by folder and name
  std::vector<std::string> warnings;  // what was left out, in words
};

// Files and folders, which are walked; each path is followed when it is itself a link, none below
// it. FILE_NOT_READABLE when one of `paths` is not there.
Result<Walk> WalkFolders(const std::vector<std::string>& paths, const WalkLimits& limits = {});

// The bytes of a file that was found: of that file and no other, should the path lead elsewhere
// meanwhile. FILE_NOT_READABLE, FILE_CHANGED, FILE_TOO_LARGE.
Result<Bytes> ReadFound(const FoundFile& file, const WalkLimits& limits = {});

// A name that can be shown and sent: UTF-8 as it is, but bytes that are no UTF-8, controls, marks
// that turn the direction of the text and the backslash itself as \xHH. At most four times as long.
std::string PrintableName(std::string_view raw);

}  // namespace firmbench::cli
