-- When the newest visit of an account began, and in a session when the visit before it did: what came since is new to
-- the member.
ALTER TABLE account ADD COLUMN visited_at BIGINT;
ALTER TABLE session ADD COLUMN visited_before BIGINT;

-- What members asked about charges. The e-mail to the plan has the question's id in the outbox, which says when it was
-- sent.
CREATE TABLE charge_question (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    bill TEXT NOT NULL REFERENCES bill (id),
    -- The charge: `bill_line.position`.
    line BIGINT NOT NULL,
    body TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    asked_at BIGINT NOT NULL
);
CREATE INDEX charge_question_of_bill ON charge_question (bill, asked_at);
CREATE UNIQUE INDEX charge_question_by_key ON charge_question (account, idempotency_key);
