// How long one is signed in: the warning, the end, other tabs, sleep, a clock that is set, and what is left behind the
// back button.
import assert from 'node:assert/strict';
import { books, paidOnce } from '../books.mjs';
import { DENIALS } from '../journey.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const ANA = 'ana.oneill@example.org';
const MINUTE = 60_000;
/** Of a page that speaks of its own end and of nothing that was paid before. */
const BY_THAT = /This does not send or stop a payment\. Sign in to see what you have paid, or find your bill again/;
const DENIAL = new RegExp(DENIALS.join('|'));

scene('after thirteen minutes the member is asked, and one press goes on', async ({ payer }) => {
  await payer.signsIn();
  await payer.page.clock.runFor(12.8 * MINUTE);
  assert.equal(await payer.dialog.isVisible(), false);
  await payer.page.clock.runFor(0.4 * MINUTE);
  await payer.dialog.waitFor();
  await payer.dialog.getByText(/your visit ends in 2 minutes\. This does not send a payment/).waitFor();
  const extended = payer.page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.ok());
  await payer.dialog.getByRole('button', { name: payer.words.stay }).click();
  await extended;
  await payer.dialog.waitFor({ state: 'hidden' });
  await payer.page.clock.runFor(12.8 * MINUTE);
  assert.equal(await payer.dialog.isVisible(), false);
  await payer.page.clock.runFor(0.4 * MINUTE);
  await payer.dialog.waitFor();
  // Escape is no "sign me out"
  const again = payer.page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.ok());
  await payer.page.keyboard.press('Escape');
  await again;
  await payer.dialog.waitFor({ state: 'hidden' });
});

scene('what a member does puts the end off', async ({ payer }) => {
  await payer.signsIn();
  for (let minutes = 0; minutes < 18; minutes += 3) {
    await payer.page.clock.runFor(3 * MINUTE);
    const told = payer.page.waitForResponse((answer) => answer.request().method() === 'PATCH');
    await payer.page.keyboard.press('Tab');
    await told;
  }
  assert.equal(await payer.dialog.isVisible(), false);
  await payer.sees(payer.words.yourAccount);
});

scene('when nobody answers, the page is left for good and the bill can be gone on with', async ({ stack, payer, member }) => {
  await payer.reachesMethod(member, { professional: 'none', hospital: '150' });
  await payer.byCard();
  await payer.says();
  await payer.page.clock.runFor(14.9 * MINUTE);
  await payer.dialog.waitFor();
  await stack.later(15 * 60);
  await payer.page.clock.runFor(0.2 * MINUTE);
  await payer.sees(payer.words.timedOut);
  await payer.reads(BY_THAT);
  assert.equal(stack.billing('SELECT COUNT(*) AS n FROM payment WHERE created_at > (SELECT MAX(created_at) - 1000 FROM session)')[0].n, 0);
  assert.equal(await payer.page.locator('iframe').count(), 0);
  await payer.page.goBack();
  await payer.page.waitForLoadState();
  assert.doesNotMatch(await payer.page.content(), /\$150\.00|4242/);
  await payer.goes('/pay');
  await payer.sees(payer.words.find);
  await payer.finds(member.identifiers);
  await payer.sees(payer.words.owe);
  await payer.page.waitForFunction(() => [...document.querySelectorAll('input')].some((input) => input.value === '150'));
  await payer.continues();
  await payer.sees(payer.words.how);
  assert.equal(await payer.page.getByLabel(payer.words.name).inputValue(), '', 'what is private is gone');
});

/** Nobody does anything on these pages until time is up, which the server finds too. */
async function untilTimeIsUp(stack, ...payers) {
  await payers[0].page.clock.runFor(14.9 * MINUTE);
  await stack.later(15 * 60);
  for (const payer of payers) await payer.page.clock.runFor(0.3 * MINUTE);
  for (const payer of payers) await payer.sees(payer.words.timedOut);
}

for (const [how, bank, state, shown] of [['by card', false, 'paid', 'paid'], ['from a bank account', true, 'processing', 'sent']]) {
  scene(`whoever paid ${how} and left it on the screen is told nothing else when time is up`, { timeout: 120_000 }, async ({ stack, payer, member }) => {
    await payer.reachesReview(member, { bank });
    const before = books(stack);
    await payer.pays();
    await payer.sees(payer.words[shown]);
    await untilTimeIsUp(stack, payer);
    await payer.reads(BY_THAT);
    assert.doesNotMatch(await payer.text(), DENIAL);
    paidOnce(stack, before, { cents: 6410, state });
    // where it sends them: the bill that is left, or that its payment is on its way
    await payer.main.getByRole('link', { name: 'Find my bill again' }).click();
    await payer.sees(payer.words.find);
    await payer.finds(member.identifiers);
    await payer.sees(payer.words.owe);
    await payer.bill('hospital').waitFor();
    if (bank) await payer.bill('professional').getByText(/sent by bank .* It is not paid yet\./).waitFor();
    else assert.equal(await payer.bill('professional').count(), 0);
  });
}

