// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "daemon/base/hash.h"
#include "storage/audit/entry.h"
#include "storage/audit/merkle.h"
#include "storage/sqlite/audit_log.h"
#include "storage/sqlite/blobs.h"
#include "storage/sqlite/migrate.h"
#include "storage/sqlite/rows.h"
#include "storage/sqlite/verify_checkpoints.h"

namespace firmbench::storage::sqlite {
namespace {

constexpr size_t kMaxProblems = 100;

class Verifier {
 public:
  Verifier(Database& database, const std::string& bench_id)
      : database_(database),
        bench_id_(bench_id),
        checkpoints_(
            database, bench_id, [this](std::string text) { Problem(std::move(text)); },
            [this](std::string text) { Note(std::move(text)); }) {}

  AuditReport Run() {
    Phase("the file", [&] { return File(); });
    Phase("references", [&] { return References(); });
    Phase("migrations", [&] { return CheckMigrations(database_, BuiltInMigrations()); });
    // One snapshot, so that entries written meanwhile do not look like nodes too many.
    Phase("a snapshot", [&] { return database_.Exec("BEGIN"); });
    Phase("audit entries", [&] { return Entries(); });
    Phase("audit tree", [&] { return NodeCount(); });
    Rows<Unit>();
    Rows<UnitEvidence>();
    Rows<Dump>();
    Rows<DumpAttribution>();
    Rows<Image>();
    Rows<Job>();
    Rows<JobStep>();
    Rows<JobEvent>();
    Rows<Quarantine>();
    Rows<Claim>();
    Rows<SpilledRecord>();
    Rows<UnitEvent>();
    Rows<Customer>();
    Rows<EvidenceMove>();
    Rows<DumpFile>();
    Rows<DumpProof>();
    Rows<Archiving>();
    Rows<ImageMark>();
    Rows<Checkpoint>();
    Rows<Copy>();
    Rows<Credential>();
    Rows<Approval>();
    Rows<JobTrace>();
    Phase("texts to search", [&] { return SearchTexts(); });
    // Blobs never change: they need no snapshot, which would keep the write-ahead log growing.
    Phase("a snapshot", [&] { return database_.Exec("COMMIT"); });
    Phase("blobs", [&] { return Blobs(); });
    Phase("blobs", [&] { return Gaps("blobs"); });
    Phase("dumps", [&] { return BlobsOf("dumps"); });
    Phase("images", [&] { return BlobsOf("images"); });
    return std::move(report_);
  }

 private:
  void Problem(std::string text) {
    if (report_.problems.size() < kMaxProblems) report_.problems.push_back(std::move(text));
  }

  void Note(std::string text) {
    if (report_.notes.size() < kMaxProblems) report_.notes.push_back(std::move(text));
  }

  // A phase that cannot go on is a problem of its own; the others still run.
  template <typename Function>
  void Phase(const std::string& what, Function function) {
    const Status status = function();
    if (!status) {
      Problem(fmt::format("{} cannot be checked to the end: {}", what, status.error().message()));
    }
  }

  Status File() {
    ASSIGN_OR_RETURN(Statement check, database_.Prepare("PRAGMA integrity_check(100)"));
    while (true) {
      ASSIGN_OR_RETURN(const bool more, check.Step());
      if (!more) return Ok();
      if (check.Text(0) != "ok") Problem("the file is damaged: " + check.Text(0));
    }
  }

  Status References() {
    ASSIGN_OR_RETURN(Statement check, database_.Prepare("PRAGMA foreign_key_check"));
    while (true) {
      ASSIGN_OR_RETURN(const bool more, check.Step());
      if (!more) return Ok();
      Problem(fmt::format("a row of {} refers to one of {} that is missing", check.Text(0),
                          check.Text(2)));
    }
  }

  Status Entries() {
    ASSIGN_OR_RETURN(Statement list,
                     database_.Prepare(fmt::format(
                         "SELECT {} FROM audit_entries a ORDER BY a.sequence", kAuditColumns)));
    std::vector<audit::Node> right_edge;  // of the tree computed here, one node a level at most
    const auto root = [&] { return RootOf(right_edge); };
    RETURN_IF_ERROR(checkpoints_.Begin());
    RETURN_IF_ERROR(checkpoints_.AtSize(0, root));
    while (true) {
      ASSIGN_OR_RETURN(const bool more, list.Step());
      if (!more) break;
      const AuditEntry entry = ReadAuditEntry(list);
      if (entry.sequence != report_.entries) {
        Problem(fmt::format("audit entry {} is missing", report_.entries));
        report_.entries = entry.sequence;
      }
      if (const Status status = audit::CheckEntry(entry, bench_id_); !status) {
        Problem(fmt::format("audit entry {}: {}", entry.sequence, status.error().message()));
      }
      AddLeaf(right_edge, audit::LeafHash(AsBytes(entry.json)));
      ++report_.entries;
      checkpoints_.Entry(entry);
      RETURN_IF_ERROR(checkpoints_.AtSize(report_.entries, root));
    }
    report_.root_hash = ToHex(root());
    RETURN_IF_ERROR(checkpoints_.End(report_.entries));
    report_.checkpoints = checkpoints_.count();
    return Ok();
  }

