// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench dump ...`. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct DumpListOptions {
  int limit = 1000;
  std::string unit;    // as typed; "" for all
  std::string job;     // as typed; "" for all
  std::string memory;  // "firmware", "eeprom" or "" for both
  bool archived = false;
};
struct DumpShowOptions {
  std::string dump;
};
struct DumpExportOptions {
  std::string dump;
  std::string file;    // "" for a name made of what the dump is; "-" for stdout
  bool force = false;  // replace a file that exists
};

Ending RunDumpList(Context& context, const DumpListOptions& options);
Ending RunDumpShow(Context& context, const DumpShowOptions& options);
// Writes the bytes only when they hash to the dump's name: SHA256_MISMATCH.
Ending RunDumpExport(Context& context, const DumpExportOptions& options);

// "U-0001-LTR-48246S-SS0E-firmware-1a2b3c4d.bin": only letters, digits, dots and hyphens. Pure.
std::string ExportName(const v1::Dump& dump);

}  // namespace firmbench::cli
