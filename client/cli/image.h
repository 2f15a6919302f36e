// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench image ...`. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

// One of the two: a file, or a donor's dump.
struct ImageAddOptions {
  std::string file;
  std::string dump;
  std::string member;  // revision of one firmware of an updater that holds several
};
struct ImageListOptions {
  int limit = 1000;
  bool archived = false;
};
struct ImageShowOptions {
  std::string image;
};
// What is said about an image.
struct ImageMarkOptions {
  std::string image;
  std::string text;   // the reason or the note
  bool undo = false;  // take it back
};

Ending RunImageAdd(Context& context, const ImageAddOptions& options);
Ending RunImageList(Context& context, const ImageListOptions& options);
// With the attached drives that it fits, and what people said of it.
Ending RunImageShow(Context& context, const ImageShowOptions& options);
Ending RunImageApprove(Context& context, const ImageMarkOptions& options);
Ending RunImageKnownBad(Context& context, const ImageMarkOptions& options);
Ending RunImageNote(Context& context, const ImageMarkOptions& options);
Ending RunImageArchive(Context& context, const ImageMarkOptions& options);

}  // namespace firmbench::cli
