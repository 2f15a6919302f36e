// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/dump_record.h"

#include <fmt/format.h>

#include "daemon/base/hash.h"
#include "daemon/inventory/unit_match.h"
#include "daemon/jobs/plan.h"

namespace firmbench::jobs {
namespace {

// Does the firmware parse, and do its own checks hold against what the drive said of itself then?
// Of an EEPROM no check is known.
Status NoteRecognised(storage::Transaction& tx, const storage::Dump& dump, ByteView bytes,
                      const DumpOrigin& origin) {
  const inventory::DriveSnapshot& drive = origin.drive;
  if (dump.memory != ToString(Memory::kFirmware) || dump.purpose == "disagreeing") return Ok();
  scsi::Identity identity = drive.identity;
  identity.revision = origin.revision;
  if (drive.family == nullptr || !drive.family->CheckUndo(*drive.model, identity, bytes)) {
    return Ok();
  }
  return tx.InsertDumpProof({.id = tx.NewId(),
                             .dump_id = dump.id,
                             .kind = "recognised",
                             .job_id = dump.job_id,
                             .detail = "its ID block is the drive's, its banks are no aliases",
                             .created_us = tx.now_us()});
}

}  // namespace

Result<storage::Dump> StoreDump(storage::Transaction& tx, Memory memory, ByteView bytes,
                                const DumpOrigin& origin) {
  const families::ModelInfo& model = *origin.drive.model;
  const auto* abilities = FindAbilities(origin.drive, memory);
  storage::Dump dump;
  dump.id = tx.NewId();
  dump.memory = ToString(memory);
  dump.job_id = origin.job.id;
  dump.drive_id = origin.drive.id;
  dump.purpose = origin.purpose;
  const bool chip = !origin.chip_part.empty();
  dump.family = chip ? std::string() : std::string(model.family);
  dump.model = chip ? origin.chip_part : std::string(model.model);
  dump.revision = origin.revision;
  dump.size_bytes = static_cast<int64_t>(bytes.size());
  ASSIGN_OR_RETURN(dump.sha256, tx.PutBlob(bytes));
  const BlobHashes hashes = HashBlob(bytes);
  dump.md5 = hashes.md5;
  dump.crc32 = hashes.crc32;
  if (memory == Memory::kEeprom && !model.volatile_eeprom.empty()) {
    dump.stable_sha256 = Sha256Hex(inventory::StablePart(bytes, model.volatile_eeprom));
  }
  dump.agreeing_reads = origin.agreeing_reads;
  dump.evidence = abilities != nullptr ? ToString(abilities->read.evidence) : "";
  dump.method = abilities != nullptr ? abilities->read.why : "";
  if (chip) dump.method = fmt::format("vendor mode of a {}, in its socket", model.model);
  dump.simulated = origin.drive.connection.simulated;
  dump.tool_version = FIRMBENCH_VERSION;
  dump.created_us = tx.now_us();
  RETURN_IF_ERROR(tx.InsertDump(dump));
  RETURN_IF_ERROR(tx.InsertAttribution(
      {.id = tx.NewId(),
       .dump_id = dump.id,
       .kind = chip                     ? "chip"
               : origin.unit_id.empty() ? "unidentified"
                                        : "unit",
       .unit_id = origin.unit_id,
       .principal = origin.job.principal,
       .reason = chip ? "read in the socket of a drive" : origin.drive.unit.why,
       .created_us = tx.now_us()}));
  if (!chip) RETURN_IF_ERROR(NoteRecognised(tx, dump, bytes, origin));
  // Every dump is named in the log with its bytes, so that each can be proven.
  RETURN_IF_ERROR(tx.AppendAudit({.principal = origin.job.principal,
                                  .action = "dump.store",
                                  .resource = "dumps/" + dump.id,
                                  .outcome = "ok",
                                  .details = {{"job", origin.job.id},
                                              {"memory", dump.memory},
                                              {"purpose", dump.purpose},
                                              {"sha256", dump.sha256}}}));
  return dump;
}

}  // namespace firmbench::jobs
