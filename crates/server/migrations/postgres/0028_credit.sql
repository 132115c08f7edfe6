-- An entry can move credit to what is owed of it, which changes nothing in sum. The version before reads such a change, and writes none.
ALTER TABLE credit_change DROP CONSTRAINT IF EXISTS credit_change_cents_check;
-- No version writes less than nothing. Rows that are there are not read for it.
ALTER TABLE credit ADD CONSTRAINT credit_held_cents_check CHECK (held_cents >= 0) NOT VALID;
-- Few. On a large database make this index by hand first, with CONCURRENTLY and this name.
CREATE INDEX IF NOT EXISTS credit_owed ON credit (membership) WHERE owed_cents > 0;

-- Credit that goes back to the deposits that it came from: a row a deposit.
CREATE TABLE credit_refund (
    -- By which the processor is asked.
    id TEXT PRIMARY KEY,
    membership TEXT NOT NULL REFERENCES membership (id),
    -- Whose member asked, who may have closed it since.
    account TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    place BIGINT NOT NULL,
    -- Of all rows with this key.
    asked_cents BIGINT NOT NULL,
    payment TEXT NOT NULL REFERENCES payment (id),
    entry TEXT NOT NULL UNIQUE REFERENCES ledger_entry (id),
    cents BIGINT NOT NULL CHECK (cents > 0),
    -- 'on_its_way', 'sent', 'refused'
    state TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    UNIQUE (membership, idempotency_key, place)
);
CREATE INDEX credit_refund_of_payment ON credit_refund (payment);
