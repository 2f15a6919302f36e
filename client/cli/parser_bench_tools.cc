// SPDX-License-Identifier: Apache-2.0
#include "client/cli/parser_bench_tools.h"

#include <memory>
#include <string>

#include "client/cli/chip.h"
#include "client/cli/mtkflash.h"
#include "client/cli/parser_verb.h"

namespace firmbench::cli {
namespace {

// What every verb on a chip takes. The supply has no default: a person has to know it; nor has the
// part of a chip that is written.
void AddChipOptions(CLI::App& verb, ChipOptions& options, bool writes = false) {
  verb.add_option("DRIVE", options.drive, "The drive that has the chip in its socket")->required();
  verb.add_option("--voltage", options.voltage,
                  "Supply of the drive's board, 5 or 3.3, in volts; the wrong one destroys a chip")
      ->check(CLI::IsMember({"5", "3.3"}))
      ->required();
  verb.add_option("--part", options.part,
                  "What is printed on the chip, such as W29C040: the job ends when another answers")
      ->required(writes);
  verb.add_option("--model", options.model,
                  "The model on the drive's sticker, when it does not say what it is");
}

void AddFill(CLI::App& verb, ChipOptions& options) {
  verb.add_option("FILE", options.file, "A dump, an image, or a file")->required();
  verb.add_option(
          "--fill", options.fill,
          "How a file that is smaller fills the chip: repeat (again behind itself) or blank "
          "(FF behind it); without it such a file is refused")
      ->check(CLI::IsMember({"repeat", "blank"}));
}

void AddChipWriters(CLI::App& chip, Invocation& invocation) {
  const auto write = std::make_shared<ChipOptions>();
  CLI::App& write_verb = Verb(
      chip, invocation, "write",
      "Writes a dump, an image or a file into the chip, and reads it back. What it held is read "
      "twice and kept first",
      "  firmbench chip write bay-1 new.bin --voltage 3.3 --part SST39VF040\n"
      "  firmbench chip write bay-1 half.bin --voltage 5 --part W29C040 --fill repeat\n"
      "  firmbench chip write bay-1 dumps/ID --voltage 5 --part W29C040 --model LTR-48246S\n",
      write, RunChipWrite);
  AddChipOptions(write_verb, *write, /*writes=*/true);
  AddFill(write_verb, *write);
  AddWritingOptions(write_verb, write->writing);

  const auto erase = std::make_shared<ChipOptions>();
  CLI::App& erase_verb = Verb(
      chip, invocation, "erase",
      "Makes every byte of the chip FF, and reads it back. What it held is read twice and kept "
      "first",
      "  firmbench chip erase bay-1 --voltage 5 --part W29C040 --dry-run\n"
      "  firmbench chip erase bay-1 --voltage 5 --part W29C040\n",
      erase, RunChipErase);
  AddChipOptions(erase_verb, *erase, /*writes=*/true);
  AddWritingOptions(erase_verb, erase->writing);
}

}  // namespace

void AddWritingOptions(CLI::App& verb, WritingOptions& options) {
  verb.add_flag("--dry-run", options.dry_run, "Show the plan and stop");
  verb.add_flag("--yes", options.yes, "Do not ask");
  verb.add_option("--reason", options.reason,
                  "Why it shall be done although the plan asks for a reason; kept for ever");
}

void AddMtkflash(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<MtkflashOptions>();
  CLI::App& verb = Verb(
      app, invocation, "mtkflash",
      "Takes the command line of MTKFLASH and does the same as a protected job: position (1 "
      "primary "
      "master, 2 primary slave, 3 secondary master, 4 secondary slave), then R (read into FILE), W "
      "(write FILE), V (verify with FILE), C (which chip) or S. /B: FILE is binary, without it HEX "
      "text. /M, /FULL and /SATA are taken, and it is said what is done instead",
      "  firmbench mtkflash 3 R /B /M file.bin\n"
      "  firmbench mtkflash 3 W /B file.bin --dry-run\n"
      "  firmbench mtkflash 1 V /B file.bin\n"
      "  firmbench mtkflash 1 C\n",
      options, RunMtkflash);
  verb.add_option("WORDS", options->words, "As for MTKFLASH: 3 R /B /M file.bin")->required();
  verb.add_flag("--force", options->force, "R replaces a file that exists");
  AddWritingOptions(verb, options->writing);
}

void AddChip(CLI::App& app, Invocation& invocation) {
  CLI::App* chip =
      app.add_subcommand("chip", "A drive as programmer for the chip in its socket: no unit of it");
  chip->require_subcommand(1);
  chip->fallthrough();
  const auto identify = std::make_shared<ChipOptions>();
  AddChipOptions(Verb(*chip, invocation, "identify", "Says which part answers and what it takes",
                      "  firmbench chip identify bay-1 --voltage 5\n", identify, RunChipIdentify),
                 *identify);

  const auto read = std::make_shared<ChipOptions>();
  CLI::App& read_verb = Verb(
      *chip, invocation, "read", "Reads the whole chip twice, keeps it and writes it into a file",
      "  firmbench chip read bay-1 chip.bin --voltage 5 --part W29C040\n"
      "  firmbench chip read bay-2 chip.bin --voltage 3.3 --model LTR-52327S\n",
      read, RunChipRead);
  AddChipOptions(read_verb, *read);
  read_verb.add_option("FILE", read->file, "The new file")->required();
  read_verb.add_flag("--force", read->force, "Replace a file that exists");

  const auto verify = std::make_shared<ChipOptions>();
  CLI::App& verify_verb =
      Verb(*chip, invocation, "verify", "Reads the chip and compares it with a dump or a file",
           "  firmbench chip verify bay-1 chip.bin --voltage 5\n", verify, RunChipVerify);
  AddChipOptions(verify_verb, *verify);
  AddFill(verify_verb, *verify);
  AddChipWriters(*chip, invocation);
}

}  // namespace firmbench::cli
