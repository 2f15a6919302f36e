// SPDX-License-Identifier: Apache-2.0
#pragma once

// From the domain's types to the API's messages. Pure, but for what a caller looks up first; the
// only place beside the services where proto meets domain types.

#include <string>

#include "daemon/inventory/inventory.h"
#include "daemon/jobs/engine.h"
#include "firmbench/v1/audit_service.pb.h"
#include "firmbench/v1/bench_service.pb.h"
#include "firmbench/v1/drive_service.pb.h"
#include "firmbench/v1/dump_service.pb.h"
#include "firmbench/v1/errors.pb.h"
#include "firmbench/v1/image_service.pb.h"
#include "firmbench/v1/job_service.pb.h"
#include "firmbench/v1/unit_service.pb.h"
#include "storage/storage.h"

namespace firmbench::rpc {

v1::DriveState ToProto(DriveState state);
v1::Memory ToProto(Memory memory);
v1::Memory MemoryFromWord(const std::string& word);  // UNSPECIFIED for "all" and anything else
std::string MemoryWord(v1::Memory memory);           // "" for UNSPECIFIED

// "U-0001".
std::string UnitNumber(int64_t number);

void SetTime(google::protobuf::Timestamp* time, int64_t micros);
void SetDuration(google::protobuf::Duration* duration, Nanos nanos);

// "collection/ID", or "" for an empty id.
std::string Name(const char* collection, const std::string& id);
// The id of a resource name; NAME_INVALID when it is not "collection/ID".
Result<std::string> IdFrom(const char* collection, const std::string& name);

// What is known of a unit beyond its row, looked up by the caller.
struct UnitFacts {
  std::string number;
  std::optional<std::string> serial;
};

v1::Drive ToProto(const inventory::DriveSnapshot& drive, const std::string& bench,
                  const std::string& current_job, const std::string& unit_number);
v1::Unit ToProto(const storage::Unit& unit, const std::string& bench);
v1::Dump ToProto(const storage::Dump& dump, const std::string& bench, const UnitFacts& unit);
v1::Image ToProto(const storage::Image& image, const std::string& bench);
v1::AuditEntry ToProto(const storage::AuditEntry& entry, const std::string& bench);

v1::Plan ToProto(const jobs::Plan& plan);
v1::Job ToProto(const jobs::JobView& job, const std::string& bench, const std::string& unit_number);
v1::Progress ToProto(const jobs::Progress& progress);
// The event without a job snapshot; `type` "state" is left for the caller, who has the job.
v1::JobEvent ToProto(const storage::JobEvent& event);

void AddProblem(v1::Problem* to, const inventory::Problem& from);

}  // namespace firmbench::rpc
