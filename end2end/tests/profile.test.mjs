// A plan with a profile of its own: its facts are on every page, also where the app has no answer, does not load or may
// not run.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { ROOT } from '../harness.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kppay-profile-'));
after(() => fs.rmSync(folder, { recursive: true }));
const [demo, plan] = [path.join(ROOT, 'crates/server/profile.toml'), path.join(folder, 'plan.toml')];
const facts = [
  [/^name = .*$/m, 'name = "Cedar Health"'],
  [/^billing_phone = .*$/m, 'billing_phone = "1-415-555-0142"'],
  [/^mail = .*$/m, 'mail = ["Cedar Health Payments", "100 Example Street", "Anytown, CA 94000"]'],
  [/^opens = .*$/m, 'opens = 8'],
];
fs.writeFileSync(plan, facts.reduce((text, [from, to]) => text.replace(from, to), fs.readFileSync(demo, 'utf8')));
const ofThePlan = { stack: { settings: ['--profile', plan] } };

async function saysItsPhone(part) {
  const call = part.getByRole('link', { name: '1-415-555-0142' }).first();
  await call.waitFor();
  assert.equal(await call.getAttribute('href'), 'tel:+14155550142');
}

scene('the app says the plan’s facts before the first answer, and after it', ofThePlan, async ({ payer }) => {
  const { page } = payer;
  let answer;
  const isHeld = new Promise((resolve) => (answer = resolve));
  await page.route('**/api/v1/portal', async (route) => {
    await isHeld;
    await route.continue();
  });
  const says = async () => {
    await page.getByRole('link', { name: 'Cedar Health, home' }).waitFor();
    await saysItsPhone(page.getByRole('contentinfo'));
    await page.getByRole('main').getByText('100 Example Street').waitFor();
    await page.getByRole('main').getByText(/Weekdays, 8\sam to 5\spm/).first().waitFor();
  };
  await payer.goes('/help');
  await says();
  assert.match(await page.title(), / · Cedar Health$/);
  const answered = page.waitForResponse('**/api/v1/portal');
  answer();
  await answered;
  await says();
});

scene('an app that can’t be loaded leaves the plan’s phone number', { ...ofThePlan, throws: true }, async ({ payer }) => {
  await payer.context.route(/\.wasm/, (route) => route.abort());
  await payer.goes('/pay');
  const words = payer.page.locator('#unavailable');
  await words.getByText('weekdays 8 am to 5 pm').waitFor();
  await words.getByText('de 8 a. m. a 5 p. m.').waitFor();
  await saysItsPhone(words);
});

scene('without JavaScript the page says the plan’s phone number', { ...ofThePlan, javaScriptEnabled: false }, async ({ stack, payer }) => {
  await payer.page.goto(`${stack.app}/pay`);
  const words = payer.page.locator('noscript');
  assert.match(await words.innerText(), /by phone: 1-415-555-0142, weekdays 8 am to 5 pm[^]*teléfono: 1-415-555-0142/);
  await saysItsPhone(payer.page);
});

scene('an installed app has the plan’s name', ofThePlan, async ({ stack }) => {
  const manifest = await (await fetch(`${stack.app}/manifest.webmanifest`)).json();
  assert.deepEqual([manifest.name, manifest.short_name], ['Cedar Health', 'Cedar Health']);
});
