CREATE INDEX audit_entries_by_action ON audit_entries (action, sequence);

CREATE INDEX audit_entries_by_principal ON audit_entries (principal, sequence);

CREATE INDEX audit_entries_by_resource ON audit_entries (resource, sequence);

CREATE INDEX claims_by_drive ON claims (drive_id, seq);

CREATE INDEX claims_in_force ON claims (seq) WHERE released_us = 0;

CREATE INDEX dump_attributions_by_dump ON dump_attributions (dump_id, seq);

CREATE INDEX dump_attributions_by_unit ON dump_attributions (unit_id, seq);

CREATE INDEX dumps_by_job ON dumps (job_id, seq);

CREATE INDEX dumps_by_sha256 ON dumps (sha256, seq);

CREATE INDEX job_events_by_job ON job_events (job_id, sequence);

CREATE INDEX jobs_by_drive ON jobs (drive_id, seq);

CREATE INDEX jobs_by_recovers ON jobs (recovers, seq) WHERE recovers IS NOT NULL;

CREATE INDEX jobs_by_unit ON jobs (unit_id, seq);

CREATE INDEX jobs_open ON jobs (seq) WHERE result = '';

CREATE INDEX quarantines_in_force ON quarantines (seq) WHERE lifted_us = 0;

CREATE INDEX unit_evidence_by_unit ON unit_evidence (unit_id, seq);

CREATE INDEX unit_evidence_by_value ON unit_evidence (kind, value);

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
) STRICT;

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

CREATE TABLE spilled (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  job_id     TEXT NOT NULL,
  taken_us   INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
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
) STRICT;

CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;

CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never rewritten'); END;

CREATE TRIGGER audit_nodes_no_delete BEFORE DELETE ON audit_nodes
BEGIN SELECT RAISE(ABORT, 'audit nodes are never deleted'); END;

CREATE TRIGGER audit_nodes_no_update BEFORE UPDATE ON audit_nodes
BEGIN SELECT RAISE(ABORT, 'audit nodes are never rewritten'); END;

CREATE TRIGGER bench_id_fixed BEFORE UPDATE ON bench WHEN OLD.key <> 'commits'
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

CREATE TRIGGER claims_fixed BEFORE UPDATE OF seq, id, drive_id, principal, note, since_us ON claims
BEGIN SELECT RAISE(ABORT, 'a claim can only be prolonged, shortened or released'); END;

CREATE TRIGGER claims_no_delete BEFORE DELETE ON claims
BEGIN SELECT RAISE(ABORT, 'claims are never deleted'); END;

CREATE TRIGGER claims_released BEFORE UPDATE ON claims WHEN OLD.released_us <> 0
BEGIN SELECT RAISE(ABORT, 'a released claim never changes'); END;

CREATE TRIGGER dump_attributions_no_delete BEFORE DELETE ON dump_attributions
BEGIN SELECT RAISE(ABORT, 'attributions are never deleted'); END;

CREATE TRIGGER dump_attributions_no_update BEFORE UPDATE ON dump_attributions
BEGIN SELECT RAISE(ABORT, 'attributions are never rewritten'); END;

CREATE TRIGGER dumps_no_delete BEFORE DELETE ON dumps
BEGIN SELECT RAISE(ABORT, 'dumps are never deleted'); END;

CREATE TRIGGER dumps_no_update BEFORE UPDATE ON dumps
BEGIN SELECT RAISE(ABORT, 'dumps are never rewritten'); END;

CREATE TRIGGER images_no_delete BEFORE DELETE ON images
BEGIN SELECT RAISE(ABORT, 'images are never deleted'); END;

CREATE TRIGGER images_no_update BEFORE UPDATE ON images
BEGIN SELECT RAISE(ABORT, 'images are never rewritten'); END;

CREATE TRIGGER job_events_no_delete BEFORE DELETE ON job_events
BEGIN SELECT RAISE(ABORT, 'job events are never deleted'); END;

CREATE TRIGGER job_events_no_update BEFORE UPDATE ON job_events
BEGIN SELECT RAISE(ABORT, 'job events are never rewritten'); END;

CREATE TRIGGER job_steps_fixed BEFORE UPDATE OF job_id, idx, name, memory ON job_steps
BEGIN SELECT RAISE(ABORT, 'only outcome, note and times of a step change'); END;

CREATE TRIGGER job_steps_no_delete BEFORE DELETE ON job_steps
BEGIN SELECT RAISE(ABORT, 'job steps are never deleted'); END;

CREATE TRIGGER jobs_closed BEFORE UPDATE ON jobs WHEN OLD.state = 'CLOSED'
BEGIN SELECT RAISE(ABORT, 'a closed job never changes'); END;

CREATE TRIGGER jobs_fixed BEFORE UPDATE OF seq, id, kind, drive_id, topology, family, model, memory,
  image_id, dump_id, plan_digest, plan_json, request_id, request_digest, principal, tool_version,
  simulated, created_us, recovers, target_model ON jobs
BEGIN SELECT RAISE(ABORT, 'what a job was asked to do never changes'); END;

CREATE TRIGGER jobs_no_delete BEFORE DELETE ON jobs
BEGIN SELECT RAISE(ABORT, 'jobs are never deleted'); END;

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

CREATE TRIGGER spilled_no_delete BEFORE DELETE ON spilled
BEGIN SELECT RAISE(ABORT, 'records of spills are never deleted'); END;

CREATE TRIGGER spilled_no_update BEFORE UPDATE ON spilled
BEGIN SELECT RAISE(ABORT, 'records of spills are never rewritten'); END;

CREATE TRIGGER unit_evidence_no_delete BEFORE DELETE ON unit_evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;

CREATE TRIGGER unit_evidence_no_update BEFORE UPDATE ON unit_evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never rewritten'); END;

CREATE TRIGGER units_fixed BEFORE UPDATE OF number, id, family, model, created_us ON units
BEGIN SELECT RAISE(ABORT, 'only label, note and archived of a unit change'); END;

CREATE TRIGGER units_no_delete BEFORE DELETE ON units
BEGIN SELECT RAISE(ABORT, 'units are never deleted'); END;

CREATE VIEW unit_dumps AS
SELECT printf('U-%04d', u.number) AS unit,
       u.id AS unit_id,
       u.label,
       (SELECT e.value FROM unit_evidence e
         WHERE e.unit_id = u.id AND e.kind IN ('vpd_serial', 'mmc_serial', 'ata_serial')
         ORDER BY e.seq DESC LIMIT 1) AS serial,
       d.model,
       d.memory,
       d.purpose,
       d.revision,
       d.size_bytes,
       d.sha256,
       d.agreeing_reads,
       strftime('%Y-%m-%dT%H:%M:%S', d.created_us / 1000000, 'unixepoch')
         || printf('.%06dZ', d.created_us % 1000000) AS created,
       d.id AS dump_id
  FROM units u
  JOIN dump_attributions a ON a.unit_id = u.id
  JOIN dumps d ON d.id = a.dump_id
 WHERE a.seq = (SELECT max(n.seq) FROM dump_attributions n WHERE n.dump_id = d.id)
 ORDER BY u.number, d.seq;

