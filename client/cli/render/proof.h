// SPDX-License-Identifier: Apache-2.0
#pragma once

// What speaks for a dump, as text. Pure.

#include <string>

#include "firmbench/v1/dump_service.pb.h"

namespace firmbench::cli::render {

// For a cell: "agree(3),recognised,written_back".
std::string ProofCell(const v1::Dump& dump);
// For running text: "reads agree (3); recognised: it parses and its own checks hold". Without what
// was only rehearsed on the simulator.
std::string ProofText(const v1::Dump& dump);
// What was only rehearsed on the simulator, apart; "" when nothing was.
std::string RehearsalText(const v1::Dump& dump);
// Whether the second copy has it, in words; "" on a bench that keeps none.
std::string CopyText(const v1::Dump& dump);

}  // namespace firmbench::cli::render
