// SPDX-License-Identifier: Apache-2.0
#include "storage/spill_format.h"

#include <algorithm>
#include <optional>

#include "daemon/base/hash.h"

namespace firmbench::storage {
namespace {

constexpr std::string_view kMagic = "FBSR";
constexpr std::string_view kFormat = "1";
constexpr size_t kSector = 512;  // the least that a disk writes whole
constexpr size_t kFields = 12;   // magic, number, length
constexpr size_t kHead = kFields + std::tuple_size_v<Sha256Digest>;

size_t RoundUp(size_t size) { return (size + kSector - 1) / kSector * kSector; }

Sha256Digest Digest(ByteView fields, ByteView payload) {
  Sha256Stream hash;
  hash.Update(fields);
  hash.Update(payload);
  return hash.Finish();
}

// The payload of the record at `at`, when it is whole and has this number.
std::optional<ByteView> RecordAt(ByteView file, size_t at, uint32_t number) {
  const ByteView head = Slice(file, at, kHead);
  if (head.empty() || AsText(head.first(kMagic.size())) != kMagic) return std::nullopt;
  if (LoadBe32(head.data() + 4) != number) return std::nullopt;
  const size_t length = LoadBe32(head.data() + 8);
  const ByteView payload = Slice(file, at + kHead, length);
  if (payload.size() != length) return std::nullopt;
  const Sha256Digest digest = Digest(head.first(kFields), payload);
  if (!std::equal(digest.begin(), digest.end(), head.begin() + kFields)) return std::nullopt;
  return payload;
}

// Whether the beginning of a record with a number above this one lies anywhere behind `at`.
bool HasLaterRecord(ByteView file, size_t at, uint32_t number) {
  for (; at + kFields <= file.size(); at += kSector) {
    const ByteView fields = file.subspan(at, kFields);
    if (AsText(fields.first(kMagic.size())) == kMagic && LoadBe32(fields.data() + 4) > number) {
      return true;
    }
  }
  return false;
}

// A file whose header never reached the disk is one, too: what was not written reads as zeros.
bool BeginsLikeOne(ByteView file) {
  const ByteView sector = file.first(std::min(kSector, file.size()));
  if (AllBytesAre(sector, 0)) return true;
  for (size_t i = 0; i < std::min(kMagic.size(), sector.size()); ++i) {
    if (sector[i] != kMagic[i] && (i == 0 || sector[i] != 0)) return false;
  }
  return true;
}

Status ParseHeader(ByteView payload, SpillContent& content) {
  Unpacker in(payload);
  ASSIGN_OR_RETURN(const std::string format, in.Text());
  if (format != kFormat) return SpillDamaged("its format is not known here");
  ASSIGN_OR_RETURN(content.bench_id, in.Text());
  ASSIGN_OR_RETURN(content.job_id, in.Text());
  if (!in.done()) return SpillDamaged("its header is too long");
  content.has_header = true;
  return Ok();
}

}  // namespace

Error SpillDamaged(std::string what) {
  return DataLoss("SPILL_DAMAGED", "the spill file cannot be understood: " + what);
}

void Packer::Int(int64_t value) {
  uint8_t bytes[8];
  const auto bits = static_cast<uint64_t>(value);
  StoreBe32(bytes, static_cast<uint32_t>(bits >> 32));
  StoreBe32(bytes + 4, static_cast<uint32_t>(bits));
  bytes_.insert(bytes_.end(), bytes, bytes + sizeof(bytes));
}

void Packer::Blob(ByteView bytes) {
  uint8_t length[4];
  StoreBe32(length, static_cast<uint32_t>(bytes.size()));
  bytes_.insert(bytes_.end(), length, length + sizeof(length));
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

Result<ByteView> Unpacker::Take(size_t length) {
  if (length > left_.size()) return SpillDamaged("a value is cut off");
  const ByteView taken = left_.first(length);
  left_ = left_.subspan(length);
  return taken;
}

Result<uint8_t> Unpacker::Byte() {
  ASSIGN_OR_RETURN(const ByteView taken, Take(1));
  return taken[0];
}

Result<int64_t> Unpacker::Int() {
  ASSIGN_OR_RETURN(const ByteView taken, Take(8));
  return static_cast<int64_t>(uint64_t{LoadBe32(taken.data())} << 32 | LoadBe32(taken.data() + 4));
}

Result<ByteView> Unpacker::Blob() {
  ASSIGN_OR_RETURN(const ByteView length, Take(4));
  return Take(LoadBe32(length.data()));
}

Result<std::string> Unpacker::Text() {
  ASSIGN_OR_RETURN(const ByteView text, Blob());
  return std::string(AsText(text));
}

Bytes PackRecord(uint32_t number, ByteView payload) {
  Bytes record(RoundUp(kHead + payload.size()));
  std::copy(kMagic.begin(), kMagic.end(), record.begin());
  StoreBe32(record.data() + 4, number);
  StoreBe32(record.data() + 8, static_cast<uint32_t>(payload.size()));
  const Sha256Digest digest = Digest(ByteView(record).first(kFields), payload);
  std::copy(digest.begin(), digest.end(), record.begin() + kFields);
  std::copy(payload.begin(), payload.end(), record.begin() + kHead);
  return record;
}

Bytes PackHeader(const std::string& bench_id, const std::string& job_id) {
  Packer header;
  header.Text(kFormat);
  header.Text(bench_id);
  header.Text(job_id);
  return PackRecord(0, header.bytes());
}

Result<SpillContent> ParseSpill(ByteView file) {
  SpillContent content;
  if (!BeginsLikeOne(file)) return SpillDamaged("it does not begin like one");
  size_t at = 0;
  uint32_t number = 0;
  for (auto payload = RecordAt(file, at, number); payload; payload = RecordAt(file, at, number)) {
    if (number == 0) {
      RETURN_IF_ERROR(ParseHeader(*payload, content));
    } else {
      content.payloads.push_back(*payload);
    }
    at += RoundUp(kHead + payload->size());
    ++number;
  }
  content.damaged = HasLaterRecord(file, at, number);
  return content;
}

}  // namespace firmbench::storage
