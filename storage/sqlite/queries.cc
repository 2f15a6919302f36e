// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "storage/sqlite/audit_log.h"
#include "storage/sqlite/rows.h"

namespace firmbench::storage::sqlite {
namespace {

constexpr int kMaxPage = 1000;

// A condition and its parameters, put together from the filters that are set. Column names come
// from this file only; what a caller gives is always bound.
class Where {
 public:
  void Equals(const char* column, const std::string& value) {
    if (value.empty()) return;
    values_.push_back(value);
    Add(fmt::format("{} = ?{}", column, values_.size()));
  }
  void Add(const std::string& condition) {
    fmt::format_to(std::back_inserter(text_), "{}{}", text_.empty() ? " WHERE " : " AND ",
                   condition);
  }
  // The number that the next Equals would use.
  size_t next() const { return values_.size() + 1; }
  const std::string& text() const { return text_; }
  void BindTo(Statement& statement) const {
    for (size_t i = 0; i < values_.size(); ++i) {
      statement.BindOne(static_cast<int>(i) + 1, values_[i]);
    }
  }

 private:
  std::string text_;
  std::vector<std::string> values_;
};

Error BadPage() {
  return InvalidArgument("PAGE_TOKEN_INVALID", "the list has no row of that name to go on after");
}

template <typename Row>
Result<std::vector<Row>> All(Statement& statement) {
  std::vector<Row> rows;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return rows;
    rows.push_back(ReadRow<Row>(statement));
  }
}

template <typename Row>
Result<std::optional<Row>> First(Statement& statement) {
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return std::optional<Row>();
  return std::optional<Row>(ReadRow<Row>(statement));
}

template <typename Row>
Result<Row> Get(Database& database, const std::string& id, std::string_view reason,
                std::string_view what) {
  Row keys;
  keys.id = id;
  ASSIGN_OR_RETURN(std::optional<Row> row, FindRow(database, keys));
  if (!row) return NotFound(reason, fmt::format("no {} with this id in the ledger", what));
  return std::move(*row);
}

// Where a page starts: rows below the returned number, which is that of the row `after`.
Result<int64_t> Start(Database& database, std::string_view sql, const std::string& after) {
  if (after.empty()) return std::numeric_limits<int64_t>::max();
  ASSIGN_OR_RETURN(Statement find, database.Prepare(sql));
  ASSIGN_OR_RETURN(const bool found, find.Bind(after).Step());
  if (!found) return BadPage();
  return find.Int(0);
}

// Runs "SELECT columns FROM from WHERE ... ORDER BY order DESC" for one row more than the page has.
template <typename Row, typename Read, typename Name>
Result<Paged<Row>> OnePage(Database& database, const std::string& select, const char* order,
                           Where where, int64_t start, const Page& page, Read read, Name name) {
  const auto size = static_cast<size_t>(std::clamp(page.size, 1, kMaxPage));
  const auto parameter = static_cast<int>(where.next());
  where.Add(fmt::format("{} < ?{}", order, parameter));
  ASSIGN_OR_RETURN(Statement statement,
                   database.Prepare(fmt::format("{}{} ORDER BY {} DESC LIMIT ?{}", select,
                                                where.text(), order, parameter + 1)));
  where.BindTo(statement);
  statement.BindOne(parameter, start);
  statement.BindOne(parameter + 1, static_cast<int64_t>(size + 1));
  Paged<Row> result;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return result;
    if (result.rows.size() == size) {
      result.next = name(result.rows.back());
      return result;
    }
    result.rows.push_back(read(statement));
  }
}

template <typename Row>
std::string IdOfRow(const Row& row) {
  return row.id;
}

// Dumps with their newest attribution.
const std::string& SelectDumps() {
  static const std::string* const kSql = new std::string(fmt::format(
      "SELECT {}, a.unit_id, a.kind FROM dumps d LEFT JOIN dump_attributions a ON a.seq ="
      " (SELECT max(n.seq) FROM dump_attributions n WHERE n.dump_id = d.id)",
      ColumnList<Dump>("d")));
  return *kSql;
}
Dump ReadDump(const Statement& statement) {
  Dump dump = ReadRow<Dump>(statement);
  const auto columns = static_cast<int>(TableOf<Dump>().columns.size());
  dump.unit_id = statement.Text(columns);
  dump.attribution = statement.Text(columns + 1);
  return dump;
}

template <typename Row>
std::string Select(std::string_view condition) {
  return fmt::format("SELECT {} FROM {} t {}", ColumnList<Row>("t"), TableOf<Row>().name,
                     condition);
}

}  // namespace

Result<Unit> GetUnit(Database& database, const std::string& id) {
  return Get<Unit>(database, id, "UNIT_NOT_FOUND", "unit");
}

Result<Paged<Unit>> ListUnits(Database& database, const Page& page) {
  ASSIGN_OR_RETURN(const int64_t start,
                   Start(database, "SELECT number FROM units WHERE id = ?1", page.after));
  return OnePage<Unit>(
      database, Select<Unit>(""), "t.number", Where(), start, page,
      [](const Statement& row) { return ReadRow<Unit>(row); }, IdOfRow<Unit>);
}

