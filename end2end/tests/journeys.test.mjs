// A bill is paid, from the first page to the receipt: what the member sees, and what both databases hold afterwards.
import assert from 'node:assert/strict';
import { books, paidOnce, stateOf, untouched } from '../books.mjs';
import { DESK, PHONE } from '../browser.mjs';
import { BANK, EXPIRES } from '../journey.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

for (const [where, size] of [['360 px', PHONE], ['1280 px', DESK]]) {
  scene(`pays one bill by card at ${where}`, { size }, async ({ stack, payer, member }) => {
    const before = books(stack);
    await payer.reachesReview(member);
    await payer.reads('Visa card ending in 4242');
    await payer.noSidewaysScroll();
    untouched(stack, before);
    await payer.pays();
    await payer.sees('Paid. Thank you.');
    await payer.reads('$64.10');
    await payer.reads('Leila Haddad, MD');
    await payer.noSidewaysScroll();
    const payment = paidOnce(stack, before, { cents: 6410, state: 'paid', shares: 1 });
    assert.equal(await payer.receiptNumber(), payment.reference);
    assert.match(payer.page.url(), /\/pay\/payments\/[^/?#]+$/, 'the receipt has an address of its own');
  });

  scene(`pays one bill by bank account at ${where}`, { size }, async ({ stack, payer, member }) => {
    const before = books(stack);
    await payer.reachesReview(member, { bank: true });
    await payer.reads('ending in 6789');
    await payer.pays();
    await payer.sees('Sent to your bank');
    assert.doesNotMatch(await payer.text(), /Paid\. Thank you/);
    await payer.noSidewaysScroll();
    paidOnce(stack, before, { cents: 6410, state: 'processing', shares: 1 });
    await payer.page.reload();
    await payer.sees('Sent to your bank');
    // a week later the bank has paid; the visit is over by then, and the receipt's address tells nobody anything
    await stack.later(7 * 86_400);
    await stack.until(() => stateOf(stack, before) === 'paid', 'the bank debit is paid');
    paidOnce(stack, before, { cents: 6410, state: 'paid', shares: 1 });
    await payer.page.reload();
    await payer.sees('We can’t show this receipt here');
    assert.doesNotMatch(await payer.text(), /64\.10|KP-/);
  });
}

scene('a bank debit that comes back says so, and the bill is owed again', async ({ stack, payer, member }) => {
  const before = books(stack);
  await payer.reachesReview(member, { bank: { ...BANK, account: '000111111116' } });
  await payer.pays();
  await payer.sees('Sent to your bank');
  await stack.later(7 * 86_400);
  await stack.until(() => stateOf(stack, before) === 'returned', 'the bank debit is returned');
  paidOnce(stack, before, { cents: 6410, state: 'returned', shares: 1 });
});

scene('pays part of a bill, and the rest stays owed', async ({ stack, payer, member }) => {
  const before = books(stack);
  await payer.reachesReview(member, { shares: { professional: 'none', hospital: '150' } });
  await payer.reads('$1,000.00');
  await payer.pays();
  await payer.sees('Paid. Thank you.');
  await payer.reads('$150.00');
  paidOnce(stack, before, { cents: 15_000, state: 'paid', shares: 1 });
  await payer.goes('/pay/amount');
  await payer.sees(/^You owe/);
  assert.match(await payer.page.getByRole('heading', { level: 1 }).innerText(), /1,064\.10/);
});

scene('pays several bills at once, one of them in part', async ({ stack, payer, member }) => {
  const before = books(stack);
  await payer.reachesReview(member, { shares: { professional: 'all', hospital: '150.00' } });
  assert.equal((await payer.payButton.innerText()).trim(), 'Pay $214.10 now');
  await payer.pays();
  await payer.sees('Paid. Thank you.');
  await payer.reads('$214.10');
  paidOnce(stack, before, { cents: 21_410, state: 'paid', shares: 2 });
  const mail = await stack.mail();
  assert.ok(mail.some(({ to, text }) => to === 'ana.oneill@example.org' && text.includes('214.10')), 'the receipt was mailed');
});

scene('pays in Spanish, every word of it', { language: 'es', locale: 'es-US' }, async ({ stack, payer, member }) => {
  const before = books(stack);
  await payer.reachesReview(member);
  await payer.noEnglish();
  await payer.pays();
  await payer.sees(payer.words.paid);
  await payer.noEnglish();
  assert.equal(await payer.page.locator('html').getAttribute('lang'), 'es');
  paidOnce(stack, before, { cents: 6410, state: 'paid', shares: 1 });
});

scene('Enter in the security code goes on as the button does', async ({ payer, member }) => {
  await payer.reachesMethod(member);
  await payer.byCard();
  await payer.frame.getByLabel(payer.words.code).press('Enter');
  await payer.invalid();
  await payer.says();
  await payer.frame.getByLabel(payer.words.code).press('Enter');
  await payer.sees(payer.words.review);
});

scene('Enter goes on from every field of the bank account, too', async ({ payer, member }) => {
  const { frame, words } = payer;
  await payer.reachesMethod(member);
  await payer.byBank();
  await frame.getByRole('radio', { name: words.savings }).press('Enter');
  await payer.invalid();
  await payer.says();
  await frame.getByRole('radio', { name: words.checking }).press('Enter');
  await payer.sees(words.review);
});

scene('pays by keyboard alone', async ({ stack, payer, member }) => {
  const before = books(stack);
  const keys = payer.page.keyboard;
  await payer.goes('/');
  await payer.sees('Pay your health plan bill');
  await payer.tabsTo('link', /^Pay once/);
  await keys.press('Enter');
  await payer.sees('Where is your health plan?');
  await payer.tabsTo('radio', /^California/);
  await keys.press('Space');
  await payer.tabsTo('button', 'Continue');
  await keys.press('Enter');
  await payer.sees('Find your bill');
  assert.equal(await payer.focused(), 'heading Find your bill', 'focus is on the heading of the new page');
  for (const [identifier, value] of Object.entries(member.identifiers)) {
    await payer.tabsTo('textbox', payer.words.identifiers[identifier]);
    await keys.type(value);
  }
  await keys.press('Enter');
  await payer.sees(/^You owe/);
  await payer.tabsTo('radio', /^All of it/);
  await keys.press('Space');
  await payer.tabsTo('radio', /^(All of it|Part of it|Not now)/);
  await payer.chooses(/^Not now/);
  await payer.tabsTo('button', 'Continue');
  await keys.press('Enter');
  await payer.sees('How would you like to pay?');
  await payer.tabsTo('radio', /^(Card|Bank account)/);
  await payer.chooses(/^Card/);
  await payer.tabsIntoFrame('Card number');
  await keys.type('4242424242424242');
  await keys.press('Tab');
  await keys.type('1230');
  await keys.press('Tab');
  await keys.type('123');
  await payer.tabsTo('textbox', 'Your name');
  await keys.type('Ana O’Neill');
  await payer.tabsTo('button', 'Continue to review');
  await keys.press('Enter');
  await payer.sees('Review and pay');
  await payer.tabsTo('checkbox', /^I agree/);
  await keys.press('Space');
  await payer.tabsTo('button', /^Pay \$64\.10 now/);
  await keys.press('Enter');
  await payer.sees('Paid. Thank you.');
  assert.equal(await payer.focused(), 'heading Paid. Thank you.');
  paidOnce(stack, before, { cents: 6410, state: 'paid', shares: 1 });
});

scene('pays in Washington by the billing unit, which has other fields', async ({ stack, payer }) => {
  const member = await stack.member(({ region, open_bills: bills }) => region === 'WA' && bills.length > 0);
  await payer.reachesOwed(member);
  const before = books(stack);
  const [first, ...others] = member.open_bills;
  for (const bill of others) await payer.takes(bill.kind, 'none');
  await payer.takes(first.kind, 'all');
  await payer.continues();
  await payer.byCard();
  await payer.says({ name: member.name, email: '' });
  await payer.toReview();
  await payer.pays();
  await payer.sees('Paid. Thank you.');
  paidOnce(stack, before, { cents: Math.round(Number(first.balance) * 100), state: 'paid', shares: 1 });
});

for (const [kind, card, cents, fee, words] of [
  ['credit', '4242424242424242', 2878, 43, '$0.43'], ['debit', '4000056655665556', 2878, 0, 'None'],
  ['HSA', '6011000990139424', 2878, 0, 'None'],
]) {
  const what = fee ? 'has its fee shown before it is paid, and on the receipt' : 'has no fee';
  scene(`a ${kind} card in Colorado ${what}`, async ({ stack, payer }) => {
    const member = await stack.member(({ region, open_bills: bills }) => region === 'CO' && bills.length === 1);
    const before = books(stack);
    await payer.reachesReview(member, {
      shares: { professional: 'all' }, card: { number: card, expires: EXPIRES, code: '123' }, who: { name: member.name, email: '' },
    });
    await payer.reads(words);
    assert.equal((await payer.payButton.innerText()).trim(), `Pay $${((cents + fee) / 100).toFixed(2)} now`);
    await payer.pays();
    await payer.sees('Paid. Thank you.');
    await payer.reads(words);
    paidOnce(stack, before, { cents, fee, state: 'paid', shares: 1 });
  });
}

scene('a receipt opened by somebody else is not theirs to see', async ({ payer, member, another }) => {
  await payer.reachesReview(member);
  await payer.pays();
  await payer.sees('Paid. Thank you.');
  const stranger = await another();
  await stranger.page.goto(payer.page.url());
  await stranger.settles();
  assert.doesNotMatch(await stranger.text(), /64\.10|Leila Haddad|KP-/);
});

scene('another region chosen meanwhile changes nothing about the bills that are paid', async ({ stack, payer, member }) => {
  await payer.reachesReview(member);
  const before = books(stack);
  await payer.goes('/region');
  await payer.page.getByRole('radio', { name: /^Georgia/ }).check();
  await payer.page.getByRole('button', { name: payer.words.goOn }).click();
  await payer.page.getByRole('banner').getByText('Georgia').first().waitFor();
  await payer.goes('/pay/review');
  await payer.sees(payer.words.review);
  await payer.reads('California');
  assert.doesNotMatch(await payer.text(), /Georgia|Eastern/);
  await payer.pays();
  await payer.sees(payer.words.paid);
  paidOnce(stack, before, { cents: 6410, state: 'paid' });
});
