// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench drive ...`. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct DriveOptions {
  std::string drive;  // as typed; unused by the list
};

Ending RunDriveList(Context& context);
Ending RunDriveShow(Context& context, const DriveOptions& options);
Ending RunDriveEject(Context& context, const DriveOptions& options);

}  // namespace firmbench::cli
