// Walks of a member's profile, of notices and of the proof of a year. The profile: as it is, a form with what is wrong
// in it, what was saved, and an authorization.

import { PASSWORD } from '../member.mjs';
import { stop } from './stop.mjs';

export async function* ofProfile({ payer }) {
  await payer.signsIn();
  await payer.goes('/account/profile');
  await payer.sees(payer.words.profile);
  await payer.main.locator('.pay-more > summary').first().waitFor();
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
  await payer.changes('mail');
  await payer.control('newMail').fill('ana.new');
  await payer.presses('sendLink');
  await payer.invalid();
  yield stop('profile', 'email-error');
  await payer.asksForMail('ana.new@example.org');
  yield stop('profile', 'email-waits');
  await payer.followsLink('ana.new@example.org');
  await payer.sees(payer.words.confirmEmail);
  // the page is there before the session is
  await payer.page.getByRole('button', { name: payer.words.signOut }).waitFor();
  yield stop('confirm-email', 'new-address');
  await payer.control('currentPassword').fill(PASSWORD);
  await payer.presses('confirmEmail');
  await payer.sees(payer.words.mailChanged);
  yield stop('confirm-email', 'new-address-done');
  await payer.goes('/account/profile');
  await payer.main.locator('.pay-more > summary').first().click();
  yield stop('profile', 'authorization');
}

export async function* myNotices({ payer }) {
  await payer.signsIn();
  await payer.goes('/account/notices');
  await payer.main.getByRole('checkbox').nth(1).uncheck();
  yield stop('notices', '');
  await payer.presses('save');
  await payer.main.getByRole('status').getByText(payer.words.saved(payer.words.notices)).waitFor();
  yield stop('notices', 'saved');
  await payer.presses('sendCode');
  await payer.invalid();
  yield stop('notices', 'error');
  await payer.namesNumber('(510) 555-0142');
  yield stop('notices', 'code');
  await payer.control('textCode').fill(await payer.textedCode());
  await payer.presses('confirmNumber');
  await payer.main.getByRole('button', { name: payer.words.endTexts }).waitFor();
  yield stop('notices', 'texts');
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
