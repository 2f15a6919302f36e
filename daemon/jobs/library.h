// SPDX-License-Identifier: Apache-2.0
#pragma once

// The library of firmware files, and two blobs side by side. Blocks on the database; any thread.

#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/families/family.h"
#include "daemon/images/compare.h"
#include "storage/storage.h"

namespace firmbench::jobs {

// What became of a file that somebody brought.
struct AddedImage {
  storage::Image image;
  std::vector<std::string> warnings;  // sentences for people: "its names contradict each other"
};

// Recognises the file and keeps it; the same bytes are kept once, and who brings them again gets
// the image that is there. Of an updater the firmware inside is kept, `revision` says which of
// several, of the text of MTKFLASH the bytes that it stands for. The refusals of images::Unpack and images::Recognise: CONTAINER_NOT_UNPACKABLE,
// CONTAINER_BROKEN, CONTAINER_HOLDS_SEVERAL, CONTAINER_MEMBER_NOT_FOUND, IMAGE_NOT_RECOGNISED,
// IMAGE_SIZE_WRONG, IMAGE_TRUNCATED, IMAGE_BLANK, IMAGE_IS_EEPROM; then nothing is kept.
Result<AddedImage> AddImage(storage::Ledger& ledger, const std::string& file_name, ByteView bytes,
                            const std::string& principal, const std::string& revision = {});

// Keeps the firmware that a donor's dump holds, the bytes that belong to the donor alone erased
// (FF): no family writes those. `row` is the row of the dump's model, nullptr when there is none.
// DUMP_MEMORY_WRONG, DUMP_UNRELIABLE, DONOR_RANGES_UNKNOWN, BLOB_CORRUPT and the refusals above.
Result<AddedImage> AddDonorImage(storage::Ledger& ledger, const storage::Dump& dump,
                                 const families::ModelInfo* row, const std::string& principal);

// The row of a model; `family` "" asks every family. nullptr when there is none.
const families::ModelInfo* FindRow(const std::string& family, const std::string& model);

// One side of a comparison.
struct Blob {
  std::string model;   // "" when not known
  std::string family;  // of a dump; "" otherwise
  bool eeprom = false;
  bool unpacked = false;  // the firmware inside of an updater
  Bytes bytes;
};

// A file from outside: its model and kind as its own bytes say them. Of an updater with one
// firmware, that one; other files are compared as they are.
Blob RecogniseBlob(Bytes bytes);

// With the meaning of each place: the image's own layout and the row's ranges of the single drive,
// or for an EEPROM what is published and what the model's row says.
images::Comparison CompareBlobs(const Blob& a, const Blob& b);

}  // namespace firmbench::jobs
