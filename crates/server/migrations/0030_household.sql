-- Whom members pay for: an account pays for the bills of another membership, whose owner may have an account or none.
CREATE TABLE household_link (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    membership TEXT NOT NULL REFERENCES membership (id),
    added_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX household_link_of_account ON household_link (account, membership);
CREATE INDEX household_link_of_membership ON household_link (membership);
-- The membership of the one who paid for somebody else: there the payment is listed without the services.
ALTER TABLE payment ADD COLUMN payer_membership TEXT;
CREATE INDEX payment_of_payer_membership ON payment (payer_membership, created_at) WHERE payer_membership IS NOT NULL;
