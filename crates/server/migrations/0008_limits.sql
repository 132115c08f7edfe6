-- How often what was tried, for all servers together.

-- A leaky bucket (GCRA) a row. No address, no e-mail and no id of anybody is in it.
CREATE TABLE attempt (
    -- Keyed hash of the rule's name and of what it counts by.
    key TEXT PRIMARY KEY,
    -- The bucket is empty again at this moment ("theoretical arrival time"); the row means nothing once it is past.
    until_at BIGINT NOT NULL,
    -- How far ahead `until_at` may be.
    span_millis BIGINT NOT NULL,
    -- When it was counted last.
    last_at BIGINT NOT NULL
);

-- Calls of one kind in one minute, and how many of them failed: what the alarm on attacks looks at.
CREATE TABLE tally (
    kind TEXT NOT NULL,
    -- Minutes since 1970 UTC.
    minute BIGINT NOT NULL,
    tried BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    PRIMARY KEY (kind, minute)
);