scene('a tab denies nothing of what another tab sent and has no answer to, when time is up', { timeout: 120_000 }, async ({ stack, payer, member }) => {
  await payer.reachesReview(member);
  const before = books(stack);
  const tab = await payer.secondTab();
  await tab.goes('/pay/amount');
  await tab.sees(tab.words.owe);
  stack.edge.fault({ path: /^\/api\/v1\/payments$/, lose: true });
  stack.edge.fault({ method: 'GET', path: /^\/api\/v1\/payments\?idempotency_key=/, times: Infinity, drop: true });
  await payer.pays();
  await payer.sees(payer.words.checkingPayment);
  await untilTimeIsUp(stack, payer, tab);
  await payer.reads(/A payment you sent was still on its way\./);
  await tab.reads(BY_THAT);
  for (const each of [payer, tab]) assert.doesNotMatch(await each.text(), DENIAL);
  paidOnce(stack, before, { cents: 6410, state: 'paid' });
});

scene('a laptop that slept, and a clock that was set back, gain no time', async ({ stack, payer, another }) => {
  await payer.signsIn();
  await payer.main.getByRole('region', { name: 'Last payments' }).waitFor();
  // asleep: no timer ran, the wall clock went on
  await stack.later(20 * 60);
  await payer.page.clock.fastForward(20 * MINUTE);
  await payer.sees(payer.words.timedOut);
  const other = await another();
  await other.signsIn();
  await other.page.clock.runFor(10 * MINUTE);
  await other.page.clock.setSystemTime(stack.now() - 120 * MINUTE);
  await other.page.clock.runFor(3.5 * MINUTE);
  await other.dialog.waitFor();
});

scene('time that is up is told to the server, also when the first question to it was cut off', async ({ stack, payer }) => {
  await payer.signsIn();
  await payer.main.getByRole('region', { name: 'Last payments' }).waitFor();
  await payer.page.clock.runFor(14.9 * MINUTE);
  await payer.dialog.waitFor();
  // the server would give it half a minute more
  await stack.later(14.5 * 60);
  let cutOff = 0;
  await payer.page.route('**/api/v1/session', (route) => {
    if (route.request().method() !== 'GET' || cutOff > 0) return route.continue();
    cutOff += 1;
    return route.abort();
  });
  const told = payer.page.waitForRequest((request) => request.url().endsWith('/session/lapse'));
  await payer.page.clock.runFor(0.2 * MINUTE);
  await told;
  await payer.sees(payer.words.timedOut);
  assert.equal(cutOff, 1);
  const since = 'SELECT COUNT(*) AS n FROM session WHERE account IS NOT NULL AND ended_at IS NULL AND seen_at > created_at - 1000';
  assert.equal(stack.billing(since)[0].n, 0, 'nobody can go on with it');
});

scene('nothing private is in sight while a server that does not answer is asked whether time is up', async ({ stack, payer }) => {
  await payer.signsIn();
  await payer.main.getByRole('region', { name: 'Last payments' }).waitFor();
  await payer.page.clock.runFor(14.9 * MINUTE);
  await payer.dialog.waitFor();
  await stack.later(15 * 60);
  let held = 0;
  await payer.page.route('**/api/v1/session', (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    held += 1;
    return undefined;
  });
  await payer.page.clock.runFor(0.2 * MINUTE);
  await payer.page.locator('#app').waitFor({ state: 'hidden' });
  assert.equal(held, 1);
  assert.equal((await payer.page.locator('body').innerText()).trim(), '');
  await payer.page.clock.runFor(MINUTE);
  await payer.sees(payer.words.timedOut);
});

scene('signing out in one tab signs out in all, and back shows nothing', async ({ stack, payer }) => {
  await payer.signsIn();
  const tab = await payer.context.newPage();
  await tab.goto(`${stack.app}/account`);
  await tab.getByRole('heading', { level: 1, name: payer.words.yourAccount }).waitFor();
  await payer.signsOut();
  await tab.getByRole('heading', { level: 1, name: payer.words.signedOutTitle }).waitFor();
  assert.equal(stack.billing('SELECT COUNT(*) AS n FROM session WHERE ended_at IS NULL AND account IS NOT NULL')[0].n, 0);
  for (let steps = 0; steps < 3; steps += 1) {
    await payer.page.goBack().catch(() => {});
    await payer.page.waitForLoadState();
    assert.doesNotMatch(await payer.page.locator('body').innerText(), /1,214\.10|O’Neill/);
  }
  await payer.goes('/account');
  await payer.sees(payer.words.signIn);
});

