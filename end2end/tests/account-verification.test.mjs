// A saved bank account is verified by two small deposits, and fails after three wrong tries.
import assert from 'node:assert/strict';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const WEEK = 7 * 86_400;
const states = (stack) => stack.billing('SELECT state FROM method_verification').map(({ state }) => state);

/** Saves an account and waits for its deposits. The member's session has ended by then. */
async function waitsForDeposits(stack, payer) {
  await payer.signsIn();
  await payer.opensMethods();
  await payer.savesMethod('byBank', 'Rainy day');
  await payer.reads('Not verified. You can pay with it yourself.');
  await payer.pressesOf('verifyOf', 'Rainy day');
  await payer.reads(/^Two small deposits are on their way\. Look for them from \w+, \w+ \d+ on\./);
  assert.deepEqual(await stack.bank(), [], 'they are not there yet');
  await stack.later(WEEK);
  await payer.goes('/sign-in');
  await payer.signsIn();
  await payer.opensMethods();
  await payer.reads('Two small deposits are in your account.');
  await payer.pressesOf('amountsOf', 'Rainy day');
  const [{ amounts }] = await stack.bank();
  return amounts;
}

const field = (payer, name) => payer.main.getByRole('textbox', { name, exact: true });
async function types(payer, first, second) {
  await field(payer, 'One amount').fill(first);
  await field(payer, 'The other amount').fill(second);
  await payer.page.keyboard.press('Enter');
}

scene('an account is verified by the amounts of two small deposits, however they are typed', { timeout: 90_000 }, async ({ stack, payer }) => {
  const [first, second] = await waitsForDeposits(stack, payer);
  await types(payer, 'fourteen', second);
  await payer.reads('One amount: type cents, such as 0.14');
  // in the other order, and without the dollars
  await types(payer, second.slice(1), String(Number(first.slice(2))));
  await payer.main.getByRole('status').getByText('Verified: Rainy day.').waitFor();
  assert.deepEqual(states(stack), ['verified']);
  await payer.page.reload();
  await payer.main.getByText('Verified', { exact: true }).waitFor();
  assert.equal(await payer.main.getByRole('button', { name: /^Enter the amounts/ }).count(), 0);
});

scene('after three wrong tries an account can not be verified', { timeout: 90_000 }, async ({ stack, payer }) => {
  const [first, second] = await waitsForDeposits(stack, payer);
  const cents = Number(first.slice(2));
  const wrong = [1, 2, 3, 4].map((more) => ((cents + more - 1) % 99) + 1).filter((other) => other !== Number(second.slice(2)));
  await types(payer, String(wrong[0]), second);
  await payer.reads('These are not the two amounts. Tries left: 2');
  await types(payer, String(wrong[1]), second);
  await payer.reads('These are not the two amounts. Tries left: 1');
  await types(payer, String(wrong[2]), second);
  await payer.reads('Could not be verified. Remove it and add it again.');
  assert.deepEqual(states(stack), ['failed']);
});
