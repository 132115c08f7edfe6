-- A thousand more payers, each with the bills of the drawn one and a great deal owed on every line, so that no measurement runs out
-- of balance and payments meet on one bill as seldom as they do in life. SQLite and PostgreSQL both take it.

INSERT INTO membership (id, region, identifiers, ending, name, email)
WITH RECURSIVE payer (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM payer WHERE i < 1000)
SELECT 'load-' || i, region, replace(identifiers, 'hrn=012345678', 'hrn=' || (900000000 + i)), ending, name, email
FROM membership, payer WHERE identifiers LIKE '%hrn=012345678%';

INSERT INTO bill (id, membership, kind, patient, issued, due, balance_cents, pending_cents)
WITH RECURSIVE payer (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM payer WHERE i < 1000)
SELECT 'load-' || i || '-' || bill.id, 'load-' || i, kind, patient, issued, due,
  100000000 * (SELECT COUNT(*) FROM bill_line WHERE bill_line.bill = bill.id), 0
FROM bill JOIN membership ON membership.id = bill.membership, payer
WHERE identifiers LIKE '%hrn=012345678%' AND balance_cents > 0;

INSERT INTO bill_line (bill, position, service_date, provider, description, billed_cents, discount_cents, plan_paid_cents,
  you_paid_cents, you_owe_cents, pending_cents)
WITH RECURSIVE payer (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM payer WHERE i < 1000)
SELECT 'load-' || i || '-' || bill.id, position, service_date, provider, description,
  100000000 + discount_cents + plan_paid_cents + you_paid_cents, discount_cents, plan_paid_cents, you_paid_cents, 100000000, 0
FROM bill_line JOIN bill ON bill.id = bill_line.bill JOIN membership ON membership.id = bill.membership, payer
WHERE identifiers LIKE '%hrn=012345678%' AND balance_cents > 0;
