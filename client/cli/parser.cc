// SPDX-License-Identifier: Apache-2.0
#include "client/cli/parser.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>

#include "client/cli/audit.h"
#include "client/cli/bench.h"
#include "client/cli/drive.h"
#include "client/cli/dump.h"
#include "client/cli/explain.h"
#include "client/cli/image.h"
#include "client/cli/job.h"
#include "client/cli/unit.h"
#include "client/cli/work.h"

namespace firmbench::cli {
namespace {

constexpr char kFooter[] = R"(Exit status:
  0    done
  1    failed: the reason is on the standard error output
  2    the command line is wrong, or a change was not confirmed by --yes
  3    the job ended, but not with success
  4    not allowed
  5    the bench cannot be reached
  6    they differ (dump compare, verify)
  130  interrupted; a job that was being watched goes on

Names: drives/ID, units/ID, dumps/ID, images/ID, jobs/ID, or the ID alone. A drive may also be
named by its bay (bay-1), its unit (U-0001) or the first four or more characters of its ID.

Environment:
  FIRMBENCH_BENCH  address of the bench when there is no --bench
  NO_COLOR         no colours when set

Examples:
  firmbench drive list
  firmbench backup bay-1
  firmbench flash U-0001 SS0E.bin --dry-run
  firmbench job recover 01jd9rd3q5e8n2x4z7w0k6m1hb
  firmbench -o json dump list | jq -r '.dumps[].sha256'
  firmbench explain
)";

// CLI11 takes callbacks and places for values; both live in one Builder until parsing is over.
class Builder {
 public:
  Builder() {
    app_.set_version_flag("--version", "firmbench " FIRMBENCH_VERSION);
    app_.footer(kFooter);
    app_.require_subcommand(1);
    // -o may stand behind the command, too.
    app_.fallthrough();
    invocation_.globals.bench = DefaultBench();
    app_.add_option("--bench", invocation_.globals.bench, "The bench, unix:PATH")
        ->capture_default_str();
    const std::map<std::string, OutputFormat> formats = {{"table", OutputFormat::kTable},
                                                         {"wide", OutputFormat::kWide},
                                                         {"json", OutputFormat::kJson}};
    app_.add_option("-o,--output", format_, "table, wide or json")
        ->check(CLI::IsMember(formats))
        ->each([this, formats](const std::string& word) {
          const auto found = formats.find(word);
          if (found != formats.end()) invocation_.globals.output = found->second;
        });
    AddDrive();
    AddUnit();
    AddWork();
    AddDump();
    AddImage();
    AddJob();
    AddAudit();
    AddBenchAndExplain();
  }

  CLI::App& app() { return app_; }
  Invocation& invocation() { return invocation_; }

 private:
  // A noun; its verbs are added to what is returned.
  CLI::App& Noun(const std::string& name, const std::string& text) {
    CLI::App* noun = app_.add_subcommand(name, text);
    noun->require_subcommand(1);
    noun->fallthrough();
    return *noun;
  }

  // A command. `options` is kept for as long as the parser lives, and copied when it is chosen.
  template <typename Options>
  CLI::App& Verb(CLI::App& parent, const std::string& name, const std::string& text,
                 const std::string& examples, const std::shared_ptr<Options>& options,
                 Ending (*run)(Context&, const Options&)) {
    CLI::App* verb = parent.add_subcommand(name, text);
    verb->fallthrough();
    verb->footer("Examples:\n" + examples);
    verb->callback([this, options, run] {
      invocation_.run = [options, run](Context& context) { return run(context, *options); };
    });
    return *verb;
  }

  void Verb(CLI::App& parent, const std::string& name, const std::string& text,
            const std::string& examples, Ending (*run)(Context&)) {
    CLI::App* verb = parent.add_subcommand(name, text);
    verb->fallthrough();
    verb->footer("Examples:\n" + examples);
    verb->callback([this, run] { invocation_.run = run; });
  }

