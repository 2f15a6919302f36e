// SPDX-License-Identifier: Apache-2.0
#pragma once

// Tells the service manager that started the daemon how it is. Any thread; never blocks, and does
// nothing when nobody asked to be told.

#include <string_view>

namespace firmbench {

// One message of the notification protocol (sd_notify(3)), assignments a line each: "READY=1",
// "STOPPING=1". Spoken here and not through libsystemd, whose libraries would be a twenty-fifth of
// an idle daemon's memory.
void NotifyServiceManager(std::string_view message);

}  // namespace firmbench
