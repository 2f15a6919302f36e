// SPDX-License-Identifier: Apache-2.0
#pragma once

// Messages as a bench would send them. Pure.

#include <string>

#include "firmbench/v1/bench_service.pb.h"
#include "firmbench/v1/drive_service.pb.h"
#include "firmbench/v1/dump_service.pb.h"
#include "firmbench/v1/image_service.pb.h"
#include "firmbench/v1/job_service.pb.h"
#include "firmbench/v1/unit_service.pb.h"

namespace firmbench::cli {

inline constexpr char kDriveA[] = "drives/0a1b2c3d4e5f6g7h8j9k0m1n2p";
inline constexpr char kDriveB[] = "drives/7zzz2c3d4e5f6g7h8j9k0m1n2p";
inline constexpr char kJob[] = "jobs/01jd9rd3q5e8n2x4z7w0k6m1hb";
inline constexpr char kDump[] = "dumps/01jd9rd3q5e8n2x4z7w0k6m1hc";
inline constexpr char kImage[] = "images/01jd9rd3q5e8n2x4z7w0k6m1hd";
inline constexpr char kUnit[] = "units/01jd9rd3q5e8n2x4z7w0k6m1he";

v1::Drive SampleDrive();       // all is known, without a serial
v1::Drive SampleDriveAlien();  // no family claims it; has a serial and a problem
v1::Job SamplePlan();          // a flash, only validated
v1::Job SampleJob();           // the same, closed and well
v1::Job SampleCutJob();        // the same, cut in the middle of its write
v1::Dump SampleDump();
v1::Image SampleImage();
v1::Unit SampleUnit();
v1::UnitEvent SampleUnitEvent();
v1::JobEvent ProgressEvent(const std::string& phase, double percent, int64_t done, int64_t total);
v1::JobEvent StateEvent(int64_t sequence, v1::Job::State state);

}  // namespace firmbench::cli
