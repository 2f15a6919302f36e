// SPDX-License-Identifier: Apache-2.0
#pragma once

// The pieces that every screen is made of: clean text, sizes, times, words of enums, tables and
// blocks of fields. Pure functions and values; nothing here knows a terminal except by Style.

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "firmbench/v1/errors.pb.h"
#include "firmbench/v1/job.pb.h"
#include "firmbench/v1/memory.pb.h"

namespace firmbench::cli::render {

// Running text is wrapped here, whatever the terminal's width, so that output is reproducible.
inline constexpr size_t kTextWidth = 96;

// Text from the bench as it may reach a terminal: control characters and marks that turn the
// writing direction around become '?'.
std::string Clean(std::string_view text);
// Columns that the text takes, counting code points.
size_t Columns(std::string_view text);

// "1000 bytes", "512 KB", "1.5 MB": K is 1024, as this trade has it.
std::string Bytes(int64_t bytes);
// The same without the space, for tables: "512KB".
std::string BytesCell(int64_t bytes);
// "1:05", "1:02:03".
std::string Clock(int64_t seconds);
int64_t Seconds(const google::protobuf::Duration& duration);
// "about 43 s", "about 5 min"; "moments" below a second.
std::string About(const google::protobuf::Duration& duration);
// "2026-11-22T15:49:07Z"; "-" for an unset or impossible one.
std::string Time(const google::protobuf::Timestamp& time);

// Enum values without their prefix: "CHANGED_VERIFIED"; "" for unspecified ones.
std::string Word(v1::Outcome outcome);
std::string Word(v1::EepromCheck check);
std::string Word(v1::Job::State state);
std::string Word(v1::Job::Result result);
// "firmware", "boot", "eeprom"; "" when unspecified.
std::string Word(v1::Memory memory);
// "changed and verified": the same in plain words.
std::string_view InWords(v1::Outcome outcome);
std::string_view InWords(v1::EepromCheck check);
// What is known of the drive's memories, as a sentence; "" when unspecified.
std::string_view InWords(v1::DriveState state);

// `text` broken at blanks into lines of at most kTextWidth, each but the first begun with `indent`
// blanks. The first line already holds `used` columns.
std::string Wrap(std::string_view text, size_t indent, size_t used);

struct Style {
  bool color = false;
};
enum class Color : unsigned char { kRed, kGreen, kYellow, kBold };
std::string Paint(Style style, Color color, std::string_view text);

// Whether the last column of a table holds running text, which keeps its blanks.
enum class LastColumn : unsigned char { kValue, kText };

// One row per resource, first column NAME, columns aligned, two blanks between. Blanks inside of a
// value become '_' and an empty value '-', so that scripts can cut columns.
class Table {
 public:
  explicit Table(std::vector<std::string> headers, LastColumn last = LastColumn::kValue)
      : rows_{std::move(headers)}, last_(last) {}
  // As many cells as there are headers.
  void Add(std::vector<std::string> cells);
  // Puts a column with one value for all rows before the others.
  void Prepend(const std::string& header, const std::string& value);
  // The rows of a table with the same headers, behind those that are here.
  void Append(const Table& more);
  std::string Render() const;

 private:
  std::vector<std::vector<std::string>> rows_;
  LastColumn last_;
};

// "  key      value" lines under a title; long values are wrapped under themselves.
class Fields {
 public:
  explicit Fields(size_t key_columns) : key_columns_(key_columns) {}
  void Add(std::string_view key, std::string_view value);
  // Only when there is a value.
  void AddIfSet(std::string_view key, std::string_view value);
  const std::string& text() const { return text_; }

 private:
  size_t key_columns_;
  std::string text_;
};

}  // namespace firmbench::cli::render
