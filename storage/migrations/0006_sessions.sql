-- SPDX-License-Identifier: Apache-2.0
-- Links that open the bench's page, and the browsers' sessions made from them: two more kinds of
-- credentials. made_from is also what a link or a session stands on, and ends with; many may.

CREATE TABLE credentials_new (
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
  made_from     TEXT REFERENCES credentials_new (id),
  ended_us      INTEGER NOT NULL,
  ended_by      TEXT NOT NULL,
  end_reason    TEXT NOT NULL CONSTRAINT credential_end CHECK (end_reason IN (
                  '', 'revoked', 'used')),
  row_sha256    BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;
INSERT INTO credentials_new (seq, id, kind, principal, role, secret_sha256, note, created_by,
  created_us, expires_us, made_from, ended_us, ended_by, end_reason, row_sha256)
  SELECT seq, id, kind, principal, role, secret_sha256, note, created_by, created_us, expires_us,
    made_from, ended_us, ended_by, end_reason, row_sha256 FROM credentials ORDER BY seq;
DROP TABLE credentials;
ALTER TABLE credentials_new RENAME TO credentials;

CREATE INDEX credentials_by_principal ON credentials (principal, seq);
CREATE UNIQUE INDEX credentials_made_once ON credentials (made_from)
  WHERE made_from IS NOT NULL AND kind = 'certificate';
CREATE TRIGGER credentials_no_delete BEFORE DELETE ON credentials
BEGIN SELECT RAISE(ABORT, 'credentials are never deleted'); END;
CREATE TRIGGER credentials_fixed BEFORE UPDATE OF seq, id, kind, principal, role, secret_sha256,
  note, created_by, created_us, expires_us, made_from ON credentials
BEGIN SELECT RAISE(ABORT, 'a credential can only be ended'); END;
CREATE TRIGGER credentials_ended BEFORE UPDATE ON credentials WHEN OLD.ended_us <> 0
BEGIN SELECT RAISE(ABORT, 'an ended credential never changes'); END;
