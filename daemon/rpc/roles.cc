// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/roles.h"

#include <algorithm>
#include <array>
#include <utility>

namespace firmbench::rpc {
namespace {

constexpr Role kOpen = Role::kNone;
constexpr Role kViewer = Role::kViewer;
constexpr Role kTechnician = Role::kTechnician;
constexpr Role kManager = Role::kManager;
constexpr bool kAuditor = true;
constexpr bool kNotAuditor = false;

// Reading is for everybody but for two things: bytes of dumps and the audit log name what viewers
// have no business with. Work on drives, units and the library is the technicians'. What lets
// people in, erases, takes a copy of everything or frees a drive that was locked for a reason is
// the managers'. That the approver is another person than the requester is checked by the job.
constexpr std::array kRules = {
    Rule{"DriveService", "ListDrives", kViewer, kAuditor},
    Rule{"DriveService", "GetDrive", kViewer, kAuditor},
    Rule{"DriveService", "EjectDrive", kTechnician, kNotAuditor},
    Rule{"DriveService", "ClaimDrive", kTechnician, kNotAuditor},
    Rule{"DriveService", "ReleaseDrive", kTechnician, kNotAuditor},
    Rule{"DriveService", "LiftQuarantine", kManager, kNotAuditor},
    Rule{"UnitService", "ListUnits", kViewer, kAuditor},
    Rule{"UnitService", "GetUnit", kViewer, kAuditor},
    Rule{"UnitService", "ListUnitEvents", kViewer, kAuditor},
    Rule{"UnitService", "LabelUnit", kTechnician, kNotAuditor},
    Rule{"UnitService", "AddUnitNote", kTechnician, kNotAuditor},
    Rule{"UnitService", "MergeUnits", kTechnician, kNotAuditor},
    Rule{"UnitService", "SplitUnit", kTechnician, kNotAuditor},
    Rule{"UnitService", "AttributeDump", kTechnician, kNotAuditor},
    Rule{"UnitService", "ArchiveUnit", kTechnician, kNotAuditor},
    Rule{"UnitService", "SetCustomer", kTechnician, kNotAuditor},
    Rule{"UnitService", "EraseCustomerData", kManager, kNotAuditor},
    Rule{"DumpService", "ListDumps", kViewer, kAuditor},
    Rule{"DumpService", "GetDump", kViewer, kAuditor},
    Rule{"DumpService", "ReadDump", kTechnician, kAuditor},
    Rule{"DumpService", "CompareDumps", kTechnician, kAuditor},
    Rule{"DumpService", "ImportDump", kTechnician, kNotAuditor},
    Rule{"ImageService", "CreateUpload", kTechnician, kNotAuditor},
    Rule{"ImageService", "WriteUpload", kTechnician, kNotAuditor},
    Rule{"ImageService", "FinishUpload", kTechnician, kNotAuditor},
    Rule{"ImageService", "AddImageFromDump", kTechnician, kNotAuditor},
    Rule{"ImageService", "ListImages", kViewer, kAuditor},
    Rule{"ImageService", "GetImage", kViewer, kAuditor},
    Rule{"ImageService", "MarkImage", kTechnician, kNotAuditor},
    Rule{"ImageService", "ListImageMarks", kViewer, kAuditor},
    Rule{"ImageService", "ReadImage", kTechnician, kAuditor},
    Rule{"JobService", "CreateJob", kTechnician, kNotAuditor},
    Rule{"JobService", "ListJobs", kViewer, kAuditor},
    Rule{"JobService", "GetJob", kViewer, kAuditor},
    Rule{"JobService", "WatchJob", kViewer, kAuditor},
    Rule{"JobService", "AnswerPrompt", kTechnician, kNotAuditor},
    Rule{"JobService", "ApproveJob", kTechnician, kNotAuditor},
    Rule{"JobService", "CancelJob", kTechnician, kNotAuditor},
    Rule{"JobService", "RecoverJob", kTechnician, kNotAuditor},
    Rule{"JobService", "ReadJobTrace", kTechnician, kAuditor},
    Rule{"AuditService", "ListAuditEntries", kTechnician, kAuditor},
    Rule{"AuditService", "ExportAuditEntries", kTechnician, kAuditor},
    Rule{"AuditService", "GetCheckpoint", kViewer, kAuditor},
    Rule{"AuditService", "ProveEntry", kTechnician, kAuditor},
    Rule{"AuditService", "VerifyLedger", kTechnician, kAuditor},
    Rule{"BenchService", "GetBench", kViewer, kAuditor},
    Rule{"BenchService", "CheckBench", kTechnician, kAuditor},
    Rule{"BenchService", "WatchEvents", kViewer, kAuditor},
    Rule{"SearchService", "Search", kViewer, kAuditor},
    Rule{"RecordService", "GetRecords", kTechnician, kAuditor},
    Rule{"RecordService", "PutRecords", kTechnician, kNotAuditor},
    Rule{"LedgerService", "GetLedger", kViewer, kAuditor},
    Rule{"LedgerService", "BackupLedger", kManager, kNotAuditor},
    Rule{"LedgerService", "ArchiveDumps", kManager, kNotAuditor},
    Rule{"AccessService", "GetCaller", kViewer, kAuditor},
    Rule{"AccessService", "CreateToken", kViewer, kAuditor},
    Rule{"AccessService", "ListCredentials", kViewer, kAuditor},
    Rule{"AccessService", "RevokeCredential", kViewer, kAuditor},
    Rule{"AccessService", "RevokePrincipal", kManager, kNotAuditor},
    Rule{"AccessService", "Invite", kManager, kNotAuditor},
    Rule{"AccessService", "CreateLoginLink", kViewer, kAuditor},
    Rule{"EnrollmentService", "Enroll", kOpen, kNotAuditor},
};

constexpr std::pair<std::string_view, Role> kWords[] = {{"none", Role::kNone},
                                                        {"viewer", Role::kViewer},
                                                        {"auditor", Role::kAuditor},
                                                        {"technician", Role::kTechnician},
                                                        {"manager", Role::kManager}};

}  // namespace

std::string_view ToString(Role role) {
  for (const auto& [word, named] : kWords) {
    if (named == role) return word;
  }
  return "none";
}

std::optional<Role> ParseRole(std::string_view text) {
  for (const auto& [word, role] : kWords) {
    if (word == text && role != Role::kNone) return role;
  }
  return std::nullopt;
}

std::span<const Rule> Rules() { return kRules; }

const Rule* RuleOfRequest(std::string_view request_full_name) {
  constexpr std::string_view kPackage = "firmbench.v1.";
  constexpr std::string_view kRequest = "Request";
  if (!request_full_name.starts_with(kPackage) || !request_full_name.ends_with(kRequest)) {
    return nullptr;
  }
  request_full_name.remove_prefix(kPackage.size());
  request_full_name.remove_suffix(kRequest.size());
  const auto found = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& rule) {
    return rule.method == request_full_name;
  });
  return found == kRules.end() ? nullptr : &*found;
}

bool Allows(const Rule& rule, Role role) {
  if (rule.lowest == kOpen) return true;
  if (role == Role::kNone) return false;
  if (role == Role::kAuditor) return rule.auditor;
  return role >= rule.lowest;
}

bool IsWithin(Role role, Role bound) {
  return std::all_of(kRules.begin(), kRules.end(),
                     [&](const Rule& rule) { return !Allows(rule, role) || Allows(rule, bound); });
}

std::string AllowedWords(const Rule& rule) {
  std::string words;
  for (const Role role : {Role::kViewer, Role::kTechnician, Role::kManager, Role::kAuditor}) {
    if (!Allows(rule, role)) continue;
    if (!words.empty()) words += ", ";
    words += ToString(role);
  }
  return words;
}

}  // namespace firmbench::rpc
