// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/proof.h"

#include <fmt/format.h>

namespace firmbench::cli::render {
namespace {

std::string ShortWord(const v1::Dump& dump, v1::Proof::Kind kind) {
  switch (kind) {
    case v1::Proof::KIND_READS_DISAGREE:
      return "disagree";
    case v1::Proof::KIND_FROM_FILE:
      return "file";
    case v1::Proof::KIND_READ_ONCE:
      return "once";
    case v1::Proof::KIND_READS_AGREE:
      return fmt::format("agree({})", dump.agreeing_reads());
    case v1::Proof::KIND_RECOGNISED:
      return "recognised";
    case v1::Proof::KIND_REHEARSED:
      return "(rehearsed)";
    case v1::Proof::KIND_WRITTEN_BACK:
      return "written_back";
    default:
      return {};
  }
}

void Join(std::string& text, std::string_view separator, const std::string& more) {
  if (more.empty()) return;
  if (!text.empty()) text += separator;
  text += more;
}

}  // namespace

std::string ProofCell(const v1::Dump& dump) {
  std::string cell;
  for (const v1::Proof& proof : dump.proofs()) Join(cell, ",", ShortWord(dump, proof.kind()));
  return cell;
}

std::string ProofText(const v1::Dump& dump) {
  std::string text;
  for (const v1::Proof& proof : dump.proofs()) {
    if (proof.kind() != v1::Proof::KIND_REHEARSED) Join(text, "; ", proof.text());
  }
  return text;
}

std::string RehearsalText(const v1::Dump& dump) {
  std::string text;
  for (const v1::Proof& proof : dump.proofs()) {
    if (proof.kind() == v1::Proof::KIND_REHEARSED) Join(text, "; ", proof.text());
  }
  return text;
}

std::string CopyText(const v1::Dump& dump) {
  if (dump.second_copy() == "copied") return "copied, and read back there";
  if (dump.second_copy() == "pending") return "not yet copied";
  return {};
}

}  // namespace firmbench::cli::render
