// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/import_names.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "daemon/images/liteon_models.h"

namespace firmbench::jobs {
namespace {

bool IsWordChar(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return upper;
}

// `word`, in capitals, stands in `text`, in capitals, not inside of a longer word.
bool Holds(std::string_view text, std::string_view word) {
  if (word.empty()) return false;
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool joined =
        (at > 0 && IsWordChar(text[at - 1])) || (end < text.size() && IsWordChar(text[end]));
    if (!joined) return true;
  }
  return false;
}

// "U-0001", "U-1", "U0001" and "U_0001" are one number.
bool HoldsNumber(std::string_view text, int64_t number) {
  for (const char* form : {"U-{:04}", "U_{:04}", "U{:04}", "U-{}"}) {
    if (Holds(text, fmt::format(fmt::runtime(form), number))) return true;
  }
  return false;
}

// A firmware revision in the way of this maker: letters of a model, then more, four in all.
std::string RevisionIn(std::string_view text) {
  constexpr size_t kLength = 4;
  for (size_t at = 0; at + kLength <= text.size(); ++at) {
    const std::string_view word = text.substr(at, kLength);
    const size_t end = at + kLength;
    const bool alone =
        (at == 0 || !IsWordChar(text[at - 1])) && (end == text.size() || !IsWordChar(text[end])) &&
        std::all_of(word.begin(), word.end(), IsWordChar) &&
        std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!alone) continue;
    for (const images::LiteonModel& model : images::LiteonModels()) {
      // One letter alone begins too many words.
      const bool telling = model.letters.size() > 1 || word[1] == 'S';
      if (telling && word.starts_with(model.letters)) return std::string(word);
    }
  }
  return {};
}

}  // namespace

std::vector<UnitProposal> ProposeByName(std::string_view name, std::span<const NamedUnit> units) {
  const std::string text = Upper(name);
  std::vector<UnitProposal> proposals;
  for (const NamedUnit& unit : units) {
    if (proposals.size() == kMostProposals) break;
    std::string why;
    const bool serial =
        std::any_of(unit.serials.begin(), unit.serials.end(), [&](const std::string& one) {
          return one.size() >= kShortestTelling && Holds(text, Upper(one));
        });
    if (HoldsNumber(text, unit.number)) {
      why = "its name holds the unit's number";
    } else if (serial) {
      why = "its name holds the unit's serial number";
    } else if (unit.label.size() >= kShortestTelling && Holds(text, Upper(unit.label))) {
      why = "its name holds the unit's label";
    }
    if (!why.empty()) proposals.push_back({unit.unit_id, std::move(why)});
  }
  return proposals;
}

std::vector<std::string> NameNotes(std::string_view name, std::string_view model,
                                   std::string_view revision) {
  std::vector<std::string> notes;
  const std::string text = Upper(name);
  for (const images::LiteonModel& row : images::LiteonModels()) {
    if (row.model == model || !Holds(text, row.model)) continue;
    notes.push_back(model.empty()
                        ? fmt::format("its name says {}, its bytes name no model", row.model)
                        : fmt::format("its name says {}, its bytes {}", row.model, model));
  }
  const std::string said = RevisionIn(text);
  if (!said.empty() && said != revision) {
    notes.push_back(revision.empty()
                        ? fmt::format("its name says firmware {}; an EEPROM does not say it", said)
                        : fmt::format("its name says firmware {}, its bytes {}", said, revision));
  }
  return notes;
}

}  // namespace firmbench::jobs
