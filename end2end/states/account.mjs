// Walks of members: registration, signing in, the account and its security.

import { Authenticator, appCode } from '../authenticator.mjs';
import { MEI, NEW_PASSWORD } from '../member.mjs';
import { stop } from './stop.mjs';

export async function* registering({ payer, stack }) {
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

export async function* gettingIn({ payer }) {
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

export async function* forgettingTheId({ payer, member }) {
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

export async function* atHome({ payer }) {
  await payer.signsIn();
  await payer.main.getByRole('region').last().getByRole('listitem').first().waitFor();
  yield stop('account', '');
  await payer.main.locator('summary').first().click();
  yield stop('account', 'charges');
  await payer.goes('/account/security');
  await payer.sees(payer.words.security);
  await payer.main.getByRole('region').nth(3).waitFor();
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

export async function* myBills({ payer }) {
  await payer.signsIn();
  await payer.goes('/account/bills');
  await payer.main.getByRole('region').last().getByRole('listitem').first().waitFor();
  yield stop('bills', '');
  // the second of the open ones: the hospital's
  await payer.main.getByRole('region').first().getByRole('listitem').nth(1).getByRole('link').click();
  await payer.main.getByRole('region').nth(3).waitFor();
  yield stop('bill', '');
  await payer.main.getByRole('button', { name: payer.words.askAbout }).first().click();
  await payer.main.getByRole('textbox').waitFor();
  await payer.presses('sendQuestion');
  await payer.invalid();
  yield stop('bill', 'ask-error');
  await payer.main.getByRole('link', { name: payer.words.readStatement }).click();
  await payer.sees(payer.words.statementPage);
  await payer.main.getByRole('table').waitFor();
  yield stop('statement', '');
  await payer.goes('/account/history');
  await payer.main.locator('.pay-history > li').first().waitFor();
  yield stop('history', '');
  await payer.goes('/account/history?state=returned');
  await payer.main.locator('.pay-history > li').first().waitFor();
  yield stop('history', 'filtered');
}

export async function* secondStep({ payer, stack }) {
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
  await payer.main.getByRole('region').last().getByRole('listitem').first().waitFor();
  yield stop('account', state);
};
export const homePastDue = signsInAs('past-due', ({ password, open_bills: bills }) => password && bills.some((bill) => bill.past_due));