scene('signing in in one tab is known in the others', async ({ stack, payer }) => {
  const tab = await payer.context.newPage();
  await tab.goto(`${stack.app}/`);
  await tab.getByRole('heading', { level: 1 }).waitFor();
  await payer.signsIn();
  await tab.getByRole('banner').getByRole('button', { name: payer.words.signOut }).waitFor();
});

scene('a member sees where they are signed in, signs out everywhere else, and changes the password', async ({ stack, payer, another }) => {
  const there = await another();
  await there.signsIn();
  await payer.signsIn();
  await payer.goes('/account/security');
  await payer.sees(payer.words.security);
  const list = payer.main.getByRole('region', { name: 'Where you are signed in' });
  await list.getByRole('button', { name: /^Sign out\s*: Chrome/ }).waitFor();
  assert.equal(await list.getByRole('listitem').count(), 2);
  await list.getByRole('button', { name: payer.words.endOthers }).click();
  await list.getByText('You are not signed in anywhere else.').waitFor();
  assert.equal(await payer.focused(), 'heading Where you are signed in');
  // the other browser still shows the account: whatever is done there next leaves it
  await there.page.getByRole('navigation').getByRole('link', { name: there.words.security }).first().click();
  await there.sees(there.words.timedOut);
  assert.doesNotMatch(await there.page.locator('body').innerText(), /O’Neill|Sign out/);
  await there.goes('/account');
  await there.sees(there.words.signIn);
  await payer.main.getByText(payer.words.changePassword).click();
  await payer.control('current').fill('wrong wrong wrong wrong');
  await payer.control('newPassword').fill('seven lanterns on a copper river');
  await payer.presses('savePassword');
  await payer.reads('Current password: this is not your current password');
  const cookie = (await payer.context.cookies()).find(({ name }) => name === 'kppay_session');
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, 'Lax', '/']);
  await payer.control('current').fill('copper river lantern seven');
  await payer.presses('savePassword');
  await payer.reads('Your password was changed. You were signed out everywhere else.');
  assert.notEqual((await payer.context.cookies()).find(({ name }) => name === 'kppay_session').value, cookie.value);
  await payer.newestEmail(ANA, /was changed/);
  assert.equal(stack.billing("SELECT COUNT(*) AS n FROM session WHERE account IS NOT NULL AND ended_at IS NULL")[0].n, 1);
});

scene('signing out that did not reach the server is not called signed out', async ({ stack, payer }) => {
  await payer.signsIn();
  stack.edge.fault({ method: 'DELETE', path: /\/session$/, drop: true });
  await payer.page.getByRole('banner').getByRole('button', { name: payer.words.signOut }).click();
  const dialog = payer.page.getByRole('dialog', { name: 'Your visit has not ended' });
  await dialog.waitFor();
  assert.equal(stack.billing('SELECT COUNT(*) AS n FROM session WHERE ended_at IS NULL AND account IS NOT NULL')[0].n, 1);
  await dialog.getByRole('button', { name: payer.words.tryAgain }).click();
  await payer.sees(payer.words.signedOutTitle);
  assert.equal(stack.billing('SELECT COUNT(*) AS n FROM session WHERE ended_at IS NULL AND account IS NOT NULL')[0].n, 0);
});

scene('a page whose time is up goes on where another tab did, and ends the session where none did', async ({ stack, payer }) => {
  await payer.signsIn();
  // another tab went on: the server knows
  await stack.later(14 * 60);
  assert.equal(await payer.page.evaluate(async () => (await fetch('/api/v1/session', { method: 'PATCH' })).status), 200);
  const answered = payer.page.waitForResponse((answer) => answer.url().endsWith('/api/v1/session') && answer.request().method() === 'GET');
  await payer.page.clock.fastForward(15.1 * MINUTE);
  await (await answered).finished();
  // a call more: the page has read the answer by then, and its next jump in time cuts none off
  await payer.page.evaluate(() => fetch('/api/v1/portal').then((answer) => answer.text()));
  await payer.dialog.waitFor({ state: 'hidden' });
  await payer.sees(payer.words.yourAccount);
  // the server would have given it half a minute more
  await stack.later(14.5 * 60);
  await payer.page.clock.fastForward(15.1 * MINUTE);
  await payer.sees(payer.words.timedOut);
  await payer.goes('/account');
  await payer.sees(payer.words.signIn);
});
