// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace firmbench::cli::render {
namespace {

struct Kind {
  v1::Check::Verdict verdict;
  std::string_view word;  // as wide as the widest
  std::string_view counted;
  Color color;
};

constexpr std::array kKinds = {
    Kind{v1::Check::VERDICT_GOOD, "good   ", "good", Color::kGreen},
    Kind{v1::Check::VERDICT_WARNING, "WARNING", "warnings", Color::kYellow},
    Kind{v1::Check::VERDICT_BAD, "BAD    ", "bad", Color::kRed},
    Kind{v1::Check::VERDICT_NOT_CHECKED, "-      ", "not checked", Color::kBold},
};

const Kind& KindOf(v1::Check::Verdict verdict) {
  for (const Kind& kind : kKinds) {
    if (kind.verdict == verdict) return kind;
  }
  return kKinds.back();
}

}  // namespace

std::string Checks(const v1::CheckBenchResponse& found, Style style) {
  constexpr std::string_view kToDo = "what to do: ";
  constexpr size_t kWord = 7, kGap = 2;
  size_t widest = 0;
  for (const v1::Check& row : found.checks()) {
    widest = std::max(widest, Columns(Clean(row.subject())));
  }
  const size_t indent = kWord + kGap + widest + kGap;
  std::string text;
  for (const v1::Check& row : found.checks()) {
    const Kind& kind = KindOf(row.verdict());
    const std::string subject = Clean(row.subject());
    std::string line = Clean(row.text());
    if (!row.reason().empty()) line += " [" + Clean(row.reason()) + "]";
    text += Paint(style, kind.color, kind.word) + "  " + subject +
            std::string(widest - Columns(subject) + kGap, ' ') + Wrap(line, indent, indent) + "\n";
    if (row.remedy().empty()) continue;
    text += std::string(indent, ' ') + std::string(kToDo) +
            Wrap(Clean(row.remedy()), indent + kToDo.size(), indent + kToDo.size()) + "\n";
  }
  std::string counts;
  for (const Kind& kind : kKinds) {
    const auto count = std::count_if(
        found.checks().begin(), found.checks().end(),
        [&](const v1::Check& row) { return KindOf(row.verdict()).word == kind.word; });
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, kind.counted);
  }
  return text + "\n" + counts + "\n";
}

}  // namespace firmbench::cli::render
