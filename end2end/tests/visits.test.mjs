// A visit without an account, and what becomes of it: it needs a cookie, it can be ended, it is said when it is gone,
// and what was chosen in it can be gone on with.
import assert from 'node:assert/strict';
import { books, untouched } from '../books.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const PHONE_NUMBER = '1-800-390-3507';
const path = (payer) => new URL(payer.page.url()).pathname;
const openSessions = (stack) => stack.billing('SELECT COUNT(*) AS n FROM session WHERE ended_at IS NULL AND account IS NULL')[0].n;

// --- cookies

scene('whoever looks a bill up without cookies is told once that they are needed, with the phone number', async ({ stack, payer, member }) => {
  await payer.keepsNoCookies();
  await payer.arrives();
  await payer.finds(member.identifiers);
  const notice = payer.page.getByRole('alert').filter({ hasText: payer.words.noCookies });
  await notice.getByText(PHONE_NUMBER).waitFor();
  assert.equal(path(payer), '/pay/amount');
  assert.doesNotMatch(await payer.text(), /ended to protect|signed out|\$\d/i);
  // looking away and back, as to the settings, changes nothing
  await payer.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
  await payer.page.waitForLoadState('networkidle');
  await notice.waitFor();
  assert.equal(stack.edge.count('POST', /bill-lookups/), 1);
});

scene('whoever signs in without cookies is told so, and is not called signed out', async ({ payer }) => {
  await payer.keepsNoCookies();
  await payer.signsIn();
  await payer.page.getByRole('alert').getByText(payer.words.noCookies).waitFor();
  assert.equal(path(payer), '/account');
});

// --- the end of a visit

for (const where of ['the head of a page', 'the receipt']) {
  scene(`a visit is ended from ${where}, here and in another tab, and nothing of it is left`, async ({ stack, payer, member }) => {
    const { page, words } = payer;
    await payer.reachesReview(member);
    await payer.pays();
    await payer.sees(words.paid);
    const receipt = path(payer);
    const tab = await payer.secondTab();
    await tab.goes('/pay/amount');
    await tab.sees(words.owe);
    assert.equal(openSessions(stack), 1);
    const place = where === 'the receipt' ? page.getByRole('main') : page.getByRole('banner');
    await place.getByRole('button', { name: words.endVisit }).click();
    await payer.sees(words.visitEnded);
    await tab.sees(words.visitEnded);
    assert.equal(openSessions(stack), 0);
    await page.goBack();
    await payer.settles();
    assert.doesNotMatch(await page.locator('body').innerText(), /O’Neill|64\.10|KP-/);
    await payer.goes(receipt);
    await payer.settles();
    assert.doesNotMatch(await page.locator('body').innerText(), /O’Neill|64\.10|KP-/);
  });
}

scene('a payer is asked whether to stay in words of a visit', async ({ payer, member }) => {
  await payer.reachesOwed(member);
  await payer.page.clock.runFor(13.1 * 60_000);
  await payer.dialog.getByText(/your visit ends in 2 minutes\. This does not send a payment/).waitFor();
  await payer.dialog.getByRole('button', { name: payer.words.stay, exact: true }).waitFor();
  await payer.dialog.getByRole('button', { name: payer.words.endVisit }).click();
  await payer.sees(payer.words.visitEnded);
});

// --- a session that is gone

for (const step of ['/pay/amount', '/pay/method', '/pay/review']) {
  scene(`whoever reloads ${step} when the session is gone is told why, once`, async ({ payer, member }) => {
    await payer.reachesReview(member);
    await payer.goes(step);
    await payer.settles();
    await payer.context.clearCookies();
    await payer.page.reload();
    await payer.sees(payer.words.timedOut);
    await payer.reads(/find your bill again to see what you still owe/);
    await payer.goes(step);
    await payer.sees(payer.words.find);
  });
}

scene('a member whose session was ended elsewhere is told why when the account is loaded again', async ({ payer }) => {
  await payer.signsIn();
  await payer.context.clearCookies();
  await payer.page.reload();
  await payer.sees(payer.words.timedOut);
  await payer.goes('/account');
  await payer.sees(payer.words.signIn);
});

scene('the address of a receipt leads a signed-out member to it, and a visit that can’t show it nowhere in circles', async ({ payer, member, another }) => {
  await payer.signsIn();
  await payer.goes('/pay/amount');
  await payer.sees(payer.words.owe);
  await payer.takes('hospital', 'none');
  await payer.continues();
  await payer.sees(payer.words.how);
  await payer.byCard();
  await payer.toReview();
  await payer.pays();
  await payer.sees(payer.words.paid);
  const receipt = path(payer);
  const there = await another();
  await there.goes(receipt);
  await there.sees(payer.words.notHere);
  await there.main.getByRole('link', { name: there.words.signIn }).click();
  await there.triesToSignIn('ana.oneill@example.org');
  await there.sees(there.words.paid);
  const guest = await another();
  await guest.reachesOwed(member);
  await guest.goes(receipt);
  await guest.sees(payer.words.notHere);
  await guest.reads(PHONE_NUMBER);
  assert.equal(await guest.main.getByRole('link', { name: 'Find your bill' }).count(), 0);
  await guest.main.getByRole('link', { name: 'See what you owe' }).click();
  await guest.sees(guest.words.owe);
});

