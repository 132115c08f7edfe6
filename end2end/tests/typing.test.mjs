// What is typed into a field stays what was typed, key by key, as in a bare field: no page writes anything else back
// meanwhile.
import assert from 'node:assert/strict';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

/** Keys and what a bare field has then. A phone's word suggestion leaves a space behind. */
const TYPED = [
  [['ana.oneill', ' ', 'Backspace', '@example.org'], 'ana.oneill@example.org'],
  [['ana @example.org'], 'ana @example.org'],
  [[' ana@example.org '], ' ana@example.org '],
  [['ana@MÜNCHEN.example'], 'ana@MÜNCHEN.example'],
  [['ana@example.org', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'x'], 'ana@examplex.org'],
];

async function types(page, field, keys) {
  await field.fill('');
  await field.focus();
  for (const key of keys) {
    if (/^(Backspace|Arrow)/.test(key)) await page.keyboard.press(key);
    else await page.keyboard.type(key);
  }
  return field.inputValue();
}

for (const path of ['/sign-in', '/forgot-password']) {
  scene(`an e-mail address is left as it is typed at ${path}`, async ({ payer }) => {
    await payer.goes(path);
    const field = payer.page.locator('main input[inputmode=email]');
    await field.waitFor();
    for (const [keys, text] of TYPED) assert.equal(await types(payer.page, field, keys), text);
  });
}

scene('an e-mail address is left as it is typed beside the name of who pays', async ({ payer, member }) => {
  await payer.reachesMethod(member);
  await payer.byCard();
  const field = payer.page.locator('main input[inputmode=email]');
  for (const [keys, text] of TYPED) assert.equal(await types(payer.page, field, keys), text);
});
