// SPDX-License-Identifier: Apache-2.0
#include "client/cli/parser.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>

#include "client/cli/audit.h"
#include "client/cli/audit_checkpoint.h"
#include "client/cli/audit_export.h"
#include "client/cli/audit_prove.h"
#include "client/cli/bench.h"
#include "client/cli/compare.h"
#include "client/cli/doctor.h"
#include "client/cli/drive.h"
#include "client/cli/dump.h"
#include "client/cli/dump_import.h"
#include "client/cli/explain.h"
#include "client/cli/export.h"
#include "client/cli/find.h"
#include "client/cli/image.h"
#include "client/cli/job.h"
#include "client/cli/ledger.h"
#include "client/cli/parser_access.h"
#include "client/cli/parser_app.h"
#include "client/cli/parser_bench_tools.h"
#include "client/cli/parser_trace.h"
#include "client/cli/parser_verb.h"
#include "client/cli/passport.h"
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
  6    they differ (compare, verify)
  7    of several benches some did not do it: they are named, the others' answers are there
  130  interrupted; a job that was being watched goes on

Names: drives/ID, units/ID, dumps/ID, images/ID, jobs/ID, or the ID alone. A drive may also be
named by its bay (bay-1), its unit (U-0001) or the first four or more characters of its ID.

Environment:
  FIRMBENCH_BENCH  address of the bench when there is no --bench
  NO_COLOR         no colours when set

Examples:
  firmbench drive list
  firmbench --bench all job list --open
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
    app_.add_option("--bench", invocation_.globals.bench,
                    "The bench: unix:PATH, or a name of `bench list`; a,b or all for several")
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
    AddMtkflash(app_, invocation_);
    AddChip(app_, invocation_);
    AddProbe(app_, invocation_);
    AddDump();
    AddImage();
    AddJob();
    AddAudit();
    AddLedger();
    AddFind();
    AddExport();
    AddBenchAndExplain();
    AddAccess(app_, invocation_);
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
                 Ending (*run)(Context&, const Options&), const Reach& reach = kOneBench) {
    return cli::Verb(parent, invocation_, name, text, examples, options, run, reach);
  }

  void Verb(CLI::App& parent, const std::string& name, const std::string& text,
            const std::string& examples, Ending (*run)(Context&), const Reach& reach) {
    cli::Verb(parent, invocation_, name, text, examples, run, reach);
  }

  static void Limit(CLI::App& verb, int& limit) {
    constexpr int kMost = 100'000;
    verb.add_option("--limit", limit, "At most so many rows")
        ->check(CLI::Range(1, kMost))
        ->capture_default_str();
  }

  static void AuditFilter(CLI::App& verb, AuditFilterOptions& filter);

  void AddDrive();
  void AddUnit();
  void AddUnitDecisions(CLI::App& unit);
  void AddWork();
  void AddCompare(CLI::App& parent, const std::string& examples);
  void AddDump();
  void AddImage();
  void AddImageMarks(CLI::App& image);
  void AddJob();
  void AddAudit();
  void AddLedger();
  void AddFind();
  void Export(CLI::App& parent, const std::string& examples, bool all);
  void AddExport();
  void AddBenchAndExplain();

  CLI::App app_{"Backs up and flashes the optical drives of a bench, and keeps their dumps.",
                "firmbench"};
  Invocation invocation_;
  std::string format_ = "table";
};

