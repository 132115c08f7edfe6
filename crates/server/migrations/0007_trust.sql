-- Registering in two steps: what is asked for, and what is opened once it is confirmed.

-- Accounts that were asked for and that nobody confirmed yet. None of them signs in, none keeps another registration out.
CREATE TABLE pending_account (
    id TEXT PRIMARY KEY,
    -- The registration that it was asked for with, which is deleted with its session.
    registration TEXT NOT NULL UNIQUE,
    membership TEXT NOT NULL REFERENCES membership (id),
    -- store::accounts::Opening as JSON; the password is in it as its hash.
    opening TEXT NOT NULL,
    -- SHA-256 of the token in the newest link; NULL until one is sent.
    token_hash TEXT UNIQUE,
    -- Tries to confirm it with the newest link or one before.
    tries BIGINT NOT NULL DEFAULT 0,
    -- How often its e-mail address was changed.
    changes BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX pending_account_of_membership ON pending_account (membership);
CREATE INDEX pending_account_by_end ON pending_account (expires_at);

-- Codes that were sent to the address that the plan has on file for a membership. Each is good for every registration of it.
CREATE TABLE membership_code (
    membership TEXT NOT NULL REFERENCES membership (id),
    -- Hashed with a key made of the pepper.
    code_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (membership, code_hash)
);

-- How many e-mails of a kind went to an address is counted for each one that is to be sent.
CREATE INDEX outbox_of_cause ON outbox (cause, created_at);
