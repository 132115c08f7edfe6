// The balance of an account: it is explained row by row, a deposit by card counts at once, one by bank when it clears.
import assert from 'node:assert/strict';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const changes = (payer) => payer.main.locator('.pay-run tbody tr');

async function opens(payer) {
  await payer.signsIn();
  await payer.goes('/account/balance');
  await payer.sees('Balance');
  await changes(payer).first().waitFor();
}

async function reviews(payer, amount, enters) {
  await payer.main.getByLabel('How much', { exact: true }).fill(amount);
  await enters();
  await payer.main.getByRole('button', { name: 'Review the deposit' }).click();
  await payer.main.getByRole('heading', { name: 'Review the deposit' }).waitFor();
}

scene('a deposit by card is reviewed, counts at once, and has a receipt', async ({ stack, payer }) => {
  await opens(payer);
  const before = await changes(payer).count();
  await reviews(payer, '60', () => payer.byCard());
  await payer.main.getByRole('button', { name: 'Add $60.00' }).click();
  await payer.invalid();
  await payer.reads(/^Your authorization: tick the box/);
  await payer.agrees();
  await payer.main.getByRole('button', { name: 'Add $60.00' }).click();
  await payer.sees('Paid. Thank you.');
  await payer.reads('Deposit to your balance');
  await payer.main.getByRole('link', { name: 'See your balance' }).click();
  await payer.sees('Balance');
  await payer.reads('$125.00');
  assert.equal(await changes(payer).count(), before + 1);
  assert.match(await changes(payer).first().innerText(), /\+\$60\.00/);
  const sql = 'SELECT cents FROM credit WHERE membership = (SELECT membership FROM payment WHERE deposit_cents = 6000)';
  assert.deepEqual(stack.billing([sql]), [{ cents: 12_500 }]);
});

scene('the review of a deposit has an address: Back leads to what was typed, and a reload shows it again', async ({ payer }) => {
  await opens(payer);
  await reviews(payer, '60', () => payer.byCard());
  assert.match(payer.page.url(), /\/account\/balance\?step=review$/);
  const isFocused = () => payer.page.waitForFunction(() => document.activeElement?.id === 'add');
  await isFocused();
  await payer.page.goBack();
  await payer.main.getByRole('heading', { name: 'Add money' }).waitFor();
  await isFocused();
  assert.equal(await payer.main.getByLabel('How much', { exact: true }).inputValue(), '60');
  await payer.reads('Visa card ending in 4242');
  assert.equal(await payer.page.locator('iframe').count(), 0, 'nothing is to be typed again');
  await payer.page.goForward();
  await payer.main.getByRole('heading', { name: 'Review the deposit' }).waitFor();
  await payer.page.reload();
  await payer.main.getByRole('heading', { name: 'Review the deposit' }).waitFor();
  await payer.reads('$60.00');
  assert.doesNotMatch(await payer.keeps(), /tok_|"60"|Visa/);
  await payer.agrees();
  await payer.main.getByRole('button', { name: 'Add $60.00' }).click();
  await payer.sees('Paid. Thank you.');
  // what was made is not offered again
  await payer.goes('/account/balance?step=review');
  await payer.main.getByRole('heading', { name: 'Add money' }).waitFor();
  assert.equal(await payer.main.getByLabel('How much', { exact: true }).inputValue(), '');
});

scene('a deposit by bank is on its way, and does not count until it clears', async ({ payer }) => {
  await opens(payer);
  await reviews(payer, '200', () => payer.byBank());
  await payer.agrees();
  await payer.main.getByRole('button', { name: 'Add $200.00' }).click();
  await payer.sees('Sent to your bank');
  await payer.goes('/account/balance');
  await payer.reads('Processing, not counted yet');
  await payer.reads('then $265.00');
  await payer.reads(/\$265\.00 when the deposit on its way clears/);
});

scene('money goes back to the card of the newest deposit, after one more question', async ({ stack, payer }) => {
  await opens(payer);
  await reviews(payer, '60', () => payer.byCard());
  await payer.agrees();
  await payer.main.getByRole('button', { name: 'Add $60.00' }).click();
  await payer.sees('Paid. Thank you.');
  await payer.goes('/account/balance');
  const amount = payer.main.getByLabel('How much to send back');
  await amount.fill('2000');
  await payer.main.getByRole('button', { name: 'Continue' }).click();
  await payer.invalid();
  await payer.reads(/^How much to send back: use dollars and cents, up to/);
  await amount.fill('40');
  await payer.main.getByRole('button', { name: 'Continue' }).click();
  await payer.main.getByRole('button', { name: 'Send $40.00 back' }).click();
  await payer.reads(/^\$40\.00 is on its way back to you\./);
  await payer.reads('$85.00');
  assert.match(await changes(payer).first().innerText(), /Deposit refunded[^]*\u2212\$40\.00/);
  const sql = 'SELECT cents, asked_cents FROM credit_refund';
  assert.deepEqual(stack.billing([sql]), [{ cents: 4_000, asked_cents: 4_000 }]);
});

