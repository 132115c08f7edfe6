-- Every table of billing. One dialect for SQLite and PostgreSQL: TEXT and BIGINT only; money is integer cents, an instant is
-- milliseconds since 1970 UTC, a date is YYYY-MM-DD, a flag is 0 or 1.

CREATE TABLE membership (
    id TEXT PRIMARY KEY,
    region TEXT NOT NULL,
    -- 'billgroup=0A1;group=100245;…', normalised and in the order of the names: what a look-up compares.
    identifiers TEXT NOT NULL,
    ending TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    UNIQUE (region, identifiers)
);

CREATE TABLE bill (
    id TEXT PRIMARY KEY,
    membership TEXT NOT NULL REFERENCES membership (id),
    kind TEXT NOT NULL,
    patient TEXT NOT NULL,
    issued TEXT NOT NULL,
    due TEXT NOT NULL,
    balance_cents BIGINT NOT NULL CHECK (balance_cents >= 0),
    -- The part of the balance that payments on their way have reserved.
    pending_cents BIGINT NOT NULL CHECK (pending_cents >= 0 AND pending_cents <= balance_cents)
);
CREATE INDEX bill_of_membership ON bill (membership);

CREATE TABLE bill_line (
    bill TEXT NOT NULL REFERENCES bill (id),
    position BIGINT NOT NULL,
    service_date TEXT NOT NULL,
    provider TEXT NOT NULL,
    description TEXT NOT NULL,
    billed_cents BIGINT NOT NULL,
    discount_cents BIGINT NOT NULL,
    plan_paid_cents BIGINT NOT NULL,
    you_paid_cents BIGINT NOT NULL,
    you_owe_cents BIGINT NOT NULL CHECK (you_owe_cents >= 0),
    pending_cents BIGINT NOT NULL CHECK (pending_cents >= 0 AND pending_cents <= you_owe_cents),
    PRIMARY KEY (bill, position)
);

CREATE TABLE session (
    -- SHA-256 of the cookie's token.
    token_hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    membership TEXT NOT NULL REFERENCES membership (id),
    capture_binding TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ended_at BIGINT,
    -- contract::payment::PaymentDraft as JSON.
    draft TEXT
);

-- What the processor said a token stands for, so that paying does not ask again.
CREATE TABLE method_token (
    token TEXT NOT NULL,
    binding TEXT NOT NULL,
    method TEXT NOT NULL,
    known_at BIGINT NOT NULL,
    PRIMARY KEY (token, binding)
);

CREATE TABLE payment (
    id TEXT PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    membership TEXT NOT NULL REFERENCES membership (id),
    -- The session that made it; it alone sees the payment without knowing the key.
    session TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    -- SHA-256 of the order.
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    total_cents BIGINT NOT NULL CHECK (total_cents > 0),
    fee_cents BIGINT NOT NULL CHECK (fee_cents >= 0),
    method TEXT NOT NULL,
    payer_name TEXT NOT NULL,
    email TEXT,
    locale TEXT NOT NULL,
    authorisation TEXT NOT NULL,
    authorisation_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_on TEXT,
    expected_on TEXT,
    moved_by TEXT NOT NULL,
    -- What the processor is asked with, until it has answered.
    token TEXT,
    binding TEXT,
    -- The processor's name for the charge: set by its answer.
    charge TEXT UNIQUE,
    -- When to ask the processor again; NULL once it has answered.
    ask_at BIGINT,
    UNIQUE (membership, idempotency_key)
);
CREATE INDEX payment_of_membership ON payment (membership, created_at);
CREATE INDEX payment_to_ask ON payment (ask_at);

CREATE TABLE payment_share (
    payment TEXT NOT NULL REFERENCES payment (id),
    position BIGINT NOT NULL,
    bill TEXT NOT NULL REFERENCES bill (id),
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    leaves_cents BIGINT NOT NULL,
    PRIMARY KEY (payment, position)
);
CREATE INDEX share_of_bill ON payment_share (bill);

CREATE TABLE payment_line (
    payment TEXT NOT NULL REFERENCES payment (id),
    bill TEXT NOT NULL,
    line BIGINT NOT NULL,
    after_insurance_cents BIGINT NOT NULL,
    paid_cents BIGINT NOT NULL CHECK (paid_cents > 0),
    PRIMARY KEY (payment, bill, line)
);

CREATE TABLE payment_event (
    payment TEXT NOT NULL REFERENCES payment (id),
    position BIGINT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (payment, position)
);

-- Double entry: the postings of an entry sum to zero. Debits are positive.
CREATE TABLE ledger_entry (
    id TEXT PRIMARY KEY,
    payment TEXT NOT NULL REFERENCES payment (id),
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    UNIQUE (payment, reason)
);
CREATE TABLE ledger_posting (
    entry TEXT NOT NULL REFERENCES ledger_entry (id),
    account TEXT NOT NULL,
    cents BIGINT NOT NULL CHECK (cents <> 0),
    PRIMARY KEY (entry, account)
);

CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    -- What the letter tells of; a payment's id.
    cause TEXT NOT NULL,
    to_address TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX outbox_by_time ON outbox (created_at);

-- Marks this server keeps: how far the processor's events were read, how far the demo's clock was moved.
CREATE TABLE mark (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
