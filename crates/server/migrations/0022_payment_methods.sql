-- Payment methods that members keep: what may be known of each, and the processor's token by which it is charged again.
CREATE TABLE payment_method (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    token TEXT NOT NULL,
    -- contract::payment::Method as JSON: brand, last four, expiry, funding; or kind of account and last four.
    method TEXT NOT NULL,
    nickname TEXT NOT NULL DEFAULT '',
    is_default BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    -- The payment in which it was typed, if it came with one: it is there once that was answered and did not fail.
    came_with TEXT REFERENCES payment (id)
);
CREATE INDEX payment_method_of_account ON payment_method (account, created_at);
CREATE INDEX payment_method_by_payment ON payment_method (came_with) WHERE came_with IS NOT NULL;
-- Which payment was made with which of them.
CREATE TABLE payment_by_method (
    payment TEXT PRIMARY KEY REFERENCES payment (id),
    method TEXT NOT NULL
);
CREATE INDEX payment_by_method_by_method ON payment_by_method (method);
