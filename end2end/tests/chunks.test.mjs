// The wasm comes in chunks: what the first page waits for, what is fetched ahead, and what is said when a chunk does
// not come or is not the one that was built.
import assert from 'node:assert/strict';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const PAYING = /kppay-paying-[0-9a-f]{16}\.wasm$/;
const READING = /kppay-reading-[0-9a-f]{16}\.wasm$/;
const ENTERING = /kppay-entering-[0-9a-f]{16}\.wasm$/;
const ACCOUNT = /kppay-account-[0-9a-f]{16}\.wasm$/;
const asked = (payer, chunk) => payer.seen.requests.filter((request) => chunk.test(request.url())).length;

scene('the first page waits for no later chunk; choosing a region fetches the paying pages ahead, once', async ({ payer }) => {
  const { page, words } = payer;
  await payer.goes('/');
  await payer.settles();
  await page.waitForLoadState('networkidle');
  assert.deepEqual([asked(payer, PAYING), asked(payer, READING)], [0, 0]);
  const ahead = page.waitForResponse(PAYING);
  await page.getByRole('link', { name: words.payOnce }).click();
  await payer.sees(words.region);
  assert.equal((await ahead).headers()['cache-control'], 'public, max-age=31536000, immutable');
  await page.getByRole('radio', { name: /^California/ }).check();
  await page.getByRole('button', { name: words.goOn }).click();
  await payer.sees(words.find);
  assert.equal(asked(payer, PAYING), 1);
});

scene('whoever only signs in does not fetch the account, and who is in it does not fetch the ways in again', async ({ payer }) => {
  await payer.goesToSignIn();
  await payer.page.waitForLoadState('networkidle');
  assert.deepEqual([asked(payer, ENTERING), asked(payer, ACCOUNT)], [1, 0]);
  await payer.signsIn();
  await payer.page.waitForLoadState('networkidle');
  assert.equal(asked(payer, ACCOUNT), 1);
  const before = asked(payer, ENTERING);
  await payer.page.reload();
  await payer.settles();
  await payer.page.waitForLoadState('networkidle');
  assert.equal(asked(payer, ENTERING), before);
});

scene('a chunk that does not come is said, and comes when it is asked for again', async ({ payer }) => {
  const { page, words } = payer;
  await payer.goes('/');
  await payer.settles();
  payer.stack.edge.cut();
  await page.getByRole('link', { name: words.help }).click();
  await payer.reads(words.offline);
  payer.stack.edge.restore();
  await page.getByRole('button', { name: words.tryAgain }).click();
  await payer.sees(words.help);
});

/** After a deploy: the old page's file is gone, and the new page's is there. */
const isGone = { status: 404, body: '' };
const STOPPED = 'This page stopped working';
/** What is not there has another digest than the page knows: nothing else was refused. */
function onlyDigests({ seen }) {
  for (const violation of seen.violations.splice(0)) assert.match(violation, /integrity/);
}
const loads = (payer) => payer.seen.requests.filter((request) => request.isNavigationRequest()).length;

scene('a page that is older than the server loads itself again, once, where one was going', async ({ payer }) => {
  const { page, words } = payer;
  await page.route(PAYING, (route) => route.fulfill(isGone), { times: 1 });
  await page.addInitScript(() => localStorage.setItem('kppay.region', 'CA'));
  await payer.goes('/');
  await page.getByRole('link', { name: words.payOnce }).click();
  await payer.sees(words.find);
  assert.deepEqual([loads(payer), new URL(page.url()).pathname], [2, '/pay']);
  await page.route(READING, (route) => route.fulfill(isGone), { times: 1 });
  await page.getByRole('contentinfo').getByRole('link', { name: 'Pay by mail' }).click();
  await page.waitForURL('**/coupon');
  await payer.settles();
  assert.equal(loads(payer), 3, 'what helped once may help again');
  onlyDigests(payer);
});

scene('a file that stays away though the server answers is called no lost connection, and the page is not loaded for ever', async ({ payer }) => {
  const { page, words } = payer;
  await page.route(READING, (route) => route.fulfill(isGone));
  await payer.goes('/help');
  await page.getByRole('heading', { level: 1, name: STOPPED }).waitFor();
  assert.equal(loads(payer), 2);
  assert.equal(await page.getByText(words.offline).count(), 0);
  await page.unroute(READING);
  await page.getByRole('button', { name: /^Load again/ }).click();
  await payer.sees(words.help);
  onlyDigests(payer);
});

scene('a chunk that is fetched ahead and is gone disturbs nobody before it is needed', async ({ payer }) => {
  const { page, words } = payer;
  await page.route(PAYING, (route) => route.fulfill(isGone), { times: 1 });
  await payer.goes('/region');
  await page.waitForLoadState('networkidle');
  await page.getByRole('radio', { name: /^California/ }).check();
  await page.getByRole('button', { name: words.goOn }).click();
  await payer.sees(words.find);
  assert.equal(loads(payer), 1, 'asked for again, it came');
  onlyDigests(payer);
});

scene('a chunk that is not the one that was built is not run', async ({ payer }) => {
  const { page, words } = payer;
  await page.route(READING, async (route) => {
    const answer = await route.fetch();
    // one more, empty, custom section: valid wasm
    const bytes = Buffer.concat([await answer.body(), Buffer.from([0, 1, 0])]);
    await route.fulfill({ response: answer, body: bytes, headers: { 'content-type': 'application/wasm' } });
  });
  await payer.goes('/help');
  await page.getByRole('heading', { level: 1, name: STOPPED }).waitFor();
  assert.match(payer.seen.violations.join('\n'), /integrity/);
  payer.seen.violations.length = 0;
});

for (const route of ['/', '/help', '/coupon', '/pay']) {
  scene(`nothing jumps while ${route} comes in chunks`, { size: { width: 360, height: 740 } }, async ({ payer }) => {
    const { page } = payer;
    await page.addInitScript(() => {
      globalThis.jumps = new PerformanceObserver((list) => globalThis.jumped.push(...list.getEntries()));
      globalThis.jumped = [];
      globalThis.jumps.observe({ type: 'layout-shift', buffered: true });
    });
    await page.route(/kppay-(paying|reading)-/, async (held) => {
      await new Promise((resolve) => { setTimeout(resolve, 700); });
      await held.continue();
    });
    await payer.goes(route);
    await payer.settles();
    const jumped = await page.evaluate(async () => {
      for (let frames = 0; frames < 10; frames += 1) await new Promise(requestAnimationFrame);
      return [...globalThis.jumped, ...globalThis.jumps.takeRecords()]
        .map(({ value, sources }) => [value, sources.map(({ node }) => node?.className)]);
    });
    assert.ok(jumped.reduce((sum, [value]) => sum + value, 0) < 0.01, JSON.stringify(jumped));
  });
}
