// Every page in every state, as walks that stop and say where they are: `for await (const state of walk(stage)) …`. The
// accessibility tests and the gallery look at the same stops, so a state that one sees the other sees too.
//
// A stop is `{ page, state }`. Every walk begins at the same moment, so what it shows can be kept as an ARIA snapshot.

import { Authenticator, appCode } from './authenticator.mjs';
import { EXPIRES } from './journey.mjs';
import { MEI, NEW_PASSWORD } from './member.mjs';

const stop = (page, state, more = {}) => ({ page, state, name: state ? `${page}-${state}` : page, ...more });

async function* doors({ payer }) {
  const { page, words } = payer;
  await payer.goes('/');
  await payer.settles();
  yield stop('home', '');
  await page.getByRole('link', { name: words.payOnce }).click();
  await payer.sees(words.region);
  yield stop('region', '');
  await page.getByRole('button', { name: words.goOn }).click();
  await payer.invalid();
  yield stop('region', 'error');
  await page.getByRole('radio', { name: /^Washington/ }).check();
  await page.getByRole('radio', { name: words.yes }).waitFor();
  yield stop('region', 'washington');
  for (const path of ['help', 'coupon', 'sign-in', 'register', 'forgot-password', 'reset-password', 'signed-out', 'visit-ended', 'timed-out', 'terms', 'privacy', 'accessibility']) {
    await payer.goes(`/${path}`);
    await payer.settles();
    yield stop(path, '');
  }
  await payer.goes('/nowhere');
  await payer.settles();
  yield stop('not-found', '');
}

async function* finding({ payer, member }) {
  await payer.arrives();
  yield stop('find', 'empty');
  await payer.finds({ group: '100245', zip: '9461', hrn: '12345678A' });
  await payer.invalid();
  yield stop('find', 'error');
  await payer.types(member.identifiers);
  await payer.field('hrn').fill('12345678');
  await payer.field('hrn').focus();
  yield stop('find', 'filled');
  await payer.finds({ ...member.identifiers, group: '999999' });
  await payer.reads(payer.words.noMatch);
  yield stop('find', 'no-match');
  const busy = payer.page.getByRole('main').getByText(payer.words.tooMany);
  for (let tries = 0; tries < 60 && !(await busy.first().isVisible()); tries += 1) {
    const answered = payer.page.waitForResponse(/bill-lookups/);
    await payer.finds({ ...member.identifiers, group: String(900_000 + tries) });
    await answered;
    await payer.page.getByRole('main').getByText(payer.words.tooMany).or(payer.page.getByRole('main').getByText(payer.words.noMatch))
      .first().waitFor();
  }
  yield stop('find', 'too-many');
}

async function* findingInWashington({ payer }) {
  await payer.arrives('Washington', { southWest: false });
  yield stop('find', 'washington');
}

async function* offline({ payer, member, stack }) {
  await payer.arrives();
  await payer.types(member.identifiers);
  stack.edge.cut();
  await payer.page.getByRole('button', { name: payer.words.findButton }).click();
  await payer.reads(payer.words.offline);
  yield stop('find', 'offline');
  stack.edge.restore();
  stack.edge.fault({ path: /bill-lookups/, answer: 500 });
  await payer.page.getByRole('button', { name: payer.words.findButton }).click();
  await payer.reads(payer.words.faulty);
  yield stop('find', 'fault');
  await payer.page.getByRole('button', { name: payer.words.findButton }).click();
  await payer.sees(payer.words.owe);
  stack.edge.fault({ method: 'GET', path: /\/bills$/, answer: 500 });
  await payer.page.reload();
  await payer.reads(payer.words.faulty);
  yield stop('owe', 'fault');
  await payer.page.getByRole('main').getByRole('button', { name: payer.words.tryAgain }).click();
  await payer.continues();
  await payer.sees(payer.words.how);
  await payer.page.route('**/capture?**', (route) => route.abort());
  await payer.page.getByRole('radio', { name: payer.words.card }).check();
  await payer.says();
  await payer.page.getByRole('button', { name: payer.words.toReview }).click();
  await payer.page.getByRole('button', { name: payer.words.formAgain }).waitFor();
  yield stop('method', 'no-form');
}

