// Which notices a member gets: what is turned off is not sent, and the e-mail leads to where it is turned off.
import assert from 'node:assert/strict';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const ANA = 'ana.oneill@example.org';
const SECURITY = 'Security';

const box = (payer, name) => payer.main.getByRole('checkbox', { name });
const saved = (payer) => payer.main.getByRole('status').getByText(payer.words.saved(payer.words.notices)).waitFor();
async function pays(payer, shares) {
  await payer.goes('/account/pay');
  await payer.sees(payer.words.owe);
  for (const [kind, how] of Object.entries(shares)) await payer.takes(kind, how);
  await payer.continues();
  await payer.sees(payer.words.how);
  await payer.byCard();
  await payer.toReview();
  await payer.pays();
  await payer.sees(payer.words.paid);
}
const receipts = async (stack) => (await stack.mail()).filter(({ to, subject }) => to === ANA && /payment receipt/.test(subject)).length;

scene('a notice is turned off from its e-mail by the keyboard alone, and is not sent any more', async ({ stack, payer }) => {
  await payer.signsIn();
  await pays(payer, { professional: 'none', hospital: '10.00' });
  const { text } = await payer.newestEmail(ANA, /Your payment of/);
  const before = await receipts(stack);
  await payer.page.goto(text.match(/https?:\S+\/account\/notices/)[0]);
  await payer.sees(payer.words.notices);
  await box(payer, /^Payments/).focus();
  await payer.page.keyboard.press('Space');
  await payer.page.keyboard.press('Enter');
  await saved(payer);
  await payer.page.reload();
  await box(payer, /^Payments/).waitFor();
  assert.equal(await box(payer, /^Payments/).isChecked(), false);
  assert.equal(await box(payer, /^Refunds/).isChecked(), true);
  await pays(payer, { professional: 'all', hospital: 'none' });
  assert.equal(await receipts(stack), before);
});

scene('notices about security can’t be turned off, and the page says so', async ({ payer }) => {
  await payer.signsIn();
  await payer.goes('/account/profile');
  await payer.main.getByRole('link', { name: payer.words.notices }).click();
  await payer.sees(payer.words.notices);
  await payer.main.getByRole('listitem').filter({ hasText: SECURITY }).getByText('Always').waitFor();
  assert.equal(await box(payer, /^Security/).count(), 0);
});

scene('a choice that could not be saved stays ticked as it is, and is saved by trying again', async ({ payer }) => {
  await payer.signsIn();
  await payer.goes('/account/notices');
  await box(payer, /^Refunds/).uncheck();
  await payer.page.route('**/api/v1/notices', (route) => (route.request().method() === 'PUT' ? route.abort() : route.continue()));
  await payer.presses('save');
  await payer.main.getByRole('alert').getByRole('heading').waitFor();
  assert.equal(await box(payer, /^Refunds/).isChecked(), false);
  await payer.page.unroute('**/api/v1/notices');
  await payer.presses('save');
  await saved(payer);
});

scene('a link of an e-mail asks a member who is signed out to sign in, and then leads there', async ({ payer }) => {
  await payer.goes('/account/notices');
  await payer.sees(payer.words.signIn);
  await payer.triesToSignIn(ANA);
  await payer.sees(payer.words.notices);
});

scene('text messages go to a number once its code was typed, say no amount, and end when the member says so', async ({ stack, payer }) => {
  await payer.signsIn();
  await payer.goes('/account/notices');
  await payer.presses('sendCode');
  await payer.invalid();
  await payer.namesNumber('(510) 555-0142');
  await payer.control('textCode').fill('00000-00000');
  await payer.presses('confirmNumber');
  await payer.invalid();
  await payer.control('textCode').fill(await payer.textedCode());
  await payer.presses('confirmNumber');
  await payer.main.getByRole('button', { name: payer.words.endTexts }).waitFor();
  // what to get is the next thing to choose: nothing is on yet
  const group = payer.main.getByRole('heading', { name: 'Choose what to get by text' });
  await group.and(payer.page.locator(':focus')).waitFor();
  assert.equal(await payer.main.getByRole('heading', { name: 'Text messages' }).count(), 1);
  await payer.main.getByRole('checkbox', { name: /^Payments/ }).nth(1).check();
  await payer.presses('save');
  await saved(payer);
  await pays(payer, { professional: 'none', hospital: '10.00' });
  const [text] = await stack.texts();
  assert.equal(text.to, '+15105550142');
  assert.match(text.text, /There is news about your payment\. \S+\/account\/history Reply STOP/);
  await payer.goes('/account/notices');
  await payer.presses('endTexts');
  await payer.control('phone').waitFor();
  assert.equal(await payer.main.getByRole('checkbox', { name: /^Payments/ }).count(), 1);
  await payer.newestEmail(ANA, /Text messages about your account are off/);
});
