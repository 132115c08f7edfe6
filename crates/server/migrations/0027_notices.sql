-- What an account's owner chose of the notices, by kind and channel; what is not here is as it is at first.
CREATE TABLE notice_choice (
    account TEXT NOT NULL REFERENCES account (id),
    -- contract::notices::NoticeKind
    kind TEXT NOT NULL,
    -- 'email'
    channel TEXT NOT NULL,
    is_on BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (account, kind, channel)
);
-- Whose choice of which kind decides whether an e-mail is sent; NULL where nobody's does.
ALTER TABLE outbox ADD COLUMN notice_account TEXT;
ALTER TABLE outbox ADD COLUMN notice_kind TEXT;
