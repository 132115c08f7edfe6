// A real Chromium, watched: what each page asked for, what its policy refused, what it threw.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

export const PHONE = { width: 360, height: 780 };
export const DESK = { width: 1280, height: 900 };

/**
 * What Chromium does beside our pages. The last two draw the suggestions of an address bar that nobody sees, for each
 * new profile: a second of a processor. The others are what Playwright switches off; of two such lists Chromium takes
 * the last.
 */
const SWITCHED_OFF = [
  'AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay', 'MediaRouter', 'PaintHolding', 'ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch', 'WebUIOmniboxPopup', 'WebUIOmniboxAimPopup',
];

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--force-color-profile=srgb',
      `--disable-features=${SWITCHED_OFF.join(',')}`,
    ],
  });

/**
 * A visitor: a browser profile of its own, whose clock shows `now` and ticks on, with everything that goes wrong in it
 * kept in
 * `visitor.seen`.
 */
export async function visitor(browser, { now, size = DESK, locale = 'en-US', scheme = 'light', ...more } = {}) {
  const context = await browser.newContext({
    viewport: size, locale, colorScheme: scheme, reducedMotion: 'reduce', timezoneId: 'America/Los_Angeles', ...more,
  });
  context.setDefaultTimeout(10_000);
  await context.clock.install({ time: now });
  const seen = { requests: [], violations: [], errors: [] };
  await context.exposeBinding('reportViolation', (_, violation) => seen.violations.push(violation));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      window.reportViolation(`${event.violatedDirective} ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  context.on('request', (request) => seen.requests.push(request));
  context.on('weberror', (error) => seen.errors.push(String(error.error())));
  context.on('console', (message) => {
    if (/Content Security Policy|Trusted Type|valid digest in the 'integrity'/i.test(message.text())) seen.violations.push(message.text());
    if (message.type() === 'error' && /panicked|RuntimeError/.test(message.text())) seen.errors.push(message.text());
  });
  const page = await context.newPage();
  return { context, page, seen };
}

/** Closes it, and says no if the page threw or its policy had to refuse anything. */
export async function leave({ context, seen }, { mayThrow = false } = {}) {
  await context.close();
  if (!mayThrow) assert.deepEqual(seen.errors, [], 'a page threw');
  assert.deepEqual(seen.violations, [], 'the policy refused something');
}
