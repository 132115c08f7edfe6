-- no-transaction
-- A payment can be made without a session, and a ledger entry without a payment. SQLite can't take a NOT NULL away from a column, so both
-- tables are made anew under their names (https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
-- Foreign keys can be switched off outside a transaction only, hence one of its own: killed in the middle, nothing was done.
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;

CREATE TABLE payment_new (
    id TEXT PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    membership TEXT NOT NULL REFERENCES membership (id),
    session TEXT,
    idempotency_key TEXT NOT NULL,
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
    token TEXT,
    binding TEXT,
    charge TEXT UNIQUE,
    ask_at BIGINT,
    account TEXT REFERENCES account (id),
    asks BIGINT NOT NULL DEFAULT 0,
    event_sequence BIGINT NOT NULL DEFAULT 0,
    look_at BIGINT NOT NULL DEFAULT 0,
    initiator_kind TEXT,
    initiator TEXT,
    UNIQUE (membership, idempotency_key)
);
INSERT INTO payment_new (id, reference, membership, session, idempotency_key, fingerprint, state, failure, total_cents, fee_cents, method,
    payer_name, email, locale, authorisation, authorisation_version, created_at, sent_on, expected_on, moved_by, token, binding, charge,
    ask_at, account, asks, event_sequence, look_at, initiator_kind, initiator)
SELECT id, reference, membership, session, idempotency_key, fingerprint, state, failure, total_cents, fee_cents, method,
    payer_name, email, locale, authorisation, authorisation_version, created_at, sent_on, expected_on, moved_by, token, binding, charge,
    ask_at, account, asks, event_sequence, look_at, initiator_kind, initiator
FROM payment;
DROP TABLE payment;
ALTER TABLE payment_new RENAME TO payment;
CREATE INDEX payment_of_membership ON payment (membership, created_at);
CREATE INDEX payment_to_ask ON payment (ask_at);
CREATE INDEX payment_of_account ON payment (account, created_at);
CREATE INDEX payment_on_its_way ON payment (look_at) WHERE state IN ('processing', 'scheduled');
CREATE INDEX payment_by_key ON payment (idempotency_key);

CREATE TABLE ledger_entry_new (
    id TEXT PRIMARY KEY,
    payment TEXT REFERENCES payment (id),
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    source_kind TEXT,
    source TEXT,
    UNIQUE (payment, reason)
);
INSERT INTO ledger_entry_new (id, payment, reason, at, source_kind, source)
SELECT id, payment, reason, at, source_kind, source FROM ledger_entry;
DROP TABLE ledger_entry;
ALTER TABLE ledger_entry_new RENAME TO ledger_entry;

COMMIT;
PRAGMA foreign_keys = ON;
