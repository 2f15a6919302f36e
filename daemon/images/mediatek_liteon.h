// SPDX-License-Identifier: Apache-2.0
#pragma once

// Lite-On firmware for MediaTek controllers with an 8051 core: CD-ROM, DVD-ROM, CD-RW, combo and
// DVD burners. Facts: drive-protocols 5 and 6 [C], from the public patching tools of the time.
// Nothing here is executed and no checksum is checked: public tools know of none in these images.
// Pure; any thread.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/images/image_report.h"

namespace firmbench::images {

// Fills `report` as far as the bytes allow and sets `refusal` when they are not a whole image of
// this format. Expects size_bytes and halves to be set.
void ExamineMediatekLiteon(ByteView bytes, ImageReport& report);

// ID blocks in file order, at most kMaxIdBlocks. Safe on any bytes.
std::vector<IdBlock> FindIdBlocks(ByteView bytes);

// The block that names the image: the first beyond the boot code, else (legacy drives) the first.
// nullptr when there is none.
const IdBlock* MainIdBlock(std::span<const IdBlock> blocks);

// The image as the processor sees it: bank after bank of 64 KB (the last may be shorter). For a
// plain image these are its own bytes. IMAGE_NOT_RECOGNISED when the report is of other bytes or
// refused.
Result<Bytes> CpuView(ByteView image, const ImageReport& report);

// Where byte `address` of CPU bank `bank` lies in the file. OUT_OF_IMAGE when it lies nowhere.
Result<uint32_t> FileOffset(const ImageReport& report, uint32_t bank, uint16_t address);

}  // namespace firmbench::images
