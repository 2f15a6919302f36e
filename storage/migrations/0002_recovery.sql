-- SPDX-License-Identifier: Apache-2.0
-- What a restart needs to bring a cut job to its end, claims of drives, and quarantines of ports and
-- bridges. A column added to a table is left out of row_sha256 while it holds its default, so that
-- rows written before keep their digests.

-- attempts: how often a restart queued the job again. cancelled_by: who asked for the end, '' nobody.
-- recovers: the cut job that this one brings back. target_model: what a conversion makes of the drive.
ALTER TABLE jobs ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0
  CONSTRAINT job_attempts CHECK (attempts >= 0);
ALTER TABLE jobs ADD COLUMN cancelled_by TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN recovers TEXT REFERENCES jobs (id);
ALTER TABLE jobs ADD COLUMN target_model TEXT NOT NULL DEFAULT '';
CREATE INDEX jobs_by_recovers ON jobs (recovers, seq) WHERE recovers IS NOT NULL;

DROP TRIGGER jobs_fixed;
CREATE TRIGGER jobs_fixed BEFORE UPDATE OF seq, id, kind, drive_id, topology, family, model, memory,
  image_id, dump_id, plan_digest, plan_json, request_id, request_digest, principal, tool_version,
  simulated, created_us, recovers, target_model ON jobs
BEGIN SELECT RAISE(ABORT, 'what a job was asked to do never changes'); END;

-- A port is named by its topology path. A CHECK cannot be changed in place: the table is made anew.
ALTER TABLE quarantines RENAME TO quarantines_1;
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
INSERT INTO quarantines (seq, id, subject_kind, subject_id, reason, job_id, since_us, lifted_us,
                         lifted_by, lift_reason, row_sha256)
SELECT seq, id, subject_kind, subject_id, reason, job_id, since_us, lifted_us, lifted_by,
       lift_reason, row_sha256
  FROM quarantines_1;
DROP TABLE quarantines_1;
CREATE INDEX quarantines_in_force ON quarantines (seq) WHERE lifted_us = 0;
CREATE TRIGGER quarantines_no_delete BEFORE DELETE ON quarantines
BEGIN SELECT RAISE(ABORT, 'quarantines are never deleted'); END;
CREATE TRIGGER quarantines_fixed BEFORE UPDATE OF seq, id, subject_kind, subject_id, reason, job_id,
  since_us ON quarantines
BEGIN SELECT RAISE(ABORT, 'a quarantine can only be lifted'); END;
CREATE TRIGGER quarantines_lifted BEFORE UPDATE ON quarantines WHEN OLD.lifted_us <> 0
BEGIN SELECT RAISE(ABORT, 'a lifted quarantine never changes'); END;

-- Who keeps a drive for themselves, and until when.
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
CREATE INDEX claims_by_drive ON claims (drive_id, seq);
CREATE INDEX claims_in_force ON claims (seq) WHERE released_us = 0;
CREATE TRIGGER claims_no_delete BEFORE DELETE ON claims
BEGIN SELECT RAISE(ABORT, 'claims are never deleted'); END;
CREATE TRIGGER claims_fixed BEFORE UPDATE OF seq, id, drive_id, principal, note, since_us ON claims
BEGIN SELECT RAISE(ABORT, 'a claim can only be prolonged, shortened or released'); END;
CREATE TRIGGER claims_released BEFORE UPDATE ON claims WHEN OLD.released_us <> 0
BEGIN SELECT RAISE(ABORT, 'a released claim never changes'); END;

-- Changes that a spill file may hold as well: what is named here is in the ledger and is not taken
-- in again.
CREATE TABLE spilled (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  job_id     TEXT NOT NULL,
  taken_us   INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;
CREATE TRIGGER spilled_no_delete BEFORE DELETE ON spilled
BEGIN SELECT RAISE(ABORT, 'records of spills are never deleted'); END;
CREATE TRIGGER spilled_no_update BEFORE UPDATE ON spilled
BEGIN SELECT RAISE(ABORT, 'records of spills are never rewritten'); END;
