// SPDX-License-Identifier: Apache-2.0
#pragma once

// Changed microcode files whose sum is right. For tests.

#include <algorithm>
#include <string_view>

#include "daemon/base/bytes.h"

namespace firmbench::families::spc_write_buffer {

// The file with `text` at `at`, and its sum made anew.
inline Bytes WithText(Bytes file, size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), file.begin() + static_cast<ptrdiff_t>(at));
  uint32_t sum = 0;
  for (size_t i = 0; i + 2 < file.size(); ++i) sum += file[i];
  StoreBe16(&file[file.size() - 2], sum & 0xffff);
  return file;
}

}  // namespace firmbench::families::spc_write_buffer