void Builder::AddDrive() {
  CLI::App& drive = Noun("drive", "The drives that are attached now");
  Verb(drive, "list", "Every drive of the bench",
       "  firmbench drive list\n  firmbench -o wide drive list\n", RunDriveList, kSeveral);
  const auto options = std::make_shared<DriveOptions>();
  Verb(drive, "show",
       "Everything about one drive: for each memory read, flash and restore, yes or no, and why",
       "  firmbench drive show bay-1\n  firmbench -o json drive show U-0001\n", options,
       RunDriveShow, kAnyOfThem)
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
  CLI::App& list_verb =
      Verb(unit, "list", "Every unit, newest first",
           "  firmbench unit list\n  firmbench unit list --all\n", list, RunUnitList, kSeveral);
  list_verb.add_flag("--all", list->all, "Also those that were put away or merged");
  Limit(list_verb, list->limit);
  const auto show = std::make_shared<UnitShowOptions>();
  Verb(unit, "show", "One unit: what it is known by, all that happened to it, its dumps",
       "  firmbench unit show U-0001\n", show, RunUnitShow, kAnyOfThem)
      .add_option("UNIT", show->unit, "units/ID, U-0001, its label or its serial number")
      ->required();
  Export(unit, "  firmbench unit export U-0001 -o U-0001\n", false);

  const auto passport = std::make_shared<UnitPassportOptions>();
  CLI::App& passport_verb = Verb(
      unit, "passport",
      "Writes a page for the drive's owner: what it is known by, what happened to it, its dumps "
      "and what speaks for them, its EEPROM byte by byte; for screen and paper, or as JSON",
      "  firmbench unit passport U-0001 -o U-0001.html\n"
      "  firmbench unit passport U-0001 -o U-0001.json --force\n",
      passport, RunUnitPassport);
  passport_verb.add_option("UNIT", passport->unit, "units/ID, U-0001 or its label")->required();
  passport_verb.add_option("-o,--output", passport->file, "The file, .html or .json")->required();
  passport_verb.add_flag("--force", passport->force, "Replace a file that exists");

  const auto label = std::make_shared<UnitLabelOptions>();
  CLI::App& label_verb =
      Verb(unit, "label", "Says what label is on the drive; a scanner types it for you",
           "  firmbench unit label U-0001 FB-00017\n  firmbench unit label U-0001 --remove\n",
           label, RunUnitLabel);
  label_verb.add_option("UNIT", label->unit, "Which unit")->required();
  label_verb.add_option("LABEL", label->label, "What is on the drive, at most 64 bytes");
  label_verb.add_flag("--remove", label->remove, "Take the label off");

  const auto note = std::make_shared<UnitNoteOptions>();
  CLI::App& note_verb =
      Verb(unit, "note", "Says something of a unit, or that foreign work was done to it",
           "  firmbench unit note U-0001 \"tray belt replaced\"\n"
           "  firmbench unit note U-0001 --outside \"MTKFLASH 1.83\" \"SS0D flashed under DOS\"\n",
           note, RunUnitNote);
  note_verb.add_option("UNIT", note->unit, "Which unit")->required();
  note_verb.add_option("TEXT", note->text, "The note; kept in the unit's history");
  note_verb.add_option("--outside", note->tool, "It was done with this tool, not by firmbench");

  const auto archive = std::make_shared<UnitArchiveOptions>();
  CLI::App& archive_verb =
      Verb(unit, "archive", "Puts a unit away: lists leave it out, it is still recognised",
           "  firmbench unit archive U-0001 --reason \"sold\"\n"
           "  firmbench unit archive U-0001 --undo\n",
           archive, RunUnitArchive);
  archive_verb.add_option("UNIT", archive->unit, "Which unit")->required();
  archive_verb.add_option("--reason", archive->reason, "Why");
  archive_verb.add_flag("--undo", archive->undo, "Take it out again");
  AddUnitDecisions(unit);
}

