// SPDX-License-Identifier: Apache-2.0
#pragma once

// What speaks for a dump, in the words that every screen uses. From the dump's row and its proofs
// and from nothing else. Pure.

#include <vector>

#include "firmbench/v1/dump_service.pb.h"
#include "storage/records.h"

namespace firmbench::rpc {

// The weakest first: how it was read, then the newest proof of each kind. A proof by a simulated
// drive is a rehearsal, whatever its row calls it; rows of unknown kinds say nothing.
std::vector<v1::Proof> ProofsOf(const storage::Dump& dump,
                                const std::vector<storage::DumpProof>& rows);

}  // namespace firmbench::rpc
