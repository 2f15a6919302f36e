-- SPDX-License-Identifier: Apache-2.0
-- What jobs sent to their drives, and what those answered.

CREATE TABLE job_traces (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  job_id     TEXT NOT NULL REFERENCES jobs (id),
  sha256     TEXT NOT NULL REFERENCES blobs (sha256),
  commands   INTEGER NOT NULL CHECK (commands >= 0),
  created_us INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;
CREATE INDEX job_traces_by_job ON job_traces (job_id, seq);
CREATE TRIGGER job_traces_no_delete BEFORE DELETE ON job_traces
BEGIN SELECT RAISE(ABORT, 'traces are never deleted'); END;
CREATE TRIGGER job_traces_no_update BEFORE UPDATE ON job_traces
BEGIN SELECT RAISE(ABORT, 'traces are never rewritten'); END;
