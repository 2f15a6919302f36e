// SPDX-License-Identifier: Apache-2.0
// The questions that owners of Lite-On drives ask, answered with what is publicly known.
// Facts and their grades: drive-protocols 1.1, 1.2, 1.6, 2.2, 3, 4, 5, 6, 7 and 8.

#include "client/cli/explain/texts.h"

namespace firmbench::cli::explain {
namespace {

constexpr std::string_view kFirmwareOrEeprom = R"(
A drive has two memories, and drives die of mixing them up.

- The firmware lies in flash. It is the program of the model, the same in every drive of it and
replaceable: 128, 256 or 512 KB or 1 MB on Lite-On drives with MediaTek chips (read in code).
- The EEPROM is small, 1 KB on most Lite-On drives and 4 KB on the 5S and 6S generation
(documented), and it belongs to one single drive: its model name, region counters, date of
manufacture and what it learnt about writing (second hand), and a log of its four latest burns
(documented). Nobody can give you another. Taking the EEPROM of a different drive destroys the
calibration (second hand).

Of its layout just two places have been published: at 014A the book type, and at 013D a byte that
the firmware reads and whose meaning nobody has told (read in code). Everything else in it is not
publicly known, its write command and the type of its chip included.

firmbench says --memory firmware or --memory eeprom wherever it matters. A firmware job never
writes the EEPROM, and an EEPROM goes back to its own drive only. See also: memories.)";

constexpr std::string_view kMtkflashBackup = R"(
MTKFLASH backs up the flash, which is the firmware; the EEPROM is another memory and is not in
that file. "MTKFLASH n R /B FILE" brings the drive into its vendor mode, finds out which flash
chip it has and reads that chip (second hand: MTKFLASH's source was never published). The EEPROM
has commands, tools and backup files of its own, of 1 or 4 KB (documented).

So a firmware backup alone, of 256 KB to 1 MB, cannot bring back a damaged calibration. Make both:

  firmbench backup DRIVE --memory all

Whether the EEPROM is a chip of its own or where it sits is not publicly known; no source names
the part. What is known is that the drive keeps it when its flash is rewritten (second hand, topic
mtkflash-harm).)";

constexpr std::string_view kEepromBackup = R"(
To read it:

  firmbench backup DRIVE --memory eeprom
  firmbench dump export DUMP FILE

The EEPROM is read three times and the reads must agree. The dump is the raw content, 1024 or 4096
bytes, the same form that the EEPROM Utility of those years uses (documented). The read commands
are DF 89, told of Lite-On's own flasher (second hand), and 3C 01 E2, seen in drives of the LH-18
and LH-20 generation (read in code). "firmbench drive show" says whether yours has one.

To write it back there is no published command: how a Lite-On EEPROM is written is not publicly
known. firmbench does not guess on a real drive, so restoring works in the simulator only. Keep
the dump all the same; it is the one thing that cannot be made again.

Please leave "clear EEPROM" functions alone: one is reported to kill the drive for good (second
hand), and no recovery from an erased EEPROM is known.)";

constexpr std::string_view kMtkflashHarm = R"(
Probably not, but nobody outside can promise it: MTKFLASH writes the flash, and nothing public
shows it writing the EEPROM; its source was never published. One LTR-48246S made for Memorex still
told its old name and its date of manufacture after other firmware was flashed, so its EEPROM had
survived (second hand).

What often looks like harm is the checksum. The firmware sums a protected part of the EEPROM and
compares the result with a stored one; if they differ the light blinks orange and no disc is
found. Families of firmware compute it slightly differently (second hand), so unchanged bytes can
look wrong to foreign firmware. How each one computes it is not publicly known. Putting the
drive's own firmware back is the first thing to try.

A drive also writes to its EEPROM by itself: the burn log (documented) and learnt calibration
(second hand). Two dumps with burning between them may differ, and that is normal.

firmbench measures instead of promising: it reads the EEPROM before and after each firmware job
and reports EQUAL, VOLATILE_ONLY, CHANGED or NOT_READ. See also: outcomes.)";

constexpr std::string_view kMtkflashOptions = R"(
What /M means is not publicly known, though nearly every recipe has it. For /FULL, and for V, no
source was found at all: if a guide tells you what they do, it is guessing or knows something that
was never published. S has been seen; its meaning is not publicly known either.

These are known from users' reports (second hand):

- n: 1 primary master, 2 primary slave, 3 secondary master, 4 secondary slave
- R FILE reads, W FILE writes, C identifies the flash chip
- /B: the file is binary; without it the file is text (HEX)
- version 1.83: "mtkflash r /m /sata FILE" asks for port and position

Several users report that with two MediaTek drives on one cable both were written, whatever n said
(second hand). Have the drive alone on its cable.

firmbench has no such options. It always reads the whole flash, reads it twice, and reads back
what it wrote.)";

constexpr std::string_view kHexCompareNa = R"(
The compare function of a hex editor usually shows NA ("not available") where one of the two files
has no byte at that offset, that is, when one file is longer. It comes from the editor, not from
the drive, and says nothing about damage. Your editor's manual has the last word.

Look at the sizes first. A file of 512 KB beside one of 256 KB is common (topic backup-size). If
one has 1 or 4 KB, it is an EEPROM dump, and comparing it with firmware means nothing. Then let

  firmbench dump compare A B

compare them; A and B are dumps or files. It says "identical" with size and SHA-256, or lists the
ranges that differ, what each place is for as far as that is known, and separately the part that
only one of them has. Its exit code is 0 for identical and 6 for different.)";

