// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "daemon/base/utf8.h"
#include "storage/sqlite/queries.h"

namespace firmbench::storage::sqlite {
namespace {

constexpr size_t kMinCharacters = 3;  // what the index is made of
constexpr size_t kMaxBytes = 200;
constexpr int kMaxHits = 1000;

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

Status CheckText(const std::string& text) {
  const auto characters = static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !IsContinuation(byte); }));
  const bool control = std::any_of(text.begin(), text.end(), [](char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
  });
  if (characters >= kMinCharacters && text.size() <= kMaxBytes && !control &&
      ReplaceInvalidUtf8(text) == text) {
    return Ok();
  }
  return InvalidArgument("SEARCH_TEXT_INVALID",
                         "a text to search has 3 characters or more and at most 200 bytes")
      .WithRemedy("Search for a longer part of the serial, label, hash, name or note.");
}

// One phrase, whatever the text holds.
std::string Phrase(const std::string& text) {
  std::string phrase = "\"";
  for (const char c : text) {
    if (c == '"') phrase += '"';
    phrase += c;
  }
  return phrase + "\"";
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The part of a long text around what was searched for.
std::string Excerpt(const std::string& text, const std::string& wanted) {
  if (text.size() <= kMaxBytes) return text;
  const auto at = std::search(text.begin(), text.end(), wanted.begin(), wanted.end(),
                              [](char a, char b) { return Lower(a) == Lower(b); });
  const auto found = static_cast<size_t>(at == text.end() ? 0 : at - text.begin());
  const size_t room = (kMaxBytes - std::min(kMaxBytes, wanted.size())) / 2;
  size_t first = std::min(found - std::min(found, room), text.size() - kMaxBytes);
  while (first < text.size() && IsContinuation(text[first])) ++first;
  size_t last = std::min(text.size(), first + kMaxBytes);
  while (last < text.size() && last > first && IsContinuation(text[last])) --last;
  return text.substr(first, last - first);
}

}  // namespace

Status IndexNewTexts(Database& database) {
  ASSIGN_OR_RETURN(
      Statement insert,
      database.Prepare("INSERT INTO search (rowid, text) SELECT seq, text FROM search_texts"
                       " WHERE seq > (SELECT coalesce(max(id), 0) FROM search_docsize)"));
  return insert.Run();
}

Status ForgetTexts(Database& database, const std::string& source_id, Texts texts) {
  RETURN_IF_ERROR(IndexNewTexts(database));
  const char* const fields = texts == Texts::kOfUnit        ? " AND field IN ('label', 'note')"
                             : texts == Texts::kOfUnitEvent ? " AND field <> 'tool'"
                                                            : "";
  ASSIGN_OR_RETURN(Statement forget,
                   database.Prepare(fmt::format(
                       "INSERT INTO search (search, rowid, text) SELECT 'delete', seq, text"
                       " FROM search_texts WHERE source_id = ?1{}",
                       fields)));
  return forget.Bind(source_id).Run();
}

Status WipeIndex(Database& database) {
  return database.Exec("INSERT INTO search (search) VALUES ('optimize')");
}

Result<std::vector<SearchHit>> Search(Database& database, const std::string& text, int limit) {
  RETURN_IF_ERROR(CheckText(text));
  // Whole texts first, then the shorter ones, then the newer ones. One more than asked for would be
  // no use, but texts that were seen often are one hit.
  ASSIGN_OR_RETURN(
      Statement find,
      database.Prepare("SELECT t.kind, t.subject_id, t.field, t.text FROM search s"
                       " JOIN search_texts t ON t.seq = s.rowid WHERE search MATCH ?1"
                       " GROUP BY t.kind, t.subject_id, t.field, t.text"
                       " ORDER BY lower(t.text) = lower(?2) DESC, length(t.text), max(t.seq) DESC"
                       " LIMIT ?3"));
  const auto wanted = static_cast<size_t>(std::clamp(limit, 1, kMaxHits));
  find.Bind(Phrase(text), text, int64_t{kMaxHits});
  std::vector<SearchHit> hits;
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  while (hits.size() < wanted) {
    ASSIGN_OR_RETURN(const bool more, find.Step());
    if (!more) break;
    SearchHit hit{.kind = find.Text(0),
                  .subject_id = find.Text(1),
                  .field = find.Text(2),
                  .text = Excerpt(find.Text(3), text)};
    if (hit.kind == "unit") {
      ASSIGN_OR_RETURN(const Unit unit, ResolveUnit(database, hit.subject_id));
      hit.subject_id = unit.id;
    }
    if (seen.emplace(hit.subject_id, hit.field, hit.text).second) hits.push_back(std::move(hit));
  }
  return hits;
}

}  // namespace firmbench::storage::sqlite
