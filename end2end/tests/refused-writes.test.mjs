// Each form, when its call is not carried out: a balancer answers 503, the server says that there were too many tries,
// or the line is cut. The page says which of these it was, keeps what was typed, and the next press goes on. Every call
// of the API that writes is in the table, or stands below it with the test that does this for it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../harness.mjs';
import { MEI, NEW_PASSWORD, PASSWORD } from '../member.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const ANA = 'ana.oneill@example.org';
const unregistered = ({ name }) => name === MEI.first + ' ' + MEI.last;
const documented = (status, code, more) => ({
  status, headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({ type: 'about:blank', title: 'x', status, code, errors: [], ...more }),
});
const BUSY = /Come back in 2 minutes; what you typed is still here/;
const WAYS = [
  ['503', { instead: { status: 503 } }, () => /not your fault\. What you typed is still here/],
  ['429', { instead: documented(429, 'too_many', { retry_after: 90 }) }, ({ busy = BUSY }) => busy],
  ['no connection', { drop: true }, () => /Check your connection; what you typed is still here/],
];

/** With a page open that has the form, what is typed there, and the button. */
const account = (path, title) => async ({ payer }) => {
  await payer.signsIn();
  await payer.goes(`/account/${path}`);
  await payer.sees(payer.words[title]);
};
const fills = (typed) => async ({ payer }) => {
  for (const [name, text] of Object.entries(typed)) await payer.control(name).fill(text);
};
const controls = (typed) => ({ payer }) => Object.entries(typed).map(([name, text]) => [payer.control(name), text]);
const form = (call, reach, typed, press, then) => ({
  call, reach, fill: fills(typed), typed: controls(typed), press: ({ payer }) => payer.presses(press), then,
});
const heading = (name) => ({ payer }) => payer.sees(payer.words[name]);

