-- The kind of all bills of a payment, once the processor has answered; 'mixed' where they are of several. Nothing of a
-- payment that a server of the version before settled, or that pays no bill: such ones are asked by their shares.
ALTER TABLE payment ADD COLUMN bill_kind TEXT;
-- The totals of a history and what was spent a month are read from this index alone, however long the history is. On a
-- large PostgreSQL database make both by hand first, with CONCURRENTLY and these names.
CREATE INDEX IF NOT EXISTS payment_totals
    ON payment (membership, created_at, state, total_cents, fee_cents, bill_kind, payer_membership);
CREATE INDEX IF NOT EXISTS paid_without_kind ON payment (membership, created_at)
    WHERE state = 'paid' AND payer_membership IS NULL AND (bill_kind IS NULL OR bill_kind = 'mixed');
