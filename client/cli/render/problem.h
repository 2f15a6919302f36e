// SPDX-License-Identifier: Apache-2.0
#pragma once

// Errors and problems as text. Pure.

#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <string_view>

#include "client/cli/render/text.h"
#include "daemon/base/error.h"
#include "firmbench/v1/errors.pb.h"
#include "firmbench/v1/job.pb.h"

namespace firmbench::cli::render {

// "error: message", "  reason: X", "  what to do: remedy", "  drive: untouched ...".
std::string ErrorText(const Error& error, Style style);
std::string JobErrorText(const v1::JobError& error, Style style);
// For each drive whose write was cut (RECOVERY_NEEDED) its sentence and its command, then an empty
// line; "" when there is none.
std::string UrgentLines(const google::protobuf::RepeatedPtrField<v1::Problem>& problems,
                        Style style);
// "problem: text [REASON]" and "  what to do: remedy" for each.
std::string ProblemLines(std::string_view label,
                         const google::protobuf::RepeatedPtrField<v1::Problem>& problems,
                         Style style);

}  // namespace firmbench::cli::render
