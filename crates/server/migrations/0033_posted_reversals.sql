-- Payments by mail or phone that came back, as a check that bounced: the plan's billing system writes a row for each,
-- and the server takes the payment back once (docs/billing-system.md).
CREATE TABLE posted_reversal (
    -- The plan's own name for it.
    id TEXT PRIMARY KEY,
    -- posted_payment.id; a row that names none waits for people.
    posted_payment TEXT NOT NULL,
    -- All of the payment.
    cents BIGINT NOT NULL,
    -- The day on which it came back: YYYY-MM-DD, by the clock of the member's region.
    returned_on TEXT NOT NULL,
    -- contract::payment::Failure, where the bank said why.
    reason TEXT,
    -- By the server: when it was posted, or why it can't be.
    posted_at BIGINT,
    problem TEXT
);
CREATE INDEX posted_reversal_to_post ON posted_reversal (id) WHERE posted_at IS NULL;
