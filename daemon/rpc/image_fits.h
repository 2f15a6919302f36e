// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which of the attached drives an image fits, and why not the others. Thread-safe.

#include <vector>

#include "daemon/rpc/context.h"
#include "firmbench/v1/image_service.pb.h"

namespace firmbench::rpc {

// One for every drive that is attached now. A model is asked once, however many drives are of it.
std::vector<v1::ImageFit> FitsOf(const Context& bench, ByteView image);

}  // namespace firmbench::rpc
