// One browser, two bills: another tab finds another member's while a payment of the first is on its way, or is about to
// be sent. The cookie is the second one's then. The first page says what is true, and how to go on.
import assert from 'node:assert/strict';
import { books, countOf, paidOnce, untouched } from '../books.mjs';
import { DENIALS } from '../journey.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const PAYMENTS = /^\/api\/v1\/payments$/;
const BY_KEY = /^\/api\/v1\/payments\?idempotency_key=/;
const SESSION = /^\/api\/v1\/session$/;
/** Longer than an order may take to begin. */
const LONG = { timeout: 45_000 };
const TAKEN_OVER = 'Another bill was opened in this browser';
const ENDED = 'Your visit ended while we were checking';
const DENIAL = new RegExp(DENIALS.join('|'));

const withoutChannel = (payer) => payer.context.addInitScript(() => { delete window.BroadcastChannel; });
const another = (stack, member) => stack.member(({ name, region }) => region === 'CA' && name !== member.name);

/** At "checking" for the first member's payment, which is in the books; the second tab has found the other's bill. */
async function paidAndThenAnother({ stack, payer, member }, before) {
  const other = await another(stack, member);
  await payer.reachesReview(member);
  Object.assign(before, books(stack));
  stack.edge.fault({ path: PAYMENTS, lose: true });
  const asked = stack.edge.fault({ method: 'GET', path: BY_KEY, times: Infinity, drop: true });
  await payer.pays();
  await payer.sees(payer.words.checkingPayment);
  const tab = await payer.secondTab();
  await tab.goes('/pay');
  return { other, tab, asked };
}

async function endsAtTheReceipt({ stack, payer, member }, before) {
  assert.doesNotMatch(await payer.text(), DENIAL);
  await payer.page.getByRole('link', { name: 'Find your bill' }).first().click();
  await payer.sees(payer.words.find);
  await payer.finds(member.identifiers);
  await payer.sees(payer.words.paid, LONG);
  assert.equal(await payer.receiptNumber(), paidOnce(stack, before, { cents: 6410, state: 'paid' }).reference);
}

const ways = [
  { how: 'tells the first', hasChannel: true, isAsked: true },
  { how: 'can’t tell the first', hasChannel: false, isAsked: true },
  { how: 'tells the first, which can’t ask whose session it is,', hasChannel: true, isAsked: false },
];
for (const { how, hasChannel, isAsked } of ways) {
  scene(`a payment stays one that may have been made when a tab that ${how} opens another bill`, { timeout: 120_000 }, async (stage) => {
    const { stack, payer } = stage;
    const before = {};
    if (!hasChannel) await withoutChannel(payer);
    const { other, tab, asked } = await paidAndThenAnother(stage, before);
    const unasked = isAsked ? {} : stack.edge.fault({ method: 'GET', path: SESSION, times: Infinity, drop: true });
    await tab.finds(other.identifiers);
    await tab.sees(payer.words.owe);
    asked.times = 0;
    await payer.sees(ENDED, LONG);
    unasked.times = 0;
    await endsAtTheReceipt(stage, before);
  });
}

scene('whoever was told that a payment is another bill’s can pay the other one', { timeout: 120_000 }, async (stage) => {
  const { stack, payer } = stage;
  const before = {};
  await withoutChannel(payer);
  const { other, tab, asked } = await paidAndThenAnother(stage, before);
  await tab.finds(other.identifiers);
  await tab.sees(payer.words.owe);
  asked.times = 0;
  await payer.sees(ENDED, LONG);
  await payer.page.getByRole('link', { name: 'Find your bill' }).first().click();
  await payer.sees(payer.words.find);
  await payer.finds(other.identifiers);
  await payer.sees(payer.words.owe, LONG);
  await payer.page.getByRole('alert').getByText('The payment you sent before is another bill’s').waitFor();
  assert.equal(countOf.payments(stack, before), 1);
});

scene('another tab’s bill takes over a page that is told so, and it says so', async ({ stack, payer, member }) => {
  const other = await another(stack, member);
  await payer.reachesReview(member);
  const before = books(stack);
  const tab = await payer.secondTab();
  await tab.goes('/pay');
  await tab.finds(other.identifiers);
  await tab.sees(payer.words.owe);
  await payer.sees(payer.words.owe);
  await payer.page.getByRole('alert').getByText(TAKEN_OVER).waitFor();
  untouched(stack, before);
});

scene('a page that was not told of another tab’s bill sends nothing, and says so then', async ({ stack, payer, member }) => {
  const other = await another(stack, member);
  await withoutChannel(payer);
  await payer.reachesReview(member);
  const before = books(stack);
  const tab = await payer.secondTab();
  await tab.goes('/pay');
  await tab.finds(other.identifiers);
  await tab.sees(payer.words.owe);
  await payer.pays();
  await payer.sees(payer.words.owe);
  await payer.page.getByRole('alert').getByText(TAKEN_OVER).waitFor();
  untouched(stack, before);
});

scene('whoever paid one bill is told of another that a tab opened, and nothing of what was paid', { timeout: 120_000 }, async ({ stack, payer, member }) => {
  const other = await another(stack, member);
  await payer.reachesReview(member);
  const before = books(stack);
  await payer.pays();
  await payer.sees(payer.words.paid);
  await payer.goes('/pay/amount');
  await payer.sees(payer.words.owe);
  const tab = await payer.secondTab();
  await tab.goes('/pay');
  await tab.finds(other.identifiers);
  await tab.sees(payer.words.owe);
  await payer.page.getByRole('alert').getByText(TAKEN_OVER).waitFor();
  await payer.page.getByRole('alert').getByText(/This does not send or stop a payment\. To go on with the one before/).waitFor();
  assert.doesNotMatch(await payer.text(), DENIAL);
  paidOnce(stack, before, { cents: 6410, state: 'paid' });
});
