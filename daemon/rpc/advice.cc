// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "daemon/base/clock.h"
#include "daemon/jobs/cut_job.h"
#include "daemon/jobs/words.h"

namespace firmbench::rpc {
namespace {

bool OnlyReads(const storage::Job& job) {
  const auto kind = jobs::ParseKind(job.kind);
  return kind && !jobs::Writes(*kind);
}
bool Wrote(const storage::Job& job) { return job.write_started_us != 0; }
// The memory was read back and is one of the two that it may be.
bool IsWhole(const storage::Job& job) {
  return job.outcome == "CHANGED_VERIFIED" || job.outcome == "NO_EFFECT";
}
bool WritesEeprom(const storage::Job& job) { return job.memory == "eeprom"; }
// A bare chip in the drive's socket: no memory of the drive.
bool IsOnChip(const storage::Job& job) {
  const auto kind = jobs::ParseKind(job.kind);
  return kind && jobs::OnChip(*kind);
}
// A conversion, or the recovery of one: firmware and EEPROM.
bool WritesBoth(const storage::Job& job) { return job.memory == "all" && !OnlyReads(job); }

// "the firmware", "the EEPROM", "the firmware and the EEPROM".
std::string TheMemory(std::string_view memory) {
  if (memory == "all") return "the firmware and the EEPROM";
  return memory == "eeprom" ? "the EEPROM" : "the firmware";
}

// As a sentence: begun with a capital, unless it begins with a command, and ended with a full stop.
std::string Sentence(std::string text) {
  if (text.empty()) return text;
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  constexpr std::string_view kEnds = ".!?";
  if (kEnds.find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

// What is said under one label, a line for each thing.
class Part {
 public:
  explicit Part(std::string_view label) : label_(label) {}
  void Say(std::string text) {
    if (!text.empty()) SayAsIs(Sentence(std::move(text)));
  }
  // A command to be typed stands alone, so that it can be copied.
  void SayAsIs(const std::string& text) { lines_.push_back(fmt::format("{}: {}", label_, text)); }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::string_view label_;
  std::vector<std::string> lines_;
};

// A message may say after a semicolon what was seen: "the daemon stopped; 3 of 8 units hold ...".
struct Message {
  std::string what;
  std::string seen;
};
Message Split(const std::string& text) {
  const size_t at = text.find("; ");
  if (at == std::string::npos) return {text, ""};
  return {text.substr(0, at), text.substr(at + 2)};
}

// The newest dump of that memory that holds what was there before the write.
const storage::Dump* Before(const AdviceInputs& inputs, std::string_view memory) {
  const storage::Dump* newest = nullptr;
  for (const storage::Dump& dump : inputs.dumps) {
    if (dump.memory != memory || dump.purpose != "before_write") continue;
    if (newest == nullptr || dump.created_us > newest->created_us) newest = &dump;
  }
  return newest;
}

std::string BackupText(const AdviceInputs& inputs) {
  const storage::Dump* firmware = Before(inputs, "firmware");
  const storage::Dump* eeprom = Before(inputs, "eeprom");
  const storage::Dump* any = firmware != nullptr ? firmware : eeprom;
  if (any == nullptr) return "";
  std::string what;
  if (firmware != nullptr) {
    const std::string revision = firmware->revision.empty() ? "" : " " + firmware->revision;
    what = fmt::format("firmware{} (dumps/{})", revision, firmware->id);
  }
  if (eeprom != nullptr) {
    what += fmt::format("{}EEPROM (dumps/{})", what.empty() ? "" : " and ", eeprom->id);
  }
  // A recovery begins with what the cut left behind: that is no backup.
  if (!inputs.job.recovers.empty()) {
    return fmt::format(
        "what the drive held when this job began is stored too: {}; the backup from before the "
        "cut is the one of jobs/{}",
        what, inputs.job.recovers);
  }
  return fmt::format("what the drive held before is safe in the ledger since {}: {}",
                     FormatMinute(any->created_us), what);
}

// What the step said that went wrong first, when that is not what the job ended with.
std::string FirstTrouble(const AdviceInputs& inputs) {
  for (const storage::JobStep& step : inputs.steps) {
    if (step.outcome != "UNKNOWN" || step.note.empty()) continue;
    if (step.note == inputs.job.error_message) return "";
    return fmt::format("it began in the step \"{}\": {}", step.name, step.note);
  }
  return "";
}

std::string FailedStep(const AdviceInputs& inputs) {
  for (const storage::JobStep& step : inputs.steps) {
    if (!step.note.empty() && step.note == inputs.job.error_message) {
      return fmt::format("it ended in the step \"{}\"", step.name);
    }
  }
  return "";
}

void SayUnknown(const std::string& memory, const std::string& seen, Part& known, Part& unknown) {
  constexpr std::string_view kNotSeen = "what the drive holds could not be looked at";
  known.Say("the write had begun");
  if (seen.empty()) return unknown.Say(fmt::format("what {} holds now", memory));
  if (seen.rfind(kNotSeen, 0) == 0) {
    return unknown.Say(fmt::format("what {} holds now: it could not be looked at{}", memory,
                                   seen.substr(kNotSeen.size())));
  }
  known.Say(fmt::format("when {} was read back, {}", memory, seen));
  unknown.Say(
      fmt::format("what {} holds now: a cut alone does not explain what was read, so it may "
                  "have been read wrongly",
                  memory));
}

// Its EEPROM is read by its firmware: a drive that gave it is a drive that started.
void SayWhetherItStarts(const storage::Job& job, Part& known, Part& unknown) {
  const bool answered = !job.eeprom_check.empty() && job.eeprom_check != "NOT_READ";
  if (!answered || WritesEeprom(job)) {
    return unknown.Say("whether the drive starts with what it holds now");
  }
  known.Say("the drive answered afterwards, though its firmware is not whole");
  unknown.Say("whether it works with a firmware that is in part the old one, in part the new one");
}

// Of a job that writes both: one may be whole and the other not begun.
void SayBoth(const storage::Job& job, const std::string& seen, Part& known, Part& unknown) {
  constexpr std::string_view kNotSeen = "what the drive holds could not be looked at";
  const bool compared = job.eeprom_check == "EQUAL" || job.eeprom_check == "VOLATILE_ONLY";
  const bool settled = IsWhole(job) && compared;
  if (IsWhole(job)) {
    known.Say(
        fmt::format("{} read back, and every byte is what {}",
                    compared ? "the firmware and the EEPROM were" : "the firmware was",
                    job.outcome == "NO_EFFECT" ? "it was before the job" : "was to be written"));
  } else {
    known.Say("the write had begun");
    if (seen.rfind(kNotSeen, 0) == 0) {
      unknown.Say(fmt::format("what the drive holds now: it could not be looked at{}",
                              seen.substr(kNotSeen.size())));
    } else if (!seen.empty()) {
      known.Say(fmt::format("when the drive was read, {}", seen));
    }
  }
  if (job.eeprom_check == "CHANGED") {
    known.Say("the EEPROM is neither what it was before nor what this job was to make of it");
  } else if (!compared) {
    unknown.Say("what the EEPROM holds now: it could not be read");
  }
  if (!settled || job.drive_state != "untouched") {
    unknown.Say("whether the drive works with what it holds now");
  }
}

// What is known of the memory that was written.
void SayMemory(const storage::Job& job, const std::string& seen, Part& known, Part& unknown) {
  if (WritesBoth(job)) return SayBoth(job, seen, known, unknown);
  const std::string memory = TheMemory(job.memory);
  if (IsWhole(job)) {
    known.Say(memory + (job.outcome == "NO_EFFECT"
                            ? " was read back and is what it was before"
                            : " was read back, and every byte is what was to be written"));
    const bool settled = job.drive_state == "untouched" || job.eeprom_check == "CHANGED";
    if (!settled) unknown.Say("whether the drive works: it did not answer afterwards");
  } else if (job.drive_state == "partly_written") {
    if (!seen.empty()) {
      known.Say(fmt::format("when {} was read back, {}", memory, seen));
    } else if (job.error_reason != "WRITE_MISMATCH") {  // then the message has said it
      known.Say(memory + " was read back: it is neither the old one nor the new one");
    }
    SayWhetherItStarts(job, known, unknown);
  } else if (job.outcome == "CHANGED_UNVERIFIED") {
    known.Say("every command of the write was reported good");
    unknown.Say(fmt::format("whether {} is what was to be written: it was not read back", memory));
  } else {
    SayUnknown(memory, seen, known, unknown);
  }
}

void SayEeprom(const storage::Job& job, Part& known, Part& unknown) {
  if (WritesEeprom(job) || WritesBoth(job)) return;  // said as what was written
  if (job.eeprom_check == "EQUAL") {
    known.Say("the EEPROM is as it was: every byte was compared");
  } else if (job.eeprom_check == "VOLATILE_ONLY") {
    known.Say("the EEPROM is as it was, but for bytes that change with use");
  } else if (job.eeprom_check == "CHANGED") {
    known.Say("the EEPROM is not what it was before this job");
  } else {
    unknown.Say(
        "whether the EEPROM is as it was: it could not be read; a job of this kind does not write "
        "it");
  }
}

void SayRecovery(const AdviceInputs& inputs, Part& next) {
  const storage::Job& job = inputs.job;
  next.SayAsIs("firmbench job recover jobs/" + jobs::RootJob(job));
  next.Say(fmt::format(
      "it shows its plan, asks, and writes what {} held before; you may be asked to switch the "
      "drive off and on",
      TheMemory(job.memory)));
  next.Say("until then leave the drive attached; nothing else is written to it");
  next.Say(
      "if the PC does not start with the drive attached: unplug the drive's power, start the PC, "
      "and plug the power in when you are asked to");
}

// The firmware is whole, and what cannot be replaced is not.
void SayEepromChanged(const AdviceInputs& inputs, Part& next) {
  const storage::Dump* eeprom = Before(inputs, "eeprom");
  const std::string dump = eeprom == nullptr ? "DUMP" : "dumps/" + eeprom->id;
  next.Say("burn nothing with the drive, and keep it as it is");
  next.SayAsIs(fmt::format("firmbench backup drives/{} --memory eeprom", inputs.job.drive_id));
  next.Say(fmt::format(
      "then `firmbench dump compare` with {0} says where the EEPROM differs; `firmbench restore` "
      "writes {0} back where that is possible, once `firmbench drive lift` ended the quarantine",
      dump));
}

// Of a chip that was written; the drive plays no part.
void SayChip(const AdviceInputs& inputs, const std::string& seen, Part& known, Part& unknown) {
  constexpr std::string_view kChipNotSeen = "what the chip holds could not be looked at";
  const storage::Job& job = inputs.job;
  if (IsWhole(job)) {
    known.Say(job.outcome == "NO_EFFECT"
                  ? "the chip was read back and holds what it held before"
                  : "the chip was read back, and every byte is what was to be written");
  } else {
    known.Say("the write had begun");
    const bool looked = !seen.empty() && seen.rfind(kChipNotSeen, 0) != 0;
    if (looked) known.Say(fmt::format("when the chip was read, {}", seen));
    unknown.Say(looked || job.drive_state == "partly_written"
                    ? "whether the chip works with what it holds now"
                    : "what the chip holds now: it could not be read");
  }
  const storage::Dump* const before = Before(inputs, "firmware");
  if (before == nullptr) return;
  known.Say(fmt::format("what the chip held before is safe in the ledger since {}: dumps/{}",
                        FormatMinute(before->created_us), before->id));
}

std::string NothingWritten(const storage::Job& job) {
  if (OnlyReads(job)) return "a job of this kind only reads: nothing was written";
  return IsOnChip(job) ? "nothing was written: the chip is as it was"
                       : "nothing was written: firmware and EEPROM are as they were";
}

void SayNext(const AdviceInputs& inputs, Part& next) {
  const storage::Job& job = inputs.job;
  if (!inputs.recovered_by.empty()) {
    next.Say(fmt::format("nothing: jobs/{} brought the drive back", inputs.recovered_by));
  } else if (Wrote(job) && IsWhole(job) && job.eeprom_check == "CHANGED" && !WritesEeprom(job) &&
             !WritesBoth(job)) {
    SayEepromChanged(inputs, next);
  } else if (inputs.needs_recovery) {
    SayRecovery(inputs, next);
  } else if (job.result == "CANCELLED") {
    next.Say("nothing has to be done; start the job again when you want it");
  } else if (!job.error_remedy.empty()) {
    next.Say(job.error_remedy);
  } else if (Wrote(job)) {
    next.SayAsIs("firmbench drive show drives/" + job.drive_id);
    next.Say("it tells what the drive says of itself");
  } else {
    next.Say("start the job again");
  }
}

}  // namespace

bool NeedsAdvice(const storage::Job& job) {
  if (job.state != "CLOSED") return false;
  const bool sure = job.outcome != "CHANGED_UNVERIFIED" && job.outcome != "UNKNOWN";
  return job.result != "SUCCEEDED" || (Wrote(job) && !sure);
}

std::vector<std::string> Advice(const AdviceInputs& inputs) {
  const storage::Job& job = inputs.job;
  std::vector<std::string> lines;
  if (!NeedsAdvice(job)) return lines;
  Part happened("What happened");
  Part known("Known");
  Part unknown("Not known");
  Part next("Next");
  const Message message = Split(job.error_message);
  happened.Say(message.what);
  if (Wrote(job) && IsOnChip(job)) {
    happened.Say(FirstTrouble(inputs));
    SayChip(inputs, message.seen, known, unknown);
  } else if (Wrote(job)) {
    happened.Say(FirstTrouble(inputs));
    SayMemory(job, message.seen, known, unknown);
    SayEeprom(job, known, unknown);
    known.Say(BackupText(inputs));
  } else {
    known.Say(FailedStep(inputs));
    known.Say(NothingWritten(job));
    known.Say(message.seen);
  }
  SayNext(inputs, next);
  // What it holds now is what the job that brought it back says.
  if (!inputs.recovered_by.empty()) unknown = Part("Not known");
  for (const Part* part : {&happened, &known, &unknown, &next}) {
    lines.insert(lines.end(), part->lines().begin(), part->lines().end());
  }
  return lines;
}

}  // namespace firmbench::rpc
