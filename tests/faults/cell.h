// SPDX-License-Identifier: Apache-2.0
#pragma once

// One cell of the fault matrix: a flash job on one model that meets one fault at one step. Cells
// share nothing; they may run in any thread.

#include <functional>
#include <string>
#include <vector>

#include "tests/crash/scenarios.h"

namespace firmbench::test {

// A fault, how it strikes, and how its cause is taken away again.
struct MatrixFault {
  std::string name;      // "noisy_read"
  bool lasting = false;  // from then on, instead of once
  std::function<void(World& world)> strike;
};

// All kinds of the simulated drive, and those of the way to it that a drive does not know.
std::vector<MatrixFault> AllMatrixFaults();

// The steps of a flash job of this model at which faults are tried: the first of every kind.
std::vector<std::string> FaultSteps(const std::string& model);

struct Cell {
  std::string model;
  std::string step;
  MatrixFault fault;
};

// What became of the job and of the drive.
struct CellResult {
  storage::Job job;
  bool quarantined = false;
  std::string holds;  // "old", "new", "neither": the drive's memory itself, after the job
  std::string drive;  // "answers", "silent", "gone", "no power": as the job left it
  std::vector<std::string> broken;  // promises that did not hold; empty is as expected
};
CellResult RunCell(const Cell& cell);

}  // namespace firmbench::test
