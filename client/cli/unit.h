// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench unit ...`. Main thread.

#include <string>
#include <vector>

#include "client/cli/context.h"

namespace firmbench::cli {

struct UnitListOptions {
  int limit = 1000;
  bool all = false;  // also those that were put away or merged
};
struct UnitShowOptions {
  std::string unit;
};
struct UnitLabelOptions {
  std::string unit;
  std::string label;
  bool remove = false;
};
struct UnitNoteOptions {
  std::string unit;
  std::string text;
  std::string tool;  // of foreign work; "" for a note
};
struct UnitArchiveOptions {
  std::string unit;
  std::string reason;
  bool undo = false;
};
struct UnitMergeOptions {
  std::string from;
  std::string into;
  std::string reason;
};
struct UnitSplitOptions {
  std::string unit;
  std::vector<std::string> dumps;
  std::string reason;
};
struct UnitAttributeOptions {
  std::string dump;
  std::string unit;  // one of the four
  bool make_new = false;
  bool chip = false;
  bool unidentified = false;
  std::string reason;
};
struct UnitCustomerOptions {
  std::string unit;
  std::string customer;
  std::string ticket;
};
struct UnitEraseOptions {
  std::string unit;
  std::string reason;
  bool yes = false;
};

Ending RunUnitList(Context& context, const UnitListOptions& options);
Ending RunUnitShow(Context& context, const UnitShowOptions& options);
Ending RunUnitLabel(Context& context, const UnitLabelOptions& options);
Ending RunUnitNote(Context& context, const UnitNoteOptions& options);
Ending RunUnitArchive(Context& context, const UnitArchiveOptions& options);
Ending RunUnitMerge(Context& context, const UnitMergeOptions& options);
Ending RunUnitSplit(Context& context, const UnitSplitOptions& options);
Ending RunUnitAttribute(Context& context, const UnitAttributeOptions& options);
Ending RunUnitCustomer(Context& context, const UnitCustomerOptions& options);
// Cannot be undone: CONFIRMATION_NEEDED without --yes.
Ending RunUnitErase(Context& context, const UnitEraseOptions& options);

}  // namespace firmbench::cli
