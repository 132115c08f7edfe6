-- What an account's owner chose of the notices, by kind and channel; what is not here is as it is at first.
CREATE TABLE notice_choice (
    account TEXT NOT NULL REFERENCES account (id),
    -- contract::notices::NoticeKind
    kind TEXT NOT NULL,
    -- 'email', 'text'
    channel TEXT NOT NULL,
    is_on BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (account, kind, channel)
);
-- Whose choice of which kind decides whether an e-mail is sent; NULL where nobody's does.
ALTER TABLE outbox ADD COLUMN notice_account TEXT;
ALTER TABLE outbox ADD COLUMN notice_kind TEXT;
-- What a member agreed to beside payments, word for word.
CREATE TABLE consent (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    -- 'texts', 'paperless'
    purpose TEXT NOT NULL,
    text TEXT NOT NULL,
    locale TEXT NOT NULL,
    version BIGINT NOT NULL,
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE INDEX consent_of_account ON consent (account, purpose, given_at);
-- The number that an account's text messages go to, and until it is confirmed the hash of the code that went there.
CREATE TABLE text_number (
    account TEXT PRIMARY KEY REFERENCES account (id),
    phone TEXT NOT NULL,
    consent TEXT NOT NULL REFERENCES consent (id),
    code_hash TEXT,
    code_expires_at BIGINT,
    confirmed_at BIGINT
);
CREATE INDEX text_number_by_phone ON text_number (phone);
-- When a text message is tried next. Its `next_try_at` is NULL: servers of the version before take it for no e-mail that
-- waits.
ALTER TABLE outbox ADD COLUMN text_try_at BIGINT;
CREATE INDEX outbox_texts ON outbox (is_secret DESC, text_try_at, id) WHERE text_try_at IS NOT NULL;
-- Bills that are new, and that are due soon. On a large database make these by hand first, with CONCURRENTLY and these
-- names.
CREATE INDEX IF NOT EXISTS bill_by_issued ON bill (issued);
CREATE INDEX IF NOT EXISTS bill_by_due ON bill (due);
