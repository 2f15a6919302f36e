// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every drive family has to be, as tests: a family lists family_suite.cc among the sources of
// its own test program and instantiates FamilySuite with one case for each model. The drives are
// simulated and the jobs real: ledger, inventory and engine as the daemon puts them together.

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "tests/support/bench_fixture.h"

namespace firmbench::families {

// A file that must not become firmware of the model.
struct BadImage {
  std::string name;                              // "another product"
  std::string reason;                            // of the refusal
  std::function<Bytes(const Bytes& good)> make;  // from a file that is accepted
};

struct FamilyCase {
  std::string model;     // a row of the family and a profile of its personality
  std::string keys;      // of the drive in the scenario: how it is attached
  bool readable = true;  // its firmware can be read; else its writes end CHANGED_UNVERIFIED
  bool keeps = true;     // what is written stays when the power goes
  std::vector<BadImage> bad_images;
  // What a read shows of the flash, where that is not the flash itself.
  std::function<Bytes(Bytes flash)> shown = [](Bytes flash) { return flash; };
  uint32_t cuts = 12;  // power cuts, spread over the commands of a write; 0: at every command
  bool trace = true;   // traces/MODEL.trace of the family's tests is what is sent
};
void PrintTo(const FamilyCase& family_case, std::ostream* out);
std::string CaseName(const testing::TestParamInfo<FamilyCase>& info);

// Instantiate with names from CaseName.
class FamilySuite : public testing::TestWithParam<FamilyCase> {
 protected:
  // One such drive in "bay 1"; where its firmware cannot be read, the library has what it runs.
  std::unique_ptr<test::BenchFixture> Bench(const std::string& more_keys = {});

  static const ModelInfo& RowOf(test::BenchFixture& bench);
  static const Family& FamilyOf(test::BenchFixture& bench);
  // The firmware part of the flash, as the simulator has it.
  static Bytes FirmwareIn(test::BenchFixture& bench);
  // What the flash is to hold after the image was written.
  static Bytes Target(test::BenchFixture& bench, ByteView image);
  // What a session may know of the firmware that is there: what a read shows, or nothing.
  Bytes Current(test::BenchFixture& bench) const;

  // Checks what a power cut at some point of a write left behind, and brings the drive back.
  void ExpectCutIsDeclared(test::BenchFixture& bench, const jobs::JobView& job, ByteView before,
                           ByteView target);
};

}  // namespace firmbench::families