  // Computes the nodes that this leaf completes from the texts alone, and compares the stored ones.
  void AddLeaf(std::vector<audit::Node>& right_edge, const audit::Hash& leaf) {
    audit::Node node{.level = 0, .index = report_.entries, .hash = leaf};
    while (!right_edge.empty() && right_edge.back().level == node.level) {
      node = {.level = node.level + 1,
              .index = node.index / 2,
              .hash = audit::NodeHash(right_edge.back().hash, node.hash)};
      right_edge.pop_back();
      const auto stored = StoredNodes(database_)(node.level, node.index);
      if (!stored) {
        Problem(stored.error().message());
      } else if (*stored != node.hash) {
        Problem(fmt::format("node {} of level {} of the audit tree differs from its entries",
                            node.index, node.level));
      }
    }
    right_edge.push_back(node);
  }

  static audit::Hash RootOf(const std::vector<audit::Node>& right_edge) {
    if (right_edge.empty()) return audit::EmptyRoot();
    audit::Hash hash = right_edge.back().hash;
    for (auto left = right_edge.rbegin() + 1; left != right_edge.rend(); ++left) {
      hash = audit::NodeHash(left->hash, hash);
    }
    return hash;
  }

  Status NodeCount() {
    int64_t expected = 0;
    for (int64_t n = report_.entries / 2; n > 0; n /= 2) expected += n;
    ASSIGN_OR_RETURN(const int64_t stored, database_.QueryInt("SELECT count(*) FROM audit_nodes"));
    if (stored != expected) {
      Problem(fmt::format("the audit tree has {} stored nodes instead of {}", stored, expected));
    }
    return Ok();
  }

  template <typename Row>
  void Rows() {
    Phase(TableOf<Row>().name, [&] { return CheckRows<Row>(); });
    // Steps are the only rows that carry no number of their own.
    if (!std::is_same_v<Row, JobStep>) Phase("numbers", [&] { return Gaps(TableOf<Row>().name); });
  }
  // Rows are numbered from 1 and never deleted. (That the last ones are gone cannot be seen here;
  // the audit log names what was recorded.)
  Status Gaps(const char* table) {
    ASSIGN_OR_RETURN(const int64_t missing,
                     database_.QueryInt(
                         fmt::format("SELECT coalesce(max(rowid), 0) - count(*) FROM {}", table)));
    if (missing != 0) Problem(fmt::format("{} rows of {} are missing", missing, table));
    return Ok();
  }
  template <typename Row>
  Status CheckRows() {
    const auto& table = TableOf<Row>();
    ASSIGN_OR_RETURN(Statement list,
                     database_.Prepare(fmt::format("SELECT {}, t.row_sha256 FROM {} t",
                                                   ColumnList<Row>("t"), table.name)));
    const auto last = static_cast<int>(table.columns.size());
    while (true) {
      ASSIGN_OR_RETURN(const bool more, list.Step());
      if (!more) return Ok();
      const Sha256Digest digest = RowDigest(ReadRow<Row>(list));
      const ByteView stored = list.Blob(last);
      if (!std::equal(stored.begin(), stored.end(), digest.begin(), digest.end())) {
        Problem(fmt::format("{}: its row differs from its digest",
                            NameOfRow(table.name, table.columns[0].name, list.Text(0))));
      }
    }
  }

  // Derived from other rows, so that what was erased there is not here, and nothing else is.
  Status SearchTexts() {
    ASSIGN_OR_RETURN(const int64_t missing,
                     database_.QueryInt("SELECT count(*) FROM (SELECT * FROM searchable WHERE"
                                        " text <> '' EXCEPT SELECT kind, subject_id, field,"
                                        " source_id, text FROM search_texts)"));
    ASSIGN_OR_RETURN(const int64_t stray,
                     database_.QueryInt("SELECT count(*) FROM (SELECT kind, subject_id, field,"
                                        " source_id, text FROM search_texts EXCEPT"
                                        " SELECT * FROM searchable)"));
    // Each text that is kept has its entry in the index, by the same number.
    ASSIGN_OR_RETURN(const int64_t numbers,
                     database_.QueryInt("SELECT count(*) FROM (SELECT seq FROM search_texts EXCEPT"
                                        " SELECT id FROM search_docsize)"));
    if (missing != 0) Problem(fmt::format("{} texts cannot be found by a search", missing));
    if (stray != 0) Problem(fmt::format("a search finds {} texts that no row holds", stray));
    if (numbers != 0) Problem(fmt::format("{} texts are missing in the search index", numbers));
    return Ok();
  }