async function* payingByCard({ payer, member, stack }) {
  const { page, words } = payer;
  await payer.reachesOwed(member);
  yield stop('owe', '');
  await payer.takes('professional', 'none');
  await payer.takes('hospital', 'none');
  await payer.continues();
  await payer.invalid();
  yield stop('owe', 'nothing-chosen');
  await payer.takes('hospital', '2000');
  await payer.continues();
  await payer.invalid();
  yield stop('owe', 'too-much');
  await payer.takes('professional', 'all');
  await payer.takes('hospital', '150');
  yield stop('owe', 'part');
  await payer.continues();
  await payer.sees(words.how);
  yield stop('method', 'none');
  await page.getByRole('button', { name: words.toReview }).click();
  await payer.invalid();
  yield stop('method', 'error');
  await payer.byCard();
  await payer.says();
  yield stop('method', 'card');
  await payer.frame.getByLabel(words.cardNumber).fill('4242424242424241');
  await page.getByRole('button', { name: words.toReview }).click();
  await payer.frame.locator('[aria-invalid=true]').first().waitFor();
  yield stop('method', 'card-error');
  await payer.byCard();
  await payer.toReview();
  yield stop('review', 'card');
  await payer.payButton.click();
  await payer.invalid();
  yield stop('review', 'unticked');
  stack.edge.fault({ path: /\/payments$/, lose: true });
  const asking = stack.edge.fault({ method: 'GET', path: /payments\?idempotency_key=/, times: Infinity, drop: true });
  await payer.pays();
  await payer.sees(words.checkingPayment);
  yield stop('outcome', 'checking');
  asking.times = 0;
  await payer.sees(words.paid);
  yield stop('outcome', 'paid');
  await payer.goes('/pay/amount');
  await payer.sees(words.owe);
  yield stop('owe', 'after-part');
}

async function* payingByBank({ payer, member }) {
  await payer.reachesMethod(member, { professional: 'all', hospital: '150' });
  await payer.byBank();
  await payer.says();
  yield stop('method', 'bank');
  await payer.toReview();
  yield stop('review', 'bank');
  await payer.pays();
  await payer.sees(payer.words.sent);
  yield stop('outcome', 'processing');
}

async function* beingDeclined({ payer, member }) {
  await payer.reachesReview(member, { card: { number: '4000000000009995', expires: EXPIRES, code: '123' } });
  await payer.pays();
  await payer.sees(payer.words.none);
  yield stop('outcome', 'declined');
}

async function* retypingTheCode({ payer, member }) {
  const { page, words, frame } = payer;
  await payer.reachesReview(member, { card: { number: '4000000000000127', expires: EXPIRES, code: '123' } });
  await payer.pays();
  await payer.sees(words.none);
  yield stop('outcome', 'wrong-code');
  await payer.main.getByRole('link', { name: words.typeCode }).click();
  await frame.getByLabel(words.code).waitFor();
  yield stop('method', 'code');
  await page.getByRole('button', { name: words.toReview }).click();
  await frame.locator('[aria-invalid=true]').waitFor();
  yield stop('method', 'code-error');
}

async function* signedOut({ payer, member }) {
  await payer.reachesReview(member);
  await payer.context.clearCookies();
  await payer.pays();
  await payer.reads(payer.words.signedOut);
  yield stop('review', 'signed-out');
}

async function* resuming({ payer, member }) {
  const { page, words } = payer;
  await payer.reachesMethod(member, { professional: 'none', hospital: '150' });
  await payer.goes('/pay/amount');
  await payer.reads(words.resumed);
  yield stop('owe', 'resumed');
  await payer.goes('/pay/payments/of-another-visit');
  await payer.sees(words.notHere);
  yield stop('outcome', 'not-here');
  await page.getByRole('banner').getByRole('button', { name: words.endVisit }).click();
  await payer.sees(words.visitEnded);
}

async function* withoutCookies({ payer, member }) {
  await payer.keepsNoCookies();
  await payer.arrives();
  await payer.finds(member.identifiers);
  await payer.reads(payer.words.noCookies);
  yield stop('owe', 'no-cookies');
}

async function* payingAgain({ payer, member, another }) {
  await payer.reachesReview(member);
  const other = await another();
  await other.reachesReview(member, { shares: { professional: '20.00', hospital: 'none' } });
  await other.pays();
  await other.sees(other.words.paid);
  await other.page.close();
  await payer.pays();
  await payer.reads(payer.words.justPaid);
  // the bills are asked for anew: less is owed by now
  await payer.reads(/\$44\.10/);
  yield stop('review', 'just-paid');
  await payer.page.getByRole('main').getByRole('link', { name: payer.words.changeAmount }).first().click();
  await payer.sees(payer.words.owe);
  yield stop('owe', 'just-paid');
}