// What settles which unit is which, and whose.
void Builder::AddUnitDecisions(CLI::App& unit) {
  const auto merge = std::make_shared<UnitMergeOptions>();
  CLI::App& merge_verb =
      Verb(unit, "merge", "Says that two units are one; nothing of either is lost",
           "  firmbench unit merge U-0007 U-0001 --reason \"same board, serial was rewritten\"\n",
           merge, RunUnitMerge);
  merge_verb.add_option("FROM", merge->from, "The unit that is no other")->required();
  merge_verb.add_option("INTO", merge->into, "The unit that it turned out to be")->required();
  merge_verb.add_option("--reason", merge->reason, "Why; kept for ever")->required();

  const auto split = std::make_shared<UnitSplitOptions>();
  CLI::App& split_verb =
      Verb(unit, "split", "Says that some dumps are of another drive, and makes a unit of them",
           "  firmbench unit split U-0001 01jd9rd3q5e8n2x4z7w0k6m1hb --reason \"two boards\"\n",
           split, RunUnitSplit);
  split_verb.add_option("UNIT", split->unit, "Which unit")->required();
  split_verb.add_option("DUMP", split->dumps, "The dumps that are of the other one")->required();
  split_verb.add_option("--reason", split->reason, "Why; kept for ever")->required();

  const auto attribute = std::make_shared<UnitAttributeOptions>();
  CLI::App& attribute_verb = Verb(
      unit, "attribute", "Says of which unit a dump is; settles which unit an uncertain drive is",
      "  firmbench unit attribute 01jd9rd3q5e8n2x4z7w0k6m1hb U-0001 --reason \"I read the "
      "label\"\n"
      "  firmbench unit attribute 01jd9rd3q5e8n2x4z7w0k6m1hb --new --reason \"another drive\"\n",
      attribute, RunUnitAttribute);
  attribute_verb.add_option("DUMP", attribute->dump, "Which dump")->required();
  CLI::Option_group* to = attribute_verb.add_option_group("to", "What it is of");
  to->add_option("UNIT", attribute->unit, "Of this unit");
  to->add_flag("--new", attribute->make_new, "Of a drive that is no unit yet");
  to->add_flag("--chip", attribute->chip, "Of a bare chip");
  to->add_flag("--unidentified", attribute->unidentified, "Nobody can say");
  to->require_option(1);
  attribute_verb.add_option("--reason", attribute->reason, "Why; kept for ever")->required();

  const auto customer = std::make_shared<UnitCustomerOptions>();
  CLI::App& customer_verb =
      Verb(unit, "customer", "Says whose drive it is; kept out of the audit log",
           "  firmbench unit customer U-0001 --name \"Video Lab Ltd\" --ticket 4711\n", customer,
           RunUnitCustomer);
  customer_verb.add_option("UNIT", customer->unit, "Which unit")->required();
  customer_verb.add_option("--name", customer->customer, "The customer");
  customer_verb.add_option("--ticket", customer->ticket, "The customer's ticket");

  const auto erase = std::make_shared<UnitEraseOptions>();
  CLI::App& erase_verb =
      Verb(unit, "erase", "Erases the customer's data of a unit for good; dumps and the log stay",
           "  firmbench unit erase U-0001 --yes --reason \"asked for it\"\n", erase, RunUnitErase);
  erase_verb.add_option("UNIT", erase->unit, "Which unit")->required();
  erase_verb.add_flag("--yes", erase->yes, "Do not ask: customers, tickets and notes are lost");
  erase_verb.add_option("--reason", erase->reason, "Why, without saying whose");
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
  AddWritingOptions(flash_verb, flash->writing);

  const auto convert = std::make_shared<ConvertOptions>();
  CLI::App& convert_verb = Verb(
      app_, "convert",
      "Makes another model of a drive: changes the bytes of its own EEPROM that name the "
      "model, then writes that model's firmware",
      "  firmbench convert U-0001 --to LDW-851S --image GS0N.bin --dry-run\n", convert, RunConvert);
  convert_verb.add_option("DRIVE", convert->drive, "Which drive")->required();
  convert_verb.add_option("--to", convert->model, "The model that it shall become")->required();
  convert_verb.add_option("--image", convert->image, "An image of that model, or a file")
      ->required();
  AddWritingOptions(convert_verb, convert->writing);

  const auto restore = std::make_shared<RestoreOptions>();
  CLI::App& restore_verb =
      Verb(app_, "restore", "Writes a unit's own dump back into it",
           "  firmbench restore U-0001 dumps/01jd9rd3q5e8n2x4z7w0k6m1hb --dry-run\n", restore,
           RunRestore);
  restore_verb.add_option("DRIVE", restore->drive, "Which drive")->required();
  restore_verb.add_option("DUMP", restore->dump, "A dump of its firmware or of its EEPROM")
      ->required();
  restore_verb.add_option("--label", restore->label,
                          "What is on the drive, for an EEPROM so ruined that only its label tells "
                          "which unit it is");
  AddWritingOptions(restore_verb, restore->writing);

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
  AddWritingOptions(recover_verb, recover->writing);

  const auto verify = std::make_shared<VerifyOptions>();
  CLI::App& verify_verb =
      Verb(app_, "verify", "Reads a drive and compares it with a dump or a firmware file",
           "  firmbench verify U-0001 SS0E.bin\n", verify, RunVerify);
  verify_verb.add_option("DRIVE", verify->drive, "Which drive")->required();
  verify_verb.add_option("AGAINST", verify->against, "A dump, an image, or a file")->required();
}

