-- Work that runs without a request. A row is written in the transaction of what it belongs to, and deleted in the transaction of what it
-- does. Servers of an earlier version write into `errand` and read from it: their rows are moved here once a minute.
CREATE TABLE job (
    id TEXT PRIMARY KEY,
    -- Which code runs it: jobs::Kind.
    kind TEXT NOT NULL,
    -- JSON, by its kind.
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- While it runs: until when the claim holds.
    due_at BIGINT NOT NULL,
    -- With the one that runs.
    tries BIGINT NOT NULL DEFAULT 0,
    -- It failed too often: somebody has to look at it.
    set_aside_at BIGINT,
    -- Of the last try that failed; never a value.
    error TEXT
);
CREATE INDEX job_due ON job (due_at, id) WHERE set_aside_at IS NULL;
