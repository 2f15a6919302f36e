CREATE INDEX archivings_by_subject ON archivings (subject_kind, subject_id, seq);

CREATE INDEX audit_entries_by_action ON audit_entries (action, sequence);

CREATE INDEX audit_entries_by_principal ON audit_entries (principal, sequence);

CREATE INDEX audit_entries_by_resource ON audit_entries (resource, sequence);

CREATE INDEX checkpoints_by_size ON checkpoints (tree_size, seq);

CREATE INDEX claims_by_drive ON claims (drive_id, seq);

CREATE INDEX claims_in_force ON claims (seq) WHERE released_us = 0;

CREATE INDEX copies_by_place ON copies (place, sha256);

CREATE INDEX credentials_by_principal ON credentials (principal, seq);

CREATE UNIQUE INDEX credentials_made_once ON credentials (made_from)
  WHERE made_from IS NOT NULL AND kind = 'certificate';

CREATE INDEX customers_by_unit ON customers (unit_id, seq);

CREATE INDEX dump_attributions_by_dump ON dump_attributions (dump_id, seq);

CREATE INDEX dump_attributions_by_unit ON dump_attributions (unit_id, seq);

CREATE INDEX dump_files_by_dump ON dump_files (dump_id, seq);

CREATE INDEX dump_proofs_by_dump ON dump_proofs (dump_id, seq);

CREATE INDEX dumps_by_job ON dumps (job_id, seq);

CREATE INDEX dumps_by_memory ON dumps (memory, seq);

CREATE INDEX dumps_by_sha256 ON dumps (sha256, seq);

CREATE INDEX dumps_by_use ON dumps (id, memory, purpose);

CREATE INDEX evidence_moves_by_evidence ON evidence_moves (evidence_id, seq);

CREATE INDEX evidence_moves_by_unit ON evidence_moves (unit_id, evidence_id);

CREATE INDEX image_marks_by_image ON image_marks (image_id, kind, seq);

CREATE INDEX job_events_by_job ON job_events (job_id, sequence);

CREATE INDEX job_traces_by_job ON job_traces (job_id, seq);

CREATE INDEX jobs_by_drive ON jobs (drive_id, seq);

CREATE INDEX jobs_by_recovers ON jobs (recovers, seq) WHERE recovers IS NOT NULL;

CREATE INDEX jobs_by_unit ON jobs (unit_id, seq);

CREATE INDEX jobs_open ON jobs (seq) WHERE result = '';

CREATE INDEX quarantines_in_force ON quarantines (seq) WHERE lifted_us = 0;

CREATE INDEX unit_events_by_unit ON unit_events (unit_id, seq);

CREATE INDEX unit_evidence_by_unit ON unit_evidence (unit_id, seq);

CREATE INDEX unit_evidence_by_value ON unit_evidence (kind, value);