void Builder::AddCompare(CLI::App& parent, const std::string& examples) {
  const auto compare = std::make_shared<CompareOptions>();
  CLI::App& verb =
      Verb(parent, "compare",
           "Says whether two dumps, images, files or drives are identical, or where not and what "
           "lies there; a drive is backed up first",
           examples, compare, RunCompare);
  const std::string side = "A dump, an image, a file, or drive:WHICH for the drive as it is now";
  verb.add_option("A", compare->a, side)->required();
  verb.add_option("B", compare->b, side)->required();
  verb.add_flag("--hex", compare->hex, "Also the bytes around what differs, side by side");
  verb.add_option("--memory", compare->memory,
                  "Of a drive: firmware or eeprom; else what the other side is")
      ->check(CLI::IsMember({"firmware", "eeprom"}));
}

void Builder::AddDump() {
  CLI::App& dump = Noun("dump", "What was read out of drives");
  const auto list = std::make_shared<DumpListOptions>();
  CLI::App& list_verb =
      Verb(dump, "list", "Dumps, newest first",
           "  firmbench dump list --unit U-0001 --memory eeprom\n", list, RunDumpList, kSeveral);
  list_verb.add_flag("--archived", list->archived, "Also those that were put away");
  list_verb.add_option("--unit", list->unit, "Only of this unit");
  list_verb.add_option("--job", list->job, "Only of this job");
  list_verb.add_option("--memory", list->memory, "Only firmware or only eeprom")
      ->check(CLI::IsMember({"firmware", "eeprom"}));
  Limit(list_verb, list->limit);

  const auto show = std::make_shared<DumpShowOptions>();
  Verb(dump, "show", "One dump: hashes, unit, how it was read",
       "  firmbench dump show dumps/01jd9rd3q5e8n2x4z7w0k6m1hb\n", show, RunDumpShow, kAnyOfThem)
      .add_option("DUMP", show->dump, "Which dump")
      ->required();

  const auto take = std::make_shared<DumpExportOptions>();
  CLI::App& export_verb = Verb(dump, "export", "Writes the bytes of a dump into a file",
                               "  firmbench dump export dumps/01jd9rd3q5e8n2x4z7w0k6m1hb\n"
                               "  firmbench dump export 01jd9rd3q5e8n2x4z7w0k6m1hb old.bin\n"
                               "  firmbench dump export 01jd9rd3q5e8n2x4z7w0k6m1hb - | xxd\n",
                               take, RunDumpExport);
  export_verb.add_option("DUMP", take->dump, "Which dump")->required();
  CLI::Option* file = export_verb.add_option(
      "FILE", take->file, "The file, - for the standard output; without it a name is made up");
  export_verb.add_option("-o,--file", take->file, "The same")->excludes(file);
  export_verb.add_flag("--force", take->force, "Replace a file that exists");

  const auto import = std::make_shared<DumpImportOptions>();
  CLI::App& import_verb = Verb(
      dump, "import", "Takes old backups into the ledger: says of every file what it is and whose",
      "  firmbench dump import old-backups --dry-run\n"
      "  firmbench dump import old-backups\n"
      "  firmbench dump import ltr48246s.bin --unit U-0001\n",
      import, RunDumpImport);
  import_verb.add_option("PATH", import->paths, "Folders and files; links inside are not followed")
      ->required();
  import_verb.add_option("--unit", import->unit, "The unit that they belong to, where you know it");
  import_verb
      .add_option("--as", import->as, "eeprom: you know that files of its size are EEPROM dumps")
      ->check(CLI::IsMember({"eeprom"}));
  import_verb.add_flag("--dry-run", import->dry_run, "Say what would be done, and do nothing");

  AddCompare(dump,
             "  firmbench dump compare before.bin after.bin\n"
             "  firmbench dump compare 01jd9rd3q5e8n2x4z7w0k6m1hb SS0E.bin --hex\n");
  AddCompare(app_,
             "  firmbench compare 01jd9rd3q5e8n2x4z7w0k6m1hb drive:bay-1\n"
             "  firmbench compare before.bin after.bin --hex | less -R\n");
}

