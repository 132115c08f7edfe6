// Walks of a member's profile and of the proof of a year. The profile: as it is, a form with what is wrong in it, what was saved, and an authorization.

import { stop } from './stop.mjs';

export async function* ofProfile({ payer }) {
  await payer.signsIn();
  await payer.goes('/account/profile');
  await payer.sees(payer.words.profile);
  await payer.main.locator('summary').first().waitFor();
  yield stop('profile', '');
  await payer.changes('address');
  await payer.control('street').fill('');
  await payer.control('zip').fill('9461');
  await payer.presses('save');
  await payer.invalid();
  yield stop('profile', 'error');
  await payer.control('street').fill('418 Alder Court');
  await payer.control('zip').fill('94612-3610');
  await payer.presses('save');
  await payer.main.getByRole('status').getByText(payer.words.address).waitFor();
  yield stop('profile', 'saved');
  await payer.main.locator('summary').first().click();
  yield stop('profile', 'authorization');
}

export async function* myProof({ payer }) {
  await payer.signsIn();
  await payer.goes('/account/receipts');
  await payer.main.getByRole('table').first().waitFor();
  yield stop('proof', '');
  await payer.goes('/account/receipts/1950');
  await payer.main.locator('#counts').waitFor();
  yield stop('proof', 'empty');
}
