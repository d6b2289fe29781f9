-- The register of documents. What must be unique in the world of one issuer is unique by constraint, so that no crash and
-- no race can make a second document. Times are milliseconds since 1970, UTC. Migrations go forward only; one that was
-- released is never changed.

-- One row for each document, written at entry. Only stage, version, security object and time of change move on; all of
-- them follow from the events and are kept here for constraints and searches.
CREATE TABLE document (
    job             BLOB    NOT NULL PRIMARY KEY CHECK (length(job) = 16),
    issuing_state   TEXT    NOT NULL,
    document_code   TEXT    NOT NULL,
    document_number TEXT    NOT NULL,
    chip_serial     BLOB    NOT NULL,
    stage           TEXT    NOT NULL CHECK (stage IN ('entered', 'signed', 'delivered', 'voided')),
    version         INTEGER NOT NULL CHECK (version > 0),
    security_object BLOB    CHECK (length(security_object) = 32),
    entered_at      INTEGER NOT NULL,
    changed_at      INTEGER NOT NULL,
    CONSTRAINT document_number_once UNIQUE (issuing_state, document_number),
    CONSTRAINT chip_once UNIQUE (chip_serial),
    CONSTRAINT security_object_once UNIQUE (security_object),
    CONSTRAINT signed_by_a_security_object
        CHECK (stage NOT IN ('signed', 'delivered') OR security_object IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX document_by_stage ON document (stage, job);

-- SHA-256 of each public key of each chip.
CREATE TABLE chip_key (
    sha256 BLOB NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
    job    BLOB NOT NULL REFERENCES document (job)
) STRICT, WITHOUT ROWID;

-- What happened to each document, in order. The truth from which everything else can be rebuilt.
CREATE TABLE event (
    job     BLOB    NOT NULL REFERENCES document (job),
    version INTEGER NOT NULL CHECK (version > 0),
    at      INTEGER NOT NULL,
    body    TEXT    NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (job, version)
) STRICT, WITHOUT ROWID;

-- The outbox: job files that were signed and are not yet delivered. A row holds a person's data and is erased with the
-- event that ends the job.
CREATE TABLE job_file (
    job     BLOB NOT NULL PRIMARY KEY REFERENCES document (job),
    content BLOB NOT NULL
) STRICT;

CREATE TRIGGER events_do_not_change BEFORE UPDATE ON event
BEGIN SELECT raise(ABORT, 'events are for ever'); END;

CREATE TRIGGER events_do_not_go BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'events are for ever'); END;

CREATE TRIGGER chip_keys_do_not_change BEFORE UPDATE ON chip_key
BEGIN SELECT raise(ABORT, 'a key belongs to its chip for ever'); END;

CREATE TRIGGER chip_keys_do_not_go BEFORE DELETE ON chip_key
BEGIN SELECT raise(ABORT, 'a key belongs to its chip for ever'); END;

CREATE TRIGGER documents_do_not_go BEFORE DELETE ON document
BEGIN SELECT raise(ABORT, 'a number is used for ever'); END;

CREATE TRIGGER documents_keep_their_name
BEFORE UPDATE OF job, issuing_state, document_code, document_number, chip_serial, entered_at ON document
BEGIN SELECT raise(ABORT, 'a document keeps its number and its chip'); END;
