-- A key is closed for every membership, so whoever has no session closes one, too: of no membership. SQLite can't take a reference away,
-- so the table is made anew. Nothing refers to it.
CREATE TABLE closed_key_new (
    membership TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    begin_by BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    PRIMARY KEY (membership, idempotency_key)
);
INSERT INTO closed_key_new (membership, idempotency_key, begin_by, closed_at)
SELECT membership, idempotency_key, begin_by, closed_at FROM closed_key;
DROP TABLE closed_key;
ALTER TABLE closed_key_new RENAME TO closed_key;
CREATE INDEX closed_key_by_age ON closed_key (closed_at);
CREATE INDEX closed_key_by_key ON closed_key (idempotency_key);
