-- SPDX-License-Identifier: Apache-2.0
-- What people decide and say about units, dumps and images; where copies are; what is searchable.
-- Side tables are append-only: of the rows below only customers and texts can be erased, once.

-- The unit that this one turned out to be.
ALTER TABLE units ADD COLUMN merged_into TEXT REFERENCES units (id);
CREATE INDEX units_by_merged_into ON units (merged_into) WHERE merged_into IS NOT NULL;
DROP TRIGGER units_fixed;
CREATE TRIGGER units_fixed BEFORE UPDATE OF number, id, family, model, created_us ON units
BEGIN SELECT RAISE(ABORT, 'only label, note, archived and merged_into of a unit change'); END;

-- The donor's dump that an image was made from, and what it was unpacked from.
ALTER TABLE images ADD COLUMN dump_id TEXT REFERENCES dumps (id);
ALTER TABLE images ADD COLUMN container TEXT NOT NULL DEFAULT '';

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
CREATE INDEX unit_events_by_unit ON unit_events (unit_id, seq);

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
CREATE INDEX customers_by_unit ON customers (unit_id, seq);

-- Evidence that belongs to another unit than the one it was recorded for; the newest row counts.
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
CREATE INDEX evidence_moves_by_evidence ON evidence_moves (evidence_id, seq);
CREATE INDEX evidence_moves_by_unit ON evidence_moves (unit_id, evidence_id);

-- The file that an imported dump came from: a dump of purpose 'backup' without a job.
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
CREATE INDEX dump_files_by_dump ON dump_files (dump_id, seq);

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
CREATE INDEX dump_proofs_by_dump ON dump_proofs (dump_id, seq);

-- Puts a dump or an image away, or takes it out again; the newest row counts.
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
CREATE INDEX archivings_by_subject ON archivings (subject_kind, subject_id, seq);

-- What people say of an image; the newest of a kind and its opposite counts.
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
CREATE INDEX image_marks_by_image ON image_marks (image_id, kind, seq);

-- The audit tree at one size, signed by the bench.
CREATE TABLE checkpoints (
  seq        INTEGER PRIMARY KEY,
  tree_size  INTEGER NOT NULL CHECK (tree_size >= 0),
  root_hash  TEXT NOT NULL CHECK (length(root_hash) = 64),
  text       TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;
CREATE INDEX checkpoints_by_size ON checkpoints (tree_size, seq);

-- A blob that was copied to a second place and read back there.
CREATE TABLE copies (
  seq        INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
  sha256     TEXT NOT NULL REFERENCES blobs (sha256),
  place      TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  row_sha256 BLOB NOT NULL CHECK (length(row_sha256) = 32)
) STRICT;
CREATE INDEX copies_by_place ON copies (place, sha256);

CREATE INDEX dumps_by_memory ON dumps (memory, seq);
CREATE INDEX dumps_by_use ON dumps (id, memory, purpose);

-- Grows whenever a unit is made or changed: half of what tells a cache that it is stale.
INSERT INTO bench (key, value) VALUES ('unit_changes', '0');
DROP TRIGGER bench_id_fixed;
CREATE TRIGGER bench_id_fixed BEFORE UPDATE ON bench
WHEN OLD.key NOT IN ('commits', 'unit_changes')
BEGIN SELECT RAISE(ABORT, 'the bench keeps its identity'); END;
CREATE TRIGGER units_inserted AFTER INSERT ON units
BEGIN UPDATE bench SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)
       WHERE key = 'unit_changes'; END;
CREATE TRIGGER units_updated AFTER UPDATE ON units
BEGIN UPDATE bench SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)
       WHERE key = 'unit_changes'; END;

-- Nothing is deleted or rewritten, but for what erasing overwrites.
CREATE TRIGGER unit_events_no_delete BEFORE DELETE ON unit_events
BEGIN SELECT RAISE(ABORT, 'unit events are never deleted'); END;
CREATE TRIGGER customers_no_delete BEFORE DELETE ON customers
BEGIN SELECT RAISE(ABORT, 'customers are never deleted'); END;
CREATE TRIGGER evidence_moves_no_delete BEFORE DELETE ON evidence_moves
BEGIN SELECT RAISE(ABORT, 'moves of evidence are never deleted'); END;
CREATE TRIGGER dump_files_no_delete BEFORE DELETE ON dump_files
BEGIN SELECT RAISE(ABORT, 'files of dumps are never deleted'); END;
CREATE TRIGGER dump_proofs_no_delete BEFORE DELETE ON dump_proofs
BEGIN SELECT RAISE(ABORT, 'proofs of dumps are never deleted'); END;
CREATE TRIGGER archivings_no_delete BEFORE DELETE ON archivings
BEGIN SELECT RAISE(ABORT, 'archivings are never deleted'); END;
CREATE TRIGGER image_marks_no_delete BEFORE DELETE ON image_marks
BEGIN SELECT RAISE(ABORT, 'marks of images are never deleted'); END;
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;
CREATE TRIGGER copies_no_delete BEFORE DELETE ON copies
BEGIN SELECT RAISE(ABORT, 'records of copies are never deleted'); END;
CREATE TRIGGER unit_events_fixed BEFORE UPDATE OF seq, id, unit_id, kind, other_unit_id, tool,
  principal, created_us ON unit_events
