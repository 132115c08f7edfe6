// What both databases hold, held against what a test says happened. Amounts are integer cents.
import assert from 'node:assert/strict';

/** Both databases as they are now: what comes after is held against it. The demo's own history is from before. */
export function books(stack) {
  const [[payment], [bills]] = stack.billing('SELECT coalesce(max(rowid), 0) AS last FROM payment', OWED);
  const [charge] = stack.processing('SELECT coalesce(max(rowid), 0) AS last FROM charge');
  return { payment: payment.last, charge: charge.last, owed: bills.owed };
}

const OWED = 'SELECT sum(balance_cents) AS owed FROM bill';
const CHARGES = 'SELECT * FROM charge WHERE rowid > ?';
const PAYMENTS = 'SELECT * FROM payment WHERE rowid > ?';
/**
 * Entries of the ledger that do not sum to zero or have no postings, the demo's history included; bills that are not
 * their lines.
 */
const CROOKED = `SELECT id FROM ledger_entry LEFT JOIN ledger_posting ON entry = id GROUP BY id HAVING coalesce(sum(cents), 1) <> 0`;
const ASTRAY = `SELECT id FROM bill WHERE pending_cents < 0 OR pending_cents > balance_cents
  OR balance_cents <> (SELECT coalesce(sum(you_owe_cents), 0) FROM bill_line WHERE bill_line.bill = bill.id)`;
const OF_NEW = '(SELECT id FROM payment WHERE rowid > ?)';

export const countOf = {
  payments: (stack, before) => stack.billing([PAYMENTS, before.payment]).length,
  charges: (stack, before) => stack.processing([CHARGES, before.charge]).length,
};

/** The state of the one payment since then. */
export const stateOf = (stack, before) => stack.billing([PAYMENTS, before.payment])[0]?.state;

/** Whether money of a payment in this state is ours. */
const SETTLED = { paid: 1, processing: 0, failed: 0, returned: 0 };

/**
 * Exactly one payment row since `before`, exactly one charge for it and its amount, a balanced ledger, and what is owed
 * is less by what was settled and by nothing else. Gives the payment's row.
 */
export function paidOnce(stack, before, { cents, fee = 0, state, shares, failure = null }) {
  const [made, [split], [lines], [received], [waiting], [bills], crooked, astray] = stack.billing(
    [PAYMENTS, before.payment],
    [`SELECT count(*) AS count, sum(amount_cents) AS sum FROM payment_share WHERE payment IN ${OF_NEW}`, before.payment],
    [`SELECT sum(paid_cents) AS sum FROM payment_line WHERE payment IN ${OF_NEW}`, before.payment],
    [`SELECT coalesce(sum(cents), 0) AS sum FROM ledger_posting JOIN ledger_entry ON ledger_entry.id = entry
      WHERE payment IN ${OF_NEW} AND account = 'processor_clearing'`, before.payment],
    [`SELECT sum(pending_cents) AS sum FROM bill WHERE id IN (SELECT bill FROM payment_share WHERE payment IN ${OF_NEW})`, before.payment],
    OWED, CROOKED, ASTRAY,
  );
  assert.equal(made.length, 1, `${made.length} payment rows`);
  const [payment] = made;
  assert.equal(payment.state, state);
  assert.equal(payment.total_cents, cents);
  assert.equal(payment.fee_cents, fee);
  if (failure) assert.equal(payment.failure, failure);
  assert.equal(payment.token, null, 'the token is forgotten once the processor has answered');

  const charges = stack.processing([CHARGES, before.charge]);
  assert.equal(charges.length, 1, `${charges.length} charges`);
  const [charge] = charges;
  assert.equal(charge.idempotency_key, payment.id, 'the charge is asked for with the payment’s own id');
  assert.equal(charge.id, payment.charge);
  assert.equal(charge.amount_cents, cents + fee);
  assert.equal(JSON.parse(charge.state), state);

  assert.equal(split.sum, cents, 'the shares are the total');
  if (shares !== undefined) assert.equal(split.count, shares);
  assert.equal(lines.sum, cents, 'the lines are the total');
  assert.equal(received.sum, SETTLED[state] * (cents + fee), 'the ledger has what the processor took');
  assert.equal(waiting.sum, state === 'processing' ? cents : 0, 'what is on its way');
  assert.equal(bills.owed, before.owed - SETTLED[state] * cents, 'what is owed');
  assert.deepEqual(crooked, [], 'an entry of the ledger does not balance');
  assert.deepEqual(astray, [], 'a bill is not the sum of its lines');
  return payment;
}

/** One payment row that failed, one charge that failed, and not a cent moved. */
export const failedOnce = (stack, before, failure) => paidOnce(stack, before, { cents: 6410, state: 'failed', failure });

/** Nothing at all happened since then. */
export function untouched(stack, before) {
  assert.equal(countOf.payments(stack, before), 0, 'there is a payment row');
  assert.equal(countOf.charges(stack, before), 0, 'there is a charge');
  const [[bills], crooked] = stack.billing(OWED, CROOKED);
  assert.equal(bills.owed, before.owed);
  assert.deepEqual(crooked, [], 'an entry of the ledger does not balance');
}
