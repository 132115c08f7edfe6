-- Parts of charges that were given back, and asks that were refused: a key keeps its answer.
CREATE TABLE refund (
    idempotency_key TEXT PRIMARY KEY,
    charge TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    is_refused INTEGER NOT NULL,
    made_at INTEGER NOT NULL
);
CREATE INDEX refund_of_charge ON refund (charge);