BEGIN SELECT RAISE(ABORT, 'of a unit event only the text can be erased'); END;
CREATE TRIGGER unit_events_erased BEFORE UPDATE ON unit_events
WHEN OLD.erased_us <> 0 OR NEW.erased_us = 0 OR NEW.text <> ''
BEGIN SELECT RAISE(ABORT, 'the text of a unit event can only be erased'); END;
CREATE TRIGGER customers_fixed BEFORE UPDATE OF seq, id, unit_id, principal, created_us ON customers
BEGIN SELECT RAISE(ABORT, 'of a customer only name and ticket can be erased'); END;
CREATE TRIGGER customers_erased BEFORE UPDATE ON customers
WHEN OLD.erased_us <> 0 OR NEW.erased_us = 0 OR NEW.customer <> '' OR NEW.ticket <> ''
BEGIN SELECT RAISE(ABORT, 'a customer can only be erased'); END;
CREATE TRIGGER evidence_moves_no_update BEFORE UPDATE ON evidence_moves
BEGIN SELECT RAISE(ABORT, 'moves of evidence are never rewritten'); END;
CREATE TRIGGER dump_files_no_update BEFORE UPDATE ON dump_files
BEGIN SELECT RAISE(ABORT, 'files of dumps are never rewritten'); END;
CREATE TRIGGER dump_proofs_no_update BEFORE UPDATE ON dump_proofs
BEGIN SELECT RAISE(ABORT, 'proofs of dumps are never rewritten'); END;
CREATE TRIGGER archivings_no_update BEFORE UPDATE ON archivings
BEGIN SELECT RAISE(ABORT, 'archivings are never rewritten'); END;
CREATE TRIGGER image_marks_no_update BEFORE UPDATE ON image_marks
BEGIN SELECT RAISE(ABORT, 'marks of images are never rewritten'); END;
CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are never rewritten'); END;
CREATE TRIGGER copies_no_update BEFORE UPDATE ON copies
BEGIN SELECT RAISE(ABORT, 'records of copies are never rewritten'); END;

-- Every unit with the one that counts today: itself unless it was merged.
CREATE VIEW unit_roots AS
WITH RECURSIVE roots (id, root_id, depth) AS (
  SELECT id, id, 0 FROM units WHERE merged_into IS NULL
  UNION ALL
  SELECT u.id, r.root_id, r.depth + 1
    FROM units u JOIN roots r ON u.merged_into = r.id
   WHERE r.depth < 64)
SELECT id, root_id FROM roots;

-- Which dumps belong to which unit, with its newest serial.
DROP VIEW unit_dumps;
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

-- What can be found by its text: taken from the rows named by source_id, and taken out again when
-- these are erased. `search` is the index over it, kept by the program (a trigger may not write to
-- it); both hold nothing that is not in other tables.
CREATE TABLE search_texts (
  seq        INTEGER PRIMARY KEY,
  kind       TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  field      TEXT NOT NULL,
  source_id  TEXT NOT NULL,
  text       TEXT NOT NULL,
  UNIQUE (source_id, field)
) STRICT;
CREATE VIRTUAL TABLE search USING fts5 (
  text, content = 'search_texts', content_rowid = 'seq', tokenize = 'trigram');
CREATE TRIGGER search_texts_fixed BEFORE UPDATE OF seq, kind, field, source_id, text ON search_texts
BEGIN SELECT RAISE(ABORT, 'a text to search is made anew'); END;

-- All that search_texts must hold.
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

INSERT INTO search_texts (kind, subject_id, field, source_id, text)
SELECT kind, subject_id, field, source_id, text FROM searchable WHERE text <> '';
INSERT INTO search (search) VALUES ('rebuild');

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
CREATE TRIGGER evidence_searchable AFTER INSERT ON unit_evidence
WHEN NEW.kind IN ('vpd_serial', 'mmc_serial', 'ata_serial', 'bridge_serial', 'label')
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.unit_id, CASE NEW.kind WHEN 'label' THEN 'label' ELSE 'serial' END, NEW.id,
         NEW.value WHERE NEW.value <> '';
END;
CREATE TRIGGER evidence_moves_searchable AFTER INSERT ON evidence_moves
BEGIN UPDATE search_texts SET subject_id = NEW.unit_id WHERE source_id = NEW.evidence_id; END;
CREATE TRIGGER unit_events_searchable AFTER INSERT ON unit_events
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.unit_id, CASE NEW.kind WHEN 'label' THEN 'label' ELSE 'note' END, NEW.id,
         NEW.text WHERE NEW.text <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.unit_id, 'tool', NEW.id, NEW.tool WHERE NEW.tool <> '';
END;
CREATE TRIGGER unit_events_not_searchable AFTER UPDATE OF text ON unit_events
BEGIN DELETE FROM search_texts WHERE source_id = NEW.id AND field <> 'tool'; END;
CREATE TRIGGER customers_searchable AFTER INSERT ON customers
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.unit_id, 'customer', NEW.id, NEW.customer WHERE NEW.customer <> '';
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'unit', NEW.unit_id, 'ticket', NEW.id, NEW.ticket WHERE NEW.ticket <> '';
END;
CREATE TRIGGER customers_not_searchable AFTER UPDATE OF customer, ticket ON customers
BEGIN DELETE FROM search_texts WHERE source_id = NEW.id; END;
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
CREATE TRIGGER dump_files_searchable AFTER INSERT ON dump_files
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'dump', NEW.dump_id, 'file name', NEW.id, NEW.file_name WHERE NEW.file_name <> '';
END;
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
CREATE TRIGGER image_marks_searchable AFTER INSERT ON image_marks
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'image', NEW.image_id, 'note', NEW.id, NEW.text WHERE NEW.text <> '';
END;
CREATE TRIGGER jobs_searchable AFTER INSERT ON jobs
BEGIN
  INSERT INTO search_texts (kind, subject_id, field, source_id, text)
  SELECT 'job', NEW.id, 'plan', NEW.id, NEW.plan_digest WHERE NEW.plan_digest <> '';
END;
