-- Idempotency keys of which somebody was told that nothing came of an order: none that names one of them and may begin until `begin_by`
-- begins any more, whatever any clock says. Whoever presses Pay again names a later moment.
CREATE TABLE closed_key (
    membership TEXT NOT NULL REFERENCES membership (id),
    idempotency_key TEXT NOT NULL,
    begin_by BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    PRIMARY KEY (membership, idempotency_key)
);

CREATE INDEX closed_key_by_age ON closed_key (closed_at);
