// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/probe.h"

#include "daemon/families/likeness.h"
#include "daemon/scsi/cdb.h"

namespace firmbench::families {
namespace {

using scsi::Effect;

// drive-protocols 2.2 and 2.3, with the marks that stand there. DF 00 0F 01 sets the book type and
// DF 84 and F1 01 write a byte: the prefixes are as long as it takes to be none of them.
constexpr scsi::CdbRule kRules[] = {
    {{0xdf, 0x00, 0x0f, 0x00, 0x00, 0x00},
     6,
     Effect::kReadOnly,
     Evidence::kReadInCode,
     "read unit settings (DF 00 0F 00)"},
    {{0xdf, 0x89, 0x00, 0x00, 0x00, 0x00},
     6,
     Effect::kReadOnly,
     Evidence::kSecondHand,
     "read EEPROM (DF 89)"},
    {{0xdf, 0x83, 0x00, 0x00, 0xff, 0x00},
     6,
     Effect::kReadOnly,
     Evidence::kSecondHand,
     "read memory (DF 83)"},
    {{0xdf, 0x85, 0x00, 0xff, 0x00, 0x00},
     6,
     Effect::kReadOnly,
     Evidence::kReadInCode,
     "read registers (DF 85)"},
    {{0xf1, 0x06}, 2, Effect::kReadOnly, Evidence::kReadInCode, "read buffer memory (F1 06)"},
    {{0x3c, 0x01, 0xe2}, 3, Effect::kReadOnly, Evidence::kReadInCode, "read EEPROM (3C 01 E2)"},
};

ProbeQuestion Standard(const scsi::Cdb& cdb, uint16_t answer_bytes, std::string_view name,
                       std::string_view settles) {
  return {cdb, answer_bytes, Evidence::kDocumented, name, settles};
}

ProbeQuestion Own(const scsi::Cdb& cdb, uint16_t answer_bytes, std::string_view settles) {
  for (const scsi::CdbRule& rule : kRules) {
    if (rule.Matches(cdb.view())) {
      return {cdb, answer_bytes, rule.evidence, rule.name, settles};
    }
  }
  // Unreachable: a question without a rule would not pass the gate either.
  return {cdb, answer_bytes, Evidence::kHypothetical, "unnamed", settles};
}

void AddStandard(std::vector<ProbeQuestion>& questions) {
  using scsi::MakeCdb;
  constexpr uint16_t kLong = 0xff;
  constexpr uint16_t kFeatures = 2048;
  const auto add = [&](const scsi::Cdb& cdb, uint16_t bytes, std::string_view name,
                       std::string_view settles) {
    questions.push_back(Standard(cdb, bytes, name, settles));
  };
  add(scsi::cdb::TestUnitReady(), 0, "TEST UNIT READY (00)", "is it ready, is a disc in it?");
  add(scsi::cdb::Inquiry(0x60), 0x60, "INQUIRY (12)",
      "who it is, and the maker's own bytes behind that");
  add(scsi::cdb::InquiryVpd(0x00, kLong), kLong, "INQUIRY (12)",
      "which pages of vital data it has");
  add(scsi::cdb::InquiryVpd(0x80, kLong), kLong, "INQUIRY (12)", "its serial number");
  add(scsi::cdb::InquiryVpd(0x83, kLong), kLong, "INQUIRY (12)", "its identifiers");
  add(MakeCdb(10, 0x46, 0, 0, 0, 0, 0, 0, kFeatures >> 8, kFeatures & 0xff, 0), kFeatures,
      "GET CONFIGURATION (46)", "all its features, serial number and firmware date among them");
  add(scsi::cdb::ModeSense10(0x2a, kLong), kLong, "MODE SENSE(10) (5A)",
      "what it reads and writes, and its buffer");
  add(scsi::cdb::ModeSense10(0x3f, 0x400), 0x400, "MODE SENSE(10) (5A)", "all its mode pages");
  add(scsi::cdb::ReportRpcState(), 8, "REPORT KEY (A4)",
      "its DVD region and the changes that are left");
  add(MakeCdb(10, 0x5c, 0, 0, 0, 0, 0, 0, 0, 12, 0), 12, "READ BUFFER CAPACITY (5C)",
      "how large its buffer is");
  add(scsi::cdb::ReadBuffer(scsi::ReadBufferMode::kDescriptor, 0, 0, 4), 4, "READ BUFFER (3C 03)",
      "in which pieces it would take new firmware by the standard");
}

void AddEeprom(std::vector<ProbeQuestion>& questions) {
  constexpr int kPasses = 3;
  constexpr uint16_t kEeprom = 0x400;
  constexpr uint8_t kPiece = 0x80;
  for (int pass = 0; pass < kPasses; ++pass) {
    for (uint16_t at = 0; at < kEeprom; at += kPiece) {
      questions.push_back(
          Own(scsi::MakeCdb(12, 0xdf, 0x89, 0, 0, 0, 0, 0, static_cast<uint8_t>(at >> 8),
                            static_cast<uint8_t>(at), 0, 0, 0),
              kPiece,
              pass == 0 ? "its EEPROM, 128 bytes at a time"
                        : "the same once more: do the passes agree?"));
    }
  }
}

}  // namespace

std::vector<ProbeQuestion> ProbeQuestions(bool makers_own) {
  using scsi::MakeCdb;
  std::vector<ProbeQuestion> questions;
  AddStandard(questions);
  if (!makers_own) return questions;
  questions.push_back(Own(MakeCdb(12, 0xdf, 0x00, 0x0f, 0, 0, 0, 0, 0x80, 0, 0, 0, 0), 0x80,
                          "is it a Lite-On design? Only those answer"));
  AddEeprom(questions);
  questions.push_back(Own(MakeCdb(12, 0xdf, 0x83, 0, 0, 0xff, 0, 0, 0, 0, 0, 0, 0), 0x80,
                          "its firmware while it runs: the first byte should be 02"));
  questions.push_back(Own(MakeCdb(12, 0xdf, 0x85, 0, 0xff, 0, 0, 0, 0x80, 0, 0, 0, 0), 0x80,
                          "the registers of its controller"));
  questions.push_back(
      Own(MakeCdb(10, 0xf1, 0x06, 0, 0, 0, 0, 0, 0, 0, 0x40), 0x40, "its buffer memory"));
  questions.push_back(Own(MakeCdb(10, 0x3c, 0x01, 0xe2, 0, 0, 0, 0, 0, 0x10, 0), 0x10,
                          "its EEPROM by the other way, of later drives"));
  return questions;
}

std::span<const scsi::CdbRule> ProbeRules() { return kRules; }

bool HasMakersOwn(const scsi::Identity& identity) { return FindLikeness(identity).lite_on; }

}  // namespace firmbench::families
