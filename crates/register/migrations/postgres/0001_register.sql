-- The register in PostgreSQL: the same tables as in SQLite (migrations/sqlite/0003). Nothing here needs a sequence, an
-- extension, a trigger or a foreign key, so that databases with PostgreSQL's protocol take it, too. Integers have 64 bits.
-- Times are milliseconds since 1970, UTC; days are counted from the same day.
--
-- How the tables spread over machines (CockroachDB and YugabyteDB split by the primary key; Citus by the column named):
--
--     event          stream    a history is read whole, at one place
--     claim          value     numbers, keys and digests spread by themselves
--     entity         id        UUIDs
--     entity_key     id        beside the entity; a search asks every shard for a few rows
--     blob           owner     beside its events
--     task           local     leasing locks rows of one machine; rows go when they are done, the table stays small
--     counter        local     touched once for each block of numbers
--     tally          local     16 rows for each name and day, so that writers do not meet
--     journal*       local     one writer numbers it

-- What happened, in order. The truth from which entities can be made again.
CREATE TABLE event (
    stream  UUID   NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    kind    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    body    TEXT   NOT NULL,
    PRIMARY KEY (stream, version)
);

-- What can have one holder only.
CREATE TABLE claim (
    kind   TEXT  NOT NULL,
    value  BYTEA NOT NULL,
    holder UUID  NOT NULL,
    PRIMARY KEY (kind, value)
);

-- The present: what is looked up by id and listed.
CREATE TABLE entity (
    kind     TEXT   NOT NULL,
    id       UUID   NOT NULL,
    state    TEXT   NOT NULL,
    place    TEXT   NOT NULL,
    position BIGINT NOT NULL,
    version  BIGINT NOT NULL CHECK (version > 0),
    body     TEXT   NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE INDEX entity_by_position ON entity (kind, position, id);
CREATE INDEX entity_by_state ON entity (kind, state, position, id);
CREATE INDEX entity_by_place ON entity (kind, place, position, id);

-- By what entities are searched: keyed hashes.
CREATE TABLE entity_key (
    kind TEXT  NOT NULL,
    key  BYTEA NOT NULL CHECK (length(key) = 16),
    id   UUID  NOT NULL,
    PRIMARY KEY (kind, key, id)
);

CREATE INDEX entity_key_by_entity ON entity_key (kind, id);

-- What is to be done. `lease_until` is 0 until somebody works on it.
CREATE TABLE task (
    id          UUID   NOT NULL PRIMARY KEY,
    queue       TEXT   NOT NULL,
    lane        TEXT   NOT NULL,
    subject     UUID   NOT NULL,
    priority    BIGINT NOT NULL,
    run_at      BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    attempts    BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX task_by_urgency ON task (queue, lane, priority, run_at, id);

-- Sealed octets that can be erased.
CREATE TABLE blob (
    owner  UUID  NOT NULL,
    name   TEXT  NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (owner, name)
);

-- Numbers that are taken in blocks.
CREATE TABLE counter (
    name TEXT   NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL CHECK (next >= 0)
);

-- What is counted by day.
CREATE TABLE tally (
    day   BIGINT NOT NULL,
    name  TEXT   NOT NULL,
    shard BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (day, name, shard)
);

-- What is told afterwards; entries get their numbers a moment later.
CREATE TABLE journal (
    id     UUID   NOT NULL PRIMARY KEY,
    topic  TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    body   BYTEA  NOT NULL,
    number BIGINT CHECK (number >= 0),
    CONSTRAINT journal_number_once UNIQUE (topic, number)
);

CREATE INDEX journal_unnumbered ON journal (topic, at, id) WHERE number IS NULL;

CREATE TABLE journal_state (
    topic      TEXT   NOT NULL PRIMARY KEY,
    size       BIGINT NOT NULL CHECK (size >= 0),
    checkpoint TEXT
);

CREATE TABLE journal_hash (
    topic    TEXT   NOT NULL,
    position BIGINT NOT NULL CHECK (position >= 0),
    hash     BYTEA  NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (topic, position)
);
