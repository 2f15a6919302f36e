// SPDX-License-Identifier: Apache-2.0
#pragma once

// Jobs and plans as text. Pure.

#include <string>

#include "client/cli/render/text.h"
#include "firmbench/v1/job_service.pb.h"

namespace firmbench::cli::render {

Table JobTable(const v1::ListJobsResponse& jobs, bool wide);
std::string JobDetails(const v1::Job& job, Style style);
// What is known, what is not, and what to do next; "" for a job that needs no such words.
std::string AdviceText(const v1::Job& job, Style style);
// What a person reads before saying yes. `title` names the drive.
std::string PlanText(const v1::Job& job, const std::string& title, Style style);
// The last line of a job command: "CHANGED_VERIFIED  eeprom EQUAL".
std::string OutcomeLine(const v1::Job& job, Style style);

}  // namespace firmbench::cli::render
