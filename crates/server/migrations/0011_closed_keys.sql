-- Idempotency keys under which no payment was begun and none will be: somebody was told so. An order that comes later with one of them
-- is too late, whatever any clock says.
CREATE TABLE closed_key (
    membership TEXT NOT NULL REFERENCES membership (id),
    idempotency_key TEXT NOT NULL,
    closed_at BIGINT NOT NULL,
    PRIMARY KEY (membership, idempotency_key)
);

CREATE INDEX closed_key_by_age ON closed_key (closed_at);
