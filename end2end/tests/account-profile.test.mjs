// A member's profile: each part is saved by itself, stays after a reload, and the owner is told.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const ANA = 'ana.oneill@example.org';

async function opens(payer) {
  await payer.goes('/account/profile');
  await payer.sees(payer.words.profile);
}
const saved = (payer, part) => payer.main.getByRole('status').getByText(payer.words.saved(payer.words[part])).waitFor();
const focused = (payer) => payer.page.evaluate(() => document.activeElement.textContent);

scene('a new phone number is saved by the keyboard alone, stays, and the owner is told', async ({ stack, payer }) => {
  await payer.signsIn();
  await payer.page.getByRole('link', { name: payer.words.profile, exact: true }).first().click();
  await payer.sees(payer.words.profile);
  await payer.main.getByRole('button', { name: /^Change .*phone$/i }).focus();
  await payer.page.keyboard.press('Enter');
  await payer.page.waitForFunction(() => document.activeElement.id === 'phone');
  await payer.page.keyboard.press('ControlOrMeta+a');
  await payer.page.keyboard.type('555');
  await payer.page.keyboard.press('Enter');
  await payer.invalid();
  await payer.reads(/^Phone: use the 10 digits of a US number/);
  await payer.control('phone').fill('510.555.0177');
  await payer.page.keyboard.press('Enter');
  await saved(payer, 'phone');
  assert.match(await focused(payer), /^Change.*phone$/i, 'where it was before');
  await payer.page.reload();
  await payer.reads('(510) 555-0177');
  assert.deepEqual(stack.billing(['SELECT phone FROM account WHERE email = ?', ANA]), [{ phone: '+15105550177' }]);
  const told = await payer.newestEmail(ANA, /This was changed in your profile: phone number\./);
  assert.doesNotMatch(told.text, /0177/);
});

scene('two tabs that save different parts keep both, and a part that is left is not saved', async ({ stack, payer }) => {
  await payer.signsIn();
  await opens(payer);
  const other = await payer.page.context().newPage();
  await other.goto(`${stack.app}/account/profile`);
  await other.getByRole('button', { name: /^Change .*name$/i }).click();
  await payer.changes('address');
  await payer.control('city').fill('Reno');
  await payer.control('state').selectOption('NV');
  await payer.presses('save');
  await saved(payer, 'address');
  await other.getByLabel('First name', { exact: true }).fill('Ana María');
  await other.getByRole('button', { name: 'Save', exact: true }).click();
  await other.getByRole('status').getByText('Saved: Name.').waitFor();
  await payer.changes('phone');
  await payer.control('phone').fill('(510) 555-0199');
  await payer.presses('cancel');
  await payer.page.reload();
  await payer.reads('Ana María O’Neill');
  await payer.reads(/Reno, NV/);
  assert.equal(await payer.main.getByText('555-0199').count(), 0);
  await payer.goes('/account');
  await payer.reads(/^Ana María O’Neill, member number/);
});

scene('e-mails come in the language that is chosen', async ({ payer }) => {
  await payer.signsIn();
  await opens(payer);
  await payer.changes('language');
  await payer.main.getByRole('radio', { name: 'Español' }).check();
  await payer.presses('save');
  await saved(payer, 'language');
  await payer.changes('phone');
  await payer.control('phone').fill('5105550188');
  await payer.presses('save');
  await saved(payer, 'phone');
  await payer.newestEmail(ANA, /Esto se cambió en su perfil: número de teléfono\./);
});

scene('what could not be saved stays in its form, and is saved by trying again', async ({ payer }) => {
  await payer.signsIn();
  await opens(payer);
  await payer.changes('phone');
  await payer.control('phone').fill('5105550166');
  await payer.page.route('**/api/v1/profile', (route) => (route.request().method() === 'PATCH' ? route.abort() : route.continue()));
  await payer.presses('save');
  await payer.main.getByRole('alert').getByRole('heading').waitFor();
  assert.equal(await payer.control('phone').inputValue(), '5105550166');
  await payer.page.unroute('**/api/v1/profile');
  await payer.presses('save');
  await saved(payer, 'phone');
  await payer.reads('(510) 555-0166');
});

