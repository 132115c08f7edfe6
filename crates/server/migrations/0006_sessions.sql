-- When recovery codes were renewed: a few times a day are enough, since each time the owner gets a letter.
CREATE TABLE recovery_renewal (
    account TEXT NOT NULL REFERENCES account (id),
    renewed_at BIGINT NOT NULL
);
CREATE INDEX recovery_renewal_of_account ON recovery_renewal (account, renewed_at);
