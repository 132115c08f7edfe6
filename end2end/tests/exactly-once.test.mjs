// domain.md §7 in a browser: whatever happens between pressing Pay and reading the answer, there is one payment, one
// charge and a balanced ledger, and the page tells the truth. Each test breaks one named moment.
import assert from 'node:assert/strict';
import { books, countOf, paidOnce, untouched } from '../books.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const PAYMENTS = /^\/api\/v1\/payments$/;
const CHARGES = /^\/v1\/charges$/;
const $64 = 6410;

/** At the review of the professional bill, $64.10 by card, with the books as they were before. */
const atReview = (name, options, body) => {
  if (typeof options === 'function') [options, body] = [{}, options];
  scene(name, options, async (stage) => {
    await stage.payer.reachesReview(stage.member);
    await body({ ...stage, before: books(stage.stack) });
  });
};

/** What the member sees and what both databases hold once it went well. */
async function isPaidOnce({ stack, payer, before }) {
  await payer.sees('Paid. Thank you.');
  await payer.reads('$64.10');
  const payment = paidOnce(stack, before, { cents: $64, state: 'paid' });
  assert.equal(await payer.receiptNumber(), payment.reference);
}

atReview('a double click pays once, with one request', async (stage) => {
  await stage.payer.agrees();
  await stage.payer.payButton.dblclick();
  await isPaidOnce(stage);
  assert.equal(stage.stack.edge.count('POST', PAYMENTS), 1);
});

atReview('two clicks in one turn of the event loop pay once: the button is closed at once, not by a later drawing', async (stage) => {
  await stage.payer.agrees();
  await stage.payer.payButton.evaluate((button) => (button.click(), button.click(), button.form.requestSubmit()));
  await isPaidOnce(stage);
  assert.equal(stage.stack.edge.count('POST', PAYMENTS), 1);
});

atReview('Enter twice pays once', async (stage) => {
  await stage.payer.agrees();
  await stage.payer.payButton.focus();
  await Promise.all([stage.payer.page.keyboard.press('Enter'), stage.payer.page.keyboard.press('Enter')]);
  await isPaidOnce(stage);
  assert.equal(stage.stack.edge.count('POST', PAYMENTS), 1);
});

atReview('a reload of the review keeps everything and the key, but not the agreement', async (stage) => {
  const key = await stage.payer.key();
  assert.match(key, /^[0-9a-f-]{36}$/);
  await stage.payer.agrees();
  await stage.payer.page.reload();
  await stage.payer.sees('Review and pay');
  await stage.payer.reads('Visa card ending in 4242');
  assert.equal(await stage.payer.agreement.isChecked(), false);
  assert.equal(await stage.payer.key(), key);
  untouched(stage.stack, stage.before);
  await stage.payer.pays();
  await isPaidOnce(stage);
});

atReview('a reload while the answer is on its way ends at the receipt', async (stage) => {
  const fault = stage.stack.edge.fault({ path: PAYMENTS, hold: true });
  await stage.payer.pays();
  await fault.reached;
  await stage.payer.page.reload();
  fault.release();
  await isPaidOnce(stage);
  assert.equal(stage.stack.edge.count('POST', PAYMENTS), 1);
});

atReview('a reload while the card is being charged says that we are checking, then that it is paid', async (stage) => {
  const fault = stage.stack.inner.fault({ path: CHARGES, hold: true });
  await stage.payer.pays();
  await fault.reached;
  await stage.payer.page.reload();
  await stage.payer.sees('We are checking your payment');
  fault.release();
  await isPaidOnce(stage);
});

atReview('back and forward before paying keep the key and what was chosen', async (stage) => {
  const key = await stage.payer.key();
  await stage.payer.page.goBack();
  await stage.payer.sees('How would you like to pay?');
  await stage.payer.page.goForward();
  await stage.payer.sees('Review and pay');
  assert.equal(await stage.payer.key(), key);
  await stage.payer.pays();
  await isPaidOnce(stage);
});

