-- The credit that the plan holds for a membership. Only the ledger changes it, with the entry that moves the money.
CREATE TABLE credit (
    membership TEXT PRIMARY KEY REFERENCES membership (id),
    cents BIGINT NOT NULL CHECK (cents >= 0),
    -- Deposits that went back after they were used: what the next money that comes in pays first.
    owed_cents BIGINT NOT NULL CHECK (owed_cents >= 0),
    -- How many rows `credit_change` has of it.
    changes BIGINT NOT NULL
);

-- What each entry of the ledger changed, and what there was after it.
CREATE TABLE credit_change (
    membership TEXT NOT NULL REFERENCES credit (membership),
    position BIGINT NOT NULL,
    entry TEXT NOT NULL UNIQUE REFERENCES ledger_entry (id),
    -- In is positive.
    cents BIGINT NOT NULL CHECK (cents <> 0),
    after_cents BIGINT NOT NULL CHECK (after_cents >= 0),
    owed_after_cents BIGINT NOT NULL CHECK (owed_after_cents >= 0),
    PRIMARY KEY (membership, position)
);

-- The part of a payment that goes to the balance: all of a deposit, nothing of others.
ALTER TABLE payment ADD COLUMN deposit_cents BIGINT NOT NULL DEFAULT 0;
-- Deposits on their way. On a large database make this index by hand first, with CONCURRENTLY and this name.
CREATE INDEX IF NOT EXISTS deposit_of_membership ON payment (membership, created_at) WHERE deposit_cents > 0;

-- Credit that the ledger has already: money that came for bills which somebody else had paid meanwhile.
INSERT INTO credit (membership, cents, owed_cents, changes)
SELECT SUBSTR(ledger_posting.account, 8), CAST(-SUM(ledger_posting.cents) AS BIGINT), 0, COUNT(*)
FROM ledger_posting WHERE ledger_posting.account LIKE 'credit:%' GROUP BY ledger_posting.account;
INSERT INTO credit_change (membership, position, entry, cents, after_cents, owed_after_cents)
SELECT SUBSTR(ledger_posting.account, 8),
    ROW_NUMBER() OVER (PARTITION BY ledger_posting.account ORDER BY ledger_entry.at, ledger_entry.id),
    ledger_posting.entry,
    -ledger_posting.cents,
    CAST(-SUM(ledger_posting.cents) OVER (PARTITION BY ledger_posting.account ORDER BY ledger_entry.at, ledger_entry.id) AS BIGINT),
    0
FROM ledger_posting JOIN ledger_entry ON ledger_entry.id = ledger_posting.entry
WHERE ledger_posting.account LIKE 'credit:%';
