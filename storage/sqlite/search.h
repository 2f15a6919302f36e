// SPDX-License-Identifier: Apache-2.0
#pragma once

// The index over the texts of search_texts. Triggers keep that table; the index, which a trigger
// may not write to, is kept here. For the thread that owns the Database; all but Search inside a
// transaction.

#include <string>
#include <vector>

#include "storage/sqlite/database.h"
#include "storage/storage.h"

namespace firmbench::storage::sqlite {

// Puts the texts that came since into the index: at the end of every change.
Status IndexNewTexts(Database& database);

// Takes the texts of a row out of the index: before the update that takes them out of search_texts.
enum class Texts : unsigned char { kAll, kOfUnit, kOfUnitEvent };  // kOfUnit: label and note
Status ForgetTexts(Database& database, const std::string& source_id, Texts texts);

// Writes the index anew so that it has no trace of what was forgotten.
Status WipeIndex(Database& database);

// As Ledger::Search.
Result<std::vector<SearchHit>> Search(Database& database, const std::string& text, int limit);

}  // namespace firmbench::storage::sqlite
