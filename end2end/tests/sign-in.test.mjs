// Signing in, and getting back in: where one lands, what is said and what is not, and what links do.
import assert from 'node:assert/strict';
import { books, paidOnce } from '../books.mjs';
import { NEW_PASSWORD, PASSWORD } from '../member.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const ANA = 'ana.oneill@example.org';

scene('a member signs in, sees what is owed, pays with everything known, and it is in the account', async ({ stack, payer }) => {
  const before = books(stack);
  await payer.signsIn(' Ana.ONeill@EXAMPLE.org ');
  await payer.reads('Ana O’Neill, member number ending in 678');
  await payer.reads('$1,214.10');
  await payer.reads(/^As of today/);
  await payer.main.getByText('The 3 charges').first().click();
  await payer.reads('Leila Haddad, MD');
  await payer.main.getByRole('link', { name: payer.words.payAll }).click();
  await payer.sees(payer.words.owe);
  await payer.takes('professional', 'all');
  await payer.takes('hospital', 'none');
  await payer.continues();
  await payer.sees(payer.words.how);
  await payer.byCard();
  assert.equal(await payer.page.getByLabel(payer.words.name, { exact: true }).inputValue(), 'Ana O’Neill', 'not asked again');
  assert.equal(await payer.page.getByLabel(payer.words.email).inputValue(), ANA);
  await payer.toReview();
  await payer.pays();
  await payer.sees(payer.words.paid);
  const payment = paidOnce(stack, before, { cents: 6410, state: 'paid', shares: 1 });
  assert.equal(stack.billing(['SELECT account IS NOT NULL AS n FROM payment WHERE id = ?', payment.id])[0].n, 1);
  await payer.goes('/account');
  const last = payer.main.getByRole('region', { name: 'Last payments' }).getByRole('listitem').first();
  await last.getByText('$64.10').waitFor();
  await last.getByText('Paid', { exact: true }).waitFor();
  await payer.goes('/account/profile');
  await payer.main.getByText(/text version/).first().click();
  await payer.reads('I, Ana O’Neill, authorize');
});

scene('a payment made as a guest is in the account of the same member', async ({ stack, payer, member, another }) => {
  await payer.reachesReview(member, { shares: { professional: '10.00', hospital: 'none' } });
  await payer.pays();
  await payer.sees(payer.words.paid);
  const reference = await payer.receiptNumber();
  const ana = await another();
  await ana.signsIn();
  await ana.main.getByRole('region', { name: 'Last payments' }).getByRole('listitem').first().getByRole('link').click();
  await ana.sees(ana.words.paid);
  assert.equal(await ana.receiptNumber(), reference);
  assert.ok(stack);
});

scene('what is wrong is not told, the wait is, and the account is never locked', async ({ payer }) => {
  await payer.goesToSignIn();
  const said = [];
  for (const userId of ['nobody@example.org', ANA]) {
    await payer.triesToSignIn(userId, 'wrong wrong wrong wrong');
    await payer.main.getByRole('heading', { name: payer.words.couldNot }).waitFor();
    said.push(await payer.text());
    assert.match(await payer.page.title(), /^Error: Sign in/);
    assert.equal(await payer.control('password').inputValue(), '', 'typed anew');
  }
  assert.equal(said[0], said[1]);
  for (let tries = 0; tries < 2; tries += 1) await payer.triesToSignIn(ANA, 'wrong wrong wrong wrong');
  await payer.reads(/^You can try again in \d seconds?\. Your account is not locked\.$/);
  await payer.triesToSignIn(ANA);
  await payer.reads(payer.words.moment);
  await payer.stack.later(30);
  await payer.triesToSignIn(ANA);
  await payer.sees(payer.words.yourAccount);
});

scene('after signing in one lands where one was going, and nowhere but in this app', async ({ stack, payer, another }) => {
  await payer.goes('/account/security');
  await payer.sees(payer.words.signIn);
  await payer.triesToSignIn(ANA);
  await payer.sees(payer.words.security);
  for (const to of ['//evil.example/', 'https://evil.example/', '/%5Cevil.example', 'javascript:alert(1)']) {
    const other = await another();
    await other.goes(`/sign-in?then=${to}`);
    await other.sees(other.words.signIn);
    await other.triesToSignIn(ANA);
    await other.sees(other.words.yourAccount);
    assert.equal(new URL(other.page.url()).origin, stack.app);
    assert.equal(new URL(other.page.url()).pathname, '/account');
  }
});

scene('whoever signs in while paying goes on with the same bill', async ({ payer, member }) => {
  await payer.reachesMethod(member, { professional: 'none', hospital: '150' });
  await payer.page.getByRole('banner').getByRole('link', { name: payer.words.signIn }).click();
  await payer.sees(payer.words.signIn);
  await payer.triesToSignIn(ANA);
  await payer.sees(payer.words.how);
  await payer.reads('$150.00');
});

