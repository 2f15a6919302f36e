// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/queries.h"

#include <fmt/format.h>

#include <unordered_map>

#include "storage/sqlite/paging.h"

namespace firmbench::storage::sqlite {
namespace {

// Dumps with their newest attribution, file and archiving.
const std::string& SelectDumps() {
  static const std::string* const kSql = new std::string(fmt::format(
      "SELECT {}, a.unit_id, a.kind, d.seq, f.file_name, f.modified_us, v.archived FROM dumps d"
      " LEFT JOIN dump_attributions a ON a.seq ="
      " (SELECT max(n.seq) FROM dump_attributions n WHERE n.dump_id = d.id)"
      " LEFT JOIN dump_files f ON f.seq ="
      " (SELECT max(n.seq) FROM dump_files n WHERE n.dump_id = d.id)"
      " LEFT JOIN archivings v ON v.seq = (SELECT max(n.seq) FROM archivings n"
      " WHERE n.subject_kind = 'dump' AND n.subject_id = d.id)",
      ColumnList<Dump>("d")));
  return *kSql;
}
Dump ReadDump(const Statement& statement) {
  Dump dump = ReadRow<Dump>(statement);
  auto column = static_cast<int>(TableOf<Dump>().columns.size());
  dump.unit_id = statement.Text(column++);
  dump.attribution = statement.Text(column++);
  dump.sequence = statement.Int(column++);
  dump.file_name = statement.Text(column++);
  dump.file_modified_us = statement.Int(column++);
  dump.archived = statement.Int(column++) != 0;
  return dump;
}

// The units of `dumps` as merges say it.
Status ResolveUnits(Database& database, std::vector<Dump>& dumps) {
  std::unordered_map<std::string, std::string> known;
  for (Dump& dump : dumps) {
    if (dump.unit_id.empty()) continue;
    auto at = known.find(dump.unit_id);
    if (at == known.end()) {
      ASSIGN_OR_RETURN(const Unit unit, ResolveUnit(database, dump.unit_id));
      at = known.emplace(dump.unit_id, unit.id).first;
    }
    dump.unit_id = at->second;
  }
  return Ok();
}

// Images with their newest marks and archiving.
const std::string& SelectImages() {
  constexpr auto kMark = [](std::string_view kinds) {
    return fmt::format(
        "(SELECT max(n.seq) FROM image_marks n WHERE n.image_id = t.id AND n.kind IN ({}))", kinds);
  };
  static const std::string* const kSql = new std::string(
      fmt::format("SELECT {}, coalesce(a.kind = 'approved', 0), coalesce(b.kind = 'known_bad', 0),"
                  " b.text, o.text, v.archived FROM images t"
                  " LEFT JOIN image_marks a ON a.seq = {} LEFT JOIN image_marks b ON b.seq = {}"
                  " LEFT JOIN image_marks o ON o.seq = {}"
                  " LEFT JOIN archivings v ON v.seq = (SELECT max(n.seq) FROM archivings n"
                  " WHERE n.subject_kind = 'image' AND n.subject_id = t.id)",
                  ColumnList<Image>("t"), kMark("'approved', 'not_approved'"),
                  kMark("'known_bad', 'not_known_bad'"), kMark("'note'")));
  return *kSql;
}
Image ReadImage(const Statement& statement) {
  Image image = ReadRow<Image>(statement);
  auto column = static_cast<int>(TableOf<Image>().columns.size());
  image.approved = statement.Int(column++) != 0;
  image.known_bad = statement.Int(column++) != 0;
  std::string bad_reason = statement.Text(column++);
  if (image.known_bad) image.bad_reason = std::move(bad_reason);
  image.note = statement.Text(column++);
  image.archived = statement.Int(column++) != 0;
  return image;
}

}  // namespace

Result<Dump> GetDump(Database& database, const std::string& id) {
  ASSIGN_OR_RETURN(Statement find, database.Prepare(SelectDumps() + " WHERE d.id = ?1"));
  ASSIGN_OR_RETURN(const bool found, find.Bind(id).Step());
  if (!found) return NotFound("DUMP_NOT_FOUND", "no dump with this id in the ledger");
  std::vector<Dump> dumps{ReadDump(find)};
  RETURN_IF_ERROR(ResolveUnits(database, dumps));
  return std::move(dumps.front());
}

Result<Paged<Dump>> ListDumps(Database& database, const DumpFilter& filter, const Page& page) {
  ASSIGN_OR_RETURN(const int64_t start,
                   Start(database, "SELECT seq FROM dumps WHERE id = ?1", page.after));
  Where where;
  if (!filter.unit_id.empty()) {
    // The first condition finds the candidates by an index, the second keeps those still its own.
    where.Add(fmt::format(
        "d.id IN ({}SELECT dump_id FROM dump_attributions WHERE unit_id IN family)", kFamily));
    where.InFamily("a.unit_id", filter.unit_id);  // ?1
  }
  where.Equals("d.job_id", filter.job_id);
  where.Equals("d.memory", filter.memory);
  where.Equals("d.sha256", filter.sha256);
  where.Equals("d.purpose", filter.purpose);
  if (!filter.archived_too) where.Add("coalesce(v.archived, 0) = 0");
  if (filter.after_sequence != 0) where.Compare("d.seq >", filter.after_sequence);
  ASSIGN_OR_RETURN(auto listed, OnePage<Dump>(database, SelectDumps(), "d.seq", std::move(where),
                                              start, page, ReadDump, IdOfRow<Dump>));
  RETURN_IF_ERROR(ResolveUnits(database, listed.rows));
  return listed;
}

Result<std::vector<DumpAttribution>> ListAttributions(Database& database,
                                                      const std::string& dump_id) {
  ASSIGN_OR_RETURN(
      Statement list,
      database.Prepare(Select<DumpAttribution>("WHERE dump_id = ?1 ORDER BY seq DESC")));
  return All<DumpAttribution>(list.Bind(dump_id));
}

Result<std::vector<DumpFile>> ListDumpFiles(Database& database, const std::string& dump_id) {
  ASSIGN_OR_RETURN(Statement list,
                   database.Prepare(Select<DumpFile>("WHERE dump_id = ?1 ORDER BY seq DESC")));
  return All<DumpFile>(list.Bind(dump_id));
}

Result<std::vector<DumpProof>> ListDumpProofs(Database& database, const std::string& dump_id) {
  ASSIGN_OR_RETURN(Statement list,
                   database.Prepare(Select<DumpProof>("WHERE dump_id = ?1 ORDER BY seq DESC")));
  return All<DumpProof>(list.Bind(dump_id));
}

Result<std::optional<Dump>> NewestDump(Database& database, const std::string& unit_id,
                                       const std::string& memory) {
  // Candidates come from indexes alone, newest first; whose a dump is now is asked of the first
  // ones only.
  ASSIGN_OR_RETURN(
      Statement find,
      database.Prepare(fmt::format(
          "{0}SELECT c.id FROM (SELECT DISTINCT d.seq, d.id FROM dump_attributions n"
          " JOIN dumps d INDEXED BY dumps_by_use ON d.id = n.dump_id WHERE n.unit_id IN family"
          " AND d.memory = ?2 AND d.purpose <> 'disagreeing' ORDER BY d.seq DESC) c"
          " WHERE (SELECT a.unit_id FROM dump_attributions a WHERE a.dump_id = c.id"
          " ORDER BY a.seq DESC LIMIT 1) IN family LIMIT 1",
          kFamily)));
  ASSIGN_OR_RETURN(const bool found, find.Bind(unit_id, memory).Step());
  if (!found) return std::optional<Dump>();
  ASSIGN_OR_RETURN(Dump dump, GetDump(database, find.Text(0)));
  return std::optional<Dump>(std::move(dump));
}

Result<std::vector<std::string>> ListUncopied(Database& database, const std::string& place,
                                              int limit) {
  ASSIGN_OR_RETURN(
      Statement list,
      database.Prepare("SELECT d.sha256 FROM dumps d WHERE NOT EXISTS (SELECT 1 FROM copies c"
                       " WHERE c.place = ?1 AND c.sha256 = d.sha256)"
                       " AND NOT EXISTS (SELECT 1 FROM dumps e WHERE e.sha256 = d.sha256"
                       " AND e.seq < d.seq) ORDER BY d.seq LIMIT ?2"));
  list.Bind(place, std::clamp(limit, 1, kMaxPage));
  std::vector<std::string> blobs;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, list.Step());
    if (!more) return blobs;
    blobs.push_back(list.Text(0));
  }
}

