-- A key is one intent's, whoever's session asks about it: another bill may have been found in the same browser meanwhile. On a large
-- database make this index by hand first, with CONCURRENTLY and this name.
CREATE INDEX IF NOT EXISTS payment_by_key ON payment (idempotency_key);
CREATE INDEX IF NOT EXISTS closed_key_by_key ON closed_key (idempotency_key);