scene('whoever found a bill and signs in as somebody else is told where it is', async ({ stack, payer }) => {
  const other = await stack.member(({ name, open_bills: bills }) => name !== 'Ana O’Neill' && bills.length > 0);
  await payer.reachesOwed(other);
  await payer.page.getByRole('banner').getByRole('link', { name: payer.words.signIn }).click();
  await payer.sees(payer.words.signIn);
  await payer.triesToSignIn(ANA);
  await payer.sees(payer.words.yourAccount);
  await payer.reads(/The bill you found belongs to the member number ending in .*To pay it, sign out and pay once\./);
});

scene('a member is met as one: on the first page, on the receipt, and on the way back', async ({ payer }) => {
  await payer.signsIn();
  await payer.goes('/');
  await payer.main.getByRole('link', { name: 'Pay a bill' }).waitFor();
  assert.equal(await payer.main.getByRole('link', { name: payer.words.register }).count(), 0);
  await payer.main.getByRole('link', { name: 'Pay a bill' }).click();
  await payer.sees(payer.words.owe);
  await payer.main.getByRole('link', { name: 'Back' }).or(payer.main.getByRole('link', { name: payer.words.yourAccount })).first().click();
  await payer.sees(payer.words.yourAccount);
  await payer.main.getByRole('region', { name: 'Last payments' }).getByRole('listitem').first().getByRole('link').click();
  await payer.sees(payer.words.paid);
  assert.equal(await payer.main.getByText('Next time, skip the typing').count(), 0);
  await payer.page.setViewportSize({ width: 360, height: 740 });
  await payer.page.getByRole('banner').getByRole('link', { name: payer.words.yourAccount }).click();
  await payer.sees(payer.words.yourAccount);
});

scene('a forgotten password: an e-mail, a link that works once, and every session ended', async ({ stack, payer, another }) => {
  const there = await another();
  await there.signsIn();
  await payer.goesToSignIn();
  await payer.main.getByRole('link', { name: payer.words.forgot }).click();
  await payer.sees(payer.words.forgot);
  await payer.control('userId').fill('nobody@example.org');
  await payer.presses('sendLink');
  await payer.sees(payer.words.mailbox);
  const toNobody = await payer.text();
  await payer.goes('/forgot-password');
  await payer.control('userId').fill(ANA);
  await payer.presses('sendLink');
  await payer.sees(payer.words.mailbox);
  assert.equal(await payer.text(), toNobody);
  await payer.followsLink(ANA);
  await payer.sees(payer.words.reset);
  const link = payer.page.url();
  assert.doesNotMatch(link, /#./);
  assert.ok(payer.seen.requests.every((request) => !/reset-password.+[0-9a-f]{64}/.test(request.url())), 'no server sees the secret in an address');
  const userName = payer.page.locator('form input[autocomplete=username]');
  assert.equal(await userName.inputValue(), ANA, 'a password manager files the new password under it');
  assert.equal(await userName.isEditable(), false);
  await payer.control('newPassword').fill('passwordpassword');
  await payer.presses('savePassword');
  await payer.reads('New password: this is easy to guess');
  await payer.control('newPassword').fill(NEW_PASSWORD);
  await payer.presses('savePassword');
  await payer.sees(payer.words.resetDone);
  await payer.newestEmail(ANA, /was changed/);
  // a used link says so before anyone thinks up a password
  await payer.followsLink(ANA);
  await payer.sees(payer.words.refusedLink);
  assert.equal(await payer.main.getByRole('textbox').count(), 0);
  await there.goes('/account');
  await there.sees(there.words.timedOut);
  await there.main.getByRole('link', { name: there.words.signIn }).click();
  await there.sees(there.words.signIn);
  await there.triesToSignIn(ANA, PASSWORD);
  await there.reads(there.words.wrong);
  await there.triesToSignIn(ANA, NEW_PASSWORD);
  await there.sees(there.words.yourAccount);
  assert.ok(stack.logs().length > 0 && !/#[0-9a-f]{64}|lanterns on/.test(stack.logs()));
});

scene('a forgotten user ID: the statement leads to an e-mail, whoever it belongs to', async ({ stack, payer, member }) => {
  const ask = async (identifiers) => {
    await payer.goes('/forgot-user-id');
    if (await payer.page.getByRole('heading', { level: 1, name: payer.words.region }).isVisible().catch(() => false)) {
      await payer.page.getByRole('radio', { name: /^California/ }).check();
      await payer.presses('goOn');
    }
    await payer.sees(payer.words.forgotId);
    await payer.types(identifiers);
    await payer.presses('sendId');
    await payer.sees(payer.words.mailbox);
    return payer.text();
  };
  await payer.arrives();
  const known = await ask(member.identifiers);
  const unknown = await ask({ ...member.identifiers, hrn: '111222333' });
  assert.equal(known, unknown);
  await payer.newestEmail(ANA, /Your user ID is ana\.oneill@example\.org/);
  assert.equal((await stack.mail()).length, 1);
});
