// Closing an account: what happens is said first, the box and the password are asked for, and then nobody signs in with
// it. An account with money in it stays open.
import assert from 'node:assert/strict';
import { scene, useBrowser } from '../stage.mjs';
import { MEI, PASSWORD } from '../member.mjs';

useBrowser();

scene('a member closes the account, is told by e-mail, can’t sign in any more, and may register again', async ({ stack, payer }) => {
  const { identifiers, email } = await stack.member(({ name }) => name === 'Mei Tanaka');
  await payer.registers(identifiers);
  await payer.opens(MEI.mail, email);
  await payer.signsIn(MEI.mail);
  await payer.goes('/account/profile');
  await payer.main.getByRole('link', { name: payer.words.closeAccount }).click();
  await payer.sees(payer.words.closeAccount);
  await payer.reads(/^You are signed out everywhere/);
  await payer.presses('closeIt');
  await payer.invalid();
  await payer.reads('Check the box to close your account');
  await payer.main.getByLabel(payer.words.knowClosing).check();
  await payer.control('currentPassword').fill('not my password at all');
  await payer.presses('closeIt');
  await payer.invalid();
  await payer.reads(/this is not your current password/);
  assert.ok(payer.account(MEI.mail));
  await payer.control('currentPassword').fill(PASSWORD);
  await payer.presses('closeIt');
  await payer.sees(payer.words.accountClosed);
  assert.equal(payer.account(MEI.mail), undefined);
  await payer.newestEmail(MEI.mail, /Your account is closed and you are signed out everywhere/);
  await payer.goesToSignIn();
  await payer.triesToSignIn(MEI.mail);
  await payer.reads(payer.words.wrong);
  await payer.registers(identifiers, MEI, null);
  const isWritten = () => stack.billing(['SELECT token_hash FROM pending_account'])[0]?.token_hash;
  await stack.until(isWritten, 'the e-mails of the second registration are written');
  await payer.opens(MEI.mail, email);
  await payer.signsIn(MEI.mail);
});

scene('an account with money in its balance is not closed, and the page says what to do', async ({ payer }) => {
  await payer.signsIn();
  await payer.goes('/account/profile/close');
  await payer.main.getByRole('heading', { name: payer.words.cantClose }).waitFor();
  await payer.reads(/^You have \$\d+\.\d\d in your balance\. To get it back, see your balance, or call/);
  assert.equal(await payer.main.getByRole('button', { name: payer.words.closeIt }).count(), 0);
  await payer.main.getByRole('status').getByRole('link', { name: 'Balance' }).click();
  await payer.page.waitForURL('**/account/balance');
});
