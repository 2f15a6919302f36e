// SPDX-License-Identifier: Apache-2.0
#pragma once

// XFlash, the updater in which Lite-On gave firmware to users: a Windows program with a table of up
// to four firmwares behind which their bytes lie, as they are or scrambled. Facts: drive-protocols
// 6 [C], from the public patching tools of the time. Nothing is executed or decompressed, so
// nothing that comes out is larger than what went in. Pure; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace firmbench::images {

// How the firmware lies in the updater.
enum class XflashVariant : uint8_t {
  kPlain,      // before version 2.0.5
  kSwapped,    // 2.0.5, and some from 2.1.0 on: first and last 32 KB swapped and reversed
  kFibonacci,  // some from 2.1.0 on: one byte of every 1024th part is changed by a key in the file
};
std::string_view ToString(XflashVariant variant);  // "plain", "swapped", "fibonacci"

struct XflashMember {
  std::string revision;  // as the table names it: "GSB7"
  uint64_t offset = 0;   // in the file, of what is stored
  uint32_t size_bytes = 0;
  uint32_t number = 0;  // place in the table, 0 to 3
};

struct XflashReport {
  std::string version;  // "2.0.4"; "" when the program does not say it
  XflashVariant variant = XflashVariant::kPlain;
  uint64_t table_end = 0;             // what offsets and keys count from
  bool inverted_head = false;         // kSwapped from 2.1.0 on: 1 KB inverted, 4 KB of filling
  std::vector<XflashMember> members;  // at most 4, none empty, all inside the file
};

// True for what must not be taken for a plain firmware file: a Windows program, or a file that
// holds such a table.
bool LooksLikeUpdater(ByteView file);

// What the updater holds. CONTAINER_NOT_UNPACKABLE for a program of another kind and for the
// variants that cannot be unpacked without guessing, by their names; CONTAINER_BROKEN when the
// table contradicts the file.
Result<XflashReport> ReadXflash(ByteView file);

// The bytes of one member, unscrambled. CONTAINER_BROKEN when `report` is not of this file.
Result<Bytes> ExtractXflash(ByteView file, const XflashReport& report, const XflashMember& member);

// A file from outside as the firmware it is or holds.
struct Unpacked {
  std::optional<Bytes> bytes;         // nullopt: the file itself
  std::string container;              // "xflash", "hex_text", or "" for the file itself
  std::vector<std::string> warnings;  // sentences for people
};

// `revision` chooses among several; "" takes the only one. Also CONTAINER_HOLDS_SEVERAL with the
// revisions, CONTAINER_MEMBER_NOT_FOUND; and for the text of MTKFLASH the refusals of ParseHexText.
Result<Unpacked> Unpack(ByteView file, std::string_view revision);

}  // namespace firmbench::images