CREATE INDEX units_by_merged_into ON units (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE approvals (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  job_id     TEXT NOT NULL UNIQUE REFERENCES jobs (id),
  principal  TEXT NOT NULL CHECK (principal <> ''),
  reason     TEXT NOT NULL,
  solo       INTEGER NOT NULL CHECK (solo IN (0, 1)),
  created_us INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE archivings (
  seq          INTEGER PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  subject_kind TEXT NOT NULL CONSTRAINT archiving_subject CHECK (subject_kind IN ('dump', 'image')),
  subject_id   TEXT NOT NULL,
  archived     INTEGER NOT NULL CHECK (archived IN (0, 1)),
  principal    TEXT NOT NULL,
  reason       TEXT NOT NULL,
  created_us   INTEGER NOT NULL,
  row_sha256   BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE audit_entries (
  sequence  INTEGER PRIMARY KEY CHECK (sequence >= 0),
  time_us   INTEGER NOT NULL,
  json      TEXT NOT NULL,
  leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),
  principal TEXT NOT NULL,
  action    TEXT NOT NULL,
  resource  TEXT NOT NULL,
  outcome   TEXT NOT NULL
) STRICT;

CREATE TABLE audit_nodes (
  level INTEGER NOT NULL CHECK (level > 0),
  idx   INTEGER NOT NULL CHECK (idx >= 0),
  hash  BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID;

CREATE TABLE bench (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE blob_chunks (
  blob_seq INTEGER NOT NULL REFERENCES blobs (seq),
  idx      INTEGER NOT NULL CHECK (idx >= 0),
  codec    TEXT NOT NULL CHECK (codec IN ('raw', 'zstd')),
  data     BLOB NOT NULL CHECK (length(data) BETWEEN 1 AND 65536),
  PRIMARY KEY (blob_seq, idx)
) STRICT;

CREATE TABLE blobs (
  seq        INTEGER PRIMARY KEY,
  sha256     TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
  chunks     INTEGER NOT NULL CHECK (chunks = (size_bytes + 65535) / 65536)
) STRICT;

CREATE TABLE checkpoints (
  seq        INTEGER PRIMARY KEY,
  tree_size  INTEGER NOT NULL CHECK (tree_size >= 0),
  root_hash  TEXT NOT NULL CHECK (length(root_hash) = 64),
  text       TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE claims (
  seq         INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  drive_id    TEXT NOT NULL,
  principal   TEXT NOT NULL,
  note        TEXT NOT NULL,
  since_us    INTEGER NOT NULL,
  expires_us  INTEGER NOT NULL,
  released_us INTEGER NOT NULL,
  released_by TEXT NOT NULL,
  row_sha256  BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE copies (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  sha256     TEXT NOT NULL REFERENCES blobs (sha256),
  place      TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE "credentials" (
  seq           INTEGER PRIMARY KEY,
  id            TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  kind          TEXT NOT NULL CONSTRAINT credential_kind CHECK (kind IN (
                  'certificate', 'token', 'invitation', 'login_link', 'session')),
  principal     TEXT NOT NULL CHECK (principal <> ''),
  role          TEXT NOT NULL CONSTRAINT credential_role CHECK (role IN (
                  'viewer', 'technician', 'manager', 'auditor')),
  secret_sha256 TEXT NOT NULL UNIQUE CHECK (length(secret_sha256) = 64),
  note          TEXT NOT NULL,
  created_by    TEXT NOT NULL,
  created_us    INTEGER NOT NULL,
  expires_us    INTEGER NOT NULL,
  made_from     TEXT REFERENCES "credentials" (id),
  ended_us      INTEGER NOT NULL,
  ended_by      TEXT NOT NULL,
  end_reason    TEXT NOT NULL CONSTRAINT credential_end CHECK (end_reason IN (
                  '', 'revoked', 'used')),
  row_sha256    BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE customers (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  unit_id    TEXT NOT NULL REFERENCES units (id),
  customer   TEXT NOT NULL,
  ticket     TEXT NOT NULL,
  principal  TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  erased_us  INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE dump_attributions (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  dump_id    TEXT NOT NULL REFERENCES dumps (id),
  kind       TEXT NOT NULL CONSTRAINT attribution_kind CHECK (kind IN (
               'unit', 'chip', 'unidentified')),
  unit_id    TEXT REFERENCES units (id),
  principal  TEXT NOT NULL,
  reason     TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32),
  CONSTRAINT attribution_unit CHECK ((kind = 'unit') = (unit_id IS NOT NULL))
) STRICT;

CREATE TABLE dump_files (
  seq         INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  dump_id     TEXT NOT NULL REFERENCES dumps (id),
  file_name   TEXT NOT NULL,
  modified_us INTEGER NOT NULL,
  principal   TEXT NOT NULL,
  created_us  INTEGER NOT NULL,
  row_sha256  BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE dump_proofs (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  dump_id    TEXT NOT NULL REFERENCES dumps (id),
  kind       TEXT NOT NULL CONSTRAINT proof_kind CHECK (kind IN (
               'recognised', 'written_back', 'rehearsed')),
  job_id     TEXT REFERENCES jobs (id),
  detail     TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE dumps (
  seq            INTEGER PRIMARY KEY,
  id             TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  memory         TEXT NOT NULL CHECK (memory IN ('firmware', 'eeprom')),
  job_id         TEXT REFERENCES jobs (id),
  drive_id       TEXT NOT NULL,
  purpose        TEXT NOT NULL CONSTRAINT dump_purpose CHECK (purpose IN (
                   'backup', 'before_write', 'readback', 'disagreeing')),
  family         TEXT NOT NULL,
  model          TEXT NOT NULL,
  revision       TEXT NOT NULL,
  size_bytes     INTEGER NOT NULL CHECK (size_bytes >= 0),
  sha256         TEXT NOT NULL REFERENCES blobs (sha256),
  md5            TEXT NOT NULL CHECK (length(md5) IN (0, 32)),
  crc32          TEXT NOT NULL CHECK (length(crc32) IN (0, 8)),
  stable_sha256  TEXT NOT NULL CHECK (length(stable_sha256) IN (0, 64)),
  agreeing_reads INTEGER NOT NULL CHECK (agreeing_reads >= 0),
  evidence       TEXT NOT NULL CONSTRAINT dump_evidence CHECK (evidence IN (
                   'hypothetical', 'second hand', 'read in code', 'documented', 'observed')),
  method         TEXT NOT NULL,
  simulated      INTEGER NOT NULL CHECK (simulated IN (0, 1)),
  tool_version   TEXT NOT NULL,
  created_us     INTEGER NOT NULL,
  row_sha256     BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE evidence_moves (
  seq         INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  evidence_id TEXT NOT NULL REFERENCES unit_evidence (id),
  unit_id     TEXT NOT NULL REFERENCES units (id),
  principal   TEXT NOT NULL,
  reason      TEXT NOT NULL,
  created_us  INTEGER NOT NULL,
  row_sha256  BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE image_marks (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  image_id   TEXT NOT NULL REFERENCES images (id),
  kind       TEXT NOT NULL CONSTRAINT image_mark_kind CHECK (kind IN (
               'approved', 'not_approved', 'known_bad', 'not_known_bad', 'note')),
  text       TEXT NOT NULL,
  principal  TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE images (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  file_name  TEXT NOT NULL,
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
  sha256     TEXT NOT NULL UNIQUE REFERENCES blobs (sha256),
  md5        TEXT NOT NULL CHECK (length(md5) IN (0, 32)),
  crc32      TEXT NOT NULL CHECK (length(crc32) IN (0, 8)),
  format     TEXT NOT NULL,
  vendor     TEXT NOT NULL,
  product    TEXT NOT NULL,
  revision   TEXT NOT NULL,
  model      TEXT NOT NULL,
  layout     TEXT NOT NULL CHECK (layout IN ('', 'plain', 'packed')),
  timestamp  TEXT NOT NULL,
  principal  TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
, dump_id TEXT REFERENCES dumps (id), container TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE job_events (
  sequence    INTEGER PRIMARY KEY CHECK (sequence > 0),
  job_id      TEXT NOT NULL REFERENCES jobs (id),
  type        TEXT NOT NULL CONSTRAINT event_type CHECK (type IN (
                'state', 'step', 'prompt', 'prompt_answered', 'message')),
  state       TEXT NOT NULL,
  detail_json TEXT NOT NULL,
  time_us     INTEGER NOT NULL,
  row_sha256  BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE job_steps (
  job_id     TEXT NOT NULL REFERENCES jobs (id),
  idx        INTEGER NOT NULL CHECK (idx >= 0),
  name       TEXT NOT NULL,
  memory     TEXT NOT NULL CHECK (memory IN ('', 'firmware', 'boot', 'eeprom')),
  outcome    TEXT NOT NULL CONSTRAINT step_outcome CHECK (outcome IN (
               'NOT_STARTED', 'UNCHANGED', 'CHANGED_VERIFIED', 'CHANGED_UNVERIFIED', 'NO_EFFECT',
               'UNKNOWN')),
  note       TEXT NOT NULL,
  started_us INTEGER NOT NULL,
  ended_us   INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32),
  PRIMARY KEY (job_id, idx)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_traces (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  job_id     TEXT NOT NULL REFERENCES jobs (id),
  sha256     TEXT NOT NULL REFERENCES blobs (sha256),
  commands   INTEGER NOT NULL CHECK (commands >= 0),
  created_us INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE jobs (
  seq              INTEGER PRIMARY KEY,
  id               TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  kind             TEXT NOT NULL CHECK (kind <> '' AND kind NOT GLOB '*[^a-z_]*'),
  drive_id         TEXT NOT NULL,
  topology         TEXT NOT NULL,
  unit_id          TEXT REFERENCES units (id),
  family           TEXT NOT NULL,
  model            TEXT NOT NULL,
  memory           TEXT NOT NULL CHECK (memory IN ('firmware', 'eeprom', 'all')),
  image_id         TEXT REFERENCES images (id),
  dump_id          TEXT REFERENCES dumps (id),
  plan_digest      TEXT NOT NULL,
  plan_json        TEXT NOT NULL,
  request_id       TEXT UNIQUE,
  request_digest   TEXT NOT NULL,
  principal        TEXT NOT NULL,
  tool_version     TEXT NOT NULL,
  simulated        INTEGER NOT NULL CHECK (simulated IN (0, 1)),
  created_us       INTEGER NOT NULL,
  state            TEXT NOT NULL CONSTRAINT job_state CHECK (state IN (
                     'QUEUED', 'AWAITING_APPROVAL', 'PREFLIGHT', 'DUMPING', 'DUMP_COMMITTED',
                     'ENTERING', 'ARMED', 'WRITING', 'RESETTING', 'READBACK', 'CLOSED')),
  result           TEXT NOT NULL CONSTRAINT job_result CHECK (result IN (
                     '', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'REFUSED')),
  outcome          TEXT NOT NULL CONSTRAINT job_outcome CHECK (outcome IN (
                     '', 'NOT_STARTED', 'UNCHANGED', 'CHANGED_VERIFIED', 'CHANGED_UNVERIFIED',
                     'NO_EFFECT', 'UNKNOWN')),
  eeprom_check     TEXT NOT NULL CONSTRAINT job_eeprom_check CHECK (eeprom_check IN (
                     '', 'EQUAL', 'VOLATILE_ONLY', 'CHANGED', 'NOT_READ')),
  error_reason     TEXT NOT NULL,
  error_message    TEXT NOT NULL,
  error_remedy     TEXT NOT NULL,
  drive_state      TEXT NOT NULL CONSTRAINT job_drive_state CHECK (drive_state IN (
                     '', 'untouched', 'partly_written', 'unknown')),
  started_us       INTEGER NOT NULL,
  write_started_us INTEGER NOT NULL,
  ended_us         INTEGER NOT NULL,
  row_sha256       BLOB NOT NULL CHECK (length(row_sha256) = 32), attempts INTEGER NOT NULL DEFAULT 0
  CONSTRAINT job_attempts CHECK (attempts >= 0), cancelled_by TEXT NOT NULL DEFAULT '', recovers TEXT REFERENCES jobs (id), target_model TEXT NOT NULL DEFAULT '',
  CONSTRAINT job_result_when_closed CHECK ((state = 'CLOSED') = (result <> ''))
) STRICT;

CREATE TABLE migrations (
  version    INTEGER PRIMARY KEY CHECK (version > 0),
  name       TEXT NOT NULL,
  sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
  applied_us INTEGER NOT NULL
) STRICT;

CREATE TABLE quarantines (
  seq          INTEGER PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  subject_kind TEXT NOT NULL CONSTRAINT quarantine_subject CHECK (subject_kind IN (
                 'drive', 'unit', 'port', 'bridge')),
  subject_id   TEXT NOT NULL,
  reason       TEXT NOT NULL,
  job_id       TEXT REFERENCES jobs (id),
  since_us     INTEGER NOT NULL,
  lifted_us    INTEGER NOT NULL,
  lifted_by    TEXT NOT NULL,
  lift_reason  TEXT NOT NULL,
  row_sha256   BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE VIRTUAL TABLE search USING fts5 (
  text, content = 'search_texts', content_rowid = 'seq', tokenize = 'trigram');

CREATE TABLE 'search_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'search_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'search_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE search_texts (
  seq        INTEGER PRIMARY KEY,
  kind       TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  field      TEXT NOT NULL,
  source_id  TEXT NOT NULL,
  text       TEXT NOT NULL,
  UNIQUE (source_id, field)
) STRICT;

CREATE TABLE spilled (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  job_id     TEXT NOT NULL,
  taken_us   INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE unit_events (
  seq           INTEGER PRIMARY KEY,
  id            TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  unit_id       TEXT NOT NULL REFERENCES units (id),
  kind          TEXT NOT NULL CONSTRAINT unit_event_kind CHECK (kind IN (
                  'label', 'note', 'outside', 'merge', 'split', 'attribute', 'archive', 'unarchive',
                  'erase')),
  other_unit_id TEXT REFERENCES units (id),
  tool          TEXT NOT NULL,
  text          TEXT NOT NULL,
  principal     TEXT NOT NULL,
  created_us    INTEGER NOT NULL,
  erased_us     INTEGER NOT NULL,
  row_sha256    BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE unit_evidence (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  unit_id    TEXT NOT NULL REFERENCES units (id),
  kind       TEXT NOT NULL CONSTRAINT evidence_kind CHECK (kind IN (
               'vpd_serial', 'mmc_serial', 'ata_serial', 'bridge_serial', 'topology',
               'eeprom_stable', 'label')),
  value      TEXT NOT NULL,
  job_id     TEXT REFERENCES jobs (id),
  seen_us    INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;

CREATE TABLE units (
  number     INTEGER PRIMARY KEY CHECK (number > 0),
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  label      TEXT NOT NULL,
  family     TEXT NOT NULL,
  model      TEXT NOT NULL,
  note       TEXT NOT NULL,
  archived   INTEGER NOT NULL CHECK (archived IN (0, 1)),
  created_us INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
, merged_into TEXT REFERENCES units (id)) STRICT;

CREATE TRIGGER approvals_no_delete BEFORE DELETE ON approvals
BEGIN SELECT RAISE(ABORT, 'approvals are never deleted'); END;

CREATE TRIGGER approvals_no_update BEFORE UPDATE ON approvals
BEGIN SELECT RAISE(ABORT, 'approvals are never rewritten'); END;

CREATE TRIGGER archivings_no_delete BEFORE DELETE ON archivings
BEGIN SELECT RAISE(ABORT, 'archivings are never deleted'); END;

CREATE TRIGGER archivings_no_update BEFORE UPDATE ON archivings
BEGIN SELECT RAISE(ABORT, 'archivings are never rewritten'); END;

CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;

CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never rewritten'); END;

CREATE TRIGGER audit_nodes_no_delete BEFORE DELETE ON audit_nodes
BEGIN SELECT RAISE(ABORT, 'audit nodes are never deleted'); END;

CREATE TRIGGER audit_nodes_no_update BEFORE UPDATE ON audit_nodes
BEGIN SELECT RAISE(ABORT, 'audit nodes are never rewritten'); END;

CREATE TRIGGER bench_id_fixed BEFORE UPDATE ON bench
WHEN OLD.key NOT IN ('commits', 'unit_changes')
BEGIN SELECT RAISE(ABORT, 'the bench keeps its identity'); END;

CREATE TRIGGER bench_key_fixed BEFORE UPDATE OF key ON bench
BEGIN SELECT RAISE(ABORT, 'the bench keeps its identity'); END;

CREATE TRIGGER bench_no_delete BEFORE DELETE ON bench
BEGIN SELECT RAISE(ABORT, 'bench values are never deleted'); END;

CREATE TRIGGER blob_chunks_no_delete BEFORE DELETE ON blob_chunks
BEGIN SELECT RAISE(ABORT, 'blob chunks are never deleted'); END;

CREATE TRIGGER blob_chunks_no_update BEFORE UPDATE ON blob_chunks
BEGIN SELECT RAISE(ABORT, 'blob chunks are never rewritten'); END;

CREATE TRIGGER blobs_no_delete BEFORE DELETE ON blobs
BEGIN SELECT RAISE(ABORT, 'blobs are never deleted'); END;

CREATE TRIGGER blobs_no_update BEFORE UPDATE ON blobs
BEGIN SELECT RAISE(ABORT, 'blobs are never rewritten'); END;

CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;

CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never rewritten'); END;

CREATE TRIGGER claims_fixed BEFORE UPDATE OF seq, id, drive_id, principal, note, since_us ON claims
BEGIN SELECT RAISE(ABORT, 'a claim can only be prolonged, shortened or released'); END;

CREATE TRIGGER claims_no_delete BEFORE DELETE ON claims
BEGIN SELECT RAISE(ABORT, 'claims are never deleted'); END;

CREATE TRIGGER claims_released BEFORE UPDATE ON claims WHEN OLD.released_us <> 0
BEGIN SELECT RAISE(ABORT, 'a released claim never changes'); END;

CREATE TRIGGER copies_no_delete BEFORE DELETE ON copies
BEGIN SELECT RAISE(ABORT, 'records of copies are never deleted'); END;

CREATE TRIGGER copies_no_update BEFORE UPDATE ON copies
BEGIN SELECT RAISE(ABORT, 'records of copies are never rewritten'); END;

CREATE TRIGGER credentials_ended BEFORE UPDATE ON credentials WHEN OLD.ended_us <> 0
BEGIN SELECT RAISE(ABORT, 'an ended credential never changes'); END;

CREATE TRIGGER credentials_fixed BEFORE UPDATE OF seq, id, kind, principal, role, secret_sha256,
  note, created_by, created_us, expires_us, made_from ON credentials
BEGIN SELECT RAISE(ABORT, 'a credential can only be ended'); END;

CREATE TRIGGER credentials_no_delete BEFORE DELETE ON credentials
BEGIN SELECT RAISE(ABORT, 'credentials are never deleted'); END;

CREATE TRIGGER customers_erased BEFORE UPDATE ON customers
WHEN OLD.erased_us <> 0 OR NEW.erased_us = 0 OR NEW.customer <> '' OR NEW.ticket <> ''
BEGIN SELECT RAISE(ABORT, 'a customer can only be erased'); END;

CREATE TRIGGER customers_fixed BEFORE UPDATE OF seq, id, unit_id, principal, created_us ON customers
BEGIN SELECT RAISE(ABORT, 'of a customer only name and ticket can be erased'); END;

CREATE TRIGGER customers_no_delete BEFORE DELETE ON customers
BEGIN SELECT RAISE(ABORT, 'customers are never deleted'); END;

CREATE TRIGGER customers_not_searchable AFTER UPDATE OF customer, ticket ON customers
BEGIN DELETE FROM search_texts WHERE source_id = NEW.id; END;

CREATE TRIGGER customers_searchable AFTER INSERT ON customers
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.unit_id, 'customer', NEW.id, NEW.customer WHERE NEW.customer <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.unit_id, 'ticket', NEW.id, NEW.ticket WHERE NEW.ticket <> '';
END;

CREATE TRIGGER dump_attributions_no_delete BEFORE DELETE ON dump_attributions
BEGIN SELECT RAISE(ABORT, 'attributions are never deleted'); END;

CREATE TRIGGER dump_attributions_no_update BEFORE UPDATE ON dump_attributions
BEGIN SELECT RAISE(ABORT, 'attributions are never rewritten'); END;

CREATE TRIGGER dump_files_no_delete BEFORE DELETE ON dump_files
BEGIN SELECT RAISE(ABORT, 'files of dumps are never deleted'); END;

CREATE TRIGGER dump_files_no_update BEFORE UPDATE ON dump_files
BEGIN SELECT RAISE(ABORT, 'files of dumps are never rewritten'); END;

CREATE TRIGGER dump_files_searchable AFTER INSERT ON dump_files
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'dump', NEW.dump_id, 'file name', NEW.id, NEW.file_name WHERE NEW.file_name <> '';
END;

CREATE TRIGGER dump_proofs_no_delete BEFORE DELETE ON dump_proofs
BEGIN SELECT RAISE(ABORT, 'proofs of dumps are never deleted'); END;

CREATE TRIGGER dump_proofs_no_update BEFORE UPDATE ON dump_proofs
BEGIN SELECT RAISE(ABORT, 'proofs of dumps are never rewritten'); END;

CREATE TRIGGER dumps_no_delete BEFORE DELETE ON dumps
BEGIN SELECT RAISE(ABORT, 'dumps are never deleted'); END;

CREATE TRIGGER dumps_no_update BEFORE UPDATE ON dumps
BEGIN SELECT RAISE(ABORT, 'dumps are never rewritten'); END;

CREATE TRIGGER dumps_searchable AFTER INSERT ON dumps
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'dump', NEW.id, 'sha256', NEW.id, NEW.sha256 WHERE NEW.sha256 <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'dump', NEW.id, 'md5', NEW.id, NEW.md5 WHERE NEW.md5 <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'dump', NEW.id, 'crc32', NEW.id, NEW.crc32 WHERE NEW.crc32 <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'dump', NEW.id, 'revision', NEW.id, NEW.revision WHERE NEW.revision <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'dump', NEW.id, 'model', NEW.id, NEW.model WHERE NEW.model <> '';
END;

CREATE TRIGGER evidence_moves_no_delete BEFORE DELETE ON evidence_moves
BEGIN SELECT RAISE(ABORT, 'moves of evidence are never deleted'); END;

CREATE TRIGGER evidence_moves_no_update BEFORE UPDATE ON evidence_moves
BEGIN SELECT RAISE(ABORT, 'moves of evidence are never rewritten'); END;

CREATE TRIGGER evidence_moves_searchable AFTER INSERT ON evidence_moves
BEGIN UPDATE search_texts SET subject_id = NEW.unit_id WHERE source_id = NEW.evidence_id; END;

CREATE TRIGGER evidence_searchable AFTER INSERT ON unit_evidence
WHEN NEW.kind IN ('vpd_serial', 'mmc_serial', 'ata_serial', 'bridge_serial', 'label')
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.unit_id, CASE NEW.kind WHEN 'label' THEN 'label' ELSE 'serial' END, NEW.id,
         NEW.value WHERE NEW.value <> '';
END;

CREATE TRIGGER image_marks_no_delete BEFORE DELETE ON image_marks
BEGIN SELECT RAISE(ABORT, 'marks of images are never deleted'); END;

CREATE TRIGGER image_marks_no_update BEFORE UPDATE ON image_marks
BEGIN SELECT RAISE(ABORT, 'marks of images are never rewritten'); END;

CREATE TRIGGER image_marks_searchable AFTER INSERT ON image_marks
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'image', NEW.image_id, 'note', NEW.id, NEW.text WHERE NEW.text <> '';
END;

CREATE TRIGGER images_no_delete BEFORE DELETE ON images
BEGIN SELECT RAISE(ABORT, 'images are never deleted'); END;

CREATE TRIGGER images_no_update BEFORE UPDATE ON images
BEGIN SELECT RAISE(ABORT, 'images are never rewritten'); END;

CREATE TRIGGER images_searchable AFTER INSERT ON images
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'image', NEW.id, 'file name', NEW.id, NEW.file_name WHERE NEW.file_name <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'image', NEW.id, 'sha256', NEW.id, NEW.sha256 WHERE NEW.sha256 <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'image', NEW.id, 'md5', NEW.id, NEW.md5 WHERE NEW.md5 <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'image', NEW.id, 'crc32', NEW.id, NEW.crc32 WHERE NEW.crc32 <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'image', NEW.id, 'revision', NEW.id, NEW.revision WHERE NEW.revision <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'image', NEW.id, 'model', NEW.id, NEW.model WHERE NEW.model <> '';
END;

CREATE TRIGGER job_events_no_delete BEFORE DELETE ON job_events
BEGIN SELECT RAISE(ABORT, 'job events are never deleted'); END;

CREATE TRIGGER job_events_no_update BEFORE UPDATE ON job_events
BEGIN SELECT RAISE(ABORT, 'job events are never rewritten'); END;

CREATE TRIGGER job_steps_fixed BEFORE UPDATE OF job_id, idx, name, memory ON job_steps
BEGIN SELECT RAISE(ABORT, 'only outcome, note and times of a step change'); END;

CREATE TRIGGER job_steps_no_delete BEFORE DELETE ON job_steps
BEGIN SELECT RAISE(ABORT, 'job steps are never deleted'); END;

CREATE TRIGGER job_traces_no_delete BEFORE DELETE ON job_traces
BEGIN SELECT RAISE(ABORT, 'traces are never deleted'); END;

CREATE TRIGGER job_traces_no_update BEFORE UPDATE ON job_traces
BEGIN SELECT RAISE(ABORT, 'traces are never rewritten'); END;

CREATE TRIGGER jobs_closed BEFORE UPDATE ON jobs WHEN OLD.state = 'CLOSED'
BEGIN SELECT RAISE(ABORT, 'a closed job never changes'); END;

CREATE TRIGGER jobs_fixed BEFORE UPDATE OF seq, id, kind, drive_id, topology, family, model, memory,
  image_id, dump_id, plan_digest, plan_json, request_id, request_digest, principal, tool_version,
  simulated, created_us, recovers, target_model ON jobs
BEGIN SELECT RAISE(ABORT, 'what a job was asked to do never changes'); END;

CREATE TRIGGER jobs_no_delete BEFORE DELETE ON jobs
BEGIN SELECT RAISE(ABORT, 'jobs are never deleted'); END;

CREATE TRIGGER jobs_searchable AFTER INSERT ON jobs
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'job', NEW.id, 'plan', NEW.id, NEW.plan_digest WHERE NEW.plan_digest <> '';
END;

CREATE TRIGGER jobs_write_started BEFORE UPDATE ON jobs
WHEN OLD.write_started_us <> 0 AND NEW.write_started_us <> OLD.write_started_us
BEGIN SELECT RAISE(ABORT, 'that a write started is never taken back'); END;

CREATE TRIGGER migrations_no_delete BEFORE DELETE ON migrations
BEGIN SELECT RAISE(ABORT, 'migrations are never deleted'); END;

CREATE TRIGGER migrations_no_update BEFORE UPDATE ON migrations
BEGIN SELECT RAISE(ABORT, 'migrations are never rewritten'); END;

CREATE TRIGGER quarantines_fixed BEFORE UPDATE OF seq, id, subject_kind, subject_id, reason, job_id,
  since_us ON quarantines
BEGIN SELECT RAISE(ABORT, 'a quarantine can only be lifted'); END;

CREATE TRIGGER quarantines_lifted BEFORE UPDATE ON quarantines WHEN OLD.lifted_us <> 0
BEGIN SELECT RAISE(ABORT, 'a lifted quarantine never changes'); END;

CREATE TRIGGER quarantines_no_delete BEFORE DELETE ON quarantines
BEGIN SELECT RAISE(ABORT, 'quarantines are never deleted'); END;

CREATE TRIGGER search_texts_fixed BEFORE UPDATE OF seq, kind, field, source_id, text ON search_texts
BEGIN SELECT RAISE(ABORT, 'a text to search is made anew'); END;

CREATE TRIGGER spilled_no_delete BEFORE DELETE ON spilled
BEGIN SELECT RAISE(ABORT, 'records of spills are never deleted'); END;

CREATE TRIGGER spilled_no_update BEFORE UPDATE ON spilled
BEGIN SELECT RAISE(ABORT, 'records of spills are never rewritten'); END;

CREATE TRIGGER unit_events_erased BEFORE UPDATE ON unit_events
WHEN OLD.erased_us <> 0 OR NEW.erased_us = 0 OR NEW.text <> ''
BEGIN SELECT RAISE(ABORT, 'the text of a unit event can only be erased'); END;

CREATE TRIGGER unit_events_fixed BEFORE UPDATE OF seq, id, unit_id, kind, other_unit_id, tool,
  principal, created_us ON unit_events
BEGIN SELECT RAISE(ABORT, 'of a unit event only the text can be erased'); END;

CREATE TRIGGER unit_events_no_delete BEFORE DELETE ON unit_events
BEGIN SELECT RAISE(ABORT, 'unit events are never deleted'); END;

CREATE TRIGGER unit_events_not_searchable AFTER UPDATE OF text ON unit_events
BEGIN DELETE FROM search_texts WHERE source_id = NEW.id AND field <> 'tool'; END;

CREATE TRIGGER unit_events_searchable AFTER INSERT ON unit_events
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.unit_id, CASE NEW.kind WHEN 'label' THEN 'label' ELSE 'note' END, NEW.id,
         NEW.text WHERE NEW.text <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.unit_id, 'tool', NEW.id, NEW.tool WHERE NEW.tool <> '';
END;

CREATE TRIGGER unit_evidence_no_delete BEFORE DELETE ON unit_evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;

CREATE TRIGGER unit_evidence_no_update BEFORE UPDATE ON unit_evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never rewritten'); END;

CREATE TRIGGER units_fixed BEFORE UPDATE OF number, id, family, model, created_us ON units
BEGIN SELECT RAISE(ABORT, 'only label, note, archived and merged_into of a unit change'); END;

CREATE TRIGGER units_inserted AFTER INSERT ON units
BEGIN UPDATE bench SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)
       WHERE key = 'unit_changes'; END;

CREATE TRIGGER units_no_delete BEFORE DELETE ON units
BEGIN SELECT RAISE(ABORT, 'units are never deleted'); END;

CREATE TRIGGER units_searchable AFTER INSERT ON units
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.id, 'label', NEW.id, NEW.label WHERE NEW.label <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.id, 'note', NEW.id, NEW.note WHERE NEW.note <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.id, 'number', NEW.id, printf('U-%04d', NEW.number);
END;

CREATE TRIGGER units_searchable_again AFTER UPDATE OF label, note ON units
WHEN NEW.label <> OLD.label OR NEW.note <> OLD.note
BEGIN
  DELETE FROM search_texts WHERE source_id = NEW.id AND field IN ('label', 'note');
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.id, 'label', NEW.id, NEW.label WHERE NEW.label <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.id, 'note', NEW.id, NEW.note WHERE NEW.note <> '';
END;

CREATE TRIGGER units_updated AFTER UPDATE ON units
BEGIN UPDATE bench SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)
       WHERE key = 'unit_changes'; END;

CREATE VIEW searchable AS
SELECT 'unit' AS kind, u.id AS subject_id, v.field AS field, u.id AS source_id, v.text AS text
  FROM units u
  JOIN (SELECT id, 'label' AS field, label AS text FROM units
        UNION ALL SELECT id, 'note', note FROM units
        UNION ALL SELECT id, 'number', printf('U-%04d', number) FROM units) v ON v.id = u.id
UNION ALL
SELECT 'unit', coalesce((SELECT m.unit_id FROM evidence_moves m
                          WHERE m.evidence_id = e.id ORDER BY m.seq DESC LIMIT 1), e.unit_id),
       CASE e.kind WHEN 'label' THEN 'label' ELSE 'serial' END, e.id, e.value
  FROM unit_evidence e
 WHERE e.kind IN ('vpd_serial', 'mmc_serial', 'ata_serial', 'bridge_serial', 'label')
UNION ALL SELECT 'unit', unit_id, CASE kind WHEN 'label' THEN 'label' ELSE 'note' END, id, text
            FROM unit_events
UNION ALL SELECT 'unit', unit_id, 'tool', id, tool FROM unit_events
UNION ALL SELECT 'unit', unit_id, 'customer', id, customer FROM customers
UNION ALL SELECT 'unit', unit_id, 'ticket', id, ticket FROM customers
UNION ALL SELECT 'dump', id, 'sha256', id, sha256 FROM dumps
UNION ALL SELECT 'dump', id, 'md5', id, md5 FROM dumps
UNION ALL SELECT 'dump', id, 'crc32', id, crc32 FROM dumps
UNION ALL SELECT 'dump', id, 'revision', id, revision FROM dumps
UNION ALL SELECT 'dump', id, 'model', id, model FROM dumps
UNION ALL SELECT 'dump', dump_id, 'file name', id, file_name FROM dump_files
UNION ALL SELECT 'image', id, 'file name', id, file_name FROM images
UNION ALL SELECT 'image', id, 'sha256', id, sha256 FROM images
UNION ALL SELECT 'image', id, 'md5', id, md5 FROM images
UNION ALL SELECT 'image', id, 'crc32', id, crc32 FROM images
UNION ALL SELECT 'image', id, 'revision', id, revision FROM images
UNION ALL SELECT 'image', id, 'model', id, model FROM images
UNION ALL SELECT 'image', image_id, 'note', id, text FROM image_marks
UNION ALL SELECT 'job', id, 'plan', id, plan_digest FROM jobs;

CREATE VIEW unit_dumps AS
WITH serials (unit_id, value, newest) AS (
  SELECT r.root_id, e.value, max(e.seq)
    FROM unit_evidence e
    JOIN unit_roots r ON r.id = coalesce(
           (SELECT m.unit_id FROM evidence_moves m
             WHERE m.evidence_id = e.id ORDER BY m.seq DESC LIMIT 1), e.unit_id)
   WHERE e.kind IN ('vpd_serial', 'mmc_serial', 'ata_serial')
   GROUP BY r.root_id)
SELECT printf('U-%04d', u.number) AS unit,
       u.id AS unit_id,
       u.label,
       s.value AS serial,
       d.model,
       d.memory,
       d.purpose,
       d.revision,
       d.size_bytes,
       d.sha256,
       d.agreeing_reads,
       strftime('%Y-%m-%dT%H:%M:%S', d.created_us / 1000000, 'unixepoch')
         || printf('.%06dZ', d.created_us % 1000000) AS created,
       d.id AS dump_id,
       coalesce((SELECT f.file_name FROM dump_files f
                  WHERE f.dump_id = d.id ORDER BY f.seq DESC LIMIT 1), '') AS file_name,
       coalesce((SELECT v.archived FROM archivings v
                  WHERE v.subject_kind = 'dump' AND v.subject_id = d.id
                  ORDER BY v.seq DESC LIMIT 1), 0) AS archived
  FROM dump_attributions a
  JOIN unit_roots r ON r.id = a.unit_id
  JOIN units u ON u.id = r.root_id
  JOIN dumps d ON d.id = a.dump_id
  LEFT JOIN serials s ON s.unit_id = u.id
 WHERE a.seq = (SELECT max(n.seq) FROM dump_attributions n WHERE n.dump_id = d.id)
 ORDER BY u.number, d.seq;

CREATE VIEW unit_roots AS
WITH RECURSIVE roots (id, root_id, depth) AS (
  SELECT id, id, 0 FROM units WHERE merged_into IS NULL
  UNION ALL
  SELECT u.id, r.root_id, r.depth + 1
    FROM units u JOIN roots r ON u.merged_into = r.id
   WHERE r.depth < 64)
SELECT id, root_id FROM roots;