Result<std::vector<UnitEvidence>> ListEvidence(Database& database, const std::string& unit_id) {
  ASSIGN_OR_RETURN(Statement list,
                   database.Prepare(Select<UnitEvidence>("WHERE unit_id = ?1 ORDER BY seq DESC")));
  return All<UnitEvidence>(list.Bind(unit_id));
}

Result<std::vector<UnitEvidence>> FindEvidence(Database& database, const std::string& kind,
                                               const std::string& value) {
  ASSIGN_OR_RETURN(
      Statement list,
      database.Prepare(Select<UnitEvidence>("WHERE kind = ?1 AND value = ?2 ORDER BY seq DESC")));
  return All<UnitEvidence>(list.Bind(kind, value));
}

Result<Dump> GetDump(Database& database, const std::string& id) {
  ASSIGN_OR_RETURN(Statement find, database.Prepare(SelectDumps() + " WHERE d.id = ?1"));
  ASSIGN_OR_RETURN(const bool found, find.Bind(id).Step());
  if (!found) return NotFound("DUMP_NOT_FOUND", "no dump with this id in the ledger");
  return ReadDump(find);
}

Result<Paged<Dump>> ListDumps(Database& database, const DumpFilter& filter, const Page& page) {
  ASSIGN_OR_RETURN(const int64_t start,
                   Start(database, "SELECT seq FROM dumps WHERE id = ?1", page.after));
  Where where;
  if (!filter.unit_id.empty()) {
    // The first condition finds the candidates by an index, the second keeps those still its own.
    where.Add(fmt::format("d.id IN (SELECT dump_id FROM dump_attributions WHERE unit_id = ?{})",
                          where.next()));
    where.Equals("a.unit_id", filter.unit_id);
  }
  where.Equals("d.job_id", filter.job_id);
  where.Equals("d.memory", filter.memory);
  where.Equals("d.sha256", filter.sha256);
  return OnePage<Dump>(database, SelectDumps(), "d.seq", std::move(where), start, page, ReadDump,
                       IdOfRow<Dump>);
}

Result<std::vector<DumpAttribution>> ListAttributions(Database& database,
                                                      const std::string& dump_id) {
  ASSIGN_OR_RETURN(
      Statement list,
      database.Prepare(Select<DumpAttribution>("WHERE dump_id = ?1 ORDER BY seq DESC")));
  return All<DumpAttribution>(list.Bind(dump_id));
}

Result<std::optional<Dump>> NewestDump(Database& database, const std::string& unit_id,
                                       const std::string& memory) {
  ASSIGN_OR_RETURN(
      Statement find,
      database.Prepare(SelectDumps() +
                       " WHERE d.id IN (SELECT dump_id FROM dump_attributions WHERE unit_id = ?1)"
                       " AND a.unit_id = ?1 AND d.memory = ?2 AND d.purpose <> 'disagreeing'"
                       " ORDER BY d.seq DESC LIMIT 1"));
  ASSIGN_OR_RETURN(const bool found, find.Bind(unit_id, memory).Step());
  if (!found) return std::optional<Dump>();
  return std::optional<Dump>(ReadDump(find));
}

Result<Image> GetImage(Database& database, const std::string& id) {
  return Get<Image>(database, id, "IMAGE_NOT_FOUND", "image");
}

Result<std::optional<Image>> FindImageBySha256(Database& database, const std::string& sha256) {
  ASSIGN_OR_RETURN(Statement find, database.Prepare(Select<Image>("WHERE sha256 = ?1")));
  return First<Image>(find.Bind(sha256));
}

Result<Paged<Image>> ListImages(Database& database, const Page& page) {
  ASSIGN_OR_RETURN(const int64_t start,
                   Start(database, "SELECT seq FROM images WHERE id = ?1", page.after));
  return OnePage<Image>(
      database, Select<Image>(""), "t.seq", Where(), start, page,
      [](const Statement& row) { return ReadRow<Image>(row); }, IdOfRow<Image>);
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
  where.Equals("t.unit_id", filter.unit_id);
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

Result<Paged<AuditEntry>> ListAudit(Database& database, const AuditFilter& filter,
                                    const Page& page) {
  int64_t start = std::numeric_limits<int64_t>::max();
  if (!page.after.empty()) {
    const char* const end = page.after.data() + page.after.size();
    const auto parsed = std::from_chars(page.after.data(), end, start);
    if (parsed.ec != std::errc() || parsed.ptr != end || start < 0) return BadPage();
  }
  Where where;
  where.Equals("a.resource", filter.resource);
  where.Equals("a.principal", filter.principal);
  where.Equals("a.action", filter.action);
  return OnePage<AuditEntry>(
      database, fmt::format("SELECT {} FROM audit_entries a", kAuditColumns), "a.sequence",
      std::move(where), start, page, ReadAuditEntry,
      [](const AuditEntry& entry) { return fmt::format("{}", entry.sequence); });
}

}  // namespace firmbench::storage::sqlite
