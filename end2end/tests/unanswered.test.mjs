// What is not known is not said. Between the browser and the server stand networks, proxies, firewalls and portals; the
// database may be held by somebody else. Whatever they do, the page never says that no money was taken when it was,
// nobody is called signed out who is not, and it ends at what is true.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { books, countOf, paidOnce, untouched } from '../books.mjs';
import { DENIALS } from '../journey.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const PAYMENTS = /^\/api\/v1\/payments$/;
const BY_KEY = /^\/api\/v1\/payments\?idempotency_key=/;
const SESSION = /^\/api\/v1\/session$/;
/** For what can't be known before the order can't begin any more. */
const LONG = { timeout: 45_000 };
/** As long as an order may take to begin, and what the server adds, in milliseconds. */
const OVER = 20_000;

/** Writes down whenever the page says one of these, from now on and over reloads. */
async function listen(payer) {
  const said = [];
  await payer.context.exposeBinding('reportWords', (_, words) => said.push({ words, at: Date.now() }));
  await payer.context.addInitScript((denials) => {
    const heard = new Set();
    const look = () => {
      const text = document.querySelector('main')?.textContent ?? '';
      for (const words of denials.filter((words) => text.includes(words) && !heard.has(words))) {
        heard.add(words);
        window.reportWords(words);
      }
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  }, DENIALS);
  return said;
}

/**
 * At the review of the professional bill, $64.10 by card. `said` is what the page has said of money that was not taken.
 */
const atReview = (name, options, body) => {
  if (typeof options === 'function') [options, body] = [{}, options];
  scene(name, { timeout: 120_000, ...options }, async (stage) => {
    const said = await listen(stage.payer);
    await stage.payer.reachesReview(stage.member);
    await body({ ...stage, said, before: books(stage.stack) });
  });
};

/** The receipt on the page, one payment and one charge in the books, and not a word of the contrary on the way. */
async function isPaidOnce({ stack, payer, before, said }) {
  await payer.sees(payer.words.paid, LONG);
  assert.deepEqual(said, [], 'it was said that no money was taken');
  const payment = paidOnce(stack, before, { cents: 6410, state: 'paid' });
  assert.equal(await payer.receiptNumber(), payment.reference);
}

/** The page says that the order never arrived, which is true and stays so; and pressing Pay again pays once. */
async function neverArrived({ stack, payer, before, said }) {
  await payer.reads(payer.words.none, LONG);
  untouched(stack, before);
  await pause(3_000);
  untouched(stack, before);
  said.length = 0;
  await payer.pays();
  await isPaidOnce({ stack, payer, before, said: [] });
}

const spanish = { language: 'es', locale: 'es-US' };

// --- held in the database

for (const options of [{}, spanish]) {
  const language = options.language ?? 'en';
  atReview(`an order that waits for a lock is being checked, and ends at its receipt (${language})`, options, async (stage) => {
    const { stack, payer } = stage;
    const lock = await stack.holdBilling();
    // the connection breaks at once: the question is asked while the order waits
    const fault = stack.edge.fault({ path: PAYMENTS, late: 0 });
    await payer.pays();
    await payer.sees(payer.words.checkingPayment);
    await pause(3_000);
    assert.equal(countOf.payments(stack, stage.before), 0, 'the lock holds it');
    await lock.release();
    await fault.reached;
    await isPaidOnce(stage);
    assert.equal(stack.edge.count('POST', PAYMENTS), 1);
  });
}

atReview('an order that waits for a lock longer than it may begin takes nothing, and that is said only then', async (stage) => {
  const { stack, payer, said } = stage;
  const lock = await stack.holdBilling();
  const pressed = Date.now();
  await payer.pays();
  await pause(25_000);
  for (const { words, at } of said) assert.ok(at - pressed >= OVER, `“${words}” after ${at - pressed} ms`);
  await lock.release();
  await neverArrived(stage);
});

// --- on its way

for (const options of [{}, spanish]) {
  const language = options.language ?? 'en';
  atReview(`an order that arrives three seconds after its connection broke ends at its receipt (${language})`, options, async (stage) => {
    stage.stack.edge.fault({ path: PAYMENTS, late: 3_000 });
    await stage.payer.pays();
    await stage.payer.sees(stage.payer.words.checkingPayment);
    await isPaidOnce(stage);
    assert.equal(stage.stack.edge.count('POST', PAYMENTS), 1);
  });
}

atReview('an order that arrives when it may not begin any more takes nothing, and that is said only then', async (stage) => {
  const { stack, payer, said } = stage;
  const late = stack.edge.fault({ path: PAYMENTS, late: 17_000 });
  const pressed = Date.now();
  await payer.pays();
  const answer = await late.reached;
  assert.deepEqual([answer.status, JSON.parse(answer.body).code], [409, 'too_late']);
  await payer.reads(payer.words.neverArrived, LONG);
  for (const { words, at } of said) assert.ok(at - pressed >= OVER, `“${words}” after ${at - pressed} ms`);
  await neverArrived(stage);
});

atReview('an order that came too late is refused in words, and paid once when Pay is pressed again', async (stage) => {
  const { stack, payer } = stage;
  // the request is slow, the connection holds
  stack.edge.fault({ path: PAYMENTS, before: () => pause(16_000) });
  await payer.pays();
  await payer.reads(payer.words.tooLate, LONG);
  untouched(stack, stage.before);
  await payer.pays();
  await isPaidOnce({ ...stage, said: [] });
  assert.equal(stack.edge.count('POST', PAYMENTS), 2);
  // the key of an order that was refused is closed: a copy of it that comes later begins nothing
  const keys = stack.edge.requests.filter(({ method, url }) => method === 'POST' && PAYMENTS.test(url)).map(({ key }) => key);
  assert.equal(new Set(keys).size, 2, `${keys}`);
});

atReview('a reload while the order is on its way goes on checking, and ends at its receipt', async (stage) => {
  const { stack, payer } = stage;
  stack.edge.fault({ path: PAYMENTS, late: 6_000 });
  await payer.pays();
  await payer.sees(payer.words.checkingPayment);
  await payer.page.reload();
  await payer.sees(payer.words.checkingPayment);
  await isPaidOnce(stage);
  assert.equal(stack.edge.count('POST', PAYMENTS), 1);
});

// --- somebody else's answer

for (const [status, options] of [[401, {}], [403, spanish], [404, {}], [409, spanish], [422, {}], [429, spanish], [503, {}]]) {
  const title = `a proxy’s own ${status} to the order and to the questions is no answer: it checks until it has ours`;
  atReview(title, options, async (stage) => {
    const { stack, payer } = stage;
    stack.edge.fault({ path: PAYMENTS, answer: status });
    const asked = stack.edge.fault({ method: 'GET', path: BY_KEY, times: 3, answer: status });
    await payer.pays();
    await payer.sees(payer.words.checkingPayment);
    await stack.until(() => asked.seen === 3, 'it asked three times');
    await isPaidOnce(stage);
    assert.equal(stack.edge.count('POST', PAYMENTS), 1);
  });
}

atReview('signed out while it is checking: it says not to pay again, and nothing of money', async (stage) => {
  const { stack, payer, said } = stage;
  stack.edge.fault({ path: PAYMENTS, lose: true });
  const asked = stack.edge.fault({ method: 'GET', path: BY_KEY, times: Infinity, drop: true });
  await payer.pays();
  await payer.sees(payer.words.checkingPayment);
  await stack.until(() => asked.seen > 0, 'it asked');
  await payer.context.clearCookies();
  asked.times = 0;
  await payer.sees('Your visit ended while we were checking');
  await payer.reads('Please don’t pay again.');
  assert.deepEqual(said, []);
  paidOnce(stack, stage.before, { cents: 6410, state: 'paid' });
});

atReview('a mistyped address while nobody knows denies nothing, and its links lead to the receipt', async (stage) => {
  const { stack, payer, said } = stage;
  stack.edge.fault({ path: PAYMENTS, lose: true });
  const asked = stack.edge.fault({ method: 'GET', path: BY_KEY, times: Infinity, drop: true });
  await payer.pays();
  await payer.sees(payer.words.checkingPayment);
  await payer.goes('/pay/recipt');
  await payer.sees('This page does not exist');
  await payer.reads(/This does not send or stop a payment\. If you were paying, find your bill again/);
  assert.deepEqual(said, [], 'it was paid');
  paidOnce(stack, stage.before, { cents: 6410, state: 'paid' });
  asked.times = 0;
  await payer.main.getByRole('link', { name: 'Pay your health plan bill' }).click();
  await payer.page.getByRole('link', { name: payer.words.payOnce }).click();
  await payer.sees(payer.words.find);
  await payer.finds(stage.member.identifiers);
  await isPaidOnce(stage);
});

atReview('a payment for one bill is not called lost where somebody else’s bill is found', async (stage) => {
  const { stack, payer, said } = stage;
  const other = await stack.member(({ name, region }) => region === 'CA' && name !== stage.member.name);
  stack.edge.fault({ path: PAYMENTS, lose: true });
  const asked = stack.edge.fault({ method: 'GET', path: BY_KEY, times: Infinity, drop: true });
  await payer.pays();
  await payer.sees(payer.words.checkingPayment);
  await stack.until(() => asked.seen > 0, 'it asked');
  await payer.goes('/pay');
  await payer.sees(payer.words.find);
  asked.times = 0;
  await payer.finds(other.identifiers);
  await payer.page.waitForURL(/\/pay\/amount$/, LONG);
  await payer.page.getByRole('alert').getByText('The payment you sent before is another bill’s').waitFor();
  await payer.settles();
  assert.deepEqual(said, [], 'it was paid');
  paidOnce(stack, stage.before, { cents: 6410, state: 'paid' });
});

const foreign = { status: 404, body: '<html>default backend - 404</html>' };

scene('a proxy’s own 404 to a look-up is neither “no match” nor “this page does not exist”', async ({ stack, payer, member }) => {
  await payer.arrives();
  stack.edge.fault({ path: /bill-lookups$/, instead: foreign });
  await payer.finds(member.identifiers);
  await payer.reads(payer.words.faulty);
  assert.doesNotMatch(await payer.text(), /We found no bill|This page does not exist/);
  await payer.page.getByRole('button', { name: payer.words.findButton }).click();
  await payer.sees(payer.words.owe);
});

scene('a 503 of a balancer is trouble of the server, not too many tries', async ({ stack, payer, member }) => {
  await payer.arrives();
  const headers = { 'retry-after': 'Fri, 31 Dec 2027 23:59:59 GMT' };
  stack.edge.fault({ path: /bill-lookups$/, instead: { status: 503, headers } });
  await payer.finds(member.identifiers);
  await payer.reads(payer.words.faulty);
  assert.doesNotMatch(await payer.text(), /Too many tries|minute/);
});

for (const status of [401, 503]) {
  scene(`a member who reloads while a proxy answers ${status} is not led to signing in, and goes on when it is over`, async ({ stack, payer }) => {
    const { page, words } = payer;
    await payer.signsIn();
    for (const [path, then] of [['/account', words.yourAccount], ['/pay/amount', words.owe]]) {
      const fault = stack.edge.fault({ method: 'GET', path: SESSION, times: Infinity, instead: { status } });
      await payer.goes(path);
      await payer.sees(words.faulty);
      assert.ok(new URL(page.url()).pathname === path, page.url());
      await payer.main.getByRole('button', { name: words.tryAgain }).click();
      await stack.until(() => fault.seen > 1, 'it asked again');
      await payer.sees(words.faulty);
      fault.times = 0;
      // by itself, or when asked
      if (status === 401) await payer.main.getByRole('button', { name: words.tryAgain }).click();
      await payer.sees(then);
    }
    await payer.page.getByRole('banner').getByRole('button', { name: words.signOut }).waitFor();
  });
}

for (const [what, instead] of [
  ['a portal’s page', { status: 200, body: '<h1>Welcome to the airport</h1>' }],
  ['an empty answer of somebody else', { status: 204, body: '' }],
]) {
  scene(`${what} in place of the answer to signing out is not called signed out`, async ({ stack, payer }) => {
    await payer.signsIn();
    stack.edge.fault({ method: 'DELETE', path: SESSION, instead });
    await payer.page.getByRole('banner').getByRole('button', { name: payer.words.signOut }).click();
    const dialog = payer.page.getByRole('dialog', { name: 'Your visit has not ended' });
    await dialog.waitFor();
    const alive = 'SELECT COUNT(*) AS n FROM session WHERE ended_at IS NULL AND account IS NOT NULL';
    assert.equal(stack.billing(alive)[0].n, 1);
    await dialog.getByRole('button', { name: payer.words.tryAgain }).click();
    await payer.sees(payer.words.signedOutTitle);
  });
}

// --- the frame

scene('the capture frame may run its script and its form, and nothing else', async ({ payer, member }) => {
  await payer.reachesReview(member);
  await payer.page.goBack();
  await payer.sees(payer.words.how);
  const frame = payer.page.locator('iframe');
  if ((await frame.count()) === 0) await payer.page.getByRole('button', { name: payer.words.otherDetails }).click();
  await frame.waitFor({ state: 'attached' });
  assert.equal(await frame.getAttribute('sandbox'), 'allow-scripts allow-same-origin allow-forms');
  assert.equal(await frame.getAttribute('allow'), '');
});
