-- An entry can move credit to what is owed of it, which changes nothing in sum. The version before reads such a change, and writes none.
ALTER TABLE credit_change DROP CONSTRAINT IF EXISTS credit_change_cents_check;
-- No version writes less than nothing. Rows that are there are not read for it.
ALTER TABLE credit ADD CONSTRAINT credit_held_cents_check CHECK (held_cents >= 0) NOT VALID;
-- Few. On a large database make this index by hand first, with CONCURRENTLY and this name.
CREATE INDEX IF NOT EXISTS credit_owed ON credit (membership) WHERE owed_cents > 0;
