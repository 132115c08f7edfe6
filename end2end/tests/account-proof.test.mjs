// The proof of a tax year: the sums of the page are those of its file and of the database, a person is a number in the
// address, and what does not count says why.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const cents = (text) => Number(text.replace(/[^\d]/g, ''));

scene('what counts in a year is said by person, and page, file and database agree to the cent', async ({ payer, stack }) => {
  await payer.signsIn();
  await payer.page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'HSA and FSA proof' }).first().click();
  await payer.sees('Proof for HSA, FSA and HRA');
  const sheet = payer.main.getByRole('region', { name: /^You paid for care in \d{4}$/ });
  const year = (await sheet.getByRole('heading').innerText()).match(/\d{4}/)[0];
  const [{ counted }] = stack.billing(`SELECT SUM(payment_line.paid_cents) AS counted FROM payment
    JOIN account ON account.membership = payment.membership JOIN payment_line ON payment_line.payment = payment.id
    JOIN bill ON bill.id = payment_line.bill
    JOIN bill_line ON bill_line.bill = payment_line.bill AND bill_line.position = payment_line.line
    WHERE account.user_id = 'ana.oneill@example.org' AND payment.state = 'paid' AND bill.kind <> 'premium'
    AND bill_line.service_date LIKE '${year}%'`);
  assert.ok(counted > 0);
  assert.equal(cents(await sheet.locator('.pay-total__sum').innerText()), counted);
  const downloading = payer.page.waitForEvent('download');
  await sheet.getByRole('link', { name: 'CSV' }).click();
  const rows = fs.readFileSync(await (await downloading).path(), 'utf8').trim().split('\r\n').slice(1);
  const sum = rows.map((row) => row.match(/(?:[^,"]|"(?:[^"]|"")*")+|(?<=,)(?=,)/g)).reduce((all, row) => all + cents(row[7]), 0);
  assert.equal(sum, counted);
  const out = payer.main.getByRole('region', { name: 'What does not count, and why' });
  await out.getByText('A health FSA never pays a premium.').waitFor();

  await payer.main.getByRole('group', { name: 'Tax year' }).getByRole('link').nth(1).click();
  await payer.page.waitForURL(`**/account/receipts/${year - 1}`);
  await payer.main.getByRole('heading', { name: new RegExp(`${year - 1}`) }).first().waitFor();
});

scene('a year that is none is refused, and the address of a proof opens for a member who signs in', async ({ payer }) => {
  await payer.goes('/account/receipts/1950');
  await payer.sees(payer.words.signIn);
  await payer.triesToSignIn('ana.oneill@example.org');
  await payer.page.waitForURL('**/account/receipts/1950');
  await payer.main.getByRole('heading', { name: 'There is nothing of 1950 yet.' }).waitFor();
  assert.equal(await payer.main.getByRole('link', { name: 'CSV' }).count(), 0, 'no file of nothing');
  await payer.goes('/account/receipts/20266');
  await payer.main.getByRole('alert').getByRole('heading').waitFor();
  assert.equal(await payer.main.getByText('$').count(), 0);
});

// A deposit is no spending: it is the member's own until a bill takes it.
scene('the chart of the history has its figures as a table, and they add up to the list', async ({ payer, stack }) => {
  await payer.signsIn();
  await payer.goes('/account/history');
  const sheet = payer.main.getByRole('region', { name: 'What you paid, by month' });
  await sheet.getByText(/^This month: /).waitFor();
  await sheet.getByText('Show the figures as a table').click();
  const totals = await sheet.getByRole('row').locator('td:last-child').allInnerTexts();
  assert.equal(totals.length, 12);
  const months = await sheet.getByRole('row').locator('th[scope=row]').allInnerTexts();
  const of = (at) => { const day = new Date(`1 ${months[at]} UTC`); return `${day.getUTCFullYear()}-${String(day.getUTCMonth() + 1).padStart(2, '0')}`; };
  const [{ paid }] = stack.billing(`SELECT COALESCE(SUM(total_cents - deposit_cents + fee_cents), 0) AS paid FROM payment
    JOIN account ON account.membership = payment.membership WHERE account.user_id = 'ana.oneill@example.org'
    AND payment.state = 'paid' AND strftime('%Y-%m', (payment.created_at - 28800000) / 1000, 'unixepoch') BETWEEN '${of(11)}' AND '${of(0)}'`);
  assert.equal(totals.reduce((all, text) => all + cents(text), 0), paid);
});

scene('further filters of the history are folded on a phone, and open where one of them is set', async ({ payer }) => {
  await payer.page.setViewportSize({ width: 360, height: 740 });
  await payer.signsIn();
  await payer.goes('/account/history?state=returned');
  const [state, method] = ['State', 'Paid by'].map((name) => payer.main.getByLabel(name, { exact: true }));
  await state.waitFor();
  assert.deepEqual([await state.inputValue(), await method.isVisible()], ['returned', false]);
  await payer.main.getByText('More filters').click();
  await method.waitFor();
  await payer.goes('/account/history?method=card');
  await method.waitFor();
  assert.equal(await method.inputValue(), 'card');
});
