// axe finds nothing on any page in any state, at both widths, in both schemes and languages, and the tree that
// assistive technology reads is the one kept under snapshots/. `KPPAY_SNAPSHOTS=update npm test` writes them anew.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { DESK, PHONE } from '../browser.mjs';
import { BEGINS, IS_USUAL, ROOT } from '../harness.mjs';
import { WALKS } from '../states.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const SNAPSHOTS = path.join(ROOT, 'end2end/snapshots');
const UPDATE = process.env.KPPAY_SNAPSHOTS === 'update';

// A scheme changes colours and nothing else: every rule runs in light, those that look at colours in dark too.
const OF_COLOR = ['color-contrast', 'link-in-text-block', 'target-size'];

async function axe(page, where, rules) {
  // without a frame of another origin there is nothing to carry between frames, and no second page to open for it
  const builder = new AxeBuilder({ page }).setLegacyMode((await page.locator('iframe').count()) === 0);
  const { violations } = await (rules ? builder.withRules(rules) : builder).analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ target, failureSummary }) =>
    `    ${target.join(' ')}\n      ${failureSummary.replaceAll('\n', '\n      ')}`).join('\n')}`);
  return found.map((text) => `${where}: ${text}`);
}

// Every region's clock shows the same minute.
const ZONES = ['America/Los_Angeles', 'America/Denver', 'America/New_York', 'Pacific/Honolulu'];
const plain = (text) => text.replaceAll('\u00a0', ' ').replaceAll('\u202f', ' ');

/** A time of day as the app writes it: `9:52 am`, `9:52 a. m.` */
function time(millis, language, timeZone) {
  const [clock, half] = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit', timeZone }).format(millis).split(/\s/);
  return `${clock} ${language === 'es' ? `${half[0].toLowerCase()}. m.` : half.toLowerCase()}`;
}

/**
 * What happened in this walk is said to have happened when it began: how many minutes later it was depends on the
 * machine.
 */
function atOnce(tree, stack, language) {
  for (let minute = BEGINS + 60_000; minute <= stack.now(); minute += 60_000) {
    for (const zone of ZONES) {
      tree = tree.replaceAll(` ${time(minute, language, zone)}`, ` ${time(BEGINS, language, zone)}`);
    }
  }
  return tree;
}

/**
 * What is random, and how long the machine took, is not part of the tree that is kept. Dates are: every walk begins at
 * one moment.
 */
function lasting(tree, stack, language) {
  const same = plain(tree)
    // ports: whichever are free
    .replaceAll(stack.app, 'APP').replaceAll(stack.processorOrigin, 'PROCESSOR')
    // a payment's reference and id, that of a person to pay for, an app's secret, recovery codes: random
    .replace(/KP-[0-9A-Z]{4}-[0-9A-Z]{4}/g, 'KP-····-····')
    .replace(/\/payments\/[\w-]+/g, '/payments/ID').replace(/\?for=[\w-]+/g, '?for=ID')
    .replace(/\b(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b/g, 'SECRET').replace(/otpauth:\S+/g, 'OTPAUTH')
    .replace(/\b[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}\b/g, 'CODE')
    // how many tries fit in before there are too many: the server gives some back as time passes
    .replace(/"9000\d\d"/g, '"9000··"')
    // how long the next try at signing in is away: seconds go by
    .replace(/(You can try again in|volver a intentarlo en) \d+ (second|segundo)s?/g, '$1 N $2s');
  return atOnce(same, stack, language);
}

/**
 * On another day than the one they were taken on, kept trees say nothing; everything else is looked at all the same.
 */
function compare(name, language, tree) {
  if (!IS_USUAL) return [];
  const file = path.join(SNAPSHOTS, language, `${name}.yml`);
  const kept = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null;
  if (UPDATE) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, tree);
    return [];
  }
  if (kept === null) return [`${language}/${name}: no snapshot is kept (KPPAY_SNAPSHOTS=update writes it)`];
  if (kept === tree) return [];
  const [was, is] = [kept.split('\n'), tree.split('\n')];
  const at = was.findIndex((line, at) => line !== is[at]);
  return [`${language}/${name} differs at line ${at + 1}:\n  kept: ${was[at]}\n  now:  ${is[at]}`];
}

for (const language of ['en', 'es']) {
  for (const [walkName, walk] of Object.entries(WALKS)) {
    scene(`${walkName}, in ${language}: axe finds nothing and the tree is as kept`,
      { language, locale: language === 'es' ? 'es-US' : 'en-US', timeout: 180_000, throws: walkName === 'crashing' },
      async (stage) => {
        const { payer, stack } = stage;
        const problems = [];
        for await (const { name } of walk(stage)) {
          problems.push(...compare(name, language, lasting(await payer.page.locator('body').ariaSnapshot(), stack, language)));
          for (const size of [PHONE, DESK]) {
            await payer.page.setViewportSize(size);
            await payer.noSidewaysScroll();
            if (size === PHONE) await payer.readsLargeText();
            // the bar at the foot of the account covers what is being scrolled past; at the end of the page it covers
            // nothing. What is out of sight is not drawn, and only when it is has it its own height
            await payer.page.evaluate(() => {
              for (const row of document.querySelectorAll('.pay-history > li')) row.style.contentVisibility = 'visible';
              scrollTo(0, document.documentElement.scrollHeight);
            });
            for (const scheme of ['dark', 'light']) {
              await payer.page.emulateMedia({ colorScheme: scheme });
              problems.push(...(await axe(payer.page, `${name}, ${size.width} px, ${scheme}`, scheme === 'dark' ? OF_COLOR : null)));
            }
          }
        }
        assert.deepEqual(problems, []);
      });
  }
}