async function* payingTooLate({ payer, member, another }) {
  await payer.reachesReview(member);
  const other = await another();
  await other.reachesReview(member);
  await other.pays();
  await other.sees(other.words.paid);
  await other.page.close();
  await payer.pays();
  await payer.page.getByRole('main').getByRole('link', { name: payer.words.stillOwed }).waitFor();
  yield stop('review', 'paid-meanwhile');
  await payer.page.getByRole('main').getByRole('link', { name: payer.words.stillOwed }).click();
  await payer.page.getByRole('region', { name: payer.words.lately }).waitFor();
  yield stop('owe', 'paid-meanwhile');
}

async function* onItsWay({ payer, member }) {
  await payer.reachesReview(member, { shares: { professional: 'all', hospital: '150' }, bank: { routing: '110000000', account: '000111111116' } });
  await payer.pays();
  await payer.sees(payer.words.sent);
  await payer.goes('/pay/amount');
  await payer.sees(payer.words.owe);
  yield stop('owe', 'on-its-way');
}

/** Other members: what is owed looks different for each. */
const owedBy = (state, is) => async function* ({ payer, stack }) {
  await payer.reachesOwed(await stack.member(is));
  yield stop('owe', state);
};
const nothingOwed = owedBy('nothing', ({ open_bills: bills }) => bills.length === 0);
const hospitalOnly = owedBy('only-hospital', ({ open_bills: bills }) => bills.length > 0 && bills.every(({ kind }) => kind === 'hospital'));
const pastDue = owedBy('past-due', ({ open_bills: bills }) => bills.some((bill) => bill.past_due));
const accents = owedBy('accents', ({ name, open_bills: bills }) => /[áéíóúñüö]/i.test(name) && bills.length > 0);

async function* registering({ payer, stack }) {
  const { identifiers, email } = await stack.member(({ name }) => name === 'Mei Tanaka');
  await payer.goes('/register');
  await payer.main.getByRole('link', { name: payer.words.begin }).click();
  await payer.sees(payer.words.region);
  await payer.page.getByRole('radio', { name: /^California/ }).check();
  await payer.presses('goOn');
  await payer.sees(payer.words.bill);
  yield stop('register', 'bill');
  await payer.types(identifiers);
  await payer.presses('goOn');
  await payer.sees(payer.words.terms);
  yield stop('register', 'terms');
  await payer.presses('goOn');
  await payer.invalid();
  yield stop('register', 'terms-error');
  await payer.agreesToTerms();
  yield stop('register', 'you');
  await payer.presses('open');
  await payer.invalid();
  yield stop('register', 'you-error');
  await payer.tells({ ...MEI, mail: 'mei@gmial.com', password: 'passwordpassword' });
  await payer.presses('open');
  // the server's word: what was wrong before was more than one thing
  await payer.main.getByRole('heading', { level: 2, name: /\b1\b/ }).waitFor();
  yield stop('register', 'you-guessable');
  await payer.tells({ mail: MEI.mail, password: MEI.password });
  await payer.presses('open');
  await payer.sees(payer.words.confirmEmail);
  yield stop('register', 'email');
  await payer.presses('sendThere');
  await payer.invalid();
  yield stop('register', 'email-error');
  await payer.followsLink(MEI.mail);
  await payer.sees(payer.words.confirmEmail);
  await payer.hasVisit();
  yield stop('confirm-email', '');
  await payer.control('chosen').fill(MEI.password);
  await payer.presses('confirm');
  await payer.invalid();
  yield stop('confirm-email', 'error');
  await payer.opens(MEI.mail, email);
  yield stop('confirm-email', 'done');
  await payer.goes('/confirm-email#used');
  await payer.control('chosen').fill(MEI.password);
  await payer.presses('confirm');
  await payer.sees(payer.words.refusedLink);
  await payer.hasVisit();
  yield stop('confirm-email', 'refused');
  await payer.goes('/confirm-email');
  await payer.sees(payer.words.lostLink);
  await payer.hasVisit();
  yield stop('confirm-email', 'lost');
}

