// What was paid on a bill is told wherever the bill is shown, also to somebody else with the same statement.
// A payer who is about to pay a bill a second time is asked before Pay, or reads why it came to nothing.
import assert from 'node:assert/strict';
import { books, paidOnce, stateOf, untouched } from '../books.mjs';
import { BANK, DENIALS } from '../journey.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const PAYMENTS = /^\/api\/v1\/payments$/;
const RETURNS = { ...BANK, account: '000111111116' };
const choice = (payer, kind, name) => payer.bill(kind).getByRole('radio', { name });

scene('two pay the same whole bill: the second reads that it was paid, and finds the other bills', async ({ stack, payer, member, another }) => {
  await payer.reachesReview(member);
  const other = await another();
  await other.reachesReview(member);
  await other.pays();
  await other.sees(other.words.paid);
  const later = books(stack);
  await payer.pays();
  await payer.reads(payer.words.none);
  await payer.reads(/Professional bill, due \w+,\s\w+\s\d+: \$64\.10 received today at\s\d+:\d\d\sam, paid by card\./);
  await payer.sees(payer.words.review);
  assert.equal(await payer.payButton.count(), 0);
  untouched(stack, later);
  await payer.page.getByRole('main').getByRole('link', { name: 'See what you still owe' }).click();
  await payer.sees(/^You owe\s+\$1,150\.00/);
  await payer.bill('hospital').waitFor();
  await payer.page.getByRole('region', { name: 'Paid recently' }).getByText(/\$64\.10 received today/).waitFor();
  const text = await payer.text();
  assert.doesNotMatch(text, /Somebody|KP-|4242|ana\.oneill/i);
  assert.equal(DENIALS.find((denial) => text.includes(denial)), undefined);
});

scene('a bill that was chosen and is paid meanwhile does not vanish without a word', async ({ payer, member, another }) => {
  await payer.reachesReview(member);
  const other = await another();
  await other.reachesReview(member);
  await other.pays();
  await other.sees(other.words.paid);
  await payer.page.reload();
  await payer.sees(payer.words.owe);
  await payer.reads('There was a payment on a bill that you chose');
  await payer.reads(/Professional bill, due \w+, \w+ \d+: \$64\.10 received today/);
});

scene('a debit on its way is told in one line, and never called paid', async ({ stack, payer, member, another }) => {
  const before = books(stack);
  await payer.reachesReview(member, { shares: { professional: 'all', hospital: '150' }, bank: true });
  await payer.pays();
  await payer.sees(payer.words.sent);
  const other = await another();
  await other.reachesOwed(member);
  const professional = other.bill('professional');
  await professional.getByText(/\$64\.10 sent by bank today at\s\d+:\d\d\sam\. It is not paid yet\./).waitFor();
  await professional.getByText('There is nothing more to pay now.').waitFor();
  assert.equal(await professional.getByRole('radio').count(), 0);
  await choice(other, 'hospital', /^The rest\s*\$1,000\.00/).waitFor();
  assert.equal(await choice(other, 'hospital', /^All of it/).count(), 0);
  for (const kind of ['professional', 'hospital']) {
    assert.doesNotMatch(await other.bill(kind).innerText(), /Somebody|received|KP-|You can pay the rest/);
  }
  // The payer who made it finds a link to it.
  await payer.goes('/pay/amount');
  await payer.page.getByRole('main').getByRole('link', { name: /^See payment KP-/ }).first().click();
  await payer.sees(payer.words.sent);
  await stack.later(7 * 86_400);
  await stack.until(() => stateOf(stack, before) === 'paid', 'the bank debit is paid');
  const third = await another();
  await third.reachesOwed(member);
  await third.page.getByRole('region', { name: 'Paid recently' }).getByText(/\$64\.10 received today at\s\d+:\d\d\sam, paid by bank\./).waitFor();
  await third.bill('hospital').getByText(/\$150\.00 received today at/).waitFor();
  await choice(third, 'hospital', /^All of it/).waitFor();
});

scene('what came back is shown when the bill is found again, and is owed again', async ({ stack, payer, member, another }) => {
  const before = books(stack);
  await payer.reachesReview(member, { shares: { professional: '20.50', hospital: 'none' }, bank: RETURNS });
  await payer.pays();
  await payer.sees(payer.words.sent);
  await stack.later(7 * 86_400);
  await stack.until(() => stateOf(stack, before) === 'returned', 'the bank debit is returned');
  const other = await another();
  await other.reachesOwed(member);
  await other.bill('professional').getByText(/\$20\.50 of \w+, \w+ \d+ came back\. You owe it again\./).waitFor();
  await choice(other, 'professional', /^All of it\s*\$64\.10/).waitFor();
});

scene('paying twice is asked in the review before Pay, and one order is sent', async ({ stack, payer, member, another }) => {
  await payer.reachesMethod(member, { professional: '20', hospital: 'none' });
  const other = await another();
  await other.reachesReview(member, { shares: { professional: '30', hospital: 'none' } });
  await other.pays();
  await other.sees(other.words.paid);
  const later = books(stack);
  const sent = stack.edge.count('POST', PAYMENTS);
  await payer.byCard();
  await payer.says();
  await payer.toReview();
  const box = payer.page.getByRole('checkbox', { name: /^Professional bill: a payment of \$30\.00 was made today at .* I mean to pay again$/ });
  await box.waitFor();
  assert.equal(await box.isChecked(), false);
  await payer.pays();
  await payer.invalid();
  await payer.reads('tick the box if you mean to pay again');
  assert.equal(stack.edge.count('POST', PAYMENTS), sent);
  untouched(stack, later);
  await box.check();
  await payer.payButton.click();
  await payer.sees(payer.words.paid);
  assert.equal(stack.edge.count('POST', PAYMENTS), sent + 1);
  paidOnce(stack, later, { cents: 2000, state: 'paid' });
});

scene('a payer who saw the payment beside the bill, and chose to pay again, is not asked once more, nor after a reload', async ({ stack, payer, member, another }) => {
  const other = await another();
  await other.reachesReview(member, { shares: { professional: '30', hospital: 'none' } });
  await other.pays();
  await other.sees(other.words.paid);
  const later = books(stack);
  await payer.reachesOwed(member);
  await payer.bill('professional').getByText('Pay on this bill again only if you mean to.').waitFor();
  await payer.takes('professional', '20');
  await payer.takes('hospital', 'none');
  await payer.continues();
  await payer.sees(payer.words.how);
  await payer.byCard();
  await payer.says();
  await payer.toReview();
  assert.equal(await payer.page.getByRole('checkbox').count(), 1);
  await payer.page.reload();
  await payer.agreement.waitFor();
  assert.equal(await payer.page.getByRole('checkbox').count(), 1);
  await payer.pays();
  await payer.sees(payer.words.paid);
  paidOnce(stack, later, { cents: 2000, state: 'paid' });
});
