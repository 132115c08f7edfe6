// The fee on credit cards: said where one chooses, in the total as soon as the card is known, and on the receipt.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { books, paidOnce } from '../books.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const money = (cents) => `$${(cents / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`;

scene('the fee of a region is in the choice, in the slip once the card is known, and in one line of the receipt', async ({ stack, payer }) => {
  const member = await stack.member(({ region, open_bills: bills }) => region === 'CO' && bills.length > 0);
  const cents = Math.round(member.open_bills.reduce((sum, { balance }) => sum + Number(balance), 0) * 100);
  const fee = Math.round(cents * 0.015);
  const before = books(stack);
  await payer.reachesOwed(member);
  await payer.continues();
  await payer.sees(payer.words.how);
  await payer.reads(`Credit cards ${money(cents + fee)} with a 1.5% fee, other cards ${money(cents)}`);
  const slip = payer.page.getByRole('complementary', { name: 'Your payment' });
  await slip.getByText(money(cents), { exact: true }).last().waitFor();
  await payer.byCard();
  await payer.says();
  await payer.toReview();
  await payer.reads('KPPAY HEALTH PLAN');
  await payer.page.getByRole('main').getByRole('link', { name: 'Change the payment method' }).click();
  await payer.sees(payer.words.how);
  await slip.getByText(money(cents + fee), { exact: true }).waitFor();
  await slip.getByText(money(fee), { exact: true }).waitFor();
  // a bank account costs nothing
  await payer.page.getByRole('radio', { name: payer.words.bank }).check();
  await slip.getByText(money(fee), { exact: true }).waitFor({ state: 'detached' });
  await payer.page.getByRole('radio', { name: payer.words.card }).check();
  await payer.toReview();
  await payer.pays();
  await payer.sees(payer.words.paid);
  await payer.reads(new RegExp(`\\${money(cents)} for .*, and a card fee of \\${money(fee)}`));
  await payer.reads('KPPAY HEALTH PLAN');
  paidOnce(stack, before, { cents, state: 'paid', fee });
});

scene('the slip has the fee as soon as the number of a credit card is whole, and its page is told nothing but the kind of card', async ({ stack, payer }) => {
  const { page, words, frame } = payer;
  const member = await stack.member(({ region, open_bills: bills }) => region === 'CO' && bills.length > 0);
  const cents = Math.round(member.open_bills.reduce((sum, { balance }) => sum + Number(balance), 0) * 100);
  const charged = money(cents + Math.round(cents * 0.015));
  const asked = [];
  payer.context.on('request', (request) => { if (request.url().endsWith('/capture/funding')) asked.push(request.postDataJSON()); });
  await page.addInitScript(() => { globalThis.told = []; addEventListener('message', ({ data }) => globalThis.told.push(data)); });
  await payer.reachesOwed(member);
  await payer.continues();
  await payer.sees(words.how);
  const slip = page.getByRole('complementary', { name: 'Your payment' });
  const total = (sum) => slip.locator('.pay-slip__total').getByText(sum, { exact: true }).waitFor();
  await page.getByRole('radio', { name: words.card }).check();
  const number = frame.getByLabel(words.cardNumber);
  // fewer digits than any card has; fifteen of them could be one
  await number.fill('424242424242');
  await total(money(cents));
  await number.fill('4242424242424242');
  await total(charged);
  await payer.reads(`Card fee ${money(cents + Math.round(cents * 0.015) - cents)}. You pay ${charged}.`);
  await number.fill('4000056655665556');
  await total(money(cents));
  await number.fill('4242424242424242');
  await total(charged);
  await page.getByRole('radio', { name: words.bank }).check();
  await total(money(cents));
  assert.deepEqual(asked, ['42424242', '40000566', '42424242'].map((issuer) => ({ issuer })));
  const told = (await page.evaluate(() => globalThis.told)).filter((said) => said.type === 'funding');
  assert.deepEqual(told.map(({ funding }) => funding), ['credit', null, 'debit', null, 'credit']);
  assert.doesNotMatch(JSON.stringify(await page.evaluate(() => globalThis.told)), /\d{4}/);
});

scene('the receipt says who paid, its number can be copied, and on paper it is called a receipt', async ({ stack, payer, member }) => {
  await payer.reachesReview(member, { shares: { professional: 'all', hospital: '150' }, who: { name: 'Luis O’Neill' } });
  await payer.pays();
  await payer.sees(payer.words.paid);
  await payer.reads('Luis O’Neill');
  await payer.reads('$214.10 for 2 bills, no card fee');
  await payer.reads(/ \(part\)$/);
  await payer.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await payer.page.getByRole('button', { name: 'Copy the receipt number' }).click();
  await payer.page.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
  assert.equal(await payer.page.evaluate(() => navigator.clipboard.readText()), await payer.receiptNumber());
  const download = payer.page.waitForEvent('download');
  await payer.page.getByRole('link', { name: 'Add the due date to your calendar' }).click();
  const file = await download;
  assert.equal(file.suggestedFilename(), 'due.ics');
  const [{ due }] = stack.billing(['SELECT due FROM bill WHERE id = ?', member.open_bills.find(({ kind }) => kind === 'hospital').id]);
  const event = fs.readFileSync(await file.path(), 'utf8');
  assert.ok(event.includes(`DTSTART;VALUE=DATE:${due.replaceAll('-', '')}\r\nSUMMARY:Hospital bill: $1\\,000.00`), event);
  await payer.page.emulateMedia({ media: 'print' });
  for (const words of ['Payment receipt', 'The authorization you gave']) {
    await payer.page.getByRole('main').getByText(words, { exact: true }).locator('visible=true').waitFor();
  }
});
