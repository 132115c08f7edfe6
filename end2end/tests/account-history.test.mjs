// The payment history: its filter is in the address and survives back and reload, but what is typed to look for is in
// no address; what it finds is summed; all of it can be found by the browser's own search; its CSV has what is
// filtered, and says so when it was not made; a member who leaves it for a receipt finds it as it was; and a receipt's
// address opens for a member who signs in.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const rows = (payer) => payer.main.locator('.pay-history > li');
const status = (payer, words) => payer.main.getByRole('status').filter({ hasText: words }).waitFor();
const shows = (payer) => payer.main.getByRole('button', { name: 'Show payments' }).click();
const finds = (payer, text) => payer.main.getByLabel('Receipt number, amount').fill(text);
const moreFilters = (payer) => payer.main.getByText('More filters').click();

/** What a history sums, by the database: of the member's own payments and those made for others. */
const summed = (stack, where = '1 = 1') =>
  stack.billing(`SELECT COUNT(*) AS n, SUM(total_cents + fee_cents) AS cents FROM payment, account
    WHERE account.membership IN (payment.membership, payment.payer_membership)
    AND account.user_id = 'ana.oneill@example.org' AND ${where}`)[0];
const dollars = (cents) => (cents / 100).toLocaleString('en-US', { style: 'currency', currency: 'USD' });

scene('a filter stands in the address, and back and reload keep to it, with the sums of what it finds', async ({ payer, stack }) => {
  await payer.signsIn();
  await payer.page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'History' }).first().click();
  await payer.sees('History');
  const [all, returned] = [summed(stack), summed(stack, "payment.state = 'returned'")];
  assert.ok(returned.n > 0 && returned.n < all.n, `${returned.n} of ${all.n}`);
  await status(payer, new RegExp(`^${all.n} payments: `));
  const paid = summed(stack, "payment.state = 'paid'");
  await status(payer, `${dollars(paid.cents)} paid`);
  await status(payer, `${dollars(returned.cents)} returned`);
  await payer.main.getByLabel('State').selectOption('returned');
  await shows(payer);
  await status(payer, `${returned.n} payment`);
  assert.equal(new URL(payer.page.url()).search, '?state=returned');
  await payer.page.reload();
  await status(payer, new RegExp(`^${returned.n} payments?: [$]`));
  assert.equal(await payer.main.getByLabel('State').inputValue(), 'returned');
  await payer.page.goBack();
  await status(payer, new RegExp(`^${all.n} payments: `));
  assert.equal(await payer.main.getByLabel('State').inputValue(), '');
});

scene('a text is looked for and stands in no address, and the CSV has what is filtered', async ({ payer, stack }) => {
  await payer.signsIn();
  await payer.goes('/account/history');
  await status(payer, /^\d+ payments: /);
  const all = await rows(payer).count();
  await finds(payer, 'no such person');
  await moreFilters(payer);
  await payer.main.getByLabel('Paid by').selectOption('bank');
  await shows(payer);
  await status(payer, 'This filter finds nothing. Change it, or show all.');
  assert.equal(new URL(payer.page.url()).search, '?method=bank');
  await finds(payer, '');
  await shows(payer);
  await status(payer, /^\d+ payments: /);
  const debits = await rows(payer).count();
  assert.ok(debits > 0 && debits < all);
  const reference = (await rows(payer).first().getByRole('link').first().getAttribute('href')).split('/').at(-1);
  const number = stack.billing(`SELECT reference FROM payment WHERE id = '${reference}'`)[0].reference;
  await finds(payer, number.toLowerCase());
  await shows(payer);
  await status(payer, /^1 payment: /);
  const asked = payer.page.waitForRequest((request) => request.url().includes('payments.csv'));
  const download = payer.page.waitForEvent('download');
  await payer.main.getByRole('link', { name: 'Download as CSV' }).click();
  const file = await download;
  assert.equal(file.suggestedFilename(), 'payments.csv');
  assert.ok(!(await asked).url().includes('?'), 'the text is in no address');
  const lines = fs.readFileSync(await file.path(), 'utf8').trimEnd().split('\r\n');
  assert.match(lines[0], /^\uFEFFdate,receipt,state,/);
  assert.deepEqual([...new Set(lines.slice(1).map((line) => line.split(',')[1]))], [number]);
});

