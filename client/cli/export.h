// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench export`, `firmbench unit export`, `firmbench import`. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct ExportOptions {
  std::string unit;    // as typed; "" with `all`
  bool all = false;    // every unit, and the dumps that are nobody's
  std::string folder;  // is made; may be there when it is empty
};
struct ExportImportOptions {
  std::string folder;
};

// Only the owner may read what is written: it holds customers. FOLDER_NOT_EMPTY.
Ending RunExport(Context& context, const ExportOptions& options);
// Everything is checked before anything is sent: EXPORT_ALTERED, EXPORT_UNKNOWN, EXPORT_TOO_LARGE.
// Then a unit or a dump at a time; what the bench has is left alone, so that it can be repeated.
Ending RunExportImport(Context& context, const ExportImportOptions& options);

}  // namespace firmbench::cli
