// SPDX-License-Identifier: Apache-2.0
#pragma once

// Golden files of the command line. FIRMBENCH_UPDATE_GOLDEN=1 writes them anew instead of
// comparing; read the difference before it is committed. Test thread only.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace firmbench::cli {

inline void ExpectGolden(const std::string& name, const std::string& text) {
  const std::string path = FIRMBENCH_SOURCE_DIR "/tests/golden/cli/" + name;
  if (std::getenv("FIRMBENCH_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream in(path, std::ios::binary);
  ASSERT_TRUE(in) << path << " is missing";
  const std::string wanted((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_EQ(text, wanted) << "differs from " << path;
}

}  // namespace firmbench::cli
