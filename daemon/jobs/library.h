// SPDX-License-Identifier: Apache-2.0
#pragma once

// The library of firmware files, and two blobs side by side. Blocks on the database; any thread.

#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/images/compare.h"
#include "storage/storage.h"

namespace firmbench::jobs {

// What became of a file that somebody brought.
struct AddedImage {
  storage::Image image;
  std::vector<std::string> warnings;  // sentences for people: "its names contradict each other"
};

// Recognises the file and keeps it; the same bytes are kept once, and who brings them again gets
// the image that is there. The refusals of images::Recognise: IMAGE_NOT_RECOGNISED,
// IMAGE_SIZE_WRONG, IMAGE_TRUNCATED, IMAGE_BLANK, IMAGE_IS_EEPROM; then nothing is kept.
Result<AddedImage> AddImage(storage::Ledger& ledger, const std::string& file_name, ByteView bytes,
                            const std::string& principal);

// One side of a comparison.
struct Blob {
  std::string model;   // "" when not known
  std::string family;  // of a dump; "" otherwise
  bool eeprom = false;
  Bytes bytes;
};

// A file from outside: its model and kind as its own bytes say them.
Blob RecogniseBlob(Bytes bytes);

// With the meaning of each place: the image's own layout, or for an EEPROM what is published and
// what the model's row says.
images::Comparison CompareBlobs(const Blob& a, const Blob& b);

}  // namespace firmbench::jobs
