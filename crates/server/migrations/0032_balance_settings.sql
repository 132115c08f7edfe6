-- The payment that another one names as the balance's part of its order, to find the other from either. On a large
-- database make this index by hand first, with CONCURRENTLY and this name.
CREATE INDEX IF NOT EXISTS payment_of_balance_part ON payment (balance_part) WHERE balance_part IS NOT NULL;

-- How a member uses the balance; what is not here is as it is at first.
CREATE TABLE balance_setting (
    account TEXT PRIMARY KEY REFERENCES account (id),
    -- The member is told once the balance falls below it; NULL is never.
    low_cents BIGINT CHECK (low_cents > 0),
    -- 1: paying bills begins with the balance chosen.
    is_first BIGINT NOT NULL
);
