// The second step of signing in: an authenticator app, passkeys in Chromium's virtual authenticator, and recovery
// codes.
import assert from 'node:assert/strict';
import { Authenticator, appCode } from '../authenticator.mjs';
import { PASSWORD } from '../member.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const ANA = 'ana.oneill@example.org';

scene('a member sets up an app, is asked for its code, and it works once', async ({ stack, payer, another }) => {
  await payer.signsIn();
  await payer.provesIt();
  await payer.presses('addApp');
  const secret = await payer.factors.locator('code').innerText();
  await payer.factors.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor();
  await payer.control('appCode').fill('000000');
  await payer.presses('turnOn');
  await payer.factors.getByRole('heading', { name: payer.words.toPutRight }).waitFor();
  await payer.reads(payer.words.codeWrong);
  assert.equal(stack.billing('SELECT COUNT(*) AS n FROM authenticator WHERE confirmed_at IS NOT NULL')[0].n, 0);
  await payer.control('appCode').fill(await appCode(stack, secret, -1));
  await payer.presses('turnOn');
  const codes = await payer.codes();
  assert.equal(codes.length, 10);
  await payer.presses('kept');
  await payer.factors.getByText('10 codes left').waitFor();
  assert.ok(!(await payer.text()).includes(codes[0]), 'shown once');
  await payer.newestEmail(ANA, /code of an authenticator app/);
  const kept = await payer.keeps();
  for (const secretOfTheirs of [codes[0], secret.replaceAll(' ', ''), PASSWORD]) assert.ok(!kept.includes(secretOfTheirs));

  const there = await another();
  await there.typesPassword();
  for (const path of ['/account', '/account/security', '/pay/amount']) {
    await there.goes(path);
    assert.doesNotMatch(await there.page.locator('body').innerText(), /O’Neill|1,214/);
  }
  await there.goes('/sign-in?then=/account/security');
  await there.sees(there.words.secondStep);
  await there.presses('goOn');
  await there.invalid();
  await there.control('stepCode').fill('123 456');
  await there.presses('goOn');
  await there.reads(there.words.codeWrong);
  const right = await appCode(stack, secret);
  await there.control('stepCode').fill(`${right.slice(0, 3)} ${right.slice(3)}`);
  await there.page.keyboard.press('Enter');
  await there.sees(there.words.security);
  assert.equal(stack.billing("SELECT COUNT(*) AS n FROM session WHERE account IS NOT NULL AND ended_at IS NULL AND is_halfway = 0")[0].n, 2);

  const again = await another();
  await again.typesPassword();
  await again.control('stepCode').fill(right);
  await again.presses('goOn');
  await again.reads(again.words.codeWrong);
  await again.presses('orRecovery');
  await again.control('recoveryCode').fill('ab3de-fgh01');
  await again.presses('goOn');
  await again.reads('Each works once.');
  await again.control('recoveryCode').fill(codes[7].toUpperCase());
  await again.presses('goOn');
  await again.sees(again.words.yourAccount);
  assert.equal(stack.billing('SELECT COUNT(*) AS n FROM recovery_code WHERE used_at IS NOT NULL')[0].n, 1);
  await again.newestEmail(ANA, /a recovery code\./);
});

scene('a passkey is made, signs in on the same device, and is taken away again', async ({ stack, payer }) => {
  const device = await Authenticator.in(payer);
  await payer.signsIn();
  await payer.provesIt();
  await payer.presses('addPasskey');
  await payer.factors.getByText(payer.words.passkeyOn).waitFor();
  const codes = await payer.codes();
  assert.equal(codes.length, 10);
  await payer.presses('kept');
  assert.equal((await device.passkeys()).length, 1);
  assert.equal((await device.passkeys())[0].rpId, 'localhost');
  const [made] = stack.billing('SELECT device, used_at FROM passkey');
  assert.match(made.device, /^Chrome, /);
  assert.equal(made.used_at, null);

  await payer.signsOut();
  await payer.typesPassword();
  await payer.presses('usePasskey');
  await payer.sees(payer.words.yourAccount);
  assert.notEqual(stack.billing('SELECT used_at FROM passkey')[0].used_at, null);
  assert.equal(stack.billing('SELECT COUNT(*) AS n FROM passkey_challenge')[0].n, 0);

  await payer.signsOut();
  await payer.typesPassword();
  await device.forgets();
  await payer.presses('usePasskey');
  await payer.main.getByRole('heading', { name: 'No passkey came' }).waitFor();
  await payer.control('recoveryCode').fill(codes[0]);
  await payer.presses('goOn');
  await payer.sees(payer.words.yourAccount);
  await payer.provesIt();
  await payer.factors.getByRole('button', { name: /^Remove\s*: Passkey/ }).click();
  await payer.factors.getByText('The passkey was removed.').waitFor();
  assert.equal(stack.billing('SELECT COUNT(*) AS n FROM passkey')[0].n, 0);
  assert.equal(stack.billing('SELECT COUNT(*) AS n FROM recovery_code')[0].n, 0);
  await payer.newestEmail(ANA, /no longer works to sign in/);
  await payer.signsOut();
  await payer.signsIn();
});