void Builder::AddImage() {
  CLI::App& image = Noun("image", "The library of firmware files");
  const auto add = std::make_shared<ImageAddOptions>();
  CLI::App& add_verb =
      Verb(image, "add",
           "Puts a file, the firmware inside of an XFlash updater, or a donor's dump into "
           "the library",
           "  firmbench image add SS0E.bin\n  firmbench image add GSB7.exe --member GSB7\n"
           "  firmbench image add --from-dump 01jd9rd3q5e8n2x4z7w0k6m1hb\n",
           add, RunImageAdd);
  CLI::Option_group* source = add_verb.add_option_group("source", "Where it comes from");
  source->add_option("FILE", add->file, "The file");
  source->add_option("--from-dump", add->dump, "The firmware dump of a donor");
  source->require_option(1);
  add_verb.add_option("--member", add->member,
                      "Which firmware of an updater that holds several, by its revision");
  const auto list = std::make_shared<ImageListOptions>();
  CLI::App& list_verb = Verb(image, "list", "Images, newest first", "  firmbench image list\n",
                             list, RunImageList, kSeveral);
  list_verb.add_flag("--archived", list->archived, "Also those that were put away");
  Limit(list_verb, list->limit);
  const auto show = std::make_shared<ImageShowOptions>();
  Verb(image, "show", "One image: what it is, its hashes, and which attached drives it fits",
       "  firmbench image show images/01jd9rd3q5e8n2x4z7w0k6m1hb\n", show, RunImageShow, kAnyOfThem)
      .add_option("IMAGE", show->image, "Which image")
      ->required();
  AddImageMarks(image);
}

