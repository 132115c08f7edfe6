// Walks from what is owed to a receipt.

import { EXPIRES } from '../journey.mjs';
import { stop } from './stop.mjs';

/** The bills come after the payment. */
const firstDue = (payer) => payer.main.getByText(/First due|Lo primero vence/).waitFor();

export async function* payingByCard({ payer, member, stack }) {
  const { page, words } = payer;
  await payer.reachesOwed(member);
  yield stop('owe', '');
  await payer.takes('professional', 'none');
  await payer.takes('hospital', 'none');
  await payer.continues();
  await payer.invalid();
  yield stop('owe', 'nothing-chosen');
  await payer.takes('hospital', '2000');
  await payer.continues();
  await payer.invalid();
  yield stop('owe', 'too-much');
  await payer.takes('professional', 'all');
  await payer.takes('hospital', '150');
  yield stop('owe', 'part');
  await payer.continues();
  await payer.sees(words.how);
  yield stop('method', 'none');
  await page.getByRole('button', { name: words.toReview }).click();
  await payer.invalid();
  yield stop('method', 'error');
  await payer.byCard();
  await payer.says();
  yield stop('method', 'card');
  await payer.frame.getByLabel(words.cardNumber).fill('4242424242424241');
  await page.getByRole('button', { name: words.toReview }).click();
  await payer.frame.locator('[aria-invalid=true]').first().waitFor();
  yield stop('method', 'card-error');
  await payer.byCard();
  await payer.toReview();
  yield stop('review', 'card');
  await payer.payButton.click();
  await payer.invalid();
  yield stop('review', 'unticked');
  stack.edge.fault({ path: /\/payments$/, lose: true });
  const asking = stack.edge.fault({ method: 'GET', path: /payments\?idempotency_key=/, times: Infinity, drop: true });
  await payer.pays();
  await payer.sees(words.checkingPayment);
  yield stop('outcome', 'checking');
  asking.times = 0;
  await payer.sees(words.paid);
  yield stop('outcome', 'paid');
  await payer.goes('/pay/amount');
  await payer.sees(words.owe);
  yield stop('owe', 'after-part');
}

export async function* payingByBank({ payer, member }) {
  await payer.reachesMethod(member, { professional: 'all', hospital: '150' });
  await payer.byBank();
  await payer.says();
  yield stop('method', 'bank');
  await payer.toReview();
  yield stop('review', 'bank');
  await payer.pays();
  await payer.sees(payer.words.sent);
  yield stop('outcome', 'processing');
}

export async function* beingDeclined({ payer, member }) {
  await payer.reachesReview(member, { card: { number: '4000000000009995', expires: EXPIRES, code: '123' } });
  await payer.pays();
  await payer.sees(payer.words.none);
  await firstDue(payer);
  yield stop('outcome', 'declined');
}

export async function* retypingTheCode({ payer, member }) {
  const { page, words, frame } = payer;
  await payer.reachesReview(member, { card: { number: '4000000000000127', expires: EXPIRES, code: '123' } });
  await payer.pays();
  await payer.sees(words.none);
  await firstDue(payer);
  yield stop('outcome', 'wrong-code');
  await payer.main.getByRole('link', { name: words.typeCode }).click();
  await frame.getByLabel(words.code).waitFor();
  yield stop('method', 'code');
  await page.getByRole('button', { name: words.toReview }).click();
  await frame.locator('[aria-invalid=true]').waitFor();
  yield stop('method', 'code-error');
}

export async function* signedOut({ payer, member }) {
  await payer.reachesReview(member);
  await payer.context.clearCookies();
  await payer.pays();
  await payer.reads(payer.words.signedOut);
  yield stop('review', 'signed-out');
}

export async function* resuming({ payer, member }) {
  const { page, words } = payer;
  await payer.reachesMethod(member, { professional: 'none', hospital: '150' });
  await payer.goes('/pay/amount');
  await payer.reads(words.resumed);
  yield stop('owe', 'resumed');
  await payer.goes('/pay/payments/of-another-visit');
  await payer.sees(words.notHere);
  yield stop('outcome', 'not-here');
  await page.getByRole('banner').getByRole('button', { name: words.endVisit }).click();
  await payer.sees(words.visitEnded);
}

export async function* withoutCookies({ payer, member }) {
  await payer.keepsNoCookies();
  await payer.arrives();
  await payer.finds(member.identifiers);
  await payer.reads(payer.words.noCookies);
  yield stop('owe', 'no-cookies');
}

export async function* payingAgain({ payer, member, another }) {
  await payer.reachesReview(member);
  const other = await another();
  await other.reachesReview(member, { shares: { professional: '20.00', hospital: 'none' } });
  await other.pays();
  await other.sees(other.words.paid);
  await other.page.close();
  await payer.pays();
  await payer.reads(payer.words.justPaid);
  // the bills are asked for anew: less is owed by now
  await payer.reads(/\$44\.10/);
  yield stop('review', 'just-paid');
  await payer.page.getByRole('main').getByRole('link', { name: payer.words.changeAmount }).first().click();
  await payer.sees(payer.words.owe);
  yield stop('owe', 'just-paid');
}

export async function* payingTooLate({ payer, member, another }) {
  await payer.reachesReview(member);
  const other = await another();
  await other.reachesReview(member);
  await other.pays();
  await other.sees(other.words.paid);
  await other.page.close();
  await payer.pays();
  await payer.page.getByRole('main').getByRole('link', { name: payer.words.stillOwed }).waitFor();
  yield stop('review', 'paid-meanwhile');
  await payer.page.getByRole('main').getByRole('link', { name: payer.words.stillOwed }).click();
  await payer.page.getByRole('region', { name: payer.words.lately }).waitFor();
  yield stop('owe', 'paid-meanwhile');
}

export async function* onItsWay({ payer, member }) {
  await payer.reachesReview(member, { shares: { professional: 'all', hospital: '150' }, bank: { routing: '110000000', account: '000111111116' } });
  await payer.pays();
  await payer.sees(payer.words.sent);
  await payer.goes('/pay/amount');
  await payer.sees(payer.words.owe);
  yield stop('owe', 'on-its-way');
}

/** Other members: what is owed looks different for each. */
const owedBy = (state, is) => async function* ({ payer, stack }) {
  await payer.reachesOwed(await stack.member(is));
  yield stop('owe', state);
};
export const nothingOwed = owedBy('nothing', ({ open_bills: bills }) => bills.length === 0);
export const hospitalOnly = owedBy('only-hospital', ({ open_bills: bills }) => bills.length > 0 && bills.every(({ kind }) => kind === 'hospital'));
export const pastDue = owedBy('past-due', ({ open_bills: bills }) => bills.some((bill) => bill.past_due));
export const accents = owedBy('accents', ({ name, open_bills: bills }) => /[áéíóúñüö]/i.test(name) && bills.length > 0);
