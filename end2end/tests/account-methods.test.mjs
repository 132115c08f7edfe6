// Saved payment methods: kept without their numbers, named, made the default, replaced and removed; and paying with
// them.
import assert from 'node:assert/strict';
import { books, countOf, paidOnce } from '../books.mjs';
import { BANK, VISA } from '../journey.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const SAVED = 'SELECT id, nickname, method, is_default, token FROM payment_method ORDER BY created_at, id';
const saved = (stack) => stack.billing(SAVED).map((row) => ({ ...row, method: JSON.parse(row.method) }));
const DEBIT = { ...VISA, number: '4000056655665556' };

/** To the step of the method, by the account's own address, with what is not to be paid left out. */
async function reachesMethod(payer, shares = { professional: 'all', hospital: 'none' }) {
  await payer.goes('/account/pay');
  await payer.sees(payer.words.owe);
  for (const [kind, how] of Object.entries(shares)) await payer.takes(kind, how);
  await payer.continues();
  await payer.sees(payer.words.how);
}

scene('a card and an account are kept without their numbers, named, made the default and removed', async ({ stack, payer }) => {
  await payer.signsIn();
  await payer.page.getByRole('link', { name: payer.words.methods, exact: true }).first().click();
  await payer.sees(payer.words.methods);
  await payer.reads(payer.words.nothingSaved);
  const before = books(stack);
  await payer.savesMethod('byCard', 'Household');
  await payer.savesMethod('byBank', 'Rainy day');
  assert.deepEqual(saved(stack).map(({ nickname, method, is_default: is }) => [nickname, method.last4, is]), [['Household', '4242', 0], ['Rainy day', '6789', 0]]);
  assert.equal(countOf.charges(stack, before), 0, 'nothing is charged');
  // accounts come first
  assert.deepEqual(await payer.main.getByRole('heading', { level: 3 }).allInnerTexts(), ['Rainy day', 'Household']);
  await payer.pressesOf('makeDefault', 'Household');
  await payer.main.getByText('Your default').waitFor();
  await payer.pressesOf('renameOf', 'Rainy day');
  const name = payer.page.getByLabel(payer.words.nickname, { exact: true }).and(payer.page.locator('#rename'));
  await name.fill('mine 000123456789');
  await payer.page.keyboard.press('Enter');
  await payer.invalid();
  await payer.reads(/^A name for it: use words and at most 4 digits/);
  assert.equal(await name.inputValue(), '', 'and it is not kept');
  await name.fill('For trips');
  await payer.page.keyboard.press('Enter');
  await payer.main.getByRole('heading', { level: 3, name: 'For trips' }).waitFor();
  await payer.page.reload();
  await payer.main.getByRole('heading', { level: 3, name: 'For trips' }).waitFor();
  assert.deepEqual(saved(stack).map(({ nickname, is_default: is }) => [nickname, is]), [['Household', 1], ['For trips', 0]]);
  await payer.pressesOf('removeOf', 'Household');
  await payer.reads('Past receipts keep its last four digits.');
  await payer.presses('removeIt');
  await payer.reads('Removed: Household.');
  assert.deepEqual(saved(stack).map(({ nickname }) => nickname), ['For trips']);
  const kept = JSON.stringify(saved(stack)) + (await payer.keeps());
  for (const number of [VISA.number, BANK.account]) assert.ok(!kept.includes(number), 'no number is kept');
});

