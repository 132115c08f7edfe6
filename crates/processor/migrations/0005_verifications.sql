-- Two small deposits to the bank account of a kept token, by whose amounts its owner shows that it is theirs.
CREATE TABLE verification (
    token TEXT PRIMARY KEY REFERENCES token (token),
    -- The smaller amount is the first.
    first_cents INTEGER NOT NULL,
    second_cents INTEGER NOT NULL,
    -- When they are in the account.
    arrives_at INTEGER NOT NULL,
    is_verified INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX verification_by_arrival ON verification (arrives_at);
-- Amounts that were typed and are not these: the same two count once, however often they are asked about.
CREATE TABLE verification_try (
    token TEXT NOT NULL REFERENCES verification (token),
    first_cents INTEGER NOT NULL,
    second_cents INTEGER NOT NULL,
    PRIMARY KEY (token, first_cents, second_cents)
);
