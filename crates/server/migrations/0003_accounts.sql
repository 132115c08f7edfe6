-- Who may sign in, and what leads there. Tokens of links are kept as SHA-256, passwords as Argon2id.

CREATE TABLE account (
    id TEXT PRIMARY KEY,
    membership TEXT NOT NULL UNIQUE REFERENCES membership (id),
    -- The e-mail address in lower case: what is compared.
    user_id TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    email_confirmed_at BIGINT,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    -- contract::UsAddress as JSON.
    address TEXT NOT NULL,
    phone TEXT NOT NULL,
    locale TEXT NOT NULL,
    password TEXT NOT NULL,
    password_changed_at BIGINT NOT NULL,
    terms_version BIGINT NOT NULL,
    terms_accepted_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

-- A registration belongs to the payer's session that matched a statement; its draft is wiped with what is private in that session.
CREATE TABLE registration (
    id TEXT PRIMARY KEY,
    session TEXT NOT NULL UNIQUE REFERENCES session (id) ON DELETE CASCADE,
    -- contract::account::RegistrationDraft as JSON.
    draft TEXT NOT NULL,
    sent_at BIGINT,
    -- The account that came of it: none if there was one already.
    account TEXT REFERENCES account (id),
    created_at BIGINT NOT NULL
);

CREATE TABLE link (
    token_hash TEXT PRIMARY KEY,
    -- 'confirm' or 'reset'.
    purpose TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES account (id),
    -- Where it was sent: it confirms this address and no other.
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX link_of_account ON link (account, purpose);

-- What was asked for by somebody who must not learn from the answer whether there is an account: done a moment later.
CREATE TABLE errand (
    id TEXT PRIMARY KEY,
    -- errands::Errand as JSON.
    detail TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    next_try_at BIGINT NOT NULL
);
CREATE INDEX errand_to_do ON errand (next_try_at);

ALTER TABLE session ADD COLUMN account TEXT REFERENCES account (id);
-- Browser and system in general words.
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';
-- What is private in the draft is gone.
ALTER TABLE session ADD COLUMN is_wiped BIGINT NOT NULL DEFAULT 0;
CREATE INDEX session_of_account ON session (account);

-- Whose authorisation it was; nobody's for a payer without an account.
ALTER TABLE payment ADD COLUMN account TEXT REFERENCES account (id);
CREATE INDEX payment_of_account ON payment (account, created_at);

-- A letter with a link in it: its text is wiped once it was sent.
ALTER TABLE outbox ADD COLUMN is_secret BIGINT NOT NULL DEFAULT 0;
