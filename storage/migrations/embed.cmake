# SPDX-License-Identifier: Apache-2.0
# cmake -DOUT=migrations.cc -DFILES=a.sql,b.sql -P embed.cmake
# Writes the migrations as one source file. Versions must be 0001, 0002, ... without a gap.
string(REPLACE "," ";" FILES "${FILES}")
set(rows "")
set(expected 0)
foreach(file IN LISTS FILES)
  math(EXPR expected "${expected} + 1")
  get_filename_component(name "${file}" NAME)
  if(NOT name MATCHES "^0*([1-9][0-9]*)_[a-z0-9_]+\\.sql$" OR NOT CMAKE_MATCH_1 EQUAL expected)
    message(FATAL_ERROR "${name}: expected migration number ${expected}, as in 0001_initial.sql")
  endif()
  file(READ "${file}" sql)
  string(APPEND rows "    {${expected}, \"${name}\", R\"SQL(${sql})SQL\"},\n")
endforeach()
file(WRITE "${OUT}" "// SPDX-License-Identifier: Apache-2.0
// Generated from storage/migrations.
#include \"storage/sqlite/migrate.h\"

namespace firmbench::storage::sqlite {

std::span<const Migration> BuiltInMigrations() {
  static constexpr Migration kMigrations[] = {
${rows}  };
  return kMigrations;
}

}  // namespace firmbench::storage::sqlite
")