Result<Image> GetImage(Database& database, const std::string& id) {
  ASSIGN_OR_RETURN(Statement find, database.Prepare(SelectImages() + " WHERE t.id = ?1"));
  ASSIGN_OR_RETURN(const bool found, find.Bind(id).Step());
  if (!found) return NotFound("IMAGE_NOT_FOUND", "no image with this id in the ledger");
  return ReadImage(find);
}

Result<std::optional<Image>> FindImageBySha256(Database& database, const std::string& sha256) {
  ASSIGN_OR_RETURN(Statement find, database.Prepare(SelectImages() + " WHERE t.sha256 = ?1"));
  ASSIGN_OR_RETURN(const bool found, find.Bind(sha256).Step());
  if (!found) return std::optional<Image>();
  return std::optional<Image>(ReadImage(find));
}

Result<Paged<Image>> ListImages(Database& database, const ImageFilter& filter, const Page& page) {
  ASSIGN_OR_RETURN(const int64_t start,
                   Start(database, "SELECT seq FROM images WHERE id = ?1", page.after));
  Where where;
  if (!filter.archived_too) where.Add("coalesce(v.archived, 0) = 0");
  return OnePage<Image>(database, SelectImages(), "t.seq", std::move(where), start, page, ReadImage,
                        IdOfRow<Image>);
}

Result<std::vector<ImageMark>> ListImageMarks(Database& database, const std::string& image_id) {
  ASSIGN_OR_RETURN(Statement list,
                   database.Prepare(Select<ImageMark>("WHERE image_id = ?1 ORDER BY seq DESC")));
  return All<ImageMark>(list.Bind(image_id));
}

