// Walk of the people a member pays for: none, what is wrong in the form, one, the question before removing, their bills
// in the list, paying all of them, and what is owed still.

import { stop } from './stop.mjs';

export async function* myHousehold({ payer, stack }) {
  const { identifiers } = await stack.member(({ name }) => name === 'José Ñuñez-O’Brien');
  const add = payer.language === 'es' ? 'Agregar a una persona' : 'Add a person';
  await payer.signsIn();
  await payer.goes('/account/household');
  await payer.main.getByRole('button', { name: add }).waitFor();
  yield stop('household', 'none');
  await payer.main.getByRole('button', { name: add }).click();
  await payer.invalid();
  yield stop('household', 'error');
  await payer.types(identifiers);
  await payer.main.getByRole('button', { name: add }).click();
  await payer.main.getByRole('status').getByText(/^(Added|Agregada)/).waitFor();
  yield stop('household', 'added');
  await payer.main.getByRole('button', { name: /José/ }).click();
  await payer.main.locator('.pay-quote').waitFor();
  yield stop('household', 'remove');
  await payer.goes('/account/bills');
  await payer.main.getByRole('region', { name: /José/ }).waitFor();
  yield stop('bills', 'household');
  await payer.main.getByRole('region', { name: /José/ }).getByRole('link').click();
  await payer.sees(/José/);
  yield stop('amount', 'household');
  await payer.continues();
  await payer.sees(payer.words.how);
  await payer.byCard();
  await payer.toReview();
  await payer.pays();
  await payer.sees(payer.words.paid);
  await payer.main.getByRole('link', { name: /\$1,214\.10$/ }).waitFor();
  yield stop('receipt', 'household');
}
