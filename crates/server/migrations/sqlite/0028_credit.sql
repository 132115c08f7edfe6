-- no-transaction
-- An entry can move credit to what is owed of it, which changes nothing in sum; and nothing below nothing is held. SQLite can change no
-- CHECK of a table, so both tables are made anew under their names, as in 0015.
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;

CREATE TABLE credit_new (
    membership TEXT PRIMARY KEY REFERENCES membership (id),
    cents BIGINT NOT NULL CHECK (cents >= 0),
    owed_cents BIGINT NOT NULL CHECK (owed_cents >= 0),
    changes BIGINT NOT NULL,
    held_cents BIGINT NOT NULL DEFAULT 0 CHECK (held_cents >= 0)
);
INSERT INTO credit_new (membership, cents, owed_cents, changes, held_cents)
SELECT membership, cents, owed_cents, changes, held_cents FROM credit;
DROP TABLE credit;
ALTER TABLE credit_new RENAME TO credit;
CREATE INDEX credit_owed ON credit (membership) WHERE owed_cents > 0;

CREATE TABLE credit_change_new (
    membership TEXT NOT NULL REFERENCES credit (membership),
    position BIGINT NOT NULL,
    entry TEXT NOT NULL UNIQUE REFERENCES ledger_entry (id),
    cents BIGINT NOT NULL,
    after_cents BIGINT NOT NULL CHECK (after_cents >= 0),
    owed_after_cents BIGINT NOT NULL CHECK (owed_after_cents >= 0),
    PRIMARY KEY (membership, position)
);
INSERT INTO credit_change_new (membership, position, entry, cents, after_cents, owed_after_cents)
SELECT membership, position, entry, cents, after_cents, owed_after_cents FROM credit_change;
DROP TABLE credit_change;
ALTER TABLE credit_change_new RENAME TO credit_change;

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

COMMIT;
PRAGMA foreign_keys = ON;
