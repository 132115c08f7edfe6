// No connection between the steps: what was known and typed stays, it is said, and goes on when the connection is back.
import assert from 'node:assert/strict';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

scene('offline at the look-up: said, and what was typed is found when the connection is back', async ({ payer, member }) => {
  await payer.arrives();
  await payer.context.setOffline(true);
  await payer.finds(member.identifiers);
  await payer.reads(payer.words.offline);
  assert.equal(await payer.field('hrn').inputValue(), member.identifiers.hrn);
  await payer.context.setOffline(false);
  await payer.page.getByRole('button', { name: payer.words.findButton }).click();
  await payer.sees(payer.words.owe);
});

scene('offline between amount and method: the sum stays, the form says that it did not come and comes again', async ({ payer, member }) => {
  const { page, words } = payer;
  await payer.reachesOwed(member);
  await payer.takes('professional', 'all');
  await payer.takes('hospital', 'none');
  await payer.context.setOffline(true);
  await payer.continues();
  await payer.sees(words.how);
  const slip = page.getByRole('complementary');
  assert.match(await slip.innerText(), /\$64\.10/);
  await payer.says();
  await page.getByRole('radio', { name: words.card }).check();
  await page.getByRole('button', { name: words.toReview }).click();
  const again = page.getByRole('button', { name: words.formAgain });
  await again.waitFor();
  assert.equal(await page.locator('iframe').isVisible(), false, 'a broken frame is not shown');
  assert.match(await slip.innerText(), /\$64\.10/);
  await payer.context.setOffline(false);
  await again.click();
  await payer.byCard();
  await payer.toReview();
  assert.match(await payer.text(), /\$64\.10/);
});

scene('a method that nobody names is said, what was typed stays, and the next press goes on', async ({ payer, member }) => {
  const { page, words } = payer;
  await payer.reachesMethod(member);
  await payer.byCard();
  await payer.says();
  await page.route('**/api/v1/payment-methods', (route) => route.fulfill({ status: 500, body: '<html>' }));
  await page.getByRole('button', { name: words.toReview }).click();
  await payer.reads(words.faulty);
  await page.unroute('**/api/v1/payment-methods');
  await payer.toReview();
  assert.match(await payer.text(), /4242/);
});

scene('what the page shows of a card is what the processor named, whatever the frame said', async ({ payer, member }) => {
  const { page } = payer;
  await payer.reachesMethod(member);
  await payer.byCard();
  await payer.says();
  await page.route('**/api/v1/payment-methods', async (route) => {
    const named = await route.fetch();
    await route.fulfill({ response: named, json: { ...(await named.json()), last4: '9999' } });
  });
  await payer.toReview();
  assert.match(await payer.text(), /9999/);
  assert.doesNotMatch(await payer.text(), /4242/);
});

scene('a form that never comes is said without being asked', async ({ payer, member }) => {
  const { page, words } = payer;
  let asked = 0;
  // the first is never answered
  await page.route('**/capture?**', (route) => ((asked += 1) > 1 ? route.continue() : undefined));
  await payer.reachesMethod(member);
  await page.getByRole('radio', { name: words.card }).check();
  await page.getByRole('button', { name: words.formAgain }).waitFor({ timeout: 15_000 });
  await page.getByRole('button', { name: words.formAgain }).click();
  await payer.byCard();
});

for (const where of ['/pay/amount', '/pay/method', '/pay/review']) {
  scene(`reloaded while the server fails, ${where} says so and no sum, and goes on from there`, async ({ payer, member }) => {
    const { page, words } = payer;
    await payer.reachesReview(member);
    await payer.goes(where);
    await payer.settles();
    for (const failing of ['bills', 'payment-draft']) {
      await page.route(`**/api/v1/${failing}`, (route) => route.fulfill({ status: 500, body: '<html>' }));
      await page.reload();
      await payer.reads(words.faulty);
      assert.doesNotMatch(await payer.text(), /\$\d/, `${failing} failed`);
      await page.unroute(`**/api/v1/${failing}`);
      await page.getByRole('main').getByRole('button', { name: words.tryAgain }).click();
      await page.getByRole('main').getByText(/\$64\.10/).first().waitFor();
    }
  });
}
