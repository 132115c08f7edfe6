-- An account that its member closes is deleted with everything of its own; nothing refers to it any more, so a server
-- of the version before signs nobody in to it. What was paid stays, as the payments of a payer without an account.
-- Of the account stays that there was one, and when.
CREATE TABLE closed_account (
    id TEXT PRIMARY KEY,
    membership TEXT NOT NULL REFERENCES membership (id),
    opened_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL
);
CREATE INDEX closed_account_of_membership ON closed_account (membership);

-- The closed account that a payment was made from.
ALTER TABLE payment ADD COLUMN closed_account TEXT;
