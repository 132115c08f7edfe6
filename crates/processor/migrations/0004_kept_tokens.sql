-- A kept token stands for a card or account that may be charged again and again, and does not expire. It is made of
-- one that was typed, and so is each token of a charge made of the kept one.
ALTER TABLE token ADD COLUMN is_kept INTEGER NOT NULL DEFAULT 0;
ALTER TABLE token ADD COLUMN made_of TEXT;
CREATE INDEX kept_token_by_origin ON token (made_of) WHERE is_kept = 1;
