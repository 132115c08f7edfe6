// Paying from the balance of an account: all of it, or the balance first and a card for the rest; a card that is
// declined leaves the balance as it was. The drawn member has $65.00.
import assert from 'node:assert/strict';
import { VISA } from '../journey.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const CREDIT = "SELECT cents, held_cents FROM credit WHERE membership IN (SELECT membership FROM payment WHERE fingerprint <> 'demo')";
const MADE = `SELECT state, total_cents, balance_cents FROM payment WHERE fingerprint <> 'demo' ORDER BY balance_cents`;
const CROOKED = 'SELECT entry FROM ledger_posting GROUP BY entry HAVING sum(cents) <> 0';

/** A row of facts begins with these words. */
async function said(facts, row) {
  const rows = (await facts.locator('> div').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
  assert.ok(rows.some((text) => (row instanceof RegExp ? row.test(text) : text.startsWith(row))), `${row}: ${rows}`);
}

/** Signed in, with bills chosen, at the step where one says what to pay with; the balance is ticked there. */
async function usesBalance(payer, shares) {
  await payer.signsIn();
  await payer.goes('/account/pay');
  await payer.sees(payer.words.owe);
  for (const [kind, how] of Object.entries(shares)) await payer.takes(kind, how);
  await payer.continues();
  await payer.sees(payer.words.how);
  const box = payer.main.getByLabel('Use my balance of $65.00');
  assert.equal(await box.isChecked(), false, 'never ticked for them');
  await box.check();
}

scene('the balance pays all of it at once, and nothing else is asked for', async ({ stack, payer }) => {
  await usesBalance(payer, { professional: 'all', hospital: 'none' });
  await payer.reads('It pays all of this.');
  assert.equal(await payer.page.getByRole('radio').count(), 0, 'no other method is asked for');
  await payer.toReview();
  await payer.reads(/use \$64\.10 of my balance/);
  await payer.pays();
  await payer.sees('Paid. Thank you.');
  await payer.reads(/with your balance/);
  assert.deepEqual(stack.billing(MADE, CREDIT, CROOKED), [
    [{ state: 'paid', total_cents: 6410, balance_cents: 6410 }], [{ cents: 90, held_cents: 0 }], [],
  ]);
  await payer.goes('/account/balance');
  await payer.reads('Used for bills');
  await payer.reads('$0.90');
});

scene('the balance pays first and a card the rest, each on a line of its own', async ({ stack, payer }) => {
  await usesBalance(payer, { professional: 'all', hospital: '100' });
  await payer.reads('It pays first. Choose how to pay the other $99.10.');
  await payer.byCard();
  await payer.toReview();
  await payer.reads('From your balance');
  await payer.reads(/^\$99\.10: Visa card/);
  await payer.reads(/\$65\.00 more comes from my balance/);
  await payer.page.setViewportSize({ width: 360, height: 780 });
  await payer.noSidewaysScroll();
  await payer.readsLargeText();
  await payer.pays();
  await payer.sees('Paid. Thank you.');
  const total = payer.main.locator('.pay-receipt__head');
  assert.match(await total.innerText(), /\$164\.10/, 'all of the order first');
  const parts = payer.main.locator('.pay-facts').first();
  for (const row of ['Total $164.10', 'Balance $65.00 Paid', /^Visa card ending in 4242 \$99\.10 Paid$/]) await said(parts, row);
  await payer.noSidewaysScroll();
  await payer.readsLargeText();
  assert.deepEqual(stack.billing(MADE, CREDIT, CROOKED), [
    [{ state: 'paid', total_cents: 9910, balance_cents: 0 }, { state: 'paid', total_cents: 6500, balance_cents: 6500 }],
    [{ cents: 0, held_cents: 0 }], [],
  ]);
  await payer.main.locator('.pay-facts').getByRole('link', { name: /^Receipt KP-/ }).click();
  await payer.reads(/with your balance and your Visa card/);
  for (const row of ['Total $164.10', 'Balance $65.00 Paid']) await said(payer.main.locator('.pay-facts').first(), row);
  await payer.goes('/account/history');
  await payer.main.getByText('Part of a payment of $164.10').nth(1).waitFor();
});

scene('a second tab has the balance chosen, whichever step it opens', async ({ payer }) => {
  const kept = payer.page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.request().postData().includes('"from_balance":true'));
  await usesBalance(payer, { professional: 'all', hospital: '100' });
  await kept;
  for (const path of ['/account/pay', '/pay/amount', '/pay/method']) {
    const tab = await payer.secondTab();
    await tab.goes(path);
    if (path !== '/pay/method') {
      await tab.sees(tab.words.owe);
      await tab.reads('You were paying');
      await tab.continues();
    }
    await tab.sees(tab.words.how);
    await tab.reads('It pays first. Choose how to pay the other $99.10.');
    assert.ok(await tab.main.getByLabel('Use my balance of $65.00').isChecked(), path);
    await tab.page.close();
  }
  await payer.page.goBack();
  await payer.sees(payer.words.owe);
  await payer.takes('hospital', 'none');
  await payer.continues();
  await payer.sees(payer.words.how);
  await payer.reads('It pays all of this.');
  await payer.toReview();
  const tab = await payer.secondTab();
  await tab.goes('/pay/review');
  await tab.sees(tab.words.review);
  await tab.reads(/use \$64\.10 of my balance/);
});

scene('a declined card leaves the balance as it was, and what was chosen', async ({ stack, payer }) => {
  await usesBalance(payer, { professional: 'all', hospital: '100' });
  await payer.byCard({ ...VISA, number: '4000000000000002' });
  await payer.toReview();
  await payer.pays();
  await payer.sees('No money was taken');
  await payer.reads('It is in your balance again.');
  assert.deepEqual(stack.billing(CREDIT), [{ cents: 6500, held_cents: 0 }]);
  await payer.goes('/account/balance');
  await payer.reads('$65.00');
  assert.equal(await payer.main.getByText('Used for bills').count(), 0);
});

scene('a balance that another device used meanwhile is said so, and no money is taken', async ({ stack, payer, another }) => {
  await usesBalance(payer, { professional: 'all', hospital: 'none' });
  await payer.toReview();
  const other = await another();
  await usesBalance(other, { professional: 'none', hospital: '60' });
  await other.toReview();
  await other.pays();
  await other.sees('Paid. Thank you.');
  await payer.pays();
  await payer.reads(/^Your balance is not what it was/);
  assert.deepEqual(stack.billing(MADE), [{ state: 'paid', total_cents: 6000, balance_cents: 6000 }]);
});
