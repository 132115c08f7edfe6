-- One card payment as PostgreSQL sees it, over the billing API's own tables: the same statements in the same transactions, with
-- nothing between them (`crates/server/tests/cases/statements.rs` compares them). The two waits for the processor are left out, so
-- this is what the database allows. For `-M prepared`: the server prepares them too.
\set i random(1, 200)
\set now 1700000000000
\set never 0
\set one 1
\set line 0
\set cents 100
\set charged -100
SELECT gen_random_uuid()::text AS id, gen_random_uuid()::text AS key, session.id AS session, session.token_hash AS hash,
    session.membership AS membership, (SELECT min(bill.id) FROM bill WHERE bill.membership = session.membership) AS bill,
    '{"kind":"card","brand":"visa","last4":"4242","expiry":"12/30","funding":"credit"}' AS method, '[]' AS none, 'en' AS locale,
    '2026-11-24' AS day, 'Load Generator' AS name, 'load@example.org' AS email,
    repeat('I, Load Generator, authorize one charge. ', 10) AS agreed, 'session' AS kind, 'payment' AS source, 'paid' AS paid,
    'processing' AS begun, 'processor_clearing' AS clearing, 'receivable:' || session.membership AS receivable,
    'Receipt' AS subject, '%' AS own, repeat('You paid $1.00. ', 30) AS letter
  FROM session WHERE session.membership = 'load-' || :i LIMIT 1 \gset

SELECT session.id AS session_id, session.capture_binding AS capture_binding, session.created_at AS created_at, session.seen_at AS
    seen_at, session.device AS device, account.id AS account, session.is_halfway AS is_halfway, session.proved_at AS proved_at,
    membership.id AS membership_id, membership.region AS region, membership.ending AS ending, account.first_name AS first_name,
    account.last_name AS last_name, account.email AS account_email FROM session JOIN membership ON membership.id = session.membership
    LEFT JOIN account ON account.id = session.account AND account.email_confirmed_at IS NOT NULL WHERE session.token_hash = :hash AND
    session.ended_at IS NULL;
SELECT id, membership, payer_membership, fingerprint, ask_at FROM payment WHERE idempotency_key = :key;
SELECT method FROM method_token WHERE token = :key AND binding = :hash;
SELECT key, until_at FROM attempt WHERE key IN (:key, :id, :hash, :session);

BEGIN;
INSERT INTO payment (id, reference, membership, session, idempotency_key, fingerprint, state, total_cents, fee_cents, method,
    payer_name, email, locale, authorisation, authorisation_version, created_at, sent_on, expected_on, moved_by, token, binding, ask_at,
    account, initiator_kind, initiator) VALUES (:id, :id, :membership, :session, :key, :key, 'processing', :cents, :never, :method,
    :name, :email, :locale, :agreed, :one, :now, :day, :day, :none, :key, :hash, :now, NULL, :kind, :session) ON CONFLICT (membership,
    idempotency_key) DO NOTHING;
UPDATE bill SET pending_cents = pending_cents + :cents WHERE id = :bill AND membership = :membership AND balance_cents - pending_cents
    >= :cents RETURNING balance_cents - pending_cents AS leaves_cents;
WITH alive AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(hashtextextended(:id, 7))::text,
    pg_advisory_xact_lock_shared(hashtextextended(:key, 7))::text FROM session WHERE id = :session AND ended_at IS NULL AND seen_at >
    :never AND created_at > :never FOR SHARE) SELECT bill_line.bill AS bill, bill_line.position AS position, bill_line.service_date AS
    service_date, bill_line.provider AS provider, bill_line.description AS description, bill_line.billed_cents AS billed_cents,
    bill_line.discount_cents AS discount_cents, bill_line.plan_paid_cents AS plan_paid_cents, bill_line.you_paid_cents AS
    you_paid_cents, bill_line.you_owe_cents AS you_owe_cents, bill_line.pending_cents AS pending_cents FROM alive LEFT JOIN bill_line ON
    bill_line.bill IN (:bill) ORDER BY bill_line.position;
