-- In the order in which letters are taken: those with a secret first, then those that are due the longest. Only those that wait are in
-- it, so it stays small however many were sent.
CREATE INDEX outbox_by_urgency ON outbox (is_secret DESC, next_try_at, id) WHERE next_try_at IS NOT NULL;
