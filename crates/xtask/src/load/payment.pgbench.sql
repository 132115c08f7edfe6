-- One card payment as PostgreSQL sees it, over the billing API's own tables: the same statements in the same transactions, with
-- nothing between them. The two waits for the processor are left out, so this is what the database allows.
\set i random(1, 200)
\set now 1700000000000
-- pgbench puts a variable in as it is: these carry their own quotes
SELECT quote_literal(gen_random_uuid()) AS id, quote_literal(gen_random_uuid()) AS key, quote_literal(min(id)) AS bill FROM bill WHERE membership = 'load-' || :i \gset

SELECT session.id, capture_binding, created_at, seen_at, region, ending FROM session JOIN membership ON membership.id = session.membership
  WHERE membership.id = 'load-' || :i AND ended_at IS NULL LIMIT 1;
SELECT id, fingerprint, ask_at FROM payment WHERE membership = 'load-' || :i AND idempotency_key = :key;

BEGIN;
INSERT INTO payment (id, reference, membership, session, idempotency_key, fingerprint, state, total_cents, fee_cents, method, payer_name,
    email, locale, authorisation, authorisation_version, created_at, moved_by, token, binding, ask_at)
  VALUES (:id, :id, 'load-' || :i, 's', :key, :key, 'processing', 100, 0,
    '{"kind":"card","brand":"visa","last4":"4242","expiry":"12/30","funding":"credit"}', 'Load Generator', 'load@example.org', 'en',
    repeat('I, Load Generator, authorize one charge. ', 10), 1, :now, '[]', :key, :key, :now)
  ON CONFLICT (membership, idempotency_key) DO NOTHING;
UPDATE bill SET pending_cents = pending_cents + 100 WHERE id = :bill AND balance_cents - pending_cents >= 100
  RETURNING balance_cents - pending_cents;
SELECT amount_cents, created_at FROM payment_share JOIN payment ON payment.id = payment_share.payment
  WHERE payment_share.bill = :bill AND created_at > :now AND state IN ('processing', 'paid') ORDER BY created_at DESC LIMIT 1;
INSERT INTO payment_share (payment, position, bill, amount_cents, leaves_cents) VALUES (:id, 0, :bill, 100, 0);
SELECT * FROM bill_line WHERE bill = :bill ORDER BY position;
UPDATE bill_line SET pending_cents = pending_cents + 100 WHERE bill = :bill AND position = 0;
INSERT INTO payment_line (payment, bill, line, after_insurance_cents, paid_cents) VALUES (:id, :bill, 0, 1000, 100);
INSERT INTO payment_event (payment, position, state, at) VALUES (:id, 0, 'processing', :now);
COMMIT;

BEGIN;
UPDATE payment SET ask_at = NULL, token = NULL, binding = NULL, charge = :key WHERE id = :id RETURNING state, membership;
SELECT bill, amount_cents FROM payment_share WHERE payment = :id ORDER BY bill;
UPDATE bill SET balance_cents = balance_cents - 100, pending_cents = pending_cents - 100 WHERE id = :bill;
SELECT bill, line, paid_cents FROM payment_line WHERE payment = :id ORDER BY bill, line;
UPDATE bill_line SET you_owe_cents = you_owe_cents - 100, you_paid_cents = you_paid_cents + 100, pending_cents = pending_cents - 100
  WHERE bill = :bill AND position = 0;
INSERT INTO ledger_entry (id, payment, reason, at) VALUES (:id || ':paid', :id, 'paid', :now);
INSERT INTO ledger_posting (entry, account, cents) VALUES (:id || ':paid', 'processor_clearing', 100);
INSERT INTO ledger_posting (entry, account, cents) VALUES (:id || ':paid', 'receivable:load-' || :i, -100);
UPDATE payment SET state = 'paid' WHERE id = :id;
INSERT INTO payment_event (payment, position, state, at) VALUES (:id, 1, 'paid', :now);
UPDATE session SET draft = NULL WHERE id = :key;
INSERT INTO outbox (id, cause, to_address, subject, body_text, created_at)
  VALUES (:key, :id, 'load@example.org', 'Receipt', repeat('You paid $1.00. ', 30), :now);
COMMIT;

SELECT payment.*, membership.region FROM payment JOIN membership ON membership.id = payment.membership WHERE payment.id = :id;
SELECT SUM(balance_cents), SUM(pending_cents) FROM bill WHERE membership = 'load-' || :i;
SELECT payment_share.bill, kind, patient, due, amount_cents, leaves_cents FROM payment_share
  JOIN bill ON bill.id = payment_share.bill WHERE payment = :id ORDER BY position;
SELECT payment_line.bill, service_date, provider, description, after_insurance_cents, paid_cents FROM payment_line
  JOIN bill_line ON bill_line.bill = payment_line.bill AND bill_line.position = payment_line.line WHERE payment = :id;
SELECT state, at FROM payment_event WHERE payment = :id ORDER BY position;