Result<Job> GetJob(Database& database, const std::string& id) {
  return Get<Job>(database, id, "JOB_NOT_FOUND", "job");
}

Result<std::optional<Job>> FindJobByRequest(Database& database, const std::string& request_id) {
  ASSIGN_OR_RETURN(Statement find, database.Prepare(Select<Job>("WHERE request_id = ?1")));
  return First<Job>(find.Bind(request_id));
}

Result<Paged<Job>> ListJobs(Database& database, const JobFilter& filter, const Page& page) {
  ASSIGN_OR_RETURN(const int64_t start,
                   Start(database, "SELECT seq FROM jobs WHERE id = ?1", page.after));
  Where where;
  where.Equals("t.drive_id", filter.drive_id);
  where.InFamily("t.unit_id", filter.unit_id);
  where.Equals("t.recovers", filter.recovers);
  if (filter.open_only) where.Add("t.result = ''");
  return OnePage<Job>(
      database, Select<Job>(""), "t.seq", std::move(where), start, page,
      [](const Statement& row) { return ReadRow<Job>(row); }, IdOfRow<Job>);
}

Result<std::vector<JobStep>> ListSteps(Database& database, const std::string& job_id) {
  ASSIGN_OR_RETURN(Statement list,
                   database.Prepare(Select<JobStep>("WHERE job_id = ?1 ORDER BY idx")));
  return All<JobStep>(list.Bind(job_id));
}

Result<std::vector<JobEvent>> ListEvents(Database& database, const std::string& job_id,
                                         int64_t after_sequence, int limit) {
  const char* const condition =
      job_id.empty() ? "WHERE sequence > ?1 ORDER BY sequence LIMIT ?2"
                     : "WHERE sequence > ?1 AND job_id = ?3 ORDER BY sequence LIMIT ?2";
  ASSIGN_OR_RETURN(Statement list, database.Prepare(Select<JobEvent>(condition)));
  list.Bind(after_sequence, std::clamp(limit, 1, kMaxPage));
  if (!job_id.empty()) list.BindOne(3, job_id);
  return All<JobEvent>(list);
}

Result<std::vector<Quarantine>> ListQuarantines(Database& database, bool in_force_only) {
  ASSIGN_OR_RETURN(
      Statement list,
      database.Prepare(Select<Quarantine>(in_force_only ? "WHERE lifted_us = 0 ORDER BY seq DESC"
                                                        : "ORDER BY seq DESC")));
  return All<Quarantine>(list);
}

Result<std::vector<Credential>> ListCredentials(Database& database, const CredentialFilter& filter,
                                                int64_t good_at_us) {
  Where where;
  where.Equals("t.principal", filter.principal);
  where.Equals("t.kind", filter.kind);
  const auto parameter = static_cast<int>(where.next());
  if (good_at_us != 0) {
    where.Add(fmt::format("t.ended_us = 0 AND t.expires_us > ?{}", parameter));
  }
  ASSIGN_OR_RETURN(Statement list,
                   database.Prepare(Select<Credential>(where.text() + " ORDER BY t.seq DESC")));
  where.BindTo(list);
  if (good_at_us != 0) list.BindOne(parameter, good_at_us);
  return All<Credential>(list);
}

Result<std::optional<JobTrace>> FindJobTrace(Database& database, const std::string& job_id) {
  ASSIGN_OR_RETURN(
      Statement find,
      database.Prepare(Select<JobTrace>("WHERE job_id = ?1 ORDER BY seq DESC LIMIT 1")));
  find.BindOne(1, job_id);
  ASSIGN_OR_RETURN(auto rows, All<JobTrace>(find));
  if (rows.empty()) return std::optional<JobTrace>();
  return std::optional<JobTrace>(std::move(rows.front()));
}

Result<std::optional<Approval>> FindApproval(Database& database, const std::string& job_id) {
  ASSIGN_OR_RETURN(Statement find, database.Prepare(Select<Approval>("WHERE job_id = ?1")));
  find.BindOne(1, job_id);
  ASSIGN_OR_RETURN(auto rows, All<Approval>(find));
  if (rows.empty()) return std::optional<Approval>();
  return std::optional<Approval>(std::move(rows.front()));
}

Result<std::vector<Claim>> ListClaims(Database& database, const std::string& drive_id,
                                      int64_t in_force_at_us) {
  Where where;
  where.Equals("t.drive_id", drive_id);
  const auto parameter = static_cast<int>(where.next());
  if (in_force_at_us != 0) {
    where.Add(fmt::format("t.released_us = 0 AND t.expires_us > ?{}", parameter));
  }
  ASSIGN_OR_RETURN(Statement list,
                   database.Prepare(Select<Claim>(where.text() + " ORDER BY t.seq DESC")));
  where.BindTo(list);
  if (in_force_at_us != 0) list.BindOne(parameter, in_force_at_us);
  return All<Claim>(list);
}

}  // namespace firmbench::storage::sqlite
