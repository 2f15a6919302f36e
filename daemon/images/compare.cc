// SPDX-License-Identifier: Apache-2.0
#include "daemon/images/compare.h"

#include <fmt/format.h>

#include <algorithm>

namespace firmbench::images {
namespace {

constexpr std::string_view kUnknownMeaning = "not publicly known";

// Disjoint pieces in ascending order that cover everything: what overlaps is resolved once, so
// that the scan below only walks forward.
struct Piece {
  uint64_t end = 0;
  std::string_view meaning;
  Part part = Part::kNotKnown;
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
    Piece piece{cuts[i + 1], kUnknownMeaning, Part::kNotKnown};
    for (const Region& r : regions) {
      if (r.offset <= cuts[i] && cuts[i] < uint64_t{r.offset} + r.length) {
        piece.meaning = r.meaning;
        piece.part = r.part;
        break;
      }
    }
    if (!pieces.empty() && pieces.back().meaning == piece.meaning) {
      pieces.back().end = piece.end;
    } else {
      pieces.push_back(piece);
    }
  }
  return pieces;
}

// Says so where one side is erased: that is the most telling thing about such a range.
void Describe(DiffRange& range, const Piece& piece, ByteView first, ByteView second) {
  range.meaning = piece.meaning;
  range.part = piece.part;
  // One or two FF bytes are just data.
  if (range.length < 16) return;
  if (AllBytesAre(first.subspan(range.offset, range.length), 0xff)) {
    range.blank = BlankIn::kFirst;
    range.meaning += "; blank (FF) in the first";
  } else if (AllBytesAre(second.subspan(range.offset, range.length), 0xff)) {
    range.blank = BlankIn::kSecond;
    range.meaning += "; blank (FF) in the second";
  }
}

class Collector {
 public:
  Collector(ByteView first, ByteView second, const CompareOptions& options, Comparison& out)
      : first_(first), second_(second), options_(options), out_(out) {}

  void Differs(uint64_t offset, const Piece& piece, bool same_piece) {
    ++out_.differing_bytes;
    ++out_.differing_by_part[static_cast<size_t>(piece.part)];
    const bool near =
        open_ && same_piece && offset - (range_.offset + range_.length) <= options_.merge_gap_bytes;
    if (!near) {
      Close();
      range_ = DiffRange();
      range_.offset = offset;
      piece_ = piece;
      open_ = true;
    }
    range_.length = offset + 1 - range_.offset;
    ++range_.differing_bytes;
  }

