-- What is shown beside a password.

-- A password of fewer characters than it takes alone: set while there was a second factor.
ALTER TABLE account ADD COLUMN is_password_short BIGINT NOT NULL DEFAULT 0;

-- The password was right, the second factor is asked for: such a session sees nothing.
ALTER TABLE session ADD COLUMN is_halfway BIGINT NOT NULL DEFAULT 0;
-- When the password was typed again in it.
ALTER TABLE session ADD COLUMN proved_at BIGINT;

CREATE TABLE authenticator (
    account TEXT PRIMARY KEY REFERENCES account (id),
    -- The server must be able to read it: sealed with a key made of the pepper.
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Set by the first right code; before, it counts for nothing.
    confirmed_at BIGINT,
    -- The step of the last code that was taken: none is taken twice.
    last_step BIGINT
);

CREATE TABLE passkey (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    -- What a browser calls it.
    credential TEXT NOT NULL UNIQUE,
    -- factors::passkeys::Passkey::stored
    stored TEXT NOT NULL,
    device TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkey_of_account ON passkey (account);

CREATE TABLE recovery_code (
    account TEXT NOT NULL REFERENCES account (id),
    -- Hashed with a key made of the pepper.
    code_hash TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account, code_hash)
);

-- What a browser was asked for a passkey, until its first answer.
CREATE TABLE passkey_challenge (
    session TEXT PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