WITH write_0 AS (INSERT INTO payment_share (payment, position, bill, amount_cents, leaves_cents) VALUES (:id, :never, :bill, :cents,
    :never) RETURNING 1), write_1 AS (UPDATE bill_line SET pending_cents = bill_line.pending_cents + CAST(part.column3 AS BIGINT) FROM
    (VALUES (:bill, :line, :cents)) AS part WHERE bill_line.bill = part.column1 AND bill_line.position = CAST(part.column2 AS BIGINT)
    RETURNING 1), write_2 AS (INSERT INTO payment_line (payment, bill, line, after_insurance_cents, paid_cents) VALUES (:id, :bill,
    :line, :cents, :cents) RETURNING 1), write_3 AS (INSERT INTO payment_event (payment, position, state, at) SELECT :id, 0, :begun,
    :now WHERE NOT EXISTS (SELECT 1 FROM closed_key WHERE idempotency_key = :key AND begin_by >= :never) RETURNING 1) SELECT (SELECT
    COUNT(*) FROM write_0), (SELECT COUNT(*) FROM write_1), (SELECT COUNT(*) FROM write_2), (SELECT COUNT(*) FROM write_3);
COMMIT;

SELECT 1 FROM payment WHERE id = :id AND txid_current_if_assigned() IS NULL;

BEGIN;
SET LOCAL synchronous_commit = off;
SELECT state, failure, charge, event_sequence, ask_at, asks, membership, session, idempotency_key, token, email, locale, account, total_cents,
    fee_cents, deposit_cents, posted_payment, balance_cents, balance_part FROM payment WHERE id = :id FOR UPDATE;
WITH share AS MATERIALIZED (SELECT bill.id AS bill, payment_share.amount_cents AS cents FROM payment_share JOIN bill ON bill.id =
    payment_share.bill WHERE payment_share.payment = :id AND bill.id = ANY(ARRAY(SELECT payment_share.bill FROM payment_share WHERE
    payment_share.payment = :id)) ORDER BY bill.id COLLATE "C" FOR UPDATE OF bill) UPDATE bill SET balance_cents = bill.balance_cents -
    share.cents, pending_cents = bill.pending_cents - share.cents FROM share WHERE bill.id = share.bill;
WITH write_0 AS (UPDATE bill_line SET you_owe_cents = bill_line.you_owe_cents - payment_line.paid_cents, you_paid_cents =
    bill_line.you_paid_cents + payment_line.paid_cents, pending_cents = bill_line.pending_cents - payment_line.paid_cents FROM
    payment_line WHERE payment_line.payment = :id AND bill_line.bill = payment_line.bill AND bill_line.position = payment_line.line AND
    bill_line.bill = ANY(ARRAY(SELECT payment_line.bill FROM payment_line WHERE payment_line.payment = :id)) RETURNING 1), write_1 AS
    (INSERT INTO ledger_entry (id, payment, source_kind, source, reason, at) VALUES (:id, :id, :source, :id, :paid, :now) RETURNING 1),
    write_2 AS (INSERT INTO ledger_posting (entry, account, cents) VALUES (:id, :clearing, :cents), (:id, :receivable, :charged)
    RETURNING 1), write_3 AS (INSERT INTO payment_event (payment, position, state, at) SELECT :id, COUNT(*), :paid, :now FROM
    payment_event WHERE payment = :id RETURNING 1), write_4 AS (UPDATE payment SET ask_at = NULL, token = NULL, binding = NULL, charge =
    :key, state = :paid, failure = NULL, event_sequence = :never, bill_kind = (SELECT CASE WHEN MIN(of_share.kind) < MAX(of_share.kind)
    THEN 'mixed' ELSE MIN(of_share.kind) END FROM (SELECT (SELECT bill.kind FROM bill WHERE bill.id = payment_share.bill) AS kind FROM
    payment_share WHERE payment_share.payment = :id) AS of_share) WHERE id = :id RETURNING 1), write_5 AS (DELETE FROM method_token WHERE
    token = :key RETURNING 1), write_6 AS (UPDATE session SET draft = NULL WHERE id = :session AND draft LIKE :own RETURNING 1) SELECT (SELECT COUNT(*) FROM
    write_0), (SELECT COUNT(*) FROM write_1), (SELECT COUNT(*) FROM write_2), (SELECT COUNT(*) FROM write_3), (SELECT COUNT(*) FROM
    write_4), (SELECT COUNT(*) FROM write_5), (SELECT COUNT(*) FROM write_6);
