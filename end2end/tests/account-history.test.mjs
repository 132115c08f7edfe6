// The payment history: its filter is in the address and survives back and reload, but what is typed to look for is in
// no address; all of it can be found by the browser's own search; its CSV has what is filtered; and a receipt's address
// opens for a member who signs in.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const rows = (payer) => payer.main.locator('.pay-history > li');
const status = (payer, words) => payer.main.getByRole('status').filter({ hasText: words }).waitFor();
const shows = (payer) => payer.main.getByRole('button', { name: 'Show payments' }).click();

scene('a filter stands in the address, and back and reload keep to it', async ({ payer, stack }) => {
  await payer.signsIn();
  await payer.page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'History' }).first().click();
  await payer.sees('History');
  await status(payer, /\d+ payments?, and no more/);
  const all = await rows(payer).count();
  const returned = stack.billing(`SELECT COUNT(*) AS n FROM payment JOIN account ON account.membership = payment.membership
    WHERE account.user_id = 'ana.oneill@example.org' AND payment.state = 'returned'`)[0].n;
  assert.ok(returned > 0 && returned < all, `${returned} of ${all}`);
  await payer.main.getByLabel('State').selectOption('returned');
  await shows(payer);
  await status(payer, new RegExp(`^${returned} payments?, and no more`));
  assert.equal(new URL(payer.page.url()).search, '?state=returned');
  await payer.page.reload();
  await status(payer, new RegExp(`^${returned} payments?, and no more`));
  assert.equal(await payer.main.getByLabel('State').inputValue(), 'returned');
  await payer.page.goBack();
  await status(payer, new RegExp(`^${all} payments, and no more`));
  assert.equal(await payer.main.getByLabel('State').inputValue(), '');
});

scene('a text is looked for and stands in no address, and the CSV has what is filtered', async ({ payer }) => {
  await payer.signsIn();
  await payer.goes('/account/history');
  await status(payer, /and no more/);
  const all = await rows(payer).count();
  await payer.main.getByLabel('Receipt number, amount').fill('no such person');
  await payer.main.getByLabel('Paid by').selectOption('bank');
  await shows(payer);
  await status(payer, 'This filter finds nothing. Change it, or show all.');
  assert.equal(new URL(payer.page.url()).search, '?method=bank');
  await payer.main.getByLabel('Receipt number, amount').fill('');
  await shows(payer);
  await status(payer, /and no more/);
  const debits = await rows(payer).count();
  assert.ok(debits > 0 && debits < all);
  const download = payer.page.waitForEvent('download');
  await payer.main.getByRole('link', { name: 'Download as CSV' }).click();
  const file = await download;
  assert.equal(file.suggestedFilename(), 'payments.csv');
  const lines = fs.readFileSync(await file.path(), 'utf8').trimEnd().split('\r\n');
  assert.match(lines[0], /^\uFEFFdate,receipt,state,/);
  const receipts = new Set(lines.slice(1).map((line) => line.split(',')[1]));
  assert.equal(receipts.size, debits);
  assert.ok(lines.slice(1).every((line) => / \d{4}$/.test(line) && line.split(',').at(-1).startsWith('bank')));
});

scene('a receipt in the history can be linked: whoever is signed out signs in and sees it', async ({ payer, another }) => {
  await payer.signsIn();
  await payer.goes('/account/history');
  await status(payer, /and no more/);
  const address = await rows(payer).first().getByRole('link').getAttribute('href');
  const reader = await another();
  await reader.goes(address);
  await reader.main.getByRole('link', { name: 'Sign in' }).click();
  await reader.triesToSignIn('ana.oneill@example.org');
  await reader.page.waitForURL(`**${address}`);
  await reader.main.getByText(/KP-\w{4}-\w{4}/).first().waitFor();
});
