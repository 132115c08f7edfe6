-- An e-mail may have a link that opens the receipt of the payment it tells of, for months. Of its secret the hash is
-- kept, and the e-mail's text goes once it was sent. An older server queues e-mails without one. Of a large outbox
-- make the indexes by hand first, with CONCURRENTLY and these names.
ALTER TABLE outbox ADD COLUMN receipt_link TEXT;
ALTER TABLE outbox ADD COLUMN link_opened BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN link_ended_at BIGINT;
CREATE INDEX IF NOT EXISTS outbox_by_receipt_link ON outbox (receipt_link) WHERE receipt_link IS NOT NULL;
-- What an older server sent: it leaves the text as it is.
CREATE INDEX IF NOT EXISTS outbox_to_wipe ON outbox (id)
    WHERE receipt_link IS NOT NULL AND next_try_at IS NULL AND body_text <> '';
-- A browser that opened such a link, by the hash of its cookie: for a while after that it may fetch the receipt's
-- file, and it is known.
CREATE TABLE receipt_reader (
    token_hash TEXT NOT NULL,
    email TEXT NOT NULL REFERENCES outbox (id),
    opened_at BIGINT NOT NULL,
    PRIMARY KEY (token_hash, email)
);
CREATE INDEX receipt_reader_by_age ON receipt_reader (opened_at);
