// Another e-mail address for an account: it counts once its link was used, and can be called off until then.
import assert from 'node:assert/strict';
import { scene, useBrowser } from '../stage.mjs';
import { PASSWORD } from '../member.mjs';

useBrowser();

const ANA = 'ana.oneill@example.org';
const NEW = 'ana.new@example.org';

async function opens(payer) {
  await payer.signsIn();
  await payer.goes('/account/profile');
  await payer.sees(payer.words.profile);
  await payer.changes('mail');
}

scene('a new e-mail address counts once its link was used, and the member signs in with it', async ({ stack, payer }) => {
  await opens(payer);
  await payer.control('newMail').fill(NEW);
  await payer.control('currentPassword').fill('not my password at all');
  await payer.presses('sendLink');
  await payer.invalid();
  await payer.reads(/this is not your current password/);
  assert.equal(await payer.control('currentPassword').inputValue(), '');
  await payer.asksForMail(NEW);
  assert.match(await payer.page.evaluate(() => document.activeElement.textContent), /^Change.*e-mail$/i);
  await payer.newestEmail(ANA, /wants to use another e-mail address/);
  await payer.page.reload();
  await payer.reads(/Waiting for you to open the link we sent to ana\.new@example\.org/);
  await payer.followsLink(NEW);
  await payer.sees(payer.words.confirmEmail);
  assert.doesNotMatch(payer.page.url(), /#./, 'the secret does not stay in the address');
  assert.equal(await payer.main.getByLabel(payer.words.mailCode).count(), 0);
  await payer.control('currentPassword').fill(PASSWORD);
  await payer.presses('confirmEmail');
  await payer.sees(payer.words.mailChanged);
  await payer.newestEmail(ANA, /Your account now has another e-mail address/);
  await payer.goes('/account/profile');
  await payer.reads(NEW);
  assert.deepEqual(stack.billing(['SELECT email FROM account WHERE email = ?', NEW]), [{ email: NEW }]);
});

scene('a change of the e-mail address is called off, and its link is refused', async ({ payer }) => {
  await opens(payer);
  await payer.asksForMail(NEW);
  await payer.presses('keepMail');
  await payer.main.getByText(/^Waiting for you/).waitFor({ state: 'detached' });
  await payer.followsLink(NEW);
  await payer.control('currentPassword').fill(PASSWORD);
  await payer.presses('confirmEmail');
  await payer.sees(payer.words.refusedLink);
  assert.equal(await payer.main.getByRole('link', { name: payer.words.register, exact: true }).count(), 0);
});
