-- The kind of all bills of a payment, once the processor has answered; 'mixed' where they are of several. Nothing of a
-- payment that a server of the version before settled, or that pays no bill: such ones are asked by their shares.
ALTER TABLE payment ADD COLUMN bill_kind TEXT;
-- What a membership has paid itself is summed up by these alone. On a large database make them by hand first, with CONCURRENTLY
-- and these names.
CREATE INDEX IF NOT EXISTS paid_of_membership ON payment (membership, created_at, bill_kind, total_cents, fee_cents)
    WHERE state = 'paid' AND payer_membership IS NULL;
CREATE INDEX IF NOT EXISTS paid_without_kind ON payment (membership, created_at)
    WHERE state = 'paid' AND payer_membership IS NULL AND (bill_kind IS NULL OR bill_kind = 'mixed');