// What is said about an image is kept for ever, so each can be taken back but not removed.
void Builder::AddImageMarks(CLI::App& image) {
  const auto verb = [&](const char* name, const char* text, const char* examples,
                        Ending (*run)(Context&, const ImageMarkOptions&),
                        const std::shared_ptr<ImageMarkOptions>& options) -> CLI::App& {
    CLI::App& added = Verb(image, name, text, examples, options, run);
    added.add_option("IMAGE", options->image, "Which image")->required();
    return added;
  };
  const auto approve = std::make_shared<ImageMarkOptions>();
  CLI::App& approve_verb =
      verb("approve", "Says that the image is good; jobs with others say so",
           "  firmbench image approve 01jd9rd3q5e8n2x4z7w0k6m1hb --reason \"ran a week\"\n",
           RunImageApprove, approve);
  approve_verb.add_option("--reason", approve->text, "Why");
  approve_verb.add_flag("--withdraw", approve->undo, "Take it back");

  const auto bad = std::make_shared<ImageMarkOptions>();
  CLI::App& bad_verb =
      verb("known-bad", "Says that the image is bad: no job writes it any more",
           "  firmbench image known-bad 01jd9rd3q5e8n2x4z7w0k6m1hb --reason \"no DVD-R\"\n"
           "  firmbench image known-bad 01jd9rd3q5e8n2x4z7w0k6m1hb --clear --reason \"wrong\"\n",
           RunImageKnownBad, bad);
  bad_verb.add_option("--reason", bad->text, "Why; kept for ever")->required();
  bad_verb.add_flag("--clear", bad->undo, "It is not bad after all");

  const auto note = std::make_shared<ImageMarkOptions>();
  verb("note", "Writes a note to the image; the newest is shown",
       "  firmbench image note 01jd9rd3q5e8n2x4z7w0k6m1hb \"from the maker's site\"\n",
       RunImageNote, note)
      .add_option("TEXT", note->text, "The note; an empty one takes the last one away")
      ->required();

  const auto archive = std::make_shared<ImageMarkOptions>();
  CLI::App& archive_verb =
      verb("archive", "Puts the image away: it is kept, but lists leave it out",
           "  firmbench image archive 01jd9rd3q5e8n2x4z7w0k6m1hb\n", RunImageArchive, archive);
  archive_verb.add_option("--reason", archive->text, "Why");
  archive_verb.add_flag("--undo", archive->undo, "Take it out again");
}

void Builder::AddJob() {
  CLI::App& job = Noun("job", "Work on drives, now and before");
  const auto list = std::make_shared<JobListOptions>();
  CLI::App& list_verb = Verb(job, "list", "Jobs, newest first", "  firmbench job list --open\n",
                             list, RunJobList, kSeveral);
  list_verb.add_option("--drive", list->drive, "Only of this drive");
  list_verb.add_option("--unit", list->unit, "Only of this unit");
  list_verb.add_flag("--open", list->open_only, "Only jobs that have not ended");
  Limit(list_verb, list->limit);

  const auto which = std::make_shared<JobOptions>();
  const auto add = [&](const char* name, const char* text, const char* examples,
                       Ending (*run)(Context&, const JobOptions&), const Reach& reach) {
    Verb(job, name, text, examples, which, run, reach)
        .add_option("JOB", which->job, "Which job")
        ->required();
  };
  add("show", "One job: plan, steps, outcome",
      "  firmbench job show jobs/01jd9rd3q5e8n2x4z7w0k6m1hb\n", RunJobShow, kAnyOfThem);
  add("watch", "Watches a job until it ends; Ctrl-C lets go of it, and it goes on",
      "  firmbench job watch 01jd9rd3q5e8n2x4z7w0k6m1hb\n", RunJobWatch, kOneBench);
  add("cancel", "Ends a job that has not begun to write",
      "  firmbench job cancel 01jd9rd3q5e8n2x4z7w0k6m1hb\n", RunJobCancel, kOneBench);

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
  AddWritingOptions(recover_verb, recover->writing);

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
  AddJobTraces(job, invocation_);
}

void Builder::AuditFilter(CLI::App& verb, AuditFilterOptions& filter) {
  verb.add_option("--resource", filter.resource, "Only about this resource, such as jobs/ID");
  verb.add_option("--unit", filter.unit, "Only about this unit, its jobs and its dumps");
  verb.add_option("--principal", filter.principal, "Only of this person");
  verb.add_option("--action", filter.action, "Only of this action, such as dump.commit");
  verb.add_option("--from", filter.from,
                  "Not before: 2026-11-22, 2026-11-22T15:49:07Z, or 7d: so long ago");
  verb.add_option("--until", filter.until, "Before that time");
}

