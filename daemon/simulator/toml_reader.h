// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to this folder: a TOML table read strictly. Every value has a type and a range, every key
// is known, and what is wrong is said with file, line and column. For one thread.

#include <toml++/toml.h>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"

namespace firmbench::simulator {

Error ScenarioInvalid(std::string_view file, const toml::source_position& at, std::string what);

class TableReader {
 public:
  TableReader(std::string_view file, const toml::table& table) : file_(file), table_(table) {}

  const toml::table& table() const { return table_; }
  // An error about this table, or about the value of `key` where there is one.
  Error Wrong(std::string_view key, std::string what) const;

  // Refuses a key that is not among these.
  Status OnlyKeys(std::initializer_list<std::string_view> keys) const;

  // Each leaves `value` alone when the key is absent.
  Status Text(std::string_view key, size_t max_bytes, std::string& value) const;
  Status Flag(std::string_view key, bool& value) const;
  Status Flag(std::string_view key, std::optional<bool>& value) const;
  Status Real(std::string_view key, double above, double at_most, double& value) const;

  template <typename T>
  Status Number(std::string_view key, int64_t least, int64_t most, T& value) const {
    int64_t number = 0;
    bool present = false;
    RETURN_IF_ERROR(Integer(key, least, most, number, present));
    if (present) value = static_cast<T>(number);
    return Ok();
  }
  template <typename T>
  Status Number(std::string_view key, int64_t least, int64_t most, std::optional<T>& value) const {
    int64_t number = 0;
    bool present = false;
    RETURN_IF_ERROR(Integer(key, least, most, number, present));
    if (present) value = static_cast<T>(number);
    return Ok();
  }

  // A table, or an array of tables, under `key`; empty when absent.
  Result<std::optional<TableReader>> Table(std::string_view key) const;
  Result<std::vector<TableReader>> Tables(std::string_view key) const;
  // An array of strings, with the position of each.
  struct Word {
    std::string text;
    toml::source_position at;
  };
  Result<std::vector<Word>> Words(std::string_view key) const;

  std::string_view file() const { return file_; }

 private:
  Status Integer(std::string_view key, int64_t least, int64_t most, int64_t& value,
                 bool& present) const;

  std::string_view file_;
  const toml::table& table_;
};

}  // namespace firmbench::simulator