  // "dump dumps/ID" where the row is a resource of its own.
  static std::string NameOfRow(std::string_view table, std::string_view column,
                               const std::string& key) {
    constexpr std::string_view kResources[] = {"units", "dumps", "images", "jobs"};
    if (std::find(std::begin(kResources), std::end(kResources), table) != std::end(kResources)) {
      return fmt::format("{} {}/{}", table.substr(0, table.size() - 1), table, key);
    }
    return fmt::format("a row of {} ({} {})", table, column, key);
  }

  // Whose bytes a blob is: " (dumps/ID, images/ID)", of a trace its job; "" for nobody's.
  Result<std::string> UsersOf(const std::string& sha256) {
    ASSIGN_OR_RETURN(
        Statement list,
        database_.Prepare("SELECT 'dumps/' || id FROM dumps WHERE sha256 = ?1 UNION ALL"
                          " SELECT 'images/' || id FROM images WHERE sha256 = ?1 UNION ALL"
                          " SELECT DISTINCT 'jobs/' || job_id || ', its trace' FROM job_traces"
                          " WHERE sha256 = ?1"
                          " LIMIT 4"));
    list.Bind(sha256);
    std::string users;
    while (true) {
      ASSIGN_OR_RETURN(const bool more, list.Step());
      if (!more) return users.empty() ? users : " (" + users + ")";
      users += (users.empty() ? "" : ", ") + list.Text(0);
    }
  }

  Status Blobs() {
    ASSIGN_OR_RETURN(
        Statement list,
        database_.Prepare("SELECT seq, size_bytes, chunks, sha256 FROM blobs ORDER BY seq"));
    while (true) {
      ASSIGN_OR_RETURN(const bool more, list.Step());
      if (!more) break;
      const BlobInfo blob{.seq = list.Int(0), .size_bytes = list.Int(1), .chunks = list.Int(2)};
      if (const Status status = CheckBlob(blob, list.Text(3)); !status) {
        Problem(fmt::format("blob {}{}: {}", list.Text(3), UsersOf(list.Text(3)).value_or(""),
                            status.error().message()));
      }
      ++report_.blobs;
      report_.blob_bytes += blob.size_bytes;
    }
    // In one statement, hence of one moment. Missing chunks were found above.
    ASSIGN_OR_RETURN(
        const int64_t stray,
        database_.QueryInt("SELECT count(*) FROM blob_chunks c WHERE c.idx >="
                           " (SELECT b.chunks FROM blobs b WHERE b.seq = c.blob_seq)"));
    if (stray != 0) Problem(fmt::format("there are {} blob chunks that belong to no blob", stray));
    return Ok();
  }

  Status CheckBlob(const BlobInfo& blob, const std::string& sha256) {
    Sha256Stream hash;
    Bytes piece;
    constexpr int64_t kChunksAtOnce = 16;
    for (int64_t first = 0; first < blob.chunks; first += kChunksAtOnce) {
      RETURN_IF_ERROR(chunks_.Read(database_, blob, first,
                                   std::min(kChunksAtOnce, blob.chunks - first), piece));
      hash.Update(piece);
    }
    if (ToHex(hash.Finish()) != sha256) return BlobCorrupt("its content has another hash");
    return Ok();
  }

  Status BlobsOf(const char* table) {
    ASSIGN_OR_RETURN(Statement list,
                     database_.Prepare(fmt::format(
                         "SELECT t.id, b.seq IS NULL FROM {} t LEFT JOIN blobs b"
                         " ON b.sha256 = t.sha256 WHERE b.size_bytes IS NOT t.size_bytes",
                         table)));
    while (true) {
      ASSIGN_OR_RETURN(const bool more, list.Step());
      if (!more) return Ok();
      Problem(fmt::format("{} {}: its blob {}", table, list.Text(0),
                          list.Int(1) != 0 ? "is missing" : "has another size"));
    }
  }

  Database& database_;
  const std::string& bench_id_;
  CheckpointWalk checkpoints_;
  ChunkReader chunks_;
  AuditReport report_;
};

}  // namespace

AuditReport VerifyLedger(Database& database, const std::string& bench_id) {
  return Verifier(database, bench_id).Run();
}

}  // namespace firmbench::storage::sqlite