void Builder::AddAudit() {
  CLI::App& audit = Noun("audit", "Who did what, and whether the record is sound");
  const auto list = std::make_shared<AuditListOptions>();
  CLI::App& list_verb = Verb(audit, "list", "Entries, newest first",
                             "  firmbench audit list --resource jobs/01jd9rd3q5e8n2x4z7w0k6m1hb\n"
                             "  firmbench audit list --unit U-0001 --from 30d\n",
                             list, RunAuditList, kSeveral);
  AuditFilter(list_verb, list->filter);
  Limit(list_verb, list->limit);
  Verb(audit, "verify",
       "Reads the whole ledger: every entry, every node of the hash tree, every stored byte; and "
       "asks whether it continues what this computer saw before",
       "  firmbench audit verify\n", RunAuditVerify, kSlowly);

  const auto checkpoint = std::make_shared<AuditCheckpointOptions>();
  Verb(audit, "checkpoint",
       "Prints the hash tree's root, signed by the bench: keep it where the bench cannot reach it",
       "  firmbench audit checkpoint >bench-2026-11-22.checkpoint\n"
       "  firmbench audit checkpoint --since bench-2026-11-22.checkpoint\n",
       checkpoint, RunAuditCheckpoint)
      .add_option("--since", checkpoint->since,
                  "A checkpoint that was kept: says whether the log still begins with it");

  const auto take = std::make_shared<AuditExportOptions>();
  CLI::App& export_verb =
      Verb(audit, "export", "Entries, oldest first, as JSON lines or CSV",
           "  firmbench audit export --unit U-0001 >u-0001.jsonl\n"
           "  firmbench audit export --format csv --from 2026-01-01 --file audit.csv\n",
           take, RunAuditExport);
  AuditFilter(export_verb, take->filter);
  export_verb.add_option("--format", take->format, "jsonl or csv")
      ->check(CLI::IsMember({"jsonl", "csv"}))
      ->capture_default_str();
  export_verb.add_option("--file", take->file, "The file; without it the standard output");
  export_verb.add_flag("--force", take->force, "Replace a file that exists");

  const auto prove = std::make_shared<AuditProveOptions>();
  CLI::App& prove_verb =
      Verb(audit, "prove",
           "Makes a folder that proves to anybody, without firmbench, what was done and read",
           "  firmbench audit prove dumps/01jd9rd3q5e8n2x4z7w0k6m1hb -o proof\n"
           "  firmbench audit prove jobs/01jd9rd3q5e8n2x4z7w0k6m1hb -o proof\n",
           prove, RunAuditProve);
  prove_verb.add_option("WHAT", prove->what, "A dump or a job")->required();
  prove_verb.add_option("-o,--folder", prove->folder, "The folder; must not be there yet")
      ->required();
}

void Builder::AddLedger() {
  CLI::App& ledger = Noun("ledger", "The ledger as a whole: copies, its check, old dumps");
  const auto backup = std::make_shared<LedgerBackupOptions>();
  CLI::App& backup_verb = Verb(
      ledger, "backup",
      "Writes a copy of the whole ledger into a file while the bench works on; verified before "
      "it is sent, and readable by its owner only",
      "  firmbench ledger backup /mnt/safe/bench-2026-11-22.db\n", backup, RunLedgerBackup);
  backup_verb.add_option("FILE", backup->file, "Where to")->required();
  backup_verb.add_flag("--force", backup->force, "Replace the file that is there");
  Verb(ledger, "check",
       "Reads everything in the ledger again and says how large it is; ends with 1 when something "
       "is "
       "wrong",
       "  firmbench ledger check\n  firmbench -o json ledger check\n", RunLedgerCheck, kSlowly);
  const auto restore = std::make_shared<LedgerRestoreOptions>();
  Verb(ledger, "restore", "Says how to put a copy back: the daemon does it, while none is running",
       "  firmbench ledger restore /mnt/safe/bench-2026-11-22.db\n", restore, RunLedgerRestore)
      .add_option("FILE", restore->file, "The copy")
      ->required();
  const auto archive = std::make_shared<LedgerArchiveOptions>();
  CLI::App& archive_verb = Verb(
      ledger, "archive",
      "Puts old dumps away: lists leave them out, nothing is deleted. The newest and the oldest "
      "of each unit and memory stay, and all of a unit whose last jobs are not settled",
      "  firmbench ledger archive --older-than 365d --dry-run\n"
      "  firmbench ledger archive --older-than 2y --reason \"yearly\"\n",
      archive, RunLedgerArchive);
  archive_verb.add_option("--older-than", archive->older_than, "Days, weeks or years: 90d, 8w, 2y")
      ->required();
  archive_verb.add_option("--reason", archive->reason, "Why; kept for ever");
  archive_verb.add_flag("--dry-run", archive->dry_run, "Say what would be done and stop");
}

