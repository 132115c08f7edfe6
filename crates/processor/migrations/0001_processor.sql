-- The sandbox's own tables. No card number, security code or account number has a column here.

CREATE TABLE token (
    token TEXT PRIMARY KEY,
    -- The payer's session it was made for, as an opaque text of the billing system's.
    binding TEXT NOT NULL,
    -- contract::payment::Method as JSON: brand, last four, expiry, funding; or kind of account and last four.
    method TEXT NOT NULL,
    -- What a charge of it will do: sandbox::Outcome.
    outcome TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    -- The idempotency key of its one charge.
    used_by TEXT
);

CREATE TABLE charge (
    id TEXT PRIMARY KEY,
    idempotency_key TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL UNIQUE REFERENCES token (token),
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    reference TEXT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    made_at INTEGER NOT NULL,
    -- Bank debits: when the bank answers, and with what.
    ends_at INTEGER,
    ends_as TEXT
);
CREATE INDEX charge_to_end ON charge (ends_at);

CREATE TABLE event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    charge TEXT NOT NULL REFERENCES charge (id),
    state TEXT NOT NULL,
    failure TEXT,
    at INTEGER NOT NULL
);
