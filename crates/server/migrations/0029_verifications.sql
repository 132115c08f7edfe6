-- Saved bank accounts that are verified by two small deposits. By the processor's token: another account in the place of
-- one is not verified, whichever server put it there. The amounts stay with the processor.
CREATE TABLE method_verification (
    token TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    -- 'asked' until the processor has answered, then 'sent', 'verified', 'failed'
    state TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    -- When the deposits are in the bank account.
    arrives_at BIGINT,
    tries_left BIGINT,
    -- When the member was told that they are there.
    told_at BIGINT
);
CREATE INDEX method_verification_of_account ON method_verification (account);
CREATE INDEX method_verification_to_ask ON method_verification (token) WHERE state = 'asked';
CREATE INDEX method_verification_to_tell ON method_verification (arrives_at) WHERE state = 'sent' AND told_at IS NULL;
-- The saved method that a consent is about, and what it was then: contract::payment::Method as JSON.
ALTER TABLE consent ADD COLUMN method TEXT;
ALTER TABLE consent ADD COLUMN about TEXT;
