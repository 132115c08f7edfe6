// Walks of a member's balance: the statement, what is wrong in the form, and the review of a deposit; and paying from
// it before a card, to the receipt.

import { stop } from './stop.mjs';

export async function* myBalance({ payer }) {
  await payer.signsIn();
  await payer.goes('/account/balance');
  await payer.main.locator('.pay-run tbody tr').first().waitFor();
  yield stop('balance', '');
  await payer.main.locator('[aria-labelledby=add] button[type=submit]').click();
  await payer.invalid();
  yield stop('balance', 'error');
  await payer.main.locator('#deposit').fill('60');
  await payer.byCard();
  await payer.main.locator('[aria-labelledby=add] button[type=submit]').click();
  await payer.main.locator('#authorisation').waitFor();
  yield stop('balance', 'review');
}

export async function* payingFromBalance({ payer }) {
  await payer.signsIn();
  await payer.goes('/account/pay');
  await payer.sees(payer.words.owe);
  await payer.takes('hospital', '100');
  await payer.continues();
  await payer.sees(payer.words.how);
  await payer.main.locator('#from-balance').check();
  yield stop('method', 'balance');
  await payer.byCard();
  await payer.toReview();
  yield stop('review', 'balance');
  await payer.pays();
  await payer.sees(payer.words.paid);
  // what became of the links to the receipt is read on its own, after the receipt
  await payer.main.locator('.pay-live button').waitFor();
  yield stop('outcome', 'balance');
}
