// SPDX-License-Identifier: Apache-2.0
#include "client/cli/work.h"

#include "client/cli/resolve.h"
#include "client/cli/upload.h"

namespace firmbench::cli {

Ending RunBackup(Context& context, const BackupOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive drive, ResolveDrive(context.client, options.drive));
  v1::Job job;
  job.set_kind("backup");
  if (options.memory == "firmware") job.set_memory(v1::MEMORY_FIRMWARE);
  if (options.memory == "eeprom") job.set_memory(v1::MEMORY_EEPROM);
  return RunJob(context, drive, std::move(job), {});
}

Ending RunFlash(Context& context, const FlashOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive drive, ResolveDrive(context.client, options.drive));
  ASSIGN_OR_RETURN(const v1::Image image, ResolveImage(context.client, options.image));
  v1::Job job;
  job.set_kind("flash");
  job.set_memory(v1::MEMORY_FIRMWARE);
  job.set_image(image.name());
  return RunJob(context, drive, std::move(job), options.writing.flow());
}

Ending RunConvert(Context& context, const ConvertOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive drive, ResolveDrive(context.client, options.drive));
  ASSIGN_OR_RETURN(const v1::Image image, ResolveImage(context.client, options.image));
  v1::Job job;
  job.set_kind("convert");
  job.set_target_model(options.model);
  job.set_image(image.name());
  return RunJob(context, drive, std::move(job), options.writing.flow());
}

Ending RunRestore(Context& context, const RestoreOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive drive, ResolveDrive(context.client, options.drive));
  ASSIGN_OR_RETURN(const v1::Dump dump, ResolveDump(context.client, options.dump));
  v1::Job job;
  job.set_kind(dump.memory() == v1::MEMORY_EEPROM ? "eeprom_restore" : "restore");
  job.set_memory(dump.memory());
  job.set_dump(dump.name());
  JobFlowOptions flow = options.writing.flow();
  flow.label = options.label;
  return RunJob(context, drive, std::move(job), flow);
}

Ending RunRecover(Context& context, const RecoverOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive drive, ResolveDrive(context.client, options.drive));
  v1::Job job;
  job.set_kind("recover");
  job.set_memory(v1::MEMORY_FIRMWARE);
  job.set_model(options.model);
  if (!options.dump.empty()) {
    ASSIGN_OR_RETURN(const v1::Dump dump, ResolveDump(context.client, options.dump));
    job.set_dump(dump.name());
    job.set_memory(dump.memory());
  } else {
    ASSIGN_OR_RETURN(const v1::Image image, ResolveImage(context.client, options.image));
    job.set_image(image.name());
  }
  return RunJob(context, drive, std::move(job), options.writing.flow());
}

Ending RunVerify(Context& context, const VerifyOptions& options) {
  ASSIGN_OR_RETURN(const v1::Drive drive, ResolveDrive(context.client, options.drive));
  ASSIGN_OR_RETURN(const Source source, ResolveSource(context.client, options.against));
  v1::Job job;
  job.set_kind("verify");
  if (const auto* dump = std::get_if<v1::Dump>(&source)) {
    job.set_memory(dump->memory());
    job.set_dump(dump->name());
  } else {
    job.set_memory(v1::MEMORY_FIRMWARE);
    if (const auto* image = std::get_if<v1::Image>(&source)) {
      job.set_image(image->name());
    } else {
      ASSIGN_OR_RETURN(const v1::Image added, AddImage(context.client, options.against));
      job.set_image(added.name());
    }
  }
  return RunJob(context, drive, std::move(job), {});
}

}  // namespace firmbench::cli
