-- How often the processor was asked without an answer: the wait grows with it.
ALTER TABLE payment ADD COLUMN asks BIGINT NOT NULL DEFAULT 0;
-- The number of the processor's last event that the state counts in; what comes with a lower one is old.
ALTER TABLE payment ADD COLUMN event_sequence BIGINT NOT NULL DEFAULT 0;
-- Something on its way longer than it should be is asked about from then on.
ALTER TABLE payment ADD COLUMN look_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX payment_on_its_way ON payment (look_at) WHERE state IN ('processing', 'scheduled');

-- What the processor told and our books could not take, as it came. Kept until it is matched; what stays is for people.
CREATE TABLE event_unmatched (
    -- 'event:' and the processor's number, or 'text:' and a hash of one without a number.
    id TEXT PRIMARY KEY,
    sequence BIGINT NOT NULL DEFAULT 0,
    charge TEXT,
    -- The key that the event names: a payment's id, if it is one of ours.
    payment TEXT,
    -- JSON.
    body TEXT NOT NULL,
    -- store::unmatched::Why
    why TEXT NOT NULL,
    kept_at BIGINT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    -- When to try again; NULL: only people can say what it means.
    try_at BIGINT DEFAULT 0,
    matched_at BIGINT
);
CREATE INDEX event_to_match ON event_unmatched (try_at) WHERE matched_at IS NULL;