WITH found AS MATERIALIZED (SELECT payment.id AS id, payment.membership AS membership, payment.payer_membership AS
    payer_membership, membership.name AS whose, payment.reference AS reference, payment.session AS session, payment.idempotency_key
    AS idempotency_key, payment.state AS state, payment.failure AS failure, payment.total_cents AS total_cents, payment.fee_cents AS
    fee_cents, payment.deposit_cents AS deposit_cents, COALESCE(payment.balance_part, (SELECT whole.id FROM payment AS whole
    WHERE whole.balance_part = payment.id)) AS other, payment.method AS method, payment.payer_name AS payer_name, payment.email AS email, payment.authorisation AS
    authorisation, payment.authorisation_version AS authorisation_version, payment.created_at AS created_at, payment.sent_on AS sent_on,
    payment.expected_on AS expected_on, payment.moved_by AS moved_by, payment.account AS account, membership.region AS region, (SELECT CAST(COALESCE(SUM(credit_refund.cents), 0) AS BIGINT)
    FROM credit_refund WHERE credit_refund.payment = payment.id AND credit_refund.state <> 'refused') AS given_back_cents,
    (SELECT CAST(COALESCE(SUM(bill.balance_cents), 0) AS BIGINT) FROM bill WHERE bill.membership = membership.id) AS owed_cents, (SELECT
    string_agg(payment_event.state || ' ' || payment_event.at, ',' ORDER BY payment_event.position) FROM payment_event WHERE
    payment_event.payment = payment.id) AS events FROM payment JOIN membership ON membership.id = payment.membership WHERE payment.id =
    :id) SELECT found.id AS id, found.membership AS membership, found.payer_membership AS payer_membership,
    found.whose AS whose, found.reference AS reference, found.session AS session, found.idempotency_key AS idempotency_key,
    found.state AS state, found.failure AS failure, found.total_cents AS total_cents, found.fee_cents AS fee_cents, found.deposit_cents AS deposit_cents, other.id AS other,
    other.reference AS other_reference, other.total_cents + other.fee_cents AS other_cents, other.method AS other_method,
    other.state AS other_state, found.method AS
    method, found.payer_name AS payer_name, found.email AS email, found.authorisation AS authorisation, found.authorisation_version AS
    authorisation_version, found.created_at AS created_at, found.sent_on AS sent_on, found.expected_on AS expected_on, found.moved_by AS
    moved_by, found.account AS account, found.region AS region, found.given_back_cents AS given_back_cents, found.owed_cents AS owed_cents, found.events AS events, bill.id AS bill,
    bill.kind AS kind, bill.patient AS patient, bill.due AS due, payment_share.amount_cents AS amount_cents, payment_share.leaves_cents
    AS leaves_cents, bill_line.service_date AS service_date, bill_line.provider AS provider, bill_line.description AS description,
    bill_line.you_paid_cents + bill_line.you_owe_cents AS after_insurance_cents, payment_line.paid_cents AS paid_cents FROM found
    LEFT JOIN payment AS other ON other.id = found.other LEFT JOIN payment_share ON payment_share.payment = found.id LEFT JOIN bill ON bill.id = payment_share.bill LEFT JOIN payment_line ON
    payment_line.payment = found.id AND payment_line.bill = payment_share.bill LEFT JOIN bill_line ON bill_line.bill = payment_line.bill
    AND bill_line.position = payment_line.line ORDER BY payment_share.position, bill_line.service_date, payment_line.line;
INSERT INTO outbox (id, cause, to_address, subject, body_text, body_html, created_at, next_try_at, is_secret, recipient, receipt_link,
    notice_account, notice_kind)
    VALUES (:id, :id, :email, :subject, :letter, :letter, :now, :now, :never, :email, :id, NULL, NULL) ON CONFLICT (id) DO NOTHING;
COMMIT;
