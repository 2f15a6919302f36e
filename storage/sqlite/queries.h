// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reading: the lists of storage.h, page by page. For the thread that owns the Database.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/sqlite/database.h"
#include "storage/storage.h"

namespace firmbench::storage::sqlite {

// Each answers like the function of Ledger that has its name.
Result<Unit> GetUnit(Database& database, const std::string& id);
Result<Paged<Unit>> ListUnits(Database& database, const UnitFilter& filter, const Page& page);
Result<Unit> ResolveUnit(Database& database, const std::string& id);
Result<std::vector<UnitEvent>> ListUnitEvents(Database& database, const std::string& unit_id);
Result<std::vector<Customer>> ListCustomers(Database& database, const std::string& unit_id);
Result<std::vector<UnitEvidence>> ListEvidence(Database& database, const std::string& unit_id);
Result<std::vector<UnitEvidence>> FindEvidence(Database& database, const std::string& kind,
                                               const std::string& value);
Result<Dump> GetDump(Database& database, const std::string& id);
Result<Paged<Dump>> ListDumps(Database& database, const DumpFilter& filter, const Page& page);
Result<std::vector<DumpAttribution>> ListAttributions(Database& database,
                                                      const std::string& dump_id);
Result<std::vector<DumpFile>> ListDumpFiles(Database& database, const std::string& dump_id);
Result<std::vector<DumpProof>> ListDumpProofs(Database& database, const std::string& dump_id);
Result<std::string> IdentityMark(Database& database);
Result<std::optional<Dump>> NewestDump(Database& database, const std::string& unit_id,
                                       const std::string& memory);
Result<std::vector<std::string>> ListUncopied(Database& database, const std::string& place,
                                              int limit);
Result<Image> GetImage(Database& database, const std::string& id);
Result<std::optional<Image>> FindImageBySha256(Database& database, const std::string& sha256);
Result<Paged<Image>> ListImages(Database& database, const ImageFilter& filter, const Page& page);
Result<std::vector<ImageMark>> ListImageMarks(Database& database, const std::string& image_id);
Result<Job> GetJob(Database& database, const std::string& id);
Result<std::optional<Job>> FindJobByRequest(Database& database, const std::string& request_id);
Result<Paged<Job>> ListJobs(Database& database, const JobFilter& filter, const Page& page);
Result<std::vector<JobStep>> ListSteps(Database& database, const std::string& job_id);
Result<std::vector<JobEvent>> ListEvents(Database& database, const std::string& job_id,
                                         int64_t after_sequence, int limit);
Result<std::vector<Quarantine>> ListQuarantines(Database& database, bool in_force_only);
// `in_force_at_us` 0: all of them.
// Good at that time, or all when it is 0.
Result<std::vector<Credential>> ListCredentials(Database& database, const CredentialFilter& filter,
                                                int64_t good_at_us);
Result<std::optional<Approval>> FindApproval(Database& database, const std::string& job_id);
Result<std::optional<JobTrace>> FindJobTrace(Database& database, const std::string& job_id);
Result<std::vector<Claim>> ListClaims(Database& database, const std::string& drive_id,
                                      int64_t in_force_at_us);

}  // namespace firmbench::storage::sqlite
