-- The totals of a history are read from the index alone, however long the history is. On a large PostgreSQL database it
-- is made beforehand, by CREATE INDEX CONCURRENTLY.
CREATE INDEX IF NOT EXISTS payment_totals ON payment (membership, created_at, state, total_cents, fee_cents);
