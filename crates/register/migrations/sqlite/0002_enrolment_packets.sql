-- Enrolment packets that stations have sent. A packet is counted once, by its id; the receipt is kept, so that the same packet again
-- is answered in the same way. The packets themselves are files beside the register. Times are milliseconds since 1970, UTC.

CREATE TABLE enrolment_packet (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    digest      BLOB    NOT NULL CHECK (length(digest) = 32),
    length      INTEGER NOT NULL CHECK (length > 0),
    profile     TEXT    NOT NULL,
    station     TEXT    NOT NULL,
    operator    TEXT    NOT NULL,
    supervisor  TEXT,
    book_line   INTEGER,
    book_link   TEXT,
    sealed_at   INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    receipt     TEXT    NOT NULL CHECK (json_valid(receipt)),
    CONSTRAINT packet_file_once UNIQUE (digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX enrolment_packet_by_station ON enrolment_packet (station, sealed_at);

CREATE TRIGGER enrolment_packets_do_not_change BEFORE UPDATE ON enrolment_packet
BEGIN SELECT raise(ABORT, 'what was acknowledged stays acknowledged'); END;

CREATE TRIGGER enrolment_packets_do_not_go BEFORE DELETE ON enrolment_packet
BEGIN SELECT raise(ABORT, 'what was acknowledged stays acknowledged'); END;
