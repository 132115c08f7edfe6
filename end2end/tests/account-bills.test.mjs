// A member's bills: the list and its filter, one bill, and why it is different from the one before.
import assert from 'node:assert/strict';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const cents = (text) => Number(text.replace('−', '-').replace(/[^\d-]/g, ''));
const rows = async (region) => (await region.getByRole('listitem').allInnerTexts()).map((text) => text.replaceAll('\u00a0', ' '));

scene('a member finds a bill among open and settled ones, sees why it is different, and comes back to the list', async ({ stack, payer }) => {
  await payer.goes('/account/bills');
  await payer.sees(payer.words.signIn);
  await payer.triesToSignIn('ana.oneill@example.org');
  await payer.sees('Bills');
  const open = payer.main.getByRole('region', { name: /^Open/ });
  const settled = payer.main.getByRole('region', { name: /^Settled bills of \d{4}$/ });
  await open.getByText('$1,214.10').waitFor();
  assert.equal((await rows(open)).length, 2);
  const [{ n }] = stack.billing(["SELECT COUNT(*) AS n FROM bill JOIN membership ON membership.id = bill.membership WHERE membership.name = 'Ana O’Neill'"]);
  assert.ok(n > (await rows(settled)).length + 2, 'settled bills of other years are there, too');

  await payer.main.getByRole('group', { name: 'Kind of bill' }).getByRole('link', { name: 'Hospital' }).click();
  await payer.main.getByRole('region', { name: 'Open, 1 bill' }).waitFor();
  assert.equal(new URL(payer.page.url()).search, '?kind=hospital');
  assert.equal(await payer.page.evaluate(() => document.activeElement?.textContent), 'Hospital', 'the focus stays');
  await payer.page.reload();
  await payer.main.getByRole('region', { name: 'Open, 1 bill' }).waitFor();
  await payer.main.getByRole('group', { name: /^Year/ }).getByRole('link', { name: /^\d{4}$/ }).nth(1).click();
  await payer.main.getByRole('link', { name: 'All kinds' }).click();
  await payer.main.getByRole('region', { name: 'Open, 2 bills' }).waitFor();
  assert.match(new URL(payer.page.url()).search, /^\?year=\d{4}$/);
  for (const words of ['Professional', 'Premium']) await settled.getByRole('link', { name: new RegExp(`^${words}`) }).first().waitFor();

  await open.getByRole('link', { name: /^Hospital/ }).click();
  await payer.sees(/^Hospital bill of /);
  assert.equal(await payer.page.title().then((title) => /hospital/i.test(title)), false, 'the window names no kind');
  const why = payer.main.getByRole('region', { name: 'Why is this different from last time?' });
  await why.getByText('Your part is $1,150.00.').waitFor();
  const sums = (await rows(why)).map((text) => cents(text.match(/[+−]?\$[\d,]+\.\d\d(?!.*\$)/s)[0]));
  assert.equal(sums.pop(), 115_000);
  assert.equal(sums.reduce((sum, part) => sum + part, 0), 115_000, 'the sums meet');
  await payer.main.getByRole('link', { name: 'Choose what to pay' }).waitFor();
  await payer.main.getByRole('link', { name: /financial help/ }).waitFor();
  const file = await payer.main.getByRole('link', { name: 'Add the due date to my calendar' }).getAttribute('href');
  assert.match(decodeURIComponent(file), /SUMMARY:Bill due\r\n/);

  await why.getByRole('link', { name: 'See the bill before' }).click();
  await payer.main.getByRole('heading', { name: 'Settled', exact: true }).waitFor();
  await payer.main.getByRole('region', { name: 'Paid on this bill' }).getByRole('link').first().waitFor();
  await payer.page.goBack();
  await payer.sees(/^Hospital bill of /);
  await payer.main.getByRole('link', { name: 'All bills' }).click();
  await payer.sees('Bills');
});

scene('a premium has no plan picture, and a bill of somebody else is not there', async ({ stack, payer }) => {
  await payer.signsIn();
  await payer.goes('/account/bills?kind=premium');
  await payer.main.getByRole('region', { name: /^Settled/ }).getByRole('link').first().click();
  await payer.sees(/^Plan premium of /);
  await payer.reads('Plan premium, one month');
  assert.equal(await payer.main.getByText('Where the money went').count(), 0);
  const [{ id }] = stack.billing(["SELECT bill.id AS id FROM bill JOIN membership ON membership.id = bill.membership WHERE membership.name <> 'Ana O’Neill' LIMIT 1"]);
  await payer.goes(`/account/bills/${id}`);
  await payer.main.getByRole('alert').getByRole('heading').waitFor();
  assert.equal(await payer.main.getByText('$').count(), 0, 'nothing of it is shown');
  await payer.goes('/account/bills?kind=premium&year=1999');
  await payer.reads('There is no such bill.');
  await payer.main.getByRole('link', { name: 'Show all bills' }).click();
  await payer.main.getByRole('region', { name: 'Open, 2 bills' }).waitFor();
});
