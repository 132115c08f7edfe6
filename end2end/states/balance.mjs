// Walk of a member's balance: the statement, what is wrong in the form, and the review of a deposit.

import { stop } from './stop.mjs';

export async function* myBalance({ payer }) {
  await payer.signsIn();
  await payer.goes('/account/balance');
  await payer.main.locator('.pay-run tbody tr').first().waitFor();
  yield stop('balance', '');
  await payer.main.locator('button[type=submit]').click();
  await payer.invalid();
  yield stop('balance', 'error');
  await payer.main.locator('#deposit').fill('60');
  await payer.byCard();
  await payer.main.locator('button[type=submit]').click();
  await payer.main.locator('#authorisation').waitFor();
  yield stop('balance', 'review');
}