scene('one that is there already is said so, and another takes the place of one in use', async ({ stack, payer }) => {
  await payer.signsIn();
  await payer.opensMethods();
  await payer.savesMethod('byBank', 'Rainy day');
  await payer.byBank();
  await payer.agreesToKeep();
  await payer.presses('save');
  await payer.reads('You have this already: Rainy day.');
  await reachesMethod(payer);
  await payer.main.getByRole('radio', { name: 'Rainy day' }).check();
  await payer.toReview();
  await payer.pays();
  await payer.sees(payer.words.sent);
  await payer.opensMethods();
  await payer.reads('In use: a payment is on its way');
  const [{ id, token }] = saved(stack);
  await payer.pressesOf('removeOf', 'Rainy day');
  await payer.reads('It can’t be removed yet');
  await payer.main.getByRole('group', { name: 'It can’t be removed yet' }).getByRole('button', { name: 'Replace' }).click();
  await payer.main.getByRole('heading', { level: 2, name: 'Replace Rainy day' }).waitFor();
  await payer.byCard(DEBIT);
  await payer.agreesToKeep();
  await payer.presses('save');
  await payer.main.getByText('Visa card ending in 5556').waitFor();
  const [after] = saved(stack);
  assert.deepEqual([after.id, after.nickname, after.method.last4], [id, 'Rainy day', '5556']);
  assert.notEqual(after.token, token);
});

scene('a saved card is offered first, pays without being typed, and pays again', async ({ stack, payer }) => {
  await payer.signsIn();
  await payer.opensMethods();
  await payer.savesMethod('byCard', 'Household');
  await payer.pressesOf('makeDefault', 'Household');
  await payer.main.getByText('Your default').waitFor();
  const before = books(stack);
  await reachesMethod(payer);
  await payer.main.getByRole('radio', { name: 'Household', checked: true }).waitFor();
  assert.equal(await payer.page.locator('iframe').count(), 0, 'nothing is to be typed');
  await payer.toReview();
  await payer.reads('Visa card ending in 4242');
  await payer.page.reload();
  await payer.reads('Visa card ending in 4242');
  await payer.pays();
  await payer.sees(payer.words.paid);
  paidOnce(stack, before, { cents: 6410, state: 'paid' });
  const next = books(stack);
  await reachesMethod(payer, { hospital: '150' });
  await payer.toReview();
  await payer.pays();
  await payer.sees(payer.words.paid);
  paidOnce(stack, next, { cents: 15_000, state: 'paid' });
});

scene('what is typed while paying is saved only if the member says so', async ({ stack, payer }) => {
  await payer.signsIn();
  await reachesMethod(payer);
  await payer.byCard();
  const box = payer.page.getByRole('checkbox', { name: payer.words.saveIt });
  assert.equal(await box.isChecked(), false, 'it is never ticked for the member');
  await payer.toReview();
  await payer.pays();
  await payer.sees(payer.words.paid);
  assert.deepEqual(saved(stack), []);
  await reachesMethod(payer, { hospital: '150' });
  await payer.byCard();
  await box.check();
  await payer.toReview();
  const before = books(stack);
  await payer.pays();
  await payer.sees(payer.words.paid);
  paidOnce(stack, before, { cents: 15_000, state: 'paid' });
  await payer.opensMethods();
  await payer.main.getByRole('heading', { level: 3, name: 'Visa card ending in 4242' }).waitFor();
});

scene('a saved card that is removed meanwhile pays nothing, and why is said', async ({ stack, payer }) => {
  await payer.signsIn();
  await payer.opensMethods();
  await payer.savesMethod('byCard', 'Household');
  const before = books(stack);
  await reachesMethod(payer);
  await payer.main.getByRole('radio', { name: 'Household' }).check();
  await payer.toReview();
  const other = await payer.secondTab();
  await other.opensMethods();
  await other.pressesOf('removeOf', 'Household');
  await other.presses('removeIt');
  await other.reads('Removed: Household.');
  await payer.pays();
  await payer.reads('No money was taken');
  await payer.reads('The saved payment method has expired or was removed. Choose another one.');
  assert.equal(countOf.payments(stack, before), 0);
  await payer.main.getByRole('link', { name: 'Change the payment method' }).first().click();
  await payer.sees(payer.words.how);
  await payer.byCard();
  await payer.toReview();
  await payer.pays();
  await payer.sees(payer.words.paid);
  paidOnce(stack, before, { cents: 6410, state: 'paid' });
});
