// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/likeness.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "daemon/families/family.h"
#include "daemon/images/liteon_models.h"

namespace firmbench::families {
namespace {

// Shorter pieces of a name are in too many names.
constexpr size_t kLeastCommon = 4;

// Letters in upper case and digits: makers do not agree about blanks and hyphens.
std::string Essence(std::string_view name) {
  std::string essence;
  for (const char c : name) {
    if (c >= 'a' && c <= 'z') {
      essence += static_cast<char>(c - 'a' + 'A');
    } else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      essence += c;
    }
  }
  return essence;
}

// The longest piece with a digit that both names hold; "DVDRW" alone says nothing.
std::string CommonPiece(const std::string& a, const std::string& b) {
  std::string best;
  for (size_t at = 0; at < a.size(); ++at) {
    for (size_t length = best.size() + 1; at + length <= a.size(); ++length) {
      const std::string piece = a.substr(at, length);
      if (b.find(piece) == std::string::npos) break;
      best = piece;
    }
  }
  const bool digit = best.find_first_of("0123456789") != std::string::npos;
  return digit && best.size() >= kLeastCommon ? best : std::string();
}

// Looks for the nearest of many.
class Search {
 public:
  explicit Search(const scsi::Identity& identity)
      : identity_(identity), name_(Essence(identity.product)) {}

  void Try(std::string_view model, std::string_view known_as, std::string_view letters) {
    const std::string piece = CommonPiece(name_, Essence(known_as));
    constexpr size_t kRevision = 4;
    // Digits begin the revisions of anybody's drives.
    const bool marked = !letters.empty() && letters.find_first_of("0123456789.") != 0;
    const bool revision = marked && identity_.revision.size() == kRevision &&
                          identity_.revision.starts_with(letters);
    // One letter alone begins the revisions of half of all drives.
    const size_t score = 4 * piece.size() +
                         (revision && (letters.size() > 1 || !piece.empty()) ? letters.size() : 0);
    if (score <= best_score_) return;
    best_score_ = score;
    found_.model = model;
    found_.why = piece.empty()
                     ? fmt::format("its revision begins with {}, as those of that model", letters)
                     : fmt::format("its name holds {}, as {} does", piece, known_as);
  }

  void AddMaker(std::string maker) {
    if (std::find(found_.makers.begin(), found_.makers.end(), maker) == found_.makers.end()) {
      found_.makers.push_back(std::move(maker));
    }
  }

  void LookAtLiteOn() {
    const std::string vendor = Essence(identity_.vendor);
    if (vendor == "LITEON") NameLiteOn("LITE-ON itself");
    for (const images::LiteonModel& model : images::LiteonModels()) {
      Try(model.model, model.model, model.letters);
      for (const images::OemName& oem : model.oem_names) {
        Try(model.model, oem.product, model.letters);
        if (Essence(oem.vendor) != vendor) continue;
        NameLiteOn(Essence(oem.product) == name_
                       ? fmt::format("LITE-ON: it sold its {} as {} {}", model.model, oem.vendor,
                                     oem.product)
                       : fmt::format("LITE-ON: it built drives for {}", oem.vendor));
      }
    }
  }

  // drive-protocols 5: the header of INQUIRY that MediaTek's firmware has [C].
  void LookAtHeader() {
    constexpr std::array<uint8_t, 4> kHeader = {0x05, 0x80, 0x00, 0x32};
    constexpr uint8_t kOld = 0x1f;
    constexpr uint8_t kNew = 0x5b;
    const Bytes& inquiry = identity_.inquiry;
    if (inquiry.size() < kHeader.size() + 1 ||
        !std::equal(kHeader.begin(), kHeader.end(), inquiry.begin())) {
      return;
    }
    const uint8_t length = inquiry[kHeader.size()];
    if (length != kOld && length != kNew) return;
    AddMaker("a maker that used MediaTek's firmware: its INQUIRY begins as that does");
  }

  Likeness Take() { return std::move(found_); }

 private:
  void NameLiteOn(std::string maker) {
    found_.lite_on = true;
    AddMaker(std::move(maker));
  }

  const scsi::Identity& identity_;
  const std::string name_;
  Likeness found_;
  size_t best_score_ = 0;
};

}  // namespace

Likeness FindLikeness(const scsi::Identity& identity) {
  Search search(identity);
  for (const Family* family : AllFamilies()) {
    for (const ModelInfo& model : family->models()) {
      search.Try(model.model, model.product, model.revision_prefix);
    }
  }
  search.LookAtLiteOn();
  search.LookAtHeader();
  return search.Take();
}

}  // namespace firmbench::families
