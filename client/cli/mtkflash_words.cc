// SPDX-License-Identifier: Apache-2.0
#include "client/cli/mtkflash_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "client/cli/exit_code.h"
#include "client/cli/render/drive.h"
#include "client/cli/render/text.h"

namespace firmbench::cli {
namespace {

// What the bench calls the places on legacy IDE ports: primary at 1F0, secondary at 170
// (ATA/ATAPI).
constexpr std::array<std::string_view, kMtkflashPositions> kPlaces = {
    "ide-1f0 master", "ide-1f0 slave", "ide-170 master", "ide-170 slave"};
constexpr std::array<std::string_view, kMtkflashPositions> kTexts = {
    "primary master", "primary slave", "secondary master", "secondary slave"};

Error Usage(std::string message) {
  return InvalidArgument(kReasonUsage, std::move(message))
      .WithRemedy("read `firmbench mtkflash --help`");
}

std::string Upper(std::string_view word) {
  std::string upper(word);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::optional<MtkflashVerb> VerbOf(std::string_view upper) {
  if (upper.starts_with('/')) upper.remove_prefix(1);
  if (upper == "R") return MtkflashVerb::kRead;
  if (upper == "W") return MtkflashVerb::kWrite;
  if (upper == "V") return MtkflashVerb::kVerify;
  if (upper == "C") return MtkflashVerb::kIdentify;
  if (upper == "S") return MtkflashVerb::kSeen;
  return std::nullopt;
}

// nullopt for a word that is no switch of MTKFLASH. /B has no note: it does what it says.
std::optional<std::string_view> SwitchNote(std::string_view upper) {
  if (upper == "/B") return "";
  if (upper == "/M") {
    return "/M: nobody has documented what it does; the whole chip is read, and only what differs "
           "is written, as without it";
  }
  if (upper == "/FULL") {
    return "/FULL: nobody has documented what it does; the whole chip is always read and "
           "compared, and the bytes that belong to the single drive are kept";
  }
  if (upper == "/SATA") {
    return "/SATA: not needed; the bench knows itself how each drive is attached";
  }
  return std::nullopt;
}

class WordParser {
 public:
  Status Word(const std::string& word);
  Result<MtkflashWords> Finish();

 private:
  MtkflashWords words_;
  bool has_verb_ = false;
};

Status WordParser::Word(const std::string& word) {
  const std::string upper = Upper(word);
  if (const auto note = SwitchNote(upper)) {
    if (upper == "/B") words_.binary = true;
    if (!note->empty()) words_.notes.emplace_back(*note);
    return Ok();
  }
  if (const auto verb = VerbOf(upper); verb && !has_verb_) {
    words_.verb = *verb;
    has_verb_ = true;
    return Ok();
  }
  const bool digit = word.size() == 1 && word[0] >= '0' && word[0] <= '9';
  if (digit && words_.position == 0) {
    words_.position = word[0] - '0';
    if (words_.position >= 1 && words_.position <= kMtkflashPositions) return Ok();
    return Usage(
        "positions are 1 (primary master), 2 (primary slave), 3 (secondary master) and 4 "
        "(secondary slave)");
  }
  if (word.starts_with('/') && word.find('/', 1) == std::string::npos) {
    return Usage(fmt::format("'{}' is no switch of MTKFLASH; there are /B, /M, /FULL and /SATA",
                             render::Clean(word)));
  }
  if (!words_.file.empty()) {
    return Usage(
        fmt::format("two files: '{}' and '{}'", render::Clean(words_.file), render::Clean(word)));
  }
  if (word.empty()) return Usage("the name of the file is empty");
  words_.file = word;
  return Ok();
}

Result<MtkflashWords> WordParser::Finish() {
  if (!has_verb_) {
    return Usage("say what to do: R (read), W (write), V (verify), C (which chip) or S");
  }
  // The newest versions asked for it; a script cannot be asked.
  if (words_.position == 0) return Usage("say which drive: a position from 1 to 4");
  const bool with_file =
      words_.verb != MtkflashVerb::kIdentify && words_.verb != MtkflashVerb::kSeen;
  if (with_file && words_.file.empty()) return Usage("say which file");
  if (!with_file && !words_.file.empty()) {
    return Usage(
        fmt::format("C and S take no file, and '{}' looks like one", render::Clean(words_.file)));
  }
  return std::move(words_);
}

// "bay 1 (LTR-48246S), ide-170 master".
std::string Places(const v1::ListDrivesResponse& drives) {
  std::string text;
  for (const v1::Drive& drive : drives.drives()) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", render::Clean(drive.bay()));
    if (!drive.model().empty()) text += fmt::format(" ({})", render::Clean(drive.model()));
  }
  return text.empty() ? "none" : text;
}

Error Empty(const v1::ListDrivesResponse& drives, const std::string& what) {
  return NotFound("MTKFLASH_POSITION_EMPTY", what)
      .WithRemedy(
          fmt::format("the drives of this bench: {}. Those on no IDE port have no position: "
                      "`firmbench backup`, `flash` and `verify` take their names",
                      Places(drives)))
      .With("drive_state", "untouched");
}

Result<PositionedDrive> SimulatedAt(const v1::ListDrivesResponse& drives, int position) {
  if (position > drives.drives_size()) {
    return Empty(drives, fmt::format("this simulated bench has {} drives, and no number {}",
                                     drives.drives_size(), position));
  }
  const v1::Drive& drive = drives.drives(position - 1);
  return PositionedDrive{
      drive, fmt::format("position {} is {}: a simulated bench has no IDE ports, so its bays are "
                         "counted in their order",
                         position, render::DriveTitle(drive))};
}

}  // namespace

Result<MtkflashWords> ParseMtkflash(const std::vector<std::string>& words) {
  WordParser parser;
  for (const std::string& word : words) RETURN_IF_ERROR(parser.Word(word));
  return parser.Finish();
}

std::string PositionText(int position) {
  return std::string(kTexts[static_cast<size_t>(position - 1)]);
}

Result<PositionedDrive> DriveAt(const v1::ListDrivesResponse& drives, int position) {
  if (position < 1 || position > kMtkflashPositions) return Usage("positions are 1 to 4");
  const auto& all = drives.drives();
  const bool simulated =
      std::all_of(all.begin(), all.end(), [](const v1::Drive& drive) { return drive.simulated(); });
  if (simulated && !all.empty()) return SimulatedAt(drives, position);
  const std::string_view place = kPlaces[static_cast<size_t>(position - 1)];
  const v1::Drive* found = nullptr;
  for (const v1::Drive& drive : all) {
    if (drive.bay() != place || drive.simulated() || drive.state() == v1::Drive::STATE_GONE) {
      continue;
    }
    if (found != nullptr) {
      return FailedPrecondition("MTKFLASH_POSITION_AMBIGUOUS",
                                fmt::format("two drives say that they are the {}: {} and {}",
                                            PositionText(position), render::Clean(found->name()),
                                            render::Clean(drive.name())))
          .WithRemedy("name the drive itself: `firmbench backup`, `flash` or `verify`")
          .With("drive_state", "untouched");
    }
    found = &drive;
  }
  if (found == nullptr) {
    return Empty(drives, fmt::format("no drive is known at position {}, the {} ({})", position,
                                     PositionText(position), place));
  }
  return PositionedDrive{*found, fmt::format("position {}, the {}, is {}", position,
                                             PositionText(position), render::DriveTitle(*found))};
}

}  // namespace firmbench::cli