void Builder::AddFind() {
  const auto find = std::make_shared<FindOptions>();
  CLI::App& verb = Verb(
      app_, "find",
      "Finds units, dumps, images and jobs by serials, labels, notes, customers, hashes, firmware "
      "revisions and file names; ends with 1 when there is nothing",
      "  firmbench find 4711\n  firmbench -o json find SS0E\n", find, RunFind, kAnyOfThem);
  verb.add_option("TEXT", find->text, "At least 3 characters; capitals do not matter")->required();
  constexpr int kMost = 1000;
  verb.add_option("--limit", find->limit, "At most so many hits")
      ->check(CLI::Range(1, kMost))
      ->capture_default_str();
}

void Builder::AddBenchAndExplain() {
  CLI::App& bench = Noun("bench", "The bench itself");
  Verb(bench, "info", "Version, drives, open jobs, problems", "  firmbench bench info\n",
       RunBenchInfo, kSeveral);
  Verb(bench, "doctor",
       "Looks at all that a bench needs: the way to it, rights, udev, disk, clock, power, ledger, "
       "second copy; says of each how to mend it",
       "  firmbench bench doctor\n"
       "  firmbench -o json bench doctor | jq -r '.checks[].remedy'\n",
       RunBenchDoctor, kSeveral);
  AddRemoteBenches(bench, invocation_);

  const auto explain = std::make_shared<ExplainOptions>();
  CLI::App* verb = app_.add_subcommand("explain", "Answers in plain words; needs no bench");
  verb->fallthrough();
  verb->footer("Examples:\n  firmbench explain\n  firmbench explain memories\n");
  verb->add_option("TOPIC", explain->topic, "Which topic; without it the topics are listed");
  verb->callback([this, explain] {
    invocation_.run_alone = [explain](Console& console) { return RunExplain(console, *explain); };
  });
}

void Builder::Export(CLI::App& parent, const std::string& examples, bool all) {
  const auto options = std::make_shared<ExportOptions>();
  CLI::App& verb = Verb(parent, "export",
                        "Writes all that is kept of a unit or of the shop into a folder that can "
                        "be read without firmbench and taken into another bench",
                        examples, options, RunExport);
  verb.add_option("UNIT", options->unit, "units/ID, U-0001 or its label")->required(!all);
  if (all) verb.add_flag("--all", options->all, "Every unit, and the dumps that are nobody's");
  verb.add_option("-o,--output", options->folder, "The folder, new or empty")->required();
}

void Builder::AddExport() {
  Export(app_,
         "  firmbench export --all -o shop-2026\n"
         "  firmbench export U-0001 -o for-the-customer\n",
         true);
  const auto import = std::make_shared<ExportImportOptions>();
  Verb(app_, "import",
       "Takes an exported folder into this bench: rows keep their ids, what is there is left "
       "alone. Old backups that are no export: `firmbench dump import`",
       "  firmbench import shop-2026\n", import, RunExportImport)
      .add_option("FOLDER", import->folder, "What `firmbench export` wrote")
      ->required();
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
    builder.invocation().words = Understood(builder.app());
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

void VisitCommandLine(const std::function<void(const CLI::App&)>& visit) {
  Builder builder;
  visit(builder.app());
}

}  // namespace firmbench::cli
