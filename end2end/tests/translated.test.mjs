// A page translator puts <font><font>text</font></font> in place of every text, at once and for what comes later.
// Whatever changes afterwards must still change, and nothing of before may be left beside it: each page says what it
// says without a translator. One that writes digits and the names of months its own way changes no amount, date,
// reference or phone number.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leave, visitor } from '../browser.mjs';
import { Stack } from '../harness.mjs';
import { Member } from '../member.mjs';
import { theBrowser, useBrowser } from '../stage.mjs';

useBrowser();

/**
 * Runs in the page. `inSteps` is how the text is replaced: in one step, with the element put in front of it first, or
 * with the text taken away first. `rewrites`: digits, and the months and weekdays of
 * dates, become those of another language.
 */
function translator([inSteps, rewrites]) {
  const name = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun|ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic|lun|mié|jue|vie|sáb|dom)[a-zé]*';
  const names = new RegExp(`\\b${name}(?=,? (?:${name} )?\\d)|(?<=\\d de )${name}`, 'g');
  const written = (text) => text.replace(names, 'شهر').replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)));
  const isLeft = (text) => text.parentElement?.closest('[translate=no], script, style, font, svg, option, textarea');
  const replace = {
    one: (text, font) => text.replaceWith(font),
    before: (text, font) => (text.before(font), text.remove()),
    after: (text, font) => {
      const [parent, next] = [text.parentNode, text.nextSibling];
      text.remove();
      parent.insertBefore(font, next);
    },
  }[inSteps];
  const translate = (text) => {
    if (!text.isConnected || text.data.trim() === '' || isLeft(text)) return;
    const [font, inner] = [document.createElement('font'), document.createElement('font')];
    inner.textContent = rewrites ? written(text.data) : text.data;
    font.append(inner);
    replace(text, font);
  };
  const textsOf = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return [node];
    const [walker, found] = [document.createTreeWalker(node, NodeFilter.SHOW_TEXT), []];
    while (walker.nextNode()) found.push(walker.currentNode);
    return found;
  };
  new MutationObserver((records) => {
    const changed = records.flatMap(({ type, target, addedNodes }) => (type === 'characterData' ? [target] : [...addedNodes]));
    changed.flatMap(textsOf).forEach(translate);
  }).observe(document, { childList: true, subtree: true, characterData: true });
}

/** What the whole page says. */
async function said(payer) {
  const text = await payer.page.evaluate(() => document.querySelector('#app').innerText);
  // a machine's pace, and what is random
  const same = text.replace(/KP-[0-9A-Z]{4}-[0-9A-Z]{4}/g, 'KP-').replace(/\d+:\d\d\s[ap]m/g, 'TIME');
  return same.replace(/\s+/g, ' ');
}

/** The way of paying with everything that changes on a page; gives what each state says. */
async function walk(payer, member) {
  const states = [];
  const state = async (name) => {
    await payer.settles();
    states.push([name, await said(payer)]);
  };
  const { page, words } = payer;
  await payer.arrives();
  await state('find');
  await payer.finds({});
  await payer.invalid();
  await state('five problems');
  await payer.types({ zip: member.identifiers.zip, hrn: '1234' });
  await page.waitForFunction(() => /There are 3 problems/.test(document.body.innerText));
  await state('three problems, and an echo');
  await payer.types({ hrn: '12345' });
  await state('another echo');
  await payer.speaks('es');
  await state('the same in Spanish');
  await payer.speaks('en');
  await payer.finds(member.identifiers);
  await payer.sees(words.owe);
  await state('owed');
  await payer.takes('professional', 'none');
  await payer.takes('hospital', '150');
  await state('a part');
  await payer.takes('hospital', '151.25');
  await state('another part');
  await payer.takes('hospital', '9999999');
  await payer.continues();
  await payer.invalid();
  await state('too much');
  await payer.takes('hospital', '20');
  await payer.continues();
  await payer.sees(words.how);
  const loading = page.getByText('The form is loading');
  await page.getByRole('radio', { name: words.bank }).check();
  await payer.frame.getByLabel(words.routing).waitFor();
  await loading.waitFor({ state: 'hidden' });
  await state('by bank');
  await payer.byCard();
  await loading.waitFor({ state: 'hidden' });
  await state('by card');
  await payer.says();
  await payer.toReview();
  await state('review');
  await payer.payButton.click();
  await payer.invalid();
  await state('not agreed to');
  await payer.agreement.check();
  await state('agreed to');
  let answer;
  const isHeld = new Promise((resolve) => (answer = resolve));
  await page.route('**/api/v1/payments', async (route) => {
    await isHeld;
    await route.continue();
  });
  await payer.payButton.click();
  await page.getByRole('button', { name: 'Paying…' }).waitFor();
  states.push(['paying', await said(payer)]);
  answer();
  await payer.sees(words.paid);
  await state('paid');
  return states;
}

/** The walk in servers and a browser of its own. */
async function walked(inSteps, rewrites = false) {
  const stack = await Stack.open();
  const one = await visitor(theBrowser(), { now: stack.now() });
  try {
    if (inSteps) await one.context.addInitScript(translator, [inSteps, rewrites]);
    const payer = new Member(stack, one);
    const states = await walk(payer, await stack.member());
    const translated = await payer.page.locator('font > font').count();
    if (rewrites) {
      await payer.page.evaluate(() => document.querySelector('main').append('$5 on Nov 23'));
      await payer.page.getByText('$٥ on شهر ٢٣').waitFor();
    }
    await leave(one);
    return { states, translated };
  } finally {
    await one.context.close();
    await stack.close();
  }
}

let plain;
for (const [inSteps, how] of [['one', 'replaced'], ['before', 'put beside and taken away'], ['after', 'taken away and put back']]) {
  test(`under a page translator every page says what it says without one: texts are ${how}`, { timeout: 180_000 }, async () => {
    plain ??= await walked(null);
    assert.equal(plain.translated, 0);
    const { states, translated } = await walked(inSteps);
    assert.ok(translated > 20, `${translated} texts were translated`);
    assert.deepEqual(states, plain.states);
  });
}

test('a page translator that writes digits and dates its own way changes no amount, date, reference or phone', { timeout: 180_000 }, async () => {
  plain ??= await walked(null);
  const { states, translated } = await walked('one', true);
  assert.ok(translated > 20, `${translated} texts were translated`);
  assert.deepEqual(states, plain.states);
});
