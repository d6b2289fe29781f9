-- The register of people, applications and documents: the same tables as in PostgreSQL (migrations/postgres). What was there
-- before is carried over. Times are milliseconds since 1970, UTC; days are counted from the same day.

ALTER TABLE event RENAME TO document_event;

-- What happened, in order. The truth from which entities can be made again.
CREATE TABLE event (
    stream  BLOB    NOT NULL CHECK (length(stream) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    body    TEXT    NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (stream, version)
) STRICT, WITHOUT ROWID;

-- What can have one holder only.
CREATE TABLE claim (
    kind   TEXT NOT NULL,
    value  BLOB NOT NULL,
    holder BLOB NOT NULL CHECK (length(holder) = 16),
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;

-- The present: what is looked up by id and listed.
CREATE TABLE entity (
    kind     TEXT    NOT NULL,
    id       BLOB    NOT NULL CHECK (length(id) = 16),
    state    TEXT    NOT NULL,
    place    TEXT    NOT NULL,
    position INTEGER NOT NULL,
    version  INTEGER NOT NULL CHECK (version > 0),
    body     TEXT    NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (kind, id)
) STRICT;

CREATE INDEX entity_by_position ON entity (kind, position, id);
CREATE INDEX entity_by_state ON entity (kind, state, position, id);
CREATE INDEX entity_by_place ON entity (kind, place, position, id);

-- By what entities are searched: keyed hashes.
CREATE TABLE entity_key (
    kind TEXT NOT NULL,
    key  BLOB NOT NULL CHECK (length(key) = 16),
    id   BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (kind, key, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX entity_key_by_entity ON entity_key (kind, id);

-- What is to be done. `lease_until` is 0 until somebody works on it.
CREATE TABLE task (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    queue       TEXT    NOT NULL,
    lane        TEXT    NOT NULL,
    subject     BLOB    NOT NULL CHECK (length(subject) = 16),
    priority    INTEGER NOT NULL,
    run_at      INTEGER NOT NULL,
    lease_until INTEGER NOT NULL DEFAULT 0,
    attempts    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX task_by_urgency ON task (queue, lane, priority, run_at, id);

-- Sealed octets that can be erased.
CREATE TABLE blob (
    owner  BLOB NOT NULL CHECK (length(owner) = 16),
    name   TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT;

-- Numbers that are taken in blocks.
CREATE TABLE counter (
    name TEXT    NOT NULL PRIMARY KEY,
    next INTEGER NOT NULL CHECK (next >= 0)
) STRICT, WITHOUT ROWID;

-- What is counted by day.
CREATE TABLE tally (
    day   INTEGER NOT NULL,
    name  TEXT    NOT NULL,
    shard INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, name, shard)
) STRICT, WITHOUT ROWID;

-- What is told afterwards; entries get their numbers a moment later.
CREATE TABLE journal (
    id     BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    topic  TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    body   BLOB    NOT NULL,
    number INTEGER CHECK (number >= 0),
    CONSTRAINT journal_number_once UNIQUE (topic, number)
) STRICT;

CREATE INDEX journal_unnumbered ON journal (topic, at, id) WHERE number IS NULL;

CREATE TABLE journal_state (
    topic      TEXT    NOT NULL PRIMARY KEY,
    size       INTEGER NOT NULL CHECK (size >= 0),
    checkpoint TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE journal_hash (
    topic    TEXT    NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (topic, position)
) STRICT, WITHOUT ROWID;

-- What releases 0.1 and 0.2 have written.

INSERT INTO event (stream, version, kind, at, body)
SELECT job, version, 'document', at, body FROM document_event;

INSERT INTO claim (kind, value, holder)
SELECT 'document-number', CAST(issuing_state || '/' || document_number AS BLOB), job FROM document
UNION ALL SELECT 'chip-serial', chip_serial, job FROM document
UNION ALL SELECT 'chip-key', sha256, job FROM chip_key
UNION ALL SELECT 'security-object', security_object, job FROM document WHERE security_object IS NOT NULL
UNION ALL SELECT 'packet-file', digest, id FROM enrolment_packet;

INSERT INTO entity (kind, id, state, place, position, version, body)
SELECT 'document', document.job, document.stage, '', document.entered_at, document.version,
       json_object('issuing_state', document.issuing_state,
                   'document_code', document.document_code,
                   'document_number', document.document_number,
                   'chip_serial', lower(hex(document.chip_serial)),
                   'profile', json_extract(document_event.body, '$.profile'),
                   'changed_at', document.changed_at,
                   'application', NULL)
FROM document JOIN document_event ON document_event.job = document.job AND document_event.version = 1;

INSERT INTO entity (kind, id, state, place, position, version, body)
SELECT 'packet', id, 'received', station, received_at, 1,
       json_object('digest', lower(hex(digest)), 'length', length, 'profile', profile, 'station', station,
                   'operator', operator, 'supervisor', supervisor, 'book_line', book_line, 'book_link', book_link,
                   'sealed_at', sealed_at, 'received_at', received_at, 'receipt', receipt)
FROM enrolment_packet;

INSERT INTO blob (owner, name, sealed)
SELECT job, 'job-file', content FROM job_file;

INSERT INTO task (id, queue, lane, subject, priority, run_at)
SELECT job, 'job', '', job, 0, changed_at FROM document WHERE stage = 'signed';

DROP TABLE job_file;
DROP TABLE chip_key;
DROP TABLE document_event;
DROP TABLE document;
DROP TABLE enrolment_packet;

CREATE TRIGGER events_do_not_change BEFORE UPDATE ON event
BEGIN SELECT raise(ABORT, 'events are for ever'); END;

CREATE TRIGGER events_do_not_go BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'events are for ever'); END;

CREATE TRIGGER claims_do_not_change BEFORE UPDATE ON claim
BEGIN SELECT raise(ABORT, 'a claim keeps its holder'); END;

CREATE TRIGGER claims_do_not_go BEFORE DELETE ON claim
WHEN OLD.kind NOT IN ('live-document', 'document-in-making', 'account-name', 'account-subject')
BEGIN SELECT raise(ABORT, 'what is claimed is used for ever'); END;

CREATE TRIGGER numbered_entries_do_not_change BEFORE UPDATE ON journal WHEN OLD.number IS NOT NULL
BEGIN SELECT raise(ABORT, 'the journal is for ever'); END;

CREATE TRIGGER entries_get_a_number_only BEFORE UPDATE OF id, topic, at, body ON journal
BEGIN SELECT raise(ABORT, 'the journal is for ever'); END;

CREATE TRIGGER entries_do_not_go BEFORE DELETE ON journal
BEGIN SELECT raise(ABORT, 'the journal is for ever'); END;

CREATE TRIGGER hashes_do_not_change BEFORE UPDATE ON journal_hash
BEGIN SELECT raise(ABORT, 'the journal is for ever'); END;

CREATE TRIGGER hashes_do_not_go BEFORE DELETE ON journal_hash
BEGIN SELECT raise(ABORT, 'the journal is for ever'); END;
