// Walks without a bill: the pages that anyone can open, and finding a bill.

import { stop } from './stop.mjs';

export async function* doors({ payer }) {
  const { page, words } = payer;
  await payer.goes('/');
  await payer.settles();
  yield stop('home', '');
  await page.getByRole('link', { name: words.payOnce }).click();
  await payer.sees(words.region);
  yield stop('region', '');
  await page.getByRole('button', { name: words.goOn }).click();
  await payer.invalid();
  yield stop('region', 'error');
  await page.getByRole('radio', { name: /^Washington/ }).check();
  await page.getByRole('radio', { name: words.yes }).waitFor();
  yield stop('region', 'washington');
  for (const path of ['help', 'coupon', 'sign-in', 'register', 'forgot-password', 'reset-password', 'signed-out', 'visit-ended', 'timed-out', 'terms', 'privacy', 'accessibility']) {
    await payer.goes(`/${path}`);
    await payer.settles();
    yield stop(path, '');
  }
  await payer.goes('/nowhere');
  await payer.settles();
  yield stop('not-found', '');
}

export async function* finding({ payer, member }) {
  await payer.arrives();
  yield stop('find', 'empty');
  await payer.finds({ group: '100245', zip: '9461', hrn: '12345678A' });
  await payer.invalid();
  yield stop('find', 'error');
  await payer.types(member.identifiers);
  await payer.field('hrn').fill('12345678');
  await payer.field('hrn').focus();
  yield stop('find', 'filled');
  await payer.finds({ ...member.identifiers, group: '999999' });
  await payer.reads(payer.words.noMatch);
  yield stop('find', 'no-match');
  const busy = payer.page.getByRole('main').getByText(payer.words.tooMany);
  for (let tries = 0; tries < 60 && !(await busy.first().isVisible()); tries += 1) {
    const answered = payer.page.waitForResponse(/bill-lookups/);
    await payer.finds({ ...member.identifiers, group: String(900_000 + tries) });
    await answered;
    await payer.page.getByRole('main').getByText(payer.words.tooMany).or(payer.page.getByRole('main').getByText(payer.words.noMatch))
      .first().waitFor();
  }
  yield stop('find', 'too-many');
}

export async function* findingInWashington({ payer }) {
  await payer.arrives('Washington', { southWest: false });
  yield stop('find', 'washington');
}

export async function* offline({ payer, member, stack }) {
  await payer.arrives();
  await payer.types(member.identifiers);
  stack.edge.cut();
  await payer.page.getByRole('button', { name: payer.words.findButton }).click();
  await payer.reads(payer.words.offline);
  yield stop('find', 'offline');
  stack.edge.restore();
  stack.edge.fault({ path: /bill-lookups/, answer: 500 });
  await payer.page.getByRole('button', { name: payer.words.findButton }).click();
  await payer.reads(payer.words.faulty);
  yield stop('find', 'fault');
  await payer.page.getByRole('button', { name: payer.words.findButton }).click();
  await payer.sees(payer.words.owe);
  stack.edge.fault({ method: 'GET', path: /\/bills$/, answer: 500 });
  await payer.page.reload();
  await payer.reads(payer.words.faulty);
  yield stop('owe', 'fault');
  await payer.page.getByRole('main').getByRole('button', { name: payer.words.tryAgain }).click();
  await payer.continues();
  await payer.sees(payer.words.how);
  await payer.page.route('**/capture?**', (route) => route.abort());
  await payer.page.getByRole('radio', { name: payer.words.card }).check();
  await payer.says();
  await payer.page.getByRole('button', { name: payer.words.toReview }).click();
  await payer.page.getByRole('button', { name: payer.words.formAgain }).waitFor();
  yield stop('method', 'no-form');
}

export async function* crashing({ payer }) {
  await payer.context.route(/\.wasm/, (route) => route.abort());
  await payer.goes('/');
  await payer.page.locator('#unavailable').waitFor();
  yield stop('crash', '', { throws: true });
}
