// Walk of a member's payment methods: none, adding one with what is wrong, both kinds with a card that expires and one
// in use, the panels, and paying with one.

import { BEGINS } from '../harness.mjs';
import { stop } from './stop.mjs';

const SOON = `${String(new Date(BEGINS).getUTCMonth() + 1).padStart(2, '0')}/${String(new Date(BEGINS).getUTCFullYear()).slice(-2)}`;

export async function* myMethods({ payer }) {
  await payer.signsIn();
  await payer.opensMethods();
  await payer.reads(payer.words.nothingSaved);
  yield stop('methods', 'none');
  await payer.byCard();
  await payer.control('nickname').fill('4242 4242 4242 4242');
  await payer.presses('save');
  await payer.invalid();
  yield stop('methods', 'error');
  await payer.control('nickname').fill('Household');
  await payer.page.getByRole('checkbox', { name: payer.words.myDefault }).check();
  await payer.agreesToKeep();
  await payer.presses('save');
  await payer.main.getByRole('heading', { level: 3, name: 'Household' }).waitFor();
  await payer.savesMethod('byCard', 'HSA', { number: '6011000990139424', expires: SOON, code: '123' });
  await payer.savesMethod('byBank', 'Rainy day');
  yield stop('methods', '');
  await payer.pressesOf('removeOf', 'HSA');
  yield stop('methods', 'removing');
  await payer.goes('/account/pay');
  await payer.sees(payer.words.owe);
  await payer.continues();
  await payer.sees(payer.words.how);
  await payer.main.getByRole('radio', { name: 'Household', checked: true }).waitFor();
  yield stop('method', 'saved');
  await payer.main.getByRole('radio', { name: 'Rainy day' }).check();
  await payer.toReview();
  await payer.pays();
  await payer.sees(payer.words.sent);
  await payer.opensMethods();
  await payer.pressesOf('removeOf', 'Rainy day');
  yield stop('methods', 'in-use');
}
