// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/problem.h"

#include <fmt/format.h>

namespace firmbench::cli::render {
namespace {

std::string Line(std::string_view label, std::string_view value) {
  if (value.empty()) return "";
  const std::string head = fmt::format("  {}: ", label);
  return head + Wrap(Clean(value), 4, head.size()) + "\n";
}

std::string Head(std::string_view message, Style style) {
  constexpr size_t kUsed = 7;  // "error: "
  return Paint(style, Color::kRed, "error:") + " " + Wrap(Clean(message), 4, kUsed) + "\n";
}

std::string_view DriveText(std::string_view state) {
  if (state == "untouched") return InWords(v1::DRIVE_STATE_UNTOUCHED);
  if (state == "partly_written") return InWords(v1::DRIVE_STATE_PARTLY_WRITTEN);
  if (state == "unknown") return InWords(v1::DRIVE_STATE_UNKNOWN);
  return "";
}

}  // namespace

std::string ErrorText(const Error& error, Style style) {
  std::string text = Head(error.message(), style) + Line("reason", error.reason());
  if (error.sense().has_value()) {
    text += Line("sense", fmt::format("{:02X}/{:02X}/{:02X}{}", error.sense()->key,
                                      error.sense()->asc, error.sense()->ascq,
                                      error.sense()->deferred ? ", of an earlier command" : ""));
  }
  text += Line("what to do", error.remedy());
  for (const auto& [key, value] : error.metadata()) {
    if (key == "drive_state") text += Line("drive", DriveText(value));
  }
  return text;
}

std::string JobErrorText(const v1::JobError& error, Style style) {
  return Head(error.message(), style) + Line("reason", error.reason()) +
         Line("what to do", error.remedy()) + Line("drive", InWords(error.drive_state()));
}

std::string UrgentLines(const google::protobuf::RepeatedPtrField<v1::Problem>& problems,
                        Style style) {
  std::string text;
  for (const v1::Problem& problem : problems) {
    if (problem.reason() != "RECOVERY_NEEDED") continue;
    text += Paint(style, Color::kRed, Wrap(Clean(problem.text()), 2, 0)) + "\n";
    if (!problem.remedy().empty()) text += "  " + Clean(problem.remedy()) + "\n";
  }
  return text.empty() ? text : text + "\n";
}

std::string ProblemLines(std::string_view label,
                         const google::protobuf::RepeatedPtrField<v1::Problem>& problems,
                         Style style) {
  std::string text;
  for (const v1::Problem& problem : problems) {
    const std::string head = fmt::format("{}:", label);
    const std::string reason = problem.reason().empty() ? "" : " [" + problem.reason() + "]";
    text += Paint(style, Color::kYellow, head) + " " +
            Wrap(Clean(problem.text() + reason), 4, head.size() + 1) + "\n" +
            Line("what to do", problem.remedy());
  }
  return text;
}

}  // namespace firmbench::cli::render
