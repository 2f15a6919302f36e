// SPDX-License-Identifier: Apache-2.0
#pragma once

// Images of the library as text. Pure.

#include <string>

#include "client/cli/render/text.h"
#include "firmbench/v1/image_service.pb.h"

namespace firmbench::cli::render {

Table ImageTable(const v1::ListImagesResponse& images, bool wide);
// With the drives that it fits, when the image names any.
std::string ImageDetails(const v1::Image& image);
// What people said of it, oldest first; "" when nobody said anything.
std::string ImageMarks(const v1::ListImageMarksResponse& marks);

}  // namespace firmbench::cli::render
