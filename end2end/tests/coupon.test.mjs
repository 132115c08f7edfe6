// The mail coupon: made for each bill that was found, or to be filled in by hand.
import assert from 'node:assert/strict';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const TO = ['kppay Health Plan', 'Ordway Building', 'One Kaiser Plaza', 'Oakland, CA 94612'];
const plain = (text) => text.replaceAll('\u00a0', ' ');
const coupons = (payer) => payer.page.getByRole('main').getByRole('region');
const day = (text) => new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeZone: 'UTC' }).format(new Date(text));

scene('whoever found their bills prints a coupon for each, with everything filled in', async ({ stack, payer, member }) => {
  await payer.reachesOwed(member);
  await payer.page.getByRole('contentinfo').getByRole('link', { name: 'Pay by mail' }).click();
  await payer.sees('Mail coupon');
  await payer.reads(/^There are 2 coupons, one for each bill\./);
  for (const [kind, amount] of [['professional', '$64.10'], ['hospital', '$1,150.00']]) {
    const coupon = payer.page.getByRole('region', { name: `Coupon for a ${kind} bill` });
    const text = plain(await coupon.innerText());
    const [{ due }] = stack.billing(['SELECT due FROM bill WHERE id = ?', member.open_bills.find((bill) => bill.kind === kind).id]);
    // the ZIP code that is kept has five digits
    const numbers = Object.values(member.identifiers).map((number) => number.replace(/-\d{4}$/, ''));
    for (const fact of [...TO, amount, day(due), member.name, ...numbers]) assert.ok(text.includes(fact), `${fact} in ${text}`);
    assert.match(await coupon.locator('svg path').getAttribute('d'), /^M4 4h7/, 'a code for machines');
  }
  await payer.page.emulateMedia({ media: 'print' });
  assert.equal(await payer.page.getByRole('button', { name: 'Print this page' }).isVisible(), false);
  assert.equal(await coupons(payer).first().isVisible(), true);
  // found again after a reload
  await payer.page.emulateMedia({ media: 'screen' });
  await payer.page.reload();
  await payer.reads('$1,150.00');
});

scene('without a bill the coupon says whom to pay and where, and leaves the rest to be filled in', async ({ payer }) => {
  await payer.goes('/coupon');
  await payer.sees('Mail coupon');
  await payer.page.getByRole('main').getByRole('link', { name: 'Choose your region' }).click();
  await payer.sees(payer.words.region);
  await payer.page.getByRole('radio', { name: /^California/ }).check();
  await payer.page.getByRole('button', { name: payer.words.goOn }).click();
  await payer.sees('Mail coupon');
  const text = plain(await coupons(payer).innerText());
  for (const word of [...TO, 'Make the check payable to', 'Amount enclosed', 'Health record number']) assert.ok(text.includes(word), word);
  assert.doesNotMatch(text, /\$|Due date/);
  assert.equal(await coupons(payer).locator('svg').count(), 0);
});
