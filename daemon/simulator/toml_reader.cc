// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/toml_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace firmbench::simulator {

Error ScenarioInvalid(std::string_view file, const toml::source_position& at, std::string what) {
  return InvalidArgument("SCENARIO_INVALID",
                         fmt::format("{}:{}:{}: {}", file, at.line, at.column, what))
      .With("file", std::string(file))
      .With("line", std::to_string(at.line))
      .With("column", std::to_string(at.column))
      .WithRemedy(
          "mend the scenario file at that place; deploy/examples/bench.toml shows the form");
}

Error TableReader::Wrong(std::string_view key, std::string what) const {
  const toml::node* node = table_.get(key);
  const toml::source_position at = (node != nullptr ? node->source() : table_.source()).begin;
  return ScenarioInvalid(file_, at, std::move(what));
}

Status TableReader::OnlyKeys(std::initializer_list<std::string_view> keys) const {
  for (const auto& [key, node] : table_) {
    if (std::find(keys.begin(), keys.end(), key.str()) == keys.end()) {
      return ScenarioInvalid(file_, key.source().begin,
                             fmt::format("there is no key '{}' here", key.str()));
    }
  }
  return Ok();
}

Status TableReader::Text(std::string_view key, size_t max_bytes, std::string& value) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return Ok();
  const toml::value<std::string>* text = node->as_string();
  if (text == nullptr) return Wrong(key, fmt::format("'{}' must be a string", key));
  value = text->get();
  if (value.size() > max_bytes) {
    return Wrong(key, fmt::format("'{}' may have at most {} characters", key, max_bytes));
  }
  for (const char c : value) {
    if (c < 0x20 || c == 0x7f) {
      return Wrong(key, fmt::format("'{}' may hold printable characters only", key));
    }
  }
  return Ok();
}

Status TableReader::Flag(std::string_view key, std::optional<bool>& value) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return Ok();
  const toml::value<bool>* flag = node->as_boolean();
  if (flag == nullptr) return Wrong(key, fmt::format("'{}' must be true or false", key));
  value = flag->get();
  return Ok();
}

Status TableReader::Flag(std::string_view key, bool& value) const {
  std::optional<bool> given;
  RETURN_IF_ERROR(Flag(key, given));
  value = given.value_or(value);
  return Ok();
}

Status TableReader::Real(std::string_view key, double above, double at_most, double& value) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return Ok();
  const std::optional<double> number =
      node->is_number() ? node->value<double>() : std::optional<double>();
  // Written so that NaN is refused.
  if (!number || !(*number > above && *number <= at_most)) {
    return Wrong(key,
                 fmt::format("'{}' must be a number above {} and at most {}", key, above, at_most));
  }
  value = *number;
  return Ok();
}

Status TableReader::Integer(std::string_view key, int64_t least, int64_t most, int64_t& value,
                            bool& present) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return Ok();
  const toml::value<int64_t>* number = node->as_integer();
  if (number == nullptr || number->get() < least || number->get() > most) {
    return Wrong(key, fmt::format("'{}' must be a whole number from {} to {}", key, least, most));
  }
  value = number->get();
  present = true;
  return Ok();
}

Result<std::optional<TableReader>> TableReader::Table(std::string_view key) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return std::optional<TableReader>();
  const toml::table* table = node->as_table();
  if (table == nullptr) return Wrong(key, fmt::format("'{}' must be a table", key));
  return std::optional<TableReader>(TableReader(file_, *table));
}

Result<std::vector<TableReader>> TableReader::Tables(std::string_view key) const {
  std::vector<TableReader> tables;
  const toml::node* node = table_.get(key);
  if (node == nullptr) return tables;
  const toml::array* array = node->as_array();
  if (array == nullptr) return Wrong(key, fmt::format("'{}' must be an array of tables", key));
  for (const toml::node& element : *array) {
    const toml::table* table = element.as_table();
    if (table == nullptr) {
      return ScenarioInvalid(file_, element.source().begin,
                             fmt::format("'{}' must be an array of tables", key));
    }
    tables.emplace_back(file_, *table);
  }
  return tables;
}

Result<std::vector<TableReader::Word>> TableReader::Words(std::string_view key) const {
  std::vector<Word> words;
  const toml::node* node = table_.get(key);
  if (node == nullptr) return words;
  const toml::array* array = node->as_array();
  if (array == nullptr) return Wrong(key, fmt::format("'{}' must be an array of strings", key));
  for (const toml::node& element : *array) {
    const toml::value<std::string>* text = element.as_string();
    if (text == nullptr) {
      return ScenarioInvalid(file_, element.source().begin,
                             fmt::format("'{}' must be an array of strings", key));
    }
    words.push_back({text->get(), element.source().begin});
  }
  return words;
}

}  // namespace firmbench::simulator
