-- How long before its due date that of a periodic job was written, by the clock of the server that wrote it: a date
-- that a wrong clock wrote is known by it, and no server has to know how long another one's claims and intervals are.
-- An older server leaves it as it is, and of a row that it made it is 0.
ALTER TABLE job ADD COLUMN due_in BIGINT NOT NULL DEFAULT 0;
