-- Letters as mail programs show them, and what became of sending them.
ALTER TABLE outbox ADD COLUMN body_html TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
-- When it is tried next; NULL when it was sent or given up.
ALTER TABLE outbox ADD COLUMN next_try_at BIGINT;
ALTER TABLE outbox ADD COLUMN given_up_at BIGINT;
UPDATE outbox SET next_try_at = created_at WHERE sent_at IS NULL;
CREATE INDEX outbox_to_try ON outbox (next_try_at);
