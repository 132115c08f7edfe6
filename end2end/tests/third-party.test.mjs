// No request to any origin but the app's and the processor's, on any page, and nothing that the content security policy
// refuses.
import assert from 'node:assert/strict';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

scene('the whole way asks two origins and no third, and the policy refuses nothing', async ({ stack, payer, member }) => {
  await payer.reachesReview(member, { shares: { professional: 'all', hospital: '150' } });
  await payer.pays();
  await payer.sees('Paid. Thank you.');
  for (const path of ['/', '/help', '/coupon', '/terms', '/privacy', '/accessibility', '/sign-in', '/register', '/nowhere']) {
    await payer.goes(path);
    await payer.page.getByRole('heading', { level: 1 }).waitFor();
  }
  const origins = new Set(payer.seen.requests.map((request) => new URL(request.url())).filter(({ protocol }) => protocol !== 'data:')
    .map(({ origin }) => origin));
  assert.deepEqual([...origins].sort(), [stack.app, stack.processorOrigin].sort());
  assert.deepEqual(payer.seen.violations, []);
});

scene('the policy is the strict one', async ({ stack }) => {
  const policy = (await fetch(`${stack.app}/`)).headers.get('content-security-policy');
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.match(policy, /base-uri 'none'/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')/);
  assert.match(policy, new RegExp(`frame-src ${stack.processorOrigin}`));
});

scene('a deployment that isolates its pages pays all the same', { stack: { settings: ['--require-corp'] } }, async ({ stack, payer, member }) => {
  assert.equal((await fetch(`${stack.app}/`)).headers.get('cross-origin-embedder-policy'), 'require-corp');
  await payer.reachesReview(member);
  assert.equal(await payer.page.evaluate(() => globalThis.crossOriginIsolated), true);
  await payer.pays();
  await payer.sees('Paid. Thank you.');
});
