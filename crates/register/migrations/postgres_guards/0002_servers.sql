-- By what a service knows a server of its register again after a fail-over: one row for each timeline that was written on. A standby has the
-- rows of its primary; an old primary that comes back has none of the timelines that came after it.
CREATE TABLE server_mark (
    system   TEXT   NOT NULL,
    timeline BIGINT NOT NULL CHECK (timeline > 0),
    mark     UUID   NOT NULL,
    PRIMARY KEY (system, timeline)
);
