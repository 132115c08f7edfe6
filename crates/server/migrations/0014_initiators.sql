-- Who or what made a payment: 'session' (a guest's), 'member', 'schedule' or 'autopay', and the id of that session, account, schedule or
-- rule. NULL in rows of the version before: then it is the account or, without one, the session. `payment.session` goes on naming the
-- session that may see a guest's payment and whose draft it was made of.
ALTER TABLE payment ADD COLUMN initiator_kind TEXT;
ALTER TABLE payment ADD COLUMN initiator TEXT;

-- What moved the money: 'payment', 'deposit', 'refund' or 'credit', and its id. NULL in rows of the version before: then it is `payment`,
-- which is written for payments until no server of that version runs any more.
ALTER TABLE ledger_entry ADD COLUMN source_kind TEXT;
ALTER TABLE ledger_entry ADD COLUMN source TEXT;