  // What every command that writes takes.
  static void Writing(CLI::App& verb, WritingOptions& options) {
    verb.add_flag("--dry-run", options.dry_run, "Show the plan and stop");
    verb.add_flag("--yes", options.yes, "Do not ask");
    verb.add_option("--reason", options.reason,
                    "Why it shall be done although the plan asks for a reason; kept for ever");
  }

  static void Limit(CLI::App& verb, int& limit) {
    constexpr int kMost = 100'000;
    verb.add_option("--limit", limit, "At most so many rows")
        ->check(CLI::Range(1, kMost))
        ->capture_default_str();
  }

  void AddDrive();
  void AddUnit();
  void AddWork();
  void AddDump();
  void AddImage();
  void AddJob();
  void AddAudit();
  void AddBenchAndExplain();

  CLI::App app_{"Backs up and flashes the optical drives of a bench, and keeps their dumps.",
                "firmbench"};
  Invocation invocation_;
  std::string format_ = "table";
};

void Builder::AddDrive() {
  CLI::App& drive = Noun("drive", "The drives that are attached now");
  Verb(drive, "list", "Every drive of the bench",
       "  firmbench drive list\n  firmbench -o wide drive list\n", RunDriveList);
  const auto options = std::make_shared<DriveOptions>();
  Verb(drive, "show",
       "Everything about one drive: for each memory read, flash and restore, yes or no, and why",
       "  firmbench drive show bay-1\n  firmbench -o json drive show U-0001\n", options,
       RunDriveShow)
      .add_option("DRIVE", options->drive, "Which drive")
      ->required();
  Verb(drive, "eject", "Opens the tray", "  firmbench drive eject bay-1\n", options, RunDriveEject)
      .add_option("DRIVE", options->drive, "Which drive")
      ->required();

  const auto claim = std::make_shared<DriveClaimOptions>();
  CLI::App& claim_verb = Verb(
      drive, "claim", "Says that you use the drive: nobody else starts a job on it meanwhile",
      "  firmbench drive claim bay-1 --for 2h --note \"reading the chip\"\n", claim, RunDriveClaim);
  claim_verb.add_option("DRIVE", claim->drive, "Which drive")->required();
  claim_verb.add_option("--for", claim->duration,
                        "How long: 90s, 30m, 2h, up to a day; else as the bench is configured, "
                        "usually 30m");
  claim_verb.add_option("--note", claim->note, "What for");
  Verb(drive, "release", "Ends your claim early", "  firmbench drive release bay-1\n", options,
       RunDriveRelease)
      .add_option("DRIVE", options->drive, "Which drive")
      ->required();
  const auto lift = std::make_shared<DriveLiftOptions>();
  CLI::App& lift_verb =
      Verb(drive, "lift", "Lets a drive in quarantine be written again; you answer for it",
           "  firmbench drive lift bay-1 --reason \"new cable, reads agree again\"\n", lift,
           RunDriveLift);
  lift_verb.add_option("DRIVE", lift->drive, "Which drive")->required();
  lift_verb.add_option("--reason", lift->reason, "Why; kept for ever")->required();
}

void Builder::AddUnit() {
  CLI::App& unit = Noun("unit", "The physical drives that this bench has seen");
  const auto list = std::make_shared<UnitListOptions>();
  Limit(
      Verb(unit, "list", "Every unit, newest first", "  firmbench unit list\n", list, RunUnitList),
      list->limit);
  const auto show = std::make_shared<UnitShowOptions>();
  Verb(unit, "show", "One unit: what it is known by, and its dumps",
       "  firmbench unit show U-0001\n", show, RunUnitShow)
      .add_option("UNIT", show->unit, "units/ID, U-0001 or its label")
      ->required();
}

void Builder::AddWork() {
  const auto backup = std::make_shared<BackupOptions>();
  CLI::App& backup_verb = Verb(
      app_, "backup", "Reads the memories of a drive into the ledger; changes nothing",
      "  firmbench backup bay-1\n  firmbench backup U-0001 --memory eeprom\n", backup, RunBackup);
  backup_verb.add_option("DRIVE", backup->drive, "Which drive")->required();
  backup_verb.add_option("--memory", backup->memory, "firmware, eeprom or all")
      ->check(CLI::IsMember({"firmware", "eeprom", "all"}))
      ->capture_default_str();

  const auto flash = std::make_shared<FlashOptions>();
  CLI::App& flash_verb = Verb(
      app_, "flash", "Writes a firmware file into a drive, after its memories are safely backed up",
      "  firmbench flash U-0001 SS0E.bin --dry-run\n"
      "  firmbench flash U-0001 images/01jd9rd3q5e8n2x4z7w0k6m1hb --yes\n",
      flash, RunFlash);
  flash_verb.add_option("DRIVE", flash->drive, "Which drive")->required();
  flash_verb.add_option("IMAGE", flash->image, "An image, or a file")->required();
  Writing(flash_verb, flash->writing);

  const auto restore = std::make_shared<RestoreOptions>();
  CLI::App& restore_verb =
      Verb(app_, "restore", "Writes a unit's own dump back into it",
           "  firmbench restore U-0001 dumps/01jd9rd3q5e8n2x4z7w0k6m1hb --dry-run\n", restore,
           RunRestore);
  restore_verb.add_option("DRIVE", restore->drive, "Which drive")->required();
  restore_verb.add_option("DUMP", restore->dump, "A dump of its firmware or of its EEPROM")
      ->required();
  Writing(restore_verb, restore->writing);

  const auto recover = std::make_shared<RecoverOptions>();
  CLI::App& recover_verb = Verb(
      app_, "recover",
      "Brings back a dead drive that no job of this bench wrote: it does not say any more what "
      "it is, so you do. A drive whose job was cut is brought back by `firmbench job recover`",
      "  firmbench recover bay-1 --model LTR-48246S --image SS0E.bin --dry-run\n"
      "  firmbench recover bay-1 --model LTR-48246S --dump 01jd9rd3q5e8n2x4z7w0k6m1hb\n",
      recover, RunRecover);
  recover_verb.add_option("DRIVE", recover->drive, "Which drive")->required();
  recover_verb.add_option("--model", recover->model, "The model on the drive's sticker")
      ->required();
  CLI::Option_group* source = recover_verb.add_option_group("source", "What is written into it");
  source->add_option("--image", recover->image, "An image, or a file");
  source->add_option("--dump", recover->dump, "A backup of this very drive");
  source->require_option(1);
  Writing(recover_verb, recover->writing);

  const auto verify = std::make_shared<VerifyOptions>();
  CLI::App& verify_verb =
      Verb(app_, "verify", "Reads a drive and compares it with a dump or a firmware file",
           "  firmbench verify U-0001 SS0E.bin\n", verify, RunVerify);
  verify_verb.add_option("DRIVE", verify->drive, "Which drive")->required();
  verify_verb.add_option("AGAINST", verify->against, "A dump, an image, or a file")->required();
}

void Builder::AddDump() {
  CLI::App& dump = Noun("dump", "What was read out of drives");
  const auto list = std::make_shared<DumpListOptions>();
  CLI::App& list_verb =
      Verb(dump, "list", "Dumps, newest first",
           "  firmbench dump list --unit U-0001 --memory eeprom\n", list, RunDumpList);
  list_verb.add_option("--unit", list->unit, "Only of this unit");
  list_verb.add_option("--job", list->job, "Only of this job");
  list_verb.add_option("--memory", list->memory, "Only firmware or only eeprom")
      ->check(CLI::IsMember({"firmware", "eeprom"}));
  Limit(list_verb, list->limit);

  const auto show = std::make_shared<DumpShowOptions>();
  Verb(dump, "show", "One dump: hashes, unit, how it was read",
       "  firmbench dump show dumps/01jd9rd3q5e8n2x4z7w0k6m1hb\n", show, RunDumpShow)
      .add_option("DUMP", show->dump, "Which dump")
      ->required();

  const auto take = std::make_shared<DumpExportOptions>();
  CLI::App& export_verb = Verb(dump, "export", "Writes the bytes of a dump into a file",
                               "  firmbench dump export dumps/01jd9rd3q5e8n2x4z7w0k6m1hb\n"
                               "  firmbench dump export 01jd9rd3q5e8n2x4z7w0k6m1hb old.bin\n"
                               "  firmbench dump export 01jd9rd3q5e8n2x4z7w0k6m1hb - | xxd\n",
                               take, RunDumpExport);
  export_verb.add_option("DUMP", take->dump, "Which dump")->required();
  export_verb.add_option("FILE", take->file,
                         "The file, - for the standard output; without it a name is made up");
  export_verb.add_flag("--force", take->force, "Replace a file that exists");

  const auto compare = std::make_shared<DumpCompareOptions>();
  CLI::App& compare_verb =
      Verb(dump, "compare", "Says whether two dumps, images or files are identical, or where not",
           "  firmbench dump compare before.bin after.bin\n"
           "  firmbench dump compare 01jd9rd3q5e8n2x4z7w0k6m1hb SS0E.bin\n",
           compare, RunDumpCompare);
  compare_verb.add_option("A", compare->a, "A dump, an image, or a file")->required();
  compare_verb.add_option("B", compare->b, "A dump, an image, or a file")->required();
}

void Builder::AddImage() {
  CLI::App& image = Noun("image", "The library of firmware files");
  const auto add = std::make_shared<ImageAddOptions>();
  Verb(image, "add", "Puts a file into the library", "  firmbench image add SS0E.bin\n", add,
       RunImageAdd)
      .add_option("FILE", add->file, "The file")
      ->required();
  const auto list = std::make_shared<ImageListOptions>();
  Limit(Verb(image, "list", "Images, newest first", "  firmbench image list\n", list, RunImageList),
        list->limit);
  const auto show = std::make_shared<ImageShowOptions>();
  Verb(image, "show", "One image: what it is, and its hashes",
       "  firmbench image show images/01jd9rd3q5e8n2x4z7w0k6m1hb\n", show, RunImageShow)
      .add_option("IMAGE", show->image, "Which image")
      ->required();
}

void Builder::AddJob() {
  CLI::App& job = Noun("job", "Work on drives, now and before");
  const auto list = std::make_shared<JobListOptions>();
  CLI::App& list_verb =
      Verb(job, "list", "Jobs, newest first", "  firmbench job list --open\n", list, RunJobList);
  list_verb.add_option("--drive", list->drive, "Only of this drive");
  list_verb.add_option("--unit", list->unit, "Only of this unit");
  list_verb.add_flag("--open", list->open_only, "Only jobs that have not ended");
  Limit(list_verb, list->limit);

  const auto which = std::make_shared<JobOptions>();
  const auto add = [&](const char* name, const char* text, const char* examples,
                       Ending (*run)(Context&, const JobOptions&)) {
    Verb(job, name, text, examples, which, run)
        .add_option("JOB", which->job, "Which job")
        ->required();
  };
  add("show", "One job: plan, steps, outcome",
      "  firmbench job show jobs/01jd9rd3q5e8n2x4z7w0k6m1hb\n", RunJobShow);
  add("watch", "Watches a job until it ends; Ctrl-C lets go of it, and it goes on",
      "  firmbench job watch 01jd9rd3q5e8n2x4z7w0k6m1hb\n", RunJobWatch);
  add("cancel", "Ends a job that has not begun to write",
      "  firmbench job cancel 01jd9rd3q5e8n2x4z7w0k6m1hb\n", RunJobCancel);

  const auto recover = std::make_shared<JobRecoverOptions>();
  CLI::App& recover_verb =
      Verb(job, "recover", "Brings back the drive of a job whose write was cut",
           "  firmbench job recover 01jd9rd3q5e8n2x4z7w0k6m1hb --dry-run\n"
           "  firmbench job recover 01jd9rd3q5e8n2x4z7w0k6m1hb --to new --yes\n",
           recover, RunJobRecover);
  recover_verb.add_option("JOB", recover->job, "The job whose write was cut")->required();
  recover_verb
      .add_option("--to", recover->to,
                  "old: what the drive held before (the usual way); new: what the job wanted to "
                  "write")
      ->check(CLI::IsMember({"old", "new"}));
  Writing(recover_verb, recover->writing);

  const auto approve = std::make_shared<JobApproveOptions>();
  CLI::App& approve_verb =
      Verb(job, "approve", "Says yes, as the second person, to a job that waits for one",
           "  firmbench job approve 01jd9rd3q5e8n2x4z7w0k6m1hb --reason \"I saw the board\"\n",
           approve, RunJobApprove);
  approve_verb.add_option("JOB", approve->job, "Which job; read its plan with `job show` first")
      ->required();
  approve_verb.add_option("--reason", approve->reason, "Why; kept for ever")->required();

  const auto answer = std::make_shared<JobAnswerOptions>();
  CLI::App& answer_verb = Verb(job, "answer", "Answers what a job waits for",
                               "  firmbench job answer 01jd9rd3q5e8n2x4z7w0k6m1hb done\n"
                               "  firmbench job answer 01jd9rd3q5e8n2x4z7w0k6m1hb cancel\n",
                               answer, RunJobAnswer);
  answer_verb.add_option("JOB", answer->job, "Which job")->required();
  answer_verb.add_option("ANSWER", answer->answer, "done or cancel")->capture_default_str();
  answer_verb.add_option("--prompt", answer->prompt, "ID of the prompt; else the pending one");
}

void Builder::AddAudit() {
  CLI::App& audit = Noun("audit", "Who did what, and whether the record is sound");
  const auto list = std::make_shared<AuditListOptions>();
  CLI::App& list_verb = Verb(audit, "list", "Entries, newest first",
                             "  firmbench audit list --resource jobs/01jd9rd3q5e8n2x4z7w0k6m1hb\n",
                             list, RunAuditList);
  list_verb.add_option("--resource", list->resource, "Only about this resource");
  list_verb.add_option("--principal", list->principal, "Only of this person");
  list_verb.add_option("--action", list->action, "Only of this action");
  Limit(list_verb, list->limit);
  Verb(audit, "verify",
       "Reads the whole ledger: every entry, every node of the hash tree, every stored byte",
       "  firmbench audit verify\n", RunAuditVerify);
}

void Builder::AddBenchAndExplain() {
  CLI::App& bench = Noun("bench", "The bench itself");
  Verb(bench, "info", "Version, drives, open jobs, problems", "  firmbench bench info\n",
       RunBenchInfo);

  const auto explain = std::make_shared<ExplainOptions>();
  CLI::App* verb = app_.add_subcommand("explain", "Answers in plain words; needs no bench");
  verb->fallthrough();
  verb->footer("Examples:\n  firmbench explain\n  firmbench explain memories\n");
  verb->add_option("TOPIC", explain->topic, "Which topic; without it the topics are listed");
  verb->callback([this, explain] {
    invocation_.run_alone = [explain](Console& console) { return RunExplain(console, *explain); };
  });
}

// "firmbench drive show", as far as the command line was understood.
std::string Understood(const CLI::App& app) {
  std::string name = app.get_name();
  for (const CLI::App* sub : app.get_subcommands()) name += " " + Understood(*sub);
  return name;
}

std::string WhatIsWrong(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !unknown.empty()) {
    return "there is no command '" + unknown.front() + "'";
  }
  return error.what();
}

}  // namespace

Result<std::optional<Invocation>> ParseCommandLine(int argc, char** argv) {
  Builder builder;
  try {
    builder.app().parse(argc, argv);
    return std::optional<Invocation>(std::move(builder.invocation()));
  } catch (const CLI::ParseError& error) {
    // --help and --version are "errors" with status 0, and print to stdout. What CLI11 would say of
    // others is said by the error instead.
    std::ostringstream ignored;
    if (builder.app().exit(error, std::cout, ignored) == 0) return std::optional<Invocation>();
    return InvalidArgument(kReasonUsage, WhatIsWrong(builder.app(), error))
        .WithRemedy("read `" + Understood(builder.app()) + " --help`");
  }
}

}  // namespace firmbench::cli