scene('a form that is open stays, with what is typed in it, when what the page asks again does not come', async ({ payer }) => {
  await payer.signsIn();
  await opens(payer);
  await payer.changes('phone');
  await payer.control('phone').fill('5105550155');
  await payer.main.getByRole('button', { name: /^Change .*name$/i }).click();
  const name = payer.main.getByRole('form', { name: 'Name' });
  await name.getByLabel('First name', { exact: true }).fill('Ana María');
  await payer.page.route('**/api/v1/profile', (route) => (route.request().method() === 'GET' ? route.abort() : route.continue()));
  // a new name is news to the session, and the page asks for its data again
  await name.getByRole('button', { name: 'Save', exact: true }).click();
  await payer.main.getByRole('status').getByText('Saved: Name.').waitFor();
  const again = payer.main.getByRole('button', { name: 'Try again' });
  await again.waitFor();
  assert.equal(await payer.control('phone').inputValue(), '5105550155');
  await payer.reads('Ana María O’Neill');
  await payer.page.unroute('**/api/v1/profile');
  await again.click();
  await again.waitFor({ state: 'detached' });
  assert.equal(await payer.control('phone').inputValue(), '5105550155');
});

scene('paperless is agreed to by an explicit tick, is kept word for word, and is withdrawn as easily', async ({ stack, payer }) => {
  await payer.signsIn();
  await opens(payer);
  const sheet = payer.main.getByRole('form', { name: 'Paperless bills' });
  await sheet.getByText('Off: your bills come by mail, and are here, too.').waitFor();
  const box = sheet.getByRole('checkbox', { name: payer.words.agreeTexts });
  assert.equal(await box.isChecked(), false);
  const text = await sheet.locator('p.pay-quote').first().textContent();
  const downloading = payer.page.waitForEvent('download');
  await sheet.getByRole('link', { name: 'See a sample bill (PDF)' }).click();
  assert.equal((await downloading).suggestedFilename(), 'sample-bill.pdf');
  await payer.presses('paperless');
  await payer.invalid();
  assert.deepEqual(stack.billing(['SELECT COUNT(*) AS n FROM consent']), [{ n: 0 }]);
  await box.focus();
  await payer.page.keyboard.press('Space');
  await payer.page.keyboard.press('Enter');
  await sheet.getByText(/^On since .*: your bills come by e-mail\.$/).waitFor();
  assert.equal(await focused(payer), 'Paperless bills');
  assert.deepEqual(stack.billing(['SELECT text, locale, version FROM consent WHERE withdrawn_at IS NULL']), [{ text, locale: 'en', version: 1 }]);
  const told = await payer.newestEmail(ANA, /No paper bills are mailed/);
  assert.ok(told.text.replace(/\s+/g, ' ').includes(text), 'with a copy');
  await payer.goes('/account/notices');
  await payer.main.getByRole('listitem').filter({ hasText: 'New bills' }).getByText('Always').waitFor();
  await opens(payer);
  await payer.presses('paperAgain');
  await sheet.getByText('Off: your bills come by mail, and are here, too.').waitFor();
  await sheet.getByText(/^Paperless bills, .*text version 1$/).click();
  await sheet.getByText(/^Withdrawn on /).waitFor();
  await payer.newestEmail(ANA, /Your bills come by mail again/);
});

scene('a member downloads everything that is held of them, in the language of the page', async ({ payer }) => {
  await payer.signsIn();
  await opens(payer);
  const downloading = payer.page.waitForEvent('download');
  await payer.main.getByRole('link', { name: payer.words.downloadData }).click();
  const file = await downloading;
  assert.match(file.suggestedFilename(), /\.zip$/);
  const bytes = fs.readFileSync(await file.path());
  assert.equal(bytes.subarray(0, 2).toString(), 'PK');
  const names = bytes.toString('latin1');
  assert.ok(names.includes('index.html') && names.includes('data.json'));
});
