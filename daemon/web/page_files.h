// SPDX-License-Identifier: Apache-2.0
#pragma once

// The built page: files of one folder, by names that cannot leave it. Holds nothing but the
// folder's name; reads from the disk. Any thread.

#include <string>
#include <string_view>

#include "daemon/base/result.h"

namespace firmbench::web {

struct PageFile {
  std::string body;
  std::string content_type;
  std::string etag;         // with its quotes; of these very bytes
  bool compressed = false;  // gzip
  bool lasting = false;     // its name changes with its content
};

class PageFiles {
 public:
  static constexpr size_t kMostBytes = 8U << 20;

  explicit PageFiles(std::string folder) : folder_(std::move(folder)) {}

  // Of the path of a request. What is no file is the page itself, which knows by the path what to
  // show. PAGE_FILE_NOT_FOUND (below /assets/), PAGE_MISSING.
  Result<PageFile> Find(std::string_view path, bool accepts_gzip) const;

 private:
  const std::string folder_;
};

// Where the page of the running program is: installed with it, else in its build tree.
std::string PageBesideProgram();

}  // namespace firmbench::web