constexpr std::string_view kBackupSize = R"(
The backup has the size of the flash chip, or of what the tool takes it to be; the update has the
size of the firmware. A read of an LTR-24102B gave 512 KB though its firmware has 256 KB (second
hand). The rest is then either the same 256 KB once more or blank, all FF (hypothetical: it
follows from how chips are addressed).

To see which of the two, compare them:

  firmbench dump compare BACKUP UPDATE

The part that only the backup has is listed last; its meaning says "repeats what lies below it" or
"blank".

Lite-On images for MediaTek drives come as 128, 256 or 512 KB or 1 MB, the last for DVD burners
(read in code). What size the images of the LTR-48246S and LTR-52327S have is not publicly known;
one LTR-48246S had a 512 KB chip (second hand).

Do not cut or pad files by hand. firmbench refuses a file that was cut off and says so.)";

constexpr std::string_view kChips = R"(
It depends on voltage and on how the part takes data; both differ (read in code):

  W29C010     128 KB  5 V        pages of 128 bytes            id DA C1
  W29C020     256 KB  5 V        pages of 128 bytes            id DA 45
  W29C040     512 KB  5 V        pages of 256 bytes            id DA 46
  SST39VF040  512 KB  2.7-3.6 V  bytes, erased in 4 KB sectors id BF D7

With a chip programmer ("burner"): choose the exact part, so that voltage and method follow. 5 V
is outside the ratings of an SST39VF040 and can destroy it; 3.3 V is outside those of a W29C0x0.
For the same reason one does not simply replace the other in a drive. This version of firmbench
drives no external programmer, but a drive can be one for the chip in its socket:

  firmbench chip identify DRIVE --voltage 5
  firmbench chip read DRIVE chip.bin --voltage 5 --part W29C040
  firmbench chip write DRIVE chip.bin --voltage 3.3 --part SST39VF040

The voltage is that of the drive's board, which nobody but you can know; what the chip holds is
kept in the ledger before it is written. A W29C0x0 is written so in the simulator only.

In the drive: byte parts are written through the vendor mode, step by step as published (read in
code). How MTKFLASH writes the pages of a W29C part through it is not publicly known, so firmbench
flashes a W29C0x0 in the simulator only. One LTR-48246S was seen with a W29C040 (second hand).
Which part an LTR-52327S has is not publicly known; where firmbench assumes one, it says so.)";

constexpr std::string_view kStatus80 = R"(
MTKFLASH prints it when the drive did not enter vendor mode (second hand). 70 is the answer of a
drive that is in it, with a parallel flash chip; 72 and 73 mean one with a serial chip. 80, D0 and
D1 mean busy or still powering up; 50, 51 and 52 are the states of a drive that runs normally and
did not listen (read in code). The entry itself writes no memory (read in
code).

What to try, the harmless things first:

- Have the drive alone on its cable and check master or slave.
- Switch the drive off and on while the tool repeats its request: right after power-on the boot
code can still listen when the firmware does not (hypothetical).
- Hold the eject button: some later firmware seems to open vendor mode only then (hypothetical,
from a patch that removes the check). CD-RW drives of the LTR series need no such step (second
hand).

A 1633S that only answered 80 was called unrecoverable (second hand). In firmbench the reason is
VENDOR_MODE_NOT_ENTERED; it asks for your hands when they are needed and waits.)";

constexpr std::string_view k451s851s = R"(
The LDW-451S and the LDW-851S are one hardware generation in the tables of the patching tools, and
the revisions of both begin with G; a file that holds the text "LDW-451S" is a 451S's, any other
is an 851S's (read in code). With 851S firmware the program in the flash was replaced, and with it
the media and speed tables that lie there.

The EEPROM is a separate question. The EEPROM Utility can turn a 451S into an 851S and back by
changing the model id in the EEPROM (documented); which bytes that are is not publicly known. If
somebody did this, the EEPROM has changed as well; if only firmware was flashed, it should not
have. Whether optics and laser of the two are the same is not publicly known.

To see what changed, compare what you have from before and after:

  firmbench dump compare OLD NEW

The way back is the 451S firmware and, if it was changed, the drive's own EEPROM dump (topic
eeprom-backup says what is possible today). firmbench does not take an 851S file for a 451S by
itself: it refuses with IMAGE_MODEL_MISMATCH.)";

constexpr ExplainTopic kTopics[] = {
    {"firmware-or-eeprom", "Firmware or EEPROM: which is which?", kFirmwareOrEeprom},
    {"mtkflash-backup", "What does MTKFLASH back up, and is it the same chip?", kMtkflashBackup},
    {"eeprom-backup", "How do I get a full EEPROM backup, and restore it?", kEepromBackup},
    {"mtkflash-harm", "Did MTKFLASH harm my EEPROM?", kMtkflashHarm},
    {"mtkflash-options", "What are /FULL and /M?", kMtkflashOptions},
    {"hex-compare-na", "Why does my hex editor's compare say NA?", kHexCompareNa},
    {"backup-size", "Why is my backup 512 KB and the update 256 KB?", kBackupSize},
    {"chips", "Can the burner program an SST39VF040 or a W29C0x0?", kChips},
    {"status-80", "What is \"Status = 80 should be 70\"?", kStatus80},
    {"451s-851s", "My 451S runs 851S firmware: what changed?", k451s851s},
};

}  // namespace

std::span<const ExplainTopic> QuestionTopics() { return kTopics; }

}  // namespace firmbench::cli::explain
