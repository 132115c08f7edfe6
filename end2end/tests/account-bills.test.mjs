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

scene('a question about a charge is sent once to the plan, and the bill says how far it came', async ({ stack, payer }) => {
  await payer.signsIn();
  await payer.main.getByRole('region').first().getByRole('link', { name: 'Hospital bill' }).click();
  await payer.sees(/^Hospital bill of /);
  await payer.main.getByRole('button', { name: payer.words.askAbout }).first().click();
  const field = payer.main.getByRole('textbox', { name: payer.words.question });
  await field.fill('I paid with 4242 4242 4242 4242');
  await payer.presses('sendQuestion');
  await payer.invalid();
  assert.equal(await field.inputValue(), 'I paid with', 'a card number is not kept, and what stands beside it is');
  await field.fill('I paid this at the desk.\n¿Por qué está aquí?');
  await payer.main.getByRole('button', { name: payer.words.sendQuestion }).dblclick();
  await payer.main.getByText('I paid this at the desk.').waitFor();
  assert.match(await payer.page.evaluate(() => document.activeElement?.textContent), /^Ask about this charge/, 'the focus is back at the charge');
  await payer.page.reload();
  await payer.main.getByText('I paid this at the desk.').waitFor();
  await payer.main.getByText(/^You asked on /).waitFor();
  const asked = stack.billing(["SELECT charge_question.body AS body FROM charge_question"]);
  assert.deepEqual(asked, [{ body: 'I paid this at the desk.\n¿Por qué está aquí?' }]);
  const mails = stack.billing(["SELECT to_address, body_text FROM outbox WHERE subject LIKE '%asks about a charge'"]);
  assert.deepEqual(mails.map((mail) => mail.to_address), ['billing@kppay.example']);
  assert.equal(/surgery|room|Oakland/i.test(mails[0].body_text), false, 'nothing of the service');
});

scene('the statement is a page first, with the sums of the bill, and then a file', async ({ payer }) => {
  await payer.signsIn();
  await payer.main.getByRole('region').first().getByRole('link', { name: 'Hospital bill' }).click();
  await payer.sees(/^Hospital bill of /);
  await payer.main.getByRole('link', { name: payer.words.readStatement }).click();
  await payer.sees('Statement');
  const sheet = payer.main.getByRole('region', { name: /^Hospital bill of / });
  await sheet.getByText('$1,150.00').first().waitFor();
  await sheet.getByRole('table').waitFor();
  await payer.main.getByRole('button', { name: 'Print' }).waitFor();
  assert.match(await payer.main.getByRole('link', { name: /PDF/ }).getAttribute('href'), /\/statement\.pdf\?locale=en$/);
  await payer.main.getByRole('link', { name: 'The bill', exact: true }).click();
  await payer.sees(/^Hospital bill of /);
});

scene('signing in leads to the list that was asked for, with its filter', async ({ payer }) => {
  await payer.goes('/account/bills?kind=hospital&year=2025');
  await payer.sees(payer.words.signIn);
  await payer.triesToSignIn('ana.oneill@example.org');
  await payer.sees('Bills');
  const { pathname, search } = new URL(payer.page.url());
  assert.equal(pathname + search, '/account/bills?kind=hospital&year=2025');
  await payer.main.getByRole('region', { name: 'Open, 1 bill' }).waitFor();
});
