-- To whom a letter goes, in the form in which addresses are compared. NULL in rows of the version before: then it is `to_address`, in the
-- database's own small letters.
ALTER TABLE outbox ADD COLUMN recipient TEXT;