atReview('an edit makes a new key', async (stage) => {
  const key = await stage.payer.key();
  await stage.payer.page.goBack();
  await stage.payer.sees('How would you like to pay?');
  await stage.payer.page.goBack();
  await stage.payer.sees(/^You owe/);
  await stage.payer.takes('professional', '20.00');
  await stage.payer.continues();
  await stage.payer.sees('How would you like to pay?');
  await stage.payer.toReview();
  assert.notEqual(await stage.payer.key(), key);
  await stage.payer.pays();
  await stage.payer.sees('Paid. Thank you.');
  paidOnce(stage.stack, stage.before, { cents: 2000, state: 'paid' });
});

atReview('back and forward after paying never offer to pay it again', async (stage) => {
  await stage.payer.pays();
  await isPaidOnce(stage);
  await stage.payer.page.goBack();
  await stage.payer.settles();
  assert.equal(await stage.payer.payButton.count(), 0, 'the review offers the same payment again');
  // Not the way of paying, for bills that nobody chose: what is owed now, from its top.
  await stage.payer.sees(stage.payer.words.owe);
  assert.match(stage.payer.page.url(), /\/pay\/amount$/);
  assert.equal(await stage.payer.page.evaluate(() => scrollY), 0);
  await stage.payer.page.goForward();
  await isPaidOnce(stage);
  assert.equal(stage.stack.edge.count('POST', PAYMENTS), 1);
});

atReview('two tabs that both press Pay make one payment, and both show its receipt', async (stage) => {
  const second = await stage.payer.secondTab();
  await second.goes('/pay/review');
  await second.sees('Review and pay');
  assert.equal(await second.key(), await stage.payer.key());
  await Promise.all([stage.payer.agrees(), second.agrees()]);
  await Promise.all([stage.payer.payButton.click(), second.payButton.click()]);
  await isPaidOnce(stage);
  await isPaidOnce({ ...stage, payer: second });
});

atReview('a request that never arrived is not taken for a payment, and is paid once', { timeout: 90_000 }, async (stage) => {
  stage.stack.edge.fault({ path: PAYMENTS, drop: true });
  await stage.payer.pays();
  await stage.payer.paysAgain();
  await isPaidOnce(stage);
});

atReview('a response lost after the commit is found by its key, and nothing is sent again', async (stage) => {
  stage.stack.edge.fault({ path: PAYMENTS, lose: true });
  await stage.payer.pays();
  await isPaidOnce(stage);
  assert.equal(stage.stack.edge.count('POST', PAYMENTS), 1);
});

atReview('a 500 after the commit is not believed: the key is asked', async (stage) => {
  stage.stack.edge.fault({ path: PAYMENTS, answer: 500 });
  await stage.payer.pays();
  await isPaidOnce(stage);
  assert.equal(stage.stack.edge.count('POST', PAYMENTS), 1);
});

atReview('a response and the first questions after it lost: it says that we are checking until it knows', async (stage) => {
  stage.stack.edge.fault({ path: PAYMENTS, lose: true });
  const asking = stage.stack.edge.fault({ method: 'GET', path: /payments\?idempotency_key=/, times: 2, drop: true });
  await stage.payer.pays();
  await stage.payer.sees('We are checking your payment');
  await asking.reached;
  await isPaidOnce(stage);
  assert.equal(stage.stack.edge.count('POST', PAYMENTS), 1);
});

atReview('back while it is checking leads to the checking, not to another payment', async (stage) => {
  const { stack, payer } = stage;
  stack.edge.fault({ path: PAYMENTS, lose: true });
  const asking = stack.edge.fault({ method: 'GET', path: /payments\?idempotency_key=/, times: Infinity, drop: true });
  await payer.pays();
  await payer.sees(payer.words.checkingPayment);
  for (const step of ['/pay/method', '/pay/amount']) {
    await payer.page.goBack();
    await payer.page.waitForURL(/\/pay\/review$/);
    await payer.sees(payer.words.checkingPayment);
    assert.equal(await payer.page.evaluate(() => scrollY), 0, step);
  }
  asking.times = 0;
  await isPaidOnce(stage);
});

