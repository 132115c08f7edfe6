-- What payments that are being made will use of a balance: taken once the method that pays the rest has answered.
ALTER TABLE credit ADD COLUMN held_cents BIGINT NOT NULL DEFAULT 0;

-- Of a payment from a balance: all of it. No processor knows such a payment.
ALTER TABLE payment ADD COLUMN balance_cents BIGINT NOT NULL DEFAULT 0;
-- The payment from the balance that was ordered together with this one.
ALTER TABLE payment ADD COLUMN balance_part TEXT;

-- Entries that change a credit, to find those of which no change was written. On a large database make this index by
-- hand first, with CONCURRENTLY and this name.
CREATE INDEX IF NOT EXISTS ledger_posting_of_credit ON ledger_posting (entry) WHERE SUBSTR(account, 1, 7) = 'credit:';