scene('how one signs in is changed only with the password, and not for long', async ({ stack, payer }) => {
  await payer.signsIn();
  await payer.goes('/account/security');
  await payer.factors.getByText(payer.words.changeFactors).click();
  await payer.control('yourPassword').fill('wrong wrong wrong wrong');
  await payer.factors.getByRole('button', { name: payer.words.goOn }).click();
  await payer.reads('Your password: this is not your current password');
  assert.equal(await payer.factors.getByRole('button', { name: payer.words.addApp }).count(), 0);
  await payer.control('yourPassword').fill(PASSWORD);
  const before = (await payer.context.cookies()).find(({ name }) => name === 'kppay_session').value;
  await payer.factors.getByRole('button', { name: payer.words.goOn }).click();
  await payer.factors.getByRole('button', { name: payer.words.addApp }).waitFor();
  assert.notEqual((await payer.context.cookies()).find(({ name }) => name === 'kppay_session').value, before);
  await stack.later(10 * 60);
  await payer.presses('addApp');
  await payer.reads('Ten minutes have passed. Type your password again.');
  assert.equal(stack.billing('SELECT COUNT(*) AS n FROM authenticator')[0].n, 0);
});

scene('whoever goes no further than the password can start over, and is asked again after a reload', async ({ stack, payer }) => {
  await payer.signsIn();
  await payer.provesIt();
  const { secret } = await payer.setsUpApp();
  await payer.presses('kept');
  await payer.signsOut();
  await payer.typesPassword();
  await payer.page.reload();
  await payer.sees(payer.words.secondStep);
  await payer.presses('startOver');
  await payer.sees(payer.words.signIn);
  assert.equal(stack.billing('SELECT COUNT(*) AS n FROM session WHERE ended_at IS NULL AND account IS NOT NULL')[0].n, 0);
  await payer.triesToSignIn(ANA);
  await payer.sees(payer.words.secondStep);
  await stack.later(10 * 60);
  await payer.page.clock.fastForward(10 * 60_000);
  await payer.control('stepCode').fill(await appCode(stack, secret));
  await payer.presses('goOn');
  await payer.sees(payer.words.signIn);
});

scene('whoever guesses codes waits, and is told how long', async ({ stack, payer }) => {
  await payer.signsIn();
  await payer.provesIt();
  const { secret } = await payer.setsUpApp();
  await payer.presses('kept');
  await payer.signsOut();
  await payer.typesPassword();
  const answered = () => payer.page.waitForResponse((answer) => answer.url().endsWith('/second-factor'));
  for (let tries = 0; tries < 6; tries += 1) {
    await payer.control('stepCode').fill('000000');
    await Promise.all([answered(), payer.presses('goOn')]);
  }
  await payer.reads(payer.words.moment);
  await payer.reads(/^You can try again in \d+ seconds?\. Your account is not locked\.$/);
  await stack.later(60);
  await payer.control('stepCode').fill(await appCode(stack, secret));
  await payer.presses('goOn');
  await payer.sees(payer.words.yourAccount);
});

scene('by keyboard alone', async ({ payer }) => {
  const device = await Authenticator.in(payer);
  await payer.signsIn();
  await payer.goes('/account/security');
  await payer.sees(payer.words.security);
  await payer.factors.getByText(payer.words.changeFactors).waitFor();
  for (let presses = 0; presses < 40; presses += 1) {
    await payer.page.keyboard.press('Tab');
    if (await payer.page.evaluate((words) => document.activeElement.innerText?.startsWith(words), payer.words.changeFactors)) break;
  }
  await payer.page.keyboard.press('Enter');
  await payer.tabsTo('textbox', payer.words.yourPassword);
  await payer.page.keyboard.type(PASSWORD);
  await payer.page.keyboard.press('Enter');
  await payer.factors.getByRole('button', { name: payer.words.addPasskey }).waitFor();
  assert.equal(await payer.focused(), `heading ${payer.words.factors}`);
  await payer.tabsTo('button', payer.words.addPasskey, { most: 1 });
  await payer.page.keyboard.press('Enter');
  await payer.codes();
  assert.equal(await payer.focused(), 'heading Keep your recovery codes');
  await payer.tabsTo('button', payer.words.kept);
  await payer.page.keyboard.press('Enter');
  assert.equal(await payer.focused(), `heading ${payer.words.factors}`);
  assert.equal((await device.passkeys()).length, 1);
});