  void Close() {
    if (!open_) return;
    open_ = false;
    if (out_.ranges.size() < options_.max_ranges) {
      Describe(range_, piece_, first_, second_);
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
  Piece piece_;
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
  range.part = one_piece ? piece->part : Part::kSeveral;
  if (AllBytesAre(tail, 0xff)) {
    range.blank = first_longer ? BlankIn::kFirst : BlankIn::kSecond;
    range.meaning += "; blank (FF)";
  } else if (tail.size() == common && std::equal(tail.begin(), tail.end(), longer.begin())) {
    // A small image read from a chip of twice its size (drive-protocols 1.6 [I]).
    range.meaning += "; repeats what lies below it";
  }
  out.ranges.push_back(std::move(range));
}

// "524,288".
std::string Grouped(uint64_t number) {
  std::string text = fmt::format("{}", number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

// What a number of differing bytes in such places is said to be: "9 change with use".
std::string_view WordsOf(Part part, bool one) {
  switch (part) {
    case Part::kCode:
      return one ? "is code" : "are code";
    case Part::kBoot:
      return one ? "is boot code" : "are boot code";
    case Part::kIdBlock:
      return one ? "is in an ID block" : "are in ID blocks";
    case Part::kPerUnit:
      return one ? "belongs to the single drive" : "belong to the single drive";
    case Part::kChangesWithUse:
      return one ? "changes with use" : "change with use";
    case Part::kSetting:
      return one ? "is a setting" : "are settings";
    case Part::kBlank:
      return one ? "is in a blank area" : "are in a blank area";
    case Part::kNotKnown:
    case Part::kSeveral:
      break;
  }
  return one ? "is not publicly known" : "are not publicly known";
}

// The parts that differ, those with most bytes first: "9 change with use and 6 are ...".
std::string PartsInWords(const Comparison& comparison) {
  std::vector<size_t> parts;
  for (size_t part = 0; part < kParts; ++part) {
    if (comparison.differing_by_part[part] > 0) parts.push_back(part);
  }
  std::stable_sort(parts.begin(), parts.end(), [&comparison](size_t a, size_t b) {
    return comparison.differing_by_part[a] > comparison.differing_by_part[b];
  });
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) {
    const uint64_t bytes = comparison.differing_by_part[parts[i]];
    if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
    text += fmt::format("{} {}", Grouped(bytes), WordsOf(static_cast<Part>(parts[i]), bytes == 1));
  }
  return text;
}

}  // namespace

std::string_view ToString(Part part) {
  switch (part) {
    case Part::kNotKnown:
      return "not_known";
    case Part::kCode:
      return "code";
    case Part::kBoot:
      return "boot";
    case Part::kIdBlock:
      return "id_block";
    case Part::kPerUnit:
      return "per_unit";
    case Part::kChangesWithUse:
      return "changes_with_use";
    case Part::kSetting:
      return "setting";
    case Part::kBlank:
      return "blank";
    case Part::kSeveral:
      return "several";
  }
  return "not_known";
}

std::string InWords(const Comparison& comparison) {
  const uint64_t common = std::min(comparison.first_bytes, comparison.second_bytes);
  if (comparison.identical) return fmt::format("identical, {} bytes", Grouped(common));
  std::string text;
  if (common > 0) {
    const uint64_t used = comparison.differing_by_part[static_cast<size_t>(Part::kChangesWithUse)];
    const uint64_t differing = comparison.differing_bytes;
    text = fmt::format("{} of {} bytes equal", Grouped(common - differing), Grouped(common));
    if (differing > 0 && used == differing) {
      text += ", the rest changes with use";
    } else if (differing > 0) {
      text += fmt::format("; of the {} others {}", Grouped(differing), PartsInWords(comparison));
    }
  }
  if (comparison.first_bytes != comparison.second_bytes) {
    const bool first = comparison.first_bytes > comparison.second_bytes;
    const uint64_t more = std::max(comparison.first_bytes, comparison.second_bytes) - common;
    text += fmt::format("{}the {} has {} bytes more", text.empty() ? "" : "; ",
                        first ? "first" : "second", Grouped(more));
  }
  return text;
}

std::vector<uint64_t> LinesAround(ByteView first, ByteView second, size_t limit, bool& truncated) {
  truncated = false;
  std::vector<uint64_t> lines;
  const uint64_t longest = std::max(first.size(), second.size());
  const auto line_of = [](ByteView bytes, uint64_t offset) {
    const uint64_t from = std::min<uint64_t>(offset, bytes.size());
    return bytes.subspan(from, std::min<uint64_t>(kLineBytes, bytes.size() - from));
  };
  // The next line that is not in the list yet.
  uint64_t next = 0;
  for (uint64_t at = 0; at < longest; at += kLineBytes) {
    const ByteView a = line_of(first, at);
    const ByteView b = line_of(second, at);
    if (std::equal(a.begin(), a.end(), b.begin(), b.end())) continue;
    const uint64_t from = std::max(next, at >= kLineBytes ? at - kLineBytes : 0);
    for (uint64_t line = from; line <= at + kLineBytes && line < longest; line += kLineBytes) {
      if (lines.size() == limit) {
        truncated = true;
        return lines;
      }
      lines.push_back(line);
      next = line + kLineBytes;
    }
  }
  return lines;
}

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
    collector.Differs(at, *piece, piece->end == last_piece_end);
    last_piece_end = piece->end;
  }
  collector.Close();
  if (first.size() != second.size()) AddTail(first, second, pieces, out);
  out.identical = out.differing_bytes == 0 && first.size() == second.size();
  return out;
}

}  // namespace firmbench::images