async function* gettingIn({ payer }) {
  await payer.goesToSignIn();
  await payer.presses('signIn');
  await payer.invalid();
  yield stop('sign-in', 'empty');
  for (let tries = 0; tries < 3; tries += 1) await payer.triesToSignIn('nobody@example.org', 'wrong wrong wrong wrong');
  await payer.main.getByRole('heading', { name: payer.words.couldNot }).waitFor();
  yield stop('sign-in', 'wrong');
  // the wait may be over by now: each try that is only wrong makes the next wait longer
  const early = payer.main.getByText(payer.words.moment);
  for (let tries = 0; tries < 6 && !(await early.isVisible()); tries += 1) {
    await payer.triesToSignIn('nobody@example.org', 'wrong wrong wrong wrong');
    await early.or(payer.main.getByRole('heading', { name: payer.words.couldNot })).first().waitFor();
  }
  await early.waitFor();
  yield stop('sign-in', 'too-early');
  await payer.goes('/forgot-password');
  await payer.presses('sendLink');
  await payer.invalid();
  yield stop('forgot-password', 'error');
  await payer.control('userId').fill('ana.oneill@example.org');
  await payer.presses('sendLink');
  await payer.sees(payer.words.mailbox);
  yield stop('forgot-password', 'sent');
  await payer.followsLink('ana.oneill@example.org');
  await payer.sees(payer.words.reset);
  await payer.control('newPassword').waitFor();
  yield stop('reset-password', 'choose');
  await payer.presses('savePassword');
  await payer.invalid();
  yield stop('reset-password', 'error');
  await payer.control('newPassword').fill(NEW_PASSWORD);
  await payer.presses('savePassword');
  await payer.sees(payer.words.resetDone);
  yield stop('reset-password', 'done');
}

async function* forgettingTheId({ payer, member }) {
  await payer.arrives();
  await payer.goes('/forgot-user-id');
  await payer.sees(payer.words.forgotId);
  await payer.page.getByRole('main').getByRole('textbox').first().waitFor();
  yield stop('forgot-user-id', '');
  await payer.types(member.identifiers);
  await payer.presses('sendId');
  await payer.sees(payer.words.mailbox);
  yield stop('forgot-user-id', 'sent');
}

async function* atHome({ payer }) {
  await payer.signsIn();
  await payer.main.getByRole('region').nth(1).getByRole('listitem').first().waitFor();
  yield stop('account', '');
  await payer.main.locator('summary').first().click();
  yield stop('account', 'charges');
  await payer.goes('/account/security');
  await payer.sees(payer.words.security);
  await payer.main.getByRole('region').nth(3).getByRole('listitem').first().waitFor();
  yield stop('security', '');
  await payer.main.getByText(payer.words.changePassword).click();
  await payer.presses('savePassword');
  await payer.invalid();
  yield stop('security', 'error');
  // asked at thirteen minutes; what the walk took until here is less than the minute in which the page still says two
  await payer.page.clock.runFor(13.1 * 60_000);
  await payer.dialog.waitFor();
  yield stop('ending', '');
}

async function* secondStep({ payer, stack }) {
  await Authenticator.in(payer);
  await payer.signsIn();
  await payer.provesIt();
  yield stop('second-step', 'proved');
  await payer.presses('addApp');
  await payer.control('appCode').waitFor();
  yield stop('second-step', 'app');
  const secret = await payer.factors.locator('code').innerText();
  await payer.presses('turnOn');
  await payer.invalid();
  yield stop('second-step', 'app-error');
  await payer.control('appCode').fill(await appCode(stack, secret, -1));
  await payer.presses('turnOn');
  await payer.codes();
  await payer.factors.getByText(payer.words.tenLeft).waitFor();
  yield stop('second-step', 'codes');
  await payer.presses('kept');
  await payer.presses('addPasskey');
  await payer.factors.getByText(payer.words.passkeyOn).waitFor();
  await payer.factors.getByRole('listitem').nth(2).waitFor();
  yield stop('second-step', 'on');
  await payer.signsOut();
  await payer.typesPassword();
  yield stop('sign-in', 'second-step');
  await payer.control('stepCode').fill('000000');
  await payer.presses('goOn');
  await payer.reads(payer.words.codeWrong);
  yield stop('sign-in', 'code-wrong');
  await payer.presses('orRecovery');
  await payer.control('recoveryCode').waitFor();
  yield stop('sign-in', 'recovery-code');
}

const signsInAs = (state, is) => async function* ({ payer, stack }) {
  const { email } = await stack.member(is);
  await payer.signsIn(email);
  await payer.main.getByRole('region').nth(1).getByRole('listitem').first().waitFor();
  yield stop('account', state);
};
const homePastDue = signsInAs('past-due', ({ password, open_bills: bills }) => password && bills.some((bill) => bill.past_due));

async function* crashing({ payer }) {
  await payer.context.route(/\.wasm/, (route) => route.abort());
  await payer.goes('/');
  await payer.page.locator('#unavailable').waitFor();
  yield stop('crash', '', { throws: true });
}

export const WALKS = {
  doors, finding, findingInWashington, offline, payingByCard, payingByBank, beingDeclined, retypingTheCode, signedOut, resuming, withoutCookies, payingAgain, payingTooLate, onItsWay, nothingOwed,
  hospitalOnly, pastDue, accents, registering, gettingIn, forgettingTheId, atHome, secondStep, homePastDue, crashing,
};
