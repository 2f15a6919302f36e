// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench drive ...`. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct DriveOptions {
  std::string drive;  // as typed; unused by the list
};

struct DriveClaimOptions {
  std::string drive;
  std::string duration;  // as typed; "" leaves it to the bench
  std::string note;
};
struct DriveLiftOptions {
  std::string drive;
  std::string reason;
};

Ending RunDriveList(Context& context);
Ending RunDriveShow(Context& context, const DriveOptions& options);
Ending RunDriveEject(Context& context, const DriveOptions& options);
Ending RunDriveClaim(Context& context, const DriveClaimOptions& options);
Ending RunDriveRelease(Context& context, const DriveOptions& options);
Ending RunDriveLift(Context& context, const DriveLiftOptions& options);

}  // namespace firmbench::cli
