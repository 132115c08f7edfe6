-- What `/readyz` writes now and then, so that "ready" means that something can be written: a row for each server that runs, so that
-- none waits for another's.
CREATE TABLE readiness (
    server TEXT PRIMARY KEY,
    written_at BIGINT NOT NULL
);
