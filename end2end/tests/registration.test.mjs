// From a statement to an account: what a member types, sees and gets by mail, and what the database holds.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { PHONE } from '../browser.mjs';
import { MEI } from '../member.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const unregistered = ({ name }) => name === 'Mei Tanaka';

for (const language of ['en', 'es']) {
  scene(`a member registers with a statement on a phone (${language})`, { size: PHONE, language, locale: language === 'es' ? 'es-US' : 'en-US' }, async ({ stack, payer }) => {
    const { identifiers, email } = await stack.member(unregistered);
    await payer.showsStatement(identifiers);
    assert.equal(await payer.page.getByRole('checkbox', { name: payer.words.agreeTerms }).isChecked(), false, 'ticked for nobody');
    await payer.agreesToTerms();
    await payer.reads('92103');
    await payer.tells(MEI);
    await payer.noSidewaysScroll();
    await payer.presses('open');
    await payer.sees(payer.words.confirmEmail);
    await payer.reads(MEI.mail);
    if (language === 'es') await payer.noEnglish();
    const asked = await payer.asked(MEI.mail);
    assert.deepEqual([asked.first_name, asked.terms_version, asked.locale], ['Mei', 1, language]);
    assert.equal(payer.account(MEI.mail), undefined, 'nothing is opened before it is confirmed');
    assert.match(asked.password, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await payer.followsLink(MEI.mail);
    await payer.sees(payer.words.confirmEmail);
    assert.doesNotMatch(payer.page.url(), /#/, 'the secret is out of the address bar');
    await payer.page.reload();
    await payer.sees(payer.words.lostLink);
    await payer.followsLink(MEI.mail);
    await payer.sees(payer.words.confirmEmail);
    await payer.control('chosen').fill('wrong wrong wrong wrong');
    await payer.presses('confirm');
    await payer.reads(payer.words.notChosen);
    await payer.control('chosen').fill(MEI.password);
    await payer.presses('confirm');
    await payer.reads(payer.words.codeElsewhere);
    await payer.noSidewaysScroll();
    await payer.opens(MEI.mail, email);
    if (language === 'es') await payer.noEnglish();
    assert.ok(payer.account(MEI.mail).email_confirmed_at);
    await payer.signsIn(MEI.mail);
    await payer.reads('Mei Tanaka');
  });
}

scene('back and reload lose nothing, and nothing of it is in the browser', async ({ stack, payer }) => {
  const { identifiers } = await stack.member(unregistered);
  await payer.showsStatement(identifiers);
  await payer.agreesToTerms();
  const { password, ...told } = MEI;
  await payer.tells(told);
  await payer.page.goBack();
  await payer.sees(payer.words.terms);
  assert.equal(await payer.page.getByRole('checkbox', { name: payer.words.agreeTerms }).isChecked(), true);
  await payer.presses('goOn');
  await payer.sees(payer.words.you);
  assert.equal(await payer.control('mail').inputValue(), MEI.mail);
  // nothing is pressed: what is typed is kept as soon as the typing rests
  const kept = payer.page.waitForResponse((answer) => answer.request().method() === 'PUT' && /Chula Vista/.test(answer.request().postData()));
  await payer.main.getByRole('radio', { name: 'Español' }).check();
  await payer.control('city').fill('Chula Vista');
  await kept;
  await payer.page.reload();
  await payer.sees(payer.words.you);
  await payer.page.waitForFunction(() => document.querySelector('#city')?.value === 'Chula Vista');
  assert.equal(await payer.control('mail').inputValue(), MEI.mail);
  assert.ok(await payer.main.getByRole('radio', { name: 'Español' }).isChecked());
  const keeps = JSON.stringify(await payer.keeps());
  for (const private_ of ['Tanaka', 'mei@', 'Harbor', '555']) assert.ok(!keeps.includes(private_), `${private_} is kept in the browser`);
  await payer.tells({ password });
  await payer.presses('open');
  await payer.sees(payer.words.confirmEmail);
  assert.equal((await payer.asked(MEI.mail)).address.city, 'Chula Vista');
  // the steps are behind now
  await payer.goes('/register/agree');
  await payer.sees(payer.words.confirmEmail);
});

scene('what is typed just before a reload is there after it, and so is what was being saved', async ({ stack, payer }) => {
  const { identifiers } = await stack.member(unregistered);
  await payer.showsStatement(identifiers);
  await payer.agreesToTerms();
  const city = (name) => payer.page.waitForFunction((name) => document.querySelector('#city')?.value === name, name);
  await payer.control('city').fill('Chula Vista');
  await payer.page.reload();
  await payer.sees(payer.words.you);
  await city('Chula Vista');
  // the answer to a save that began does not come before the page goes
  const saving = stack.edge.fault({ method: 'PUT', path: /registrations/, before: () => new Promise(() => {}) });
  await payer.control('city').fill('San Diego');
  await stack.until(() => saving.seen > 0, 'it is being saved');
  await payer.page.reload();
  await payer.sees(payer.words.you);
  await city('San Diego');
});

scene('a password manager files a new account under its e-mail address and not under the phone number', async ({ stack, payer }) => {
  const { identifiers } = await stack.member(unregistered);
  await payer.showsStatement(identifiers);
  await payer.agreesToTerms();
  await payer.tells(MEI);
  const names = await payer.page.locator('form').evaluate((form) => {
    const fields = [...form.querySelectorAll('input[type=text], input[type=password]')];
    return fields.slice(0, fields.findIndex(({ type }) => type === 'password')).map(({ autocomplete, value }) => [autocomplete, value]);
  });
  assert.deepEqual(names.at(-1), ['username', MEI.mail]);
});

scene('whoever agrees before the answer is there does not agree twice', async ({ stack, payer }) => {
  const fault = stack.edge.fault({ path: /\/registrations$/, hold: true });
  await payer.showsStatement((await stack.member(unregistered)).identifiers);
  await payer.page.getByRole('checkbox', { name: payer.words.agreeTerms }).check();
  await payer.presses('goOn');
  await fault.reached;
  fault.release();
  await payer.sees(payer.words.you);
});

scene('an account that is there already is told of by mail and not on the page', async ({ stack, payer, member, another }) => {
  await payer.registers(member.identifiers, { ...MEI, mail: 'thief@example.org' });
  const told = await payer.text();
  const other = await another();
  await other.registers((await stack.member(unregistered)).identifiers, { ...MEI, mail: 'honest@example.org' });
  assert.equal((await other.text()).replace('honest@', 'thief@'), told);
  const message = await payer.newestEmail('ana.oneill@example.org', /already have an account/);
  assert.match(message.subject, /already/);
  // anyone who only has the statement gets what they get where there is no account, and no further
  await payer.followsLink('thief@example.org');
  await payer.control('chosen').fill(MEI.password);
  await payer.presses('confirm');
  await payer.reads(payer.words.codeElsewhere);
  assert.equal(stack.billing("SELECT COUNT(*) AS n FROM account WHERE email = 'thief@example.org'")[0].n, 0);
  await payer.goesToSignIn();
  await payer.triesToSignIn('thief@example.org');
  await payer.reads(payer.words.wrong);
});

scene('what is wrong is said at the field and in the summary, with a way to put it right', async ({ stack, payer }) => {
  const { identifiers } = await stack.member(unregistered);
  await payer.showsStatement(identifiers);
  await payer.presses('goOn');
  await payer.invalid();
  await payer.agreesToTerms();
  await payer.presses('open');
  await payer.main.getByRole('heading', { name: 'There are 6 problems' }).waitFor();
  await payer.main.getByRole('group').getByRole('link', { name: /^City:/ }).click();
  assert.ok(await payer.control('city').evaluate((field) => field === document.activeElement));
  await payer.tells({ ...MEI, first: '4242 4242 4242 4242', mail: 'mei@gmial.com', password: 'passwordpassword' });
  await payer.presses('open');
  await payer.reads('this looks like a card number or its code; we have not kept it');
  assert.equal(await payer.control('first').inputValue(), '');
  await payer.control('first').fill('Mei');
  await payer.main.getByRole('button', { name: /mei@gmail\.com/ }).click();
  assert.equal(await payer.focused(), 'textbox E-mail');
  await payer.presses('open');
  await payer.reads('Password: this is easy to guess');
  await payer.tells({ password: 'short' });
  await payer.presses('open');
  await payer.reads('Password: use at least 15 characters');
  await payer.tells({ password: MEI.password });
  await payer.presses('open');
  await payer.sees(payer.words.confirmEmail);
  await payer.asked('mei@gmail.com');
});

scene('the address is changed before it is confirmed, for the password only, and the first link is worth nothing then', async ({ stack, payer }) => {
  const { identifiers, email } = await stack.member(unregistered);
  await payer.registers(identifiers, { ...MEI, mail: 'mai@example.org' });
  const first = (await payer.newestEmail('mai@example.org', /#/)).text.match(/https?:\S+#\S+/)[0];
  await payer.control('otherAddress').fill('mei@example.org');
  await payer.control('chosen').fill('wrong wrong wrong wrong');
  await payer.presses('sendThere');
  await payer.reads(payer.words.notChosen);
  await payer.control('chosen').fill(MEI.password);
  await payer.presses('sendThere');
  await payer.reads(payer.words.sentAgain);
  await payer.newestEmail('mei@example.org', /#/);
  await payer.newestEmail('mai@example.org', /no longer works/);
  const isRefused = async () => {
    await payer.control('chosen').fill(MEI.password);
    await payer.presses('confirm');
    await payer.sees(payer.words.refusedLink);
  };
  await payer.page.goto(first);
  await isRefused();
  await payer.opens('mei@example.org', email);
  await payer.followsLink('mei@example.org');
  await isRefused();
});

scene('whoever registers with the address on file needs no code', async ({ stack, payer }) => {
  const { identifiers, email } = await stack.member(unregistered);
  await payer.registers(identifiers, { ...MEI, mail: email });
  await payer.opens(email, email);
  await payer.signsIn(email);
});

scene('whoever has paid once keeps it in an account without typing the statement again', async ({ stack, payer, member }) => {
  const grace = await stack.member(({ open_bills: bills, password }) => bills.length > 0 && password === null);
  assert.ok(member);
  await payer.reachesReview(grace, { shares: Object.fromEntries([[grace.open_bills[0].kind, 'all']]) });
  await payer.pays();
  await payer.sees(payer.words.paid);
  await payer.main.getByRole('link', { name: /^Register|account/ }).last().click();
  await payer.sees(payer.words.register);
  await payer.main.getByRole('link', { name: payer.words.goOn }).click();
  await payer.sees(payer.words.terms);
  await payer.agreesToTerms();
  assert.equal(await payer.control('last').inputValue(), 'O’Neill', 'said when paying');
  assert.equal(await payer.control('mail').inputValue(), 'ana.oneill@example.org');
  await payer.tells({ ...MEI, mail: 'payer@example.org' });
  await payer.presses('open');
  await payer.sees(payer.words.confirmEmail);
  await payer.opens('payer@example.org', grace.email);
  await payer.signsIn('payer@example.org');
  await payer.main.getByRole('region', { name: 'Last payments' }).getByText('Paid').first().waitFor();
});

scene('registers, confirms and signs in by keyboard alone', async ({ stack, payer }) => {
  const { identifiers, email } = await stack.member(unregistered);
  const { page: { keyboard: keys }, words } = payer;
  await payer.goes('/register');
  await payer.sees(words.register);
  await payer.tabsTo('link', words.begin);
  await keys.press('Enter');
  await payer.sees(words.region);
  await payer.tabsTo('radio', /^California/);
  await keys.press('Space');
  await payer.tabsTo('button', words.goOn);
  await keys.press('Enter');
  await payer.sees(words.bill);
  assert.equal(await payer.focused(), `heading ${words.bill}`);
  for (const [identifier, value] of Object.entries(identifiers)) {
    await payer.tabsTo('textbox', words.identifiers[identifier]);
    await keys.type(value);
  }
  await keys.press('Enter');
  await payer.sees(words.terms);
  await payer.tabsTo('checkbox', words.agreeTerms);
  await keys.press('Space');
  await keys.press('Enter');
  await payer.sees(words.you);
  assert.equal(await payer.focused(), `heading ${words.you}`);
  for (const name of ['first', 'last', 'street', 'city', 'mail', 'phone', 'password']) {
    await payer.tabsTo('textbox', words[name]);
    await keys.type(MEI[name]);
  }
  await keys.press('Enter');
  await payer.sees(words.confirmEmail);
  await payer.followsLink(MEI.mail);
  await payer.tabsTo('textbox', words.chosen);
  await keys.type(MEI.password);
  await payer.tabsTo('textbox', words.mailCode);
  await keys.type(await payer.code(email));
  await payer.tabsTo('button', words.confirm);
  await keys.press('Enter');
  await payer.sees(words.confirmed);
  await payer.tabsTo('link', words.signIn, { most: 20 });
  await keys.press('Enter');
  await payer.sees(words.signIn);
  await payer.tabsTo('textbox', words.userId);
  await keys.type(MEI.mail);
  await payer.tabsTo('textbox', words.password);
  await keys.type(MEI.password);
  await keys.press('Enter');
  await payer.sees(words.yourAccount);
  await payer.tabsTo('button', words.signOut);
  await keys.press('Enter');
  await payer.sees(words.signedOutTitle);
});

scene('the reason why a password was refused stays until another one is typed', async ({ stack, payer }) => {
  const { identifiers } = await stack.member(unregistered);
  await payer.showsStatement(identifiers);
  await payer.agreesToTerms();
  const kept = payer.page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.request().postData().includes(MEI.street));
  await payer.tells({ ...MEI, password: 'passwordpassword' });
  await kept;
  await payer.presses('open');
  await payer.invalid();
  // Longer than a pause in typing after which what is typed is kept.
  await pause(2_000);
  await payer.invalid();
  assert.match(await payer.page.title(), /^Error/);
  assert.deepEqual(stack.billing(['SELECT opening FROM pending_account']), [], 'no account was asked for');
  await payer.tells({ password: MEI.password });
  await payer.page.getByRole('heading', { name: payer.words.toPutRight }).waitFor({ state: 'detached' });
  await payer.presses('open');
  await payer.sees(payer.words.confirmEmail);
});

scene('a card number typed into the form of the account never leaves the browser', async ({ stack, payer }) => {
  const { identifiers } = await stack.member(unregistered);
  const sent = [];
  payer.page.on('request', (request) => sent.push(request.postData() ?? ''));
  await payer.showsStatement(identifiers);
  await payer.agreesToTerms();
  const { password, ...told } = MEI;
  const kept = payer.page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.request().postData().includes(MEI.city));
  await payer.tells({ ...told, first: '4242 4242 4242 4242', street: '4242424242424242' });
  await kept;
  await payer.presses('open');
  await payer.invalid();
  assert.deepEqual(sent.filter((body) => body.replaceAll(' ', '').includes('4242424242424242')), []);
});

const CARD = '4242 4242 4242 4242';
/** Pages with a password or a code, opened by a member, and what else is to be typed there. */
const SECRETS = {
  security: async (payer) => { await payer.main.getByText(payer.words.changePassword).click(); await payer.factors.getByText(payer.words.changeFactors).click(); },
  profile: async (payer) => { await payer.changes('mail'); await payer.control('newMail').fill('ana.new@example.org'); },
  notices: (payer) => payer.namesNumber('415-555-0142'),
};
for (const [page, opens] of Object.entries(SECRETS)) {
  scene(`a card number typed as a password or a code never leaves the browser, at ${page}`, async ({ payer }) => {
    const sent = [];
    payer.page.on('request', (request) => sent.push(request.postData() ?? ''));
    await payer.goesToSignIn();
    await payer.control('userId').fill('ana.oneill@example.org');
    await payer.control('password').fill(CARD);
    await payer.presses('signIn');
    await payer.reads('Password: this looks like a card number; we have not kept it');
    assert.equal(await payer.control('password').inputValue(), '');
    await payer.signsIn();
    await payer.goes(`/account/${page}`);
    await payer.sees(payer.words[page]);
    await opens(payer);
    const fields = await payer.page.locator('main input[type=password], main #text-code').all();
    assert.ok(fields.length > 0);
    for (const field of fields) {
      await field.fill(CARD);
      await field.press('Enter');
      await payer.page.waitForFunction((id) => document.getElementById(id).value === '', await field.getAttribute('id'));
    }
    await payer.reads(/this looks like a card number; we have not kept it/);
    assert.deepEqual(sent.filter((body) => body.replaceAll(' ', '').includes('4242424242424242')), []);
  });
}
