-- Payments that the plan took itself, by mail or phone: its billing system writes a row for each, and the server posts
-- it once (docs/billing-system.md).
CREATE TABLE posted_payment (
    -- The plan's own name for it.
    id TEXT PRIMARY KEY,
    bill TEXT NOT NULL REFERENCES bill (id),
    cents BIGINT NOT NULL CHECK (cents > 0),
    -- 'check', 'phone'
    method TEXT NOT NULL,
    -- As on the check; empty for the member's name.
    payer_name TEXT NOT NULL DEFAULT '',
    -- The day on which the plan took it: YYYY-MM-DD, by the clock of the member's region.
    received_on TEXT NOT NULL,
    -- By the server: when it was posted, or the column that it can't understand.
    posted_at BIGINT,
    problem TEXT
);
CREATE INDEX posted_payment_to_post ON posted_payment (id) WHERE posted_at IS NULL;
-- What a question is about: contract::bill::question::QuestionTopic
ALTER TABLE charge_question ADD COLUMN topic TEXT;
-- The row that a payment was posted from: no processor knows such a payment.
ALTER TABLE payment ADD COLUMN posted_payment TEXT;
