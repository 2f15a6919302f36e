-- SPDX-License-Identifier: Apache-2.0
-- Who may call the bench with a certificate or a token, and who said yes to which job.

-- Only hashes of secrets. What ended, by being revoked or used, has ended for ever.
CREATE TABLE credentials (
  seq           INTEGER PRIMARY KEY,
  id            TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  kind          TEXT NOT NULL CONSTRAINT credential_kind CHECK (kind IN (
                  'certificate', 'token', 'invitation')),
  principal     TEXT NOT NULL CHECK (principal <> ''),
  role          TEXT NOT NULL CONSTRAINT credential_role CHECK (role IN (
                  'viewer', 'technician', 'manager', 'auditor')),
  secret_sha256 TEXT NOT NULL UNIQUE CHECK (length(secret_sha256) = 64),
  note          TEXT NOT NULL,
  created_by    TEXT NOT NULL,
  created_us    INTEGER NOT NULL,
  expires_us    INTEGER NOT NULL,
  made_from     TEXT REFERENCES credentials (id),
  ended_us      INTEGER NOT NULL,
  ended_by      TEXT NOT NULL,
  end_reason    TEXT NOT NULL CONSTRAINT credential_end CHECK (end_reason IN (
                  '', 'revoked', 'used')),
  row_sha256    BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;
CREATE INDEX credentials_by_principal ON credentials (principal, seq);
CREATE UNIQUE INDEX credentials_made_once ON credentials (made_from) WHERE made_from IS NOT NULL;
CREATE TRIGGER credentials_no_delete BEFORE DELETE ON credentials
BEGIN SELECT RAISE(ABORT, 'credentials are never deleted'); END;
CREATE TRIGGER credentials_fixed BEFORE UPDATE OF seq, id, kind, principal, role, secret_sha256,
  note, created_by, created_us, expires_us, made_from ON credentials
BEGIN SELECT RAISE(ABORT, 'a credential can only be ended'); END;
CREATE TRIGGER credentials_ended BEFORE UPDATE ON credentials WHEN OLD.ended_us <> 0
BEGIN SELECT RAISE(ABORT, 'an ended credential never changes'); END;

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
CREATE TRIGGER approvals_no_delete BEFORE DELETE ON approvals
BEGIN SELECT RAISE(ABORT, 'approvals are never deleted'); END;
CREATE TRIGGER approvals_no_update BEFORE UPDATE ON approvals
BEGIN SELECT RAISE(ABORT, 'approvals are never rewritten'); END;
