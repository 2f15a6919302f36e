// SPDX-License-Identifier: Apache-2.0
#include "client/cli/mtkflash.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <variant>

#include "client/cli/download.h"
#include "client/cli/fresh_dump.h"
#include "client/cli/hex_text.h"
#include "client/cli/mtkflash_words.h"
#include "client/cli/render/drive.h"
#include "client/cli/screen.h"
#include "client/cli/upload.h"

namespace firmbench::cli {
namespace {

Result<std::string> InTheFormOf(const MtkflashWords& words, ByteView bytes) {
  if (words.binary) return std::string(AsText(bytes));
  return MakeHexText(bytes);
}

Ending Read(Context& context, const v1::Drive& drive, const MtkflashWords& words,
            const MtkflashOptions& options) {
  // The read takes minutes: better to refuse before it than after.
  RETURN_IF_ERROR(CheckNewFile(words.file, options.force));
  if (options.writing.dry_run) {
    v1::Job job;
    job.set_kind("backup");
    job.set_memory(v1::MEMORY_FIRMWARE);
    return RunJob(context, drive, std::move(job), {.dry_run = true});
  }
  ASSIGN_OR_RETURN(const FreshDump fresh, ReadIntoDump(context, drive, v1::MEMORY_FIRMWARE));
  if (const auto* ended = std::get_if<ExitCode>(&fresh)) return *ended;
  const v1::Dump& dump = std::get<v1::Dump>(fresh);
  ASSIGN_OR_RETURN(const Bytes bytes, DownloadDump(context.client, dump));
  ASSIGN_OR_RETURN(const std::string text, InTheFormOf(words, bytes));
  RETURN_IF_ERROR(WriteFile(words.file, AsBytes(text), options.force));
  context.Print(dump, [&] {
    return fmt::format("{}  {} of the chip as {}  SHA-256 of the bytes {}\nkept as {}\n",
                       render::Clean(words.file), render::Bytes(dump.size_bytes()),
                       words.binary ? "a binary file" : "HEX text", render::Clean(dump.sha256()),
                       render::Clean(dump.name()));
  });
  return ExitCode::kOk;
}

// The bench sees by itself which of the two a file is, but somebody who says the wrong one may have
// the wrong file in mind.
Result<v1::Image> Upload(Context& context, const MtkflashWords& words) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(words.file));
  const bool text = BeginsLikeHexText(bytes);
  if (text && words.binary) {
    return InvalidArgument("MTKFLASH_FILE_IS_TEXT",
                           fmt::format("/B says that '{}' is binary, but it is HEX text",
                                       render::Clean(words.file)))
        .WithRemedy("leave /B away")
        .With("drive_state", "untouched");
  }
  if (!text && !words.binary) {
    context.console.Err("without /B the file should be HEX text; it is binary and is taken so\n");
  }
  ASSIGN_OR_RETURN(v1::Image image, AddImage(context.client, words.file));
  for (const std::string& warning : image.warnings()) {
    context.console.Err("note: " + render::Clean(warning) + "\n");
  }
  return image;
}

Ending RunWithFile(Context& context, const v1::Drive& drive, const MtkflashWords& words,
                   const JobFlowOptions& flow) {
  ASSIGN_OR_RETURN(const v1::Image image, Upload(context, words));
  v1::Job job;
  job.set_kind(words.verb == MtkflashVerb::kWrite ? "flash" : "verify");
  job.set_memory(v1::MEMORY_FIRMWARE);
  job.set_image(image.name());
  return RunJob(context, drive, std::move(job), flow);
}

std::string ChipSentence(const v1::Drive& drive) {
  const v1::FlashChip& chip = drive.flash_chip();
  if (chip.part().empty()) {
    return "which flash chip it has is not known; a job that writes asks the chip itself\n";
  }
  return fmt::format(
      "flash chip: {}{}, {} ({}). C sends nothing to the chip: `firmbench chip identify` asks it, "
      "and a job that writes refuses when it is another one\n",
      render::Clean(chip.part()), chip.assumed() ? ", assumed" : "",
      render::Bytes(chip.size_bytes()), render::Clean(chip.evidence()));
}

Ending Identify(Context& context, const std::string& name) {
  v1::GetDriveRequest request;
  request.set_name(name);
  ASSIGN_OR_RETURN(const v1::Drive drive,
                   Call(context.client.drives(), &v1::DriveService::Stub::GetDrive, request));
  PrintScreen(context, drive, [&] {
    return ChipSentence(drive) + "\n" + render::DriveDetails(drive, context.out_style());
  });
  return ExitCode::kOk;
}

}  // namespace

Ending RunMtkflash(Context& context, const MtkflashOptions& options) {
  ASSIGN_OR_RETURN(const MtkflashWords words, ParseMtkflash(options.words));
  constexpr int kMost = 10'000;
  ASSIGN_OR_RETURN(
      const v1::ListDrivesResponse drives,
      CallList(context.client.drives(), &v1::DriveService::Stub::ListDrives,
               v1::ListDrivesRequest(), &v1::ListDrivesResponse::mutable_drives, kMost));
  ASSIGN_OR_RETURN(const PositionedDrive at, DriveAt(drives, words.position));
  context.console.Err(at.note + "\n");
  for (const std::string& note : words.notes) context.console.Err(note + "\n");
  switch (words.verb) {
    case MtkflashVerb::kRead:
      return Read(context, at.drive, words, options);
    case MtkflashVerb::kWrite:
      return RunWithFile(context, at.drive, words, options.writing.flow());
    case MtkflashVerb::kVerify:
      return RunWithFile(context, at.drive, words, {.dry_run = options.writing.dry_run});
    case MtkflashVerb::kSeen:
      context.console.Err("S: nobody has documented what it does; this is what C shows\n");
      [[fallthrough]];
    case MtkflashVerb::kIdentify:
      return Identify(context, at.drive.name());
  }
  return ExitCode::kUsage;
}

}  // namespace firmbench::cli
