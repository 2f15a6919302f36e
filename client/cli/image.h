// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench image ...`. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct ImageAddOptions {
  std::string file;
};
struct ImageListOptions {
  int limit = 1000;
};
struct ImageShowOptions {
  std::string image;
};

Ending RunImageAdd(Context& context, const ImageAddOptions& options);
Ending RunImageList(Context& context, const ImageListOptions& options);
Ending RunImageShow(Context& context, const ImageShowOptions& options);

}  // namespace firmbench::cli