const ROWS = {
  'finding a bill': {
    call: 'POST /bill-lookups',
    reach: ({ payer }) => payer.arrives(),
    fill: ({ payer, member }) => payer.types(member.identifiers),
    typed: ({ payer, member }) => Object.entries(member.identifiers).map(([name, text]) => [payer.field(name), text]),
    press: ({ payer }) => payer.page.getByRole('button', { name: payer.words.findButton }).click(),
    then: heading('owe'),
  },
  'how to pay': {
    call: 'POST /payment-methods',
    reach: ({ payer, member }) => payer.reachesMethod(member),
    fill: async ({ payer }) => { await payer.byCard(); await payer.says(); },
    typed: ({ payer }) => [[payer.page.getByLabel(payer.words.name), 'Ana O’Neill'], [payer.page.getByLabel(payer.words.email), ANA], [payer.frame.getByLabel(payer.words.expires), /\d/]],
    press: ({ payer }) => payer.page.getByRole('button', { name: payer.words.toReview }).click(),
    then: heading('review'),
  },
  'registering': form('POST /registrations/{id}/account', async ({ payer, stack }) => {
    await payer.showsStatement((await stack.member(unregistered)).identifiers);
    await payer.agreesToTerms();
  }, MEI, 'open', heading('confirmEmail')),
  'the confirmation to another address': form('POST /confirmation-emails', async ({ payer, stack }) => {
    await payer.registers((await stack.member(unregistered)).identifiers);
  }, { otherAddress: 'mai@example.org', chosen: PASSWORD }, 'sendThere', ({ payer }) => payer.reads(payer.words.sentAgain)),
  'confirming': form('POST /email-confirmations', async ({ payer, stack }) => {
    await payer.registers((await stack.member(unregistered)).identifiers);
    await payer.followsLink(MEI.mail);
  }, { chosen: PASSWORD, mailCode: 'ab3de-fgh01' }, 'confirm'),
  'signing in': {
    ...form('POST /session', ({ payer }) => payer.goesToSignIn(), { userId: ANA, password: PASSWORD }, 'signIn', heading('yourAccount')),
    busy: /You can try again in 90 seconds/,
  },
  'the second step': {
    ...form('POST /session/second-factor', async ({ payer }) => {
      await payer.signsIn();
      await payer.provesIt();
      await payer.setsUpApp();
      await payer.presses('kept');
      await payer.signsOut();
      await payer.typesPassword();
    }, { stepCode: '123 456' }, 'goOn'),
    busy: /You can try again in 90 seconds/,
  },
  'a forgotten user ID': {
    call: 'POST /user-id-reminders',
    reach: async ({ payer }) => { await payer.arrives(); await payer.goes('/forgot-user-id'); await payer.sees(payer.words.forgotId); },
    fill: ({ payer, member }) => payer.types(member.identifiers),
    typed: ({ payer, member }) => Object.entries(member.identifiers).map(([name, text]) => [payer.field(name), text]),
    press: ({ payer }) => payer.presses('sendId'),
    then: heading('mailbox'),
  },
  'a forgotten password': form('POST /password-resets', ({ payer }) => payer.goes('/forgot-password'), { userId: ANA }, 'sendLink', heading('mailbox')),
  'a new password by a link': form('PUT /password-resets', async ({ payer }) => {
    await payer.goes('/forgot-password');
    await payer.control('userId').fill(ANA);
    await payer.presses('sendLink');
    await payer.sees(payer.words.mailbox);
    await payer.followsLink(ANA);
    await payer.sees(payer.words.reset);
  }, { newPassword: NEW_PASSWORD }, 'savePassword', heading('resetDone')),
  'a changed password': form('PUT /profile/password', async (stage) => {
    await account('security', 'security')(stage);
    await stage.payer.main.getByText(stage.payer.words.changePassword).click();
  }, { current: PASSWORD, newPassword: NEW_PASSWORD }, 'savePassword', ({ payer }) => payer.reads(/Your password was changed/)),
  'the password again': {
    ...form('PUT /session/reauthentication', async (stage) => {
      await account('security', 'security')(stage);
      await stage.payer.factors.getByText(stage.payer.words.changeFactors).click();
    }, { yourPassword: PASSWORD }, 'goOn', ({ payer }) => payer.factors.getByRole('button', { name: payer.words.addPasskey }).waitFor()),
    press: ({ payer }) => payer.factors.getByRole('button', { name: payer.words.goOn }).click(),
  },
  'another address': form('PUT /profile/email', async (stage) => {
    await account('profile', 'profile')(stage);
    await stage.payer.changes('mail');
  }, { newMail: 'ana.new@example.org', currentPassword: PASSWORD }, 'sendLink', ({ payer }) => payer.main.getByRole('status').getByText('ana.new@example.org').waitFor()),
  'the mailing address': form('PATCH /profile', async (stage) => {
    await account('profile', 'profile')(stage);
    await stage.payer.changes('address');
  }, { street: '2 Harbor Street', city: 'Chula Vista' }, 'save', ({ payer }) => payer.reads('Chula Vista')),
  'a number for texts': {
    ...form('PUT /notices/text-number', account('notices', 'notices'), { phone: '415-555-0142' }, 'sendCode', ({ payer }) => payer.control('textCode').waitFor()),
    fill: async ({ payer }) => {
      await payer.control('phone').fill('415-555-0142');
      await payer.page.getByRole('checkbox', { name: payer.words.agreeTexts, exact: true }).check();
    },
  },
  'the code of a number': form('POST /notices/text-number/confirmation', async (stage) => {
    await account('notices', 'notices')(stage);
    await stage.payer.namesNumber('415-555-0142');
  }, { textCode: 'ab3de-fgh01' }, 'confirmNumber'),
  'a question': {
    call: 'POST /account/bills/{id}/questions',
    reach: async ({ payer }) => {
      await payer.signsIn();
      await payer.main.getByRole('region').first().getByRole('link', { name: 'Hospital bill' }).click();
      await payer.main.getByRole('button', { name: payer.words.askAbout }).first().click();
    },
    fill: ({ payer }) => payer.main.getByRole('textbox', { name: payer.words.question }).fill('I paid this at the desk.'),
    typed: ({ payer }) => [[payer.main.getByRole('textbox', { name: payer.words.question }), 'I paid this at the desk.']],
    press: ({ payer }) => payer.presses('sendQuestion'),
    then: ({ payer }) => payer.main.getByText(/^You asked/).waitFor(),
  },
  'a person to pay for': {
    call: 'POST /household',
    reach: async ({ payer }) => { await payer.signsIn(); await payer.goes('/account/household'); await payer.sees('People you pay for'); },
    fill: async ({ payer, stack }) => payer.types((await stack.member(unregistered)).identifiers),
    typed: async ({ payer, stack }) => Object.entries((await stack.member(unregistered)).identifiers).map(([name, text]) => [payer.field(name), text]),
    press: ({ payer }) => payer.main.getByRole('button', { name: 'Add a person' }).click(),
    then: ({ payer }) => payer.main.getByRole('status').getByText(/^Added\./).waitFor(),
  },
  'the use of the balance': {
    call: 'PUT /balance/settings',
    reach: async ({ payer }) => { await payer.signsIn(); await payer.goes('/account/balance'); await payer.sees('Balance'); },
    fill: ({ payer }) => payer.main.getByLabel('Tell me when it falls below').fill('40.00'),
    typed: ({ payer }) => [[payer.main.getByLabel('Tell me when it falls below'), '40.00']],
    press: ({ payer }) => payer.main.getByRole('button', { name: 'Save', exact: true }).click(),
    then: ({ payer }) => payer.main.getByRole('status').getByText('Saved').waitFor(),
  },
  'a method to keep': {
    call: 'POST /payment-methods/saved',
    reach: async ({ payer }) => { await payer.signsIn(); await payer.opensMethods(); },
    fill: async ({ payer }) => { await payer.byCard(); await payer.control('nickname').fill('Household'); await payer.agreesToKeep(); },
    typed: ({ payer }) => [[payer.control('nickname'), 'Household']],
    press: ({ payer }) => payer.presses('save'),
    then: ({ payer }) => payer.main.getByRole('heading', { level: 3, name: 'Household', exact: true }).waitFor(),
  },
};