scene('an amount that is too small is named at its field, and the page holds at 360 pixels and 200 %', async ({ payer }) => {
  await opens(payer);
  await payer.main.getByLabel('How much', { exact: true }).fill('4.99');
  await payer.main.getByRole('button', { name: 'Review the deposit' }).click();
  await payer.invalid();
  await payer.reads(/^How much: use dollars and cents, from \$5\.00 to \$2,000\.00/);
  await payer.page.setViewportSize({ width: 360, height: 780 });
  await payer.noSidewaysScroll();
  await payer.readsLargeText();
});

const DEPOSITS = /^\/api\/v1\/deposits$/;
const made = (stack) => stack.billing(['SELECT COUNT(*) AS n FROM payment WHERE deposit_cents = 7700'])[0].n;

for (const reloads of [false, true]) {
  scene(`a deposit whose answer is lost ends at its receipt and is made once${reloads ? ', over a reload' : ''}`, async ({ stack, payer }) => {
    await opens(payer);
    await reviews(payer, '77', () => payer.byCard());
    await payer.agrees();
    const fault = stack.edge.fault({ path: DEPOSITS, late: 8_000 });
    await payer.main.getByRole('button', { name: 'Add $77.00' }).click();
    await payer.reads('We are checking your deposit');
    assert.equal(await payer.main.getByLabel('How much', { exact: true }).count(), 0, 'nothing offers a second deposit');
    if (reloads) await payer.page.reload();
    await fault.reached;
    await payer.sees('Paid. Thank you.', { timeout: 30_000 });
    assert.equal(made(stack), 1);
    assert.equal(stack.edge.count('POST', DEPOSITS), 1);
  });
}

scene('a deposit that never arrived takes nothing, says so only then, and can be sent again', { timeout: 90_000 }, async ({ stack, payer }) => {
  await opens(payer);
  await reviews(payer, '77', () => payer.byCard());
  await payer.agrees();
  const lost = stack.edge.fault({ path: DEPOSITS, late: 17_000 });
  await payer.main.getByRole('button', { name: 'Add $77.00' }).click();
  await payer.reads('We are checking your deposit');
  assert.equal(JSON.parse((await lost.reached).body).code, 'too_late');
  await payer.reads('Your deposit did not reach us.', { timeout: 30_000 });
  assert.equal(made(stack), 0);
  await payer.agrees();
  await payer.main.getByRole('button', { name: 'Add $77.00' }).click();
  await payer.sees('Paid. Thank you.');
  assert.equal(made(stack), 1);
});

scene('the payment of somebody who used this tab before keeps no member from the form', async ({ stack, payer, another }) => {
  const guest = await another();
  await guest.reachesReview(await stack.member(({ name }) => name === 'José Ñuñez-O’Brien'), { shares: {} });
  await guest.pays();
  await guest.sees(guest.words.paid);
  const [{ key }] = stack.billing(['SELECT idempotency_key AS key FROM payment ORDER BY created_at DESC LIMIT 1']);
  await payer.signsIn();
  await payer.page.evaluate((key) => sessionStorage.setItem('kppay.key', key), key);
  await payer.goes('/account/balance');
  await reviews(payer, '77', () => payer.byCard());
  assert.equal(await payer.page.evaluate(() => sessionStorage.getItem('kppay.key')), null);
});

scene('how the balance is used is chosen, and paying begins with it; a low balance is told', async ({ stack, payer }) => {
  await opens(payer);
  const form = payer.main.getByRole('form', { name: 'Use of your balance' });
  assert.equal(await form.getByRole('radio', { name: /^Use it last/ }).isChecked(), true, 'at first');
  assert.equal(await form.getByLabel('Tell me when it falls below').inputValue(), '', 'off at first');
  await form.getByLabel('Tell me when it falls below').fill('0.50');
  await form.getByRole('button', { name: 'Save' }).click();
  await payer.invalid();
  await payer.reads('Tell me when it falls below: use dollars and cents, from $1.00 to $10,000.00');
  await form.getByLabel('Tell me when it falls below').fill('50');
  await form.getByRole('radio', { name: /^Use my balance first/ }).check();
  await form.getByRole('button', { name: 'Save' }).click();
  await payer.reads('Saved: Use of your balance.');
  assert.deepEqual(stack.billing(['SELECT low_cents, is_first FROM balance_setting']), [{ low_cents: 5000, is_first: 1 }]);
  await payer.goes('/account/pay');
  await payer.sees(payer.words.owe);
  await payer.takes('professional', 'all');
  await payer.takes('hospital', 'none');
  await payer.continues();
  await payer.sees(payer.words.how);
  assert.equal(await payer.main.getByLabel('Use my balance of $65.00').isChecked(), true, 'as the member chose');
  await payer.toReview();
  await payer.reads('Used first, as you chose');
  await payer.pays();
  await payer.sees('Paid. Thank you.');
  await payer.goes('/account/notices');
  await payer.reads('It fell below the amount that you chose.');
});
