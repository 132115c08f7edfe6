// The app below a path of a host's site: its pages, its links, its history and its page loads stay below that path.
import assert from 'node:assert/strict';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

/** The host's page: ours, which says where the app is mounted. */
async function mountsBelow(payer, base) {
  await payer.page.route((url) => url.pathname === base || url.pathname.startsWith(`${base}/`), async (route) => {
    const answer = await route.fetch({ url: `${payer.stack.app}/` });
    const body = (await answer.text()).replace('id="app"', `id="app" data-base="${base}"`);
    await route.fulfill({ response: answer, body });
  });
}
const path = (payer) => new URL(payer.page.url()).pathname;

scene('below a path of a host one pays, goes back, signs in and out without leaving it', async ({ payer }) => {
  const { page, words } = payer;
  await mountsBelow(payer, '/billing');
  await payer.goes('/billing');
  await page.getByRole('link', { name: words.payOnce }).click();
  await payer.sees(words.region);
  assert.equal(path(payer), '/billing/region');
  await page.getByRole('radio', { name: /^California/ }).check();
  await page.getByRole('button', { name: words.goOn }).click();
  await payer.sees(words.find);
  assert.equal(path(payer), '/billing/pay');
  await page.goBack();
  await payer.sees(words.region);
  await page.goForward();
  await payer.sees(words.find);
  await page.reload();
  await payer.sees(words.find);
  await payer.goes('/billing/account/security');
  await payer.sees(words.signIn);
  assert.equal(new URL(page.url()).search, '?then=/account/security');
  await payer.triesToSignIn('ana.oneill@example.org');
  await page.waitForURL('**/billing/account/security');
  await payer.signsOut();
  assert.equal(path(payer), '/billing/signed-out');
});

scene('a page that only begins like the base is the host’s', async ({ payer }) => {
  const { page, words } = payer;
  await mountsBelow(payer, '/billing');
  await page.route('**/billing-faq', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: '<h1>The host’s questions</h1>' }));
  await payer.goes('/billing');
  await payer.settles();
  await page.evaluate(() => {
    const link = Object.assign(document.createElement('a'), { href: '/billing-faq', textContent: 'Questions' });
    document.body.prepend(link);
  });
  await page.getByRole('link', { name: 'Questions' }).click();
  await page.getByRole('heading', { name: 'The host’s questions' }).waitFor();
});
