// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/ledger.h"

#include <fmt/format.h>

#include "client/cli/render/records.h"
#include "client/cli/render/text.h"

namespace firmbench::cli::render {
namespace {

constexpr size_t kKeyColumns = 13;

std::string Dumps(int64_t count) {
  return fmt::format("{} {}", count, count == 1 ? "dump" : "dumps");
}

}  // namespace

std::string LedgerCopyDetails(const v1::LedgerCopy& copy) {
  Fields fields(kKeyColumns);
  fields.Add("bench", copy.bench());
  fields.Add("size", Bytes(copy.size_bytes()));
  fields.Add("sha256", copy.sha256());
  fields.Add("entries", fmt::format("{} of the audit log", copy.entry_count()));
  fields.Add("root hash", copy.root_hash());
  fields.Add("blobs", fmt::format("{}, each hashed again in the copy", copy.blob_count()));
  return Clean(copy.file()) + "\n" + fields.text();
}

std::string LedgerCheckDetails(const v1::LedgerCheck& check) {
  const v1::Ledger& ledger = check.ledger();
  Fields fields(kKeyColumns);
  fields.Add("bench", ledger.bench());
  fields.Add("schema", fmt::format("{}", ledger.schema_version()));
  fields.Add("file", fmt::format("{}, its log {}; {} are free there", Bytes(ledger.file_bytes()),
                                 Bytes(ledger.log_bytes()), Bytes(ledger.free_bytes())));
  fields.Add("units", fmt::format("{}", ledger.unit_count()));
  fields.Add("dumps", fmt::format("{}, {} of them put away", ledger.dump_count(),
                                  ledger.archived_dump_count()));
  fields.Add("images", fmt::format("{}", ledger.image_count()));
  fields.Add("jobs", fmt::format("{}", ledger.job_count()));
  fields.Add("content", fmt::format("{} in {} blobs, before compression",
                                    Bytes(ledger.blob_bytes()), ledger.blob_count()));
  fields.Add("second copy", !ledger.has_uncopied_blob_count() ? "this bench keeps none"
                            : ledger.uncopied_blob_count() == 0
                                ? std::string("complete")
                                : fmt::format("lacks {} blobs", ledger.uncopied_blob_count()));
  for (const std::string& problem : ledger.problems()) fields.Add("problem", problem);
  return fields.text() + "\n" + LedgerReport(check.verification(), "");
}

std::string ArchiveReport(const v1::ArchiveDumpsResponse& done) {
  std::string text = fmt::format("{} {}, {}, read before {}\n", Dumps(done.archived_count()),
                                 done.validate_only() ? "would be put away" : "put away",
                                 Bytes(done.archived_bytes()), Time(done.before_time()));
  Fields kept(kKeyColumns);
  const struct {
    int64_t count;
    const char* why;
  } reasons[] = {
      {done.kept_as_end_count(), "the newest or the oldest of their unit and memory"},
      {done.kept_for_job_count(),
       "their unit has a job that is open or whose outcome is uncertain"},
      {done.kept_without_unit_count(), "nobody has said whose they are"},
  };
  for (const auto& reason : reasons) {
    if (reason.count != 0) kept.Add("kept", fmt::format("{}: {}", Dumps(reason.count), reason.why));
  }
  return text + kept.text() +
         "Nothing was deleted: `firmbench dump list --archived` has them all.\n";
}

}  // namespace firmbench::cli::render