scene('a file that is not made says so, and leads to signing in and back', async ({ payer, stack }) => {
  await payer.signsIn();
  await payer.goes('/account/history?state=paid');
  await status(payer, /^\d+ payments: /);
  const csv = () => payer.main.getByRole('link', { name: 'Download as CSV' }).click();
  const says = (words) => payer.main.getByRole('alert').filter({ hasText: 'We could not make the file. Your receipts are safe.' }).filter({ hasText: words }).waitFor();
  stack.edge.fault({ path: /payments\.csv/, drop: true });
  await csv();
  await says('We could not reach our server.');
  stack.edge.fault({ path: /payments\.csv/, instead: { status: 503, headers: { 'Content-Type': 'text/html' }, body: 'Maintenance' } });
  await csv();
  await says('Trying again pays and changes nothing.');
  assert.equal(new URL(payer.page.url()).pathname, '/account/history');
  await payer.context.clearCookies();
  await csv();
  await says('Sign in');
  await payer.main.getByRole('link', { name: 'Sign in' }).click();
  await payer.triesToSignIn('ana.oneill@example.org');
  await payer.page.waitForURL('**/account/history?state=paid');
  const download = payer.page.waitForEvent('download');
  await csv();
  await download;
});

scene('who leaves the history for a receipt finds text, rows and place again on the way back', async ({ payer }) => {
  await payer.signsIn('daniel.archuleta@example.org');
  await payer.goes('/account/history?state=paid');
  await status(payer, /The first 50 are here/);
  await finds(payer, 'archuleta');
  await shows(payer);
  await status(payer, /^10,000 payments: .*The first 50 are here/);
  await payer.main.getByRole('button', { name: 'Show more' }).click();
  await status(payer, /The first 100 are here/);
  const link = rows(payer).nth(80).getByRole('link').first();
  await link.scrollIntoViewIfNeeded();
  const [address, before] = [await link.getAttribute('href'), await link.boundingBox()];
  await link.click();
  await payer.page.waitForURL(`**${address}`);
  await payer.main.getByText(/KP-\w{4}-\w{4}/).first().waitFor();
  const asked = [];
  payer.page.on('request', (request) => request.url().includes('/payments?') && asked.push(request.url()));
  await payer.page.goBack();
  await status(payer, /The first 100 are here/);
  assert.equal(await payer.main.getByLabel('Receipt number, amount').inputValue(), 'archuleta');
  assert.equal(await rows(payer).count(), 100);
  await payer.page.waitForFunction((address) => document.activeElement?.getAttribute('href') === address, address);
  const after = await rows(payer).nth(80).getByRole('link').first().boundingBox();
  assert.ok(Math.abs(after.y - before.y) < 8, `${before.y} ${after.y}`);
  assert.equal(asked.length, 1, 'one request for all rows');
  // A link to the history is a new visit to it.
  await payer.page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'Overview' }).first().click();
  await payer.sees(payer.words.yourAccount);
  await payer.page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'History' }).first().click();
  await status(payer, /The first 50 are here/);
  assert.equal(await payer.main.getByLabel('Receipt number, amount').inputValue(), '');
});

scene('a row opens its ledger line, and money on its way shows it at once', async ({ payer, stack, member }) => {
  await payer.reachesReview(member, { bank: true });
  await payer.pays();
  await payer.sees('Sent to your bank');
  await payer.signsIn();
  await payer.goes('/account/history?state=returned');
  await status(payer, /^\d+ payments?: /);
  await rows(payer).first().getByText('Steps').click();
  const steps = rows(payer).first().getByRole('list').first().getByRole('listitem');
  await steps.filter({ hasText: 'Returned' }).filter({ hasText: 'there was not enough in the account' }).waitFor();
  await payer.goes('/account/history?state=processing');
  await status(payer, /^\d+ payments?: /);
  const way = rows(payer).first();
  await way.getByText('Sent to the bank').waitFor();
  await way.getByText(/^Expected /).waitFor();
  const owed = stack.billing(`SELECT SUM(bill.balance_cents) AS cents FROM bill JOIN account ON account.membership = bill.membership
    WHERE account.user_id = 'ana.oneill@example.org'`)[0].cents;
  await way.getByText(dollars(owed), { exact: true }).waitFor();
  await way.getByRole('link', { name: 'The bill it pays' }).click();
  await payer.page.waitForURL('**/account/bills/*');
});

scene('a receipt in the history can be linked: whoever is signed out signs in and sees it', async ({ payer, another }) => {
  await payer.signsIn();
  await payer.goes('/account/history');
  await status(payer, /^\d+ payments: /);
  const address = await rows(payer).first().getByRole('link').first().getAttribute('href');
  const reader = await another();
  await reader.goes(address);
  await reader.main.getByRole('link', { name: 'Sign in' }).click();
  await reader.triesToSignIn('ana.oneill@example.org');
  await reader.page.waitForURL(`**${address}`);
  await reader.main.getByText(/KP-\w{4}-\w{4}/).first().waitFor();
});