// --- going on

async function choosesRegion(payer, region) {
  await payer.page.getByRole('banner').getByRole('link', { name: /^Region/ }).click();
  await payer.sees(payer.words.region);
  await payer.page.getByRole('radio', { name: new RegExp(`^${region}`) }).check();
  await payer.page.getByRole('button', { name: payer.words.goOn }).click();
}

scene('choosing another region leads back to the page where one was, and to what it was on the way to', async ({ payer }) => {
  const { page } = payer;
  for (const there of ['/coupon', '/help', '/sign-in', '/sign-in?then=/account/security']) {
    await payer.goes(there);
    await payer.settles();
    for (const region of ['California', 'Georgia']) {
      await choosesRegion(payer, region);
      await page.waitForURL(`**${there}`);
      await page.getByRole('banner').getByText(region).waitFor();
    }
  }
});

scene('choosing another region on a receipt leads back to it', async ({ payer, member }) => {
  await payer.reachesReview(member);
  await payer.pays();
  await payer.sees(payer.words.paid);
  const receipt = await payer.receiptNumber();
  await choosesRegion(payer, 'Georgia');
  await payer.sees(payer.words.paid);
  assert.equal(await payer.receiptNumber(), receipt);
});

scene('choosing another region on a receipt that a link opened leads back to it, and so does the help', async ({ payer, member, another }) => {
  const to = 'ana.oneill@example.org';
  await payer.reachesReview(member, { who: { name: 'Ana O’Neill', email: to } });
  await payer.pays();
  await payer.sees(payer.words.paid);
  const number = await payer.receiptNumber();
  const reader = await another();
  await reader.page.goto((await payer.newestEmail(to, /#/)).text.match(/https?:\S+#\S+/)[0]);
  await reader.sees(reader.words.paid);
  await choosesRegion(reader, 'Georgia');
  await reader.sees(reader.words.paid);
  await reader.reads(number);
  assert.doesNotMatch(reader.page.url(), /#./);
  await reader.page.getByRole('contentinfo').getByRole('link', { name: reader.words.help }).click();
  await reader.sees(reader.words.help);
  await reader.page.goBack();
  await reader.sees(reader.words.paid);
});

/** What is typed is kept once nobody has typed for a moment. */
async function rests(payer) {
  const kept = isKept(payer);
  await payer.page.clock.runFor(800);
  await kept;
}
const isKept = ({ page }) => page.waitForResponse((answer) => answer.url().endsWith('/payment-draft') && answer.request().method() === 'PUT');

scene('what was typed is still there after a reload and is said aloud; one goes on or starts over', async ({ stack, payer, member }) => {
  const { page, words } = payer;
  await payer.reachesOwed(member);
  const before = books(stack);
  await payer.takes('professional', 'none');
  await payer.takes('hospital', '150');
  await rests(payer);
  await page.reload();
  await payer.sees(words.owe);
  const notice = page.getByRole('status').filter({ hasText: 'You were paying $150.00 of the hospital bill' });
  await notice.getByRole('button', { name: 'Go on' }).click();
  await payer.sees(words.how);
  await page.getByRole('radio', { name: words.card }).check();
  await payer.says({ name: 'Ana O’Neill', email: 'ana@example' });
  await rests(payer);
  await page.getByRole('contentinfo').getByRole('link', { name: words.help }).click();
  await payer.sees(words.help);
  await page.goBack();
  await payer.sees(words.how);
  assert.equal(await page.getByRole('radio', { name: words.card }).isChecked(), true, 'of help and back');
  await page.reload();
  await payer.sees(words.how);
  await page.waitForFunction(() => document.querySelector('#payer-name')?.value === 'Ana O’Neill');
  assert.equal(await page.getByLabel(words.email).inputValue(), 'ana@example');
  assert.equal(await page.getByRole('radio', { name: words.card }).isChecked(), true, 'the method of before the reload');
  await payer.frame.getByLabel(words.cardNumber).waitFor();
  await payer.goes('/pay/amount');
  const forgotten = isKept(payer);
  await notice.getByRole('button', { name: 'Start over' }).click();
  await forgotten;
  await notice.waitFor({ state: 'detached' });
  assert.match(await payer.focused(), /^heading You owe/, 'the button that went had the focus');
  await payer.bill('hospital').getByRole('radio', { name: words.all }).and(page.locator(':checked')).waitFor();
  await page.reload();
  await payer.sees(words.owe);
  await payer.bill('hospital').waitFor();
  assert.equal(await notice.count(), 0, 'what was given up is not said again');
  assert.equal(stack.billing("SELECT COUNT(*) AS n FROM session WHERE draft LIKE '%example%'")[0].n, 0);
  untouched(stack, before);
});

scene('what a payer had chosen is said aloud once they have signed in; they start over or go on', async ({ payer, member }) => {
  const { page, words } = payer;
  await payer.reachesMethod(member, { professional: 'none', hospital: '150' });
  await payer.goes('/pay/amount');
  await payer.sees(words.owe);
  const notice = page.getByRole('status').filter({ hasText: 'You were paying $150.00 of the hospital bill' });
  await notice.getByRole('button', { name: 'Start over' }).click();
  await notice.waitFor({ state: 'detached' });
  await payer.takes('professional', 'none');
  await payer.takes('hospital', '12,50');
  await payer.main.getByText(/^You pay \$12\.50\. Leaves /).waitFor();
  await page.getByRole('banner').getByRole('link', { name: words.signIn }).click();
  await payer.sees(words.signIn);
  await payer.triesToSignIn('ana.oneill@example.org');
  await payer.sees(words.owe);
  const again = page.getByRole('status').filter({ hasText: 'You were paying $12.50 of the hospital bill' });
  await again.getByRole('button', { name: 'Start over' }).waitFor();
  await again.getByRole('button', { name: 'Go on' }).click();
  await payer.sees(words.how);
  await payer.reads('$12.50');
});

scene('a card number typed as an amount or a name does not leave the page', async ({ payer, member }) => {
  const sent = [];
  payer.page.on('request', (request) => sent.push(request.postData() ?? ''));
  await payer.reachesOwed(member);
  await payer.takes('professional', '4242 4242 4242 4242');
  await rests(payer);
  await payer.takes('professional', '20');
  await payer.continues();
  await payer.sees(payer.words.how);
  await payer.says({ name: '4242 4242 4242 4242', email: '4242424242424242@example.org' });
  await rests(payer);
  assert.ok(sent.some((body) => body.includes('"shares"')));
  assert.equal(sent.filter((body) => /4242 ?4242 ?4242 ?4242/.test(body)).length, 0);
});

// --- offline

scene('whoever is offline while a payment is asked for is told so, and that we ask as soon as they are back', { timeout: 120_000 }, async ({ stack, payer, member }) => {
  const { words } = payer;
  await payer.reachesReview(member);
  stack.edge.fault({ path: /\/payments$/, lose: true });
  const asked = stack.edge.fault({ method: 'GET', path: /payments\?idempotency_key=/, times: Infinity, drop: true });
  await payer.pays();
  await payer.sees(words.checkingPayment);
  await payer.context.setOffline(true);
  await payer.reads('You are offline. We ask as soon as you are back.');
  assert.doesNotMatch(await payer.text(), /\bTry \d/);
  asked.times = 0;
  await payer.context.setOffline(false);
  await payer.sees(words.paid, { timeout: 45_000 });
});

// --- which visit

scene('the head and the foot name the region of the visit, and where a bill is found the chosen one', async ({ payer, member }) => {
  const { page } = payer;
  const chip = page.getByRole('banner').getByRole('link', { name: /Region/ });
  const foot = page.getByRole('contentinfo');
  await payer.reachesOwed(member);
  await chip.click();
  await payer.sees(payer.words.region);
  await page.getByRole('radio', { name: /^Georgia/ }).check();
  await page.getByRole('button', { name: payer.words.goOn }).click();
  // the open bills are not Georgia's
  await page.waitForURL('**/pay');
  await chip.filter({ hasText: 'Georgia' }).waitFor();
  await foot.getByText(/Eastern/).waitFor();
  await payer.main.getByText('A bill that you found is still open in this browser.').waitFor();
  await payer.main.getByRole('link', { name: 'See what you owe' }).click();
  await payer.sees(payer.words.owe);
  await chip.filter({ hasText: 'California' }).waitFor();
  await foot.getByText(/Pacific/).waitFor();
  assert.equal(await foot.getByText(/Eastern/).count(), 0);
});

scene('a visit that is open is offered on the home page, and what was being paid there', async ({ payer, member }) => {
  await payer.reachesMethod(member, { professional: 'none', hospital: '150' });
  await payer.goes('/');
  await payer.main.getByText('A bill that you found is still open in this browser.').waitFor();
  await payer.main.getByRole('link', { name: 'See what you owe' }).click();
  await payer.reads('You were paying $150.00 of the hospital bill');
});

for (const step of ['/pay/review', '/pay/amount', '/pay/method']) {
  scene(`${step} without a visit leads to finding the bill, and says why`, async ({ payer }) => {
    await payer.arrives();
    await payer.goes(step);
    await payer.main.getByText(/^That page needs your bill, so find it first\./).waitFor();
    assert.equal(path(payer), '/pay');
    await payer.goes('/pay');
    await payer.settles();
    assert.equal(await payer.main.getByText(/^That page needs your bill/).count(), 0);
  });
}

scene('what is typed just before a reload is there after it', async ({ payer, member }) => {
  await payer.reachesOwed(member);
  await payer.takes('professional', 'none');
  await payer.takes('hospital', '150');
  await payer.page.reload();
  await payer.reads('You were paying $150.00 of the hospital bill');
});
