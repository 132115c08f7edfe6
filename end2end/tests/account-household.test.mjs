// The people a member pays for: added with their statement, seen by amount and due date alone, paid, and ended by
// either side.
import assert from 'node:assert/strict';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const JOSE = 'José Ñuñez-O’Brien';
const JOSES = 'jose.nunez-obrien@example.org';
const TITLE = 'People you pay for';

async function adds(payer, identifiers) {
  await payer.goes('/account/household');
  await payer.sees(TITLE);
  await payer.types(identifiers);
  await payer.main.getByRole('button', { name: 'Add a person' }).click();
}
const pays = (payer) => payer.main.getByRole('region', { name: 'You pay for', exact: true });
const paidBy = (payer) => payer.main.getByRole('region', { name: 'They pay for you' });

scene('a member adds somebody, pays a bill without seeing what it is for, and is removed by the other side', async ({ stack, payer }) => {
  const { identifiers } = await stack.member(({ name }) => name === JOSE);
  const services = stack.billing(['SELECT description, provider FROM bill_line JOIN bill ON bill.id = bill_line.bill JOIN membership ON membership.id = bill.membership WHERE membership.name = ? AND bill.balance_cents > 0', JOSE]);
  const [bill] = stack.billing(['SELECT bill.id AS id, balance_cents FROM bill JOIN membership ON membership.id = bill.membership WHERE membership.name = ? AND balance_cents > 0 ORDER BY due', JOSE]);
  assert.ok(services.length > 1);
  const noService = async () => {
    const text = await payer.text();
    for (const { description, provider } of services) assert.ok(!text.includes(description) && !text.includes(provider), text);
  };
  await payer.signsIn();
  await adds(payer, { ...identifiers, zip: '94612' });
  await payer.main.getByRole('heading', { name: payer.words.noMatch }).waitFor();
  await payer.types(identifiers);
  await payer.main.getByRole('button', { name: 'Add a person' }).click();
  await payer.main.getByRole('status').getByText(/^Added\./).waitFor();
  await pays(payer).locator('b', { hasText: JOSE }).waitFor();
  await payer.newestEmail(JOSES, /They do not see your services/);

  await payer.goes('/account/bills');
  const theirs = payer.main.getByRole('region', { name: `Bills of ${JOSE}` });
  await theirs.getByRole('listitem').first().waitFor();
  await payer.main.getByText('The bills of each person are a payment of their own.').waitFor();
  await theirs.getByRole('link', { name: `Pay for ${JOSE} separately` }).click();
  await payer.sees(new RegExp(`^${JOSE} owes`));
  await noService();
  await payer.page.reload();
  await payer.sees(new RegExp(`^${JOSE} owes`));
  const sheets = payer.main.getByRole('region', { name: /^Household bill/ });
  await sheets.nth(1).getByRole('radio', { name: payer.words.notNow }).check();
  await payer.continues();
  await payer.sees(payer.words.how);
  await payer.byCard();
  await payer.toReview();
  await noService();
  await payer.pays();
  await payer.sees(payer.words.paid);
  await payer.reads(JOSE);
  await noService();
  assert.deepEqual(stack.billing(['SELECT balance_cents FROM bill WHERE id = ?', bill.id]), [{ balance_cents: 0 }]);
  // the next payment is one press away
  await payer.main.getByRole('link', { name: /^Pay for José .* separately: \$/ }).waitFor();
  await payer.main.getByRole('link', { name: 'Pay your own bills: $1,214.10' }).click();
  await payer.sees('You owe $1,214.10');
  await payer.goes('/account/history');
  await payer.reads('Household');
  await noService();
  await payer.goes('/pay/amount');
  await payer.sees('You owe $1,214.10');

  await payer.signsOut();
  await payer.signsIn(JOSES);
  await payer.goes('/account/household');
  await paidBy(payer).getByRole('button', { name: /^Remove Ana/ }).click();
  await payer.main.getByRole('button', { name: 'Remove', exact: true }).click();
  await payer.main.getByRole('status').getByText(/^Removed\./).waitFor();
  assert.equal(stack.billing(['SELECT COUNT(*) AS n FROM household_link JOIN membership ON membership.id = household_link.membership WHERE membership.name = ?', JOSE])[0].n, 0);
  await payer.newestEmail('ana.oneill@example.org', /One member no longer pays for the other/);
});

scene('bills that were somebody’s are the member’s own again once the link has ended', async ({ stack, payer }) => {
  const { identifiers } = await stack.member(({ name }) => name === JOSE);
  await payer.signsIn();
  await adds(payer, identifiers);
  await pays(payer).locator('b', { hasText: JOSE }).waitFor();
  await payer.goes('/account/bills');
  await payer.main.getByRole('link', { name: `Pay for ${JOSE} separately` }).click();
  await payer.sees(new RegExp(`^${JOSE} owes`));
  const other = await payer.secondTab();
  await other.goes('/account/household');
  await pays(other).getByRole('button', { name: /^Remove José/ }).click();
  await other.main.getByRole('button', { name: 'Remove', exact: true }).click();
  await other.main.getByRole('status').getByText(/^Removed\./).waitFor();
  await payer.page.reload();
  await payer.sees('You owe $1,214.10');
});
