// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a drive holds now, as a dump in the ledger: a backup job as a step of another command.
// Blocks; main thread.

#include <variant>

#include "client/cli/context.h"

namespace firmbench::cli {

// The new dump, or how the command ends without one: the person let go of the job, or the job did
// not succeed and was printed.
using FreshDump = std::variant<v1::Dump, ExitCode>;
// `wanted` is a job that keeps one dump: a backup of one memory, a read of a chip.
Result<FreshDump> RunIntoDump(Context& context, const v1::Drive& drive, v1::Job wanted);
Result<FreshDump> ReadIntoDump(Context& context, const v1::Drive& drive, v1::Memory memory);

}  // namespace firmbench::cli