atReview('a time-out is not an answer: the key is asked', async (stage) => {
  const fault = stage.stack.edge.fault({ path: PAYMENTS, hold: true });
  await stage.payer.pays();
  await fault.reached;
  await stage.payer.page.clock.fastForward('02:00');
  await isPaidOnce(stage);
  assert.equal(stage.stack.edge.count('POST', PAYMENTS), 1);
});

atReview('offline before it was sent: nothing is taken, and online again it is paid once', { timeout: 90_000 }, async (stage) => {
  await stage.payer.agrees();
  await stage.payer.context.setOffline(true);
  await stage.payer.payButton.click();
  await stage.payer.sees('We are checking your payment');
  untouched(stage.stack, stage.before);
  await stage.payer.context.setOffline(false);
  await stage.payer.paysAgain();
  await isPaidOnce(stage);
});

atReview('offline after it was sent: it is checking, and online again it has the receipt', async (stage) => {
  const fault = stage.stack.edge.fault({ path: PAYMENTS, hold: true });
  await stage.payer.pays();
  await fault.reached;
  await stage.payer.context.setOffline(true);
  stage.stack.edge.cut();
  await stage.payer.sees('We are checking your payment');
  stage.stack.edge.restore();
  await stage.payer.context.setOffline(false);
  await isPaidOnce(stage);
  assert.equal(stage.stack.edge.count('POST', PAYMENTS), 1);
});

// The three moments at which a server can die: before the charge is asked for, after it was made, after everything was
// written.

atReview('the server is killed before the charge was asked for', { timeout: 90_000 }, async (stage) => {
  const fault = stage.stack.inner.fault({ path: CHARGES, before: () => stage.stack.server.kill(), drop: true });
  await stage.payer.pays();
  await fault.reached;
  await stage.payer.sees('We are checking your payment');
  assert.equal(countOf.charges(stage.stack, stage.before), 0);
  await stage.stack.server.start();
  await isPaidOnce(stage);
});

atReview('the server is killed after the card was charged and before it heard of it', { timeout: 90_000 }, async (stage) => {
  const fault = stage.stack.inner.fault({ path: CHARGES, after: () => stage.stack.server.kill(), lose: true });
  await stage.payer.pays();
  await fault.reached;
  await stage.payer.sees('We are checking your payment');
  assert.equal(countOf.charges(stage.stack, stage.before), 1);
  await stage.stack.server.start();
  await isPaidOnce(stage);
});

atReview('the server is killed after it wrote everything and before it answered', { timeout: 90_000 }, async (stage) => {
  const fault = stage.stack.edge.fault({ path: PAYMENTS, after: () => stage.stack.server.kill(), lose: true });
  await stage.payer.pays();
  await fault.reached;
  await stage.payer.sees('We are checking your payment');
  await stage.stack.server.start();
  await isPaidOnce(stage);
});

atReview('somebody else in the household paid minutes ago: it asks before it pays again', async (stage) => {
  const other = await stage.another();
  await other.reachesReview(stage.member, { shares: { professional: '20.00', hospital: 'none' } });
  await other.pays();
  await other.sees('Paid. Thank you.');
  const later = books(stage.stack);
  await stage.payer.pays();
  await stage.payer.reads('No money was taken');
  await stage.payer.reads('There was a payment on one of these bills a few minutes ago.');
  untouched(stage.stack, later);
  // $20.00 less is owed: the text says another amount, and nobody agreed to that.
  await stage.payer.reads(/pay \$44\.10/i);
  assert.equal(await stage.payer.agreement.isChecked(), false);
  await stage.payer.page.getByRole('checkbox', { name: stage.payer.words.payAgain }).check();
  await stage.payer.pays();
  await stage.payer.sees('Paid. Thank you.');
  paidOnce(stage.stack, later, { cents: 4410, state: 'paid' });
});
