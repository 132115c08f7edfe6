// How smoothly ten thousand payments scroll: loads the whole history of the demo's member who has them, scrolls from
// its top to its end, and prints the longest frame and the long tasks. Then it looks for the oldest payment as the
// browser's own search does. `node end2end/scrolling.mjs`, with the programs that end2end/harness.mjs names; figures
// are in docs/performance.md.
import { launch, DESK, PHONE } from './browser.mjs';
import { Stack } from './harness.mjs';
import { Member } from './member.mjs';

const MEMBER = 'daniel.archuleta@example.org';
/** Of the frames that are scrolled by; the limit is for each of them. */
const LIMIT = 50;

/** A screen a frame, as fast as anybody turns a wheel; how long each frame took. */
async function scroll(page) {
  return page.evaluate(async () => {
    const tasks = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
    observer.observe({ type: 'longtask' });
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    scrollTo(0, 0);
    for (let at = 0; at < 30; at += 1) await frame();
    const frames = [];
    let last = await frame();
    let before = -1;
    while (scrollY !== before) {
      before = scrollY;
      scrollBy(0, innerHeight * 0.8);
      const now = await frame();
      frames.push(now - last);
      last = now;
    }
    await frame();
    observer.disconnect();
    frames.sort((one, other) => other - one);
    return { frames: frames.length, longest: frames[0], second: frames[1], median: frames[frames.length >> 1], tasks };
  });
}

const stack = await Stack.open();
const browser = await launch();
let isSmooth = true;
try {
  for (const [name, size] of [['desk', DESK], ['phone', PHONE]]) {
    // its clock is its own: a frame's time is what is measured
    const context = await browser.newContext({ viewport: size, locale: 'en-US', timezoneId: 'America/Los_Angeles' });
    context.setDefaultTimeout(600_000);
    const page = await context.newPage();
    const member = new Member(stack, { context, page, seen: { requests: [], violations: [], errors: [] } }, {});
    await member.signsIn(MEMBER);
    await member.goes('/account/history');
    // by key: under a pointer the button moves while the rows above it come into sight and get their height
    await member.main.getByRole('button', { name: 'Show all', exact: true }).press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('.pay-history > li').length >= 10_000);
    const elements = await page.evaluate(() => document.querySelectorAll('*').length);
    const result = await scroll(page);
    const found = await page.evaluate(() => {
      const last = [...document.querySelectorAll('.pay-history > li')].at(-1).querySelector('small').textContent;
      scrollTo(0, 0);
      return window.find(last) && document.activeElement !== null && getSelection().toString() === last;
    });
    const millis = (value) => `${value.toFixed(1)} ms`;
    console.log(`${name}: ${elements} elements, ${result.frames} frames, longest ${millis(result.longest)}, second ${millis(result.second)}, `
      + `median ${millis(result.median)}, long tasks ${result.tasks.length ? result.tasks.map(millis).join(', ') : 'none'}, `
      + `the last row is ${found ? '' : 'not '}found by the browser's search`);
    isSmooth &&= found && result.longest <= LIMIT;
    await context.close();
  }
} finally {
  await browser.close();
  await stack.close();
}
process.exitCode = isSmooth ? 0 : 1;
