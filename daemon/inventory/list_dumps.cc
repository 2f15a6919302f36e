// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/list_dumps.h"

namespace firmbench::inventory {
namespace {

constexpr int kPageRows = 1000;

}  // namespace

Result<std::vector<storage::Dump>> ListAllDumps(storage::Ledger& ledger,
                                                const storage::DumpFilter& filter) {
  std::vector<storage::Dump> dumps;
  storage::Page page{.size = kPageRows, .after = ""};
  do {
    ASSIGN_OR_RETURN(const auto listed, ledger.ListDumps(filter, page));
    dumps.insert(dumps.end(), listed.rows.begin(), listed.rows.end());
    page.after = listed.next;
  } while (!page.after.empty());
  return dumps;
}

}  // namespace firmbench::inventory
