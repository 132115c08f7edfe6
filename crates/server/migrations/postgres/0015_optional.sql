-- A payment can be made without a session, and a ledger entry without a payment. The version before reads both, and makes no row without.
ALTER TABLE payment ALTER COLUMN session DROP NOT NULL;
ALTER TABLE ledger_entry ALTER COLUMN payment DROP NOT NULL;