/** Calls without a form of their own, or with a test of their own, and where that is. */
const ELSEWHERE = {
  'POST /payments': 'exactly-once.test.mjs, unanswered.test.mjs', 'POST /deposits': 'account-balance.test.mjs',
  'PUT /payment-draft': 'connection.test.mjs: it is kept again by the next step', 'DELETE /payment-draft': 'no page calls it',
  'PUT /registrations/{id}': 'kept again by the next rest', 'POST /registrations': 'sign-in.test.mjs: the page loads it',
  'POST /password-resets/check': 'the page goes on without it', 'POST /receipt-links/open': 'receipt-link.test.mjs',
  'POST /payments.csv': 'account-history.test.mjs: the page says that there is no file',
  'POST /profile/closing': 'account-closing.test.mjs', 'POST /balance/refunds': 'account-balance.test.mjs: it says that nobody knows yet',
  'POST /payments/{id}/receipt-emails': 'paid.test.mjs', 'PATCH /payment-methods/{id}': 'account-methods.test.mjs',
  'PUT /payment-methods/{id}': 'account-methods.test.mjs', 'POST /payment-methods/{id}/verification/amounts': 'account-verification.test.mjs',
  'PATCH /session': 'visits.test.mjs: the dialog asks again', 'DELETE /session': 'unanswered.test.mjs', 'POST /session/lapse': 'nobody waits for it',
};
/** One press of a button, nothing typed: the usual notice stands where it was pressed. */
const BUTTONS = [
  'DELETE /authenticator', 'POST /authenticator', 'PUT /authenticator', 'DELETE /authorisations/{id}', 'DELETE /household/{id}', 'PUT /notices',
  'DELETE /notices/text-number', 'POST /passkey-challenges', 'POST /passkeys', 'DELETE /passkeys/{id}', 'DELETE /payment-methods/{id}',
  'POST /payment-methods/{id}/verification', 'POST /payments/{id}/receipt-links/revoke', 'POST /receipt-links/revoke', 'DELETE /profile/email',
  'POST /profile/email/link', 'DELETE /profile/paperless', 'PUT /profile/paperless', 'POST /recovery-codes', 'POST /session/passkey-challenges',
  'DELETE /sessions', 'DELETE /sessions/{id}',
];

test('every call that writes has a form in the table, or stands beside it', () => {
  const { paths } = JSON.parse(fs.readFileSync(path.join(ROOT, 'crates/server/openapi.json'), 'utf8'));
  const writes = Object.entries(paths).flatMap(([path, calls]) =>
    Object.keys(calls).filter((method) => method !== 'get').map((method) => `${method.toUpperCase()} ${path}`));
  const known = [...Object.values(ROWS).map(({ call }) => call), ...Object.keys(ELSEWHERE), ...BUTTONS];
  assert.deepEqual(writes.filter((call) => !known.includes(call)), [], 'calls without a row');
  assert.deepEqual(known.filter((call) => !writes.includes(call)), [], 'rows without a call');
});

for (const [name, row] of Object.entries(ROWS)) {
  scene(`${name}: what did not happen is said, nothing typed is lost, and the next press goes on`, { timeout: 90_000 }, async (stage) => {
    const { stack, payer } = stage;
    await row.reach(stage);
    await row.fill(stage);
    const [method, path] = row.call.split(' ');
    const at = new RegExp(`^/api/v1${path.replace(/\{id\}/g, '[^/]+')}$`);
    for (const [how, what, words] of WAYS) {
      const fault = stack.edge.fault({ method, path: at, ...what });
      await row.press(stage);
      await fault.reached;
      await payer.page.getByRole('main').getByText(words(row)).first().waitFor().catch(() => assert.fail(`${how} is not said`));
      for (const [field, text] of await row.typed(stage)) {
        const left = await field.inputValue();
        assert.ok(text instanceof RegExp ? text.test(left) : left === text, `after ${how} the field has “${left}”, not “${text}”`);
      }
      assert.doesNotMatch(await payer.text(), /undefined|null|\[object/);
    }
    if (row.then) {
      await row.press(stage);
      await row.then(stage);
    }
  });
}
