// One test on a stage: its own servers and databases, a visitor in a Chromium that the tests of a file share, and, when
// it goes wrong, a picture, the page's tree and the servers' logs in target/end2end/.
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { launch, leave, visitor } from './browser.mjs';
import { Stack, ROOT } from './harness.mjs';
import { Member } from './member.mjs';

let browser;
export function useBrowser() {
  before(async () => (browser = await launch()));
  after(() => browser?.close());
}
export const theBrowser = () => browser;

/**
 * `body({ stack, payer, member, another })` with everything fresh. `another(options)` is one more person with a browser
 * profile of their own. A page that threw, or whose policy had to refuse something, fails the test.
 */
export function scene(name, options, body) {
  if (typeof options === 'function') [options, body] = [{}, options];
  test(name, { timeout: options.timeout ?? 60_000 }, async () => {
    const stack = await Stack.open(options.stack);
    const visitors = [];
    const another = async (more = {}) => {
      const one = await visitor(browser, { now: stack.now(), ...options, ...more });
      visitors.push(one);
      return new Member(stack, one, { ...options, ...more });
    };
    try {
      const payer = await another();
      await body({ stack, payer, member: await stack.member(), another });
      for (const one of visitors.splice(0)) await leave(one, { mayThrow: options.throws });
    } catch (problem) {
      await keep(name, stack, visitors);
      throw problem;
    } finally {
      for (const { context } of visitors) await context.close().catch(() => {});
      await stack.close();
    }
  });
}

async function keep(name, stack, visitors) {
  const folder = path.join(ROOT, 'target/end2end', name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80));
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'servers.log'), stack.logs());
  for (const [at, { context, seen }] of visitors.entries()) {
    for (const [tab, page] of context.pages().entries()) {
      const file = path.join(folder, `page-${at}-${tab}`);
      await page.screenshot({ path: `${file}.png`, fullPage: true, timeout: 5_000 }).catch(() => {});
      const tree = await page.locator('body').ariaSnapshot({ timeout: 5_000 }).catch(() => '');
      fs.writeFileSync(`${file}.txt`, `${page.url()}\n${tree}\n\n${JSON.stringify({ ...seen, requests: undefined }, null, 1)}`);
    }
  }
}
