-- A key is closed for every membership, so whoever has no session closes one, too: of no membership. The version before reads keys alone.
ALTER TABLE closed_key DROP CONSTRAINT IF EXISTS closed_key_membership_fkey;
