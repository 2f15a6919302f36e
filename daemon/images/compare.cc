// SPDX-License-Identifier: Apache-2.0
#include "daemon/images/compare.h"

#include <algorithm>

namespace firmbench::images {
namespace {

constexpr std::string_view kUnknownMeaning = "not publicly known";

// Disjoint pieces in ascending order that cover everything: what overlaps is resolved once, so
// that the scan below only walks forward.
struct Piece {
  uint64_t end = 0;
  std::string_view meaning;
};

std::vector<Piece> Flatten(std::span<const Region> regions, uint64_t size) {
  std::vector<uint64_t> cuts = {0, size};
  for (const Region& r : regions) {
    cuts.push_back(std::min<uint64_t>(r.offset, size));
    cuts.push_back(std::min<uint64_t>(uint64_t{r.offset} + r.length, size));
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::vector<Piece> pieces;
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    std::string_view meaning = kUnknownMeaning;
    for (const Region& r : regions) {
      if (r.offset <= cuts[i] && cuts[i] < uint64_t{r.offset} + r.length) {
        meaning = r.meaning;
        break;
      }
    }
    if (!pieces.empty() && pieces.back().meaning == meaning) {
      pieces.back().end = cuts[i + 1];
    } else {
      pieces.push_back({cuts[i + 1], meaning});
    }
  }
  return pieces;
}

// Says so where one side is erased: that is the most telling thing about such a range.
std::string MeaningOf(const DiffRange& range, std::string_view meaning, ByteView first,
                      ByteView second) {
  std::string text(meaning);
  // One or two FF bytes are just data.
  if (range.length < 16) return text;
  if (AllBytesAre(first.subspan(range.offset, range.length), 0xff)) {
    text += "; blank (FF) in the first";
  } else if (AllBytesAre(second.subspan(range.offset, range.length), 0xff)) {
    text += "; blank (FF) in the second";
  }
  return text;
}

class Collector {
 public:
  Collector(ByteView first, ByteView second, const CompareOptions& options, Comparison& out)
      : first_(first), second_(second), options_(options), out_(out) {}

  void Differs(uint64_t offset, std::string_view meaning, bool same_piece) {
    ++out_.differing_bytes;
    const bool near =
        open_ && same_piece && offset - (range_.offset + range_.length) <= options_.merge_gap_bytes;
    if (!near) {
      Close();
      range_ = {.offset = offset, .length = 0, .differing_bytes = 0, .meaning = {}};
      meaning_ = meaning;
      open_ = true;
    }
    range_.length = offset + 1 - range_.offset;
    ++range_.differing_bytes;
  }

  void Close() {
    if (!open_) return;
    open_ = false;
    if (out_.ranges.size() < options_.max_ranges) {
      range_.meaning = MeaningOf(range_, meaning_, first_, second_);
      out_.ranges.push_back(range_);
    } else {
      ++out_.ranges_not_listed;
      out_.bytes_not_listed += range_.differing_bytes;
    }
  }

 private:
  ByteView first_;
  ByteView second_;
  const CompareOptions& options_;
  Comparison& out_;
  DiffRange range_;
  std::string_view meaning_;
  bool open_ = false;
};

void AddTail(ByteView first, ByteView second, const std::vector<Piece>& pieces, Comparison& out) {
  const uint64_t common = std::min(first.size(), second.size());
  const bool first_longer = first.size() > second.size();
  const ByteView longer = first_longer ? first : second;
  const ByteView tail = longer.subspan(common);
  DiffRange range;
  range.offset = common;
  range.length = range.differing_bytes = tail.size();
  range.kind = first_longer ? RangeKind::kOnlyInFirst : RangeKind::kOnlyInSecond;
  const auto piece = std::find_if(pieces.begin(), pieces.end(),
                                  [common](const Piece& p) { return common < p.end; });
  // A tail over several regions has no single meaning.
  const bool one_piece = piece != pieces.end() && common + tail.size() <= piece->end;
  range.meaning = one_piece ? std::string(piece->meaning) : "several regions";
  if (AllBytesAre(tail, 0xff)) {
    range.meaning += "; blank (FF)";
  } else if (tail.size() == common && std::equal(tail.begin(), tail.end(), longer.begin())) {
    // A small image read from a chip of twice its size (drive-protocols 1.6 [I]).
    range.meaning += "; repeats what lies below it";
  }
  out.ranges.push_back(std::move(range));
}

}  // namespace

Comparison Compare(ByteView first, ByteView second, std::span<const Region> regions,
                   const CompareOptions& options) {
  Comparison out;
  out.first_bytes = first.size();
  out.second_bytes = second.size();
  const uint64_t common = std::min(first.size(), second.size());
  const std::vector<Piece> pieces = Flatten(regions, std::max(first.size(), second.size()));
  Collector collector(first, second, options, out);
  auto piece = pieces.begin();
  uint64_t last_piece_end = 0;
  for (uint64_t at = 0; at < common; ++at) {
    // Equal stretches are the rule: let the library skip them.
    const auto next = std::mismatch(first.begin() + static_cast<ptrdiff_t>(at),
                                    first.begin() + static_cast<ptrdiff_t>(common),
                                    second.begin() + static_cast<ptrdiff_t>(at));
    at = static_cast<uint64_t>(next.first - first.begin());
    if (at >= common) break;
    while (piece->end <= at) ++piece;
    collector.Differs(at, piece->meaning, piece->end == last_piece_end);
    last_piece_end = piece->end;
  }
  collector.Close();
  if (first.size() != second.size()) AddTail(first, second, pieces, out);
  out.identical = out.differing_bytes == 0 && first.size() == second.size();
  return out;
}

}  // namespace firmbench::images
