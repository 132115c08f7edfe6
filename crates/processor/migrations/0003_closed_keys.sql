-- Keys under which nothing was charged, and never will be: the billing system asked for each of them to be closed.
CREATE TABLE closed_key (
    idempotency_key TEXT PRIMARY KEY,
    at INTEGER NOT NULL
);

-- Charges are listed in the order they were made.
CREATE INDEX charge_by_time ON charge (made_at, id);
CREATE INDEX event_of_charge ON event (charge, sequence);
